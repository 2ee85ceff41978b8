"""What a solve rate costs: pass curves, cascades, the search for the cheapest, the market price.

It imports `population` and `foundation`, and is usable without a simulation.
"""

"""What the measures of a market mean: formulas, intervals, and their labels and units.

It imports only `foundation`: numbers go in, numbers come out.
"""

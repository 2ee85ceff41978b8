"""A scenario's parameters fitted to figures, by simulated moments.

Targets, free parameters, the search, what the targets leave open, and the scenario as fitted. It
imports the rest of `studies` and what that may.
"""

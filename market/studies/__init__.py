"""Many runs: designs, executors, sweeps, comparisons, sensitivity and claims.

It imports `simulation` and below.
"""

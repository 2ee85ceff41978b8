"""What is simulated: the schema of a scenario, its files, overrides, interventions and levers.

It imports `strategies` and below, since a scenario names the rules that its agents follow.
"""

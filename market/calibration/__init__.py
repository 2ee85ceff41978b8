"""From attempt records to a pack: problem classes that keep the records' curves and frontier.

It imports `frontier`, `population` and `foundation`.
"""

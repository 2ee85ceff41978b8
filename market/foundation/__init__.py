"""What every room stands on: errors, array types, random streams, configuration, files.

It imports no other room.
"""

"""The command line: commands, options, and what they print.

It imports every room, most of them only when a command needs them, so that help comes at once.
"""

"""The command line, one file per command; ``command_line`` lists them.

No module here imports numpy or SymPy before a command is at work, so that ``w2s-sym --help`` is quick.
"""

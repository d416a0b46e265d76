"""Work that is spread: one job at a time in a process with a budget, on this machine or on a cluster.

Anything that fulfils :class:`concurrent.futures.Executor` can carry jobs out. What no executor gives is a budget of
time and memory for each job: :mod:`w2s_sym.executors.cells` adds it.
"""

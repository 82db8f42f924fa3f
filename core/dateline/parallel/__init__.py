"""Folding the chunks of a rebuild in other processes.

An executor is a function from (fold, chunks) to results in order. Dateline's own, `processes`, uses those of
the standard library; plugins offer others. `worker` is the fold as it runs there, `order` is all that it
is told, and `choice` picks who folds. The process that asked for the rebuild is the only one that writes.
"""

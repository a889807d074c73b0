"""Bringing in what a commissioner has: a file becomes rows, rows become a comparison, and an accepted one is saved.

    brought_in = begin(upload, kind, commissioner=…, by=…, at=…)    reads; nothing of it is in the register
    outcomes = compare(brought_in, by, on, choices)                  what taking each row would do now
    accept(brought_in, …)                                            in one transaction, each thing with its trace
    undoing.undo(brought_in, …)                                      while nothing depends on it

The kinds are in ``process.KINDS``.
"""

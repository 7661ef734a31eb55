"""What Unclench is compared with, one file a peer; `comparison` runs them all on the same people and compares.

`walk` and `pyagrum_net` read the pack's plain data and share no code with `unclench.logic` or `unclench.reasoning`, so
that tests use them as oracles. The others get their program from our trees; each refuses a node it does not know.
"""

"""Proofs about the rules, for all people at once, on every change of the knowledge. Run by `unclench prove`.

`people` says what anybody could answer and what follows, `properties` what is promised, `prover` asks one solver,
`run` asks both and compares. May import `logic`, `knowledge` and `reasoning`; `solvers` alone loads a solver.
"""

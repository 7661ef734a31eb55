"""Which model of the causes serves people better: the experiment behind docs/adr/0010-which-differential.md.

`python -m benchmarks.differential_models` runs it and prints the tables. One file holds one model; `people.py` draws
people whose causes are known, `measures.py` says how well a model found them. Nothing here is used by Unclench itself.
"""

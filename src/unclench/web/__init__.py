"""The web product: server-rendered pages over the reasoning core. Parse, call reasoning, render; no clinical condition.

`state` is what the browser carries, `cookie` how it is sealed, `flow` which page comes next, `forms` how a posted
question is read, `questions` and `advice` what the pages show, `views/` the pages. `python -m unclench.web` serves it.
"""

"""The terminal shell: parse, call reasoning, print. No clinical condition of its own.

`main` dispatches; each other module is one command, imported only when it runs. `records` reads cases from files,
`terminal` turns results into text.
"""

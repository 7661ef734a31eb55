"""`python -m unclench.web`: serve the pages. `python -m unclench.web check --deploy` and the like: Django's commands."""

from __future__ import annotations

from unclench.web.serve import main

if __name__ == "__main__":
    raise SystemExit(main())

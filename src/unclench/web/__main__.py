"""`python -m unclench.web` serves the pages; with a Django command, such as `check --deploy`, it runs that."""

from __future__ import annotations

from unclench.web.serve import main

if __name__ == "__main__":
    raise SystemExit(main())

"""`python -m unclench.proof`: the same as `unclench prove`."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

if __name__ == "__main__":
    prove = import_module("unclench.cli.prove")  # by name: a shell, which this package must not rest on
    parser = argparse.ArgumentParser(prog="python -m unclench.proof")
    prove.add_options(parser)
    sys.exit(prove.run(parser.parse_args()))

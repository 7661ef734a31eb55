"""`python -m unclench`: the same as the `unclench` command."""

from unclench.cli.main import run

if __name__ == "__main__":
    run()

"""The `unclench` command.

Exit status: 0 done, 1 refuted (prove, whatif) or not whole (coverage), 2 bad input, 3 a fault.
"""

from __future__ import annotations

import gc
import os
import sys
from io import TextIOWrapper
from types import SimpleNamespace

from unclench.errors import UnclenchError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

__all__ = ["main", "run"]

DONE, BAD_INPUT, INTERNAL = 0, 2, 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    options = _plain(given) or _parsed(given)
    try:
        name = f"unclench.cli.{options.module}"
        __import__(name)  # `importlib.import_module` would import `warnings` as well
        status = sys.modules[name].run(options)
        sys.stdout.flush()
    except UnclenchError as error:
        print(f"unclench: {error}", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        _discard_output()  # the reader (head, less) closed early: no fault
        return DONE
    except OSError as error:
        _discard_output()
        what = f"{error.filename} cannot be used" if error.filename else "the answer could not be written"
        print(f"unclench: {what} ({error.strerror}). Mend that, and run it again.", file=sys.stderr)
        return INTERNAL
    except KeyboardInterrupt as stop:
        print(f"\nunclench: stopped. {str(stop) or 'Nothing was kept.'}", file=sys.stderr)
        return 130
    except Exception as error:
        if os.environ.get("UNCLENCH_DEBUG"):
            raise
        print(
            f"unclench: a fault in Unclench itself ({type(error).__name__}: {error}). "
            "No advice was given for this input. Set UNCLENCH_DEBUG=1 to see where, and report it.",
            file=sys.stderr,
        )
        return INTERNAL
    return int(status)


def _plain(given: Sequence[str]) -> SimpleNamespace | None:
    """Return what the grammar makes of `assess FILE`, the line of which programs give most; None for any other.

    To import `argparse` and make a grammar of two words takes a third as long as Python takes to start.
    """
    match given:
        case ["assess", file] if file == "-" or not file.startswith("-"):
            return SimpleNamespace(command="assess", module="assess", case=file, format="json", examination=False)
        case _:
            return None


def _parsed(given: Sequence[str]) -> Namespace:
    from unclench.cli.grammar import parser

    return parser(given[0] if given else None).parse_args(given)


def run() -> None:
    """Run as a program."""
    # Nearly everything made lives until the end, so looking for garbage after every 700 objects only costs time.
    gc.set_threshold(100_000)
    if sys.stdout is None:
        print("unclench: standard output is closed, so there is nowhere to answer. Open it.", file=sys.stderr)
        raise SystemExit(BAD_INPUT)
    _steady_streams()
    status = main()
    # What is left needs no last look for cycles, which would take as long as the interpreter takes to start.
    gc.freeze()
    raise SystemExit(status)


def _discard_output() -> None:
    """Keep the interpreter from trying once more, at exit, to write what could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _steady_streams() -> None:
    """Keep odd bytes typed, and letters a terminal lacks, from ending the program; what is piped is UTF-8."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding=None if sys.stdout.isatty() else "utf-8", errors="backslashreplace")

"""`unclench open`: the case in the code of a handed-over sheet, as JSON that `unclench assess` replays."""

from __future__ import annotations

import json
import sys

from unclench.errors import CaseError
from unclench.handover.code import MOST_CHARACTERS, open_code
from unclench.knowledge import Knowledge

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Print the case; say on standard error when the code was made with other knowledge. Status 0.

    Raises:
        CaseError: the code cannot be read, or not all of it.
    """
    knowledge = Knowledge.load()
    opened = open_code(_typed() if options.code == "-" else options.code, knowledge)
    case = opened.whole()
    if not opened.same_pack:
        print(
            f"unclench: this code was made with other knowledge ({opened.pack}). The answers are the same; the "
            "advice is worked out anew and may differ.",
            file=sys.stderr,
        )
    print(json.dumps(case.to_data(), ensure_ascii=False))
    return 0


def _typed() -> str:
    if sys.stdin is None:
        raise CaseError("standard input is closed. Give the code, or open it again.")
    # Room for a space or line break after every letter; what is longer is no code, and is not read.
    return sys.stdin.read(2 * MOST_CHARACTERS + 1)

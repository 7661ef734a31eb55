"""Write the word list of a new version of the handover code: the words that a code of that version need not spell out.

    python -m tools.write_word_list 3

A list that is there is never written again: codes on paper rest on it. See docs/explanation/handover_code.md.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from unclench.handover import code
from unclench.knowledge import Knowledge

__all__ = ["main", "word_list"]


def word_list(knowledge: Knowledge) -> tuple[str, ...]:
    """Return each word once: findings as the screens ask them, then the other findings, then the choices.

    Answers stand in a code in this order, so a screen answered "no" throughout is one match to the compressor.

    Examples:
        >>> words = word_list(Knowledge.load())
        >>> words[:2], len(words) == len(set(words))
        (('saddle_numbness', 'bladder_change_new'), True)
    """
    asked = [finding for screen in knowledge.data["screens"] for finding in screen["findings"]]
    choices = [choice for finding in knowledge.findings.values() for choice in finding.choices]
    return tuple(dict.fromkeys([*asked, *knowledge.findings, *choices]))


def main() -> int:
    """Write the list of the version named, and return 0; 1 if that version has one."""
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reader.add_argument("version", type=int, help="the version that is to be written")
    path = Path(code.__file__).with_name(f"words_{reader.parse_args().version}.txt")
    try:
        with path.open("x", encoding="ascii") as file:
            file.write("\n".join(word_list(Knowledge.load())) + "\n")
    except FileExistsError:
        print(f"{path.name} is frozen: codes on paper were made with it. Name a new version.", file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

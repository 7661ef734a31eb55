"""Reads the list of changes (`knowledge/CHANGELOG.md`): each entry has its day and names the records it concerns.

`causes/sciatica` names one record, `causes/*` all of a kind, `wording` a part whose texts are no records; a `+` before
it says that it was first written then.
"""

from __future__ import annotations

import re
from datetime import date

from unclench.errors import near_match
from unclench.knowledge.expressions import Expressions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

__all__ = ["FILE", "FOLDERS", "Changes"]

FILE = "CHANGELOG.md"
FOLDERS = (
    *("causes", "charts", "claims", "contributors", "dispositions", "events", "exercises", "figures", "findings"),
    *("medicine_groups", "medicines", "muscles", "predicates", "questions", "red_flags", "screens", "shared_ratios"),
    *("sources", "tracks", "treatments"),
)
"""Kinds of record that an entry may name one by one."""

_WHOLE = ("accuracy", "lexicon", "model", "plan", "priors", "vignettes", "wording")
"""Parts that are named as a whole: what they hold is no record with an id of its own."""

_SHELVES = {"claims": "claim_texts"}
_ENTRY = re.compile(r"- (\d{4}-\d\d-\d\d) \[([^\]]*)\] (.+)")
_FORM = "Write `- 2026-11-21 [causes/sciatica, wording] What changed, and who is affected.`"


class Changes(Expressions):
    """Adds what was changed, and when."""

    def changes_data(self) -> list[dict[str, Any]]:
        """Return the versions, newest first, each with what is said of it and its entries."""
        latest = ""
        made: list[dict[str, Any]] = []
        for line, text in _paragraphs(self.shelf.changes):
            if text.startswith("## "):
                made.append({"version": text.removeprefix("## ").strip(), "about": [], "entries": []})
            elif made and text.startswith("- "):
                for entry in self._entry(line, text):
                    if latest and entry["on"] > latest:
                        self.problem(f"{FILE}:{line}", "the newest entry stands first. Move this one up.")
                    latest = entry["on"]
                    made[-1]["entries"].append(entry)
            elif made:
                made[-1]["about"].append(_plain(text))
        return made

    def _entry(self, line: int, text: str) -> Iterator[dict[str, Any]]:
        where = f"{FILE}:{line}"
        found = _ENTRY.fullmatch(text)
        if found is None:
            self.problem(where, f"an entry starts with its day and the records it concerns. {_FORM}")
            return
        day, named, said = found.groups()
        try:
            date.fromisoformat(day)
        except ValueError:
            self.problem(where, f"there is no day {day}. Mend it.")
        records = [one.strip() for one in named.split(",")]
        for one in records:
            self._check_record(one, where)
        yield {"on": day, "records": [_split(one) for one in records], "text": _plain(said)}

    def _check_record(self, named: str, where: str) -> None:
        folder, name, _first = _split(named)
        if folder in _WHOLE and not name:
            return
        if folder not in FOLDERS:
            hint = near_match(folder, (*FOLDERS, *_WHOLE))
            self.problem(where, f'"{named}" is no record.{hint} {_FORM}')
        elif not name:
            self.problem(where, f'"{named}" names no record. Write `{folder}/ID`, or `{folder}/*` for all of them.')
        elif name != "*":
            shelf: Mapping[str, object] = getattr(self.shelf, _SHELVES.get(folder, folder))
            if name not in shelf:
                self.problem(
                    where,
                    f'there is no record "{folder}/{name}".{near_match(name, shelf)} Name a record that is there; '
                    "one that was taken out is told in the text only.",
                )


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Yield each heading, entry and paragraph on one line, with the number of the line it starts on."""
    started, parts = 0, list[str]()
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if parts and (not line.strip() or line.startswith(("- ", "#"))):
            yield started, " ".join(parts)
            parts = []
        if line.strip():
            started = started if parts else number
            parts.append(line.strip())


def _split(named: str) -> tuple[str, str, bool]:
    """Return the kind and the id of what is named, and whether it was first written then (`+`)."""
    folder, _, name = named.removeprefix("+").partition("/")
    return folder, name, named.startswith("+")


def _plain(text: str) -> str:
    return text.replace("**", "").replace("`", "")

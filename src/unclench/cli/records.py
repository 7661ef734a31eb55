"""Cases from a file or standard input: one JSON object, or one a line (NDJSON). Bad records never stop good ones."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from unclench.errors import CaseError
from unclench.knowledge import Knowledge
from unclench.reasoning import Case

__all__ = ["LARGEST", "Record", "cases"]

LARGEST = 1024 * 1024
"""The most bytes one case may have; a full case is a few kilobytes."""


@dataclass(frozen=True, slots=True)
class Record:
    """One case, or why it could not be read."""

    place: str
    case: Case | None
    error: CaseError | None


def cases(source: str, knowledge: Knowledge) -> tuple[bool, Iterator[Record]]:
    """Return whether there may be many, and the records one by one.

    Args:
        source: a path, or `-` for standard input.
        knowledge: the pack that names the findings.

    Raises:
        CaseError: the file cannot be opened, or holds nothing.
    """
    stream = _open(source)
    name = "standard input" if source == "-" else source
    first = _Lines(stream, name)
    opening = first.peek_documents()
    if opening is not None:
        record = _record(opening, "", knowledge, set())
        return False, iter([record])
    return True, _many(first, knowledge)


def _open(source: str) -> BinaryIO:
    if source == "-":
        return sys.stdin.buffer
    try:
        return Path(source).open("rb")
    except FileNotFoundError:
        raise CaseError(f"{source}: there is no such file. Check the path, or use - for standard input.") from None
    except IsADirectoryError:
        raise CaseError(f"{source}: this is a folder. Name a file of cases.") from None
    except OSError as error:
        raise CaseError(f"{source}: cannot be read ({error.strerror}). Check its permissions.") from None


class _Lines:
    """Numbered lines of bounded size; the rest of an overlong line is skipped, never held."""

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self.stream, self.name, self.number = stream, name, 0
        self.ahead: list[tuple[int, bytes]] = []

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        while True:
            if self.ahead:
                yield self.ahead.pop(0)
                continue
            line = self.stream.readline(LARGEST + 1)
            if not line:
                return
            self.number += 1
            if len(line) > LARGEST and not line.endswith(b"\n"):
                while (rest := self.stream.readline(LARGEST)) and not rest.endswith(b"\n"):
                    pass
            if line.strip():
                yield self.number, line

    def peek_documents(self) -> bytes | None:
        """Return the whole input if it is one JSON document over several lines or one line; else None (many lines).

        Raises:
            CaseError: there is nothing in it.
        """
        iterator = iter(self)
        head: list[tuple[int, bytes]] = []
        size = 0
        for numbered in iterator:
            head.append(numbered)
            size += len(numbered[1])
            # A second line that is a case by itself, or a first line that is, followed by more: one case a line.
            if len(head) == 2 and (_is_object(head[0][1]) or _is_object(head[1][1])):
                break
            if size > LARGEST:
                break
        else:
            if not head:
                raise CaseError(f'{self.name}: it is empty. Write a case such as {{"age": 42, "findings": {{}}}}.')
            whole = b"".join(line for _, line in head)
            if len(head) == 1 or not any(_is_object(line) for _, line in head):
                return whole
        self.ahead = head
        return None


def _many(lines: _Lines, knowledge: Knowledge) -> Iterator[Record]:
    seen: set[str] = set()
    for number, line in lines:
        yield _record(line, f"line {number}", knowledge, seen)


def _record(data: bytes, place: str, knowledge: Knowledge, seen: set[str]) -> Record:
    try:
        case = Case.from_data(_decoded(data, place), knowledge, record=place)
        if case.id is not None and case.id in seen:
            raise CaseError(f'the id "{case.id}" was used by an earlier record. Give each case its own.', record=place)
    except CaseError as error:
        return Record(place, None, error)
    if case.id is not None:
        seen.add(case.id)
    return Record(place, case, None)


def _decoded(data: bytes, place: str) -> Any:
    if len(data) > LARGEST:
        raise CaseError(
            f"it is longer than {LARGEST // 1024} KiB, and no case is. Check that each line holds one case.",
            record=place,
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CaseError(
            f"it is not text in UTF-8 (byte {error.start + 1} is 0x{data[error.start]:02x}), so it is no JSON. "
            "Save the case as UTF-8 JSON.",
            record=place,
        ) from None
    with _plain_errors(text, place):
        return json.loads(text, object_pairs_hook=_no_twins, parse_constant=_no_constant)


@contextmanager
def _plain_errors(text: str, place: str) -> Iterator[None]:
    try:
        yield
    except json.JSONDecodeError as error:
        if "\x00" in text:
            raise CaseError("it holds zero bytes, so it is a binary file and no JSON.", record=place) from None
        where = f"column {error.colno}" if place else f"line {error.lineno}, column {error.colno}"
        near = text[max(0, error.pos - 12) : error.pos + 12].replace("\n", " ")
        raise CaseError(f"broken JSON at {where}, near {near!r}: {error.msg}. Mend it there.", record=place) from None
    except RecursionError:
        raise CaseError("it is nested too deeply to be a case.", record=place) from None
    except ValueError as error:
        raise CaseError(f"broken JSON: {error}.", record=place) from None


def _is_object(line: bytes) -> bool:
    if not line.lstrip().startswith(b"{") or len(line) > LARGEST:
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'"{twin}" is there twice; keep one')
    return made


def _no_constant(name: str) -> Callable[[], None]:
    raise ValueError(f"{name} is no JSON number")

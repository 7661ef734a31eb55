"""Cases from a file or standard input: one JSON object, or one a line (NDJSON). Bad records never stop good ones."""

from __future__ import annotations

import json
import sys
from codecs import BOM_UTF8
from collections import deque

from unclench.errors import CaseError
from unclench.reasoning import Case
from unclench.reasoning.case_json import LARGEST, TOO_DEEP, decode_case
from unclench.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, BinaryIO

    from unclench.knowledge import Knowledge

__all__ = ["Record", "cases", "for_each_case", "standard_input"]

_MESSAGE_END = 1000
_PARTS = (b'"id"', b'"age"', b'"sex"', b'"setting"', b'"findings"')


@record
class Record:
    """One case, or why it could not be read."""

    place: str
    case: Case | None
    error: CaseError | None


def cases(source: str, knowledge: Knowledge) -> tuple[bool, Iterator[Record]]:
    """Return whether there may be many, and the records one by one.

    Args:
        source: a path, or `-` for standard input. One line in a file whose name ends in `.ndjson` or `.jsonl` is still
            one of many.
        knowledge: the pack that names the findings.

    Raises:
        CaseError: the file cannot be opened, holds nothing, or is neither one case nor one a line.
    """
    lines = _Lines(_open(source), "standard input" if source == "-" else source)
    try:
        whole = lines.peek_document()
    except CaseError:
        lines.close()
        raise
    if whole is None or (len(lines.ahead) == 1 and source.endswith((".ndjson", ".jsonl"))):
        return True, _many(lines, knowledge)
    lines.close()
    return False, iter([_record(whole, lines.name, knowledge, set(), many=False)])


def for_each_case(source: str, knowledge: Knowledge, show: Callable[[Case, bool], None]) -> int:
    """Show what comes of every case; name each bad record on standard error and go on.

    Args:
        source: as for `cases`.
        knowledge: the pack that names the findings.
        show: prints what comes of a case; told whether it may be one of many.

    Returns:
        The exit status: 2 if there was a bad record.

    Raises:
        CaseError: as for `cases`.
    """
    many, records = cases(source, knowledge)
    status = 0
    for one in records:
        if one.case is None:
            print(f"unclench: {one.error}", file=sys.stderr)
            status = 2
        else:
            show(one.case, many)
    return status


def standard_input() -> BinaryIO:
    """Return the bytes that are piped in.

    Raises:
        CaseError: standard input is closed.
    """
    if sys.stdin is None:
        raise CaseError("standard input is closed. Give a file, or open it again.")
    return sys.stdin.buffer


def _open(source: str) -> BinaryIO:
    if source == "-":
        return standard_input()
    try:
        return open(source, "rb")
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
        self.ahead: deque[tuple[int, bytes]] = deque()

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Yield each line that is not blank, those read ahead first."""
        while self.ahead:
            yield self.ahead.popleft()
        while (line := self._line()) is not None:
            if line.strip():
                yield self.number, line

    def close(self) -> None:
        """Close the file; standard input stays open, since others may read on."""
        if self.stream is not getattr(sys.stdin, "buffer", None):
            self.stream.close()

    def peek_document(self) -> bytes | None:
        """Return the whole input if it is one JSON document; None if it is one case a line. Reads no more than it must.

        Raises:
            CaseError: there is nothing in it, or it is neither.
        """
        head: list[bytes] = []
        size = 0
        while size <= LARGEST:
            line = self._line()
            if line is None:
                return self._document(b"".join(head))
            head.append(line)
            size += len(line)
            if line.strip():
                self.ahead.append((self.number, line))
                # What is complete on its first line and goes on cannot be one document.
                if len(self.ahead) == 2 and _parses(self.ahead[0][1]):
                    return None
        is_binary = any(b"\x00" in line for line in head)
        has_overlong = any(len(line) > LARGEST for line in head)
        if len(self.ahead) > 1 and not self._has_a_case_a_line() and (is_binary or not has_overlong):
            raise CaseError(
                f"{self.name}: its first {LARGEST // 1024} KiB hold {'binary data' if is_binary else 'no case'}. "
                "Give one JSON object, or one on each line."
            )
        return None

    def _document(self, whole: bytes) -> bytes | None:
        if not self.ahead:
            raise CaseError(f'{self.name}: it is empty. Write a case such as {{"age": 42, "findings": {{}}}}.')
        if len(self.ahead) == 1 or _parses(whole) or not self._has_a_case_a_line():
            return whole
        return None

    def _line(self) -> bytes | None:
        """Return the next line, cut just beyond the limit; None at the end."""
        try:
            line = self.stream.readline(LARGEST + 2)
            if len(line) > LARGEST and not line.endswith(b"\n"):
                while (rest := self.stream.readline(LARGEST)) and not rest.endswith(b"\n"):
                    pass
        except OSError as error:
            raise CaseError(f"{self.name}: cannot be read to its end ({error.strerror}). Check the file.") from None
        self.number += 1
        return line or None

    def _has_a_case_a_line(self) -> bool:
        return any(_looks_like_a_case(line) for _, line in self.ahead)


def _looks_like_a_case(line: bytes) -> bool:
    line = line.strip()
    if not (line.startswith(b"{") and line.endswith(b"}")):
        return False
    return not line[1:-1].strip() or any(part in line for part in _PARTS)


def _many(lines: _Lines, knowledge: Knowledge) -> Iterator[Record]:
    seen: set[str] = set()
    try:
        for number, line in lines:
            yield _record(line, f"line {number}", knowledge, seen, many=True)
    finally:
        lines.close()


def _record(data: bytes, place: str, knowledge: Knowledge, seen: set[str], *, many: bool) -> Record:
    try:
        case = _case(decode_case(data, many=many), place, knowledge)
        if case.id is not None and case.id in seen:
            raise CaseError(f'the id "{case.id}" was used by an earlier record. Give each case its own.')
    except CaseError as error:
        message = str(error).removeprefix(f"{place}: ")
        if len(message) > 2 * _MESSAGE_END:
            message = f"{message[:_MESSAGE_END]} ... {message[-_MESSAGE_END:]}"
        return Record(place, None, CaseError(message, record=place))
    except RecursionError:
        return Record(place, None, CaseError(TOO_DEEP, record=place))
    if case.id is not None:
        seen.add(case.id)
    return Record(place, case, None)


def _case(decoded: Any, place: str, knowledge: Knowledge) -> Case:
    if isinstance(decoded, list):
        raise CaseError("it is a list. Write each case as a JSON object on a line of its own.")
    stated = decoded.get("findings") if isinstance(decoded, dict) else None
    if isinstance(stated, dict) and len(stated) > len(knowledge.findings):
        # Each unknown name costs a search for a near match, so this many are not looked at one by one.
        raise CaseError(
            f"it names {len(stated)} findings, and there are only {len(knowledge.findings)}. See: unclench findings."
        )
    return Case.from_data(decoded, knowledge, record=place)


def _parses(data: bytes) -> bool:
    if len(data) > LARGEST + 2:
        return False
    try:
        json.loads(data.removeprefix(BOM_UTF8).decode())
    except (ValueError, RecursionError):
        return False
    return True

"""Log lines that cannot hold an answer: the place and the type of a fault, never its message or its arguments."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

__all__ = ["WithoutAnswers"]


class WithoutAnswers(logging.Formatter):
    """Formats a record without its text, which may quote a request, and an exception without its message."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line for the record, and the frames of its exception."""
        lines = [f"{record.levelname} {record.name} ({record.module}:{record.lineno})"]
        if record.exc_info and record.exc_info[0] is not None:
            lines.append(_frames(record.exc_info[0], record.exc_info[2]))
        return "\n".join(lines)


def _frames(kind: type[BaseException], trace: TracebackType | None) -> str:
    places = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace)]
    return "\n".join([*places, f"  {kind.__module__}.{kind.__qualname__}"])

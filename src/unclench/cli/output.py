"""A file that a command writes: whole or not at all, and what keeps it from being written is told."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path

from unclench.errors import UnclenchError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["whole_file", "write_whole", "writing"]


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give the name to write to: a partial file beside the output, which takes its place only once it is whole.

    However the writing ends, nothing partial is left, and a file that was there stays until then. What is no file, such
    as a pipe, is written to as it is.

    Raises:
        UnclenchError: it cannot be written: no such folder, not allowed, or the disk is full.

    Examples:
        >>> with whole_file(Path("no/a")) as partial:
        ...     partial.write_text("")
        Traceback (most recent call last):
        unclench.errors.UnclenchError: no/a cannot be written (No such file or directory). Mend that, or name another.
    """
    target = Path(os.path.realpath(path))  # behind a link, so that the link stays one
    partial = target
    if target.is_file() or not target.exists():
        partial = target.with_name(f"{target.stem}.{os.getpid()}.partial{target.suffix}")
    try:
        with writing(path):
            yield partial
            if partial != target:
                partial.replace(target)
    finally:
        if partial != target:
            with suppress(OSError):
                partial.unlink()


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a text, as UTF-8, or bytes; as `whole_file` does, with its errors."""
    with whole_file(path) as partial:
        partial.write_bytes(content.encode() if isinstance(content, str) else content)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Tell what keeps an output from being written, as what is to be mended.

    Raises:
        UnclenchError: it cannot be written.
    """
    try:
        yield
    except OSError as error:
        # Arrow gives a number, and words of its own.
        why = os.strerror(error.errno) if error.errno else str(error)
        raise UnclenchError(f"{path} cannot be written ({why}). Mend that, or name another.") from None

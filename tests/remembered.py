"""The files of `knowledge/`, each read once in a process however often the folder is compiled."""

from __future__ import annotations

from pathlib import Path

from unclench.knowledge.yaml_reader import Document, read_yaml

__all__ = ["read_once"]

_READ: dict[tuple[str, bytes], Document] = {}


def read_once(path: Path, name: str) -> Document:
    """Read a file, or remember what the same bytes said: of a thousand files, a test changes one or two.

    Reading takes seven eighths of the time of compiling. Nothing that was read is changed by it; a test of
    `unit/knowledge/test_pack.py` sees to that.
    """
    key = (name, path.read_bytes())
    if key not in _READ:
        _READ[key] = read_yaml(path, name)
    return _READ[key]

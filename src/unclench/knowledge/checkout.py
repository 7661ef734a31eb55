"""The pack of a checkout: compiled from `knowledge/` when that or the compiler changed, and kept in `.cache/`."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from unclench.knowledge.layout import serialise

__all__ = ["pack_of_checkout"]

_PROGRAM = Path(__file__).parents[1]
_COMPILER = (
    _PROGRAM / "knowledge",
    _PROGRAM / "logic",
    _PROGRAM / "figures",
    _PROGRAM / "errors.py",
    _PROGRAM / "record.py",
)


def pack_of_checkout(root: Path) -> str:
    """Return the text of the pack of the checkout at `root`.

    Raises:
        KnowledgeError: the folder has problems; all of them are named.
    """
    folder = root / "knowledge"
    cache = root / ".cache" / f"pack-{_fingerprint(folder, *_COMPILER)}.json"
    try:
        return cache.read_text(encoding="utf-8")
    except FileNotFoundError:
        from unclench.knowledge.compile import compile_pack

        text = serialise(compile_pack(folder))
        _keep(cache, text)
        return text


def _keep(cache: Path, text: str) -> None:
    """Write the compiled pack for the next start; a read-only checkout just compiles each time."""
    try:
        cache.parent.mkdir(exist_ok=True)
        for old in cache.parent.glob("pack-*.json"):
            old.unlink(missing_ok=True)
        partial = cache.with_suffix(f".{os.getpid()}.part")
        partial.write_text(text, encoding="utf-8")
        partial.replace(cache)
    except OSError:
        return


def _fingerprint(*places: Path) -> str:
    """Return a name that changes when any of these files, or below these folders, is added, removed or rewritten."""
    seen = hashlib.sha256()

    def note(path: str, status: os.stat_result) -> None:
        seen.update(f"{path}:{status.st_size}:{status.st_mtime_ns};".encode())

    for place in places:
        if place.is_file():
            note(str(place), place.stat())
            continue
        pending = [str(place)]
        while pending:
            with os.scandir(pending.pop()) as entries:
                for entry in sorted(entries, key=lambda e: e.name):
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name != "__pycache__":
                            pending.append(entry.path)
                    elif entry.name.endswith((".yaml", ".csv", ".py", "CHANGELOG.md")):
                        note(entry.path, entry.stat())
    return seen.hexdigest()[:24]

"""Compile knowledge/ into the pack and its search index when a wheel is built, so that it needs no YAML."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompilePack(BuildHookInterface):  # type: ignore[type-arg]
    """Hatch build hook; an editable install compiles on first use instead."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write `pack.json` and `search.db` in `src/unclench/knowledge/` before the wheel's files are gathered."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        from unclench.knowledge import Knowledge
        from unclench.knowledge.compile import compile_to_file
        from unclench.knowledge.search_index import write_index

        pack, index = (root / "src" / "unclench" / "knowledge" / name for name in ("pack.json", "search.db"))
        compile_to_file(root / "knowledge", pack)
        write_index(Knowledge.load(pack), index)
        for made in (pack, index):
            build_data["force_include"][str(made)] = f"unclench/knowledge/{made.name}"

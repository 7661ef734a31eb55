"""Compile knowledge/ into the pack when a wheel is built, so that an installed Unclench needs no YAML."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompilePack(BuildHookInterface):  # type: ignore[type-arg]
    """Hatch build hook; an editable install compiles on first use instead."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write `src/unclench/knowledge/pack.json` before the wheel's files are gathered."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        from unclench.knowledge.compile import compile_to_file

        target = root / "src" / "unclench" / "knowledge" / "pack.json"
        compile_to_file(root / "knowledge", target)
        build_data["force_include"][str(target)] = "unclench/knowledge/pack.json"

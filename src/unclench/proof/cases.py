"""Witnesses and counter-examples as cases that `unclench assess` replays, as small as they can be made."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from unclench.errors import CaseError
from unclench.knowledge import Knowledge
from unclench.logic import Answer
from unclench.reasoning.case import Case
from unclench.reasoning.describe import describe_answer
from unclench.reasoning.triage import triage

__all__ = ["in_words", "is_accepted", "shortened", "with_change", "write"]


def is_accepted(knowledge: Knowledge, answers: Mapping[str, Answer]) -> bool:
    """Tell whether `Case` takes these answers together."""
    try:
        Case().with_answers(answers, knowledge)
    except CaseError:
        return False
    return True


def shortened(
    knowledge: Knowledge, answers: Mapping[str, Answer], keeps: Callable[[Mapping[str, Answer]], bool]
) -> dict[str, Answer]:
    """Return fewer of `answers`, for which `keeps` still holds, of which none can be left out."""
    kept = dict(answers)
    size = max(1, len(kept) // 2)
    while size:
        for start in range(0, len(kept), size):
            block = list(kept)[start : start + size]
            fewer = {finding: value for finding, value in kept.items() if finding not in block}
            if block and is_accepted(knowledge, fewer) and keeps(fewer):
                kept = fewer
        size //= 2
    return kept


def with_change(
    knowledge: Knowledge, finding: str, answers: Mapping[str, Answer], values: Sequence[Answer], *, examination: bool
) -> list[dict[str, Answer]]:
    """Return two cases that differ in `finding` alone and get different advice; empty if none of `values` does it."""
    seen: dict[tuple[int, str], dict[str, Answer]] = {}
    for value in values:
        changed = {**answers, finding: value}
        if is_accepted(knowledge, changed):
            now = triage(knowledge, Case(None, changed), examination=examination)
            deciding = next((rule.see for rule in now.fired if rule.disposition == now.disposition), "")
            seen.setdefault((now.disposition, deciding), changed)
    return list(seen.values())[:2] if len({level for level, _ in seen}) > 1 else []


def in_words(knowledge: Knowledge, answers: Mapping[str, Answer]) -> str:
    """Return the answers as one line of plain words."""
    return "; ".join(describe_answer(finding, value, knowledge) for finding, value in answers.items()) or "no answers"


def write(folder: Path, name: str, people: Sequence[Mapping[str, Answer]]) -> Path:
    """Write cases to `folder`, one a line, for `unclench assess`, and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    file = folder / f"{stem}.jsonl"
    times = ("",) if len(people) == 1 else ("before", "after")
    lines = []
    for time, answers in zip(times, people, strict=False):
        data: dict[str, Any] = Case(f"{stem}_{time}".rstrip("_"), answers).to_data()
        lines.append(json.dumps(data, ensure_ascii=False))
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file

"""Fixed people whose advice is known; tests name them instead of inventing answers."""

from __future__ import annotations

from typing import Any

from unclench.knowledge import Knowledge

__all__ = ["EMERGENCY", "SEIZED_BACK", "with_nothing_else"]

SEIZED_BACK: dict[str, Any] = {
    "id": "karim",
    "age": 34,
    "sex": "male",
    "setting": "community",
    "findings": {
        "back_pain": True,
        "pain_site": ["lower_back_left"],
        "onset": "sudden",
        "onset_trigger": "lifting",
        "pain_duration_days": 1,
        "pain_severity": 8,
        "symptom_course": "same",
        "mechanical_pattern": True,
    },
}
"""A back that seized while lifting yesterday. Nothing else is known, so no danger is excluded."""

EMERGENCY: dict[str, Any] = {
    "id": "mara",
    "age": 51,
    "sex": "female",
    "findings": {"back_pain": True, "saddle_numbness": True},
}
"""New numbness of the saddle area."""


def with_nothing_else(knowledge: Knowledge, person: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return `person` with `more` findings, and every other yes/no finding a person can answer answered no."""
    no = {f.id: False for f in knowledge.findings.values() if f.kind == "boolean" and f.supplied_by == "person"}
    return {**person, "findings": {**no, **person["findings"], **more}}

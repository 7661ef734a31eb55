"""`unclench findings`: the vocabulary of a case."""

from __future__ import annotations

import json

from unclench.knowledge import Finding, Knowledge
from unclench.logic import render

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

__all__ = ["described", "run"]


def run(options: argparse.Namespace) -> int:
    """Print every finding."""
    knowledge = Knowledge.load()
    made = [described(knowledge, finding) for finding in knowledge.findings.values()]
    if options.format == "json":
        print(json.dumps(made, ensure_ascii=False, indent=2))
        return 0
    for one in made:
        if one["type"] == "number":
            allowed = f"{one['minimum']:g} to {one['maximum']:g} {one['unit']}"
        else:
            allowed = ", ".join(one.get("values", [])) or "true, false"
        print(f"{one['id']}  [{one['type']}: {allowed}]  {one['supplied_by']}\n    {one['question']}")
    return 0


def described(knowledge: Knowledge, finding: Finding) -> dict[str, Any]:
    """Return one finding in JSON form, with its question and the meaning of each value."""

    def words(field: str) -> str:
        return knowledge.words("findings", finding.id, field)

    made: dict[str, Any] = {
        "id": finding.id,
        "type": finding.kind,
        "supplied_by": finding.supplied_by,
        "red_flag": finding.red_flag,
        "question": words("question"),
        "label": words("label"),
        "clinical": words("clinical"),
    }
    for field in ("line", "help", "why"):
        if words(field):
            made[field] = words(field)
    if finding.kind == "number":
        made |= {
            "unit": finding.unit,
            "minimum": finding.minimum,
            "maximum": finding.maximum,
            "integer": finding.integer,
        }
    if finding.choices:
        made["values"] = list(finding.choices)
        made["value_texts"] = {value: knowledge.choice_words(finding.id, value) for value in finding.choices}
    if finding.only_if is not None:
        made["only_if"] = render(finding.only_if)
    if finding.id in ("age", "sex", "setting"):
        made["place"] = "top level of the case, beside findings"
    return made

"""What each package offers is a promise: a name comes or goes only by changing this file too."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"

EXPORTED = {
    "unclench": [
        "Assessment",
        "Case",
        "CaseError",
        "Knowledge",
        "KnowledgeError",
        "Plan",
        "Question",
        "__version__",
        "assess",
        "explain",
        "make_plan",
        "next_question",
    ],
    "unclench.batch": ["assess_batch", "result_schema", "spelled_out"],
    "unclench.errors": ["CaseError", "ExpressionError", "KnowledgeError", "UnclenchError", "near_match"],
    "unclench.intake": ["LONGEST_TEXT", "Intake", "Lexicon", "Proposal", "Words", "load_lexicon", "propose"],
    "unclench.knowledge": [
        "Cause",
        "Disposition",
        "Finding",
        "Hypothesis",
        "Knowledge",
        "Rule",
        "Screen",
        "Term",
        "Weight",
    ],
    "unclench.logic": [
        "NOT_APPLICABLE",
        "UNSURE",
        "Additions",
        "AllOf",
        "Answer",
        "Answers",
        "AnyOf",
        "AnyRegion",
        "AtLeast",
        "Compare",
        "Defined",
        "Evaluator",
        "Evaluators",
        "FindingType",
        "Negation",
        "Node",
        "OneOf",
        "Present",
        "Together",
        "Truth",
        "Unsure",
        "Vocabulary",
        "additions_that_make_true",
        "from_data",
        "live_findings",
        "mentioned",
        "parse",
        "render",
        "to_data",
        "together",
    ],
    "unclench.reasoning": [
        "Assessment",
        "Case",
        "Plan",
        "Question",
        "RuleOut",
        "Triage",
        "assess",
        "explain",
        "make_plan",
        "next_question",
        "triage",
    ],
}


@pytest.mark.parametrize("package", EXPORTED)
def test_a_package_exports_exactly_these_names(package: str) -> None:
    assert list(import_module(package).__all__) == EXPORTED[package]


@pytest.mark.parametrize("package", EXPORTED)
def test_every_exported_name_is_there(package: str) -> None:
    module = import_module(package)
    assert [name for name in EXPORTED[package] if not hasattr(module, name)] == []


def test_a_name_that_is_not_offered_is_refused_in_the_usual_way() -> None:
    with pytest.raises(AttributeError, match="module 'unclench' has no attribute 'diagnose'"):
        import_module("unclench").diagnose  # noqa: B018


def test_no_other_package_exports_names() -> None:
    exporting = set()
    for file in SOURCE.rglob("__init__.py"):
        for statement in ast.parse(file.read_text(encoding="utf-8")).body:
            names = statement.targets if isinstance(statement, ast.Assign) else []
            if any(isinstance(name, ast.Name) and name.id == "__all__" for name in names):
                exporting.add(".".join(file.parent.relative_to(SOURCE).parts))
    assert exporting == set(EXPORTED) - {"unclench.errors"}

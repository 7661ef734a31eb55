"""JSON Schemas of what goes in and what comes out, made from the pack and the code so that they cannot drift.

The number at the end of each `$id` is the version of that contract. It goes up when a consumer could break: a key is
taken away, renamed or changes its meaning. A new finding, a new rule or a new optional key does not raise it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, get_args, get_type_hints

from unclench.knowledge import Disposition, Finding, Knowledge
from unclench.knowledge import schema as written

__all__ = ["assessment_schema", "case_schema", "simulation_schema"]

Schema: TypeAlias = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ID_PATTERN = "^[a-z][a-z0-9_]*$"


def case_schema(knowledge: Knowledge) -> Schema:
    """Return the schema of a case: every finding of the pack with the answers it takes."""
    about = {finding: _answers(knowledge, knowledge.findings[finding]) for finding in ("age", "sex", "setting")}
    others = {
        finding.id: _answers(knowledge, finding)
        for finding in sorted(knowledge.findings.values(), key=lambda one: one.id)
        if finding.id not in about
    }
    return {
        "$schema": _DIALECT,
        "$id": "urn:unclench:schema:case:1",
        "title": "Unclench case",
        "description": "What is known about one person. Leaving a finding out, or null, means nobody asked; "
        '"unsure" means the person was asked and cannot say. Neither is ever read as no. '
        "Beyond this schema, answers that cannot hold together, such as pregnant and male, are refused.",
        **_object(
            {
                "id": {
                    "description": "Your name for the case; returned as text. Each of many cases has its own.",
                    "type": ["string", "integer", "null"],
                },
                **about,
                "findings": {
                    "description": "Finding id to answer. `unclench findings` lists them with their questions.",
                    **_object(others, required=[]),
                },
            },
            required=[],
        ),
        "$defs": {
            "yes_no": {"enum": [True, False, "unsure", None]},
            "not_known": {"enum": ["unsure", None]},
        },
    }


def assessment_schema(knowledge: Knowledge) -> Schema:
    """Return the schema of what `unclench assess` and `Assessment.to_data` give."""
    return {
        "$schema": _DIALECT,
        "$id": "urn:unclench:schema:assessment:1",
        "title": "Unclench assessment",
        "description": "Advice for one case. The same answers and the same pack always give the same assessment.",
        **_object(_assessment(), optional=["id"]),
        "$defs": _parts(knowledge),
    }


def simulation_schema(knowledge: Knowledge) -> Schema:
    """Return the schema of each line `unclench simulate` gives: an assessment and how the interview went."""
    step = _object(
        {
            "question": _id("The screen, or the finding when it stood alone."),
            "purpose": {"enum": ["danger", "about", "urgency", "cause"]},
            "answers": {
                "description": "Finding id to what the respondent said.",
                "type": "object",
                "additionalProperties": _ref("answer"),
            },
        }
    )
    return {
        "$schema": _DIALECT,
        "$id": "urn:unclench:schema:simulation:1",
        "title": "Unclench simulated interview",
        "description": "The assessment of what was answered, and of nothing else, with the course of the interview.",
        **_object(
            {
                **_assessment(),
                "questions": _described(
                    {"type": "integer", "minimum": 0}, "How many questions were asked; a screen is one."
                ),
                "findings_gained": _described(
                    {"type": "integer", "minimum": 0},
                    "How many findings of the case, other than a plain no, the questions brought out.",
                ),
                "asked": _list(_id(""), "Ids of the questions, in order."),
                "transcript": _list(step, "Each question with its answers; only with --transcript."),
            },
            optional=["id", "transcript"],
        ),
        "$defs": _parts(knowledge),
    }


def _answers(knowledge: Knowledge, finding: Finding) -> Schema:
    made: Schema = {"description": knowledge.words("findings", finding.id, "question")}
    match finding.kind:
        case "boolean":
            return made | {"$ref": "#/$defs/yes_no"}
        case "choice":
            return made | {"enum": [*finding.choices, "unsure", None]}
        case "regions":
            some: Schema = {"type": "array", "items": {"enum": list(finding.choices)}}
        case "number":
            some = {
                "type": "integer" if finding.integer else "number",
                "minimum": finding.minimum,
                "maximum": finding.maximum,
            }
            made["description"] += f" In {finding.unit}." if finding.unit else ""
    return made | {"anyOf": [some, {"$ref": "#/$defs/not_known"}]}


def _assessment() -> dict[str, Schema]:
    return {
        "id": _text("The id of the case, as text; absent if it had none."),
        "disposition": _ref("disposition", "The advice: how soon to be seen."),
        "at_least": _ref("disposition", "The most urgent rule that holds. No further answer lowers it."),
        "at_most": _ref("disposition", "The most urgent that it could still become."),
        "settled": {
            "description": "Whether no missing answer can change the urgency.",
            "type": "boolean",
        },
        "see": _ref("place", "Whom to see."),
        "within": _text("The time frame, in words for the person."),
        "reasons": _list(_ref("reason"), "Why, the most urgent first. Empty when no rule holds."),
        "differential": _list(_ref("cause"), "Possible causes, the likeliest first. They are no diagnosis."),
        "rule_out": _list(
            _ref("rule_out"), "Serious causes that somebody should make sure are not there, likeliest first."
        ),
        "contributors": _list(_ref("named"), "What may have brought it on or keeps it up."),
        "event": _list(_ref("named"), "What kind of episode it may be: spasm, cramp, twitch and so on."),
        "would_change": _list(_ref("change"), "The smallest new answers that would make the advice more urgent."),
        "safety_net": _list(_ref("watch"), "Single signs to watch for, and what to do if they come."),
        "unanswered": _list(_id(""), "Findings whose answer could still change the urgency."),
        "assumptions": _list(_text(""), "What was not said, and how that was handled."),
        "pack": {
            "description": "Hash of the knowledge that was used.",
            "type": "string",
            "pattern": "^sha256:[0-9a-f]{64}$",
        },
        "result_hash": {
            "description": "A short name for the advice: of pack, urgency, bounds, place and rules alone.",
            "type": "string",
            "pattern": "^[0-9a-f]{16}$",
        },
        "version": {
            "description": "Version of Unclench.",
            "type": "string",
            "pattern": r"^\d+\.\d+\.\d+",
        },
    }


def _parts(knowledge: Knowledge) -> dict[str, Schema]:
    range_of_belief = {
        "probability": _ref("probability", "The best estimate."),
        "low": _ref("probability", "Lower end of its 95% range."),
        "high": _ref("probability", "Upper end of its 95% range."),
    }
    sources = _list(_ref("source"), "Where it stands.")
    return {
        "disposition": {"enum": [one.id for one in sorted(Disposition, reverse=True)]},
        "place": {"enum": list(knowledge.places)},
        "probability": {"type": "number", "minimum": 0, "maximum": 1},
        "answer": {
            "description": "An answer; null when nobody asked.",
            "type": ["boolean", "number", "string", "array", "null"],
            "items": {"type": "string"},
        },
        "source": _object(
            {
                "id": _id("Source id, or `judgement` where nobody published it."),
                "at": _text("Page or section."),
                "cites_as": _text("The citation."),
            }
        ),
        "reason": _object(
            {
                "rule": _id("The rule, or `open_emergency_question` while a question about danger is not answered."),
                "because": _text("Why, in plain words."),
                "facts": _list(
                    _object(
                        {
                            "finding": _id("Finding id."),
                            "answer": _ref("answer", "What was answered; null for an open question."),
                            "text": _text("The same in plain words."),
                        }
                    ),
                    "The answers it rests on.",
                ),
                "sources": sources,
                "disposition": _ref("disposition", "The least urgency this reason asks for."),
                "see": _ref("place", "Whom to see for this reason."),
                "clinical": _text("Why, for a clinician."),
                "certainty": {
                    "description": "How sure the evidence is (GRADE), or `consensus`.",
                    "enum": _choices(written.RedFlag, "certainty"),
                },
                "from_memory": {
                    "description": "Whether the source could not be seen again when the rule was written.",
                    "type": "boolean",
                },
            }
        ),
        "cause": _object(
            {
                "cause": _id("Cause id."),
                "name": _text("Its plain name."),
                **range_of_belief,
                "for": _list(_ref("term"), "What speaks for it, strongest first."),
                "against": _list(_ref("term"), "What speaks against it, strongest first."),
                "open": _list(
                    _object(
                        {
                            "when": _text("What is not known yet, as an expression."),
                            "text": _text("The same in plain words."),
                        }
                    ),
                    "What would speak for or against it, and is not known yet.",
                ),
            }
        ),
        "term": _object(
            {
                "when": _text("The expression that counted."),
                "holds": {
                    "description": "Whether it holds; if not, its absence counted.",
                    "type": "boolean",
                },
                "text": _text("The same in plain words."),
                "log_odds": {
                    "description": "What it adds to the natural logarithm of the odds.",
                    "type": "number",
                },
                "basis": {
                    "description": "Where the number comes from.",
                    "enum": list(get_args(written.Basis)),
                },
                "sources": sources,
            }
        ),
        "rule_out": _object(
            {
                "cause": _id("Cause id."),
                "name": _text("Its plain name."),
                **range_of_belief,
                "threshold": _ref("probability", "The probability above which it is always listed."),
                "rules": _list(_id(""), "The rules that point to it, whatever its probability."),
                "how": _text("How it is ruled out, in plain words."),
                "work_up": _text("How it is ruled out, for a clinician."),
            }
        ),
        "named": _object(
            {
                "id": _id("Id of the contributor or kind of episode."),
                "name": _text("Its plain name."),
                **range_of_belief,
                "evidence": {
                    "description": "What research says about the link.",
                    "enum": _choices(written.Event, "evidence"),
                },
                "sources": sources,
            }
        ),
        "change": _object(
            {
                "add": {
                    "description": "Finding id to new answer; put these into the case.",
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": _ref("answer"),
                },
                "to": _ref("disposition", "What the advice would become."),
                "see": _ref("place", "Whom to see then."),
                "rule": _id("The rule that would decide it."),
                "text": _text("The new answers in plain words."),
            }
        ),
        "watch": _object(
            {
                "finding": _id("Finding id of the sign."),
                "text": _text("The sign in plain words."),
                "then": _ref("disposition", "What the advice would become."),
                "see": _ref("place", "Whom to see then."),
                "rule": _id("The rule that would decide it."),
            }
        ),
    }


def _object(
    properties: Mapping[str, Schema], *, required: Sequence[str] | None = None, optional: Sequence[str] = ()
) -> Schema:
    wanted = [key for key in properties if key not in optional] if required is None else list(required)
    return {
        "type": "object",
        "additionalProperties": False,
        **({"required": wanted} if wanted else {}),
        "properties": dict(properties),
    }


def _described(made: Schema, description: str) -> Schema:
    return ({"description": description} if description else {}) | made


def _text(description: str) -> Schema:
    return _described({"type": "string"}, description)


def _id(description: str) -> Schema:
    return _described({"type": "string", "pattern": _ID_PATTERN}, description)


def _list(items: Schema, description: str) -> Schema:
    return _described({"type": "array", "items": items}, description)


def _ref(name: str, description: str = "") -> Schema:
    return _described({"$ref": f"#/$defs/{name}"}, description)


def _choices(record: type[object], field: str) -> list[str]:
    return list(get_args(get_type_hints(record)[field]))

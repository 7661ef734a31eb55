"""A case: what is known about one person. Checked at the door, frozen, and never holding a default."""

from __future__ import annotations

from types import MappingProxyType

from unclench.errors import CaseError, near_match
from unclench.logic import UNSURE, Answer, Truth
from unclench.record import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from unclench.knowledge import Knowledge

__all__ = ["ABOUT", "Case"]

ABOUT = ("age", "sex", "setting")
"""Answers that stand at the top of a case rather than under `findings`."""

_KEYS = ("id", *ABOUT, "findings")


@record
class Case:
    """The answers of one person.

    Attributes:
        id: the caller's name for the case; None if it has none. Never part of the result's meaning.
        answers: finding id to answer, `age`, `sex` and `setting` included. A missing finding is unknown. `"unsure"`
            means asked, and the person cannot say. Regions are a sorted tuple.

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> case = Case.from_data({"age": 42, "findings": {"fever": False}}, Knowledge.load())
        >>> dict(case.answers)
        {'age': 42, 'fever': False}
    """

    id: str | None = None
    answers: Mapping[str, Answer] = MappingProxyType({})

    @classmethod
    def from_data(cls, data: object, knowledge: Knowledge, *, record: str = "") -> Case:
        """Check a decoded JSON case.

        Args:
            data: `{"id"?, "age"?, "sex"?, "setting"?, "findings": {...}}`; null means unknown, as does leaving out.
            knowledge: the pack whose findings may be named.
            record: how to call this record in messages.

        Raises:
            CaseError: naming every wrong answer of the record, and how to mend it.
        """
        if not isinstance(data, dict):
            raise CaseError(
                f'a case is a JSON object like {{"age": 42, "findings": {{}}}}, not {_kind(data)}.',
                record=record,
            )
        name = data.get("id")
        if name is not None and (isinstance(name, bool) or not isinstance(name, str | int)):
            raise CaseError(f'"id" is text or a whole number, not {_kind(name)}.', record=record)
        record = record or (f'case "{name}"' if name is not None else "")
        problems = [
            f'"{key}" is not a part of a case.{near_match(str(key), _KEYS)}{_belongs(str(key), knowledge)}'
            for key in data
            if key not in _KEYS
        ]
        stated = data.get("findings", {})
        if not isinstance(stated, dict):
            raise CaseError(f'"findings" is an object of finding ids and answers, not {_kind(stated)}.', record=record)
        about = {key: data[key] for key in ABOUT if data.get(key) is not None}
        answers: dict[str, Answer] = {}
        for finding, value in [*about.items(), *stated.items()]:
            if finding in ABOUT and finding in stated:
                problems.append(f'"{finding}" stands beside "findings", not inside it. Move it out.')
            elif value is None and finding in knowledge.findings:
                continue
            else:
                answer = tuple(sorted(value)) if _is_texts(value) else value
                wrong = _wrong(finding, answer, knowledge)
                if wrong:
                    problems.append(wrong)
                else:
                    answers[finding] = answer
        if not problems:
            problems = list(_impossible(answers, knowledge))
        if problems:
            raise CaseError(" ".join(problems), record=record)
        return cls(None if name is None else str(name), MappingProxyType(answers))

    def with_answers(self, new: Mapping[str, Answer], knowledge: Knowledge) -> Case:
        """Return this case with `new` answers added or changed.

        Raises:
            CaseError: an answer of the wrong type, or one that cannot hold beside the others.
        """
        answers = dict(self.answers)
        for finding, value in new.items():
            wrong = _wrong(finding, value, knowledge)
            if wrong:
                raise CaseError(wrong)
            answers[finding] = value
        for problem in _impossible(answers, knowledge):
            raise CaseError(problem)
        return Case(self.id, MappingProxyType(answers))

    def without(self, *findings: str) -> Case:
        """Return this case with these answers taken back."""
        kept = {finding: value for finding, value in self.answers.items() if finding not in findings}
        return Case(self.id, MappingProxyType(kept))

    def to_data(self) -> dict[str, Any]:
        """Return the JSON form that `from_data` reads."""
        plain = {k: list(v) if isinstance(v, tuple) else v for k, v in self.answers.items()}
        data: dict[str, Any] = {} if self.id is None else {"id": self.id}
        data |= {key: plain.pop(key) for key in ABOUT if key in plain}
        return data | {"findings": dict(sorted(plain.items()))}


def _wrong(finding: str, value: object, knowledge: Knowledge) -> str:
    """Say what is wrong with one answer; empty if nothing is."""
    known = knowledge.findings.get(finding)
    if known is None:
        return f'"{finding}" is not a known finding.{near_match(finding, knowledge.findings)} See: unclench findings.'
    if isinstance(value, bool | int | float | str | tuple) and knowledge.answer_kind_fits(finding, value):
        return ""
    shown = f'"{finding}" cannot be {value!r:.60}:'
    match known.kind:
        case "boolean":
            return f'{shown} it takes true, false or "unsure".'
        case "number":
            whole = "a whole number" if known.integer else "a number"
            return f'{shown} it takes {whole} from {known.minimum:g} to {known.maximum:g} ({known.unit}), or "unsure".'
        case "choice":
            hint = near_match(value, known.choices) if isinstance(value, str) else ""
            return f'{shown} it takes one of {", ".join(known.choices)}, or "unsure".{hint}'
        case "regions":
            odd = [v for v in value if v not in known.choices] if isinstance(value, tuple) else []
            hint = near_match(str(odd[0]), known.choices) if odd else ""
            return f'{shown} it takes a list of body regions, or "unsure".{hint} See: unclench findings.'


def _impossible(answers: Mapping[str, Answer], knowledge: Knowledge) -> Iterator[str]:
    """Yield answers that cannot hold beside the others, such as a pregnant man."""
    for finding, possible in knowledge.only_if:
        value = answers.get(finding, False)
        if value is not False and value != UNSURE and possible(answers) is Truth.FALSE:
            condition = knowledge.findings[finding].only_if
            assert condition is not None
            because = ", ".join(f"{f}={answers[f]!r}" for f in knowledge.mentions(condition) if f in answers)
            yield f'"{finding}" cannot be {value!r} together with {because}. Mend one of them.'


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _belongs(key: str, knowledge: Knowledge) -> str:
    return ' It is a finding: put it inside "findings".' if key in knowledge.findings else ""


def _kind(value: object) -> str:
    names = {type(None): "null", bool: "true or false", str: "text", list: "a list", dict: "an object", int: "a number"}
    return names.get(type(value), "a decimal number")

"""What is said about a medicine: the verdict, each reason with its source, what is open, and how much room is left."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from unclench.reasoning.describe import describe_answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from unclench.knowledge import Knowledge
    from unclench.knowledge.medicine_records import Cramps, Medicine, MedicineDose
    from unclench.knowledge.records import SourceRef
    from unclench.logic import Answer
    from unclench.reasoning.medicine_names import Match

__all__ = ["CrampMedicine", "MedicineAdvice", "Reason", "Room", "Verdict", "as_text", "dose_sentences", "worst"]

Verdict: TypeAlias = Literal["may_take", "ask_first", "cannot_check", "avoid"]

_VERDICT_OF: dict[str, Verdict] = {
    "tell": "may_take",
    "caution": "ask_first",
    "unchecked": "cannot_check",
    "avoid": "avoid",
}
_ORDER: tuple[Verdict, ...] = ("may_take", "ask_first", "cannot_check", "avoid")


def worst(actions: Iterable[str]) -> Verdict:
    """Return the verdict that follows from what all reasons ask for.

    Examples:
        >>> worst(["tell", "caution", "avoid", "unchecked"]), worst([])
        ('avoid', 'may_take')
    """
    return max((_VERDICT_OF[action] for action in actions), key=_ORDER.index, default="may_take")


def as_text(amount: Decimal, unit: str = "mg") -> str:
    """Return milligrams, or another plain number, as people write it in `unit`.

    Examples:
        >>> as_text(Decimal("400.0")), as_text(Decimal(32000), "g"), as_text(Decimal("2.50"))
        ('400', '32', '2.5')
    """
    return f"{(amount / 1000 if unit == 'g' else amount).normalize():f}"


def dose_sentences(
    knowledge: Knowledge, medicine: Medicine | None, dose: MedicineDose, locale: str = "en"
) -> Iterator[str]:
    """Yield what one label or guideline allows, in words: whose label, how much at once, how far apart, how much a day.

    Args:
        knowledge: the pack with the words.
        medicine: whose dose it is; what goes on the skin is used and not taken. None = not known.
        dose: the dose; what it does not say is left out.
        locale: the language of the words.
    """

    def message(name: str, /, **values: str) -> str:
        return knowledge.words("messages", name, "because", locale=locale).format(**values)

    labels: Mapping[str, Mapping[str, str]] = knowledge.data["wording"][locale]["dose_labels"]
    if dose.id in labels:
        yield labels[dose.id]["name"]
    if dose.low is not None:
        low = as_text(dose.low, dose.unit)
        if dose.high is None:
            yield message("medicine_dose_start", low=low, unit=dose.unit)
        elif dose.high == dose.low:
            yield message("medicine_dose_amount", low=low, unit=dose.unit)
        else:
            on_skin = medicine is not None and medicine.route == "on_skin"
            words = "medicine_dose_range_on_skin" if on_skin else "medicine_dose_range"
            yield message(words, low=low, high=as_text(dose.high, dose.unit), unit=dose.unit)
    if dose.hours_between is not None:
        yield message("medicine_dose_hours", hours=as_text(dose.hours_between))
    if dose.most_doses is not None:
        yield message("medicine_dose_times", times=str(dose.most_doses))
    if dose.most is not None:
        yield message("medicine_dose_most", most=as_text(dose.most, dose.unit), unit=dose.unit)
    if dose.most_days is not None:
        yield message("medicine_dose_days", days=str(dose.most_days))


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is said about taking a medicine.

    Attributes:
        kind: where its words stand: `medicines`, `medicine_groups` or `messages`.
        owner: the record there.
        rule: id of the rule; of the message where it holds for any medicine.
        action: avoid, unchecked, caution or tell.
        values: what fills the placeholders of its words.
        findings: answers it rests on, or questions that are open.
        rows: rows of the table of evidence on medicines.
    """

    kind: str
    owner: str
    rule: str
    action: str
    values: Mapping[str, str]
    findings: tuple[str, ...]
    sources: tuple[SourceRef, ...]
    rows: tuple[int, ...]
    from_memory: bool

    def text(self, knowledge: Knowledge, locale: str = "en") -> str:
        """Return its words for the person."""
        entry: Mapping[str, Any] = knowledge.data["wording"][locale][self.kind][self.owner]
        if self.kind == "messages":
            words = entry["because"]
        else:
            words = entry["overdose"] if self.rule == "overdose" else entry["rules"][self.rule]
        return str(words).format(**self.values)


@dataclass(frozen=True, slots=True)
class Room:
    """How much of one ingredient was taken in 24 hours, and how much may still be.

    Attributes:
        ingredient: id of the medicine.
        total: milligrams taken, all products together.
        strictest: most of the strictest label that fits, mg.
        loosest: most of the loosest label that fits, mg.
        left: from the total to the strictest most, mg; 0 while it must not be taken.
        low: least amount of a next dose, mg; None = not held.
        high: greatest amount of a next dose, mg, the day's room included; None = not held.
        unit: the unit to show these in.
    """

    ingredient: str
    total: Decimal
    strictest: Decimal
    loosest: Decimal
    left: Decimal
    low: Decimal | None
    high: Decimal | None
    unit: str

    def closed(self) -> Room:
        """Return the same with nothing left, since it must not be taken now."""
        return replace(self, left=Decimal(0), low=None, high=None)


@dataclass(frozen=True, slots=True)
class CrampMedicine:
    """A class of medicines that causes cramps, with the size of the effect."""

    group: str
    cramps: Cramps
    knowledge: Knowledge = field(repr=False, compare=False)

    def text(self, locale: str = "en") -> str:
        """Return the size of the effect in words."""
        words = str(self.knowledge.data["wording"][locale]["medicine_groups"][self.group]["cramps"])
        numbers = {key: getattr(self.cramps, key) for key in ("value", "low", "high", "other")}
        return words.format(**{key: as_text(value) for key, value in numbers.items() if value is not None})

    def to_data(self, locale: str = "en") -> dict[str, Any]:
        """Return the JSON form."""
        one = self.cramps
        numbers = {key: _number(getattr(one, key)) for key in ("value", "low", "high", "other")}
        return {
            "group": self.group,
            "name": self.knowledge.words("medicine_groups", self.group, "name", locale=locale),
            "text": self.text(locale),
            "advice": self.knowledge.words("messages", "medicine_causes_cramps", "because", locale=locale),
            "measure": one.measure,
            **numbers,
            "sources": _sources(self.knowledge, one.sources),
            "rows": list(one.rows),
            "from_memory": one.from_memory,
        }


@dataclass(frozen=True, slots=True)
class MedicineAdvice:
    """Whether somebody may take a medicine.

    Attributes:
        asked: the name as it was asked.
        match: what the name leads to; None = it is not known here.
        medicine: its record; None = it is not known, or only its class is.
        verdict: may_take, ask_first, cannot_check or avoid.
        reasons: everything that is said, gravest first.
        open: findings whose answer could still speak against it, in the order in which they are asked.
        doses: what labels and guidelines that fit this person allow.
        rooms: what was taken of each ingredient, and what may still be.
        see: whom to see because of too much; None = that was not the case.
        cramps: how much its class adds to cramps; None = it is not known to.
        answers: what the verdict rests on, what follows from `taken` included.
    """

    asked: str
    match: Match | None
    medicine: Medicine | None
    verdict: Verdict
    reasons: tuple[Reason, ...]
    open: tuple[str, ...]
    doses: tuple[MedicineDose, ...]
    rooms: tuple[Room, ...]
    see: str | None
    cramps: CrampMedicine | None
    answers: Mapping[str, Answer] = field(repr=False)
    knowledge: Knowledge = field(repr=False, compare=False)

    @property
    def by_prescription(self) -> bool:
        """Whether somebody else decides on it; what is not known by itself counts as if."""
        return self.medicine is None or self.medicine.supply == "prescription"

    def to_data(self, locale: str = "en") -> dict[str, Any]:
        """Return the JSON form, with the words of one language. Amounts are in the unit that stands beside them."""
        return _Writer(self, locale).write()


@dataclass(frozen=True, slots=True)
class _Writer:
    advice: MedicineAdvice
    locale: str

    def write(self) -> dict[str, Any]:
        one = self.advice
        match = one.match
        return {
            "asked": one.asked,
            "medicine": one.medicine.id if one.medicine else None,
            "group": match.id if match and match.kind == "group" else None,
            "name": self.name(),
            "spelt_as_known": match.exact if match else False,
            "supply": one.medicine.supply if one.medicine else None,
            "verdict": one.verdict,
            "headline": self.message(self.headline()),
            "keep_taking": self.message("medicine_keep_taking") if self.says_to_keep_taking() else "",
            "see": self.place(one.see) if one.see else None,
            "reasons": [self.reason(reason) for reason in one.reasons],
            "open": [
                {"finding": finding, "question": self.words("findings", finding, "question")} for finding in one.open
            ],
            **{key: self.words("medicines", one.medicine.id, key) if one.medicine else "" for key in _TEXTS},
            "doses": [self.dose(dose) for dose in one.doses],
            "taken": [self.room(room) for room in one.rooms],
            "cramps": one.cramps.to_data(self.locale) if one.cramps else None,
            "limits": self.message("limits"),
            "pack": one.knowledge.hash,
        }

    def headline(self) -> str:
        by_prescription = self.advice.by_prescription and self.advice.verdict in ("may_take", "avoid")
        return f"medicine_{self.advice.verdict}" + ("_prescription" if by_prescription else "")

    def says_to_keep_taking(self) -> bool:
        one = self.advice
        on_skin = one.medicine is not None and one.medicine.route == "on_skin"
        return one.verdict != "may_take" and one.see is None and not on_skin

    def name(self) -> str:
        match = self.advice.match
        if match is None:
            return self.advice.asked
        return self.words("medicines" if match.kind == "medicine" else "medicine_groups", match.id, "name")

    def place(self, see: str) -> dict[str, str]:
        return {"id": see, "name": self.words("see", see, "name"), "how": self.words("see", see, "how")}

    def reason(self, one: Reason) -> dict[str, Any]:
        knowledge, said = self.advice.knowledge, self.advice.answers
        told = [f for f in one.findings if f in said and one.action != "unchecked"]
        return {
            "rule": one.rule if one.kind == "messages" else f"{one.owner}.{one.rule}",
            "action": one.action,
            "text": one.text(knowledge, self.locale),
            "facts": [{"finding": f, "text": describe_answer(f, said[f], knowledge, locale=self.locale)} for f in told],
            "sources": _sources(knowledge, one.sources),
            "rows": list(one.rows),
            "from_memory": one.from_memory,
        }

    def dose(self, one: MedicineDose) -> dict[str, Any]:
        return {
            "id": one.id,
            "by": one.by,
            "low": _number(one.low, one.unit),
            "high": _number(one.high, one.unit),
            "most": _number(one.most, one.unit),
            "unit": one.unit,
            "hours_between": _number(one.hours_between),
            "most_doses": one.most_doses,
            "most_days": one.most_days,
            "text": list(dose_sentences(self.advice.knowledge, self.advice.medicine, one, self.locale)),
            "basis": one.basis,
            "sources": _sources(self.advice.knowledge, one.sources),
            "rows": list(one.rows),
            "from_memory": one.from_memory,
        }

    def room(self, one: Room) -> dict[str, Any]:
        can_have = one.left > 0 and self.advice.verdict == "may_take" and not self.advice.by_prescription
        name = self.advice.knowledge.medicines[one.ingredient].names[0]
        words = {"name": name, "left": as_text(one.left, one.unit), "unit": one.unit}
        left = self.message("medicine_left_today", **words) if can_have else ""
        return {
            "ingredient": one.ingredient,
            "total": _number(one.total, one.unit),
            "strictest_most": _number(one.strictest, one.unit),
            "loosest_most": _number(one.loosest, one.unit),
            "left": _number(one.left, one.unit),
            "next_low": _number(one.low, one.unit),
            "next_high": _number(one.high, one.unit),
            "unit": one.unit,
            "text": left,
        }

    def message(self, name: str, /, **values: str) -> str:
        return self.words("messages", name, "because").format(**values)

    def words(self, kind: str, name: str, key: str) -> str:
        return self.advice.knowledge.words(kind, name, key, locale=self.locale)


_TEXTS = ("what_for", "how", "ask", "stop")


def _sources(knowledge: Knowledge, refs: Iterable[SourceRef]) -> list[dict[str, str]]:
    return [{"id": ref.id, "at": ref.at, "cites_as": _cites_as(knowledge, ref)} for ref in refs]


def _cites_as(knowledge: Knowledge, ref: SourceRef) -> str:
    if ref.is_judgement:
        return ref.id
    source = knowledge.sources[ref.id]
    return str(source.get("cites_as") or source["title"])


def _number(amount: Decimal | None, unit: str = "mg") -> int | float | None:
    """Return an amount in `unit` as JSON has it: whole where it is whole."""
    if amount is None:
        return None
    shown = amount / 1000 if unit == "g" else amount
    return int(shown) if shown == shown.to_integral_value() else float(shown)

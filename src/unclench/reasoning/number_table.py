"""Every number that the advice rests on, one a row: where it comes from, how sure it is, who has looked at it.

A row is read off the records; nothing is rounded, and what no source counted stays without a value. Every prior and
ratio has its range: the record's own, or the spread that the calculation takes.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from unclench.errors import UnclenchError, near_match
from unclench.knowledge.ranges import Range, log_odds, prior_range, ratio_range, shifted
from unclench.knowledge.records import SourceRef, source_refs
from unclench.logic import Negation, Node, from_data
from unclench.reasoning.describe import describe
from unclench.reasoning.differential import NORMAL_95

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from unclench.knowledge import Knowledge
    from unclench.knowledge.medicine_records import Cramps, MedicineDose
    from unclench.knowledge.plan_records import Effect

__all__ = [
    "BASES",
    "COLUMNS",
    "KINDS",
    "NO_RANGE",
    "RANGE_BASES",
    "SPREAD",
    "Number",
    "all_numbers",
    "as_csv",
    "cause_prior",
    "numbers_data",
    "ratio_id",
    "resting_on",
    "selected",
]

KINDS: Final = ("prior", "likelihood_ratio", "effect", "harm", "dose", "cramp_risk", "threshold", "model")
"""Kinds of number, in the order of the table."""

BASES: Final = ("published", "derived", "judgement", "unknown")
"""What a number rests on: as a source gives it, worked out from a source, nobody's but ours, or no source has it."""

SPREAD: Final = "spread"
NO_RANGE: Final = "none"
RANGE_BASES: Final = ("published", "derived", "judgement", SPREAD, NO_RANGE)
"""What a range rests on: the record gives it, on one of the bases; the calculation takes its spread; there is none."""

COLUMNS: Final = (
    "id", "kind", "record_kind", "record", "name", "what", "value", "low", "high", "other", "unit", "basis", "grade",
    "range_basis", "counted", "counted_low", "counted_high", "from_memory", "reviewed_by", "review_by", "sources",
    "why",
)  # fmt: skip
"""Columns of the CSV."""

_SPANS: Final = {
    "sets": "1", "repetitions": "1", "hold_seconds": "s", "rest_seconds": "s", "minutes": "min", "metres": "m",
    "times_a_day": "/d", "days_a_week": "d/wk", "every_hours": "h", "every_minutes": "min", "for_days": "d",
    "percent_a_week": "%/wk",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Number:
    """One number.

    Attributes:
        id: unlike that of any other number, and the same as long as its record stays in order.
        kind: one of `KINDS`.
        record_kind: kind of the record it belongs to; empty = the calculation itself, or all causes.
        record: id of that record.
        name: name of that record; empty = all causes, or the calculation itself.
        what: what it is the number of.
        value: the number; None = unknown, or there is only a range.
        low: least end of its range; None = no source gives one and no calculation uses one.
        high: greatest end of its range.
        other: the same number of whom it is compared with; None = the number compares by itself, or stands alone.
        unit: UCUM unit, or the kind of measure.
        basis: one of `BASES`.
        grade: how sure it is, where somebody graded it or its rule; else its basis.
        range_basis: one of `RANGE_BASES`.
        counted: a prior or ratio as the calculation counts it: priors sum to 1 in their stratum, ratios are capped and
            those of odds damped; None = no number of the differential.
        counted_low: least end of the 95% range that its variance stands for there.
        counted_high: greatest end.
        from_memory: whether the source was remembered and not looked up.
        reviewed_by: who with a licence to practise looked at it; empty = nobody yet.
        review_by: day by which it must be looked at; empty = none is set.
    """

    id: str
    kind: str
    record_kind: str
    record: str
    name: str
    what: str
    value: float | None
    low: float | None
    high: float | None
    other: float | None
    unit: str
    basis: str
    grade: str
    range_basis: str
    counted: float | None
    counted_low: float | None
    counted_high: float | None
    from_memory: bool
    reviewed_by: str
    review_by: str
    sources: tuple[SourceRef, ...]
    why: str


def all_numbers(knowledge: Knowledge, *, locale: str = "en") -> tuple[Number, ...]:
    """Return every number, kind by kind and record by record.

    Args:
        knowledge: the pack.
        locale: language of the names.

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> len({one.id for one in all_numbers(Knowledge.load())}) == len(all_numbers(Knowledge.load()))
        True
    """
    reader = _Reader(knowledge, locale)
    made = [
        *reader.priors(), *reader.ratios(), *reader.effects(), *reader.doses(), *reader.cramp_risks(),
        *reader.thresholds(), *reader.model(),
    ]  # fmt: skip
    return tuple(sorted(made, key=lambda one: KINDS.index(one.kind)))


def selected(
    numbers: Iterable[Number], *, kind: str = "", basis: str = "", source: str = "", record: str = ""
) -> tuple[Number, ...]:
    """Return the numbers that fit every filter; an empty one holds for all.

    Args:
        numbers: what to pick from.
        kind: one of `KINDS`.
        basis: one of `BASES`.
        source: id of a source.
        record: id of a record.

    Raises:
        UnclenchError: no such kind or basis; the message names those there are.
    """
    for what, value, known in (("kind", kind, KINDS), ("basis", basis, BASES)):
        if value and value not in known:
            raise UnclenchError(
                f'"{value:.40}" is no {what} of number.{near_match(value, known)} There are: {", ".join(known)}.'
            )
    return tuple(
        one
        for one in numbers
        if kind in ("", one.kind)
        and basis in ("", one.basis)
        and record in ("", one.record)
        and (not source or any(ref.id == source for ref in one.sources))
    )


def resting_on(knowledge: Knowledge) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return source id to what cites it anywhere, numbers or not: kind of record to ids.

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> "lumbar_spinal_stenosis" in resting_on(Knowledge.load())["suri_2010"]["causes"]
        True
        >>> "osteoporotic_vertebral_fracture" in resting_on(Knowledge.load())["enthoven_2016"]["causes"]  # its priors
        True
    """
    data = knowledge.data
    kinds: dict[str, Iterable[Mapping[str, Any]]] = {
        "red_flags": data["rules"],
        **{
            kind: data[kind]
            for kind in ("causes", "contributors", "events", "treatments", "medicines", "medicine_groups", "exercises")
        },
        "claims": (claim for text in data["claims"] for claim in text["claims"]),
        "questions": data["questions"],
    }
    # What is written of a cause for one setting and age rests with the cause: settings and ages have no page.
    priors = (
        {"id": cause, "prior": prior}
        for stratum in data["strata"]
        for cause, prior in stratum["written"].get("priors", {}).items()
    )
    kinds["causes"] = [*data["causes"], *priors]
    found: dict[str, dict[str, dict[str, None]]] = {}
    for kind, records in kinds.items():
        for one in records:
            for source in _cited(one, knowledge.sources):
                found.setdefault(source, {}).setdefault(kind, {})[one["id"]] = None
    return {source: {kind: tuple(names) for kind, names in by.items()} for source, by in found.items()}


def numbers_data(knowledge: Knowledge, numbers: Iterable[Number]) -> dict[str, Any]:
    """Return the JSON form of a table of numbers."""
    return {"pack": knowledge.hash, "numbers": [_row(knowledge, one) for one in numbers]}


def as_csv(knowledge: Knowledge, numbers: Iterable[Number]) -> str:
    """Return numbers as CSV (RFC 4180), one a line, `COLUMNS` in the first; what is unknown is empty."""
    made = io.StringIO(newline="")
    writer = csv.DictWriter(made, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for one in numbers:
        row = _row(knowledge, one)
        row["sources"] = "; ".join(f"{source['cites_as']} {source['at']}".strip() for source in row["sources"])
        writer.writerow(row)
    return made.getvalue()


def _row(knowledge: Knowledge, one: Number) -> dict[str, Any]:
    return {
        name: getattr(one, name) if name != "sources" else [_source(knowledge, ref) for ref in one.sources]
        for name in COLUMNS
    }


def _source(knowledge: Knowledge, ref: SourceRef) -> dict[str, str]:
    if ref.is_judgement:
        return {"id": ref.id, "at": ref.at, "cites_as": ref.id}
    known = knowledge.sources[ref.id]
    made = {"id": ref.id, "at": ref.at, "cites_as": str(known.get("cites_as") or known["title"])}
    return {**made, **{name: str(known[name]) for name in ("doi", "pmid") if known.get(name)}}


def _cited(data: Any, sources: Mapping[str, Any]) -> Iterator[str]:
    """Yield the sources of the `[id, at]` pairs in a record, however deep."""
    if isinstance(data, Mapping):
        for one in data.values():
            yield from _cited(one, sources)
    elif isinstance(data, list):
        if len(data) == 2 and isinstance(data[0], str) and data[0] in sources and isinstance(data[1], str):
            yield data[0]
        for one in data:
            yield from _cited(one, sources)


@dataclass(frozen=True, slots=True)
class _Reader:
    knowledge: Knowledge
    locale: str

    def words(self, kind: str, name: str, field: str = "name") -> str:
        known = self.knowledge.data["wording"][self.locale].get(kind, {})
        return str(known.get(name, {}).get(field, "")) or name

    def node(self, place: int) -> Node:
        return from_data(self.knowledge.data["expressions"][place])

    def said(self, node: Node) -> str:
        return describe(node, self.knowledge, locale=self.locale)

    def row(
        self,
        kind: str,
        record_kind: str,
        record: str,
        rest: str,
        what: str,
        number: Sequence[float | None],
        unit: str,
        basis: str,
        sources: tuple[SourceRef, ...],
        *,
        name: str | None = None,
        other: float | None = None,
        grade: str = "",
        range_basis: str = "",
        counted: tuple[float, float, float] | None = None,
        from_memory: bool = False,
        why: str = "",
    ) -> Number:
        place = "/".join(part for part in (kind, record_kind, record, rest) if part)
        reviewed_by, review_by = self.review(record_kind, record)
        shown = self.words(record_kind, record) if name is None else name
        value, low, high = number
        if value is None and low is None and high is None:
            basis, why = "unknown", why or "Not known: no figure in the sources."
        told = NO_RANGE if low is None and high is None else range_basis or basis
        middle, least, most = counted or (None, None, None)
        return Number(
            place, kind, record_kind, record, shown, what, value, low, high, other, unit, basis, grade or basis, told,
            middle, least, most, from_memory, reviewed_by, review_by, sources, why,
        )  # fmt: skip

    def review(self, kind: str, record: str) -> tuple[str, str]:
        """Return who reviewed a record, and by when it has to be looked at: a rule says so itself."""
        if kind == "red_flags":
            found = next(rule for rule in self.knowledge.data["rules"] if rule["id"] == record)
        else:
            found = next((one for one in self.knowledge.data.get("reviews", ()) if one["id"] == kind), {})
        return str(found.get("reviewed_by") or ""), str(found.get("review_by") or "")

    def priors(self) -> Iterator[Number]:
        data = self.knowledge.data
        for stratum in data["strata"]:
            low, high = stratum["ages"]
            place = self.knowledge.choice_words("setting", stratum["setting"], locale=self.locale)
            between = self.words("joints", "range").format(low=low, high=high)
            ages = self.knowledge.phrase(
                "answer", locale=self.locale, thing=self.words("findings", "age", "label"), answer=between
            )
            written = stratum["written"]
            for cause, weight in stratum["priors"].items():
                own = written["priors"][cause] if "priors" in written else written
                value, span = cause_prior(self.knowledge, stratum["id"], cause)
                yield self.prior("causes", cause, stratum["id"], f"{place}; {ages}", own, value, span, weight)
        for kind in ("contributors", "events"):
            for one in data[kind]:
                own = one["written"]
                value, low, high = own["value"]
                span = prior_range(value, low, high, data["model_written"]["prior_spread_without_interval"])
                log, variance = one["prior"]
                share = log - math.log1p(math.exp(log)) if kind == "contributors" else log  # log odds, and log share
                yield self.prior(kind, one["id"], "", "", own, value, span, (share, variance))

    def prior(
        self, kind: str, record: str, rest: str, what: str, own: Mapping[str, Any], value: float, span: Range,
        weight: Sequence[float],
    ) -> Number:  # fmt: skip
        counted, reach = math.exp(weight[0]), NORMAL_95 * math.sqrt(weight[1])
        return self.row(
            "prior", kind, record, rest, what, (value, span.low, span.high), "1", own["basis"],
            source_refs(own["sources"]), range_basis=own["basis"] if span.own else SPREAD,
            counted=(counted, shifted(counted, -reach), shifted(counted, reach)), why=own["why"],
        )  # fmt: skip

    def ratios(self) -> Iterator[Number]:
        """Yield every ratio once; those that causes share, and those of rules, are not said again for each cause."""
        data = self.knowledge.data
        shared: set[tuple[str, int]] = set()
        for kind in ("causes", "contributors", "events"):
            for one in data[kind]:
                for at, term in enumerate(one["terms"]):
                    origin = term["origin"]
                    if origin and (origin, term["when"]) in shared:
                        continue
                    shared.add((origin, term["when"]))
                    yield from self.ratio(kind, one["id"], at, term)

    def ratio(self, kind: str, record: str, at: int, term: Mapping[str, Any]) -> Iterator[Number]:
        node = self.node(term["when"])
        for holds in ("present", "absent"):
            number = term["written"][holds]
            if number is None:
                continue
            said = self.said(node if holds == "present" else Negation(node))
            own_kind, own, rest = _ratio_place(kind, record, at, term, holds)
            model = self.knowledge.data["model_written"]
            spread = model["spread_of_judgement" if term["basis"] == "judgement" else "spread_without_interval"]
            low, high, from_record = ratio_range(number[0], number[1], number[2], spread)
            log, variance = term[holds]
            reach = NORMAL_95 * math.sqrt(variance)
            yield self.row(
                "likelihood_ratio", own_kind, own, rest, said, (number[0], low, high), "1", term["basis"],
                source_refs(term["sources"]), name=None if own else "", grade=self.certainty(own_kind, own),
                range_basis=term["basis"] if from_record else SPREAD,
                counted=(math.exp(log), math.exp(log - reach), math.exp(log + reach)),
                from_memory=term["from_memory"], why=term["why"],
            )  # fmt: skip

    def certainty(self, kind: str, record: str) -> str:
        """Return how sure a rule is; empty = no rule."""
        rules = self.knowledge.data["rules"] if kind == "red_flags" else ()
        return next((str(rule["certainty"]) for rule in rules if rule["id"] == record), "")

    def effects(self) -> Iterator[Number]:
        for one in self.knowledge.treatments.values():
            for kind, effects in (("effect", one.effects), ("harm", one.harms)):
                for effect in effects:
                    yield self.effect(kind, one.id, effect)

    def effect(self, kind: str, treatment: str, one: Effect) -> Number:
        parts = [self.words("outcomes", one.outcome), self.words("populations", one.population)]
        if one.compared_with:
            parts.append(self.words("comparisons", one.compared_with))
        unit = "; ".join(part for part in ((one.measure or "").replace("_", " "), one.unit) if part)
        return self.row(
            kind, "treatments", treatment, one.id, "; ".join(parts), [one.value, one.low, one.high], unit,
            one.basis or "", one.sources, other=one.other, grade=one.grade or "", from_memory=one.from_memory,
            why=one.note,
        )  # fmt: skip

    def doses(self) -> Iterator[Number]:
        for treatment in self.knowledge.treatments.values():
            dose = treatment.dose
            for phase, amounts in dose.phases.items() if dose else ():
                for quantity, amount in amounts.items():
                    yield self.row(
                        "dose", "treatments", treatment.id, f"{phase}/{quantity}", self.quantity(phase, quantity),
                        _span(amount.low, amount.high), amount.unit, dose.basis if dose else "",
                        dose.sources if dose else (), from_memory=bool(dose and dose.from_memory),
                    )  # fmt: skip
        for exercise in self.knowledge.exercises.values():
            for phase, one in exercise.phases.items():
                for quantity, unit in _SPANS.items():
                    if (span := getattr(one, quantity)) is not None:
                        yield self.row(
                            "dose", "exercises", exercise.id, f"{phase}/{quantity}", self.quantity(phase, quantity),
                            _span(*span), unit, one.basis, one.sources or exercise.sources,
                            from_memory=exercise.from_memory,
                        )  # fmt: skip
        for medicine in self.knowledge.medicines.values():
            for label in medicine.doses:
                yield from self.medicine_dose(medicine.id, label)

    def medicine_dose(self, medicine: str, one: MedicineDose) -> Iterator[Number]:
        limits = (
            ("one_dose", one.low if one.low is not None else one.high, one.high, one.unit),
            ("hours_between", one.hours_between, None, "h"),
            ("most_doses_in_24_hours", one.most_doses, one.most_doses, "1"),
            ("most_in_24_hours", one.most, one.most, one.unit),
            ("most_days", one.most_days, one.most_days, "d"),
        )
        for quantity, low, high, unit in limits:
            if low is not None:
                yield self.row(
                    "dose", "medicines", medicine, f"{one.id}/{quantity}", self.quantity(one.id, quantity),
                    _span(float(low), float(low if high is None else high)), unit, one.basis, one.sources,
                    from_memory=one.from_memory,
                )  # fmt: skip

    def quantity(self, where: str, quantity: str) -> str:
        phase = self.words("phases", where) if where in self.knowledge.phases else where.replace("_", " ")
        return f"{phase}; {self.words('dose_parts', quantity)}"

    def cramp_risks(self) -> Iterator[Number]:
        for kind, records in (
            ("medicines", self.knowledge.medicines),
            ("medicine_groups", self.knowledge.medicine_groups),
        ):
            for name, one in records.items():
                risk: Cramps | None = one.cramps
                if risk is not None:
                    number = [None if end is None else float(end) for end in (risk.value, risk.low, risk.high)]
                    what = self.said(risk.when) if risk.when is not None else ""
                    yield self.row(
                        "cramp_risk", kind, name, "", what, number,
                        "" if risk.value is None else risk.measure.replace("_", " "),
                        "" if risk.value is None else "published", risk.sources,
                        other=None if risk.other is None else float(risk.other), from_memory=risk.from_memory,
                    )  # fmt: skip

    def thresholds(self) -> Iterator[Number]:
        for rule in self.knowledge.data["rules"]:
            for name, one in rule["thresholds"].items():
                sources = source_refs(one["sources"])
                basis = "judgement" if all(ref.is_judgement for ref in sources) else "published"
                yield self.row(
                    "threshold", "red_flags", rule["id"], name, name.replace("_", " "), [one["value"], None, None],
                    one["unit"], basis, sources, grade=rule["certainty"], from_memory=rule["from_memory"],
                )  # fmt: skip
        for cause in self.knowledge.data["causes"]:
            if cause["test_threshold"] is not None:
                yield self.row(
                    "threshold", "causes", cause["id"], "test_threshold", self.words("causes", cause["id"], "rule_out"),
                    [cause["test_threshold"], None, None], "1", cause["threshold_basis"],
                    source_refs(cause["threshold_sources"]),
                )  # fmt: skip

    def model(self) -> Iterator[Number]:
        written = self.knowledge.data["model_written"]
        for name, value, why in _leaves(written, written["why"]):
            yield self.row(
                "model", "", "", name, name.replace("_", " ").replace("/", ": "), [value, None, None], "1", "judgement",
                (SourceRef("judgement", ""),), name="", why=why,
            )  # fmt: skip


def cause_prior(knowledge: Knowledge, stratum: str, cause: str) -> tuple[float, Range]:
    """Return the prior of a cause in a stratum as written, and its range.

    Of a stratum that is worked out from another one, the range is that of the other, as far off in log odds.

    Args:
        knowledge: the pack.
        stratum: id of the stratum.
        cause: id of the cause.
    """
    strata = {one["id"]: one for one in knowledge.data["strata"]}
    written = strata[stratum]["written"]
    spread = knowledge.data["model_written"]["prior_spread_without_interval"]
    own = (written if "priors" in written else strata[written["base"]]["written"])["priors"][cause]["value"]
    span = prior_range(own[0], own[1], own[2], spread)
    if "priors" in written:
        return own[0], span
    value = math.exp(strata[stratum]["priors"][cause][0])
    low, high = (shifted(value, log_odds(end) - log_odds(own[0])) for end in span[:2])
    return value, Range(low, high, span.own)


def ratio_id(kind: str, record: str, at: int, term: Mapping[str, Any], holds: str) -> str:
    """Return the id of a ratio in the table; what causes share, and what a rule says, is one number.

    Args:
        kind: causes, contributors or events.
        record: id of the record.
        at: place of the term in the record.
        term: the term as the pack has it.
        holds: present or absent.
    """
    return "/".join(part for part in ("likelihood_ratio", *_ratio_place(kind, record, at, term, holds)) if part)


def _ratio_place(kind: str, record: str, at: int, term: Mapping[str, Any], holds: str) -> tuple[str, str, str]:
    if term["origin"] == "shared":
        return "", "", f"all_causes/{term['when']}/{holds}"
    if term["origin"]:
        return "red_flags", term["origin"].partition(":")[2], holds
    return kind, record, f"{at}/{holds}"


def _leaves(data: Mapping[str, Any], reasons: Mapping[str, str]) -> Iterator[tuple[str, float, str]]:
    """Yield path, number and reason of each number of the calculation."""
    for name, value in data.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield name, float(value), reasons.get(name, "")
        elif isinstance(value, Mapping) and name != "why":
            for inner, other, _ in _leaves(value, {}):
                yield f"{name}/{inner}", other, reasons.get(name, "")


def _span(low: float, high: float) -> tuple[float | None, float | None, float | None]:
    return (low, None, None) if low == high else (None, low, high)

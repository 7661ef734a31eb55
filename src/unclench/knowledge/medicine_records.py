"""Medicines and their classes, as loaded from a pack. Amounts are exact decimals in milligrams.

On the skin, a milligram is one of the gel or cream itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from unclench.knowledge.records import SourceRef, source_refs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from unclench.logic import Node

__all__ = [
    "Action",
    "Cramps",
    "Medicine",
    "MedicineDose",
    "MedicineGroup",
    "MedicineRule",
    "Overdose",
    "group_of",
    "medicine_of",
    "plain_name",
]

Action: TypeAlias = Literal["avoid", "caution", "tell"]

_MILLIGRAMS = {"mg": 1, "g": 1000}


@dataclass(frozen=True, slots=True, eq=False)
class MedicineRule:
    """What speaks against a medicine, calls for advice first, or is always said with it.

    Attributes:
        owner_kind: `medicines` or `medicine_groups`; with `owner` and `id`, where its words stand.
        when: for whom; None = for everybody.
        action: avoid, caution (ask first) or tell (said, without changing the verdict).
        instead_of: rules of the medicine's classes in whose place it stands.
        rows: rows of the table of evidence.
    """

    owner_kind: str
    owner: str
    id: str
    when: Node | None
    action: Action
    instead_of: tuple[str, ...]
    sources: tuple[SourceRef, ...]
    rows: tuple[int, ...]
    from_memory: bool


@dataclass(frozen=True, slots=True, eq=False)
class MedicineDose:
    """How much one label or guideline allows. None = it does not say.

    Attributes:
        by: who may decide on that much: `self_care` or `prescription`.
        when: for whom; None = for everybody.
        low: least amount at once, mg.
        high: greatest amount at once, mg.
        unit: the unit to show amounts in, mg or g.
        hours_between: least hours from one dose to the next.
        most_doses: greatest number of doses in 24 hours.
        most: greatest amount in 24 hours, mg.
        most_days: longest run of days.
        basis: published, derived or judgement.
    """

    id: str
    by: str
    when: Node | None
    low: Decimal | None
    high: Decimal | None
    unit: str
    hours_between: Decimal | None
    most_doses: int | None
    most: Decimal | None
    most_days: int | None
    basis: str
    sources: tuple[SourceRef, ...]
    rows: tuple[int, ...]
    from_memory: bool


@dataclass(frozen=True, slots=True, eq=False)
class Overdose:
    """Whom to see after more than the greatest daily amount; `see` is a place."""

    see: str
    sources: tuple[SourceRef, ...]
    rows: tuple[int, ...]
    from_memory: bool


@dataclass(frozen=True, slots=True, eq=False)
class Cramps:
    """How much a medicine adds to cramps.

    Attributes:
        when: who has that risk; None = whoever takes it.
        measure: `sequence_ratio` (cramp treatments started after it, against before it), `per_100` people (against
            `other` on placebo) or `unknown`: the sources name the effect but no number.
    """

    when: Node | None
    measure: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    other: Decimal | None
    sources: tuple[SourceRef, ...]
    rows: tuple[int, ...]
    from_memory: bool


@dataclass(frozen=True, slots=True, eq=False)
class Medicine:
    """A medicine somebody may ask about.

    Attributes:
        ingredients: medicines whose amounts it adds to, in the order in which a pack states strengths; itself if it
            is no mixture.
        groups: classes it belongs to.
        route: by_mouth or on_skin.
        supply: self_care, pharmacist or prescription.
        names: every name it is known under, brands last.
        brands: those of the names that are brands.
        shows: findings that are true of whoever takes it.
        doses: what labels and guidelines allow; empty = none is held here.
        rules: its own rules only.
    """

    id: str
    ingredients: tuple[str, ...]
    groups: tuple[str, ...]
    route: str
    supply: str
    atc: str | None
    rxnorm: str | None
    names: tuple[str, ...]
    brands: tuple[str, ...]
    shows: tuple[str, ...]
    doses: tuple[MedicineDose, ...]
    overdose: Overdose | None
    rules: tuple[MedicineRule, ...]
    cramps: Cramps | None


@dataclass(frozen=True, slots=True, eq=False)
class MedicineGroup:
    """A class of medicines.

    Attributes:
        shows: findings that are true of whoever takes one of them.
        one_only: never two of them together.
        not_with: classes none of which goes together with it.
        names: members without a record of their own.
        rules: what counts for every member.
    """

    id: str
    shows: tuple[str, ...]
    one_only: bool
    not_with: tuple[str, ...]
    names: tuple[str, ...]
    rules: tuple[MedicineRule, ...]
    cramps: Cramps | None


def plain_name(name: str) -> str:
    """Return a name as names are compared: small letters, digits, and single spaces for all else.

    Examples:
        >>> plain_name("Co-Codamol  8/500")
        'co codamol 8 500'
    """
    return " ".join(re.findall(r"[^\W_]+", name.lower()))


def medicine_of(one: Mapping[str, Any], nodes: Sequence[Node]) -> Medicine:
    """Return the medicine stored in a pack."""
    over = one["overdose"]
    return Medicine(
        one["id"], tuple(one["ingredients"]), tuple(one["groups"]), one["route"], one["supply"], one["atc"],
        one["rxnorm"], tuple(one["names"]), tuple(one["brands"]), tuple(one["shows"]),
        tuple(_dose(dose, nodes) for dose in one["doses"]),
        Overdose(over["see"], *_basis(over)) if over else None,
        _rules("medicines", one, nodes), _cramps(one["cramps"], nodes),
    )  # fmt: skip


def group_of(one: Mapping[str, Any], nodes: Sequence[Node]) -> MedicineGroup:
    """Return the class of medicines stored in a pack."""
    return MedicineGroup(
        one["id"], tuple(one["shows"]), one["one_only"], tuple(one["not_with"]), tuple(one["names"]),
        _rules("medicine_groups", one, nodes), _cramps(one["cramps"], nodes),
    )  # fmt: skip


def _rules(kind: str, one: Mapping[str, Any], nodes: Sequence[Node]) -> tuple[MedicineRule, ...]:
    return tuple(
        MedicineRule(
            kind, one["id"], rule["id"], _node(rule["when"], nodes), rule["action"], tuple(rule["instead_of"]),
            *_basis(rule),
        )
        for rule in one["rules"]
    )  # fmt: skip


def _dose(one: Mapping[str, Any], nodes: Sequence[Node]) -> MedicineDose:
    per_dose, most = one["per_dose"], one["most_per_24_hours"]
    return MedicineDose(
        one["id"], one["by"], _node(one["when"], nodes),
        _milligrams(per_dose["low"], per_dose["unit"]) if per_dose else None,
        _milligrams(per_dose["high"], per_dose["unit"]) if per_dose else None,
        (per_dose or most or {"unit": "mg"})["unit"], _exact(one["hours_between"]), one["most_doses_per_24_hours"],
        _milligrams(most["value"], most["unit"]) if most else None, one["most_days"], one["basis"], *_basis(one),
    )  # fmt: skip


def _cramps(one: Mapping[str, Any] | None, nodes: Sequence[Node]) -> Cramps | None:
    if one is None:
        return None
    value, low, high, other = (_exact(one[key]) for key in ("value", "low", "high", "other"))
    return Cramps(_node(one["when"], nodes), one["measure"], value, low, high, other, *_basis(one))


def _basis(one: Mapping[str, Any]) -> tuple[tuple[SourceRef, ...], tuple[int, ...], bool]:
    return source_refs(one["sources"]), tuple(one["rows"]), one["from_memory"]


def _node(place: int | None, nodes: Sequence[Node]) -> Node | None:
    return None if place is None else nodes[place]


def _exact(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))  # the shortest text of a float is what was written


def _milligrams(value: float | None, unit: str) -> Decimal | None:
    return None if value is None else Decimal(str(value)) * _MILLIGRAMS[unit]

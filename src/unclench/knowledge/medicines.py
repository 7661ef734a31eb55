"""Medicines and their classes: checked against the other records, and as the pack has them."""

from __future__ import annotations

import math
import re

import msgspec

from unclench.knowledge.expressions import Expressions, refs
from unclench.knowledge.medicine_records import plain_name
from unclench.logic import mentioned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from unclench.knowledge import schema
    from unclench.knowledge.read import Placed

__all__ = ["Medicines"]

_GRAMS = {"mg": 0.001, "g": 1.0}
_GRAVITY = ("tell", "caution", "avoid")
_WORDED = ("name", "what_for", "how", "ask", "stop")
_PLACEHOLDER = re.compile(r"\{(\w*)\}")


class Medicines(Expressions):
    """Adds medicines."""

    def medicine_data(self, placed: Placed[schema.Medicine]) -> dict[str, Any]:
        """Return a medicine, with every name it is known under."""
        record, shelf = placed.record, self.shelf
        for key, named, among, kind in (
            ("ingredients", record.ingredients, shelf.medicines, "medicine"),
            ("groups", record.groups, shelf.medicine_groups, "group of medicines"),
        ):
            for at, name in enumerate(named):
                self.known(name, among, placed.where(key, at), kind)
        for at, name in enumerate(record.ingredients):
            if name in shelf.medicines and set(shelf.medicines[name].record.ingredients) - {name}:
                self.problem(placed.where("ingredients", at), f'"{name}" is a mixture itself. Name what it holds.')
        brands = [name for some in record.brands for name in some.names]
        doses = [self.medicine_dose_data(placed, at, dose) for at, dose in enumerate(record.doses)]
        if any(dose.most_per_24_hours for dose in record.doses) and record.overdose is None:
            self.problem(placed.where(), "a medicine with a daily most needs `overdose:`, whom to see after more.")
        if record.overdose:
            self.known(record.overdose.see, shelf.places, placed.where("overdose", "see"), "place")
        return {
            "id": record.id,
            "ingredients": record.ingredients or [record.id],
            "groups": record.groups,
            "route": record.route,
            "supply": record.supply,
            "atc": record.atc,
            "rxnorm": record.rxnorm,
            "names": list(dict.fromkeys([record.id.replace("_", " "), *record.names, *brands])),
            "brands": brands,
            "brands_from_memory": sum(len(some.names) for some in record.brands if some.from_memory),
            "shows": self.shown_data(placed),
            "doses": doses,
            "overdose": {"see": record.overdose.see, **_basis(record.overdose)} if record.overdose else None,
            "rules": self.medicine_rules_data(placed, record.rules),
            "cramps": self.cramps_data(placed),
        }

    def medicine_group_data(self, placed: Placed[schema.MedicineGroup]) -> dict[str, Any]:
        """Return a class of medicines."""
        record = placed.record
        for at, name in enumerate(record.not_with):
            self.known(name, self.shelf.medicine_groups, placed.where("not_with", at), "group of medicines")
        return {
            "id": record.id,
            "shows": self.shown_data(placed),
            "one_only": record.one_only,
            "not_with": record.not_with,
            "names": [name for some in record.members for name in some.names],
            "names_from_memory": sum(len(some.names) for some in record.members if some.from_memory),
            "rules": self.medicine_rules_data(placed, record.rules),
            "cramps": self.cramps_data(placed),
        }

    def shown_data(self, placed: Placed[Any]) -> list[str]:
        """Return the findings that are true of whoever takes it; each is a yes or no of anybody's."""
        for at, name in enumerate(placed.record.shows):
            self.known(name, self.types, placed.where("shows", at), "finding")
            finding = self.shelf.findings.get(name)
            if finding and (finding.record.type != "boolean" or finding.record.only_if):
                self.problem(placed.where("shows", at), f'"{name}" must be a yes or no that can hold for anybody.')
        return list(placed.record.shows)

    def medicine_rules_data(self, placed: Placed[Any], rules: Sequence[schema.MedicineRule]) -> list[dict[str, Any]]:
        """Return rules, their expressions typed; each id is there once."""
        made: list[dict[str, Any]] = []
        for at, rule in enumerate(rules):
            if rule.id in [other["id"] for other in made]:
                self.problem(placed.where("rules", at), f'the rule "{rule.id}" is there twice. Keep one.')
            when = self.when_of_a_person(placed, rule.when, "rules", at, "when")
            told = {"id": rule.id, "when": when, "action": rule.action, "instead_of": rule.instead_of}
            made.append({**told, **_basis(rule)})
            for name in rule.instead_of:
                self.check_stands_for(placed, at, rule, name)
        return made

    def check_stands_for(self, placed: Placed[Any], at: int, rule: schema.MedicineRule, name: str) -> None:
        """A rule stands in the place of one of the medicine's classes, and is as grave."""
        groups = [self.shelf.medicine_groups[one].record for one in getattr(placed.record, "groups", ())
                  if one in self.shelf.medicine_groups]  # fmt: skip
        found = [other for group in groups for other in group.rules if other.id == name]
        where = placed.where("rules", at, "instead_of")
        if not found:
            self.problem(where, f'no class of this medicine has a rule "{name}" to stand in for.')
        elif any(_GRAVITY.index(rule.action) < _GRAVITY.index(other.action) for other in found):
            self.problem(where, f'"{rule.id}" is milder than "{name}" of the class. Make it as grave.')

    def when_of_a_person(self, placed: Placed[Any], text: str | None, *at: str | int) -> int | None:
        """Parse an expression over what people can tell about themselves; None = for everybody."""
        node = self.parse(placed, text, *at) if text else None
        if node is None:
            return None
        for name in sorted(set(mentioned(node, self.predicates))):
            if self.shelf.findings[name].record.supplied_by != "person":
                self.problem(placed.where(*at), f'"{name}" is not for the person to answer. Ask what they can tell.')
        if self.asks_unsure(node):
            self.problem(
                placed.where(*at), "unsure(...) has no place here: what is not known is never taken for granted."
            )
        return self.expression(node)

    def medicine_dose_data(self, placed: Placed[schema.Medicine], at: int, dose: schema.MedicineDose) -> dict[str, Any]:
        """Return what one label allows, once its numbers fit each other."""
        where = placed.where("doses", at)
        if [other.id for other in placed.record.doses].index(dose.id) != at:
            self.problem(where, f'the dose "{dose.id}" is there twice. Keep one.')
        for fault in _faults(dose):
            self.problem(where, fault)
        data: dict[str, Any] = msgspec.to_builtins(dose)
        for key in ("source", "row", "from_memory"):
            del data[key]
        return {**data, "when": self.when_of_a_person(placed, dose.when, "doses", at, "when"), **_basis(dose)}

    def cramps_data(self, placed: Placed[Any]) -> dict[str, Any] | None:
        """Return how much it adds to cramps: a number that is whole, or an unknown that says so."""
        record: schema.Cramps | None = placed.record.cramps
        if record is None:
            return None
        where = placed.where("cramps")
        wanted = {"sequence_ratio": {"value", "low", "high"}, "per_100": {"value", "other"}, "unknown": set()}
        given = {key for key in ("value", "low", "high", "other") if getattr(record, key) is not None}
        if given != wanted[record.measure]:
            needs = ", ".join(sorted(wanted[record.measure])) or "no number"
            self.problem(where, f"{record.measure} needs {needs}, and nothing else.")
        elif record.measure == "sequence_ratio" and not record.low <= record.value <= record.high:  # type: ignore[operator]
            self.problem(where, f"{record.value:g} does not lie between {record.low:g} and {record.high:g}.")
        if record.when is None and not placed.record.shows:
            self.problem(where, "say in `when:` who has this risk, or in `shows:` how one tells who takes it.")
        data: dict[str, Any] = {key: getattr(record, key) for key in ("measure", "value", "low", "high", "other")}
        return {**data, "when": self.when_of_a_person(placed, record.when, "cramps", "when"), **_basis(record)}

    def check_medicines(self) -> None:
        """No name stands for two medicines, no row is both used and set aside, and everything has its words."""
        self.check_medicine_names()
        aside = {placed.record.row: placed for placed in self.shelf.unused_medicine_rows.values()}
        for row in sorted(set(self.medicine_rows()) & set(aside)):
            self.problem(aside[row].where(), f"row {row} is used by a record and listed as unused. Decide.")
        self.check_words({"medicines": (self.shelf.medicines, ()), "medicine_groups": (self.shelf.medicine_groups, ())})
        for locale, kinds in self.shelf.wording.items():
            for medicine in self.shelf.medicines.values():
                self.check_medicine_words(f"wording/{locale}/medicines", medicine.record, kinds.get("medicines", {}))
            for group in self.shelf.medicine_groups.values():
                place = f"wording/{locale}/medicine_groups"
                self.check_group_words(place, group.record, kinds.get("medicine_groups", {}))

    def check_medicine_names(self) -> None:
        """Each name, brand or not, leads to one medicine or one class."""
        seen: dict[str, str] = {}
        for place, name in self.medicine_names():
            plain = plain_name(name)
            if seen.get(plain, place.record.id) != place.record.id:
                self.problem(
                    place.where(), f'"{name}" is a name of "{seen[plain]}" already. A name leads to one record.'
                )
            seen.setdefault(plain, place.record.id)

    def medicine_names(self) -> Iterator[tuple[Placed[Any], str]]:
        """Yield (record, name) of every medicine and class."""
        for medicine in self.shelf.medicines.values():
            brands = [name for some in medicine.record.brands for name in some.names]
            yield from ((medicine, name) for name in (medicine.record.id, *medicine.record.names, *brands))
        for group in self.shelf.medicine_groups.values():
            yield from ((group, name) for some in group.record.members for name in some.names)

    def shelf_of_medicines(self) -> Iterator[Any]:
        """Yield every medicine and every class."""
        yield from (placed.record for placed in self.shelf.medicines.values())
        yield from (placed.record for placed in self.shelf.medicine_groups.values())

    def medicine_rows(self) -> Iterator[int]:
        """Yield the rows of the table of evidence that some record names."""
        for record in self.shelf_of_medicines():
            parts = [*record.rules, *getattr(record, "doses", []), getattr(record, "overdose", None), record.cramps]
            for part in parts:
                yield from _rows(part) if part is not None else ()

    def check_medicine_words(self, place: str, record: schema.Medicine, texts: dict[str, dict[str, Any]]) -> None:
        """A medicine has the words its record asks for, and no others."""
        words = texts.get(record.id, {})
        lacking = [field for field in (*_WORDED, *(["overdose"] if record.overdose else [])) if not words.get(field)]
        if lacking:
            self.problem(place, f'"{record.id}" lacks {", ".join(lacking)}.')
        self.check_rule_words(place, record.id, record.rules, words.get("rules", {}))

    def check_group_words(self, place: str, record: schema.MedicineGroup, texts: dict[str, dict[str, Any]]) -> None:
        """A class has its name, the words of its rules, and the size of its effect on cramps in words."""
        words = texts.get(record.id, {})
        if not words.get("name"):
            self.problem(place, f'"{record.id}" lacks name.')
        self.check_rule_words(place, record.id, record.rules, words.get("rules", {}))
        if bool(words.get("cramps")) != (record.cramps is not None):
            self.problem(place, f'"{record.id}" needs words on cramps if it causes them, and only then.')
        if record.cramps:
            numbers = {key for key in ("value", "low", "high", "other") if getattr(record.cramps, key) is not None}
            said = set(_PLACEHOLDER.findall(words.get("cramps", "")))
            if said != numbers:
                wanted = ", ".join(f"{{{one}}}" for one in sorted(numbers)) or "no number"
                self.problem(place, f'"{record.id}" must say {wanted} in its words on cramps.')

    def check_rule_words(
        self, place: str, name: str, rules: Sequence[schema.MedicineRule], texts: dict[str, str]
    ) -> None:
        """Each rule has its words, and no words are left over."""
        known = {rule.id for rule in rules}
        for lacking in sorted(known - set(texts)):
            self.problem(place, f'"{name}" lacks words for the rule "{lacking}".')
        for left in sorted(set(texts) - known):
            self.problem(place, f'"{name}" words the rule "{left}", but there is no such rule.')


def _faults(dose: schema.MedicineDose) -> Iterator[str]:
    """Yield what does not fit together in a dose: at once, how often, and the most in a day."""
    amount, most = dose.per_dose, dose.most_per_24_hours
    if not any((amount, dose.hours_between, dose.most_doses_per_24_hours, most, dose.most_days)):
        yield "a dose needs at least one number: how much, how often, how long or the most in a day."
    if amount and amount.high is not None and amount.low > amount.high:
        yield f"{amount.low:g} to {amount.high:g} {amount.unit} at once: the first is the greater. Exchange them."
    times = dose.most_doses_per_24_hours
    if times is not None and dose.hours_between is not None and times > math.floor(24 / dose.hours_between):
        yield f"{times} doses, {dose.hours_between:g} hours apart, do not fit into 24 hours. Mend one."
    if amount and most:
        day = most.value * _GRAMS[most.unit]
        once = (amount.high or amount.low) * _GRAMS[amount.unit]
        if once > day * (1 + 1e-9):
            yield f"one dose, {amount.high or amount.low:g} {amount.unit}, is more than the most in a day. Mend one."
        least = amount.low * _GRAMS[amount.unit] * (times or 1)
        if least > day * (1 + 1e-9):
            yield f"{times} doses of {amount.low:g} {amount.unit} are more than the most in a day. Mend one."


def _basis(part: Any) -> dict[str, Any]:
    return {"sources": refs(part.source), "rows": list(_rows(part)), "from_memory": part.from_memory}


def _rows(part: Any) -> list[int]:
    if part.row is None:
        return []
    return list(part.row) if isinstance(part.row, list) else [part.row]

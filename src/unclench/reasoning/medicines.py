"""Can I take this? Rules of the medicine and its classes, and what was taken in 24 hours, added up exactly.

Every condition and number is in `knowledge/medicines/`. What cannot be checked is a result of its own and never a yes,
and no advice is ever to end a prescription.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from unclench.knowledge.applicability import with_not_applicable
from unclench.knowledge.medicine_records import Cramps, Medicine, MedicineDose, MedicineGroup, MedicineRule
from unclench.knowledge.records import SourceRef
from unclench.logic import UNSURE, Answer, Node, Truth, live_findings
from unclench.reasoning.explanation import facts_behind
from unclench.reasoning.medicine_advice import (
    CrampMedicine,
    MedicineAdvice,
    Reason,
    Room,
    Verdict,
    as_text,
    worst,
)
from unclench.reasoning.medicine_names import Match, find, near_names
from unclench.reasoning.taken import Consumed, Known, Taken, added_up, known_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from unclench.knowledge import Knowledge

__all__ = ["MedicineAdvice", "check_medicine", "cramp_medicines", "daily_most", "rules_of", "shown_by"]

_JUDGEMENT = (SourceRef("judgement", ""),)


def check_medicine(
    knowledge: Knowledge, name: str, answers: Mapping[str, Answer], taken: Sequence[Taken] = ()
) -> MedicineAdvice:
    """Tell whether somebody may take a medicine now.

    Args:
        knowledge: the pack.
        name: id of a medicine, or any name of one, brands and slips of the pen included.
        answers: finding id to answer. Missing and "unsure" are unknown: what hangs on them is not taken for granted.
        taken: everything taken in the last 24 hours, under any name. It counts more than an answer that denies it.

    Returns:
        The worst that anything says: `avoid`, then `cannot_check` (something that could speak against it is open, or is
        not known here), then `ask_first`, then `may_take`.

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> knowledge = Knowledge.load()
        >>> check_medicine(knowledge, "Nurofen", {"age": 40, "stomach_ulcer_or_bleed": True}).verdict
        'avoid'
        >>> check_medicine(knowledge, "Nurofen", {"age": 40}).verdict
        'cannot_check'
        >>> check_medicine(knowledge, "Pink pills", {"age": 40}).verdict
        'cannot_check'
    """
    asked = find(knowledge, name)
    known = known_of(knowledge, taken)
    said = with_not_applicable({**answers, **shown_by(knowledge, known, asked)}, knowledge.grounds)
    check = _Check(knowledge, name, asked, known, said)
    check.run()
    return check.advice()


def cramp_medicines(
    knowledge: Knowledge, answers: Mapping[str, Answer], taken: Sequence[Taken] = ()
) -> tuple[CrampMedicine, ...]:
    """Return the medicines that somebody takes and that cause cramps, largest known effect first.

    Args:
        knowledge: the pack.
        answers: finding id to answer; a medicine that is not known to be taken is left out.
        taken: what was taken, under any name.

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> [one.group for one in cramp_medicines(Knowledge.load(), {"statin": True, "long_acting_inhaler": True})]
        ['long_acting_inhaler_group', 'statin_group']
    """
    known = known_of(knowledge, taken)
    held = {one.match.id for one in known if one.match is not None}
    said = with_not_applicable(answers, knowledge.grounds)
    made = [
        CrampMedicine(group.id, group.cramps, knowledge)
        for group in knowledge.medicine_groups.values()
        if group.cramps and (group.id in held or _has_cramps(knowledge, group, group.cramps, said))
    ]
    return tuple(sorted(made, key=lambda one: (-(one.cramps.value or 0), one.group)))


def rules_of(knowledge: Knowledge, medicine: Medicine | MedicineGroup) -> tuple[MedicineRule, ...]:
    """Return every rule that counts for a medicine: its own, its ingredients' and those of all their classes.

    A rule of a class is left out where each member of it in the medicine has one that stands in its place.
    """
    if isinstance(medicine, MedicineGroup):
        return medicine.rules
    parts = _parts(knowledge, medicine)
    groups = dict.fromkeys(group for part in parts for group in part.groups)
    return (
        *(rule for part in parts for rule in part.rules),
        *(
            rule
            for group in groups
            for rule in knowledge.medicine_groups[group].rules
            if not all(_stands_in(part, rule.id) for part in parts if group in part.groups)
        ),
    )


def shown_by(knowledge: Knowledge, taken: Iterable[Known], asked: Match | None = None) -> dict[str, Answer]:
    """Return what is true of somebody because of what they took, apart from the medicine asked about itself."""
    shown: dict[str, Answer] = {}
    for one in taken:
        match = one.match
        if match is None or (asked is not None and (match.kind, match.id) == (asked.kind, asked.id)):
            continue
        if one.medicine is None:
            shown |= dict.fromkeys(knowledge.medicine_groups[match.id].shows, True)
            continue
        for part in _parts(knowledge, one.medicine):
            shown |= dict.fromkeys(part.shows, True)
            for group in part.groups:
                shown |= dict.fromkeys(knowledge.medicine_groups[group].shows, True)
    return shown


def daily_most(knowledge: Knowledge, medicine: Medicine, answers: Mapping[str, Answer]) -> Decimal | None:
    """Return the greatest amount (mg) of 24 hours that every label which fits allows; None = none is held or fits.

    Args:
        knowledge: the pack.
        medicine: the medicine.
        answers: effective answers; a label whose condition is not known to hold does not count.
    """
    fitting = (d for d in medicine.doses if d.by == _by(medicine) and _truth(knowledge, d.when, answers) is Truth.TRUE)
    return min((dose.most for dose in fitting if dose.most is not None), default=None)


@dataclass(slots=True)
class _Check:
    """One question about one medicine; collects reasons, open questions and what room is left."""

    knowledge: Knowledge
    name: str
    asked: Match | None
    taken: tuple[Known, ...]
    answers: Mapping[str, Answer]
    reasons: list[Reason] = field(default_factory=list)
    open: set[str] = field(default_factory=set)
    rooms: list[Room] = field(default_factory=list)
    over: set[str] = field(default_factory=set)
    doses: list[MedicineDose] = field(default_factory=list)
    see: str | None = None

    def run(self) -> None:
        """Look at everything that could speak against it."""
        consumed = added_up(self.knowledge, self.taken)
        self.names()
        self.overdoses(consumed)
        subject = self.subject
        if subject is not None:
            for rule in rules_of(self.knowledge, subject):
                self.rule(rule)
        if isinstance(subject, Medicine):
            self.amounts(subject, consumed)
            self.kinds(subject, consumed)
        elif subject is not None:
            self.say("medicine_only_kind_known", "unchecked")
        self.doubles()
        if self.open:
            self.say("medicine_questions_open", "unchecked", self.in_order(self.open))

    @property
    def subject(self) -> Medicine | MedicineGroup | None:
        if self.asked is None:
            return None
        records = self.knowledge.medicines if self.asked.kind == "medicine" else self.knowledge.medicine_groups
        return records[self.asked.id]

    def advice(self) -> MedicineAdvice:
        subject = self.subject
        order = {"avoid": 0, "unchecked": 1, "caution": 2, "tell": 3}
        verdict: Verdict = worst(reason.action for reason in self.reasons)
        return MedicineAdvice(
            asked=self.name,
            match=self.asked,
            medicine=subject if isinstance(subject, Medicine) else None,
            verdict=verdict,
            reasons=tuple(sorted(self.reasons, key=lambda reason: order[reason.action])),
            open=self.in_order(self.open),
            doses=tuple(self.doses),
            rooms=tuple(self.rooms) if verdict != "avoid" else tuple(room.closed() for room in self.rooms),
            see=self.see,
            cramps=CrampMedicine(subject.id, subject.cramps, self.knowledge)
            if isinstance(subject, MedicineGroup) and subject.cramps
            else None,
            answers=self.answers,
            knowledge=self.knowledge,
        )

    def say(self, message: str, action: str, findings: tuple[str, ...] = (), /, **values: str) -> None:
        """Add a reason that holds for any medicine; its words are a message."""
        self.put(Reason("messages", message, message, action, values, findings, _JUDGEMENT, (), False))

    def cite(self, message: str, action: str, labels: Sequence[MedicineDose], /, **values: str) -> None:
        """Add a reason that rests on what labels say."""
        sources = tuple(dict.fromkeys(source for dose in labels for source in dose.sources))
        rows = tuple(dict.fromkeys(row for dose in labels for row in dose.rows))
        from_memory = any(dose.from_memory for dose in labels)
        self.put(Reason("messages", message, message, action, values, (), sources, rows, from_memory))

    def put(self, reason: Reason) -> None:
        if reason not in self.reasons:
            self.reasons.append(reason)

    def in_order(self, findings: Iterable[str]) -> tuple[str, ...]:
        wanted = set(findings)
        return tuple(finding for finding in self.knowledge.asking_order if finding in wanted)

    def unanswered(self, node: Node) -> set[str]:
        """Return what would have to be answered to decide `node`; an answer of "not sure" is none."""
        live = live_findings(node, self.answers, self.knowledge.evaluate)
        unsure = {f for f in self.knowledge.mentions(node) if self.answers.get(f) == UNSURE}
        return live | unsure

    # names

    def names(self) -> None:
        if self.asked is None:
            self.unknown_name(self.name)
        elif not self.asked.exact:
            self.say("medicine_read_as", "tell", name=self.name, other=self.asked.name)
        for one in self.taken:
            if one.match is None:
                self.unknown_name(one.taken.name)
            elif not one.match.exact:
                self.say("medicine_read_as", "tell", name=one.taken.name, other=one.match.name)

    def unknown_name(self, name: str) -> None:
        near = near_names(self.knowledge, name)
        if near:
            self.say("medicine_not_known_near", "unchecked", name=name, near=", ".join(near))
        else:
            self.say("medicine_not_known", "unchecked", name=name)

    # rules

    def rule(self, rule: MedicineRule) -> None:
        truth = _truth(self.knowledge, rule.when, self.answers)
        if rule.action == "tell":
            if truth is not Truth.FALSE:
                self.add(rule)
        elif truth is Truth.TRUE:
            self.add(rule)
        elif truth is Truth.UNKNOWN and rule.when is not None:
            self.open |= self.unanswered(rule.when)

    def add(self, rule: MedicineRule) -> None:
        holds = rule.when is not None and _truth(self.knowledge, rule.when, self.answers) is Truth.TRUE
        behind = facts_behind(self.knowledge, rule.when, self.answers) if rule.when is not None and holds else []
        self.reasons.append(
            Reason(
                rule.owner_kind, rule.owner, rule.id, rule.action, {}, tuple(behind), rule.sources, rule.rows,
                rule.from_memory,
            )
        )  # fmt: skip

    # amounts

    def overdoses(self, consumed: Mapping[str, Consumed]) -> None:
        """Too much of anything is said whatever was asked; so is what may be too much, since no strength was told."""
        for name, eaten in consumed.items():
            part = self.knowledge.medicines[name]
            labels = self.widest(part)
            if not labels or part.route == "on_skin":  # nobody weighs a gel
                continue
            most, unit = _most(labels[0]), labels[0].unit
            amounts = {"name": self.called(part), "most": as_text(most, unit), "unit": unit}
            usual = self.usual(part)
            if eaten.total > most:
                self.cite("medicine_over_most", "avoid", labels, **amounts, total=as_text(eaten.total, unit))
            elif usual and eaten.total + eaten.untold * usual[0] > most:
                self.cite("medicine_surely_over_most", "avoid", labels, **amounts, times=str(eaten.doses))
            else:
                if usual and eaten.total + eaten.untold * usual[1] > most:
                    self.cite("medicine_may_be_over_most", "avoid", labels, **amounts, times=str(eaten.doses))
                elif not eaten.complete:
                    self.say("medicine_amount_not_told", "unchecked", name=self.called(part))
                self.above_label(part, eaten.total)
                continue
            self.overdose(part)
            self.over.add(name)

    def above_label(self, part: Medicine, total: Decimal) -> None:
        """Say of what was not asked about that it is more than anybody takes without a prescription."""
        asked = _ingredients_of(self.subject)
        labels = [dose for dose in part.doses if dose.by == "self_care" and dose.most is not None]
        if labels and part.id not in asked and total > (most := max(map(_most, labels))):
            loosest = [dose for dose in labels if dose.most == most]
            unit = labels[0].unit
            words = {
                "name": self.called(part),
                "total": as_text(total, unit),
                "most": as_text(most, unit),
                "unit": unit,
            }
            self.cite("medicine_most_passed", "caution", loosest, **words)

    def usual(self, part: Medicine) -> tuple[Decimal, Decimal] | None:
        """Return the least and the most of one dose (mg) over all labels; None = no label says."""
        told = [amount for dose in part.doses for amount in (dose.low, dose.high) if amount is not None]
        return (min(told), max(told)) if told else None

    def widest(self, part: Medicine) -> list[MedicineDose]:
        """Return the labels with the greatest daily most, whoever decides on it.

        Where none is known to fit, as for a child or an unknown age, those of grown-ups count: nobody may have more.
        """
        labels = [dose for dose in self.any_fitting(part) if dose.most is not None]
        labels = labels or [dose for dose in part.doses if dose.most is not None]
        return [dose for dose in labels if dose.most == max(map(_most, labels))]

    def overdose(self, part: Medicine) -> None:
        over = part.overdose
        assert over is not None  # the compiler refuses a daily most without it
        self.reasons.append(
            Reason("medicines", part.id, "overdose", "avoid", {}, (), over.sources, over.rows, over.from_memory)
        )
        places = self.knowledge.places
        self.see = over.see if self.see is None else min(self.see, over.see, key=places.index)

    def any_fitting(self, part: Medicine) -> list[MedicineDose]:
        return [dose for dose in part.doses if _truth(self.knowledge, dose.when, self.answers) is Truth.TRUE]

    def amounts(self, subject: Medicine, consumed: Mapping[str, Consumed]) -> None:
        """Check each ingredient against what labels allow, and the mixture against its own label."""
        for part in _parts(self.knowledge, subject):
            own = part.id in subject.ingredients
            fitting = self.fitting(part, subject)
            if part is subject:
                self.doses += fitting
            eaten = consumed.get(part.id) if own else _of_mixture(self.taken, part.id)
            if own:
                self.day(part, subject, fitting, eaten)
            if eaten is not None:
                self.timing(part, fitting, eaten)

    def fitting(self, part: Medicine, subject: Medicine) -> list[MedicineDose]:
        """Return what labels allow this person to decide on; says so if there is none for them, or none held."""
        listed = [dose for dose in part.doses if dose.by == _by(part)]
        truths = [(dose, _truth(self.knowledge, dose.when, self.answers)) for dose in listed]
        for dose, truth in truths:
            if truth is Truth.UNKNOWN and dose.when is not None:
                self.open |= self.unanswered(dose.when)
        if not listed and part is subject:
            self.say("medicine_dose_not_held", "tell")
        elif listed and all(truth is Truth.FALSE for _, truth in truths):
            self.say("medicine_no_dose_for_you", "caution")
        return [dose for dose, truth in truths if truth is Truth.TRUE]

    def day(self, part: Medicine, subject: Medicine, fitting: list[MedicineDose], eaten: Consumed | None) -> None:
        """Check the daily most of one ingredient."""
        labels = [dose for dose in fitting if dose.most is not None]
        on_skin = part.route == "on_skin"  # nobody weighs a gel; how often is what they know
        if eaten is not None and not eaten.complete and not on_skin and (labels or not fitting):
            self.say("medicine_amount_not_told", "unchecked", name=self.called(part))
        if not labels and self.may_fit(part):
            return  # which label counts is an open question, and asked as one
        if not labels:
            if (
                eaten is not None
                and eaten.doses
                and part.id not in self.over
                and not any(dose.most_doses for dose in fitting)
            ):
                self.say("medicine_most_not_held", "unchecked", name=self.called(part))
            return
        total = eaten.total if eaten else Decimal(0)
        lows = [dose.low for dose in fitting if dose.low is not None] if part is subject else []
        highs = [dose.high for dose in fitting if dose.high is not None] if part is subject else []
        if part.id not in self.over:
            self.total(part, total, labels, min(lows, default=Decimal(0)))
        strictest, loosest = min(map(_most, labels)), max(map(_most, labels))
        left = max(strictest - total, Decimal(0))  # nobody here knows which pack somebody has
        high = min(min(highs), left) if highs else None
        self.rooms.append(Room(part.id, total, strictest, loosest, left, min(lows, default=None), high, labels[0].unit))

    def may_fit(self, part: Medicine) -> bool:
        """Whether a label with a daily most fits or not is open."""
        listed = (dose for dose in part.doses if dose.by == _by(part) and dose.most is not None)
        return any(_truth(self.knowledge, dose.when, self.answers) is Truth.UNKNOWN for dose in listed)

    def total(self, part: Medicine, total: Decimal, labels: list[MedicineDose], low: Decimal) -> None:
        """Say where a total stands: over the label, or at its end with one more dose."""
        unit = labels[0].unit
        words = {"name": self.called(part), "total": as_text(total, unit), "unit": unit}
        loosest = [dose for dose in labels if dose.most == max(map(_most, labels))]
        strictest = [dose for dose in labels if dose.most == min(map(_most, labels))]
        most, least = _most(loosest[0]), _most(strictest[0])
        if total > most:
            self.cite("medicine_most_passed", "avoid", loosest, **words, most=as_text(most, unit))
        elif _reaches(total, low, most):
            self.cite("medicine_most_reached", "avoid", loosest, **words, most=as_text(most, unit))
        elif _reaches(total, low, least):
            self.cite("medicine_some_labels_less", "caution", strictest, **words, most=as_text(least, unit))

    def timing(self, part: Medicine, fitting: list[MedicineDose], eaten: Consumed) -> None:
        """Check how long ago, how often, how much at once and for how many days."""
        name = self.called(part)
        self.hours(name, fitting, eaten)
        # Where a label states a daily most, amounts decide: three small tablets may be one dose.
        times = [dose.most_doses for dose in fitting if dose.most_doses is not None and dose.most is None]
        if times and eaten.doses >= min(times):
            if eaten.doses >= max(times):
                labels = [dose for dose in fitting if dose.most_doses == max(times)]
                self.cite("medicine_times_reached", "avoid", labels, name=name, times=str(eaten.doses))
            else:
                labels = [dose for dose in fitting if dose.most_doses == min(times)]
                self.cite("medicine_some_labels_fewer", "caution", labels, name=name, times=str(min(times)))
        highs = [(dose.high, dose.unit) for dose in self.any_fitting(part) if dose.high is not None]
        if highs and eaten.largest > max(highs)[0]:
            most, unit = max(highs)
            amounts = {"amount": as_text(eaten.largest, unit), "most": as_text(most, unit), "unit": unit}
            labels = [dose for dose in self.any_fitting(part) if dose.high == most]
            self.cite("medicine_dose_too_big", "caution", labels, name=name, **amounts)
        days = [dose.most_days for dose in fitting if dose.most_days is not None]
        if days and eaten.days is not None and eaten.days >= min(days):
            labels = [dose for dose in fitting if dose.most_days == min(days)]
            lengths = {"taken": str(eaten.days), "days": str(min(days))}
            self.cite("medicine_too_long", "caution", labels, name=name, **lengths)

    def hours(self, name: str, fitting: list[MedicineDose], eaten: Consumed) -> None:
        """Check how long ago the last one was; a time that was not told is said."""
        labels = [dose for dose in fitting if dose.hours_between is not None]
        if not labels:
            return
        hours = [_hours(dose) for dose in labels]
        # A label without an interval leaves room for a shorter one.
        least = min(hours) if len(labels) == len(fitting) else Decimal(0)
        if eaten.last is not None and eaten.last < least:
            first = [dose for dose in labels if dose.hours_between == least]
            self.cite("medicine_too_soon", "avoid", first, name=name, hours=as_text(least))
        elif eaten.last is not None and eaten.last < max(hours):
            last = [dose for dose in labels if dose.hours_between == max(hours)]
            self.cite("medicine_some_labels_wait", "caution", last, name=name, hours=as_text(max(hours)))
        if not eaten.timed:
            self.cite("medicine_time_not_told", "unchecked", labels, name=name, hours=as_text(max(hours)))

    def kinds(self, subject: Medicine, consumed: Mapping[str, Consumed]) -> None:
        """Add up, over each class, what share of its daily most was taken of every member."""
        for group in subject.groups:
            share, others = Fraction(0), False
            for name, eaten in consumed.items():
                member = self.knowledge.medicines[name]
                most = daily_most(self.knowledge, member, self.answers) if group in member.groups else None
                if most:
                    share += Fraction(eaten.total) / Fraction(most)
                    others |= name not in subject.ingredients and eaten.total > 0
            most = daily_most(self.knowledge, subject, self.answers)
            lows = [dose.low for dose in self.any_fitting(subject) if dose.low is not None]
            if others and most and share + Fraction(min(lows, default=Decimal(0))) / Fraction(most) > 1:
                self.say("medicine_kind_most_reached", "avoid")

    # doubles

    def doubles(self) -> None:
        """Name whatever is the same, or of one class of which only one may be taken."""
        asked = Known(Taken(self.name), self.asked, self.subject if isinstance(self.subject, Medicine) else None)
        for one in self.taken:
            if asked.match and one.match and (asked.match.kind, asked.match.id) == (one.match.kind, one.match.id):
                if one.match.name != asked.match.name:
                    self.say("medicine_same_medicine", "tell", other=one.match.name)
                continue
            self.double(asked, one, "avoid")
        for place, one in enumerate(self.taken):
            for other in self.taken[:place]:
                if one.match and other.match and (one.match.kind, one.match.id) != (other.match.kind, other.match.id):
                    self.double(other, one, "caution")

    def double(self, one: Known, other: Known, action: str) -> None:
        if one.match is None or other.match is None:
            return
        shared = [i for i in _ingredients(one) if i in _ingredients(other)]
        kinds = [kind for kind in self.groups(other) if self.clashes(kind, self.groups(one))]
        if action == "caution":
            if shared or kinds:
                self.say("medicine_taken_together", "caution", name=one.match.name, other=other.match.name)
        elif shared:
            name = self.called(self.knowledge.medicines[shared[0]])
            self.say("medicine_double_ingredient", action, other=other.match.name, name=name)
        elif kinds:
            name = self.knowledge.words("medicine_groups", kinds[0], "name")
            self.say("medicine_double_kind", action, other=other.match.name, name=name)

    def clashes(self, kind: str, others: Iterable[str]) -> bool:
        """Tell whether a class does not go together with one of the others, itself among them."""
        groups = self.knowledge.medicine_groups
        return any(
            kind in groups[other].not_with
            or other in groups[kind].not_with
            or (kind == other and groups[kind].one_only)
            for other in others
        )

    def groups(self, one: Known) -> tuple[str, ...]:
        if one.medicine is not None:
            return tuple(group for part in _parts(self.knowledge, one.medicine) for group in part.groups)
        return (one.match.id,) if one.match is not None else ()

    def called(self, part: Medicine) -> str:
        return part.names[0]


def _parts(knowledge: Knowledge, medicine: Medicine) -> tuple[Medicine, ...]:
    """Return a medicine and, for a mixture, its ingredients."""
    return (medicine, *(knowledge.medicines[i] for i in medicine.ingredients if i != medicine.id))


def _stands_in(part: Medicine, name: str) -> bool:
    """Tell whether a rule of a medicine stands in the place of one of its classes."""
    return any(name in rule.instead_of for rule in part.rules)


def _ingredients(one: Known) -> tuple[str, ...]:
    return one.medicine.ingredients if one.medicine is not None else ()


def _ingredients_of(subject: Medicine | MedicineGroup | None) -> tuple[str, ...]:
    return subject.ingredients if isinstance(subject, Medicine) else ()


def _of_mixture(taken: Iterable[Known], name: str) -> Consumed | None:
    """Return how often and how long a mixture was taken; its amounts count with its ingredients."""
    mine = [one.taken for one in taken if one.medicine is not None and one.medicine.id == name]
    if not mine:
        return None
    last = [one.hours_ago for one in mine if one.hours_ago is not None]
    days = [one.days for one in mine if one.days is not None]
    doses = sum(one.times for one in mine)
    return Consumed(
        Decimal(0), True, doses, 0, Decimal(0), min(last, default=None), len(last) == len(mine), max(days, default=None)
    )


def _most(dose: MedicineDose) -> Decimal:
    assert dose.most is not None  # only asked of labels that state it
    return dose.most


def _hours(dose: MedicineDose) -> Decimal:
    assert dose.hours_between is not None  # only asked of labels that state it
    return dose.hours_between


def _by(medicine: Medicine) -> str:
    return "prescription" if medicine.supply == "prescription" else "self_care"


def _truth(knowledge: Knowledge, node: Node | None, answers: Mapping[str, Answer]) -> Truth:
    return Truth.TRUE if node is None else knowledge.evaluate[node](answers)


def _reaches(total: Decimal, low: Decimal, most: Decimal) -> bool:
    """Tell whether one more dose would pass the most; where its size is not held, whether the most is reached."""
    return total + low > most or total >= most


def _has_cramps(knowledge: Knowledge, group: MedicineGroup, cramps: Cramps, answers: Mapping[str, Answer]) -> bool:
    if cramps.when is not None:
        return _truth(knowledge, cramps.when, answers) is Truth.TRUE
    return any(answers.get(finding) is True for finding in group.shows)

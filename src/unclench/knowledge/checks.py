"""Checks of the records against each other. Each only adds problems; none changes what is compiled."""

from __future__ import annotations

from datetime import date

from unclench.knowledge.examples import check_examples
from unclench.knowledge.exercises import exercise_words
from unclench.knowledge.expressions import Expressions, Worded
from unclench.knowledge.phrases import MESSAGES, PHRASES, places
from unclench.knowledge.plurals import categories
from unclench.knowledge.read import Placed, references
from unclench.logic import NOT_APPLICABLE, Answer, Evaluators, Truth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

__all__ = ["Checks"]


class Checks(Expressions):
    """Adds what must hold between records."""

    def check_sources(self) -> None:
        """Every source a record names is there."""
        shelf = self.shelf
        kinds: list[Iterable[Placed[Any]]] = [
            shelf.red_flags.values(),
            shelf.causes.values(),
            shelf.contributors.values(),
            shelf.events.values(),
            shelf.strata.values(),
            shelf.vignettes.values(),
            shelf.exercises.values(),
            shelf.phases.values(),
            shelf.tracks.values(),
            shelf.treatments.values(),
            shelf.medicines.values(),
            shelf.medicine_groups.values(),
            shelf.claim_texts.values(),
            shelf.questions.values(),
            shelf.charts.values(),
            shelf.muscles.values(),
        ]
        for kind in kinds:
            for placed in kind:
                for ref in references(placed.record):
                    if ref.id != "judgement":
                        self.known(ref.id, shelf.sources, placed.where("source"), "source")

    def check_dates(self) -> None:
        """Every date of a rule is a day of the calendar."""
        for placed in self.shelf.red_flags.values():
            for key in ("valid_from", "valid_to", "review_by"):
                text = getattr(placed.record, key)
                if text is not None and not _is_day(text):
                    self.problem(placed.where(key), f'"{text}" is no day of the calendar. Mend the date.')

    def check_examples(self) -> None:
        """Every rule agrees with its examples, once all else is in order."""
        for name in self.shelf.examples:
            if name not in self.shelf.red_flags:
                self.problem(f"red_flags/{name}.cases.yaml", "there is no rule of that name.")
        if not self.problems:
            self.disagreements += check_examples(self.shelf, self.order, self.rules, self.predicates)
            self.check_rules()

    def check_rules(self) -> None:
        """Hold every rule to the form its safety rests on; see docs/adr on triage."""
        read = Evaluators(self.predicates)
        examined = {n for n, p in self.shelf.findings.items() if p.record.supplied_by != "person"}
        upward = examined | {n for n, p in self.shelf.findings.items() if p.record.red_flag}
        screened = {f for p in self.shelf.screens.values() if p.record.stage == "danger" for f in p.record.findings}
        all_clear: dict[str, Answer] = {**dict.fromkeys(screened, False), **dict.fromkeys(examined, NOT_APPLICABLE)}
        for name, node in self.rules.items():
            placed = self.shelf.red_flags[name]
            for finding in sorted(upward & set(self.lowering(node, False))):
                self.problem(
                    placed.where("when"),
                    f'"{finding}" being there makes this rule less likely to fire. A danger sign or an examination '
                    "may only raise urgency: write the rule without `not` around it.",
                )
            is_emergency = placed.record.then.disposition == "emergency"
            if is_emergency and read[node](all_clear) is not Truth.FALSE:
                self.problem(
                    placed.where("when"),
                    "somebody who says no to every danger question still has this emergency rule open. "
                    "Let each way it can fire need at least one danger question.",
                )

    def check_wording(self) -> None:
        """Every record has its words, in every locale, and no words are left over."""
        wanted: Worded = {
            "findings": (self.shelf.findings, ("question", "label", "clinical")),
            "red_flags": (self.shelf.red_flags, ("name", "because", "clinical")),
            "causes": (self.shelf.causes, ("name", "summary", "clinical")),
            "contributors": (self.shelf.contributors, ("name", "summary")),
            "events": (self.shelf.events, ("name", "summary")),
            "phrases": (PHRASES, ("name",)),
            "predicates": (self.shelf.predicates, ("clinical",)),
            "screens": (self.shelf.screens, ("title", "intro", "none", "why")),
            "dispositions": (
                self.shelf.dispositions,
                ("heading", "within", "what_to_do", "meaning", "general", "general_meaning"),
            ),
            "see": (self.shelf.places, ("name", "how")),
            **exercise_words(self.shelf),
        }
        self.check_words(wanted)
        for locale, kinds in self.shelf.wording.items():
            texts = kinds.get("findings", {})
            for name, placed in self.shelf.findings.items():
                lay = ("name", "what_for") if placed.record.supplied_by != "person" else ()
                unsaid = [field for field in lay if not texts.get(name, {}).get(field)]
                if unsaid:
                    self.problem(
                        f"wording/{locale}/findings", f'"{name}" is a test, and lacks {", ".join(unsaid)} in lay words.'
                    )
                if placed.record.choices:
                    worded = texts.get(name, {}).get("choices")
                    lacking = sorted(set(placed.record.choices) - set(worded if isinstance(worded, dict) else ()))
                    if lacking:
                        self.problem(f"wording/{locale}/findings", f'"{name}" lacks words for {", ".join(lacking)}.')
            self.check_texts_asked_for(locale, kinds)

    def check_texts_asked_for(self, locale: str, kinds: Mapping[str, Mapping[str, Any]]) -> None:
        """Every message is there, every phrase has its places, and every amount each plural form of its language."""
        for name in MESSAGES:
            if not kinds.get("messages", {}).get(name, {}).get("because"):
                self.problem(f"wording/{locale}/messages", f'"{name}" lacks because.')
        for name, wanted in PHRASES.items():
            text = str(kinds.get("phrases", {}).get(name, {}).get("name", ""))
            if text and places(text) != wanted:
                shown = ", ".join(f"{{{place}}}" for place in sorted(wanted)) or "none"
                self.problem(f"wording/{locale}/phrases", f'"{name}" must have these places: {shown}.')
        amounts = {name: texts["amount"] for name, texts in kinds.get("findings", {}).items() if "amount" in texts}
        forms = categories(locale)
        for name, texts in kinds.get("quantities", {}).items():
            amount = texts.get("amount")
            if not isinstance(amount, dict) or set(amount) != set(forms) or places(amount["other"]) != {"number"}:
                self.problem(
                    f"wording/{locale}/quantities",
                    f'"amount" of "{name}" must have {", ".join(forms)}, and {{number}} in other.',
                )
        if amounts and not forms:
            self.problem(f"wording/{locale}", f'no plural rule of "{locale}" is known. Add it to knowledge/plurals.py.')
            return
        for name, amount in amounts.items():
            placed = self.shelf.findings.get(name)
            if placed and placed.record.type != "number":
                self.problem(f"wording/{locale}/findings", f'"{name}" is no number, so it has no `amount:`. Remove it.')
            elif not isinstance(amount, dict) or set(amount) != set(forms):
                self.problem(f"wording/{locale}/findings", f'"amount" of "{name}" must have {", ".join(forms)}.')
            elif places(amount["other"]) != {"number"}:
                self.problem(f"wording/{locale}/findings", f'"amount" of "{name}" must have the place {{number}}.')

    def check_accuracy(self) -> None:
        """Every row of the accuracy table is used by a ratio or set aside with a reason."""
        used: set[int] = set()
        for kind in (self.shelf.causes, self.shelf.contributors, self.shelf.events):
            for placed in kind.values():
                for ratio in placed.record.likelihood_ratios:
                    rows = ratio.row if isinstance(ratio.row, list) else [ratio.row]
                    used |= {row for row in rows if row is not None}
        known = self.shelf.accuracy_rows
        aside = {placed.record.row for placed in self.shelf.unused_rows.values()}
        for row in sorted(used - known):
            self.problem("accuracy/rows.csv", f"a ratio names row {row}, which is not there.")
        for row in sorted(used & aside):
            self.problem("accuracy/", f"row {row} is used by a ratio and listed as unused. Decide.")
        for row in sorted(known - used - aside):
            self.problem("accuracy/rows.csv", f"row {row} is neither used nor set aside with a reason.")

    def check_vignettes(self) -> None:
        """Every cause a vignette names is there."""
        for placed in self.shelf.vignettes.values():
            expect = placed.record.expect
            for name in (expect.cause, *expect.also_acceptable_causes):
                self.known(name, self.shelf.causes, placed.where("expect"), "cause")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True

"""`Knowledge`: one pack, loaded and frozen. Everything the engine reads comes from here.

An installed Unclench carries its pack. A checkout compiles `knowledge/` when it changed and keeps the result in
`.cache/`, so that starting up never parses YAML twice.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cached_property

from unclench.errors import KnowledgeError
from unclench.knowledge.applicability import Ground
from unclench.knowledge.layout import Parts
from unclench.knowledge.phrases import filled
from unclench.knowledge.plurals import category
from unclench.knowledge.records import (
    Cause,
    Disposition,
    Exercise,
    ExerciseDose,
    Finding,
    Hypothesis,
    Limit,
    Model,
    PopulationModel,
    Rule,
    Screen,
    Stratum,
    Term,
    Weight,
    source_refs,
)
from unclench.logic import Answer, Evaluator, Evaluators, Node, Together, from_data, mentioned, together

TYPE_CHECKING = False
if TYPE_CHECKING:  # what only plans, figures and the audit need is imported where it is made
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from unclench.figures.pose import Figure
    from unclench.figures.stage import Stage
    from unclench.knowledge.claim_records import Claim, ClaimText
    from unclench.knowledge.learning_records import Chart, LayQuestion, Muscle, Review, Version
    from unclench.knowledge.medicine_records import Medicine, MedicineGroup
    from unclench.knowledge.plan_records import Phase, PlanModel, Track, Treatment

__all__ = ["Knowledge", "own_folder"]

FORMAT = 2
# Plain paths, since every start comes by here and most need no `pathlib`.
_PACKAGED = os.path.join(os.path.dirname(__file__), "pack.json")
_CHECKOUT = os.path.normpath(os.path.join(os.path.realpath(os.path.dirname(__file__)), "..", "..", ".."))
# Deciding urgency this often takes as long as making the code that reads all rules at once.
_FEW = 40
_PARTS = (
    *("expressions", "predicates", "findings", "screens", "rules", "causes", "contributors", "events", "strata"),
    *("sources", "places", "model", "wording", "exercises", "figures", "phases", "tracks", "treatments", "plan"),
    *("medicines", "medicine_groups", "claims", "questions", "charts", "muscles", "reviews", "changes"),
    *("model_written",),
)


class Knowledge:
    """A pack: findings, rules, causes and their words, with the hash that names exactly this content.

    Attributes:
        hash: `sha256:` and the hash of the pack.
        findings: id to finding, each after those its `only_if` looks at.
        screens: questions asked together, in order.
        rules: all red flags.
        causes: id to cause.
        contributors: id to contributor.
        events: id to kind of episode.
        strata: priors by setting and age band.
        exercises: id to exercise.
        treatments: id to treatment; `tracks`: kinds of plan; `phases`: stretches of time.
        medicines: id to medicine.
        medicine_groups: id to class of medicines.
        questions: id to question that people ask; charts, muscles: what is drawn; reviews: kind to its review.
        versions: what was changed, newest first.
        claim_texts: id to audited lay article; `claims`: id to what one of them claims.
        sources: id to what is known of each source.
        model: numbers of the calculation.
        places: whom one may see, in order of precedence.

    Examples:
        >>> knowledge = Knowledge.load()
        >>> knowledge.findings["fever"].kind
        'boolean'
    """

    def __init__(self, text: str | bytes) -> None:
        self._written = text.encode() if isinstance(text, str) else text
        data = self._parts = Parts(self._written)
        if not data.is_object:
            raise KnowledgeError(["the pack is no JSON object. Build the pack again."])
        if data.get("format") != FORMAT:
            raise KnowledgeError(
                [f"the pack has format {data.get('format')}, this version reads {FORMAT}. Build the pack again."]
            )
        lacking = data.lacking(_PARTS)
        if lacking:
            raise KnowledgeError([f"the pack lacks {', '.join(lacking)}. Build the pack again."])
        self.hash = "sha256:" + hashlib.sha256(self._written).hexdigest()
        self._nodes = [from_data(one) for one in data["expressions"]]
        predicates = {name: from_data(one) for name, one in data["predicates"].items()}
        self.evaluate = Evaluators(predicates)
        self._mentions: dict[Node, tuple[str, ...]] = {}
        self.findings = {one["id"]: self._finding(one) for one in data["findings"]}
        self.screens = tuple(Screen(o["id"], o["stage"], tuple(o["findings"])) for o in data["screens"])
        self.rules = tuple(self._rule(one) for one in data["rules"])
        self.sources: Mapping[str, Mapping[str, Any]] = data["sources"]
        self.places: tuple[str, ...] = tuple(data["places"])
        model = dict(data["model"])
        model["open_emergency_floor"] = Disposition.of(model["open_emergency_floor"])
        people = dict(model["population"])
        people["ages"] = tuple((first, last, share) for first, last, share in people["ages"])
        model["population"] = PopulationModel(**people)
        self.model = Model(**model)

    def __repr__(self) -> str:
        return f"Knowledge({self.hash})"

    @classmethod
    def load(cls, path: str | os.PathLike[str] | None = None) -> Knowledge:
        """Load a pack.

        Args:
            path: a pack file, or a `knowledge/` folder to compile. None = the one that belongs to this program.

        Raises:
            KnowledgeError: the folder has problems (all of them are named), or there is no pack.
        """
        if path is not None:
            from pathlib import Path

            place = Path(path)
            if place.is_dir():
                from unclench.knowledge.compile import compile_pack
                from unclench.knowledge.layout import serialise

                return cls(serialise(compile_pack(place)))
            try:
                made = cls(place.read_text(encoding="utf-8"))
                made.data  # noqa: B018 - a file from elsewhere shows now where it is damaged
                return made
            except KnowledgeError as error:
                raise KnowledgeError(f"{place}: {problem}" for problem in error.problems) from None
            except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
                raise KnowledgeError(
                    [f"{place}: no readable pack ({error}). Name a pack or a knowledge folder."]
                ) from None
        return cls(_own_pack())

    @property
    def text(self) -> str:
        """The pack as it was read; another process makes the same knowledge of it."""
        return self._written.decode()

    @property
    def data(self) -> Mapping[str, Any]:
        """The whole pack as plain data, every hypothesis with its terms in full."""
        return self._parts.written_out()

    @data.setter
    def data(self, data: Mapping[str, Any]) -> None:
        """Put other data in its place, for what is not made of it yet; the hash stays."""
        self._parts = Parts.of(data)

    @cached_property
    def causes(self) -> Mapping[str, Cause]:
        """Id to cause; built when first needed, since urgency does not need it."""
        return {
            one["id"]: Cause(one["id"], one["family"], one["serious"], one["test_threshold"], self._terms(one))
            for one in self._parts["causes"]
        }

    @cached_property
    def contributors(self) -> Mapping[str, Hypothesis]:
        """Id to contributor: what brings on or keeps up spasm."""
        return {one["id"]: self._hypothesis(one) for one in self._parts["contributors"]}

    @cached_property
    def events(self) -> Mapping[str, Hypothesis]:
        """Id to kind of episode: spasm, cramp, twitch and so on."""
        return {one["id"]: self._hypothesis(one) for one in self._parts["events"]}

    @cached_property
    def strata(self) -> tuple[Stratum, ...]:
        """Priors by setting and age band."""
        return tuple(
            Stratum(
                o["id"], o["setting"], o["ages"][0], o["ages"][1], {c: self._prior(w) for c, w in o["priors"].items()}
            )
            for o in self._parts["strata"]
        )

    @cached_property
    def exercises(self) -> Mapping[str, Exercise]:
        """Id to exercise; built when first needed, since only a plan needs it."""
        return {one["id"]: self._exercise(one) for one in self._parts["exercises"]}

    @cached_property
    def phases(self) -> Mapping[str, Phase]:
        """Id to phase of a plan, in order of time."""
        from unclench.knowledge.plan_records import phase_of

        return {one["id"]: phase_of(one) for one in self._parts["phases"]}

    @cached_property
    def tracks(self) -> Mapping[str, Track]:
        """Id to kind of plan; the first whose `when` is true is the person's."""
        from unclench.knowledge.plan_records import track_of

        return {one["id"]: track_of(one, self._node) for one in self._parts["tracks"]}

    @cached_property
    def treatments(self) -> Mapping[str, Treatment]:
        """Id to treatment, whatever its verdict."""
        from unclench.knowledge.plan_records import treatment_of

        return {one["id"]: treatment_of(one, self._node) for one in self._parts["treatments"]}

    @cached_property
    def medicines(self) -> Mapping[str, Medicine]:
        """Id to medicine."""
        from unclench.knowledge.medicine_records import medicine_of

        return {one["id"]: medicine_of(one, self._nodes) for one in self._parts["medicines"]}

    @cached_property
    def medicine_groups(self) -> Mapping[str, MedicineGroup]:
        """Id to class of medicines."""
        from unclench.knowledge.medicine_records import group_of

        return {one["id"]: group_of(one, self._nodes) for one in self._parts["medicine_groups"]}

    @cached_property
    def claim_texts(self) -> Mapping[str, ClaimText]:
        """Id to lay article that was audited."""
        from unclench.knowledge.claim_records import claim_text_of

        return {one["id"]: claim_text_of(one) for one in self._parts["claims"]}

    @cached_property
    def claims(self) -> Mapping[str, Claim]:
        """Id to what a lay article claims, with its verdict, text by text."""
        return {claim.id: claim for text in self.claim_texts.values() for claim in text.claims}

    @cached_property
    def questions(self) -> Mapping[str, LayQuestion]:
        """Id to question that people ask."""
        from unclench.knowledge.learning_records import question_of

        return {one["id"]: question_of(one) for one in self._parts["questions"]}

    @cached_property
    def charts(self) -> Mapping[str, Chart]:
        """Id to numbers that are drawn."""
        from unclench.knowledge.learning_records import chart_of

        return {one["id"]: chart_of(one) for one in self._parts["charts"]}

    @cached_property
    def muscles(self) -> Mapping[str, Muscle]:
        """Id to muscle of the back, from the skin inwards."""
        from unclench.knowledge.learning_records import muscle_of

        return {one["id"]: muscle_of(one) for one in self._parts["muscles"]}

    @cached_property
    def reviews(self) -> Mapping[str, Review]:
        """Kind of record to its review; a red flag has its own."""
        from unclench.knowledge.learning_records import review_of

        return {one["id"]: review_of(one) for one in self._parts["reviews"]}

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """What was changed in the knowledge, newest version first."""
        from unclench.knowledge.learning_records import version_of

        return tuple(version_of(one) for one in self.data["changes"])

    @cached_property
    def stage(self) -> Stage:
        """The body and the room that figures are drawn with."""
        from unclench.figures.stage import Stage

        return Stage(self._parts["figures"]["body"])

    @cached_property
    def figures(self) -> Mapping[str, Figure]:
        """Exercise id to its drawn figure."""
        return {name: self.stage.figure(record) for name, record in self._parts["figures"]["records"].items()}

    def figure_text(self, figure: Figure, locale: str = "en") -> str:
        """Return what a figure shows, in sentences; in English where the language has no words for it."""
        from unclench.figures.describe import described

        try:
            words = self._parts.words("figures", locale)
        except KeyError:
            words = {}
        words = words or self._parts.words("figures", "en")
        return described(self.stage, figure, {name: entry["name"] for name, entry in words.items()})

    @cached_property
    def plan_model(self) -> PlanModel:
        """Numbers and limits of the planning itself."""
        from unclench.knowledge.plan_records import plan_model_of

        return plan_model_of(self._parts["plan"], self._node)

    @cached_property
    def only_if(self) -> tuple[tuple[str, Evaluator], ...]:
        """(finding, evaluator) of every finding that cannot hold for everybody, in order of dependence."""
        return tuple((f.id, self.evaluate[f.only_if]) for f in self.findings.values() if f.only_if is not None)

    @cached_property
    def grounds(self) -> tuple[Ground, ...]:
        """What findings need to hold or to come up, in order of dependence."""
        return tuple(
            Ground(finding.id, self.evaluate[node], strict)
            for finding in self.findings.values()
            for node, strict in ((finding.only_if, True), (finding.follows_from, False))
            if node is not None
        )

    @cached_property
    def ground_findings(self) -> frozenset[str]:
        """The findings that `grounds` look at: on them it hangs whether other questions can hold, or come up."""
        nodes = (node for finding in self.findings.values() for node in (finding.only_if, finding.follows_from))
        return frozenset(finding for node in nodes if node is not None for finding in self.mentions(node))

    @cached_property
    def rule_evaluators(self) -> tuple[tuple[Rule, Evaluator], ...]:
        """Each rule with its scalar reading, in order of precedence."""
        return tuple((rule, self.evaluate[rule.when]) for rule in sorted(self.rules, key=self.precedence))

    @cached_property
    def rules_in_order(self) -> tuple[Rule, ...]:
        """All rules in order of precedence."""
        return tuple(rule for rule, _ in self.rule_evaluators)

    @cached_property
    def read_rules(self) -> Together:
        """The scalar reading of all rules at once, in order of precedence; rule by rule at first."""
        return together((rule.when for rule in self.rules_in_order), self.evaluate, patience=_FEW)

    @cached_property
    def rules_by_finding(self) -> Mapping[str, tuple[tuple[Rule, Evaluator], ...]]:
        """Finding id to the rules that look at it, each with its scalar reading, in order of precedence."""
        found: dict[str, list[tuple[Rule, Evaluator]]] = {}
        for rule, evaluate in self.rule_evaluators:
            for finding in self.mentions(rule.when):
                found.setdefault(finding, []).append((rule, evaluate))
        return {finding: tuple(rules) for finding, rules in found.items()}

    @cached_property
    def not_from_a_person(self) -> tuple[str, ...]:
        """The findings that only a clinician or a device can supply."""
        return tuple(finding.id for finding in self.findings.values() if finding.supplied_by != "person")

    @cached_property
    def asking_order(self) -> tuple[str, ...]:
        """All findings in the order in which they are asked: those on screens of the check first, screen by screen."""
        screened = dict.fromkeys(f for screen in self.screens if screen.stage != "plan" for f in screen.findings)
        return (*screened, *(finding for finding in self.findings if finding not in screened))

    @cached_property
    def dangers_of(self) -> Mapping[str, tuple[str, ...]]:
        """Rule id to the danger questions it looks at."""
        asked = {finding for screen in self.screens if screen.stage == "danger" for finding in screen.findings}
        return {rule.id: tuple(f for f in self.mentions(rule.when) if f in asked) for rule in self.rules}

    @cached_property
    def causes_by_finding(self) -> Mapping[str, tuple[str, ...]]:
        """Finding id to the causes that have a term about it."""
        found: dict[str, dict[str, None]] = {}
        for cause in self.causes.values():
            for term in cause.terms:
                for finding in self.mentions(term.when):
                    found.setdefault(finding, {})[cause.id] = None
        return {finding: tuple(causes) for finding, causes in found.items()}

    def precedence(self, rule: Rule) -> tuple[int, int, str]:
        """Sort key of rules: most urgent first, then by whom to see, then by name."""
        return (-rule.disposition, self.places.index(rule.see), rule.id)

    def words(self, kind: str, name: str, field: str, *, locale: str = "en") -> str:
        """Return a text, such as `words("findings", "fever", "label")`; empty where the wording has no such field.

        Raises:
            KeyError: no such locale, kind or record; a fault of the program, since the compiler checked them all.
        """
        entry: Mapping[str, Any] = self._parts.words(kind, locale)[name]
        return str(entry.get(field, ""))

    def choice_words(self, finding: str, value: str, *, locale: str = "en") -> str:
        """Return the lay text of one choice or body region."""
        return str(self._parts.words("findings", locale)[finding]["choices"][value])

    def amount_words(self, finding: str, number: float, *, locale: str = "en") -> str:
        """Return a number with its unit, such as "1 day"; the number alone where the wording has no unit to say.

        Examples:
            >>> knowledge = Knowledge.load()
            >>> [knowledge.amount_words("pain_duration_days", days) for days in (1, 3)]
            ['1 day', '3 days']
        """
        shown = f"{number:g}"
        forms: Mapping[str, str] = self._parts.words("findings", locale)[finding].get("amount", {})
        pattern = forms.get(category(number, locale), forms.get("other", "{number}"))
        return filled(pattern, number=shown)

    def phrase(self, name: str, *, locale: str = "en", **parts: str) -> str:
        """Return one of the phrases of `unclench.knowledge.phrases`, filled.

        Examples:
            >>> Knowledge.load().phrase("absent", thing="fever")
            'no fever'
        """
        return filled(self.words("phrases", name, "name", locale=locale), **parts)

    def mentions(self, node: Node) -> tuple[str, ...]:
        """Return the findings an expression looks at, each once, in reading order."""
        found = self._mentions.get(node)
        if found is None:
            found = self._mentions[node] = tuple(dict.fromkeys(mentioned(node, self.evaluate.predicates)))
        return found

    def answer_kind_fits(self, finding: str, value: Answer) -> bool:
        """Tell whether `value` has the right type and range for `finding`; "not sure" always has."""
        known = self.findings[finding]
        match known.kind:
            case "boolean":
                return isinstance(value, bool) or value == "unsure"
            case "choice":
                return value in known.choices or value == "unsure"
            case "regions":
                return value == "unsure" or (isinstance(value, tuple) and set(value) <= set(known.choices))
            case "number":
                if isinstance(value, bool) or not isinstance(value, int | float):
                    return value == "unsure"
                return known.minimum <= value <= known.maximum and (not known.integer or value == int(value))

    def _node(self, place: int | None) -> Node | None:
        return None if place is None else self._nodes[place]

    def _finding(self, one: Mapping[str, Any]) -> Finding:
        return Finding(
            one["id"], one["kind"], one["supplied_by"], one["red_flag"], one["lasting"],
            self._node(one["only_if"]), self._node(one["follows_from"]),
            tuple(one["choices"]), one["none"], one["unit"], one["minimum"], one["maximum"], one["integer"],
        )  # fmt: skip

    def _rule(self, one: Mapping[str, Any]) -> Rule:
        return Rule(
            one["id"], one["code"], self._nodes[one["when"]], Disposition.of(one["disposition"]), one["see"],
            tuple(one["suspects"]), one["provisional"], one["certainty"], one["from_memory"],
            source_refs(one["sources"]),
        )  # fmt: skip

    def _terms(self, one: Mapping[str, Any]) -> tuple[Term, ...]:
        return tuple([self._shared_terms[t] if isinstance(t, int) else self._term(t) for t in one["terms"]])

    @cached_property
    def _shared_terms(self) -> tuple[Term, ...]:
        nodes, weights = self._nodes, self._weights
        lists = [source_refs(one) for one in self._parts["source_lists"]]
        return tuple(
            Term(
                nodes[when],
                None if present is None else weights[present],
                None if absent is None else weights[absent],
                group,
                basis,
                lists[sources],
            )
            for when, present, absent, group, basis, sources in self._parts["terms"]
        )

    def _prior(self, one: int | list[float]) -> Weight:
        return self._weights[one] if isinstance(one, int) else Weight(*one)

    @cached_property
    def _weights(self) -> tuple[Weight, ...]:
        return tuple(Weight(*one) for one in self._parts["weights"])

    def _term(self, one: Mapping[str, Any]) -> Term:
        present, absent = (Weight(*one[side]) if one[side] else None for side in ("present", "absent"))
        return Term(self._nodes[one["when"]], present, absent, one["group"], one["basis"], source_refs(one["sources"]))

    def _exercise(self, one: Mapping[str, Any]) -> Exercise:
        return Exercise(
            one["id"], one["code"], one["group"], one["position"], one["floor"], tuple(one["equipment"]), one["sides"],
            one["most_pain"], {phase: ExerciseDose.of(dose) for phase, dose in one["phases"].items()},
            one["easier"], one["harder"], self._node(one["indication"]),
            tuple(
                Limit(o["id"], self._nodes[o["when"]], source_refs(o["sources"]), o["from_memory"])
                for o in one["contraindications"]
            ),
            one["certainty"], source_refs(one["sources"]), one["from_memory"],
        )  # fmt: skip

    def _hypothesis(self, one: Mapping[str, Any]) -> Hypothesis:
        return Hypothesis(
            one["id"], Weight(*one["prior"]), one["evidence"], self._terms(one), source_refs(one["sources"])
        )


def own_folder() -> Path | None:
    """Return the folder of records that the program's own pack is compiled from; None where only the pack is here."""
    folder = os.path.join(_CHECKOUT, "knowledge")
    if not os.path.isfile(os.path.join(folder, "model.yaml")):
        return None
    from pathlib import Path

    return Path(folder)


def _own_pack() -> str | bytes:
    folder = own_folder()
    if folder is not None:
        from unclench.knowledge.checkout import pack_of_checkout

        return pack_of_checkout(folder.parent)
    try:
        with open(_PACKAGED, "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise KnowledgeError(
            [f"{_PACKAGED}: the pack is missing from this installation. Install Unclench again."]
        ) from None

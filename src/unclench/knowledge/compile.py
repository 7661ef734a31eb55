"""Checks the records against each other and compiles them into the pack, a plain JSON-able dictionary.

One problem is one line: `file:line: what is wrong and how to mend it`. A pack is only made when there is none.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from unclench.errors import ExpressionError, KnowledgeError, near_match
from unclench.knowledge import schema
from unclench.knowledge.examples import check_examples
from unclench.knowledge.read import Placed, Shelf, read_shelf, references
from unclench.logic import (
    NOT_APPLICABLE,
    Answer,
    AnyRegion,
    Defined,
    Evaluators,
    FindingType,
    Negation,
    Node,
    Present,
    Truth,
    Unsure,
    Vocabulary,
    mentioned,
    parse,
    to_data,
)
from unclench.logic.nodes import children

__all__ = ["compile_pack", "compile_to_file", "pack_hash"]

FORMAT = 1
_NORMAL_95 = 1.959964  # two-sided 95% point of the normal distribution: definition, not a clinical number


def compile_to_file(root: Path, target: Path) -> None:
    """Compile the folder `root` and write the pack to `target`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(serialise(compile_pack(root)), encoding="utf-8")


def serialise(pack: Mapping[str, Any]) -> str:
    """Return the one canonical text of a pack, over which its hash is taken."""
    return json.dumps(pack, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def pack_hash(text: str) -> str:
    """Return the name of a pack: `sha256:` and the hash of its canonical text.

    Examples:
        >>> pack_hash("{}")[:14]
        'sha256:44136fa'
    """
    return "sha256:" + hashlib.sha256(text.encode("utf-8")).hexdigest()


def compile_pack(root: Path) -> dict[str, Any]:
    """Read, check and compile `knowledge/`.

    Args:
        root: the folder.

    Returns:
        The pack.

    Raises:
        KnowledgeError: with every problem found, each naming file, line and mend.
    """
    return _Compiler(read_shelf(root)).compile()


class _Compiler:
    """One pass over a shelf. Methods named `check_*` only add problems; `*_data` return a part of the pack."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.problems = list(shelf.problems)
        self.types = {name: _finding_type(placed.record) for name, placed in shelf.findings.items()}
        self.predicates: dict[str, Node] = {}
        self.expressions: list[list[Any]] = []
        self.index: dict[str, int] = {}
        self.order: list[str] = []
        self.rules: dict[str, Node] = {}

    def compile(self) -> dict[str, Any]:
        shelf = self.shelf
        if shelf.model is None:
            raise KnowledgeError(self.problems)
        self.parse_predicates()
        self.rules = self.parse_rules()
        self.order = self.findings_in_order()
        pack = {
            "format": FORMAT,
            "sources": {name: self.source_data(placed) for name, placed in sorted(shelf.sources.items())},
            "findings": [self.finding_data(shelf.findings[name]) for name in self.order],
            "predicates": {name: to_data(node) for name, node in sorted(self.predicates.items())},
            "predicate_summaries": {name: p.record.summary for name, p in sorted(shelf.predicates.items())},
            "screens": [self.screen_data(placed) for placed in shelf.screens.values()],
            "rules": [
                self.rule_data(placed)
                for _, placed in sorted(shelf.red_flags.items())
                if placed.record.status != "retired"
            ],
            "causes": [self.cause_data(placed) for _, placed in sorted(shelf.causes.items())],
            "contributors": [self.hypothesis_data(p, "contributors") for _, p in sorted(shelf.contributors.items())],
            "events": [self.hypothesis_data(p, "events") for _, p in sorted(shelf.events.items())],
            "strata": self.strata_data(),
            "dispositions": [msgspec.to_builtins(placed.record) for placed in shelf.dispositions.values()],
            "places": list(shelf.places),
            "model": self.model_data(shelf.model),
            "prior_counts": self.prior_counts(),
            "accuracy_rows_set_aside": len(shelf.unused_rows),
            "wording": shelf.wording,
            "expressions": self.expressions,
        }
        self.check_sources()
        self.check_examples()
        self.check_wording()
        self.check_accuracy()
        self.check_vignettes()
        if self.problems:
            raise KnowledgeError(sorted(self.problems, key=_by_place))
        return pack

    # expressions

    def vocabulary(self, thresholds: Mapping[str, float] | None = None) -> Vocabulary:
        return Vocabulary(self.types, frozenset(self.shelf.predicates), thresholds or {})

    def parse_predicates(self) -> None:
        for name, placed in self.shelf.predicates.items():
            if name in self.types:
                self.problem(placed.where(), f'"{name}" is a finding already; name the predicate differently.')
            node = self.parse(placed, placed.record.when, "when")
            if node is not None:
                self.predicates[name] = node
        for name in list(self.predicates):
            if self.reaches_itself(name, name, set()):
                self.problem(self.shelf.predicates[name].where(), f'predicate "{name}" is defined through itself.')
                raise KnowledgeError(self.problems)

    def parse_rules(self) -> dict[str, Node]:
        made = {}
        for name, placed in self.shelf.red_flags.items():
            if placed.record.status == "retired":
                continue
            thresholds = {n: threshold.value for n, threshold in placed.record.thresholds.items()}
            node = self.parse(placed, placed.record.when, "when", thresholds=thresholds)
            if node is not None:
                made[name] = node
        return made

    def reaches_itself(self, name: str, target: str, seen: set[str]) -> bool:
        for part in _walk(self.predicates[name]) if name in self.predicates else ():
            other = getattr(part, "predicate", None)
            if other == target or (other and other not in seen and self.reaches_itself(other, target, seen | {other})):
                return True
        return False

    def parse(
        self, placed: Placed[Any], text: str, *at: str | int, thresholds: Mapping[str, float] | None = None
    ) -> Node | None:
        try:
            return parse(text, self.vocabulary(thresholds))
        except ExpressionError as error:
            self.problem(placed.where(*at), str(error))
            return None

    def expression(self, node: Node | None) -> int | None:
        """Return the place of `node` in the pack's table of distinct expressions."""
        if node is None:
            return None
        data = to_data(node)
        key = json.dumps(data)
        if key not in self.index:
            self.index[key] = len(self.expressions)
            self.expressions.append(data)
        return self.index[key]

    # records

    def source_data(self, placed: Placed[schema.Source]) -> dict[str, Any]:
        record = placed.record
        if not any((record.doi, record.pmid, record.pmcid, record.guideline, record.identifier)):
            self.problem(placed.where(), f'source "{record.id}" has no identifier: give a DOI, PMID or guideline id.')
        data = msgspec.to_builtins(record)
        return {key: value for key, value in data.items() if value not in (None, "") and key != "id"}

    def findings_in_order(self) -> list[str]:
        """Order findings so that whatever an `only_if` looks at comes before it."""
        needs: dict[str, set[str]] = {}
        for name, placed in self.shelf.findings.items():
            record = placed.record
            nodes = [
                self.parse(placed, text, key)
                for key, text in (("only_if", record.only_if), ("follows_from", record.follows_from))
                if text
            ]
            needs[name] = {finding for node in nodes if node for finding in mentioned(node, self.predicates)}
        done: list[str] = []
        while len(done) < len(needs):
            ready = sorted(n for n in needs if n not in done and needs[n] <= set(done))
            if not ready:
                stuck = ", ".join(sorted(set(needs) - set(done)))
                raise KnowledgeError(
                    [*self.problems, f"findings/: only_if or follows_from goes in a circle among {stuck}."]
                )
            done += ready
        return done

    def finding_data(self, placed: Placed[schema.Finding]) -> dict[str, Any]:
        record = placed.record
        if record.type in ("choice", "regions") and not record.choices:
            self.problem(placed.where(), f'"{record.id}" is a {record.type} finding and needs `choices:`.')
        if record.type == "number" and (record.unit is None or record.minimum is None or record.maximum is None):
            self.problem(placed.where(), f'"{record.id}" is a number and needs `unit:`, `minimum:` and `maximum:`.')
        if "unsure" in record.choices:
            self.problem(placed.where("choices"), '"unsure" is the answer of every question, so it cannot be a choice.')
        if record.none is not None and record.none not in record.choices:
            self.problem(placed.where("none"), f'"{record.none}" is not among the choices.')
        node = self.parse_quietly(record.only_if) if record.only_if else None
        source = self.parse_quietly(record.follows_from) if record.follows_from else None
        return {
            "id": record.id,
            "kind": record.type,
            "supplied_by": record.supplied_by,
            "red_flag": record.red_flag,
            "lasting": record.lasting,
            "only_if": self.expression(node),
            "follows_from": self.expression(source),
            "choices": record.choices,
            "none": record.none,
            "unit": record.unit,
            "minimum": record.minimum or 0,
            "maximum": record.maximum or 0,
            "integer": record.integer,
        }

    def screen_data(self, placed: Placed[schema.Screen]) -> dict[str, Any]:
        for at, name in enumerate(placed.record.findings):
            self.known(name, self.types, placed.where("findings", at), "finding")
        return msgspec.to_builtins(placed.record)  # type: ignore[no-any-return]

    def rule_data(self, placed: Placed[schema.RedFlag]) -> dict[str, Any]:
        record = placed.record
        node = self.rules.get(record.id)
        if node and not record.provisional and self.asks_unsure(node):
            self.problem(placed.where("when"), "unsure(...) may only stand in a rule with `provisional: true`.")
        for name in record.thresholds:
            if name not in record.when:
                self.problem(placed.where("thresholds", name), f'threshold "{name}" is not used. Take it out.')
        self.known(record.then.see, self.shelf.places, placed.where("then"), "place")
        for at, name in enumerate(record.suspects):
            self.known(name, self.shelf.causes, placed.where("suspects", at), "cause")
        if record.id not in self.shelf.examples:
            self.problem(placed.where(), f"red_flags/{record.id}.cases.yaml is missing. Every rule has its examples.")
        if record.status == "reviewed" and not record.reviewed_by:
            self.problem(placed.where("status"), "a reviewed rule names its reviewer in `reviewed_by`.")
        return {
            "id": record.id,
            "code": record.code,
            "title": record.title,
            "why": record.why,
            "when": self.expression(node),
            "disposition": record.then.disposition,
            "see": record.then.see,
            "suspects": record.suspects,
            "provisional": record.provisional,
            "certainty": record.certainty,
            "from_memory": record.from_memory,
            "sources": _refs(record.source),
            "status": record.status,
            "reviewed_by": record.reviewed_by,
            "review_by": record.review_by,
            "valid_from": record.valid_from,
            "valid_to": record.valid_to,
        }

    def asks_unsure(self, node: Node) -> bool:
        if isinstance(node, Unsure):
            return True
        inner = self.predicates.get(getattr(node, "predicate", ""))
        return any(map(self.asks_unsure, children(node))) or (inner is not None and self.asks_unsure(inner))

    def cause_data(self, placed: Placed[schema.Cause]) -> dict[str, Any]:
        record = placed.record
        if record.serious != (record.test_threshold is not None):
            self.problem(placed.where(), "a serious cause has a `test_threshold`, and only a serious one.")
        if record.family not in self.shelf.wording.get("en", {}).get("families", {}):
            self.problem(
                placed.where("family"),
                f'family "{record.family}" has no wording in wording/en/families.yaml.',
            )
        return {
            "id": record.id,
            "family": record.family,
            "serious": record.serious,
            "test_threshold": record.test_threshold.value if record.test_threshold else None,
            "terms": self.terms_data(placed) + self.shared_terms(placed) + self.pointing_terms(record.id),
        }

    def hypothesis_data(self, placed: Placed[schema.Event], kind: str) -> dict[str, Any]:
        record = placed.record
        value = record.prior.value
        # Contributors are independent yes/no hypotheses (log odds); kinds of episode exclude each other (log).
        log = math.log(value / (1 - value)) if kind == "contributors" else math.log(value)
        return {
            "id": record.id,
            "prior": [log, self.prior_variance(placed, record.prior)],
            "evidence": record.evidence,
            "evidence_note": record.evidence_note,
            "sources": _refs(record.source),
            "terms": self.terms_data(placed),
        }

    def terms_data(self, placed: Placed[Any]) -> list[dict[str, Any]]:
        made = []
        for at, ratio in enumerate(placed.record.likelihood_ratios):
            where = placed.where("likelihood_ratios", at)
            node = self.parse(placed, ratio.when, "likelihood_ratios", at, "when")
            if ratio.present is None and ratio.absent is None:
                self.problem(where, "give `present`, `absent` or both.")
            if ratio.basis != "judgement" and not any(ref.id != "judgement" for ref in ratio.source):
                self.problem(where, f"a {ratio.basis} ratio needs its `source`.")
            if ratio.basis == "judgement" and ratio.row is not None:
                self.problem(where, "a ratio that comes from a row of the accuracy table is published or derived.")
            made.append(self.term_data(ratio, node, where, ratio.why))
        return made

    def shared_terms(self, placed: Placed[schema.Cause]) -> list[dict[str, Any]]:
        """Return what danger signs say against this cause because its own record does not know them."""
        own: set[str] = set()
        for ratio in placed.record.likelihood_ratios:
            node = self.parse_quietly(ratio.when)
            own |= set(mentioned(node, self.predicates)) if node else set()
        made = []
        for shared in self.shelf.shared_ratios.values():
            node = self.parse(shared, shared.record.when, "when")
            for at, name in enumerate(shared.record.excepting):
                self.known(name, self.shelf.causes, shared.where("except", at), "cause")
            if (
                node is None
                or placed.record.id in shared.record.excepting
                or own & set(mentioned(node, self.predicates))
            ):
                continue
            ratio = schema.LikelihoodRatio(
                when=shared.record.when, present=shared.record.present, absent=shared.record.absent, basis="judgement"
            )
            made.append(self.term_data(ratio, node, shared.where(), shared.record.why))
        return made

    def pointing_terms(self, cause: str) -> list[dict[str, Any]]:
        """Return what the rules that name this cause as a suspect say for it; only the strongest of them counts."""
        model = self.shelf.model
        assert model is not None
        made = []
        for name, placed in sorted(self.shelf.red_flags.items()):
            record = placed.record
            strength = model.red_flag_strengths.get(record.then.disposition)
            node = self.rules.get(name)
            if strength is None or record.provisional or cause not in record.suspects or node is None:
                continue
            ratio = schema.LikelihoodRatio(when=record.when, present=strength, group="red_flag", basis="judgement")
            made.append(self.term_data(ratio, node, placed.where(), f"The pattern of the rule {name}."))
        return made

    def parse_quietly(self, text: str) -> Node | None:
        try:
            return parse(text, self.vocabulary())
        except ExpressionError:
            return None  # reported where the record stands

    def term_data(self, ratio: schema.LikelihoodRatio, node: Node | None, where: str, why: str) -> dict[str, Any]:
        return {
            "when": self.expression(node),
            "present": self.weight(ratio, ratio.present, where),
            "absent": self.weight(ratio, ratio.absent, where),
            "group": ratio.group,
            "basis": ratio.basis,
            "from_memory": ratio.from_memory,
            "proxy": ratio.proxy,
            "why": why,
            "row": ratio.row,
            "sources": _refs(ratio.source) or [["judgement", ""]],
        }

    def weight(
        self, ratio: schema.LikelihoodRatio, interval: schema.Interval | str | None, where: str
    ) -> list[float] | None:
        """Return a ratio as log and variance, capped; the interval's width becomes the variance."""
        model = self.shelf.model
        assert model is not None
        if interval is None:
            return None
        if isinstance(interval, str):
            if interval not in model.strengths:
                hint = near_match(interval, model.strengths)
                self.problem(where, f'"{interval}" is not a named strength.{hint}')
                return None
            interval = schema.Interval(value=model.strengths[interval])
            if ratio.basis != "judgement":
                self.problem(where, "a named strength is a judgement; say `basis: judgement`.")
        exponent = model.proxy_exponent if ratio.proxy else 1.0

        def bounded(value: float) -> float:
            return math.log(min(max(value, model.ratio_floor), model.ratio_cap)) * exponent

        spread = model.spread_of_judgement if ratio.basis == "judgement" else model.spread_without_interval
        deviation = math.log(spread) / _NORMAL_95
        if interval.low is not None and interval.high is not None:
            if not interval.low <= interval.value <= interval.high:
                self.problem(where, f"{interval.value:g} does not lie between {interval.low:g} and {interval.high:g}.")
            elif interval.low > 0:
                deviation = (math.log(interval.high) - math.log(interval.low)) / (2 * _NORMAL_95)
        return [bounded(interval.value), (deviation * exponent) ** 2]

    def prior_variance(self, placed: Placed[Any], prior: schema.Prior) -> float:
        model = self.shelf.model
        assert model is not None
        if prior.low is not None and prior.high is not None:
            if not prior.low <= prior.value <= prior.high:
                self.problem(
                    placed.where("priors"),
                    f"prior {prior.value:g} is not within {prior.low:g} to {prior.high:g}.",
                )
            return ((math.log(prior.high) - math.log(prior.low)) / (2 * _NORMAL_95)) ** 2
        return (math.log(model.prior_spread_without_interval) / _NORMAL_95) ** 2

    def strata_data(self) -> list[dict[str, Any]]:
        full: dict[str, dict[str, list[float]]] = {}
        for name, placed in self.shelf.strata.items():
            record = placed.record
            if record.priors is not msgspec.UNSET:
                full[name] = self.written_priors(placed, record.priors)
        made = []
        for name, placed in sorted(self.shelf.strata.items()):
            record = placed.record
            priors = full.get(name)
            if priors is None:
                if record.base not in full:
                    self.problem(placed.where("base"), f'base "{record.base}" is not a stratum with its own priors.')
                    continue
                if record.basis is None or not record.why:
                    self.problem(placed.where(), "a derived stratum says `basis` and `why`.")
                for cause in record.multiply:
                    self.known(cause, self.shelf.causes, placed.where("multiply", cause), "cause")
                base = full[record.base]
                raised = {c: math.exp(log) * record.multiply.get(c, 1.0) for c, (log, _) in base.items()}
                total = sum(raised.values())
                priors = {c: [math.log(raised[c] / total), base[c][1]] for c in base}
            made.append(
                {
                    "id": name,
                    "setting": record.setting,
                    "ages": record.ages,
                    "priors": dict(sorted(priors.items())),
                }
            )
        self.check_ages()
        return made

    def written_priors(self, placed: Placed[schema.Stratum], priors: dict[str, schema.Prior]) -> dict[str, list[float]]:
        for name in priors:
            self.known(name, self.shelf.causes, placed.where("priors", name), "cause")
        missing = sorted(set(self.shelf.causes) - set(priors))
        if missing:
            self.problem(placed.where("priors"), f"priors are missing for {', '.join(missing)}.")
        total = sum(prior.value for prior in priors.values())
        if abs(total - 1) > 0.0005:
            self.problem(placed.where("priors"), f"the priors sum to {total:.6f}; they must sum to 1.")
        for name, prior in priors.items():
            if prior.basis == "published" and not prior.source:
                self.problem(placed.where("priors", name), "a published prior needs its `source`.")
        return {n: [math.log(p.value / total), self.prior_variance(placed, p)] for n, p in priors.items()}

    def prior_counts(self) -> dict[str, int]:
        """Count the written priors by where they come from."""
        bases = [
            prior.basis
            for placed in self.shelf.strata.values()
            if placed.record.priors is not msgspec.UNSET
            for prior in placed.record.priors.values()
        ]
        return {"written": len(bases)} | {name: bases.count(name) for name in ("published", "derived", "judgement")}

    def check_ages(self) -> None:
        for setting in ("community", "primary_care", "emergency_department"):
            bands = sorted(p.record.ages for p in self.shelf.strata.values() if p.record.setting == setting)
            edges = [edge for band in bands for edge in band]
            gapless = all(a + 1 == b for a, b in zip(edges[1:-1:2], edges[2::2], strict=True))
            if not edges or edges[0] != 0 or edges[-1] != 120 or not gapless:
                self.problem("priors/", f"the age bands of {setting} must cover 0 to 120 once; they are {bands}.")

    def model_data(self, model: schema.Model) -> dict[str, Any]:
        return {
            "ratio_cap": model.ratio_cap,
            "ratio_floor": model.ratio_floor,
            "open_emergency_floor": model.open_emergency_floor,
            "base_rate": model.interview.base_rate,
            "least_gain_bits": model.interview.least_gain_bits,
        }

    # checks across records

    def check_sources(self) -> None:
        shelf = self.shelf
        kinds: list[Iterable[Placed[Any]]] = [
            shelf.red_flags.values(),
            shelf.causes.values(),
            shelf.contributors.values(),
            shelf.events.values(),
            shelf.strata.values(),
            shelf.vignettes.values(),
        ]
        for kind in kinds:
            for placed in kind:
                for ref in references(placed.record):
                    if ref.id != "judgement":
                        self.known(ref.id, shelf.sources, placed.where("source"), "source")

    def check_examples(self) -> None:
        for name in self.shelf.examples:
            if name not in self.shelf.red_flags:
                self.problem(f"red_flags/{name}.cases.yaml", "there is no rule of that name.")
        if not self.problems:
            self.problems += check_examples(self.shelf, self.order, self.rules, self.predicates)
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

    def lowering(self, node: Node, negated: bool) -> Iterator[str]:
        """Yield the findings whose presence can make `node` less true."""
        match node:
            case Negation(operand):
                yield from self.lowering(operand, not negated)
            case Defined(predicate):
                yield from self.lowering(self.predicates[predicate], negated)
            case Present(finding) | AnyRegion(finding) if negated:
                yield finding
            case _:
                for child in children(node):
                    yield from self.lowering(child, negated)

    def check_wording(self) -> None:
        wanted: dict[str, tuple[Iterable[str], tuple[str, ...]]] = {
            "findings": (self.shelf.findings, ("question", "label", "clinical")),
            "red_flags": (self.shelf.red_flags, ("because", "clinical")),
            "causes": (self.shelf.causes, ("name", "summary", "clinical")),
            "contributors": (self.shelf.contributors, ("name", "summary")),
            "events": (self.shelf.events, ("name", "summary")),
            "screens": (self.shelf.screens, ("title", "intro", "none", "why")),
            "dispositions": (self.shelf.dispositions, ("heading", "within", "what_to_do")),
            "see": (self.shelf.places, ("name", "how")),
        }
        for locale, kinds in self.shelf.wording.items():
            for kind, (names, fields) in wanted.items():
                texts = kinds.get(kind, {})
                for name in names:
                    lacking = [f for f in fields if not texts.get(name, {}).get(f)]
                    if lacking:
                        self.problem(f"wording/{locale}/{kind}", f'"{name}" lacks {", ".join(lacking)}.')
                for name in set(texts) - set(names):
                    self.problem(f"wording/{locale}/{kind}", f'"{name}" is worded, but there is no such record.')
            texts = kinds.get("findings", {})
            for name, placed in self.shelf.findings.items():
                if placed.record.choices:
                    lacking = sorted(set(placed.record.choices) - set(texts.get(name, {}).get("choices", {})))
                    if lacking:
                        self.problem(f"wording/{locale}/findings", f'"{name}" lacks words for {", ".join(lacking)}.')

    def check_accuracy(self) -> None:
        """Every row of the accuracy table is used by a ratio or set aside with a reason."""
        used: set[int] = set()
        for kind in (self.shelf.causes, self.shelf.contributors, self.shelf.events):
            for placed in kind.values():
                for ratio in placed.record.likelihood_ratios:
                    rows = ratio.row if isinstance(ratio.row, list) else [ratio.row]
                    used |= {row for row in rows if row is not None}
        known = {int(row["row"]) for row in self.shelf.accuracy_rows}
        aside = {placed.record.row for placed in self.shelf.unused_rows.values()}
        for row in sorted(used - known):
            self.problem("accuracy/rows.csv", f"a ratio names row {row}, which is not there.")
        for row in sorted(used & aside):
            self.problem("accuracy/", f"row {row} is used by a ratio and listed as unused. Decide.")
        for row in sorted(known - used - aside):
            self.problem("accuracy/rows.csv", f"row {row} is neither used nor set aside with a reason.")

    def check_vignettes(self) -> None:
        for placed in self.shelf.vignettes.values():
            expect = placed.record.expect
            for name in (expect.cause, *expect.also_acceptable_causes):
                self.known(name, self.shelf.causes, placed.where("expect"), "cause")

    def known(self, name: str, among: Iterable[str], where: str, kind: str) -> None:
        among = set(among)
        if name not in among:
            self.problem(where, f'"{name}" is not a known {kind}.{near_match(name, among)}')

    def problem(self, where: str, message: str) -> None:
        self.problems.append(f"{where}: {message}")


def _finding_type(record: schema.Finding) -> FindingType:
    return FindingType(record.type, tuple(record.choices), record.minimum or 0, record.maximum or 0)


def _refs(source: list[schema.SourceRef]) -> list[list[str]]:
    return [[ref.id, ref.at] for ref in source]


def _walk(node: Node) -> Iterable[Node]:
    yield node
    for child in children(node):
        yield from _walk(child)


def _by_place(problem: str) -> tuple[str, int]:
    file, _, rest = problem.partition(":")
    line = rest.partition(":")[0]
    return file, int(line) if line.isdigit() else 0

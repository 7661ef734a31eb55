"""Checks the records against each other and compiles them into the pack, a plain JSON-able dictionary.

One problem is one line: `file:line: what is wrong and how to mend it`. A pack is only made when there is none.
"""

from __future__ import annotations

import hashlib
import math

import msgspec

from unclench.errors import KnowledgeError
from unclench.knowledge.changes import Changes
from unclench.knowledge.checks import Checks
from unclench.knowledge.claims import Claims
from unclench.knowledge.exercises import Exercises
from unclench.knowledge.expressions import refs
from unclench.knowledge.figure_compile import Figures
from unclench.knowledge.layout import serialise
from unclench.knowledge.learning import Learning
from unclench.knowledge.medicines import Medicines
from unclench.knowledge.numbers import Numbers
from unclench.knowledge.plan_compile import PlanParts
from unclench.knowledge.read import Amend, Placed, read_shelf
from unclench.knowledge.yaml_reader import Read, read_yaml
from unclench.logic import to_data
from unclench.logic.grammar import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from unclench.knowledge import schema

__all__ = ["compile_changed", "compile_pack", "compile_to_file", "pack_hash", "serialise"]

FORMAT = 2


def compile_to_file(root: Path, target: Path) -> None:
    """Compile the folder `root` and write the pack to `target`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(serialise(compile_pack(root)), encoding="utf-8")


def pack_hash(text: str) -> str:
    """Return the name of a pack: `sha256:` and the hash of its canonical text.

    Examples:
        >>> pack_hash("{}")[:14]
        'sha256:44136fa'
    """
    return "sha256:" + hashlib.sha256(text.encode("utf-8")).hexdigest()


def compile_pack(root: Path, *, read: Read = read_yaml) -> dict[str, Any]:
    """Read, check and compile `knowledge/`.

    Args:
        root: the folder.
        read: reads one file of it. Whoever compiles nearly the same folder again and again may give one that remembers.

    Returns:
        The pack.

    Raises:
        KnowledgeError: with every problem found, each naming file, line and mend.
    """
    return _Compiler(read_shelf(root, read=read)).compile()


def compile_changed(root: Path, amend: Amend) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Compile `knowledge/` as it would be with some records changed.

    Args:
        root: the folder.
        amend: what is changed; see `read_shelf`.

    Returns:
        The pack, and one line for each example beside a rule that does not fit the rule any more, or is lacking now. An
        example says what the rule was meant to do before, so it is told and does not stop the trial.

    Raises:
        KnowledgeError: with every other problem found.
    """
    shelf = read_shelf(root, amend)
    if shelf.problems:  # a record that cannot be read is missed in many places; those would only hide what is wrong
        raise KnowledgeError(shelf.problems)
    compiler = _Compiler(shelf)
    return compiler.compile(with_examples=False), tuple(compiler.disagreements)


class _Compiler(Numbers, Exercises, Figures, Medicines, PlanParts, Claims, Learning, Changes, Checks):
    """One pass over a shelf: each method returns one kind of record as the pack has it."""

    def compile(self, *, with_examples: bool = True) -> dict[str, Any]:
        shelf = self.shelf
        if shelf.model is None:
            raise KnowledgeError(self.problems)
        pack = {
            "format": FORMAT,
            "sources": {name: self.source_data(placed) for name, placed in sorted(shelf.sources.items())},
            "findings": [self.finding_data(shelf.findings[name]) for name in self.order],
            "predicates": {name: to_data(node) for name, node in sorted(self.predicates.items())},
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
            "exercises": [self.exercise_data(placed) for _, placed in sorted(shelf.exercises.items())],
            "figures": self.figures_data(),
            "phases": [self.phase_data(placed) for placed in shelf.phases.values()],
            "tracks": [self.track_data(placed) for placed in shelf.tracks.values()],
            "treatments": [self.treatment_data(placed) for _, placed in sorted(shelf.treatments.items())],
            "plan": self.plan_data(),
            "medicines": [self.medicine_data(placed) for _, placed in sorted(shelf.medicines.items())],
            "medicine_groups": [self.medicine_group_data(one) for _, one in sorted(shelf.medicine_groups.items())],
            "medicine_rows_set_aside": len(shelf.unused_medicine_rows),
            "claims": [self.claim_text_data(placed) for _, placed in sorted(shelf.claim_texts.items())],
            **self.learning_data(),
            "changes": self.changes_data(),
            "dispositions": [msgspec.to_builtins(placed.record) for placed in shelf.dispositions.values()],
            "places": list(shelf.places),
            "model": self.model_data(shelf.model),
            "model_written": msgspec.to_builtins(shelf.model),
            "prior_counts": self.prior_counts(),
            "accuracy_rows_set_aside": len(shelf.unused_rows),
            "wording": shelf.wording,
            "lexicon": shelf.lexicon,
            "expressions": self.table,
        }
        self.check_dates()
        self.check_sources()
        self.check_ladders()
        self.check_examples()
        self.check_wording()
        self.check_plan_wording()
        self.check_medicines()
        self.check_claims()
        self.check_learning()
        self.check_accuracy()
        self.check_vignettes()
        problems = self.problems + (self.disagreements if with_examples else [])
        if problems:
            raise KnowledgeError(sorted(problems, key=_by_place))
        return pack

    def source_data(self, placed: Placed[schema.Source]) -> dict[str, Any]:
        record = placed.record
        if not any((record.doi, record.pmid, record.pmcid, record.guideline, record.identifier)):
            self.problem(placed.where(), f'source "{record.id}" has no identifier: give a DOI, PMID or guideline id.')
        data = msgspec.to_builtins(record)
        return {key: value for key, value in data.items() if value not in (None, "") and key != "id"}

    def finding_data(self, placed: Placed[schema.Finding]) -> dict[str, Any]:
        record = placed.record
        if record.type in ("choice", "regions") and not record.choices:
            self.problem(placed.where(), f'"{record.id}" is a {record.type} finding and needs `choices:`.')
        if record.type == "number" and (record.unit is None or record.minimum is None or record.maximum is None):
            self.problem(placed.where(), f'"{record.id}" is a number and needs `unit:`, `minimum:` and `maximum:`.')
        if record.minimum is not None and record.maximum is not None and record.minimum > record.maximum:
            self.problem(placed.where("minimum"), "`minimum:` is greater than `maximum:`. Exchange them.")
        for name in sorted({one for one in record.choices if record.choices.count(one) > 1}):
            self.problem(placed.where("choices"), f'the choice "{name}" is there twice. Keep one.')
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
            if node and name not in names(record.when):
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
            "sources": refs(record.source),
            "thresholds": {
                name: {"value": one.value, "unit": one.unit, "sources": refs(one.source)}
                for name, one in sorted(record.thresholds.items())
            },
            "status": record.status,
            "reviewed_by": record.reviewed_by,
            "review_by": record.review_by,
            "valid_from": record.valid_from,
            "valid_to": record.valid_to,
        }

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
            "threshold_basis": record.test_threshold.basis if record.test_threshold else None,
            "threshold_sources": refs(record.test_threshold.source) if record.test_threshold else [],
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
            "written": {
                "value": [record.prior.value, record.prior.low, record.prior.high],
                "basis": record.prior.basis,
                "sources": refs(record.prior.source),
                "why": record.prior.why,
            },
            "evidence": record.evidence,
            "evidence_note": record.evidence_note,
            "sources": refs(record.source),
            "terms": self.terms_data(placed),
        }

    def model_data(self, model: schema.Model) -> dict[str, Any]:
        return {
            "ratio_cap": model.ratio_cap,
            "ratio_floor": model.ratio_floor,
            "open_emergency_floor": model.open_emergency_floor,
            "base_rate": model.interview.base_rate,
            "most_likely": model.interview.most_likely,
            "least_gain_bits": model.interview.least_gain_bits,
            "event_shown": model.shown.event,
            "contributor_shown": model.shown.contributor,
            "pointing_ratio": model.shown.pointing,
            "population": self.population_data(model.population),
        }

    def population_data(self, population: schema.PopulationModel) -> dict[str, Any]:
        """Return whom synthetic people are, shares summing to 1, age bands as (first age, last age, share)."""
        where = "model.yaml: population"
        for kind, finding, shares in (
            ("settings", "setting", population.settings),
            ("sexes", "sex", population.sexes),
        ):
            choices = self.shelf.findings[finding].record.choices if finding in self.shelf.findings else []
            if sorted(shares) != sorted(choices):
                self.problem(
                    f"{where}: {kind}", f"give a share to each of {', '.join(choices)}, and to nothing else; 0 will do."
                )
        for kind, shares in (
            ("settings", population.settings),
            ("sexes", population.sexes),
            ("ages", population.ages),
        ):
            if not sum(shares.values()) > 0:
                self.problem(f"{where}: {kind}", "at least one share is above 0.")
        return {
            "danger_rate": population.danger_rate,
            "settings": _as_shares(population.settings),
            "sexes": _as_shares(population.sexes),
            "ages": self.age_bands(population.ages, f"{where}: ages"),
        }

    def age_bands(self, shares: dict[str, float], where: str) -> list[list[float]]:
        """Return bands of age as (first age, last age, share) from shares by first age."""
        age = self.shelf.findings.get("age")
        if age is None:
            return []
        least, most = int(age.record.minimum or 0), int(age.record.maximum or 0)
        firsts = sorted(int(first) for first in shares if first.isascii() and first.isdigit())
        if len(firsts) < len(shares) or len(set(firsts)) < len(firsts) or firsts[:1] != [least] or firsts[-1] > most:
            self.problem(where, f"name each band once by its first age, from {least} on and up to {most}.")
            return []
        parts = _as_shares({int(first): share for first, share in shares.items()})
        lasts = [*(first - 1 for first in firsts[1:]), most]
        return [[first, last, parts[first]] for first, last in zip(firsts, lasts, strict=True)]


def _as_shares(weights: dict[Any, float]) -> dict[Any, float]:
    total = sum(weights.values()) or 1.0
    return {name: weight / total for name, weight in weights.items()}


def _by_place(problem: str) -> tuple[str, int]:
    file, _, rest = problem.partition(":")
    line = rest.partition(":")[0]
    return file, int(line) if line.isdigit() else 0

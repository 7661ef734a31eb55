"""Ratios and priors: from what a record says to logarithms and variances, capped and summing to one."""

from __future__ import annotations

import math

import msgspec

from unclench.errors import near_match
from unclench.knowledge import schema
from unclench.knowledge.expressions import Expressions, refs
from unclench.knowledge.ranges import ratio_range
from unclench.logic import Node, mentioned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from unclench.knowledge.read import Placed

__all__ = ["Numbers"]

_NORMAL_95 = 1.959964  # two-sided 95% point of the normal distribution: definition, not a clinical number


class Numbers(Expressions):
    """Adds the numbers of causes, contributors, events and strata."""

    def terms_data(self, placed: Placed[Any]) -> list[dict[str, Any]]:
        """Return the ratios that a record states."""
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
            made.append(self.term_data(ratio, node, shared.where(), shared.record.why, origin="shared"))
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
            why = f"The pattern of the rule {name}."
            made.append(self.term_data(ratio, node, placed.where(), why, origin=f"rule:{name}"))
        return made

    def term_data(
        self, ratio: schema.LikelihoodRatio, node: Node | None, where: str, why: str, *, origin: str = ""
    ) -> dict[str, Any]:
        """Return one ratio as the pack has it.

        `present` and `absent` are what the calculation uses; `written` are the same numbers as the record has them,
        and `ends` the logarithms that both ends of their ranges would have in the calculation.

        Args:
            ratio: the record.
            node: its expression.
            where: file and line, for messages.
            why: its reason.
            origin: empty = the cause's own; `shared`, or `rule:` and the rule that points to the cause.
        """
        return {
            "when": self.expression(node),
            "present": self.weight(ratio, ratio.present, where),
            "absent": self.weight(ratio, ratio.absent, where),
            "group": ratio.group,
            "basis": ratio.basis,
            "from_memory": ratio.from_memory,
            "proxy": ratio.proxy,
            "why": why,
            "origin": origin,
            "written": {"present": self.written(ratio.present), "absent": self.written(ratio.absent)},
            "ends": {"present": self.ends(ratio, ratio.present), "absent": self.ends(ratio, ratio.absent)},
            "row": ratio.row,
            "sources": refs(ratio.source) or [["judgement", ""]],
        }

    def written(self, interval: schema.Interval | str | None) -> tuple[float, float | None, float | None] | None:
        """Return a ratio and its range as the record has them; of a named strength, the number it stands for."""
        model = self.shelf.model
        assert model is not None
        if isinstance(interval, str):
            return (model.strengths[interval], None, None) if interval in model.strengths else None
        return (interval.value, interval.low, interval.high) if interval else None

    def ends(self, ratio: schema.LikelihoodRatio, interval: schema.Interval | str | None) -> list[float] | None:
        """Return the logarithms of both ends of a ratio's range, capped as the ratio itself is.

        Where the record has no range, or one that starts at 0, it is the default spread either way.
        """
        model, written = self.shelf.model, self.written(interval)
        assert model is not None
        if written is None:
            return None
        value, low, high = written
        spread = model.spread_of_judgement if ratio.basis == "judgement" else model.spread_without_interval
        low, high, _own = ratio_range(value, low, high, spread)
        exponent = model.proxy_exponent if ratio.proxy else 1.0
        return [math.log(min(max(one, model.ratio_floor), model.ratio_cap)) * exponent for one in (low, high)]

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
        """Return the variance of a prior's logarithm, from its range or from the default spread."""
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
        """Return all strata, the derived ones worked out from their base."""
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
                    "written": self.written_data(record),
                }
            )
        self.check_ages()
        return made

    def written_data(self, record: schema.Stratum) -> dict[str, Any]:
        """Return a stratum's priors as the record has them, or what it is worked out from."""
        if record.priors is not msgspec.UNSET:
            return {
                "priors": {
                    name: {"value": [p.value, p.low, p.high], "basis": p.basis, "sources": refs(p.source), "why": p.why}
                    for name, p in sorted(record.priors.items())
                }
            }
        return {
            "base": record.base,
            "multiply": record.multiply,
            "basis": record.basis,
            "sources": refs(record.source),
            "why": record.why,
        }

    def written_priors(self, placed: Placed[schema.Stratum], priors: dict[str, schema.Prior]) -> dict[str, list[float]]:
        """Return the priors of a stratum that writes them out, checked and summing to one."""
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
        """The age bands of every setting cover each age once."""
        for setting in ("community", "primary_care", "emergency_department"):
            bands = sorted(p.record.ages for p in self.shelf.strata.values() if p.record.setting == setting)
            edges = [edge for band in bands for edge in band]
            gapless = all(a + 1 == b for a, b in zip(edges[1:-1:2], edges[2::2], strict=True))
            if not edges or edges[0] != 0 or edges[-1] != 120 or not gapless:
                self.problem("priors/", f"the age bands of {setting} must cover 0 to 120 once; they are {bands}.")

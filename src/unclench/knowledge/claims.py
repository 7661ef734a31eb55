"""Checks and compiles what lay articles claim: each sentence accounted for, each claim with verdict and reason."""

from __future__ import annotations

from unclench.knowledge.claim_records import CLAIM_VERDICTS
from unclench.knowledge.expressions import Expressions, refs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container
    from typing import Any

    from unclench.knowledge import schema
    from unclench.knowledge.read import Placed

__all__ = ["SHELVES", "Claims", "called"]


class Claims(Expressions):
    """Adds the audit of lay articles."""

    def claim_text_data(self, placed: Placed[schema.ClaimText]) -> dict[str, Any]:
        """Return an article as the pack has it."""
        record = placed.record
        return {
            "id": record.id,
            "about": record.about,
            "sentences": record.sentences,
            "nothing": [{"sentences": one.sentences, "reason": one.reason} for one in record.nothing],
            "claims": [self._claim_data(placed, at, claim) for at, claim in enumerate(record.claims)],
        }

    def check_claims(self) -> None:
        """Every sentence of every article is accounted for once, and what contradicts does so both ways."""
        claims: dict[str, tuple[schema.Claim, str]] = {}
        for placed in self.shelf.claim_texts.values():
            self._check_numbers(placed)
            for at, claim in enumerate(placed.record.claims):
                if claim.id in claims:
                    self.problem(placed.where("claims", at), f'the claim "{claim.id}" is there twice. Rename one.')
                claims[claim.id] = (claim, placed.where("claims", at))
        for name, (claim, where) in claims.items():
            for other in claim.contradicts:
                if other == name:
                    self.problem(where, f'"{name}" contradicts itself. Take it out of `contradicts`.')
                elif other not in claims:
                    self.known(other, claims, where, "claim")
                elif name not in claims[other][0].contradicts:
                    self.problem(where, f'"{name}" contradicts "{other}", but not the other way. Say it in both.')
        self.check_words(
            {"claims": (claims, ("says", "right")), "claim_verdicts": (CLAIM_VERDICTS, ("name", "summary"))}
        )

    def _check_numbers(self, placed: Placed[schema.ClaimText]) -> None:
        record = placed.record
        numbers = [int(number) for number in record.sentences]
        if numbers != list(range(1, len(numbers) + 1)):
            self.problem(
                placed.where("sentences"), "the sentences must be numbered from 1 without a gap. Enumerate again."
            )
        known = set(numbers)
        silent: set[int] = set()
        for at, none in enumerate(record.nothing):
            where = placed.where("nothing", at)
            self._check_known(none.sentences, known, where)
            for number in sorted(silent & set(none.sentences)):
                self.problem(where, f"sentence {number} claims nothing twice. Keep one reason.")
            silent |= set(none.sentences)
        claimed: set[int] = set()
        for at, claim in enumerate(record.claims):
            where = placed.where("claims", at)
            self._check_known(claim.sentences, known, where)
            for number in sorted(silent & set(claim.sentences)):
                self.problem(where, f"sentence {number} makes this claim and is listed under `nothing`. Decide.")
            claimed |= set(claim.sentences)
        for number in sorted(known - silent - claimed):
            self.problem(
                placed.where("sentences", str(number)),
                f"sentence {number} is not mapped. Give it a claim, or a reason under `nothing`.",
            )

    def _check_known(self, numbers: list[int], known: Container[int], where: str) -> None:
        for number in numbers:
            if number not in known:
                self.problem(where, f"there is no sentence {number} in this text. Mend the number.")

    def _claim_data(self, placed: Placed[schema.ClaimText], at: int, claim: schema.Claim) -> dict[str, Any]:
        where = placed.where("claims", at)
        if not claim.why:
            self.problem(where, f'"{claim.id}" has a verdict and no `why:`. Give the reason.')
        if not claim.sentences and claim.verdict != "unsafe_omission":
            self.problem(where, f'"{claim.id}" names no sentence; only an unsafe omission may. Number its sentences.')
        if len(claim.record) != 1:
            self.problem(
                where, f'"{claim.id}" must name one record that has it right, as `record: {{treatment: heat}}`.'
            )
        for kind, name in claim.record.items():
            self.known(name, getattr(self.shelf, SHELVES[kind]), placed.where("claims", at, "record"), called(kind))
        return {
            "id": claim.id,
            "sentences": claim.sentences,
            "says": claim.says,
            "verdict": claim.verdict,
            "why": claim.why,
            "sources": refs(claim.source),
            "from_memory": claim.from_memory,
            "record": list(next(iter(claim.record.items()), ("", ""))),
            "contradicts": claim.contradicts,
            "keywords": claim.keywords,
        }


SHELVES = {
    "cause": "causes",
    "contributor": "contributors",
    "disposition": "dispositions",
    "event": "events",
    "exercise": "exercises",
    "finding": "findings",
    "medicine": "medicines",
    "red_flag": "red_flags",
    "treatment": "treatments",
}
"""Kind of record, as a claim names it, to the shelf where such records stand."""


def called(kind: str) -> str:
    """Return a kind of record as problems name it."""
    return kind.replace("_", " ")

"""What lay articles claim, as the engine reads it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

from unclench.knowledge.records import SourceRef, source_refs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CLAIM_VERDICTS", "Claim", "ClaimText", "ClaimVerdict", "claim_text_of"]

ClaimVerdict = Literal["supported", "weak", "contradicted", "unsafe_omission", "not_checkable"]

CLAIM_VERDICTS: tuple[ClaimVerdict, ...] = get_args(ClaimVerdict)
"""The verdicts on a claim, the best first."""


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """What a lay article claims, and what is known of it.

    Attributes:
        text: id of the article.
        sentences: numbers of the sentences that claim it; empty where it is an omission.
        says: the claim, in our own words, for clinicians.
        verdict: one of `CLAIM_VERDICTS`.
        why: the clinician's line.
        record_kind: kind of the record that has it right, such as `treatment`.
        record: id of that record.
        contradicts: claims, mostly of other articles, that nobody can believe, or follow, beside it.
        keywords: words that help to find the claim in other articles.
    """

    id: str
    text: str
    sentences: tuple[int, ...]
    says: str
    verdict: str
    why: str
    sources: tuple[SourceRef, ...]
    from_memory: bool
    record_kind: str
    record: str
    contradicts: tuple[str, ...]
    keywords: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ClaimText:
    """A lay article that was audited.

    Attributes:
        about: what it is, in one line.
        sentences: number to the fingerprint of each of its sentences.
        nothing: (numbers, reason) of the sentences that claim nothing.
    """

    id: str
    about: str
    sentences: Mapping[int, str]
    nothing: tuple[tuple[tuple[int, ...], str], ...]
    claims: tuple[Claim, ...]

    @cached_property
    def mapped(self) -> frozenset[int]:
        """Numbers of the sentences that a claim, or a reason why they claim nothing, accounts for."""
        claimed = (number for claim in self.claims for number in claim.sentences)
        return frozenset([*claimed, *(number for numbers, _ in self.nothing for number in numbers)]) & set(
            self.sentences
        )


def claim_text_of(one: Mapping[str, Any]) -> ClaimText:
    """Return the article stored in a pack."""
    return ClaimText(
        one["id"],
        one["about"],
        {int(number): mark for number, mark in one["sentences"].items()},
        tuple((tuple(each["sentences"]), each["reason"]) for each in one["nothing"]),
        tuple(_claim(one["id"], each) for each in one["claims"]),
    )


def _claim(text: str, one: Mapping[str, Any]) -> Claim:
    return Claim(
        one["id"], text, tuple(one["sentences"]), one["says"], one["verdict"], one["why"], source_refs(one["sources"]),
        one["from_memory"], one["record"][0], one["record"][1], tuple(one["contradicts"]), tuple(one["keywords"]),
    )  # fmt: skip

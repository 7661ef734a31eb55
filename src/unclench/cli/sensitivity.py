"""`unclench sensitivity`: how far each uncertain number could move the answer, and which study would matter most."""

from __future__ import annotations

import json

from unclench.cli.records import for_each_case
from unclench.cli.terminal import wrapped
from unclench.knowledge import Knowledge
from unclench.reasoning.describe import percent
from unclench.reasoning.sensitivity import Sensitivity, Swing, sensitivity

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from unclench.reasoning import Case

__all__ = ["as_text", "run"]

_SHOWN = 12
_STUDIES_SHOWN = 5
_RARE = 0.01  # priors under this are shown as one in so many


def run(options: argparse.Namespace) -> int:
    """Work out every record; report each bad one on standard error and go on. Return 2 if there was any."""
    knowledge = Knowledge.load()

    def show(case: Case, many: bool) -> None:
        found = sensitivity(knowledge, case)
        if options.format == "text":
            print("\n".join(as_text(knowledge, found)))
        else:
            data = {"id": case.id, **found.to_data(knowledge)}
            print(json.dumps(data, ensure_ascii=False, indent=None if many else 2))

    return for_each_case(options.case, knowledge, show)


def as_text(knowledge: Knowledge, found: Sensitivity) -> Iterator[str]:
    """Yield the lines of a sensitivity analysis as a terminal shows it.

    Args:
        knowledge: the pack, for names.
        found: what `sensitivity` gives.
    """

    def name(cause: str) -> str:
        return knowledge.words("causes", cause, "name")

    yield "LIKELIEST, AS THE NUMBERS STAND"
    for cause, probability in found.ranking:
        yield f"  {percent(probability):>6}  {name(cause)}"
    yield ""
    yield wrapped(
        f"{len(found.swings)} numbers are part of this. Each is moved alone through its own range, published or "
        "judged. None of them can change how urgent it is: rules decide that."
    )
    strata = next((one.strata for one in found.swings if one.strata), ())
    if len(strata) == 1:
        yield wrapped(f"The priors are those of {strata[0]}. Each moves in log odds; the other causes share the rest.")
    else:
        yield wrapped(
            f"Age or setting is not known, so each prior is the mean of {len(strata)} settings and age bands, with the "
            f"least and the greatest end of any as its range: {', '.join(strata)}. Each moves in log odds; the other "
            "causes share the rest."
        )
    if found.upsets:
        others = {cause for one in found.upsets for cause in (one.first_at_low, one.first_at_high)} - {found.first}
        yield wrapped(
            f"{len(found.upsets)} of them could bring another cause to the first place: "
            f"{'; '.join(sorted(map(name, others)))}."
        )
    else:
        yield wrapped("None of them alone could bring another cause to the first place.")
    yield f"\nNUMBERS THAT MATTER MOST (chance of: {name(found.first)})"
    for one in found.swings[:_SHOWN]:
        yield from _swing(knowledge, one)
    yield "\nWHICH PUBLISHED STUDY MATTERS MOST (expected change if its numbers were known exactly)"
    for study in found.studies[:_STUDIES_SHOWN]:
        cited = knowledge.sources[study.source].get("cites_as", study.source)
        yield f"  {_points(study.expected):>12}  {cited} ({study.source}); numbers: {len(study.numbers)}"
    if not found.studies:
        yield "  None: no number of this case rests on a published study."
    if found.judged:
        yield "\nWHERE A NEW STUDY WOULD MATTER MOST (nothing is published)"
        yield from _swing(knowledge, found.judged)
    yield f"\npack {found.pack[:19]}"


def _swing(knowledge: Knowledge, one: Swing) -> Iterator[str]:
    owners = "; ".join(knowledge.words("causes", cause, "name") for cause in one.causes[:2])
    owners += "; and others" if len(one.causes) > len(one.causes[:2]) else ""
    if one.strata:
        among = one.strata[0] if len(one.strata) == 1 else f"mean of {len(one.strata)} settings and age bands"
        what = f"prior of {one.what}, {among}"
    else:
        what = f"ratio of {one.what}, for {owners}"
    yield wrapped(f"{_points(one.expected)}: {what}", "  ")
    low, high, now = (_number(one, value) for value in (one.low, one.high, one.value))
    moved = f"{percent(one.at_low)} at {low}, {percent(one.at_high)} at {high} (now {now})"
    cited = dict.fromkeys(
        "judgement" if ref.is_judgement else str(knowledge.sources[ref.id].get("cites_as", ref.id))
        for ref in one.sources
    )
    yield wrapped(f"{moved} [{one.basis}: {'; '.join(cited) or 'no source'}]", "      ")


def _number(one: Swing, value: float) -> str:
    """Return a prior as a share, small ones as one in so many; a ratio as it is."""
    if not one.strata:
        return f"{value:.3g}"
    return percent(value) if value >= _RARE else f"1 in {float(f'{1 / value:.2g}'):,.0f}"


def _points(change: float) -> str:
    """Return a change of a probability in points of 100."""
    return f"{100 * change:.2g} points" if change >= 0.0005 else "<0.05 points"

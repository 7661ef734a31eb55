"""The report on a population: is it treated alike, do the probabilities mean what they say, do the ranges hold?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from unclench import __version__
from unclench.batch.assess import BLOCK, assess_batch
from unclench.batch.burden import Asked, ask, languages
from unclench.batch.calibration import Calibration, Floats, OfCause, calibrate, of_cause, said_of
from unclench.batch.fairness import Amount, Amounts, Rate, Rates, groups_of, marked
from unclench.batch.population import Population
from unclench.batch.ranges import Coverage, coverage
from unclench.batch.swaps import Swap, Swaps
from unclench.batch.worlds import drawn_world
from unclench.errors import CaseError
from unclench.knowledge import Disposition, Knowledge

__all__ = ["ALIKE", "PARTS", "Fairness", "Language", "Ranges", "Report", "Settings", "Simulated", "make_report"]

PARTS: Final = ("fairness", "calibration", "ranges")

ALIKE: Final = 0.7
"""Share of yes/no answers that come from one inclination, in the people drawn to break independence."""

_SWAPPED: Final = 10_000  # people whose age and sex are swapped
_OPEN: Final = (0.0, 0.5, 0.9)  # shares of answers left open in drawn people
_WORLDS_OF_CALIBRATION: Final = 20
_PEOPLE_OF_A_WORLD: Final = 100
_ENOUGH: Final = 20  # people who have a cause, from which on it is listed by itself
_HIDDEN: Final = 0.01  # a serious cause told of below this counts as hidden: a convention of the report

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the report was made of; the same settings, pack and version give the same report.

    Attributes:
        people: a file; None = synthetic people.
        size: how many synthetic people.
        seed: where all chance comes from.
        interviews: how many people to interview.
        worlds: how many worlds to hold the ranges against, for each way of drawing them.
    """

    people: str | None
    size: int
    seed: int
    interviews: int
    worlds: int


@dataclass(frozen=True, slots=True)
class Language:
    """What the interviews are to read in one language: mean words, and how many had a text missing."""

    id: str
    words: float
    interviews: int
    incomplete: int


@dataclass(frozen=True, slots=True)
class Fairness:
    """How groups fare: shares, amounts, languages, and what swapping age or sex does."""

    people: int
    refused: int
    interviews: int
    rates: tuple[Rate, ...]
    amounts: tuple[Amount, ...]
    languages: tuple[Language, ...]
    swaps: tuple[Swap, ...]
    comparisons: int


@dataclass(frozen=True, slots=True)
class Simulated:
    """How probabilities fare with people whose cause is known.

    Attributes:
        who: `draw` (Bayes' rule on the chances they were drawn with: the best there can be), `sum` (the pack),
            `worlds` (the pack, its numbers drawn from their ranges), `alike` (the pack, answers that go together),
            `interview` (the pack, only what the interview asked).
        open: share of answers left open; None in the interview, which asks what it asks.
        calibration: of the likeliest cause and of all together.
        serious: of all serious causes together.
        causes: of each serious cause that enough people have.
    """

    who: str
    open: float | None
    calibration: Calibration
    serious: OfCause
    causes: dict[str, OfCause]


@dataclass(frozen=True, slots=True)
class Ranges:
    """How often ranges hold the truth, for one way of drawing worlds and people."""

    open: float
    shared: bool
    coverage: tuple[Coverage, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What was found; a part that was not asked for is None."""

    settings: Settings
    pack: str
    version: str
    fairness: Fairness | None
    calibration: tuple[Simulated, ...] | None
    ranges: tuple[Ranges, ...] | None

    def to_data(self) -> dict[str, Any]:
        """Return the JSON form."""
        return asdict(self)


def make_report(
    knowledge: Knowledge,
    settings: Settings,
    people: Iterable[pa.RecordBatch] | None = None,
    *,
    parts: Iterable[str] = PARTS,
    progress: Progress = lambda _what, _done, _all: None,
) -> Report:
    """Make the report.

    Args:
        knowledge: the pack.
        settings: of what.
        people: whom `settings.people` names, as `assess_batch` takes them; None = draw synthetic people who can answer
            whatever they are asked.
        parts: which of `PARTS` to make. Only fairness looks at `people`: causes are only known of people drawn.
        progress: told how far it is.

    Raises:
        CaseError: a column is no finding, or nobody is there who can be assessed.
    """
    wanted = set(parts)
    fairness: Fairness | None = None
    interviewed: _Interviewed = []
    if people is None:
        drawn = Population(knowledge, missing=0, block=min(settings.size, BLOCK))
        people = drawn.batches(settings.size, settings.seed)
    if "fairness" in wanted or ("calibration" in wanted and settings.people is None):
        fairness, interviewed = _fairness(knowledge, settings, people, "fairness" in wanted, progress)
    return Report(
        settings,
        knowledge.hash,
        __version__,
        fairness,
        tuple(_calibration(knowledge, settings, interviewed, progress)) if "calibration" in wanted else None,
        tuple(_ranges(knowledge, settings, progress)) if "ranges" in wanted else None,
    )


_Interviewed: TypeAlias = list[tuple[Asked, str | None]]
"""An interview, and the cause the person was drawn with."""


def _fairness(
    knowledge: Knowledge, settings: Settings, people: Iterable[pa.RecordBatch], compared: bool, progress: Progress
) -> tuple[Fairness | None, _Interviewed]:
    rates, amounts, swaps = Rates(), Amounts(), Swaps(knowledge)
    count = refused = swapped = 0
    interviewed: _Interviewed = []
    progress("assessing people", 0, settings.size)
    for batch in people:
        if not compared and interviewed:
            break
        result = assess_batch(knowledge, batch, top=1)
        good = np.array(result["error"].is_null())
        kept, result = batch.filter(pa.array(good)), result.filter(pa.array(good))
        count, refused = count + kept.num_rows, refused + int((~good).sum())
        groups = groups_of(knowledge, kept)
        rates.add(groups, _urgency(result))
        if not interviewed and kept.num_rows:
            interviewed = _interviews(knowledge, settings, kept, rates, amounts, groups, progress)
        if compared and swapped < _SWAPPED:
            some = kept.slice(0, _SWAPPED - swapped)
            swaps.add(some)
            swapped += some.num_rows
        progress("assessing people", count + refused, max(count + refused, settings.size if not settings.people else 0))
    if not count:
        raise CaseError("there is nobody to report on: no row of the people can be read as a case. Mend the file.")
    if not compared:
        return None, interviewed
    all_rates, all_amounts = marked(rates.found(), amounts.found())
    tested = sum(one.chance is not None for one in all_rates) + sum(one.chance is not None for one in all_amounts)
    asked = [one for one, _ in interviewed]
    made = Fairness(
        count, refused, len(asked), tuple(all_rates), tuple(all_amounts),
        tuple(_language(name, asked) for name in languages(knowledge)), tuple(swaps.found()), tested,
    )  # fmt: skip
    return made, interviewed


def _urgency(result: pa.RecordBatch) -> dict[str, list[bool]]:
    advice = result["disposition"].cast(pa.string()).to_pylist()
    made = {level.id: [one == level.id for one in advice] for level in sorted(Disposition, reverse=True)}
    made["not settled"] = [not one for one in result["settled"].to_pylist()]
    return made


def _interviews(
    knowledge: Knowledge,
    settings: Settings,
    people: pa.RecordBatch,
    rates: Rates,
    amounts: Amounts,
    groups: dict[str, list[str]],
    progress: Progress,
) -> _Interviewed:
    random = np.random.default_rng([settings.seed, 1])
    number = min(settings.interviews, people.num_rows)
    rows = np.sort(random.choice(people.num_rows, number, replace=False))
    some = people.take(pa.array(rows))
    causes = some["synthetic_cause"].to_pylist() if "synthetic_cause" in some.schema.names else [None] * number
    made = []
    for asked in ask(knowledge, some):
        own = {by: names[rows[asked.row]] for by, names in groups.items()}
        burden = {"questions": asked.questions, "screens": asked.screens, "lines": asked.lines, "unsure": asked.unsure}
        amounts.add(own, {name: float(value) for name, value in burden.items()})
        rates.add(
            {by: [name] for by, name in own.items()},
            {
                "interview not settled": [not asked.result.triage.settled],
                "interview with a not sure": [asked.unsure > 0],
            },
        )
        made.append((asked, causes[asked.row]))
        progress("interviewing", len(made), number)
    return made


def _language(name: str, asked: list[Asked]) -> Language:
    words = [count for one in asked if (count := one.words[name]) is not None]
    return Language(name, sum(words) / max(1, len(words)), len(asked), len(asked) - len(words))


def _calibration(
    knowledge: Knowledge, settings: Settings, interviewed: _Interviewed, progress: Progress
) -> Iterable[Simulated]:
    size, block = settings.size, min(settings.size, BLOCK)
    total = len(_OPEN) + 2
    for place, share in enumerate(_OPEN):
        population = Population(knowledge, missing=share, block=block)
        said, best, cause = _drawn(knowledge, population, size, settings.seed + 1)
        yield _simulated(knowledge, "draw", share, best, cause)
        yield _simulated(knowledge, "sum", share, said, cause)
        progress("simulating people", place + 1, total)
    worlds = min(_WORLDS_OF_CALIBRATION, settings.worlds)
    parts = []
    for world in range(worlds):
        random = np.random.default_rng([settings.seed, 2, world])
        population = Population(drawn_world(knowledge, random), missing=0, block=max(1, size // worlds))
        parts.append(_drawn(knowledge, population, population.block, world)[::2])
    yield _simulated(
        knowledge, "worlds", 0.0, np.hstack([p for p, _ in parts]), np.concatenate([cause for _, cause in parts])
    )
    progress("simulating people", total - 1, total)
    population = Population(knowledge, missing=0, alike=ALIKE, block=block)
    said, _, cause = _drawn(knowledge, population, size, settings.seed + 1)
    yield _simulated(knowledge, "alike", 0.0, said, cause)
    progress("simulating people", total, total)
    known = [(asked, cause) for asked, cause in interviewed if cause is not None]
    if known:
        names = sorted(knowledge.causes)
        place_of = {name: place for place, name in enumerate(names)}
        said = np.zeros((len(names), len(known)))
        for column, (asked, _) in enumerate(known):
            for estimate in asked.result.causes:
                said[place_of[estimate.id], column] = estimate.probability
        yield _simulated(knowledge, "interview", None, said, np.array([place_of[cause] for _, cause in known]))


def _drawn(
    knowledge: Knowledge, population: Population, size: int, seed: int
) -> tuple[Floats, Floats, npt.NDArray[np.intp]]:
    """Return what the pack says of drawn people, what follows from the draw, and their causes."""
    said, best, causes = [], [], []
    for batch in population.batches(size, seed):
        said.append(said_of(knowledge, batch, population.causes).probability)
        best.append(population.posterior(batch))
        causes += [population.causes.index(name) for name in batch["synthetic_cause"].to_pylist()]
    return np.hstack(said), np.hstack(best), np.array(causes, np.intp)


def _simulated(
    knowledge: Knowledge, who: str, share: float | None, said: Floats, cause: npt.NDArray[np.intp]
) -> Simulated:
    names = sorted(knowledge.causes)
    serious = np.array([knowledge.causes[name].serious for name in names])
    each = {}
    for place in np.flatnonzero(serious).tolist():
        has = cause == place
        if has.sum() >= _ENOUGH:
            each[names[place]] = of_cause(said[place], has, _HIDDEN)
    together = of_cause(said[serious].sum(axis=0), serious[cause], _HIDDEN)
    return Simulated(who, share, calibrate(said, cause), together, each)


def _ranges(knowledge: Knowledge, settings: Settings, progress: Progress) -> Iterable[Ranges]:
    ways = [(0.0, False), *((share, True) for share in _OPEN)]
    for place, (share, shared) in enumerate(ways):
        found = coverage(
            knowledge,
            worlds=settings.worlds,
            people=_PEOPLE_OF_A_WORLD,
            seed=settings.seed,
            missing=share,
            shared=shared,
            progress=lambda done, place=place: progress(  # type: ignore[misc]
                "holding ranges against worlds", place * settings.worlds + done, len(ways) * settings.worlds
            ),
        )
        yield Ranges(share, shared, tuple(found))

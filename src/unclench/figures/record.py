"""The shape of a figure's record, and its judging when the knowledge is compiled. An installed pack needs neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Annotated, Any, Final

import msgspec

from unclench.errors import KnowledgeError
from unclench.figures.pose import Problem
from unclench.figures.stage import Stage

__all__ = ["FigureRecord", "problems_of", "stage_of"]

_PARTS: Final = ("stature", "bones", "limits", "flesh", "postures", "tolerance", "things", "views")

_Triple = tuple[float, float, float]
_Pair = tuple[float, float]
_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
_Seconds = Annotated[float, msgspec.Meta(ge=0, le=20)]
_Name = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_]*$")]


class _Hold(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    on: _Name
    at: _Triple
    bend: _Triple | msgspec.UnsetType = msgspec.UNSET


class _Whole(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    lean: float | msgspec.UnsetType = msgspec.UNSET
    turn: float | msgspec.UnsetType = msgspec.UNSET
    tilt: float | msgspec.UnsetType = msgspec.UNSET
    spin: float | msgspec.UnsetType = msgspec.UNSET


class _PositionRecord(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    seconds: _Seconds | msgspec.UnsetType = msgspec.UNSET
    hold: _Seconds | msgspec.UnsetType = msgspec.UNSET
    breath: _Share | msgspec.UnsetType = msgspec.UNSET
    body: _Whole | msgspec.UnsetType = msgspec.UNSET
    joints: dict[_Name, dict[_Name, float]] | msgspec.UnsetType = msgspec.UNSET
    on: dict[_Name, _Name] | msgspec.UnsetType = msgspec.UNSET
    anchor: _Name | msgspec.UnsetType = msgspec.UNSET
    stays: list[_Name] | msgspec.UnsetType = msgspec.UNSET
    holds: dict[_Name, _Hold | None] | msgspec.UnsetType = msgspec.UNSET


class _PropRecord(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    kind: _Name
    at: float = 0.0
    across: float = 0.0
    height: float | None = None
    by: list[_Name] = []
    base: float = 0.0
    turned: bool = False


class _ArrowRecord(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    part: _Name
    aside: _Pair | None = None
    way: _Pair | None = None
    at: int | None = None


class FigureRecord(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A drawn exercise, as written down; what its parts mean is with `Figure`."""

    id: _Name
    view: _Name
    posture: _Name
    positions: Annotated[list[_PositionRecord], msgspec.Meta(min_length=1, max_length=8)]
    anchor: _Name | msgspec.UnsetType = msgspec.UNSET
    props: list[_PropRecord] = []
    arrows: list[_ArrowRecord] = []
    round: bool = False
    shoes: bool = False
    front: list[_Name] = []
    behind: list[_Name] = []


def problems_of(
    data: Mapping[str, Any], file: str, stage: Stage, where: Callable[[tuple[str | int, ...]], str]
) -> Iterator[str]:
    """Yield what is wrong with a figure's record: `file:line: place: what no body can do`.

    Args:
        data: the record, as read.
        file: its name.
        stage: the room and the body.
        where: place in the record to its file and line.
    """
    try:
        record = msgspec.convert(data, FigureRecord)
    except msgspec.ValidationError as error:
        yield f"{where(())}: {error}."
        return
    expected = file.rsplit("/", 1)[-1].removesuffix(".yaml")
    if record.id != expected:
        yield f'{where(("id",))}: id: the file is called {expected}, so its id is "{expected}".'
    for problem in _judged(msgspec.json.encode(stage.data), msgspec.json.encode(data)):
        yield f"{where(problem.place)}: {'.'.join(map(str, problem.place))}: {problem.message}"


@lru_cache(maxsize=512)
def _judged(body: bytes, record: bytes) -> tuple[Problem, ...]:
    """Judge a figure; the same one is judged once, however often the knowledge is compiled."""
    return _stage(body).read(msgspec.json.decode(record))[1]


@lru_cache(maxsize=2)
def _stage(body: bytes) -> Stage:
    return Stage(msgspec.json.decode(body))


def stage_of(data: Any, file: str) -> Stage:
    """Return the room and the body of `plan/figure.yaml`.

    Raises:
        KnowledgeError: it lacks something that every figure needs.
    """
    try:
        stage = Stage({part: data[part] for part in _PARTS})
        _ = stage.parts, stage.body
    except (KeyError, TypeError, ValueError) as error:
        raise KnowledgeError(
            [f"{file}: the body of the figures lacks something or has it wrong: {error!r}."]
        ) from error
    return stage

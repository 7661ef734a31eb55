"""Frozen records: what `dataclass(frozen=True, slots=True)` makes, in a hundredth of the time.

`dataclasses` writes and compiles source text for each class and imports `inspect` to do so. For the forty classes that
every start of the program needs, that takes longer than everything else together; see docs/explanation/speed.md. Here
all classes share the same few functions. Classes that only some commands need stay data classes.
"""

from __future__ import annotations

from operator import attrgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar, dataclass_transform

    R = TypeVar("R")
else:

    def dataclass_transform(**_options: object) -> Callable[[R], R]:
        """Do nothing: a word to type checkers, and `typing` is slow to import beside all that an answer needs."""
        return lambda decorator: decorator


__all__ = ["entity", "record", "revised"]


@dataclass_transform(frozen_default=True)
def record(cls: type[R]) -> type[R]:
    """Make a class of annotated fields a frozen record with slots, compared by value.

    A field may have a default, which all records share: no list, dictionary or set.

    Examples:
        >>> @record
        ... class Place:
        ...     id: str
        ...     open: bool = True
        >>> Place("gp"), Place("gp") == Place("gp", open=True), {Place("gp")} == {Place("gp")}
        (Place(id='gp', open=True), True, True)
    """
    return _made(cls, {"__eq__": _equal, "__hash__": _hash}, "_hash")


@dataclass_transform(frozen_default=True, eq_default=False)
def entity(cls: type[R]) -> type[R]:
    """Do what `record` does, but let two be equal only if they are the same one."""
    return _made(cls, {})


def revised(one: R, **new: Any) -> R:
    """Return a record like this one but for the fields that are named.

    Raises:
        TypeError: there is no such field.

    Examples:
        >>> from unclench.logic import Present
        >>> revised(Present("fever"), finding="chills")
        Present(finding='chills')
    """
    kind: Any = type(one)
    made: R = kind(**{name: getattr(one, name) for name in kind.__match_args__} | new)
    return made


def _made(cls: type[R], comparison: dict[str, Any], *hidden: str) -> type[R]:
    space = {name: value for name, value in vars(cls).items() if name not in ("__dict__", "__weakref__")}
    fields = tuple(space.get("__annotations__", ()))
    defaults = {name: space.pop(name) for name in fields if name in space}
    space |= {"__slots__": (*fields, *hidden), "__match_args__": fields, **_SHARED, **comparison, **_own(space)}
    made: Any = type(cls.__name__, cls.__bases__, space)
    made.__init__ = _initialiser(made, fields, defaults)
    made._content = property(attrgetter(*fields))
    finished: type[R] = made
    return finished


def _own(space: dict[str, Any]) -> dict[str, Any]:
    return {name: space[name] for name in (*_SHARED, "__eq__", "__hash__") if space.get(name) is not None}


def _initialiser(cls: type, fields: tuple[str, ...], defaults: dict[str, Any]) -> Callable[..., None]:
    # Straight into the slots: assignment is what a frozen record refuses.
    put = tuple(vars(cls)[name].__set__ for name in fields)
    count = len(fields)

    def __init__(self: Any, *values: Any, **named: Any) -> None:  # noqa: N807
        if len(values) != count or named:
            values = _complete(cls, fields, defaults, values, named)
        for place, value in zip(put, values):  # noqa: B905 - as many, which was just seen to
            place(self, value)

    if count > 1:
        return __init__
    (only,) = put

    def __init__of_one(self: Any, *values: Any, **named: Any) -> None:
        if len(values) != 1 or named:
            values = _complete(cls, fields, defaults, values, named)
        only(self, values[0])

    return __init__of_one


def _complete(
    cls: type, fields: tuple[str, ...], defaults: dict[str, Any], values: tuple[Any, ...], named: dict[str, Any]
) -> tuple[Any, ...]:
    given = dict(zip(fields, values, strict=False))
    twice = [name for name in named if name in given]
    unknown = [name for name in named if name not in fields]
    lacking = [name for name in fields if name not in given and name not in named and name not in defaults]
    if len(values) > len(fields) or twice or unknown or lacking:
        raise TypeError(
            f"{cls.__name__} takes {', '.join(fields)}; given were {len(values)} values"
            f"{''.join(f', {name}' for name in named)}."
        )
    all_of_them = {**defaults, **given, **named}
    return tuple(all_of_them[name] for name in fields)


def _equal(self: Any, other: Any) -> bool:
    if self is other:
        return True
    if other.__class__ is not self.__class__:
        return NotImplemented  # type: ignore[no-any-return]
    same: bool = self._content == other._content
    return same


def _hash(self: Any) -> int:
    made: int | None = getattr(self, "_hash", None)
    if made is None:
        # Kept, since a tree would be walked anew each time it is looked up.
        made = hash((type(self), self._content))
        _set(self, "_hash", made)
    return made


def _show(self: Any) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in type(self).__match_args__)
    return f"{type(self).__qualname__}({shown})"


def _refuse(self: Any, name: str, _value: object = None) -> None:
    raise AttributeError(f"{type(self).__name__} is frozen: {name!r} cannot be changed. Use unclench.record.revised.")


def _reduce(self: Any) -> tuple[type, tuple[Any, ...]]:
    return type(self), tuple(getattr(self, name) for name in type(self).__match_args__)


_set = object.__setattr__

_SHARED: dict[str, Any] = {
    "__repr__": _show,
    "__setattr__": _refuse,
    "__delattr__": _refuse,
    "__reduce__": _reduce,
}

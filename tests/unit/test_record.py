"""Frozen records do what frozen data classes do, which these tests hold them against."""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unclench.logic import AllOf, Negation, Present, Unsure
from unclench.record import entity, record, revised


@record
class Ours:
    """A record."""

    id: str
    size: float = 1.5
    parts: tuple[str, ...] = ()

    @property
    def doubled(self) -> float:
        """Twice the size."""
        return 2 * self.size

    @classmethod
    def small(cls) -> Ours:
        """A small one."""
        return cls("small", 0.1)


@entity
class One:
    """An entity."""

    id: str


@dataclass(frozen=True, slots=True)
class Ours2:
    id: str
    size: float = 1.5
    parts: tuple[str, ...] = ()


FIELDS = st.tuples(st.text(max_size=3), st.floats(allow_nan=False), st.tuples(st.text(max_size=2)))


@given(FIELDS, FIELDS)
def test_two_are_equal_just_if_all_fields_are(one: Any, other: Any) -> None:
    assert (Ours(*one) == Ours(*other)) is (Ours2(*one) == Ours2(*other))
    assert hash(Ours(*one)) == hash(Ours(*one))
    assert {Ours(*one): 1}[Ours(*one)] == 1


@given(FIELDS)
def test_it_shows_itself_like_a_data_class(fields: Any) -> None:
    assert repr(Ours(*fields)) == repr(Ours2(*fields)).replace("Ours2(", "Ours(")


CALLS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    (("a",), {}),
    (("a", 2.0), {}),
    (("a", 2.0, ("b",)), {}),
    (("a",), {"parts": ("b",)}),
    ((), {"size": 3.0, "id": "a"}),
    ((), {}),
    (("a",), {"id": "b"}),
    (("a",), {"weight": 1}),
    (("a", 1.0, (), 4), {}),
    ((), {"size": 1.0}),
]


@pytest.mark.parametrize(("values", "named"), CALLS)
def test_it_is_made_and_refused_like_a_data_class(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    try:
        like = Ours2(*values, **named)
    except TypeError:
        with pytest.raises(TypeError, match=r"^Ours takes id, size, parts; given were"):
            Ours(*values, **named)
        return
    made = Ours(*values, **named)
    assert (made.id, made.size, made.parts) == (like.id, like.size, like.parts)


def test_nothing_of_it_can_be_changed_and_nothing_added() -> None:
    made: Any = Ours("a")
    for name in ("id", "colour", "_hash"):
        with pytest.raises(AttributeError, match=f"Ours is frozen: '{name}' cannot be changed"):
            setattr(made, name, "b")
    with pytest.raises(AttributeError, match="Ours is frozen"):
        del made.id
    assert not hasattr(made, "__dict__")


def test_its_own_members_stay() -> None:
    assert Ours.small().doubled == 0.2
    assert Ours.__doc__ == "A record."
    assert Ours.__module__ == __name__


def test_copies_are_equal() -> None:
    made = Ours("a", 2.0, ("b",))
    assert copy.copy(made) == copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == made


def test_patterns_take_it_apart() -> None:
    match Ours("a", 2.0):
        case Ours(name, size):
            assert (name, size) == ("a", 2.0)
        case _:
            pytest.fail("no match")


def test_an_entity_equals_only_itself() -> None:
    one, other = One("a"), One("a")
    assert one == one
    assert one != other
    assert len({one, other}) == 2


def test_two_kinds_with_the_same_fields_differ() -> None:
    assert len({Present("fever"), Unsure("fever"), Present("fever")}) == 2


def test_a_revised_record_differs_in_that_field_alone() -> None:
    tree = AllOf((Present("fever"), Negation(Present("cough"))))
    assert revised(tree, operands=()) == AllOf(())
    assert revised(Ours("a", 2.0, ("b",)), size=3.0) == Ours("a", 3.0, ("b",))
    with pytest.raises(TypeError, match="Ours takes id, size, parts"):
        revised(Ours("a"), weight=1)

"""The knowledge as it would be with some things changed: a number, a condition, an urgency, a rule left out.

A number is named as in the table of all numbers, `threshold/red_flags/RULE/NAME`; a rule and its parts likewise,
`rule/RULE/when`. The end of a name is enough where only one name ends so. A change is made to the record as its file
has it, and everything then goes through the reader and the checks that `knowledge/` itself goes through.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from unclench.errors import ExpressionError, UnclenchError
from unclench.knowledge.compile import compile_changed, serialise
from unclench.knowledge.pack import Knowledge
from unclench.knowledge.yaml_reader import plain_scalar
from unclench.logic import Node, Vocabulary, from_data, render
from unclench.logic.grammar import names, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any, Final, TypeAlias

    from unclench.knowledge.read import Amend

__all__ = ["Change", "Changed", "Place", "changed", "places", "shown"]

Keys: TypeAlias = tuple[str | int, ...]

OFF: Final = "off"
"""The value that leaves a rule out."""

_SHOWN: Final = 8
_OF_PLANS: Final = ("effect", "harm", "dose", "cramp_risk")


@dataclass(frozen=True, slots=True)
class Place:
    """One thing that can be changed.

    Attributes:
        name: unlike that of any other.
        kind: which records it is in, as the shelf calls them.
        record: id of the record.
        keys: where in the record.
        value: what it is now.
    """

    name: str
    kind: str
    record: str
    keys: Keys
    value: float | str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing changed: its place, and the text of what it is to be."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Changed:
    """Knowledge with changes.

    Attributes:
        knowledge: the changed pack.
        changes: what was changed, in the order given.
        disagreements: examples beside the rules that do not fit the changed rule, one line each with file and line.
    """

    knowledge: Knowledge
    changes: tuple[Change, ...]
    disagreements: tuple[str, ...]


def changed(knowledge: Knowledge, folder: Path, wanted: Sequence[str]) -> Changed:
    """Return the knowledge as it would be with some changes.

    A prior keeps the others of its setting and ages in proportion, so that they still sum to one. The range of a number
    moves with it: its ends are multiplied as the number is. A new condition drops the thresholds it does not name.

    Args:
        knowledge: the pack of the folder as it stands.
        folder: the knowledge folder.
        wanted: `NAME=VALUE`, each.

    Raises:
        UnclenchError: no such name, the same name twice, or a value that is the present one.
        KnowledgeError: the changed record is refused, as it would be in the folder.
    """
    known = places(knowledge)
    changes: dict[str, Change] = {}
    for text in wanted:
        change = _read(text, known)
        if change.place.name in changes:
            raise UnclenchError(f"{change.place.name} is changed twice. Give one value.")
        changes[change.place.name] = change
    pack, disagreements = compile_changed(folder, _amender(knowledge, list(changes.values())))
    text = serialise(pack)
    if text == knowledge.text:
        raise UnclenchError("these changes make no difference: the pack would be the same. Give another value.")
    return Changed(Knowledge(text), tuple(changes.values()), disagreements)


def places(knowledge: Knowledge) -> Mapping[str, Place]:
    """Return everything that can be changed, by name.

    Examples:
        >>> places(Knowledge.load())["rule/older_not_improving/disposition"].value
        'routine'
    """
    made = (*_rules(knowledge), *_ratios(knowledge), *_priors(knowledge), *_limits(knowledge), *_model(knowledge))
    return {one.name: one for one in made}


def _rules(knowledge: Knowledge) -> Iterator[Place]:
    nodes = knowledge.data["expressions"]
    for rule in knowledge.data["rules"]:
        name = rule["id"]
        yield Place(f"rule/{name}", "red_flags", name, ("status",), "on")
        yield Place(f"rule/{name}/when", "red_flags", name, ("when",), render(from_data(nodes[rule["when"]])))
        yield Place(f"rule/{name}/disposition", "red_flags", name, ("then", "disposition"), rule["disposition"])
        yield Place(f"rule/{name}/see", "red_flags", name, ("then", "see"), rule["see"])
        for threshold, one in rule["thresholds"].items():
            keys = ("thresholds", threshold, "value")
            yield Place(f"threshold/red_flags/{name}/{threshold}", "red_flags", name, keys, one["value"])
    for name, data in knowledge.data["predicates"].items():
        yield Place(f"predicate/{name}/when", "predicates", name, ("when",), render(from_data(data)))


def _ratios(knowledge: Knowledge) -> Iterator[Place]:
    shared: set[int] = set()
    for kind in ("causes", "contributors", "events"):
        for one in knowledge.data[kind]:
            for at, term in enumerate(one["terms"]):
                for holds in ("present", "absent"):
                    number = term["written"][holds]
                    if number is None:
                        continue
                    if not term["origin"]:
                        name = f"likelihood_ratio/{kind}/{one['id']}/{at}/{holds}"
                        yield Place(name, kind, one["id"], ("likelihood_ratios", at, holds), number[0])
                    elif term["origin"] == "shared" and term["when"] not in shared:
                        name = f"likelihood_ratio/all_causes/{term['when']}/{holds}"
                        yield Place(name, "shared_ratios", str(term["when"]), (holds,), number[0])
                if term["origin"] == "shared":
                    shared.add(term["when"])


def _priors(knowledge: Knowledge) -> Iterator[Place]:
    for stratum in knowledge.data["strata"]:
        own = stratum["written"].get("priors")
        for cause, (log, _) in stratum["priors"].items():
            value = own[cause]["value"][0] if own else math.exp(log)
            yield Place(f"prior/causes/{cause}/{stratum['id']}", "strata", stratum["id"], (cause,), value)
    for kind in ("contributors", "events"):
        for one in knowledge.data[kind]:
            yield Place(f"prior/{kind}/{one['id']}", kind, one["id"], ("prior",), one["written"]["value"][0])


def _limits(knowledge: Knowledge) -> Iterator[Place]:
    for cause in knowledge.data["causes"]:
        if cause["test_threshold"] is not None:
            name, keys = f"threshold/causes/{cause['id']}/test_threshold", ("test_threshold", "value")
            yield Place(name, "causes", cause["id"], keys, cause["test_threshold"])


def _model(knowledge: Knowledge) -> Iterator[Place]:
    def leaves(data: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[Place]:
        for key, value in data.items():
            if isinstance(value, Mapping):
                yield from leaves(value, (*above, key))
            else:
                yield Place("/".join(("model", *above, key)), "model", "", (*above, key), value)

    yield from leaves({key: one for key, one in knowledge.data["model_written"].items() if key != "why"}, ())


# From what was typed to a change.


def _read(text: str, known: Mapping[str, Place]) -> Change:
    name, equals, value = text.partition("=")
    name, value = name.strip(), value.strip()
    if not equals or not name or not value:
        raise UnclenchError(f'--change "{text}": write NAME=VALUE, such as older_not_improving/older_age=55.')
    place = _find(name, known)
    new: object = value if isinstance(place.value, str) else plain_scalar(value)
    if _same(new, place.value):
        raise UnclenchError(f"{place.name} is {shown(place.value)} already. Give another value.")
    if place.keys == ("status",) and value != OFF:
        raise UnclenchError(f'{place.name}: "{value}" is no value of a rule. "{OFF}" leaves it out; to change it, name '
                            f"{place.name}/when, {place.name}/disposition or {place.name}/see.")  # fmt: skip
    return Change(place, value)


def _same(new: object, old: float | str) -> bool:
    if isinstance(old, str) or not isinstance(new, int | float) or isinstance(new, bool):
        return new == old
    return math.isclose(new, old)


def _find(name: str, known: Mapping[str, Place]) -> Place:
    if name in known:
        return known[name]
    fitting = sorted(one for one in known if one.endswith(f"/{name}"))
    if len(fitting) == 1:
        return known[fitting[0]]
    if fitting:
        more = f" and {len(fitting) - _SHOWN} more" if len(fitting) > _SHOWN else ""
        raise UnclenchError(f'"{name}" is the end of {len(fitting)} names: {", ".join(fitting[:_SHOWN])}{more}. '
                            "Write more of the one you mean.")  # fmt: skip
    parts = name.split("/")
    if parts[0] in _OF_PLANS:
        raise UnclenchError(f'"{name}" is a number of plans: it reaches neither the urgency nor the causes, so nobody '
                            "would move.")  # fmt: skip
    if parts[:2] == ["likelihood_ratio", "red_flags"]:
        raise UnclenchError(f'"{name}" follows from how urgent the rule is. Change model/red_flag_strengths instead.')
    tails = {"/".join(one.split("/")[-len(parts) :]): one for one in known}
    near = get_close_matches(name, tails, 3, 0.6)
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise UnclenchError(f'"{name}" is nothing that can be changed.{hint} See: unclench whatif --names {parts[0]}')


def shown(value: float | str) -> str:
    """Return a value as a person would write it."""
    return value if isinstance(value, str) else f"{value:.6g}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


# From changes to records as they are to be read.


def _amender(knowledge: Knowledge, changes: Sequence[Change]) -> Amend:
    """Return what `read_shelf` asks for every record."""
    by_record: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        by_record.setdefault((change.place.kind, change.place.record), []).append(change)
    shared = {
        record: from_data(knowledge.data["expressions"][int(record)])
        for kind, record in by_record
        if kind == "shared_ratios"
    }
    multipliers = _multipliers(knowledge, by_record)
    words = Vocabulary(
        {one.id: one.type for one in knowledge.findings.values()}, frozenset(knowledge.data["predicates"])
    )

    def amend(kind: str, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        record = _shared_id(data, shared, words) if kind == "shared_ratios" else str(data.get("id", ""))
        mine = by_record.get((kind, record), [])
        if not mine:
            return data
        if kind == "strata":
            return _stratum(data, {str(one.place.keys[0]): plain_scalar(one.text) for one in mine}, multipliers)
        for one in mine:
            data = _amended(data, one)
        return _without_idle_thresholds(data, mine) if kind == "red_flags" else data

    return amend


def _shared_id(data: Mapping[str, Any], shared: Mapping[str, Node], words: Vocabulary) -> str:
    """Return under which id a ratio of all causes goes: the place of its condition in the pack."""
    if not shared:
        return ""
    try:
        node = parse(str(data.get("when")), words)
    except ExpressionError:
        return ""  # the reader says what is wrong
    return next((record for record, one in shared.items() if one == node), "")


def _amended(data: dict[str, Any], change: Change) -> dict[str, Any]:
    keys = change.place.keys
    new: Any = change.text
    if keys == ("status",):
        new = "retired"
    elif not isinstance(change.place.value, str):
        new = plain_scalar(change.text)
        if keys[0] in ("likelihood_ratios", "prior"):
            new = _moved(_at(data, keys), new)
    made: dict[str, Any] = _with(data, keys, new)
    return made


def _moved(old: Any, new: Any) -> Any:
    """Return a number with its range as it is to be: the range is multiplied as the number is."""
    if not _is_number(new):
        return {**old, "value": new} if isinstance(old, dict) and not isinstance(new, str) else new
    if not isinstance(old, dict):
        return {"value": new}
    kept = {key: value for key, value in old.items() if key not in ("value", "low", "high")}
    ends: dict[str, float] = {}
    if _is_number(old.get("value")) and old["value"] > 0 and new > 0:
        factor = new / old["value"]
        # A prior, which has a basis of its own, stays below 1; a ratio may be anything.
        most = math.nextafter(1, 0) if new < 1 and "basis" in old else math.inf
        ends = {key: min(old[key] * factor, most) for key in ("low", "high") if _is_number(old.get(key))}
    return {**kept, "value": new, **ends}


def _without_idle_thresholds(data: dict[str, Any], changes: Iterable[Change]) -> dict[str, Any]:
    """Drop the thresholds that a new condition does not name, but none that is changed itself."""
    if all(one.place.keys != ("when",) for one in changes) or not isinstance(data.get("thresholds"), dict):
        return data
    try:
        used = names(data["when"])
    except ExpressionError:
        return data  # the reader says what is wrong
    wanted = used | {str(one.place.keys[1]) for one in changes if one.place.keys[0] == "thresholds"}
    return {**data, "thresholds": {name: one for name, one in data["thresholds"].items() if name in wanted}}


def _stratum(data: dict[str, Any], wanted: Mapping[str, Any], multipliers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the priors of one setting and age band with some of them given."""
    if "priors" not in data:
        return {**data, "multiply": {**(data.get("multiply") or {}), **multipliers[data["id"]]}}
    old = data["priors"]
    new = _fixed({cause: one["value"] for cause, one in old.items()}, wanted)
    return {**data, "priors": {cause: _moved(one, new[cause]) for cause, one in old.items()}}


def _fixed(values: Mapping[str, float], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Return shares of one: those wanted as they are given, the others in proportion to each other."""
    given = sum(one for one in wanted.values() if _is_number(one))
    others = sum(value for name, value in values.items() if name not in wanted)
    sound = all(map(_is_number, wanted.values())) and 0 < given < 1 and others > 0
    factor = (1 - given) / others if sound else 1.0  # where it is unsound, the reader says why
    return {name: wanted.get(name, value * factor) for name, value in values.items()}


def _multipliers(
    knowledge: Knowledge, changes: Mapping[tuple[str, str], Sequence[Change]]
) -> dict[str, dict[str, float]]:
    """Return, for each stratum that is worked out from another, the factors that give it the priors wanted.

    Raises:
        UnclenchError: no factor can give what is wanted.
    """
    strata = {one["id"]: one["written"] for one in knowledge.data["strata"]}

    def wanted_of(name: str) -> dict[str, Any]:
        return {str(one.place.keys[0]): plain_scalar(one.text) for one in changes.get(("strata", name), ())}

    made: dict[str, dict[str, float]] = {}
    for name, written in strata.items():
        wanted = wanted_of(name)
        if not wanted or "priors" in written:
            continue
        if not all(_is_number(one) and one > 0 for one in wanted.values()) or sum(wanted.values()) >= 1:
            given = ", ".join(f"{one}={value}" for one, value in wanted.items())
            raise UnclenchError(
                f"{name}: {given}: a prior is more than 0, and together they leave something for the other causes."
            )
        own = {cause: one["value"][0] for cause, one in strata[written["base"]]["priors"].items()}
        base = _fixed(own, wanted_of(written["base"]))
        raised = {cause: value * written["multiply"].get(cause, 1.0) for cause, value in base.items()}
        rest = sum(value for cause, value in raised.items() if cause not in wanted) / (1 - sum(wanted.values()))
        made[name] = {cause: value * rest / base[cause] for cause, value in wanted.items()}
    return made


def _at(data: Any, keys: Keys) -> Any:
    for key in keys:
        data = data[key]
    return data


def _with(data: Any, keys: Keys, new: Any) -> Any:
    """Return `data` with what stands at `keys` replaced, and nothing of the old touched."""
    if not keys:
        return new
    first, rest = keys[0], keys[1:]
    if isinstance(data, list):
        return [_with(one, rest, new) if at == first else one for at, one in enumerate(data)]
    return {**data, first: _with(data[first], rest, new)}

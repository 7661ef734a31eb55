"""The rules as a library in ELM, the form CQL is run in; run by cql-execution in Node. It is three-valued.

One parameter a field and one definition a predicate and rule, written with the operators of the standard as a CQL
compiler would: two operands each. cql-execution works a definition out once for a person and keeps it for what refers
to it, so predicates come first, each after those that it names.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Any, Final, TypeAlias

from benchmarks.peers.answers import Field, refused
from benchmarks.peers.predicates import PREFIX, layers
from unclench.logic import AllOf, AnyOf, AnyRegion, AtLeast, Compare, Defined, Negation, Node, OneOf, Present, Unsure

__all__ = ["CqlExecution", "elm", "library"]

Elm: TypeAlias = dict[str, Any]

_HERE: Final = Path(__file__).resolve().parent / "cql_execution"
_TYPES: Final = "{urn:hl7-org:elm-types:r1}"
_ORDERS: Final = {"<": "Less", "<=": "LessOrEqual", ">": "Greater", ">=": "GreaterOrEqual", "==": "Equal"}

_refused = refused("CQL")


def elm(node: Node) -> Elm:
    """Return a tree as ELM; a predicate as a reference to its definition.

    Raises:
        ExpressionError: the node is of a kind this translator does not know.
    """
    match node:
        case Present(finding):
            return _field(finding)
        case Compare(finding, operator, value):
            beside = {"type": "Not", "operand": _field(f"{finding}__beside")}
            test = {"type": _ORDERS[operator], "operand": [_field(finding), _literal("Decimal", value)]}
            return {"type": "And", "operand": [beside, test]}
        case OneOf(finding, values):
            return _chain(
                "Or", ({"type": "Equal", "operand": [_field(finding), _literal("String", v)]} for v in values)
            )
        case AnyRegion(finding, regions):
            return _chain("Or", (_field(f"{finding}__{region}") for region in regions))
        case Unsure(finding):
            return _field(f"{finding}__unsure")
        case Defined(predicate):
            return {"type": "ExpressionRef", "name": PREFIX + predicate}
        case Negation(operand):
            return {"type": "Not", "operand": elm(operand)}
        case AllOf(operands):
            return _chain("And", (elm(one) for one in operands))
        case AnyOf(operands):
            return _chain("Or", (elm(one) for one in operands))
        case AtLeast(count, operands):
            parts = [elm(one) for one in operands]
            enough = {"type": "GreaterOrEqual", "operand": [_sum("IsTrue", parts, 1, 0), _literal("Integer", count)]}
            too_few = {"type": "Less", "operand": [_sum("IsFalse", parts, 0, 1), _literal("Integer", count)]}
            items = [
                {"when": enough, "then": _literal("Boolean", "true")},
                {"when": too_few, "then": _literal("Boolean", "false")},
            ]
            return {"type": "Case", "caseItem": items, "else": {"type": "Null"}}
        case _:
            raise _refused(node)


def library(rules: Mapping[str, Node], predicates: Mapping[str, Node], fields: Iterable[str]) -> Elm:
    """Return the whole library as cql-execution reads it; rules are public, predicates private."""
    named = layers(rules.values(), predicates)
    private = {PREFIX + name: node for layer in named for name, node in layer.items()}
    definitions = [
        {"name": name, "context": "Patient", "accessLevel": level, "expression": elm(node)}
        for level, some in (("Private", private), ("Public", rules))
        for name, node in some.items()
    ]
    return {
        "library": {
            "identifier": {"id": "Rules", "version": "1"},
            "schemaIdentifier": {"id": "urn:hl7-org:elm", "version": "r1"},
            "usings": {"def": [{"localIdentifier": "System", "uri": "urn:hl7-org:elm-types:r1"}]},
            "parameters": {"def": [{"name": name, "accessLevel": "Public"} for name in fields]},
            "statements": {"def": definitions},
        }
    }


def _field(name: str) -> Elm:
    return {"type": "ParameterRef", "name": name}


def _literal(kind: str, value: object) -> Elm:
    return {"type": "Literal", "valueType": _TYPES + kind, "value": str(value)}


def _chain(kind: str, parts: Iterable[Elm]) -> Elm:
    return reduce(lambda left, right: {"type": kind, "operand": [left, right]}, parts)


def _sum(test: str, parts: Sequence[Elm], holds: int, otherwise: int) -> Elm:
    chosen = [
        {
            "type": "If",
            "condition": {"type": test, "operand": part},
            "then": _literal("Integer", holds),
            "else": _literal("Integer", otherwise),
        }
        for part in parts
    ]
    return {"type": "Sum", "source": {"type": "List", "element": chosen}}


class CqlExecution:
    """A Node process that holds the library and some people, and runs all rules on them when told to.

    Args:
        made: the library.
        people: each one's fields; what is unknown is null, since a missing parameter is not unknown to it.
        folder: where to put the two files that it reads.

    Raises:
        RuntimeError: node or npm is missing, or the packages cannot be had.
    """

    def __init__(self, made: Elm, people: Sequence[Mapping[str, Field]], folder: Path) -> None:
        node, npm = shutil.which("node"), shutil.which("npm")
        if not node or not npm:
            raise RuntimeError("cql-execution needs node 20 or newer, and npm. Install both, then run this again.")
        if not (_HERE / "node_modules").exists():
            subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--silent"], cwd=_HERE, check=True)
        places = [folder / "library.json", folder / "people.json"]
        for place, content in zip(places, (made, people), strict=True):
            place.write_text(json.dumps(content), encoding="utf-8")
        self._process = subprocess.Popen(
            [node, str(_HERE / "run.js"), *map(str, places)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        definitions = made["library"]["statements"]["def"]
        self.rules = [one["name"] for one in definitions if one["accessLevel"] == "Public"]
        self._ask("ready")

    def compile(self) -> None:
        """Read the library, which is what compiling is here."""
        self._ask("compile")

    def run(self, people: int) -> None:
        """Run all rules on the first so many people, one after the other."""
        self._ask(f"run {people}")

    def truths(self) -> list[list[bool | None]]:
        """Return everybody's truths, in the order of the rules."""
        return [[one[name] for name in self.rules] for one in self._ask("truths")]

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _ask(self, line: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"cql-execution ended with status {self._process.wait()} at: {line}")
        return json.loads(answer)

"""The expressions of a shelf, parsed and typed once, and the place where problems are collected."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping

from unclench.errors import ExpressionError, KnowledgeError, near_match
from unclench.logic import (
    AnyOf,
    AnyRegion,
    Defined,
    FindingType,
    Negation,
    Node,
    Present,
    Unsure,
    Vocabulary,
    mentioned,
    parse,
    to_data,
)
from unclench.logic.nodes import children

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from unclench.knowledge import schema
    from unclench.knowledge.read import Placed, Shelf

__all__ = ["Expressions", "Worded"]

Worded: TypeAlias = Mapping[str, tuple[Iterable[str], tuple[str, ...]]]
"""Kind of wording to the names that are worded, and the texts that each of them must have."""


class Expressions:
    """A shelf with its expressions as trees.

    Attributes:
        shelf: the records read.
        problems: one line each: `file:line: what is wrong and how to mend it`.
        disagreements: likewise, what the examples beside the rules say against them.
        types: what the parser must know of each finding.
        predicates: id to tree.
        rules: id to tree, retired rules left out.
        order: finding ids, each after those its `only_if` and `follows_from` look at.
        table: every distinct expression of the pack, as data.
    """

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.problems = list(shelf.problems)
        self.disagreements: list[str] = []
        self.types = {name: finding_type(placed.record) for name, placed in shelf.findings.items()}
        self.table: list[list[Any]] = []
        self.index: dict[str, int] = {}
        self.predicates: dict[str, Node] = {}
        self.parse_predicates()
        self.rules = self.parse_rules()
        self.order = self.findings_in_order()

    def vocabulary(self, thresholds: Mapping[str, float] | None = None) -> Vocabulary:
        """Return the names an expression of this shelf may use."""
        return Vocabulary(self.types, frozenset(self.shelf.predicates), thresholds or {})

    def check_words(self, wanted: Worded, *, shared: Collection[str] = ()) -> None:
        """Everything has its words, in every language, and no words are left over.

        Args:
            wanted: kind of wording to the names that need it, and the texts that each must have.
            shared: kinds that others use as well, so that more may be worded.
        """
        for locale, kinds in self.shelf.wording.items():
            for kind, (named, fields) in wanted.items():
                texts, names = kinds.get(kind, {}), set(named)
                place = f"wording/{locale}/{kind}"
                for name in sorted(names):
                    lacking = [field for field in fields if not texts.get(name, {}).get(field)]
                    if lacking:
                        self.problem(place, f'"{name}" lacks {", ".join(lacking)}.')
                for name in sorted(set(texts) - names) if kind not in shared else ():
                    self.problem(place, f'"{name}" is worded, but there is no such record.')

    def parse_predicates(self) -> None:
        """Parse every predicate, and refuse one that is defined through itself."""
        for name, placed in self.shelf.predicates.items():
            if name in self.types:
                self.problem(placed.where(), f'"{name}" is a finding already; name the predicate differently.')
            node = self.parse(placed, placed.record.when, "when")
            # What does not parse is reported; a stand-in that looks at nothing lets the other records be checked.
            self.predicates[name] = AnyOf(()) if node is None else node
        for name in list(self.predicates):
            if self.reaches_itself(name, name, set()):
                self.problem(self.shelf.predicates[name].where(), f'predicate "{name}" is defined through itself.')
                raise KnowledgeError(self.problems)

    def parse_rules(self) -> dict[str, Node]:
        """Parse every rule that is not retired."""
        made = {}
        for name, placed in self.shelf.red_flags.items():
            if placed.record.status == "retired":
                continue
            thresholds = {n: threshold.value for n, threshold in placed.record.thresholds.items()}
            node = self.parse(placed, placed.record.when, "when", thresholds=thresholds)
            if node is not None:
                made[name] = node
        return made

    def reaches_itself(self, name: str, target: str, seen: set[str]) -> bool:
        """Tell whether the definition of `name` leads back to `target`."""
        for part in _walk(self.predicates[name]) if name in self.predicates else ():
            other = getattr(part, "predicate", None)
            if other == target or (other and other not in seen and self.reaches_itself(other, target, seen | {other})):
                return True
        return False

    def parse(
        self, placed: Placed[Any], text: str, *at: str | int, thresholds: Mapping[str, float] | None = None
    ) -> Node | None:
        """Parse an expression of a record; report it where it stands if it is wrong."""
        try:
            return parse(text, self.vocabulary(thresholds))
        except ExpressionError as error:
            self.problem(placed.where(*at), str(error))
            return None

    def parse_quietly(self, text: str) -> Node | None:
        """Parse an expression that is reported elsewhere if it is wrong."""
        try:
            return parse(text, self.vocabulary())
        except ExpressionError:
            return None  # reported where the record stands

    def expression(self, node: Node | None) -> int | None:
        """Return the place of `node` in the pack's table of distinct expressions."""
        if node is None:
            return None
        data = to_data(node)
        key = json.dumps(data)
        if key not in self.index:
            self.index[key] = len(self.table)
            self.table.append(data)
        return self.index[key]

    def findings_in_order(self) -> list[str]:
        """Order findings so that whatever an `only_if` looks at comes before it."""
        needs: dict[str, set[str]] = {}
        for name, placed in self.shelf.findings.items():
            record = placed.record
            nodes = [
                self.parse(placed, text, key)
                for key, text in (("only_if", record.only_if), ("follows_from", record.follows_from))
                if text
            ]
            needs[name] = {finding for node in nodes if node for finding in mentioned(node, self.predicates)}
        done: list[str] = []
        while len(done) < len(needs):
            ready = sorted(n for n in needs if n not in done and needs[n] <= set(done))
            if not ready:
                stuck = ", ".join(sorted(set(needs) - set(done)))
                raise KnowledgeError(
                    [*self.problems, f"findings/: only_if or follows_from goes in a circle among {stuck}."]
                )
            done += ready
        return done

    def asks_unsure(self, node: Node) -> bool:
        """Tell whether a tree looks at answers of "not sure"."""
        if isinstance(node, Unsure):
            return True
        inner = self.predicates.get(getattr(node, "predicate", ""))
        return any(map(self.asks_unsure, children(node))) or (inner is not None and self.asks_unsure(inner))

    def lowering(self, node: Node, negated: bool) -> Iterator[str]:
        """Yield the findings whose presence can make `node` less true."""
        match node:
            case Negation(operand):
                yield from self.lowering(operand, not negated)
            case Defined(predicate):
                yield from self.lowering(self.predicates[predicate], negated)
            case Present(finding) | AnyRegion(finding) if negated:
                yield finding
            case _:
                for child in children(node):
                    yield from self.lowering(child, negated)

    def known(self, name: str, among: Iterable[str], where: str, kind: str) -> None:
        """Report a name that is not among the known ones."""
        among = set(among)
        if name not in among:
            self.problem(where, f'"{name}" is not a known {kind}.{near_match(name, among)}')

    def problem(self, where: str, message: str) -> None:
        """Add one problem."""
        self.problems.append(f"{where}: {message}")


def finding_type(record: schema.Finding) -> FindingType:
    """Return a finding's type as the parser sees it."""
    return FindingType(record.type, tuple(record.choices), record.minimum or 0, record.maximum or 0, record.integer)


def refs(source: list[schema.SourceRef]) -> list[list[str]]:
    """Return source references as `[id, at]` pairs."""
    return [[ref.id, ref.at] for ref in source]


def _walk(node: Node) -> Iterable[Node]:
    yield node
    for child in children(node):
        yield from _walk(child)

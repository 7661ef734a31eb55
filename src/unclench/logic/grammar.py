"""From expression text to typed nodes. Python's grammar, read by the standard `ast` module, never evaluated by Python.

Every name, type and unit question is settled here, so that no reading ever meets an ill-typed tree.
"""

from __future__ import annotations

import ast
from functools import lru_cache

from unclench.errors import ExpressionError, near_match
from unclench.logic.nodes import (
    AllOf,
    AnyOf,
    AnyRegion,
    AtLeast,
    Compare,
    Defined,
    Negation,
    Node,
    OneOf,
    Present,
    Unsure,
)
from unclench.logic.render import render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from unclench.logic.vocabulary import FindingType, Vocabulary

__all__ = ["names", "parse"]


_ORDER: dict[type[ast.cmpop], str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "=="}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}
_DEEPEST = 50
"""How deep an expression may nest; every reading walks the tree by recursion."""


def parse(text: str, vocabulary: Vocabulary) -> Node:
    """Read one expression.

    Args:
        text: in Python's expression grammar, for example `fever and (iv_drug_use or age >= 65)`.
        vocabulary: the names it may use and their types.

    Returns:
        The typed tree. `a < b < c` and `!=` become conjunctions and negations of simpler nodes.

    Raises:
        ExpressionError: not a well-formed expression, an unknown name (with the near match), a comparison of the
            wrong type or that is always true or always false, a value the finding cannot have, or any construct
            outside the allowed ones.

    Examples:
        >>> from unclench.logic import FindingType, Vocabulary
        >>> words = Vocabulary({"fever": FindingType("boolean"), "age": FindingType("number", (), 0, 120)})
        >>> parse("fever and age >= 65", words)
        AllOf(operands=(Present(finding='fever'), Compare(finding='age', operator='>=', value=65)))
        >>> parse("fevr", words)
        Traceback (most recent call last):
        unclench.errors.ExpressionError: "fevr" is not a known finding or predicate. Did you mean "fever"?
    """
    return _Reader(vocabulary).read(_tree(text))


def names(text: str) -> frozenset[str]:
    """Return every name that stands in an expression, known or not.

    Raises:
        ExpressionError: not a well-formed expression.

    Examples:
        >>> sorted(names('fever and trigger == "fall" and age >= limit'))
        ['age', 'fever', 'limit', 'trigger']
    """
    return frozenset(part.id for part in ast.walk(_tree(text)) if isinstance(part, ast.Name))


@lru_cache(maxsize=4096)  # the same conditions stand in many places of the knowledge, and nobody changes a tree
def _tree(text: str) -> ast.expr:
    """Return the syntax tree of one expression, not nested so deep that a reading could not walk it."""
    text = " ".join(text.split())
    if "#" in text:
        raise ExpressionError(f'"{_shown(text)}" holds a #, which would cut off all that follows. Take it out.')
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        where = f" at character {error.offset}" if isinstance(error, SyntaxError) and error.offset else ""
        raise ExpressionError(
            f'"{_shown(text)}" is not a well-formed expression{where}. Use and, or, not, comparisons, at_least(n, ...).'
        ) from None
    level: list[ast.AST] = [tree]
    for _ in range(_DEEPEST):
        if not level:
            break
        level = [child for part in level for child in ast.iter_child_nodes(part)]
    if level:
        raise ExpressionError(f'"{_shown(text)}" is nested too deep. Name its parts as predicates.')
    return tree


def _shown(text: str) -> str:
    """Return the start of `text` as a message can quote it: on one line, whatever characters it holds."""
    return (text if text.isprintable() else repr(text)[1:-1])[:80]


class _Reader:
    """Turns allowed `ast` nodes into ours; everything else is refused by name."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.words = vocabulary

    def read(self, tree: ast.expr) -> Node:
        match tree:
            case ast.Name(name):
                return self.name(name)
            case ast.BoolOp(ast.And(), values):
                return AllOf(tuple(map(self.read, values)))
            case ast.BoolOp(ast.Or(), values):
                return AnyOf(tuple(map(self.read, values)))
            case ast.UnaryOp(ast.Not(), operand):
                return Negation(self.read(operand))
            case ast.Compare(left, operators, rights):
                terms = [left, *rights]
                parts = [self.compare(a, op, b) for a, op, b in zip(terms, operators, rights, strict=False)]
                return parts[0] if len(parts) == 1 else AllOf(tuple(parts))
            case ast.Call(ast.Name(function), arguments, []):
                return self.call(function, arguments)
            case _:
                self.refuse(tree, "use only names, and, or, not, comparisons, at_least, any_in and unsure")

    def name(self, name: str) -> Node:
        if name in self.words.predicates:
            return Defined(name)
        kind = self.finding(name).kind
        if kind != "boolean":
            raise ExpressionError(f'"{name}" is a {kind} finding, so it cannot stand alone: compare it with a value.')
        return Present(name)

    def finding(self, name: str) -> FindingType:
        if name not in self.words.findings:
            self.unknown(name)
        return self.words.findings[name]

    def unknown(self, name: str) -> NoReturn:
        if name in self.words.predicates:
            raise ExpressionError(f'"{name}" is a predicate, so it stands alone, without a comparison or a call.')
        hint = near_match(name, [*self.words.findings, *self.words.predicates])
        raise ExpressionError(f'"{name}" is not a known finding or predicate.{hint}')

    def is_number(self, tree: ast.expr) -> bool:
        known = self.words.findings.get(tree.id) if isinstance(tree, ast.Name) else None
        return known is not None and known.kind == "number"

    def compare(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Node:
        match left, operator, right:
            case ast.Constant(str(region)), ast.In(), ast.Name(name):
                return self.regions(name, [region])
            case ast.Constant(str(region)), ast.NotIn(), ast.Name(name):
                return Negation(self.regions(name, [region]))
            case ast.Name(name), (ast.In() | ast.NotIn()), (ast.Tuple(elements) | ast.List(elements)):
                if not elements:
                    self.refuse(right, "name at least one value")
                among = self.choice(name, [self.string(e) for e in elements])
                return among if isinstance(operator, ast.In) else Negation(among)
            case ast.Name(name), (ast.Eq() | ast.NotEq()), ast.Constant(str(value)):
                same = self.choice(name, [value])
                return same if isinstance(operator, ast.Eq) else Negation(same)
            case _, ast.NotEq(), _ if self.is_number(left) or self.is_number(right):
                one, other = ast.unparse(left)[:80], ast.unparse(right)[:80]
                raise ExpressionError(
                    f'"{one} != {other}" is not allowed of a number: write "not {one} == {other}", or use < or >.'
                )
            case ast.Name(name), _, _ if name in self.words.findings and type(operator) in _ORDER:
                return self.number(name, _ORDER[type(operator)], right)
            case _, _, ast.Name(name) if name in self.words.findings and type(operator) in _ORDER:
                return self.number(name, _MIRRORED[_ORDER[type(operator)]], left)
            case ast.Name(name), _, _ if name not in self.words.thresholds:
                self.finding(name)
                self.refuse(left, "this comparison does not fit the finding")
            case _, _, ast.Name(name) if name not in {*self.words.findings, *self.words.thresholds}:
                self.unknown(name)
            case _:
                self.refuse(left, "compare one finding with one constant")

    def choice(self, name: str, values: list[str]) -> Node:
        finding = self.finding(name)
        if finding.kind != "choice":
            raise ExpressionError(f'"{name}" is a {finding.kind} finding and has no choices to compare with.')
        return OneOf(name, tuple(self.known_value(name, value, finding) for value in values))

    def regions(self, name: str, values: list[str]) -> Node:
        finding = self.finding(name)
        if finding.kind != "regions":
            raise ExpressionError(f'"{name}" is a {finding.kind} finding and has no body regions.')
        return AnyRegion(name, tuple(self.known_value(name, value, finding) for value in values))

    def number(self, name: str, order: str, other: ast.expr) -> Node:
        finding = self.finding(name)
        if finding.kind != "number":
            raise ExpressionError(f'"{name}" is a {finding.kind} finding and cannot be compared with a number.')
        made = Compare(name, order, self.constant(other))
        if not finding.tells_apart(order, made.value):
            kind = "is a whole number" if finding.integer else "lies"
            raise ExpressionError(
                f'"{name}" {kind} between {finding.minimum:g} and {finding.maximum:g}, so "{render(made)}" is '
                "always true or always false. Mend the number or the finding's range."
            )
        return made

    def constant(self, tree: ast.expr) -> float:
        match tree:
            case ast.Constant(bool()):
                self.refuse(tree, "a number is needed here")
            case ast.Constant((int() | float()) as value):
                return value
            case ast.UnaryOp(ast.USub(), ast.Constant() as positive):
                return -self.constant(positive)
            case ast.Name(name) if name in self.words.thresholds:
                return self.words.thresholds[name]
            case ast.Name(name):
                hint = near_match(name, self.words.thresholds)
                raise ExpressionError(f'"{name}" is not a number nor a threshold of this record.{hint}')
            case _:
                self.refuse(tree, "a number or a named threshold is needed here")

    def string(self, tree: ast.expr) -> str:
        match tree:
            case ast.Constant(str(value)):
                return value
            case _:
                self.refuse(tree, "a quoted value is needed here")

    def known_value(self, name: str, value: str, finding: FindingType) -> str:
        if value not in finding.choices:
            hint = near_match(value, finding.choices)
            raise ExpressionError(f'"{_shown(value)}" is not a value of "{name}".{hint}')
        return value

    def call(self, function: str, arguments: list[ast.expr]) -> Node:
        match function, arguments:
            case "at_least", [ast.Constant(int(count)), *rest] if count is not True and 1 <= count <= len(rest):
                return AtLeast(count, tuple(map(self.read, rest)))
            case "any_in", [ast.Name(name), first, *rest]:
                return self.regions(name, [self.string(a) for a in (first, *rest)])
            case "unsure", [ast.Name(name)]:
                self.finding(name)
                return Unsure(name)
            case _:
                raise ExpressionError(
                    f'"{function}(...)" is not allowed like this. There are at_least(n, a, b, ...) with n up to the '
                    "number of arguments, any_in(regions_finding, ...) and unsure(finding)."
                )

    def refuse(self, tree: ast.expr, mend: str) -> NoReturn:
        raise ExpressionError(f'"{ast.unparse(tree):.80}" is not allowed in an expression: {mend}.')

"""The text reading: a tree back to the expression text it came from, in one normal form."""

from __future__ import annotations

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

__all__ = ["render"]


def render(node: Node) -> str:
    """Return expression text that parses back to `node`.

    Examples:
        >>> render(AllOf((Present("fever"), AnyOf((Present("a"), Negation(Present("b")))))))
        'fever and (a or not b)'
    """
    match node:
        case Present(name) | Defined(name):
            return name
        case Compare(finding, operator, value):
            return f"{finding} {operator} {repr(value).removesuffix('.0')}"
        case OneOf(finding, (value,)):
            return f'{finding} == "{value}"'
        case OneOf(finding, values):
            return f"{finding} in ({_quoted(values)})"
        case AnyRegion(finding, (region,)):
            return f'"{region}" in {finding}'
        case AnyRegion(finding, regions):
            return f"any_in({finding}, {_quoted(regions)})"
        case Unsure(finding):
            return f"unsure({finding})"
        case Negation(operand):
            return f"not {_grouped(operand)}"
        case AllOf(operands):
            return " and ".join(map(_grouped, operands))
        case AnyOf(operands):
            return " or ".join(map(_grouped, operands))
        case AtLeast(count, operands):
            return f"at_least({count}, {', '.join(map(render, operands))})"


def _grouped(node: Node) -> str:
    needs_parentheses = isinstance(node, AllOf | AnyOf)
    return f"({render(node)})" if needs_parentheses else render(node)


def _quoted(values: tuple[str, ...]) -> str:
    return ", ".join(f'"{value}"' for value in values)

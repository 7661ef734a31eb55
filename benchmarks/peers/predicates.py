"""The predicates that rules name, in an order in which an engine can work each out once, before it is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from unclench.logic import Defined, Node
from unclench.logic.nodes import children

__all__ = ["PREFIX", "layers"]

PREFIX = "predicate__"
"""Stands before the id of a predicate, since a field or a rule may have the same."""


def layers(trees: Iterable[Node], predicates: Mapping[str, Node]) -> list[dict[str, Node]]:
    """Return the predicates that these trees name, through other predicates too; a layer names only those before it.

    Examples:
        >>> from unclench.logic import Present
        >>> given = {"ill": Defined("hot"), "hot": Defined("fever"), "fever": Present("fever"), "other": Present("x")}
        >>> [list(layer) for layer in layers([Defined("fever"), Defined("hot")], given)]
        [['fever'], ['hot']]
    """
    depths: dict[str, int] = {}

    def depth(node: Node) -> int:
        if isinstance(node, Defined):
            depths[node.predicate] = 1 + depth(predicates[node.predicate])
            return depths[node.predicate]
        return max(map(depth, children(node)), default=0)

    for tree in trees:
        depth(tree)
    return [
        {name: predicates[name] for name in depths if depths[name] == layer}
        for layer in range(1, max(depths.values(), default=0) + 1)
    ]

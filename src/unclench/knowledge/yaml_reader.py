"""Strict YAML: 1.2 words (`no` is a word), no duplicate keys, anchors, tags or implicit dates; every value has a line.

Needs PyYAML, so only the compiler imports it; an installed pack is JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from unclench.errors import KnowledgeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

__all__ = ["Document", "Read", "plain_scalar", "read_yaml"]

KeyPath: TypeAlias = tuple[str | int, ...]

# The YAML 1.2 core schema; PyYAML's own resolver follows 1.1, where `no`, `on` and `12:30` are not what they seem.
_CORE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("null", re.compile(r"null|Null|NULL|~|")),
    ("bool", re.compile(r"true|True|TRUE|false|False|FALSE")),
    ("int", re.compile(r"[-+]?[0-9]+")),
    ("float", re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")),
)
_DEEPEST = 50
"""How deep a file may nest; what reads it walks it by recursion."""
_OPENING = (
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
)
_CLOSING = (yaml.BlockEndToken, yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)
_LOADER = yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader
_UNQUOTED_DATE = re.compile(r"\d{4}-\d\d-\d\d.*")


@dataclass(frozen=True, slots=True)
class Document:
    """One file's content and where each part of it stands.

    Attributes:
        file: path relative to `knowledge/`.
        data: plain dicts, lists and scalars.
        lines: 1-based line of each value, by its path of keys and indexes.
    """

    file: str
    data: Any
    lines: dict[KeyPath, int]

    def where(self, path: KeyPath) -> str:
        """Return `file:line` of the deepest known part of `path`."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return f"{self.file}:{self.lines[path[:length]]}"
        return self.file


Read: TypeAlias = Callable[[Path, str], Document]
"""Reads a file, given its path and how to call it in messages; raises KnowledgeError."""


def read_yaml(path: Path, name: str) -> Document:
    """Read one file.

    Args:
        path: the file.
        name: how to call it in messages.

    Raises:
        KnowledgeError: not UTF-8, not YAML, or something the strict form refuses; names file and line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        problems = list(_hidden(text, name))
        root = yaml.compose(text, Loader=_LOADER)
    except UnicodeDecodeError as error:
        raise KnowledgeError(
            [f"{name}: not UTF-8 text ({error.reason} at byte {error.start}). Save it as UTF-8."]
        ) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise KnowledgeError([f"{name}{line}: not well-formed YAML: {problem}."]) from None
    if root is None:
        raise KnowledgeError([f"{name}: the file is empty. Write a record or remove the file."])
    lines: dict[KeyPath, int] = {}
    data = _Builder(name, lines, problems).build(root, ())
    if problems:
        raise KnowledgeError(problems)
    return Document(name, data, lines)


def plain_scalar(text: str) -> bool | int | float | str | None:
    """Return what an unquoted word of a file means.

    Examples:
        >>> plain_scalar("38.5"), plain_scalar("no"), plain_scalar("true")
        (38.5, 'no', True)
    """
    for kind, pattern in _CORE:
        if pattern.fullmatch(text):
            if kind == "null":
                return None
            if kind == "bool":
                return text.lower() == "true"
            return int(text) if kind == "int" else float(text)
    return text


def _hidden(text: str, name: str) -> Iterator[str]:
    """Yield a problem for each anchor, alias and tag; stop at what is nested too deep to be read at all."""
    depth = 0
    for token in yaml.scan(text, Loader=_LOADER):
        depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        if depth > _DEEPEST:
            line = token.start_mark.line + 1
            raise KnowledgeError([f"{name}:{line}: nested more than {_DEEPEST} deep. Write it flatter."])
        if isinstance(token, yaml.AnchorToken | yaml.AliasToken | yaml.TagToken):
            yield (
                f"{name}:{token.start_mark.line + 1}: anchors, aliases and tags are refused; a reader must see each "
                "value where it counts. Write it out."
            )


class _Builder:
    def __init__(self, name: str, lines: dict[KeyPath, int], problems: list[str]) -> None:
        self.name, self.lines, self.problems = name, lines, problems

    def build(self, node: yaml.Node, path: KeyPath) -> Any:
        self.lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, index)) for index, child in enumerate(node.value)]
        assert isinstance(node, yaml.MappingNode)
        return self.mapping(node, path)

    def mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(f"{self.name}:{line}: a key must be a plain word.")
                continue
            if key in made:
                self.problems.append(f'{self.name}:{line}: the key "{key}" is there twice. Keep one.')
            made[key] = self.build(value_node, (*path, key))
            self.lines[(*path, key)] = line
        return made

    def scalar(self, node: yaml.ScalarNode) -> Any:
        text: str = node.value
        if node.style in ("'", '"', "|", ">"):
            return text
        if _UNQUOTED_DATE.fullmatch(text):
            self.problems.append(f'{self.name}:{node.start_mark.line + 1}: quote the date: "{text}".')
        return plain_scalar(text)

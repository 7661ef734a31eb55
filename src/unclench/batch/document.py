"""A report as a list of parts, and the same list as plain text, as Markdown or as one page of HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import fill
from typing import Final, TypeAlias

from unclench.batch.drawing import Picture

__all__ = ["Heading", "Part", "Table", "Text", "as_html", "as_markdown", "as_text"]

_WIDTH: Final = 100
_STYLE: Final = (
    ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;"
    "padding:0 1rem}table{border-collapse:collapse;margin:.5rem 0 1.5rem;font-variant-numeric:tabular-nums}"
    "caption{text-align:start;font-weight:600;padding:.3rem 0}th,td{padding:.2rem .7rem;border-bottom:1px solid #9999;"
    "text-align:start;vertical-align:top}td:not(:first-child){text-align:end;white-space:nowrap}.wide{overflow-x:auto}"
    "svg{max-width:100%;height:auto}"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; 1 is that of the whole."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first column names the row."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Part: TypeAlias = Heading | Text | Table | Picture


def as_text(parts: Iterable[Part]) -> str:
    """Return a report for a terminal; of pictures only what they show."""
    made = []
    for part in parts:
        match part:
            case Heading(level, text):
                made.append(text.upper() if level < 3 else text)
            case Text(text):
                made.append(fill(text, _WIDTH))
            case Table():
                made.append(_plain_table(part))
            case Picture(_, title, text, _):
                made.append(fill(f"[{title}. {text}]", _WIDTH))
    return "\n\n".join(made) + "\n"


def as_markdown(parts: Iterable[Part], pictures: str = "") -> str:
    """Return a report as Markdown.

    Args:
        parts: the report.
        pictures: where the pictures lie, as an address with a slash at the end; each is NAME.svg.
    """
    made = []
    for part in parts:
        match part:
            case Heading(level, text):
                made.append(f"{'#' * level} {text}")
            case Text(text):
                made.append(text)
            case Table(caption, head, rows):
                lines = [_markdown_row(head), "|---" * len(head) + "|", *map(_markdown_row, rows)]
                made.append(f"{caption}\n\n" + "\n".join(lines))
            case Picture(name, title, text, _):
                made.append(f"![{title}. {text}]({pictures}{name}.svg)")
    return "\n\n".join(made) + "\n"


def as_html(parts: Sequence[Part]) -> str:
    """Return a report as one page that needs nothing else."""
    title = next((part.text for part in parts if isinstance(part, Heading)), "Report")
    made = []
    for part in parts:
        match part:
            case Heading(level, text):
                made.append(f"<h{level}>{escape(text)}</h{level}>")
            case Text(text):
                made.append(f"<p>{escape(text)}</p>")
            case Table(caption, head, rows):
                cells = "".join(f'<th scope="col">{escape(one)}</th>' for one in head)
                body = "".join(
                    f'<tr><th scope="row">{escape(row[0])}</th>'
                    + "".join(f"<td>{escape(c)}</td>" for c in row[1:])
                    + "</tr>"
                    for row in rows
                )
                made.append(
                    f'<div class="wide" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
                    f"<caption>{escape(caption)}</caption><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>"
                )
            case Picture(_, name, text, svg):
                made.append(f"<figure>{svg}<figcaption><b>{escape(name)}.</b> {escape(text)}</figcaption></figure>")
    inside = "\n".join(made)
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><title>{escape(title)}</title><style>{_STYLE}</style></head>\n'
        f"<body><main>\n{inside}\n</main></body>\n</html>\n"
    )


def _plain_table(table: Table) -> str:
    rows = [table.head, *table.rows]
    widths = [max(len(row[at]) for row in rows) for at in range(len(table.head))]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(wide) for cell, wide in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
    return "\n".join([table.caption, *(line.rstrip() for line in lines)])


def _markdown_row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

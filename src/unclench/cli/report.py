"""`unclench report`: is a population treated alike, do probabilities mean what they say, do ranges hold?"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from unclench.cli.output import write_whole
from unclench.cli.people import check_people
from unclench.errors import UnclenchError
from unclench.knowledge import Knowledge

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from typing import Any

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Make the report; to standard output unless a file is named."""
    try:
        import pyarrow  # noqa: F401
        from tqdm import tqdm

        from unclench.batch.document import as_html, as_markdown, as_text
        from unclench.batch.drawing import Picture
        from unclench.batch.report import PARTS, Settings, make_report
        from unclench.batch.report_words import report_parts
    except ModuleNotFoundError as error:
        raise UnclenchError(f'reports need {error.name}. Install it with: pip install "unclench[batch]"') from None
    if options.format == "markdown" and options.out is None:
        raise UnclenchError("Markdown has its pictures in files of their own. Name a file with --out.")
    out = None if options.out is None else Path(options.out)
    if out is not None and not out.parent.is_dir():
        raise UnclenchError(f"{out.parent}: there is no such folder. Make it, or name another.")
    knowledge = Knowledge.load()
    settings = Settings(options.people, options.size, options.seed, options.interviews, options.worlds)
    people = None if options.people is None else _people(knowledge, Path(options.people))
    with tqdm(disable=None, file=sys.stderr, leave=False) as bar:

        def progress(what: str, done: int, whole: int) -> None:
            bar.set_description_str(what, refresh=False)
            bar.total, bar.n = whole, done
            bar.refresh()

        report = make_report(knowledge, settings, people, parts=options.only or PARTS, progress=progress)
    parts = report_parts(knowledge, report)
    match options.format:
        case "json":
            text = json.dumps(report.to_data(), ensure_ascii=False, indent=1) + "\n"
        case "html":
            text = as_html(parts)
        case "markdown":
            text = as_markdown(parts)
        case _:
            text = as_text(parts)
    if out is None:
        sys.stdout.write(text)
        return 0
    if options.format == "markdown":
        for part in parts:
            if isinstance(part, Picture):
                write_whole(out.parent / f"{part.name}.svg", part.svg + "\n")
    write_whole(out, text)
    return 0


def _people(knowledge: Knowledge, path: Path) -> Iterator[Any]:
    from unclench.batch.assess import BLOCK
    from unclench.batch.tables import pieces

    check_people(path)
    refused = 0
    for piece in pieces(path, knowledge, BLOCK):
        refused += len(piece.refused)
        yield piece.batch
    if refused:
        print(
            f"unclench: {refused} of the rows in {path} cannot be read and are left out; unclench cohort says why.",
            file=sys.stderr,
        )

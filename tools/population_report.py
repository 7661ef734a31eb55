"""Make the report on a population and print it. Run with `--write` to put it, and its pictures, into docs/."""

from __future__ import annotations

import sys
from pathlib import Path

from unclench.batch.document import as_markdown
from unclench.batch.drawing import Picture
from unclench.batch.report import Settings, make_report
from unclench.batch.report_words import report_parts
from unclench.knowledge import Knowledge

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "explanation" / "population_report.md"
PICTURES = ROOT / "docs" / "pictures" / "population"
MARK = "<!-- Below: written by tools/population_report.py --write -->"

SETTINGS = Settings(people=None, size=10_000, seed=1, interviews=300, worlds=25)


def main(arguments: list[str]) -> int:
    """Make the report, and print it or keep it."""
    knowledge = Knowledge.load()
    parts = report_parts(knowledge, make_report(knowledge, SETTINGS, progress=_tell))
    text = as_markdown(parts[1:], "../pictures/population/")
    if "--write" not in arguments:
        print(text)
        return 0
    PICTURES.mkdir(parents=True, exist_ok=True)
    for part in parts:
        if isinstance(part, Picture):
            (PICTURES / f"{part.name}.svg").write_text(part.svg + "\n", encoding="utf-8")
    head, _, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    PAGE.write_text(f"{head}{MARK}\n\n{text}", encoding="utf-8")
    return 0


def _tell(what: str, done: int, whole: int) -> None:
    if done in (1, whole) or done % 10 == 0:
        print(f"{what}: {done} of {whole}", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

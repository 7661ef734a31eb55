"""Look exercise figures over: a sheet of their positions and the moments between, as a page and a picture.

    python -m tools.figure_sheet [ID ...] [--out FOLDER] [--width PIXELS]

Writes sheet.html and sheet.png (all figures where none is named), and prints what is impossible about each figure.
"""

from __future__ import annotations

import argparse
import gzip
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.browser import FLAGS, NoBrowser, chromium

from unclench.errors import KnowledgeError
from unclench.figures.draw import moving, still, strip
from unclench.figures.record import problems_of, stage_of
from unclench.knowledge.yaml_reader import read_yaml

ROOT = Path(__file__).resolve().parent.parent
BODY = "plan/figure.yaml"
FIGURES = ROOT / "knowledge" / "figures"


def main() -> int:
    """Write the sheet; return 1 where a figure has a problem."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ids", nargs="*")
    parser.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()) / "figure_sheet")
    parser.add_argument("--width", type=int, default=1500)
    parser.add_argument("--columns", type=int, default=2)
    parser.add_argument("--high", type=int, default=330, help="greatest height of a picture in pixels")
    asked = parser.parse_args()
    stage = stage_of(read_yaml(ROOT / "knowledge" / "plan" / "figure.yaml", BODY).data, BODY)
    cells = []
    bad = 0
    for name in asked.ids or sorted(path.stem for path in FIGURES.glob("*.yaml")):
        file = f"figures/{name}.yaml"
        try:
            document = read_yaml(FIGURES / f"{name}.yaml", file)
            problems = list(problems_of(document.data, file, stage, document.where))
            print(*problems, sep="\n", end="\n" if problems else "")
            bad = bad or int(bool(problems))
            figure = stage.figure(document.data)
        except (KnowledgeError, ValueError, KeyError, OSError) as error:
            print(f"{file}: {error!r}")
            bad = 1
            continue
        sizes = [len(gzip.compress(draw(stage, figure, name, name).encode(), mtime=0)) for draw in (still, moving)]
        print(f"{name}: still {sizes[0]} B, moving {sizes[1]} B gzipped")
        flag = " — see problems" if problems else ""
        cells.append(
            f"<section><h2>{name}{flag}</h2>{strip(stage, figure)}{still(stage, figure, name, name)}</section>"
        )
    asked.out.mkdir(parents=True, exist_ok=True)
    page = asked.out / "sheet.html"
    style = (
        f"body{{margin:8px;width:{asked.width - 20}px;column-count:{asked.columns};font:13px sans-serif}}"
        "section{break-inside:avoid;border:1px solid #ccc;margin-bottom:6px}h2{margin:2px;font-size:14px}"
        f"svg{{max-width:98%;height:auto;max-height:{asked.high}px;display:block}}"
    )
    page.write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>{''.join(cells)}", encoding="utf-8")
    try:
        browser = chromium()
    except NoBrowser as error:
        print(error)
        return bad
    high = min(6000, 120 + 420 * -(-len(cells) // asked.columns))
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [browser, *FLAGS, "--headless", "--hide-scrollbars", f"--user-data-dir={profile}",
             f"--window-size={asked.width},{high}", f"--screenshot={asked.out / 'sheet.png'}", page.as_uri()],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip
    print(asked.out / "sheet.png")
    return bad


if __name__ == "__main__":
    sys.exit(main())

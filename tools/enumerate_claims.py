"""Number the sentences of the audited lay articles, and compare with `knowledge/claims/`.

The articles are not in the repository: name their folder. Only hashes are kept. `--write` renews the `sentences:` of
each file, or starts a file for a new article; `--runs` renews the hashed word runs that a test looks for.
"""

from __future__ import annotations

import argparse
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from unclench.errors import KnowledgeError
from unclench.intake.sentences import article_text, fingerprint, sentences, words_of
from unclench.knowledge.yaml_reader import read_yaml

__all__ = ["FOLDER", "RUNS", "RUN_LENGTH", "enumerated", "main", "run_marks"]

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "knowledge" / "claims"
RUNS = ROOT / "tests" / "evidence" / "seed_shingles.txt"
RUN_LENGTH = 6
_BLOCK = re.compile(r"^sentences:\n(?:  .*\n)+", re.MULTILINE)
_NOTE = "# Number of a sentence to the first 12 hexadecimal digits of the SHA-256 of its words.\n"


def enumerated(text: str) -> dict[str, str]:
    """Return number to fingerprint of each sentence of an article, given as text or HTML."""
    return {str(number): fingerprint(one) for number, one in enumerate(sentences(article_text(text)), start=1)}


def run_marks(text: str) -> Iterator[str]:
    """Yield a mark, the first 12 hexadecimal digits of the SHA-256, of each run of `RUN_LENGTH` words in each line."""
    for line in text.splitlines():
        yield from marks_of(words_of(line))


def marks_of(words: Sequence[str]) -> Iterator[str]:
    """Yield the mark of each run of `RUN_LENGTH` words."""
    for start in range(len(words) - RUN_LENGTH + 1):
        run = " ".join(words[start : start + RUN_LENGTH])
        yield hashlib.sha256(run.encode("utf-8")).hexdigest()[:12]


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, or write. Return 1 if a file differs from its article, else 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", type=Path, help="folder of the articles, as .txt or .html")
    parser.add_argument("--write", action="store_true", help="renew the enumeration in knowledge/claims/")
    parser.add_argument("--runs", action="store_true", help="renew the hashed word runs in tests/evidence/")
    options = parser.parse_args(arguments)
    articles = sorted(file for file in options.articles.iterdir() if file.suffix in (".txt", ".html"))
    texts = {file.stem: file.read_text(encoding="utf-8") for file in articles}
    if options.runs:
        _write_runs(texts.values())
    differing = 0
    for name, text in texts.items():
        numbered = enumerated(text)
        if options.write:
            _write(FOLDER / f"{name}.yaml", name, numbered)
        problems = list(_differences(FOLDER / f"{name}.yaml", numbered))
        differing += bool(problems)
        print(f"{name}: {len(numbered)} sentences, {'as enumerated' if not problems else 'NOT as enumerated'}")
        for problem in problems:
            print(f"  {problem}")
    for file in sorted(FOLDER.glob("*.yaml")):
        if file.stem not in texts:
            print(f"{file.stem}: no such article in {options.articles}")
            differing += 1
    return 1 if differing else 0


def _differences(file: Path, numbered: dict[str, str]) -> Iterator[str]:
    if not file.is_file():
        yield f"{file.name} is missing. Start it with --write."
        return
    try:
        data = read_yaml(file, file.name).data
    except KnowledgeError as error:
        yield from error.problems
        return
    kept = data.get("sentences", {})
    for number in sorted({*kept, *numbered}, key=int):
        if kept.get(number) != numbered.get(number):
            ours, theirs = kept.get(number, "not there"), numbered.get(number, "none")
            yield f"sentence {number}: {ours}, but the article has {theirs}"


def _write(file: Path, name: str, numbered: dict[str, str]) -> None:
    block = "sentences:\n" + "".join(f'  {number}: "{mark}"\n' for number, mark in numbered.items())
    if file.is_file():
        file.write_text(_BLOCK.sub(block, file.read_text(encoding="utf-8"), count=1), encoding="utf-8")
    else:
        file.write_text(f'id: "{name}"\nabout: >-\n{_NOTE}{block}nothing: []\nclaims: []\n', encoding="utf-8")


def _write_runs(texts: Iterable[str]) -> None:
    marks = sorted({mark for text in texts for mark in run_marks(text)})
    head = f"# Marks of each run of {RUN_LENGTH} words in the audited articles; tools/enumerate_claims.py --runs.\n"
    RUNS.write_text(head + "".join(f"{mark}\n" for mark in marks), encoding="ascii")


if __name__ == "__main__":
    raise SystemExit(main())

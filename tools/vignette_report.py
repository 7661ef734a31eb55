"""Interview every vignette and print how good the advice is. Run by `make vignettes`; `--write` puts it into docs/."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from unclench.knowledge import Disposition, Knowledge
from unclench.knowledge.vignettes import read_vignettes
from unclench.reasoning import Case
from unclench.reasoning.validation import Outcome, Share, Vignette, measure, run

ROOT = Path(__file__).resolve().parent.parent
LEVELS = sorted(Disposition, reverse=True)


def outcomes(knowledge: Knowledge, *, held_out: bool = False) -> list[Outcome]:
    """Interview the vignettes of this checkout: those used while mending knowledge, or those held out."""
    vignettes = [
        Vignette(
            one.id,
            Case.from_data(one.case, knowledge, record=one.id),
            Disposition.of(one.expect.disposition),
            (one.expect.cause, *one.expect.also_acceptable_causes),
        )
        for one in read_vignettes(ROOT / "knowledge", held_out=held_out)
    ]
    return run(knowledge, vignettes)


def report(done: list[Outcome], pack: str) -> str:
    """Return the report as Markdown."""
    lines = ["| measure | value |", "|---|---|"]
    for name, value in measure(done).items():
        lines.append(f"| {name} | {value if isinstance(value, Share) else f'{value:.2f}'.rstrip('0').rstrip('.')} |")
    lines += ["", "Rows: reference. Columns: advice given.", "", "| | " + " | ".join(d.id for d in LEVELS) + " |"]
    lines.append("|---" * (len(LEVELS) + 1) + "|")
    counts = Counter((one.vignette.disposition, one.interview.result.disposition) for one in done)
    for reference in LEVELS:
        lines.append(f"| {reference.id} | " + " | ".join(str(counts[reference, given]) for given in LEVELS) + " |")
    lines += ["", f"{len(done)} vignettes. Pack `{pack}`."]
    return "\n".join(lines)


def disagreements(done: list[Outcome]) -> str:
    """Return one line for each vignette whose urgency or first three causes miss the reference."""
    lines = []
    for one in done:
        result = one.interview.result
        if one.gap or one.rank() > 3:
            rules = ", ".join(rule.id for rule in result.triage.fired) or "no rule"
            first = ", ".join(f"{e.id} {e.probability:.2f}" for e in result.causes[:3])
            lines.append(
                f"{one.vignette.id}: {result.disposition.id} for {one.vignette.disposition.id} by {rules}"
                f"{'' if result.triage.settled else ' (not settled)'}; {'/'.join(one.vignette.causes)} "
                f"ranks {one.rank()}: {first}"
            )
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Print the report; with `--write` also renew docs/explanation/vignettes.md, with `--all` list what missed."""
    knowledge = Knowledge.load()
    seen, held_out = outcomes(knowledge), outcomes(knowledge, held_out=True)
    text = (
        f"## Development set\n\n{report(seen, knowledge.hash)}\n\n## Held-out set\n\n{report(held_out, knowledge.hash)}"
    )
    print(text)
    if "--all" in arguments:
        print("\n" + disagreements(seen))
    if "--write" in arguments:
        page = ROOT / "docs" / "explanation" / "vignettes.md"
        head, mark, _ = page.read_text(encoding="utf-8").partition("<!-- figures -->")
        page.write_text(f"{head}{mark}\n\n{text}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

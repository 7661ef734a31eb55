"""Write docs/reference/ from the code and the knowledge. `make docs` runs it; a test fails when the pages are stale."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tools.reference_schemas import assessment_schema, case_schema, simulation_schema

from unclench.cli.grammar import parser
from unclench.cli.knowledge import stats
from unclench.knowledge import Finding, Knowledge, Rule
from unclench.logic import render

__all__ = ["FOLDER", "pages", "write"]

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"

_MADE = "<!-- Written by `make docs` from the code and the knowledge. Change those, not this page. -->"


def pages(knowledge: Knowledge) -> dict[str, str]:
    """Return file name to text of every page."""
    return {
        "README.md": _index(),
        "case.schema.json": _json(case_schema(knowledge)),
        "assessment.schema.json": _json(assessment_schema(knowledge)),
        "simulation.schema.json": _json(simulation_schema(knowledge)),
        "cli.md": _page(_cli_lines(parser())),
        "findings.md": _page(_findings_lines(knowledge)),
        "rules.md": _page(_rules_lines(knowledge)),
        "numbers.md": _page(_numbers_lines(knowledge)),
    }


def write(knowledge: Knowledge, folder: Path = FOLDER) -> list[str]:
    """Write the pages that changed, and return their names."""
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, text in pages(knowledge).items():
        place = folder / name
        if not place.exists() or place.read_text(encoding="utf-8") != text:
            place.write_text(text, encoding="utf-8")
            changed.append(name)
    return changed


def _index() -> str:
    return _page(
        [
            "# Reference",
            "",
            "- [cli.md](cli.md): the commands",
            "- [case.schema.json](case.schema.json): what goes in",
            "- [assessment.schema.json](assessment.schema.json): what `assess` gives",
            "- [simulation.schema.json](simulation.schema.json): what each line of `simulate` gives",
            "- [findings.md](findings.md): everything that can be asked, by screen",
            "- [rules.md](rules.md): every rule that decides urgency",
            "- [numbers.md](numbers.md): how many numbers are published, derived or judged",
        ]
    )


def _cli_lines(top: argparse.ArgumentParser) -> Iterator[str]:
    yield "# The `unclench` command"
    yield ""
    yield f"{top.description} {top.epilog}"
    yield ""
    yield "Exit status: 0 done, 1 a promise does not hold (`prove`, `whatif`) or a text is not whole (`coverage`), 2"
    yield "bad input, 3 a fault in Unclench or no way to write the answer. Results go to standard output, messages to"
    yield "standard error."
    yield ""
    yield "Cases are one JSON object, or one on each line (NDJSON). A bad record gets one message that names it and the"
    yield "mend; the others still run, and the status is 2."
    for names, one in _commands(top, ("unclench",)):
        yield ""
        yield f"## `{_usage(names, one)}`"
        yield ""
        summary = one.description or ""
        yield f"{summary[:1].upper()}{summary[1:]}."
        rows = [(f"`{_called(action)}`", _help(action)) for action in _arguments(one)]
        if rows:
            yield ""
            yield from _table(("argument", "meaning"), rows)


def _commands(
    parent: argparse.ArgumentParser, names: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], argparse.ArgumentParser]]:
    """Yield every command that runs by itself, with its names from the top."""
    for action in parent._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                inherited = [_called(one) for one in _arguments(child) if _has_subcommands(child)]
                below = (*names, name, *(f"[{one}]" for one in inherited))
                if not _has_subcommands(child):
                    yield below, child
                yield from _commands(child, below)


def _has_subcommands(one: argparse.ArgumentParser) -> bool:
    return any(isinstance(action, argparse._SubParsersAction) for action in one._actions)


def _arguments(one: argparse.ArgumentParser) -> list[argparse.Action]:
    special = (argparse._SubParsersAction, argparse._HelpAction, argparse._VersionAction)
    return [action for action in one._actions if not isinstance(action, special)]


def _usage(names: Sequence[str], one: argparse.ArgumentParser) -> str:
    parts = [_called(a) if a.required or not a.option_strings else f"[{_called(a)}]" for a in _arguments(one)]
    return " ".join([*names, *parts])


def _called(action: argparse.Action) -> str:
    value = "|".join(action.choices) if action.choices else str(action.metavar or action.dest.upper())
    if not action.option_strings:
        return value
    return action.option_strings[-1] + (f" {value}" if action.nargs != 0 else "")


def _help(action: argparse.Action) -> str:
    """Return what an argument means, its default filled in as the command's own help does."""
    return (action.help or "") % {"default": action.default}


def _findings_lines(knowledge: Knowledge) -> Iterator[str]:
    findings = knowledge.findings
    yield f"# The {len(findings)} findings"
    yield ""
    yield "Any boolean, choice, number or list of regions may also be `unsure`. What is left out is unknown, never no."
    yield "Danger signs are in **bold**: being there, they can only make the advice more urgent."
    left = dict(findings)
    for screen in knowledge.screens:
        shown = [left.pop(name) for name in screen.findings if name in left]
        title = knowledge.words("screens", screen.id, "title")
        yield from _findings_table(knowledge, f"{title} (`{screen.id}`, {screen.stage})", shown)
    alone = [one for one in left.values() if one.supplied_by == "person"]
    examined = [one for one in left.values() if one.supplied_by != "person"]
    yield from _findings_table(knowledge, "Asked alone", alone)
    yield from _findings_table(knowledge, "Only an examination or a device gives these", examined)


def _findings_table(knowledge: Knowledge, title: str, shown: Iterable[Finding]) -> Iterator[str]:
    rows = []
    for one in shown:
        name = f"**`{one.id}`**" if one.red_flag else f"`{one.id}`"
        question = knowledge.words("findings", one.id, "question")
        if one.only_if is not None:
            question += f" (Only if: `{render(one.only_if)}`)"
        rows.append((name, _allowed(one), question, knowledge.words("findings", one.id, "clinical")))
    if rows:
        yield ""
        yield f"## {title}"
        yield ""
        yield from _table(("id", "answers", "question", "clinical term"), rows)


def _allowed(one: Finding) -> str:
    match one.kind:
        case "boolean":
            return "yes, no"
        case "number":
            whole = "whole number" if one.integer else "number"
            return f"{whole} {one.minimum:g} to {one.maximum:g} {one.unit or ''}".strip()
        case "choice":
            return ", ".join(f"`{choice}`" for choice in one.choices)
        case "regions":
            return "list of: " + ", ".join(f"`{choice}`" for choice in one.choices)


def _rules_lines(knowledge: Knowledge) -> Iterator[str]:
    yield f"# The {len(knowledge.rules)} rules"
    yield ""
    yield "The most urgent rule that holds decides. While an emergency rule could still hold, the advice is at least"
    yield f"`{knowledge.model.open_emergency_floor.id}`. `code` is the row of the evidence table a rule stands for."
    yield "`unclench knowledge show ID` prints one with its wording and reasons."
    yield ""
    ordered = sorted(knowledge.rules, key=lambda one: (one.code, one.id))
    rows = [
        (
            f"`{rule.id}`",
            rule.code,
            f"`{rule.disposition.id}`" + (" (until known)" if rule.provisional else ""),
            f"`{rule.see}`",
            f"`{render(rule.when)}`",
            _cited(knowledge, rule),
        )
        for rule in ordered
    ]
    yield from _table(("rule", "code", "at least", "see", "when", "sources"), rows)


def _cited(knowledge: Knowledge, rule: Rule) -> str:
    said = []
    for ref in rule.sources:
        source = knowledge.sources.get(ref.id, {})
        name = ref.id if ref.is_judgement else source.get("cites_as") or source.get("title") or ref.id
        said.append(f"{name} {ref.at}".strip())
    return "; ".join(said) + (" (from memory)" if rule.from_memory else "")


def _numbers_lines(knowledge: Knowledge) -> Iterator[str]:
    yield "# The numbers, and where they come from"
    yield ""
    yield "Published: as a source gives it. Derived: worked out from published figures, the sum beside it. Judgement:"
    yield "nobody published it, so it is one of a few named strengths, with a wide range. `unclench knowledge stats`"
    yield "counts again."
    yield ""
    rows = [(name.replace("_", " "), str(count)) for name, count in stats(knowledge).items() if name != "pack"]
    yield from _table(("what", "how many"), rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in row) + " |"


def _page(lines: Iterable[str]) -> str:
    return "\n".join([_MADE, "", *lines]) + "\n"


def _json(schema: object) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    for changed in write(Knowledge.load()):
        print(f"docs/reference/{changed}")

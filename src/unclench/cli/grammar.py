"""The grammar of the `unclench` command: every command with its arguments and help."""

from __future__ import annotations

import argparse
import os
import sys

from unclench import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["parser"]


class _Help(argparse.HelpFormatter):
    """Finds out itself how wide the terminal is: `shutil`, which is asked otherwise, imports four compressors."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    """Return what `shutil.get_terminal_size` does."""
    wanted = os.environ.get("COLUMNS", "")
    if wanted.isdecimal() and int(wanted):
        return int(wanted)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return 80


class _NotAsked:
    """Takes the grammar of a command that does not run, and keeps nothing of it."""

    def __getattr__(self, _name: str) -> Callable[..., Any]:
        return lambda *_values, **_named: self


def parser(only: str | None = None) -> argparse.ArgumentParser:
    """Return the command-line grammar; command modules are not imported yet.

    Args:
        only: the command that runs, so that the others need not be made; all of them if it is none.
    """
    top = argparse.ArgumentParser(
        prog="unclench",
        formatter_class=_Help,
        description="Safe, checkable advice for a back that has seized up. It does not replace a clinician.",
        epilog="If you have new numbness between your legs, new trouble peeing or pooing, or chest pain: "
        "call your emergency number now.",
    )
    top.add_argument("--version", action="version", version=f"unclench {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, summary: str) -> Any:
        if only not in (None, name):
            return _NotAsked()
        made = commands.add_parser(name, help=summary, description=summary, formatter_class=_Help)
        made.set_defaults(module=name)
        return made

    command("check", "ask the questions here, and give advice")

    assess = command("assess", "assess a case that is written down: one JSON object, or one a line")
    assess.add_argument("case", help="file of cases; - for standard input")
    assess.add_argument("--format", choices=["json", "text"], default="json", help="json unless you say text")
    assess.add_argument(
        "--examination",
        action="store_true",
        help="a clinician answers: examinations not recorded yet are open questions",
    )

    simulate = command("simulate", "run the interview against each case, answering only what is asked")
    simulate.add_argument("cases", help="file of cases; - for standard input")
    simulate.add_argument(
        "--unstated",
        choices=["no", "unsure"],
        required=True,
        help="the answer to a question the case says nothing about",
    )
    simulate.add_argument("--transcript", action="store_true", help="also list what was asked and answered")

    reopen = command("open", "read the code from a handed-over sheet, and print its case for assess")
    reopen.add_argument("code", help="the code, spaces or not; - for standard input, where no process list shows it")

    medicine = command("medicine", "can I take this? Or, without a name, which medicines are known")
    medicine.add_argument("name", nargs="?", help="name on the pack; brands too")
    medicine.add_argument("--case", help="file with one case, whose answers count; - for standard input")
    medicine.add_argument(
        "--took",
        action="append",
        default=[],
        metavar="TEXT",
        help='taken in the last 24 hours, as "ibuprofen 400 mg x2, last 3 h ago, for 4 days"; may be repeated',
    )
    medicine.add_argument("--format", choices=["json", "text"], default="text", help="text unless you say json")

    treatments = command("treatments", "what works and what does not: every treatment side by side")
    treatments.add_argument(
        "--sort", default="worth", help="worth, certainty, cost, effort or name; the best first (%(default)s)"
    )
    treatments.add_argument("--track", help="only for one kind of trouble, such as back_spasm or night_cramp")
    treatments.add_argument("--kind", help="only one sort of treatment, such as medicine or activity")
    treatments.add_argument("--cost", help="only of one cost: none, low, medium or high")
    treatments.add_argument("--by", help="only what this one gives: self, pharmacist, clinician or specialist")
    treatments.add_argument("--verdict", help="only with one verdict, such as use or avoid")
    treatments.add_argument("--format", choices=["csv", "json", "text"], default="text", help="text unless you say so")

    findings = command("findings", "list all findings: id, type, allowed values, question")
    findings.add_argument("--format", choices=["json", "text"], default="text", help="text unless you say json")

    explain = command("explain", "show every rule and every sum behind an assessment")
    explain.add_argument("case", help="file of cases; - for standard input")
    explain.add_argument("--format", choices=["json", "text"], default="text", help="text unless you say json")

    plan = command("plan", "make the plan of a case: what to do now, next and later, and what was left out")
    plan.add_argument("case", help="file of cases; - for standard input")
    plan.add_argument("--track", help="a kind of plan other than the first that fits")
    plan.add_argument(
        "--format", choices=["json", "text", "pdf", "ics"], default="text", help="text unless you say another"
    )
    plan.add_argument("--out", help="file to write, needed for pdf and ics (a calendar file), which take one case")
    plan.add_argument("--start", metavar="DATE", help="first day of the calendar, as 2025-03-01 (default: today)")
    plan.add_argument("--locale", default="en", help="language of the words (%(default)s)")

    search = command("search", "find a page by everyday words, misspelt or not")
    search.add_argument("query", nargs="+", help='what you look for, as in: unclench search "numb leg"')
    search.add_argument("--limit", type=int, default=10, help="most pages to show (%(default)s)")
    search.add_argument("--format", choices=["json", "text"], default="text", help="text unless you say json")

    sensitivity = command("sensitivity", "how far each uncertain number could move the likeliest cause of a case")
    sensitivity.add_argument("case", help="file of cases; - for standard input")
    sensitivity.add_argument("--format", choices=["json", "text"], default="text", help="text unless you say json")

    audit = command("audit", "check a lay article: which sentences make known claims, and what is known of them")
    audit.add_argument("article", help="text or saved HTML page; - for standard input")
    audit.add_argument("--all", action="store_true", help="also list headings and questions, which claim nothing")
    audit.add_argument("--format", choices=["json", "text"], default="text", help="text unless you say json")

    prove = command("prove", "prove the safety promises over all rules and all answers, with two solvers")
    prove.add_argument("--folder", help="a knowledge folder or pack other than the built-in one")
    prove.add_argument("--only", help="only these, as P1,screens; then nothing is certified")
    prove.add_argument("--certificate", default=".cache/certificate.json", help="where to write it (%(default)s)")
    prove.add_argument("--cases", default=".cache/proof", help="folder for witnesses, counter-examples (%(default)s)")

    cohort = command("cohort", "assess everybody in a file: Parquet, CSV, NDJSON or Arrow, one row a person")
    cohort.add_argument(
        "source",
        metavar="IN",
        help="people; columns are named by finding id, empty = not asked; - = NDJSON piped in, always from the start",
    )
    cohort.add_argument("target", metavar="OUT", help="results, Parquet or NDJSON; a stopped run is taken up again")
    cohort.add_argument("--top", type=_count, default=5, help="causes to list for each person (%(default)s)")
    cohort.add_argument("--hash", action="store_true", help="add the result hash, a short name for each advice")
    cohort.add_argument("--part", type=_count, default=65_536, help="rows to do at a time, and to keep (%(default)s)")
    cohort.add_argument("--threads", type=_count, default=1, help="parts to work on at a time (%(default)s)")

    population = command("population", "draw synthetic people from the model of the pack; nobody in it exists")
    population.add_argument("--size", type=_count, required=True, help="how many people")
    population.add_argument("--seed", type=_seed, required=True, help="the same seed draws the same people")
    population.add_argument("--out", help="Parquet, Arrow or NDJSON file (default: NDJSON on standard output)")
    population.add_argument("--missing", type=_share, default=0.1, help="share of answers left open (%(default)s)")
    population.add_argument(
        "--unsure",
        type=_share,
        default=0.002,
        help='share of given answers that are "not sure"; a number is then left open (%(default)s)',
    )

    report = command("report", "is a population treated alike, do probabilities and ranges mean what they say")
    report.add_argument("--people", help="a file as cohort reads it, for fairness (default: synthetic people)")
    report.add_argument("--size", type=_count, default=10_000, help="synthetic people to draw (%(default)s)")
    report.add_argument("--seed", type=_seed, default=1, help="the same seed gives the same report (%(default)s)")
    report.add_argument("--interviews", type=_count, default=300, help="people to interview (%(default)s)")
    report.add_argument("--worlds", type=_count, default=25, help="worlds to hold the ranges against (%(default)s)")
    report.add_argument(
        "--only", action="append", choices=["fairness", "calibration", "ranges"], help="one part; may be repeated"
    )
    report.add_argument(
        "--format", choices=["html", "json", "markdown", "text"], default="text", help="text unless you say another"
    )
    report.add_argument("--out", help="file to write; with markdown its pictures go beside it")

    whatif = command("whatif", "change a number or a rule, put the same people through both packs, and see who moves")
    whatif.add_argument(
        "--change",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="as older_not_improving/older_age=55, RULE/when=..., RULE/disposition=urgent or RULE=off; may be repeated",
    )
    whatif.add_argument(
        "--names", nargs="?", const="", metavar="PART", help="list what can be changed, with its present value, and end"
    )
    whatif.add_argument("--people", metavar="FILE", help="people as cohort reads them (default: synthetic ones)")
    whatif.add_argument("--size", type=_count, default=100_000, help="how many synthetic people (%(default)s)")
    whatif.add_argument("--seed", type=_seed, default=1, help="the same seed draws the same people (%(default)s)")
    whatif.add_argument(
        "--ages", metavar="AGES", help="first age of each band, as 18,40,65 (default: bands of the pack)"
    )
    whatif.add_argument("--format", choices=["csv", "json", "text"], default="text", help="text unless you say so")
    whatif.add_argument("--picture", metavar="FILE.svg", help="also draw who moves")
    whatif.add_argument(
        "--examples", metavar="FOLDER", help="also write a few who move, and counter-examples, as cases"
    )
    whatif.add_argument("--save", metavar="FILE", help="also write the changed pack, for knowledge and prove --folder")
    whatif.add_argument("--folder", help="a knowledge folder other than the built-in one")
    whatif.add_argument("--no-vignettes", dest="vignettes", action="store_false", help="do not interview the vignettes")
    whatif.add_argument("--prove", metavar="PROMISES", help="only these safety promises, as P4,fits (default: all)")
    whatif.add_argument("--no-proofs", dest="proofs", action="store_false", help="do not prove the safety promises")

    knowledge = command("knowledge", "check and look into the knowledge")
    knowledge.add_argument("--folder", help="a knowledge folder or pack other than the built-in one")
    whats = knowledge.add_subparsers(dest="what", required=True, metavar="WHAT")

    def what(name: str, summary: str) -> Any:
        return whats.add_parser(name, help=summary, description=summary, formatter_class=_Help)

    what("check", "check every record; list all problems")
    show = what("show", "show one record with its words and sources")
    show.add_argument("id", help="id of a finding, rule, cause, source or any other record")
    graph = what("graph", "show what rests on what, as a Graphviz graph")
    graph.add_argument("id", help="id of the record in the middle of the graph")
    stats = what("stats", "count records, and how many numbers are published, derived or judged")
    stats.add_argument("--format", choices=["json", "text"], default="text", help="text unless you say json")
    numbers = what("numbers", "list every number with its range, basis and sources")
    numbers.add_argument("--kind", default="", help="only one kind, such as prior, likelihood_ratio, effect or dose")
    numbers.add_argument("--basis", default="", help="only what is published, derived, judgement or unknown")
    numbers.add_argument("--source", default="", help="only what rests on this source")
    numbers.add_argument("--record", default="", help="only the numbers of this record")
    numbers.add_argument("--format", choices=["csv", "json"], default="csv", help="csv unless you say json")
    covered = what("coverage", "count sentences and claims of each audited lay article; status 1 if one is not mapped")
    covered.add_argument("--format", choices=["json", "text"], default="text", help="text unless you say json")
    return top if commands.choices else parser()


def _count(text: str) -> int:
    return _whole(text, least=1)


def _seed(text: str) -> int:
    return _whole(text, least=0)


def _whole(text: str, *, least: int) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least {least}")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 1")
    return share

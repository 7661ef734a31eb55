"""`unclench plan`: what somebody can do now, next and later, for cases that are written down."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

from unclench.cli.output import write_whole
from unclench.cli.records import cases
from unclench.cli.terminal import wrapped
from unclench.errors import UnclenchError, near_match
from unclench.knowledge import Knowledge
from unclench.reasoning import assess, make_plan

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping
    from typing import Any

    from unclench.reasoning.plan import Plan

__all__ = ["run"]

_MOST_QUESTIONS = 8


def run(options: argparse.Namespace) -> int:
    """Plan for every record; report each bad one on standard error and go on. Return 2 if there was any."""
    knowledge = Knowledge.load()
    locales = list(knowledge.data["wording"])
    if options.locale not in locales:
        hint = near_match(options.locale, locales)
        raise UnclenchError(f'"{options.locale}" is no language of the wording.{hint} There are: {", ".join(locales)}.')
    many, records = cases(options.case, knowledge)
    if options.format in ("pdf", "ics") and (many or not options.out):
        list(records)  # to its end, so that the file is closed
        raise UnclenchError(f"--format {options.format} takes one case, and --out FILE to write to.")
    good = bad = 0
    for record in records:
        try:
            if record.case is None:
                raise UnclenchError(str(record.error))
            plan = make_plan(knowledge, assess(knowledge, record.case), track=options.track)
        except UnclenchError as error:
            print(f"unclench: {error}", file=sys.stderr)
            bad += 1
            continue
        if options.format in ("pdf", "ics"):
            write_whole(Path(options.out), _document(plan, options))
            good += 1
            continue
        data = plan.to_data(options.locale)
        if options.format == "json":
            print(json.dumps(data, ensure_ascii=False, indent=None if many else 2))
        else:
            named = f"{record.place}{f', case {plan.case.id}' if plan.case.id else ''}\n" if many else ""
            print(("\n" if good else "") + named + "\n".join(_lines(data)))
        good += 1
    if many and bad:
        print(f"unclench: {good} planned, {bad} not; the lines above say why.", file=sys.stderr)
    return 2 if bad else 0


def _document(plan: Plan, options: argparse.Namespace) -> bytes:
    """Return the plan as a file to keep."""
    # Neither is needed for a plan on the screen, and both take their time to load.
    from unclench.handover.calendar import plan_calendar
    from unclench.handover.plan_pdf import plan_pdf

    if options.format == "pdf":
        return plan_pdf(plan, locale=options.locale)
    try:
        start = date.fromisoformat(options.start) if options.start else date.today()
    except ValueError:
        raise UnclenchError(f'"{options.start}" is no date. Write it as 2025-03-01.') from None
    return plan_calendar(plan, start=start, locale=options.locale)


def _lines(plan: Mapping[str, Any]) -> Iterator[str]:
    track, refusal = plan["track"], plan["refusal"]
    yield f"YOUR PLAN: {track['name']}" if track else "NO PLAN"
    if refusal:
        yield wrapped(refusal["text"])
        if plan["see"]:
            yield wrapped(f"Whom to see: {plan['see']['name']}. {plan['see']['how']}")
    else:
        yield wrapped(track["summary"])
        if plan["waiting"]:
            yield wrapped(f"{plan['waiting']} Whom to see: {plan['see']['name']}.")
    told: set[str] = set()
    for phase in plan["phases"]:
        yield from _phase(phase, told)
    if plan["phases"]:
        yield "\nWHEN TO STOP"
        yield wrapped(plan["when_to_stop"], "  ")
    if plan["left_out"]:
        yield "\nLEFT OUT, AND WHY"
        for one in plan["left_out"]:
            if one["kind"] == "treatment":
                yield wrapped(" ".join([f"{one['name']}: {one['text']}", *one["because"]]), "  ")
    if plan["open"]:
        yield "\nQUESTIONS STILL OPEN (an answer could let more into the plan)"
        for one in plan["open"][:_MOST_QUESTIONS]:
            yield wrapped(f"{one['finding']}: {one['question']}", "  ")
        if len(plan["open"]) > _MOST_QUESTIONS:
            yield wrapped(f"and {len(plan['open']) - _MOST_QUESTIONS} more; --format json lists them all.", "  ")
    if plan["also"]:
        yield "\nALSO FITTING (choose it with --track)"
        for one in plan["also"]:
            yield wrapped(f"{one['id']}: {one['name']}", "  ")
    yield "\n" + wrapped(plan["limits"])
    yield f"pack {plan['pack'][:19]}"


def _phase(phase: Mapping[str, Any], told: set[str]) -> Iterator[str]:
    """Yield one phase; what an earlier phase has told in full is only named, with its dose."""
    yield f"\n{phase['name'].upper()} ({'you are here' if phase['now'] else phase['when']})"
    yield wrapped(phase["summary"], "  ")
    for place, action in enumerate(phase["actions"], 1):
        yield from _action(f"{place}.", action, told)
    if phase["flares"]:
        yield "  If it flares up:"
        for action in phase["flares"]:
            yield from _action("-", action, told)
    if phase["drills"]:
        yield f"  {_daily(phase)}:"
        for drill in phase["drills"]:
            yield wrapped(" ".join([f"- {drill['name']}:", *drill["dose"]["text"], drill["start_when"]]), "     ")
    for heading, name in (("Go on when", "progress"), ("Step back when", "regress")):
        yield wrapped(" ".join([f"{heading}:", *(one["text"] for one in phase[name])]), "  ")


def _daily(phase: Mapping[str, Any]) -> str:
    minutes = phase["minutes_a_day"]
    if not minutes:
        return "Exercises that go along with your day"
    about = f"Exercises, about {minutes} minute{'' if minutes == 1 else 's'} a day"
    return f"{about}, walking and other everyday movement not counted" if phase["goes_along"] else about


def _action(mark: str, action: Mapping[str, Any], told: set[str]) -> Iterator[str]:
    medicine = action["medicine"]
    dose = action["dose"]["text"] if action["dose"] else ""
    if medicine and medicine["dose"]:
        dose = " ".join([f"{medicine['name']}.", *medicine["dose"]["text"]])
    yield wrapped(f"{mark} {action['name']}. {dose}", "  ")
    if action["id"] in told:
        return
    told.add(action["id"])
    yield wrapped(f"How: {action['how']}", "     ")
    yield wrapped(f"Why: {action['why']} {action['fits']['text'] if action['fits']['facts'] else ''}", "     ")
    yield wrapped(f"Expect: {action['expect']} ({action['grade']['name']})", "     ")
    yield wrapped(f"Harm: {action['harm']}", "     ")
    for caution in action["cautions"]:
        yield wrapped(f"Take care: {caution['text']}", "     ")
    yield wrapped(action["stop"], "     ")

"""Plan for every vignette; print how many plans differ and why. `--write` renews docs/explanation/plans.md."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from unclench.knowledge import Knowledge
from unclench.knowledge.vignettes import read_vignettes
from unclench.reasoning import Case, Plan, assess, make_plan
from unclench.reasoning.plan import Action, Drill

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "explanation" / "plans.md"
_MOST_FACTS = 15


def plans(knowledge: Knowledge) -> list[Plan]:
    """Return the plan of each vignette; what it leaves open is answered no, as at the end of an interview."""
    no = {f.id: False for f in knowledge.findings.values() if f.kind == "boolean" and f.supplied_by == "person"}
    made = []
    for one in read_vignettes(ROOT / "knowledge"):
        told = Case.from_data(one.case, knowledge, record=one.id)
        made.append(make_plan(knowledge, assess(knowledge, Case(told.id, {**no, **told.answers}))))
    return made


def contents(plan: Plan) -> tuple[object, ...]:
    """Return what a plan holds, without its words: two plans with the same contents tell the same things to do."""

    def acts(actions: Iterable[Action]) -> tuple[object, ...]:
        return tuple((a.treatment.id, a.medicine.medicine.id if a.medicine and a.medicine.medicine else None,
                      tuple(limit.id for limit in a.cautions)) for a in actions)  # fmt: skip

    def sets(drills: Iterable[Drill]) -> tuple[str, ...]:
        return tuple(drill.exercise.id for drill in drills)

    track = plan.track.id if plan.track else None
    phases = tuple((p.phase.id, acts(p.actions), acts(p.flares), sets(p.drills)) for p in plan.phases)
    return track, plan.waiting, phases


def deciding(plan: Plan) -> set[str]:
    """Return the answers that keep something out of a plan or let something in that not everybody gets."""
    knowledge, found = plan.knowledge, set[str]()
    for one in plan.left_out:
        if one.reason in ("contraindicated", "unwanted"):
            for node in one.rests_on:
                found |= {f for f in knowledge.mentions(node) if plan.answers.get(f) is True}
        for advice in one.advice:
            found |= {f for r in advice.reasons for f in r.findings if r.action in ("avoid", "caution")}
        if one.reason == "too_sore":
            found.add(knowledge.plan_model.pain)
    for phase in plan.phases:
        for action in phase.actions:
            indication = action.treatment.indication
            if indication is not None:
                found |= {f for f in knowledge.mentions(indication) if plan.answers.get(f) not in (None, False)}
    return found


def report(knowledge: Knowledge) -> str:
    """Return the report as Markdown."""
    made = plans(knowledge)
    given = [one for one in made if one.refusal is None]
    refused = Counter(one.refusal for one in made if one.refusal is not None)
    distinct = Counter(map(contents, given))
    lines = ["| | count |", "|---|---|"]
    lines += [f"| vignettes | {len(made)} |"]
    lines += [f"| no plan: {name} | {count} |" for name, count in sorted(refused.items())]
    lines += [f"| plans | {len(given)} |", f"| distinct plans | {len(distinct)} |"]
    lines += [f"| people who share a plan with the most others | {max(distinct.values(), default=0)} |"]
    tracks = Counter(one.track.id for one in given if one.track)
    lines += [f"| plans of kind {name} | {count} |" for name, count in tracks.most_common()]
    starts = Counter(one.phases[0].phase.id for one in given if one.phases)
    lines += [f"| plans that begin in {name} | {count} |" for name, count in starts.most_common()]
    lines += [f"| plans that only bridge the time to an appointment | {sum(one.waiting for one in given)} |"]
    facts = Counter(finding for one in given for finding in deciding(one))
    lines += ["", "Answers that kept something out or let something in, and in how many plans:", ""]
    for name, count in facts.most_common(_MOST_FACTS):
        lines.append(f"- {knowledge.words('findings', name, 'label')} (`{name}`): {count}")
    reasons = Counter(out.reason for one in given for out in one.left_out)
    lines += ["", "Reasons for what was left out, over all plans:", ""]
    lines += [f"- {name}: {count}" for name, count in reasons.most_common()]
    lines.append("")
    return "\n".join([*lines, f"Pack `{knowledge.hash}`."])


def main(arguments: list[str]) -> int:
    """Print the report; with `--write` also renew the figures of docs/explanation/plans.md."""
    text = report(Knowledge.load())
    print(text)
    if "--write" in arguments:
        head, mark, _ = PAGE.read_text(encoding="utf-8").partition("<!-- figures -->")
        PAGE.write_text(f"{head}{mark}\n\n{text}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

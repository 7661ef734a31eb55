"""What does a plan cost, beside the assessment it follows? And its PDF, beside the sheet of the advice?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

from benchmarks.measure import Row, in_turns
from unclench.handover.pdf import pdf
from unclench.handover.plan_pdf import plan_pdf
from unclench.knowledge import Knowledge
from unclench.knowledge.vignettes import read_vignettes
from unclench.reasoning import Case, assess, make_plan

__all__ = ["measure"]

_FOLDER = Path(__file__).resolve().parents[1] / "knowledge"


def measure(knowledge: Knowledge) -> Iterator[Row]:
    """Yield what a plan takes, over the vignettes that get one; each run takes the next person.

    The fullest plans are those of people who answered everything, so what a vignette leaves open is answered no.
    """
    no = {f.id: False for f in knowledge.findings.values() if f.kind == "boolean" and f.supplied_by == "person"}
    told = [Case.from_data(one.case, knowledge) for one in read_vignettes(_FOLDER)]
    done = [assess(knowledge, Case(None, {**no, **case.answers})) for case in told]
    planned = [one for one in done if make_plan(knowledge, one).refusal is None]
    turns = {name: cycle(planned) for name in ("plan", "words", "assess")}
    times = in_turns(
        {
            "plan": lambda: make_plan(knowledge, next(turns["plan"])),
            "words": lambda: make_plan(knowledge, next(turns["words"])).to_data(),
            "assess": lambda: assess(knowledge, next(turns["assess"]).case),
        },
        repeats=5 * len(planned),
    )
    yield Row(f"plan ({len(planned)} vignettes)", times["plan"], "s", "assess", times["assess"])
    one = planned[0]
    plan = make_plan(knowledge, one)
    sheets = in_turns({"plan": lambda: plan_pdf(plan), "advice": lambda: pdf(one)}, repeats=10)
    yield Row("PDF of a plan, figures drawn before", sheets["plan"], "s", "PDF of the advice", sheets["advice"])
    yield Row(f"plan with its words ({len(planned)} vignettes)", times["words"], "s", "assess", times["assess"])

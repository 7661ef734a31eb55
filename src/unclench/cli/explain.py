"""`unclench explain`: every rule and every sum behind an assessment."""

from __future__ import annotations

import json
import math

from unclench.cli.records import for_each_case
from unclench.knowledge import Knowledge
from unclench.reasoning import Case, explain

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping
    from typing import Any

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Explain every record; report each bad one on standard error and go on. Return 2 if there was any."""
    knowledge = Knowledge.load()

    def show(case: Case, _many: bool) -> None:
        trace = explain(knowledge, case)
        if options.format == "json":
            print(json.dumps(trace, ensure_ascii=False, indent=2))
        else:
            print("\n".join(_lines(trace)))

    return for_each_case(options.case, knowledge, show)


def _lines(trace: Mapping[str, Any]) -> Iterator[str]:
    advice = trace["assessment"]
    yield f"{advice['disposition']}  (at least {advice['at_least']}, at most {advice['at_most']})"
    for truth, heading in (("true", "Rules that hold"), ("unknown", "Rules still open")):
        yield f"\n{heading}"
        for rule in trace["rules"]:
            if rule["truth"] == truth:
                yield f"  {rule['disposition']:<10} {rule['rule']}: {rule['when']}"
                named = rule["facts"] if truth == "true" else rule["waits_for"]
                if named:
                    yield f"             {'rests on' if truth == 'true' else 'waits for'} {', '.join(named)}"
    false = sum(rule["truth"] == "false" for rule in trace["rules"])
    yield f"\n{false} rules do not hold.\n\nCauses: prior x product of ratios, normalised"
    for one in trace["sums"][:8]:
        yield f"  {one['probability']:8.4%}  {one['cause']}: prior {math.exp(one['log_prior']):.3g}"
        for term in one["terms"]:
            holds = "" if term["holds"] else "not: "
            yield f"             x {math.exp(term['log_odds']):<7.3g} {holds}{term['when']} [{term['basis']}]"
    yield f"\npack {advice['pack']}"

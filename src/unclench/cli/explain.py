"""`unclench explain`: every rule and every sum behind an assessment."""

from __future__ import annotations

import argparse
import json
import math

from unclench.cli.records import cases
from unclench.knowledge import Knowledge
from unclench.reasoning import explain

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Explain each case; a bad record ends it with status 2."""
    knowledge = Knowledge.load()
    _, records = cases(options.case, knowledge)
    for record in records:
        if record.case is None:
            assert record.error is not None
            raise record.error
        trace = explain(knowledge, record.case)
        if options.format == "json":
            print(json.dumps(trace, ensure_ascii=False, indent=2))
            continue
        advice = trace["assessment"]
        print(f"{advice['disposition']}  (at least {advice['at_least']}, at most {advice['at_most']})")
        for truth, heading in (("true", "Rules that hold"), ("unknown", "Rules still open")):
            print(f"\n{heading}")
            for rule in trace["rules"]:
                if rule["truth"] == truth:
                    print(f"  {rule['disposition']:<10} {rule['rule']}: {rule['when']}")
                    named = rule["facts"] if truth == "true" else rule["waits_for"]
                    if named:
                        print(f"             {'rests on' if truth == 'true' else 'waits for'} {', '.join(named)}")
        false = sum(rule["truth"] == "false" for rule in trace["rules"])
        print(f"\n{false} rules do not hold.\n\nCauses: prior x product of ratios, normalised")
        for one in trace["sums"][:8]:
            print(f"  {one['probability']:8.4%}  {one['cause']}: prior {math.exp(one['log_prior']):.3g}")
            for term in one["terms"]:
                holds = "" if term["holds"] else "not: "
                print(f"             x {math.exp(term['log_odds']):<7.3g} {holds}{term['when']} [{term['basis']}]")
        print(f"\npack {advice['pack']}")
    return 0

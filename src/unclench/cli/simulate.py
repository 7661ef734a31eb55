"""`unclench simulate`: the interview run against written cases, answering only what is asked."""

from __future__ import annotations

import json

from unclench.cli.records import for_each_case
from unclench.knowledge import Knowledge
from unclench.reasoning.simulation import interview

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from unclench.reasoning import Case

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Interview every case; print one JSON object a line. Return 2 if a record was bad."""
    knowledge = Knowledge.load()

    def show(case: Case, _many: bool) -> None:
        done = interview(knowledge, case, unstated=options.unstated)
        data = done.result.to_data() | {
            "questions": done.questions,
            "findings_gained": done.gained,
            "asked": [question.id for question, _ in done.asked],
        }
        if options.transcript:
            data["transcript"] = [
                {
                    "question": question.id,
                    "purpose": question.purpose,
                    "answers": {k: _plain(v) for k, v in given.items()},
                }
                for question, given in done.asked
            ]
        print(json.dumps(data, ensure_ascii=False))

    return for_each_case(options.cases, knowledge, show)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value

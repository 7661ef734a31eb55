"""How good the advice is, counted: the counting itself."""

from __future__ import annotations

import pytest

from people import EMERGENCY, SEIZED_BACK
from unclench.knowledge import Disposition, Knowledge
from unclench.reasoning import Case
from unclench.reasoning.validation import Share, Vignette, measure, run, wilson


def test_measures_count_what_they_say(knowledge: Knowledge) -> None:
    strain, numb = (Case.from_data(person, knowledge) for person in (SEIZED_BACK, EMERGENCY))
    done = run(
        knowledge,
        [
            Vignette("right", strain, Disposition.SELF_CARE, ("nonspecific_back_pain",)),
            Vignette("too low", strain, Disposition.EMERGENCY, ("tetanus",)),
            Vignette("too high", numb, Disposition.ROUTINE, ("cauda_equina_syndrome",)),
        ],
    )
    found = measure(done)
    counts = {name: value.count for name, value in found.items() if isinstance(value, Share)}
    assert counts["exact triage"] == 1
    assert counts["under-triage"] == 1
    assert counts["over-triage"] == 1
    assert counts["safe urgency"] == 2
    assert counts["emergencies below same day"] == 1
    assert counts["self-care called self-care"] == 1
    assert [one.gap for one in done] == [0, -4, 3]
    assert done[0].rank() == 1


def test_the_interval_holds_the_share_and_narrows_with_more_people() -> None:
    small, large = wilson(7, 10), wilson(700, 1000)
    assert small[0] < 0.7 < small[1]
    assert large[1] - large[0] < small[1] - small[0]
    assert wilson(0, 10)[0] == pytest.approx(0)
    assert wilson(10, 10)[1] == pytest.approx(1)

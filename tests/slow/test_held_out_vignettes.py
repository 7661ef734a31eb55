"""The advice on people nobody looked at while mending the knowledge. Figures: docs/explanation/vignettes.md."""

from __future__ import annotations

import pytest
from tools.vignette_report import outcomes

from unclench.knowledge import Disposition, Knowledge
from unclench.reasoning.validation import Share, measure

pytestmark = [pytest.mark.slow, pytest.mark.sample]


def test_people_nobody_looked_at_get_safe_advice_too(knowledge: Knowledge) -> None:
    done = outcomes(knowledge, held_out=True)
    assert len(done) >= 100
    missed = [
        one.vignette.id
        for one in done
        if one.vignette.disposition is Disposition.EMERGENCY and one.interview.result.disposition < Disposition.SAME_DAY
    ]
    assert missed == []
    safe, home, causes = (
        measure(done)[name] for name in ("safe urgency", "self-care called self-care", "right cause in the first three")
    )
    assert isinstance(safe, Share)
    assert isinstance(home, Share)
    assert isinstance(causes, Share)
    assert safe.value >= 0.97
    assert home.value >= 0.60
    assert causes.value >= 0.82

"""The page that says what is proved never says more than the certificate."""

from __future__ import annotations

from typing import Any

import pytest

from shells.web.visitor import Visitor
from unclench.proof.properties import PROPERTIES
from unclench.web.pack import knowledge
from unclench.web.views import proofs


def test_each_promise_has_lay_words_and_reports_have_none() -> None:
    promises = {one.id for one in PROPERTIES if one.kind not in ("report", "boundary")}
    assert set(proofs.PROMISES) == promises


def test_the_page_tells_each_verdict_and_the_pack(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    verdicts = {"P1": "proved", "P10": "tested", "P5": "not yet applicable", "rivals": "told"}
    monkeypatch.setattr(proofs, "shipped", lambda pack: _certificate(pack.hash, verdicts))
    visitor.get("/proof/")
    assert visitor.html.count("<tr>") == 4  # a head and three promises; what is only told is not a promise
    assert visitor.html.count("<strong>Proved</strong>") == 1
    assert "Tested, not proved" in visitor.html
    assert knowledge().hash in visitor.html


def test_without_a_certificate_the_page_claims_nothing(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "shipped", lambda pack: None)
    visitor.get("/proof/")
    assert "There is no proof for the rules on this server." in visitor.html
    assert "<table" not in visitor.html
    assert "<strong>Proved" not in visitor.html


def _certificate(pack: str, verdicts: dict[str, str]) -> dict[str, Any]:
    said = [{"id": name, "verdict": verdict} for name, verdict in verdicts.items()]
    return {
        "pack": pack, "version": "1", "rules": 145, "findings": 204, "answer_sets_power_of_ten": 155,
        "solvers": {"z3": "1", "cvc5": "2"}, "properties": said,
    }  # fmt: skip

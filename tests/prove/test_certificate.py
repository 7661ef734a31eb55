"""The certificate that is shipped is about the pack of this checkout, and is never shown for another."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from unclench.knowledge import Knowledge
from unclench.proof import certificate
from unclench.proof.properties import PROPERTIES


@pytest.fixture
def written() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(certificate.SHIPPED.read_text(encoding="utf-8"))
    return data


def test_the_shipped_certificate_is_about_this_pack(knowledge: Knowledge, written: dict[str, Any]) -> None:
    assert written["pack"] == knowledge.hash, "the knowledge changed after the last proof: run make prove"
    assert written["holds"] is True
    assert [one["id"] for one in written["properties"]] == [one.id for one in PROPERTIES]
    assert certificate.shipped(knowledge) == written


def test_a_certificate_is_never_shown_for_another_pack(knowledge: Knowledge) -> None:
    other = copy.copy(knowledge)
    other.hash = "sha256:" + "0" * 64
    assert certificate.shipped(other) is None


@pytest.mark.parametrize("broken", ["missing", "torn", "refuted"])
def test_no_certificate_is_said_rather_than_guessed(
    broken: str, knowledge: Knowledge, written: dict[str, Any], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "certificate.json"
    if broken == "torn":
        file.write_text('{"pack":')
    elif broken == "refuted":
        file.write_text(json.dumps({**written, "holds": False}))
    monkeypatch.setattr(certificate, "SHIPPED", file)
    certificate._read.cache_clear()
    try:
        assert certificate.shipped(knowledge) is None
    finally:
        certificate._read.cache_clear()

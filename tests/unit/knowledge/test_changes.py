"""The list of changes: each entry has a day and names records that are there; a record's page can tell its history."""

from __future__ import annotations

from datetime import date

import pytest

from unclench.knowledge import Knowledge
from unclench.knowledge.changes import FILE, FOLDERS
from unclench.knowledge.compile import serialise
from unclench.knowledge.learning_records import history_of
from unit.knowledge.planting import Planting

HEAD = "# Changes\n\n## 0.2.0\n\nMore.\n\n"
FORM = "Write `- 2026-11-21 [causes/sciatica, wording] What changed, and who is affected.`"


def problem(planting: Planting, entry: str) -> str:
    planting.write(FILE, HEAD + entry + "\n")
    (found,) = planting.problems()
    return found


@pytest.mark.parametrize(
    ("entry", "wanted"),
    [
        ("- Something changed.", f"an entry starts with its day and the records it concerns. {FORM}"),
        ("- 2026-11-21 Something changed.", f"an entry starts with its day and the records it concerns. {FORM}"),
        ("- 2026-02-30 [wording] Changed.", "there is no day 2026-02-30. Mend it."),
        (
            "- 2026-11-21 [findings/fevr] Changed.",
            'there is no record "findings/fevr". Did you mean "fever"? Name a record that is there; one that was taken '
            "out is told in the text only.",
        ),
        ("- 2026-11-21 [cause/fever] Changed.", f'"cause/fever" is no record. Did you mean "causes"? {FORM}'),
        ("- 2026-11-21 [] Changed.", f'"" is no record. {FORM}'),
        (
            "- 2026-11-21 [causes] Changed.",
            '"causes" names no record. Write `causes/ID`, or `causes/*` for all of them.',
        ),
    ],
)
def test_an_entry_that_cannot_be_placed_is_refused_with_its_line(planting: Planting, entry: str, wanted: str) -> None:
    assert problem(planting, entry) == f"{FILE}:7: {wanted}"


def test_the_newest_entry_stands_first(planting: Planting) -> None:
    planting.write(FILE, HEAD + "- 2026-11-21 [wording] Old.\n- 2026-11-22 [wording] New.\n")
    assert planting.problems() == (f"{FILE}:8: the newest entry stands first. Move this one up.",)


def test_an_entry_over_several_lines_is_one_text(planting: Planting) -> None:
    planting.write(
        FILE, HEAD + "- 2026-11-21 [findings/fever,\n  +causes/pneumonia_pleurisy] **Two** lines\n  of `text`.\n"
    )
    (version,) = Knowledge(serialise(planting.compile())).versions
    assert version.name == "0.2.0"
    assert version.about == ("More.",)
    (entry,) = version.entries
    assert entry.on == date(2026, 11, 21)
    assert entry.text == "Two lines of text."
    assert entry.records == (("findings", "fever"), ("causes", "pneumonia_pleurisy"))
    assert entry.first == (("causes", "pneumonia_pleurisy"),)


def test_a_record_has_its_own_entries_and_those_of_its_kind_since_it_was_there(planting: Planting) -> None:
    planting.write(
        FILE,
        HEAD
        + "- 2026-11-24 [causes/*] All.\n- 2026-11-23 [+causes/heat_illness] New.\n"
        + "- 2026-11-22 [findings/fever] Other.\n- 2026-11-21 [+causes/*] First.\n",
    )
    versions = Knowledge(serialise(planting.compile())).versions
    assert [one.text for one in history_of(versions, "causes", "heat_illness")] == ["All.", "New."]
    assert [one.text for one in history_of(versions, "causes", "tetanus")] == ["All.", "First."]
    assert [one.text for one in history_of(versions, "findings", "fever")] == ["Other."]
    assert history_of(versions, "findings", "age") == ()


def test_every_kind_that_can_be_named_is_a_kind_that_is_there(planting: Planting) -> None:
    entries = [f"- 2026-11-21 [{folder}/nothing_of_the_kind] Changed." for folder in FOLDERS]
    planting.write(FILE, HEAD + "\n".join(entries) + "\n")
    found = planting.problems()
    assert len(found) == len(FOLDERS)
    for folder in FOLDERS:
        assert any(f'there is no record "{folder}/nothing_of_the_kind".' in one for one in found), folder

"""`unclench knowledge`: check, show, graph and stats."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from shells.cli.running import here, unclench
from unclench import Knowledge
from unclench.cli.knowledge import graph, show, stats
from unclench.errors import UnclenchError

FOLDER = Path(__file__).resolve().parents[3] / "knowledge"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of knowledge/ that may be broken."""
    return Path(shutil.copytree(FOLDER, tmp_path / "knowledge"))


def ids_of(knowledge: Knowledge) -> list[str]:
    data = knowledge.data
    listed = ("findings", "screens", "rules", "causes", "contributors", "events", "strata", "exercises")
    found = [record["id"] for kind in listed for record in data[kind]]
    return [*found, *data["sources"], *data["predicates"]]


def test_check_counts_what_is_in_order() -> None:
    ran = unclench("knowledge", "check")
    knowledge = Knowledge.load()
    assert (ran.status, ran.err) == (0, "")
    assert f"All records are in order: {len(knowledge.rules)} rules, {len(knowledge.findings)} findings" in ran.out
    assert f"pack {knowledge.hash}" in ran.out


def test_check_names_every_problem_with_file_and_line(copy: Path) -> None:
    rule = copy / "red_flags" / "saddle_numbness_new.yaml"
    text = rule.read_text(encoding="utf-8")
    rule.write_text(text.replace("when: saddle_numbness", "when: saddle_numbnes"), encoding="utf-8")
    (copy / "screens.yaml").write_text("- {id: nerves, stage: dangr, findings: [fever]}\n", encoding="utf-8")
    ran = here("knowledge", "--folder", str(copy), "check")
    assert (ran.status, ran.out) == (2, "")
    assert re.search(r"^red_flags/saddle_numbness_new\.yaml:\d+: .*saddle_numbnes", ran.err, re.MULTILINE)
    assert re.search(r"^screens\.yaml:1: .*dangr", ran.err, re.MULTILINE)


def test_check_accepts_another_folder(copy: Path) -> None:
    ran = here("knowledge", "--folder", str(copy), "check")
    assert (ran.status, ran.err) == (0, "")
    assert Knowledge.load().hash in ran.out


@pytest.mark.parametrize("what", [["check"], ["stats"], ["show", "fever"]])
def test_a_folder_that_is_not_there_is_named(what: list[str], tmp_path: Path) -> None:
    ran = here("knowledge", "--folder", str(tmp_path / "none"), *what)
    assert (ran.status, ran.out) == (2, "")
    assert "none" in ran.err


def test_a_folder_without_knowledge_is_named(tmp_path: Path) -> None:
    ran = here("knowledge", "--folder", str(tmp_path), "check")
    assert (ran.status, ran.out) == (2, "")
    assert "holds no model.yaml" in ran.err


def test_a_file_that_is_no_pack_is_named(tmp_path: Path) -> None:
    place = tmp_path / "pack.json"
    for text in ("", "{broken", '{"format": 99}'):
        place.write_text(text)
        ran = here("knowledge", "--folder", str(place), "stats")
        assert (ran.status, ran.out) == (2, "")


def test_show_gives_a_rule_with_its_words_and_its_expression_as_text() -> None:
    ran = here("knowledge", "show", "saddle_numbness_new")
    assert (ran.status, ran.err) == (0, "")
    assert ran.json["rules"]["when"] == "saddle_numbness"
    assert ran.json["rules"]["disposition"] == "emergency"
    assert ran.json["rules"]["words"]["because"]


def test_show_says_what_rests_on_a_source() -> None:
    knowledge = Knowledge.load()
    source = next(ref.id for rule in knowledge.rules for ref in rule.sources if not ref.is_judgement)
    rules = [rule.id for rule in knowledge.rules if source in [ref.id for ref in rule.sources]]
    assert {f"rules: {rule}" for rule in rules} <= set(show(knowledge, source)["sources"]["rests_on_it"])


@pytest.mark.parametrize("what", ["show", "graph"])
def test_an_unknown_id_gets_its_near_match(what: str) -> None:
    ran = here("knowledge", what, "saddle_numbnes")
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith('unclench: "saddle_numbnes" is no record. Did you mean "saddle_numbness"?')


def test_an_id_like_no_other_is_named_without_a_guess() -> None:
    with pytest.raises(UnclenchError, match=r'"qqqq" is no record\. See'):
        show(Knowledge.load(), "qqqq")


def test_graph_shows_what_a_rule_rests_on_and_points_to() -> None:
    ran = here("knowledge", "graph", "saddle_numbness_new")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("digraph unclench {\n")
    assert ran.out.endswith("}\n")
    assert '  "saddle_numbness" -> "saddle_numbness_new";' in ran.out
    assert '  "saddle_numbness_new" -> "cauda_equina_syndrome";' in ran.out


def test_every_record_can_be_shown_and_drawn() -> None:
    knowledge = Knowledge.load()
    for name in ids_of(knowledge):
        assert show(knowledge, name)
        first, *_, last = graph(knowledge, name)
        assert (first, last) == ("digraph unclench {", "}")


def test_whatever_is_weighed_or_asked_is_connected() -> None:
    knowledge = Knowledge.load()
    names = [rule.id for rule in knowledge.rules]
    names += [*knowledge.causes, *knowledge.contributors, *knowledge.events, *knowledge.evaluate.predicates]
    names += [screen.id for screen in knowledge.screens]
    assert [name for name in names if not any("->" in line for line in graph(knowledge, name))] == []


def test_show_gives_an_exercise_with_its_words_and_whom_it_is_not_for(knowledge: Knowledge) -> None:
    shown = show(knowledge, "clamshell")["exercises"]
    assert shown["words"]["name"] == "Clamshell"
    assert [(one["id"], one["when"]) for one in shown["contraindications"]] == [("hip_problem", "hip_problem")]
    assert show(knowledge, "prone_press_up")["exercises"]["indication"] == "eased_by_bending_back"


def test_graph_leads_from_what_a_person_cannot_do_to_the_exercises_it_keeps_out(knowledge: Knowledge) -> None:
    lines = list(graph(knowledge, "hip_problem"))
    assert '  "hip_problem" -> "clamshell";' in lines


def test_stats_count_the_numbers_by_where_they_come_from() -> None:
    counted = here("knowledge", "stats", "--format", "json").json
    assert counted == stats(Knowledge.load())
    for kind in ("published", "derived", "judged"):
        assert counted[f"likelihood_ratios_{kind}"] >= 0
        assert counted[f"priors_{kind}"] >= 0
    assert counted["priors_written"] == sum(counted[f"priors_{kind}"] for kind in ("published", "derived", "judged"))


def test_stats_as_text_hold_the_same_figures() -> None:
    counted = stats(Knowledge.load())
    shown = [line.rsplit(maxsplit=1) for line in here("knowledge", "stats").out.splitlines()]
    assert {name.strip().replace(" ", "_"): value for name, value in shown} == {k: str(v) for k, v in counted.items()}

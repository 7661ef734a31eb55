"""Pages of Learn lead to help: no urgent sign is left out, and the sign's own comes first."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from shells.web.fetched import html
from unclench.knowledge import Disposition
from unclench.web import learning
from unclench.web.learning import Group, Page
from unclench.web.pack import knowledge


def page(kind: str, name: str) -> Page:
    made = learning.page("en", kind, name)
    assert made is not None
    return made


def groups(kind: str, name: str, part: str = "help") -> tuple[Group, ...]:
    return next((section.groups for section in page(kind, name).sections if section.id == part), ())


def shown(kind: str, name: str, part: str = "help") -> list[str]:
    """Name the rules that are there without unfolding anything, in reading order."""
    return [one.url.split("/")[-2] for group in groups(kind, name, part) if not group.folded for one in group.links]


def is_pressing(level: Disposition) -> bool:
    return level >= Disposition.SAME_DAY


@pytest.mark.parametrize(
    ("finding", "rule"),
    [
        ("saddle_numbness", "saddle_numbness_new"),
        ("bladder_change_new", "new_bladder_trouble"),
        ("bowel_change_new", "new_bowel_trouble"),
        ("leg_weakness_progressing", "leg_weakness_worsening"),
    ],
)
def test_the_rule_of_a_sign_itself_comes_first(finding: str, rule: str) -> None:
    assert shown("findings", finding)[0] == rule


def test_a_sign_shows_every_rule_about_it_and_folds_no_pressing_one() -> None:
    data = knowledge()
    for name in data.findings:
        about = [rule for rule in data.rules if name in data.mentions(rule.when) and not rule.provisional]
        linked = {one.url.split("/")[-2] for group in groups("findings", name) for one in group.links}
        assert linked == {rule.id for rule in about}, name
        assert {rule.id for rule in about if is_pressing(rule.disposition)} <= set(shown("findings", name)), name


def test_a_cause_folds_no_pressing_rule() -> None:
    data = knowledge()
    for name in data.causes:
        told = {
            rule.id
            for rule in data.rules
            if name in rule.suspects and not rule.provisional and is_pressing(rule.disposition)
            and all(data.findings[one].supplied_by == "person" for one in data.mentions(rule.when))
        }  # fmt: skip
        assert told <= set(shown("causes", name)), name


def test_every_serious_cause_and_every_kind_of_spasm_says_when_to_get_help() -> None:
    data = knowledge()
    serious = [("causes", name) for name, one in data.causes.items() if one.serious]
    assert [one for one in [*serious, *(("events", name) for name in data.events)] if not shown(*one)] == []


def test_a_kind_of_spasm_and_a_cause_name_every_single_sign_of_an_emergency() -> None:
    data = knowledge()
    alone = {
        rule.id
        for rule in data.rules
        if rule.disposition is Disposition.EMERGENCY and len(data.mentions(rule.when)) == 1
        and data.findings[data.mentions(rule.when)[0]].supplied_by == "person"
    }  # fmt: skip
    assert {"saddle_numbness_new", "new_bladder_trouble", "serious_accident"} <= alone
    for name in data.events:
        assert alone <= set(shown("events", name)), name
    for name in data.causes:
        assert alone <= {*shown("causes", name), *shown("causes", name, "anybody")}, name


def test_every_cause_names_the_signs_of_trapped_nerves_once_and_leads_to_every_sign_of_an_emergency() -> None:
    cauda = {"saddle_numbness_new", "new_bladder_trouble", "new_bowel_trouble", "new_sexual_feeling_loss"}
    for name in knowledge().causes:
        own, anybody = shown("causes", name), shown("causes", name, "anybody")
        assert cauda <= {*own, *anybody}, name
        assert not set(own) & set(anybody), name
        section = next(one for one in page("causes", name).sections if one.id == "anybody")
        assert "/learn/dispositions/emergency/" in {one.url for one in section.links}, name
    signs = next(one for one in page("dispositions", "emergency").sections if one.id == "signs")
    emergencies = {rule.id for rule in knowledge().rules
                   if rule.disposition is Disposition.EMERGENCY and not rule.provisional}  # fmt: skip
    assert {one.url.split("/")[-2] for one in signs.links} == emergencies


def test_help_for_anybody_is_the_same_list_on_every_kind_of_page() -> None:
    anybody = {*shown("causes", "cirrhosis_cramps", "anybody")}
    assert not shown("causes", "cirrhosis_cramps")  # no rule names it, so all of the list stands apart
    for name in knowledge().events:
        assert anybody <= set(shown("events", name)), name


def test_levels_run_from_the_soonest_to_the_latest() -> None:
    ranks = {one.id: one for one in Disposition}
    for kind, names in (("causes", knowledge().causes), ("events", knowledge().events)):
        for name in names:
            for part in ("help", "anybody"):
                order = [ranks[group.id] for group in groups(kind, name, part)]
                assert order == sorted(order, reverse=True), (name, part)


@pytest.mark.parametrize(
    "path",
    [
        "red_flags/saddle_numbness_new",
        "red_flags/chest_trouble",
        "findings/saddle_numbness",
        "causes/cauda_equina_syndrome",
        "dispositions/emergency",
    ],
)
def test_a_page_about_an_emergency_says_999_above_all_else(path: str) -> None:
    text = Client(SERVER_NAME="localhost").get(f"/learn/{path}/").content.decode()
    lead = re.search(r'<h1>.*?<div class="danger-now" role="note">(.*?)</div>\s*<div class="lead">', text, re.S)
    assert lead is not None
    assert "999" in lead[1]


@pytest.mark.parametrize(
    "name",
    [
        "cauda_equina_syndrome", "spinal_cord_compression", "spinal_infection", "spinal_epidural_haematoma",
        "aortic_dissection", "abdominal_aortic_aneurysm", "acute_coronary_syndrome", "pulmonary_embolism",
        "acute_limb_ischaemia", "ectopic_pregnancy", "obstetric_emergency", "tetanus", "retroperitoneal_haematoma",
        "rhabdomyolysis", "heat_illness", "neuroleptic_serotonin_syndrome", "autonomic_dysreflexia",
        "traumatic_spinal_fracture", "hypocalcaemia_tetany", "pyelonephritis", "acute_pancreatitis",
    ],
)  # fmt: skip
def test_a_cause_that_is_itself_an_emergency_asks_whether_you_have_it_now(name: str) -> None:
    assert "999" in page("causes", name).now
    assert "Do you have this now?" in html(f"/learn/causes/{name}/")
    help_ = next(one for one in page("causes", name).sections if one.id == "help")
    assert help_.texts == ()


@pytest.mark.parametrize(
    "name",
    [
        "motor_neurone_disease", "osteoporotic_vertebral_fracture", "acute_dystonia", "peptic_ulcer",
        "spinal_malignancy", "pneumonia_pleurisy",
    ],
)  # fmt: skip
def test_a_cause_with_signs_of_an_emergency_does_not_claim_to_be_one_but_shows_them_first(name: str) -> None:
    assert page("causes", name).now == ""
    first = page("causes", name).sections[0]
    assert first.id == "help"
    assert first.texts == ("Some signs with it need help now.",)
    assert first.groups[0].id == "emergency"
    assert "Do you have this now?" not in html(f"/learn/causes/{name}/")


def test_no_cause_that_shows_a_sign_of_an_emergency_keeps_quiet_about_it() -> None:
    for name in knowledge().causes:
        grave = any(group.id == "emergency" for group in groups("causes", name))
        texts = [text for one in page("causes", name).sections if one.id == "help" for text in one.texts]
        assert grave == bool(page("causes", name).now or texts), name


def test_danger_signs_of_a_spasm_stand_above_the_drawings() -> None:
    text = Client(SERVER_NAME="localhost").get("/learn/events/back_spasm/").content.decode()
    assert text.index("/learn/red_flags/saddle_numbness_new/") < text.index('<svg class="torso')


def test_a_rule_says_so_just_where_it_is_an_emergency() -> None:
    for rule in knowledge().rules:
        assert bool(page("red_flags", rule.id).now) == (rule.disposition is Disposition.EMERGENCY), rule.id


def test_what_a_sign_points_to_begins_with_what_is_urgent_and_leaves_no_danger_out() -> None:
    first = next(section for section in page("findings", "saddle_numbness").sections if section.id == "for")
    assert first.links[0].url == "/learn/causes/cauda_equina_syndrome/"
    assert "/learn/causes/spinal_malignancy/" in {one.url for one in first.links}


def test_the_page_of_scans_says_when_one_helps_and_leads_to_the_danger_signs() -> None:
    data = knowledge()
    made = page("treatments", "routine_scans")
    sections = {section.id: section for section in made.sections}
    found = data.treatments["routine_scans"].finds
    assert [one.url.split("/")[-2] for one in sections["helps"].links] == list(found)
    assert "cauda_equina_syndrome" in found
    assert [name for name in found if "scan" not in data.words("causes", name, "rule_out")] == []
    linked = {one.url.split("/")[-2] for group in sections["signs"].groups for one in group.links}
    assert {"saddle_numbness_new", "serious_accident", "fever_with_infection_risk"} <= linked
    assert all(set(rule.suspects) & set(found) for rule in data.rules if rule.id in linked)


def test_other_treatments_find_nothing() -> None:
    assert {section.id for section in page("treatments", "heat").sections} & {"helps", "signs"} == set()

"""The sheet to hand over: what it says, how it is tagged, and that no text can be more than text."""

from __future__ import annotations

import ast
import inspect
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pypdf
import pytest
import zxingcpp
from babel.messages.pofile import read_po
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from hypothesis import given, settings
from PIL import Image

import strategies
from unclench.handover import pdf as pdf_module
from unclench.handover import sheet as sheet_module
from unclench.handover.code import decode, encode
from unclench.handover.pdf import pdf
from unclench.handover.sheet import sheet
from unclench.knowledge import Disposition, Knowledge
from unclench.logic import Answer
from unclench.reasoning import Assessment, Case, assess
from unclench.reasoning.simulation import interview
from unclench.web.pseudo import pseudo, with_pseudo_locales
from untranslated import untranslated

KNOWLEDGE = Knowledge.load()
PSEUDO = with_pseudo_locales(KNOWLEDGE)
FOLDER = Path(pdf_module.__file__).parent
LIFTED: dict[str, Any] = {
    "pain_site": ["lower_back_left"],
    "onset_trigger": "lifting",
    "pain_duration_days": 2,
    "pain_severity": 6,
}
PEOPLE: dict[str, tuple[Disposition, dict[str, Any]]] = {
    "a back that can be looked after at home": (Disposition.SELF_CARE, LIFTED),
    "a weak leg": (Disposition.SAME_DAY, {**LIFTED, "leg_weakness_severe": True, "pain_below_knee": True}),
    "numbness between the legs": (Disposition.EMERGENCY, {**LIFTED, "saddle_numbness": True}),
}


@cache
def assessed(person: str) -> Assessment:
    data = {"age": 42, "sex": "female", "setting": "community", "findings": PEOPLE[person][1]}
    return interview(KNOWLEDGE, Case.from_data(data, KNOWLEDGE), unstated="no").result


@cache
def reader(person: str) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf(assessed(person))))


def text_of(document: pypdf.PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in document.pages).split())


def text_of_bytes(made: bytes) -> str:
    return text_of(pypdf.PdfReader(io.BytesIO(made)))


def content_of(result: Assessment, locale: str = "en") -> dict[str, Any]:
    return sheet(result, locale=locale, translate=str, made_on=None)


def compact(text: str) -> str:
    return "".join(text.split())


def texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for one in content.values():
            yield from texts(one)
    elif isinstance(content, list):
        for one in content:
            yield from texts(one)


def repacked(change: Any) -> Knowledge:
    data = json.loads(json.dumps(KNOWLEDGE.data))
    change(data)
    return Knowledge(json.dumps(data))


everybody = pytest.mark.parametrize("person", PEOPLE)


@everybody
def test_the_people_get_the_advice_they_stand_for(person: str) -> None:
    assert assessed(person).disposition is PEOPLE[person][0]


@everybody
def test_every_sentence_of_the_content_can_be_taken_out_of_the_pdf(person: str) -> None:
    content = content_of(assessed(person))
    for aside in ("page", "lang"):
        content.pop(aside)
    content["person"].pop("level")
    content["person"]["watch"]["levels"] = [
        {"heading": level["heading"], "signs": level["signs"]} for level in content["person"]["watch"]["levels"]
    ]
    for row in content["person"]["causes"]["rows"]:
        row.pop("alt")
    if not content["person"]["causes"]["rows"]:
        content["person"].pop("causes")
    for section, held in (("rule_out", "rows"), ("brought_on", "names"), ("watch", "levels")):
        if not content["person"][section][held]:
            content["person"].pop(section)
    if content["clinician"]["rules"]["rows"]:
        content["clinician"]["rules"].pop("none")
    else:
        content["clinician"]["rules"].pop("columns")
    if not content["clinician"]["exclude"]["rows"]:
        content["clinician"].pop("exclude")
    for drawn in ("svg", "alt", "letters"):
        content["clinician"]["code"].pop(drawn)
    shown = text_of(reader(person)).replace(" ", "")
    missing = [one for one in texts(content) if "".join(one.split()) not in shown]
    assert missing == []


@everybody
def test_it_is_tagged_and_declares_pdf_ua_language_and_title(person: str) -> None:
    document = reader(person)
    root: Any = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert document.metadata is not None
    assert document.metadata.title == "Advice from the muscle spasm check"
    assert "/StructTreeRoot" in root


@everybody
def test_the_structure_has_headings_and_every_picture_says_what_it_shows(person: str) -> None:
    tags = list(elements(reader(person)))
    names = [str(one.get("/S")) for one in tags]
    assert "/H1" in names
    assert "/H2" in names
    assert "/TH" in names
    figures = [one for one in tags if one.get("/S") == "/Figure"]
    assert figures
    described = [str(one.get("/Alt", "")) for one in figures]
    content = content_of(assessed(person))
    expected = [row["alt"] for row in content["person"]["causes"]["rows"]] + [content["clinician"]["code"]["alt"]]
    assert described == expected


@everybody
def test_it_is_two_pages_of_a4_with_only_the_fonts_of_the_package(person: str) -> None:
    document = reader(person)
    assert len(document.pages) == 2
    for page in document.pages:
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
        fonts: Any = page["/Resources"]
        for font in fonts["/Font"].values():
            assert re.search(r"NotoSans-(Regular|Bold)", str(font.get_object()["/BaseFont"]))


@everybody
def test_a_real_reader_takes_the_answers_back_out_of_the_printed_code(person: str) -> None:
    result = assessed(person)
    pages = pictures(result)
    found = [code.text for page in pages for code in zxingcpp.read_barcodes(page)]
    assert len(found) == 1
    assert decode(found[0], KNOWLEDGE).answers == result.case.answers


def test_the_code_of_the_longest_case_is_still_read_from_paper() -> None:
    # Every finding answered, nothing in runs: larger than any interview gives.
    made: dict[str, Answer] = {"age": 70, "sex": "female"}
    for place, finding in enumerate(KNOWLEDGE.findings.values()):
        if finding.kind == "boolean" and finding.only_if is None:
            made[finding.id] = (True, False, "unsure")[place * place % 3]
    result = assess(KNOWLEDGE, Case(None, made))
    found = [code.text for page in pictures(result) for code in zxingcpp.read_barcodes(page)]
    assert [decode(one, KNOWLEDGE).answers for one in found] == [made]


@everybody
def test_the_letters_beside_the_code_carry_the_same_answers(person: str) -> None:
    match = re.search(r"UNCLENCH2:(?: [A-Z2-7]{10})*(?: [A-Z2-7]{1,9})?\b", text_of(reader(person)))
    assert match
    assert match[0].replace(" ", "") == encode(assessed(person).case, KNOWLEDGE)


def test_an_emergency_says_so_and_lists_no_chances_in_the_part_for_the_person() -> None:
    document = reader("numbness between the legs")
    first, second = (" ".join(page.extract_text().split()) for page in document.pages)
    assert "Get emergency help now" in first
    assert "What it could be" not in first
    assert " in 100" not in first
    assert "Cauda equina syndrome" in second
    assert "saddle_numbness_new" in second


def test_the_part_for_the_clinician_names_pack_rules_sources_and_grouped_answers() -> None:
    result = assessed("a weak leg")
    second = " ".join(reader("a weak leg").pages[1].extract_text().split())
    assert KNOWLEDGE.hash in second
    for rule in result.triage.fired:
        assert rule.id in second
        assert KNOWLEDGE.words("red_flags", rule.id, "clinical") in second
    yes, no = second.index("Yes:"), second.index("No:")
    assert yes < second.index(KNOWLEDGE.words("findings", "leg_weakness_severe", "clinical")) < no
    assert no < second.index(KNOWLEDGE.words("findings", "saddle_numbness", "clinical"))


def test_what_is_not_sure_or_open_is_never_among_the_answers_no() -> None:
    result = assess(KNOWLEDGE, {"age": 42, "findings": {"fever": "unsure", "saddle_numbness": False}})
    groups = {group["heading"]: group["text"] for group in content_of(result)["clinician"]["answers"]["groups"]}
    assert groups["Not sure:"] == KNOWLEDGE.words("findings", "fever", "clinical")
    assert groups["No:"] == KNOWLEDGE.words("findings", "saddle_numbness", "clinical")
    open_ = groups["Open, and could change the urgency:"]
    assert KNOWLEDGE.words("findings", "bladder_change_new", "clinical") in open_
    assert groups["Not sure:"] not in open_


def test_ranges_are_said_out_of_the_same_number() -> None:
    rows = content_of(assessed("a weak leg"))["person"]["causes"]["rows"]
    for row in rows:
        assert re.fullmatch(
            r"(more than|about|less than) \d+ in (100|1,000), could be (less than )?\d+ to (more than )?\d+",
            row["chance"],
        )


def test_same_answers_same_bytes_in_another_process_with_another_clock_and_place() -> None:
    script = (
        "import sys, hashlib; from unclench.knowledge import Knowledge; from unclench.reasoning import assess;"
        "from unclench.handover.pdf import pdf;"
        "made = pdf(assess(Knowledge.load(), {'age': 42, 'findings': {'fever': True}}));"
        "print(hashlib.sha256(made).hexdigest())"
    )
    made = set()
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        run = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
        )
        made.add(run.stdout)
    assert len(made) == 1


def test_the_case_id_may_be_a_name_and_is_nowhere() -> None:
    result = assess(KNOWLEDGE, {"id": "Anna Quellwasser", "age": 42, "findings": {"fever": True}})
    assert "Quellwasser" not in text_of_bytes(pdf(result))
    assert pdf(result) == pdf(assess(KNOWLEDGE, {"age": 42, "findings": {"fever": True}}))


def test_the_date_is_printed_only_when_given() -> None:
    result = assessed("a weak leg")
    assert "Date: 2026-03-05" in text_of_bytes(pdf(result, made_on=date(2026, 3, 5)))
    assert not re.search(r"\d{4}-\d\d-\d\d", text_of_bytes(pdf(result)))


HOSTILE = (
    '#read("/etc/passwd") #panic("x") #set page(fill: red) $x^2$ *b* _i_ `raw` <label> @ref \\ // /* " \' ] } ) '
    "= heading\n- item\n<script>alert(1)</script> &amp; {0} {pages} %s"
)


@everybody
def test_hostile_wording_is_printed_as_it_is(person: str) -> None:
    def spoil(one: Any) -> Any:
        return {key: spoil(value) for key, value in one.items()} if isinstance(one, dict) else HOSTILE

    def spoil_all(data: dict[str, Any]) -> None:
        data["wording"]["en"] = spoil(data["wording"]["en"])
        for source in data["sources"].values():
            source["cites_as"] = HOSTILE

    def translate(text: str) -> str:
        return text + HOSTILE.translate({ord("{"): None, ord("}"): None})  # patterns fill in what braces name

    result = assess(repacked(spoil_all), assessed(person).case)
    content = sheet(result, locale="en", translate=translate, made_on=None)
    pages = pypdf.PdfReader(io.BytesIO(pdf(result, translate=translate))).pages
    footer = compact(content["version"])  # it stands between the halves of whatever runs over two pages
    shown = "".join(compact(page.extract_text()).rpartition(footer)[0] for page in pages)
    rows = [content["clinician"][section]["rows"] for section in ("rules", "exclude", "differential")]
    parts = [content["person"]["why"], content["person"]["limits"], content["clinician"]["summary"], rows]
    parts += [content["person"]["urgency"], content["person"]["what_to_do"], content["clinician"]["answers"]]
    parts += [row["name"] for row in content["person"]["causes"]["rows"]]
    parts += [level[part] for level in content["person"]["watch"]["levels"] for part in ("heading", "signs")]
    said = [text for part in parts for text in texts(part)]
    assert sum("#read" in text for text in said) > 10
    assert [text for text in said if compact(text) not in shown] == []


def test_characters_that_no_font_draws_or_that_turn_text_round_are_replaced() -> None:
    def spoil(data: dict[str, Any]) -> None:
        data["wording"]["en"]["findings"]["fever"]["clinical"] = "hot\x00\x07\u202egnp\udfff\uffff\ue000 end"

    made = pdf(assess(repacked(spoil), {"age": 42, "findings": {"fever": True}}))
    assert "hot\ufffd\ufffd\ufffdgnp\ufffd\ufffd\ufffd end" in text_of_bytes(made)


def test_a_very_long_word_and_very_long_lists_wrap_onto_more_pages() -> None:
    def spoil(data: dict[str, Any]) -> None:
        for one in data["wording"]["en"]["findings"].values():
            one["clinical"] = one["clinical"] * 9
        data["wording"]["en"]["red_flags"]["saddle_numbness_new"]["because"] = "quite long " * 900

    result = assess(repacked(spoil), {**assessed("numbness between the legs").case.to_data()})
    document = pypdf.PdfReader(io.BytesIO(pdf(result)))
    assert len(document.pages) > 2
    assert text_of(document).count("quite long") == 900


def test_the_fonts_draw_every_character_of_the_wording_and_of_the_sheet() -> None:
    drawn = set(TTFont(FOLDER / "fonts" / "NotoSans-Regular.ttf").getBestCmap())
    drawn &= set(TTFont(FOLDER / "fonts" / "NotoSans-Bold.ttf").getBestCmap())
    used = {character for text in texts(KNOWLEDGE.data["wording"]["en"]) for character in text}
    used |= {character for text in texts(dict(KNOWLEDGE.sources)) for character in text}
    used |= {c for text in texts(content_of(assessed("a weak leg"))) for c in text} | {"\ufffd", "•"}
    used -= {"\n"}  # between the steps of an exercise, which are drawn as a list
    assert {character for character in used if ord(character) not in drawn} == set()


def in_pseudo(person: str) -> tuple[Assessment, dict[str, Any]]:
    """Return the assessment worded in the pseudo-locale, and its sheet without what is the same in any language."""
    result = assess(PSEUDO, assessed(person).case)
    content = sheet(result, locale="en-xa", translate=lambda text: pseudo(text, "en-xa"), made_on=None)
    content.pop("lang")
    content["person"].pop("level")
    for level in content["person"]["watch"]["levels"]:
        level.pop("level")
    for rule in content["clinician"]["rules"]["rows"]:
        rule.pop("name")
        rule.pop("sources")  # citations stay in the language of what they cite
    for drawn in ("svg", "letters"):
        content["clinician"]["code"].pop(drawn)
    return result, content


@everybody
def test_every_text_of_the_sheet_goes_through_translation(person: str) -> None:
    _, content = in_pseudo(person)
    assert [text for text in texts(content) if untranslated(text, allowed=r"\b[0-9a-f]{12}\b")] == []


@everybody
def test_the_pdf_in_another_language_holds_nothing_but_its_texts(person: str) -> None:
    result, content = in_pseudo(person)
    made = pypdf.PdfReader(io.BytesIO(pdf(result, locale="en-xa", translate=lambda text: pseudo(text, "en-xa"))))
    code = content["clinician"]["code"]["heading"]
    before_code, heading, after_code = text_of(made).partition(code)
    assert heading, "the code comes last"
    rules = [rule.id for rule in result.triage.fired] + ["open_emergency_question"]
    cited = {row["sources"] for row in assessed_sheet(result)["clinician"]["rules"]["rows"]}
    known = [*rules, *(word for text in cited for word in text.split())]
    left = untranslated(before_code, allowed=r"\b[0-9a-f]{12}\b")
    assert [word for word in left if word not in known] == []
    assert untranslated(re.sub(r"UNCLENCH2:(?: [A-Z2-7]{1,10})+", " ", after_code), allowed=r"\b[0-9a-f]{12,}\b") == []


def assessed_sheet(result: Assessment) -> dict[str, Any]:
    return sheet(result, locale="en-xa", translate=str, made_on=None)


def test_messages_stand_as_plain_literals_so_that_they_can_be_extracted() -> None:
    tree = ast.parse(inspect.getsource(sheet_module))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) in ("_", "self._")]
    written = [c.args[0].value for c in calls if isinstance(c.args[0], ast.Constant)]
    assert len(written) == len(calls)
    with (FOLDER.parent / "web/locale/en/LC_MESSAGES/django.po").open("rb") as file:
        catalogue = read_po(file, locale="en")
    assert set(written) == {m.id for m in catalogue if "handover/sheet.py" in dict(m.locations)}


def test_a_right_to_left_locale_sets_the_document_from_the_right() -> None:
    def add(data: dict[str, Any]) -> None:
        data["wording"]["ar"] = data["wording"]["en"]

    knowledge = repacked(add)
    document = pypdf.PdfReader(io.BytesIO(pdf(assess(knowledge, assessed("a weak leg").case), locale="ar")))
    root: Any = document.trailer["/Root"]
    assert root["/Lang"] == "ar"
    assert root["/ViewerPreferences"]["/Direction"] == "/R2L"


def test_threads_do_not_disturb_one_another() -> None:
    people = [*PEOPLE] * 3
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda person: pdf(assessed(person)), people))
    assert made == [pdf(assessed(person)) for person in people]


@settings(max_examples=15)
@given(strategies.cases(KNOWLEDGE, [*KNOWLEDGE.findings]))
def test_every_case_makes_a_sheet(answers: dict[str, Answer]) -> None:
    assert pdf(assess(KNOWLEDGE, Case(None, answers))).startswith(b"%PDF-")


def test_white_on_each_colour_of_urgency_can_be_read() -> None:
    template = (FOLDER / "sheet.typ").read_text(encoding="utf-8")
    colours = dict(re.findall(r'^  (\w+): rgb\("#([0-9a-f]{6})"\),$', template, re.MULTILINE))
    assert set(colours) == {one.id for one in Disposition}
    for colour in colours.values():
        assert 1.05 / (luminance(colour) + 0.05) >= 5


def pictures(result: Assessment) -> list[Image.Image]:
    """Print the sheet as a plain office printer would, at 150 dots an inch."""
    made = pdf_module._compiler(json.dumps(content_of(result))).compile(format="png", ppi=150)
    pages = made if isinstance(made, list) else [made]
    return [Image.open(io.BytesIO(page)) for page in pages if page is not None]


def elements(document: pypdf.PdfReader) -> Iterator[Any]:
    """Yield every structure element in reading order."""
    root: Any = document.trailer["/Root"]
    pending = [root["/StructTreeRoot"]]
    while pending:
        one = pending.pop(0)
        one = one.get_object() if hasattr(one, "get_object") else one
        if isinstance(one, list):
            pending = [*one, *pending]
        elif isinstance(one, dict):
            if "/S" in one:
                yield one
            if "/K" in one:
                pending.insert(0, one["/K"])


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

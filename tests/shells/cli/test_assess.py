"""`unclench assess`: cases that are written down, good and bad, from files and from standard input."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import psutil
import pytest

from shells.cli.running import COMMAND, ENVIRONMENT, here, unclench

SADDLE = {"id": "anna", "age": 34, "sex": "female", "findings": {"saddle_numbness": True}}
MILD = {"id": "ben", "age": 41, "sex": "male", "findings": {"back_pain": True, "pain_duration_days": 2}}
MEGABYTE = 1024 * 1024


def written(folder: Path, *lines: object, name: str = "cases.ndjson") -> str:
    place = folder / name
    texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    place.write_bytes(b"\n".join(texts) + b"\n")
    return str(place)


def test_one_case_in_a_file_gives_one_assessment(tmp_path: Path) -> None:
    ran = unclench("assess", written(tmp_path, SADDLE, name="anna.json"))
    assert (ran.status, ran.err) == (0, "")
    assert ran.json["id"] == "anna"
    assert ran.json["disposition"] == "emergency"
    assert [reason["rule"] for reason in ran.json["reasons"]] == ["saddle_numbness_new"]


def test_standard_input_gives_the_same_as_a_file(tmp_path: Path) -> None:
    from_file = unclench("assess", written(tmp_path, SADDLE, name="anna.json"))
    assert unclench("assess", "-", stdin=json.dumps(SADDLE)) == from_file


def test_a_case_may_be_spread_over_lines_with_blank_ones_between() -> None:
    spread = json.dumps(SADDLE, indent=2).replace("\n", "\n\n")
    assert unclench("assess", "-", stdin=spread).json["id"] == "anna"


@pytest.mark.parametrize("inner", ['{"saddle_numbness": true}', "{}"])
def test_an_inner_object_on_a_line_of_its_own_is_not_taken_for_a_case(inner: str) -> None:
    ran = unclench("assess", "-", stdin=f'{{"id": "anna", "findings":\n{inner}\n}}')
    assert (ran.status, ran.json["id"]) == (0, "anna")


def test_text_starts_with_what_to_do_and_ends_with_the_pack() -> None:
    ran = unclench("assess", "-", "--format", "text", stdin=json.dumps(SADDLE))
    first, *_, last = ran.out.splitlines()
    assert ran.status == 0
    assert first.isupper()
    assert last.startswith("pack sha256:")
    assert "WHY" in ran.out
    assert "numbness between" in ran.out


def test_text_about_many_cases_says_which_is_which(tmp_path: Path) -> None:
    ran = unclench("assess", "--format", "text", written(tmp_path, SADDLE, MILD))
    assert "line 1, case anna\n" in ran.out
    assert "line 2, case ben\n" in ran.out


def test_many_cases_give_one_line_each_in_order(tmp_path: Path) -> None:
    ran = unclench("assess", written(tmp_path, SADDLE, MILD, {"age": 50}))
    assert ran.status == 0
    assert [record.get("id") for record in ran.records] == ["anna", "ben", None]


def test_a_single_line_of_an_ndjson_file_still_gives_a_single_line(tmp_path: Path) -> None:
    assert len(unclench("assess", written(tmp_path, SADDLE)).out.splitlines()) == 1
    assert len(unclench("assess", written(tmp_path, SADDLE, name="anna.json")).out.splitlines()) > 1


def test_a_single_case_has_a_line_for_each_key_and_each_object(tmp_path: Path) -> None:
    ran = unclench("assess", written(tmp_path, SADDLE, name="anna.json"))
    assert [line.split('"')[1] for line in ran.out.splitlines() if line.startswith('  "')] == list(ran.json)
    objects = [json.loads(line.rstrip(",")) for line in ran.out.splitlines() if line.startswith("    {")]
    assert objects == [
        one for part in ran.json.values() if isinstance(part, list) for one in part if isinstance(one, dict)
    ]


def test_a_clinician_leaves_examinations_open_where_a_person_does_not() -> None:
    alone = unclench("assess", "-", stdin=json.dumps(MILD)).json["unanswered"]
    examined = unclench("assess", "-", "--examination", stdin=json.dumps(MILD)).json["unanswered"]
    assert "perianal_sensation_reduced" not in alone
    assert "perianal_sensation_reduced" in examined


BAD: dict[str, tuple[bytes, list[str]]] = {
    "unknown finding": (b'{"findings": {"saddle_numbnes": true}}', ['"saddle_numbnes"', 'mean "saddle_numbness"?']),
    "finding beside findings": (b'{"fever": true}', ['"fever" is not a part', 'put it inside "findings"']),
    "age among findings": (b'{"findings": {"age": 42}}', ['"age" stands beside "findings"', "Move it out"]),
    "unknown part": (b'{"findngs": {}}', ['"findngs"', 'mean "findings"?']),
    "wrong type": (b'{"findings": {"fever": "yes"}}', ["\"fever\" cannot be 'yes'", 'true, false or "unsure"']),
    "number for a boolean": (b'{"findings": {"fever": 1}}', ['"fever" cannot be 1', 'true, false or "unsure"']),
    "age 400": (b'{"age": 400}', ['"age" cannot be 400', "from 0 to 120"]),
    "age as text": (b'{"age": "42"}', ["\"age\" cannot be '42'", "a whole number from 0 to 120"]),
    "age and a half": (b'{"age": 42.5}', ['"age" cannot be 42.5', "a whole number"]),
    "age beyond all numbers": (b'{"age": 1e999}', ['"age" cannot be inf', "from 0 to 120"]),
    "a number of 5000 digits": (b'{"age": ' + b"9" * 5000 + b"}", ["broken JSON", "4300 digits"]),
    "unknown choice": (b'{"sex": "femal"}', ["\"sex\" cannot be 'femal'", 'mean "female"?']),
    "unknown region": (b'{"findings": {"pain_site": ["lower_back_lef"]}}', ['"pain_site"', '"lower_back_left"?']),
    "region that is no list": (b'{"findings": {"pain_site": 3}}', ['"pain_site" cannot be 3', "list of body regions"]),
    "pregnant man": (
        b'{"age": 30, "sex": "male", "findings": {"pregnant": true}}',
        ['"pregnant"', "sex='male'", "Mend"],
    ),
    "findings as list": (b'{"findings": ["fever"]}', ['"findings" is an object', "not a list"]),
    "id as object": (b'{"id": {}}', ['"id" is text or a whole number', "not an object"]),
    "a list of cases": (b'[{"age": 42}]', ["it is a list", "on a line of its own"]),
    "a bare word": (b'"fever"', ["a case is a JSON object", "not text"]),
    "twice the same key": (b'{"age": 42, "age": 43}', ['"age" is there twice', "keep one"]),
    "twice the same finding": (b'{"findings": {"fever": true, "fever": false}}', ['"fever" is there twice']),
    "not a number": (b'{"age": NaN}', ["NaN is no JSON number", "leave it out"]),
    "infinity": (b'{"age": -Infinity}', ["-Infinity is no JSON number"]),
    "broken JSON": (b'{\n\n  "age": 42,\n  "sex": male\n}', ["line 4, column 10", "near", "Mend it there"]),
    "cut off": (b'{"age": 42, "findings": {"fever": tr', ["broken JSON at line 1, column 35"]),
    "two objects run together": (b'{"age": 42}{"age": 43}', ["line 1, column 12", "Extra data"]),
    "deep lists": (b"[" * 100_000, ["nested too deeply"]),
    "deep objects": (b'{"a":' * 100_000, ["nested too deeply"]),
    "bytes that are no text": (b"\x89PNG\r\n\x1a\n\xff\x00\x13", ["not text in UTF-8 (byte 1 is 0x89)", "UTF-8 JSON"]),
    "zero bytes": (b"\x00" * 40, ["binary file"]),
    "UTF-16": ('{"age": 42}'.encode("utf-16"), ["not text in UTF-8", "Save the case as UTF-8"]),
    "a table": (b"age,sex\n42,male\n43,female\n", ["broken JSON at line 1, column 1"]),
    "nothing": (b"", ["it is empty", "Write a case such as"]),
    "only blank lines": (b"\n \r\n\t\n", ["it is empty"]),
    "only a mark of byte order": (b"\xef\xbb\xbf", ["broken JSON at line 1, column 1"]),
    "endless key": (b'{"' + b"x" * 500_000 + b'": 1}', ["is not a part of a case"]),
    "endless value": (b'{"sex": "' + b"x" * 500_000 + b'"}', ['"sex" cannot be']),
}


@pytest.mark.parametrize("given", BAD)
def test_a_bad_case_gets_one_message_that_names_it_and_the_mend(given: str, tmp_path: Path) -> None:
    data, needles = BAD[given]
    place = tmp_path / "case.json"
    place.write_bytes(data)
    ran = here("assess", str(place))
    assert (ran.status, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1
    assert ran.err.startswith(f"unclench: {place}: ")
    assert len(ran.err) < 3000
    for needle in needles:
        assert needle in ran.err


@pytest.mark.parametrize("given", sorted(set(BAD) - {"nothing", "only blank lines", "broken JSON", "a table"}))
def test_a_bad_record_in_the_middle_stops_no_other(given: str, tmp_path: Path) -> None:
    data, _ = BAD[given]
    ran = here("assess", written(tmp_path, SADDLE, data.replace(b"\n", b" "), MILD))
    assert ran.status == 2
    assert [record["id"] for record in ran.records] == ["anna", "ben"]
    message, summary = ran.err.splitlines()
    assert message.startswith("unclench: line 2: ")
    assert summary == "unclench: 2 assessed, 1 not; the lines above say why."


def test_every_bad_record_is_named_wherever_it_stands(tmp_path: Path) -> None:
    ran = unclench("assess", written(tmp_path, b"{broken", b"", SADDLE, b'{"age": 400}', MILD, b'{"age": 4, }'))
    assert [record["id"] for record in ran.records] == ["anna", "ben"]
    assert [line.split(": ")[1] for line in ran.err.splitlines()[:-1]] == ["line 1", "line 4", "line 6"]
    assert "broken JSON at column 2" in ran.err
    assert "broken JSON at column 12" in ran.err


def test_lines_that_are_all_broken_are_each_named(tmp_path: Path) -> None:
    ran = unclench("assess", written(tmp_path, b'{"age": 4 "sex": 1}', b'{"age": tru}', b'{"age": }'))
    assert ran.status == 2
    assert [line.split(": ")[1] for line in ran.err.splitlines()[:-1]] == ["line 1", "line 2", "line 3"]


def test_an_id_is_used_once(tmp_path: Path) -> None:
    ran = unclench("assess", written(tmp_path, {"id": 7}, {"id": "8"}, {"id": "7"}, {"id": "9"}))
    assert ran.status == 2
    assert [record["id"] for record in ran.records] == ["7", "8", "9"]
    assert 'line 3: the id "7" was used by an earlier record. Give each case its own.' in ran.err


def test_byte_order_mark_windows_line_ends_and_blank_lines_are_accepted() -> None:
    lines = [json.dumps(SADDLE), "", "   ", json.dumps(MILD)]
    ran = unclench("assess", "-", stdin=b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    assert (ran.status, ran.err) == (0, "")
    assert [record["id"] for record in ran.records] == ["anna", "ben"]


def test_half_an_emoji_as_id_comes_back_as_it_went_in(tmp_path: Path) -> None:
    ran = unclench("assess", written(tmp_path, b'{"id": "\\ud83d", "age": 30}', {"id": "Zoë 🙂"}))
    assert (ran.status, ran.err) == (0, "")
    assert [record["id"] for record in ran.records] == ["\ud83d", "Zoë 🙂"]


def test_thousands_of_unknown_findings_get_a_quick_answer() -> None:
    ran = unclench("assess", "-", stdin=json.dumps({"findings": {f"fever{i}": True for i in range(50_000)}}))
    assert ran.status == 2
    assert "it names 50000 findings" in ran.err


def test_thousands_of_keys_with_one_twin_get_a_quick_answer() -> None:
    keys = ", ".join(f'"a{i}": 1' for i in [*range(60_000), 59_999])
    ran = unclench("assess", "-", stdin="{" + keys + "}")
    assert '"a59999" is there twice' in ran.err


def test_thousands_of_blank_or_short_lines_get_a_quick_answer() -> None:
    ran = unclench("assess", "-", stdin=b"\n" * 900_000 + b"{}\n" + b"\n" * 900_000 + b'{"id": "z"}')
    assert [record.get("id") for record in ran.records] == [None, "z"]
    ran = unclench("assess", "-", stdin=b"x\n" * 900_000)
    assert ran.status == 2
    assert len(ran.err.splitlines()) == 1


def test_a_line_of_200_megabytes_is_refused_in_little_memory(tmp_path: Path) -> None:
    out, err = tmp_path / "out", tmp_path / "err"
    peak = 0
    # Into files, since nobody empties a pipe while the line is written.
    with out.open("wb") as to_out, err.open("wb") as to_err:
        process = subprocess.Popen([*COMMAND, "assess", "-"], stdin=subprocess.PIPE, stdout=to_out, stderr=to_err)
        watched = psutil.Process(process.pid)
        assert process.stdin is not None
        process.stdin.write(json.dumps(SADDLE).encode() + b'\n{"id": "')
        for _ in range(200):
            process.stdin.write(b"x" * MEGABYTE)
            peak = max(peak, watched.memory_info().rss)
        process.stdin.write(b'"}\n{"id": "ben"}\n')
        process.stdin.close()
        assert process.wait(timeout=60) == 2
    assert [json.loads(line)["id"] for line in out.read_bytes().splitlines()] == ["anna", "ben"]
    message, summary = err.read_text().splitlines()
    assert message.startswith("unclench: line 2: it is longer than 1024 KiB, and no case is.")
    assert summary.startswith("unclench: 2 assessed, 1 not")
    assert peak < 200 * MEGABYTE


@pytest.mark.parametrize(
    "before", [b"", b'{"id": "zoe"}\n', b"# a remark\n"], ids=["first", "second", "after a remark"]
)
def test_an_overlong_line_loses_no_other_case(before: bytes, tmp_path: Path) -> None:
    place = tmp_path / "cases.ndjson"
    place.write_bytes(before + b'{"id": "' + b"x" * 3 * MEGABYTE + b'"}\n{"id": "anna"}\n')
    ran = unclench("assess", str(place))
    assert ran.status == 2
    assert ran.records[-1]["id"] == "anna"


def test_a_case_may_be_exactly_as_long_as_allowed(tmp_path: Path) -> None:
    room = MEGABYTE - len(b'{"id": ""}')
    ran = unclench("assess", written(tmp_path, b'{"id": "' + b"x" * room + b'"}\r', {"id": "y"}))
    assert (ran.status, len(ran.records)) == (0, 2)
    ran = unclench("assess", written(tmp_path, b'{"id": "' + b"x" * (room + 1) + b'"}', {"id": "y"}))
    assert (ran.status, len(ran.records)) == (2, 1)


def test_a_hole_of_200_megabytes_gets_one_message(tmp_path: Path) -> None:
    place = tmp_path / "hole"
    with place.open("wb") as file:
        file.truncate(200 * MEGABYTE)
    ran = unclench("assess", str(place))
    assert ran.status == 2
    assert "longer than 1024 KiB" in ran.err


def test_a_big_binary_file_gets_one_message(tmp_path: Path) -> None:
    place = tmp_path / "scan.dcm"
    place.write_bytes(bytes(range(256)) * 16_000)
    ran = unclench("assess", str(place))
    assert (ran.status, len(ran.err.splitlines())) == (2, 1)
    assert "hold binary data. Give one JSON object, or one on each line." in ran.err


def test_a_document_too_big_to_be_a_case_gets_one_message(tmp_path: Path) -> None:
    place = tmp_path / "all.json"
    place.write_text(json.dumps([SADDLE] * 20_000, indent=1))
    ran = unclench("assess", str(place))
    assert (ran.status, len(ran.err.splitlines())) == (2, 1)
    assert "hold no case. Give one JSON object, or one on each line." in ran.err


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    ran = unclench("assess", str(tmp_path / "none.json"))
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.endswith("none.json: there is no such file. Check the path, or use - for standard input.\n")


def test_a_folder_is_no_case(tmp_path: Path) -> None:
    ran = unclench("assess", str(tmp_path))
    assert (ran.status, ran.out) == (2, "")
    assert "this is a folder. Name a file of cases." in ran.err


def test_a_file_below_a_file_is_no_case(tmp_path: Path) -> None:
    ran = unclench("assess", written(tmp_path, SADDLE) + "/deeper")
    assert ran.status == 2
    assert "cannot be read (Not a directory)" in ran.err


def test_a_file_that_fails_while_it_is_read_is_named() -> None:
    ran = unclench("assess", "/proc/self/mem")
    assert (ran.status, ran.out) == (2, "")
    assert "/proc/self/mem: cannot be read to its end (Input/output error)" in ran.err


def test_closed_standard_input_is_named() -> None:
    ran = unclench(command=["sh", "-c", 'exec "$0" -m unclench assess - <&-', COMMAND[0]])
    assert (ran.status, ran.out) == (2, "")
    assert "standard input is closed" in ran.err


def test_a_reader_that_leaves_early_is_no_fault(tmp_path: Path) -> None:
    place = written(tmp_path, *[{"id": i} for i in range(300)])
    reader, writer = os.pipe()
    process = subprocess.Popen([*COMMAND, "assess", place], stdout=writer, stderr=subprocess.PIPE, env=ENVIRONMENT)
    os.close(writer)
    with os.fdopen(reader, "rb") as lines:
        assert json.loads(lines.readline())["id"] == "0"
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")


def test_output_is_utf_8_whatever_the_locale_says(tmp_path: Path) -> None:
    place = written(tmp_path, {"id": "Zoë"})
    ran = unclench(command=["env", "PYTHONIOENCODING=latin-1", *COMMAND, "assess", place])
    assert ran.json["id"] == "Zoë"

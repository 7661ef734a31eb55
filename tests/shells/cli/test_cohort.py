"""`unclench cohort` and `unclench population`: files in, files out, and nobody lost on the way."""

from __future__ import annotations

import csv
import json
import os
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from people import EMERGENCY, SEIZED_BACK
from shells.cli.running import COMMAND, ENVIRONMENT, Ran, here, unclench
from unclench import Knowledge, assess
from unclench.batch import assess_batch, cohort

PEOPLE = 3000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same synthetic people as Parquet, Arrow and NDJSON."""
    made = tmp_path_factory.mktemp("people")
    for name in ("people.parquet", "people.arrow", "people.ndjson"):
        ran = here("population", "--size", str(PEOPLE), "--seed", "5", "--out", str(made / name))
        assert (ran.status, ran.out) == (0, "")
        assert "Nobody in" in ran.err
    return made


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def rows(path: Path) -> list[Any]:
    found: list[Any] = pq.read_table(path).to_pylist() if path.suffix == ".parquet" else lines(path)
    return found


def remove(target: Path) -> None:
    """Remove what a run made."""
    target.unlink()
    target.with_name(target.name + ".refused.ndjson").unlink()


def test_each_form_of_a_file_gives_the_same_results(folder: Path, tmp_path: Path) -> None:
    found = []
    for name, suffix in (("people.parquet", ".parquet"), ("people.arrow", ".ndjson"), ("people.ndjson", ".ndjson")):
        target = tmp_path / f"{name}{suffix}"
        ran = unclench("cohort", str(folder / name), str(target), "--part", "1300")
        assert ran.status == 0, ran.err
        assert f"{PEOPLE} assessed, 0 refused" in ran.err
        found.append(rows(target))
    assert all(one == found[0] for one in found[1:])
    assert [row["row"] for row in found[0]] == list(range(1, PEOPLE + 1))
    assert {row["disposition"] for row in found[0]} == {"self_care", "routine", "urgent", "same_day", "emergency"}


def test_a_row_says_what_assess_says(folder: Path, tmp_path: Path, knowledge: Knowledge) -> None:
    source, target = tmp_path / "two.ndjson", tmp_path / "two.parquet.ndjson"
    source.write_text("".join(json.dumps(one) + "\n" for one in (EMERGENCY, SEIZED_BACK)), encoding="utf-8")
    assert here("cohort", "--hash", str(source), str(target)).status == 0
    for row, person in zip(rows(target), (EMERGENCY, SEIZED_BACK), strict=True):
        alone = assess(knowledge, person).to_data()
        keys = ("id", "disposition", "at_least", "at_most", "settled", "see", "result_hash")
        assert [row[key] for key in keys] == [alone[key] for key in keys]
        for found, expected in zip(row["causes"], alone["differential"], strict=False):
            assert found["id"] == expected["cause"]
            assert found["probability"] == pytest.approx(expected["probability"], abs=1e-9)


def test_bad_rows_are_refused_with_the_reason_and_stop_nobody(tmp_path: Path) -> None:
    source, target = tmp_path / "people.csv", tmp_path / "out.ndjson"
    with source.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "age", "sex", "pregnant", "pain_site", "fever"])
        writer.writerow(["a", "30", "female", "true", "loin_left;loin_right", "unsure"])
        writer.writerow(["b", "30"])
        writer.writerow(["c", "30", "male", "true", "", ""])
        writer.writerow(["d", "old", "", "", "", ""])
        writer.writerow(["e", "", "", "", "elbow", "maybe"])
        writer.writerow(["f", "", "", "", "", ""])
        writer.writerow(["g", "", "", "", "", "", "", ""])
    for part in ("1", "2", "100"):
        ran = here("cohort", str(source), str(target), "--part", part)
        assert ran.status == 2
        assert [row["id"] for row in rows(target)] == ["a", "f"]
        refused = lines(tmp_path / "out.ndjson.refused.ndjson")
        assert [one["row"] for one in refused] == [2, 3, 4, 5, 7]
        wanted = ("it has 2 fields", '"pregnant" cannot be True together with', "'old'", "elbow", "it has 8 fields")
        for one, words in zip(refused, wanted, strict=True):
            assert words in one["why"]
        remove(target)


def test_broken_lines_are_refused_and_stop_nobody(tmp_path: Path) -> None:
    source, target = tmp_path / "people.ndjson", tmp_path / "out.parquet"
    good = ['{"fever": true}', '{"age": 4, "findings": {"fever": "unsure"}, "id": 7}', "{}"]
    bad = [
        "{",
        "[]",
        '{"fever": "true"}',
        '{"nonsense": 1}',
        '{"age": 1e400}',
        '{"pain_site": [""]}',
        '{"id": []}',
        "é",
    ]
    mixed = [line for pair in zip(bad, [*good, *good, *good], strict=False) for line in pair]
    source.write_bytes("\n".join(mixed).encode() + b'\n{"fever": "\xff"}\n')
    assert here("cohort", str(source), str(target)).status == 2
    numbers = (
        [row["row"] for row in rows(target)],
        [one["row"] for one in lines(tmp_path / "out.parquet.refused.ndjson")],
    )
    assert numbers == ([2, 4, 6, 8, 10, 12, 14, 16], [1, 3, 5, 7, 9, 11, 13, 15, 17])


@pytest.mark.parametrize(
    ("text", "taken", "refused"),
    [
        ('id,age,bladder_change_new\na,50,\n"b,50,true\nc,50,true\nd",60,true\ne,61,\n', "ace", [2, 4]),
        ('id,age,bladder_change_new\na,50,\nb,50,"true\nc,50,true\n"d","60","true"\n', "acd", [2]),
        ('id,age,bladder_change_new\n"a",50,\n"b"b,50,true\nc,50,true\n', "ac", [2]),
    ],
)
def test_a_stray_quote_in_csv_costs_its_own_line(tmp_path: Path, text: str, taken: str, refused: list[int]) -> None:
    source, target = tmp_path / "people.csv", tmp_path / "out.ndjson"
    source.write_text(text, encoding="utf-8")
    assert here("cohort", str(source), str(target)).status == 2
    found = {row["id"]: row["disposition"] for row in rows(target)}
    assert "".join(found) == taken
    assert found["c"] == "emergency"
    assert [one["row"] for one in lines(tmp_path / "out.ndjson.refused.ndjson")] == refused


def test_a_key_that_is_there_twice_is_refused_as_assess_refuses_it(tmp_path: Path) -> None:
    source, target = tmp_path / "people.ndjson", tmp_path / "out.ndjson"
    twice = '{"id": "a", "bladder_change_new": true, "bladder_change_new": false}'
    source.write_text(f'{twice}\n{{"id": "b", "findings": {{"age": 4, "age": 5}}}}\n{{"age": NaN}}\n', encoding="utf-8")
    assert here("cohort", str(source), str(target)).status == 2
    assert rows(target) == []
    reasons = [one["why"] for one in lines(tmp_path / "out.ndjson.refused.ndjson")]
    for why, words in zip(reasons, ('"bladder_change_new" is there twice', '"age" is there twice', "NaN"), strict=True):
        assert words in why
    assert '"bladder_change_new" is there twice' in here("assess", "-", stdin=twice).err


def test_two_runs_do_not_write_one_output(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    command = ["cohort", str(folder / "people.parquet"), str(target), "--part", "100"]
    first = subprocess.Popen([*COMMAND, *command], env=ENVIRONMENT, stderr=subprocess.DEVNULL)
    try:
        assert part_comes(target, 1, first)
        first.send_signal(signal.SIGSTOP)
        second = unclench(*command)
        assert second.status == 2
        assert f"another run (process {first.pid}) is writing it" in second.err
        assert len(parts(target)) >= 1
    finally:
        first.send_signal(signal.SIGCONT)
        assert first.wait(timeout=60) == 0
    assert [row["row"] for row in rows(target)] == list(range(1, PEOPLE + 1))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (b"id,agee\n1,50\n", 'Did you mean "age"'),
        (b"id,age,age\n1,50,50\n", "is there twice"),
        (b"id,id,age\n1,1,50\n", "is there twice"),
        (b"id;age\n1;50\n", '"id;age" is not a known finding'),
        (b"", "first line is empty"),
        (b"id,\xff\n1,50\n", "line 1"),
    ],
)
def test_a_header_that_was_mended_is_taken(tmp_path: Path, bad: bytes, words: str) -> None:
    source, target = tmp_path / "people.csv", tmp_path / "out.parquet"
    source.write_bytes(bad)
    ran = here("cohort", str(source), str(target))
    assert (ran.status, words in ran.err) == (2, True), ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["people.csv"]
    source.write_bytes(b"\xef\xbb\xbfid,age\r\n1,50\r\n")
    assert here("cohort", str(source), str(target)).status == 0
    assert [row["id"] for row in rows(target)] == ["1"]


def test_a_piped_run_leaves_no_people_and_begins_afresh(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.ndjson"
    command = ["cohort", "-", str(target), "--part", "100"]
    with (folder / "people.ndjson").open("rb") as people:
        killed = subprocess.Popen([*COMMAND, *command], env=ENVIRONMENT, stdin=people, stderr=subprocess.DEVNULL)
        assert part_comes(target, 1, killed)
        killed.kill()
        assert killed.wait(timeout=60) == -signal.SIGKILL
    assert [path.name for path in tmp_path.iterdir()] == ["out.ndjson.parts"]
    ran = unclench(*command, stdin='{"id": "alone", "age": 50}\n')
    assert (ran.status, [row["id"] for row in rows(target)]) == (0, ["alone"]), ran.err
    assert {path.name for path in tmp_path.iterdir()} == {"out.ndjson", "out.ndjson.refused.ndjson"}


@pytest.mark.parametrize(("name", "text"), [("no.ndjson", ""), ("no.csv", "id,age\n"), ("blank.jsonl", "\n \n")])
def test_no_people_give_a_table_without_rows(tmp_path: Path, name: str, text: str) -> None:
    source, target, more = tmp_path / name, tmp_path / "out.parquet", tmp_path / "more.parquet"
    source.write_text(text, encoding="utf-8")
    assert here("cohort", str(source), str(target)).status == 0
    found = pq.read_table(target)
    assert (found.num_rows, found.schema.names[:3]) == (0, ["row", "id", "disposition"])
    pq.write_table(pa.table({"age": pa.array([], pa.int64())}), source.with_suffix(".parquet"))
    assert here("cohort", str(source.with_suffix(".parquet")), str(more)).status == 0
    assert pq.read_table(more).schema.names[:2] == ["row", "disposition"]


def test_a_refused_row_is_found_by_its_line_and_its_id(tmp_path: Path) -> None:
    target = tmp_path / "out.ndjson"
    people = {
        "people.csv": b"id,age\na,50\n\nb,\xff\nc,old\nd\n\n",
        "people.ndjson": b'{"id": "a"}\n\n{"age": "\xff"}\n{"id": "c", "age": "old"}\n{\n \n',
    }
    for name, text in people.items():
        source = tmp_path / name
        source.write_bytes(text)
        for part in ("2", "100"):
            assert here("cohort", str(source), str(target), "--part", part).status == 2
            assert [(row["row"], row["id"]) for row in rows(target)] == [(1, "a")]
            refused = lines(tmp_path / "out.ndjson.refused.ndjson")
            assert [(one["row"], one["id"]) for one in refused] == [(3, None), (4, "c"), (5, None)]
            assert "UTF-8" in refused[0]["why"]
            remove(target)


@pytest.mark.parametrize(("suffix", "threads"), [(".parquet", "1"), (".ndjson", "2")])
def test_a_killed_run_is_taken_up_without_a_lost_or_doubled_row(
    folder: Path, tmp_path: Path, suffix: str, threads: str
) -> None:
    source = folder / "people.parquet"
    whole, killed = tmp_path / f"whole{suffix}", tmp_path / f"killed{suffix}"
    assert unclench("cohort", str(source), str(whole), "--part", "100").status == 0
    command = [*COMMAND, "cohort", str(source), str(killed), "--part", "100", "--threads", threads]
    kills = 0
    for wanted in (1, 15):
        process = subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.DEVNULL)
        if part_comes(killed, wanted, process):
            os.kill(process.pid, signal.SIGKILL)
            kills += 1
            assert not killed.exists()
        assert process.wait(timeout=60) in (0, -signal.SIGKILL)
    kept = {path.name: path.stat().st_mtime_ns for path in parts(killed)}
    assert kills >= 1
    ran = unclench(*command[len(COMMAND) :])
    assert (ran.status, killed.exists()) == (0, True)
    assert len(kept) >= 1
    assert rows(killed) == rows(whole)
    assert [row["row"] for row in rows(killed)] == list(range(1, PEOPLE + 1))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        f"{name}{suffix}{end}" for name in ("whole", "killed") for end in ("", ".refused.ndjson")
    )


@pytest.mark.parametrize(("done", "is_piped"), [(2, False), (2, True), (0, False)])
def test_a_run_that_is_stopped_says_what_is_kept_and_where(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: int, is_piped: bool
) -> None:
    target = tmp_path / "out.ndjson"
    people = folder / "people.ndjson"
    calls = iter(range(PEOPLE))

    def stopped(*given: Any, **named: Any) -> Any:
        if next(calls) >= done:
            raise KeyboardInterrupt
        return assess_batch(*given, **named)

    def run() -> Ran:
        given = people.read_bytes() if is_piped else b""
        return here("cohort", "-" if is_piped else str(people), str(target), "--part", "700", stdin=given)

    with monkeypatch.context() as patch:
        patch.setattr(cohort, "assess_batch", stopped)
        ran = run()
    assert (ran.status, len([one for one in parts(target) if one.suffix != ".refused"])) == (130, done)
    then = "what is piped in begins afresh, so remove them." if is_piped else "the same command goes on with them."
    kept = f"The results so far are kept in {target}.parts; {then}" if done else "Nothing was kept."
    assert ran.err.endswith(f"\nunclench: stopped. {kept}\n")
    ran = run()
    assert (ran.status, len(rows(target))) == (0, PEOPLE), ran.err


def parts(target: Path) -> list[Path]:
    return [one for one in target.with_name(f"{target.name}.parts").glob("????????.*") if "partial" not in one.name]


def part_comes(target: Path, wanted: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait until so many parts are there; false if the run ended first."""
    while process.poll() is None:
        if sum(one.suffix != ".refused" for one in parts(target)) >= wanted:
            return True
        time.sleep(0.002)
    return False


def test_parts_of_another_run_are_not_mixed_in(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    left = tmp_path / "out.parquet.parts"
    left.mkdir()
    (left / "run.json").write_text("{}", encoding="utf-8")
    ran = here("cohort", str(folder / "people.parquet"), str(target))
    assert ran.status == 2
    assert "parts of another run" in ran.err


def test_half_a_character_costs_its_own_row(tmp_path: Path) -> None:
    source, target = tmp_path / "people.ndjson", tmp_path / "out.ndjson"
    odd = ['{"id": "\\ud800x", "age": 40}', '{"id": "b", "\\ud800": true}', '{"id": "c", "sex": "\\udfff"}']
    source.write_text("\n".join(['{"id": "a"}', *odd, '{"id": "é 🙂"}']), encoding="utf-8")
    assert here("cohort", str(source), str(target)).status == 2
    assert [row["id"] for row in rows(target)] == ["a", "é 🙂"]
    refused = lines(tmp_path / "out.ndjson.refused.ndjson")
    assert [(one["row"], one["id"]) for one in refused] == [(2, "\ud800x"), (3, "b"), (4, "c")]
    assert "half of a character" in refused[0]["why"]


BAD = pa.Array.from_buffers(
    pa.string(), 3, [None, pa.array([0, 2, 6, 10], pa.int32()).buffers()[1], pa.py_buffer(b"\xff\xfetruetrue")]
)


@pytest.mark.parametrize(
    "columns",
    [
        {"id": ["a", "b", "c"], "fever": BAD},
        {"id": ["a", "b", "c"], "fever": pa.DictionaryArray.from_arrays(pa.array([0, 1, 2]), BAD)},
        {"fever": BAD, "id": BAD},
        {"id": BAD, "fever": [True, True, None]},
        {"id": pa.DictionaryArray.from_arrays(pa.array([0, 1, 2], pa.int8()), BAD), "fever": [True, True, None]},
        {"id": ["a", "b", "c"], "pain_site": pa.ListArray.from_arrays(pa.array([0, 1, 1, 1], pa.int32()), BAD)},
    ],
    ids=["text", "dictionary", "both", "id", "dictionary of ids", "list"],
)
@pytest.mark.parametrize("form", ["parquet", "ndjson"])
def test_what_is_no_text_costs_its_own_row(tmp_path: Path, columns: dict[str, Any], form: str) -> None:
    source, target = tmp_path / "people.arrow", tmp_path / f"out.{form}"
    table = pa.table(columns)
    with pa.ipc.new_file(source, table.schema) as writer:
        writer.write_table(table)
    assert here("cohort", str(source), str(target), "--part", "2").status == 2
    assert [row["row"] for row in rows(target)] == [2, 3]
    (refused,) = lines(tmp_path / f"out.{form}.refused.ndjson")
    assert refused["row"] == 1
    assert refused["id"] in ("a", None)
    assert "is not text in UTF-8" in refused["why"]


@pytest.mark.parametrize("name", ["out.parquet.parts", "out.parquet.parts-done"])
def test_a_folder_that_is_not_of_a_run_is_left_alone(folder: Path, tmp_path: Path, name: str) -> None:
    kept = tmp_path / name / "thesis.txt"
    kept.parent.mkdir()
    kept.write_text("years of work", encoding="utf-8")
    for source in ("no_such.csv", str(folder / "people.parquet")):
        ran = here("cohort", source, str(tmp_path / "out.parquet"))
        assert ran.status == 2
    assert f'{kept.parent} holds "thesis.txt", which is not of a run' in ran.err
    assert kept.read_text(encoding="utf-8") == "years of work"
    assert sorted(tmp_path.iterdir()) == [kept.parent]


def test_what_an_earlier_run_refused_is_not_overwritten(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "out.parquet.refused.ndjson"
    kept.write_text("of a run before", encoding="utf-8")
    ran = here("cohort", str(folder / "people.parquet"), str(tmp_path / "out.parquet"))
    assert ran.status == 2
    assert f"{kept} is there already" in ran.err
    assert kept.read_text(encoding="utf-8") == "of a run before"


def test_a_note_that_was_cut_off_is_told(folder: Path, tmp_path: Path) -> None:
    left = tmp_path / "out.parquet.parts"
    left.mkdir()
    (left / "run.json").touch()
    ran = here("cohort", str(folder / "people.parquet"), str(tmp_path / "out.parquet"))
    assert ran.status == 2
    assert f"{left / 'run.json'} cannot be read" in ran.err


@pytest.mark.parametrize("part", ["1", "5"])
def test_a_file_that_points_beyond_its_dictionary_is_refused(tmp_path: Path, part: str) -> None:
    source, target = tmp_path / "people.arrow", tmp_path / "out.ndjson"
    said = pa.DictionaryArray.from_arrays(pa.array([0, 0, 2], pa.int8()), ["false", "true"], safe=False)
    batch = pa.RecordBatch.from_arrays([said], ["back_lump_or_deformity"])
    with pa.ipc.new_file(source, batch.schema) as writer:
        writer.write_batch(batch)
    ran = here("cohort", str(source), str(target), "--part", part)
    assert ran.status == 2
    assert "beyond its dictionary" in ran.err
    assert sorted(tmp_path.iterdir()) == [source]


def test_a_file_of_text_views_is_read(tmp_path: Path) -> None:
    source, target = tmp_path / "people.arrow", tmp_path / "out.parquet"
    view = pa.string_view()
    table = pa.table({"id": pa.array(["a", "b"], view), "bladder_change_new": pa.array(["true", "maybe"], view)})
    with pa.ipc.new_file(source, table.schema) as writer:
        writer.write_table(table)
    assert here("cohort", str(source), str(target)).status == 2
    assert [(row["id"], row["disposition"]) for row in rows(target)] == [("a", "emergency")]
    assert [one["id"] for one in lines(tmp_path / "out.parquet.refused.ndjson")] == ["b"]


def test_ids_of_any_type_are_passed_on(tmp_path: Path) -> None:
    days = pa.array([0, 1], pa.timestamp("s"))
    numbers = pa.array([float("nan"), float("inf")])
    for name, ids, wanted in (("days", days, "1970-01-01 00:00:00"), ("numbers", numbers, "nan")):
        source, target = tmp_path / f"{name}.parquet", tmp_path / f"{name}.ndjson"
        pq.write_table(pa.table({"id": ids, "age": [40, 400]}), source)
        assert here("cohort", str(source), str(target)).status == 2
        strict = {"parse_constant": pytest.fail}
        (row,) = (json.loads(line, **strict) for line in target.read_text(encoding="utf-8").splitlines())  # type: ignore[arg-type]
        assert row["id"] == wanted
        assert json.loads((tmp_path / f"{name}.ndjson.refused.ndjson").read_text(encoding="utf-8"), **strict)  # type: ignore[arg-type]


@pytest.mark.parametrize("age", ["4_2", "٤٢", "４２", "0x2a", "nan", "inf", "1e999", "4 2", "9" * 5000])
def test_an_age_in_other_spellings_is_no_age(tmp_path: Path, age: str) -> None:
    source, target = tmp_path / "people.csv", tmp_path / "out.ndjson"
    source.write_text(f"age\n{age}\n42\n42.0\n+42\n4.2e1\n", encoding="utf-8")
    assert here("cohort", str(source), str(target)).status == 2
    assert [row["row"] for row in rows(target)] == [2, 3, 4, 5]


def faults(folder: Path, tmp_path: Path) -> Iterator[tuple[tuple[str, str], str]]:
    odd = tmp_path / "odd.parquet"
    pq.write_table(pa.table({"fevr": [True], "age": [True]}), odd)
    there = tmp_path / "there.parquet"
    there.touch()
    noise = tmp_path / "noise.parquet"
    noise.write_bytes(b"no such thing")
    yield (str(odd), str(tmp_path / "a.parquet")), 'Did you mean "fever"'
    yield (str(folder / "people.parquet"), str(there)), "is there already"
    yield (str(folder / "people.parquet"), str(tmp_path / "a.xlsx")), "should end in"
    yield (str(tmp_path / "people.xlsx"), str(tmp_path / "a.parquet")), "no such file"
    yield (str(folder), str(tmp_path / "a.parquet")), f"{folder}: this is a folder. Name a file of people."
    yield (str(noise), str(tmp_path / "b.parquet")), "cannot be read"
    yield (str(folder / "people.parquet"), str(tmp_path / "nowhere" / "a.parquet")), "there is no such folder"


def test_what_cannot_be_done_is_said(folder: Path, tmp_path: Path) -> None:
    for arguments, words in faults(folder, tmp_path):
        ran = here("cohort", *arguments)
        assert ran.status == 2
        assert words in ran.err


def test_the_same_seed_draws_the_same_people_and_a_greater_size_only_adds_some(folder: Path) -> None:
    first = unclench("population", "--size", "20", "--seed", "5").records
    assert first == lines(folder / "people.ndjson")[:20]
    assert first != unclench("population", "--size", "20", "--seed", "6").records
    assert [one["id"] for one in first] == [f"synthetic-{number}" for number in range(1, 21)]


def test_a_population_can_be_piped_into_a_cohort(folder: Path, tmp_path: Path) -> None:
    piped, filed = tmp_path / "piped.ndjson", tmp_path / "filed.ndjson"
    people = here("population", "--size", "200", "--seed", "5").out
    assert people.count("synthetic") >= 400
    ran = here("cohort", "-", str(piped), stdin=people)
    assert (ran.status, "200 assessed, 0 refused" in ran.err) == (0, True), ran.err
    source = tmp_path / "people.ndjson"
    source.write_text(people, encoding="utf-8")
    assert here("cohort", str(source), str(filed)).status == 0
    assert piped.read_bytes() == filed.read_bytes()
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"people.ndjson"} | {
        f"{name}.ndjson{end}" for name in ("piped", "filed") for end in ("", ".refused.ndjson")
    }
    ran = here("cohort", "-", str(tmp_path / "nowhere" / "out.ndjson"), stdin=people)
    assert (ran.status, "there is no such folder" in ran.err) == (2, True)


def test_closed_standard_input_is_named(tmp_path: Path) -> None:
    closed = ["sh", "-c", 'exec "$@" <&-', "sh", *COMMAND]
    ran = unclench("cohort", "-", str(tmp_path / "out.parquet"), command=closed)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == "unclench: standard input is closed. Give a file, or open it again.\n"
    assert list(tmp_path.iterdir()) == []


def test_nobody_missing_and_nobody_unsure_can_be_asked_for() -> None:
    ran = here("population", "--size", "50", "--seed", "1", "--missing", "0", "--unsure", "0")
    assert all("fever" in one and "unsure" not in one.values() for one in ran.records)
    assert here("population", "--size", "0", "--seed", "1").status == 2
    assert here("population", "--size", "1", "--seed", "1", "--missing", "2").status == 2


@pytest.mark.parametrize("suffix", [".arrow", ".parquet", ".ndjson"])
def test_a_population_that_is_not_whole_is_not_left(tmp_path: Path, suffix: str) -> None:
    """What was there before stays; a limit to the size of files ends a write as a full disk does."""
    target = tmp_path / f"people{suffix}"
    target.write_bytes(b"of before")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        ran = here("population", "--size", "500", "--seed", "5", "--out", str(target))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err == f"unclench: {target} cannot be written (File too large). Mend that, or name another.\n"
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(target.name, b"of before")]


def test_an_output_of_another_name_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    ran = here("population", "--size", "5", "--seed", "5", "--out", str(tmp_path / "people.xlsx"))
    assert (ran.status, "should end in one of" in ran.err) == (2, True)
    assert list(tmp_path.iterdir()) == []

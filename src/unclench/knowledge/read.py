"""Reads every file of `knowledge/` into typed records, collecting all problems instead of stopping at the first."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

import msgspec

from unclench.errors import KnowledgeError, near_match
from unclench.knowledge import schema
from unclench.knowledge.yaml_reader import Document, KeyPath, Read, read_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Amend", "Placed", "Shelf", "read_shelf"]

R = TypeVar("R")

Amend: TypeAlias = Callable[[str, Any], Any]
"""Takes a kind of record (an attribute of the shelf) and one as its file has it; returns it as it is to be read."""


@dataclass(frozen=True, slots=True)
class Placed(Generic[R]):
    """A record and where it stands."""

    record: R
    document: Document
    path: KeyPath

    def where(self, *keys: str | int) -> str:
        """Return `file:line` of a part of this record."""
        return self.document.where((*self.path, *keys))


@dataclass(slots=True)
class Shelf:
    """Everything that was read, by kind and id, and the problems met on the way."""

    read: Read = read_yaml
    sources: dict[str, Placed[schema.Source]] = field(default_factory=dict)
    findings: dict[str, Placed[schema.Finding]] = field(default_factory=dict)
    predicates: dict[str, Placed[schema.Predicate]] = field(default_factory=dict)
    screens: dict[str, Placed[schema.Screen]] = field(default_factory=dict)
    red_flags: dict[str, Placed[schema.RedFlag]] = field(default_factory=dict)
    examples: dict[str, list[Placed[schema.CaseExample]]] = field(default_factory=dict)
    causes: dict[str, Placed[schema.Cause]] = field(default_factory=dict)
    contributors: dict[str, Placed[schema.Event]] = field(default_factory=dict)
    events: dict[str, Placed[schema.Event]] = field(default_factory=dict)
    strata: dict[str, Placed[schema.Stratum]] = field(default_factory=dict)
    dispositions: dict[str, Placed[schema.Disposition]] = field(default_factory=dict)
    places: dict[str, Placed[schema.Place]] = field(default_factory=dict)
    unused_rows: dict[str, Placed[schema.UnusedRow]] = field(default_factory=dict)
    vignettes: dict[str, Placed[schema.Vignette]] = field(default_factory=dict)
    exercises: dict[str, Placed[schema.Exercise]] = field(default_factory=dict)
    shared_ratios: dict[str, Placed[schema.SharedRatio]] = field(default_factory=dict)
    phases: dict[str, Placed[schema.Phase]] = field(default_factory=dict)
    tracks: dict[str, Placed[schema.Track]] = field(default_factory=dict)
    treatments: dict[str, Placed[schema.Treatment]] = field(default_factory=dict)
    medicines: dict[str, Placed[schema.Medicine]] = field(default_factory=dict)
    medicine_groups: dict[str, Placed[schema.MedicineGroup]] = field(default_factory=dict)
    unused_medicine_rows: dict[str, Placed[schema.UnusedRow]] = field(default_factory=dict)
    claim_texts: dict[str, Placed[schema.ClaimText]] = field(default_factory=dict)
    questions: dict[str, Placed[schema.LayQuestion]] = field(default_factory=dict)
    charts: dict[str, Placed[schema.Chart]] = field(default_factory=dict)
    muscles: dict[str, Placed[schema.Muscle]] = field(default_factory=dict)
    reviews: dict[str, Placed[schema.Review]] = field(default_factory=dict)
    changes: str = ""
    plan: Placed[schema.PlanModel] | None = None
    figures: dict[str, Document] = field(default_factory=dict)
    figure_body: Document | None = None
    model: schema.Model | None = None
    wording: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    lexicon: dict[str, Any] = field(default_factory=dict)
    accuracy_rows: set[int] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


# folder or file -> (attribute of the shelf, type, one record a file)
_PLACES: dict[str, tuple[str, type[Any], bool]] = {
    "sources": ("sources", schema.Source, False),
    "findings": ("findings", schema.Finding, False),
    "predicates": ("predicates", schema.Predicate, False),
    "screens.yaml": ("screens", schema.Screen, False),
    "red_flags": ("red_flags", schema.RedFlag, True),
    "causes": ("causes", schema.Cause, True),
    "shared_ratios.yaml": ("shared_ratios", schema.SharedRatio, False),
    "contributors": ("contributors", schema.Event, True),
    "events": ("events", schema.Event, True),
    "priors": ("strata", schema.Stratum, True),
    "dispositions.yaml": ("dispositions", schema.Disposition, False),
    "places.yaml": ("places", schema.Place, False),
    "accuracy": ("unused_rows", schema.UnusedRow, False),
    "vignettes": ("vignettes", schema.Vignette, False),
    "exercises": ("exercises", schema.Exercise, True),
    "plan/phases.yaml": ("phases", schema.Phase, False),
    "plan/tracks.yaml": ("tracks", schema.Track, False),
    "treatments": ("treatments", schema.Treatment, True),
    "medicines": ("medicines", schema.Medicine, True),
    "medicines/groups": ("medicine_groups", schema.MedicineGroup, True),
    "medicines/unused_rows.yaml": ("unused_medicine_rows", schema.UnusedRow, False),
    "claims": ("claim_texts", schema.ClaimText, True),
    "questions": ("questions", schema.LayQuestion, False),
    "charts": ("charts", schema.Chart, True),
    "muscles.yaml": ("muscles", schema.Muscle, False),
    "reviews.yaml": ("reviews", schema.Review, False),
}

# kind of wording -> the texts a record may have
_TEXTS: dict[str, tuple[str, ...]] = {
    "causes": ("name", "summary", "clinical", "rule_out", "work_up"),
    "charts": ("name", "summary", "lines", "across", "point", "span", "clinical"),
    "claim_verdicts": ("name", "summary"),
    "claims": ("says", "right"),
    "comparisons": ("name",),
    "contributors": ("name", "summary", "advice", "clinical"),
    "costs": ("name",),
    "criteria": ("text",),
    "dispositions": ("heading", "within", "what_to_do", "meaning", "general", "general_meaning"),
    "dose_labels": ("name",),
    "dose_parts": ("name",),
    "efforts": ("name",),
    "events": ("name", "summary", "advice", "clinical"),
    "equipment": ("name",),
    "exercise_groups": ("name",),
    "exercise_limits": ("because",),
    "exercises": ("name", "purpose", "start", "steps", "stop", "easier", "harder", "why"),
    "families": ("name",),
    "figures": ("name",),
    "findings": (
        *("name", "what_for", "question", "line", "label", "help"),
        *("why", "clinical", "choices", "unit", "amount"),
    ),
    "grades": ("name", "summary"),
    "joints": ("name",),
    "medicine_groups": ("name", "rules", "cramps"),
    "medicines": ("name", "what_for", "how", "ask", "stop", "rules", "overdose"),
    "messages": ("because", "clinical"),
    "muscles": ("name", "does", "clinical"),
    "occasions": ("name",),
    "positions": ("name",),
    "outcomes": ("name",),
    "phases": ("name", "when", "summary"),
    "populations": ("name",),
    "phrases": ("name",),
    "predicates": ("clinical",),
    "quantities": ("amount",),
    "questions": ("question", "answer"),
    "red_flags": ("name", "because", "clinical", "do"),
    "screens": ("title", "intro", "none", "why"),
    "see": ("name", "how"),
    "sorts": ("name",),
    "tracks": ("name", "summary"),
    "treatments": (
        *("name", "what", "how", "why", "expect", "harm", "stop", "dose", "doses"),
        *("why_not", "care", "why_left_out", "clinical"),
    ),
    "units": ("name",),
    "verdicts": ("name", "summary"),
}


def _as_written(_: str, data: Any) -> Any:
    return data


def read_shelf(root: Path, amend: Amend = _as_written, *, read: Read = read_yaml) -> Shelf:
    """Read the whole of `knowledge/`.

    Args:
        root: the folder `knowledge/`.
        amend: what to change in a record before it is checked, for trying a change out.
        read: reads one file of it; nothing that it returns is changed, so it may remember.

    Returns:
        Every well-formed record, with one line in `problems` for each thing that was not.

    Raises:
        KnowledgeError: `root` is not a folder of knowledge at all.
    """
    if not (root / "model.yaml").is_file():
        raise KnowledgeError([f"{root} holds no model.yaml, so it is no knowledge folder. Name the right folder."])
    shelf = Shelf(read=read)
    for place, (attribute, kind, single) in _PLACES.items():
        for file in _files_of(root, place):
            if not file.name.endswith(".cases.yaml"):
                _read_records(shelf, root, file, attribute, kind, single, amend)
    for file in _files(root / "red_flags"):
        if file.name.endswith(".cases.yaml"):
            _read_examples(shelf, root, file)
    document = _open(shelf, root, root / "model.yaml")
    if document:
        placed = _convert(shelf, document, amend("model", document.data), (), schema.Model)
        shelf.model = placed.record if placed else None
    document = _open(shelf, root, root / "plan" / "model.yaml")
    if document:
        shelf.plan = _convert(shelf, document, document.data, (), schema.PlanModel)
    shelf.figure_body = _open(shelf, root, root / "plan" / "figure.yaml")
    for file in _files(root / "figures"):
        document = _open(shelf, root, file)
        if document:
            shelf.figures[file.stem] = document
    _read_wording(shelf, root)
    _word_predicates(shelf)
    for file in _files(root / "lexicon"):
        document = _open(shelf, root, file)
        if document:
            shelf.lexicon[file.stem] = document.data
    _read_accuracy(shelf, root)
    changes = root / "CHANGELOG.md"
    if changes.is_file():
        shelf.changes = changes.read_text(encoding="utf-8", errors="replace")
    return shelf


def _files(place: Path) -> list[Path]:
    return [place] if place.is_file() else sorted(place.rglob("*.yaml"))


def _files_of(root: Path, place: str) -> list[Path]:
    """Return the files of a place, without those that belong to a place inside it."""
    inside = [root / other for other in _PLACES if other.startswith(f"{place}/")]
    return [file for file in _files(root / place) if not any(one == file or one in file.parents for one in inside)]


def _open(shelf: Shelf, root: Path, file: Path) -> Document | None:
    try:
        return shelf.read(file, file.relative_to(root).as_posix())
    except KnowledgeError as error:
        shelf.problems.extend(error.problems)
        return None


def _read_records(
    shelf: Shelf, root: Path, file: Path, attribute: str, kind: type[Any], single: bool, amend: Amend
) -> None:
    into: dict[str, Placed[Any]] = getattr(shelf, attribute)
    document = _open(shelf, root, file)
    if document is None:
        return
    if single == isinstance(document.data, list):
        wanted = "one record" if single else "a list of records"
        shelf.problems.append(f"{document.file}:1: this file must hold {wanted}.")
        return
    for data, path in [(document.data, ())] if single else [(d, (i,)) for i, d in enumerate(document.data)]:
        placed = _convert(shelf, document, amend(attribute, data), path, kind)
        if placed is None:
            continue
        name = str(getattr(placed.record, "id", getattr(placed.record, "row", getattr(placed.record, "when", ""))))
        if name in into:
            shelf.problems.append(f'{placed.where()}: "{name}" is already defined at {into[name].where()}. Keep one.')
        elif single and name != file.stem:
            shelf.problems.append(f'{placed.where("id")}: the id "{name}" must equal the file name "{file.stem}".')
        else:
            into[name] = placed


def _read_examples(shelf: Shelf, root: Path, file: Path) -> None:
    document = _open(shelf, root, file)
    if document is None:
        return
    if not isinstance(document.data, list):
        shelf.problems.append(f"{document.file}:1: a cases file holds a list of examples.")
        return
    made = [_convert(shelf, document, data, (i,), schema.CaseExample) for i, data in enumerate(document.data)]
    shelf.examples[file.name.removesuffix(".cases.yaml")] = [placed for placed in made if placed]


def _convert(shelf: Shelf, document: Document, data: Any, path: KeyPath, kind: type[R]) -> Placed[R] | None:
    try:
        return Placed(msgspec.convert(data, kind), document, path)
    except msgspec.ValidationError as error:
        message, _, at = str(error).partition(" - at `$")
        deeper: list[str | int] = []
        for key, index in re.findall(r"\.(\w+)|\[(\d+)\]", at):
            deeper.append(key or int(index))
        unknown = re.search(r"unknown field `(\w+)`", message)
        hint = near_match(unknown[1], kind.__struct_fields__) if unknown else ""  # type: ignore[attr-defined]
        if unknown:
            deeper.append(unknown[1])
        where = document.where((*path, *deeper))
        key = ".".join(map(str, deeper)) or "record"
        shelf.problems.append(f"{where}: {key}: {message}.{hint}")
        return None


def _read_wording(shelf: Shelf, root: Path) -> None:
    for file in _files(root / "wording"):
        document = _open(shelf, root, file)
        if document is None:
            continue
        locale, kind, *_ = (*file.relative_to(root / "wording").with_suffix("").parts, "")
        if kind not in _TEXTS:
            shelf.problems.append(
                f"{document.file}: words are kept by language and kind, as in wording/en/causes.yaml or in the folder "
                f"wording/en/causes/. Move the file to its kind: {', '.join(_TEXTS)}."
            )
            continue
        if not isinstance(document.data, dict):
            shelf.problems.append(f"{document.file}:1: a wording file maps ids to texts.")
            continue
        texts = shelf.wording.setdefault(locale, {}).setdefault(kind, {})
        for name, entry in document.data.items():
            if name in texts:
                shelf.problems.append(f'{document.where((name,))}: wording of "{name}" is there twice. Keep one.')
            texts[name] = entry if isinstance(entry, dict) else {"name": entry}
            for key, text in texts[name].items():
                where = document.where((name, key))
                if key not in _TEXTS[kind]:
                    hint = near_match(key, _TEXTS[kind])
                    shelf.problems.append(f'{where}: "{key}" is no text that {kind} have.{hint}')
                elif not _is_text(text, mapped=key in _MAPPED):
                    wanted = f"map each {_MAPPED[key]} to its text" if key in _MAPPED else "be text; put it in quotes"
                    shelf.problems.append(f'{where}: "{key}" must {wanted}.')


def _word_predicates(shelf: Shelf) -> None:
    """Take the summary of each predicate as its English words, so that a reviewer has both in one place."""
    english = shelf.wording.setdefault("en", {})
    if "predicates" in english:
        shelf.problems.append(
            "wording/en/predicates: in English the words of a predicate are its `summary:`. Use that."
        )
    english["predicates"] = {name: {"clinical": p.record.summary} for name, p in sorted(shelf.predicates.items())}


# texts that are several -> what there is one for
_MAPPED = {
    "amount": "plural category",
    "care": "caution",
    "choices": "choice",
    "doses": "phase",
    "lines": "line",
    "rules": "rule",
    "why_not": "contraindication",
}


def _is_text(value: object, *, mapped: bool) -> bool:
    if mapped:
        return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
    return isinstance(value, str)


def _read_accuracy(shelf: Shelf, root: Path) -> None:
    file = root / "accuracy" / "rows.csv"
    if not file.is_file():
        return
    name, content = "accuracy/rows.csv", file.read_bytes()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        shelf.problems.append(f"{name}: not UTF-8 text ({error.reason} at byte {error.start}). Save it as UTF-8.")
    rows = csv.DictReader(io.StringIO(content.decode("utf-8", errors="replace"), newline=""))
    for row in rows:
        number = row.get("row") or ""
        if number.isdecimal():
            shelf.accuracy_rows.add(int(number))
        else:
            shelf.problems.append(f'{name}:{rows.line_num}: the row "{number}" must be a whole number. Number it.')


def references(data: object) -> Iterator[schema.SourceRef]:
    """Yield every source reference inside a record, however deep."""
    if isinstance(data, schema.SourceRef):
        yield data
    elif isinstance(data, msgspec.Struct):
        for name in data.__struct_fields__:
            yield from references(getattr(data, name))
    elif isinstance(data, dict):
        for value in data.values():
            yield from references(value)
    elif isinstance(data, list):
        for value in data:
            yield from references(value)

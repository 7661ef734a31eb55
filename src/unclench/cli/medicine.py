"""`unclench medicine`: can I take this? Without a name, which medicines are known, and which of yours cause cramps."""

from __future__ import annotations

import json

from unclench.cli.records import cases
from unclench.cli.terminal import wrapped
from unclench.errors import CaseError
from unclench.knowledge import Knowledge
from unclench.reasoning.medicines import check_medicine, cramp_medicines
from unclench.reasoning.taken import Taken, read_taken

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from unclench.logic import Answer

__all__ = ["as_text", "run"]

_MOST_QUESTIONS = 8


def run(options: argparse.Namespace) -> int:
    """Print advice on one medicine, or the list of those known. Return 0 whatever the advice is.

    Raises:
        CaseError: no name but blanks, a case that cannot be read, or `--took` that says nothing clear.
    """
    knowledge = Knowledge.load()
    if options.name is not None and not options.name.strip():
        raise CaseError("the name of the medicine is empty. Write what stands on the pack, or leave it out for a list.")
    taken = [read_taken(text) for text in options.took]
    answers = _answers(options.case, knowledge)
    data = _known(knowledge) if options.name is None else _advice(knowledge, options.name, answers, taken)
    data["causes_cramps"] = [one.to_data() for one in cramp_medicines(knowledge, answers, taken)]
    if options.format == "json":
        print(json.dumps(data, ensure_ascii=False, indent=2))
    else:
        print("\n".join(_list(data) if options.name is None else as_text(data)))
    return 0


def _answers(source: str | None, knowledge: Knowledge) -> Mapping[str, Answer]:
    if source is None:
        return {}
    many, records = cases(source, knowledge)
    found = list(records)
    if many and len(found) != 1:
        place = "standard input" if source == "-" else source
        raise CaseError(f"{place}: it holds {len(found)} cases. A medicine is checked for one person, so give one.")
    if found[0].error is not None:
        raise found[0].error
    assert found[0].case is not None  # a record is a case or an error
    return found[0].case.answers


def _advice(knowledge: Knowledge, name: str, answers: Mapping[str, Answer], taken: Sequence[Taken]) -> dict[str, Any]:
    return check_medicine(knowledge, name, answers, taken).to_data()


def _known(knowledge: Knowledge) -> dict[str, Any]:
    words = knowledge.words
    return {
        "medicines": [
            {
                "id": one.id,
                "name": words("medicines", one.id, "name"),
                "supply": one.supply,
                "names": list(one.names),
                "doses": len(one.doses),
            }
            for one in knowledge.medicines.values()
        ],
        "groups": [
            {"id": one.id, "name": words("medicine_groups", one.id, "name"), "names": list(one.names)}
            for one in knowledge.medicine_groups.values()
        ],
    }


def _list(data: Mapping[str, Any]) -> Iterator[str]:
    yield "MEDICINES that can be checked"
    for one in data["medicines"]:
        yield wrapped(f"{one['name']} ({one['supply'].replace('_', ' ')}): {', '.join(one['names'])}", "  ")
    yield "\nKINDS that are known when somebody takes one"
    for one in data["groups"]:
        if one["names"]:
            yield wrapped(f"{one['name']}: {', '.join(one['names'])}", "  ")
    yield from _cramps(data["causes_cramps"])


def as_text(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of an advice as a terminal shows it: the verdict first, then why, then how much.

    Args:
        data: `MedicineAdvice.to_data()`, with `causes_cramps` beside.
    """
    yield f"{data['name'].upper()}: {data['verdict'].replace('_', ' ')}"
    yield wrapped(data["headline"])
    if data["see"]:
        yield wrapped(f"Whom: {data['see']['name']}. {data['see']['how']}")
    if data["keep_taking"]:
        yield wrapped(data["keep_taking"])
    yield from _reasons("WHY", [one for one in data["reasons"] if one["action"] != "tell"])
    if data["open"]:
        yield "\nSTILL OPEN"
        for one in data["open"][:_MOST_QUESTIONS]:
            yield wrapped(f"{one['question']} ({one['finding']})", "  ")
        if len(data["open"]) > _MOST_QUESTIONS:
            more = len(data["open"]) - _MOST_QUESTIONS
            yield wrapped(
                f"and {more} more; --format json lists them. Answer them in a case, and give it with --case.", "  "
            )
    yield from _reasons("GOOD TO KNOW", [one for one in data["reasons"] if one["action"] == "tell"])
    yield from _amounts(data)
    told = [data[key] for key in ("what_for", "how", "ask", "stop") if data[key]]
    if told:
        yield "\nABOUT IT"
        for text in told:
            yield wrapped(text, "  ")
    others = [one for one in data["causes_cramps"] if data["cramps"] is None or one["group"] != data["cramps"]["group"]]
    yield from _cramps([*([data["cramps"]] if data["cramps"] else []), *others])
    yield "\n" + wrapped(data["limits"])
    yield f"pack {data['pack'][:19]}"


def _reasons(heading: str, reasons: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if reasons:
        yield f"\n{heading}"
    for one in reasons:
        yield wrapped(one["text"], "  ")
        said = "; ".join(fact["text"] for fact in one["facts"])
        if said:
            yield wrapped(f"(you said: {said})", "    ")
        yield from _sources(one)


def _amounts(data: Mapping[str, Any]) -> Iterator[str]:
    taken = [one for one in data["taken"] if one["total"] or one["text"]]
    if taken:
        yield "\nIN THE LAST 24 HOURS"
        for one in taken:
            yield wrapped(f"{one['ingredient']}: {one['total']} {one['unit']} taken. {one['text']}", "  ")
    if data["doses"] and data["verdict"] != "avoid":
        yield "\nWHAT LABELS SAY"
        for one in data["doses"]:
            yield wrapped(" ".join(one["text"]), "  ")
            yield from _sources(one)


def _cramps(groups: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if groups:
        yield "\nCAN CAUSE CRAMPS"
        for one in groups:
            yield wrapped(f"{one['name']}: {one['text']} {one['advice']}", "  ")
            yield from _sources(one)


def _sources(one: Mapping[str, Any]) -> Iterator[str]:
    cited = "; ".join(dict.fromkeys(f"{source['cites_as']} {source['at']}".strip() for source in one["sources"]))
    yield wrapped(f"[{cited}{'; from memory' if one['from_memory'] else ''}]", "    ")

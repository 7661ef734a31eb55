"""The phrases of one language, checked against the findings they speak of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from unclench.errors import KnowledgeError, near_match
from unclench.knowledge import Knowledge

__all__ = ["Lexicon", "Phrase", "load_lexicon"]

_LISTS: Final = (
    "fillers", "pain_words", "not_pain_words", "family", "others", "family_history", "past", "not_past", "unclear",
    "this_trouble", "not_unclear",
    "past_counts", "not_duration", "nothing", "half_fillers", "half_fillers_kept_after", "own", "possessive",
    "object_after", "left", "right", "right_not_before", "both_sides", "plurals", "across", "started", "yes_words",
    "no_words",
)  # fmt: skip
_MAPPINGS: Final = ("same", "family_means", "negation", "days", "days_since", "numbers", "findings")
_NEGATION: Final = ("pseudo", "preceding", "following", "termination")
_STRENGTHS: Final = ("yes", "part", "no", "ask")
_CHECKOUT: Final = Path(__file__).resolve().parents[3] / "knowledge" / "lexicon"


@dataclass(frozen=True, slots=True)
class Phrase:
    """What people say, and what it means.

    Attributes:
        text: the phrase.
        finding: what it is about; empty if it only keeps shorter phrases from being read.
        value: True or False for yes and no; a value of a choice; a region, or a region without its side.
        strength: yes, part, no or ask, as the lexicon explains.
    """

    text: str
    finding: str
    value: bool | str
    strength: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Phrases and the words around them.

    Attributes:
        phrases: all phrases of findings.
        same: word to the one it is read as.
        fillers: words left out before phrases are compared.
        lists: the other lists, by name.
        family_means: finding to the finding it stands for when a relative has it.
        negation: terms of negation, in the four kinds that negspacy reads.
        days: unit of time to its days.
        days_since: moment, such as yesterday, to the days since then.
        numbers: number word to number.
    """

    phrases: tuple[Phrase, ...]
    same: Mapping[str, str]
    fillers: frozenset[str]
    lists: Mapping[str, frozenset[str]]
    family_means: Mapping[str, str]
    negation: Mapping[str, list[str]]
    days: Mapping[str, int]
    days_since: Mapping[str, int]
    numbers: Mapping[str, int]

    @classmethod
    def from_data(cls, data: Any, knowledge: Knowledge, *, name: str = "lexicon") -> Lexicon:
        """Check a decoded lexicon.

        Args:
            data: what the file holds.
            knowledge: the pack whose findings it may name.
            name: how to call the file in messages.

        Raises:
            KnowledgeError: naming every unknown id or wrong part, with its near match.
        """
        problems = list(_shape(data, name))
        if problems:
            raise KnowledgeError(problems)
        phrases: list[Phrase] = [Phrase(text, "", True, "ask") for text in data["nothing"]]
        for finding, entry in data["findings"].items():
            if finding not in knowledge.findings:
                problems.append(f'{name}: "{finding}" is not a known finding.{near_match(finding, knowledge.findings)}')
                continue
            phrases.extend(_phrases(finding, entry, knowledge, f"{name}: {finding}", problems))
        named = [*data["past_counts"], *data["family_means"], *data["family_means"].values()]
        problems += [
            f'{name}: "{one}" is not a known finding.{near_match(one, knowledge.findings)}'
            for one in dict.fromkeys(named)
            if one not in knowledge.findings
        ]
        same: dict[str, str] = {}
        for word, variants in data["same"].items():
            for variant in variants:
                if variant in same or variant in data["same"]:
                    problems.append(f'{name}: same: "{variant}" is read as two words. Keep one.')
                same[variant] = word
        if problems:
            raise KnowledgeError(problems)
        return cls(
            tuple(phrases),
            same,
            frozenset(data["fillers"]),
            {key: frozenset(data[key]) for key in _LISTS if key != "fillers"},
            data["family_means"],
            data["negation"],
            data["days"],
            data["days_since"],
            data["numbers"],
        )


def load_lexicon(knowledge: Knowledge, *, locale: str = "en") -> Lexicon:
    """Return the lexicon of a language: from the pack, or from `knowledge/lexicon/` of a checkout.

    Raises:
        KnowledgeError: there is none for this language, or it has problems.
    """
    packed: Mapping[str, Any] = knowledge.data.get("lexicon", {})
    if locale in packed:
        return Lexicon.from_data(packed[locale], knowledge, name=f"lexicon/{locale}.yaml")
    known = sorted({*packed, *(file.stem for file in _CHECKOUT.glob("*.yaml"))})
    if locale not in known:
        raise KnowledgeError(
            [f'there is no lexicon for the language "{locale}". Known: {", ".join(known) or "none"}. Add one.']
        )
    from unclench.knowledge.yaml_reader import read_yaml

    document = read_yaml(_CHECKOUT / f"{locale}.yaml", f"lexicon/{locale}.yaml")
    return Lexicon.from_data(document.data, knowledge, name=document.file)


def _shape(data: Any, name: str) -> Iterator[str]:
    if not isinstance(data, dict):
        yield f"{name}: a lexicon maps names of parts to words."
        return
    parts = (*_LISTS, *_MAPPINGS)
    for key in data:
        if key not in parts:
            yield f'{name}: "{key}" is not a part of a lexicon.{near_match(str(key), parts)}'
    for key in parts:
        wanted = list if key in _LISTS else dict
        if not isinstance(data.get(key), wanted):
            yield f"{name}: {key}: must be there, as a {'list' if wanted is list else 'mapping'}."
        elif wanted is list and not _is_texts(data[key]):
            yield f"{name}: {key}: holds texts only; quote words such as true and numbers."
    for key, words in data["same"].items() if isinstance(data.get("same"), dict) else ():
        if not _is_texts(words):
            yield f"{name}: same: {key}: must be a list of words."
    if isinstance(data.get("negation"), dict) and set(data["negation"]) != set(_NEGATION):
        yield f"{name}: negation: must have {', '.join(_NEGATION)}."


def _phrases(finding: str, entry: Any, knowledge: Knowledge, where: str, problems: list[str]) -> Iterable[Phrase]:
    known = knowledge.findings[finding]
    if isinstance(entry, list):
        entry = {"yes": entry}
    if not isinstance(entry, dict) or not all(_is_texts(texts) for texts in entry.values()):
        problems.append(f"{where}: must be a list of phrases, or a mapping to such lists.")
        return
    if known.kind == "number":
        problems.append(f"{where}: a number is read by its pattern, so it has no phrases. Remove it.")
        return
    values = _values(known.kind, known.choices)
    for key, texts in entry.items():
        if key not in values:
            problems.append(f'{where}: "{key}" is none of {", ".join(values)}.{near_match(key, values)}')
            continue
        for text in texts:
            if known.kind == "boolean":
                yield Phrase(text, finding, key != "no", key)
            else:
                yield Phrase(text, finding, key, "yes")


def _values(kind: str, choices: tuple[str, ...]) -> tuple[str, ...]:
    if kind == "boolean":
        return _STRENGTHS
    if kind == "regions":
        unsided = (choice.rsplit("_", 1)[0] for choice in choices if choice.endswith(("_left", "_right")))
        return tuple(dict.fromkeys([*choices, *unsided]))
    return choices


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)

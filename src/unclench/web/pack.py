"""The one pack this server answers from, and its words in the language of the page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language

from unclench.knowledge import Knowledge
from unclench.web.pseudo import PSEUDO_LOCALES, pseudo

__all__ = ["Words", "knowledge", "words"]

_FALLBACK = "en"


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """Return the pack, loaded once in each worker.

    Raises:
        KnowledgeError: there is none, or `knowledge/` has problems.
    """
    return Knowledge.load()


@dataclass(frozen=True, slots=True)
class Words:
    """Content in one language: `words("findings", "fever", "label")`.

    Attributes:
        locale: the locale of the wording files that is used.
        pseudo: the pseudo-locale the words are dressed up in; None outside tests.
    """

    locale: str
    pseudo: str | None = None

    def __call__(self, kind: str, name: str, field: str) -> str:
        """Return a text; empty where the wording has no such record or field."""
        if name not in knowledge().data["wording"][self.locale].get(kind, {}):
            return ""
        return self.dressed(knowledge().words(kind, name, field, locale=self.locale))

    def choice(self, finding: str, value: str) -> str:
        """Return the lay text of one choice or region."""
        return self.dressed(knowledge().choice_words(finding, value, locale=self.locale))

    def dressed(self, text: str) -> str:
        """Return `text` as the pseudo-locale shows it; unchanged outside tests."""
        return pseudo(text, self.pseudo) if self.pseudo and text else text


def words() -> Words:
    """Return the content for the language of this request, English where it has none."""
    language = get_language() or _FALLBACK
    if language in PSEUDO_LOCALES:
        return _words(_FALLBACK, language)
    spoken = language.partition("-")[0]
    return _words(spoken if spoken in knowledge().data["wording"] else _FALLBACK, None)


@lru_cache(maxsize=16)
def _words(locale: str, dressed_as: str | None) -> Words:
    return Words(locale, dressed_as)

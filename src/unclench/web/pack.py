"""The one pack this server answers from, and its words in the language of the page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils.translation import get_language

from unclench.knowledge import Knowledge
from unclench.web.pseudo import PSEUDO_LOCALES, with_pseudo_locales

__all__ = ["Words", "knowledge", "words"]

_FALLBACK = "en"


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """Return the pack, loaded once in each worker; worded in the pseudo-locales too where the settings offer them.

    Raises:
        KnowledgeError: there is none, or `knowledge/` has problems.
    """
    pack = Knowledge.load()
    offered = [code for code, _ in settings.LANGUAGES if code in PSEUDO_LOCALES]
    return with_pseudo_locales(pack, offered) if offered else pack


@dataclass(frozen=True, slots=True)
class Words:
    """Content in one language: `words("findings", "fever", "label")`.

    Attributes:
        locale: the locale of the wording files that is used.
        typed: the language in which people are taken to write.
    """

    locale: str
    typed: str

    def __call__(self, kind: str, name: str, field: str) -> str:
        """Return a text; empty where the wording has no such record or field."""
        if name not in knowledge().data["wording"][self.locale].get(kind, {}):
            return ""
        return knowledge().words(kind, name, field, locale=self.locale)

    def choice(self, finding: str, value: str) -> str:
        """Return the lay text of one choice or region."""
        return knowledge().choice_words(finding, value, locale=self.locale)


def words() -> Words:
    """Return the content for the language of this request, English where it has none."""
    language = get_language() or _FALLBACK
    if language in PSEUDO_LOCALES:
        return Words(language, _FALLBACK)
    spoken = language.partition("-")[0]
    known = spoken if spoken in knowledge().data["wording"] else _FALLBACK
    return Words(known, known)

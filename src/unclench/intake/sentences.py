"""The sentences of a lay article: plain text or saved HTML, cut the same way each time.

Headings, list items and table cells are sentences too, since an article may claim something in any of them. What nobody
reads on the page (scripts, styles, its title) is left out, and so is what is round the article: menus, banners, side
columns, footers, forms, buttons, and lines that are nothing but a link. The cutting is by rule, so that a sentence
keeps its number.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from html.parser import HTMLParser
from typing import Final

__all__ = ["article_text", "fingerprint", "looks_like_html", "normal", "sentences", "text_of_html", "words_of"]

_HIDDEN: Final = frozenset({"script", "style", "noscript", "template", "svg", "title"})
_ROUND: Final = frozenset({"nav", "header", "footer", "aside", "button", "menu", "form", "select", "dialog"})
_ROLES: Final = frozenset({"navigation", "banner", "contentinfo", "complementary", "menu", "menubar", "search"})
_VOID: Final = frozenset("area base br col embed hr img input link meta source track wbr".split())  # noqa: SIM905 - tag names
_INLINE: Final = frozenset(
    re.findall(
        r"\w+",
        "a abbr b bdi bdo cite code data dfn em font i kbd mark q s samp small span strong sub sup time u var wbr",
    )
)
_BULLET: Final = re.compile(r"^\s*(?:[•●○▪■◦‣·*–—-]+\s+|\(?\d{1,2}(?:\.\d{1,2})*[.)]\s+|\d{1,2}\.\d{1,2}\s+)")
_CELL: Final = re.compile(r"\t+|\s\|\s|^\||\|$")
# A full stop ends a sentence when a capital, a digit or an opening mark follows, and no known short form stands before.
_END: Final = re.compile(r"(?<=[.?!…])[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9])")
_SHORT: Final = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|Dr|Mr|Mrs|Ms|Prof|St|No|Fig|a\.m|p\.m|P\.O)|\b[A-Z])\.[\"'”’)\]]*$"
)
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def sentences(text: str) -> list[str]:
    r"""Return the sentences of a plain text, in order.

    Args:
        text: lines; each line is at least one sentence, and each cell of a table is one.

    Returns:
        Sentences without bullets and numbering, each with at least one letter or digit.

    Examples:
        >>> sentences("Causes\n- Heat: it tires you. Rest helps, e.g. in bed.\na | b")
        ['Causes', 'Heat: it tires you.', 'Rest helps, e.g. in bed.', 'a', 'b']
    """
    made = []
    for line in text.splitlines():
        for cell in _CELL.split(line):
            made += _cut(_BULLET.sub("", cell).strip())
    return [one for one in made if words_of(one)]


def _cut(block: str) -> list[str]:
    made: list[str] = []
    for part in _END.split(block):
        if made and _SHORT.search(made[-1]):
            made[-1] = f"{made[-1]} {part}"
        else:
            made.append(part.strip())
    return made


def words_of(text: str) -> list[str]:
    """Return the words of a text, in small letters, without marks and accents.

    Examples:
        >>> words_of("Don’t “rest” – 2 cafés!")
        ["don't", 'rest', '2', 'cafes']
    """
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("‘", "'").casefold())
    return _WORD.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))


def normal(text: str) -> str:
    """Return a sentence as it is compared: its words, one space between them."""
    return " ".join(words_of(text))


def fingerprint(text: str) -> str:
    """Return the first 12 hexadecimal digits of the SHA-256 of a normalised sentence.

    Examples:
        >>> fingerprint("Keep moving.") == fingerprint("  keep MOVING")
        True
    """
    return hashlib.sha256(normal(text).encode("utf-8")).hexdigest()[:12]


def looks_like_html(text: str) -> bool:
    """Tell whether a text is a saved page rather than plain text."""
    return re.search(r"<\s*(?:!doctype|html|head|body|article|div|p|h[1-6]|ul|ol|table)\b", text, re.I) is not None


def text_of_html(page: str) -> str:
    r"""Return the text of a saved page: one line for each block, heading, list item and table cell.

    Examples:
        >>> text_of_html("<h1>Cramp</h1><ul><li>Rest <b>well</b>.<li>Drink</ul><script>x</script>").split("\n")
        ['Cramp', 'Rest well.', 'Drink']
    """
    reader = _Page()
    reader.feed(page)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def article_text(content: str) -> str:
    """Return the text of an article that was given as text or as a saved page."""
    return text_of_html(content) if looks_like_html(content) else content


class _Page(HTMLParser):
    """Collects what a reader of the article sees."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden: list[str] = []
        self.links = 0
        self.line: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_round = tag in _HIDDEN or tag in _ROUND or dict(attrs).get("role") in _ROLES
        # Inside a hidden element, those of its own name are counted too, so that the right end tag ends it.
        if tag not in _VOID and (is_round or tag in self.hidden):
            self.hidden.append(tag)
        self._end_of_block(tag)
        self.links += tag == "a"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's own signature
        self._end_of_block(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.hidden:
            # An element that was left open ends with the one that holds it.
            while self.hidden.pop() != tag:
                pass
        self.links = max(0, self.links - (tag == "a"))
        self._end_of_block(tag)

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            # A line of the file is no line of the page.
            self.line.append((data.replace("\n", " ").replace("\t", " "), self.links > 0))

    def close(self) -> None:
        super().close()
        self._end_of_block("")

    def _end_of_block(self, tag: str) -> None:
        if tag in _INLINE:
            return
        text = "".join(part for part, _ in self.line)
        is_link = all(linked for part, linked in self.line if part.strip())
        if not is_link or text.rstrip().endswith((".", "!", "?")):
            self.parts.append(text)
        self.parts.append("\n")
        self.line = []

"""`python -m unclench.web.catalogues`: gather the interface's strings and write the catalogues, without gettext tools.

`en` is the source and stays empty (an empty translation is the string itself); the pseudo-locales are made from it;
any other language keeps its translations, and new strings wait there untranslated. Needs Babel, a developer's tool.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

from unclench.web.pseudo import PSEUDO_LOCALES, pseudo

__all__ = ["extracted", "main"]

_HERE = Path(__file__).parent
_PROGRAM = _HERE.parent
_FOLDERS = (_HERE, _PROGRAM / "handover")  # the sheet to hand over is given the translations of the pages
_LOCALE = _HERE / "locale"
_SOURCE = "en"
# A text that is marked in one place and translated in another goes through a function of another name there.
_KEYWORDS: dict[str, Any] = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2)}
_PLURALS = {"en": "nplurals=2; plural=(n != 1);", "ar_XB": "nplurals=2; plural=(n != 1);"}

Found: TypeAlias = tuple[str, str | tuple[str, ...]]


def main() -> None:
    """Write every catalogue anew, as text (.po) and compiled (.mo)."""
    found = list(extracted())
    present = {folder.name for folder in _LOCALE.iterdir() if folder.is_dir()} if _LOCALE.is_dir() else set()
    for locale in sorted(present | {_SOURCE} | {_name(code) for code in PSEUDO_LOCALES}):
        count = _write(locale, found)
        print(f"{locale}: {count} strings")


def extracted() -> Iterator[Found]:
    """Yield (place, message) of every string of the interface; a message with a plural is a pair."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unclench.web.settings")
    from babel.messages.extract import extract_python
    from django.utils.translation.template import templatize

    for path in sorted(path for folder in _FOLDERS for path in folder.rglob("*.py")):
        if path.name == "catalogues.py":
            continue
        for line, _function, message, _comments in extract_python(io.BytesIO(path.read_bytes()), _KEYWORDS, [], {}):
            yield f"{path.relative_to(_PROGRAM)}:{line}", _plain(message)
    for path in sorted((_HERE / "templates").rglob("*.html")):
        # Only the calls are kept of what templatize makes: the rest of a template is no Python.
        made = templatize(path.read_text(encoding="utf-8"), origin=str(path))
        for number, text in enumerate(made.splitlines(), 1):
            for call in _calls(text):
                for _line, _function, message, _comments in extract_python(
                    io.BytesIO(call.encode()), _KEYWORDS, [], {}
                ):
                    yield f"{path.relative_to(_PROGRAM)}:{number}", _plain(message)


def _calls(line: str) -> Iterator[str]:
    """Yield the translation calls in a line that templatize made: `_(...)`, `gettext(...)`, `ngettext(...)`."""
    for match in re.finditer(r"""\b(?:n?gettext|_)\((?:[^()"']|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')*\)""", line):
        yield match.group()


def _plain(message: str | Iterable[str | None]) -> str | tuple[str, ...]:
    if isinstance(message, str):
        return message
    texts = tuple(text for text in message if text)
    return texts[:2] if len(texts) > 1 else texts[0]


def _write(locale: str, found: list[Found]) -> int:
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po, write_po

    folder = _LOCALE / locale / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    text = folder / "django.po"
    before = read_po(io.BytesIO(text.read_bytes()), locale=None) if text.is_file() else None
    catalogue = Catalog(project="unclench", charset="utf-8", fuzzy=False)
    code = locale.lower().replace("_", "-")
    for place, message in found:
        file, _colon, line = place.rpartition(":")
        singular = message if isinstance(message, str) else message[0]
        string: str | tuple[str, ...] = ""
        if code in PSEUDO_LOCALES:
            string = pseudo(message, code) if isinstance(message, str) else tuple(pseudo(one, code) for one in message)
        elif before is not None and (old := before.get(singular)) is not None:
            string = (old.string if isinstance(old.string, str) else tuple(old.string or ())) or ""
        flags = ["python-format"] if "%(" in singular else ["python-brace-format"] if "{" in singular else []
        catalogue.add(message, string, locations=[(file, int(line))], flags=flags)
    with text.open("wb") as file_:
        write_po(file_, catalogue, include_lineno=False, omit_header=False, width=120, sort_output=True)
    _fix_header(text, locale)
    with (folder / "django.mo").open("wb") as file_:
        write_mo(file_, read_po(io.BytesIO(text.read_bytes())))
    return len(catalogue)


def _fix_header(path: Path, locale: str) -> None:
    """Take the date out, so that the same strings give the same file, and state the plurals."""
    plural = _PLURALS.get(locale, _PLURALS["en"])
    header = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {locale}\\n"\n'
        '"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {plural}\\n"\n'
    )
    _head, _blank, rest = path.read_text(encoding="utf-8").partition("\n\n")
    path.write_text(f"# Written by `python -m unclench.web.catalogues`.\n{header}\n{rest}", encoding="utf-8")


def _name(code: str) -> str:
    language, _dash, region = code.partition("-")
    return f"{language}_{region.upper()}" if region else language


if __name__ == "__main__":
    main()

"""The sheet as a tagged PDF. Texts reach the template as data, never as markup; fonts come with the package."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import typst

from unclench.handover.sheet import Translate, sheet
from unclench.reasoning import Assessment

__all__ = ["pdf"]

_FOLDER = Path(__file__).parent
_TEMPLATE = _FOLDER / "sheet.typ"


def pdf(
    assessment: Assessment, *, locale: str = "en", translate: Translate = str, made_on: date | None = None
) -> bytes:
    """Return the sheet to hand over as PDF, tagged and declared PDF/UA-1.

    The same arguments give the same bytes: no clock and no font of the machine takes part.

    Args:
        assessment: the advice.
        locale: of the wording files and of the document.
        translate: from English texts of the sheet itself to those of the reader; gettext is one.
        made_on: the day to print on it; None = a line to write it on.

    Raises:
        CaseError: the answers do not fit one QR code.

    Examples:
        >>> from unclench.knowledge import Knowledge
        >>> from unclench.reasoning import assess
        >>> pdf(assess(Knowledge.load(), {"findings": {"saddle_numbness": True}}))[:5]
        b'%PDF-'
    """
    content = sheet(assessment, locale=locale, translate=translate, made_on=made_on)
    made = _compiler(json.dumps(content)).compile(format="pdf", pdf_standards=["ua-1"])
    assert isinstance(made, bytes)
    return made


def _compiler(content: str) -> typst.Compiler:
    # One for each document: a compiler refuses a second thread, and making one takes a millisecond.
    return typst.Compiler(
        _TEMPLATE, root=_FOLDER, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs={"content": content}
    )


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FOLDER / "fonts")])

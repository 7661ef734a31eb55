"""The answers of a case as a short text for a QR code, so that somebody else can open the case again, offline.

`UNCLENCH2:` and base32 of a CRC-32 and a deflated body: the pack it was made with, then the answers under their own
ids. Every version that was ever written is read for ever. What the text promises, and what it does not, is in
docs/explanation/handover_code.md.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from unclench.errors import CaseError
from unclench.handover.misread import CHECK_BYTES, misread_letter
from unclench.knowledge import Knowledge
from unclench.logic import UNSURE, Answer
from unclench.reasoning import Case
from unclench.reasoning.case import ABOUT

if TYPE_CHECKING:
    import segno

__all__ = ["MOST_CHARACTERS", "CodeError", "Opened", "decode", "encode", "modules", "open_code", "qr_svg"]

MOST_CHARACTERS = 3391
"""What the largest QR code (version 40, error level M) holds in its alphanumeric mode. Source: none, ISO/IEC 18004."""

_HEAD = re.compile(r"UNCLENCH([0-9]{1,3}):")
_VERSION = 2  # the one that is written
_READ = {str(version): version for version in range(1, _VERSION + 1)}
_NO_LETTER = re.compile(r"[^A-Z2-7]")
_ID = re.compile(r"[a-z0-9_]+")
_GROUP = 10  # letters in a group on the sheet; the head of a code fills the first
_CAPITALS = str.maketrans(ascii_lowercase, ascii_uppercase)  # str.upper would make a letter of "ı" and "ſ"
_MOST_BODY_BYTES = 32_768  # far above any case; a crafted text cannot make a bigger one unfold
_PACK_DIGITS = 8
_QUIET_ZONE = 4  # modules of white around a QR code. Source: none, ISO/IEC 18004


def _(text: str) -> str:
    """Mark a text for the catalogues; whoever shows it translates it."""
    return text


_DAMAGED = _("This code is damaged or cut short. Scan or copy it again, from the first letter to the last.")
_NOT_OURS = _("This code was not made by Unclench: what it holds are not answers.")


class CodeError(CaseError):
    """A code that cannot be read: what is wrong with it, where, and how to mend it.

    Attributes:
        pattern: the message in English, with its places; a catalogue may translate it.
        values: what stands in the places.
    """

    def __init__(self, pattern: str, **values: str | int) -> None:
        self.pattern = pattern
        self.values: Mapping[str, str | int] = values
        said = pattern.format(**values)
        super().__init__(said[0].lower() + said[1:])


@dataclass(frozen=True, slots=True)
class Opened:
    """A code that was read.

    Attributes:
        case: the answers this pack knows.
        pack: the first digits of the hash of the pack that the code was made with.
        same_pack: whether it is the pack that reads it; if not, the advice may differ from what the person was told.
        unread: finding id to answer, of the answers that this pack does not know. Show them: they were given.
    """

    case: Case
    pack: str
    same_pack: bool
    unread: Mapping[str, Any]

    def whole(self) -> Case:
        """Return the case, with every answer that the code carries.

        Raises:
            CodeError: some answers are not known here; each is named.
        """
        if self.unread:
            shown = ", ".join(f"{finding}={answer!r:.40}" for finding, answer in sorted(self.unread.items()))
            raise CodeError(
                _(
                    "This code was made with other knowledge ({pack}) and holds answers that are not known here: "
                    "{answers}. Bring Unclench up to date, or enter the answers by hand."
                ),
                pack=self.pack,
                answers=f"{shown:.400}",
            )
        return self.case


def encode(case: Case, knowledge: Knowledge) -> str:
    """Return the answers of `case` as a text of capitals, digits and one colon.

    The case's `id` is the caller's, may name a person, and is left out.

    Args:
        case: the case.
        knowledge: the pack its answers were checked with.

    Raises:
        CaseError: the answers do not fit one QR code.

    Examples:
        >>> knowledge = Knowledge.load()
        >>> encode(Case.from_data({"age": 42, "findings": {"fever": False}}, knowledge), knowledge)[:10]
        'UNCLENCH2:'
    """
    place = {word: number for number, word in enumerate(_words(_VERSION))}
    # In the order of the word list, so that a run of lines all answered "no" is one match to the compressor.
    order = sorted(case.answers, key=lambda finding: (place.get(finding, len(place)), finding))
    grouped = [" ".join(f for f in order if case.answers[f] is truth) for truth in (True, False)]
    unsure = " ".join(f for f in order if case.answers[f] == UNSURE)
    others = {f: case.answers[f] for f in order if not (isinstance(case.answers[f], bool) or case.answers[f] == UNSURE)}
    body = json.dumps([_short(knowledge.hash), *grouped, unsure, others], separators=(",", ":"), ensure_ascii=False)
    text = f"UNCLENCH{_VERSION}:" + _sealed(_deflated(body.encode("utf-8")))
    if len(text) > MOST_CHARACTERS:
        raise CaseError(f"these answers need {len(text)} characters; a QR code holds {MOST_CHARACTERS}. Save the PDF.")
    return text


def decode(text: str, knowledge: Knowledge) -> Case:
    """Return the case that `encode` wrote; all of it, or none.

    Args:
        text: the code; spaces, line breaks and small letters in it do not matter.
        knowledge: the pack to read it with, which need not be the one it was made with.

    Raises:
        CodeError: the code is damaged, cut short, too long or of another version; or it holds answers that this pack
            does not know, each of which is named. `open_code` reads what can be read of such a code.

    Examples:
        >>> knowledge = Knowledge.load()
        >>> decode(encode(Case(None, {"age": 42}), knowledge), knowledge).answers["age"]
        42
    """
    return open_code(text, knowledge).whole()


def open_code(text: str, knowledge: Knowledge) -> Opened:
    """Read a code as far as this pack knows its answers, and say which it does not know.

    Args:
        text: the code; spaces, line breaks and small letters in it do not matter.
        knowledge: the pack to read it with.

    Raises:
        CodeError: the code is damaged, cut short, too long or of another version, or its answers contradict each other.
    """
    pack, answers = _unpacked(_body(text))
    known = {f: a for f, a in answers.items() if f in knowledge.findings and knowledge.answer_kind_fits(f, a)}
    about = {f: a for f, a in known.items() if f in ABOUT}
    findings = {f: list(a) if isinstance(a, tuple) else a for f, a in known.items() if f not in ABOUT}
    try:
        case = Case.from_data({**about, "findings": findings}, knowledge)
    except CaseError as error:
        pattern = _("The answers in this code cannot all be right, so it was changed or made by hand. {answers}")
        raise CodeError(pattern, answers=str(error)) from None
    unread = {f: a for f, a in answers.items() if f not in known}
    return Opened(case, pack, pack == _short(knowledge.hash), unread)


def qr_svg(text: str, *, title: str, desc: str, name: str = "answers-code") -> str:
    """Return `text` as a QR code drawn in SVG, with an accessible name and no style or script.

    Args:
        text: what it carries.
        title: its accessible name.
        desc: its accessible description.
        name: prefix of the ids in it; one page must not use a prefix twice.

    Examples:
        >>> "<title" in qr_svg("UNCLENCH2:AAAA", title="Code", desc="Your answers")
        True
    """
    code = _drawn(text)
    side = code.symbol_size(border=_QUIET_ZONE)[0]
    drawn = "".join(
        f"M{start} {row}h{end - start}v1H{start}z"
        for row, modules in enumerate(code.matrix_iter(border=_QUIET_ZONE))
        for start, end in _runs(bytes(modules))
    )
    at = escape(name, {'"': "&quot;"})
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" '
        f'aria-labelledby="{at}-title" aria-describedby="{at}-desc" shape-rendering="crispEdges">'
        f'<title id="{at}-title">{escape(title)}</title><desc id="{at}-desc">{escape(desc)}</desc>'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{drawn}"/></svg>'
    )


def modules(text: str) -> int:
    """Return the side of `text` as a QR code in modules, its white border included; print each at least 0.5 mm wide.

    Examples:
        >>> modules("UNCLENCH2:AAAA")
        29
    """
    return int(_drawn(text).symbol_size(border=_QUIET_ZONE)[0])


def _drawn(text: str) -> segno.QRCode:
    import segno  # only drawing needs it; a code is read without

    return segno.make(text, error="M", boost_error=False, micro=False)


def _runs(row: bytes) -> Iterator[tuple[int, int]]:
    return (match.span() for match in re.finditer(rb"\x01+", row))


def _body(text: str) -> bytes:
    """Check the outside of a code and return what is inside."""
    too_long = _("This code is too long: an Unclench code has at most {most} characters. Copy the code only.")
    if len(text) > 2 * MOST_CHARACTERS:
        raise CodeError(too_long, most=MOST_CHARACTERS)
    text = "".join(text.split()).translate(_CAPITALS)
    if len(text) > MOST_CHARACTERS:
        raise CodeError(too_long, most=MOST_CHARACTERS)
    head = _HEAD.match(text)
    if head is None:
        pattern = _(
            "This is not an Unclench code: it does not begin with “{head}”, a number and a colon. "
            "Scan or copy it again."
        )
        raise CodeError(pattern, head="UNCLENCH")
    version = _READ.get(head[1])
    if version is None:
        pattern = _("This code has version {version}. Versions up to {known} can be read here. Update Unclench.")
        raise CodeError(pattern, version=head[1], known=_VERSION)
    sealed = text[head.end() :]
    if odd := _NO_LETTER.search(sealed):
        pattern = _(
            "Letter {letter} in group {group} of this code, counting ten letters to a group, is “{shown}”. After the "
            "colon there are only A to Z and 2 to 7. Look for O in place of 0, I or L in place of 1, B in place of 8."
        )
        raise CodeError(
            pattern,
            **_place(head.end() + odd.start()),
            shown=odd[0] if odd[0].isprintable() else "\N{REPLACEMENT CHARACTER}",
        )
    try:
        return _inflated(_unsealed(sealed), version)
    except (ValueError, zlib.error):
        suspect = _suspect(sealed)
    if suspect is None:
        raise CodeError(_DAMAGED)
    pattern = _(
        "Letter {letter} in group {group} of this code, counting ten letters to a group, looks wrong. Compare it there."
    )
    raise CodeError(pattern, **_place(head.end() + suspect))


def _place(index: int) -> dict[str, int]:
    """Return where a letter stands on the sheet, counted from one."""
    group, letter = divmod(index, _GROUP)
    return {"group": group + 1, "letter": letter + 1}


def _suspect(sealed: str) -> int | None:
    """Return the index of the one letter that looks wrong; None if there is no such letter."""
    try:
        return misread_letter(_unpadded(sealed), len(sealed))
    except ValueError:
        return None


def _unpacked(body: bytes) -> tuple[str, dict[str, Answer]]:
    """Return the pack and the answers of a body whose check sum was right; a crafted one is still refused."""
    wrong = CodeError(_NOT_OURS)
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise wrong from None
    if not isinstance(data, list) or len(data) != 5 or not isinstance(data[4], dict):
        raise wrong
    pack, yes, no, unsure, others = data
    answers: list[tuple[str, Answer]] = []
    for listed, answer in ((yes, True), (no, False), (unsure, UNSURE)):
        if not isinstance(listed, str):
            raise wrong
        answers += [(finding, answer) for finding in listed.split()]
    for finding, value in others.items():
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            answers.append((finding, tuple(sorted(value))))
        elif isinstance(value, int | float | str) and not isinstance(value, bool):
            answers.append((finding, value))
        else:
            raise wrong
    if len(dict(answers)) != len(answers) or not all(_ID.fullmatch(finding) for finding, _ in answers):
        raise wrong
    if not isinstance(pack, str) or not _ID.fullmatch(pack):
        raise wrong
    return pack[:_PACK_DIGITS], dict(answers)


def _sealed(packed: bytes) -> str:
    check = zlib.crc32(packed).to_bytes(CHECK_BYTES, "big")
    return base64.b32encode(check + packed).decode("ascii").rstrip("=")


def _unsealed(text: str) -> bytes:
    """Return the bytes of a base32 text whose check sum is right.

    A CRC-32 finds every error that is confined to 32 bits in a row, so every change of up to six letters in a row.
    Bits at the end that base32 would ignore must be as `encode` writes them, or a changed last letter went unseen.
    """
    whole = _unpadded(text)
    if _sealed(whole[CHECK_BYTES:]) != text:
        raise ValueError
    return whole[CHECK_BYTES:]


def _unpadded(text: str) -> bytes:
    return base64.b32decode(text + "=" * (-len(text) % 8))


def _deflated(body: bytes) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, 9, zlib.Z_DEFAULT_STRATEGY, _dictionary(_VERSION))
    return squeeze.compress(body) + squeeze.flush()


def _inflated(packed: bytes, version: int) -> bytes:
    unfold = zlib.decompressobj(-zlib.MAX_WBITS, _dictionary(version))
    body = unfold.decompress(packed, _MOST_BODY_BYTES)
    if not unfold.eof or unfold.unused_data:
        raise ValueError
    return body


@cache
def _words(version: int) -> tuple[str, ...]:
    """Return the words that version knows beforehand. The file is frozen: codes on paper cannot be changed."""
    return tuple(Path(__file__).with_name(f"words_{version}.txt").read_text(encoding="ascii").split())


@cache
def _dictionary(version: int) -> bytes:
    return " ".join(_words(version)).encode("ascii")


def _short(pack_hash: str) -> str:
    return pack_hash.removeprefix("sha256:")[:_PACK_DIGITS]

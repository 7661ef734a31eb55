"""The sealed cookie: a `State` that only this service can read or write, for two hours.

AES-256-GCM under a key derived from Django's secret key. The time of writing is authenticated with it, so an old cookie
cannot be made young again. The server keeps nothing, so any worker can serve any request.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import struct
from functools import lru_cache
from typing import Literal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from unclench.web.state import Damaged, State

__all__ = ["LIFETIME_SECONDS", "NAME", "CookieProblem", "fits", "forget", "keep", "open_sealed", "seal"]

NAME = "unclench_check"
LIFETIME_SECONDS = 2 * 60 * 60

_VERSION = b"\x01"
_NONCE_BYTES = 12
_HEAD_BYTES = 1 + 8
_LONGEST = 4096  # characters; no browser keeps a longer cookie


class CookieProblem(Exception):
    """There are no answers to read.

    Attributes:
        why: `missing` (none came, or the browser let it go), `expired`, or `damaged` (changed or cut short).
    """

    def __init__(self, why: Literal["missing", "expired", "damaged"]) -> None:
        self.why = why
        super().__init__(why)


def seal(state: State, *, now: float) -> str:
    """Return `state` as a cookie value.

    Args:
        state: what to keep.
        now: seconds since the epoch.
    """
    head = _VERSION + struct.pack(">Q", int(now))
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = _cipher(settings.SECRET_KEY).encrypt(nonce, state.pack_up(), head)
    return base64.urlsafe_b64encode(head + nonce + sealed).rstrip(b"=").decode()


def fits(state: State, *, now: float) -> bool:
    """Tell whether a browser would keep `state`: with its name, a cookie has at most 4,096 characters."""
    return len(NAME) + len(seal(state, now=now)) < _LONGEST


def open_sealed(value: str | None, *, now: float) -> State:
    """Read a cookie value.

    Args:
        value: what the browser sent; None if nothing.
        now: seconds since the epoch.

    Raises:
        CookieProblem: there is none, it is too old, or it was changed or cut short.
    """
    if not value:
        raise CookieProblem("missing")
    if len(value) > _LONGEST:
        raise CookieProblem("damaged")
    try:
        raw = base64.b64decode(value.encode("ascii") + b"=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise CookieProblem("damaged") from None
    head, nonce, sealed = raw[:_HEAD_BYTES], raw[_HEAD_BYTES:][:_NONCE_BYTES], raw[_HEAD_BYTES + _NONCE_BYTES :]
    if len(nonce) < _NONCE_BYTES or head[:1] != _VERSION:
        raise CookieProblem("damaged")
    state = _opened(nonce, sealed, head)
    written = struct.unpack(">Q", head[1:])[0]
    if not written <= now + 60 or now - written > LIFETIME_SECONDS:
        raise CookieProblem("expired")
    return state


def keep(response: HttpResponse, request: HttpRequest, state: State, *, now: float) -> None:
    """Send `state` along with a response."""
    response.set_cookie(
        NAME,
        seal(state, now=now),
        max_age=LIFETIME_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def forget(response: HttpResponse) -> None:
    """Ask the browser to drop the cookie."""
    response.delete_cookie(NAME, samesite="Lax")


def _opened(nonce: bytes, sealed: bytes, head: bytes) -> State:
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return State.unpack(_cipher(secret).decrypt(nonce, sealed, head))
        except InvalidTag:
            continue
        except Damaged:
            break
    raise CookieProblem("damaged")


@lru_cache(maxsize=4)
def _cipher(secret: str) -> AESGCM:
    key = HKDF(SHA256(), 32, salt=None, info=b"unclench.web answers v1").derive(secret.encode())
    return AESGCM(key)

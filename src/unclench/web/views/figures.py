"""Drawn exercises as pictures: made from the pose data, the same for everybody, and so kept by caches for a day."""

from __future__ import annotations

import gzip
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import condition, require_safe

from unclench.figures.draw import moving, still
from unclench.web.pack import knowledge, words

__all__ = ["figure", "figure_alt"]

_DAY_SECONDS = 24 * 60 * 60
_KEPT = 512  # pictures of about 4 kB
# A picture holds its colours for dark pages and its stillness, as styles; nothing else may come with it.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def figure_alt(name: str, *, mirror: bool = False) -> str:
    """Return what the picture of an exercise shows, in sentences; empty where there is no picture."""
    return _text(name, mirror, words().locale) if name in knowledge().figures else ""


@require_safe
def figure(request: HttpRequest, name: str, moves: bool) -> HttpResponse:
    """Send the drawing of an exercise; with `?side=left` its mirror image."""
    if name not in knowledge().figures:
        raise Http404
    response = _answered(request, name, moves)
    # On "not modified" too, or a cache would put the headers of a page in their place.
    response["Cache-Control"] = f"public, max-age={_DAY_SECONDS}"
    response["Content-Security-Policy"] = _POLICY
    return response


def _tag(request: HttpRequest, name: str, moves: bool) -> str:
    parts = (knowledge().hash, words().locale, name, "moving" if moves else "still", _is_other(request))
    return '"' + "-".join(map(str, parts)) + '"'


@condition(etag_func=_tag)
def _answered(request: HttpRequest, name: str, moves: bool) -> HttpResponse:
    packed = _drawn(name, moves, _is_other(request), words().locale)
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(gzip.decompress(packed), content_type="image/svg+xml")
    headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return HttpResponse(packed, content_type="image/svg+xml", headers=headers)


def _is_other(request: HttpRequest) -> bool:
    return request.GET.get("side") == "left"


@lru_cache(maxsize=_KEPT)
def _drawn(name: str, moves: bool, mirror: bool, locale: str) -> bytes:
    """Return a picture, packed once and for all."""
    draw = moving if moves else still
    title = words()("exercises", name, "name")
    text = _text(name, mirror, locale)
    drawn = draw(knowledge().stage, knowledge().figures[name], title, text, mirror=mirror)
    return gzip.compress(drawn.encode(), 9, mtime=0)


@lru_cache(maxsize=_KEPT)
def _text(name: str, mirror: bool, locale: str) -> str:
    one = knowledge().figures[name]
    return knowledge().figure_text(one.mirrored() if mirror else one, locale)

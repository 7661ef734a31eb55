"""What every request and response goes through that Django has no part for."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from unclench.web.views.errors import too_large

__all__ = ["keep_private", "limit_body"]

_View = Callable[[HttpRequest], HttpResponseBase]

_NO_FEATURES = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


# Set here as well as by Django's own middleware, because an error raised in one of those skips its headers.
_ALWAYS = {
    "Cache-Control": "no-store, private",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": settings.X_FRAME_OPTIONS,
    "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
    "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": _NO_FEATURES,
    "Server": "",  # granian puts its name where there is none
}


def limit_body(get_response: _View) -> _View:
    """Refuse a body that no form of ours has, before anybody reads it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isascii() or not length.isdigit() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return too_large(request)
        return get_response(request)

    return middleware


def keep_private(get_response: _View) -> _View:
    """Forbid every cache to keep a page, and every page to use what it does not need; errors included."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in _ALWAYS.items():
            response.headers.setdefault(name, value)
        return response

    return middleware

"""The WSGI application, for granian or any other server."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from threading import Thread
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unclench.web.settings")

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

__all__ = ["application"]

if not os.environ.get("UNCLENCH_SECRET_KEY") and os.environ.get("UNCLENCH_LOCAL") != "1":
    raise ImproperlyConfigured(
        "UNCLENCH_SECRET_KEY is not set: two workers could not read each other's cookies. "
        'Make one with: python -c "import secrets; print(secrets.token_urlsafe(64))"'
    )

_django = get_wsgi_application()


def _get_ready() -> None:
    from unclench.web.own import get_ready

    get_ready()


# Beside the first requests, which do not wait for it.
Thread(target=_get_ready, name="get-ready", daemon=True).start()

_OTHER_CHARSET = re.compile(r"charset(?!\s*=\s*\"?utf-?8\"?\s*(?:;|$))", re.IGNORECASE)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request.

    Our forms are UTF-8. A body that says otherwise is not read as a form: Django would look the name up among all
    codecs of Python before any middleware runs, and fail on some of them.
    """
    if _OTHER_CHARSET.search(environ.get("CONTENT_TYPE", "")):
        environ["CONTENT_TYPE"] = "application/octet-stream"
    return _django(environ, start_response)

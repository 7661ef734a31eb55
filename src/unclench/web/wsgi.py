"""The WSGI application, for granian or any other server."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unclench.web.settings")

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

__all__ = ["application"]

if not os.environ.get("UNCLENCH_SECRET_KEY") and os.environ.get("UNCLENCH_LOCAL") != "1":
    raise ImproperlyConfigured(
        "UNCLENCH_SECRET_KEY is not set: two workers could not read each other's cookies. "
        'Make one with: python -c "import secrets; print(secrets.token_urlsafe(64))"'
    )

application = get_wsgi_application()

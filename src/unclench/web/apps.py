"""The Django application, and what it checks before it starts."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from unclench.errors import KnowledgeError

__all__ = ["WebConfig", "check_catalogues", "check_pack"]


class WebConfig(AppConfig):
    """The web product."""

    name = "unclench.web"
    label = "unclench_web"

    def ready(self) -> None:
        """Register the system checks."""
        register(check_pack)
        register(check_catalogues)


def check_pack(**_: Any) -> list[CheckMessage]:
    """Report a pack that is missing or cannot be read, and how to mend it."""
    from unclench.web.pack import knowledge

    try:
        knowledge()
    except KnowledgeError as error:
        return [Error(str(error), hint="Run: unclench knowledge check", id="unclench.E001")]
    return []


def check_catalogues(**_: Any) -> list[CheckMessage]:
    """Report a language that is offered and has no compiled catalogue."""
    from pathlib import Path

    from django.conf import settings
    from django.utils.translation import to_locale

    missing = [
        code
        for code, _ in settings.LANGUAGES
        if not any((Path(p) / to_locale(code) / "LC_MESSAGES" / "django.mo").is_file() for p in settings.LOCALE_PATHS)
    ]
    if missing:
        text = f"No compiled catalogue for: {', '.join(missing)}."
        return [Error(text, hint="Run: python -m unclench.web.catalogues", id="unclench.E002")]
    return []

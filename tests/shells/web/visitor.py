"""Somebody with a browser: follows redirects, fills the form that is shown, and nothing else."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, cast

from django.http import HttpResponse
from django.test import Client

from unclench.web import cookie
from unclench.web.pack import knowledge
from unclench.web.state import State

__all__ = ["Visitor"]


class Visitor:
    """One browser, one person."""

    def __init__(self, language: str = "en", *, checks_forms: bool = False) -> None:
        self.client = Client(SERVER_NAME="localhost", HTTP_ACCEPT_LANGUAGE=language, enforce_csrf_checks=checks_forms)
        self.page = HttpResponse()
        self.path = "/"

    def get(self, path: str) -> HttpResponse:
        return self._seen(self.client.get(path, follow=True))

    def post(self, path: str, **fields: Any) -> HttpResponse:
        return self._seen(self.client.post(path, fields, follow=True))

    def begin(self, who: str) -> HttpResponse:
        return self.post("/", who=who)

    @property
    def html(self) -> str:
        return self.page.content.decode()

    @property
    def question(self) -> str:
        return self._hidden("question")

    @property
    def asks(self) -> list[str]:
        return self._hidden("asks").split()

    @property
    def sealed(self) -> str:
        return self.client.cookies[cookie.NAME].value

    @property
    def state(self) -> State:
        import time

        return cookie.open_sealed(self.sealed, now=time.time())

    def carry(self, sealed: str) -> None:
        """Come with this cookie."""
        self.client.cookies[cookie.NAME] = sealed

    def answer(self, **fields: Any) -> HttpResponse:
        """Send the form that is shown."""
        return self.post(self._action(), question=self.question, asks=" ".join(self.asks), **fields)

    def answer_plainly(self, **said: Any) -> HttpResponse:
        """Answer with what is in `said`, otherwise with no, none of these, 40, or the first choice."""
        return self.answer(**self.plain_fields(said))

    def plain_fields(self, said: dict[str, Any]) -> dict[str, Any]:
        if 'name="none"' in self.html:
            yes = [finding for finding in self.asks if said.get(finding) is True]
            return {"yes": yes} if yes else {"none": "1"}
        fields = {}
        for finding in self.asks:
            known = knowledge().findings[finding]
            default = {"boolean": "no", "number": "40"}.get(known.kind) or known.choices[0]
            fields[finding] = said.get(finding, default)
        return fields

    def finish(self, **said: Any) -> None:
        """Answer until nothing more is asked, and go on to the advice."""
        for _turn in range(60):
            if "/check/" not in self.path:
                break
            self.answer_plainly(**said)
        assert "/check/" not in self.path, "the interview does not end"
        self.get("/result/")

    def _seen(self, response: Any) -> HttpResponse:
        self.page = cast("HttpResponse", response)
        self.path = response.request["PATH_INFO"]
        return self.page

    def _action(self) -> str:
        found = re.search(r'<form method="post" action="(/check/[^"]*)"', self.html)
        assert found, "no question on this page"
        return found[1]

    def _hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.html)
        return unescape(found[1]) if found else ""

"""Pages as anybody gets them who asks for an address: no cookie, no browser."""

from __future__ import annotations

from functools import cache

from django.http import HttpResponse
from django.test import Client

__all__ = ["client", "get", "html", "kept", "kept_html"]


@cache
def client() -> Client:
    """Return the one client of these tests."""
    return Client(SERVER_NAME="localhost")


def get(path: str, **headers: str) -> HttpResponse:
    """Ask for an address."""
    return client().get(path, headers=headers)  # type: ignore[return-value]


def html(path: str) -> str:
    """Return a page that has to be there."""
    return _text(path, get(path))


@cache
def kept(path: str) -> HttpResponse:
    """Ask for an address, once in a process: for the many tests that look at every page of Learn as it always is."""
    return get(path)


def kept_html(path: str) -> str:
    """Return a page that has to be there, made once in a process."""
    return _text(path, kept(path))


def _text(path: str, response: HttpResponse) -> str:
    assert response.status_code == 200, path
    return response.content.decode()

"""Headers, paths and methods nobody's browser sends: each gets a plain answer with every security header."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from typing import Any, cast

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shells.web.hostile import MARKUP, assert_harmless, assert_headers
from shells.web.visitor import Visitor
from unclench.web import cookie
from unclench.web.logs import WithoutAnswers

PAGES = [
    "/",
    "/check/",
    "/check/1/",
    "/review/",
    "/result/",
    "/result/clinician/",
    "/plan/",
    "/words/",
    "/end/",
    "/robots.txt",
]
ODD_PATHS = [
    "/../etc/passwd",
    "/static/../settings.py",
    "/static/%2e%2e/%2e%2e/settings.py",
    "/static/web/..%2f..%2fsettings.py",
    "/static/..%5c..%5csettings.py",
    "/static//etc/passwd",
    "/static/%00",
    "/check/%00/",
    "/%2e%2e/%2e%2e/",
    "/\\evil.example",
    "/check//1/",
    "/check/-1/",
    "/check/1e3/",
    "/check/" + "9" * 6000 + "/",
    "/check/\N{ARABIC-INDIC DIGIT ONE}/",
    "/" + "a" * 60_000,
    "/%ff%fe",
    "/%c0%ae%c0%ae/",
    "/%0d%0aSet-Cookie:%20evil=1",
    "/check",
    "/admin/",
    "/.env",
    "/<script>zqxwvkjqz()</script>",
    "/\N{RIGHT-TO-LEFT OVERRIDE}zqxwvkjqz",
    "/{{zqxwvkjqz}}/%(name)s/",
]


def _answered() -> str:
    one = Visitor()
    one.begin("me")
    one.answer(unsure=["saddle_numbness"])
    return one.sealed


SAID = _answered()


def _asked(path: str, method: str = "GET", **headers: str) -> Any:
    one = Visitor()
    one.carry(SAID)
    page = one.client.generic(method, path, **cast("dict[str, Any]", headers))
    assert page.status_code < 500, page.status_code
    assert_headers(page.headers)
    if page.content and page["Content-Type"].startswith("text/html"):
        assert_harmless(page.content)
    return page


@pytest.mark.parametrize("path", ODD_PATHS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_odd_paths_find_nothing_and_lead_nowhere_else(path: str, method: str) -> None:
    page = _asked(path, method)
    assert page.status_code in (301, 303, 400, 404)
    if page.status_code in (301, 303):
        assert page["Location"].startswith("/")
        assert not page["Location"].startswith(("//", "/\\"))
    assert b"root:" not in page.content
    assert b"SECRET_KEY" not in page.content


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=60).map("/{}".format) | st.lists(st.sampled_from(["..", "%2e", "1", ""])).map("/".join))
def test_any_path_is_answered(path: str) -> None:
    _asked("/" + path.lstrip("/"))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "BREW", "x"])
def test_other_methods_change_nothing(path: str, method: str) -> None:
    page = _asked(path, method)
    assert page.status_code == 405
    assert cookie.NAME not in page.cookies


@pytest.mark.parametrize("path", PAGES)
def test_head_is_get_without_a_body(path: str) -> None:
    page = _asked(path, "HEAD")
    assert page.status_code == (405 if path == "/end/" else 200)
    assert page.content == b""


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost:x", "", "[::1", "a b", "<script>", "\x00", "é"]
)
def test_another_host_is_refused(host: str) -> None:
    page = _asked("/", HTTP_HOST=host)
    assert page.status_code == 400
    assert b"evil" not in page.content


def test_what_a_stranger_forwards_is_not_believed() -> None:
    headers = {
        "HTTP_X_FORWARDED_HOST": "evil.example",
        "HTTP_X_FORWARDED_PROTO": "https",
        "HTTP_X_FORWARDED_FOR": "' OR 1=1 --",
        "HTTP_X_FORWARDED_PORT": "<b>",
        "HTTP_FORWARDED": "host=evil.example;proto=https",
        "HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE",
        "HTTP_X_ORIGINAL_URL": "/admin",
        "HTTP_X_REWRITE_URL": "/admin",
    }
    for path in ("/", "/check/", "/check"):
        page = _asked(path, **headers)
        assert b"evil" not in page.content
        assert "evil" not in page.headers.get("Location", "")
        assert not any(morsel["secure"] for morsel in page.cookies.values())


@pytest.mark.parametrize(
    "language",
    [
        "",
        "*",
        "x" * 20_000,
        ";q=",
        "en;q=1e999",
        "en;q=nan",
        "../../etc/passwd",
        "ar-XB\x00",
        "en-" * 3000,
        "é",
        "-",
        "_",
    ],
)
def test_any_language_is_answered(language: str) -> None:
    assert _asked("/check/", HTTP_ACCEPT_LANGUAGE=language).status_code == 200
    page = Visitor().client.get("/", headers={"cookie": f"unclench_language={language.replace(';', '')}"})
    assert page.status_code == 200


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(PAGES),
    st.sampled_from(
        ["HOST", "ACCEPT_LANGUAGE", "ACCEPT_ENCODING", "REFERER", "ORIGIN", "IF_MODIFIED_SINCE", "HX_REQUEST"]
    ),
    st.text(st.characters(max_codepoint=255), max_size=80) | st.sampled_from(MARKUP[:9]) | st.just("a" * 60_000),
    st.sampled_from(["GET", "POST"]),
)
def test_no_header_breaks_a_page(path: str, name: str, value: str, method: str) -> None:
    _asked(path, method, **{f"HTTP_{name}": value})


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", "99999999999999999999", " 5", "\N{SUPERSCRIPT TWO}", "0x10"])
def test_an_odd_length_is_refused(length: str) -> None:
    page = _asked("/words/", "POST", CONTENT_LENGTH=length)
    assert page.status_code == 413


def test_our_own_mistake_tells_nothing(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    from unclench.web import flow

    def broken(*_: Any) -> None:
        raise RuntimeError("saddle_numbness secret-of-the-visitor")

    monkeypatch.setattr(flow, "upcoming", broken)
    one = Visitor()
    one.carry(SAID)
    one.client.raise_request_exception = False
    logging.getLogger("django").propagate = True
    try:
        page = one.client.get("/check/?secret-of-the-visitor")
    finally:
        logging.getLogger("django").propagate = False
    assert page.status_code == 500
    assert_headers(page.headers)
    assert b"still in your browser" in page.content
    assert b"secret" not in page.content
    assert cookie.NAME not in page.cookies, "the answers stay where they are"
    written = "\n".join(WithoutAnswers().format(record) for record in caplog.records)
    assert "RuntimeError" in written
    assert "secret" not in written
    assert "saddle" not in written


def test_behind_https_every_answer_has_its_headers_too() -> None:
    """In a process of its own, since settings are read once: redirects, refused hosts, and secure cookies."""
    ran = subprocess.run(
        [sys.executable, "-c", _DEPLOYED],
        capture_output=True,
        text=True,
        check=False,
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("UNCLENCH_")},
            "UNCLENCH_SECRET_KEY": "k" * 60,
            "UNCLENCH_HOSTS": "back.example",
            "UNCLENCH_PROXY": "1",
            "DJANGO_SETTINGS_MODULE": "unclench.web.settings",
            "PYTHONPATH": "tests",
        },
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["301", "400", "400", "200", "403"]


_DEPLOYED = """
import django; django.setup()
from django.test import Client
from shells.web.hostile import assert_headers
one = Client(enforce_csrf_checks=True)
for kind, secure, host in (("get", False, "back.example"), ("get", False, "evil.example"),
                           ("get", True, "evil.example"),
                           ("get", True, "back.example"), ("post", True, "back.example")):
    page = getattr(one, kind)("/", headers={"host": host, "x-forwarded-proto": "https" if secure else "http"})
    assert_headers(page.headers)
    assert page.status_code != 301 or page["Location"] == "https://back.example/"
    assert all(one["secure"] for one in page.cookies.values())
    assert page.status_code != 200 or "preload" in page["Strict-Transport-Security"]
    print(page.status_code)
"""


def test_static_files_have_their_headers_too() -> None:
    page = Client(SERVER_NAME="localhost").get("/static/web/unclench.css")
    page.close()
    assert page.status_code == 200
    assert page["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert "no-store" not in page["Cache-Control"]

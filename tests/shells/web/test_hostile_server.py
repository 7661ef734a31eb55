"""The real server, over sockets: what only a broken or hostile client sends."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

import psutil
import pytest

from shells.web.hostile import assert_headers
from unclench.web.serve import free_port

SECRET = "secret-of-the-visitor"


@dataclass
class Server:
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def send(self, raw: bytes, *, patience: float = 10) -> tuple[int, Message, bytes]:
        """Send bytes as they are; (0, ...) if the server closed without an answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=patience) as line:
            with suppress(OSError):  # refused before the end: the answer is there all the same
                line.sendall(raw)
            came = b""
            try:
                while part := line.recv(65536):
                    came += part
            except OSError:
                pass
        head, _, body = came.partition(b"\r\n\r\n")
        first, _, rest = head.partition(b"\r\n")
        found = re.match(rb"HTTP/1\.[01] (\d{3})", first)
        return int(found[1]) if found else 0, BytesParser().parsebytes(rest + b"\r\n\r\n"), body

    def ask(self, path: str, *headers: str, method: str = "GET", body: bytes = b"") -> tuple[int, Message, bytes]:
        lines = [f"{method} {path} HTTP/1.1", "Connection: close", *headers]
        if not any(line.lower().startswith("host:") for line in headers):
            lines.insert(1, f"Host: 127.0.0.1:{self.port}")
        if body:
            lines.append(f"Content-Length: {len(body)}")
        return self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)

    def is_well(self) -> bool:
        return self.ask("/")[0] == 200 and self.process.poll() is None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    port = free_port("127.0.0.1", 21_000 + os.getpid() % 20_000)
    log = tmp_path_factory.mktemp("server") / "log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "unclench.web", "--port", str(port), "--threads", "2"],
            stdout=written,
            stderr=subprocess.STDOUT,
            env={**os.environ, "UNCLENCH_LOCAL": "1"},
        )
        one = Server(port, process, log)
        until = time.monotonic() + 30
        while True:
            try:
                if one.ask("/")[0] == 200:
                    break
            except OSError:
                pass  # not listening yet
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        yield one
        parts = psutil.Process(process.pid).children(recursive=True)
        process.terminate()
        process.wait(20)
        _, alive = psutil.wait_procs(parts, timeout=5)
        for part in alive:
            part.kill()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/check/", 410),
        ("/no/such/page", 404),
        ("/check/%00/", 404),
        ("//evil.example", 404),
        ("/end/", 405),
    ],
)
def test_every_answer_has_its_headers_and_names_no_server(server: Server, path: str, status: int) -> None:
    got, headers, _ = server.ask(path)
    assert got == status
    assert_headers(headers)


@pytest.mark.parametrize(
    "path",
    ["/static/../settings.py", "/static/%2e%2e/settings.py", "/static/..%2fsettings.py", "/../../etc/passwd"]  # noqa: RUF005
    + [
        "/static/%00",
        "/static//etc/passwd",
        "/%ff",
        "/?%ff=%00",
        "*",
        "http://evil.example/",
        "/#x",
        "/" + "a" * 60_000,
    ],
)
def test_paths_that_no_browser_sends(server: Server, path: str) -> None:
    status, headers, body = server.ask(path)
    assert status in (200, 400, 404, 414, 431)
    assert not headers.get("Server")
    assert b"SECRET_KEY" not in body
    assert b"root:" not in body
    assert server.is_well()


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "OPTIONS", "CONNECT", "BREW", "get", "X" * 3000])
def test_methods_that_no_browser_sends(server: Server, method: str) -> None:
    status, headers, body = server.ask("/check/", f"X-Note: {SECRET}", method=method)
    assert status in (400, 403, 404, 405, 410, 501)
    assert SECRET.encode() not in body
    assert not headers.get("Server")
    assert server.is_well()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nBad Header\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: \x00\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nAccept-Language: \xff\xfe\r\nCookie: \xff=\xfe\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 2_000_000 + b"\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: a\r\n" * 5000 + b"Connection: close\r\n\r\n",
        b"POST /words/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\nConnection: close\r\n\r\nabc",
        b"POST /words/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\nConnection: close\r\n\r\ntoo short",
        b"POST /words/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n"
        b"Connection: close\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
        b"POST /words/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n",
        b"POST /words/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        b"4\r\nwho=\r\n2\r\nme\r\n0\r\n\r\n",
    ],
)
def test_bytes_that_are_no_request_break_nothing(server: Server, raw: bytes) -> None:
    status, headers, _ = server.send(raw, patience=1)
    assert status < 500
    assert not headers.get("Server")
    assert server.is_well()


@pytest.mark.parametrize("charset", ["rot13", "utf-16", "idna", "undefined", "base64", "mbcs", "x" * 300, "utf-8;x"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "a/b"])
def test_a_body_in_another_encoding_is_not_taken(server: Server, charset: str, kind: str) -> None:
    status, headers, _ = server.ask("/?a=b", f"Content-Type: {kind}; charset={charset}", method="POST", body=b"who=me")
    assert status == 403
    assert_headers(headers)


@pytest.mark.parametrize("path", ["/words/", "/check/", "/no/such/page"])
def test_ten_megabytes_are_refused(server: Server, path: str) -> None:
    parts = psutil.Process(server.process.pid).children(recursive=True)
    before = sum(one.memory_info().rss for one in parts)
    status, headers, _ = server.ask(path, method="POST", body=f"text={SECRET}".encode() * 400_000)
    assert status in (0, 413), "refused, or cut off while still sending"
    if status:
        assert_headers(headers)
    assert server.is_well()
    assert sum(one.memory_info().rss for one in parts) - before < 40_000_000


def test_ten_megabytes_in_chunks_are_not_taken(server: Server) -> None:
    head = f"POST /words/ HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    status, _, _ = server.send(
        head + b"10000\r\n" + b"a" * 65536 + (b"\r\n10000\r\n" + b"a" * 65536) * 150 + b"\r\n0\r\n\r\n"
    )
    assert status in (0, 400, 403, 413)
    assert server.is_well()


def test_slow_and_silent_clients_do_not_keep_others_out(server: Server) -> None:
    lines = [socket.create_connection(("127.0.0.1", server.port), timeout=5) for _ in range(60)]
    try:
        for line in lines:
            line.sendall(b"POST /words/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\ntext=")
        assert server.is_well()
    finally:
        for line in lines:
            line.close()


def test_zy_the_workers_have_not_grown(server: Server) -> None:
    parts = psutil.Process(server.process.pid).children(recursive=True)
    assert parts
    assert sum(one.memory_info().rss for one in parts) < 300_000_000


def test_zz_the_log_holds_nothing_that_was_sent(server: Server) -> None:
    server.ask(f"/{SECRET}/?{SECRET}", f"X-Note: {SECRET}", f"Cookie: unclench_check={SECRET}", f"Host: {SECRET}")
    server.ask(
        "/words/", "Content-Type: application/x-www-form-urlencoded", method="POST", body=f"text={SECRET}".encode()
    )
    written = server.log.read_text()
    assert SECRET not in written
    assert "Traceback" not in written

"""The web product against a hello-world view on the same server, a thousand people at once, and the memory they take.

Everything goes to 127.0.0.1, and every part is bounded in number and time. Client and servers share the processors,
so rates are only good for ratios of one run. UNCLENCH_BENCH_PEOPLE (default 1000) sets how many interviews run at once.
"""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from random import Random
from typing import TypeAlias
from urllib.parse import urlencode

import psutil

from benchmarks.measure import ROOT, Row, Spread
from unclench.knowledge import Knowledge
from unclench.web.serve import free_port

__all__ = ["measure"]

_PEOPLE = int(os.environ.get("UNCLENCH_BENCH_PEOPLE", "1000"))
_LINES = 8  # connections that keep a server busy
_SECONDS = 1.5  # of each measured part of each round
_ROUNDS = 3
_READING = 150  # milliseconds a person looks at a question at least
_PATIENCE = 180.0  # seconds for one wave of interviews


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes


@dataclass
class Browser:
    """One keep-alive connection with its cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, path: str, form: Sequence[tuple[str, str]] | None = None, *, boosted: bool = False) -> Reply:
        if self._line is None:
            self._line = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._line
        body = urlencode(form).encode() if form is not None else b""
        head = [f"{'GET' if form is None else 'POST'} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        if self.cookies:
            head.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        if boosted:  # as htmx asks
            head += ["HX-Request: true", "HX-Boosted: true"]
        if form is not None:
            head += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers, cookies = dict[str, str](), dict[str, str]()
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                cookies[key] = rest.partition(";")[0]
            else:
                headers[name.lower()] = value
        reply = Reply(int(lines[0].split()[1]), headers, cookies, b"")
        reply.body = await reader.readexactly(int(headers.get("content-length", "0")))
        return reply

    async def go(self, path: str, form: Sequence[tuple[str, str]] | None = None) -> tuple[str, str]:
        """Ask, keep the cookies, follow redirects; return where it ended and the page."""
        for _ in range(5):
            reply = await self.ask(path, form)
            self.cookies |= reply.cookies
            if reply.status in (200, 422):
                return path, reply.body.decode()
            if reply.status != 303:
                raise RuntimeError(f"{path} was answered with {reply.status}")
            path, form = reply.headers["location"], None
        raise RuntimeError("redirected without end")

    def close(self) -> None:
        if self._line is not None:
            self._line[1].close()


_Step: TypeAlias = tuple[dict[str, str], list[tuple[str, str]]]
_Turn: TypeAlias = Callable[[Browser, int], Awaitable[None]]


@contextmanager
def served(environment: Mapping[str, str] | None = None, *, workers: int = 1) -> Iterator[tuple[int, psutil.Process]]:
    """Serve as `python -m unclench.web` does, and yield the port and the parent process."""
    port = free_port("127.0.0.1", 23_000 + os.getpid() % 10_000)
    command = [sys.executable, "-m", "unclench.web", "--port", str(port)]
    command += ["--workers", str(workers)]
    around = {**os.environ, "UNCLENCH_LOCAL": "1", "PYTHONPATH": str(ROOT), **(environment or {})}
    process = subprocess.Popen(command, env=around, cwd=ROOT, stdout=subprocess.DEVNULL)
    parent = psutil.Process(process.pid)
    try:
        asyncio.run(_until_there(port))
        yield port, parent
    finally:
        parts = parent.children(recursive=True)
        process.terminate()
        process.wait(20)
        for one in psutil.wait_procs(parts, timeout=5)[1]:
            one.kill()


async def _until_there(port: int) -> None:
    until = time.monotonic() + 30
    while True:
        one = Browser(port)
        try:
            if (await one.ask("/")).status == 200:
                return
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            one.close()
        if time.monotonic() > until:
            raise RuntimeError("the server does not start")
        await asyncio.sleep(0.05)


def _form(page: str, knowledge: Knowledge, random: Random, eager: float) -> list[tuple[str, str]]:
    """Fill the form that is shown."""

    def hidden(name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', page)
        return unescape(found[1]) if found else ""

    asks = hidden("asks").split()
    fields = [(name, hidden(name)) for name in ("csrfmiddlewaretoken", "question", "asks")]
    if 'role="alert"' in page:  # the answers did not go together
        return [*fields, ("skip", "1")]
    if 'name="none"' in page:
        yes = [("yes", finding) for finding in asks if random.random() < eager or finding == "back_pain"]
        return fields + (yes or [("none", "1")])
    for finding in asks:
        known = knowledge.findings[finding]
        plain = {"boolean": "yes" if random.random() < eager else "no", "number": "40"}.get(known.kind)
        fields.append((finding, plain or random.choice(known.choices)))
    return fields


async def _interview(port: int, knowledge: Knowledge, seed: int) -> int:
    """Go the whole way from the start page to the advice; return the number of requests' pages."""
    random, one = Random(seed), Browser(port)
    try:
        _, page = await one.go("/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', page)
        assert token
        path, page = await one.go("/", [("csrfmiddlewaretoken", token[1]), ("who", "me")])
        pages = 2
        while path.startswith("/check/"):
            path, page = await one.go("/check/", _form(page, knowledge, random, eager=0.02))
            pages += 1
            if pages > 80:
                raise RuntimeError("an interview does not end")
        _, page = await one.go("/result/")
        if 'class="card level-' not in page:
            raise RuntimeError("no advice on the last page")
        return pages + 1
    finally:
        one.close()


async def _recorded(
    port: int, knowledge: Knowledge
) -> tuple[list[tuple[dict[str, str], list[tuple[str, str]]]], Browser]:
    """One calm interview: the cookies and the form of each step, and the browser at its end."""
    one, steps = Browser(port), list[_Step]()
    _, page = await one.go("/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', page)
    assert token
    path, page = await one.go("/", [("csrfmiddlewaretoken", token[1]), ("who", "me")])
    while path.startswith("/check/"):
        form = _form(page, knowledge, Random(1), eager=0.0)
        steps.append((dict(one.cookies), form))
        path, page = await one.go("/check/", form)
    return steps, one


async def _rate(port: int, turn: _Turn, seconds: float) -> float:
    """Return turns a second with the server kept busy."""
    until = time.perf_counter() + seconds

    async def worker(place: int) -> int:
        one, done = Browser(port), 0
        while time.perf_counter() < until:
            await turn(one, place + done * _LINES)
            done += 1
        one.close()
        return done

    began = time.perf_counter()
    done = sum(await asyncio.gather(*map(worker, range(_LINES))))
    return done / (time.perf_counter() - began)


async def _waits(port: int, turn: _Turn, rate: float, seconds: float) -> list[float]:
    """Return how long each turn took, from when it was due, when turns come evenly at `rate` a second."""
    free: list[Browser] = []
    taken: list[float] = []
    began = time.perf_counter()

    async def one_turn(number: int) -> None:
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        one = free.pop() if free else Browser(port)
        await turn(one, number)
        free.append(one)
        taken.append(time.perf_counter() - due)

    await asyncio.gather(*(one_turn(number) for number in range(max(100, int(rate * seconds)))))
    for one in free:
        one.close()
    return sorted(taken)


async def _get(one: Browser, path: str, cookies: dict[str, str]) -> None:
    one.cookies = dict(cookies)
    if (reply := await one.ask(path)).status != 200:
        raise RuntimeError(f"{path} was answered with {reply.status}")


def measure(knowledge: Knowledge) -> Iterable[Row]:
    """Yield rates against both hello-world views, the wait at half capacity, and a thousand people at once."""
    yield from _against_hello(knowledge)
    yield from _taps()
    yield from _crowd(knowledge)


# From the tap to the next question painted, as the person sees it.
_TAP = """() => new Promise(done => {
  const began = performance.now();
  const painted = () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - began)));
  document.addEventListener("htmx:afterSettle", painted, {once: true});
  document.querySelector("button[name=skip]").click();
})"""


def _taps() -> Iterator[Row]:
    from playwright.sync_api import sync_playwright
    from tools.browser import FLAGS, chromium

    taken = []
    with served() as (port, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        for _ in range(_ROUNDS):
            page = browser.new_page(viewport={"width": 390, "height": 844})
            page.goto(f"http://127.0.0.1:{port}/")
            page.click("button[value=me]")
            page.wait_for_url("**/check/1/")
            page.wait_for_timeout(_READING)
            while page.locator("button[name=skip]").count():
                taken.append(page.evaluate(_TAP) / 1000)
                page.wait_for_timeout(_READING)
            page.close()
        browser.close()
    taken.sort()
    middle, late = taken[len(taken) // 2], taken[int(len(taken) * 0.95)]
    yield Row("from a tap to the next question, median (least to 95th percentile)", Spread(middle, taken[0], late), "s")


def _against_hello(knowledge: Knowledge) -> Iterator[Row]:
    hello = {"DJANGO_SETTINGS_MODULE": "benchmarks.hello"}
    with served() as (ours, _), served(hello) as (plain, _), served({**hello, "HELLO_BARE": "1"}) as (bare, _):
        steps, last = asyncio.run(_recorded(ours, knowledge))
        end = dict(last.cookies)

        async def hello_turn(one: Browser, _number: int) -> None:
            await one.ask("/")

        async def question(one: Browser, number: int) -> None:
            await _get(one, "/check/", steps[number % len(steps)][0])

        async def answer(one: Browser, number: int) -> None:
            one.cookies, form = dict(steps[number % len(steps)][0]), steps[number % len(steps)][1]
            if (reply := await one.ask("/check/", form)).status != 303:
                raise RuntimeError(f"an answer was answered with {reply.status}")
            one.cookies |= reply.cookies

        async def step(one: Browser, number: int) -> None:
            one.cookies, form = dict(steps[number % len(steps)][0]), steps[number % len(steps)][1]
            reply = await one.ask("/check/", form, boosted=True)
            if reply.status != (303 if number % len(steps) == len(steps) - 1 else 200):
                raise RuntimeError(f"a step was answered with {reply.status}")

        async def plain_step(one: Browser, number: int) -> None:
            await answer(one, number)
            await one.go("/check/")

        async def result(one: Browser, _number: int) -> None:
            await _get(one, "/result/", end)

        kinds: dict[str, tuple[int, _Turn]] = {
            "hello": (plain, hello_turn),
            "bare": (bare, hello_turn),
            "an answer (POST)": (ours, answer),
        }
        kinds |= {
            "a question (GET)": (ours, question),
            "a step": (ours, step),
            "a step without script": (ours, plain_step),
            "the result": (ours, result),
        }
        rates: dict[str, list[float]] = {name: [] for name in kinds}
        for turn in range(_ROUNDS + 1):
            for name, (port, what) in kinds.items():
                rate = asyncio.run(_rate(port, what, _SECONDS if turn else 0.5))
                if turn:
                    rates[name].append(rate)
        found = {name: Spread.of(values) for name, values in rates.items()}
        for name in list(kinds)[2:]:
            yield Row(f"{name}, a second", found[name], "1/s", "hello, our middleware", found["hello"])
            yield Row(f"{name}, a second", found[name], "1/s", "hello, no middleware", found["bare"])
        waits = asyncio.run(_waits(ours, step, found["a step"].median / 2, 4 * _SECONDS))
        p50, p99 = (waits[int(len(waits) * share)] for share in (0.5, 0.99))
        yield Row("a step at half capacity: p99 (p50 to longest)", Spread(p99, p50, waits[-1]), "s")


def _crowd(knowledge: Knowledge) -> Iterator[Row]:
    with served(workers=2) as (port, parent):

        async def wave(people: int, seed: int) -> tuple[int, float]:
            began = time.perf_counter()
            all_of_them = asyncio.gather(*(_interview(port, knowledge, seed + n) for n in range(people)))
            pages = sum(await asyncio.wait_for(all_of_them, _PATIENCE))
            return pages, time.perf_counter() - began

        def memory() -> float:
            return sum(one.memory_info().rss for one in parent.children(recursive=True)) / 2**20

        at_start = memory()
        pages, taken = asyncio.run(wave(_PEOPLE, 0))
        warm = memory()
        more, again = asyncio.run(wave(_PEOPLE, _PEOPLE))
        rates = [pages / taken, more / again]
        yield Row(f"{_PEOPLE} interviews at once, all complete: pages a second", Spread.of(rates), "1/s")
        after, before = (Spread(value, at_start, warm) for value in (memory(), warm))
        yield Row(
            "memory of the workers after the second wave (start to warm)", after, "MiB", "after the first", before
        )

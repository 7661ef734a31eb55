"""A real browser at a real server: one of each for every worker of the tests, and a fresh profile for every tab."""

from __future__ import annotations

import os
import re
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route, sync_playwright
from tools.browser import FLAGS, NoBrowser, chromium

from shells.web.hostile import older_pack
from shells.web.planned import with_plan
from unclench.handover.code import encode
from unclench.knowledge import Disposition
from unclench.logic import Answer
from unclench.reasoning import Case, Question, assess, make_plan
from unclench.reasoning.plan import Plan
from unclench.web import cookie, flow
from unclench.web.exercising import places
from unclench.web.pack import knowledge
from unclench.web.state import State, Turn, Who

__all__ = [
    "BACK",
    "COLOURS",
    "DESKTOP",
    "PHONE",
    "VARIANTS",
    "OpenTab",
    "Tab",
    "Variant",
    "asked",
    "axe_findings",
    "browser",
    "interview",
    "open_tab",
    "show",
    "site",
    "started_server",
]

ROOT = Path(__file__).resolve().parents[3]
PHONE, DESKTOP = (390, 844), (1280, 900)
BACK: Mapping[str, Answer] = {
    "back_pain": True,
    "age": 34,
    "sex": "male",
    "pain_site": ("lower_back_left",),
    "pain_duration_days": 1,
    "onset_trigger": "lifting",
}
"""A back that seized while lifting; with nothing else it ends in self-care."""

_LEVELS: Mapping[Disposition, Mapping[str, Answer]] = {
    Disposition.SELF_CARE: {},
    Disposition.ROUTINE: {"pregnant": True, "sex": "female"},
    Disposition.URGENT: {"leg_weakness_mild": True, "leg_pain": True},
    Disposition.SAME_DAY: {"fever": True},
    Disposition.EMERGENCY: {"saddle_numbness": True},
}


def interview(said: Mapping[str, Answer], who: Who = "me") -> Iterator[tuple[State, Question | None]]:
    """Yield each state on the way through an interview with the question it is asked; no, 40 or the first otherwise."""
    state = State(who=who, pack=knowledge().hash)
    while not flow.ends_now(state, knowledge()) and (question := flow.upcoming(state, knowledge())) is not None:
        yield state, question
        state = flow.answered(state, question.id, {f: _plain(f, said) for f in question.findings}, knowledge())
    yield state, None


def asked(question: str, said: Mapping[str, Answer] = BACK) -> State:
    """Return the state in which an interview asks `question`."""
    return next(state for state, one in interview(said) if one is not None and one.id == question)


def _plain(finding: str, said: Mapping[str, Answer]) -> Answer:
    if finding in said:
        return said[finding]
    known = knowledge().findings[finding]
    match known.kind:
        case "boolean":
            return False
        case "number":
            return min(40, int(known.maximum))
        case "choice":
            return known.choices[0]
        case _:
            return (known.choices[0],)


@dataclass(frozen=True)
class Variant:
    """One page in one state, and how to come to it.

    Attributes:
        name: for the test's name.
        path: the address.
        state: the answers in the browser; None = no check was begun.
        status: what the server answers at last.
        act: what to do on the page before it is the one meant.
        sealed: the cookie as it stands, in place of `state`.
    """

    name: str
    path: str
    state: State | None = None
    status: int = 200
    act: Callable[[Page], object] | None = None
    sealed: str = ""


_SEIZED = "My lower back seized up 3 days ago lifting a box, and my buttock hurts."
_FOR_ANOTHER = "My mother has a fever, and her lower back and one side of it hurt since 3 days."


def _submit(page: Page) -> None:
    with page.expect_navigation():
        page.evaluate("document.querySelector('main form').submit()")


def _own_words(text: str) -> Callable[[Page], None]:
    def write(page: Page) -> None:
        page.fill("#text", text)
        page.click("main form button")
        page.wait_for_selector("textarea", state="detached")

    return write


def _older_code(page: Page) -> None:
    text = encode(Case(None, {"age": 42, "fever": True, "gone_since": True}), older_pack())
    page.fill("#code", text)
    page.click("main form .button")
    page.wait_for_selector("textarea", state="detached")


def _wrong_ticks(page: Page) -> None:
    page.click("main .choice label")
    page.click("label[for=none]")
    page.click("main form .button:not(.second)")
    page.wait_for_selector("[role=alert]")


def _wrong_fields(page: Page) -> None:
    page.fill("#f-age", "three")
    page.click("main form .button:not(.second)")
    page.wait_for_selector("[role=alert]")


def _unfold(page: Page) -> None:
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


def _take(name: str, *took: str, unfold: bool = True) -> Callable[[Page], None]:
    def ask(page: Page) -> None:
        page.fill("#name", name)
        for place, text in enumerate(took, 1):
            page.fill(f"#took-{place}", text)
        page.click("form.medicine .button")
        page.wait_for_selector("article.card, [role=alert]")
        if unfold:
            _unfold(page)

    return ask


def _for_plan(state: State, said: str) -> State:
    """Return the state with every question of the plan answered: no or the plainest, or not sure."""
    while (question := flow.upcoming(state, knowledge(), for_plan=True)) is not None:
        plain = {f: "unsure" if said == "unsure" else _plain(f, {"pain_severity": 5}) for f in question.findings}
        state = flow.answered(state, question.id, plain, knowledge())
    return state


def _forged(page: Page) -> None:
    page.evaluate("document.querySelector('main form [name=csrfmiddlewaretoken]').value = 'x'")
    _submit(page)


def _too_much(page: Page) -> None:
    page.evaluate("t => { document.getElementById('text').maxLength = 1e6; document.getElementById('text').value = t }",
                  "a" * 70_000)  # fmt: skip
    _submit(page)


def _plan(state: State) -> Plan:
    return make_plan(knowledge(), assess(knowledge(), flow.case_of(state, knowledge())))


@cache
def _variants() -> tuple[Variant, ...]:
    empty = State(pack=knowledge().hash)
    at = {q.id: state for state, q in interview({**BACK, "leg_pain": True, "pain_below_knee": True}) if q}
    ends = {level: list(interview({**BACK, **more}))[-1][0] for level, more in _LEVELS.items()}
    calm, urgent = ends[Disposition.SELF_CARE], ends[Disposition.EMERGENCY]
    unsure = flow.answered(empty, "nerves", {**dict.fromkeys(("fever",), "unsure"), "back_pain": True}, knowledge())
    place = next(n for n, step in enumerate(calm.steps, 1) if step.question == "pain_site")
    dropped = asked("pain_site", {**BACK, **_LEVELS[Disposition.ROUTINE]})
    dropped = flow.answered(dropped, "about", {"age": 34, "sex": "male"}, knowledge())
    planned, skipped = _for_plan(calm, "no"), _for_plan(calm, "unsure")
    first_line = dict.fromkeys(("prefers_no_medicines", "no_floor_work"), False)
    begun = flow.answered(calm, "plan_life", first_line, knowledge())
    daily = with_plan()
    first, second = (place.planned for place in places(_plan(daily), daily)[:2])
    hurt = daily.turned(Turn(first.exercise.id, first.swaps[0].exercise.id, "", ((first.exercise.id, "hurts"),)))
    hurt = hurt.turned(Turn(second.exercise.id, "", "tired"))
    made = [
        Variant("start", "/"),
        Variant("start, unfinished", "/", at["about"], act=_unfold),
        Variant("start, nobody chosen", "/", status=422, act=_submit),
        Variant("danger screen", "/check/", empty),
        Variant("danger screen, unfolded", "/check/", empty, act=_unfold),
        Variant("danger screen, mend", "/check/", empty, 422, _wrong_ticks),
        Variant("danger screen, again", "/check/1/?change", unsure),
        Variant("fields", "/check/", at["about"]),
        Variant("fields, mend", "/check/", at["about"], 422, _wrong_fields),
        Variant("body map", "/check/", at["pain_site"]),
        Variant("body map, chosen", f"/check/{place}/", calm),
        Variant("body map, mend", "/check/", at["pain_site"], 422, _submit),
        Variant("number", "/check/", at["pain_duration_days"]),
        Variant("number, mend", "/check/", at["pain_duration_days"], 422, _submit),
        Variant("choice", "/check/", at["onset_trigger"]),
        Variant("choice, mend", "/check/", at["onset_trigger"], 422, _submit),
        Variant("yes or no", "/check/", at["foot_cool_weak_pulse"]),
        Variant("follow-up screen", "/check/", at["warning_signs"], act=_unfold),
        Variant("child", "/check/", replace(empty, who="child")),
        Variant("another adult", "/check/", replace(at["pain_site"], who="adult")),
        Variant("proofs", "/proof/"),
        Variant("own words", "/words/", empty),
        Variant("own words, mend", "/words/", empty, 422, _submit),
        Variant("proposals", "/words/", empty, act=_own_words(_SEIZED)),
        Variant("proposals, none", "/words/", empty, act=_own_words("Blue skies.")),
        Variant("proposals, danger and another", "/words/", empty, act=_own_words(_FOR_ANOTHER)),
        Variant("open a code", "/open/"),
        Variant("open a code, mend", "/open/", calm, 422, _submit),
        Variant("opened, older", "/open/", act=_older_code),
        Variant("review", "/review/", calm, act=_unfold),
        Variant("review, early", "/review/", flow.answered(at["about"], "about", {"age": 3}, knowledge())),
        Variant("review, dropped", "/review/", dropped),
        Variant("result, early", "/result/", at["pain_site"], act=_unfold),
        *(Variant(f"result, {level.id}", "/result/", state, act=_unfold) for level, state in ends.items()),
        Variant("result, folded", "/result/", calm),
        Variant("clinician", "/result/clinician/", calm, act=_unfold),
        Variant("clinician, emergency", "/result/clinician/", urgent, act=_unfold),
        Variant("what works", "/what-works/"),
        Variant("what works, unfolded", "/what-works/?track=pregnancy&sort=cost", calm, act=_unfold),
        Variant("what works, none", "/what-works/?track=night_cramp&cost=high"),
        Variant("medicine", "/medicine/", act=_unfold),
        Variant("medicine, open", "/medicine/", calm, act=_take("Nurofen", "ibuprofen 400 mg, 3 hours ago")),
        Variant("medicine, folded", "/medicine/", act=_take("paracetamol", unfold=False)),
        Variant("medicine, too much", "/medicine/", act=_take("Panadol", "Panadol 500 mg x10", "Lipitor 20 mg")),
        Variant("medicine, unknown", "/medicine/", act=_take("Pink pills")),
        Variant("medicine, mend", "/medicine/", status=422, act=_take("", "ibuprofen 400")),
        Variant("plan", "/plan/", replace(planned, goal="Carry my daughter to bed \u05d5walk the dog.")),
        Variant("plan, unfolded", "/plan/", planned, act=_unfold),
        Variant("plan, nothing answered", "/plan/", calm),
        Variant("plan, not sure of anything", "/plan/", skipped, act=_unfold),
        Variant("plan, waiting", "/plan/", ends[Disposition.URGENT], act=_unfold),
        Variant("plan, refused", "/plan/", urgent),
        Variant("plan, check not done", "/plan/", at["about"]),
        Variant("plan question", "/plan/questions/", begun, act=_unfold),
        Variant("plan question, mend", "/plan/questions/", begun, 422, _submit),
        Variant("plan question, one of the open", "/plan/questions/?open=2", skipped, act=_unfold),
        Variant("exercises of today", "/plan/exercises/", daily),
        Variant("exercise", "/plan/exercises/2/", daily),
        Variant("exercise, unfolded", "/plan/exercises/2/", daily, act=_unfold),
        Variant("exercise, swapped", "/plan/exercises/1/", hurt, act=_unfold),
        Variant("exercises, end", "/plan/exercises/end/", hurt),
        Variant("all exercises", "/exercises/"),
        Variant("one exercise", "/exercises/log_roll_transfer_out_of_bed/", act=_unfold),
        Variant("search", "/search/"),
        Variant("search, found", "/search/?q=numb+leg", calm),
        Variant("search, danger", "/search/?q=cant+pee"),
        Variant("search, mended", "/search/?q=acupunture"),
        Variant("search, nothing", "/search/?q=zzzzqqqq"),
        Variant("numbers", "/numbers/"),
        Variant("numbers, effects", "/numbers/?kind=effect"),
        Variant("numbers, doses", "/numbers/?kind=dose&page=3"),
        Variant("sources", "/sources/"),
        Variant("source", "/sources/suri_2010/"),
        Variant("learn", "/learn/"),
        Variant("learn, kinds of signs", "/learn/red_flags/"),
        Variant("learn, questions", "/learn/questions/"),
        Variant("learn, a question", "/learn/questions/heat_or_cold/", calm, act=_unfold),
        Variant("learn, kind of episode", "/learn/events/back_spasm/", act=_unfold),
        Variant("learn, cause", "/learn/causes/disc_herniation_radiculopathy/", act=_unfold),
        Variant("learn, cause, clinician", "/learn/causes/disc_herniation_radiculopathy/?view=clinician", act=_unfold),
        Variant("learn, contributor", "/learn/contributors/heavy_lifting/?view=clinician", act=_unfold),
        Variant("learn, treatment", "/learn/treatments/heat/", act=_unfold),
        Variant("learn, treatment, clinician", "/learn/treatments/routine_scans/?view=clinician", act=_unfold),
        Variant("learn, medicine", "/learn/medicines/ibuprofen/", act=_unfold),
        Variant("learn, medicine, clinician", "/learn/medicines/ibuprofen/?view=clinician", act=_unfold),
        Variant("learn, test", "/learn/findings/straight_leg_raise/?view=clinician", act=_unfold),
        Variant("learn, when to see whom", "/learn/red_flags/saddle_numbness_new/", act=_unfold),
        Variant("learn, how soon", "/learn/dispositions/emergency/"),
        Variant("learn, claims", "/learn/claims/"),
        Variant("learn, claims of an article", "/learn/claims/004_627e39669511d60e/?view=clinician", act=_unfold),
        Variant("learn, pictures", "/learn/pictures/", act=_unfold),
        Variant("learn, changes", "/learn/changes/"),
        Variant("gone", "/check/", status=410),
        Variant("damaged", "/review/", status=400, sealed="cut-short"),
        Variant("not found", "/no/such/page", status=404),
        Variant("form too old", "/check/", empty, 403, _forged),
        Variant("too much", "/words/", empty, 413, _too_much),
    ]
    return tuple(made)


VARIANTS = {variant.name: variant for variant in _variants()}


@dataclass
class Tab:
    """One tab of its own profile.

    Attributes:
        page: Playwright's page.
        outside: addresses off this machine that something asked for; none of them was let through.
        faults: errors of scripts and refusals of the content security policy.
        fetched: every request that was answered in full.
        status: of the last page.
    """

    page: Page
    site: str
    outside: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    fetched: list[Request] = field(default_factory=list)
    status: int = 0

    def go(self, path: str) -> Tab:
        """Load a page of the service."""
        self.page.goto(self.site + path)
        return self

    def carry(self, state: State | None = None, *, sealed: str = "", language: str = "") -> Tab:
        """Have this state and language in the browser, as the server would have put it there."""
        made = sealed or (cookie.seal(state, now=time.time()) if state is not None else "")
        kept = {cookie.NAME: made, "unclench_language": language}
        self.page.context.add_cookies([{"name": n, "value": v, "url": self.site} for n, v in kept.items() if v])
        return self

    def visit(self, variant: Variant) -> Tab:
        """Come to a page variant."""
        self.page.context.clear_cookies(name=cookie.NAME)
        self.carry(variant.state, sealed=variant.sealed).go(variant.path)
        if variant.act:
            variant.act(self.page)
        assert self.status == variant.status
        return self

    def weights(self) -> dict[str, int]:
        """Return the bytes that came over the wire so far, headers included, by address."""
        self.page.wait_for_load_state("networkidle")
        sizes = {one: one.sizes() for one in self.fetched}
        return {
            f"{one.method} {one.url}": size["responseBodySize"] + size["responseHeadersSize"]
            for one, size in sizes.items()
        }


OpenTab = Callable[..., Tab]


def started_server(**environment: str) -> tuple[subprocess.Popen[str], str]:
    """Start `python -m unclench.web` on a free port; return the process and the address it prints."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "unclench.web", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        line = process.stdout.readline() if waiting.select(timeout=60) else ""
    found = re.search(r"http://\S+?(?=/\s)", line)
    if not found:
        process.kill()
        raise RuntimeError(f"the server did not say where it is, but: {line!r}")
    for _attempt in range(200):
        try:
            socket.create_connection(("127.0.0.1", int(found[0].rpartition(":")[2])), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return process, found[0]
    process.kill()
    raise RuntimeError("the server does not answer")


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of a server of this worker."""
    process, address = started_server()
    yield address
    process.terminate()
    process.communicate(timeout=20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of this worker."""
    try:
        path = chromium()
    except NoBrowser as error:
        pytest.fail(str(error), pytrace=False)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield started
        started.close()


@pytest.fixture
def open_tab(browser: Browser, site: str) -> Iterator[OpenTab]:
    """Open tabs; in the end, none of them may have asked for anything outside or met an error of a script."""
    tabs: list[Tab] = []

    def opened(*, size: tuple[int, int] = PHONE, script: bool = True, language: str = "", **more: Any) -> Tab:
        # Unless a test wants to see something move, none waits for a transition.
        given = {"reduced_motion": "reduce", **more}
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, java_script_enabled=script, **given
        )  # fmt: skip
        context.set_default_timeout(10_000)
        tab = Tab(context.new_page(), site)
        tabs.append(tab)

        def refused(route: Route) -> None:
            tab.outside.append(route.request.url)
            route.abort()

        context.route(re.compile(rf"^(?!{re.escape(site)}/|data:|about:)"), refused)
        tab.page.on("pageerror", lambda error: tab.faults.append(str(error)))
        tab.page.on("console", lambda said: _console(tab, said))
        tab.page.on("response", lambda response: _note(tab, response))
        tab.page.on("requestfinished", lambda request: tab.fetched.append(request))
        return tab.carry(language=language)

    yield opened
    for tab in tabs:
        tab.page.context.close()
    assert [address for tab in tabs for address in tab.outside] == []
    # That a page came with 4xx is told by the browser as an error too; the tests look at the status themselves.
    assert [
        f for tab in tabs for f in tab.faults if "responded with a status of 4" not in f and "code 4" not in f
    ] == []


def _console(tab: Tab, said: ConsoleMessage) -> None:
    if said.type in ("error", "warning"):
        tab.faults.append(said.text)


def _note(tab: Tab, response: Any) -> None:
    if response.request.resource_type in ("document", "xhr", "fetch"):
        tab.status = response.status


COLOURS = ("color-contrast", "link-in-text-block")
"""The rules of axe that depend on the colour scheme."""

_AXE = """async rules => {
  const only = rules ? {type: 'rule', values: rules} : {type: 'tag', values: [
    'wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']};
  const on = rules ? {} : {'target-size': {enabled: true}};
  const {violations} = await axe.run(document, {runOnly: only, rules: on, resultTypes: ['violations']});
  return violations.flatMap(one => one.nodes.map(
    node => `${one.id}: ${node.html.slice(0, 150)} ${node.failureSummary}`));
}"""


def axe_findings(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Return what axe finds wrong on a page, a line for each place.

    Args:
        page: the page.
        rules: the rules to look at; none = all of WCAG 2.2 A and AA, and best practice.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    return cast("list[str]", page.evaluate(_AXE, list(rules) or None))


def show(page: Page, selector: str) -> str:
    """Return the text of a place as it is read, spaces made one."""
    return " ".join(page.locator(selector).first.inner_text().split())

"""Learn: the encyclopedia, the audit of lay claims, the drawings, the list of changes, and the map of the site."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache, update_wrapper
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from unclench.knowledge.claim_records import CLAIM_VERDICTS, Claim, ClaimText
from unclench.knowledge.learning_records import Change, Review
from unclench.web import learning
from unclench.web.advice import cited
from unclench.web.cookie import CookieProblem
from unclench.web.drawings import drawn, layers
from unclench.web.learning import KINDS, Link, as_json_ld, kind_words
from unclench.web.pack import knowledge, words
from unclench.web.state import State
from unclench.web.views.page import read_state, show

__all__ = ["changes", "claim_text", "claims", "index", "kind", "one", "pictures", "sitemap"]

P = ParamSpec("P")

_CLINICIAN = "clinician"


def _whole(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Load a page in full where its style is not there yet: a page swapped in brings none."""

    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        before = urlsplit(request.headers.get("HX-Current-URL", "")).path
        if "HX-Request" in request.headers and not before.startswith(reverse("learn")):
            response = HttpResponse(status=200)
            response["HX-Redirect"] = request.get_full_path()
            return response
        return view(request, *args, **kwargs)

    update_wrapper(wrapped, view)
    return wrapped


@require_safe
@_whole
def index(request: HttpRequest) -> HttpResponse:
    """Show the contents by theme."""
    named = kind_words()
    counts = {
        folder: sum(len(group.links) for group in _groups(get_language() or "", folder)) for folder in KINDS
    }  # fmt: skip
    about = _("All about back spasm: what it is, what helps, when to get help, and how sure each answer is.")
    return _show(
        request,
        "learn",
        about,
        {"@type": "MedicalWebPage", "name": _("Learn about back spasm"), "description": about},
        kinds=[(folder, *named[folder], counts[folder]) for folder in KINDS],
        staying_well=_well(),
        living=_sorted_links(
            one.id
            for one in knowledge().treatments.values()
            if one.sort in ("habit", "mind") and one.verdict in knowledge().plan_model.worth_doing
        ),
        first=[
            learning.link("question", name, note=True)
            for name in knowledge().questions
            if name in ("what_now", "how_long", "when_to_see_a_doctor")
        ],
        exercises=len(knowledge().exercises),
        claims=len(knowledge().claims),
        texts=len(knowledge().claim_texts),
    )


@require_safe
@_whole
def kind(request: HttpRequest, kind: str) -> HttpResponse:
    """Show every record of a kind."""
    if kind == "exercises":
        return HttpResponsePermanentRedirect(reverse("library"))
    if kind not in KINDS:
        raise Http404
    title, about = kind_words()[kind]
    found = _groups(get_language() or "", kind)
    data: dict[str, Any] = {"@type": "MedicalWebPage", "name": title, "description": about}
    if kind == "questions":
        data = {"@type": "FAQPage", "name": title, "mainEntity": [
            {"@type": "Question", "name": each.text, "acceptedAnswer": {"@type": "Answer", "text": each.note}}
            for group in found for each in group.links]}  # fmt: skip
    return _show(
        request, "learn_kind", about, data,
        kind=kind, title=title, groups=found, total=sum(len(one.links) for one in found),
    )  # fmt: skip


@require_safe
@_whole
def one(request: HttpRequest, kind: str, name: str) -> HttpResponse:
    """Show one record, for anybody; or for clinicians, where it has anything for them."""
    if kind == "exercises" and name in knowledge().exercises:
        return HttpResponsePermanentRedirect(reverse("library_one", args=[name]))
    made = learning.page(get_language() or "", kind, name)
    if made is None:
        raise Http404
    clinical = request.GET.get("view") == _CLINICIAN and made.is_for_clinicians_too
    return _show(
        request,
        "learn_one",
        " ".join(made.short),
        {**made.data, "url": request.build_absolute_uri(request.path)},
        page=made,
        clinical=clinical,
        sections=made.rules if clinical else made.sections,
        kind=kind,
        kind_name=kind_words()[kind][0],
        citations=made.citations,
        **learning.about_record(kind, name),
    )


@require_safe
@_whole
def claims(request: HttpRequest) -> HttpResponse:
    """Show what the audited articles claim: counts, and where they contradict each other."""
    say = words()
    texts = list(knowledge().claim_texts.values())
    numbers = {text.id: at for at, text in enumerate(texts, 1)}
    all_claims = knowledge().claims
    counts = {text.id: Counter(one.verdict for one in text.claims) for text in texts}
    named = {name: say("claim_verdicts", name, "name") for name in CLAIM_VERDICTS}
    about = _("What five articles about back spasm claim, which of it is right, and what they leave out.")
    return _show(
        request,
        "learn_claims",
        about,
        {"@type": "MedicalWebPage", "name": _("What articles say, and what is right"), "description": about},
        verdicts=[(name, text, say("claim_verdicts", name, "summary")) for name, text in named.items()],
        rows=[(numbers[text.id], text, [(called, counts[text.id][name]) for name, called in named.items()],
               len(text.claims)) for text in texts],
        sums=[(called, sum(count[name] for count in counts.values())) for name, called in named.items()],
        total=len(all_claims),
        disputes=[_dispute(sides, numbers) for sides in _disputes(all_claims)],
        **learning.about_record("claims", ""),
    )  # fmt: skip


@require_safe
@_whole
def claim_text(request: HttpRequest, name: str) -> HttpResponse:
    """Show every claim of one article, with its verdict and the page that has it right."""
    text = knowledge().claim_texts.get(name)
    if text is None:
        raise Http404
    number = list(knowledge().claim_texts).index(name) + 1
    told = [_claim(one) for one in text.claims]
    title = _("Article %(number)s") % {"number": number}
    graph = [
        {"@type": "ClaimReview", "claimReviewed": each["says"], "reviewBody": each["right"],
         "url": request.build_absolute_uri(f"{request.path}#{each['id']}"),
         "reviewRating": {"@type": "Rating", "alternateName": each["verdict"]},
         "author": {"@type": "Organization", "name": "Unclench"}}
        for each in told
    ]  # fmt: skip
    return _show(
        request,
        "learn_claim_text",
        _("Each claim of this article, with what is right and where it comes from."),
        {"@graph": graph},
        title=title,
        text=text,
        claims=told,
        sentences=len(text.sentences),
        clinical=request.GET.get("view") == _CLINICIAN,
        **learning.about_record("claims", name),
    )


@require_safe
@_whole
def pictures(request: HttpRequest) -> HttpResponse:
    """Show the drawings."""
    charts = knowledge().charts.values()
    about = _("Drawings of the back: its muscles in layers, how the pain falls, and what scans find without pain.")
    refs = (ref for o in charts for line in o.series for ref in line.sources)
    muscles = (ref for o in knowledge().muscles.values() for ref in o.sources)
    return _show(
        request,
        "learn_pictures",
        about,
        {"@type": "MedicalWebPage", "name": _("Pictures"), "description": about},
        layers=layers(),
        charts=[drawn(one) for one in charts],
        citations=tuple(dict.fromkeys(cited(ref, knowledge()) for ref in (*refs, *muscles))),
        **learning.about_record("charts", ""),
    )


@require_safe
@_whole
def changes(request: HttpRequest) -> HttpResponse:
    """Show what was changed in the knowledge, newest first."""
    about = _("What was changed in the knowledge behind this service, and when.")
    return _show(
        request,
        "learn_changes",
        about,
        {"@type": "WebPage", "name": _("What was changed"), "description": about},
        versions=[(one, [(change, _links_of(change)) for change in one.entries]) for one in knowledge().versions],
        reviews=[
            (name, found, found.is_overdue(date.today()))
            for name, found in ((name, _review_of(folder)) for folder, name in _reviewed().items())
            if found is not None
        ],
        pack=knowledge().hash,
    )


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Name every page that is the same for everybody, for search engines."""
    paths = [
        *(reverse(name) for name in ("start", "learn", "learn_claims", "learn_pictures", "learn_changes", "works")),
        *(reverse(name) for name in ("library", "medicine", "proofs", "numbers", "sources", "search")),
        *(reverse("learn_kind", args=[folder]) for folder in KINDS),
        *(each.url for folder in KINDS for group in _groups("en", folder) for each in group.links),
        *(reverse("learn_claim_text", args=[name]) for name in knowledge().claim_texts),
        *(reverse("library_one", args=[name]) for name in knowledge().exercises),
    ]
    addresses = [request.build_absolute_uri(path) for path in dict.fromkeys(paths)]
    return render(
        request, "unclench/sitemap.xml", {"addresses": addresses}, content_type="application/xml; charset=utf-8"
    )


def _show(request: HttpRequest, template: str, about: str, data: Mapping[str, Any], **context: Any) -> HttpResponse:
    """Show a page with what search engines read: one address, a description, and the record for machines."""
    canonical = request.build_absolute_uri(request.path)
    data = {"@context": "https://schema.org", "url": canonical, "inLanguage": get_language() or "en", **data}
    return show(
        request, template, _carried(request),
        canonical=canonical, description=about, json_ld=as_json_ld(data), **context,
    )  # fmt: skip


def _carried(request: HttpRequest) -> State | None:
    try:
        return read_state(request)
    except CookieProblem:
        return None


@lru_cache(maxsize=64)
def _groups(_language: str, folder: str) -> tuple[learning.Group, ...]:
    return learning.groups(folder)


def _well() -> tuple[Link, ...]:
    """Return what a plan holds once the spasm has gone."""
    return _sorted_links(
        one.id
        for one in knowledge().treatments.values()
        if one.tracks.get("back_spasm", {}).get("staying_well", "flare") != "flare"
        and one.verdict in knowledge().plan_model.worth_doing
    )


def _links_of(change: Change) -> tuple[Link, ...]:
    return tuple(dict.fromkeys(filter(None, (learning.named(folder, name) for folder, name in change.records))))


def _reviewed() -> dict[str, str]:
    """Return each kind whose review has a day, and what it is called."""
    return {
        **{folder: name for folder, (name, _about) in kind_words().items()},
        "exercises": _("All exercises"),
        "claims": _("What articles say, and what is right"),
        "charts": _("Pictures"),
    }


def _review_of(folder: str) -> Review | None:
    """Return the review of a kind; of those that have one each, the one that is due first."""
    if folder != "red_flags":
        return learning.review(folder, "")
    found = (learning.review(folder, rule.id) for rule in knowledge().rules)
    return min((one for one in found if one is not None), key=lambda one: one.review_by, default=None)


def _sorted_links(names: Any) -> tuple[Link, ...]:
    return tuple(sorted((learning.link("treatment", name) for name in names), key=lambda one: one.text.casefold()))


def _claim(claim: Claim) -> dict[str, Any]:
    say = words()
    texts = list(knowledge().claim_texts)
    return {
        "id": claim.id,
        "says": say("claims", claim.id, "says"),
        "right": say("claims", claim.id, "right"),
        "verdict_id": claim.verdict,
        "verdict": say("claim_verdicts", claim.verdict, "name"),
        "link": learning.link(claim.record_kind, claim.record),
        "others": [(other, _text_of(other), texts.index(_text_of(other).id) + 1) for other in claim.contradicts],
        "clinical": claim.says,
        "why": claim.why,
        "sentences": ", ".join(map(str, claim.sentences)) or "–",
        "citations": tuple(cited(ref, knowledge()) for ref in claim.sources),
    }


def _text_of(claim: str) -> ClaimText:
    return knowledge().claim_texts[knowledge().claims[claim].text]


def _disputes(claims: Mapping[str, Claim]) -> list[list[list[Claim]]]:
    """Return each claim with all that it contradicts, that with most first, and no two of them twice."""
    left = {one.id: set(one.contradicts) for one in claims.values() if one.contradicts}
    found = []
    while any(left.values()):
        first = max(left, key=lambda name: len(left[name]))
        found.append([[claims[first]], [claims[name] for name in sorted(left[first])]])
        for name in left.pop(first):
            left[name].remove(first)
    return found


def _dispute(sides: list[list[Claim]], numbers: Mapping[str, int]) -> dict[str, Any]:
    told = [[(numbers[each.text], each.text, _claim(each)) for each in side] for side in sides]
    flat = [each for side in told for _number, _text, each in side]
    # What is right of the one settles it with several; "That is right" would not say of which.
    settle = flat[:1] if len(flat) > 2 else [one for one in flat if one is flat[0] or one["verdict_id"] != "supported"]
    return {
        "sides": told,
        "right": list(dict.fromkeys(one["right"] for one in settle)),
        "links": list(dict.fromkeys(each["link"] for each in flat)),
    }

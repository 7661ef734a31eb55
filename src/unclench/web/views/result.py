"""The advice: for the person, for a clinician, and to hand over."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from unclench.reasoning import assess
from unclench.reasoning.plan import refusal_of
from unclench.web import flow
from unclench.web.advice import advice, clinical
from unclench.web.pack import knowledge, words
from unclench.web.state import State
from unclench.web.views import errors
from unclench.web.views.page import go, show, with_state

__all__ = ["clinician", "result", "summary_pdf"]


@require_safe
@with_state
def result(request: HttpRequest, state: State) -> HttpResponse:
    """Show the advice for the answers so far."""
    if not state.steps:
        return go(request, "check", state)
    assessment = assess(knowledge(), flow.case_of(state, knowledge()))
    is_more = flow.upcoming(state, knowledge()) is not None
    has_plan = assessment.disposition in knowledge().plan_model.dispositions
    refused = refusal_of(knowledge(), assessment)
    # Whose trouble is no matter for a plan is told here whom to see, and not asked for a plan's sake in vain.
    routed = refused.to_data(words().locale) if refused is not None and refused.refusal == "routing_only" else None
    return show(request, "result", state, advice=advice(assessment), is_more=is_more, has_plan=has_plan, routed=routed)


@require_safe
@with_state
def clinician(request: HttpRequest, state: State) -> HttpResponse:
    """Show the same result in a clinician's words."""
    if not state.steps:
        return go(request, "check", state)
    assessment = assess(knowledge(), flow.case_of(state, knowledge()))
    return show(request, "clinician", state, view=clinical(assessment))


@require_safe
@with_state
def summary_pdf(request: HttpRequest, state: State) -> HttpResponse:
    """Hand the summary over as a PDF."""
    if not state.steps:
        return go(request, "check", state)
    try:
        from unclench.handover.pdf import pdf
    except ImportError:
        return errors.unavailable(request)
    assessment = assess(knowledge(), flow.case_of(state, knowledge()))
    document = pdf(assessment, locale=words().locale, translate=gettext)
    response = HttpResponse(document, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="unclench-summary.pdf"'
    return response

"""Every address of the web product. None of them holds an answer."""

from __future__ import annotations

from django.urls import path

from unclench.web.views import (
    check,
    errors,
    exercises,
    figures,
    learn,
    medicine,
    numbers,
    plan,
    proofs,
    reopen,
    result,
    search,
    start,
    works,
)

__all__ = ["urlpatterns"]

urlpatterns = [
    path("", start.start, name="start"),
    path("end/", start.end, name="end"),
    path("words/", start.own_words, name="words"),
    path("check/", check.current, name="check"),
    path("check/<int:number>/", check.step, name="step"),
    path("review/", check.review, name="review"),
    path("result/", result.result, name="result"),
    path("result/clinician/", result.clinician, name="clinician"),
    path("result/summary.pdf", result.summary_pdf, name="pdf"),
    path("proof/", proofs.proofs, name="proofs"),
    path("plan/", plan.plan, name="plan"),
    path("plan/questions/", plan.questions, name="plan_questions"),
    path("plan/questions/<int:number>/", plan.question, name="plan_question"),
    path("plan/plan.pdf", plan.plan_pdf, name="plan_pdf"),
    path("plan/plan.ics", plan.plan_calendar, name="plan_calendar"),
    path("plan/exercises/", exercises.today, name="exercises"),
    path("plan/exercises/<int:number>/", exercises.exercise, name="exercise"),
    path("plan/exercises/end/", exercises.end, name="exercises_end"),
    path("exercises/", exercises.library, name="library"),
    path("exercises/<slug:name>/", exercises.one, name="library_one"),
    path("figure/<slug:name>-moving.svg", figures.figure, {"moves": True}, name="figure_moving"),
    path("figure/<slug:name>.svg", figures.figure, {"moves": False}, name="figure"),
    path("medicine/", medicine.medicine, name="medicine"),
    path("what-works/", works.works, name="works"),
    path("what-works.csv", works.works_csv, name="works_csv"),
    path("what-works.json", works.works_json, name="works_json"),
    path("learn/", learn.index, name="learn"),
    path("learn/claims/", learn.claims, name="learn_claims"),
    path("learn/claims/<slug:name>/", learn.claim_text, name="learn_claim_text"),
    path("learn/pictures/", learn.pictures, name="learn_pictures"),
    path("learn/changes/", learn.changes, name="learn_changes"),
    path("learn/<slug:kind>/", learn.kind, name="learn_kind"),
    path("learn/<slug:kind>/<slug:name>/", learn.one, name="learn_one"),
    path("sitemap.xml", learn.sitemap, name="sitemap"),
    path("search/", search.search, name="search"),
    path("numbers/", numbers.numbers, name="numbers"),
    path("numbers.csv", numbers.numbers_csv, name="numbers_csv"),
    path("numbers.json", numbers.numbers_json, name="numbers_json"),
    path("sources/", numbers.sources, name="sources"),
    path("sources/<slug:name>/", numbers.source, name="source"),
    path("open/", reopen.open_case, name="open"),
    path("robots.txt", start.robots, name="robots"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error

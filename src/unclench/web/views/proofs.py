"""What was proved about the rules, for anyone who asks why they should be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from unclench.proof.certificate import shipped
from unclench.web.pack import knowledge
from unclench.web.views.page import show

__all__ = ["PROMISES", "proofs"]

PROMISES: Mapping[str, Any] = {
    "P1": _("Whatever you answer, you get one piece of advice, never two and never none."),
    "P2": _("One more danger sign never makes the advice less urgent."),
    "P3": _("More answers only make the advice surer. What was certain is not taken back."),
    "P4": _("If a danger question is open or you are not sure, you are told to speak to someone today."),
    "P5": _("No plan has anything in it that may not be right for you."),
    "P6": _("Each rule can matter for somebody, and each kind of advice can be reached."),
    "P7": _("No plan goes over the most of a medicine for a day, or gives two of one kind."),
    "P8": _("No two pieces of advice for the same days go against each other."),
    "P9": _("When the advice is called settled, no open question can change how soon to be seen."),
    "P10": _("The provers read each rule just as the check does."),
    "plans": _("The planner reads each limit just as the provers do."),
    "screens": _("“None of these” on each danger screen really answers every emergency question."),
    "see": _("The advice names exactly one place to go."),
    "fits": _("The place to go fits how soon you should be seen."),
    "ends": _("The questions come to an end, whatever you answer."),
}
"""Each promise in lay words; what is only reported is not a promise."""


@dataclass(frozen=True, slots=True)
class _Line:
    says: str
    verdict: str
    holds: bool


@require_safe
def proofs(request: HttpRequest) -> HttpResponse:
    """Show the shipped certificate, or say that there is none for these rules."""
    certificate = shipped(knowledge())
    lines = [_line(one) for one in certificate["properties"] if one["id"] in PROMISES] if certificate else []
    return show(request, "proofs", certificate=certificate, lines=lines, pack=knowledge().hash)


def _line(one: Mapping[str, Any]) -> _Line:
    verdicts = {
        "proved": gettext("Proved"),
        "tested": gettext("Tested, not proved"),
        "not yet applicable": gettext("Not proved: there is no plan yet"),
    }
    return _Line(str(PROMISES[one["id"]]), verdicts[one["verdict"]], one["verdict"] == "proved")

"""The plan: what one person can do now, next and later, what was left out, and why.

An item is in the plan only if its indication is true and each of its contraindications is false; a treatment that
clashes with one already chosen for a phase stays out of that phase; of each group of medicines there is at most one.
The lists below are the only places where items enter, so these properties hold by construction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from unclench.errors import UnclenchError
from unclench.knowledge import Disposition, Knowledge
from unclench.knowledge.plan_records import Criterion, Phase, Track, Treatment
from unclench.knowledge.records import Exercise, Limit
from unclench.knowledge.schema_orders import COSTS, EFFORTS, GRADES, ROLES, VERDICTS
from unclench.logic import Answer, Truth, live_findings
from unclench.reasoning.assessment import Assessment
from unclench.reasoning.case import Case
from unclench.reasoning.fitting import LeftOut, Reason, Timed, catalogue, left_out, number_of
from unclench.reasoning.medicines import MedicineAdvice, check_medicine
from unclench.reasoning.triage import effective_answers

__all__ = ["Action", "Chosen", "PhasePlan", "Plan", "Refusal", "make_plan", "plan_for"]

"""The numbers of a treatment, as the plan and the comparison show them: those of the sources, and no more digits."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from unclench.knowledge.plan_records import Effect, Treatment

__all__ = ["effect_numbers", "shown_number", "treatment_numbers"]

_TEN = 10
_PLAIN = (
    "unknown", "measure", "value", "low", "high", "other", "unit", "better", "at_days", "people", "grade", "basis",
)  # fmt: skip


def shown_number(value: float, measure: str | None = None) -> str:
    """Return how big a number is, with no more digits than people need; a ratio keeps two after the point.

    It is rounded as written, and a half goes up: 9.95 is nearer to 10 than the binary number next to it tells.

    Examples:
        >>> shown_number(-7.29), shown_number(-32.2), shown_number(1.16, "rate_ratio"), shown_number(-9.95)
        ('7.3', '32', '1.16', '10')
    """
    size = abs(value)
    by_size = 1 if size < _TEN else 0
    digits = 2 if measure is not None and measure.endswith("ratio") else by_size
    return f"{Decimal(str(size)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP).normalize():f}"


def treatment_numbers(treatment: Treatment) -> dict[str, str]:
    """Return what stands in the places of a treatment's words: each effect by its id, its comparison as `id_other`."""
    numbers = {}
    for effect in (*treatment.effects, *treatment.harms):
        for name, value in ((effect.id, effect.value), (f"{effect.id}_other", effect.other)):
            if value is not None:
                numbers[name] = shown_number(value, effect.measure)
    return numbers


def effect_numbers(effect: Effect) -> dict[str, Any]:
    """Return the fields of an effect that are no words, as in its record; None where it has none."""
    return {name: getattr(effect, name) for name in _PLAIN}

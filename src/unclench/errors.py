"""Every error Unclench raises on purpose. Each names the thing, where it is, why, and the mend, in one message."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["CaseError", "ExpressionError", "KnowledgeError", "UnclenchError", "near_match"]


class UnclenchError(Exception):
    """Base of all errors that are somebody's to mend; anything else is a fault in Unclench."""


class ExpressionError(UnclenchError):
    """A `when:` or `only_if:` text that is not a well-typed expression over known findings."""


class KnowledgeError(UnclenchError):
    """One or more records in `knowledge/` that cannot be accepted; `problems` holds one line each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"{count} problem{'s' if count != 1 else ''} in knowledge/:"
        super().__init__("\n".join([head, *self.problems]))


class CaseError(UnclenchError):
    """A case that cannot be read: broken JSON, an unknown finding, an impossible or contradictory answer.

    Attributes:
        record: which record of the input, such as `line 3` or `case "anna"`; empty when there is only one.
    """

    def __init__(self, message: str, *, record: str = "") -> None:
        self.record = record
        super().__init__(f"{record}: {message}" if record else message)


def near_match(name: str, known: Iterable[str]) -> str:
    """Return ` Did you mean "x"?` for the closest known name, or an empty string.

    Examples:
        >>> near_match("fevr", ["fever", "age"])
        ' Did you mean "fever"?'
        >>> near_match("zzz", ["fever"])
        ''
    """
    from difflib import get_close_matches  # slow to import, and only wanted when something is wrong

    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f' Did you mean "{close[0]}"?' if close else ""

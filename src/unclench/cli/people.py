"""A file of people that is named on the command line."""

from __future__ import annotations

from unclench.errors import CaseError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["check_people"]


def check_people(path: Path) -> None:
    """Check that a file of people is there and may be read; what it holds is not looked at.

    Raises:
        CaseError: it is a folder, there is no such file, or it may not be read.
    """
    if path.is_dir():
        raise CaseError(f"{path}: this is a folder. Name a file of people.")
    if not path.is_file():
        raise CaseError(f"{path}: there is no such file. Check the path.")
    try:
        path.open("rb").close()
    except OSError as error:
        raise CaseError(f"{path}: cannot be read ({error.strerror}). Check its permissions.") from None

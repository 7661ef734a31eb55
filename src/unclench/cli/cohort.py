"""`unclench cohort`: assess everybody in a file."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryFile

from unclench.cli.output import writing
from unclench.cli.people import check_people
from unclench.cli.records import standard_input
from unclench.errors import UnclenchError
from unclench.knowledge import Knowledge

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from unclench.batch.tables import Source

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Assess a file of people; return 2 if a row was refused."""
    try:
        import pyarrow  # noqa: F401
        import tqdm  # noqa: F401
    except ModuleNotFoundError as error:
        raise UnclenchError(f'cohorts need {error.name}. Install it with: pip install "unclench[batch]"') from None
    target = Path(options.target)
    if options.source != "-":
        source = Path(options.source)
        check_people(source)
        with writing(target):
            return _run(options, source, target)
    from unclench.batch.cohort import check_target

    people = standard_input()
    check_target(target)
    # A stream has no end to count and cannot be read again, so it is first kept beside the output: in a file without a
    # name, which is gone with this process however it ends.
    with writing(target), TemporaryFile("w+b", dir=target.parent) as kept:
        shutil.copyfileobj(people, kept)
        return _run(options, kept, target)


def _run(options: argparse.Namespace, source: Source, target: Path) -> int:
    from tqdm import tqdm

    from unclench.batch.cohort import run_cohort
    from unclench.batch.tables import rows_in

    began = time.perf_counter()
    total = rows_in(source)
    with tqdm(total=total, unit=" people", unit_scale=True, disable=None, file=sys.stderr) as bar:

        def progress(new: int, before: int) -> None:
            if before and not bar.disable:
                bar.initial += before  # the rate is that of this run alone
            bar.update(new + before)

        try:
            done = run_cohort(
                Knowledge.load(),
                source,
                target,
                top=options.top,
                hashes=options.hash,
                part=options.part,
                threads=options.threads,
                progress=progress,
            )
        except KeyboardInterrupt:
            raise KeyboardInterrupt(_kept(source, target)) from None
    print(
        f"unclench: {done.assessed} assessed, {done.refused} refused, in {time.perf_counter() - began:.1f} s.",
        file=sys.stderr,
    )
    if done.refused:
        print(f"unclench: why each was refused is in {target}.refused.ndjson.", file=sys.stderr)
    return 2 if done.refused else 0


def _kept(source: Source, target: Path) -> str:
    """Return what is there of a run that was stopped; nothing if no part was finished."""
    folder = target.with_name(f"{target.name}.parts")
    if not any(one.suffix != ".refused" and ".partial" not in one.name for one in folder.glob("????????.*")):
        return ""
    if not isinstance(source, Path):
        return f"The results so far are kept in {folder}; what is piped in begins afresh, so remove them."
    return f"The results so far are kept in {folder}; the same command goes on with them."

"""`unclench cohort`: assess everybody in a file."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path
from tempfile import NamedTemporaryFile

from unclench.errors import UnclenchError
from unclench.knowledge import Knowledge

__all__ = ["run"]


def run(options: argparse.Namespace) -> int:
    """Assess a file of people; return 2 if a row was refused."""
    try:
        import pyarrow  # noqa: F401
        import tqdm  # noqa: F401
    except ModuleNotFoundError as error:
        raise UnclenchError(f'cohorts need {error.name}. Install it with: pip install "unclench[batch]"') from None
    if options.source == "-":
        target = Path(options.target)
        if not target.parent.is_dir():
            raise UnclenchError(f"{target.parent}: there is no such folder. Make it, or name another.")
        # A stream has no end to count and cannot be read again, so it is first kept as a file beside the output.
        with NamedTemporaryFile("wb", dir=target.parent, prefix=f"{target.name}.", suffix=".ndjson") as kept:
            shutil.copyfileobj(sys.stdin.buffer, kept)
            kept.flush()
            return _run(options, Path(kept.name), target)
    return _run(options, Path(options.source), Path(options.target))


def _run(options: argparse.Namespace, source: Path, target: Path) -> int:
    from tqdm import tqdm

    from unclench.batch.cohort import run_cohort
    from unclench.batch.tables import rows_in

    began = time.perf_counter()
    total = rows_in(source) if source.is_file() else None
    with tqdm(total=total, unit=" people", unit_scale=True, disable=None, file=sys.stderr) as bar:

        def progress(new: int, before: int) -> None:
            if before and not bar.disable:
                bar.initial += before  # the rate is that of this run alone
            bar.update(new + before)

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
    print(
        f"unclench: {done.assessed} assessed, {done.refused} refused, in {time.perf_counter() - began:.1f} s.",
        file=sys.stderr,
    )
    if done.refused:
        print(f"unclench: why each was refused is in {target}.refused.ndjson.", file=sys.stderr)
    return 2 if done.refused else 0

"""Runs the command: in a process of its own, piped or in a terminal; or here, where a process adds but its start."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import pytest

from unclench.cli.main import main

__all__ = ["COMMAND", "ENVIRONMENT", "Ran", "Terminal", "here", "unclench"]

COMMAND = (sys.executable, "-m", "unclench")

# Whoever runs the tests may have set Python to buffer nothing; people have not.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("PYTHONUNBUFFERED", "UNCLENCH_DEBUG")}

_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON document."""
        return json.loads(self.out)

    @property
    def records(self) -> list[Any]:
        """Standard output as one JSON document a line."""
        return [json.loads(line) for line in self.out.splitlines()]


def unclench(*arguments: str, stdin: bytes | str = b"", command: Sequence[str] = COMMAND) -> Ran:
    """Run `unclench` to its end. Whatever it is given, it shows no traceback."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run([*command, *arguments], input=given, capture_output=True, timeout=_PATIENCE, env=ENVIRONMENT)
    ran = Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in ran.err
    assert "Exception ignored" not in ran.err
    return ran


def here(*arguments: str, stdin: bytes | str = b"") -> Ran:
    """Run `unclench` in this process, its streams as `unclench.cli.main.run` sets them up when they are piped.

    A fresh process takes a tenth of a second to start, and a whole second where it loads the libraries of `batch`. What
    becomes of the process itself, how it ends and what it takes, is seen with `unclench`; so is a run of most commands.
    """
    given = stdin.encode() if isinstance(stdin, str) else stdin
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", "backslashreplace") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), "utf-8", "replace"))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        patch.delenv("UNCLENCH_DEBUG", raising=False)
        try:
            status = main(arguments)
        except SystemExit as end:  # how argparse ends
            status = int(end.code or 0)
        out.flush()
        err.flush()
    said = [stream.buffer.getvalue().decode() for stream in (out, err)]
    assert "a fault in Unclench itself" not in said[1]
    return Ran(status, *said)


class Terminal:
    """`unclench check` in a pseudo-terminal, as a person sits before it."""

    def __init__(self, *arguments: str) -> None:
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, *arguments], stdin=slave, stdout=slave, stderr=slave, env=ENVIRONMENT
        )
        os.close(slave)
        self.shown = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.master)

    def prompt(self) -> str:
        """Wait for the next prompt, or the end, and return what was shown since the last one."""
        made = b""
        deadline = time.monotonic() + _PATIENCE
        while not made.endswith(b"\n> "):
            ready, _, _ = select.select([self.master], [], [], deadline - time.monotonic())
            assert ready, f"nothing more came after: {made.decode(errors='replace')}"
            try:
                some = os.read(self.master, 65536)
            except OSError:  # how Linux says that the other end is closed
                some = b""
            if not some:
                break
            made += some
        text = made.decode(errors="replace").replace("\r\n", "\n")
        self.shown += text
        assert "Traceback" not in self.shown
        return text

    def send(self, typed: bytes) -> None:
        """Press keys."""
        os.write(self.master, typed)

    def answer(self, line: str) -> str:
        """Type a line and return what comes up to the next prompt."""
        self.send(line.encode() + b"\n")
        return self.prompt()

    def end(self) -> int:
        """Wait for the program to end and return its status."""
        return self.process.wait(timeout=_PATIENCE)


def number_of(shown: str) -> int:
    """Return the number of the question that was shown last."""
    found = re.findall(r"^(\d+)\. ", shown, flags=re.MULTILINE)
    assert found, shown
    return int(found[-1])

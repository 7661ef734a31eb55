"""The browser that the tests drive: Debian's Chromium, installed where that is allowed; one clear message otherwise.

Chromium's headless shell is the same engine without windows, and the tests take half the time in it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

__all__ = ["FLAGS", "PACKAGES", "NoBrowser", "chromium"]

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""What every browser of the tests is started with: nothing that calls home, nothing that asks."""

PACKAGES = ("chromium", "fonts-noto-core")
_PREFERRED = ("chromium-headless-shell", "fonts-noto-core")  # Ubuntu has none

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class NoBrowser(Exception):
    """No browser is here, and none could be installed; the message says what to do."""


def chromium() -> str:
    """Return the path of a Chromium; as root on a Debian without one, install it first.

    The environment variable CHROMIUM names another one.

    Raises:
        NoBrowser: none is here, and none could be installed.
    """
    named = os.environ.get("CHROMIUM")
    found = shutil.which(named) if named else _found()
    if found:
        return found
    advice = f"install one (on Debian or Ubuntu: apt-get install {' '.join(PACKAGES)}), or name it in CHROMIUM"
    if named:
        raise NoBrowser(f"CHROMIUM={named} is not a program. The browser tests need Chromium: {advice}.")
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise NoBrowser(f"The browser tests need Chromium, and there is none: {advice}.")
    _install()
    found = _found()
    if not found:
        raise NoBrowser(f"The browser tests need Chromium, and apt-get could not install it: {advice}.")
    return found


def _found() -> str | None:
    return next((path for path in map(shutil.which, _NAMES) if path), None)


def _install() -> None:
    import fcntl

    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with (Path(tempfile.gettempdir()) / "unclench-browser.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the workers of pytest-xdist come here together
        if _found():
            return
        print("Installing Chromium for the browser tests (once; it takes a minute) ...", file=sys.stderr, flush=True)
        _run(("apt-get", "update"), quiet)
        for packages in (_PREFERRED, PACKAGES):
            _run(("apt-get", "install", "-y", "--no-install-recommends", *packages), quiet)
            if _found():
                return


def _run(command: Sequence[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        print(done.stdout[-2000:], file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        print(chromium())
    except NoBrowser as error:
        raise SystemExit(str(error)) from None

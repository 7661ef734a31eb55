"""Lighthouse on one page, as a phone: the four scores, out of 100.

Its packages are those of `tools/lighthouse/package-lock.json`, put into `tools/lighthouse/node_modules/` by npm.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools.browser import FLAGS, chromium

__all__ = ["CATEGORIES", "LighthouseError", "measure"]

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")

_HERE = Path(__file__).resolve().parent / "lighthouse"


class LighthouseError(Exception):
    """Lighthouse cannot run here, or could not load the page; the message says why."""


def measure(url: str, *, cookie: str = "") -> tuple[dict[str, int], dict[str, Any]]:
    """Load `url` as a phone on slow 4G and return the scores and the whole report.

    Args:
        url: the page.
        cookie: the Cookie header to send, such as `name=value`.

    Raises:
        LighthouseError: node or npm is missing, the packages cannot be had, or the page cannot be loaded.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        raise LighthouseError("Lighthouse needs node 18.20 or newer, and npm. Install both, then run this again.")
    program = _HERE / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not program.exists():
        _run([npm, "ci", "--no-audit", "--no-fund"], {})
    flags = " ".join(("--headless", *FLAGS))
    command = [node, str(program), url, "--quiet", "--output=json", f"--chrome-flags={flags}",
               f"--only-categories={','.join(CATEGORIES)}"]  # fmt: skip
    if cookie:
        command += [f"--extra-headers={json.dumps({'Cookie': cookie})}", "--disable-storage-reset"]
    report = json.loads(_run(command, {"CHROME_PATH": chromium()}))
    if report.get("runtimeError"):
        raise LighthouseError(report["runtimeError"]["message"])
    return {name: round(100 * report["categories"][name]["score"]) for name in CATEGORIES}, report


def _run(command: list[str], more: Mapping[str, str]) -> str:
    done = subprocess.run(command, cwd=_HERE, env={**os.environ, **more}, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise LighthouseError(f"{Path(command[0]).name} failed: {done.stderr[-1500:]}")
    return done.stdout

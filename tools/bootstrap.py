"""Make `.venv/` from the hash-pinned locks, with nothing but the standard library.

Spark and the peers of the benchmarks are heavy and seldom wanted: they have an environment of their own each, beside
the everyday one. Run by make. Works as root or not, and on a Debian Python that is externally managed or lacks
`ensurepip`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = {"base": ".venv", "dev": ".venv", "spark": ".venv-spark", "peers": ".venv-peers"}
NEWEST, OLDEST = (3, 14), (3, 11)


def main(kind: str) -> int:
    """Bring an environment up to date: `base` (to run), `dev` (to test as well), `spark` or `peers`."""
    lock, stamp = of_kind(kind)
    # What tests need holds all that running needs, so an environment made for the present tests will do.
    if stamp.exists() or (kind == "base" and of_kind("dev")[1].exists()):
        return 0
    python = suitable_python()
    folder = stamp.parent
    if not (folder / "bin" / "python").exists() or not has_pip(folder / "bin" / "python"):
        make_environment(python, folder)
    inside = str(folder / "bin" / "python")
    # The locks are complete and hashed; a build environment of pip's own would be neither.
    say(f"Installing {kind} requirements (the first time takes a minute or two) ...")
    pip(inside, "install", "--require-hashes", "-r", str(lock))
    pip(inside, "install", "--no-deps", "--no-build-isolation", "-e", str(ROOT))
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([inside, "-m", "compileall", "-q", str(ROOT / "src")], check=False, env=environment)
    for old in folder.glob(f".{kind}-*"):
        old.unlink()
    stamp.touch()
    return 0


def of_kind(kind: str) -> tuple[Path, Path]:
    """Return the lock of `kind`, and the file that says its environment holds what that lock names now."""
    lock = ROOT / "requirements" / f"{kind}.txt"
    wanted = hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    return lock, ROOT / FOLDERS[kind] / f".{kind}-{wanted[:16]}"


def suitable_python() -> str:
    """Return the path of a Python that Unclench runs on, or stop with one clear message."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    stop(
        f"Unclench needs Python 3.{OLDEST[1]} or newer; this is {sys.version.split()[0]} and no newer one is on PATH. "
        "Install one, or name it: make PYTHON=/path/to/python3.11 run"
    )


def make_environment(python: str, folder: Path) -> None:
    """Create the environment, falling back to Debian's own package when the standard way lacks pip."""
    say(f"Making {folder.name}/ ...")
    shutil.rmtree(folder, ignore_errors=True)
    if subprocess.run([python, "-m", "venv", str(folder)], capture_output=True, text=True).returncode == 0:
        return
    # Debian splits ensurepip off into python3-venv. A system pip can fill an environment made without it.
    shutil.rmtree(folder, ignore_errors=True)
    bare = subprocess.run([python, "-m", "venv", "--without-pip", str(folder)], capture_output=True, text=True)
    if bare.returncode == 0 and has_pip(python):
        outside = [python, "-m", "pip", "--python", str(folder / "bin" / "python"), "install", "--quiet", "pip"]
        if subprocess.run(outside).returncode == 0:
            return
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        version = subprocess.run(
            [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
        ).stdout.strip()
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        for package in (f"python{version}-venv", "python3-venv"):
            subprocess.run(["apt-get", "install", "-y", "-qq", package], check=False)
            shutil.rmtree(folder, ignore_errors=True)
            if subprocess.run([python, "-m", "venv", str(folder)], capture_output=True).returncode == 0:
                return
    stop(
        f"{python} cannot make a virtual environment: it has neither ensurepip nor pip. "
        "On Debian or Ubuntu install python3-venv (apt install python3-venv), then run make again."
    )


def has_pip(python: str | Path) -> bool:
    """Tell whether that interpreter can run pip."""
    return subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True).returncode == 0


def pip(python: str, *arguments: str) -> None:
    """Run pip inside the environment; on failure stop with what to do, not with a traceback."""
    command = [python, "-m", "pip", "--disable-pip-version-check", arguments[0], "--quiet", *arguments[1:]]
    if subprocess.run(command).returncode != 0:
        stop(
            "pip could not install what Unclench needs (its message is above). "
            "Check that this machine reaches a Python package index, then run make again."
        )


def say(message: str) -> None:
    """Print progress."""
    print(message, file=sys.stderr, flush=True)


def stop(message: str) -> NoReturn:
    """End with one clear message and exit status 2."""
    say("unclench: " + message)
    raise SystemExit(2)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1] if len(sys.argv) > 1 else "base"))

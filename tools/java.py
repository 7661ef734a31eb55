"""The Java that Spark runs on: Debian's, installed where that is allowed; one clear message otherwise."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

__all__ = ["OLDEST", "NoJava", "java"]

OLDEST = 17
"""The oldest Java that Spark 4 runs on."""

_PACKAGES = ("openjdk-17-jre-headless", "default-jre-headless")  # later Debians have no 17 but a newer default


class NoJava(Exception):
    """No Java that is new enough is here, and none could be installed; the message says what to do."""


def java() -> str:
    """Return the path of a Java that is new enough; as root on a Debian without one, install it first.

    The environment variable JAVA_HOME names another one.

    Raises:
        NoJava: none is here, and none could be installed.
    """
    advice = f"install one (on Debian or Ubuntu: apt-get install {_PACKAGES[0]}), or name its folder in JAVA_HOME"
    home = os.environ.get("JAVA_HOME")
    found = shutil.which(f"{home}/bin/java") if home else shutil.which("java")
    if found and _version(found) >= OLDEST:
        return found
    if home:
        raise NoJava(f"JAVA_HOME={home} holds no Java {OLDEST} or newer. Spark needs one: {advice}.")
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise NoJava(f"Spark needs Java {OLDEST} or newer, and there is none: {advice}.")
    print(f"Installing Java {OLDEST} for Spark (once; it takes a minute) ...", file=sys.stderr, flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    _run("apt-get", "update", environment=quiet)
    for package in _PACKAGES:
        _run("apt-get", "install", "-y", "--no-install-recommends", package, environment=quiet)
        found = shutil.which("java")
        if found and _version(found) >= OLDEST:
            return found
    raise NoJava(f"Spark needs Java {OLDEST} or newer, and apt-get could not install it: {advice}.")


def _version(program: str) -> int:
    """Return the first number of `java -version`, which is written to the error output; 0 if it does not run."""
    said = subprocess.run([program, "-version"], capture_output=True, text=True).stderr
    number = re.search(r'version "(\d+)', said)
    return int(number[1]) if number else 0


def _run(*command: str, environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        print(done.stdout[-2000:], file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        print(java())
    except NoJava as error:
        raise SystemExit(str(error)) from None

"""Start the web product with nothing else installed: granian on this machine, static files collected, one secret."""

from __future__ import annotations

import argparse
import os
import secrets
import socket
import sys
import tempfile
from collections.abc import Sequence

__all__ = ["free_port", "main"]

_PORTS_TRIED = 50

_MOST_MEMORY = 512
"""MiB a worker may hold before it is replaced: it needs about 150, so beyond this something is wrong."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve, or run a Django command when the first argument is not an option.

    Args:
        arguments: without the program's name; None = those of the command line.

    Returns:
        The exit status.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unclench.web.settings")
    if given and not given[0].startswith("-"):
        from django.core.management import execute_from_command_line

        execute_from_command_line(["python -m unclench.web", *given])
        return 0
    return _serve(_options(given))


def free_port(host: str, first: int) -> int:
    """Return the first port from `first` on that nobody listens on.

    Raises:
        OSError: none of the next fifty is free, or the host is not one of this machine.
    """
    family = socket.getaddrinfo(host, first, type=socket.SOCK_STREAM)[0][0]
    for port in range(first, min(first + _PORTS_TRIED, 65536)):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if port == first + _PORTS_TRIED - 1 or error.errno not in _TAKEN:
                    raise
            else:
                return port
    raise OSError(f"no free port from {first} on")


_TAKEN = (13, 48, 98, 10048)  # not permitted; in use on macOS, Linux, Windows


def _options(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m unclench.web",
        description="Serve the check as web pages. Nothing is stored. With a Django command (such as "
        "`check --deploy`) as first argument, run that instead.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=8000, help="port; the next free one if taken (default: %(default)s)"
    )
    parser.add_argument("--workers", type=int, default=1, help="processes (default: %(default)s)")
    parser.add_argument(
        "--threads",
        type=int,
        default=1,
        help="threads in each process; nothing waits, so more only cost (default: %(default)s)",
    )
    parser.add_argument(
        "--https", action="store_true", help="a proxy in front ends TLS: insist on https, and trust X-Forwarded-Proto"
    )
    return parser.parse_args(given)


def _serve(options: argparse.Namespace) -> int:
    os.environ.setdefault("UNCLENCH_SECRET_KEY", secrets.token_urlsafe(64))
    if options.https:
        os.environ["UNCLENCH_PROXY"] = "1"
    else:
        os.environ.setdefault("UNCLENCH_LOCAL", "1")
    try:
        port = free_port(options.host, options.port)
    except (OSError, OverflowError) as error:
        print(f"unclench: cannot listen on {options.host} port {options.port}: {error}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="unclench-static-") as folder:
        os.environ["UNCLENCH_STATIC"] = folder
        problems = _prepared()
        if problems:
            print(problems, file=sys.stderr)
            return 1
        shown = f"[{options.host}]" if ":" in options.host else options.host
        print(f"Unclench is at http://{shown}:{port}/  (stop with Ctrl+C)", flush=True)
        if port != options.port:
            print(f"Port {options.port} was taken.", flush=True)
        _granian(options, port)
    return 0


def _prepared() -> str:
    """Set up Django, check everything and collect the static files; return what is wrong, if anything."""
    import django
    from django.core.checks import run_checks
    from django.core.management import call_command

    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)
    return "\n".join(str(problem) for problem in run_checks() if problem.is_serious())


def _granian(options: argparse.Namespace, port: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "unclench.web.wsgi:application",
        address=options.host,
        port=port,
        interface=Interfaces.WSGI,
        workers=options.workers,
        blocking_threads=options.threads,
        websockets=False,
        workers_max_rss=_MOST_MEMORY,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()

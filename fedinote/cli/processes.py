"""Several serving processes on one socket: started, watched, and stopped together."""

import contextlib
import errno
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import click

BACKLOG = 2048
_PATIENCE = 25.0
_BREATH = 0.2


def listen(bind: str) -> socket.socket:
    """Return a listening socket for `address:port` (IPv6 in brackets). Ends the command when it cannot be had."""
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        raise click.BadParameter(f"{bind!r} must be like 127.0.0.1:8000", param_hint="--bind")
    host = host.removeprefix("[").removesuffix("]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, int(port)))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise click.ClickException(_refused(bind, host, int(port), error)) from error
    return listening


def _refused(bind: str, host: str, port: int, error: OSError) -> str:
    reason = f"Cannot listen on {bind}: {error.strerror}"
    if error.errno == errno.EADDRINUSE:
        reason += f". {_who_listens(host, port)} there"
    return f"{reason}. Give another address with --bind or FEDINOTE_SERVER_BIND (setting server.bind)"


def _who_listens(host: str, port: int) -> str:
    """Ask who has the port, for a second."""
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  where to ask
    connection = http.client.HTTPConnection(address, port, timeout=1)
    try:
        connection.request("GET", "/nodeinfo/2.1")
        ours = b'"name":"fedinote"' in connection.getresponse().read(65_536).replace(b" ", b"").lower()
    except (OSError, http.client.HTTPException):
        ours = False
    finally:
        connection.close()
    return "A FediNote server answers" if ours else "Another program listens"


def supervise(listening: socket.socket, count: int, config: Path | None) -> int:
    """Run `count` serving processes until a signal comes, replacing those that die. Return the exit code."""
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    children = [_start(listening, config) for _ in range(count)]
    while not stopping:
        time.sleep(_BREATH)
        for index, child in enumerate(children):
            if child.poll() is not None and not stopping:
                click.echo(f"A process ended with {child.returncode}; starting another", err=True)
                time.sleep(1)
                children[index] = _start(listening, config)
    return _stop(children)


def _start(listening: socket.socket, config: Path | None) -> "subprocess.Popen[bytes]":
    descriptor = listening.fileno()
    os.set_inheritable(descriptor, True)
    options = ["--config", str(config)] if config else []
    command = [sys.executable, "-m", "fedinote", *options, "serve", "--fd", str(descriptor)]
    # A session of its own: Ctrl-C reaches the parent alone, which then stops the children in order.
    return subprocess.Popen(command, pass_fds=[descriptor], start_new_session=True)  # noqa: S603  our own program


def _stop(children: "list[subprocess.Popen[bytes]]") -> int:
    for child in children:
        child.terminate()
    deadline = time.monotonic() + _PATIENCE
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, deadline - time.monotonic()))
            continue
        child.kill()
        child.wait()
    return max((child.returncode != 0) for child in children) if children else 0

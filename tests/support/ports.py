"""Ports for servers of tests that nothing else on the machine takes meanwhile.

Between the moment a port is found free and the moment it is listened on, and while a server that was killed is away,
somebody else could take it. So each process of the tests has a range of its own, held by a lock that ends with the
process, and gives its ports out one after the other.
"""

import fcntl
import functools
import os
import secrets
import socket
import tempfile
from pathlib import Path

# Below what Linux and others hand out to outgoing connections, and above what browsers refuse to open.
FIRST, LAST = 12_000, 32_000
SPAN = 1_000


class Range:
    """Ports from one number up to another, given out in turn from anywhere in between."""

    def __init__(self, first: int, last: int) -> None:
        self.first, self.last = first, last
        self._next = first + secrets.randbelow(last - first)

    def free(self, count: int) -> int:
        """Return the first of so many in a row on which nobody listens. Raises AssertionError when there is none."""
        for _ in range(self.first, self.last):
            port = self._next if self._next + count <= self.last else self.first
            self._next = port + count
            if all(_is_free(number) for number in range(port, port + count)):
                return port
        raise AssertionError("there is no free port")


def free(count: int = 1) -> int:
    """Return the first of so many ports in a row on which nobody listens at any address."""
    return _own(os.getpid()).free(count)


@functools.cache
def _own(_process: int) -> Range:
    """The range of this process; all there is where every one is held."""
    path = Path(tempfile.gettempdir(), f"fedinote-test-ports-{os.getuid()}")
    held = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)  # stays open: closing it would let the lock go
    ranges = (LAST - FIRST) // SPAN
    start = secrets.randbelow(ranges)
    for number in (*range(start, ranges), *range(start)):
        try:
            fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        except OSError:
            continue
        return Range(FIRST + number * SPAN, FIRST + (number + 1) * SPAN)
    return Range(FIRST, LAST)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True

"""Ports for servers of tests that nothing else on the machine takes meanwhile."""

import secrets
import socket

# Below what Linux and others hand out to outgoing connections: a port there can be taken between the
# moment it is found free and the moment it is listened on, or while a server that was killed is away.
FIRST, LAST = 20_000, 32_000


def free(count: int = 1) -> int:
    """Return the first of so many ports in a row on which nobody listens at any address."""
    for _ in range(200):
        port = FIRST + secrets.randbelow(LAST - FIRST - count)
        if all(_is_free(number) for number in range(port, port + count)):
            return port
    raise AssertionError("there is no free port")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True

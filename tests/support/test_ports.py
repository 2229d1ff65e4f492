"""Ports for tests: no two processes of the tests are given the same one."""

import socket
import subprocess
import sys
from pathlib import Path

from tests.support import ports
from tests.support.ports import SPAN, Range


def test_two_processes_have_ranges_of_their_own() -> None:
    program = "import sys; from tests.support import ports; print(ports.free(), flush=True); sys.stdin.read()"
    children = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said: list[str] = [child.stdout.readline() for child in children if child.stdout]
    for child in children:
        child.communicate()
    assert len({int(port) // SPAN for port in [*said, str(ports.free())]}) == 3


def test_ports_are_given_out_in_turn_and_one_that_is_listened_on_is_passed_over() -> None:
    first = ports.free(40)
    three = Range(first, first + 3)
    assert sorted(three.free(1) for _ in range(3)) == [first, first + 1, first + 2]
    with socket.socket() as taken:
        taken.bind(("127.0.0.2", first + 1))
        taken.listen()
        assert {three.free(1) for _ in range(4)} == {first, first + 2}
    assert three.free(3) == first

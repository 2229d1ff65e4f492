"""The line before the server: so many work at once, so many wait, and nobody keeps a place for nothing."""

import asyncio

import pytest

from fedinote.infra import gate
from fedinote.infra.errors import Busy
from fedinote.infra.gate import Gate, Ticket


async def test_so_many_work_at_once_and_the_next_waits_for_a_place() -> None:
    door = Gate(2)
    first, second, third = (Ticket(door) for _ in range(3))
    await first.take()
    await second.take()
    waiting = asyncio.create_task(third.take())
    await asyncio.sleep(0)
    assert not waiting.done()
    first.give()
    async with asyncio.timeout(60):
        await waiting


async def test_where_the_line_is_full_one_is_told_when_to_come_again() -> None:
    door = Gate(1, line=1)
    held = Ticket(door)
    await held.take()
    waiting = asyncio.create_task(Ticket(door).take())
    await asyncio.sleep(0)
    with pytest.raises(Busy) as refused:
        await Ticket(door).take()
    assert refused.value.status == 503
    assert refused.value.retry_after > 0
    held.give()
    await waiting


async def test_a_line_that_does_not_move_is_left() -> None:
    door = Gate(1, patience=0.01)
    held = Ticket(door)
    await held.take()
    for _ in range(2):
        with pytest.raises(Busy):
            await Ticket(door).take()
    held.give()
    await Ticket(door).take()


async def test_a_place_is_given_back_once_however_often_it_is_said() -> None:
    door = Gate(1, line=0)
    ticket = Ticket(door)
    await ticket.take()
    await ticket.take()
    ticket.give()
    ticket.give()
    await Ticket(door).take()
    with pytest.raises(Busy):
        await Ticket(door).take()


async def test_who_leaves_the_line_leaves_no_place_behind() -> None:
    door = Gate(1)
    held = Ticket(door)
    await held.take()
    waiting = [asyncio.create_task(Ticket(door).take()) for _ in range(3)]
    await asyncio.sleep(0)
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    held.give()
    async with asyncio.timeout(60):
        await Ticket(door).take()


async def test_who_asks_another_server_keeps_nobody_waiting() -> None:
    door = Gate(1, line=0)
    await Ticket(door).take()
    gate.step_aside()
    await Ticket(door).take()


async def test_without_a_gate_everybody_comes_in() -> None:
    assert gate.gate_of(0) is None
    ticket = Ticket(None)
    await ticket.take()
    ticket.give()
    gate.step_aside()


async def _line(door: Gate, *names: tuple[str, bool]) -> tuple[list[str], list[asyncio.Task[None]]]:
    """Let requests of addresses (name, in front) stand in line; the list of those whose turn it was."""
    came: list[str] = []

    async def one(whose: str, front: bool) -> None:
        await door.take(whose, front=front)
        came.append(whose)

    tasks = []
    for name in names:
        tasks.append(asyncio.create_task(one(*name)))
        await asyncio.sleep(0)
    return came, tasks


async def test_addresses_take_turns_however_much_one_of_them_asks() -> None:
    door = Gate(1)
    await door.take()
    came, tasks = await _line(door, *[("loud", False)] * 4, ("calm", False), ("quiet", False))
    for task_count in range(1, 7):
        door.give()
        while len(came) < task_count:  # noqa: ASYNC110  a turn of the loop or two
            await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert came == ["loud", "calm", "quiet", "loud", "loud", "loud"]


async def test_those_in_front_go_before_all_others() -> None:
    door = Gate(1)
    await door.take()
    came, tasks = await _line(door, *[(f"new{n}", False) for n in range(5)], ("known", True))
    for _ in tasks:
        door.give()
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert came[0] == "known"
    assert len(came) == 6


async def test_a_place_given_to_one_who_is_leaving_goes_to_the_next() -> None:
    door = Gate(1)
    await door.take()
    came, tasks = await _line(door, ("a", False), ("b", False))
    door.give()
    tasks[0].cancel()  # in the moment in which it was called
    await asyncio.gather(*tasks, return_exceptions=True)
    assert came == ["b"]

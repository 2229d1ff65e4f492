"""A bell that no listener misses."""

import asyncio

from fedinote.infra.wake import Wake


async def test_everybody_who_waits_goes_on() -> None:
    bell = Wake()
    waiting = [asyncio.create_task(bell.wait(bell.count, 600)) for _ in range(3)]
    await asyncio.sleep(0)
    bell.set()
    async with asyncio.timeout(60):
        await asyncio.gather(*waiting)


async def test_a_ring_while_busy_is_not_missed() -> None:
    bell = Wake()
    seen = bell.count
    bell.set()
    async with asyncio.timeout(60):
        await bell.wait(seen, 600)


async def test_the_wait_ends_by_itself() -> None:
    bell = Wake()
    await bell.wait(bell.count, 0.01)
    assert bell.count == 0

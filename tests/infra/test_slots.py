import asyncio

import pytest

from fedinote.infra.errors import Unreachable
from fedinote.infra.slots import FairSlots


class Crowd:
    """Tasks that hold a slot until told to go, in the order in which they got it."""

    def __init__(self, slots: FairSlots) -> None:
        self.slots = slots
        self.inside: list[str] = []
        self.order: list[str] = []
        self._exits: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def enter(self, *names: str) -> None:
        for name in names:
            self._exits[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._hold(name))
        await self.settle()

    async def leave(self, name: str) -> None:
        self._exits[name].set()
        await self.settle()

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def _hold(self, name: str) -> None:
        async with self.slots.hold(name[0], patience=60):
            self.inside.append(name)
            self.order.append(name)
            await self._exits[name].wait()
            self.inside.remove(name)


async def test_a_key_holds_no_more_than_its_share_and_all_no_more_than_the_total() -> None:
    crowd = Crowd(FairSlots(per_key=2, total=3))
    await crowd.enter("a1", "a2", "a3", "b1", "b2")
    assert crowd.inside == ["a1", "a2", "b1"]
    for name in ("a1", "a2", "b1", "b2", "a3"):
        await crowd.leave(name)
    assert crowd.inside == []
    assert len(crowd.order) == 5


async def test_keys_take_turns_however_many_wait_under_one() -> None:
    crowd = Crowd(FairSlots(per_key=1, total=1))
    await crowd.enter("a1", "a2", "a3", "a4", "b1", "c1", "b2")
    for _ in range(7):
        await crowd.leave(crowd.inside[0])
    assert crowd.order == ["a1", "a2", "b1", "c1", "a3", "b2", "a4"]


async def test_a_waiter_that_is_cancelled_leaves_the_line() -> None:
    crowd = Crowd(FairSlots(per_key=1, total=1))
    await crowd.enter("a1", "a2", "b1")
    crowd.tasks["a2"].cancel()
    await crowd.leave("a1")
    assert crowd.order == ["a1", "b1"]


async def test_a_slot_given_in_the_moment_of_a_cancellation_is_not_lost() -> None:
    crowd = Crowd(FairSlots(per_key=1, total=1))
    await crowd.enter("a1", "b1", "c1")
    crowd._exits["a1"].set()
    await asyncio.sleep(0)  # a1 has left and b1 was given its slot, but has not run yet
    crowd.tasks["b1"].cancel()
    await crowd.settle()
    assert crowd.inside == ["c1"]


async def test_patience_ends_with_unreachable_and_the_slot_stays_whole() -> None:
    slots = FairSlots(per_key=1, total=1)
    async with slots.hold("a", patience=1):
        with pytest.raises(Unreachable):
            async with slots.hold("a", patience=0.01):
                pytest.fail("there was no slot")
    async with slots.hold("b", patience=0.01):
        pass

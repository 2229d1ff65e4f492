"""The nearest of many hashes: found whatever differs, quickly however many there are, and letting others have turns."""

import asyncio
import random

import pytest

from fedinote.policy.pictures.index import MOST, Index

CHANCE = random.Random(20)


def other(look: int, bits: int) -> int:
    for bit in CHANCE.sample(range(256), bits):
        look ^= 1 << bit
    return look


def filled(looks: list[int]) -> Index:
    index = Index()
    for number, look in enumerate(looks, start=1):
        index.add_look(number, look)
    return index


async def test_what_differs_in_up_to_31_bits_is_always_found() -> None:
    looks = [CHANCE.getrandbits(256) for _ in range(2_000)]
    index = filled(looks)
    for _ in range(300):
        at, bits = CHANCE.randrange(len(looks)), CHANCE.randrange(MOST + 1)
        near = await index.nearest([other(looks[at], bits)], MOST)
        assert near is not None
        assert (near.entry, near.distance) == (at + 1, bits)


@pytest.mark.parametrize("size", [20, 900])
async def test_the_index_finds_what_looking_at_everything_finds(size: int) -> None:
    base = CHANCE.getrandbits(256)
    looks = [other(base, CHANCE.randrange(60)) for _ in range(size)]
    index = filled(looks)
    for most in (0, 7, 15, 16, 31):
        for _ in range(50):
            wanted = other(base, CHANCE.randrange(30))
            least = min((look ^ wanted).bit_count() for look in looks)
            near = await index.nearest([wanted], most)
            assert (near.distance if near else None) == (least if least <= most else None)


async def test_the_nearest_of_several_ways_counts_and_is_named() -> None:
    index = filled([0, (1 << 256) - 1])
    near = await index.nearest([0b11111, CHANCE.getrandbits(256), (1 << 256) - 1], MOST)
    assert near is not None
    assert (near.entry, near.distance, near.way) == (2, 0, 2)


async def test_the_first_of_the_same_hashes_counts() -> None:
    index = filled([5, 5, 6])
    assert len(index) == 2
    near = await index.nearest([5], 0)
    assert near is not None
    assert near.entry == 1
    index.add_digest(8, "ab")
    index.add_digest(9, "ab")
    assert index.same(["cd", "ab"]) == 8
    assert index.same([]) is None


async def test_an_empty_index_knows_nothing() -> None:
    assert await Index().nearest([1, 2], MOST) is None


@pytest.mark.parametrize("alike", [False, True])
async def test_others_have_their_turns_while_a_large_set_is_searched(alike: bool) -> None:
    """Hashes that share nearly all their bands would be a long walk: the search gives way all the same."""
    looks = [CHANCE.getrandbits(64) << 100 if alike else CHANCE.getrandbits(256) for _ in range(20_000)]
    index = filled(looks)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    others = asyncio.create_task(count())
    await index.nearest([CHANCE.getrandbits(180) for _ in range(8)], MOST)
    others.cancel()
    assert turns >= (80 if alike else 8)

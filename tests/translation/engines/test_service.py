"""How a service's answers are believed, and its refusals told apart."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from fedinote.infra.errors import Invalid, Refused, Resting, Unavailable, Unreachable
from fedinote.translation.engines.listing import KEPT_FOR, RETRY, Listing
from fedinote.translation.engines.service import KEY_REST, LIMIT_REST, QUOTA_REST, Service


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Shape(msgspec.Struct):
    x: int


def service(answer: Any, timeout: float = 60.0) -> Service:
    async def call(method: str, url: str, **options: Any) -> Reply:
        assert (method, url) == ("GET", "http://service.example/path")
        assert options["headers"] == {"K": "v"}
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, float):
            await asyncio.sleep(answer)
        return answer if isinstance(answer, Reply) else Reply(200, b'{"x": 1}')

    return Service(call, "http://service.example/", name="Service", timeout=timeout, headers={"K": "v"})


async def test_an_answer_comes_in_the_promised_shape() -> None:
    assert await service(Reply(200, b'{"x": 3, "more": 1}')).ask("GET", "/path", Shape) == Shape(3)
    await service(Reply(204, b"")).ask("GET", "/path", type(None))


@pytest.mark.parametrize(
    ("answer", "error", "seconds"),
    [
        (Unreachable(), Unavailable, None),
        (Refused(), Unavailable, None),
        (TimeoutError(), Unavailable, None),
        (30.0, Unavailable, None),
        (Reply(302, b""), Unavailable, None),
        (Reply(500, b"{}"), Unavailable, None),
        (Reply(503, b"{}", {"retry-after": "3"}), Resting, 3),
        (Reply(401, b"{}"), Resting, KEY_REST),
        (Reply(403, b"{}", {"Retry-After": "1"}), Resting, KEY_REST),
        (Reply(429, b"{}"), Resting, LIMIT_REST),
        (Reply(429, b"{}", {"Retry-After": "nonsense"}), Resting, LIMIT_REST),
        (Reply(429, b"{}", {"Retry-After": "12"}), Resting, 12),
        (Reply(456, b"{}"), Resting, QUOTA_REST),
        (Reply(402, b"{}"), Resting, QUOTA_REST),
        (Reply(400, b"{}"), Invalid, None),
        (Reply(413, b"{}"), Invalid, None),
        (Reply(200, b"x" * 1_000_001), Unavailable, None),
        (Reply(200, b""), Unavailable, None),
        (Reply(200, b"<html>"), Unavailable, None),
        (Reply(200, b'{"x": "\xff"}'), Unavailable, None),
        (Reply(200, b'{"x": ' + b"[" * 200_000), Unavailable, None),
        (Reply(200, b'{"x": "1"}'), Unavailable, None),
    ],
)
async def test_everything_else_is_an_error_of_our_own(
    answer: Any, error: type[Exception], seconds: float | None
) -> None:
    with pytest.raises(error) as caught:
        await service(answer, timeout=0.05).ask("GET", "/path", Shape)
    assert getattr(caught.value, "seconds", None) == seconds


async def test_a_list_is_kept_for_five_minutes_and_stands_while_the_service_is_away() -> None:
    now, answers = 100.0, [1, 2]

    async def fetch() -> int:
        if not answers:
            raise Unavailable
        return answers.pop(0)

    listing = Listing(fetch, lambda: now)
    assert [await listing.get(), await listing.get()] == [1, 1]
    now += KEPT_FOR
    assert await listing.get() == 2
    now += KEPT_FOR
    assert await listing.get() == 2, "nothing newer is to be had"
    answers.append(3)
    assert await listing.get() == 2
    now += RETRY
    assert await listing.get() == 3


async def test_a_list_that_never_came_is_unavailable_each_time() -> None:
    async def fetch() -> int:
        raise Unavailable

    listing = Listing(fetch, lambda: 0.0)
    for _ in range(2):
        with pytest.raises(Unavailable):
            await listing.get()

"""Hostile servers: too long, too slow, never ending. The client stops, and others are served."""

import asyncio
import contextlib
import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedinote.infra.answers import Body
from fedinote.infra.errors import Refused, Unreachable
from tests.infra.conftest import ClientMaker
from tests.infra.raw_server import Exchange, FakeLookup, serving

LIMIT = 10_000
OK = b"HTTP/1.1 200 OK\r\n"
# What the kernel and the streams may hold on the way: beyond it, the client went on reading.
IN_FLIGHT = 16_000_000


async def fine(exchange: Exchange) -> None:
    await exchange.answer()


# Size


async def pour(exchange: Exchange, piece: bytes) -> None:
    """Send a piece again and again until the client hangs up; fail the request when it never does."""
    for _ in range(IN_FLIGHT // len(piece)):
        await exchange.send(piece)
    pytest.fail("the client went on reading")


async def test_a_body_without_length_or_end_is_refused(client: ClientMaker) -> None:
    async def endless(exchange: Exchange) -> None:
        await exchange.send(OK + b"\r\n")
        await pour(exchange, b"x" * 65536)

    async with serving(endless) as server:
        with pytest.raises(Refused):
            await client().get(server.url(), accept="*/*", limit=LIMIT)


async def test_a_chunked_body_without_end_is_refused(client: ClientMaker) -> None:
    async def endless(exchange: Exchange) -> None:
        await exchange.send(OK + b"Transfer-Encoding: chunked\r\n\r\n")
        await pour(exchange, b"1000\r\n" + b"x" * 4096 + b"\r\n")

    async with serving(endless) as server:
        with pytest.raises(Refused):
            await client().get(server.url(), accept="*/*", limit=LIMIT)


async def test_a_declared_length_beyond_the_limit_is_refused_before_the_body(client: ClientMaker) -> None:
    async def huge(exchange: Exchange) -> None:
        await exchange.send(OK + b"Content-Length: 10000000000\r\n\r\n")
        await exchange.stall()

    async with serving(huge) as server:
        with pytest.raises(Refused):
            await client().get(server.url(), accept="*/*", limit=LIMIT)


async def test_more_than_the_declared_length_is_never_read_as_body(client: ClientMaker) -> None:
    async def lying(exchange: Exchange) -> None:
        await exchange.send(OK + b"Content-Length: 10\r\n\r\n" + b"x" * 10)
        if exchange.path == "/later":
            await asyncio.sleep(0.1)
        await exchange.send(b"y" * 5_000_000)

    async with serving(lying) as server:
        outbound = client()
        assert (await outbound.get(server.url(path="/later"), accept="*/*", limit=LIMIT)).body == b"x" * 10
        # Whether the surplus is seen in time is chance; what is returned is not.
        with contextlib.suppress(Unreachable):
            assert (await outbound.get(server.url(path="/at-once"), accept="*/*", limit=LIMIT)).body == b"x" * 10


async def test_a_body_cut_short_is_unreachable(client: ClientMaker) -> None:
    async def short(exchange: Exchange) -> None:
        await exchange.send(OK + b"Content-Length: 1000\r\n\r\nxxx")
        exchange.writer.close()

    async with serving(short) as server:
        with pytest.raises(Unreachable):
            await client().get(server.url(), accept="*/*", limit=LIMIT)


async def test_a_body_of_exactly_the_limit_is_taken_and_one_byte_more_is_not(client: ClientMaker) -> None:
    async def sized(exchange: Exchange) -> None:
        await exchange.send(OK + b"Connection: close\r\n\r\n" + b"x" * int(exchange.path.strip("/")))
        exchange.writer.close()

    async with serving(sized) as server:
        outbound = client()
        answer = await outbound.get(server.url(path=f"/{LIMIT}"), accept="*/*", limit=LIMIT)
        assert len(answer.body) == LIMIT
        with pytest.raises(Refused):
            await outbound.get(server.url(path=f"/{LIMIT + 1}"), accept="*/*", limit=LIMIT)


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    zeros = bytes(1 << 20)
    return b"".join(packer.compress(zeros) for _ in range(size >> 20)) + packer.flush()


async def test_a_gzip_bomb_is_refused_without_unpacking_it(client: ClientMaker) -> None:
    packed = bomb(200 << 20)

    async def bombing(exchange: Exchange) -> None:
        await exchange.answer(packed, headers=b"Content-Encoding: gzip\r\n")

    async with serving(bombing) as server:
        outbound = client()
        tracemalloc.start()
        try:
            with pytest.raises(Refused):
                await outbound.get(server.url(), accept="*/*")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 8 << 20


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip", "compress"])
async def test_an_encoding_that_was_not_asked_for_is_refused(client: ClientMaker, encoding: str) -> None:
    async def encoded(exchange: Exchange) -> None:
        await exchange.answer(b"xxx", headers=f"Content-Encoding: {encoding}\r\n".encode())

    async with serving(encoded) as server:
        with pytest.raises(Refused):
            await client().get(server.url(), accept="*/*")


def unpack(packed: bytes, limit: int, step: int) -> bytes:
    body = Body({"Content-Encoding": "gzip"}, limit)
    for start in range(0, len(packed), step):
        rest = packed[start : start + step]
        while rest:
            rest = body.feed(rest)
    return body.finish()


@given(st.binary(max_size=3000) | st.integers(0, 600_000).map(bytes), st.integers(1, 5000))
def test_gzip_in_pieces_of_any_size_gives_the_same_bytes(data: bytes, step: int) -> None:
    packed = gzip.compress(data)
    limit = max(len(data), len(packed))
    assert unpack(packed, limit, step) == data
    if len(data) > len(packed):
        with pytest.raises(Refused):
            unpack(packed, len(data) - 1, step)


def test_damaged_and_cut_gzip_is_unreachable_and_more_after_its_end_is_refused() -> None:
    packed = gzip.compress(b"x" * 1000)
    for broken in (packed[:-1], packed[:-9], b"not gzip", packed[:10] + b"\xff" * 20):
        with pytest.raises(Unreachable):
            unpack(broken, LIMIT, 7)
    for longer in (packed + b"x", packed + packed):
        with pytest.raises(Refused):
            unpack(longer, LIMIT, 1000)


async def test_of_the_answer_to_a_post_only_the_beginning_is_kept(client: ClientMaker) -> None:
    async def talkative(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 202 Accepted\r\n\r\n")
        await pour(exchange, b"x" * 65536)

    async with serving(talkative) as server:
        answer = await client().post(server.url(), b"{}", headers={})
    assert (answer.status, answer.body) == (202, b"x" * 4096)


async def test_a_post_whose_answer_breaks_off_after_the_status_is_done(client: ClientMaker) -> None:
    async def breaking(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 202 Accepted\r\nContent-Length: 1000\r\n\r\nxxx")
        exchange.writer.close()

    async with serving(breaking) as server:
        assert (await client().post(server.url(), b"{}", headers={})).status == 202


# Headers


async def test_header_lines_without_end_are_stopped(client: ClientMaker) -> None:
    async def endless(exchange: Exchange) -> None:
        await exchange.send(OK)
        await pour(exchange, b"X-Line: value\r\n" * 1000)

    async with serving(endless) as server:
        with pytest.raises(Unreachable):
            await client().get(server.url(), accept="*/*")


async def test_one_header_line_without_end_is_stopped(client: ClientMaker) -> None:
    async def endless(exchange: Exchange) -> None:
        await exchange.send(OK + b"X-Line: ")
        await pour(exchange, b"x" * 65536)

    async with serving(endless) as server:
        with pytest.raises(Unreachable):
            await client().get(server.url(), accept="*/*")


async def test_interim_answers_without_end_are_stopped(client: ClientMaker) -> None:
    async def endless(exchange: Exchange) -> None:
        await pour(exchange, b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 100)

    async with serving(endless) as server:
        with pytest.raises(Unreachable):
            await client().get(server.url(), accept="*/*", timeout=60)


async def test_a_few_interim_answers_are_passed_over(client: ClientMaker) -> None:
    async def hinting(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 3)
        await exchange.answer(b"there")

    async with serving(hinting) as server:
        outbound = client()
        for _ in range(2):
            assert (await outbound.get(server.url(), accept="*/*")).body == b"there"


@pytest.mark.parametrize(
    "noise",
    [
        b"\x16\x03\x01\x02\x00",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/9.9 999 What\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nNo colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nxxxx",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
        b"",
    ],
)
async def test_what_is_not_http_is_unreachable(client: ClientMaker, noise: bytes) -> None:
    async def noisy(exchange: Exchange) -> None:
        await exchange.send(noise)
        exchange.writer.close()

    async with serving(noisy) as server:
        with pytest.raises(Unreachable):
            await client().get(server.url(), accept="*/*")


@pytest.mark.parametrize("status", ["101 Switching Protocols", "204 No Content", "304 Not Modified", "500 Oh"])
async def test_an_answer_of_any_status_is_returned(client: ClientMaker, status: str) -> None:
    async def odd(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 " + status.encode() + b"\r\nContent-Length: 0\r\nContent-Encoding: gzip\r\n\r\n")

    async with serving(odd) as server:
        assert (await client().get(server.url(), accept="*/*")).status == int(status[:3])


# Time


async def drip(exchange: Exchange) -> None:
    await exchange.send(OK + b"\r\n")
    while True:
        await exchange.send(b"x")
        await asyncio.sleep(0.02)


async def drip_hints(exchange: Exchange) -> None:
    while True:
        await exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        await asyncio.sleep(0.1)


async def stall_after_headers(exchange: Exchange) -> None:
    await exchange.send(OK + b"Content-Length: 10\r\n\r\n")
    await exchange.stall()


@pytest.mark.parametrize("handler", [Exchange.stall, stall_after_headers, drip, drip_hints])
async def test_a_slow_answer_is_given_up_in_time(client: ClientMaker, handler) -> None:
    async with serving(handler) as server:
        outbound = client()
        with pytest.raises(Unreachable):
            await outbound.get(server.url(), accept="*/*", timeout=0.3)
        with pytest.raises(Unreachable):
            await outbound.call_service("GET", server.url(), timeout=0.3)


async def test_the_budget_of_time_is_for_all_redirects_together(client: ClientMaker) -> None:
    async def slow(exchange: Exchange) -> None:
        await asyncio.sleep(1.0)
        await exchange.redirect("/" + exchange.path)

    async with serving(slow) as server:
        with pytest.raises(Unreachable):
            await client().get(server.url(), accept="*/*", timeout=2.5)
        assert 1 < len(server.requests) < 4


async def test_a_slow_host_does_not_stop_others(client: ClientMaker) -> None:
    async with serving(Exchange.stall) as slow, serving(fine) as good:
        outbound = client(resolver=FakeLookup(default=["127.0.0.1"]), max_total=6)
        async with asyncio.TaskGroup() as group:
            jobs = [group.create_task(_quietly(outbound.get(slow.url("slow.test"), accept="*/*"))) for _ in range(200)]
            await slow.asked(4)
            assert (await outbound.get(good.url("good.test"), accept="*/*")).status == 200
            assert len(slow.requests) == 4
            assert not any(job.done() for job in jobs)
            for job in jobs:
                job.cancel()


async def test_whoever_waits_too_long_for_a_turn_is_told_so(client: ClientMaker) -> None:
    async with serving(Exchange.stall) as slow:
        outbound = client(max_per_host=1)
        first = asyncio.create_task(_quietly(outbound.get(slow.url(), accept="*/*")))
        await slow.asked(1)
        with pytest.raises(Unreachable):
            await outbound.get(slow.url(), accept="*/*", timeout=0.1)
        first.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await first


async def _quietly(call) -> None:
    with contextlib.suppress(Unreachable):
        await call

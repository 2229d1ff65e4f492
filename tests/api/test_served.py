"""The same application behind a real HTTP server, for what only that adds."""

import asyncio
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
import uvicorn

from fedinote import server


@pytest.fixture
async def address(app) -> AsyncIterator[str]:
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(server.create(app), log_config=None, lifespan="on", ws="websockets-sansio")
    running = uvicorn.Server(config)
    task = asyncio.create_task(running.serve(sockets=[listening]))
    while not running.started:  # noqa: ASYNC110  uvicorn tells it by nothing else
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    running.should_exit = True
    await task


async def test_every_answer_has_one_date(address):
    async with aiohttp.ClientSession() as http:
        for method, path in (("HEAD", "/"), ("GET", "/api/v2/instance"), ("GET", "/api/v1/nope"), ("GET", "/health")):
            async with http.request(method, address + path) as answer:
                assert len(answer.headers.getall("Date")) == 1


async def test_a_body_that_says_it_is_small_and_goes_on_is_cut_off(address):
    async def endless():
        yield b'{"status":"'
        for _ in range(40):
            yield b"x" * 50_000

    async with aiohttp.ClientSession() as http:
        headers = {"Content-Type": "application/json", "Authorization": "Bearer x"}
        try:
            async with http.post(f"{address}/api/v1/apps", data=endless(), headers=headers) as answer:
                assert answer.status == 413
        except aiohttp.ClientConnectionError:
            pass  # the server may close before we have read its answer
        async with http.get(f"{address}/health/live") as answer:
            assert answer.status == 200


async def test_a_web_socket_to_nowhere_is_refused_with_an_answer(address):
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(f"{address}/api/v1/nowhere")
    assert refused.value.status == 404

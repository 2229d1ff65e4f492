"""Many requests at once: the limit of what is worked on in parallel, and who does not count."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from fedinote import server
from fedinote.infra.app import App
from fedinote.infra.gate import Gate
from fedinote.server import Server
from tests.api.client import Client
from tests.api.conftest import Town
from tests.security.test_leaks_streams import Listener, until
from tests.support.people import configure

SLOW, FAST = "/api/v1/timelines/public", "/api/v1/instance/rules"


class Held:
    """A query that waits until it is let go."""

    def __init__(self) -> None:
        self.reached, self.go = asyncio.Event(), asyncio.Event()

    async def __call__(self, *_: Any, **__: Any) -> Any:
        self.reached.set()
        await self.go.wait()
        return SimpleNamespace(ids=[], keys=[])


@pytest.fixture
def site(app: App) -> Server:
    """The server with one place, and no line before it."""
    configure(app, "limits", enabled=True)
    made = server.create(app)
    assert isinstance(made, Server)
    made.gate = Gate(1, line=0)
    return made


async def test_there_are_eight_places_for_each_processor(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fedinote.infra.gate.os.cpu_count", lambda: 3)
    configure(app, "limits", enabled=True)
    made = server.create(app)
    assert isinstance(made, Server)
    assert made.gate is not None
    assert made.gate.places == 24
    assert made.inbox_gate is not None
    assert made.inbox_gate.places == 12
    configure(app, "limits", enabled=True, parallel_per_cpu=0)
    assert server.create(app).gate is None  # type: ignore[attr-defined]


async def test_beyond_the_places_one_is_told_when_to_come_again(site: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held()
    monkeypatch.setattr("fedinote.api.timelines.queries.public", held)
    stranger = Client(site)
    first = asyncio.create_task(stranger.get(SLOW))
    await held.reached.wait()
    refused = await stranger.get(FAST)
    assert refused.status == 503
    assert int(refused.header("retry-after")) > 0
    assert "busy" in refused.json["error"]
    assert (await stranger.get("/health")).status == 200
    held.go.set()
    assert (await first).status == 200
    assert (await stranger.get(FAST)).status == 200


async def test_a_failure_gives_its_place_back(site: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr("fedinote.api.timelines.queries.public", broken)
    stranger = Client(site)
    for _ in range(3):
        assert (await stranger.get(SLOW)).status == 500
        assert (await stranger.get("/api/v1/nothing")).status == 404
    assert (await stranger.get(FAST)).status == 200


async def test_who_sends_a_body_slowly_or_listens_keeps_nobody_out(site: Server, app: App) -> None:
    site.gate = Gate(1, patience=60)
    person = await Town(app).person("alice")
    slow = Listener(site, "/api/v1/statuses", person.token)
    slow.scope["method"] = "POST"
    slow.scope["headers"] = [*list(slow.scope["headers"]), (b"content-type", b"application/json")]
    slow.incoming.put_nowait({"type": "http.request", "body": b'{"status": "sl', "more_body": True})
    heard = Listener(site, "/api/v1/streaming/user", person.token)
    await until(lambda: heard.status)
    assert heard.status == 200
    for _ in range(3):
        assert (await Client(site).get(FAST)).status == 200
    assert not slow.sent
    slow.incoming.put_nowait({"type": "http.request", "body": b'ow"}'})
    await until(lambda: slow.status)
    assert slow.status == 200
    await slow.end()
    await heard.end()


async def test_a_body_that_drips_is_not_waited_for_for_ever(site: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "BODY_SECONDS", 0.2)
    dripping = Listener(site, "/api/v1/apps", None)
    dripping.scope["method"] = "POST"
    dripping.scope["headers"] = [(b"content-type", b"application/json")]
    async with asyncio.timeout(60):
        while not dripping.status:
            dripping.incoming.put_nowait({"type": "http.request", "body": b" ", "more_body": True})
            await asyncio.sleep(0.02)
    assert dripping.status == 400

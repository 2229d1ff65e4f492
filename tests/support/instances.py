"""Whole servers in one process, over real loopback HTTP: the world in which stories happen."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn

from fedinote import server, worker
from fedinote.auth import clients, registrations, scopes, tokens
from fedinote.bootstrap import running
from fedinote.infra.app import App
from tests.support import ports

PASSWORD = "a long enough password"
ALL_SCOPES = "read write follow push admin:read admin:write"


@dataclass
class Person:
    """Somebody with an account and a token at an instance, speaking the client API."""

    instance: "Instance"
    name: str
    token: str
    account_id: int

    @property
    def handle(self) -> str:
        return f"{self.name}@{self.instance.host}"

    async def call(self, method: str, path: str, *, status: int | None = 200, **options: Any) -> Any:
        return await self.instance.call(method, path, token=self.token, status=status, **options)

    async def post(self, text: str, **fields: Any) -> Any:
        return await self.call("POST", "/api/v1/statuses", json={"status": text, **fields})

    async def home(self) -> list[Any]:
        found: list[Any] = await self.call("GET", "/api/v1/timelines/home")
        return found

    async def find(self, handle: str) -> Any:
        found = await self.call("GET", "/api/v2/search", params={"q": f"@{handle}", "resolve": "true"})
        assert found["accounts"], f"{handle} was not found"
        return found["accounts"][0]

    async def follow(self, other: "Person") -> Any:
        account = await self.find(other.handle)
        return await self.call("POST", f"/api/v1/accounts/{account['id']}/follow")


@dataclass
class Instance:
    """One running server."""

    app: App
    host: str
    http: aiohttp.ClientSession
    people: dict[str, Person] = field(default_factory=dict)

    async def call(
        self, method: str, path: str, *, token: str | None = None, status: int | None = 200, **options: Any
    ) -> Any:
        headers = dict(options.pop("headers", {}))
        if token:
            headers["Authorization"] = f"Bearer {token}"
        url = f"http://{self.host}{path}"
        async with self.http.request(method, url, headers=headers, **options) as answer:
            text = await answer.text()
            assert status is None or answer.status == status, f"{method} {path}: {answer.status} {text[:500]}"
            return await answer.json(content_type=None) if text else None

    async def person(self, name: str, *, role: str = "member") -> Person:
        user = await registrations.create_user(self.app, name, f"{name}@mail.example", PASSWORD, role)
        client = await clients.command_line(self.app)
        wanted = scopes.parse("read write follow push" if role == "member" else ALL_SCOPES)
        token = (await tokens.issue(self.app, app_id=client.id, user_id=user.id, scopes=wanted)).text
        person = Person(self, name, token, user.account_id)
        self.people[name] = person
        return person


class World:
    """Several instances that can reach each other."""

    def __init__(self) -> None:
        self.instances: list[Instance] = []

    async def settle(self, rounds: int = 50) -> None:
        """Let all servers work until every queue is empty."""
        for _ in range(rounds):
            busy = False
            for instance in self.instances:
                await worker.settle(instance.app)
            for instance in self.instances:
                due = await instance.app.db.value(
                    "SELECT (SELECT COUNT(*) FROM jobs WHERE dead_at IS NULL AND run_at <= ?)"
                    " + (SELECT COUNT(*) FROM deliveries WHERE dead_at IS NULL AND next_at <= ?) AS value",
                    instance.app.now(),
                    instance.app.now(),
                )
                busy = busy or due > 0
            if not busy:
                return
        raise AssertionError("the queues do not become empty")


class _Server(uvicorn.Server):
    """A server that ends at once: uvicorn's own looks ten times a second whether it should."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ended = asyncio.Event()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.ended.wait()


@contextlib.asynccontextmanager
async def serving(settings_for: Any, folder: Path, database_url: str, **environment: str) -> AsyncIterator[Instance]:
    """Serve one instance on a free port; the worker does not run by itself: `World.settle` does its work."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", ports.free()))
    host = f"localhost:{listening.getsockname()[1]}"
    settings = settings_for(folder, database_url, FEDINOTE_SERVER_BASE_URL=f"http://{host}", **environment)
    async with running(settings) as app, aiohttp.ClientSession() as http:
        config = uvicorn.Config(
            server.create(app), log_config=None, access_log=False, lifespan="on", ws="websockets-sansio",
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        host_server = _Server(config)
        host_server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
        task = asyncio.create_task(host_server.serve(sockets=[listening]))
        while not host_server.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.01)
        try:
            yield Instance(app, host, http)
        finally:
            await http.close()
            host_server.should_exit = True
            host_server.ended.set()
            await task


__all__ = ["Instance", "Person", "World", "serving"]

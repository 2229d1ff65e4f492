"""A server of ours with alice and carol, and two others: `victim` with bob and mallory, and `evil` with evil."""

import contextlib
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from fedinote import worker
from fedinote.infra.db import Row
from tests.support import tables
from tests.support.fakefedi import PUBLIC, FakeActor, FakeFedi, FakeHost
from tests.support.instances import Instance, Person
from tests.support.signing import RIGHT, Way, deliver


@dataclass(repr=False)
class Scene:
    """`settle` lets our server do all its work; `known` makes fake actors known here, as their first words would."""

    home: Instance
    fedi: FakeFedi
    victim: FakeHost
    evil: FakeHost
    bob: FakeActor
    mallory: FakeActor
    mal: FakeActor
    alice: Person
    carol: Person

    @property
    def app(self) -> Any:
        return self.home.app

    async def settle(self) -> None:
        await worker.settle(self.app)

    async def send(self, actor: FakeActor, activity: Mapping[str, Any] | bytes, way: Way = RIGHT, **how: Any) -> int:
        return await deliver(self.home, actor, activity, way, **how)

    async def done(self, actor: FakeActor, activity: Mapping[str, Any]) -> None:
        """Send something that must be taken, and let it have its effect."""
        assert await self.send(actor, activity) == 202
        await self.settle()

    async def known(self, *actors: FakeActor) -> None:
        for actor in actors:
            await self.done(actor, actor.activity("View", PUBLIC))

    async def follow(self, person: Person, actor: FakeActor, *, accept: bool = True) -> dict[str, Any]:
        """Follow a fake actor; the Follow that arrived there, which is accepted unless it must not be."""
        account = await person.find(actor.handle)
        await person.call("POST", f"/api/v1/accounts/{account['id']}/follow")
        await self.settle()
        request: dict[str, Any] = next(a for a in reversed(actor.host.received) if a["type"] == "Follow")
        assert request["object"] == actor.id
        if accept:
            await self.done(actor, actor.activity("Accept", request))
        return request

    async def follows(self, actor: FakeActor, person: Person) -> dict[str, Any]:
        """Let a fake actor follow somebody here; the Follow."""
        request = actor.activity("Follow", self.uri(person))
        await self.done(actor, request)
        return request

    def uri(self, person: Person) -> str:
        return f"http://{self.home.host}/users/{person.name}"

    async def row(self, sql: str, *params: Any) -> Row | None:
        found: Row | None = await self.app.db.row(sql, *params)
        return found

    async def count(self, table: str, where: str = "TRUE", *params: Any) -> int:
        return int(await self.app.db.value(f"SELECT COUNT(*) AS value FROM {table} WHERE {where}", *params))

    @contextlib.asynccontextmanager
    async def nothing(
        self, what: str, *, but: Collection[str] = (), asked: int = 0, told: bool = False
    ) -> AsyncIterator[None]:
        """Assert that the block has no effect: no row changes, and the fakes see `asked` GETs at most and no POST."""
        await self.settle()
        seen = len(self.fedi.requests)
        async with tables.untouched(self.app, what, but=but):
            yield
            await self.settle()
        new = self.fedi.requests[seen:]
        assert sum(r.method == "GET" for r in new) <= asked, f"{what}: {[r.target for r in new]}"
        assert told or not any(r.method == "POST" for r in new), f"{what}: {[r.body for r in new]}"

    async def refused(self, what: str, actor: FakeActor, activity: Any, way: Way = RIGHT, **how: Any) -> None:
        """Assert 401, and not a row, a job, a notification or a request because of it."""
        async with self.nothing(what):
            assert await self.send(actor, activity, way, **how) == 401, what

    async def without_effect(
        self, what: str, actor: FakeActor, activity: Any, *, asked: int = 0, but: Collection[str] = ()
    ) -> None:
        """Assert that a well signed activity is taken or refused, and changes nothing."""
        async with self.nothing(what, but=(*tables.ARRIVED, *but), asked=asked):
            assert await self.send(actor, activity) in (202, 400, 401, 403), what

    def forget_failures(self) -> None:
        """Let our server ask again at once for what it could not fetch."""
        for name in ("key_fetches", "missing_urls", "silent_hosts"):
            self.app.caches.pop(name, None)

    async def refused_by_key(self, what: object) -> None:
        """Assert that bob's signature is refused, as his key cannot be had in a way that can be believed."""
        self.forget_failures()
        async with self.nothing(str(what), asked=1):
            note = self.bob.note("Hello", to=[self.uri(self.alice)])
            assert await self.send(self.bob, self.bob.create(note)) == 401, what

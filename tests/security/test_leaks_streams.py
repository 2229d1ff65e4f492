"""The leak matrix on streams: who is told of which new post, by server-sent events and by WebSocket (G06, G14)."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
import pytest_asyncio
from starlette.types import ASGIApp, Message

from fedinote.api.routes import ROUTES
from fedinote.notifications import policy
from fedinote.relations import blocks, follows
from tests.security.matrix import API, STREAM
from tests.security.stage import TAG, Post, Stage, Viewer, visibilities_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

Shown = Callable[[Viewer, Post], bool]
SECONDS = 60


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110  of anything
            await asyncio.sleep(0.01)


class Listener:
    """One streaming connection in the same process. `end` hangs up, and gives what was sent before that."""

    def __init__(self, asgi: ASGIApp, path: str, token: str | None, wishes: list[dict[str, Any]] | None = None) -> None:
        kind = "http" if wishes is None else "websocket"
        path, _, query = path.partition("?")
        self.scope = {
            "type": kind,
            "asgi": {"version": "3.0"},
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(b"authorization", f"Bearer {token}".encode())] if token else [],
            "client": ("203.0.113.7", 40000),
            "server": ("localhost", 8000),
            "subprotocols": [],
        }
        self.incoming: asyncio.Queue[Message] = asyncio.Queue()
        if wishes is not None:
            self.incoming.put_nowait({"type": "websocket.connect"})
            for wish in wishes:
                self.incoming.put_nowait({"type": "websocket.receive", "text": json.dumps(wish)})
        self.sent: list[Message] = []
        self.task = asyncio.create_task(self._run(asgi))

    async def _run(self, asgi: ASGIApp) -> None:
        await asgi(self.scope, self.incoming.get, self._send)

    async def _send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int:
        return next((int(one.get("status", 200)) for one in self.sent), 0)

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [json.loads(one["text"]) for one in self.sent if one["type"] == "websocket.send"]

    @property
    def body(self) -> bytes:
        return b"".join(one.get("body", b"") for one in self.sent)

    async def end(self) -> None:
        self.incoming.put_nowait({"type": f"{self.scope['type']}.disconnect", "code": 1000})
        async with asyncio.timeout(SECONDS):
            await self.task


def _home(viewer: Viewer, post: Post) -> bool:
    """At home a follower and the author; and whoever is named is told by a notification."""
    if viewer.name == "mentioned":
        return True
    return post.visibility != "direct" and (viewer.name == "follower" or (viewer.name == "author" and post.local))


def _listed(viewer: Viewer, post: Post) -> bool:
    return viewer.sees(post) and post.visibility != "direct"


def _public(origin: str = "") -> Shown:
    where = {"": (True, False), "local": (True,), "remote": (False,)}[origin]
    return lambda viewer, post: viewer.sees(post) and post.visibility == "public" and post.local in where


STREAMS: Mapping[str, tuple[str, Shown]] = {
    "/api/v1/streaming/direct": ("direct", lambda viewer, post: viewer.sees(post) and post.visibility == "direct"),
    "/api/v1/streaming/hashtag": ("hashtag", _public()),
    "/api/v1/streaming/hashtag/local": ("hashtag:local", _public("local")),
    "/api/v1/streaming/list": ("list", _listed),
    "/api/v1/streaming/public": ("public", _public()),
    "/api/v1/streaming/public/local": ("public:local", _public("local")),
    "/api/v1/streaming/public/remote": ("public:remote", _public("remote")),
    "/api/v1/streaming/user": ("user", _home),
    "/api/v1/streaming/user/notification": ("user:notification", lambda viewer, _: viewer.name == "mentioned"),
}
SOCKET = "/api/v1/streaming"


class Evening:
    """All streams of all viewers were open while both authors posted and edited; these are what was heard."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.events: dict[tuple[str, str], Listener] = {}
        self.sockets: dict[str, Listener] = {}
        self.posts: list[Post] = []

    async def happen(self) -> "Evening":
        mentioned = self.stage.people["mentioned"].account_id
        await policy.update(self.stage.app, mentioned, {"for_private_mentions": "accept"})
        for viewer in self.stage.viewers:
            self._listen(viewer)
        await self._until_open()
        for author in self.stage.authors:
            for visibility in visibilities_of(author):
                marker = f"zqlive{'local' if author == 'alice' else 'remote'}{visibility}"
                post_id = await self.stage.write(author, visibility, marker)
                self.posts.append(Post(post_id, 0, "", author, visibility, marker))
        for listener in (*self.events.values(), *self.sockets.values()):
            await listener.end()
        return self

    def _listen(self, viewer: Viewer) -> None:
        asgi, token = self.stage.town.asgi, viewer.client.token
        for path in STREAMS:
            query = f"?tag={TAG}&list={viewer.list_id}"
            self.events[viewer.name, path] = Listener(asgi, path + query, token)
        names = [name for name, _ in STREAMS.values()]
        wishes = [{"type": "subscribe", "stream": n, "tag": TAG, "list": str(viewer.list_id)} for n in names]
        wishes.append({"type": "nonsense"})  # once this is answered the others are fulfilled
        self.sockets[viewer.name] = Listener(asgi, SOCKET, token, wishes)

    async def _until_open(self) -> None:
        """Wait until every connection is answered, and every wish of a socket is read."""
        await until(lambda: all(one.status for one in self.events.values()))
        await until(lambda: all(one.task.done() or one.frames for one in self.sockets.values()))

    def wrong(self, viewer: Viewer, heard: bytes, shown: Shown) -> list[str]:
        problems = []
        for post in self.posts:
            wanted = viewer.somebody and shown(viewer, post)
            if (post.marker.encode() in heard) != wanted:
                problems.append(f"{viewer.name}: {post.marker} {'missing' if wanted else 'leaked'}")
        return problems


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def evening(stage: Stage) -> AsyncIterator[Evening]:
    yield await Evening(stage).happen()


async def test_every_stream_is_in_the_matrix() -> None:
    assert {path for path, asks in API.items() if asks is STREAM} == {*STREAMS, SOCKET}
    assert {r.path for r in ROUTES if "streaming" in r.path} == {*STREAMS, SOCKET, f"{SOCKET}/health"}


@pytest.mark.parametrize("path", sorted(STREAMS))
async def test_events_tell_each_post_to_those_only_who_may_see_it(evening: Evening, path: str) -> None:
    problems = []
    for viewer in evening.stage.viewers:
        heard = evening.events[viewer.name, path]
        assert heard.status == (200 if viewer.somebody else 401), viewer.name
        problems += evening.wrong(viewer, heard.body, STREAMS[path][1])
    assert not problems


@pytest.mark.parametrize("path", sorted(STREAMS))
async def test_a_socket_tells_each_post_to_those_only_who_may_see_it(evening: Evening, path: str) -> None:
    name, shown = STREAMS[path]
    problems = []
    for viewer in evening.stage.viewers:
        told = evening.sockets[viewer.name].frames
        assert len([one for one in told if "error" in one]) == (1 if viewer.somebody else 0)
        frames = [one for one in told if one.get("stream", [""])[0] == name]
        problems += evening.wrong(viewer, json.dumps(frames).encode(), shown)
    assert not problems


async def test_nobody_listens_to_the_list_of_somebody_else(stage: Stage) -> None:
    other, owner = stage.viewer("other"), stage.viewer("follower")
    heard = Listener(stage.town.asgi, f"/api/v1/streaming/list?list={owner.list_id}", other.client.token)
    await heard.task
    assert heard.status == 404


@pytest.mark.parametrize("what", ["unfollow", "block"])
async def test_whoever_loses_the_right_to_see_hears_no_more(stage: Stage, what: str) -> None:
    """Also of what was published before, and not told yet."""
    person = await stage.town.person(f"leaver{what}")
    alice = stage.authors["alice"]
    await follows.request(stage.app, person.account_id, alice)
    await follows.accept(stage.app, person.account_id, alice)
    heard = Listener(stage.town.asgi, "/api/v1/streaming/user", person.token)
    await until(lambda: heard.status)
    await stage.write("alice", "private", "zqbefore")
    await until(lambda: b"zqbefore" in heard.body)
    await (
        follows.undo(stage.app, person.account_id, alice) if what == "unfollow" else _block(stage, person.account_id)
    )
    await stage.write("alice", "private", "zqafter")
    await heard.end()
    assert b"zqafter" not in heard.body


async def _block(stage: Stage, target: int) -> bool:
    await blocks.block(stage.app, stage.authors["alice"], target)
    return True

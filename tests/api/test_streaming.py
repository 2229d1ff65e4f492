"""Streams over real connections: uvicorn on loopback, a WebSocket client, and server-sent events."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from fedinote.api import streaming
from fedinote.auth import tokens
from fedinote.moderation.house import announcements
from fedinote.relations import blocks
from fedinote.timelines import lists, live
from fedinote.worker import settle
from tests.api.client import File
from tests.api.conftest import Person, Town, picture

SECONDS = 60  # the most that anything here is waited for


@pytest.fixture
async def host(town: Town) -> AsyncIterator[str]:
    """Serve the town; give the address."""
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)  # a reader that stops is felt soon
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            town.asgi, http="httptools", ws="websockets-sansio", lifespan="off", log_config=None, ws_ping_interval=None
        )
        config.timeout_graceful_shutdown = 5
        served = uvicorn.Server(config)
        served.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
        task = asyncio.create_task(served.serve(sockets=[listening]))
        while not served.started:  # noqa: ASYNC110  uvicorn has no event for it
            await asyncio.sleep(0.01)
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        town.app.bus.close()
        served.should_exit = True
        await task


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition."""
    async with asyncio.timeout(SECONDS):
        while not condition():  # noqa: ASYNC110  of anything
            await asyncio.sleep(0.01)


class Listener:
    """A WebSocket client."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def frame(self) -> dict[str, Any]:
        async with asyncio.timeout(SECONDS):
            return json.loads(await self.connection.recv())

    async def told(self) -> tuple[list[str], str, str]:
        """Give (stream, event, id of what it is about) of the next frame."""
        frame = await self.frame()
        payload = frame["payload"]
        return frame["stream"], frame["event"], json.loads(payload)["id"] if payload[0] == "{" else payload

    async def closed(self) -> int:
        """Wait for the end; give the close code."""
        async with asyncio.timeout(SECONDS):
            with contextlib.suppress(ConnectionClosed):
                while True:
                    await self.connection.recv()
        assert self.connection.close_code is not None
        return self.connection.close_code


@contextlib.asynccontextmanager
async def listening(host: str, who: Person, stream: str = "", **options: Any) -> AsyncIterator[Listener]:
    headers = {"Authorization": f"Bearer {who.token}"}
    query = f"?stream={stream}" if stream else ""
    async with connect(f"ws://{host}/api/v1/streaming{query}", additional_headers=headers, **options) as connection:
        yield Listener(connection)


async def subscribed(town: Town, channel: str) -> None:
    await until(lambda: town.app.bus.listened(channel))


async def written(who: Person, text: str, **fields: Any) -> str:
    return (await who.post("/api/v1/statuses", {"status": text, **fields})).json["id"]


# -- who may listen -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["query", "header", "protocol", "query and protocol"])
async def test_the_token_may_come_in_several_ways(host: str, alice: Person, how: str) -> None:
    assert alice.token
    address = f"ws://{host}/api/v1/streaming?stream=user"
    options: dict[str, Any] = {}
    if "query" in how:
        address += f"&access_token={alice.token}"
    if how == "header":
        options["additional_headers"] = {"Authorization": f"Bearer {alice.token}"}
    if "protocol" in how:
        options["subprotocols"] = [alice.token]
    async with connect(address, **options) as connection:
        assert connection.subprotocol == (alice.token if "protocol" in how else None)
        await subscribed_to_user(alice, connection)


async def subscribed_to_user(alice: Person, connection: ClientConnection) -> None:
    listener = Listener(connection)
    await listener.send(type="subscribe", stream="nothing")
    assert (await listener.frame())["status"] == 400
    post = await written(alice, "hello")
    assert await listener.told() == (["user"], "update", post)


async def test_without_a_valid_token_of_a_person_the_upgrade_is_refused(host: str, town: Town) -> None:
    for token in (None, "wrong", await town.token(None, "read")):
        query = "" if token is None else f"?access_token={token}"
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://{host}/api/v1/streaming{query}")
        assert refused.value.response.status_code == 401
        assert json.loads(refused.value.response.body or b"")["error"]


async def test_the_token_does_not_get_into_the_log(host: str, alice: Person, caplog: pytest.LogCaptureFixture) -> None:
    for logger in ("", "uvicorn", "uvicorn.error"):  # whatever level another test left behind
        caplog.set_level("INFO", logger=logger)
    async with connect(f"ws://{host}/api/v1/streaming?stream=user&access_token={alice.token}") as connection:
        await subscribed_to_user(alice, connection)
    assert alice.token
    told = [record.getMessage() for record in caplog.records]
    assert any("/api/v1/streaming?stream=user" in line for line in told)
    assert [line for line in told if alice.token in line] == []


async def test_a_stream_needs_its_scope(host: str, town: Town, alice: Person) -> None:
    narrow = Person(town.asgi, await town.token(alice.user_id, "read:notifications"))
    async with listening(host, narrow, "public") as listener:
        assert (await listener.frame())["status"] == 403
        await listener.send(type="subscribe", stream="user")
        await subscribed(town, live.user(alice.account_id))
        await written(alice, "not for this token")
        bob = await town.person("bob")
        liked = await written(alice, "liked")
        await bob.post(f"/api/v1/statuses/{liked}/favourite")
        frame = await listener.frame()
        assert (frame["event"], json.loads(frame["payload"])["type"]) == ("notification", "favourite")


@pytest.mark.parametrize("way", ["websocket", "events"])
async def test_a_connection_ends_with_its_token(host: str, town: Town, alice: Person, way: str) -> None:
    assert alice.token
    bearer = await tokens.authenticate(town.app, alice.token)
    if way == "websocket":
        async with listening(host, alice, "user") as listener:
            await subscribed(town, live.user(alice.account_id))
            await tokens.revoke_ids(town.app, [bearer.token_id])
            assert await listener.closed() == 1008
    else:
        async with events(host, alice, "user") as lines:
            await tokens.revoke_ids(town.app, [bearer.token_id])
            assert [line async for line in lines] == []
    await until(lambda: not town.app.bus.listened(live.user(alice.account_id)))


async def test_a_token_revoked_by_another_process_is_noticed(
    host: str, town: Town, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert streaming.CHECK <= 5
    monkeypatch.setattr(streaming, "CHECK", 0.05)
    async with listening(host, alice, "user") as listener:
        await subscribed(town, live.user(alice.account_id))
        await town.app.db.execute("UPDATE oauth_tokens SET revoked_at = ?", town.app.now())
        town.app.clock.shift(tokens.CACHE_SECONDS + 1)
        assert await listener.closed() == 1008


# -- what is told ---------------------------------------------------------------------------------------------------


async def test_home_has_new_changed_and_deleted_posts_and_notifications(
    host: str, town: Town, alice: Person, bob: Person
) -> None:
    await alice.post(f"/api/v1/accounts/{bob.id}/follow")
    async with listening(host, alice, "user") as listener:
        await subscribed(town, live.user(alice.account_id))
        post = await written(bob, "hello")
        assert await listener.told() == (["user"], "update", post)
        town.app.clock.shift(1)
        await bob.put(f"/api/v1/statuses/{post}", {"status": "changed"})
        frame = await listener.frame()
        assert frame["event"] == "status.update"
        assert "changed" in json.loads(frame["payload"])["content"]
        await bob.delete(f"/api/v1/statuses/{post}")
        assert await listener.told() == (["user"], "delete", post)
        own = await written(alice, "mine")
        assert await listener.told() == (["user"], "update", own)
        await bob.post(f"/api/v1/statuses/{own}/favourite")
        frame = await listener.frame()
        told = json.loads(frame["payload"])
        assert (frame["event"], told["type"], told["status"]["id"]) == ("notification", "favourite", own)


async def test_notifications_have_a_stream_of_their_own(host: str, town: Town, alice: Person, bob: Person) -> None:
    async with listening(host, alice, "user:notification") as listener:
        await subscribed(town, live.user(alice.account_id))
        post = await written(alice, "only in home")
        await bob.post(f"/api/v1/statuses/{post}/favourite")
        frame = await listener.frame()
        assert (frame["stream"], frame["event"]) == (["user:notification"], "notification")


async def test_changed_filters_are_told_without_a_payload(host: str, town: Town, alice: Person) -> None:
    async with listening(host, alice, "user") as listener:
        await subscribed(town, live.user(alice.account_id))
        await alice.post("/api/v2/filters", {"title": "x", "context": ["home"]})
        assert await listener.frame() == {"stream": ["user"], "event": "filters_changed"}


async def test_several_streams_share_a_connection(host: str, town: Town, alice: Person, bob: Person) -> None:
    await alice.post(f"/api/v1/accounts/{bob.id}/follow")
    list_id = await a_list(town, alice, bob)
    async with listening(host, alice) as listener:
        for wish in (
            {"stream": "hashtag", "tag": "Cats"},
            {"stream": "list", "list": list_id},
            {"stream": "public:local"},
        ):
            await listener.send(type="subscribe", **wish)
        for channel in ("hashtag:cats", f"list:{list_id}", "public:local"):
            await subscribed(town, channel)
        post = await written(bob, "look #CATS")
        got = [await listener.told() for _ in range(3)]
        assert sorted(got) == [
            (["hashtag", "Cats"], "update", post),
            (["list", list_id], "update", post),
            (["public:local"], "update", post),
        ]
        await listener.send(type="unsubscribe", stream="public:local")
        await listener.send(type="unsubscribe", stream="hashtag", tag="cats")
        await listener.send(type="unsubscribe", stream="hashtag", tag="Cats")
        await until(lambda: not town.app.bus.listened("public:local") and not town.app.bus.listened("hashtag:cats"))
        post = await written(bob, "again #cats")
        assert await listener.told() == (["list", list_id], "update", post)


async def a_list(town: Town, owner: Person, *members: Person) -> str:
    made = await lists.create(town.app, owner.account_id, "some")
    await lists.add(town.app, owner.account_id, made.id, [one.account_id for one in members])
    return str(made.id)


@pytest.mark.parametrize(
    ("stream", "posts"),
    [
        ("public", {"plain", "picture", "tagged"}),
        ("public:local", {"plain", "picture", "tagged"}),
        ("public:remote", set()),
        ("public:local:media", {"picture"}),
        ("hashtag&tag=cats", {"tagged"}),
        ("hashtag:local&tag=cats", {"tagged"}),
    ],
)
async def test_public_streams_have_what_their_timelines_have(
    host: str, town: Town, alice: Person, bob: Person, stream: str, posts: set[str]
) -> None:
    async with listening(host, alice, stream) as listener:
        name = stream.replace("&tag=", ":")
        await subscribed(town, name)
        file = await bob.post("/api/v2/media", parts=[("file", File("x.png", picture()))])
        ids = {
            "private": await written(bob, "@alice private #cats", visibility="private"),
            "direct": await written(bob, "@alice direct #cats", visibility="direct"),
            "unlisted": await written(bob, "unlisted #cats", visibility="unlisted"),
            "plain": await written(bob, "plain"),
        }
        ids["answer"] = await written(bob, "answer", in_reply_to_id=await written(alice, "x", visibility="unlisted"))
        ids["picture"] = await written(bob, "picture", media_ids=[file.json["id"]])
        ids["tagged"] = await written(bob, "tagged #cats")
        got = [(await listener.told())[2] for _ in posts]
        assert set(got) == {ids[name] for name in posts}
        await nothing_more(town, listener, alice)


async def nothing_more(town: Town, listener: Listener, who: Person) -> None:
    """See that nothing else came: what is told next is told of something newer."""
    await listener.send(type="subscribe", stream="user:notification")
    await subscribed(town, live.user(who.account_id))
    other = await town.person("witness")
    post = await written(who, "unseen", visibility="private")
    await other.post(f"/api/v1/accounts/{who.id}/follow")
    assert post
    frame = await listener.frame()
    assert (frame["event"], json.loads(frame["payload"])["type"]) == ("notification", "follow")


async def test_public_streams_leave_out_whom_the_viewer_blocks(
    host: str, town: Town, alice: Person, bob: Person
) -> None:
    carol = await town.person("carol")
    await blocks.block(town.app, alice.account_id, bob.account_id)
    async with listening(host, alice, "public") as listener:
        await subscribed(town, "public")
        await written(bob, "unwanted")
        post = await written(carol, "wanted")
        assert await listener.told() == (["public"], "update", post)


async def test_conversations_are_streamed_to_those_who_take_part(
    host: str, town: Town, alice: Person, bob: Person
) -> None:
    async with listening(host, alice, "direct") as listener:
        await subscribed(town, live.direct(alice.account_id))
        post = await written(bob, "@alice psst", visibility="direct")
        frame = await listener.frame()
        told = json.loads(frame["payload"])
        assert (frame["stream"], frame["event"]) == (["direct"], "conversation")
        assert (told["last_status"]["id"], told["accounts"][0]["id"]) == (post, bob.id)


async def test_what_cannot_be_streamed_is_refused_on_the_open_connection(
    host: str, town: Town, alice: Person, bob: Person
) -> None:
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    theirs = await a_list(town, bob, alice)
    async with listening(host, alice) as listener:
        for message, status in (
            ("{", 400),
            ("[" * 5000, 400),
            ('"x"', 400),
            (json.dumps({"type": "dance"}), 400),
            (json.dumps({"type": "subscribe", "stream": "public:everything"}), 400),
            (json.dumps({"type": "subscribe", "stream": "hashtag"}), 400),
            (json.dumps({"type": "subscribe", "stream": "hashtag", "tag": "a b"}), 404),
            (json.dumps({"type": "subscribe", "stream": "list", "list": theirs}), 404),
            (json.dumps({"type": "subscribe", "stream": "list", "list": "x"}), 422),
        ):
            await listener.connection.send(message)
            frame = await listener.frame()
            assert (set(frame), frame["status"]) == ({"error", "status"}, status), message
        for n in range(streaming.MAX_STREAMS + 1):
            await listener.send(type="subscribe", stream="hashtag", tag=f"tag{n}")
        assert (await listener.frame())["status"] == 429


# -- server-sent events ---------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def events(host: str, who: Person, path: str, **query: str) -> AsyncIterator[AsyncIterator[str]]:
    """Open an event stream; give its lines after the greeting."""
    headers = {"Authorization": f"Bearer {who.token}"}
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS)) as http,
        http.get(f"http://{host}/api/v1/streaming/{path}", params=query, headers=headers) as answer,
    ):
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert await answer.content.readline() == b":)\n"
        assert await answer.content.readline() == b"\n"
        yield lines_of(answer.content)


async def lines_of(content: aiohttp.StreamReader) -> AsyncIterator[str]:
    async for line in content:
        if line.strip():
            yield line.decode().rstrip("\n")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("user", {}),
        ("public", {}),
        ("public/local", {}),
        ("hashtag", {"tag": "Cats"}),
        ("hashtag/local", {"tag": "cats"}),
        ("list", {}),
    ],
)
async def test_events_are_sent_as_lines(
    host: str, town: Town, alice: Person, bob: Person, path: str, query: dict[str, str]
) -> None:
    await alice.post(f"/api/v1/accounts/{bob.id}/follow")
    if path == "list":
        query = {"list": await a_list(town, alice, bob)}
    async with events(host, alice, path, **query) as lines:
        post = await written(bob, "look #cats\n\nsecond line")
        assert await anext(lines) == "event: update"
        data = await anext(lines)
        assert data.startswith("data: {")
        assert json.loads(data.removeprefix("data: "))["id"] == post
        await bob.delete(f"/api/v1/statuses/{post}")
        assert [await anext(lines), await anext(lines)] == ["event: delete", f"data: {post}"]


async def test_notifications_and_conversations_are_events_too(
    host: str, town: Town, alice: Person, bob: Person
) -> None:
    await alice.patch("/api/v2/notifications/policy", {"for_private_mentions": "accept"})
    async with events(host, alice, "user/notification") as notes, events(host, alice, "direct") as direct:
        await written(bob, "@alice", visibility="direct")
        assert await anext(notes) == "event: notification"
        assert await anext(direct) == "event: conversation"


async def test_a_filtered_notification_is_no_event_until_its_request_is_accepted(
    host: str, town: Town, alice: Person, bob: Person
) -> None:
    async with listening(host, alice, "user:notification") as stream:
        await subscribed(town, live.user(alice.account_id))
        await written(bob, "@alice", visibility="direct")
        [request] = (await alice.get("/api/v1/notifications/requests")).json
        await alice.post(f"/api/v1/notifications/requests/{request['id']}/accept")
        assert await stream.told() == (["user:notification"], "notifications_merged", "1")


async def test_public_events_may_be_of_media_only(host: str, town: Town, alice: Person) -> None:
    async with events(host, alice, "public/local", only_media="true"):
        assert town.app.bus.listened("public:local:media")


async def test_heartbeats_come_when_nothing_else_does(
    host: str, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "HEARTBEAT", 0.02)
    async with events(host, alice, "user") as lines:
        assert [await anext(lines), await anext(lines)] == [":thump", ":thump"]


async def test_who_leaves_is_forgotten(host: str, town: Town, alice: Person) -> None:
    async with events(host, alice, "user"), listening(host, alice, "public"):
        await subscribed(town, "public")
        assert town.app.bus.listened(live.user(alice.account_id))
    await until(lambda: not town.app.bus.listened(live.user(alice.account_id)))
    await until(lambda: not town.app.bus.listened("public"))


async def test_events_are_refused_like_any_request(host: str, town: Town, alice: Person) -> None:
    for who, path, status in (
        (None, "user", 401),
        ("wrong", "public", 401),
        (await town.token(None, "read"), "public", 401),
        (alice.token, "hashtag", 400),
        (alice.token, "list?list=1", 404),
        (await town.token(alice.user_id, "write"), "user", 403),
    ):
        async with aiohttp.ClientSession() as http:
            headers = {} if who is None else {"Authorization": f"Bearer {who}"}
            async with http.get(f"http://{host}/api/v1/streaming/{path}", headers=headers) as answer:
                assert answer.status == status, path
                assert (await answer.json())["error"]


async def test_health_is_plain_text(town: Town) -> None:
    answer = await town.stranger.get("/api/v1/streaming/health")
    assert (answer.status, answer.body) == (200, b"OK")


# -- readers that do not keep up, and the end -----------------------------------------------------------------------


async def test_a_reader_who_stops_is_dropped_and_others_go_on(
    host: str, town: Town, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "SEND_SECONDS", 0.3)
    with socket.socket() as narrow:
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.connect(("127.0.0.1", int(host.rpartition(":")[2])))
        narrow.setblocking(False)
        stuck = listening(host, alice, "public:local", sock=narrow, max_queue=1, compression=None)
        async with listening(host, bob, "public") as reader:
            await stuck.__aenter__()
            await subscribed(town, "public")
            await subscribed(town, "public:local")
            posts = [await written(bob, f"{n} {'long ' * 900}") for n in range(60)]
            assert [(await reader.told())[2] for _ in posts] == posts
            await until(lambda: not town.app.bus.listened("public:local"))
            last = await written(bob, "still here")
            assert (await reader.told())[2] == last


async def test_a_reader_for_whom_too_much_piles_up_is_told_to_come_back(host: str, town: Town, alice: Person) -> None:
    async with listening(host, alice, "user") as listener:
        await subscribed(town, live.user(alice.account_id))
        for _ in range(300):
            live.filters_changed(town.app, alice.account_id)
        assert await listener.closed() == 1013


async def test_all_streams_end_when_the_server_stops(host: str, town: Town, alice: Person) -> None:
    async with listening(host, alice, "user") as listener, events(host, alice, "user") as lines:
        await subscribed(town, live.user(alice.account_id))
        town.app.bus.close()
        assert await listener.closed() == 1001
        assert [line async for line in lines] == []


async def test_an_announcement_reaches_every_home_and_so_does_its_end(
    host: str, town: Town, alice: Person, bob: Person
) -> None:
    app = town.app
    async with listening(host, alice, "user") as home, listening(host, bob, "public") as public:
        await subscribed(town, live.EVERYBODY)
        await subscribed(town, "public")
        made = await announcements.create(app, "hello", announcements.Span(ends_at=app.now() + timedelta(hours=1)))
        await settle(app)
        frame = await home.frame()
        assert (frame["stream"], frame["event"]) == (["user"], "announcement")
        payload = json.loads(frame["payload"])
        assert (payload["id"], payload["content"]) == (str(made.id), "<p>hello</p>")
        assert "read" not in payload
        app.clock.shift(3601)
        await settle(app)
        assert await home.told() == (["user"], "announcement.delete", str(made.id))
        await home.send(type="unsubscribe", stream="user")
        await until(lambda: not app.bus.listened(live.EVERYBODY))
        post = await written(alice, "public")
        assert (await public.told())[1:] == ("update", post)

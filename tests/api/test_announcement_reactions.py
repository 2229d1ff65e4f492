"""Reactions with an emoji to announcements: who may, what is counted, and what is streamed."""

import json
from datetime import timedelta
from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.moderation.house import announcement_reactions, announcements
from fedinote.moderation.house.announcements import Span
from fedinote.timelines import live
from tests.api.client import Client
from tests.api.conftest import Person, Town
from tests.api.test_streaming import host, listening, subscribed  # noqa: F401  `host` is a fixture

PATH = "/api/v1/announcements"


@pytest.fixture
async def path(app: App) -> str:
    made = await announcements.create(app, "hello", Span())
    return f"{PATH}/{made.id}/reactions"


async def picture(app: App, name: str, domain: str = "") -> None:
    await app.db.execute(
        "INSERT INTO custom_emojis (id, shortcode, domain, url, static_url, visible, updated_at)"
        " VALUES (?, ?, ?, 'https://x.example/a.gif', 'https://x.example/a.png', TRUE, ?)",
        app.ids.next(),
        name,
        domain,
        app.now(),
    )


async def shown(who: Client) -> Any:
    return (await who.get(PATH)).json[0]["reactions"]


async def test_reactions_are_counted_and_each_sees_the_own(alice: Person, bob: Person, path: str) -> None:
    for who in (alice, alice, bob):
        answer = await who.put(f"{path}/👍")
        assert (answer.status, answer.json) == (200, {})
    await bob.put(f"{path}/❤️")
    assert await shown(alice) == [{"name": "👍", "count": 2, "me": True}, {"name": "❤️", "count": 1, "me": False}]
    assert (await alice.delete(f"{path}/👍")).json == {}
    assert await shown(alice) == [{"name": "👍", "count": 1, "me": False}, {"name": "❤️", "count": 1, "me": False}]
    assert (await alice.delete(f"{path}/👍")).status == 404
    await bob.delete(f"{path}/👍")
    assert [one["name"] for one in await shown(alice)] == ["❤️"]


async def test_one_emoji_in_two_spellings_is_one_reaction(alice: Person, bob: Person, path: str) -> None:
    await alice.put(f"{path}/❤️")
    await bob.put(f"{path}/❤")
    assert [one["count"] for one in await shown(alice)] == [2]


async def test_our_own_custom_emoji_come_with_their_pictures(app: App, alice: Person, path: str) -> None:
    await picture(app, "blob")
    await picture(app, "theirs", "far.example")
    assert (await alice.put(f"{path}/blob")).status == 200
    (one,) = await shown(alice)
    assert one == {
        "name": "blob", "count": 1, "me": True,
        "url": "https://x.example/a.gif", "static_url": "https://x.example/a.png",
    }  # fmt: skip
    for wrong in ("theirs", "nothing", "👍👍", "a b", ":"):
        assert (await alice.put(f"{path}/{wrong}")).status == 422, wrong
    assert (await alice.delete(f"{path}/:blob:")).status == 200


async def test_an_announcement_takes_eight_kinds_and_more_of_those(alice: Person, bob: Person, path: str) -> None:
    kinds = list("😀😁😂😃😄😅😆😇")
    assert len(kinds) == announcement_reactions.MAX_KINDS
    for kind in kinds:
        assert (await alice.put(f"{path}/{kind}")).status == 200
    assert (await bob.put(f"{path}/😈")).status == 422
    assert (await bob.put(f"{path}/{kinds[0]}")).status == 200
    await alice.delete(f"{path}/{kinds[1]}")
    assert (await bob.put(f"{path}/😈")).status == 200


async def test_reactions_are_for_people_with_the_scope_and_to_what_is_shown(
    app: App, town: Town, stranger: Client, alice: Person, path: str
) -> None:
    reader = await town.person("reader", scopes="read")
    assert (await reader.put(f"{path}/👍")).status == 403
    assert (await stranger.put(f"{path}/👍")).status == 401
    over = await announcements.create(app, "x", Span(ends_at=app.now() + timedelta(minutes=1)))
    app.clock.shift(61)
    for wrong in (over.id, 99):
        assert (await alice.put(f"{PATH}/{wrong}/reactions/👍")).status == 404
        assert (await alice.delete(f"{PATH}/{wrong}/reactions/👍")).status == 404


async def test_all_announcements_come_with_one_query_for_their_reactions(
    app: App, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def asked() -> int:
        statements = []
        rows = app.db.rows

        async def watch(sql: str, *params: Any) -> Any:
            statements.append(sql)
            return await rows(sql, *params)

        with monkeypatch.context() as patch:
            patch.setattr(app.db, "rows", watch)
            await alice.get(PATH)
        return len([sql for sql in statements if "announcement" in sql])

    for count in (1, 4):
        for _ in range(count):
            made = await announcements.create(app, "hello", Span())
            await alice.put(f"{PATH}/{made.id}/reactions/👍")
        assert await asked() == 2


async def test_a_reaction_is_streamed_to_every_home_until_the_last_one_goes(
    host: str,  # noqa: F811
    town: Town,
    alice: Person,
    bob: Person,
    path: str,
) -> None:
    announcement_id = path.split("/")[-2]
    async with listening(host, alice, "user") as home:
        await subscribed(town, live.EVERYBODY)
        for send, count in ((bob.put, 1), (bob.delete, 0)):
            assert (await send(f"{path}/👍")).status == 200
            frame = await home.frame()
            assert (frame["stream"], frame["event"]) == (["user"], "announcement.reaction")
            payload = json.loads(frame["payload"])
            assert payload == {"name": "👍", "count": count, "announcement_id": announcement_id}


async def test_the_reactions_of_a_deleted_account_go_with_it(app: App, alice: Person, bob: Person, path: str) -> None:
    from fedinote import worker
    from fedinote.accounts import deletion

    await alice.put(f"{path}/👍")
    await bob.put(f"{path}/👍")
    await deletion.delete(app, bob.account_id)
    await worker.settle(app)
    assert [one["count"] for one in await shown(alice)] == [1]

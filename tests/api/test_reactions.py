"""Reactions as clients of Pleroma, of glitch-soc and of Mastodon know them."""

import json
from typing import Any

import pytest

from fedinote.api import streams
from fedinote.auth import tokens
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.media import emojis
from fedinote.timelines import live
from tests.api.client import Client
from tests.api.conftest import Person
from tests.api.test_statuses import write
from tests.media.pictures import encoded, picture

PLEROMA = "/api/v1/pleroma/statuses/{}/reactions"


async def _react(person: Person, post: dict[str, Any], name: str = "👍") -> dict[str, Any]:
    answer = await person.post(f"/api/v1/statuses/{post['id']}/react/{name}")
    assert answer.status == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


async def test_both_families_of_clients_see_a_reaction(app: App, alice: Person, bob: Person, stranger: Client) -> None:
    await emojis.add(app, "tea", encoded(picture(), "PNG"))
    post = await write(alice)
    assert (post["reactions"], "pleroma" in post) == ([], False)
    await _react(bob, post)
    answer = await bob.put(f"{PLEROMA.format(post['id'])}/tea")
    assert answer.status == 200
    url = answer.json["reactions"][1]["url"]
    custom = {"name": "tea", "count": 1, "me": True, "url": url, "static_url": url}
    assert answer.json["reactions"] == [{"name": "👍", "count": 1, "me": True}, custom]
    assert answer.json["pleroma"] == {"emoji_reactions": answer.json["reactions"]}
    seen = (await stranger.get(f"/api/v1/statuses/{post['id']}")).json
    assert seen["reactions"][0] == {"name": "👍", "count": 1}
    assert seen["pleroma"]["emoji_reactions"][0] == {"name": "👍", "count": 1, "me": False}
    assert (seen["favourites_count"], (await alice.get(f"/api/v1/statuses/{post['id']}/favourited_by")).json) == (0, [])


async def test_a_reaction_is_taken_back_by_either_route_and_twice_is_once(alice: Person, bob: Person) -> None:
    post = await write(alice)
    path = PLEROMA.format(post["id"])
    for _ in range(2):
        await _react(bob, post)
    for _ in range(2):
        assert (await bob.delete(f"{path}/👍")).json["reactions"] == []
    await _react(bob, post)
    assert (await bob.post(f"/api/v1/statuses/{post['id']}/unreact/👍")).json["reactions"] == []


async def test_the_people_behind_each_emoji_are_listed(alice: Person, bob: Person, stranger: Client) -> None:
    post = await write(alice)
    path = PLEROMA.format(post["id"])
    await _react(bob, post, "🔥")
    await _react(alice, post, "👍")
    await _react(alice, post, "🔥")
    found = (await bob.get(path)).json
    assert [(one["name"], one["count"], one["me"]) for one in found] == [("🔥", 2, True), ("👍", 1, False)]
    assert [[account["username"] for account in one["accounts"]] for one in found] == [["bob", "alice"], ["alice"]]
    (only,) = (await stranger.get(f"{path}/🔥")).json
    assert [account["id"] for account in only["accounts"]] == [bob.id, alice.id]
    assert (await stranger.get(f"{path}/🧡")).json == []


@pytest.mark.parametrize("name", ["~", "tea", "👍👍", "tea@remote.example", "a" * 500, ":", "%00"])
async def test_what_is_no_emoji_is_refused(alice: Person, name: str) -> None:
    post = await write(alice)
    assert (await alice.put(f"{PLEROMA.format(post['id'])}/{name}")).status == 422
    assert (await alice.post(f"/api/v1/statuses/{post['id']}/react/{name}")).status == 422


async def test_a_reaction_needs_a_person_and_a_post_that_they_see(alice: Person, bob: Person, stranger: Client) -> None:
    post, private = await write(alice), await write(alice, visibility="private")
    assert (await stranger.put(f"{PLEROMA.format(post['id'])}/👍")).status == 401
    for method in (bob.put, bob.delete, bob.get):
        assert (await method(f"{PLEROMA.format(private['id'])}/👍")).status == 404
    assert (await bob.get(PLEROMA.format(private["id"]))).status == 404


async def test_a_page_costs_one_query_more_with_reactions_and_none_without(
    app: App, alice: Person, bob: Person
) -> None:
    posts = [await write(alice, f"post {number}") for number in range(6)]

    async def cost() -> int:
        before = app.db.statements
        assert (await bob.get(f"/api/v1/accounts/{alice.id}/statuses")).status == 200
        return app.db.statements - before

    await cost()
    without = await cost()
    await _react(bob, posts[0])
    one = await cost()
    for post in posts:
        for name in ("👍", "🔥", "🧡"):
            await _react(alice, post, name)
    assert (one, await cost()) == (without + 1, without + 1)


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ({}, ["favourite"]),
        ({"types[]": ["favourite"]}, ["favourite"]),
        ({"types[]": ["mention"]}, []),
        ({"types[]": ["reaction"]}, ["reaction"]),
        ({"types[]": ["favourite", "reaction"]}, ["reaction"]),
        ({"types[]": ["pleroma:emoji_reaction"]}, ["pleroma:emoji_reaction"]),
        ({"exclude_types[]": ["favourite"]}, []),
        ({"exclude_types[]": ["reaction"]}, []),
        ({"exclude_types[]": ["pleroma:emoji_reaction"]}, []),
        ({"exclude_types[]": ["mention"]}, ["favourite"]),
        ({"types[]": ["reaction"], "exclude_types[]": ["favourite"]}, ["reaction"]),
    ],
)
async def test_a_reaction_is_told_as_a_like_to_those_who_do_not_name_its_type(
    alice: Person, bob: Person, query: dict[str, Any], kinds: list[str]
) -> None:
    post = await write(alice)
    await _react(bob, post, "🔥")
    await _react(bob, post, "👍")
    pairs = [(key, value) for key, values in query.items() for value in values]
    found = (await alice.get("/api/v1/notifications", pairs)).json
    assert [(one["type"], one["status"]["id"]) for one in found] == [(kind, post["id"]) for kind in kinds]
    assert [one.get("emoji") for one in found] == [None if kind == "favourite" else "🔥" for kind in kinds]
    groups = (await alice.get("/api/v2/notifications", pairs)).json["notification_groups"]
    assert [one["type"] for one in groups] == kinds
    if found:
        single = (await alice.get(f"/api/v1/notifications/{found[0]['id']}")).json
        assert single["type"] == "favourite"


async def test_a_custom_emoji_is_told_with_its_picture(app: App, alice: Person, bob: Person) -> None:
    await emojis.add(app, "tea", encoded(picture(), "PNG"))
    await _react(bob, await write(alice), "tea")
    (found,) = (await alice.get("/api/v1/notifications", [("types[]", "pleroma:emoji_reaction")])).json
    assert (found["emoji"], found["emoji_url"][:28]) == (":tea:", "http://localhost:8000/media/")


async def test_the_notification_goes_with_the_last_reaction(alice: Person, bob: Person) -> None:
    post = await write(alice)
    for name in ("🔥", "👍"):
        await _react(bob, post, name)
    for name, left in (("🔥", 1), ("👍", 0)):
        await bob.post(f"/api/v1/statuses/{post['id']}/unreact/{name}")
        assert len((await alice.get("/api/v1/notifications")).json) == left


async def test_reactions_are_streamed_once_for_a_burst_of_them(app: App, alice: Person, bob: Person) -> None:
    post = await write(alice)
    assert alice.token is not None
    viewer = await tokens.authenticate(app, alice.token)
    assert isinstance(viewer, Viewer)
    stream = await streams.find(app, viewer, "user")
    with app.bus.subscribe([live.user(alice.account_id)]) as heard:
        for name in ("🔥", "👍", "🧡"):
            await _react(bob, post, name)
        assert await app.db.value("SELECT COUNT(*) AS value FROM jobs WHERE kind = ?", live.REACTIONS_JOB) == 1
        await live.tell_reactions(app, int(post["id"]), alice.account_id)
        messages = [(await anext(heard))[1] for _ in range(2)]
    assert any(b"status.update" in message for message in messages)
    payload = await streams.render(app, viewer, stream, "status.update", int(post["id"]))
    assert payload is not None
    assert '"🔥"' in payload


async def test_a_stream_tells_a_reaction_as_a_like(app: App, alice: Person, bob: Person) -> None:
    await _react(bob, await write(alice), "🔥")
    assert alice.token is not None
    viewer = await tokens.authenticate(app, alice.token)
    assert isinstance(viewer, Viewer)
    stream = await streams.find(app, viewer, "user")
    told = await app.db.value("SELECT id AS value FROM notifications WHERE kind = 'reaction'")
    payload = await streams.render(app, viewer, stream, "notification", told)
    assert payload is not None
    assert json.loads(payload)["type"] == "favourite"


async def test_the_limit_is_told_to_clients(stranger: Client) -> None:
    for version in ("v1", "v2"):
        instance = (await stranger.get(f"/api/{version}/instance")).json
        assert instance["configuration"]["reactions"] == {"max_reactions": 20}

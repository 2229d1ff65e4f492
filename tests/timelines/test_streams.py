"""Which timeline a stream is, and whether it has a post for its listener."""

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import BadRequest, Invalid, NotFound
from fedinote.timelines import lists, streams
from fedinote.timelines.window import Window
from tests.support.people import person
from tests.web.reading import write


async def test_this_servers_stream_has_public_posts_and_those_for_its_members(app: App) -> None:
    alice, bob = await person(app), await person(app, "bob")
    found = {one: await write(app, bob, one, visibility=one) for one in ("public", "local", "unlisted", "private")}
    house = streams.house()
    assert house.channels == ("house", "public:local")
    assert house.context == "public"
    has = {one: await streams.has(app, alice.account_id, house, post) for one, post in found.items()}
    assert has == {"public": True, "local": True, "unlisted": False, "private": False}
    assert await streams.page(app, alice.account_id, house, Window(10)) == [found["local"], found["public"]]
    upward = Window(10, min_id=found["public"])
    assert await streams.page(app, alice.account_id, house, upward) == [found["local"]]


async def test_a_stream_is_found_by_its_name(app: App) -> None:
    alice, bob = await person(app), await person(app, "bob")
    own = await lists.create(app, alice.account_id, "Friends")
    found = await streams.find(app, alice.account_id, "list", list_id=str(own.id))
    assert (found.kind, found.channels, found.context) == ("list", (f"list:{own.id}",), "home")
    assert (await streams.find(app, alice.account_id, "hashtag:local", tag="Tea")).channels == ("hashtag:local:tea",)
    with pytest.raises(NotFound):
        await streams.find(app, bob.account_id, "list", list_id=str(own.id))
    for name, error in (("nonsense", BadRequest), ("public:nonsense", BadRequest), ("house", BadRequest)):
        with pytest.raises(error):
            await streams.find(app, alice.account_id, name)
    with pytest.raises(Invalid):
        await streams.find(app, alice.account_id, "list", list_id="x")

import contextlib

import msgspec
import pytest

from fedinote.infra.pubsub import Subscription
from fedinote.posts import publishing, revising
from fedinote.posts.drafts import Draft, NewMedia
from fedinote.timelines import live
from tests.timelines.world import World


async def heard(listening: Subscription) -> list[tuple[str, str, int]]:
    """Give (channel, event, id) of all that has arrived."""
    listening.close()
    arrived = [(channel, message) async for channel, message in listening]
    return sorted((channel, *msgspec.json.decode(message)) for channel, message in arrived)


async def test_a_public_post_goes_to_all_channels_where_it_may_be(world: World) -> None:
    ann, ben, cat = [await world.person(name) for name in ("ann", "ben", "cat")]
    await world.follow(ben, ann)
    list_id = await world.list_of(ben, ann)
    names = ["public", "public:local", "public:remote", "public:media", "public:local:media", "hashtag:cats"]
    names += ["hashtag:local:cats", f"list:{list_id}", live.user(ann), live.user(ben), live.user(cat)]
    with world.app.bus.subscribe(names) as listening:
        post = await world.post(ann, "#Cats")
        told = ["hashtag:cats", "hashtag:local:cats", f"list:{list_id}", "public", "public:local"]
        assert await heard(listening) == sorted(
            (name, "update", post) for name in [*told, live.user(ann), live.user(ben)]
        )


async def test_remote_posts_and_media_have_their_channels(world: World) -> None:
    far = await world.person("far@far.example")
    names = [f"public{where}{media}" for where in ("", ":local", ":remote") for media in ("", ":media")]
    with world.app.bus.subscribe([*names, "hashtag:local:cats"]) as listening:
        plain = await world.arrives(far, tags=(("cats", "Cats"),))
        picture = await world.arrives(far, upload_ids=(), media=(attachment(),))
        told = [("public", plain), ("public:remote", plain)]
        told += [(name, picture) for name in ("public", "public:media", "public:remote", "public:remote:media")]
        assert await heard(listening) == sorted((name, "update", post) for name, post in told)


def attachment() -> NewMedia:
    return NewMedia("image", "https://far.example/x.png")


@pytest.mark.parametrize("visibility", ["unlisted", "private", "direct"])
async def test_what_is_not_public_is_not_on_public_channels(world: World, visibility: str) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    with world.app.bus.subscribe(["public", "public:local", "hashtag:cats", live.direct(ann), live.direct(ben)]) as on:
        post = await world.post(ann, "@ben #cats", visibility=visibility)
        await revising.edit(world.app, ann, post, Draft("@ben #cats!"))
        await publishing.delete(world.app, post)
        expected = [(live.direct(one), "conversation", post) for one in (ann, ben)] if visibility == "direct" else []
        assert await heard(on) == sorted(expected)


async def test_a_boost_goes_to_homes_and_lists_only(world: World) -> None:
    ann, ben, cat = [await world.person(name) for name in ("ann", "ben", "cat")]
    await world.follow(cat, ben)
    list_id = await world.list_of(cat, ben)
    post = await world.post(ann, "#cats")
    with world.app.bus.subscribe(["public", "hashtag:cats", f"list:{list_id}", live.user(cat), live.user(ann)]) as on:
        boost = await world.boost(ben, post)
        assert [told for told in await heard(on) if told[1] == "update"] == sorted(
            [(f"list:{list_id}", "update", boost), (live.user(cat), "update", boost)]
        )


async def test_edits_and_deletions_go_where_the_post_is(world: World) -> None:
    ann, ben, cat = [await world.person(name) for name in ("ann", "ben", "cat")]
    await world.follow(ben, ann)
    post = await world.post(ann, "#cats")
    with world.app.bus.subscribe([live.user(ben), live.user(cat), "public:local", "hashtag:cats"]) as listening:
        await revising.edit(world.app, ann, post, Draft("#cats!"))
        await publishing.delete(world.app, post)
        expected = [
            (name, event, post)
            for name in (live.user(ben), "public:local", "hashtag:cats")
            for event in ("status.update", "delete")
        ]
        assert await heard(listening) == sorted(expected)


async def test_nothing_is_told_of_what_was_rolled_back(world: World) -> None:
    ann = await world.person("ann")
    with world.app.bus.subscribe(["public", live.user(ann)]) as listening:
        with contextlib.suppress(ZeroDivisionError):
            async with world.app.db.transaction():
                await world.post(ann)
                live.filters_changed(world.app, ann)
                raise ZeroDivisionError
        assert await heard(listening) == []

from datetime import timedelta

import pytest

from fedinote.infra.errors import NotFound
from fedinote.notifications import queries
from fedinote.notifications.queries import Wanted
from fedinote.posts import interactions
from fedinote.relations import follows
from fedinote.timelines import markers
from fedinote.timelines.window import Window
from tests.timelines.world import World

ALL = Wanted()
FIRST = Window(40)


async def some(world: World) -> tuple[int, int, int]:
    """Let ben like and cat boost and mention; give the three."""
    ann, ben, cat = [await world.person(name) for name in ("ann", "ben", "cat")]
    post = await world.post(ann)
    await interactions.favourite(world.app, ben, post)
    await world.boost(cat, post)
    await world.post(cat, "@ann")
    return ann, ben, cat


async def kinds(world: World, account: int, wanted: Wanted = ALL, window: Window = FIRST) -> list[str]:
    return [one.kind for one in window.arrange(await queries.page(world.app, account, window.sql, wanted))]


async def test_notifications_come_newest_first_and_chosen(world: World) -> None:
    ann, ben, cat = await some(world)
    assert await kinds(world, ann) == ["mention", "reblog", "favourite"]
    assert await kinds(world, ann, Wanted(kinds=("mention", "favourite"))) == ["mention", "favourite"]
    assert await kinds(world, ann, Wanted(not_kinds=("mention",))) == ["reblog", "favourite"]
    assert await kinds(world, ann, Wanted(from_id=cat)) == ["mention", "reblog"]
    assert await kinds(world, ann, Wanted(("reblog", "favourite"), ("reblog",), ben)) == ["favourite"]
    assert await kinds(world, ben) == []


async def test_a_page_goes_by_ids(world: World) -> None:
    ann, *_ = await some(world)
    newest, middle, oldest = await queries.page(world.app, ann, Window(40).sql, ALL)
    assert await kinds(world, ann, window=Window(1, max_id=newest.id)) == ["reblog"]
    assert await kinds(world, ann, window=Window(1, min_id=oldest.id)) == ["reblog"]
    assert await kinds(world, ann, window=Window(1, since_id=oldest.id)) == ["mention"]
    assert await queries.show(world.app, ann, middle.id) == middle


async def test_what_may_not_be_seen_any_more_is_not_shown(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    await world.follow(ann, ben, notify=True)
    post = await world.post(ben, visibility="private")
    [before] = await queries.page(world.app, ann, Window(1).sql, Wanted(kinds=("status",)))
    assert before.post_id == post
    await follows.undo(world.app, ann, ben)
    assert await kinds(world, ann) == []
    assert await queries.unread_count(world.app, ann, ALL) == 0
    with pytest.raises(NotFound):
        await queries.show(world.app, ann, before.id)


@pytest.mark.parametrize("how", ["suspended", "blocked", "muted"])
async def test_people_put_away_take_their_notifications_along(world: World, how: str) -> None:
    ann, ben, cat = await some(world)
    if how == "suspended":
        await world.app.db.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", world.app.now(), cat)
    elif how == "blocked":
        await world.block(ann, cat)
    else:
        await world.mute(ann, cat, until=world.app.now() + timedelta(minutes=1))
        await world.mute(ann, ben, notifications=False)
    assert await kinds(world, ann) == ["favourite"]
    if how == "muted":
        world.app.clock.shift(61)
        assert len(await kinds(world, ann)) == 3


async def test_one_is_dismissed_and_only_by_its_person(world: World) -> None:
    ann, ben, _ = await some(world)
    [newest, *_] = await queries.page(world.app, ann, Window(1).sql, ALL)
    with pytest.raises(NotFound):
        await queries.dismiss(world.app, ben, newest.id)
    await queries.dismiss(world.app, ann, newest.id)
    assert await kinds(world, ann) == ["reblog", "favourite"]
    with pytest.raises(NotFound):
        await queries.dismiss(world.app, ann, newest.id)
    await queries.clear(world.app, ben)
    assert len(await kinds(world, ann)) == 2
    await queries.clear(world.app, ann)
    assert await kinds(world, ann) == []


async def test_unread_counts_from_the_marker(world: World) -> None:
    ann, *_ = await some(world)
    assert await queries.unread_count(world.app, ann, ALL) == 3
    assert await queries.unread_count(world.app, ann, ALL, most=2) == 2
    assert await queries.unread_count(world.app, ann, Wanted(kinds=("mention",))) == 1
    _, middle, _ = await queries.page(world.app, ann, Window(3).sql, ALL)
    await markers.write(world.app, ann, {"notifications": middle.id})
    assert await queries.unread_count(world.app, ann, ALL) == 1

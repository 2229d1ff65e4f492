"""What people lost by a decision is kept for them, account by account, until they or those leave."""

import pytest

from fedinote.accounts import deletion
from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.moderation import actions
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from fedinote.notifications import severances
from fedinote.relations import domains as own_domains
from fedinote.relations import follows
from fedinote.timelines.window import Window
from tests.moderation.staff import staff
from tests.relations.people import person

ALL = Window(40)
FAR = "far.example"


async def _follow(app: App, follower: int, target: int, **options: object) -> None:
    await follows.request(app, follower, target, **options)  # type: ignore[arg-type]
    await follows.accept(app, follower, target)


async def _town(app: App) -> tuple[int, int, int]:
    alice, friend, fan = await person(app, "alice"), await person(app, "friend", FAR), await person(app, "fan", FAR)
    await _follow(app, alice, friend, reblogs=False, notify=True, languages=["ja", "es"])
    await _follow(app, fan, alice)
    return alice, friend, fan


async def _lost(app: App, account_id: int) -> dict[str, list[int]]:
    (event,) = await severances.page(app, account_id, ALL.sql)
    return {
        side: [row["other_id"] for row in await severances.lost(app, event.id, side, ALL.sql)]
        for side in severances.SIDES
    }


async def test_a_blocked_domain_leaves_the_list_of_whom_each_lost(app: App) -> None:
    alice, friend, fan = await _town(app)
    await domains.block(app, FAR, Terms(), by=None)
    assert await _lost(app, alice) == {"following": [friend], "follower": [fan]}
    (event,) = await severances.page(app, alice, ALL.sql)
    assert (event.kind, event.target_name, event.followers_count, event.following_count) == ("domain_block", FAR, 1, 1)
    (row,) = await severances.lost(app, event.id, "following", ALL.sql)
    assert (bool(row["reblogs"]), bool(row["notify"]), row["languages"]) == (False, True, '["ja","es"]')
    assert (bool(row["reachable"]), bool(row["followed"])) == (False, False)


async def test_a_suspended_account_and_a_server_that_one_blocks_oneself_leave_lists_too(app: App) -> None:
    alice, friend, fan = await _town(app)
    await actions.suspend(app, await staff(app, "moderator"), fan)
    assert await _lost(app, alice) == {"following": [], "follower": [fan]}
    bob = await person(app, "bob")
    await _follow(app, bob, friend)
    await own_domains.block(app, bob, FAR)
    assert await _lost(app, bob) == {"following": [friend], "follower": []}


async def test_the_lists_are_their_owners_alone(app: App) -> None:
    alice, _, _ = await _town(app)
    mallory = await person(app, "mallory")
    await domains.block(app, FAR, Terms(), by=None)
    (event,) = await severances.page(app, alice, ALL.sql)
    for verb in (severances.get, severances.forget):
        with pytest.raises(NotFound):
            await verb(app, mallory, event.id)
    assert await severances.page(app, mallory, ALL.sql) == []
    assert (await severances.get(app, alice, event.id)).purged is False


async def test_who_is_deleted_leaves_the_lists_and_an_empty_event_is_purged(app: App) -> None:
    alice, friend, fan = await _town(app)
    await domains.block(app, FAR, Terms(), by=None)
    await deletion.delete(app, friend)
    assert await _lost(app, alice) == {"following": [], "follower": [fan]}
    await deletion.delete(app, fan)
    (event,) = await severances.page(app, alice, ALL.sql)
    assert (event.purged, event.following_count) == (True, 1)
    await deletion.delete(app, alice)
    assert await app.db.rows("SELECT id FROM severances") == []


async def test_an_owner_lets_go_of_the_lists_and_of_the_notification(app: App) -> None:
    alice, _, _ = await _town(app)
    await domains.block(app, FAR, Terms(), by=None)
    (event,) = await severances.page(app, alice, ALL.sql)
    await severances.forget(app, alice, event.id)
    for table in ("severances", "severed_follows", "notifications"):
        assert await app.db.rows(f"SELECT id FROM {table}") == [], table

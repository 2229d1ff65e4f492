"""Reading relations: from whose side, in how many queries, page by page."""

from collections.abc import Sequence

from fedinote.infra.app import App
from fedinote.relations import blocks, follows, lookup
from fedinote.relations.lookup import Relationship
from tests.relations.people import change, person

REMOTE = "remote.example"


def _first(column: str) -> tuple[str, Sequence[int], str]:
    return "TRUE", (), f"ORDER BY {column} DESC LIMIT 40"


async def test_a_relationship_is_told_from_the_viewers_side(app: App) -> None:
    alice = await person(app, "alice")
    bob, carol, dan, eve = [await person(app, name, locked=name == "dan") for name in ("bob", "carol", "dan", "eve")]
    await follows.request(app, alice, bob, notify=True, languages=["ja"])
    await follows.request(app, carol, alice)
    await follows.request(app, alice, dan, reblogs=False)
    await change(app, alice, locked=True)
    await follows.request(app, bob, alice)
    await blocks.block(app, eve, alice)
    await blocks.mute(app, alice, carol)
    found = await lookup.relationships(app, alice, [eve, dan, 17, carol, bob, bob, alice])
    assert [one.id for one in found] == [eve, dan, carol, bob, alice]
    assert found[0] == Relationship(eve, blocked_by=True)
    assert found[1] == Relationship(dan, requested=True)
    assert found[2] == Relationship(carol, followed_by=True, muting=True, muting_notifications=True)
    assert found[3] == Relationship(
        bob, following=True, reblogs=True, notify=True, languages=("ja",), requested_by=True
    )
    assert found[4] == Relationship(alice)
    (theirs,) = await lookup.relationships(app, eve, [alice])
    assert theirs == Relationship(alice, blocking=True)


async def test_the_number_of_queries_does_not_grow_with_the_number_of_accounts(app: App) -> None:
    alice = await person(app, "alice")
    others = [await person(app, f"p{number}") for number in range(20)]
    for other in others:
        await follows.request(app, alice, other)
    before = app.db.statements
    await lookup.relationships(app, alice, others[:1])
    one = app.db.statements - before
    await lookup.relationships(app, alice, others)
    assert app.db.statements - before == 2 * one
    assert await lookup.relationships(app, alice, []) == []


async def test_followers_are_paged_newest_first_by_the_follow(app: App) -> None:
    alice = await person(app, "alice")
    fans = [await person(app, f"fan{number}") for number in range(4)]
    for fan in reversed(fans):
        await follows.request(app, fan, alice)
    everybody = await lookup.followers_page(app, alice, None, _first)
    assert [entry.account_id for entry in everybody] == fans
    older = await lookup.followers_page(
        app, alice, None, lambda c: (f"{c} < ?", [everybody[1].id], f"ORDER BY {c} DESC LIMIT 1")
    )
    assert older == [everybody[2]]
    assert [e.account_id for e in await lookup.following_page(app, fans[0], alice, _first)] == [alice]


async def test_hidden_collections_suspended_people_and_blocked_viewers_show_nobody(app: App) -> None:
    alice, bob, carol = [await person(app, name) for name in ("alice", "bob", "carol")]
    await follows.request(app, bob, alice)
    await follows.request(app, carol, alice)
    await change(app, carol, suspended_at=app.now())
    assert [e.account_id for e in await lookup.followers_page(app, alice, None, _first)] == [bob]
    await change(app, alice, hide_collections=True)
    assert await lookup.followers_page(app, alice, bob, _first) == []
    assert [e.account_id for e in await lookup.followers_page(app, alice, alice, _first)] == [bob]
    await change(app, alice, hide_collections=False)
    dan = await person(app, "dan")
    await blocks.block(app, alice, dan)
    assert await lookup.followers_page(app, alice, dan, _first) == []
    assert await lookup.following_page(app, alice, dan, _first) == []


async def test_requests_are_no_followers_until_they_are_accepted(app: App) -> None:
    alice, bob = await person(app, "alice", locked=True), await person(app, "bob", REMOTE)
    await follows.request(app, bob, alice, uri="https://remote.example/f/1")
    assert [e.account_id for e in await lookup.requests_page(app, alice, _first)] == [bob]
    assert await lookup.followers_page(app, alice, None, _first) == []
    await follows.accept(app, bob, alice)
    assert await lookup.requests_page(app, alice, _first) == []
    assert [e.account_id for e in await lookup.followers_page(app, alice, None, _first)] == [bob]


async def test_familiar_followers_are_those_whom_the_viewer_follows(app: App) -> None:
    viewer, friend, shy, stranger, star, other = [
        await person(app, name) for name in ("viewer", "friend", "shy", "stranger", "star", "other")
    ]
    await change(app, shy, hide_collections=True)
    for follower, target in (
        (viewer, friend),
        (viewer, shy),
        (friend, star),
        (shy, star),
        (stranger, star),
        (stranger, other),
    ):
        await follows.request(app, follower, target)
    assert await lookup.familiar_followers(app, viewer, [star, other]) == {star: [friend], other: []}
    await change(app, star, hide_collections=True)
    assert await lookup.familiar_followers(app, viewer, [star]) == {star: []}

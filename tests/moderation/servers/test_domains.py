"""Blocking domains: what happens to their accounts, follows, media and deliveries, and what comes back."""

import pytest

from fedinote.events import FollowsSevered, Loss, RelationshipsSevered
from fedinote.federation import fetching
from fedinote.federation.fetching import Budget
from fedinote.federation.queueing import Audience, queue
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.media.models import Media
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from fedinote.policy import domains as policy
from fedinote.policy.models import DomainBlock
from fedinote.relations import follows
from tests.moderation.staff import log, staff
from tests.relations.people import change, counts, person, post, recorded


async def blocked(app: App, domain: str, severity: str = "suspend", **terms: bool) -> DomainBlock:
    made = (await domains.block(app, domain, Terms(severity=severity, **terms), by=None)).block  # type: ignore[arg-type]
    assert made is not None
    return made


async def account(app: App, account_id: int) -> Row:
    row = await app.db.row("SELECT * FROM accounts WHERE id = ?", account_id)
    assert row is not None
    return row


async def suspended(app: App, *ids: int) -> list[bool]:
    return [(await account(app, one))["suspended_at"] is not None for one in ids]


async def silenced(app: App, *ids: int) -> list[bool]:
    return [(await account(app, one))["silenced_at"] is not None for one in ids]


async def test_suspending_a_domain_suspends_its_people_and_those_of_its_subdomains(app: App) -> None:
    inside = [await person(app, "a", name) for name in ("far.example", "sub.far.example", "far.example:8443")]
    outside = [await person(app, "a", name) for name in ("notfar.example", "far.example.org", "")]
    await blocked(app, "FAR.example.")
    assert await suspended(app, *inside, *outside) == [True, True, True, False, False, False]


async def test_people_whose_handles_carry_another_domain_are_found_by_their_address(app: App) -> None:
    split = await person(app, "split", "brand.example")
    await change(app, split, uri="https://Social.far.example/users/split")
    await blocked(app, "far.example")
    assert await suspended(app, split) == [True]


async def test_the_end_of_a_block_restores_exactly_those_whom_it_suspended(app: App) -> None:
    ordinary, earlier = await person(app, "one", "far.example"), await person(app, "two", "far.example")
    await change(app, earlier, suspended_at=app.now())
    made = await blocked(app, "far.example")
    outcome = await domains.unblock(app, made.id, by=None)
    assert (outcome.block, outcome.numbers) == (None, {"restored": 1})
    assert await suspended(app, ordinary, earlier) == [False, True]
    assert (await account(app, ordinary))["suspended_by_domain"] is None
    assert not await policy.suspended(app, "far.example")


async def test_blocks_within_blocks_hand_their_people_to_each_other(app: App) -> None:
    top, below = await person(app, "top", "far.example"), await person(app, "below", "sub.far.example")
    inner = await blocked(app, "sub.far.example")
    outer = await blocked(app, "far.example")
    await domains.unblock(app, inner.id, by=None)
    assert await suspended(app, top, below) == [True, True]
    await domains.unblock(app, outer.id, by=None)
    assert await suspended(app, top, below) == [False, False]


async def test_a_milder_block_below_is_an_exception(app: App) -> None:
    top, below = await person(app, "top", "far.example"), await person(app, "below", "good.far.example")
    await blocked(app, "far.example")
    exception = await blocked(app, "good.far.example", "noop")
    assert await suspended(app, top, below) == [True, False]
    await domains.unblock(app, exception.id, by=None)
    assert await suspended(app, top, below) == [True, True]


async def test_limiting_a_domain_silences_and_another_severity_takes_its_place(app: App) -> None:
    one, two = await person(app, "one", "far.example"), await person(app, "two", "far.example")
    await change(app, two, silenced_at=app.now())
    made = await blocked(app, "far.example", "silence")
    assert (await silenced(app, one, two), await suspended(app, one, two)) == ([True, True], [False, False])
    await domains.update(app, made.id, Terms(severity="suspend"), by=None)
    assert (await silenced(app, one, two), await suspended(app, one, two)) == ([False, True], [True, True])
    await domains.update(app, made.id, Terms(severity="silence"), by=None)
    assert (await silenced(app, one, two), await suspended(app, one, two)) == ([True, True], [False, False])
    await domains.unblock(app, made.id, by=None)
    assert (await silenced(app, one, two), await suspended(app, one, two)) == ([False, True], [False, False])


async def test_blocking_again_changes_the_block_that_is_there(app: App) -> None:
    first = await blocked(app, "far.example", "silence")
    again = await blocked(app, "*.FAR.example", "suspend", reject_media=True)
    assert (again.id, again.severity, again.reject_media) == (first.id, "suspend", True)
    assert [action for action, _ in await log(app)] == ["domain.block", "domain.update"]


async def test_follows_end_both_ways_and_are_counted_out(app: App) -> None:
    alice, bob = await person(app, "alice"), await person(app, "bob")
    far, near = await person(app, "far", "far.example"), await person(app, "near", "near.example")
    for follower, target in ((alice, far), (bob, far), (far, alice), (alice, near), (far, bob)):
        await follows.request(app, follower, target)
        await follows.accept(app, follower, target)
    await change(app, bob, locked=True)
    waiting = await person(app, "waiting", "far.example")
    await follows.request(app, waiting, bob)
    record = recorded(app)
    outcome = await domains.block(app, "far.example", Terms(), by=None)
    assert outcome.numbers == {"suspended": 2, "follows_ended": 4}
    severed, told = record.events
    assert isinstance(told, FollowsSevered)
    losses = [Loss(one, far, side) for one in (alice, bob) for side in ("follower", "following")]
    assert severed == RelationshipsSevered("domain_block", "far.example", tuple(losses))
    pairs = sorted((follower, target) for follower, target, _ in told.follows)
    assert pairs == sorted([(alice, far), (bob, far), (far, alice), (far, bob), (waiting, bob)])
    left = await app.db.rows("SELECT follower_id, target_id FROM follows")
    assert [(row["follower_id"], row["target_id"]) for row in left] == [(alice, near)]
    assert [await counts(app, one) for one in (alice, bob, far, near)] == [(0, 1), (0, 0), (0, 0), (1, 0)]
    again = await domains.block(app, "far.example", Terms(), by=None)
    assert again.numbers == {}


async def test_their_posts_leave_homes_lists_and_notifications(app: App) -> None:
    alice, far = await person(app, "alice"), await person(app, "far", "far.example")
    post_id = await post(app, far, "Hello", local=False)
    now = app.now()
    await app.db.write(
        (
            "INSERT INTO home_entries (account_id, post_id, author_id) VALUES (?, ?, ?) RETURNING id",
            (alice, post_id, far),
        ),
        (
            "INSERT INTO lists (id, account_id, title, replies_policy, exclusive, created_at)"
            " VALUES (1, ?, 'Friends', 'list', FALSE, ?) RETURNING id",
            (alice, now),
        ),
        ("INSERT INTO list_members (id, of_list_id, account_id) VALUES (1, 1, ?) RETURNING id", (far,)),
    )
    await blocked(app, "far.example")
    for table in ("home_entries", "list_members"):
        assert not await app.db.rows(f"SELECT 1 FROM {table}"), table


async def test_rejecting_media_takes_away_what_is_known_already(app: App) -> None:
    far, near = await person(app, "far", "far.example"), await person(app, "near", "near.example")
    emojis = [{"shortcode": "x", "url": "https://far.example/x.png", "static_url": "https://far.example/x.png"}]
    for one in (far, near):
        await change(app, one, avatar_remote="https://far.example/a.png", emojis=emojis)
        post_id = await post(app, one, "Look", local=False, media_count=1)
        await Media.create(
            using_db=app.db.orm,
            id=app.ids.next(),
            account_id=one,
            post_id=post_id,
            kind="image",
            remote_url="https://far.example/cat.png",
            created_at=app.now(),
        )
    await blocked(app, "far.example", "noop", reject_media=True)
    assert ((await account(app, far))["avatar_remote"], (await account(app, far))["emojis"]) == ("", "[]")
    assert (await account(app, near))["avatar_remote"] != ""
    rows = await app.db.rows("SELECT account_id FROM media")
    assert [row["account_id"] for row in rows] == [near]
    counted = await app.db.rows("SELECT account_id FROM posts WHERE media_count > 0")
    assert [row["account_id"] for row in counted] == [near]
    assert await suspended(app, far) == [False]


async def test_what_waits_to_be_sent_there_is_dropped_and_nothing_new_is_queued(app: App) -> None:
    alice = await person(app, "alice")
    for name, domain in (("far", "sub.far.example"), ("near", "near.example")):
        one = await person(app, name, domain)
        await change(app, one, inbox_url=f"https://{domain}/inbox")
        await follows.request(app, one, alice)
    await queue(app, alice, {"type": "Create"}, Audience(followers_of=alice), order_key="1")
    hosts = "SELECT DISTINCT host FROM deliveries ORDER BY host"
    assert [row["host"] for row in await app.db.rows(hosts)] == ["near.example", "sub.far.example"]
    await blocked(app, "far.example")
    assert [row["host"] for row in await app.db.rows(hosts)] == ["near.example"]
    far = await app.db.value("SELECT id AS value FROM accounts WHERE domain = 'sub.far.example'")
    await queue(app, alice, {"type": "Create"}, Audience(followers_of=alice, accounts=(far,)), order_key="2")
    assert [row["host"] for row in await app.db.rows(hosts)] == ["near.example"]


async def test_nothing_is_fetched_from_a_suspended_domain(app: App) -> None:
    await blocked(app, "far.example")
    before = Budget(5)
    with pytest.raises(Forbidden):
        await fetching.document(app, "https://sub.far.example/users/far", before)
    assert before.requests == 5, "refused before anything was asked"


async def test_this_server_cannot_block_itself(app: App) -> None:
    for name in (app.settings.host, "localhost", "LOCALHOST:8000"):
        with pytest.raises(Invalid):
            await blocked(app, name)
    await blocked(app, "localhost:8001")
    assert not await policy.suspended(app, app.settings.host)


@pytest.mark.parametrize(
    ("domain", "terms"),
    [
        ("https://far.example", Terms()),
        ("", Terms()),
        ("far.example", Terms(severity="ban")),
        ("far.example", Terms(public_comment="x" * 5001)),
    ],
)
async def test_wrong_names_and_terms_are_invalid_and_change_nothing(app: App, domain: str, terms: Terms) -> None:
    with pytest.raises(Invalid):
        await domains.block(app, domain, terms, by=None)
    assert (await domains.everything(app), await log(app)) == ([], [])


async def test_every_change_is_in_the_log_with_its_actor_and_its_numbers(app: App) -> None:
    by = await staff(app, "admin")
    await person(app, "far", "far.example")
    made = (await domains.block(app, "far.example", Terms(private_comment="spam wave"), by=by)).block
    assert made is not None
    await domains.update(app, made.id, Terms(severity="noop", reject_reports=True), by=by)
    await domains.unblock(app, made.id, by=None)
    rows = await app.db.rows("SELECT * FROM audit_log ORDER BY id")
    assert [(row["action"], row["actor_id"], row["target"]) for row in rows] == [
        ("domain.block", by.account_id, "far.example"),
        ("domain.update", by.account_id, "far.example"),
        ("domain.unblock", None, "far.example"),
    ]
    assert rows[0]["detail"] == '{"suspended":1,"severity":"suspend","reason":"spam wave"}'
    assert rows[1]["detail"] == '{"restored":1,"severity":"noop","reject_reports":true}'
    assert rows[2]["detail"] == '{"via":"command line"}'


async def test_unknown_blocks_are_not_found(app: App) -> None:
    with pytest.raises(NotFound):
        await domains.unblock(app, 99, by=None)
    with pytest.raises(NotFound):
        await domains.update(app, 99, Terms(), by=None)


async def test_a_block_that_is_rolled_back_blocks_nothing(app: App) -> None:
    try:
        async with app.db.transaction():
            await blocked(app, "far.example")
            raise KeyError
    except KeyError:
        assert not await policy.suspended(app, "far.example")

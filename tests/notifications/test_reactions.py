import contextlib
from datetime import timedelta

import msgspec
import pytest

from fedinote.events import AccountJoined, Favourited, PollClosed, ReportFiled
from fedinote.policy import domains
from fedinote.posts import interactions, publishing, revising
from fedinote.posts.drafts import Draft, Mention, NewPost, PollDraft
from fedinote.relations import follows
from tests.support.people import person
from tests.timelines.world import World


async def told(world: World, account: int) -> list[tuple[str, int, int | None]]:
    """Give (kind, who, post) of a person's notifications, oldest first."""
    rows = await world.app.db.rows("SELECT * FROM notifications WHERE account_id = ? ORDER BY id", account)
    return [(row["kind"], row["from_account_id"], row["post_id"]) for row in rows]


# -- posts ----------------------------------------------------------------------------------------------------------


async def test_those_whom_a_post_names_are_told(world: World) -> None:
    ann, ben, cat = [await world.person(name) for name in ("ann", "ben", "cat")]
    far = await world.person("far@far.example")
    post = await world.post(ann, "@ben @ann @far@far.example hello", visibility="direct")
    assert await told(world, ben) == [("mention", ann, post)]
    for nobody in (ann, cat, far):
        assert await told(world, nobody) == []


async def test_who_is_addressed_but_not_named_is_not_told(world: World) -> None:
    far, ben = await world.person("far@far.example"), await world.person("ben")
    post = await publishing.store(
        world.app,
        NewPost(
            author_id=far,
            visibility="public",
            content="",
            created_at=world.app.now(),
            uri="https://far.example/1",
            mentions=(Mention(ben, "ben", "ben", "https://x.example", silent=True),),
        ),
    )
    assert post
    assert await told(world, ben) == []


async def test_old_posts_and_boosts_arrive_silently(world: World) -> None:
    far, ben = await world.person("far@far.example"), await world.person("ben")
    old = world.app.now() - timedelta(days=3)
    await world.arrives(far, mentions=(ben,), created_at=old)
    await world.boost(far, await world.post(ben), uri="https://far.example/boost", at=old)
    assert await told(world, ben) == []


async def test_followers_who_asked_are_told_of_each_new_post(world: World) -> None:
    ann, bell, plain = [await world.person(name) for name in ("ann", "bell", "plain")]
    other = await world.post(plain)
    await world.follow(bell, ann, notify=True)
    await world.follow(plain, ann)
    post = await world.post(ann, visibility="private")
    thread = await world.post(ann, in_reply_to_id=post)
    await world.post(ann, in_reply_to_id=other)
    named = await world.post(ann, "@bell hello")
    await world.post(ann, "@plain", visibility="direct")
    assert await told(world, bell) == [("status", ann, post), ("status", ann, thread), ("mention", ann, named)]


async def test_an_edit_tells_those_newly_named_and_those_who_boosted(world: World) -> None:
    ann, ben, cat = [await world.person(name) for name in ("ann", "ben", "cat")]
    post = await world.post(ann, "@ben hello")
    await world.boost(cat, post)
    world.app.clock.shift(1)
    await revising.edit(world.app, ann, post, Draft("@ben @cat hello"))
    assert await told(world, ben) == [("mention", ann, post)]
    assert sorted(await told(world, cat)) == [("mention", ann, post), ("update", ann, post)]
    [before] = await world.app.db.rows("SELECT id FROM notifications WHERE kind = 'update'")
    world.app.clock.shift(1)
    await revising.edit(world.app, ann, post, Draft("@ben @cat bye"))
    [after] = await world.app.db.rows("SELECT id FROM notifications WHERE kind = 'update'")
    assert after["id"] > before["id"]
    assert await told(world, ben) == [("mention", ann, post)]


# -- what is done to posts ------------------------------------------------------------------------------------------


async def test_likes_and_boosts_are_told_once_and_taken_back(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    post = await world.post(ann)
    for _ in range(2):
        await interactions.favourite(world.app, ben, post)
        await world.boost(ben, post)
    assert await told(world, ann) == [("favourite", ben, post), ("reblog", ben, post)]
    await interactions.unfavourite(world.app, ben, post)
    await interactions.unboost(world.app, ben, post)
    assert await told(world, ann) == []


async def test_nobody_is_told_of_what_they_did_themselves(world: World) -> None:
    ann = await world.person("ann")
    post = await world.post(ann, "@ann")
    await interactions.favourite(world.app, ann, post)
    await world.boost(ann, post)
    assert await told(world, ann) == []


async def test_a_deleted_post_takes_its_notifications_along(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    post = await world.post(ann, "@ben")
    await publishing.delete(world.app, post)
    assert await told(world, ben) == []


async def test_the_end_of_a_poll_is_told_to_voters_and_author_also_when_it_comes_twice(world: World) -> None:
    ann, ben, cat = [await world.person(name) for name in ("ann", "ben", "cat")]
    post = await world.post(ann, "?", poll=PollDraft(("a", "b"), 300, multiple=True))
    poll = await world.app.db.value("SELECT id AS value FROM polls")
    await world.app.db.execute_many(
        "INSERT INTO poll_votes (poll_id, account_id, choice) VALUES (?, ?, ?)", [(poll, ben, 0), (poll, ben, 1)]
    )
    for _ in range(2):
        async with world.app.db.transaction():
            await world.app.emit(PollClosed(poll, post, ann))
    assert await told(world, ben) == [("poll", ann, post)]
    assert await told(world, ann) == [("poll", ann, post)]
    assert await told(world, cat) == []


# -- follows --------------------------------------------------------------------------------------------------------


async def test_a_new_follower_is_told_and_a_request_only_where_it_waits(world: World) -> None:
    open_, locked, ben = (
        await world.person("open"),
        await world.person("locked", locked=True),
        await world.person("ben"),
    )
    await follows.request(world.app, ben, open_)
    await follows.request(world.app, ben, locked)
    assert await told(world, open_) == [("follow", ben, None)]
    assert await told(world, locked) == [("follow_request", ben, None)]
    await follows.accept(world.app, ben, locked)
    assert await told(world, locked) == [("follow", ben, None)]
    await follows.undo(world.app, ben, locked)
    await follows.undo(world.app, ben, open_)
    assert await told(world, locked) == await told(world, open_) == []


async def test_a_refused_request_disappears(world: World) -> None:
    locked, ben = await world.person("locked", locked=True), await world.person("ben")
    await follows.request(world.app, ben, locked)
    await follows.reject(world.app, ben, locked)
    assert await told(world, locked) == []


# -- what keeps notifications away ----------------------------------------------------------------------------------


async def name_and_like(world: World, actor: int, target: int) -> None:
    post = await world.post(target)
    await world.post(actor, "@target hello")
    async with world.app.db.transaction():
        await world.app.emit(Favourited(post, actor, target, True, "urn:x"))


@pytest.mark.parametrize("how", ["blocks", "is blocked", "mutes", "suspended"])
async def test_some_people_cannot_notify(world: World, how: str) -> None:
    target, pest = await world.person("target"), await world.person("pest")
    now = world.app.now()
    if how == "blocks":
        await world.block(target, pest)
    elif how == "is blocked":
        await world.block(pest, target)
    elif how == "mutes":
        await world.mute(target, pest)
    else:
        await world.app.db.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", now, pest)
    await name_and_like(world, pest, target)
    assert await told(world, target) == []


async def test_a_mute_may_leave_notifications_and_ends(world: World) -> None:
    target, pest, other = [await world.person(name) for name in ("target", "pest", "other")]
    await world.mute(target, pest, notifications=False)
    await world.mute(target, other, until=world.app.now() + timedelta(minutes=1))
    await name_and_like(world, pest, target)
    assert [kind for kind, _, _ in await told(world, target)] == ["mention", "favourite"]
    world.app.clock.shift(61)
    await name_and_like(world, other, target)
    assert [who for _, who, _ in await told(world, target)] == [pest, pest, other, other]


async def test_a_limited_account_reaches_those_who_follow_it(world: World) -> None:
    target, low = await world.person("target"), await world.person("low")
    await world.follow(target, low)
    await world.app.db.execute("UPDATE accounts SET silenced_at = ? WHERE id = ?", world.app.now(), low)
    await name_and_like(world, low, target)
    assert len(await told(world, target)) == 2


async def test_a_suspended_domain_cannot_notify(world: World) -> None:
    target, far = await world.person("target"), await world.person("far@sub.bad.example")
    post = await world.post(target)
    await world.app.db.execute(
        "INSERT INTO domain_blocks (id, domain, severity, reject_media, reject_reports, obfuscate, private_comment,"
        " public_comment, created_at) VALUES (?, 'bad.example', 'suspend', FALSE, FALSE, FALSE, '', '', ?)",
        world.app.ids.next(),
        world.app.now(),
    )
    domains.forget(world.app)
    await interactions.favourite(world.app, far, post, uri="https://sub.bad.example/like")
    assert await told(world, target) == []


async def test_a_muted_conversation_is_quiet_and_others_are_not(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    post, other = await world.post(ann), await world.post(ann)
    await interactions.mute_conversation(world.app, ann, post)
    await world.post(ben, "@ann", in_reply_to_id=post)
    await interactions.favourite(world.app, ben, post)
    await interactions.favourite(world.app, ben, other)
    assert await told(world, ann) == [("favourite", ben, other)]


async def test_nobody_is_told_of_a_post_that_they_may_not_see(world: World) -> None:
    ann, ben, cat = [await world.person(name) for name in ("ann", "ben", "cat")]
    await world.follow(ben, ann)
    post = await world.post(ann, "?", poll=PollDraft(("a", "b"), 300), visibility="private")
    poll = await world.app.db.value("SELECT id AS value FROM polls")
    await world.app.db.execute_many(
        "INSERT INTO poll_votes (poll_id, account_id, choice) VALUES (?, ?, 0)", [(poll, ben), (poll, cat)]
    )
    async with world.app.db.transaction():
        await world.app.emit(PollClosed(poll, post, ann))
    assert [kind for kind, _, _ in await told(world, ben)] == ["poll"]
    assert await told(world, cat) == []


# -- moderators -----------------------------------------------------------------------------------------------------


async def test_moderators_are_told_of_reports_and_newcomers_even_across_a_block(world: World) -> None:
    ann, bad = await world.person("ann"), await world.person("bad")
    users = {role: await person(world.app, f"some_{role}", role) for role in ("member", "moderator", "admin")}
    await world.app.db.execute("DELETE FROM notifications")
    await world.block(users["moderator"].account_id, ann)
    report = world.app.ids.next()
    await world.app.db.execute(
        "INSERT INTO reports (id, account_id, target_id, post_ids, rule_ids, category, comment, forwarded, created_at)"
        " VALUES (?, ?, ?, '[]', '[]', 'other', '', FALSE, ?)",
        report,
        ann,
        bad,
        world.app.now(),
    )
    async with world.app.db.transaction():
        await world.app.emit(ReportFiled(report))
        await world.app.emit(AccountJoined(ann))
    for role in ("moderator", "admin"):
        assert await told(world, users[role].account_id) == [("admin.report", ann, None), ("admin.sign_up", ann, None)]
    assert await told(world, users["member"].account_id) == []


# -- streams --------------------------------------------------------------------------------------------------------


async def test_a_notification_is_streamed_to_its_person_after_the_commit(world: World) -> None:
    ann, ben = await world.person("ann"), await world.person("ben")
    post = await world.post(ann)
    with world.app.bus.subscribe([f"user:{ann}", f"user:{ben}"]) as listening:
        with contextlib.suppress(ZeroDivisionError):
            async with world.app.db.transaction():
                await interactions.favourite(world.app, ben, post)
                raise ZeroDivisionError
        await interactions.favourite(world.app, ben, post)
        channel, message = await anext(listening)
        [row] = await world.app.db.rows("SELECT id FROM notifications WHERE account_id = ?", ann)
        assert (channel, msgspec.json.decode(message)) == (f"user:{ann}", ["notification", row["id"]])

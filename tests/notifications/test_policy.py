"""What a person's policy accepts, keeps apart and drops; and what becomes of what was kept apart."""

from datetime import timedelta
from typing import Any

import pytest

from fedinote.events import AccountJoined, Favourited
from fedinote.infra.errors import Invalid, NotFound
from fedinote.notifications import policy, queries, requests
from fedinote.notifications.queries import Wanted
from fedinote.posts import publishing
from fedinote.timelines.window import Window
from fedinote.wiring import JOBS
from fedinote.worker import settle
from tests.support.people import person
from tests.timelines.world import World

FIRST = Window(40)
OLD = timedelta(days=400)


async def shown(world: World, account: int, *, filtered: bool = False) -> list[str]:
    found = await queries.page(world.app, account, FIRST.sql, Wanted(filtered=filtered))
    return [one.kind for one in FIRST.arrange(found)]


async def waiting(world: World, account: int) -> list[requests.Request]:
    return FIRST.arrange(await requests.page(world.app, account, FIRST.sql))


async def two(world: World, **columns: Any) -> tuple[int, int]:
    """Give ann, and ben, who has been here for long."""
    ann = await world.person("ann")
    return ann, await world.person("ben", **{"created_at": world.app.now() - OLD, **columns})


async def like(world: World, actor: int, target: int) -> None:
    post = await world.post(target)
    async with world.app.db.transaction():
        await world.app.emit(Favourited(post, actor, target, True, f"urn:{post}"))


async def set_to(world: World, account: int, **rules: str) -> None:
    await policy.update(world.app, account, rules)


async def test_the_defaults_keep_private_mentions_and_limited_accounts_apart(world: World) -> None:
    ann, _ = await two(world)
    found = await policy.get(world.app, ann)
    assert (found.for_private_mentions, found.for_limited_accounts) == ("filter", "filter")
    assert {found.for_not_following, found.for_not_followers, found.for_new_accounts, found.for_bots} == {"accept"}


async def test_a_change_leaves_the_other_rules_alone(world: World) -> None:
    ann, ben = await two(world)
    await set_to(world, ann, for_bots="drop")
    await set_to(world, ann, for_private_mentions="accept")
    assert await policy.get(world.app, ann) == policy.Policy(for_bots="drop", for_private_mentions="accept")
    assert await policy.get(world.app, ben) == policy.Policy()
    for wrong in ({"for_bots": "maybe"}, {"for_everybody": "drop"}):
        with pytest.raises(Invalid):
            await policy.update(world.app, ann, wrong)


CASES: dict[str, dict[str, Any]] = {
    "for_not_following": {},
    "for_not_followers": {},
    "for_new_accounts": {"created_at": 0},
    "for_limited_accounts": {"silenced_at": 0},
    "for_bots": {"actor_type": "Service"},
    "for_strangers": {},
}


@pytest.mark.parametrize("rule", CASES)
@pytest.mark.parametrize("level", policy.LEVELS)
async def test_each_rule_has_three_levels(world: World, rule: str, level: str) -> None:
    columns = {name: value or world.app.now() for name, value in CASES[rule].items()}
    ann, ben = await two(world, **columns)
    await set_to(world, ann, **{rule: level})
    await world.post(ben, "@ann hello")
    await like(world, ben, ann)
    everything = ["favourite", "mention"]
    assert await shown(world, ann) == (everything if level == "accept" else [])
    assert await shown(world, ann, filtered=True) == ([] if level == "drop" else everything)
    assert [one.from_account_id for one in await waiting(world, ann)] == ([ben] if level == "filter" else [])
    assert await queries.unread_count(world.app, ann, Wanted()) == (2 if level == "accept" else 0)


@pytest.mark.parametrize("rule", CASES)
async def test_whom_a_rule_does_not_mean_passes(world: World, rule: str) -> None:
    """Somebody ordinary, long known, who follows since long and is followed."""
    ann, ben = await two(world)
    await world.follow(ann, ben)
    await world.follow(ben, ann)
    await world.app.db.execute("UPDATE follows SET created_at = ?", world.app.now() - timedelta(days=4))
    await set_to(world, ann, **{rule: "drop"})
    await like(world, ben, ann)
    assert await shown(world, ann) == ["favourite", "follow"]


@pytest.mark.parametrize("rule", [rule for rule in CASES if rule != "for_not_followers"])
async def test_people_whom_one_follows_pass_every_rule_but_that_of_followers(world: World, rule: str) -> None:
    ann, ben = await two(world, **{name: value or world.app.now() for name, value in CASES[rule].items()})
    await world.follow(ann, ben)
    await set_to(world, ann, **{rule: "drop"})
    await world.post(ben, "@ann hello", visibility="direct")
    assert await shown(world, ann) == ["mention"]


async def test_who_follows_since_three_days_only_is_no_follower_yet(world: World) -> None:
    ann, ben = await two(world)
    await set_to(world, ann, for_not_followers="drop")
    await world.follow(ben, ann)
    await like(world, ben, ann)
    assert await shown(world, ann) == []
    world.app.clock.shift(3 * 86_400 + 60)
    await like(world, ben, ann)
    assert await shown(world, ann) == ["favourite"]


# -- private mentions -----------------------------------------------------------------------------------------------


async def test_a_private_mention_out_of_the_blue_is_kept_apart(world: World) -> None:
    ann, ben = await two(world)
    post = await world.post(ben, "@ann psst", visibility="direct")
    assert await shown(world, ann) == []
    [request] = await waiting(world, ann)
    assert (request.from_account_id, request.total, request.last_post_id) == (ben, 1, post)
    await world.post(ben, "@ann hello")
    assert await shown(world, ann) == ["mention"], "in public it is another thing"


async def test_an_answer_to_ones_own_private_mention_passes(world: World) -> None:
    ann, ben = await two(world)
    asked = await world.post(ann, "@ben tea?", visibility="direct")
    answer = await world.post(ben, "@ann yes", visibility="direct", in_reply_to_id=asked)
    await world.post(ben, "@ann and cake", visibility="direct", in_reply_to_id=answer)
    assert await shown(world, ann) == ["mention", "mention"]


async def test_an_answer_to_a_public_post_in_private_is_kept_apart(world: World) -> None:
    ann, ben = await two(world)
    asked = await world.post(ann, "tea, @ben?")
    await world.post(ben, "@ann psst", visibility="direct", in_reply_to_id=asked)
    assert await shown(world, ann) == []


async def test_what_was_said_in_private_to_somebody_else_opens_no_door(world: World) -> None:
    ann, ben = await two(world)
    cat = await world.person("cat", created_at=world.app.now() - OLD)
    asked = await world.post(ann, "@cat tea?", visibility="direct")
    answer = await world.post(cat, "@ann @ben look", visibility="direct", in_reply_to_id=asked)
    await world.post(ben, "@ann psst", visibility="direct", in_reply_to_id=answer)
    assert [one.from_account_id for one in await waiting(world, ann)] == [ben]


# -- what no policy judges ------------------------------------------------------------------------------------------

EVERYTHING = dict.fromkeys(policy.RULES, "drop")


async def test_what_one_asked_for_and_what_moderators_are_told_always_comes(world: World) -> None:
    mod = (await person(world.app, "mona", "moderator")).account_id
    ben = await world.person("ben")
    await set_to(world, mod, **EVERYTHING)
    async with world.app.db.transaction():
        await world.app.emit(AccountJoined(ben))
    await world.follow(mod, ben, notify=True)
    await world.post(ben)
    assert await shown(world, mod) == ["status", "admin.sign_up"]


async def test_what_the_staff_writes_to_members_passes(world: World) -> None:
    ann, mod, other = [
        (await person(world.app, name, role)).account_id
        for name, role in (("ann", "member"), ("mona", "moderator"), ("other", "member"))
    ]
    for one in (ann, mod):
        await set_to(world, one, **EVERYTHING)
    for sender in (mod, other):
        await world.post(sender, "@ann please read the rules", visibility="direct")
    await world.post(ann, "@mona why?", visibility="direct")
    await like(world, mod, ann)
    found = await queries.page(world.app, ann, FIRST.sql, Wanted(filtered=True))
    assert [(one.kind, one.from_account_id) for one in found] == [("mention", mod)]
    assert "mention" not in await shown(world, mod, filtered=True), "members have no power over the staff"


async def test_a_rule_that_drops_counts_before_one_that_filters(world: World) -> None:
    ann, ben = await two(world)
    await set_to(world, ann, for_not_following="filter", for_not_followers="drop")
    await like(world, ben, ann)
    assert await shown(world, ann, filtered=True) == []


# -- requests -------------------------------------------------------------------------------------------------------


async def test_only_mentions_and_quotes_make_a_request(world: World) -> None:
    ann, ben = await two(world)
    await set_to(world, ann, for_not_following="filter")
    await like(world, ben, ann)
    assert await waiting(world, ann) == []
    await world.post(ben, "@ann hello")
    [request] = await waiting(world, ann)
    assert request.total == 1
    assert await requests.summary(world.app, ann) == requests.Summary(1, 1)


async def test_an_accepted_sender_comes_through_now_and_later(world: World) -> None:
    ann, ben = await two(world)
    await set_to(world, ann, for_not_following="filter")
    await like(world, ben, ann)
    await world.post(ben, "@ann hello")
    [request] = await waiting(world, ann)
    listener = world.app.bus.subscribe([f"user:{ann}"])
    assert await requests.accept(world.app, ann, [request.id]) == 1
    assert await anext(listener) == (f"user:{ann}", b'["notifications_merged",1]')
    assert await shown(world, ann) == ["mention", "favourite"]
    assert await waiting(world, ann) == []
    assert await requests.merged(world.app, ann)
    await like(world, ben, ann)
    assert len(await shown(world, ann)) == 3
    assert await requests.accept(world.app, ann, [request.id]) == 0


async def test_a_dismissed_request_takes_its_notifications_along_and_may_come_again(world: World) -> None:
    ann, ben = await two(world)
    await set_to(world, ann, for_not_following="filter")
    await like(world, ben, ann)
    await world.post(ben, "@ann hello")
    [request] = await waiting(world, ann)
    assert await requests.dismiss(world.app, ann, [request.id]) == 1
    assert await shown(world, ann, filtered=True) == []
    with pytest.raises(NotFound):
        await requests.show(world.app, ann, request.id)
    await world.post(ben, "@ann hello again")
    [again] = await waiting(world, ann)
    assert (again.total, again.id > request.id) == (1, True)


async def test_many_notifications_are_moved_and_deleted_in_steps(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "AT_ONCE", 2)
    ann, ben = await two(world)
    cat = await world.person("cat")
    await set_to(world, ann, for_not_following="filter")
    for sender in (ben, cat):
        for _ in range(5):
            await world.post(sender, "@ann hello")
    by = {one.from_account_id: one.id for one in await waiting(world, ann)}
    assert (await requests.show(world.app, ann, by[ben])).total == 5
    await requests.accept(world.app, ann, [by[ben]])
    await requests.dismiss(world.app, ann, [by[cat]])
    assert len(await shown(world, ann)) == 2
    assert len(await shown(world, ann, filtered=True)) == 8
    assert not await requests.merged(world.app, ann)
    assert {requests.MERGE_JOB, requests.FORGET_JOB} <= set(JOBS)
    await settle(world.app)
    assert await requests.merged(world.app, ann)
    assert len(await shown(world, ann)) == len(await shown(world, ann, filtered=True)) == 5


async def test_requests_are_their_owners_alone(world: World) -> None:
    ann, ben = await two(world)
    await world.post(ben, "@ann psst", visibility="direct")
    [request] = await waiting(world, ann)
    for verb in (requests.accept, requests.dismiss):
        assert await verb(world.app, ben, [request.id]) == 0
    with pytest.raises(NotFound):
        await requests.show(world.app, ben, request.id)
    assert await waiting(world, ann) == [request]


@pytest.mark.parametrize("how", ["deleted", "blocked", "suspended"])
async def test_a_request_with_nothing_in_it_to_be_shown_is_not_there(world: World, how: str) -> None:
    ann, ben = await two(world)
    post = await world.post(ben, "@ann psst", visibility="direct")
    [request] = await waiting(world, ann)
    if how == "deleted":
        await publishing.delete(world.app, post)
    elif how == "blocked":
        await world.block(ann, ben)
    else:
        await world.app.db.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", world.app.now(), ben)
    assert await waiting(world, ann) == []
    assert await requests.summary(world.app, ann) == requests.Summary(0, 0)
    with pytest.raises(NotFound):
        await requests.show(world.app, ann, request.id)


async def test_what_is_kept_apart_is_not_streamed(world: World) -> None:
    ann, ben = await two(world)
    sent: list[tuple[str, bytes]] = []
    real = world.app.bus.publish

    def publish(channel: str, message: bytes) -> None:
        sent.append((channel, message))
        real(channel, message)

    world.app.bus.publish = publish  # type: ignore[method-assign]
    await world.post(ben, "@ann psst", visibility="direct")
    assert not [message for _, message in sent if b"notification" in message]
    await world.post(ben, "@ann hello")
    assert [channel for channel, message in sent if b"notification" in message] == [f"user:{ann}"]


async def test_a_friend_of_a_friend_is_no_stranger(world: World) -> None:
    ann, ben = await two(world)
    cleo = await world.person("cleo", created_at=world.app.now() - OLD)
    await set_to(world, ann, for_strangers="filter")
    await world.follow(ann, cleo)
    await like(world, ben, ann)
    assert await shown(world, ann) == []
    await world.follow(cleo, ben)
    await like(world, ben, ann)
    assert await shown(world, ann) == ["favourite"]


async def test_each_person_says_for_how_many_days_an_account_is_new(world: World) -> None:
    ann, ben = await two(world, created_at=world.app.now() - timedelta(days=40))
    await set_to(world, ann, for_new_accounts="filter")
    await like(world, ben, ann)
    assert await shown(world, ann) == ["favourite"]
    changed = await policy.update(world.app, ann, {}, 60)
    assert (changed.new_account_days, changed.for_new_accounts) == (60, "filter")
    await like(world, ben, ann)
    assert await shown(world, ann) == ["favourite"]
    assert await shown(world, ann, filtered=True) == ["favourite", "favourite"]
    for wrong in (0, -1, 366):
        with pytest.raises(Invalid):
            await policy.update(world.app, ann, {}, wrong)


async def test_a_mention_by_a_stranger_of_another_server_waits_or_is_never_told(world: World) -> None:
    ann, _ = await two(world)
    far = await world.person("far@far.example", created_at=world.app.now() - OLD)
    await set_to(world, ann, for_strangers="filter")
    await world.arrives(far, mentions=[ann])
    assert await shown(world, ann) == []
    assert [one.from_account_id for one in await waiting(world, ann)] == [far]
    await set_to(world, ann, for_strangers="drop")
    await world.arrives(far, mentions=[ann])
    assert [one.total for one in await waiting(world, ann)] == [1]

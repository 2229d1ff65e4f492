"""Levels of trust: what an account did here counts, not what it claims."""

from datetime import timedelta

import pytest

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation import vouching
from fedinote.moderation.automatic import rules
from fedinote.moderation.automatic.rules import Wanted
from fedinote.policy import trust
from fedinote.policy.acquaintance import AcquaintancePolicy
from fedinote.policy.base import Subject
from fedinote.policy.rules import book, judging
from fedinote.policy.rules.judging import RulePolicy
from fedinote.policy.rules.kinds import Judged
from tests.moderation.staff import log, staff, user
from tests.relations.people import change
from tests.support.people import configure
from tests.timelines.world import World

CASINO = {"words": ["casino"]}


async def known(app: App, name: str = "far", *, days: int = trust.AGE.days + 1, posts: int = trust.POSTS) -> int:
    """Somebody elsewhere who was first seen here so many days ago, and of whom there are so many posts."""
    world = World(app)
    account = to_ms(app.now() - timedelta(days=days)) << 16
    await world.person(f"{name}@far.example", id=account)
    for _ in range(posts):
        await world.arrives(account)
    return account


async def caught(app: App, account_id: int, action: str) -> None:
    made = await rules.create(app, Wanted("words", CASINO, action, "No gambling"), by=None)
    await app.db.execute(
        "INSERT INTO rule_hits (id, rule_id, account_id, uri, action, why, created_at) VALUES (?, ?, ?, '', ?, '', ?)",
        app.ids.next(),
        made["id"],
        account_id,
        action,
        app.now(),
    )


async def test_who_came_today_is_new_whatever_age_their_server_claims(app: App) -> None:
    account = await known(app, days=1)
    await change(app, account, created_at=app.now() - timedelta(days=4_000), followers_elsewhere=90_000)
    assert await trust.level(app, account) == trust.NEW


async def test_who_is_here_for_a_month_with_posts_is_settled(app: App) -> None:
    assert await trust.level(app, await known(app)) == trust.SETTLED
    assert await trust.level(app, await known(app, "silent", posts=trust.POSTS - 1, days=40)) == trust.NEW


async def test_posts_to_few_do_not_settle_anybody(app: App) -> None:
    account = await known(app, posts=0)
    for _ in range(trust.POSTS):
        await World(app).arrives(account, visibility="private")
    assert await trust.level(app, account) == trust.NEW


@pytest.mark.parametrize(("action", "level"), [("note", trust.SETTLED), ("warn", trust.NEW)])
async def test_whom_a_rule_caught_is_not_settled_unless_it_only_took_note(app: App, action: str, level: str) -> None:
    account = await known(app)
    await caught(app, account, action)
    assert await trust.level(app, account) == level


@pytest.mark.parametrize("measure", ["silenced_at", "suspended_at", "sensitized_at"])
async def test_whom_a_decision_stands_against_is_trusted_with_nothing(app: App, measure: str) -> None:
    by, account = await staff(app, "moderator"), await known(app)
    await vouching.vouch(app, by, account)
    await change(app, account, **{measure: app.now()})
    assert await trust.level(app, account) == trust.NEW


async def test_a_follower_here_counts_and_one_elsewhere_does_not(app: App) -> None:
    world, account = World(app), await known(app, days=1)
    await world.follow(await world.person("fan@other.example"), account)
    assert await trust.level(app, account) == trust.NEW
    await world.follow((await user(app, "alice")).account_id, account)
    assert await trust.level(app, account) == trust.FOLLOWED


@pytest.mark.parametrize("measure", ["silenced_at", "suspended_at"])
async def test_who_is_followed_by_none_but_those_whom_moderators_limited_is_not_trusted_for_it(
    app: App, measure: str
) -> None:
    account, puppet = await known(app, days=1), (await user(app, "puppet")).account_id
    await World(app).follow(puppet, account)
    newcomer = book.matcher("newcomers", {"days": 3})
    subject = Subject(kind="post", account_id=account, domain="far.example", answers=True, addressed=(puppet,))
    configure(app, "federation", first_contact="careful")
    assert (await trust.level(app, account), await judging.followed(app, account)) == (trust.FOLLOWED, True)
    assert await newcomer.match(app, Judged(subject, app.now())) is None
    assert (await AcquaintancePolicy().judge(app, subject)).outcome != "hold"
    await change(app, puppet, **{measure: app.now()})
    assert (await trust.level(app, account), await judging.followed(app, account)) == (trust.NEW, False)
    assert await newcomer.match(app, Judged(subject, app.now())) is not None
    assert (await AcquaintancePolicy().judge(app, subject)).outcome == "hold"


async def test_staff_and_those_for_whom_they_vouch_are_trusted_most(app: App) -> None:
    by, account = await staff(app, "moderator"), await known(app, days=1)
    assert await trust.level(app, by.account_id) == trust.VOUCHED
    for _ in range(2):
        await vouching.vouch(app, by, account)
    assert await trust.level(app, account) == trust.VOUCHED
    for _ in range(2):
        await vouching.unvouch(app, by, account)
    assert await trust.level(app, account) == trust.NEW
    assert await log(app) == [("account.vouch", str(account)), ("account.unvouch", str(account))]


async def test_nobody_vouches_for_their_own_rank_or_for_nobody(app: App) -> None:
    by = await staff(app, "moderator")
    for account, error in ((by.account_id, Forbidden), (1, NotFound)):
        with pytest.raises(error):
            await vouching.vouch(app, by, account)


async def test_who_is_vouched_for_is_no_newcomer(app: App) -> None:
    by, account = await staff(app, "moderator"), await known(app, days=1)
    rule = book.matcher("newcomers", {"days": 7, "doing": "anything"})
    judged = Judged(Subject("post", account, "far.example", "<p>hello</p>"), app.now())
    assert await rule.match(app, judged) is not None
    await vouching.vouch(app, by, account)
    assert await rule.match(app, judged) is None


@pytest.mark.parametrize("spares", trust.LEVELS[1:])
async def test_a_rule_leaves_alone_from_its_level_on(app: App, spares: str) -> None:
    world, by = World(app), await staff(app, "moderator")
    people = {trust.NEW: await known(app, "new", days=1), trust.SETTLED: await known(app, "settled", days=40)}
    people[trust.FOLLOWED] = await known(app, "followed", days=2)
    await world.follow((await user(app, "alice")).account_id, people[trust.FOLLOWED])
    people[trust.VOUCHED] = await known(app, "vouched", days=3)
    await vouching.vouch(app, by, people[trust.VOUCHED])
    wanted = Wanted("words", CASINO, "reject", "No gambling", spares=spares)
    await rules.switch(app, (await rules.create(app, wanted, by=None))["id"], "on", by=None)
    passed = [
        level
        for level, account in people.items()
        if not (await RulePolicy().judge(app, Subject("post", account, "far.example", "<p>casino</p>"))).rejected
    ]
    assert passed == list(trust.LEVELS[trust.LEVELS.index(spares) :])


async def test_no_rule_spares_a_level_that_there_is_not(app: App) -> None:
    for spares in ("new", "friends"):
        with pytest.raises(Invalid, match="settled, followed, vouched"):
            await rules.create(app, Wanted("words", CASINO, "hold", "No gambling", spares=spares), by=None)

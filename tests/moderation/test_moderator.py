"""Who may decide about whom: roles looked up at that moment, and nobody acts on the same rank or above."""

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

import pytest

from fedinote.auth import users
from fedinote.auth.viewer import ROLES, rank
from fedinote.infra.app import App
from fedinote.infra.errors import Conflict, Forbidden, NotFound
from fedinote.moderation import actions, moderator
from fedinote.moderation.moderator import Moderator, Power
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from tests.moderation.staff import log, staff, user, viewer
from tests.relations.people import change, person, post

STAFF = [role for role in ROLES if role != "member"]
ACCOUNT_VERBS = (
    actions.suspend,
    actions.unsuspend,
    actions.silence,
    actions.unsilence,
    actions.sensitize,
    actions.unsensitize,
    actions.disable,
    actions.enable,
    actions.approve,
    actions.refuse,
)
POST_VERBS = (actions.delete_post, actions.mark_sensitive)
MODERATOR = Power.REPORTS | Power.ACCOUNTS | Power.AUDIT | Power.TRENDS | Power.DASHBOARD | Power.PROPOSALS
ADMIN = MODERATOR | Power.DOMAINS | Power.DELETION | Power.BLOCKS | Power.GLOSSARY
ADMIN |= Power.SETTINGS | Power.INVITES | Power.EMOJI | Power.ANNOUNCEMENTS


@pytest.mark.parametrize(
    ("role", "powers"),
    [
        ("member", Power(0)),
        ("moderator", MODERATOR),
        ("admin", ADMIN),
        ("owner", ADMIN | Power.ENGINES),
    ],
)
async def test_a_role_has_its_powers_and_no_others(app: App, role: str, powers: Power) -> None:
    asking = viewer(await user(app, "somebody", role))
    for power in Power:
        if power in powers:
            assert (await moderator.acting(app, asking, power)).role == role
        else:
            with pytest.raises(Forbidden):
                await moderator.acting(app, asking, power)


async def test_the_role_of_now_counts_and_not_that_of_the_token(app: App) -> None:
    made = await user(app, "fallen", "admin")
    asking = viewer(made)
    assert (await moderator.acting(app, asking, Power.DOMAINS)).role == "admin"
    await users.set_role(app, made.id, "member")
    assert asking.role == "admin"
    with pytest.raises(Forbidden):
        await moderator.acting(app, asking, Power.REPORTS)


async def test_a_claim_of_the_viewer_is_not_believed(app: App) -> None:
    asking = replace(viewer(await user(app, "sly")), role="owner")
    with pytest.raises(Forbidden):
        await moderator.acting(app, asking, Power.REPORTS)


async def test_who_is_disabled_suspended_or_gone_decides_nothing(app: App) -> None:
    disabled = await user(app, "one", "admin", "disabled")
    suspended, gone = await user(app, "two", "admin"), await user(app, "three", "admin")
    await change(app, suspended.account_id, suspended_at=app.now())
    await change(app, gone.account_id, deleted_at=app.now())
    for made in (disabled, suspended, gone):
        with pytest.raises(Forbidden):
            await moderator.acting(app, viewer(made), Power.REPORTS)


async def snapshot(app: App) -> list[object]:
    tables = await app.db.many(
        ("SELECT id, suspended_at, silenced_at, sensitized_at, deleted_at FROM accounts ORDER BY id", ()),
        ("SELECT id, role, state, email, password_hash FROM users ORDER BY id", ()),
        ("SELECT id, sensitive, content, visibility FROM posts ORDER BY id", ()),
    )
    return [tuple(row) for rows in tables for row in cast("list[Iterable[object]]", rows)]


@pytest.mark.parametrize("actor_role", STAFF)
@pytest.mark.parametrize("target_role", ROLES)
async def test_nobody_acts_on_an_equal_or_higher_rank(app: App, actor_role: str, target_role: str) -> None:
    by = await staff(app, actor_role, "actor")
    target = await user(app, "target", target_role)
    post_id = await post(app, target.account_id, "Hello")
    if rank(target_role) < rank(actor_role):
        await actions.suspend(app, by, target.account_id)
        assert await log(app) == [("account.suspend", str(target.account_id))]
        return
    before = await snapshot(app)
    for verb in ACCOUNT_VERBS:
        with pytest.raises(Forbidden):
            await verb(app, by, target.account_id)
    for post_verb in POST_VERBS:
        with pytest.raises(Forbidden):
            await post_verb(app, by, post_id)
    assert await snapshot(app) == before
    assert await log(app) == []


@pytest.mark.parametrize("role", STAFF)
async def test_nobody_acts_on_oneself(app: App, role: str) -> None:
    by = await staff(app, role)
    for verb in ACCOUNT_VERBS:
        with pytest.raises(Forbidden):
            await verb(app, by, by.account_id)


async def test_the_servers_own_actor_cannot_be_acted_on(app: App) -> None:
    by = await staff(app, "owner")
    instance = await app.db.value("SELECT id AS value FROM accounts WHERE uri = ?", app.url("/actor"))
    assert instance is not None
    for verb in ACCOUNT_VERBS:
        with pytest.raises(Forbidden):
            await verb(app, by, instance)


async def test_the_last_owner_stays(app: App) -> None:
    first, second = await user(app, "first", "owner"), await user(app, "second", "owner")
    by = await moderator.acting(app, viewer(first), Power.ACCOUNTS)
    for verb in (actions.suspend, actions.disable):
        with pytest.raises(Forbidden):
            await verb(app, by, second.account_id)
    await users.disable(app, second.id)
    with pytest.raises(Conflict):
        await users.disable(app, first.id)
    with pytest.raises(Conflict):
        await users.set_role(app, first.id, "admin")


async def test_unknown_and_departed_accounts_are_not_found(app: App) -> None:
    by = await staff(app, "owner")
    gone = await person(app, "gone", "far.example")
    await change(app, gone, deleted_at=app.now(), suspended_at=app.now())
    for verb in ACCOUNT_VERBS:
        for account_id in (gone, 12345):
            with pytest.raises(NotFound):
                await verb(app, by, account_id)
    with pytest.raises(NotFound):
        await actions.delete_post(app, by, 12345)


async def test_domains_are_not_for_moderators_whatever_made_them_think_so(app: App) -> None:
    by = await staff(app, "moderator")
    with pytest.raises(Forbidden):
        await domains.block(app, "spam.example", Terms(), by=by)
    assert not await domains.everything(app)
    made = (await domains.block(app, "spam.example", Terms(), by=None)).block
    assert made is not None
    for attempt in (domains.unblock(app, made.id, by=by), domains.update(app, made.id, Terms(severity="noop"), by=by)):
        with pytest.raises(Forbidden):
            await attempt
    assert [one.severity for one in await domains.everything(app)] == ["suspend"]


async def test_a_forged_moderator_without_a_role_can_do_nothing(app: App) -> None:
    target = await user(app, "target")
    for role in ("member", "emperor"):
        with pytest.raises(Forbidden):
            await actions.suspend(app, Moderator(1, 1, role), target.account_id)
    row = await app.db.row("SELECT suspended_at FROM accounts WHERE id = ?", target.account_id)
    assert row is not None
    assert row["suspended_at"] is None

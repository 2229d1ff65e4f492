"""What moderators do to accounts and posts: effect, events, audit, and that repeating changes nothing."""

import pytest

from fedinote.auth import sessions, tokens
from fedinote.auth.models import OAuthApp, User
from fedinote.events import AccountSuspended, AccountWarned, PostDeleted, PostEdited
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Conflict, Forbidden, Invalid, NotFound, Unauthorized
from fedinote.moderation import actions
from fedinote.moderation.cases import reports
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from fedinote.posts import visibility
from fedinote.relations import follows
from tests.moderation.staff import log, staff, user
from tests.relations.people import counts, person, post, recorded


async def account(app: App, account_id: int) -> Row:
    row = await app.db.row("SELECT * FROM accounts WHERE id = ?", account_id)
    assert row is not None
    return row


async def signed_in(app: App, login: User) -> tuple[str, str]:
    """Return a token and a cookie of somebody."""
    client = await OAuthApp.create(
        using_db=app.db.orm,
        id=app.ids.next(),
        client_id=f"client-{login.id}",
        secret_hash="-",
        name="Reader",
        redirect_uris=[],
        scopes="read",
        created_at=app.now(),
    )
    issued = await tokens.issue(app, app_id=client.id, user_id=login.id, scopes=["read"])
    return issued.text, await sessions.start(app, login.id)


async def test_suspending_hides_an_account_and_can_be_undone(app: App) -> None:
    by, target = await staff(app, "moderator"), await user(app, "target")
    post_id = await post(app, target.account_id, "Hello")
    record = recorded(app)
    await actions.suspend(app, by, target.account_id, reason="spam")
    await actions.suspend(app, by, target.account_id, reason="spam")
    warned, suspended = record.events
    assert isinstance(warned, AccountWarned)
    assert suspended == AccountSuspended(target.account_id, local=True, suspended=True)
    with pytest.raises(NotFound):
        await visibility.sees(app, None, post_id)
    record.events.clear()
    await actions.unsuspend(app, by, target.account_id)
    await actions.unsuspend(app, by, target.account_id)
    assert record.events == [AccountSuspended(target.account_id, local=True, suspended=False)]
    assert (await visibility.sees(app, None, post_id))["id"] == post_id
    number = str(target.account_id)
    assert await log(app) == [("account.suspend", number), ("account.unsuspend", number)]


@pytest.mark.parametrize("verb", [actions.suspend, actions.disable])
async def test_tokens_and_sessions_end_at_once(app: App, verb: object) -> None:
    by, target = await staff(app, "moderator"), await user(app, "target")
    token, cookie = await signed_in(app, target)
    await tokens.authenticate(app, token)  # is in the cache from now on
    assert await sessions.signed_in(app, cookie) is not None
    await verb(app, by, target.account_id)  # type: ignore[operator]
    with pytest.raises((Unauthorized, Forbidden)):
        await tokens.authenticate(app, token)
    assert await sessions.signed_in(app, cookie) is None
    assert not await app.db.rows("SELECT 1 FROM sessions")
    assert not await app.db.rows("SELECT 1 FROM oauth_tokens WHERE revoked_at IS NULL")


async def test_a_disabled_login_can_be_enabled_again(app: App) -> None:
    by, target = await staff(app, "moderator"), await user(app, "target")
    await actions.disable(app, by, target.account_id, reason="hacked")
    await actions.disable(app, by, target.account_id)
    await target.refresh_from_db(using_db=app.db.orm)
    assert target.state == "disabled"
    await actions.enable(app, by, target.account_id)
    await actions.enable(app, by, target.account_id)
    await target.refresh_from_db(using_db=app.db.orm)
    assert target.state == "active"
    assert [action for action, _ in await log(app)] == ["account.disable", "account.enable"]


async def test_enabling_lets_nobody_in_who_waits_for_approval(app: App) -> None:
    by, target = await staff(app, "admin"), await user(app, "target", state="pending")
    await actions.enable(app, by, target.account_id)
    await target.refresh_from_db(using_db=app.db.orm)
    assert target.state == "pending"


async def test_people_of_other_servers_have_no_login_here(app: App) -> None:
    by, far = await staff(app, "moderator"), await person(app, "far", "far.example")
    for verb in (actions.disable, actions.enable):
        with pytest.raises(Invalid):
            await verb(app, by, far)
    assert await log(app) == []


async def test_a_suspended_account_elsewhere_follows_nobody_here_any_more(app: App) -> None:
    by, far, alice = await staff(app, "moderator"), await person(app, "far", "far.example"), await person(app, "alice")
    await follows.request(app, far, alice)
    await follows.request(app, alice, far)
    await follows.accept(app, alice, far)
    record = recorded(app)
    await actions.suspend(app, by, far)
    assert record.names() == ["FollowRejected", "RelationshipsSevered", "AccountSuspended"]
    assert await counts(app, alice) == (0, 1), "what alice follows comes back with the account"
    assert await counts(app, far) == (1, 0)


async def test_silencing_and_its_end(app: App) -> None:
    by, target = await staff(app, "moderator"), await user(app, "target")
    await actions.silence(app, by, target.account_id, reason="loud")
    await actions.silence(app, by, target.account_id)
    assert (await account(app, target.account_id))["silenced_at"] is not None
    await actions.unsilence(app, by, target.account_id)
    await actions.unsilence(app, by, target.account_id)
    assert (await account(app, target.account_id))["silenced_at"] is None
    assert [action for action, _ in await log(app)] == ["account.silence", "account.unsilence"]


async def test_marking_an_account_as_sensitive_and_its_end(app: App) -> None:
    by, far = await staff(app, "moderator"), await person(app, "far", "far.example")
    await actions.sensitize(app, by, far)
    await actions.sensitize(app, by, far)
    assert (await account(app, far))["sensitized_at"] is not None
    await actions.unsensitize(app, by, far)
    await actions.unsensitize(app, by, far)
    assert (await account(app, far))["sensitized_at"] is None
    assert [action for action, _ in await log(app)] == ["account.sensitize", "account.unsensitize"]


async def test_while_its_domain_is_blocked_an_account_cannot_be_restored(app: App) -> None:
    by, far = await staff(app, "admin"), await person(app, "far", "sub.far.example")
    await domains.block(app, "far.example", Terms(severity="suspend"), by=by)
    with pytest.raises(Conflict):
        await actions.unsuspend(app, by, far)
    await domains.block(app, "far.example", Terms(severity="silence"), by=by)
    with pytest.raises(Conflict):
        await actions.unsilence(app, by, far)
    assert (await account(app, far))["silenced_at"] is not None


async def test_what_a_person_decided_outlives_the_block_of_the_domain(app: App) -> None:
    by = await staff(app, "admin")
    one, two = await person(app, "one", "far.example"), await person(app, "two", "far.example")
    await actions.suspend(app, by, one)
    made = (await domains.block(app, "far.example", Terms(), by=by)).block
    assert made is not None
    await actions.suspend(app, by, two)
    await domains.unblock(app, made.id, by=by)
    assert (await account(app, one))["suspended_at"] is not None
    assert (await account(app, two))["suspended_at"] is not None
    await actions.unsuspend(app, by, one)
    assert (await account(app, one))["suspended_at"] is None


async def test_deleting_a_post_leaves_the_reason_and_not_the_text(app: App) -> None:
    by, target = await staff(app, "moderator"), await user(app, "target")
    post_id = await post(app, target.account_id, "secret words")
    uri = app.url(f"/posts/{post_id}")
    record = recorded(app)
    await actions.delete_post(app, by, post_id, reason="illegal")
    assert [type(event) for event in record.events] == [PostDeleted, AccountWarned]
    assert _told(record.events[-1]) == (target.account_id, "delete_statuses", "illegal", (post_id,))
    assert not await app.db.rows("SELECT 1 FROM posts WHERE id = ?", post_id)
    row = await app.db.row("SELECT * FROM audit_log")
    assert row is not None
    assert (row["action"], row["target"], "illegal" in row["detail"]) == ("post.delete", uri, True)
    assert "secret" not in row["detail"]
    with pytest.raises(NotFound):
        await actions.delete_post(app, by, post_id)


async def test_marking_a_post_sensitive(app: App) -> None:
    by, target = await staff(app, "moderator"), await user(app, "target")
    post_id = await post(app, target.account_id, "Hello")
    record = recorded(app)
    await actions.mark_sensitive(app, by, post_id)
    await actions.mark_sensitive(app, by, post_id)
    edited, warned = record.events
    assert edited == PostEdited(post_id, target.account_id, True, "public", ())
    assert _told(warned) == (target.account_id, "mark_statuses_as_sensitive", "", (post_id,))
    row = await app.db.row("SELECT sensitive FROM posts WHERE id = ?", post_id)
    assert row is not None
    assert bool(row["sensitive"]) is True
    assert [action for action, _ in await log(app)] == ["post.sensitive"]


async def test_approving_and_refusing_those_who_wait(app: App) -> None:
    by = await staff(app, "moderator")
    good, bad = await user(app, "good", state="pending"), await user(app, "bad", state="pending")
    record = recorded(app)
    await actions.approve(app, by, good.account_id)
    assert record.names() == ["AccountJoined"]
    await good.refresh_from_db(using_db=app.db.orm)
    assert good.state == "active"
    await actions.refuse(app, by, bad.account_id)
    assert not await app.db.rows("SELECT 1 FROM accounts WHERE id = ?", bad.account_id)
    for verb in (actions.approve, actions.refuse):
        with pytest.raises(Forbidden):
            await verb(app, by, good.account_id)
    assert [action for action, _ in await log(app)] == ["account.approve", "account.reject"]


async def test_an_action_closes_the_report_that_led_to_it_or_neither_happens(app: App) -> None:
    by, target, alice = await staff(app, "moderator"), await user(app, "target"), await user(app, "alice")
    report = await reports.file(app, alice.account_id, target.account_id, comment="spam")
    with pytest.raises(NotFound):
        await actions.act(app, by, target.account_id, "suspend", report_id=99)
    assert (await account(app, target.account_id))["suspended_at"] is None
    with pytest.raises(Invalid):
        await actions.act(app, by, target.account_id, "delete")
    await actions.act(app, by, target.account_id, "silence", reason="loud", report_id=report.id)
    assert (await reports.get(app, report.id)).action_taken_by_id == by.account_id
    assert [action for action, _ in await log(app)] == ["account.silence", "report.resolve"]


async def test_a_reason_alone_is_a_warning_in_the_log(app: App) -> None:
    by, target = await staff(app, "moderator"), await user(app, "target")
    await actions.act(app, by, target.account_id, "none")
    await actions.act(app, by, target.account_id, "none", reason="Please be kind")
    assert await log(app) == [("account.warn", str(target.account_id))]
    with pytest.raises(Invalid):
        await actions.act(app, by, target.account_id, "none", reason="x" * 5001)


def _told(event: object) -> tuple[int, str, str, tuple[int, ...]]:
    assert isinstance(event, AccountWarned)
    return event.account_id, event.action, event.text, event.post_ids

"""What moderators decide about accounts and posts. Each verb is audited, and repeating it changes nothing.

Where `by` may be None, that is the command line: it acts on everybody but owners, and a person decides there too.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol, TypeAlias

from fedinote.accounts import deletion
from fedinote.auth import registrations, users
from fedinote.events import AccountSuspended, PostEdited
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Conflict, Forbidden, Invalid, NotFound
from fedinote.moderation import audit, email_blocks, parting
from fedinote.moderation.automatic import reasons
from fedinote.moderation.cases import reports, statements
from fedinote.moderation.cases.statements import Basis, Decision
from fedinote.moderation.moderator import Moderator, Power, Subordinate, anybody, below_operator, subordinate
from fedinote.policy import domains
from fedinote.policy.domains import Blocked
from fedinote.posts import publishing

MAX_REASON = 5000
UNSTATED = Basis()
Decider: TypeAlias = Moderator | None


async def _target(app: App, by: Decider, account_id: int, reason: str = "") -> Subordinate:
    if by is not None and not by.may(Power.ACCOUNTS):
        raise Forbidden
    if len(reason) > MAX_REASON:
        raise Invalid(f"Validation failed: Text is too long (maximum is {MAX_REASON} characters)")
    return await (subordinate(app, by, account_id) if by else below_operator(app, account_id))


async def _note(
    app: App,
    by: Decider,
    action: str,
    target: Subordinate,
    *,
    reason: str = "",
    basis: Basis = UNSTATED,
    rule: bool = False,
) -> None:
    """Note a decision in the audit log, and write its statement of reasons. `rule`: no person decided."""
    actor, basis = by.account_id if by else None, basis if rule else replace(basis, by_hand=True)
    via = "" if by else "rule" if rule else "command line"
    detail = {"uri": target.uri, "via": via, "reason": reason, "rules": list(basis.rules)}
    await audit.record(app, actor_id=actor, action=action, target_type="account", target=target.id, detail=detail)
    said = reasons.of_rule(app, reason) if rule and reason else reason
    await statements.note(app, Decision(action, target.id, target.is_local, actor, said), basis)


async def suspend(app: App, by: Decider, account_id: int, *, reason: str = "", basis: Basis = UNSTATED) -> None:
    """Suspend an account: nobody sees it or its posts, and it can do nothing. It can be undone.

    A local account's sessions and tokens end at once. A remote one's follows of our people end (their server is
    told), those of our people stay for the day when it is restored. Emits AccountSuspended. `NotFound`, `Forbidden`.
    """
    async with app.db.transaction():
        await _suspend(app, by, await _target(app, by, account_id, reason), reason, basis)


async def suspend_by_rule(app: App, account_id: int, reason: str, rule_id: int | None = None) -> None:
    """Suspend an account because a rule of the moderators says so; staff and those who are suspended are left alone."""
    async with app.db.transaction():
        target = await anybody(app, account_id)
        if target is not None and not target.suspended:
            await _suspend(app, None, target, reason, Basis(rule_id=rule_id, language=reasons.LANGUAGE), rule=True)


async def _suspend(
    app: App, by: Decider, target: Subordinate, reason: str, basis: Basis, *, rule: bool = False
) -> None:
    if target.suspended and target.suspended_by_domain is None and not await _by_origin(app, target.id):
        return
    if not target.is_local:
        await parting.end_follows_of_ours(app, target.id)
    await app.db.execute(
        "UPDATE accounts SET suspended_at = COALESCE(suspended_at, ?), suspended_by_domain = NULL,"
        " suspended_by_origin = FALSE WHERE id = ?",
        app.now(),
        target.id,
    )
    await _note(app, by, "account.suspend", target, reason=reason, basis=basis, rule=rule)
    await email_blocks.block_address_of(app, target)
    if not target.suspended:
        await app.emit(AccountSuspended(target.id, target.is_local, suspended=True))


async def _by_origin(app: App, account_id: int) -> bool:
    """Tell whether only the account's own server suspended it, which could end that."""
    sql = "SELECT 1 AS value FROM accounts WHERE id = ? AND suspended_by_origin"
    return await app.db.row(sql, account_id) is not None


async def unsuspend(app: App, by: Decider, account_id: int) -> None:
    """End a suspension. `Conflict` while the account's domain is suspended; `NotFound`, `Forbidden`."""
    async with app.db.transaction():
        await _unsuspend(app, by, await _target(app, by, account_id))


async def unsuspend_by_rule(app: App, account_id: int) -> None:
    """End the suspension by a rule that is taken back. `Conflict` while the account's domain is suspended."""
    async with app.db.transaction():
        target = await anybody(app, account_id)
        if target is not None:
            await _unsuspend(app, None, target, rule=True)


async def _unsuspend(app: App, by: Decider, target: Subordinate, *, rule: bool = False) -> None:
    if not target.suspended:
        return
    block = await _block(app, target)
    if block is not None and block.severity == "suspend":
        raise Conflict(f"The domain {block.domain} is suspended: change its block first")
    await app.db.execute("UPDATE accounts SET suspended_at = NULL, suspended_by_domain = NULL WHERE id = ?", target.id)
    await _note(app, by, "account.unsuspend", target, rule=rule)
    await email_blocks.release_address_of(app, target)
    await app.emit(AccountSuspended(target.id, target.is_local, suspended=False))


async def delete(app: App, by: Moderator, account_id: int) -> None:
    """Delete a suspended account for good, with all that it made; a local one's end is told to all servers.

    `NotFound`; `Forbidden` for those who may not, and for an account that is not suspended: there is no way back.
    """
    async with app.db.transaction():
        if not by.may(Power.DELETION):
            raise Forbidden
        target = await _target(app, by, account_id)
        if not target.suspended:
            raise Forbidden("Only a suspended account can be deleted")
        await _note(app, by, "account.delete", target)
        await email_blocks.block_address_of(app, target)
        await deletion.delete(app, account_id)


async def silence(app: App, by: Decider, account_id: int, *, reason: str = "", basis: Basis = UNSTATED) -> None:
    """Limit an account: only its followers see its posts, and it must ask before it follows.

    `NotFound`, `Forbidden`.
    """
    async with app.db.transaction():
        target = await _target(app, by, account_id, reason)
        if target.silenced and target.silenced_by_domain is None:
            return
        await app.db.execute(
            "UPDATE accounts SET silenced_at = COALESCE(silenced_at, ?), silenced_by_domain = NULL WHERE id = ?",
            app.now(),
            target.id,
        )
        await _note(app, by, "account.silence", target, reason=reason, basis=basis)


async def unsilence(app: App, by: Decider, account_id: int) -> None:
    """End the limits of an account. `Conflict` while its domain is limited; `NotFound`, `Forbidden`."""
    async with app.db.transaction():
        target = await _target(app, by, account_id)
        if not target.silenced:
            return
        block = await _block(app, target)
        if block is not None and block.severity == "silence":
            raise Conflict(f"The domain {block.domain} is limited: change its block first")
        await app.db.execute(
            "UPDATE accounts SET silenced_at = NULL, silenced_by_domain = NULL WHERE id = ?", target.id
        )
        await _note(app, by, "account.unsilence", target)


async def _block(app: App, target: Subordinate) -> Blocked | None:
    if target.is_local:
        return None
    return domains.nearest(await domains.load(app), target.domain, domains.host_of(target.uri))


async def sensitize(app: App, by: Decider, account_id: int, *, reason: str = "", basis: Basis = UNSTATED) -> None:
    """Mark all media as sensitive that an account posts from now on. `NotFound`, `Forbidden`."""
    async with app.db.transaction():
        target = await _target(app, by, account_id, reason)
        if target.sensitized:
            return
        await app.db.execute("UPDATE accounts SET sensitized_at = ? WHERE id = ?", app.now(), target.id)
        await _note(app, by, "account.sensitize", target, reason=reason, basis=basis)


async def unsensitize(app: App, by: Decider, account_id: int) -> None:
    """Leave it to the account again whether its media is sensitive. `NotFound`, `Forbidden`."""
    async with app.db.transaction():
        target = await _target(app, by, account_id)
        if target.sensitized:
            await app.db.execute("UPDATE accounts SET sensitized_at = NULL WHERE id = ?", target.id)
            await _note(app, by, "account.unsensitize", target)


async def disable(app: App, by: Decider, account_id: int, *, reason: str = "", basis: Basis = UNSTATED) -> None:
    """Take the right to log in from a local account; sessions and tokens end at once. `NotFound`, `Forbidden`."""
    async with app.db.transaction():
        target = await _target(app, by, account_id, reason)
        if _user_id(target) and target.state != "disabled":
            await users.disable(app, _user_id(target))
            await _note(app, by, "account.disable", target, reason=reason, basis=basis)


async def enable(app: App, by: Decider, account_id: int) -> None:
    """Give the right to log in back. `NotFound`, `Forbidden`."""
    async with app.db.transaction():
        target = await _target(app, by, account_id)
        if _user_id(target) and target.state == "disabled":
            await users.enable(app, _user_id(target))
            await _note(app, by, "account.enable", target)


def _user_id(target: Subordinate) -> int:
    if target.user_id is None:
        raise Invalid("Only people of this server have a login here")
    return target.user_id


async def act(
    app: App,
    by: Moderator,
    account_id: int,
    kind: str,
    *,
    reason: str = "",
    report_id: int | None = None,
    basis: Basis = UNSTATED,
) -> None:
    """Do one of ACTIONS to an account ("none": only note the reason), and close the reports that led to it.

    "none" closes the report that is named alone, as the others may tell something new; anything else closes all that
    are open about the account. An account of ours learns of it, unless `basis.tell` is off. `Invalid` for another kind,
    and otherwise what the action raises; then all stay open.
    """
    if kind != "none" and kind not in ACTIONS:
        raise Invalid("Validation failed: Type is not included in the list")
    basis = replace(basis, report_id=report_id or basis.report_id)
    async with app.db.transaction():
        if kind == "none":
            target = await _target(app, by, account_id, reason)
            if reason:
                await _note(app, by, "account.warn", target, reason=reason, basis=basis)
        else:
            await ACTIONS[kind](app, by, account_id, reason=reason, basis=basis)
            await reports.resolve_about(app, by, account_id)
        if report_id is not None:
            await reports.resolve(app, by, report_id)


async def approve(app: App, by: Moderator, account_id: int) -> None:
    """Let somebody in who waits for approval. `Forbidden` when that person does not wait; `NotFound`."""
    async with app.db.transaction():
        target = await _waiting(app, by, account_id)
        await registrations.approve(app, _user_id(target))
        await _note(app, by, "account.approve", target)


async def refuse(app: App, by: Moderator, account_id: int, *, reason: str = "") -> None:
    """Refuse somebody who waits for approval: login and account are deleted. `Forbidden`, `NotFound`.

    Whoever signs in with the right password within a month is told so, with the reason.
    """
    async with app.db.transaction():
        target = await _waiting(app, by, account_id, reason)
        await _note(app, by, "account.reject", target, reason=reason)
        await registrations.reject(app, _user_id(target), text=reason)


async def _waiting(app: App, by: Moderator, account_id: int, reason: str = "") -> Subordinate:
    target = await _target(app, by, account_id, reason)
    if target.state != "pending":
        raise Forbidden("This account does not wait for approval")
    return target


async def delete_post(app: App, by: Moderator, post_id: int, *, reason: str = "", basis: Basis = UNSTATED) -> None:
    """Delete somebody's post or boost for good, as its author could. `NotFound`, `Forbidden`."""
    async with app.db.transaction():
        row, target = await _post(app, by, post_id, reason)
        detail = {"account": str(target.id), "visibility": row["visibility"], "reason": reason}
        await _note_post(app, by, "post.delete", row, detail)
        await publishing.delete(app, post_id)
        decision = Decision("post.delete", target.id, target.is_local, by.account_id, reason, (post_id,))
        await statements.note(app, decision, basis)


async def mark_sensitive(app: App, by: Moderator, post_id: int, *, reason: str = "", basis: Basis = UNSTATED) -> None:
    """Hide the media of a post until the reader wants to see it. Emits PostEdited. `NotFound`, `Forbidden`."""
    async with app.db.transaction():
        row, target = await _post(app, by, post_id, reason)
        if row["sensitive"]:
            return
        await app.db.execute("UPDATE posts SET sensitive = TRUE WHERE id = ?", post_id)
        await _note_post(app, by, "post.sensitive", row, {"account": str(target.id), "reason": reason})
        await app.emit(PostEdited(post_id, target.id, bool(row["local"]), row["visibility"], ()))
        decision = Decision("post.sensitive", target.id, target.is_local, by.account_id, reason, (post_id,))
        await statements.note(app, decision, basis)


async def unmark_sensitive(app: App, by: Moderator, post_id: int) -> None:
    """Show the media of a post again that was hidden by a decision; a post that is gone stays so. `Forbidden`."""
    async with app.db.transaction():
        try:
            row, target = await _post(app, by, post_id, "")
        except NotFound:
            return
        await app.db.execute("UPDATE posts SET sensitive = FALSE WHERE id = ?", post_id)
        await _note_post(app, by, "post.unsensitive", row, {"account": str(target.id)})
        await app.emit(PostEdited(post_id, target.id, bool(row["local"]), row["visibility"], ()))


async def _post(app: App, by: Moderator, post_id: int, reason: str) -> tuple[Row, Subordinate]:
    row = await app.db.row("SELECT id, account_id, uri, local, visibility, sensitive FROM posts WHERE id = ?", post_id)
    if row is None:
        raise NotFound
    return row, await _target(app, by, row["account_id"], reason)


async def _note_post(app: App, by: Moderator, action: str, row: Row, detail: Mapping[str, Any]) -> None:
    await audit.record(app, actor_id=by.account_id, action=action, target_type="post", target=row["uri"], detail=detail)


class _Action(Protocol):
    async def __call__(
        self, app: App, by: Moderator, account_id: int, *, reason: str = "", basis: Basis = UNSTATED
    ) -> None: ...


ACTIONS: Mapping[str, _Action] = {
    "sensitive": sensitize,
    "disable": disable,
    "silence": silence,
    "suspend": suspend,
}

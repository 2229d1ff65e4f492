"""Moderators vouch for an account: rules that spare whom they trust leave it alone (`policy.trust`)."""

from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden
from fedinote.moderation import audit
from fedinote.moderation.moderator import Moderator, Power, subordinate


async def vouch(app: App, by: Moderator, account_id: int) -> None:
    """Say that an account is good. Raises NotFound, and Forbidden for who may not and for the same rank and above."""
    await _say(app, by, account_id, good=True)


async def unvouch(app: App, by: Moderator, account_id: int) -> None:
    """Take that back. Raises NotFound and Forbidden."""
    await _say(app, by, account_id, good=False)


async def _say(app: App, by: Moderator, account_id: int, *, good: bool) -> None:
    if not by.may(Power.ACCOUNTS):
        raise Forbidden
    async with app.db.transaction():
        target = await subordinate(app, by, account_id)
        sql = f"UPDATE accounts SET vouched_at = ? WHERE id = ? AND vouched_at IS {'NULL' if good else 'NOT NULL'}"  # noqa: S608
        if await app.db.execute(sql, app.now() if good else None, target.id):
            action = "account.vouch" if good else "account.unvouch"
            await audit.record(
                app, actor_id=by.account_id, action=action, target_type="account", target=target.id,
                detail={"uri": target.uri},
            )  # fmt: skip

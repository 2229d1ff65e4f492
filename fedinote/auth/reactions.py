"""What follows for logins when something happens to their account. `wiring.py` lists these."""

from fedinote.auth import tokens, users
from fedinote.events import AccountDeleted, AccountSuspended
from fedinote.infra.app import App


async def on_account_suspended(app: App, event: AccountSuspended) -> None:
    """End sessions, tokens, codes and streams of a suspended local account at once."""
    if not event.local:
        return
    row = await app.db.row("SELECT id FROM users WHERE account_id = ?", event.account_id)
    if row is not None and event.suspended:
        await users.end_everything(app, row["id"])
    app.db.after_commit(lambda: tokens.forget_account(app, event.account_id))


async def on_account_deleted(app: App, event: AccountDeleted) -> None:
    """Delete the login of a local account, with all its sessions, tokens and codes. `Conflict` for the last owner."""
    row = await app.db.row("SELECT id FROM users WHERE account_id = ?", event.account_id)
    if row is None:
        return
    await users.disable(app, row["id"])
    await app.db.write(
        ("DELETE FROM oauth_tokens WHERE user_id = ?", (row["id"],)),
        ("DELETE FROM users WHERE id = ?", (row["id"],)),
    )
    app.db.after_commit(lambda: tokens.forget_account(app, event.account_id))

"""What follows for logins when something happens to their account. `wiring.py` lists these."""

from fedinote.auth import tokens, users
from fedinote.events import AccountSuspended
from fedinote.infra.app import App


async def on_account_suspended(app: App, event: AccountSuspended) -> None:
    """End sessions, tokens, codes and streams of a suspended local account at once."""
    if not event.local:
        return
    row = await app.db.row("SELECT id FROM users WHERE account_id = ?", event.account_id)
    if row is not None and event.suspended:
        await users.end_everything(app, row["id"])
    app.db.after_commit(lambda: tokens.forget_account(app, event.account_id))

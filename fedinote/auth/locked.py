"""People whose login is shut: they may hear why, appeal, and take or delete what is theirs; nothing else.

Whoever proved who they are gets a pass for half an hour, good in one browser, as long as the login is shut and the
password stays the same. It is no session: nothing but this module takes it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from fedinote.auth import halfway
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.infra.errors import Unauthorized

LIFE = timedelta(minutes=30)
_PURPOSE = "locked"
Why = Literal["pending", "disabled", "suspended"]


class NotLocked(Unauthorized):
    """The pass is not ours, is over, or the login is not shut any more (401)."""

    message = "That took too long. Enter your password again"


@dataclass(frozen=True, slots=True)
class Locked:
    """Somebody whose login is shut, and why: "pending" (not let in yet), "disabled" or "suspended"."""

    user_id: int
    account_id: int
    username: str
    locale: str
    why: Why


async def look(app: App, user: User) -> Locked | None:
    """Return why somebody cannot sign in; None for those who can."""
    row = await app.db.row(
        "SELECT username, suspended_at FROM accounts WHERE id = ? AND deleted_at IS NULL", user.account_id
    )
    if row is None:
        return None
    why: Why
    if row["suspended_at"] is not None:
        why = "suspended"
    elif user.state == "active":
        return None
    else:
        why = "pending" if user.state == "pending" else "disabled"
    return Locked(user.id, user.account_id, row["username"], user.locale, why)


def give(app: App, user: User, browser: str) -> str:
    """Return the pass of somebody who proved who they are, in the browser with this cookie."""
    return halfway.prove(app, user, browser, purpose=_PURPOSE, life=LIFE)


async def whose(app: App, text: str, browser: str) -> Locked:
    """Return whose pass this is. `Unauthorized` for what is none, is over or another browser's; once they may sign in.

    The state of the login is read anew each time.
    """
    user = await halfway.whose(app, text, browser, purpose=_PURPOSE)
    found = await look(app, user)
    if found is None:
        raise NotLocked
    return found

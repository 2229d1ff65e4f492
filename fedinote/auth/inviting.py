"""The invitation links of a person: making some, seeing what became of them, taking one back."""

from dataclasses import dataclass
from datetime import datetime

from fedinote.auth import invites
from fedinote.auth.models import Invite
from fedinote.auth.viewer import rank
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.errors import Forbidden, Invalid, NotFound

MOST = 10
"""How many links of one person may be good at a time."""
USES = (1, 5, 10, 25)
DAYS = (1, 7, 30)


@dataclass(frozen=True, slots=True)
class Own:
    """A link as its maker sees it. `good`: it can still be used."""

    id: int
    link: str
    role: str
    uses: int
    max_uses: int
    expires_at: datetime | None
    good: bool


def allowed(app: App, role: str) -> bool:
    """Tell whether somebody of this role may make links: admins, and where the settings say so everybody."""
    settings = app.settings.registrations
    return settings.mode != "closed" and (settings.members_invite or rank(role) >= rank("admin"))


async def create(app: App, user_id: int, role: str, *, uses: int, days: int) -> str:
    """Make a link for members and return it.

    `Forbidden` where it is not allowed; `Invalid` for other numbers than USES and DAYS, and for one link too many.
    """
    if not allowed(app, role):
        raise Forbidden("Invitations are not yours to make here")
    if uses not in USES or days not in DAYS:
        raise Invalid
    async with app.db.transaction():
        open_ones = [one for one in await of(app, user_id) if one.good]
        if len(open_ones) >= MOST:
            raise Invalid(f"You have {MOST} links that are still good: take one back first")
        made: Invite = await invites.create(app, max_uses=uses, hours=24 * days, inviter=(user_id, role))
    return invites.link(app, made)


async def of(app: App, user_id: int) -> list[Own]:
    """Return somebody's links, the newest first."""
    now = app.now()
    rows = await app.db.rows(
        "SELECT id, code, role, uses, max_uses, expires_at FROM invites WHERE user_id = ? ORDER BY id DESC LIMIT 100",
        user_id,
    )
    found = []
    for row in rows:
        ends = None if row["expires_at"] is None else from_ms(row["expires_at"])
        good = row["uses"] < row["max_uses"] and (ends is None or ends > now)
        link = app.url(f"/invite/{row['code']}")
        found.append(Own(row["id"], link, row["role"], row["uses"], row["max_uses"], ends, good))
    return found


async def withdraw(app: App, user_id: int, invite_id: int) -> None:
    """Take a link back: it is good for nobody any more. `NotFound` for one that is not the person's."""
    if not await app.db.execute("DELETE FROM invites WHERE id = ? AND user_id = ?", invite_id, user_id):
        raise NotFound

"""All invitations of the server, for those who run it: who made them, what is left of them, and taking one back."""

from dataclasses import dataclass
from datetime import datetime

from fedinote.auth import invites
from fedinote.auth.models import Invite
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, NotFound
from fedinote.moderation import audit
from fedinote.moderation.moderator import Moderator, Power

PAGE = 100


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link with which people sign up. `by` is a username, "" for the command line. `open`: it is still good."""

    id: int
    link: str
    role: str
    uses: int
    max_uses: int
    expires_at: datetime | None
    created_at: datetime
    by: str
    open: bool


async def listing(app: App) -> list[Invitation]:
    """Return the latest 100 invitations, newest first; the owner's first link is not among them."""
    rows = await app.db.rows(
        "SELECT i.id, i.code, i.role, i.uses, i.max_uses, i.expires_at, i.created_at, a.username FROM invites i"
        " LEFT JOIN users u ON u.id = i.user_id LEFT JOIN accounts a ON a.id = u.account_id"
        " WHERE i.role <> 'owner' ORDER BY i.id DESC LIMIT ?",
        PAGE,
    )
    return [_invitation(app, row) for row in rows]


def _invitation(app: App, row: Row) -> Invitation:
    ends = None if row["expires_at"] is None else from_ms(row["expires_at"])
    return Invitation(
        id=row["id"],
        link=app.url(f"/invite/{row['code']}"),
        role=row["role"],
        uses=row["uses"],
        max_uses=row["max_uses"],
        expires_at=ends,
        created_at=from_ms(row["created_at"]),
        by=row["username"] or "",
        open=row["uses"] < row["max_uses"] and (ends is None or ends > app.now()),
    )


async def create(app: App, *, role: str, max_uses: int, hours: float | None, by: Moderator) -> Invite:
    """Make an invitation; `hours` None: for ever. Raises Invalid, and Forbidden for a role as high as the own."""
    if not by.may(Power.INVITES):
        raise Forbidden
    async with app.db.transaction():
        made = await invites.create(app, role=role, max_uses=max_uses, hours=hours, inviter=(by.user_id, by.role))
        await _note(app, "invite.create", made.id, by, role)
    return made


async def revoke(app: App, invite_id: int, *, by: Moderator) -> None:
    """Let an invitation be good no more, whoever made it; who came by it stays. Raises NotFound and Forbidden."""
    if not by.may(Power.INVITES):
        raise Forbidden
    async with app.db.transaction():
        if not await app.db.execute("DELETE FROM invites WHERE id = ? AND role <> 'owner'", invite_id):
            raise NotFound("There is no such invitation")
        await _note(app, "invite.revoke", invite_id, by, "")


async def _note(app: App, action: str, invite_id: int, by: Moderator, role: str) -> None:
    await audit.record(
        app, actor_id=by.account_id, action=action, target_type="invite", target=invite_id, detail={"role": role}
    )

"""Invitation links: who may make them, what they are worth, and using one exactly as often as allowed."""

from dataclasses import dataclass
from datetime import timedelta

from fedinote.auth.hashes import new_token
from fedinote.auth.models import Invite
from fedinote.auth.viewer import ROLES, rank
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid

OWNER_HOURS = 24
MAX_USES = 1000
_OPEN = "uses < max_uses AND (expires_at IS NULL OR expires_at > ?)"


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invitation that is still good gives. `inviter_id` is None for the operator's own."""

    role: str
    inviter_id: int | None

    @property
    def by_operator(self) -> bool:
        """Whether it was made at the command line: it then works in every mode of registrations."""
        return self.inviter_id is None


async def create(
    app: App,
    *,
    role: str = "member",
    max_uses: int = 1,
    hours: float | None = 168,
    inviter: tuple[int, str] | None = None,
) -> Invite:
    """Make an invitation. `inviter` is (user id, role), None for the operator; `hours` None means for ever.

    `Forbidden` when somebody invites to a role as high as the own or higher (owners invite up to admin).
    """
    if role not in ROLES:
        raise Invalid(f"Role must be one of {', '.join(ROLES)}")
    if not 1 <= max_uses <= MAX_USES:
        raise Invalid(f"An invitation can be used 1 to {MAX_USES} times")
    if inviter is not None and role != "member" and rank(role) >= rank(inviter[1]):
        raise Forbidden
    return await Invite.create(
        using_db=app.db.orm,
        id=app.ids.next(),
        code=new_token(),
        user_id=None if inviter is None else inviter[0],
        role=role,
        max_uses=max_uses,
        expires_at=None if hours is None else app.now() + timedelta(hours=hours),
        created_at=app.now(),
    )


def link(app: App, invite: Invite) -> str:
    """Return the address to open."""
    return app.url(f"/invite/{invite.code}")


async def owner_link(app: App) -> str:
    """Return a fresh link that makes its user the owner, once, within 24 hours. Earlier ones stop working."""
    async with app.db.transaction():
        await app.db.execute("DELETE FROM invites WHERE role = 'owner' AND user_id IS NULL")
        invite = await create(app, role="owner", hours=OWNER_HOURS)
    return link(app, invite)


async def offer(app: App, code: str) -> Offer | None:
    """Return what an invitation gives; None when it is unknown, used up or too old. Nothing is used."""
    row = await app.db.row(
        f"SELECT i.role, i.user_id, u.role AS inviter_role FROM invites i LEFT JOIN users u ON u.id = i.user_id"  # noqa: S608
        f" WHERE i.code = ? AND {_OPEN} AND (i.user_id IS NULL OR u.state = 'active')",
        code[:64],
        app.now(),
    )
    if row is None:
        return None
    role = row["role"]
    # Whoever lost a role since can no longer invite to it.
    if row["user_id"] is not None and rank(role) >= rank(row["inviter_role"]):
        role = "member"
    return Offer(role, row["user_id"])


async def use(app: App, code: str) -> None:
    """Count one use, atomically. `Invalid` when none is left. Call it in the transaction that makes the account."""
    used = await app.db.execute(f"UPDATE invites SET uses = uses + 1 WHERE code = ? AND {_OPEN}", code, app.now())  # noqa: S608
    if not used:
        raise Invalid("The invitation is not valid any more")

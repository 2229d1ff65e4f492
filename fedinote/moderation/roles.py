"""Who runs the server together: roles, given and taken by those above them."""

from fedinote.auth import users
from fedinote.auth.viewer import ROLES, rank
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid
from fedinote.moderation import audit
from fedinote.moderation.moderator import Moderator, Power, subordinate


def given_by(by: Moderator) -> tuple[str, ...]:
    """Return the roles that somebody may give: those below their own; an owner may make others admins, not owners."""
    return tuple(role for role in ROLES if by.may(Power.SETTINGS) and rank(role) < rank(by.role))


async def change(app: App, by: Moderator, account_id: int, role: str) -> None:
    """Give somebody of this server another role; their sessions end, so that the next begins with the new rights.

    `NotFound`; `Forbidden` for those who may not, and for a role or a person that is not below their own; `Invalid` for
    people of other servers.
    """
    if role not in given_by(by):
        raise Forbidden
    async with app.db.transaction():
        target = await subordinate(app, by, account_id)
        if target.user_id is None:
            raise Invalid("Only people of this server have a login here")
        before = (await users.by_id(app, target.user_id)).role
        if before == role:
            return
        await users.set_role(app, target.user_id, role)
        await audit.record(
            app,
            actor_id=by.account_id,
            action="account.role",
            target_type="account",
            target=target.id,
            detail={"uri": target.uri, "before": before, "role": role},
        )

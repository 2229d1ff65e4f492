"""Who runs a server, for tests: logins of any role, and the moderators that they are."""

from fedinote.auth.models import User
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.moderation import moderator
from fedinote.moderation.moderator import Moderator, Power
from tests.relations.people import person


async def user(app: App, name: str, role: str = "member", state: str = "active") -> User:
    """Make somebody with a login, whose password nobody knows."""
    return await User.create(
        using_db=app.db.orm,
        id=app.ids.next(),
        account_id=await person(app, name),
        email=f"{name}@mail.example",
        password_hash="-",
        role=role,
        state=state,
        created_at=app.now(),
    )


def viewer(login: User) -> Viewer:
    """Return the person as a valid token would make them known."""
    return Viewer(login.account_id, login.id, login.role, frozenset({"admin:read", "admin:write"}), 1, 1)


async def staff(app: App, role: str, name: str = "") -> Moderator:
    """Make somebody of this role, and return the moderator."""
    made = await user(app, name or role, role)
    return await moderator.acting(app, viewer(made), Power.REPORTS)


async def log(app: App) -> list[tuple[str, str]]:
    """Return (action, target) of the audit log, oldest first."""
    rows = await app.db.rows("SELECT action, target FROM audit_log ORDER BY id")
    return [(row["action"], row["target"]) for row in rows]

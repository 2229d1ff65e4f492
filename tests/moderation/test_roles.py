"""Roles are given and taken by those above them."""

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden
from fedinote.moderation import roles
from fedinote.moderation.moderator import Moderator
from tests.support.people import person


def acting(user: User) -> Moderator:
    return Moderator(user.account_id, user.id, user.role)


@pytest.mark.parametrize(
    ("by", "target", "role", "allowed"),
    [
        ("owner", "member", "admin", True),
        ("owner", "admin", "member", True),
        ("owner", "member", "owner", False),
        ("admin", "member", "moderator", True),
        ("admin", "moderator", "member", True),
        ("admin", "member", "admin", False),
        ("admin", "admin", "member", False),
        ("admin", "owner", "member", False),
        ("moderator", "member", "moderator", False),
        ("member", "member", "moderator", False),
    ],
)
async def test_who_may_give_which_role_to_whom(app: App, by: str, target: str, role: str, allowed: bool) -> None:
    actor, other = await person(app, "anna", by), await person(app, "bert", target)
    if allowed:
        await roles.change(app, acting(actor), other.account_id, role)
    else:
        with pytest.raises(Forbidden):
            await roles.change(app, acting(actor), other.account_id, role)
    now = await app.db.value("SELECT role AS value FROM users WHERE id = ?", other.id)
    assert now == (role if allowed else target)
    noted = await app.db.rows("SELECT actor_id, detail FROM audit_log WHERE action = 'account.role'")
    assert [row["actor_id"] for row in noted] == ([actor.account_id] if allowed else [])


async def test_nobody_changes_their_own_role(app: App) -> None:
    owner = await person(app, "mira", "owner")
    with pytest.raises(Forbidden):
        await roles.change(app, acting(owner), owner.account_id, "admin")

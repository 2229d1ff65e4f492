"""What apps are told of roles: Mastodon's permissions, by bits, and never more than a role may."""

import pytest

from fedinote.infra.app import App
from fedinote.moderation import moderator, permissions
from fedinote.moderation.moderator import Power
from fedinote.moderation.permissions import Permission
from tests.support.people import configure

MODERATOR = {"VIEW_DASHBOARD", "VIEW_AUDIT_LOG", "MANAGE_USERS", "MANAGE_REPORTS", "MANAGE_TAXONOMIES"}
"""Mastodon's own role of this name; ours decides about appeals too."""
ADMIN = MODERATOR | {
    "DELETE_USER_DATA", "MANAGE_FEDERATION", "MANAGE_SETTINGS", "MANAGE_BLOCKS", "MANAGE_APPEALS", "MANAGE_RULES",
    "MANAGE_INVITES", "MANAGE_ANNOUNCEMENTS", "MANAGE_CUSTOM_EMOJIS", "MANAGE_ROLES",
}  # fmt: skip
"""Likewise; nothing here answers to webhooks, nor do admins change other people's passwords and addresses."""


def names(bits: int) -> set[str]:
    return {str(one.name) for one in Permission(bits)}


async def test_the_roles_have_the_permissions_that_they_have_in_mastodon(app: App) -> None:
    assert permissions.of(app, "member") == 0
    assert names(permissions.of(app, "moderator")) == MODERATOR | {"MANAGE_APPEALS"}
    assert names(permissions.of(app, "admin")) == ADMIN
    assert permissions.of(app, "owner") == sum(permissions.Permission)
    assert permissions.of(app, "emperor") == 0


async def test_whoever_may_make_links_for_newcomers_is_told_so(app: App) -> None:
    configure(app, "registrations", mode="open", members_invite=True)
    assert names(permissions.of(app, "member")) == {"INVITE_USERS"}
    configure(app, "registrations", mode="open", members_invite=False)
    assert names(permissions.of(app, "member")) == set()
    assert "INVITE_USERS" in names(permissions.of(app, "admin"))


@pytest.mark.parametrize("role", ["moderator", "admin"])
async def test_no_bit_tells_of_a_power_that_the_role_lacks(app: App, role: str) -> None:
    told = permissions.of(app, role)
    for power in Power:
        if permissions.told(power) and power not in moderator.powers(role):
            assert not told & permissions.told(power), power

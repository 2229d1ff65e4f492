"""What a role may, in the words of Mastodon: the bits of `Role.permissions`, from which apps see what to offer.

https://docs.joinmastodon.org/entities/Role/#permission-flags
The powers decide (see `moderator`); these bits only tell of them. A power is told by each permission that it includes.
"""

from collections.abc import Mapping
from enum import IntFlag

from fedinote.auth import inviting
from fedinote.infra.app import App
from fedinote.moderation.moderator import Power, powers


class Permission(IntFlag):
    """Mastodon's permissions, by their names there."""

    ADMINISTRATOR = 1 << 0
    VIEW_DEVOPS = 1 << 1
    VIEW_AUDIT_LOG = 1 << 2
    VIEW_DASHBOARD = 1 << 3
    MANAGE_REPORTS = 1 << 4
    MANAGE_FEDERATION = 1 << 5
    MANAGE_SETTINGS = 1 << 6
    MANAGE_BLOCKS = 1 << 7
    MANAGE_TAXONOMIES = 1 << 8
    MANAGE_APPEALS = 1 << 9
    MANAGE_USERS = 1 << 10
    MANAGE_INVITES = 1 << 11
    MANAGE_RULES = 1 << 12
    MANAGE_ANNOUNCEMENTS = 1 << 13
    MANAGE_CUSTOM_EMOJIS = 1 << 14
    MANAGE_WEBHOOKS = 1 << 15
    INVITE_USERS = 1 << 16
    MANAGE_ROLES = 1 << 17
    MANAGE_USER_ACCESS = 1 << 18
    DELETE_USER_DATA = 1 << 19
    VIEW_FEEDS = 1 << 20


EVERYTHING = Permission((1 << 21) - 1)
"""What an administrator has: Mastodon tells all bits of them, so apps need not know the first one."""
_TOLD: Mapping[Power, Permission] = {
    Power.REPORTS: Permission.MANAGE_REPORTS,
    Power.ACCOUNTS: Permission.MANAGE_USERS | Permission.MANAGE_APPEALS,
    Power.AUDIT: Permission.VIEW_AUDIT_LOG,
    Power.DOMAINS: Permission.MANAGE_FEDERATION,
    Power.DELETION: Permission.DELETE_USER_DATA,
    Power.TRENDS: Permission.MANAGE_TAXONOMIES,
    Power.BLOCKS: Permission.MANAGE_BLOCKS,
    Power.DASHBOARD: Permission.VIEW_DASHBOARD,
    Power.SETTINGS: Permission.MANAGE_SETTINGS | Permission.MANAGE_RULES | Permission.MANAGE_ROLES,
    Power.INVITES: Permission.MANAGE_INVITES,
    Power.EMOJI: Permission.MANAGE_CUSTOM_EMOJIS,
    Power.ANNOUNCEMENTS: Permission.MANAGE_ANNOUNCEMENTS,
}
"""The others have no name in Mastodon: the words of translations, and where posts are sent to be translated."""


def told(power: Power) -> Permission:
    """Return the permissions that tell of a power; none for those that Mastodon does not know."""
    return _TOLD.get(power, Permission(0))


def of(app: App, role: str) -> int:
    """Return the bits of a role on this server. Whoever may make links for newcomers has the bit for that too."""
    if role == "owner":
        return int(EVERYTHING)
    found = Permission.INVITE_USERS if inviting.allowed(app, role) else Permission(0)
    for power in powers(role):
        found |= told(power)
    return int(found)

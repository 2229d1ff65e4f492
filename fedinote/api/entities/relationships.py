"""Relationship entities. https://docs.joinmastodon.org/entities/Relationship/"""

from collections.abc import Sequence
from typing import Any

from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.clock import iso
from fedinote.infra.errors import NotFound
from fedinote.relations import lookup
from fedinote.relations.lookup import Relationship


async def relationships(app: App, viewer: Viewer, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return what stands between the viewer and these accounts, in their order; unknown ones are left out."""
    return [_entity(one) for one in await lookup.relationships(app, viewer.account_id, ids)]


async def relationship(app: App, viewer: Viewer, account_id: int) -> dict[str, Any]:
    """Return what stands between the viewer and one account. `NotFound` when it does not exist."""
    found = await relationships(app, viewer, [account_id])
    if not found:
        raise NotFound
    return found[0]


def _entity(one: Relationship) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "following": one.following,
        "showing_reblogs": one.reblogs,
        "notifying": one.notify,
        "languages": None if one.languages is None else list(one.languages),
        "followed_by": one.followed_by,
        "blocking": one.blocking,
        "blocked_by": one.blocked_by,
        "muting": one.muting,
        "muting_notifications": one.muting_notifications,
        "muting_expires_at": None if one.muting_expires_at is None else iso(one.muting_expires_at),
        "requested": one.requested,
        "requested_by": one.requested_by,
        "domain_blocking": one.domain_blocking,
        "endorsed": one.endorsed,
        "note": one.note,
    }

"""Conversation entities. https://docs.joinmastodon.org/entities/Conversation/"""

from collections.abc import Sequence
from typing import Any

from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.statuses import statuses
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.timelines.conversations import Exchange


async def conversations(app: App, exchanges: Sequence[Exchange], viewer: Viewer) -> list[dict[str, Any]]:
    """Return Conversation entities in order; who talks to nobody else takes part alone.

    `last_status` is None where the viewer may not see it any more.
    """
    people = {one.id: one.participants or (viewer.account_id,) for one in exchanges}
    wanted = list(dict.fromkeys(account_id for group in people.values() for account_id in group))
    found = {value["id"]: value for value in await accounts(app, wanted, viewer)}
    posts = await statuses(app, [one.last_post_id for one in exchanges], viewer, context="thread")
    last = {value["id"]: value for value in posts}
    return [
        {
            "id": str(one.id),
            "unread": one.unread,
            "accounts": [found[str(account_id)] for account_id in people[one.id] if str(account_id) in found],
            "last_status": last.get(str(one.last_post_id)),
        }
        for one in exchanges
    ]

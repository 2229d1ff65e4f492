"""What is streamed to clients of the API: `timelines.streams` by the scopes of a token, rendered for one viewer.

The bus carries events and ids only (`timelines.live`). Here each is asked for and rendered as its listener may see
it: a post that the stream's own query does not give this viewer (visibility, blocks, mutes) is not sent.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from fedinote.api.entities import announcements, reactions
from fedinote.api.entities.conversations import conversations as conversation_entities
from fedinote.api.entities.notifications import notifications
from fedinote.api.entities.statuses import statuses
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden
from fedinote.moderation.house import announcement_reactions
from fedinote.moderation.house import announcements as announced
from fedinote.posts import visibility
from fedinote.timelines import conversations, live
from fedinote.timelines import streams as channels
from fedinote.timelines.streams import Stream
from fedinote.timelines.window import Window
from fedinote.translation import preferences

_encode = msgspec.json.Encoder().encode
_READS = ("user", "user:notification")
_POSTS = ("update", "status.update")
__all__ = ["Stream", "find", "render", "told_as"]


async def find(app: App, viewer: Viewer, name: str, *, tag: str = "", list_id: str = "") -> Stream:
    """Return the stream of that name for this viewer.

    Raises BadRequest (no such stream, no tag), Forbidden (the token's scopes) and NotFound (no list of the viewer's).
    """
    _check(viewer, name)
    return await channels.find(app, viewer.account_id, name, tag=tag, list_id=list_id)


def _check(viewer: Viewer, name: str) -> None:
    wanted = {"user": ("read:statuses", "read:notifications"), "user:notification": ("read:notifications",)}
    if not any(viewer.has(scope) for scope in wanted.get(name, ("read:statuses",))):
        raise Forbidden("Access token does not have the required scopes")


async def render(app: App, viewer: Viewer, stream: Stream, event: str, about: int) -> str | None:
    """Return the payload of an event as text; None when this stream does not tell it, or not to this viewer.

    `filters_changed` has the empty payload.
    """
    if event.startswith(live.TRANSLATED):
        return await _translated(app, viewer, stream, event.removeprefix(live.TRANSLATED), about)
    if event in _POSTS or event == "delete":
        if stream.kind in ("user:notification", "direct") or not viewer.has("read:statuses"):
            return None
        return str(about) if event == "delete" else await _post(app, viewer, stream, about)
    if event == "notification" and stream.kind in _READS and viewer.has("read:notifications"):
        return _first([reactions.as_asked(one, ()) for one in await notifications(app, [about], viewer)])
    if event == "notifications_merged" and stream.kind in _READS and viewer.has("read:notifications"):
        return str(about)
    if stream.kind == "user" and event in _TO_EVERYBODY:
        return await _TO_EVERYBODY[event](app, about)
    if event == "conversation" and stream.kind == "direct":
        found = await conversations.page(app, viewer.account_id, Window.only(about).sql)
        return _first(await conversation_entities(app, found, viewer))
    return None


async def _nothing(app: App, about: int) -> str:
    return ""


async def _id(app: App, about: int) -> str:
    return str(about)


async def _announcement(app: App, announcement_id: int) -> str | None:
    rows = await announced.by_id(app, announcement_id)
    counted = await announcement_reactions.counted(app, [row["id"] for row in rows], 0)
    return _first([announcements.entity(app, row, counted) for row in rows])


async def _reaction(app: App, emoji_id: int) -> str | None:
    row = await announcement_reactions.by_id(app, emoji_id)
    return None if row is None else _first([announcements.streamed(row)])


_TO_EVERYBODY: dict[str, Callable[[App, int], Awaitable[str | None]]] = {
    "filters_changed": _nothing,
    "announcement": _announcement,
    "announcement.reaction": _reaction,
    "announcement.delete": _id,
}


def _first(found: list[dict[str, Any]]) -> str | None:
    return _encode(found[0]).decode() if found else None


def told_as(event: str) -> str:
    """Return the name by which clients know an event of the bus."""
    return "status.update" if event.startswith(live.TRANSLATED) else event


async def _translated(app: App, viewer: Viewer, stream: Stream, target: str, post_id: int) -> str | None:
    """Return a post that is there in a language now, for a viewer who has it translated into that one unasked.

    To a person's own channel it is only sent where that person has the post; elsewhere the stream must have it.
    """
    if not await _reads(app, viewer, stream, target, post_id):
        return None
    found = await statuses(app, [post_id], viewer, context=stream.context)
    return _first([one for one in found if "translation" in one])


async def _reads(app: App, viewer: Viewer, stream: Stream, target: str, post_id: int) -> bool:
    own = await preferences.reader(app, viewer.account_id)
    if own is None or own.target != target or not viewer.has("read:statuses"):
        return False
    if stream.kind in ("user:notification", "direct"):
        return False
    return stream.kind == "user" or await channels.has(app, viewer.account_id, stream, post_id)


async def hidden(app: App, viewer: Viewer, stream: Stream, event: str, post_id: int) -> bool:
    """Tell whether a post that the viewer has is to go, because a filter hides what its new translation says."""
    target = event.removeprefix(live.TRANSLATED)
    if target == event or not await _reads(app, viewer, stream, target, post_id):
        return False
    if not await visibility.visible(app, viewer.account_id, [post_id]):
        return False
    return not await statuses(app, [post_id], viewer, context=stream.context)


async def _post(app: App, viewer: Viewer, stream: Stream, post_id: int) -> str | None:
    if not await channels.has(app, viewer.account_id, stream, post_id):
        return None
    return _first(await statuses(app, [post_id], viewer, context=stream.context))

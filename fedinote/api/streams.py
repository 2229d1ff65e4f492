"""What can be streamed, and to whom: streams by name, their channels on the bus, and rendering for one viewer.

The bus carries events and ids only (`timelines.live`). Here each is asked for and rendered as its listener may see
it: a post that the stream's own query does not give this viewer (visibility, blocks, mutes) is not sent.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from fedinote.api.entities import announcements, reactions
from fedinote.api.entities.conversations import conversations as conversation_entities
from fedinote.api.entities.notifications import notifications
from fedinote.api.entities.statuses import statuses
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import BadRequest, Forbidden, Invalid
from fedinote.moderation import announcement_reactions
from fedinote.moderation import announcements as announced
from fedinote.timelines import conversations, lists, live, queries, tags
from fedinote.timelines.queries import Origin, Tags
from fedinote.timelines.window import Window
from fedinote.translation import preferences

_encode = msgspec.json.Encoder().encode
_READS = ("user", "user:notification")
_POSTS = ("update", "status.update")
_ORIGINS: dict[str, Origin] = {"": "anywhere", "local": "local", "remote": "remote"}
Kind = Literal["user", "user:notification", "public", "hashtag", "list", "direct"]


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of one viewer. `label` is what frames carry: its name and, if it has one, its tag or list.

    `subject` is the folded tag; `list_id` is set for lists.
    """

    kind: Kind
    label: tuple[str, ...]
    channel: str
    origin: Origin = "anywhere"
    only_media: bool = False
    subject: str = ""
    list_id: int = 0

    @property
    def channels(self) -> tuple[str, ...]:
        """What the stream listens to on the bus: its own channel, and for a home what is told to everybody."""
        return (self.channel, live.EVERYBODY) if self.kind == "user" else (self.channel,)


async def find(app: App, viewer: Viewer, name: str, *, tag: str = "", list_id: str = "") -> Stream:
    """Return the stream of that name for this viewer.

    Raises BadRequest (no such stream, no tag), Forbidden (the token's scopes) and NotFound (no list of the viewer's).
    """
    _check(viewer, name)
    head, *rest = name.split(":")
    match head:
        case "user" if rest in ([], ["notification"]):
            return Stream("user:notification" if rest else "user", (name,), live.user(viewer.account_id))
        case "direct" if not rest:
            return Stream("direct", (name,), live.direct(viewer.account_id))
        case "public":
            return _public(name, rest)
        case "hashtag" if rest in ([], ["local"]):
            return _hashtag(name, tag, local=bool(rest))
        case "list" if not rest:
            return await _list(app, viewer, name, list_id)
    raise BadRequest("Unknown stream type")


def _check(viewer: Viewer, name: str) -> None:
    wanted = {"user": ("read:statuses", "read:notifications"), "user:notification": ("read:notifications",)}
    if not any(viewer.has(scope) for scope in wanted.get(name, ("read:statuses",))):
        raise Forbidden("Access token does not have the required scopes")


def _public(name: str, rest: list[str]) -> Stream:
    media = rest[-1:] == ["media"]
    where = rest[:-1] if media else rest
    if where not in ([], ["local"], ["remote"]):
        raise BadRequest("Unknown stream type")
    return Stream("public", (name,), name, origin=_ORIGINS["".join(where)], only_media=media)


def _hashtag(name: str, tag: str, *, local: bool) -> Stream:
    if not tag.strip():
        raise BadRequest("Missing tag name parameter")
    folded = tags.parse(tag.strip()).name
    return Stream("hashtag", (name, tag), f"{name}:{folded}", origin="local" if local else "anywhere", subject=folded)


async def _list(app: App, viewer: Viewer, name: str, list_id: str) -> Stream:
    if not list_id:
        raise BadRequest("Missing list name parameter")
    if not (list_id.isascii() and list_id.isdigit() and len(list_id) < 19):
        raise Invalid("Validation failed: list is not an id")
    own = await lists.show(app, viewer.account_id, int(list_id))
    return Stream("list", (name, list_id), f"list:{own.id}", list_id=own.id)


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
    own = await preferences.reader(app, viewer.account_id)
    if own is None or own.target != target or not viewer.has("read:statuses"):
        return None
    if stream.kind in ("user:notification", "direct"):
        return None
    if stream.kind != "user" and not await _has(app, viewer.account_id, stream, Window.only(post_id)):
        return None
    context = "home" if stream.kind in ("user", "list") else "public"
    found = await statuses(app, [post_id], viewer, context=context)
    return _first([one for one in found if "translation" in one])


async def _post(app: App, viewer: Viewer, stream: Stream, post_id: int) -> str | None:
    if not await _has(app, viewer.account_id, stream, Window.only(post_id)):
        return None
    context = "home" if stream.kind in ("user", "list") else "public"
    return _first(await statuses(app, [post_id], viewer, context=context))


async def _has(app: App, viewer_id: int, stream: Stream, window: Window) -> bool:
    """Tell whether the stream's timeline has the post for this viewer."""
    kept: dict[str, Any] = {"origin": stream.origin, "only_media": stream.only_media}
    match stream.kind:
        case "user":
            found = await queries.home(app, viewer_id, window)
        case "public":
            found = await queries.public(app, viewer_id, window, **kept)
        case "hashtag":
            found = await queries.tag(app, viewer_id, Tags((stream.subject,)), window, **kept)
        case "list":
            found = await queries.list_(app, viewer_id, stream.list_id, window)
        case _:
            return False
    return bool(found.ids)

"""What somebody can listen to: timelines as channels of the bus, and whether one of them has a post for its listener.

The bus tells ids alone (`timelines.live`). Before an id goes any further, the timeline's own query is asked whether
it gives this viewer the post: visibility, blocks and mutes are decided there, for every door alike.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

from fedinote.infra.app import App
from fedinote.infra.errors import BadRequest, Invalid
from fedinote.timelines import lists, live, queries, tags
from fedinote.timelines.queries import Origin, Tags
from fedinote.timelines.window import Window

_ORIGINS: dict[str, Origin] = {"": "anywhere", "local": "local", "remote": "remote"}
Kind = Literal["user", "user:notification", "public", "house", "hashtag", "list", "direct"]
_HOUSE: Final = "house"


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
        """What the stream listens to on the bus: its own channel; for a home what is told to everybody, too."""
        also = {"user": (live.EVERYBODY,), _HOUSE: ("public:local",)}.get(self.kind, ())
        return (self.channel, *also)

    @property
    def context(self) -> str:
        """Which of the viewer's filters apply to posts of this stream."""
        return "home" if self.kind in ("user", "list") else "public"


async def find(app: App, account_id: int, name: str, *, tag: str = "", list_id: str = "") -> Stream:
    """Return the stream of that name for an account. BadRequest (no such stream, no tag), NotFound (no own list)."""
    head, *rest = name.split(":")
    match head:
        case "user" if rest in ([], ["notification"]):
            return Stream("user:notification" if rest else "user", (name,), live.user(account_id))
        case "direct" if not rest:
            return Stream("direct", (name,), live.direct(account_id))
        case "public":
            return _public(name, rest)
        case "hashtag" if rest in ([], ["local"]):
            return _hashtag(name, tag, local=bool(rest))
        case "list" if not rest:
            return await _list(app, account_id, name, list_id)
    raise BadRequest("Unknown stream type")


def house() -> Stream:
    """Return the stream of what is posted here, for members of this server alone too."""
    return Stream(_HOUSE, (_HOUSE,), live.HOUSE, origin="local")


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


async def _list(app: App, account_id: int, name: str, list_id: str) -> Stream:
    if not list_id:
        raise BadRequest("Missing list name parameter")
    if not (list_id.isascii() and list_id.isdigit() and len(list_id) < 19):
        raise Invalid("Validation failed: list is not an id")
    own = await lists.show(app, account_id, int(list_id))
    return Stream("list", (name, list_id), f"list:{own.id}", list_id=own.id)


async def page(app: App, viewer_id: int, stream: Stream, window: Window) -> list[int]:
    """Return the ids of a page of the stream's timeline, as it gives them to this viewer."""
    kept: dict[str, Any] = {"origin": stream.origin, "only_media": stream.only_media}
    match stream.kind:
        case "user":
            found = await queries.home(app, viewer_id, window)
        case "public":
            found = await queries.public(app, viewer_id, window, **kept)
        case "house":
            found = await queries.house(app, viewer_id, window)
        case "hashtag":
            found = await queries.tag(app, viewer_id, Tags((stream.subject,)), window, **kept)
        case "list":
            found = await queries.list_(app, viewer_id, stream.list_id, window)
        case _:
            return []
    return found.ids


async def has(app: App, viewer_id: int, stream: Stream, post_id: int) -> bool:
    """Tell whether the stream's timeline has the post for this viewer."""
    return bool(await page(app, viewer_id, stream, Window.only(post_id)))

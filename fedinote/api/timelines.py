"""Timelines. https://docs.joinmastodon.org/methods/timelines/"""

from fedinote.api.entities.statuses import statuses
from fedinote.api.paging import Page, paging
from fedinote.api.routing import Call, route
from fedinote.infra.errors import NotFound
from fedinote.timelines import lists, queries, tags, topics
from fedinote.timelines.queries import Origin, Slice, Tags

_READ = ("read:statuses",)


async def home(call: Call) -> Page:
    """Show whom and what the caller follows."""
    return await _page(call, await queries.home(call.app, call.me.account_id, paging(call)), "home")


async def public(call: Call) -> Page:
    """Show public posts, of this server (`local`), of others (`remote`) or of all."""
    found = await queries.public(
        call.app, call.viewer_id, paging(call), origin=origin(call), only_media=call.params.flag("only_media")
    )
    return await _page(call, found, "public")


def origin(call: Call) -> Origin:
    """Read where posts of a timeline may come from."""
    if call.params.flag("local"):
        return "local"
    return "remote" if call.params.flag("remote") else "anywhere"


async def tag(call: Call) -> Page:
    """Show public posts with a hashtag; `any[]`, `all[]` and `none[]` name more.

    No part of Mastodon: with `topic` the other hashtags of its topic count as well, also for somebody who chose that.
    """
    window = paging(call)
    names = _folded([call.path["name"], *call.params.list("any")])
    if not names:
        return Page()
    together = await topics.names(call.app, names[0], call.viewer_id, asked=call.params.flag("topic", None))
    wanted = Tags(
        tuple(dict.fromkeys((*together, *names[: queries.MAX_TAGS + 1]))),
        _folded(call.params.list("all")),
        _folded(call.params.list("none")),
        whole=True,
    )
    found = await queries.tag(
        call.app, call.viewer_id, wanted, window, origin=origin(call), only_media=call.params.flag("only_media")
    )
    return await _page(call, found, "public")


def _folded(names: list[str]) -> tuple[str, ...]:
    """Fold names of tags; what can be none is left out."""
    found = []
    for name in names:
        try:
            found.append(tags.parse(name).name)
        except NotFound:
            continue
    return tuple(dict.fromkeys(found))


async def list_(call: Call) -> Page:
    """Show what the members of one of the caller's lists post."""
    await lists.show(call.app, call.me.account_id, call.id())
    return await _page(call, await queries.list_(call.app, call.me.account_id, call.id(), paging(call)), "home")


async def _page(call: Call, found: Slice, context: str) -> Page:
    return Page(await statuses(call.app, found.ids, call.viewer, context=context), found.keys)


ROUTES = (
    route("GET", "/api/v1/timelines/home", home, auth="user", scopes=_READ),
    route("GET", "/api/v1/timelines/public", public, auth="optional-user", scopes=_READ),
    route("GET", "/api/v1/timelines/tag/{name}", tag, auth="optional-user", scopes=_READ),
    route("GET", "/api/v1/timelines/list/{id}", list_, auth="user", scopes=("read:lists",)),
)

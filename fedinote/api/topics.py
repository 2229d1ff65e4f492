"""Topics: hashtags of several languages as one. No part of Mastodon's API: see docs/client-api.md."""

from typing import Any

from fedinote.api.entities.statuses import statuses
from fedinote.api.entities.tags import url
from fedinote.api.paging import Page, paging
from fedinote.api.params import Params
from fedinote.api.routing import Call, route
from fedinote.api.timelines import origin
from fedinote.infra.app import App
from fedinote.moderation import moderator
from fedinote.moderation.house import topics as keeping
from fedinote.moderation.moderator import Power
from fedinote.timelines import queries, topic_suggestions, topics
from fedinote.timelines.queries import Tags
from fedinote.timelines.topics import Topic

_BASE = "/api/fedinote/v1"
_ADMIN = f"{_BASE}/admin/topics"
_READ, _WRITE = ("admin:read",), ("admin:write",)


def entity(app: App, topic: Topic, reader: str | None, *, personal: bool) -> dict[str, Any]:
    """Return a topic for clients; `title` is in the reader's language, `personal` adds what this person chose."""
    value: dict[str, Any] = {
        "id": str(topic.id),
        "slug": topic.slug,
        "title": topic.title(reader),
        "titles": dict(topic.titles),
        "tags": [{"id": str(tag.id), "name": tag.display, "url": url(app, tag.name)} for tag in topic.tags],
    }
    return {**value, "following": topic.following, "expand": topic.expand} if personal else value


def _entity(call: Call, topic: Topic, lang: str | None = None) -> dict[str, Any]:
    reader = call.viewer.locale if call.viewer else lang
    return entity(call.app, topic, reader, personal=call.viewer is not None)


async def index(call: Call) -> list[dict[str, Any]]:
    """List all topics; `tag` names a hashtag of the one that is wanted, `followed` those that the caller follows."""
    name, lang = call.params.text("tag"), call.params.text("lang")
    if name is not None:
        found = await topics.of_tag(call.app, name.removeprefix("#").lower(), call.viewer_id)
        return [] if found is None else [_entity(call, found, lang)]
    if call.params.flag("followed"):
        return [_entity(call, one, lang) for one in await topics.followed(call.app, call.viewer_id or 0)]
    return [_entity(call, one, lang) for one in await topics.everything(call.app, call.viewer_id)]


async def show(call: Call) -> dict[str, Any]:
    """Show a topic."""
    found = await topics.show(call.app, call.id(), call.viewer_id)
    return _entity(call, found, call.params.text("lang"))


async def _now(call: Call) -> dict[str, Any]:
    return _entity(call, await topics.show(call.app, call.id(), call.viewer_id))


async def follow(call: Call) -> dict[str, Any]:
    """Follow a topic; `expand`: show all of it in the timelines of its hashtags too."""
    await topics.follow(call.app, call.me.account_id, call.id(), expand=call.params.flag("expand", None))
    return await _now(call)


async def unfollow(call: Call) -> dict[str, Any]:
    """Follow a topic no longer."""
    await topics.unfollow(call.app, call.me.account_id, call.id())
    return await _now(call)


async def timeline(call: Call) -> Page:
    """Show public posts with any hashtag of a topic."""
    found = await topics.show(call.app, call.id())
    wanted = Tags(tuple(tag.name for tag in found.tags), whole=True)
    page = await queries.tag(
        call.app,
        call.viewer_id,
        wanted,
        paging(call),
        origin=origin(call),
        only_media=call.params.flag("only_media"),
    )
    return Page(await statuses(call.app, page.ids, call.viewer, context="public"), page.keys)


async def _by(call: Call) -> int:
    return (await moderator.acting(call.app, call.me, Power.TRENDS)).account_id


def _titles(params: Params) -> dict[str, str] | None:
    if "titles" not in params:
        return None
    given = params.mapping("titles")
    return {tag: given.text(tag, "") for tag in given}


async def admin_index(call: Call) -> list[dict[str, Any]]:
    """List all topics, for the staff."""
    await _by(call)
    return [_entity(call, one) for one in await topics.everything(call.app, call.viewer_id)]


async def suggestions(call: Call) -> list[dict[str, Any]]:
    """List pairs of hashtags that could be one topic, because people use them together."""
    await _by(call)
    limit = min(max(call.params.number("limit", 20), 1), 100)
    return [
        {
            "tags": list(one.tags),
            "posts": one.posts,
            "people": one.people,
            "score": one.score,
            "other_writing": one.other_writing,
            "topic_id": None if one.topic_id is None else str(one.topic_id),
        }
        for one in await topic_suggestions.suggestions(call.app, limit)
    ]


async def create(call: Call) -> dict[str, Any]:
    """Make a topic: `slug`, `tags[]`, `titles[<language>]`."""
    by, params = await _by(call), call.params
    return _entity(
        call,
        await keeping.create(call.app, by, params.need("slug"), params.list("tags"), titles=_titles(params)),
    )


async def update(call: Call) -> dict[str, Any]:
    """Change a topic: `add[]` and `remove[]` hashtags, `titles[<language>]` replaces all titles."""
    by, params = await _by(call), call.params
    changed = await keeping.change(
        call.app, by, call.id(), add=params.list("add"), remove=params.list("remove"), titles=_titles(params)
    )
    return _entity(call, changed)


async def delete(call: Call) -> dict[str, Any]:
    """Take a topic away; its hashtags stay."""
    await keeping.delete(call.app, await _by(call), call.id())
    return {}


ROUTES = (
    route("GET", f"{_BASE}/topics", index, auth="optional-user"),
    route("GET", f"{_BASE}/topics/{{id}}", show, auth="optional-user"),
    route("POST", f"{_BASE}/topics/{{id}}/follow", follow, auth="user", scopes=("write:follows",)),
    route("POST", f"{_BASE}/topics/{{id}}/unfollow", unfollow, auth="user", scopes=("write:follows",)),
    route("GET", f"{_BASE}/timelines/topic/{{id}}", timeline, auth="optional-user", scopes=("read:statuses",)),
    route("GET", _ADMIN, admin_index, auth="user", scopes=_READ),
    route("GET", f"{_ADMIN}/suggestions", suggestions, auth="user", scopes=_READ),
    route("POST", _ADMIN, create, auth="user", scopes=_WRITE),
    route("PATCH", f"{_ADMIN}/{{id}}", update, auth="user", scopes=_WRITE),
    route("DELETE", f"{_ADMIN}/{{id}}", delete, auth="user", scopes=_WRITE),
)

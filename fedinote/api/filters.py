"""Filters, version 2. https://docs.joinmastodon.org/methods/filters/"""

from datetime import timedelta
from typing import Any

from fedinote.api.entities import filters as entities
from fedinote.api.params import Params, is_id
from fedinote.api.routing import Call, route
from fedinote.infra.errors import Invalid, NotFound
from fedinote.timelines import filter_rules, filters
from fedinote.timelines.filter_rules import FilterChanges, KeywordChange

_READ, _WRITE = ("read:filters",), ("write:filters",)
_CENTURY = 100 * 366 * 86_400


def expiry(call: Call) -> dict[str, Any]:
    """Return what `expires_in` says about the end of a filter: seconds from now; empty or 0: never; absent: nothing."""
    if "expires_in" not in call.params:
        return {}
    seconds = call.params.number("expires_in", 0)
    if seconds < 0:
        raise Invalid("Validation failed: Expires in must not be negative")
    lasting = seconds == 0 or seconds > _CENTURY
    return {"sets_expiry": True, "expires_at": None if lasting else call.app.now() + timedelta(seconds=seconds)}


def _changes(call: Call) -> FilterChanges:
    params = call.params
    return FilterChanges(
        title=params.text("title"),
        context=params.list("context") if "context" in params else None,
        action=params.text("filter_action"),
        keywords=[_keyword_change(record) for record in params.records("keywords_attributes")],
        **expiry(call),
    )


def _keyword_change(record: Params) -> KeywordChange:
    given = record.text("id", "")
    if given and not is_id(given):
        raise NotFound
    return KeywordChange(
        keyword=record.text("keyword"),
        whole_word=record.flag("whole_word", None),
        id=int(given) if given else None,
        destroy=record.flag("_destroy"),
    )


async def index(call: Call) -> list[dict[str, Any]]:
    """List the caller's filters."""
    return [entities.whole(one) for one in await filters.of(call.app, call.me.account_id)]


async def show(call: Call) -> dict[str, Any]:
    """Show a filter."""
    return entities.whole(await filter_rules.show(call.app, call.me.account_id, call.id()))


async def create(call: Call) -> dict[str, Any]:
    """Make a filter, with keywords if they are given."""
    return entities.whole(await filter_rules.create(call.app, call.me.account_id, _changes(call)))


async def update(call: Call) -> dict[str, Any]:
    """Change a filter and its keywords."""
    return entities.whole(await filter_rules.update(call.app, call.me.account_id, call.id(), _changes(call)))


async def delete(call: Call) -> dict[str, Any]:
    """Delete a filter."""
    await filter_rules.delete(call.app, call.me.account_id, call.id())
    return {}


async def list_keywords(call: Call) -> list[dict[str, Any]]:
    """List the keywords of a filter."""
    found = await filter_rules.show(call.app, call.me.account_id, call.id())
    return [entities.keyword(word) for word in found.keywords]


async def add_keyword(call: Call) -> dict[str, Any]:
    """Put a keyword into a filter."""
    made = await filter_rules.add_keyword(
        call.app,
        call.me.account_id,
        call.id(),
        call.params.text("keyword", ""),
        whole_word=call.params.flag("whole_word", True),
    )
    return entities.keyword(made)


async def show_keyword(call: Call) -> dict[str, Any]:
    """Show a keyword."""
    _, word = await filter_rules.keyword(call.app, call.me.account_id, call.id())
    return entities.keyword(word)


async def update_keyword(call: Call) -> dict[str, Any]:
    """Change a keyword."""
    changed = await filter_rules.change_keyword(
        call.app,
        call.me.account_id,
        call.id(),
        call.params.text("keyword"),
        whole_word=call.params.flag("whole_word", None),
    )
    return entities.keyword(changed)


async def delete_keyword(call: Call) -> dict[str, Any]:
    """Delete a keyword."""
    await filter_rules.delete_keyword(call.app, call.me.account_id, call.id())
    return {}


async def list_posts(call: Call) -> list[dict[str, Any]]:
    """List the posts that a filter names."""
    found = await filter_rules.show(call.app, call.me.account_id, call.id())
    return [entities.named_post(named) for named in found.posts]


async def add_post(call: Call) -> dict[str, Any]:
    """Let a filter name a post."""
    given = call.params.need("status_id")
    if not is_id(given):
        raise NotFound
    return entities.named_post(await filter_rules.add_post(call.app, call.me.account_id, call.id(), int(given)))


async def show_post(call: Call) -> dict[str, Any]:
    """Show a post that a filter names."""
    return entities.named_post(await filter_rules.named_post(call.app, call.me.account_id, call.id()))


async def delete_post(call: Call) -> dict[str, Any]:
    """Let a filter no longer name a post. Mastodon answers {}, whatever its documentation says."""
    await filter_rules.delete_post(call.app, call.me.account_id, call.id())
    return {}


ROUTES = (
    route("GET", "/api/v2/filters", index, auth="user", scopes=_READ),
    route("POST", "/api/v2/filters", create, auth="user", scopes=_WRITE),
    route("GET", "/api/v2/filters/{id}", show, auth="user", scopes=_READ),
    route("PUT", "/api/v2/filters/{id}", update, auth="user", scopes=_WRITE),
    route("PATCH", "/api/v2/filters/{id}", update, auth="user", scopes=_WRITE),
    route("DELETE", "/api/v2/filters/{id}", delete, auth="user", scopes=_WRITE),
    route("GET", "/api/v2/filters/{id}/keywords", list_keywords, auth="user", scopes=_READ),
    route("POST", "/api/v2/filters/{id}/keywords", add_keyword, auth="user", scopes=_WRITE),
    route("GET", "/api/v2/filters/keywords/{id}", show_keyword, auth="user", scopes=_READ),
    route("PUT", "/api/v2/filters/keywords/{id}", update_keyword, auth="user", scopes=_WRITE),
    route("PATCH", "/api/v2/filters/keywords/{id}", update_keyword, auth="user", scopes=_WRITE),
    route("DELETE", "/api/v2/filters/keywords/{id}", delete_keyword, auth="user", scopes=_WRITE),
    route("GET", "/api/v2/filters/{id}/statuses", list_posts, auth="user", scopes=_READ),
    route("POST", "/api/v2/filters/{id}/statuses", add_post, auth="user", scopes=_WRITE),
    route("GET", "/api/v2/filters/statuses/{id}", show_post, auth="user", scopes=_READ),
    route("DELETE", "/api/v2/filters/statuses/{id}", delete_post, auth="user", scopes=_WRITE),
)

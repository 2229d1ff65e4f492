"""Filters, version 1, as older apps know them: each keyword with what its filter says.

https://docs.joinmastodon.org/methods/filters/#v1
"""

from typing import Any

from fedinote.api.entities.filters import version_1
from fedinote.api.filters import expiry
from fedinote.api.routing import Call, route
from fedinote.infra.errors import Invalid
from fedinote.timelines import filter_rules, filters
from fedinote.timelines.filter_rules import FilterChanges, KeywordChange

_READ, _WRITE = ("read:filters",), ("write:filters",)


async def index(call: Call) -> list[dict[str, Any]]:
    """List the keywords of the caller's filters."""
    found = await filters.of(call.app, call.me.account_id)
    return [version_1(one, word) for one in found for word in one.keywords]


async def show(call: Call) -> dict[str, Any]:
    """Show a keyword and its filter."""
    return version_1(*await filter_rules.keyword(call.app, call.me.account_id, call.id()))


def _action(call: Call, now: str) -> str | None:
    """Return the action that `irreversible` asks for; None where it says nothing new."""
    hides = call.params.flag("irreversible", now == "hide")
    if hides == (now == "hide"):
        return None
    return "hide" if hides else "warn"


async def create(call: Call) -> dict[str, Any]:
    """Make a filter of one keyword, titled by it."""
    phrase = call.params.text("phrase", "")
    changes = FilterChanges(
        title=phrase[: filter_rules.MAX_TITLE],
        context=call.params.list("context"),
        action=_action(call, "warn"),
        keywords=[KeywordChange(phrase, call.params.flag("whole_word", False))],
        **expiry(call),
    )
    made = await filter_rules.create(call.app, call.me.account_id, changes)
    return version_1(made, made.keywords[0])


async def update(call: Call) -> dict[str, Any]:
    """Change a keyword and its filter. `Invalid` where that would change the filter of other keywords too."""
    async with call.app.db.transaction():
        one, word = await filter_rules.keyword(call.app, call.me.account_id, call.id())
        context = tuple(call.params.list("context"))
        shared = FilterChanges(
            context=context if context and set(context) != set(one.context) else None,
            action=_action(call, one.action),
            **expiry(call),
        )
        if len(one.keywords) > 1 and shared != FilterChanges():
            raise Invalid("Validation failed: The filter has several keywords: only newer apps can change it")
        phrase = call.params.text("phrase")
        own = KeywordChange(phrase, call.params.flag("whole_word", None), word.id)
        changes = FilterChanges(
            title=phrase[: filter_rules.MAX_TITLE] if phrase and one.title == word.keyword else None,
            context=shared.context,
            action=shared.action,
            expires_at=shared.expires_at,
            sets_expiry=shared.sets_expiry,
            keywords=[own],
        )
        await filter_rules.update(call.app, call.me.account_id, one.id, changes)
        return version_1(*await filter_rules.keyword(call.app, call.me.account_id, word.id))


async def delete(call: Call) -> dict[str, Any]:
    """Delete a keyword, and its filter with the last one."""
    async with call.app.db.transaction():
        one, word = await filter_rules.keyword(call.app, call.me.account_id, call.id())
        if len(one.keywords) > 1 or one.posts:
            await filter_rules.delete_keyword(call.app, call.me.account_id, word.id)
        else:
            await filter_rules.delete(call.app, call.me.account_id, one.id)
    return {}


ROUTES = (
    route("GET", "/api/v1/filters", index, auth="user", scopes=_READ),
    route("POST", "/api/v1/filters", create, auth="user", scopes=_WRITE),
    route("GET", "/api/v1/filters/{id}", show, auth="user", scopes=_READ),
    route("PUT", "/api/v1/filters/{id}", update, auth="user", scopes=_WRITE),
    route("PATCH", "/api/v1/filters/{id}", update, auth="user", scopes=_WRITE),
    route("DELETE", "/api/v1/filters/{id}", delete, auth="user", scopes=_WRITE),
)

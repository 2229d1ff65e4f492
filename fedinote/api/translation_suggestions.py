"""Translations that readers suggest to authors. No part of Mastodon's API: see docs/client-api.md."""

from collections.abc import Sequence
from typing import Any

from fedinote.api import language_versions
from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.values import moment
from fedinote.api.routing import Call, route
from fedinote.auth.viewer import rank
from fedinote.moderation import moderator
from fedinote.moderation.house import contributions
from fedinote.moderation.moderator import Moderator, Power
from fedinote.translation import suggestions
from fedinote.translation.suggestions import Suggestion

_OF_POST = "/api/fedinote/v1/statuses/{id}/translation_suggestions"
_PATH = "/api/fedinote/v1/translation_suggestions"
_READ, _WRITE = ("read:statuses",), ("write:statuses",)


async def suggest(call: Call) -> Any:
    """POST …/translation_suggestions: suggest somebody's post in `language`, instead of what one suggested before."""
    made = await suggestions.suggest(
        call.app,
        call.me.account_id,
        call.id(),
        call.params.need("language", max=35),
        language_versions.version(call.params),
    )
    return (await _entities(call, [made]))[0]


async def of_post(call: Call) -> Any:
    """GET …/translation_suggestions: those that wait; the author and moderators see all, others their own."""
    by = await _moderator(call, "admin:read")
    found = await suggestions.of_post(call.app, call.me.account_id, call.id(), all_of_them=by is not None)
    return await _entities(call, found)


async def index(call: Call) -> Any:
    """GET /api/fedinote/v1/translation_suggestions: what waits for me to decide, or (`mine`) what I suggested."""
    listed = suggestions.by_person if call.params.flag("mine") else suggestions.to_author
    return await _entities(call, await listed(call.app, call.me.account_id))


async def accept(call: Call) -> Any:
    """POST …/:id/accept: put it on the post, with the name of who translated."""
    return await _decide(call, accepted=True)


async def reject(call: Call) -> Any:
    """POST …/:id/reject."""
    return await _decide(call, accepted=False)


async def _decide(call: Call, *, accepted: bool) -> Any:
    by = await _moderator(call, "admin:write")
    if by is None or await _own(call):
        made = await suggestions.decide(call.app, call.me.account_id, call.id(), accepted=accepted)
    else:
        made = await contributions.decide_suggestion(call.app, call.id(), accepted=accepted, by=by)
    return (await _entities(call, [made]))[0]


async def _own(call: Call) -> bool:
    return call.id() in {one.id for one in await suggestions.to_author(call.app, call.me.account_id)}


async def _moderator(call: Call, scope: str) -> Moderator | None:
    """Return the caller as somebody who may decide in place of authors, by the role of this moment; None for others."""
    if not rank(call.me.role) or not call.me.has(scope):
        return None
    return await moderator.acting(call.app, call.me, Power.PROPOSALS)


async def withdraw(call: Call) -> Any:
    """DELETE …/:id: take back what one suggested, while nobody decided."""
    await suggestions.withdraw(call.app, call.me.account_id, call.id())
    return {}


async def _entities(call: Call, found: Sequence[Suggestion]) -> list[dict[str, Any]]:
    people = {one["id"]: one for one in await accounts(call.app, [one.account_id for one in found], call.viewer)}
    return [
        {
            "id": str(one.id),
            "status_id": str(one.post_id),
            "account": people.get(str(one.account_id)),
            "language": one.language,
            **language_versions.sources({one.language: one.draft})[one.language],
            "state": one.state,
            "outdated": one.outdated,
            "created_at": moment(one.created_at),
        }
        for one in found
    ]


ROUTES = (
    route("POST", _OF_POST, suggest, auth="user", scopes=_WRITE, limit="suggestions"),
    route("GET", _OF_POST, of_post, auth="user", scopes=_READ),
    route("GET", _PATH, index, auth="user", scopes=_READ),
    route("POST", f"{_PATH}/{{id}}/accept", accept, auth="user", scopes=_WRITE),
    route("POST", f"{_PATH}/{{id}}/reject", reject, auth="user", scopes=_WRITE),
    route("DELETE", f"{_PATH}/{{id}}", withdraw, auth="user", scopes=_WRITE),
)

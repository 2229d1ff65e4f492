"""The moderators' rules and what they hold back, for the staff.

No part of Mastodon's API: see docs/client-api.md.
"""

from datetime import UTC, datetime
from typing import Any

from fedinote.api.entities import rules as entities
from fedinote.api.paging import Page, paging
from fedinote.api.params import Params
from fedinote.api.routing import Call, Handler, Route, route
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid
from fedinote.moderation import ip_blocks, moderator
from fedinote.moderation.automatic import held, rules, trying, undoing
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.moderator import Moderator, Power
from fedinote.posts import holding

_RULES, _HELD = "/api/fedinote/v1/admin/rules", "/api/fedinote/v1/admin/held"
_USUAL, _MOST = 40, 200
_MAX_VALUE = 1_000
_MAX_TAG = 35


async def _acting(call: Call, power: Power = Power.DOMAINS) -> Moderator:
    return await moderator.acting(call.app, call.me, power)


async def index(call: Call) -> Any:
    """GET …/admin/rules: all of them, oldest first, with how often each caught something."""
    await _acting(call)
    return [entities.rule(one) for one in await rules.listing(call.app)]


async def create(call: Call) -> Any:
    """POST …/admin/rules: a draft, which does nothing until it is switched on."""
    by = await _acting(call)
    return entities.rule(await rules.create(call.app, _wanted(call, None), by=by))


async def show(call: Call) -> Any:
    """GET …/admin/rules/:id."""
    await _acting(call)
    return entities.rule(await rules.get(call.app, call.id()))


async def update(call: Call) -> Any:
    """PATCH …/admin/rules/:id: what is not given stays; `state` (on, off, draft) switches, `owner_id` hands over."""
    by, rule_id = await _acting(call), call.id()
    changed = await rules.get(call.app, rule_id)
    state, owner = call.params.text("state"), call.params.number("owner_id")
    async with call.app.db.transaction():
        if set(call.params) - {"state", "owner_id"}:
            changed = await rules.change(call.app, rule_id, _wanted(call, changed), by=by)
        if owner is not None:
            changed = await rules.hand_over(call.app, rule_id, owner, by=by)
        if state is not None:
            changed = await rules.switch(call.app, rule_id, state, by=by)
    return entities.rule(changed)


async def remove(call: Call) -> Any:
    """DELETE …/admin/rules/:id, with the list of what it caught."""
    await rules.remove(call.app, call.id(), by=await _acting(call))
    return {}


async def trial(call: Call) -> Any:
    """GET …/admin/rules/:id/trial: what it would have caught among the public posts of the last `days`."""
    await _acting(call)
    days = call.params.number("days", trying.DAYS)
    if not 1 <= days <= trying.MAX_DAYS:
        raise Invalid(f"Validation failed: Days are between 1 and {trying.MAX_DAYS}")
    return entities.trial(await trying.run(call.app, await rules.get(call.app, call.id()), days=days))


async def undo(call: Call) -> Any:
    """POST …/admin/rules/:id/undo: switch it off and take back what it did, of all times or from `since` on."""
    by, since = await _acting(call), call.params.text("since", "", max=40)
    found = await undoing.undo(call.app, call.id(), by=by, since=_moment(since) if since else None)
    return entities.undone(found)


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the calendar ends with the year 9999
        raise Invalid("Validation failed: This is not a moment") from None


async def hits(call: Call) -> Any:
    """GET …/admin/rules/:id/hits: what it caught and why, newest first."""
    await _acting(call)
    rule, window = await rules.get(call.app, call.id()), paging(call, _USUAL, _MOST)
    found = list(window.arrange(await rules.hits(call.app, rule["id"], window.sql)))
    return Page([entities.hit(one) for one in found], [one["id"] for one in found])


async def list_held(call: Call) -> Any:
    """GET …/admin/held: posts that wait for a look, newest first; private ones without their words."""
    await _acting(call, Power.REPORTS)
    window = paging(call, _USUAL, _MOST)
    found = list(window.arrange(await holding.waiting(call.app, window.sql)))
    return Page([entities.held(one) for one in found], [one["id"] for one in found])


async def release(call: Call) -> Any:
    """POST …/admin/held/:id/release: publish it, as if it had just come."""
    by = await _acting(call, Power.REPORTS)
    post_id = await held.release(call.app, call.id(), by=by)
    return {"status_id": None if post_id is None else str(post_id)}


async def drop(call: Call) -> Any:
    """DELETE …/admin/held/:id: nobody will ever see it."""
    await held.drop(call.app, call.id(), by=await _acting(call, Power.REPORTS))
    return {}


def _wanted(call: Call, present: Row | None) -> Wanted:
    """Read a rule; of one that is there what is not given stays."""
    params, old = call.params, {} if present is None else entities.rule(present)
    kind = params.text("kind", old.get("kind"), max=16)
    title = params.text("title", old.get("title"), max=rules.MAX_TITLE)
    if kind is None or title is None:
        raise Invalid("Validation failed: A rule has a kind and a title")
    seconds = params.number("expires_in")
    kept = present["expires_at"] if present is not None and seconds is None else None
    return Wanted(
        kind=kind,
        terms=_terms(params.mapping("terms")) if "terms" in params else old.get("terms", {}),
        action=params.text("action", old.get("action", "note")),
        title=title,
        reason=params.text("reason", old.get("reason", ""), max=rules.MAX_TEXT),
        note=params.text("note", old.get("note", ""), max=rules.MAX_TEXT),
        origin=params.text("origin", old.get("origin", "all")),
        spares=params.text("spares", old.get("spares", ""), max=16),
        expires_at=from_ms(kept) if kept is not None else ip_blocks.expiry(call.app, seconds),
    )


def _terms(given: Params) -> dict[str, Any]:
    """Read what belongs to the kinds of rules; what a kind does not know is left out by it."""
    found: dict[str, Any] = {}
    for name in ("words", "hosts", "languages"):
        if name in given:
            found[name] = [text[:_MAX_VALUE] for text in given.list(name)]
    for name in ("most", "days", "times", "minutes"):
        if name in given:
            found[name] = given.number(name)
    for name in ("pattern", "doing"):
        if name in given:
            found[name] = given.text(name, "", max=_MAX_VALUE)
    for name in {"translate", "translate_for"} & set(given):
        found[name] = given.text(name, "", max=_MAX_TAG) or None
    return found | {name: given.flag(name) for name in ("only", "translations") if name in given}


def _rule(method: str, handler: Handler, rest: str = "") -> Route:
    scope = "admin:read:domain_blocks" if method == "GET" else "admin:write:domain_blocks"
    return route(method, f"{_RULES}{rest}", handler, auth="user", scopes=(scope,))


def _held(method: str, handler: Handler, rest: str = "") -> Route:
    scope = "admin:read:reports" if method == "GET" else "admin:write:reports"
    return route(method, f"{_HELD}{rest}", handler, auth="user", scopes=(scope,))


ROUTES = (
    _rule("GET", index),
    _rule("POST", create),
    _rule("GET", show, "/{id}"),
    _rule("PATCH", update, "/{id}"),
    _rule("DELETE", remove, "/{id}"),
    _rule("GET", trial, "/{id}/trial"),
    _rule("GET", hits, "/{id}/hits"),
    _rule("POST", undo, "/{id}/undo"),
    _held("GET", list_held),
    _held("POST", release, "/{id}/release"),
    _held("DELETE", drop, "/{id}"),
)

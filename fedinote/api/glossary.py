"""The glossary: for everybody to read, for members to propose to, for the staff to keep.

No part of Mastodon's API: see docs/client-api.md.
"""

from typing import Any

from starlette.responses import PlainTextResponse

from fedinote.api.entities import glossary as entities
from fedinote.api.params import Params
from fedinote.api.routing import Call, Handler, route
from fedinote.infra.errors import Invalid
from fedinote.moderation import moderator
from fedinote.moderation.house import contributions
from fedinote.moderation.moderator import Moderator, Power
from fedinote.translation import glossary_csv
from fedinote.translation import glossary_keeping as keeping
from fedinote.translation.glossary import Entry

_PATH = "/api/fedinote/v1/glossary"
_ADMIN = "/api/fedinote/v1/admin/glossary"
_READ, _WRITE = ("read:statuses",), ("write:statuses",)
_ADMIN_READ, _ADMIN_WRITE = ("admin:read",), ("admin:write",)


async def index(call: Call) -> Any:
    """GET /api/fedinote/v1/glossary: all entries, by their terms."""
    return [entities.entry(one) for one in await keeping.everything(call.app)]


async def propose(call: Call) -> Any:
    """POST …/glossary/proposals: propose an entry, new or instead of the one with its term."""
    comment = call.params.text("comment", "", max=keeping.MAX_COMMENT)
    made = await keeping.propose(call.app, call.me.account_id, _entry(call.params), comment)
    return (await entities.proposals(call.app, [made], call.me))[0]


async def mine(call: Call) -> Any:
    """GET …/glossary/proposals: one's own, decided or not."""
    return await entities.proposals(call.app, await keeping.proposals(call.app, of=call.me.account_id), call.me)


async def withdraw(call: Call) -> Any:
    """DELETE …/glossary/proposals/:id: take one's own back, while nobody decided."""
    await keeping.withdraw(call.app, call.me.account_id, call.id())
    return {}


def _entry(params: Params) -> Entry:
    return Entry(
        term=params.need("term", max=keeping.MAX_TERM),
        origin=params.need("origin", max=35),
        languages=tuple(params.list("languages")),
        meanings=_texts(params, "meanings"),
        translations=_texts(params, "translations"),
        keep=params.flag("keep"),
    )


def _texts(params: Params, name: str) -> dict[str, str]:
    stated = params.mapping(name)
    return {tag: stated.text(tag, "", max=keeping.MAX_TEXT) for tag in stated}


async def _keeper(call: Call, power: Power = Power.GLOSSARY) -> Moderator:
    return await moderator.acting(call.app, call.me, power)


async def create(call: Call) -> Any:
    """POST /api/fedinote/v1/admin/glossary: add an entry, or change the one with this term and origin."""
    by = await _keeper(call)
    return entities.entry(await contributions.put(call.app, _entry(call.params), by=by))


async def show(call: Call) -> Any:
    """GET /api/fedinote/v1/admin/glossary/:id."""
    await _keeper(call)
    return entities.entry(await keeping.show(call.app, call.id()))


async def update(call: Call) -> Any:
    """PUT /api/fedinote/v1/admin/glossary/:id: what is not named stays."""
    by, params = await _keeper(call), call.params
    old = await keeping.show(call.app, call.id())
    entry = Entry(
        id=old.id,
        term=params.text("term", old.term, max=keeping.MAX_TERM),
        origin=params.text("origin", old.origin, max=35),
        languages=tuple(params.list("languages")) if "languages" in params else old.languages,
        meanings=_texts(params, "meanings") if "meanings" in params else old.meanings,
        translations=_texts(params, "translations") if "translations" in params else old.translations,
        keep=params.flag("keep", old.keep),
    )
    return entities.entry(await contributions.put(call.app, entry, by=by))


async def remove(call: Call) -> Any:
    """DELETE /api/fedinote/v1/admin/glossary/:id."""
    await contributions.remove(call.app, call.id(), by=await _keeper(call))
    return {}


async def export(call: Call) -> Any:
    """GET /api/fedinote/v1/admin/glossary/export: as CSV."""
    await _keeper(call)
    text = glossary_csv.written(await keeping.everything(call.app))
    return PlainTextResponse(text, media_type="text/csv", headers={"Cache-Control": "private, no-store"})


async def import_(call: Call) -> Any:
    """POST /api/fedinote/v1/admin/glossary/import: entries from the CSV in `file` or `csv`, or (`starter`) our own."""
    by, params = await _keeper(call), call.params
    if params.flag("starter"):
        entries = glossary_csv.starter()
    else:
        file = params.file("file")
        try:
            text = file.data.decode("utf-8-sig") if file else params.need("csv", max=glossary_csv.MAX_BYTES)
        except UnicodeDecodeError:
            raise Invalid("Validation failed: The file is not in UTF-8") from None
        entries = glossary_csv.read(text)
    return {"imported": await contributions.put_all(call.app, entries, by=by)}


async def waiting(call: Call) -> Any:
    """GET /api/fedinote/v1/admin/glossary/proposals: those that wait, the oldest first; `state` for others."""
    await _keeper(call, Power.PROPOSALS)
    state = call.params.text("state", "open", max=16)
    return await entities.proposals(call.app, await keeping.proposals(call.app, state=state), call.me)


def _decision(*, accepted: bool) -> Handler:
    async def handler(call: Call) -> Any:
        by = await _keeper(call, Power.PROPOSALS)
        made = await contributions.decide(call.app, call.id(), accepted=accepted, by=by)
        return (await entities.proposals(call.app, [made], call.me))[0]

    return handler


ROUTES = (
    route("GET", _PATH, index, auth="public"),
    route("POST", f"{_PATH}/proposals", propose, auth="user", scopes=_WRITE, limit="suggestions"),
    route("GET", f"{_PATH}/proposals", mine, auth="user", scopes=_READ),
    route("DELETE", f"{_PATH}/proposals/{{id}}", withdraw, auth="user", scopes=_WRITE),
    route("POST", _ADMIN, create, auth="user", scopes=_ADMIN_WRITE),
    route("GET", f"{_ADMIN}/export", export, auth="user", scopes=_ADMIN_READ),
    route("POST", f"{_ADMIN}/import", import_, auth="user", scopes=_ADMIN_WRITE),
    route("GET", f"{_ADMIN}/proposals", waiting, auth="user", scopes=_ADMIN_READ),
    route("POST", f"{_ADMIN}/proposals/{{id}}/accept", _decision(accepted=True), auth="user", scopes=_ADMIN_WRITE),
    route("POST", f"{_ADMIN}/proposals/{{id}}/reject", _decision(accepted=False), auth="user", scopes=_ADMIN_WRITE),
    route("GET", f"{_ADMIN}/{{id}}", show, auth="user", scopes=_ADMIN_READ),
    route("PUT", f"{_ADMIN}/{{id}}", update, auth="user", scopes=_ADMIN_WRITE),
    route("DELETE", f"{_ADMIN}/{{id}}", remove, auth="user", scopes=_ADMIN_WRITE),
)

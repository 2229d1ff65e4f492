"""Translations that an author puts on a post after writing it: drafts by a machine to look at, and attaching.

No part of Mastodon's API: see docs/client-api.md.
"""

from typing import Any

from fedinote.api import language_versions
from fedinote.api.entities import statuses as entities
from fedinote.api.routing import Call, route
from fedinote.infra.errors import NotFound
from fedinote.posts import attached, visibility
from fedinote.translation import authored, drafting

_PATH = "/api/fedinote/v1/statuses/{id}/translations"
_WRITE = ("write:statuses",)


async def draft(call: Call) -> Any:
    """POST …/translations/draft: what an engine makes of one's own post in `lang`; nothing is stored."""
    made = await drafting.draft(call.app, call.me.account_id, call.id(), call.params.need("lang", max=35))
    return {
        "language": made.language,
        "detected_source_language": made.source or "und",
        **language_versions.sources({made.language: made.version})[made.language],
        "location": made.answer.location.value,
        "kind": made.answer.kind.value,
    }


async def attach(call: Call) -> Any:
    """PUT …/translations/:lang: put a version on one's own post, or another one in its place; answers the Status."""
    version = language_versions.version(call.params)
    await attached.attach(call.app, call.id(), _tag(call), version, author_id=call.me.account_id)
    return await entities.status(call.app, call.id(), call.viewer)


async def detach(call: Call) -> Any:
    """DELETE …/translations/:lang: take a version off one's own post; answers the Status."""
    await attached.detach(call.app, call.id(), _tag(call), author_id=call.me.account_id)
    return await entities.status(call.app, call.id(), call.viewer)


def _tag(call: Call) -> str:
    return call.path["lang"][:100]


async def index(call: Call) -> Any:
    """GET …/translations: in which other languages a post is there, and who translated."""
    row = await visibility.original(call.app, call.viewer_id, call.id())
    return language_versions.listing(row)


async def show(call: Call) -> Any:
    """GET …/translations/:lang: a version that came with the post. No engine is asked."""
    row = await visibility.original(call.app, call.viewer_id, call.id())
    found = await authored.find(call.app, row, _tag(call))
    if found is None:
        raise NotFound
    return found


ROUTES = (
    route("GET", _PATH, index, auth="optional-user", scopes=("read:statuses",)),
    route("GET", f"{_PATH}/{{lang}}", show, auth="optional-user", scopes=("read:statuses",)),
    route("POST", f"{_PATH}/draft", draft, auth="user", scopes=_WRITE),
    route("PUT", f"{_PATH}/{{lang}}", attach, auth="user", scopes=_WRITE, limit="statuses"),
    route("DELETE", f"{_PATH}/{{lang}}", detach, auth="user", scopes=_WRITE, limit="statuses"),
)

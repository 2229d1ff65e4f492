"""What Mastodon has given up and old clients may still ask for; routes that are not here or elsewhere answer 404.

https://docs.joinmastodon.org/methods/timelines/#direct, https://docs.joinmastodon.org/methods/search/#v1,
https://docs.joinmastodon.org/methods/emails/
"""

from typing import Any

from fedinote.api import search
from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.statuses import statuses
from fedinote.api.paging import Page, paging
from fedinote.api.routing import Call, route
from fedinote.infra.errors import Forbidden, NotFound
from fedinote.timelines import direct

_STATUSES = ("read:statuses",)


async def direct_timeline(call: Call) -> Page:
    """Show the direct posts that the caller wrote or is named in; `/api/v1/conversations` came in its place."""
    found = await direct.page(call.app, call.me.account_id, paging(call))
    return Page(await statuses(call.app, found.ids, call.viewer, context="thread"), found.keys)


async def search_v1(call: Call) -> Any:
    """Search as version 2 does, but with the bare names of hashtags, and without what is newer than it."""
    found = await search.search(call)
    kept = {kind: found[kind] for kind in ("accounts", "statuses")}
    return {**kept, "hashtags": [tag["name"] for tag in found["hashtags"]]}


async def identity_proofs(call: Call) -> Any:
    """Return no proofs of identity: there are none any more."""
    if not await accounts(call.app, [call.id()], call.viewer):
        raise NotFound
    return []


async def gone(call: Call) -> Any:
    """Answer as for a route that is not there, where another method would be."""
    raise NotFound("Not found")


async def email_confirmation(call: Call) -> Any:
    """Refuse to send a letter: no address waits to be confirmed here."""
    raise Forbidden("This method is only available while the e-mail is awaiting confirmation")


ROUTES = (
    route("GET", "/api/v1/timelines/direct", direct_timeline, auth="user", scopes=_STATUSES),
    route("GET", "/api/v1/search", search_v1, auth="user", scopes=("read:search",)),
    route("GET", "/api/v1/accounts/{id}/identity_proofs", identity_proofs, auth="user", scopes=("read:accounts",)),
    route("GET", "/api/v1/reports", gone, auth="public"),
    route("POST", "/api/v1/emails/confirmations", email_confirmation, auth="user", scopes=("write:accounts",)),
)

"""Accounts: finding and showing them, their posts, and signing up. Relations are in `follows.py`, one's own profile
in `profile.py`. https://docs.joinmastodon.org/methods/accounts/
"""

from typing import Any

from fedinote.accounts import profiles
from fedinote.api import access
from fedinote.api.entities.accounts import account, accounts
from fedinote.api.entities.statuses import statuses
from fedinote.api.paging import Page, paging
from fedinote.api.routing import Call, route
from fedinote.auth import registrations, tokens
from fedinote.auth.registrations import Form
from fedinote.federation import backfill, refreshing
from fedinote.infra.errors import Forbidden, InvalidField, NotFound
from fedinote.timelines import queries, tags

MANY = 80
_READ = ("read:accounts",)
_BLOCKED = "SELECT 1 AS value FROM blocks WHERE account_id = ? AND target_id = ?"


async def show(call: Call) -> Any:
    """GET /api/v1/accounts/:id. One of another server that is stale is fetched anew, for the next look."""
    if call.viewer is not None:
        await refreshing.soon(call.app, call.id())
    return await account(call.app, call.id(), call.viewer)


async def show_many(call: Call) -> Any:
    """GET /api/v1/accounts?id[]=: those that exist, in the order asked."""
    return await accounts(call.app, call.params.ids("id")[:MANY], call.viewer, bios=True)


async def lookup(call: Call) -> Any:
    """GET /api/v1/accounts/lookup?acct=: a handle that is known here; nobody else is asked."""
    found = await profiles.find(call.app, call.params.need("acct"))
    if found is None:
        raise NotFound
    return await account(call.app, found.id, call.viewer)


async def posts(call: Call) -> Any:
    """GET /api/v1/accounts/:id/statuses, with the filters of Mastodon, which combine.

    exclude_replies keeps answers to oneself; only_media and tagged leave boosts out by nature.
    """
    account_id, viewer_id = call.id(), call.viewer_id
    owner = await account(call.app, account_id)
    if owner.get("suspended") or (viewer_id and await call.app.db.row(_BLOCKED, account_id, viewer_id)):
        return Page()
    params = call.params
    profile = queries.Profile(
        pinned=params.flag("pinned"),
        only_media=params.flag("only_media"),
        exclude_replies=params.flag("exclude_replies"),
        exclude_reblogs=params.flag("exclude_reblogs"),
        tagged=tags.parse(tagged).name if (tagged := params.text("tagged")) else None,
    )
    found = await queries.account(call.app, viewer_id, account_id, paging(call), profile)
    if "max_id" not in params:
        await backfill.opened(call.app, account_id, stranger=call.viewer is None)
    return Page(await statuses(call.app, found.ids, call.viewer, context="account"), found.keys)


async def sign_up(call: Call) -> Any:
    """POST /api/v1/accounts: a new account, by an app's own token; answers a token for it."""
    app_token, params = call.app_token, call.params
    if app_token is None:
        raise Forbidden("This method needs a token of the app, not of a person")
    if not params.flag("agreement"):
        raise InvalidField("agreement", "ERR_ACCEPTED", "Agreement", "must be accepted")
    for field, label in (("username", "Username"), ("email", "E-mail address"), ("password", "Password")):
        if not params.text(field, "").strip():
            raise InvalidField(field, "ERR_BLANK", label, "can't be blank")
    form = Form(
        username=params.need("username"),
        email=params.need("email"),
        password=params.need("password"),
        reason=params.text("reason", ""),
        invite=params.text("invite_code", ""),
        locale=params.text("locale", "en", max=35),
    )
    address = access.ip_of(call.app, call.request)
    user = await registrations.register(call.app, form, address=address, app_id=app_token.app_id)
    issued = await tokens.issue(call.app, app_id=app_token.app_id, user_id=user.id, scopes=sorted(app_token.scopes))
    return {
        "access_token": issued.text,
        "token_type": "Bearer",
        "scope": " ".join(issued.scopes),
        "created_at": int(issued.created_at.timestamp()),
    }


ROUTES = (
    route("GET", "/api/v1/accounts", show_many, auth="optional-user", scopes=_READ),
    route("POST", "/api/v1/accounts", sign_up, auth="app", scopes=("write:accounts",)),
    route("GET", "/api/v1/accounts/lookup", lookup, auth="optional-user", scopes=_READ),
    route("GET", "/api/v1/accounts/{id}", show, auth="optional-user", scopes=_READ),
    route("GET", "/api/v1/accounts/{id}/statuses", posts, auth="optional-user", scopes=("read:statuses",)),
)

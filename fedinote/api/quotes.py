"""Quotes of posts, and who may quote. https://docs.joinmastodon.org/methods/statuses/#quotes"""

from typing import Any

from fedinote.api.entities.statuses import status, statuses
from fedinote.api.paging import Page, paging
from fedinote.api.params import Params
from fedinote.api.routing import Call, route
from fedinote.infra.errors import Invalid, NotFound
from fedinote.posts import answering, quotes, visibility

_READ, _WRITE = ("read:statuses",), ("write:statuses",)


def wanted(params: Params) -> int | None:
    """Return the post that a new one shall quote (`quoted_status_id`). NotFound for what is no id."""
    if not params.text("quoted_status_id"):
        return None
    found = params.ids("quoted_status_id")
    if not found:
        raise NotFound
    return found[0]


async def index(call: Call) -> Page:
    """List the posts that quote a post, with its author's consent, newest first."""
    post = await visibility.original(call.app, call.me.account_id, call.id())
    page = paging(call)
    window, values, order = page.sql("q.post_id")
    seen, params = visibility.condition("p", call.me.account_id)
    rows = page.arrange(
        await call.app.db.rows(
            "SELECT q.post_id AS id FROM quotes q JOIN posts p ON p.id = q.post_id"  # noqa: S608
            f" WHERE q.quoted_id = ? AND q.state = 'accepted' AND {seen} AND {window} {order}",
            post["id"],
            *params,
            *values,
        )
    )
    ids = [row["id"] for row in rows]
    return Page(await statuses(call.app, ids, call.viewer, context="thread"), ids)


async def revoke(call: Call) -> Any:
    """Take the consent to a quote of one's own post back; answers the quoting post."""
    quoting = call.id("quoting_id")
    await quotes.revoke(call.app, call.me.account_id, call.id(), quoting)
    return await status(call.app, quoting, call.viewer)


async def set_policy(call: Call) -> Any:
    """Say who may quote one's own post, and who may answer it: public, followers or nobody.

    `quote_approval_policy` and `reply_approval_policy`; what is not named stays.
    """
    quoting, replying = call.params.text("quote_approval_policy"), call.params.text("reply_approval_policy")
    if not (quoting or replying):
        raise Invalid("Validation failed: Quote approval policy is missing")
    async with call.app.db.transaction():
        if quoting:
            await quotes.set_policy(call.app, call.me.account_id, call.id(), quoting)
        if replying:
            await answering.set_policy(call.app, call.me.account_id, call.id(), replying)
    return await status(call.app, call.id(), call.viewer)


ROUTES = (
    route("GET", "/api/v1/statuses/{id}/quotes", index, auth="user", scopes=_READ),
    route("POST", "/api/v1/statuses/{id}/quotes/{quoting_id}/revoke", revoke, auth="user", scopes=_WRITE),
    route("PUT", "/api/v1/statuses/{id}/interaction_policy", set_policy, auth="user", scopes=_WRITE),
)

"""Notifications pushed to this browser: `/settings/push`. The session stands where an app has its token."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth.hashes import token_hash
from fedinote.infra.errors import BadRequest, NotFound
from fedinote.infra.keys import VAPID_PUBLIC
from fedinote.notifications import subscriptions
from fedinote.notifications.subscriptions import ALERTS, Holder, Subscription, Target
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.compose.files import answer
from fedinote.web.pages import page, redirect, upload, wants_part

PATH = "/settings/push"
OFFERED = ("mention", "follow", "follow_request", "favourite", "reblog", "status", "poll", "update", "quote")
"""The kinds of notifications that can be chosen on the page, in its order."""
_USUAL = frozenset({"mention", "follow", "follow_request", "quote", "poll"})


async def ask(request: Request) -> Response:
    """GET /settings/push: whether this browser gets messages, and which."""
    here = await browser.member(request)
    found = await _mine(here)
    chosen = {name for name, on in found.alerts.items() if on} if found else _USUAL
    return await shell.show(
        request,
        here,
        "compose/push.html",
        subscribed=found is not None,
        policy=found.policy if found else "all",
        kinds=[(name, name in chosen) for name in OFFERED],
        server_key=here.app.secrets[VAPID_PUBLIC],
    )


async def send(request: Request) -> Response:
    """POST /settings/push: `do` is subscribe (`endpoint`, `p256dh`, `auth`), choose, or stop.

    Boxes named `alert` and the field `policy` say what is pushed.
    """
    here = await browser.member(request)
    sent = await upload(request)
    browser.check_form(request, here, sent.fields)
    key, values = token_hash(here.member.token), sent.fields
    alerts = {name: name in sent.lists.get("alert", ()) for name in OFFERED if name in ALERTS}
    match values.get("do"):
        case "subscribe":
            target = Target(values.get("endpoint", ""), values.get("p256dh", ""), values.get("auth", ""), standard=True)
            holder = Holder(key, "", here.member.account_id)
            await subscriptions.subscribe(here.app, holder, target, alerts, values.get("policy", "all"))
        case "choose":
            await subscriptions.update(here.app, key, alerts, values.get("policy", "all"))
        case "stop":
            await subscriptions.unsubscribe(here.app, key)
        case _:
            raise BadRequest
    if wants_part(request):
        return answer(await _state(here))
    return browser.flash(here, redirect(PATH), here.words.gettext("Saved."))


async def _mine(here: Visit) -> Subscription | None:
    try:
        return await subscriptions.show(here.app, token_hash(here.member.token))
    except NotFound:
        return None


async def _state(here: Visit) -> dict[str, Any]:
    return {"subscribed": await _mine(here) is not None}


ROUTES = (
    Route(PATH, page(ask), methods=["GET"]),
    Route(PATH, page(send), methods=["POST"]),
)

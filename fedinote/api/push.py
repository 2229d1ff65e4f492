"""Push subscriptions. https://docs.joinmastodon.org/methods/push/"""

from typing import Any

from fedinote.api import access
from fedinote.api.entities import push as entities
from fedinote.api.params import Params
from fedinote.api.routing import Call, route
from fedinote.infra.errors import Unauthorized
from fedinote.notifications import subscriptions
from fedinote.notifications.subscriptions import ALERTS, Holder, Target

PATH = "/api/v1/push/subscription"
_PUSH = ("push",)


def _alerts(data: Params) -> dict[str, bool]:
    """Return the alerts that are named; unknown ones are left out, as in Mastodon."""
    given = data.mapping("alerts")
    return {name: given.flag(name) for name in given if name in ALERTS}


async def create(call: Call) -> dict[str, Any]:
    """Push to this endpoint from now on, in place of the token's former one."""
    token = access.bearer(call.request)
    if token is None:
        raise Unauthorized
    wanted, data = call.params.mapping("subscription"), call.params.mapping("data")
    keys = wanted.mapping("keys")
    target = Target(wanted.need("endpoint"), keys.need("p256dh"), keys.need("auth"), wanted.flag("standard"))
    holder = Holder(call.me.token_id, token, call.me.account_id)
    policy = data.text("policy", "all")
    return entities.subscription(
        call.app, await subscriptions.subscribe(call.app, holder, target, _alerts(data), policy)
    )


async def show(call: Call) -> dict[str, Any]:
    """Show the token's subscription."""
    return entities.subscription(call.app, await subscriptions.show(call.app, call.me.token_id))


async def update(call: Call) -> dict[str, Any]:
    """Change what is pushed; the endpoint stays. What is not named stays too."""
    before = await subscriptions.show(call.app, call.me.token_id)
    data = call.params.mapping("data")
    alerts = _alerts(data) if "alerts" in data else before.alerts
    policy = data.text("policy") or call.params.text("policy") or before.policy
    return entities.subscription(call.app, await subscriptions.update(call.app, call.me.token_id, alerts, policy))


async def delete(call: Call) -> dict[str, Any]:
    """Push no more."""
    await subscriptions.unsubscribe(call.app, call.me.token_id)
    return {}


ROUTES = (
    route("POST", PATH, create, auth="user", scopes=_PUSH),
    route("GET", PATH, show, auth="user", scopes=_PUSH),
    route("PUT", PATH, update, auth="user", scopes=_PUSH),
    route("DELETE", PATH, delete, auth="user", scopes=_PUSH),
)

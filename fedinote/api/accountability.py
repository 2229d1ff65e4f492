"""The public account of the moderation here, for programs. No part of Mastodon's API: see docs/client-api.md."""

from typing import Any

import msgspec

from fedinote.api.routing import Answer, Call, route
from fedinote.moderation import house_rules, publicity
from fedinote.moderation.house_rules import Rule


async def show(call: Call) -> Any:
    """GET /api/fedinote/v1/accountability: rules, policies, figures by month, and decisions without names."""
    found = msgspec.to_builtins(await publicity.account(call.app))
    instance = call.app.settings.instance
    body = {
        **found,
        "rules": [_rule(one) for one in await house_rules.everything(call.app)],
        "contact": {"email": instance.contact_email or None, "account": instance.contact_account or None},
        "page": call.app.url("/about/moderation"),
        "translation": call.app.url("/api/fedinote/v1/translation"),
    }
    return Answer(body, headers=(("cache-control", "public, max-age=60"),))


def _rule(one: Rule) -> dict[str, Any]:
    translations = {tag: {"text": said.text, "hint": said.hint} for tag, said in one.translations.items()}
    return {
        "id": str(one.number),
        "text": one.text,
        "hint": one.hint,
        "translations": translations,
        "in_force": not one.removed,
    }


ROUTES = (route("GET", "/api/fedinote/v1/accountability", show, auth="public"),)

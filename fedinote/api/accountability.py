"""The public account of the moderation here, for programs. No part of Mastodon's API: see docs/client-api.md."""

from typing import Any

import msgspec

from fedinote.api.routing import Answer, Call, route
from fedinote.moderation import anonymity, publicity
from fedinote.moderation.house import house_rules
from fedinote.moderation.house.house_rules import Rule
from fedinote.translation import accounting
from fedinote.translation.accounting import Account


async def show(call: Call) -> Any:
    """GET /api/fedinote/v1/accountability: rules, policies, lists, figures, decisions without names, engines."""
    found = msgspec.to_builtins(await publicity.account(call.app))
    settings = call.app.settings
    instance = settings.instance
    body = {
        **found,
        "rules": [_rule(one) for one in await house_rules.everything(call.app)],
        "contact": {"email": instance.contact_email or None, "account": instance.contact_account or None},
        "languages": list(instance.languages),
        "engines": [_engine(one) for one in await accounting.accounts(call.app) if one.in_use],
        "data": {"hosting": instance.hosting or None},
        "openness": {
            "decisions": settings.moderation.public_decisions,
            "after_days": min(max(settings.moderation.public_after_days, 0), anonymity.MOST_DAYS),
            "fewest_in_a_month": anonymity.FEW,
        },
        "page": call.app.url("/about/moderation"),
        "translation": call.app.url("/api/fedinote/v1/translation"),
    }
    return Answer(body, headers=(("cache-control", "public, max-age=60"),))


def _engine(one: Account) -> dict[str, Any]:
    return {"name": one.name, "location": one.location.value, "may_receive": list(one.given)}


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

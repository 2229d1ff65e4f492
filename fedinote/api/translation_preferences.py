"""What the caller wants translated without asking. No part of Mastodon's API: see docs/client-api.md."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fedinote.api.entities.accounts import accounts
from fedinote.api.params import Params
from fedinote.api.routing import Call, route
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.text import language
from fedinote.translation import preferences
from fedinote.translation.preferences import Preferences, Rule

_READ, _WRITE = ("read:accounts",), ("write:accounts",)


async def show(call: Call) -> Any:
    """GET /api/fedinote/v1/translation/preferences."""
    return preferences.entity(await preferences.of(call.app, call.me.account_id))


async def change(call: Call) -> Any:
    """PATCH /api/fedinote/v1/translation/preferences: what is named changes."""
    return await _store(call, await preferences.of(call.app, call.me.account_id))


async def put(call: Call) -> Any:
    """PUT /api/fedinote/v1/translation/preferences: what is not named is as if it was never chosen.

    Exceptions by account have endpoints of their own and stay.
    """
    former = await preferences.of(call.app, call.me.account_id)
    target = preferences.target_of(call.me.locale) or "en"
    return await _store(call, Preferences(target=target, accounts=former.accounts))


async def _store(call: Call, former: Preferences) -> dict[str, Any]:
    wanted = named(call.params, former)
    await preferences.store(call.app, call.me.account_id, wanted)
    return preferences.entity(wanted)


def named(params: Params, former: Preferences) -> Preferences:
    """Return preferences with what `mode`, `target`, `understood[]` and `languages[<tag>]` name. Raises Invalid.

    An empty `target` leaves it as it is; a language with neither "always" nor "never" has no exception any more.
    """
    mode, target = params.text("mode"), params.text("target")
    return replace(
        former,
        mode=preferences.mode(mode) if mode else former.mode,
        target=preferences.target(target) if target else former.target,
        understood=_understood(params) if "understood" in params else former.understood,
        languages=_rules(params) if "languages" in params else former.languages,
    )


def _understood(params: Params) -> tuple[str, ...]:
    texts = [text for text in params.list("understood") if text]  # an empty one clears the list: forms cannot say []
    return tuple(dict.fromkeys(preferences.known(text) for text in texts))


def _rules(params: Params) -> dict[str, Rule]:
    stated = params.mapping("languages")
    return {preferences.known(tag): preferences.rule(text) for tag in stated if (text := stated.text(tag))}


async def from_source(app: App, account_id: int, source: Params) -> None:
    """Take `source[translation][…]` of update_credentials, which is read as a PATCH is. Raises Invalid."""
    if "translation" in source:
        wanted = named(source.mapping("translation"), await preferences.of(app, account_id))
        await preferences.store(app, account_id, wanted)


async def except_language(call: Call) -> Any:
    """PUT /api/fedinote/v1/translation/languages/{tag}: `rule` always or never."""
    return await _language(call, preferences.rule(call.params.need("rule")))


async def forget_language(call: Call) -> Any:
    """DELETE /api/fedinote/v1/translation/languages/{tag}: the mode decides again."""
    return await _language(call, None)


async def _language(call: Call, rule: Rule | None) -> dict[str, Any]:
    tag = language.canonical(call.path["tag"])
    if tag is None:
        raise Invalid("Validation failed: The language is not a valid BCP 47 tag")
    former = await preferences.of(call.app, call.me.account_id)
    rules: Mapping[str, Rule] = {name: one for name, one in former.languages.items() if name != tag}
    wanted = replace(former, languages=rules if rule is None else {**rules, tag: rule})
    await preferences.store(call.app, call.me.account_id, wanted)
    return preferences.entity(wanted)


async def excepted(call: Call) -> Any:
    """GET /api/fedinote/v1/translation/accounts: whose posts are always or never translated."""
    own = await preferences.of(call.app, call.me.account_id)
    found = await accounts(call.app, list(own.accounts), call.viewer)
    return [{"rule": own.accounts[int(one["id"])].value, "account": one} for one in found]


async def except_account(call: Call) -> Any:
    """PUT /api/fedinote/v1/translation/accounts/{id}: `rule` always or never."""
    rule = preferences.rule(call.params.need("rule"))
    await preferences.except_account(call.app, call.me.account_id, call.id(), rule)
    return await show(call)


async def forget_account(call: Call) -> Any:
    """DELETE /api/fedinote/v1/translation/accounts/{id}: language and mode decide again."""
    await preferences.except_account(call.app, call.me.account_id, call.id(), None)
    return await show(call)


_BASE = "/api/fedinote/v1/translation"
ROUTES = (
    route("GET", f"{_BASE}/preferences", show, auth="user", scopes=_READ),
    route("PATCH", f"{_BASE}/preferences", change, auth="user", scopes=_WRITE),
    route("PUT", f"{_BASE}/preferences", put, auth="user", scopes=_WRITE),
    route("PUT", _BASE + "/languages/{tag}", except_language, auth="user", scopes=_WRITE),
    route("DELETE", _BASE + "/languages/{tag}", forget_language, auth="user", scopes=_WRITE),
    route("GET", f"{_BASE}/accounts", excepted, auth="user", scopes=_READ),
    route("PUT", _BASE + "/accounts/{id}", except_account, auth="user", scopes=_WRITE),
    route("DELETE", _BASE + "/accounts/{id}", forget_account, auth="user", scopes=_WRITE),
)

"""The page on which people choose what is translated for them without asking. It works without JavaScript."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.accounts import profiles
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest, Invalid, NotFound
from fedinote.text.language_names import offered, own_name
from fedinote.translation import preferences, routing
from fedinote.translation.preferences import Preferences, Rule
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.pages import form, page
from fedinote.web.settings.answers import done, number

PATH = "/settings/translation"
_RULES = {Rule.ALWAYS: "always", Rule.NEVER: "never"}
_EXCEPTED = "SELECT id, username, domain FROM accounts WHERE id IN_INTS(?) ORDER BY username_key, domain"


async def show(request: Request) -> Response:
    """GET /settings/translation: the form, for those who are signed in."""
    return await _page(request, await browser.member(request))


async def _page(request: Request, here: Visit, *, error: str = "", status: int = 200) -> Response:
    app, own = here.app, await preferences.of(here.app, here.member.account_id)
    return await shell.show(
        request,
        here,
        "settings/translation.html",
        status=status,
        error=here.words.error(error) if error else "",
        translates=routing.translates(app),
        accounts=await _excepted(app, own),
        **_values(own),
    )


def _values(own: Preferences) -> dict[str, Any]:
    names = offered()
    if own.target not in names:
        names = {own.target: own_name(own.target), **names}
    return {
        "mode": own.mode.value,
        "target": own.target,
        "names": list(names.items()),
        "understood": {tag: own_name(tag) for tag in own.understood},
        "languages_rules": [(tag, own_name(tag), _RULES[rule]) for tag, rule in own.languages.items()],
    }


async def _excepted(app: App, own: Preferences) -> list[tuple[int, str, str]]:
    rows = await app.db.rows(_EXCEPTED, list(own.accounts)) if own.accounts else []
    return [(row["id"], _handle(row), _RULES[own.accounts[row["id"]]]) for row in rows]


def _handle(row: Row) -> str:
    return f"@{row['username']}@{row['domain']}" if row["domain"] else f"@{row['username']}"


async def save(request: Request) -> Response:
    """POST /settings/translation: one of the forms of the page; `do` says which."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    try:
        await _apply(here.app, here.member.account_id, values)
    except (Invalid, NotFound) as error:
        text = error.message if isinstance(error, Invalid) else "This account is not known here."
        return await _page(request, here, error=text, status=error.status)
    return done(here, PATH)


async def _apply(app: App, account_id: int, values: Mapping[str, str]) -> None:
    match values.get("do"):
        case "mode":
            await _set_mode(app, account_id, values)
        case "language":
            await _set_language(app, account_id, preferences.known(values.get("tag", "")), values)
        case "account":
            author = await profiles.find(app, values.get("account", "").strip().removeprefix("@"))
            if author is None:
                raise NotFound
            await preferences.except_account(app, account_id, author.id, preferences.rule(values.get("rule", "")))
        case "forget-account":
            await preferences.except_account(app, account_id, number(values.get("id", "")), None)
        case _:
            raise BadRequest


async def _set_mode(app: App, account_id: int, values: Mapping[str, str]) -> None:
    former = await preferences.of(app, account_id)
    kept = [tag for tag in former.understood if f"read-{tag}" in values]
    if more := values.get("more", ""):
        kept.append(preferences.known(more))
    wanted = replace(
        former,
        mode=preferences.mode(values.get("mode", "")),
        target=preferences.target(values.get("target", "")),
        understood=tuple(dict.fromkeys(kept)),
    )
    await preferences.store(app, account_id, wanted)


async def _set_language(app: App, account_id: int, tag: str, values: Mapping[str, str]) -> None:
    """Make an exception for a language, or (no rule) end it."""
    former = await preferences.of(app, account_id)
    rules = {name: rule for name, rule in former.languages.items() if name != tag}
    if text := values.get("rule", ""):
        rules[tag] = preferences.rule(text)
    await preferences.store(app, account_id, replace(former, languages=rules))


ROUTES = (Route(PATH, page(show), methods=["GET"]), Route(PATH, page(save), methods=["POST"]))

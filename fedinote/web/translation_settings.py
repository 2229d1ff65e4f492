"""The page on which people choose what is translated for them without asking. It works without JavaScript."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.accounts import profiles
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest, Invalid, NotFound
from fedinote.text.language_names import offered, own_name
from fedinote.translation import preferences, routing
from fedinote.translation.preferences import Mode, Preferences, Rule
from fedinote.web import browser
from fedinote.web.browser import Visit
from fedinote.web.pages import form, page, query, redirect, render

PATH = "/settings/translation"
_MODES = {
    Mode.BUTTON: ("With the button only", "Posts are as their authors wrote them; your app may offer to translate."),
    Mode.APPEND: ("Below the original", "Every post in a language that you do not read has the translation below it."),
    Mode.REPLACE: ("Instead of the original", "The translate button of your app then shows what the author wrote."),
}
_RULES = {Rule.ALWAYS: "always", Rule.NEVER: "never"}
_EXCEPTED = "SELECT id, username, domain FROM accounts WHERE id IN_INTS(?) ORDER BY username_key, domain"


async def show(request: Request) -> Response:
    """GET /settings/translation: the form, for those who are signed in."""
    here = await browser.visit(request)
    if here.person is None:
        return redirect(f"/auth/sign_in?next={quote(PATH)}")
    return await _page(here, saved="saved" in query(request))


async def _page(here: Visit, *, saved: bool = False, error: str = "", status: int = 200) -> Response:
    assert here.person is not None
    app, own = here.app, await preferences.of(here.app, here.person.account_id)
    values = _values(own)
    values["accounts"] = await _excepted(app, own)
    response = render(
        app,
        "translation_settings.html",
        status=status,
        form_token=here.form_token(),
        person=here.person,
        saved=saved,
        error=error,
        translates=routing.translates(app),
        **values,
    )
    return here.keep(response)


def _values(own: Preferences) -> dict[str, Any]:
    names = offered()
    return {
        "modes": [(mode.value, *texts, mode is own.mode) for mode, texts in _MODES.items()],
        "rules": {rule.value: name for rule, name in _RULES.items()},
        "target": own.target,
        "names": names if own.target in names else {own.target: own_name(own.target), **names},
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
    here = await browser.visit(request)
    values = await form(request)
    if here.person is None:
        return redirect(f"/auth/sign_in?next={quote(PATH)}")
    browser.check_form(request, here, values)
    try:
        await _apply(here.app, here.person.account_id, values)
    except (Invalid, NotFound) as error:
        text = error.message if isinstance(error, Invalid) else "This account is not known here."
        return await _page(here, error=text.removeprefix("Validation failed: "), status=error.status)
    return redirect(f"{PATH}?saved")


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
            await preferences.except_account(app, account_id, _number(values.get("id", "")), None)
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


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise NotFound
    return int(text)


ROUTES = (Route(PATH, page(show), methods=["GET"]), Route(PATH, page(save), methods=["POST"]))

"""Language, theme and keys of the pages: kept with the account for members, and in the browser for everybody."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import users
from fedinote.infra.errors import Invalid
from fedinote.moderation import moderator
from fedinote.moderation.cases import comfort
from fedinote.web import browser, shell
from fedinote.web import words as catalogues
from fedinote.web.browser import LANGUAGE, SHORTCUTS, THEME, THEMES
from fedinote.web.pages import form, page, redirect
from fedinote.web.words import OFFERED

PATH = "/settings/interface"


async def show(request: Request) -> Response:
    """GET /settings/interface, for members and visitors."""
    here = await browser.visit(request)
    runs = here.person is not None and bool(moderator.powers(here.person.role))
    grey = runs and await comfort.greyscale(here.app, here.member.user_id)
    return await shell.show(
        request, here, "settings/interface.html", languages=list(OFFERED.items()), runs=runs, greyscale=grey
    )


async def save(request: Request) -> Response:
    """POST /settings/interface: `language`, `theme`, and `shortcuts` where there is `keys`; then back (`next`)."""
    here = await browser.visit(request)
    values = await form(request)
    browser.check_form(request, here, values)
    tag, theme = values.get("language", ""), values.get("theme", "")
    if tag not in OFFERED or theme not in THEMES:
        raise Invalid
    if here.person is not None:
        await users.set_defaults(here.app, here.person.user_id, locale=tag)
    response = redirect(browser.safe_path(values.get("next", PATH)))
    browser.remember(here.app, response, LANGUAGE, tag)
    browser.remember(here.app, response, THEME, theme)
    if "keys" in values:
        browser.remember(here.app, response, SHORTCUTS, "on" if "shortcuts" in values else "off")
    return browser.flash(here, response, catalogues.words(tag).gettext("Saved."))


ROUTES = (Route(PATH, page(show), methods=["GET"]), Route(PATH, page(save), methods=["POST"]))

"""What acts for one: browsers that are signed in, and apps that were let in; each can be turned out."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import grants, tokens
from fedinote.auth import sessions as kept
from fedinote.infra.errors import BadRequest
from fedinote.web import browser, shell
from fedinote.web.auth.consent import host
from fedinote.web.auth.scope_words import describe
from fedinote.web.pages import form, page
from fedinote.web.settings import devices
from fedinote.web.settings.answers import done, number

PATH = "/settings/sessions"


async def show(request: Request) -> Response:
    """GET /settings/sessions."""
    here = await browser.member(request)
    browsers = await kept.of(here.app, here.member)
    apps = await grants.of(here.app, here.member.user_id)
    return await shell.show(
        request,
        here,
        "settings/sessions.html",
        browsers=[(one, devices.name(here.words, one.user_agent), devices.phone(one.user_agent)) for one in browsers],
        apps=[(one, host(one.website), describe(here.words, one.scopes)) for one in apps],
    )


async def change(request: Request) -> Response:
    """POST /settings/sessions: `do` ends one browser's session, those of all others, one app, or all apps."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    app, person = here.app, here.member
    match values.get("do"):
        case "end":
            await kept.end_marked(app, person.user_id, values.get("mark", ""))
            return done(here, PATH, here.words.gettext("That browser is signed out."))
        case "end-others":
            await kept.end_all(app, person.user_id, keep=person.token)
            return done(here, PATH, here.words.gettext("All other browsers are signed out."))
        case "revoke":
            await grants.revoke(app, person.user_id, number(values.get("id", "")))
            return done(here, PATH, here.words.gettext("The app can do nothing here any more."))
        case "revoke-all":
            await tokens.revoke_all(app, person.user_id)
            return done(here, PATH, here.words.gettext("No app can do anything here any more."))
    raise BadRequest


ROUTES = (Route(PATH, page(show), methods=["GET"]), Route(PATH, page(change), methods=["POST"]))

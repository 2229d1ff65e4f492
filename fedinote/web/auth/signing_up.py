"""The pages for joining: the form as the mode of registrations allows, and invitation links."""

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.accounts import names, profiles
from fedinote.auth import invites, passwords, registrations, users
from fedinote.auth.registrations import Form
from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError, Forbidden, Invalid, TooMany
from fedinote.moderation.house import house_rules
from fedinote.text import language, language_names
from fedinote.web import browser, shell
from fedinote.web.auth.entering import begin_session
from fedinote.web.auth.mistakes import told
from fedinote.web.browser import Visit
from fedinote.web.pages import form, ip_of, page, query, redirect


async def sign_up_page(request: Request) -> Response:
    """GET /auth/sign_up: the form, or why there is none."""
    here = await browser.visit(request)
    if here.person is not None:
        return redirect("/")
    match here.app.settings.registrations.mode:
        case "closed":
            raise Forbidden("Nobody can sign up here at the moment.")
        case "invitation":
            raise Forbidden("Signing up here needs an invitation: ask somebody who is here for a link.")
    return await _form(request, here, _blank(here.app, request), onward=query(request).get("next", "/"))


async def invitation_page(request: Request) -> Response:
    """GET /invite/{code}: the form for somebody who was invited; a used link is 404 and offers to sign in."""
    here = await browser.visit(request)
    code = request.path_params["code"]
    offer = await invites.offer(here.app, code)
    if offer is None or (here.app.settings.registrations.mode == "closed" and not offer.by_operator):
        text = here.words.gettext(
            "It does not exist, was used already, or is too old. If you made your account with it, sign in."
        )
        link = ("/auth/sign_in", here.words.gettext("Sign in"))
        return await shell.say(
            request, here, here.words.gettext("This invitation is not good any more"), text, status=404, link=link
        )
    return await _form(request, here, _blank(here.app, request, code), role=offer.role)


def _blank(app: App, request: Request, code: str = "") -> Form:
    return Form(username="", email="", password="", invite=code, locale=_usual(app, request))


def _usual(app: App, request: Request) -> str:
    """Return the language that somebody most likely writes: the browser's, else the server's first one."""
    offered = _languages(app)
    wanted = [*browser.languages(request), *app.settings.instance.languages]
    return next((tag for one in wanted if (tag := language.match(one, offered))), "en")


def _languages(app: App) -> dict[str, str]:
    """Return the languages to choose from, by tag: those of the server first."""
    offered = language_names.offered()
    first = [tag for one in app.settings.instance.languages if (tag := language.match(one, offered))]
    return {tag: offered[tag] for tag in (*first, *offered)}


async def _form(
    request: Request,
    here: Visit,
    filled: Form,
    *,
    onward: str = "/",
    errors: Sequence[FediNoteError] = (),
    status: int = 200,
    role: str = "member",
    wait: int = 0,
) -> Response:
    return await shell.show(
        request,
        here,
        "auth/sign_up.html",
        status=status,
        headers={"Retry-After": str(wait)} if wait else {},
        filled=filled,
        onward=browser.safe_path(onward),
        errors=list(dict.fromkeys(told(here.words, one) for one in errors)),
        role=role,
        rules=[rule.wording(here.words.tag) for rule in await house_rules.listing(here.app)],
        languages=list(_languages(here.app).items()),
        reason_wanted=here.app.settings.registrations.mode == "approval" and not filled.invite,
    )


async def sign_up(request: Request) -> Response:
    """POST /auth/sign_up: make the account; sign in at once unless a moderator has to approve."""
    here = await browser.visit(request)
    values = await form(request)
    browser.check_form(request, here, values)
    onward = browser.safe_path(values.get("next", "/"))
    filled = Form(
        username=values.get("username", "").strip(),
        email=values.get("email", "").strip(),
        password=values.get("password", ""),
        reason=values.get("reason", ""),
        invite=values.get("invite", ""),
        locale=_stated(here.app, values.get("language", "")) or _usual(here.app, request),
    )
    try:
        await _check_agreed(here.app, filled, values)
        user = await registrations.register(here.app, filled, address=ip_of(request))
    except (Invalid, TooMany) as error:
        return await _again(request, here, filled, onward, error)
    await users.set_defaults(here.app, user.id, language=filled.locale)
    if user.state == "pending":
        text = here.words.gettext("Your account was made. You can sign in as soon as a moderator has approved it.")
        return await shell.say(
            request, here, here.words.gettext("Nearly there"), text, link=("/", here.words.gettext("To the front page"))
        )
    if user.role == "owner" and onward == "/":
        onward = "/admin/welcome"
    return await begin_session(request, user.id, onward)


async def _check_agreed(app: App, filled: Form, values: Mapping[str, str]) -> None:
    """Raise `Invalid` for somebody who could join and did not agree to the rules. Who will run the server writes them.

    Whoever cannot join is told that first, by `registrations.register`.
    """
    offer = await invites.offer(app, filled.invite) if filled.invite else None
    joins = app.settings.registrations.mode in ("open", "approval") if offer is None else offer.role != "owner"
    if joins and "agreed" not in values and await house_rules.listing(app):
        raise Invalid("Please read the rules, and agree to them")


def _stated(app: App, tag: str) -> str:
    return tag if tag in _languages(app) else ""


async def _again(request: Request, here: Visit, filled: Form, onward: str, error: Invalid | TooMany) -> Response:
    """Show the form once more, with everything that is wrong in it."""
    offer = await invites.offer(here.app, filled.invite) if filled.invite else None
    role = "member" if offer is None else offer.role
    wait, found = 0, [error]
    if isinstance(error, TooMany):
        wait = error.retry_after
    else:
        found += await _mistakes(here.app, filled)
    return await _form(request, here, filled, onward=onward, errors=found, status=error.status, role=role, wait=wait)


async def _mistakes(app: App, filled: Form) -> list[Invalid]:
    """Return what is wrong with a form: `registrations.register` tells the first thing alone."""
    found: list[Invalid] = []
    for check in (
        lambda: names.check(filled.username),
        lambda: registrations.check_email(filled.email),
        lambda: passwords.check(filled.password, username=filled.username, email=filled.email),
    ):
        try:
            check()
        except Invalid as error:
            found.append(error)
    try:
        await profiles.check_free(app, filled.username[: names.MAX_USERNAME])
    except Invalid as error:
        found.append(error)
    return found


ROUTES = (
    Route("/auth/sign_up", page(sign_up_page), methods=["GET"]),
    Route("/auth/sign_up", page(sign_up), methods=["POST"]),
    Route("/invite/{code}", page(invitation_page), methods=["GET"]),
)

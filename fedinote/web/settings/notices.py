"""From whom one hears: the policy of notifications."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.errors import Invalid
from fedinote.notifications import policy
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.pages import form, page
from fedinote.web.settings.answers import done

PATH = "/settings/notifications"


async def show(request: Request) -> Response:
    """GET /settings/notifications."""
    return await _page(request, await browser.member(request))


async def _page(request: Request, here: Visit, error: Invalid | None = None) -> Response:
    own = asdict(await policy.get(here.app, here.member.account_id))
    days = own.pop(policy.DAYS)
    return await shell.show(
        request,
        here,
        "settings/notifications.html",
        status=200 if error is None else error.status,
        rules=own,
        days=days,
        most_days=policy.MOST_DAYS,
        error="" if error is None else here.words.error(error.message),
    )


async def save(request: Request) -> Response:
    """POST /settings/notifications: a level for each kind of sender, and how long accounts are new."""
    here = await browser.member(request)
    values = await form(request)
    browser.check_form(request, here, values)
    try:
        wanted = {name: values[name] for name in policy.RULES if name in values}
        await policy.update(here.app, here.member.account_id, wanted, _days(values.get(policy.DAYS, "")))
    except Invalid as error:
        return await _page(request, here, error)
    return done(here, PATH)


def _days(text: str) -> int | None:
    """Return how many days were typed, None for nothing. Raises Invalid for what is no number."""
    if not text.strip():
        return None
    if not (text.isascii() and text.strip().isdigit() and len(text) < 6):
        raise Invalid(f"Validation failed: The days of new accounts must be between 1 and {policy.MOST_DAYS}")
    return int(text)


ROUTES = (Route(PATH, page(show), methods=["GET"]), Route(PATH, page(save), methods=["POST"]))

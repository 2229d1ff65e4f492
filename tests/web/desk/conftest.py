"""Browsers at the desk, and a report to work on."""

from collections.abc import Awaitable, Callable

import pytest

from fedinote.auth import sessions
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.translation.engine import Location
from fedinote.web import browser
from tests.moderation.staff import user
from tests.support.browser import Answer, Browser
from tests.support.people import client
from tests.translation.recorders import Recorder, engines

Entering = Callable[[User], Awaitable[Browser]]


@pytest.fixture
def entering(app: App) -> Entering:
    """Return what gives the browser of somebody who is signed in."""

    async def enter(one: User) -> Browser:
        found = client(app)
        found.cookies[browser.cookie_name(app, browser.SESSION)] = await sessions.start(app, one.id)
        return found

    return enter


async def speaker(app: App, name: str, locale: str, role: str = "member") -> User:
    """Make somebody whose interface is in a language."""
    made = await user(app, name, role)
    await app.db.execute("UPDATE users SET locale = ? WHERE id = ?", locale, made.id)
    return made


async def send(who: Browser, page: Answer, deed: str = "", **values: str) -> Answer:
    """Send the form of a page that does `deed` ("" for the first one), with its hidden fields and these values."""
    numbers = [place for place, one in enumerate(page.forms) if not deed or one.hidden.get("deed") == deed]
    return await who.submit(page, values, number=numbers[0])


def knowing(app: App, known: dict[str, str], *places: Location) -> dict[Location, Recorder]:
    """Let the app translate by recorders that know what these texts mean, as an engine must to be believed."""
    found = engines(app, *places)
    for one in found.values():
        one.answer = lambda text, target: known.get(text, f"{target} {text}")  # type: ignore[method-assign]
    return found

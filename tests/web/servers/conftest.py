"""An admin's browser, and forms with boxes to tick."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from tests.moderation.staff import user
from tests.support.browser import Answer, Browser
from tests.web.reading import signed_in

Entering = Callable[[str], Awaitable[Browser]]


@pytest.fixture
async def admin(app: App) -> User:
    return await user(app, "house", "admin")


@pytest.fixture
async def desk(app: App, admin: User) -> Browser:
    """Return the browser of an admin."""
    return await signed_in(app, admin)


async def tick(who: Browser, page: Answer, path: str, *fields: tuple[str, str]) -> Answer:
    """Send fields, of which some come several times, with the token of a page."""
    body = urlencode([("form_token", page.forms[0].hidden["form_token"]), *fields]).encode()
    return await who.send("POST", path, body, {"content_type": "application/x-www-form-urlencoded"})

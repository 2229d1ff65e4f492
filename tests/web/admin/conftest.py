"""Browsers of people of each role, signed in, at the whole server."""

from collections.abc import Awaitable, Callable

import pytest

from fedinote.auth import sessions
from fedinote.infra.app import App
from fedinote.web import browser
from tests.support.browser import Browser
from tests.support.people import client, person

SignedIn = Callable[[str], Awaitable[Browser]]


@pytest.fixture
def signed_in(app: App) -> SignedIn:
    """Return what makes somebody of a role, and gives their browser."""

    async def make(role: str) -> Browser:
        user = await person(app, f"the_{role}", role)
        found = client(app)
        found.cookies[browser.cookie_name(app, browser.SESSION)] = await sessions.start(app, user.id)
        return found

    return make

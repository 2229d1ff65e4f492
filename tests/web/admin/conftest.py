"""Browsers of people of each role, signed in, at the whole server."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from fedinote.auth import sessions
from fedinote.infra.app import App
from fedinote.web import browser
from tests.moderation.staff import user
from tests.support.browser import Answer, Browser
from tests.support.people import client

SignedIn = Callable[[str], Awaitable[Browser]]


@pytest.fixture
def signed_in(app: App) -> SignedIn:
    """Return what makes somebody of a role, and gives their browser."""

    async def make(role: str) -> Browser:
        made = await user(app, f"the_{role}", role)
        found = client(app)
        found.cookies[browser.cookie_name(app, browser.SESSION)] = await sessions.start(app, made.id)
        return found

    return make


async def send(who: Browser, page: Answer, action: str, fields: dict[str, str] | None = None, **values: Any) -> Answer:
    """Send the first form of a page that goes to `action`, with its hidden fields and these values."""
    numbers = [number for number, form in enumerate(page.forms) if form.action == action]
    return await who.submit(page, fields, number=numbers[0], **values)

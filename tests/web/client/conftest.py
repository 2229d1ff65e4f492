import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from tests.support.browser import Browser
from tests.support.people import person
from tests.web.reading import signed_in


@pytest.fixture
async def bob(app: App) -> User:
    return await person(app, "bob")


@pytest.fixture
async def browser(app: App, alice: User) -> Browser:
    return await signed_in(app, alice)

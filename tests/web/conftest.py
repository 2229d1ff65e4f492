import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from tests.support.browser import Browser
from tests.support.people import client, configure, person


@pytest.fixture(autouse=True)
def limits(request: pytest.FixtureRequest) -> None:
    """Count attempts in these tests, as a server does."""
    if "app" in request.fixturenames:
        app: App = request.getfixturevalue("app")
        configure(app, "limits", enabled=True)


@pytest.fixture
async def alice(app: App) -> User:
    return await person(app)


@pytest.fixture
def stranger(app: App) -> Browser:
    return client(app)

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from tests.support.browser import Browser
from tests.web.reading import signed_in


@pytest.fixture
async def browser(app: App, alice: User) -> Browser:
    """Return alice's browser."""
    return await signed_in(app, alice)

import pytest

from fedinote.infra.app import App
from tests.timelines.world import World


@pytest.fixture
def world(app: App) -> World:
    """An instance with nobody in it yet."""
    return World(app)

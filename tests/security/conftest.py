"""One app for all tests of a module: they only look."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from fedinote.bootstrap import running
from fedinote.infra.app import App
from fedinote.search import index
from tests.conftest import make_settings
from tests.security.stage import Stage
from tests.support.databases import Databases


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def one_app(dialect: str, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[App]:
    settings = make_settings(tmp_path_factory.mktemp("security"), await databases.take())
    async with running(settings) as built:
        yield built


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(one_app: App) -> Stage:
    played = await Stage(one_app).play()
    await index.catch_up(one_app)
    return played

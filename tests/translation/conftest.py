"""The real LibreTranslate server, once for a run of the tests."""

import os
from collections.abc import Iterator

import pytest

from tests.support.libretranslate import InstallError, RunningLibreTranslate, ensure


@pytest.fixture(scope="session")
def libretranslate() -> Iterator[RunningLibreTranslate]:
    """Where it cannot be installed the test is skipped, unless FEDINOTE_REQUIRE names it."""
    try:
        server = ensure()
    except InstallError as error:
        if "libretranslate" in os.environ.get("FEDINOTE_REQUIRE", "").split(","):
            raise
        pytest.skip(str(error))
    with server:
        yield server

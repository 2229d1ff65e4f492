"""A real browser (the system's Chromium, driven by Playwright) and servers that look lived in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from tests.support import requirements
from tests.support.process import ServerProcess
from tools.showcase import ENVIRONMENT, PASSWORD, Showcase

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}


# Module-wide, not longer: Playwright's own event loop must be gone before tests with asyncio run in this process.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    program = requirements.browser()
    if program is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-quic"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showcase]:
    """A server with notes in five languages."""
    with ServerProcess(tmp_path_factory.mktemp("house"), **ENVIRONMENT) as server:
        showcase = Showcase(server)
        showcase.furnish()
        yield showcase


Opening = Callable[..., Any]


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages in browsers of their own: `opened(base_url, viewport=…, locale=…, scripts=False)`.

    What a page's console calls an error, and what fails in its scripts, fails the test.
    """
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(
        base_url: str, *, viewport: Any = None, locale: str = "en-US", scripts: bool = True, theme: Any = "light"
    ) -> Page:
        context = chromium.new_context(
            base_url=base_url,
            viewport=viewport or DESK,
            locale=locale,
            java_script_enabled=scripts,
            color_scheme=theme,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
        page.on("console", lambda said: wrong.append(f"{page.url}: {said.text}") if _serious(said) else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def _serious(said: Any) -> bool:
    """Tell whether it is a fault of ours: refusals and a network that a test takes away are not."""
    away = ("status of 4", "net::ERR_CONNECTION_RESET", "net::ERR_INTERNET_DISCONNECTED")
    return said.type == "error" and not any(one in said.text for one in away)


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Sign somebody in by the form, as people do."""
    page.goto("/auth/sign_in")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/auth/sign_in" not in url)


@contextmanager
def expecting_part(page: Page, path: str) -> Iterator[None]:
    """Wait until a script has sent to a path that ends so."""
    with page.expect_response(lambda answer: answer.url.split("?")[0].endswith(path)):
        yield

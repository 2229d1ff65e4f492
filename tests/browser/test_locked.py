"""Those whose login is shut, in a real browser: the page is without barriers, and appealing works without scripts."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_signing_in import RULES
from tests.support.process import ServerProcess
from tools.showcase import ENVIRONMENT, PASSWORD, Showcase

Opened = Callable[..., Page]
REASON = "The post insults other people, which the rules of this house do not allow."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server on which mara is suspended."""
    with ServerProcess(tmp_path_factory.mktemp("shut"), **ENVIRONMENT) as running:
        house = Showcase(running)
        for name, role, scopes in (("house", "owner", "read write admin:read admin:write"), ("mara", "member", "read")):
            running.user(name, PASSWORD, role=role)
            house.tokens[name] = running.token(name, scopes)
        mara = house.call("mara", "GET", "/api/v1/accounts/verify_credentials")
        decision = {"type": "suspend", "text": REASON}
        house.call("house", "POST", f"/api/v1/admin/accounts/{mara['id']}/action", decision)
        yield running


def enter(page: Page) -> None:
    page.goto("/auth/sign_in")
    page.fill("input[name=login]", "mara")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/auth/locked")


@pytest.mark.parametrize(("viewport", "theme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk", "phone"])
def test_axe_finds_no_barrier_on_the_page_of_those_who_are_shut_out(
    opened: Opened, server: ServerProcess, viewport: Any, theme: str
) -> None:
    page = opened(server.base_url, viewport=viewport, theme=theme)
    enter(page)
    expect(page.locator("main")).to_contain_text(REASON)
    page.click("summary")
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(one["id"], one["help"]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_an_appeal_is_made_without_scripts(opened: Opened, server: ServerProcess) -> None:
    page = opened(server.base_url, scripts=False)
    enter(page)
    page.fill("textarea[name=text]", "I did not insult anybody")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("main")).to_contain_text("waits for a decision")
    expect(page.locator("main")).to_contain_text("I did not insult anybody")

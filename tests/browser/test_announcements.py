"""Announcements above the home timeline in a real browser: nobody is shut out, and they go with and without scripts.

A plan is reworded on the same server: its time is shown in the clock of the browser, and stays.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, sign_in
from tests.support.process import ServerProcess
from tools.showcase import ENVIRONMENT, PASSWORD

Opened = Callable[..., Page]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TEXT = (
    "---en---\nThe server will be away tomorrow from 18:00 to 19:00 UTC, because it gets a new disk. #maintenance\n"
    "---zh-Hans---\n明天十八点到十九点（UTC）服务器会停机，因为要换一块新的硬盘。"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("announcing"), **ENVIRONMENT) as running:
        for name in ("alice", "bob", "carol"):
            running.user(name, PASSWORD)
        running.run("announcement", "create", "--", TEXT)
        days = ("--starts-at", "2099-05-01", "--ends-at", "2099-05-03", "--all-day")
        running.run("announcement", "create", "A feast", *days)
        yield running


@pytest.mark.parametrize(("viewport", "theme"), [(PHONE, "light"), (DESK, "dark")])
def test_announcements_shut_nobody_out(
    server: ServerProcess, opened: Opened, viewport: dict[str, int], theme: str
) -> None:
    page = opened(server.base_url, viewport=viewport, theme=theme)
    sign_in(page, "alice")
    page.goto("/home")
    expect(page.locator(".announcement")).to_have_count(2)
    page.locator(".announcement summary").click()
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the screen"


def test_a_script_takes_them_away_one_by_one_and_keeps_the_focus(server: ServerProcess, opened: Opened) -> None:
    page = opened(server.base_url)
    sign_in(page, "bob")
    page.goto("/home")
    away = page.locator('.announcement button[data-key="away"]')
    away.nth(0).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".announcement")).to_have_count(1)
    expect(away).to_be_focused()
    away.click()
    expect(page.locator(".announcement")).to_have_count(0)
    page.reload()
    expect(page.locator("#timeline")).to_be_visible()
    expect(page.locator(".announcement")).to_have_count(0)


def test_they_go_away_without_scripts(server: ServerProcess, opened: Opened) -> None:
    page = opened(server.base_url, scripts=False)
    sign_in(page, "carol")
    page.goto("/home")
    page.locator(".announcement button").nth(0).click()
    expect(page).to_have_url(f"{server.base_url}/home")
    expect(page.locator(".announcement")).to_have_count(1)


def test_a_plan_is_reworded_and_keeps_its_time_in_the_clock_of_the_browser(
    server: ServerProcess, opened: Opened
) -> None:
    page = opened(server.base_url)
    sign_in(page, "alice")
    due = (datetime.now(UTC) + timedelta(days=3)).replace(second=0, microsecond=0)
    page.goto("/publish")
    page.fill("#text", "Tea at five")
    page.locator("[data-panel=later] summary").click()
    page.fill("#at", due.strftime("%Y-%m-%dT%H:%M"))
    page.click("[data-publish]")
    page.wait_for_url("**/scheduled")
    stated = page.locator(".planned time").get_attribute("datetime")
    page.get_by_role("link", name="Edit").click()
    expect(page.locator("#text")).to_have_value("Tea at five")
    page.goto("/drafts")  # looking at it leaves no draft behind
    expect(page.locator("#compose-local")).to_have_count(0)
    page.go_back()
    page.fill("#text", "Tea at six")
    expect(page.locator("[data-saved]")).to_have_text(re.compile("Draft kept"))
    page.reload()
    expect(page.locator("#text")).to_have_value("Tea at six")
    page.click("[data-publish]")
    page.wait_for_url("**/scheduled")
    expect(page.locator(".planned")).to_contain_text("Tea at six")
    assert page.locator(".planned time").get_attribute("datetime") == stated

"""A rule of the moderators in a real browser: written, tried and switched on; without scripts; without a barrier."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, sign_in
from tools.showcase import OWNER, Showcase

RULES = "/admin/policies/rules"


def barriers(page: Page) -> list[Any]:
    return [one["id"] for one in Axe().run(page).response["violations"]]


@pytest.mark.parametrize(("scripts", "viewport"), [(True, DESK), (False, PHONE)])
def test_a_rule_is_written_tried_and_switched_on_with_the_keyboard_or_without_scripts(
    house: Showcase, opened: Callable[..., Page], scripts: bool, viewport: Any
) -> None:
    page = opened(house.server.base_url, scripts=scripts, viewport=viewport)
    title = f"No tea {scripts}"
    sign_in(page, OWNER)
    page.goto(f"{RULES}/new")
    page.get_by_role("link", name="Words", exact=False).first.press("Enter")
    page.get_by_label("Words or phrases").fill("tea\n茶")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Only note it").check()
    page.get_by_role("button", name="Write it down and try it").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator(".verdict")).to_be_visible()
    assert page.locator(".passage mark").count() > 0
    if scripts:
        assert barriers(page) == []
    if page.get_by_label("I mean it").count():
        page.get_by_label("I mean it").check()
    page.get_by_role("button", name="Switch it on", exact=True).press("Enter")
    expect(page.locator(".state", has_text="In force")).to_be_visible()
    page.goto(RULES)
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("button", name="Switch it off")).to_be_visible()
    page.goto(f"{page.url.partition('?')[0]}/undo")
    if scripts:
        assert barriers(page) == []
    page.get_by_role("button", name="Take it back and switch the rule off").press("Enter")
    expect(page.locator(".state", has_text="Off").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

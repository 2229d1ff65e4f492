"""Explore in a real browser: notes open over the page under their own address, and more come when asked for."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tools.showcase import Showcase

Opened = Callable[..., Page]
MANY = 40


@pytest.fixture(scope="module")
def crowded(house: Showcase) -> Showcase:
    """A server with more notes than a page has."""
    author = next(iter(house.tokens))
    for number in range(MANY):
        house.call(author, "POST", "/api/v1/statuses", {"status": f"A note about number {number}", "language": "en"})
    return house


def test_a_note_opens_over_the_page_and_has_its_address(house: Showcase, opened: Opened) -> None:
    page = opened(house.server.base_url)
    page.goto("/explore")
    card = page.locator("a[data-note]").first
    address = card.get_attribute("href")
    card.click()
    dialog = page.locator("dialog[data-note-dialog]")
    expect(dialog.locator("article").first).to_be_visible()
    assert address is not None
    assert page.url.endswith(address)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.url.endswith("/explore")
    assert card.evaluate("one => one === document.activeElement")
    page.go_forward()
    expect(dialog.locator("article").first).to_be_visible()
    page.go_back()
    expect(dialog).to_be_hidden()
    page.goto(address)  # whoever is given the address sees the note
    expect(page.locator("main article").first).to_be_visible()


def test_more_notes_come_by_a_button_each_once(crowded: Showcase, opened: Opened) -> None:
    page = opened(crowded.server.base_url)
    page.goto("/explore?kind=text&lang=en")
    first = page.locator(".tile").count()
    page.locator("a[data-more]").click()
    expect(page.locator(".masonry")).to_have_count(2)
    numbers = page.locator(".tile").evaluate_all("all => all.map((one) => one.dataset.id)")
    assert len(numbers) == len(set(numbers)) > first
    assert page.locator(".masonry").nth(1).locator(".tile-open").first.evaluate("one => one === document.activeElement")


def test_without_scripts_cards_and_more_are_links(crowded: Showcase, opened: Opened) -> None:
    page = opened(crowded.server.base_url, scripts=False, viewport=PHONE)
    page.goto("/explore?kind=text&lang=en")
    before = page.locator(".tile").evaluate_all("all => all.map((one) => one.dataset.id)")
    page.locator("a[data-more]").click()
    after = page.locator(".tile").evaluate_all("all => all.map((one) => one.dataset.id)")
    assert after
    assert not set(before) & set(after)
    page.locator("a[data-note]").first.click()
    expect(page.locator("main article").first).to_be_visible()
    assert "/@" in page.url

"""The desk of the moderators in a real browser: single keys, undo, covered media, and all of it without scripts."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, expecting_part, sign_in
from tools.showcase import OWNER, Showcase

Open = Callable[..., Page]


def test_the_queue_is_worked_through_by_keys_and_undone(opened: Open, house: Showcase) -> None:
    page = opened(house.server.base_url)
    sign_in(page, OWNER)
    page.goto("/admin/reports")
    rows = page.locator("[data-rows] > li")
    expect(rows).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("x")
    expect(rows.nth(1).locator("input")).to_be_checked()
    page.keyboard.press("k")
    page.keyboard.press("x")
    page.keyboard.press("e")
    expect(page.locator(".undone")).to_contain_text("2 reports were closed.")
    expect(rows).to_have_count(1)
    page.keyboard.press("u")
    expect(rows).to_have_count(3)
    expect(page.locator("#notices")).to_contain_text("2 reports are as before")
    page.keyboard.press("?")
    expect(page.locator("dialog.keys-dialog")).to_be_visible()
    page.keyboard.press("?")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: house.cases["report"] in url)
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_url(lambda url: "/admin/audit" in url)


def test_media_is_covered_until_a_key_uncovers_it_and_colours_are_remembered(opened: Open, house: Showcase) -> None:
    page = opened(house.server.base_url)
    sign_in(page, OWNER)
    page.goto(f"/admin/reports/{house.cases['report']}")
    picture = page.locator(".covered img").first

    def look() -> str:
        return str(picture.evaluate("one => getComputedStyle(one).filter"))

    assert "blur" in look()
    assert "grayscale(1)" in look()
    page.keyboard.press("h")
    expect(picture).to_have_css("filter", "grayscale(1)")
    with expecting_part(page, "/admin/desk"):
        page.keyboard.press("c")
    expect(picture).to_have_css("filter", "none")
    page.reload()
    assert "blur" in look()
    assert "grayscale" not in look()
    with expecting_part(page, "/admin/desk"):
        page.keyboard.press("c")
    page.keyboard.press("n")
    expect(page.locator("#note-text")).to_be_focused()


def test_without_scripts_on_a_phone_reports_are_ticked_closed_and_undone(opened: Open, house: Showcase) -> None:
    page = opened(house.server.base_url, viewport=PHONE, scripts=False)
    sign_in(page, OWNER)
    page.goto("/admin/reports?category=spam")
    boxes = page.locator("#many input[name=report]")
    expect(boxes).to_have_count(2)
    boxes.first.check()
    page.click("button[value=resolve]")
    expect(page.locator(".undone")).to_contain_text("1 report was closed.")
    expect(boxes).to_have_count(1)
    page.click(".undone button")
    expect(boxes).to_have_count(2)
    page.goto(f"/admin/reports/{house.cases['report']}")
    assert page.locator(".covered img").first.evaluate("one => getComputedStyle(one).filter").startswith("blur")
    page.locator(".covered .uncover").first.check()
    assert "blur" not in page.locator(".covered img").first.evaluate("one => getComputedStyle(one).filter")


def test_single_keys_of_desk_and_client_are_switched_off_in_the_settings(opened: Open, house: Showcase) -> None:
    page = opened(house.server.base_url)
    sign_in(page, OWNER)
    page.goto("/settings/interface")
    page.get_by_label("Keyboard shortcuts").uncheck()
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_label("Keyboard shortcuts")).not_to_be_checked()
    for path in ("/admin/reports", "/home"):
        page.goto(path)
        page.keyboard.press("j")
        page.keyboard.press("?")
        assert page.evaluate("document.activeElement === document.body")
        expect(page.locator("dialog.keys-dialog")).to_have_count(0)
    page.goto("/settings/interface")
    page.get_by_label("Keyboard shortcuts").check()
    page.get_by_role("button", name="Save").first.click()
    for path in ("/admin/reports", "/home"):
        page.goto(path)
        page.keyboard.press("?")
        expect(page.locator("dialog.keys-dialog")).to_be_visible()


def test_the_bar_at_the_foot_of_a_phone_breaks_no_word_in_spanish(opened: Open, house: Showcase) -> None:
    page = opened(house.server.base_url, viewport=PHONE, locale="es-ES")
    sign_in(page, "cocina")
    page.goto("/settings/interface")
    page.select_option("select[name=language]", "es")
    page.locator("main form button").first.click()
    page.goto("/home")
    expect(page.locator(".site-nav")).to_contain_text("Explorar")
    words = ".site-nav > .nav-link > span:not(.unread), .site-nav .more > summary > span"
    wrong = page.evaluate(
        "s => [...document.querySelectorAll(s)].filter(one => one.getClientRects().length > 1"
        " || one.offsetHeight > 24 || one.scrollWidth > one.clientWidth + 1).map(one => one.textContent)",
        words,
    )
    assert wrong == []

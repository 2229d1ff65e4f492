"""Reading a note with scripts and without: pictures one after another and large, music, and two languages."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, sign_in
from tests.media.films import cover, needs_films, sound, with_cover
from tools.showcase import Showcase

Open = Callable[..., Page]


def _path(house: Showcase, post: dict[str, Any]) -> str:
    return str(post["url"]).removeprefix(house.server.base_url)


def _note(house: Showcase) -> dict[str, Any]:
    """A note with several pictures and versions in other languages."""
    return next(post for post in house.posts if len(post["media_attachments"]) > 2 and post["translations"])


@pytest.fixture(params=["en-US", "ar"])
def page(request: pytest.FixtureRequest, house: Showcase, opened: Open) -> Page:
    shown = opened(house.server.base_url, locale=request.param)
    shown.goto(_path(house, _note(house)))
    return shown


def test_pictures_are_stepped_through_by_buttons_and_keys(page: Page) -> None:
    box = page.locator("article.main .carousel")
    place = box.locator("[data-place]")
    expect(place).to_have_text("1")
    expect(box.locator("[data-step='-1']")).to_be_disabled()
    box.locator("[data-step='1']").click()
    expect(place).to_have_text("2")
    box.locator("[data-slides]").focus()
    page.keyboard.press("End")
    expect(place).to_have_text("3")
    expect(box.locator("[data-step='1']")).to_be_disabled()
    page.keyboard.press("Home")
    expect(place).to_have_text("1")


def test_a_picture_opens_large_with_its_description_and_escape_closes_it(page: Page) -> None:
    shot = page.locator("article.main [data-shot]").first
    description = shot.get_attribute("data-alt")
    shot.click()
    viewer = page.locator("dialog.viewer")
    expect(viewer).to_be_visible()
    expect(viewer.locator("p")).to_have_text(description or "")
    first = viewer.locator("img").get_attribute("src")
    page.keyboard.press("ArrowRight")
    expect(viewer.locator("img")).not_to_have_attribute("src", first or "")
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()


def test_languages_are_turned_to_one_at_a_time_or_seen_side_by_side(house: Showcase, opened: Open) -> None:
    shown = opened(house.server.base_url)
    path = _path(house, _note(house))
    shown.goto(path)
    words = shown.locator("article.main .bilingual").first
    own, best = words.locator(".text.own"), words.locator(".text.best")
    expect(best).to_be_visible()
    expect(own).to_be_hidden()
    words.locator("label", has=shown.locator("input[value='0']")).click()
    expect(own).to_be_visible()
    expect(best).to_be_hidden()
    words.locator(".aside-by").click()
    expect(own).to_be_visible()
    expect(best).to_be_visible()
    with shown.expect_response("**/reading"):
        words.locator(".one-by").click()
        words.locator(".aside-by").click()
    shown.wait_for_load_state("networkidle")
    shown.goto(path)
    expect(shown.locator("article.main .bilingual.beside")).to_be_visible()


def test_without_scripts_languages_turn_and_pictures_are_links(house: Showcase, opened: Open) -> None:
    shown = opened(house.server.base_url, scripts=False, viewport=PHONE)
    shown.goto(_path(house, _note(house)))
    words = shown.locator("article.main .bilingual").first
    words.locator("label", has=shown.locator("input[value='0']")).click()
    expect(words.locator(".text.own")).to_be_visible()
    expect(words.locator(".text.best")).to_be_hidden()
    words.locator(".aside-by").click()
    expect(shown.locator("article.main .bilingual.beside")).to_be_visible()
    expect(shown.locator("article.main [data-step='1']")).to_be_hidden()
    link = shown.locator("article.main .shot").first.get_attribute("href")
    assert shown.request.get(str(link)).headers["content-type"] == "image/jpeg"


@needs_films
def test_music_plays_by_its_cover_and_is_sought_on_its_waveform(house: Showcase, opened: Open) -> None:
    data = with_cover(sound(), cover(), title="Low tide", artist="Harbour Notes")
    track = house.send("harbour", "a.mp3", "audio/mpeg", io.BytesIO(data).getvalue())
    post = house.call("harbour", "POST", "/api/v1/statuses", {"status": "listen", "media_ids": [track]})
    shown = opened(house.server.base_url)
    shown.goto(_path(house, post))
    card = shown.locator(".track")
    expect(card.locator(".name")).to_have_text("Low tide")
    press = card.get_by_role("button", name="Play")
    press.click()
    expect(card.get_by_role("button", name="Pause")).to_be_visible()
    slider = card.get_by_role("slider", name="Position")
    slider.focus()
    shown.keyboard.press("ArrowRight")
    expect(card.locator("[data-heard]")).not_to_have_attribute("width", "0")
    plain = opened(house.server.base_url, scripts=False)
    plain.goto(_path(house, post))
    assert plain.locator(".track audio").get_attribute("controls") is not None
    expect(plain.locator(".track [data-press]")).to_be_hidden()


def test_a_member_asks_for_a_translation_and_it_appears_in_place(house: Showcase, opened: Open) -> None:
    post = house.call("teahouse", "POST", "/api/v1/statuses", {"status": "你好世界", "language": "zh-Hans"})
    shown = opened(house.server.base_url)
    sign_in(shown, "harbour")
    shown.goto(_path(house, post))
    words = shown.locator(f"#text-{post['id']}")
    words.locator("button.ask").click()
    expect(words.locator(".text.best .words")).to_contain_text("Hello")
    expect(words.locator(".text.best .made")).to_contain_text("phrase book")
    expect(words.locator(".text.own")).to_be_hidden()

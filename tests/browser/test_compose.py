"""Writing in a real browser: pictures pasted and dropped, two languages, drafts, and a network that comes and goes."""

import base64
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Page, expect

from tests.browser.conftest import PHONE, sign_in
from tests.media.films import film, needs_films, sound, with_cover
from tests.media.pictures import encoded, picture
from tests.support.process import ServerProcess
from tools.showcase import ENVIRONMENT, PASSWORD

Opened = Callable[..., Page]
_GIVE = """([data, name, how, target]) => {
  const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, { type: "image/png" }));
  const options = { bubbles: true, cancelable: true };
  const event = how === "paste" ? new ClipboardEvent("paste", { ...options, clipboardData: carried })
    : new DragEvent("drop", { ...options, dataTransfer: carried });
  document.querySelector(target).dispatchEvent(event);
}"""
_STORED = """(store) => new Promise((done, failed) => {
  const asked = indexedDB.open("fedinote-writing", 1);
  asked.onsuccess = () => {
    const all = asked.result.transaction(store).objectStore(store).getAll();
    all.onsuccess = () => { done(all.result.length); asked.result.close(); };
    all.onerror = () => failed(all.error);
  };
})"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("writing"), **ENVIRONMENT) as running:
        for name in ("alice", "albert"):
            running.user(name, PASSWORD)
        yield running


@pytest.fixture
def page(server: ServerProcess, opened: Opened) -> Page:
    found = opened(server.base_url)
    sign_in(found, "alice")
    found.goto("/publish")
    expect(found.locator("#text-count")).to_contain_text("characters left")
    return found


def _png() -> bytes:
    return encoded(picture(), "PNG")


def _give(page: Page, how: str, name: str = "a.png") -> None:
    """Paste or drop a picture, as soon as the page listens."""
    expect(page.locator("#text-count")).to_contain_text("characters left")
    page.evaluate(_GIVE, [base64.b64encode(_png()).decode(), name, how, "#text"])


def _wait_for_files(page: Page, number: int) -> None:
    expect(page.locator('[data-file][data-state="ready"]')).to_have_count(number)


def _saved(page: Page) -> None:
    expect(page.locator("[data-saved]")).to_have_text("Draft kept in this browser")


def _posts(page: Page) -> Any:
    """The posts of alice as the client API has them, newest first."""
    found = page.request.get("/api/v1/accounts/lookup?acct=alice").json()
    return page.request.get(f"/api/v1/accounts/{found['id']}/statuses").json()


def test_pictures_are_pasted_dropped_described_put_in_order_and_published(page: Page) -> None:
    page.fill("#text", "Two cups")
    _give(page, "paste", "one.png")
    _give(page, "drop", "two.png")
    _wait_for_files(page, 2)
    alts = page.locator('textarea[data-field="alt"]')
    alts.nth(0).fill("the first")
    alts.nth(1).fill("the second")
    page.locator("[data-later]").nth(0).focus()
    page.keyboard.press("Enter")
    expect(alts.nth(0)).to_have_value("the second")
    page.locator("[data-focus]:visible").nth(0).click()
    expect(page.locator("dialog.focus-picker .focus-frame")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Done").click()
    page.click("[data-publish]")
    page.wait_for_url(re.compile(r"/@alice/\d+$"))
    newest = _posts(page)[0]
    assert [one["description"] for one in newest["media_attachments"]] == ["the second", "the first"]
    assert newest["media_attachments"][0]["meta"]["focus"] == {"x": 0.1, "y": 0.1}


def test_an_upload_shows_how_far_it_is_and_is_tried_again(page: Page) -> None:
    failures: list[str] = []

    def fail_once(route: Any) -> None:
        if not failures:
            failures.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/compose/media", fail_once)
    page.set_input_files("#files", {"name": "a.png", "mimeType": "image/png", "buffer": _png()})
    expect(page.locator("[data-said]")).to_contain_text("Waits for a connection")
    page.locator("[data-retry]").click()
    _wait_for_files(page, 1)
    assert len(failures) == 1


def test_what_was_written_is_there_again_after_a_reload_with_its_pictures(page: Page, server: ServerProcess) -> None:
    page.fill("#text", "half a thought")
    page.click("details.panel[data-panel=warning] summary")
    page.fill("#warning", "tea")
    page.route("**/compose/media", lambda route: route.abort("connectionreset"))
    _give(page, "paste")
    expect(page.locator("[data-said]")).to_contain_text("Waits for a connection")
    _saved(page)
    page.wait_for_timeout(900)
    page.unroute("**/compose/media")
    page.goto("/home")
    page.goto("/publish")
    expect(page.locator("#text")).to_have_value("half a thought")
    expect(page.locator("#warning")).to_have_value("tea")
    _wait_for_files(page, 1)
    page.get_by_role("button", name="Start afresh").click()
    expect(page.locator("#text")).to_have_value("")


def test_two_pages_side_by_side_keep_a_draft_each(page: Page) -> None:
    page.fill("#text", "here")
    _saved(page)
    other = page.context.new_page()
    other.goto("/publish")
    expect(other.locator("#text-count")).to_contain_text("characters left")
    expect(other.locator("#text")).to_have_value("")
    other.fill("#text", "there")
    _saved(other)
    other.close()
    page.goto("/drafts")
    page.get_by_role("link", name="there").click()
    expect(page.locator("#text")).to_have_value("there")
    page.goto("/drafts")
    page.get_by_role("link", name="here", exact=True).click()
    expect(page.locator("#text")).to_have_value("here")


def test_a_post_that_finds_no_network_waits_and_is_published_once(page: Page) -> None:
    before = len(_posts(page))
    page.fill("#text", "through the tunnel")
    page.context.set_offline(True)
    _give(page, "paste")
    page.click("[data-publish]")
    expect(page.locator("#compose-waiting")).to_contain_text("through the tunnel")
    expect(page.locator("#text")).to_have_value("")
    assert page.evaluate(_STORED, "waiting") == 1
    page.context.set_offline(False)
    expect(page.locator("#compose-waiting")).to_be_hidden()
    assert page.evaluate(_STORED, "waiting") == 0
    posts = _posts(page)
    assert len(posts) == before + 1
    assert len(posts[0]["media_attachments"]) == 1


def test_an_answer_that_is_lost_makes_no_second_post(page: Page) -> None:
    before = len(_posts(page))

    def lose(route: Any) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.route("**/publish", lose, times=1)
    page.fill("#text", "sent once")
    page.click("[data-publish]")
    expect(page.locator(".toasts")).to_contain_text("A waiting post was published.")
    assert page.evaluate(_STORED, "waiting") == 0
    assert len(_posts(page)) == before + 1


def test_people_are_completed_by_the_keyboard(page: Page) -> None:
    page.locator("#text").press_sequentially("hello @alb")
    expect(page.locator("#text-suggestions [role=option]")).to_contain_text("@albert")
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_have_value("hello @albert ")


def test_two_languages_stand_side_by_side_and_are_published_together(page: Page) -> None:
    page.fill("#text", "Tea at five")
    page.select_option("#language", "en")
    page.click("details.second summary")
    page.select_option("#other", "zh-Hans")
    page.fill("#other_text", "五点喝茶")
    expect(page.locator("#other_text")).to_have_attribute("lang", "zh-Hans")
    one, two = (page.locator(name).bounding_box() for name in ("#text", "#other_text"))
    assert one is not None
    assert two is not None
    assert two["x"] >= one["x"] + one["width"]
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-preview-words]")).to_contain_text("五点喝茶")
    page.click("[data-publish]")
    page.wait_for_url(re.compile(r"/@alice/\d+$"))
    assert [one["language"] for one in _posts(page)[0]["translations"]] == ["zh-Hans"]


def test_a_draft_of_a_machine_is_marked_until_it_is_written_anew(page: Page) -> None:
    page.fill("#text", "下午五點在花園喝茶，歡迎大家來。")
    page.select_option("#language", "zh-Hant")
    page.click("details.second summary")
    page.select_option("#other", "zh-Hans")
    page.click("[data-draft]")
    expect(page.locator("#other_text")).to_have_value("下午五点在花园喝茶，欢迎大家来。")
    expect(page.locator("[data-machine-name]")).to_contain_text("Drafted by")
    page.fill("#other_text", "")
    expect(page.locator("[data-machine]")).to_be_hidden()


def test_without_scripts_a_post_with_pictures_is_written_in_two_steps(server: ServerProcess, opened: Opened) -> None:
    page = opened(server.base_url, scripts=False)
    sign_in(page, "alice")
    page.goto("/publish")
    page.fill("#text", "no scripts here")
    files: list[FilePayload] = [{"name": f"{n}.png", "mimeType": "image/png", "buffer": _png()} for n in range(2)]
    page.set_input_files("#files", files)
    page.click("[data-publish]")
    expect(page.locator("textarea[data-field=alt]")).to_have_count(2)
    page.locator("textarea[data-field=alt]").nth(1).fill("second")
    page.locator("input[name^=order_]").nth(1).fill("1")
    page.click("[data-publish]")
    page.wait_for_url(re.compile(r"/@alice/\d+$"))
    assert [one["description"] for one in _posts(page)[0]["media_attachments"]] == ["second", None]


def test_an_edit_changes_words_and_pictures_and_dragging_puts_them_in_order(page: Page) -> None:
    page.fill("#text", "first words")
    _give(page, "paste", "one.png")
    _wait_for_files(page, 1)
    page.locator('textarea[data-field="alt"]').fill("one")
    page.click("[data-publish]")
    page.wait_for_url(re.compile(r"/@alice/\d+$"))
    post = _posts(page)[0]
    page.goto(f"/posts/{post['id']}/edit")
    expect(page.locator("#text")).to_have_value("first words")
    page.fill("#text", "other words")
    _give(page, "drop", "two.png")
    _wait_for_files(page, 2)
    alts = page.locator('textarea[data-field="alt"]')
    alts.nth(1).fill("two")
    page.locator("[data-file] .file-picture").nth(1).drag_to(page.locator("[data-file] .file-picture").nth(0))
    expect(alts.nth(0)).to_have_value("two")
    page.click("[data-publish]")
    page.wait_for_url(re.compile(r"/@alice/\d+$"))
    changed = _posts(page)[0]
    assert changed["id"] == post["id"]
    assert "other words" in changed["content"]
    assert [one["description"] for one in changed["media_attachments"]] == ["two", "one"]


@needs_films
def test_a_sound_gets_its_title_and_a_language_is_recognised(page: Page) -> None:
    page.set_input_files("#files", {"name": "tune.mp3", "mimeType": "audio/mpeg", "buffer": sound()})
    _wait_for_files(page, 1)
    page.locator('input[data-field="title"]').fill("Tide")
    page.locator('input[data-field="artist"]').fill("The Harbour")
    page.select_option("#language", "en")
    page.fill("#text", "今日は庭でお茶を飲みました。とても静かな午後でした。")
    page.locator("[data-language-hint] button").click()
    expect(page.locator("#language")).to_have_value("ja")
    page.click("[data-publish]")
    page.wait_for_url(re.compile(r"/@alice/\d+$"))
    newest = _posts(page)[0]
    assert newest["language"] == "ja"
    (media,) = newest["media_attachments"]
    assert (media["type"], media["title"], media["artist"]) == ("audio", "Tide", "The Harbour")


@needs_films
def test_a_sound_and_a_film_show_their_pictures_when_they_are_ready(page: Page) -> None:
    song: FilePayload = {"name": "song.mp3", "mimeType": "audio/mpeg", "buffer": with_cover(sound(), _png())}
    page.set_input_files("#files", [song, {"name": "film.mp4", "mimeType": "video/mp4", "buffer": film()}])  # type: ignore[arg-type]
    _wait_for_files(page, 2)
    expect(page.locator("[data-picture] img")).to_have_count(2)


def test_the_small_form_on_the_home_page_publishes_where_it_is(page: Page) -> None:
    before = len(_posts(page))
    page.goto("/home")
    page.fill("#box-text", "from the home page")
    page.locator("[data-compose-box] button[type=submit]").click()
    expect(page.locator(".toasts")).to_contain_text("Your post is published.")
    expect(page.locator("#box-text")).to_have_value("")
    assert len(_posts(page)) == before + 1
    page.fill("#box-text", "rather longer")
    page.locator("[data-compose-more]").click()
    expect(page.locator("#text")).to_have_value("rather longer")


PAGES = ("/publish", "/scheduled", "/drafts", "/settings/push", "/offline")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_can_be_used_by_everybody(server: ServerProcess, opened: Opened, path: str, theme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = opened(server.base_url, viewport=PHONE, theme=theme)
    sign_in(page, "alice")
    page.goto(path)
    if path == "/publish":
        _give(page, "paste")
        _wait_for_files(page, 1)
        for one in page.locator("form.compose details").all():
            one.evaluate("(one) => { one.open = true; }")
        page.select_option("#other", "ja")
    found = axe.Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found.response["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the screen"


def test_the_page_is_light(page: Page) -> None:
    sizes: dict[str, int] = {}

    def add(answer: Any) -> None:
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if kind in ("text/html", "text/css", "text/javascript"):
            sizes[answer.url] = len(answer.body())

    page.on("response", add)
    page.goto("/publish")
    page.wait_for_load_state("networkidle")
    assert sum(sizes.values()) < 100_000, sizes


def _worker(page: Page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("caches.keys().then((names) => names.length > 0)")


def test_without_a_network_there_is_a_notice_and_no_page_of_anybody_is_kept(page: Page) -> None:
    _worker(page)
    page.goto("/drafts")
    kept = page.evaluate(
        "caches.keys().then((names) => Promise.all(names.map((name) => caches.open(name).then((one) => one.keys()))))"
        ".then((all) => all.flat().map((one) => new URL(one.url).pathname))"
    )
    assert "/offline" in kept
    assert [path for path in kept if not path.startswith("/static/")] == ["/offline"]
    context: BrowserContext = page.context
    context.set_offline(True)
    page.goto("/home")
    expect(page.locator("h1")).to_have_text("No connection")
    context.set_offline(False)


def test_a_click_on_a_message_opens_the_right_page(page: Page) -> None:
    _worker(page)
    source = page.request.get("/sw.js").text()
    assert "showNotification" in source
    opens = page.evaluate(
        """(source) => {
          const scope = { handlers: {}, addEventListener(name, act) { this.handlers[name] = act; }, registration: {},
            clients: { matchAll: async () => [], openWindow: (address) => { scope.opened = address; } } };
          scope.location = location;
          new Function("self", source)(scope);
          const click = async (path) => {
            let work = null;
            const notification = { close() {}, data: { path } };
            scope.handlers.notificationclick({ notification, waitUntil: (one) => { work = one; } });
            await work;
            return scope.opened;
          };
          return (async () => [
            await click("/@bob/1"), await click("https://evil.example/"), await click("//evil.example"),
          ])();
        }""",
        source,
    )
    base = page.evaluate("location.origin")
    assert opens == [f"{base}/@bob/1", f"{base}/notifications", f"{base}/notifications"]

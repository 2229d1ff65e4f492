"""What the staff tells stands above the home timeline, in the reader's language, until its reader puts it away."""

from datetime import timedelta

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.moderation.house import announcements
from fedinote.moderation.house.announcements import Span
from tests.support.browser import Browser
from tests.web.client.doing import press
from tests.web.reading import signed_in, soup, write

SAID = "The server will be away tomorrow evening for an hour, because it gets a new disk."
IN_CHINESE = "明天晚上服务器会停机一个小时，因为要换一块新的硬盘。"
TWO = f"---en---\n{SAID}\n---zh-Hans---\n{IN_CHINESE}"


async def told(browser: Browser, path: str = "/home", **headers: str) -> list[str]:
    page = soup(await browser.get(path, **headers))
    return [one.get_text().strip() for one in page.select(".announcement-words > .words")]


async def reads_in(app: App, user: User, locale: str) -> None:
    await app.db.execute("UPDATE users SET locale = ? WHERE id = ?", locale, user.id)


async def test_home_tells_what_is_announced_above_the_posts_on_its_newest_page_alone(
    app: App, alice: User, browser: Browser
) -> None:
    await announcements.create(app, f"{SAID} #disk", Span())
    await announcements.create(app, "not yet", Span(shown_from=app.now() + timedelta(hours=1)))
    post = await write(app, alice, "a post")
    page = soup(await browser.get("/home"))
    assert await told(browser) == [f"{SAID} #disk"]
    assert page.select_one(".announcement ~ .timeline, .announcements ~ .timeline") is not None
    assert page.select_one(".announcement .words a[href$='/tags/disk']") is not None
    assert await told(browser, f"/home?max_id={post + 1}") == []
    assert await told(browser, "/public/local") == []
    assert "announcement" not in (await browser.get("/home", x_part="1")).text.replace("announcements", "")


async def test_a_text_says_in_which_language_it_is(app: App, browser: Browser) -> None:
    await announcements.create(app, IN_CHINESE, Span())
    words = soup(await browser.get("/home")).select_one(".announcement .words")
    assert words is not None
    assert (words["lang"], words["dir"]) == ("zh-Hans", "auto")


@pytest.mark.parametrize(
    ("reads", "first", "second"),
    [("zh-Hans", ("zh-Hans", IN_CHINESE), ("en", SAID)), ("es", ("en", SAID), ("zh-Hans", IN_CHINESE))],
)
async def test_a_member_sees_their_language_first_and_the_others_below(
    app: App, alice: User, browser: Browser, reads: str, first: tuple[str, str], second: tuple[str, str]
) -> None:
    await announcements.create(app, TWO, Span())
    await reads_in(app, alice, reads)
    page = soup(await browser.get("/home"))
    shown = [(one["lang"], one.get_text(" ", strip=True)) for one in page.select(".announcement .words")]
    assert shown == [first, second]
    assert page.select_one(f".announcement details .words[lang={second[0]}]") is not None


async def test_a_text_whose_language_cannot_be_told_is_in_that_of_the_house(app: App, browser: Browser) -> None:
    await announcements.create(app, f"OK!\n---zh-Hans---\n{IN_CHINESE}", Span())
    page = soup(await browser.get("/home"))
    assert [one["lang"] for one in page.select(".announcement .words")] == ["en", "zh-Hans"]


async def test_whom_a_translation_names_is_linked_in_it(app: App, alice: User, browser: Browser) -> None:
    await announcements.create(app, f"---en---\nAsk @alice. {SAID}\n---zh-Hans---\n问 @alice 。{IN_CHINESE}", Span())
    await reads_in(app, alice, "zh-Hans")
    page = soup(await browser.get("/home"))
    assert page.select_one(".announcement-words > .words[lang=zh-Hans] a.mention") is not None


async def test_it_is_put_away_without_scripts_for_oneself_alone_and_for_apps_too(
    app: App, alice: User, bob: User, browser: Browser
) -> None:
    made = await announcements.create(app, SAID, Span())
    form = soup(await browser.get("/home")).select_one(".announcement form")
    assert form is not None
    assert (form["method"], form["action"]) == ("post", f"/announcements/{made.id}/dismiss")
    assert form.select_one("input[name=form_token]") is not None
    done = await press(browser, str(form["action"]))
    assert (done.status, done.location) == (303, "/home")
    assert await told(browser) == []
    assert await told(await signed_in(app, bob)) == [SAID]
    assert await announcements.shown(app, alice.account_id) == []


async def test_a_script_gets_what_is_left_and_a_repetition_changes_nothing(app: App, browser: Browser) -> None:
    first = await announcements.create(app, "one", Span())
    await announcements.create(app, "two", Span())
    for _ in range(2):
        part = await press(browser, f"/announcements/{first.id}/dismiss", part=True)
        assert part.status == 200
        assert ("one" in part.text, "<p>two</p>" in part.text, "<html" in part.text) == (False, True, False)
    await announcements.end(app, first.id)
    assert (await press(browser, f"/announcements/{first.id}/dismiss")).status == 303


async def test_a_form_from_elsewhere_puts_nothing_away(app: App, browser: Browser, stranger: Browser) -> None:
    made = await announcements.create(app, SAID, Span())
    assert (await browser.post(f"/announcements/{made.id}/dismiss", {})).status == 403
    assert (await stranger.post(f"/announcements/{made.id}/dismiss", {})).status == 303
    assert await told(browser) == [SAID]


async def test_what_begins_says_when(app: App, browser: Browser) -> None:
    begins = app.now() + timedelta(days=1)
    await announcements.create(app, SAID, Span(begins, begins + timedelta(hours=2)))
    await announcements.create(app, "a feast", Span(begins, begins + timedelta(days=2), all_day=True))
    exact, whole = soup(await browser.get("/home")).select(".announcement")
    assert str(exact.select("time")[0]["datetime"])[:16] == begins.isoformat()[:16]
    assert ["UTC" in one.text for one in exact.select("time")] == [True, True]
    assert ["UTC" in one.text for one in whole.select("time")] == [False, False]

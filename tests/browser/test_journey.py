"""Two servers and three people in real browsers: from the first run to an archive that moves in elsewhere."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, sign_in
from tests.support.process import ServerProcess
from tools.scenery import picture
from tools.showcase import PASSWORD

Open = Callable[..., Page]
ENGLISH = "The second steep\n\nThe scent is in the second steep, not in the first."
CHINESE = "第二泡\n\n香气在第二泡，不在第一泡。"
LINK = re.compile(r"https?://\S+/invite/\S+")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server on its first start: nobody is there yet."""
    with ServerProcess(tmp_path_factory.mktemp("here")) as running:
        yield running


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """Another server, with a reader."""
    with ServerProcess(tmp_path_factory.mktemp("there"), FEDINOTE_TRANSLATION_ENGINE="phrasebook") as running:
        running.user("wen")
        running.user("newhome")
        yield running


def _join(page: Page, link: str, name: str) -> None:
    page.goto(link)
    assert page.locator("input[name=username]").count(), page.inner_text("main")
    page.fill("input[name=username]", name)
    page.fill("input[name=email]", f"{name}@mail.example")
    page.fill("input[name=password]", PASSWORD)
    agree = page.locator("input[name=agreed]")  # the owner makes the rules
    if agree.count():
        agree.check()
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile(r"/(home|admin.*)?$"))


def _pictures(folder: Path) -> list[str]:
    paths = []
    for number, kind in enumerate(("tea", "hills")):
        path = folder / f"{kind}.jpg"
        path.write_bytes(picture(kind, number + 2, 900, 1200))
        paths.append(str(path))
    return paths


def test_the_whole_way(opened: Open, here: ServerProcess, there: ServerProcess, tmp_path: Path) -> None:
    # The first run: the link of the log makes the owner, the first steps name the server.
    found = LINK.search(here.log.read_text())
    assert found is not None, here.log.read_text()[-1500:]
    owner = opened(here.base_url)
    _join(owner, found[0].rstrip('",'), "keeper")
    owner.goto("/admin/welcome/name")
    owner.get_by_label("Name", exact=False).first.fill("Second Steep")
    owner.get_by_role("button", name="Save and go on").last.click()
    owner.wait_for_url(re.compile(r"/admin/welcome"))
    expect(owner.locator(".brand")).to_contain_text("Second Steep")

    owner.goto("/admin/welcome/registration")
    owner.check("input[name='registrations.mode'][value=invitation]")
    owner.get_by_role("button", name="Save and go on").last.click()
    owner.wait_for_url(lambda url: "registration" not in url)

    # An invitation, and somebody who joins with it.
    owner.goto("/admin/invitations")
    owner.get_by_role("button", name="Make a link").click()
    invited = owner.locator("#made .code").inner_text()
    writer = opened(here.base_url, viewport=PHONE)
    _join(writer, invited, "bao")

    # A reader elsewhere follows before anything is written.
    reader = opened(there.base_url)
    sign_in(reader, "wen")
    handle = f"@bao@localhost:{here.port}"
    reader.goto(f"/search?q={handle}")
    reader.locator("main a.author", has_text="bao").first.click()
    reader.wait_for_url(re.compile("/@bao@"))
    reader.locator("main").get_by_role("button", name=re.compile("^Follow")).first.click()
    expect(reader.get_by_role("button", name=re.compile("Take the request back|Unfollow")).first).to_be_visible()

    # Two pictures, two languages.
    writer.goto("/publish")
    writer.fill("#text", ENGLISH)
    writer.select_option("#language", "en")
    writer.set_input_files("#files", _pictures(tmp_path))
    alts = writer.locator("textarea[data-field=alt]:visible")
    expect(alts).to_have_count(2)
    alts.nth(0).fill("A bowl of tea")
    alts.nth(1).fill("Hills in the fog")
    second = writer.locator("details:has(#other_text) > summary")
    if second.count():
        second.first.click()
    writer.select_option("#other", "zh-Hans")
    writer.fill("#other_text", CHINESE)
    expect(writer.locator("[data-publish]")).to_be_enabled()
    writer.locator("[data-publish]").click()
    writer.wait_for_url(lambda url: "/publish" not in url)

    # It is read elsewhere, both languages side by side.
    note = reader.locator("article", has_text="The second steep").first
    for _ in range(60):
        reader.goto("/home")
        if note.count() and note.locator("img").count():
            break
        reader.wait_for_timeout(500)
    expect(note).to_contain_text("The scent is in the second steep")
    expect(note.get_by_alt_text("A bowl of tea")).to_have_count(1)
    address = note.locator("a:has(time)").first.get_attribute("href")
    assert address is not None
    reader.goto(address)
    expect(reader.locator("main article").first).to_contain_text("香气在第二泡")

    # An answer, and the writer hears of it without loading anything anew.
    writer.goto("/home")
    expect(writer.locator("[data-unread-count]").first).to_have_text(re.compile(r"\d+"))
    before = int(writer.locator("[data-unread-count]").first.inner_text() or 0)
    reader.locator("a[href*='reply=']").first.click()
    reader.wait_for_url(re.compile("/publish"))
    reader.locator("#text").press("End")
    reader.locator("#text").press_sequentially(" 真的是这样！")
    reader.locator("[data-publish]").click()
    reader.wait_for_url(lambda url: "/publish" not in url)
    expect(writer.locator("[data-unread-count]").first).to_have_text(str(before + 1), timeout=30_000)

    # The archive of one is the history of another elsewhere.
    writer.goto("/settings/export")
    writer.get_by_role("button", name=re.compile("archive", re.I)).first.click()
    link = writer.locator("a[href='/settings/export/archive']")
    for _ in range(60):
        if link.count():
            break
        writer.wait_for_timeout(500)
        writer.goto("/settings/export")
    with writer.expect_download() as waiting:
        link.click()
    archive = tmp_path / "archive"
    waiting.value.save_as(archive)
    assert archive.stat().st_size > 50_000  # the pictures are in it
    mover = opened(there.base_url)
    sign_in(mover, "newhome")
    mover.goto("/settings/import")
    mover.set_input_files("form[action='/settings/import/archive'] input[type=file]", str(archive))
    mover.get_by_role("button", name="Bring the posts along").click()
    moved = mover.locator("article", has_text="The second steep")
    for _ in range(60):
        mover.wait_for_timeout(500)
        mover.goto("/@newhome")
        if moved.count():
            break
    expect(moved.first).to_contain_text("The scent is in the second steep")


def test_reading_writing_and_signing_out_need_no_scripts(opened: Open, there: ServerProcess, tmp_path: Path) -> None:
    page = opened(there.base_url, scripts=False)
    sign_in(page, "newhome")
    page.goto("/publish")
    page.fill("#text", "Written without a script")
    page.set_input_files("#files", _pictures(tmp_path)[:1])
    page.locator("noscript button[value=add], button[value=add]").first.click()
    page.locator("textarea[name^=alt_]").first.fill("A bowl of tea")
    page.locator("[data-publish]").click()
    page.goto("/home")
    note = page.locator("article", has_text="Written without a script").first
    expect(note).to_be_visible()
    expect(note.get_by_alt_text("A bowl of tea")).to_have_count(1)
    note.get_by_role("button", name=re.compile("^Favourite")).click()
    page.goto("/favourites")
    expect(page.locator("main")).to_contain_text("Written without a script")
    page.goto("/auth/sign_out")
    page.locator("main button[type=submit]").click()
    page.goto("/home")
    assert "/auth/sign_in" in page.url

"""The page of the archive and of the lists: only its owner gets what is in it."""

import gzip

import pytest

from fedinote import worker
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft
from tests.support.browser import Browser
from tests.support.people import client, person
from tests.web.reading import signed_in

PATH = "/settings/export"


@pytest.fixture
async def browser(app: App, alice: User) -> Browser:
    return await signed_in(app, alice)


async def test_strangers_are_sent_to_sign_in(app: App) -> None:
    for path in (PATH, f"{PATH}/archive", f"{PATH}/follows.csv"):
        assert (await client(app).get(path)).location.startswith("/auth/sign_in?next=")
    assert (await client(app).post(PATH, {"do": "make"})).status in (303, 403)


async def test_an_archive_is_made_shown_and_fetched_by_its_owner_alone(app: App, alice: User, browser: Browser) -> None:
    await publishing.publish(app, alice.account_id, Draft("for few", visibility="direct"))
    page = await browser.get(PATH)
    assert (await browser.get(f"{PATH}/archive")).status == 404
    assert (await browser.submit(page, do="make")).location == PATH
    shown = (await browser.get(PATH)).text
    assert "<progress" in shown
    assert 'data-watch="/settings/export"' in shown
    await worker.settle(app)
    shown = (await browser.get(PATH)).text
    assert 'href="/settings/export/archive"' in shown
    answer = await browser.get(f"{PATH}/archive")
    assert answer.status == 200
    assert b"for few" in gzip.decompress(answer.body)
    assert answer.header("cache-control") == "private, no-store"
    assert answer.header("content-disposition").startswith("attachment;")
    bob = await signed_in(app, await person(app, "bob"))
    assert (await bob.get(f"{PATH}/archive")).status == 404
    row = await app.db.row("SELECT key FROM archives")
    assert row is not None
    for path in (
        f"/media/{row['key']}.tar.gz",
        f"/archives/{row['key']}.tar.gz",
        f"/static/../archives/{row['key']}.tar.gz",
    ):
        assert (await client(app).get(path)).status == 404


async def test_the_state_alone_is_a_part_of_the_page(app: App, browser: Browser) -> None:
    await browser.submit(await browser.get(PATH), do="make")
    part = await browser.get(PATH, x_part="1")
    assert part.text.lstrip().startswith('<section class="card" id="archive"')
    assert "<html" not in part.text


async def test_an_archive_is_deleted_by_its_owner(app: App, browser: Browser) -> None:
    await browser.submit(await browser.get(PATH), do="make")
    await worker.settle(app)
    page = await browser.get(PATH)
    await browser.post(PATH, {**page.forms[0].hidden, "do": "delete"})
    assert (await browser.get(f"{PATH}/archive")).status == 404


async def test_a_form_from_elsewhere_makes_nothing(app: App, browser: Browser) -> None:
    assert (await browser.post(PATH, {"do": "make"})).status == 403
    assert await app.db.value("SELECT COUNT(*) AS value FROM archives") == 0


async def test_lists_are_files_with_mastodons_names(browser: Browser) -> None:
    answer = await browser.get(f"{PATH}/follows.csv")
    assert answer.text.startswith("Account address,Show boosts")
    assert answer.header("content-disposition") == 'attachment; filename="following_accounts.csv"'
    assert (await browser.get(f"{PATH}/passwords.csv")).status == 404

"""The page of imports: archives and lists are handed in, worked through, and what was left out is said."""

from collections.abc import Mapping

import pytest

from fedinote import worker
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.portability import archive_imports, exports
from tests.portability.test_archive_imports import files, note, zipped
from tests.support.browser import Answer, Browser
from tests.support.people import client, person
from tests.web.reading import signed_in

PATH = "/settings/import"


@pytest.fixture
async def browser(app: App, alice: User) -> Browser:
    return await signed_in(app, alice)


async def sent(
    browser: Browser, path: str, file: bytes | None, fields: Mapping[str, str], token: bool = True
) -> Answer:
    """Fill the form that goes to a path, with a file."""
    page = await browser.get(PATH)
    form = next(one for one in page.forms if one.action == path)
    values = {**(form.hidden if token else {}), **fields}
    lines = [f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in values.items()]
    if file is not None:
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n'
        lines.append(head + b"Content-Type: application/octet-stream\r\n\r\n" + file + b"\r\n")
    body = b"".join(lines) + b"--x--\r\n"
    return await browser.send("POST", path, body, {"content_type": "multipart/form-data; boundary=x"})


async def test_strangers_are_sent_to_sign_in(app: App) -> None:
    assert (await client(app).get(PATH)).location.startswith("/auth/sign_in?next=")
    for path in (PATH, f"{PATH}/archive"):
        answer = await client(app).send("POST", path, b"x", {"content_type": "multipart/form-data; boundary=x"})
        assert answer.location.startswith("/auth/sign_in")


async def test_an_archive_is_handed_in_and_the_page_says_what_became_of_it(
    app: App, alice: User, browser: Browser
) -> None:
    broken = note(3)
    broken["object"]["attributedTo"] = "https://old.example/users/eve"
    data = zipped(files(note(1, "hello again"), note(2), broken, {"type": "Announce"}))
    answer = await sent(browser, f"{PATH}/archive", data, {"private": "keep"})
    assert (answer.status, answer.location) == (303, PATH)
    assert "<progress" in (await browser.get(PATH)).text
    await worker.settle(app)
    shown = (await browser.get(PATH)).text
    assert "2 taken over." in shown
    assert "1 failed." in shown
    assert "Boosts of other people" in shown
    assert "https://old.example/users/ada/statuses/3" in shown
    assert await app.db.value("SELECT COUNT(*) AS value FROM posts WHERE account_id = ?", alice.account_id) == 2
    import_id = await app.db.value("SELECT id AS value FROM imports")
    failed = await browser.get(f"{PATH}/{import_id}/failures.csv")
    assert failed.text == "https://old.example/users/ada/statuses/3\n"
    bob = await signed_in(app, await person(app, "bob"))
    assert (await bob.get(f"{PATH}/{import_id}/failures.csv")).status == 404


async def test_what_is_no_archive_is_said_in_the_readers_language(app: App, browser: Browser) -> None:
    await sent(browser, f"{PATH}/archive", b"hello", {"private": "keep"})
    await worker.settle(app)
    assert "The archive is damaged" in (await browser.get(PATH)).text
    nothing = await sent(browser, f"{PATH}/archive", None, {"private": "keep"})
    assert (nothing.status, "Choose a file first" in nothing.text) == (422, True)


async def test_a_list_is_merged_or_replaced(app: App, alice: User, browser: Browser) -> None:
    for name in ("bob", "cy"):
        await person(app, name)
    for file, mode, expected in (
        (b"bob\n", "merge", ["bob"]),
        (b"cy\n", "merge", ["bob", "cy"]),
        (b"cy\n", "overwrite", ["cy"]),
    ):
        answer = await sent(browser, PATH, file, {"kind": "blocks", "mode": mode})
        assert answer.location == PATH
        await worker.settle(app)
        found = sorted(row[0].partition("@")[0] for row in await exports.rows(app, alice.account_id, "blocks"))
        assert found == expected
    assert (await sent(browser, PATH, b'"', {"kind": "blocks", "mode": "merge"})).status == 422
    assert (await sent(browser, PATH, b"x", {"kind": "passwords", "mode": "merge"})).status == 400


async def test_a_form_from_elsewhere_brings_nothing(app: App, browser: Browser) -> None:
    data = zipped(files(note(1)))
    assert (await sent(browser, f"{PATH}/archive", data, {"private": "keep"}, token=False)).status == 403
    assert (await sent(browser, PATH, b"bob", {"kind": "blocks"}, token=False)).status == 403
    assert await app.db.value("SELECT COUNT(*) AS value FROM imports") == 0


async def test_an_archive_may_be_larger_than_other_forms_and_no_larger_than_that(
    app: App, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = zipped(files(note(1))) + bytes(2_000_000)
    assert (await sent(browser, f"{PATH}/archive", large, {"private": "keep"})).location == PATH
    assert (await sent(browser, PATH, large, {"kind": "blocks"})).status == 413
    monkeypatch.setattr(archive_imports, "MAX_BYTES", 1000)
    assert (await sent(browser, f"{PATH}/archive", large, {"private": "keep"})).status == 413


async def test_an_import_is_taken_back(app: App, browser: Browser) -> None:
    await sent(browser, PATH, b"nobody\n", {"kind": "blocks", "mode": "merge"})
    page = await browser.get(PATH)
    form = next(one for one in page.forms if one.action.endswith("/cancel"))
    bob = await signed_in(app, await person(app, "bob"))
    own = (await bob.get(PATH)).forms[0]
    assert (await bob.post(form.action, own.hidden)).status == 404
    assert (await browser.post(form.action, form.hidden)).location == PATH
    assert await app.db.value("SELECT COUNT(*) AS value FROM imports") == 0

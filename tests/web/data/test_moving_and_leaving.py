"""Moving and leaving by pages: nothing happens without the password, and everything is said."""

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from tests.support.browser import Answer, Browser
from tests.support.people import PASSWORD, client, person
from tests.web.reading import signed_in

MOVE, DELETE = "/settings/migration", "/settings/delete"


@pytest.fixture
async def browser(app: App, alice: User) -> Browser:
    return await signed_in(app, alice)


async def sent(browser: Browser, do: str, **values: str) -> Answer:
    page = await browser.get(MOVE)
    form = [one for one in page.forms if one.hidden.get("do") == do][-1]
    return await browser.post(form.action, {**form.hidden, **values})


async def test_strangers_are_sent_to_sign_in(app: App) -> None:
    for path in (MOVE, DELETE):
        assert (await client(app).get(path)).location.startswith("/auth/sign_in?next=")
        assert (await client(app).post(path, {"password": PASSWORD})).status == 303


async def test_an_alias_is_added_and_removed(app: App, browser: Browser) -> None:
    bob = await person(app, "bob")
    assert (await sent(browser, "add", account="@bob")).location == MOVE
    assert "@bob@" in (await browser.get(MOVE)).text
    assert (await sent(browser, "remove")).location == MOVE
    assert "No such account was found" in (await sent(browser, "add", account="@nobody")).text
    assert bob.account_id


async def test_a_move_needs_the_password_and_the_consent_of_the_new_account(
    app: App, alice: User, browser: Browser
) -> None:
    bob = await signed_in(app, await person(app, "bob"))
    assert "does not name the old one" in (await sent(browser, "move", account="@bob", password=PASSWORD)).text
    await sent(bob, "add", account="@alice")
    wrong = await sent(browser, "move", account="@bob", password="wrong")
    assert (wrong.status, "The password is wrong" in wrong.text) == (403, True)
    assert 'value="@bob"' in wrong.text
    assert (await sent(browser, "move", account="@bob", password=PASSWORD)).location == MOVE
    assert "This account has moved" in (await browser.get(MOVE)).text
    assert (await sent(browser, "stay")).location == MOVE
    assert "This account has moved" not in (await browser.get(MOVE)).text


async def test_an_account_is_deleted_with_its_name_and_password_only(app: App, alice: User, browser: Browser) -> None:
    await person(app, "olga", role="owner")
    page = await browser.get(DELETE)
    for values in (
        {"name": "alice", "password": "wrong"},
        {"name": "bob", "password": PASSWORD},
        {"name": "alice"},
        {"password": PASSWORD},
    ):
        assert (await browser.submit(page, values)).status in (403, 422)
    assert (await browser.post(DELETE, {"name": "alice", "password": PASSWORD})).status == 403
    deleted = "SELECT deleted_at AS value FROM accounts WHERE id = ?"
    assert await app.db.value(deleted, alice.account_id) is None
    answer = await browser.submit(page, {"name": "@Alice", "password": PASSWORD})
    assert (answer.status, "Your account is deleted" in answer.text) == (200, True)
    assert await app.db.value(deleted, alice.account_id) is not None
    assert (await browser.get(DELETE)).location.startswith("/auth/sign_in")


async def test_passwords_are_not_guessed_there(app: App, browser: Browser) -> None:
    page = await browser.get(DELETE)
    answers = [(await browser.submit(page, {"name": "alice", "password": f"wrong {n}"})).status for n in range(12)]
    assert answers[:5] == [403] * 5
    assert answers[-1] == 429

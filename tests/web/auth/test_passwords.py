"""Changing one's own password in the browser: what ends with the old one, and how often it may be tried."""

import pytest

from fedinote.auth import limits, oauth, tokens
from fedinote.auth.clients import command_line
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.infra.errors import Unauthorized
from tests.support.browser import Answer, Browser
from tests.support.people import PASSWORD, client, configure, person

NEW = "another long sentence"


async def signed_in(app: App, login: str = "alice") -> Browser:
    browser = client(app)
    answer = await browser.submit(await browser.get("/auth/sign_in"), login=login, password=PASSWORD)
    assert answer.status == 303
    return browser


async def change(browser: Browser, present: str = PASSWORD, password: str = NEW) -> Answer:
    return await browser.submit(await browser.get("/auth/password"), present=present, password=password)


async def test_a_new_password_ends_everything_that_was_opened_with_the_old_one(app: App, alice: User) -> None:
    here, there = await signed_in(app), await signed_in(app)
    before = here.cookies["session"]
    one = await tokens.issue(app, app_id=(await command_line(app)).id, user_id=alice.id, scopes=["read"])
    await tokens.authenticate(app, one.text)
    heard = app.bus.subscribe([f"token:{one.id}"])
    answer = await change(here)
    assert (answer.status, answer.location) == (303, "/settings/security")
    assert here.cookies["session"] != before
    assert "@alice" in (await here.get("/settings")).text
    assert "@alice" not in (await there.get("/settings")).text
    with pytest.raises(Unauthorized):
        await tokens.authenticate(app, one.text)
    assert (await anext(heard))[0] == f"token:{one.id}"
    replay = client(app)
    replay.cookies["session"] = before
    assert "@alice" not in (await replay.get("/settings")).text
    fresh = client(app)
    page = await fresh.get("/auth/sign_in")
    assert (await fresh.submit(page, login="alice", password=PASSWORD)).status == 401
    assert (await fresh.submit(page, login="alice", password=NEW)).status == 303


async def test_a_code_that_an_app_has_not_used_yet_ends_with_the_password(app: App, alice: User) -> None:
    app_row = await command_line(app)
    asked = {"client_id": app_row.client_id, "redirect_uri": app_row.redirect_uris[0], "scope": "read"}
    wanted = await oauth.check_request(app, asked)
    code = await oauth.grant(app, wanted, user_id=alice.id, role="member")
    assert (await change(await signed_in(app))).status == 303
    with pytest.raises(oauth.OAuthError):
        await oauth.exchange(app, app_row, code=code, redirect_uri=app_row.redirect_uris[0], verifier="", scope="")


async def test_a_wrong_or_weak_password_changes_nothing(app: App, alice: User) -> None:
    browser = await signed_in(app)
    for present, password, text in (
        (NEW, NEW, "wrong"),
        (PASSWORD, "short", "fewer than 8"),
        (PASSWORD, "", "fewer than 8"),
    ):
        answer = await change(browser, present, password)
        assert answer.status == 422
        assert text in answer.text
        assert "@alice" in (await browser.get("/settings")).text
    await signed_in(app)


async def test_strangers_and_forms_of_other_sites_change_nothing(app: App, alice: User) -> None:
    stranger, browser = client(app), await signed_in(app)
    assert (await stranger.get("/auth/password")).location == "/auth/sign_in?next=%2Fauth%2Fpassword"
    fields = {"present": PASSWORD, "password": NEW}
    assert (await stranger.post("/auth/password", fields)).location == "/auth/sign_in?next=%2F"
    assert (await browser.post("/auth/password", fields)).status == 403
    page = await browser.get("/auth/password")
    evil = {"origin": "https://evil.example"}
    assert (await browser.submit(page, fields, headers=evil)).status == 403
    theirs = await (await signed_in(app)).get("/auth/password")
    assert (await browser.submit(theirs, fields)).status == 403
    await signed_in(app)


async def test_a_password_can_be_tried_ten_times_in_ten_minutes(app: App, alice: User) -> None:
    configure(app, "limits", enabled=False)
    browser = await signed_in(app)
    configure(app, "limits", enabled=True)
    for _ in range(limits.PASSWORD.hits):
        assert (await change(browser, PASSWORD, "short")).status == 422
    refused = await change(browser)
    assert refused.status == 429
    assert 0 < int(refused.header("retry-after")) <= limits.PASSWORD.window + 1
    app.clock.shift(limits.PASSWORD.window + 1)
    assert (await change(browser)).status == 303


async def test_other_people_are_not_in_the_way(app: App, alice: User) -> None:
    await person(app, "bob")
    alices, bobs = await signed_in(app), await signed_in(app, "bob")
    for _ in range(limits.PASSWORD.hits + 1):
        await change(alices, PASSWORD, "short")
    assert (await change(bobs)).status == 303

"""Turning second factors on and off in the settings, and turning browsers and apps out."""

import json
import re
from html import unescape

import pyotp
import pytest

from fedinote.auth import clients, factors, passkeys, sessions, tokens, totp
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.infra.errors import Unauthorized
from tests.support.authenticator import Authenticator
from tests.support.browser import Answer, Browser
from tests.support.people import client, person
from tests.web.reading import signed_in

PATH = "/settings/security"


async def do(browser: Browser, what: str, **values: str) -> Answer:
    page = await browser.get(PATH)
    return await browser.post(PATH, {"form_token": page.forms[0].hidden["form_token"], "do": what, **values})


async def add_key(app: App, browser: Browser, name: str = "Phone") -> tuple[Authenticator, Answer]:
    page = await browser.get(PATH)
    options = json.loads(unescape(re.findall(r'data-options="([^"]*)"', page.text)[0]))
    key = Authenticator(app.settings.base)
    form = next(one for one in page.forms if one.hidden.get("do") == "add-key")
    return key, await browser.post(PATH, {**form.hidden, "answer": key.create(options), "name": name})


async def test_the_authenticator_app_is_set_up_by_a_drawn_secret_and_its_first_code(
    app: App, alice: User, browser: Browser
) -> None:
    other = await signed_in(app, alice)
    assert (await do(browser, "begin-app")).location == f"{PATH}/app"
    page = await browser.get(f"{PATH}/app")
    assert "<svg" in page.text
    setup = await totp.waiting(app, alice.id)
    assert setup is not None
    assert setup.secret in page.text.replace(" ", "")
    assert (await browser.submit(page, code="000000")).status == 422
    done = await browser.submit(page, code=pyotp.TOTP(setup.secret).at(int(app.now().timestamp())))
    codes = re.findall(r"<code>([a-z2-9-]{19})</code>", done.text)
    assert len(codes) == 10
    assert done.header("cache-control") == "private, no-store"
    assert (await browser.get(PATH)).status == 200
    assert (await other.get(PATH)).status == 303
    again = await browser.get(f"{PATH}/app")
    assert again.location == PATH  # the secret is never shown again


async def test_recovery_codes_are_made_anew_and_shown_once(app: App, alice: User, browser: Browser) -> None:
    await add_key(app, browser)
    page = await do(browser, "renew-codes")
    codes = re.findall(r"<code>([a-z2-9-]{19})</code>", page.text)
    assert len(codes) == 10
    shown = (await browser.get(PATH)).text
    assert not any(code in shown for code in codes)
    await factors.check_code(app, alice.id, codes[9])


async def test_without_a_second_factor_there_are_no_codes_to_make(browser: Browser) -> None:
    assert (await do(browser, "renew-codes")).status == 409


async def test_a_passkey_is_added_renamed_and_removed(app: App, alice: User, browser: Browser) -> None:
    _, made = await add_key(app, browser)
    assert len(re.findall(r"<code>([a-z2-9-]{19})</code>", made.text)) == 10
    (key,) = await passkeys.of(app, alice.id)
    assert (await do(browser, "rename-key", id=str(key.id), name="Büro <b>")).status == 303
    assert "Büro &lt;b&gt;" in (await browser.get(PATH)).text
    assert (await do(browser, "remove-key", id=str(key.id))).status == 303
    assert not (await factors.of(app, alice.id)).on


async def test_a_passkey_made_for_another_browser_is_refused(app: App, alice: User, browser: Browser) -> None:
    other = await signed_in(app, alice)
    page = await other.get(PATH)
    options = json.loads(unescape(re.findall(r'data-options="([^"]*)"', page.text)[0]))
    answer = await do(browser, "add-key", name="x", answer=Authenticator(app.settings.base).create(options))
    assert answer.status == 422
    assert not (await factors.of(app, alice.id)).on


async def test_somebody_elses_keys_are_not_there(app: App, alice: User, browser: Browser) -> None:
    await add_key(app, browser)
    (key,) = await passkeys.of(app, alice.id)
    bob = await signed_in(app, await person(app, "bob"))
    for what in ("rename-key", "remove-key"):
        assert (await do(bob, what, id=str(key.id), name="mine")).status == 404
    assert [one.name for one in await passkeys.of(app, alice.id)] == ["Phone"]


@pytest.mark.parametrize("what", ["begin-app", "end-app", "add-key", "rename-key", "remove-key", "renew-codes"])
async def test_every_change_wants_a_fresh_proof_of_who_it_is(
    app: App, alice: User, browser: Browser, what: str
) -> None:
    app.clock.shift(sessions.CONFIRMED.total_seconds() + 1)
    answer = await do(browser, what, id="1", name="x")
    assert answer.location == f"/auth/confirm?next={PATH}"


async def test_what_is_no_change_is_a_bad_request(browser: Browser) -> None:
    assert (await do(browser, "nothing")).status == 400


@pytest.mark.parametrize("path", [PATH, f"{PATH}/app", "/settings/sessions", "/auth/confirm", "/auth/password"])
async def test_a_form_of_another_site_changes_nothing(app: App, alice: User, browser: Browser, path: str) -> None:
    token = (await browser.get(PATH)).forms[0].hidden["form_token"]
    stolen = (await (await signed_in(app, await person(app, "bob"))).get(PATH)).forms[0].hidden["form_token"]
    good = {"form_token": token, "do": "end-others"}
    for fields, headers in (
        ({**good, "form_token": ""}, {}),
        ({**good, "form_token": stolen}, {}),
        (good, {"origin": "https://evil.example"}),
        (good, {"sec_fetch_site": "cross-site"}),
        (good, {"origin": "null"}),
    ):
        assert (await browser.post(path, fields, **headers)).status == 403
    assert (await browser.send("POST", path, b"{}", {"content_type": "text/plain"})).status == 415


# Browsers and apps


async def test_one_browser_or_all_others_are_signed_out(app: App, alice: User, browser: Browser) -> None:
    one, two = await signed_in(app, alice), await signed_in(app, alice)
    page = await browser.get("/settings/sessions")
    mark = next(form.hidden["mark"] for form in page.forms if form.hidden.get("do") == "end")
    token = page.forms[0].hidden["form_token"]
    assert (await browser.post("/settings/sessions", {"form_token": token, "do": "end", "mark": mark})).status == 303
    left = [one for one in (one, two) if (await one.get(PATH)).status == 200]
    assert len(left) == 1
    await browser.post("/settings/sessions", {"form_token": token, "do": "end-others"})
    assert (await left[0].get(PATH)).status == 303
    assert (await browser.get(PATH)).status == 200


async def test_no_cookie_stands_on_the_page_of_sessions(app: App, alice: User, browser: Browser) -> None:
    other = await signed_in(app, alice)
    text = (await browser.get("/settings/sessions")).text
    assert browser.cookies["session"] not in text
    assert other.cookies["session"] not in text


async def test_somebody_elses_session_or_app_is_not_there(app: App, alice: User, browser: Browser) -> None:
    bob = await signed_in(app, await person(app, "bob"))
    await signed_in(app, alice)
    page = await browser.get("/settings/sessions")
    mark = next(form.hidden["mark"] for form in page.forms if "mark" in form.hidden)
    made, _ = await clients.register(app, "Reader", [clients.OOB], scopes="read")
    token = await tokens.issue(app, app_id=made.id, user_id=alice.id, scopes=["read"])
    own = (await bob.get(PATH)).forms[0].hidden["form_token"]
    for fields in ({"do": "end", "mark": mark}, {"do": "revoke", "id": str(made.id)}):
        assert (await bob.post("/settings/sessions", {"form_token": own, **fields})).status == 404
    await tokens.authenticate(app, token.text)


async def test_an_app_is_turned_out_at_once(app: App, alice: User, browser: Browser) -> None:
    made, _ = await clients.register(app, "A <i>reader", [clients.OOB], scopes="read", website="https://a.example/x")
    token = await tokens.issue(app, app_id=made.id, user_id=alice.id, scopes=["read"])
    page = await browser.get("/settings/sessions")
    assert "A &lt;i&gt;reader" in page.text
    assert "a.example" in page.text
    form = next(one for one in page.forms if one.hidden.get("do") == "revoke")
    assert (await browser.post(form.action, form.hidden)).status == 303
    with pytest.raises(Unauthorized):
        await tokens.authenticate(app, token.text)
    await tokens.issue(app, app_id=made.id, user_id=alice.id, scopes=["read"])
    await browser.post(form.action, {**form.hidden, "do": "revoke-all"})
    assert "No app acts for you." in (await browser.get("/settings/sessions")).text


async def test_another_browser_that_signed_in_is_pointed_out(app: App, alice: User, browser: Browser) -> None:
    assert "signed in to your account" not in (await browser.get("/settings")).text
    await sessions.start(app, alice.id, user_agent="Mozilla/5.0 (X11; Linux) Firefox/1", address="203.0.113.7")
    shown = (await browser.get("/settings")).text
    assert "Firefox on Linux signed in to your account." in shown
    assert "203.0.113.7" in shown


async def test_strangers_see_no_settings(app: App) -> None:
    stranger = client(app)
    for path in ("", "/profile", "/privacy", "/filters", "/follows", "/blocks", "/security", "/sessions", "/writing"):
        assert (await stranger.get(f"/settings{path}")).location.startswith("/auth/sign_in?next=")

"""The second step of signing in, and passkeys, as a browser goes through them."""

import json
import re
from html import unescape
from urllib.parse import urlencode

import pyotp
import pytest

from fedinote.auth import clients, factors, passkeys, sessions, totp, tries, users
from fedinote.auth.models import Session, User
from fedinote.infra.app import App
from tests.support.authenticator import Authenticator
from tests.support.browser import Answer, Browser
from tests.support.people import PASSWORD, client, configure
from tests.web.reading import signed_in


@pytest.fixture
async def secret(app: App, alice: User) -> str:
    """Turn alice's authenticator app on, and return its secret."""
    await totp.begin(app, alice.id)
    setup = await totp.waiting(app, alice.id)
    assert setup is not None
    await factors.turn_on_app(app, alice.id, pyotp.TOTP(setup.secret).at(int(app.now().timestamp())))
    app.clock.shift(60)
    return setup.secret


def code(app: App, secret: str) -> str:
    return pyotp.TOTP(secret).at(int(app.now().timestamp()))


async def with_password(browser: Browser, onward: str = "/") -> Answer:
    page = await browser.get("/auth/sign_in?" + urlencode({"next": onward}))
    return await browser.submit(page, login="alice", password=PASSWORD)


def options(page: Answer, number: int = 0) -> dict[str, object]:
    found: dict[str, object] = json.loads(unescape(re.findall(r'data-options="([^"]*)"', page.text)[number]))
    return found


def number_of(page: Answer, action: str) -> int:
    return next(at for at, form in enumerate(page.forms) if "answer" in form.hidden and form.action == action)


async def key_of(app: App, user: User) -> Authenticator:
    key = Authenticator(app.settings.base)
    asked = passkeys.registration(app, user.id, "alice", browser="x")
    await factors.add_passkey(app, user.id, key.create(asked), name="Phone", browser="x")
    return key


async def test_the_password_alone_begins_no_session(app: App, stranger: Browser, secret: str) -> None:
    page = await with_password(stranger)
    assert page.status == 200
    assert "session" not in stranger.cookies
    assert await Session.all().using_db(app.db.orm).count() == 0
    assert 'autocomplete="one-time-code"' in page.text


async def test_the_right_code_signs_in_and_goes_on(app: App, stranger: Browser, secret: str) -> None:
    page = await with_password(stranger, "/settings/profile")
    answer = await stranger.submit(page, code=code(app, secret))
    assert (answer.status, answer.location) == (303, "/settings/profile")
    assert "@alice" in (await stranger.get("/settings")).text


async def test_a_wrong_code_shows_the_page_again_and_a_used_one_is_wrong(
    app: App, stranger: Browser, secret: str
) -> None:
    page = await with_password(stranger)
    answer = await stranger.submit(page, code="000000")
    assert answer.status == 422
    assert 'role="alert"' in answer.text
    right = code(app, secret)
    assert (await stranger.submit(answer, code=right)).status == 303
    other = client(app, "203.0.113.77")
    assert (await other.submit(await with_password(other), code=right)).status == 422
    assert "session" not in other.cookies


async def test_the_sixth_code_is_not_looked_at_from_whatever_address(app: App, secret: str) -> None:
    for at in range(tries.MOST):
        browser = client(app, f"198.51.100.{at}")
        assert (await browser.submit(await with_password(browser), code="000000")).status == 422
    browser = client(app, "198.51.100.99")
    answer = await browser.submit(await with_password(browser), code=code(app, secret))
    assert answer.status == 429
    assert int(answer.header("retry-after")) > 0
    assert "session" not in browser.cookies


async def test_a_recovery_code_stands_in_for_the_phone_once(app: App, stranger: Browser, alice: User) -> None:
    await totp.begin(app, alice.id)
    setup = await totp.waiting(app, alice.id)
    assert setup is not None
    codes = await factors.turn_on_app(app, alice.id, code(app, setup.secret))
    assert (await stranger.submit(await with_password(stranger), code=codes[0])).status == 303
    other = client(app)
    assert (await other.submit(await with_password(other), code=codes[0])).status == 422


async def test_the_step_between_is_bound_to_its_browser_the_time_and_the_password(
    app: App, stranger: Browser, alice: User, secret: str
) -> None:
    page = await with_password(stranger)
    thief = client(app)
    own = await thief.get("/auth/sign_in")
    fields = {**page.forms[0].hidden, "form_token": own.forms[0].hidden["form_token"], "code": code(app, secret)}
    assert (await thief.post("/auth/second_step", fields)).status == 401
    await users.set_password(app, alice.id, "another horse with a hat")
    assert (await stranger.submit(page, code=code(app, secret))).status == 401
    assert await Session.all().using_db(app.db.orm).count() == 0


async def test_a_disabled_login_does_not_pass_the_second_step(
    app: App, stranger: Browser, alice: User, secret: str
) -> None:
    page = await with_password(stranger)
    await users.disable(app, alice.id)
    assert (await stranger.submit(page, code=code(app, secret))).location == "/auth/locked"
    assert "session" not in stranger.cookies


async def test_a_form_of_another_site_is_refused_at_the_second_step(app: App, stranger: Browser, secret: str) -> None:
    page = await with_password(stranger)
    fields = {**page.forms[0].hidden, "code": code(app, secret)}
    for headers in ({"origin": "https://evil.example"}, {"sec_fetch_site": "cross-site"}):
        assert (await stranger.post("/auth/second_step", fields, **headers)).status == 403
    assert (await stranger.post("/auth/second_step", {**fields, "form_token": ""})).status == 403


async def test_where_to_go_on_stays_here_through_both_steps(app: App, stranger: Browser, secret: str) -> None:
    page = await with_password(stranger, "//evil.example")
    assert page.forms[0].hidden["next"] == "/"
    fields = {**page.forms[0].hidden, "next": "/\\evil.example", "code": code(app, secret)}
    assert (await stranger.post("/auth/second_step", fields)).location == "/"


async def test_nothing_tells_whether_somebody_has_a_second_factor(app: App, stranger: Browser, secret: str) -> None:
    await client(app).get("/auth/sign_in")
    answers = []
    for login in ("alice", "nobody"):
        page = await stranger.get("/auth/sign_in")
        answer = await stranger.submit(page, login=login, password="not it at all")
        answers.append((answer.status, re.sub(r'(value|data-form-token|data-options)="[^"]*"', "", answer.text)))
    assert answers[0] == answers[1]


async def test_an_app_cannot_get_a_token_for_a_password(app: App, stranger: Browser, secret: str) -> None:
    made, key = await clients.register(app, "App", [clients.OOB], scopes="read")
    fields = {"grant_type": "password", "client_id": made.client_id, "client_secret": key}
    answer = await stranger.post("/oauth/token", {**fields, "username": "alice", "password": PASSWORD})
    assert answer.status == 400
    assert answer.json["error"] == "unsupported_grant_type"


# Passkeys


async def test_a_passkey_signs_in_without_a_password(app: App, stranger: Browser, alice: User) -> None:
    key = await key_of(app, alice)
    page = await stranger.get("/auth/sign_in?next=/settings/filters")
    answer = await stranger.submit(page, number=number_of(page, "/auth/passkey"), answer=key.get(options(page)))
    assert (answer.status, answer.location) == (303, "/settings/filters")
    assert "@alice" in (await stranger.get("/settings")).text


async def test_an_answer_that_was_overheard_signs_nobody_in(app: App, stranger: Browser, alice: User) -> None:
    key = await key_of(app, alice)
    page = await stranger.get("/auth/sign_in")
    said = key.get(options(page))
    thief = client(app)
    own = await thief.get("/auth/sign_in")
    stolen = await thief.submit(own, number=number_of(own, "/auth/passkey"), answer=said)
    assert stolen.status == 401
    assert (await stranger.submit(page, number=number_of(page, "/auth/passkey"), answer=said)).status == 303
    again = await client(app).get("/auth/sign_in")
    assert (await stranger.submit(again, number=number_of(again, "/auth/passkey"), answer=said)).status in (401, 403)


async def test_a_passkey_is_a_second_factor_too(app: App, stranger: Browser, alice: User) -> None:
    key = await key_of(app, alice)
    page = await with_password(stranger)
    assert "session" not in stranger.cookies
    at = number_of(page, "/auth/second_step")
    assert options(page)["allowCredentials"]
    assert (await stranger.submit(page, number=at, answer=key.get(options(page)))).status == 303


async def test_the_name_of_the_site_is_never_taken_from_the_host_header(app: App, stranger: Browser) -> None:
    configure(app, "server", base_url="https://home.example")
    stranger.host = "evil.example"
    page = await stranger.get("/auth/sign_in")
    assert options(page)["rpId"] == "home.example" if page.status == 200 else page.status in (400, 421)
    assert "evil.example" not in page.text


async def test_answers_of_passkeys_are_counted_by_address(app: App, stranger: Browser) -> None:
    page = await stranger.get("/auth/sign_in")
    at = number_of(page, "/auth/passkey")
    statuses = [(await stranger.submit(page, number=at, answer="{}")).status for _ in range(26)]
    assert statuses == [401] * 25 + [429]


# Proving it once more


async def stale(app: App, user: User) -> Browser:
    """Return a browser whose person proved who they are too long ago."""
    browser = await signed_in(app, user)
    app.clock.shift(sessions.CONFIRMED.total_seconds() + 1)
    return browser


async def test_a_dangerous_change_asks_first_who_it_is(app: App, alice: User) -> None:
    browser = await stale(app, alice)
    page = await browser.get("/settings/security")
    token = page.forms[0].hidden["form_token"]
    answer = await browser.post("/settings/security", {"form_token": token, "do": "begin-app"})
    assert answer.location == "/auth/confirm?next=/settings/security"
    assert await totp.waiting(app, alice.id) is None
    asked = await browser.get(answer.location)
    assert (await browser.submit(asked, password="not it")).status == 401
    assert (await browser.submit(asked, password=PASSWORD)).location == "/settings/security"
    assert (await browser.post("/settings/security", {"form_token": token, "do": "begin-app"})).status == 303
    assert await totp.waiting(app, alice.id) is not None


async def test_the_password_is_asked_for_ten_times_in_ten_minutes_at_most(app: App, alice: User) -> None:
    browser = await stale(app, alice)
    page = await browser.get("/auth/confirm")
    statuses = [(await browser.submit(page, password="not it")).status for _ in range(11)]
    assert statuses == [401] * 10 + [429]


async def test_a_passkey_proves_it_as_well_and_only_ones_own(app: App, alice: User) -> None:
    key = await key_of(app, alice)
    browser = await stale(app, alice)
    page = await browser.get("/auth/confirm?next=//evil.example")
    at = number_of(page, "/auth/confirm")
    stranger_key = Authenticator(app.settings.base)
    assert (await browser.submit(page, number=at, answer=stranger_key.get(options(page)))).status == 401
    assert (await browser.submit(page, number=at, answer=key.get(options(page)))).location == "/"


async def test_strangers_have_nothing_to_prove(app: App, stranger: Browser) -> None:
    assert (await stranger.get("/auth/confirm")).location.startswith("/auth/sign_in?next=")
    assert (await stranger.post("/auth/confirm", {"password": PASSWORD})).location.startswith("/auth/sign_in")

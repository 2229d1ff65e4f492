"""The pages of members against the web's old tricks, each tried on every page of the table of routes.

CSRF (no token, another session's, another site's), state that changes by GET, open redirects, framing and caches,
answers to strangers, and marks that must not leave the pages on which they are shown.
"""

import logging
import re
from typing import Any

import pyotp
import pytest

from fedinote.auth import factors, recovery, totp
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.web.auth.routes import ROUTES as DOORS
from fedinote.web.settings.routes import ROUTES as SETTINGS
from tests.support.browser import Browser
from tests.support.people import PASSWORD, client, configure, person
from tests.web.reading import signed_in

_OPEN = ("/auth/sign_in", "/auth/sign_up", "/auth/sign_out", "/settings/interface", "/invite/", "/oauth/authorize")
_EVIL = (
    "//evil.example", "/\\evil.example", "/%09/evil.example", "https:evil.example", "https://evil.example", "@evil",
    "/..//evil.example", "javascript:alert(1)", "/\r\nLocation: https://evil.example", "/%0d%0aX: y", "///evil.example",
)  # fmt: skip


def paths(method: str) -> list[str]:
    routes = [one for one in (*DOORS, *SETTINGS) if method in (one.methods or ())]
    return sorted({one.path.replace("{id}", "1").replace("{code}", "x") for one in routes})


@pytest.fixture
async def alice(app: App) -> User:
    return await person(app)


@pytest.fixture
async def browser(app: App, alice: User) -> Browser:
    return await signed_in(app, alice)


def _columns(row: Any) -> list[str]:
    return list(row.keys())


async def snapshot(app: App) -> list[list[dict[str, object]]]:
    """Return all that the pages can change."""
    tables: tuple[str, ...] = (
        "users",
        "accounts",
        "filters",
        "follows",
        "blocks",
        "mutes",
        "account_domain_blocks",
        "invites",
    )
    tables += ("second_factors", "recovery_codes", "passkeys", "oauth_tokens", "oauth_codes", "notification_policies")
    found = [await app.db.rows(f"SELECT * FROM {table} ORDER BY 1") for table in (*tables, "sessions")]
    return [[{key: row[key] for key in _columns(row) if not key.endswith("_at")} for row in rows] for rows in found]


@pytest.mark.parametrize("path", paths("POST"))
async def test_a_form_without_our_token_or_from_elsewhere_changes_nothing(
    app: App, browser: Browser, path: str
) -> None:
    other = await signed_in(app, await person(app, "bob"))
    own = (await browser.get("/settings/interface")).forms[0].hidden["form_token"]
    theirs = (await other.get("/settings/interface")).forms[0].hidden["form_token"]
    before = await snapshot(app)
    fields = {"do": "end-others", "login": "alice", "password": PASSWORD, "title": "x", "context": "home", "uses": "1"}
    for token, headers in (
        ("", {}),
        (theirs, {}),
        (own, {"origin": "https://evil.example"}),
        (own, {"origin": "null"}),
        (own, {"sec_fetch_site": "cross-site"}),
        (own, {"sec_fetch_site": "same-site"}),
    ):
        answer = await browser.post(path, {**fields, "form_token": token}, **headers)
        assert answer.status == 403, (path, headers, answer.status)
    assert (await browser.send("POST", path, b'{"do": "end-others"}', {"content_type": "text/plain"})).status in (
        403,
        415,
    )
    assert await snapshot(app) == before


@pytest.mark.parametrize("path", paths("GET"))
async def test_looking_at_a_page_changes_nothing(app: App, browser: Browser, path: str) -> None:
    before = await snapshot(app)
    for query in ("", "?do=end-others&decision=allow&withdraw=1", "?_method=POST"):
        await browser.get(path + query, x_http_method_override="DELETE")
    assert await snapshot(app) == before


@pytest.mark.parametrize("path", paths("GET"))
async def test_pages_are_not_framed_cached_or_shared_and_run_nothing_inline(browser: Browser, path: str) -> None:
    answer = await browser.get(path, origin="https://evil.example")
    assert answer.header("cache-control") == "private, no-store"
    assert answer.header("access-control-allow-origin") == ""
    if answer.status == 303:
        return
    policy = answer.header("content-security-policy")
    for rule in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "script-src 'self'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert answer.header("x-frame-options") == "DENY"
    assert answer.header("x-content-type-options") == "nosniff"
    assert re.findall(r"<script\b(?![^>]*\bsrc=)", answer.text) == []
    assert not re.search(r"\s(?:style|on[a-z]+)=\"", answer.text)


@pytest.mark.parametrize("path", paths("GET"))
async def test_strangers_are_sent_to_sign_in_and_a_suffix_opens_nothing(app: App, path: str) -> None:
    stranger = client(app)
    if not path.startswith(_OPEN):
        answer = await stranger.get(path)
        assert (answer.status, answer.location.partition("?")[0]) == (303, "/auth/sign_in")
    answer = await stranger.get(f"{path}/x.css")
    assert answer.status == 404 or answer.location.startswith("/auth/sign_in?")
    assert answer.header("cache-control") == "private, no-store"


@pytest.mark.parametrize("onward", _EVIL)
async def test_no_page_leads_to_another_site(app: App, alice: User, browser: Browser, onward: str) -> None:
    configure(app, "registrations", mode="open")
    stranger = client(app)
    page = await stranger.get("/auth/sign_in")
    answer = await stranger.post(
        "/auth/sign_in", {**page.forms[0].hidden, "next": onward, "login": "alice", "password": PASSWORD}
    )
    assert (answer.status, answer.location) == (303, "/")
    for path in ("/auth/confirm", "/settings/interface"):
        page = await browser.get(path)
        fields = {**page.forms[0].hidden, "next": onward, "password": PASSWORD, "language": "en", "theme": "auto"}
        answer = await browser.post(path, fields)
        assert answer.status == 303
        assert answer.location in ("/", "/settings")


async def test_secrets_of_the_second_step_are_in_no_log_error_or_database(
    app: App, alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await totp.begin(app, alice.id)
    setup = await totp.waiting(app, alice.id)
    assert setup is not None
    codes = await factors.turn_on_app(app, alice.id, pyotp.TOTP(setup.secret).at(int(app.now().timestamp())))
    app.clock.shift(60)
    code = pyotp.TOTP(setup.secret).at(int(app.now().timestamp()))
    stranger = client(app)
    page = await stranger.submit(await stranger.get("/auth/sign_in"), login="alice", password=PASSWORD)
    wrong = await stranger.submit(page, code=f"{codes[0]}x")
    assert codes[0] not in wrong.text
    answer = await stranger.submit(page, code=code)
    assert answer.status == 303
    written = caplog.text
    for table in ("second_factors", "recovery_codes", "sessions", "users", "jobs"):
        written += str(
            [tuple(row[key] for key in _columns(row)) for row in await app.db.rows(f"SELECT * FROM {table}")]
        )
    for secret in (
        setup.secret,
        code,
        PASSWORD,
        stranger.cookies["session"],
        *codes,
        *(one.replace("-", "") for one in codes),
    ):
        assert secret not in written


async def test_a_session_begun_after_the_second_step_is_a_new_one(app: App, alice: User) -> None:
    await totp.begin(app, alice.id)
    setup = await totp.waiting(app, alice.id)
    assert setup is not None
    await factors.turn_on_app(app, alice.id, pyotp.TOTP(setup.secret).at(int(app.now().timestamp())))
    codes = await recovery.renew(app, alice.id)
    planted = await signed_in(app, alice)
    before = planted.cookies["session"]
    page = await planted.submit(await planted.get("/auth/sign_in"), login="alice", password=PASSWORD)
    assert planted.cookies["session"] == before
    assert (await planted.submit(page, code=codes[0])).status == 303
    assert planted.cookies["session"] != before
    thief = client(app)
    thief.cookies["session"] = before
    assert (await thief.get("/settings")).status == 303


@pytest.mark.parametrize("path", ["/auth/sign_in", "//auth/sign_in", "/AUTH/sign_in", "/auth/sign_in/"])
async def test_wrong_passwords_are_counted_by_whatever_way_and_headers_they_come(
    app: App, alice: User, path: str
) -> None:
    configure(app, "limits", enabled=True)
    stranger = client(app)
    page = await stranger.get("/auth/sign_in")
    statuses = []
    for at in range(27):
        headers = {"x_forwarded_for": f"192.0.2.{at}", "x_real_ip": f"192.0.2.{at}", "forwarded": f"for=192.0.2.{at}"}
        fields = {**page.forms[0].hidden, "login": f"name{at}", "password": "not it at all"}
        statuses.append((await stranger.post(path, fields, **headers)).status)
    assert 429 in statuses or set(statuses) <= {404, 405, 307, 308, 301, 303}
    assert 200 not in statuses

"""Signing in and out, and the consent of OAuth, as a browser does it."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from fedinote.accounts import profiles
from fedinote.auth import clients, sessions, users
from fedinote.auth.models import OAuthApp, Session
from fedinote.infra.app import App
from tests.support.browser import Answer, Browser
from tests.support.people import PASSWORD, client, configure, person

BACK = "https://client.example/back"


@pytest.fixture
def browser(app: App) -> Browser:
    return client(app)


async def sign_in(browser: Browser, login: str = "alice", password: str = PASSWORD, onward: str = "/") -> Answer:
    page = await browser.get("/auth/sign_in?" + urlencode({"next": onward}))
    return await browser.submit(page, login=login, password=password)


async def make_client(app: App, scopes: str = "read write follow push") -> OAuthApp:
    return (await clients.register(app, "A <b>client</b>", [BACK, clients.OOB], scopes=scopes))[0]


def authorize(app_client: OAuthApp, **values: str) -> str:
    plain = {"response_type": "code", "client_id": app_client.client_id, "redirect_uri": BACK, "scope": "read write"}
    return "/oauth/authorize?" + urlencode({**plain, **values})


# Signing in


async def test_the_right_password_begins_a_session_and_goes_on(app: App, browser: Browser) -> None:
    await person(app)
    answer = await sign_in(browser, onward="/auth/sign_out")
    assert (answer.status, answer.location) == (303, "/auth/sign_out")
    assert "@alice" in (await browser.get("/settings")).text


async def test_a_wrong_password_shows_the_form_again_and_begins_nothing(app: App, browser: Browser) -> None:
    await person(app)
    answer = await sign_in(browser, password="not it at all")
    assert answer.status == 401
    assert 'role="alert"' in answer.text
    assert 'value="alice"' in answer.text
    assert "not it at all" not in answer.text
    assert await Session.all().using_db(app.db.orm).count() == 0


async def test_a_cookie_is_out_of_reach_for_scripts_and_other_sites(app: App, browser: Browser) -> None:
    await person(app)
    line = next(line for line in (await sign_in(browser)).cookies() if line.startswith("session="))
    assert "HttpOnly" in line
    assert "SameSite=lax" in line
    assert "Path=/" in line
    assert "Domain" not in line


async def test_with_https_cookies_are_secure_and_bound_to_the_host(app: App) -> None:
    configure(app, "server", base_url="https://home.example")
    await person(app)
    browser = client(app)
    page = await browser.get("/auth/sign_in")
    assert all(line.startswith("__Host-visit=") and "Secure" in line for line in page.cookies())
    answer = await browser.submit(page, login="alice", password=PASSWORD)
    line = next(line for line in answer.cookies() if line.startswith("__Host-session="))
    assert "Secure" in line
    assert "Path=/" in line


async def test_a_cookie_planted_before_the_log_in_is_worth_nothing_after_it(app: App, browser: Browser) -> None:
    user = await person(app)
    planted = await sessions.start(app, user.id)
    browser.cookies["session"] = planted
    page = await browser.get("/auth/sign_in")
    answer = await browser.submit(page, login="alice", password=PASSWORD)
    assert answer.status == 303
    assert browser.cookies["session"] != planted
    assert await sessions.signed_in(app, planted) is None


async def test_an_invented_cookie_is_not_adopted(app: App, browser: Browser) -> None:
    await person(app)
    browser.cookies["session"] = "A" * 43
    await sign_in(browser)
    assert browser.cookies["session"] != "A" * 43


@pytest.mark.parametrize(
    "place",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "//evil.example/..",
        "/..//evil.example",
        "/%09/evil.example",
        "/\t/evil.example",
        "@evil.example",
        "javascript:alert(1)",
        "/x\r\nLocation: https://evil.example",
        "///evil.example",
        "/x//evil.example",
        "",
    ],
)
async def test_nobody_is_sent_to_another_place_after_the_log_in(app: App, browser: Browser, place: str) -> None:
    await person(app)
    answer = await sign_in(browser, onward=place)
    assert answer.location == "/"
    page = await browser.get("/auth/sign_in")  # and when the form itself was changed
    assert (await browser.submit(page, login="alice", password=PASSWORD, next=place)).location == "/"


async def test_a_login_that_waits_or_is_disabled_or_suspended_is_told_so(app: App, browser: Browser) -> None:
    waiting, disabled, suspended = [await person(app, name) for name in ("dora", "eve", "frank")]
    await app.db.execute("UPDATE users SET state = 'pending' WHERE id = ?", waiting.id)
    await app.db.execute("UPDATE users SET state = 'disabled' WHERE id = ?", disabled.id)
    await app.db.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", app.now(), suspended.account_id)
    for name, word in (("dora", "waits for approval"), ("eve", "disabled"), ("frank", "suspended")):
        answer = await sign_in(browser, name)
        assert (answer.status, answer.location) == (303, "/auth/locked")
        assert word in (await browser.get(answer.location)).text
    assert await Session.all().using_db(app.db.orm).count() == 0


# Brute force


async def test_the_26th_attempt_is_refused_whatever_headers_it_invents(app: App, browser: Browser) -> None:
    await person(app)
    page = await browser.get("/auth/sign_in")
    statuses, waits = [], []
    for number in range(26):
        forged = dict.fromkeys(
            ("x_forwarded_for", "x_real_ip", "forwarded", "cf_connecting_ip"), f"198.51.100.{number}"
        )
        answer = await browser.submit(page, login=f"name{number}", password="a wrong one", headers=forged)
        statuses.append(answer.status)
        waits.append(answer.header("retry-after"))
    assert statuses == [401] * 25 + [429]
    assert 0 < int(waits[-1]) <= 300


async def test_addresses_of_one_ipv6_network_share_the_count(app: App) -> None:
    await person(app)
    statuses = []
    for number in range(26):
        browser = client(app, address=f"2001:db8:1:2::{number:x}")
        statuses.append((await sign_in(browser, f"name{number}", "a wrong one")).status)
    assert statuses == [401] * 25 + [429]


async def test_behind_a_trusted_proxy_each_client_has_its_own_count(app: App) -> None:
    configure(app, "server", trusted_proxies=["127.0.0.0/8"])
    await person(app)
    browser = client(app, address="127.0.0.1")
    page = await browser.get("/auth/sign_in")
    for number in range(26):
        headers = {"x_forwarded_for": f"198.51.100.{number}"}
        answer = await browser.submit(page, login=f"name{number}", password="a wrong one", headers=headers)
        assert answer.status == 401


# Forms of other sites


async def test_a_form_without_our_token_or_with_another_browsers_signs_nobody_in(app: App, browser: Browser) -> None:
    await person(app)
    other = client(app)
    foreign = (await other.get("/auth/sign_in")).forms[0].hidden["form_token"]
    await browser.get("/auth/sign_in")
    for token in ({}, {"form_token": ""}, {"form_token": "x.y"}, {"form_token": foreign}):
        answer = await browser.post("/auth/sign_in", {"login": "alice", "password": PASSWORD, **token})
        assert answer.status == 403
    assert await Session.all().using_db(app.db.orm).count() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ],
)
async def test_a_form_sent_from_another_site_is_refused_even_with_a_good_token(
    app: App, browser: Browser, headers: dict[str, str]
) -> None:
    await person(app)
    page = await browser.get("/auth/sign_in")
    assert (await browser.submit(page, login="alice", password=PASSWORD, headers=headers)).status == 403
    own = {"origin": app.settings.base, "sec_fetch_site": "same-origin"}
    assert (await browser.submit(page, login="alice", password=PASSWORD, headers=own)).status == 303


async def test_a_body_that_a_script_elsewhere_can_send_without_asking_is_refused(app: App, browser: Browser) -> None:
    await person(app)
    page = await browser.get("/auth/sign_in")
    fields = {**page.forms[0].hidden, "login": "alice", "password": PASSWORD}
    assert (await browser.post("/auth/sign_in", fields, content_type="text/plain")).status == 415
    assert (await browser.post_json("/auth/sign_in", fields)).status == 415


async def test_a_token_of_before_the_log_in_is_worth_nothing_after_it(app: App, browser: Browser) -> None:
    await person(app)
    before = await browser.get("/auth/sign_in")
    await sign_in(browser)
    assert (await browser.post("/auth/sign_out", before.forms[0].hidden)).status == 403


# Signing out


async def test_signing_out_ends_the_session_on_the_server(app: App, browser: Browser) -> None:
    await person(app)
    await sign_in(browser)
    cookie = browser.cookies["session"]
    answer = await browser.submit(await browser.get("/auth/sign_out"))
    assert answer.status == 303
    assert "session" not in browser.cookies
    assert await sessions.signed_in(app, cookie) is None


async def test_a_link_or_a_foreign_form_signs_nobody_out(app: App, browser: Browser) -> None:
    await person(app)
    await sign_in(browser)
    await browser.get("/auth/sign_out")
    await browser.post("/auth/sign_out")
    assert await sessions.signed_in(app, browser.cookies["session"]) is not None


async def test_a_new_password_signs_browsers_out(app: App, browser: Browser) -> None:
    user = await person(app)
    await sign_in(browser)
    await users.set_password(app, user.id, "another long sentence")
    assert "@alice" not in (await browser.get("/")).text


# Consent


async def test_an_app_gets_a_code_after_log_in_and_consent(app: App, browser: Browser) -> None:
    await person(app)
    app_client = await make_client(app)
    answer = await browser.get(authorize(app_client, state="a b&c"))
    assert answer.status == 303
    page = await browser.get(answer.location)
    answer = await browser.submit(page, login="alice", password=PASSWORD)
    page = await browser.get(answer.location)
    assert "A &lt;b&gt;client&lt;/b&gt;" in page.text
    assert BACK in page.text
    answer = await browser.submit(page)
    assert answer.status == 303
    assert answer.location.startswith(BACK + "?")
    values = parse_qs(urlsplit(answer.location).query)
    assert values["state"] == ["a b&c"]
    assert values["iss"] == [app.settings.base]
    assert len(values["code"][0]) >= 40


async def test_refusing_tells_the_app_and_gives_no_code(app: App, browser: Browser) -> None:
    await person(app)
    await sign_in(browser)
    page = await browser.get(authorize(await make_client(app), state="s"))
    values = parse_qs(urlsplit((await browser.submit(page, number=1)).location).query)
    assert values["error"] == ["access_denied"]
    assert values["state"] == ["s"]
    assert "code" not in values


async def test_out_of_band_the_code_stands_on_the_page_alone(app: App, browser: Browser) -> None:
    await person(app)
    await sign_in(browser)
    page = await browser.get(authorize(await make_client(app), redirect_uri=clients.OOB))
    answer = await browser.submit(page)
    assert answer.status == 200
    assert answer.location == ""
    assert '<code class="code" dir="ltr">' in answer.text
    assert "A &lt;b&gt;client&lt;/b&gt;" in answer.text
    assert answer.forms == []


@pytest.mark.parametrize(
    "uri", ["https://evil.example/", BACK + "/x", BACK + "?x", BACK + "#x", "", "javascript:alert(1)"]
)
async def test_a_wrong_address_gets_a_page_and_never_a_redirect(app: App, browser: Browser, uri: str) -> None:
    await person(app)
    app_client = await make_client(app)
    for _ in range(2):  # signed out, then signed in
        answer = await browser.get(authorize(app_client, redirect_uri=uri))
        assert answer.status == 400
        assert answer.location == ""
        await sign_in(browser)
    page = await browser.get(authorize(app_client))
    answer = await browser.submit(page, redirect_uri=uri)  # and when the form itself was changed
    assert answer.status == 400
    assert answer.location == ""


async def test_a_parameter_given_twice_is_refused(app: App, browser: Browser) -> None:
    await person(app)
    await sign_in(browser)
    plain, evil = authorize(await make_client(app)), "redirect_uri=https%3A%2F%2Fevil.example"
    assert (await browser.get(plain)).status == 200
    for address in (f"{plain}&{evil}", plain.replace("?", f"?{evil}&"), f"{plain}&state=a&state=b"):
        answer = await browser.get(address)
        assert (answer.status, answer.location) == (400, "")


async def test_strangers_are_not_bounced_to_an_apps_address(app: App, browser: Browser) -> None:
    await person(app)
    address = authorize(await make_client(app), scope="root")
    assert (await browser.get(address)).location.startswith("/auth/sign_in?")
    await sign_in(browser)
    assert "error=invalid_scope" in (await browser.get(address)).location


async def test_consent_needs_our_own_form(app: App, browser: Browser) -> None:
    await person(app)
    await sign_in(browser)
    page = await browser.get(authorize(await make_client(app)))
    fields = dict(page.forms[0].hidden)
    answer = await browser.submit(page, headers={"origin": "https://evil.example"})
    assert answer.status == 403
    del fields["form_token"]
    assert (await browser.post("/oauth/authorize", fields)).status == 403
    assert await app.db.value("SELECT COUNT(*) AS value FROM oauth_codes") == 0


async def test_without_a_decision_nothing_is_granted(app: App, browser: Browser) -> None:
    await person(app)
    await sign_in(browser)
    page = await browser.get(authorize(await make_client(app)))
    assert (await browser.submit(page, decision="maybe")).status == 400
    assert await app.db.value("SELECT COUNT(*) AS value FROM oauth_codes") == 0


async def test_scopes_added_to_the_form_are_refused(app: App, browser: Browser) -> None:
    await person(app)
    await sign_in(browser)
    page = await browser.get(authorize(await make_client(app, "read"), scope="read"))
    answer = await browser.submit(page, scope="read write")
    assert "error=invalid_scope" in answer.location


async def test_scopes_for_moderators_are_neither_shown_to_members_nor_granted(app: App, browser: Browser) -> None:
    await person(app)
    await sign_in(browser)
    app_client = await make_client(app, "read admin:read")
    page = await browser.get(authorize(app_client, scope="read admin:read"))
    assert "moderator" not in page.text
    await browser.submit(page)
    assert await app.db.value("SELECT scopes AS value FROM oauth_codes") == "read"


@pytest.mark.parametrize(
    ("text", "asks"), [("true", True), ("True", True), ("1", True), ("False", False), ("false", False)]
)
async def test_force_login_asks_again_only_when_it_is_true(app: App, browser: Browser, text: str, asks: bool) -> None:
    await person(app)
    await sign_in(browser)
    answer = await browser.get(authorize(await make_client(app), force_login=text, lang="None"))
    assert (answer.status == 303) is asks
    if asks:
        page = await browser.get(answer.location)
        onward = (await browser.submit(page, login="alice", password=PASSWORD)).location
        assert "force_login" not in onward
        assert (await browser.get(onward)).status == 200


async def test_a_trailing_slash_works_too(app: App, browser: Browser) -> None:
    address = authorize(await make_client(app)).replace("/authorize?", "/authorize/?")
    assert (await browser.get(address)).status == 303


# Headers


async def test_pages_for_apps_have_a_strict_policy_without_form_action_or_opener_policy(
    app: App, browser: Browser
) -> None:
    await person(app)
    sign_in_page = await browser.get("/auth/sign_in")
    await sign_in(browser)
    consent = await browser.get(authorize(await make_client(app)))
    for page in (sign_in_page, consent):
        policy = page.header("content-security-policy")
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "form-action" not in policy
        assert page.header("cross-origin-opener-policy") == ""
        assert page.header("cache-control") == "private, no-store"
        assert page.header("x-content-type-options") == "nosniff"
        assert page.header("access-control-allow-origin") == ""
        assert re.findall(r"<script\b[^>]*>(.)", page.text) == ["<"] * page.text.count("<script")  # nothing inline
        assert " style=" not in page.text


async def test_other_pages_send_forms_to_us_alone(app: App, browser: Browser) -> None:
    assert "form-action 'self'" in (await browser.get("/auth/sign_out")).header("content-security-policy")


async def test_what_strangers_type_is_shown_as_text(app: App, browser: Browser) -> None:
    await person(app)
    answer = await sign_in(browser, login='"><script>alert(1)</script>', password="wrong password")
    assert "<script>alert" not in answer.text


# The front page


async def test_the_front_page_tells_how_to_begin_while_there_is_no_owner(app: App, browser: Browser) -> None:
    page = await browser.get("/")
    assert page.status == 200
    assert "no owner yet" in page.text


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("open", "Make an account"),
        ("approval", "Ask for an account"),
        ("invitation", "invitation link"),
        ("closed", "Nobody can join"),
    ],
)
async def test_the_front_page_says_how_one_can_join(app: App, browser: Browser, mode: str, words: str) -> None:
    await profiles.ensure_instance_actor(app)
    await person(app, role="owner")
    configure(app, "registrations", mode=mode)
    page = await browser.get("/")
    assert words in page.text
    assert "no owner yet" not in page.text

"""Signing in with a second step in a real browser: a passkey of a virtual device, and codes without any script."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, sign_in
from tests.support.process import ServerProcess
from tools.showcase import ENVIRONMENT, PASSWORD

Opened = Callable[..., Page]
SETTINGS = (
    *("", "/profile", "/interface", "/translation", "/writing", "/privacy", "/notifications", "/filters"),
    *("/filters/new", "/follows", "/follows?list=requests", "/blocks", "/blocks?list=servers", "/invitations"),
    *("/security", "/sessions"),
)
DOORS = ("/auth/sign_out", "/auth/password", "/auth/confirm")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    environment = {**ENVIRONMENT, "FEDINOTE_REGISTRATIONS_MODE": "approval"}
    with ServerProcess(tmp_path_factory.mktemp("doors"), **environment) as running:
        for name in ("alice", "albert", "anna", "amy", "walker_dark", "walker_light"):
            running.user(name, PASSWORD)
        yield running


def with_device(page: Page) -> Any:
    """Give the browser an authenticator that says yes to everything."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    return session


def type_password(page: Page, name: str) -> None:
    page.goto("/auth/sign_in")
    page.fill("input[name=login]", name)
    page.fill("input[name=password]", PASSWORD)
    page.locator("main button[type=submit]").first.click()


def test_a_passkey_is_made_on_a_phone_and_opens_the_door_without_a_password(
    server: ServerProcess, opened: Opened
) -> None:
    page = opened(server.base_url, viewport=PHONE)
    with_device(page)
    sign_in(page, "alice")
    page.goto("/settings/security")
    page.fill("#key-name", "My phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("h1")).to_have_text("Recovery codes")
    assert page.locator(".codes li").count() == 10
    page.get_by_role("link", name="I have them").click()
    expect(page.locator("main")).to_contain_text("My phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("[data-passkey-says]")).to_have_text("This device has a passkey for you already.")
    page.goto("/auth/sign_out")
    page.locator("main button[type=submit]").click()
    page.goto("/auth/sign_in?next=/settings/sessions")
    button = page.get_by_role("button", name="Sign in with a passkey")
    if button.is_visible():
        button.click()
    page.wait_for_url("**/settings/sessions")
    expect(page.locator("h1")).to_have_text("Apps and browsers")


def test_a_passkey_is_the_second_step_after_the_password(server: ServerProcess, opened: Opened) -> None:
    page = opened(server.base_url)
    device = with_device(page)
    sign_in(page, "anna")
    page.goto("/settings/security")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("h1")).to_have_text("Recovery codes")
    page.goto("/auth/sign_out")
    page.locator("main button[type=submit]").click()
    device.send("WebAuthn.disable")  # no offer beside the name while the password is typed
    type_password(page, "anna")
    expect(page.locator("h1")).to_have_text("Second step")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_visible()


def test_codes_work_without_any_script(server: ServerProcess, opened: Opened) -> None:
    page = opened(server.base_url, scripts=False)
    sign_in(page, "albert")
    page.goto("/settings/security")
    expect(page.get_by_role("button", name="Add a passkey")).to_have_count(0)
    page.get_by_role("button", name="Set it up").click()
    secret = page.locator("code.code").inner_text().replace(" ", "")
    page.fill("#code", pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Turn it on").click()
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    page.goto("/auth/sign_out")
    page.locator("main button[type=submit]").click()
    type_password(page, "albert")
    expect(page.locator("h1")).to_have_text("Second step")
    page.fill("#code", "000000")
    page.locator("main button[type=submit]").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("summary", has_text="I cannot do that now").click()
    page.fill("#recovery", codes[0])
    page.get_by_role("button", name="Use a recovery code").click()
    page.goto("/settings")
    expect(page.locator("main")).to_contain_text("@albert")


@pytest.mark.parametrize(("viewport", "theme", "locale"), [(PHONE, "dark", "zh-CN"), (None, "light", "en-US")])
def test_doors_and_settings_have_no_barrier(
    server: ServerProcess, opened: Opened, viewport: Any, theme: str, locale: str
) -> None:
    page = opened(server.base_url, viewport=viewport, theme=theme, locale=locale)
    found = [_barriers(page, path) for path in ("/auth/sign_in", "/auth/sign_up", "/settings/interface")]
    sign_in(page, f"walker_{theme}")
    found += [_barriers(page, f"/settings{path}") for path in SETTINGS]
    found += [_barriers(page, path) for path in DOORS]
    found.append(_barriers(page, _consent(page)))
    assert [one for one in found if one] == []


def _consent(page: Page) -> str:
    """Register an app; return where it sends people."""
    fields = {"client_name": "Reader", "redirect_uris": "https://app.example/back", "website": "https://app.example"}
    made = page.request.post("/api/v1/apps", form={**fields, "scopes": "read write:statuses push"}).json()
    asked = {"client_id": made["client_id"], "redirect_uri": fields["redirect_uris"], "response_type": "code"}
    return "/oauth/authorize?" + urlencode({**asked, "scope": "read write:statuses push"})


def test_the_second_step_and_its_setting_up_have_no_barrier(server: ServerProcess, opened: Opened) -> None:
    page = opened(server.base_url, viewport=PHONE)
    sign_in(page, "amy")
    page.goto("/settings/security")
    page.get_by_role("button", name="Set it up").click()
    found = [_seen(page)]
    secret = page.locator("code.code").inner_text().replace(" ", "")
    page.fill("#code", pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("h1")).to_have_text("Recovery codes")
    found += [_seen(page), _barriers(page, "/settings/security")]
    page.goto("/auth/sign_out")
    page.locator("main button[type=submit]").click()
    type_password(page, "amy")
    expect(page.locator("h1")).to_have_text("Second step")
    page.locator("summary", has_text="I cannot do that now").click()
    found.append(_seen(page))
    assert [one for one in found if one] == []


def _barriers(page: Page, path: str) -> str:
    """Return what axe-core finds on a page, "" for nothing."""
    page.goto(path)
    return _seen(page)


def _seen(page: Page) -> str:
    path = page.url
    width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    results = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    said = [f"{one['id']}: {[node['html'][:160] for node in one['nodes']]}" for one in results.response["violations"]]
    return f"{path}: {'too wide; ' if width > 0 else ''}{'; '.join(said)}" if said or width > 0 else ""

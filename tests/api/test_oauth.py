"""OAuth for clients over HTTP: registering, tokens in every encoding, revoking, discovery."""

import base64
from typing import Any

import pytest

from fedinote.auth import clients, oauth
from fedinote.infra.app import App
from tests.support.browser import Answer, Browser
from tests.support.people import client, person

OOB = clients.OOB


@pytest.fixture
def browser(app: App) -> Browser:
    return client(app)


async def make_app(browser: Browser, **values: Any) -> dict[str, Any]:
    plain = {"client_name": "a client", "redirect_uris": OOB, "scopes": "read write follow push"}
    answer = await browser.post_json("/api/v1/apps", {**plain, **values})
    assert answer.status == 200, answer.text
    made: dict[str, Any] = answer.json
    return made


def credentials(made: dict[str, Any], **values: str) -> dict[str, str]:
    return {
        "grant_type": "client_credentials",
        "client_id": made["client_id"],
        "client_secret": made["client_secret"],
        **values,
    }


async def code_for(app: App, made: dict[str, Any], name: str = "alice", scope: str = "read write") -> str:
    user = await person(app, name)
    asked = {"client_id": made["client_id"], "redirect_uri": OOB, "scope": scope}
    return await oauth.grant(app, await oauth.check_request(app, asked), user_id=user.id, role=user.role)


async def exchange(browser: Browser, made: dict[str, Any], code: str) -> Answer:
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": OOB}
    return await browser.post_json("/oauth/token", {**credentials(made), **grant})


async def test_an_app_is_registered_from_json_and_forms_with_all_that_clients_read(browser: Browser) -> None:
    fields = {"client_name": "a client", "redirect_uris": f"{OOB}\nhttps://client.example/back", "scopes": "read write"}
    for answer in (await browser.post_json("/api/v1/apps", fields), await browser.post("/api/v1/apps", fields)):
        made = answer.json
        assert answer.status == 200
        assert made["id"].isdigit()
        assert made["redirect_uri"] == fields["redirect_uris"]
        assert made["redirect_uris"] == fields["redirect_uris"].split("\n")
        assert made["scopes"] == ["read", "write"]
        assert made["client_id"]
        assert made["client_secret"]
        assert len(base64.urlsafe_b64decode(made["vapid_key"] + "==")) == 65
        assert made["website"] is None


async def test_addresses_may_come_as_an_array(browser: Browser) -> None:
    made = await make_app(browser, redirect_uris=[OOB, "com.tapbots.Ivory.10217:/request_token"])
    assert made["redirect_uris"] == [OOB, "com.tapbots.Ivory.10217:/request_token"]


@pytest.mark.parametrize(
    "values",
    [{"client_name": ""}, {"redirect_uris": ""}, {"redirect_uris": "javascript:alert(1)"}, {"scopes": "read root"}],
)
async def test_a_wrong_registration_is_told_as_text(browser: Browser, values: dict[str, str]) -> None:
    answer = await browser.post_json("/api/v1/apps", {"client_name": "x", "redirect_uris": OOB, **values})
    assert answer.status == 422
    assert answer.json["error"].startswith("Validation failed")


async def test_a_code_becomes_a_bearer_token_that_works(app: App, browser: Browser) -> None:
    made = await make_app(browser)
    answer = await exchange(browser, made, await code_for(app, made))
    assert answer.status == 200
    assert answer.header("cache-control") == "no-store"
    token = answer.json
    assert (token["token_type"], token["scope"]) == ("Bearer", "read write")
    assert isinstance(token["created_at"], int)
    bearer = {"authorization": f"Bearer {token['access_token']}"}
    shown = await browser.get("/api/v1/apps/verify_credentials", **bearer)
    assert shown.json["name"] == "a client"
    assert "client_secret" not in shown.json
    info = (await browser.get("/oauth/userinfo", **bearer)).json
    assert info["sub"] == app.url("/users/alice")
    assert info["preferred_username"] == "alice"


async def test_a_code_does_not_work_twice(app: App, browser: Browser) -> None:
    made = await make_app(browser)
    code = await code_for(app, made)
    token = (await exchange(browser, made, code)).json["access_token"]
    answer = await exchange(browser, made, code)
    assert (answer.status, answer.json["error"]) == (400, "invalid_grant")
    assert (await browser.get("/oauth/userinfo", authorization=f"Bearer {token}")).status == 401


async def test_an_apps_own_token_comes_by_form_json_and_basic(browser: Browser) -> None:
    made = await make_app(browser)
    basic = base64.b64encode(f"{made['client_id']}:{made['client_secret']}".encode()).decode()
    answers = [
        await browser.post("/oauth/token", credentials(made, scope="read write")),
        await browser.post_json("/oauth/token", credentials(made, scope="read write")),
        await browser.post(
            "/oauth/token", {"grant_type": "client_credentials", "scope": "read write"}, authorization=f"Basic {basic}"
        ),
    ]
    for answer in answers:
        assert answer.status == 200
        assert answer.json["scope"] == "read write"
        bearer = f"Bearer {answer.json['access_token']}"
        assert (await browser.get("/api/v1/apps/verify_credentials", authorization=bearer)).status == 200
        assert (await browser.get("/oauth/userinfo", authorization=bearer)).status in (403, 422)


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "wrong"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "wrong"}, 400, "invalid_grant"),
        ({"grant_type": "authorization_code"}, 400, "invalid_grant"),
        ({"scope": "admin:read"}, 400, "invalid_scope"),
        ({"client_id": "x" * 5000}, 400, "invalid_request"),
    ],
)
async def test_oauth_errors_are_codes(browser: Browser, values: dict[str, str], status: int, code: str) -> None:
    made = await make_app(browser)
    answer = await browser.post("/oauth/token", {**credentials(made), **values})
    assert (answer.status, answer.json["error"]) == (status, code)
    assert answer.json["error_description"]
    assert answer.header("content-type").startswith("application/json")
    assert answer.header("access-control-allow-origin") == "*"


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic " + "A" * 9000, "Basic /////w==", "Bearer x"])
async def test_a_broken_basic_header_is_no_client(browser: Browser, header: str) -> None:
    answer = await browser.post("/oauth/token", {"grant_type": "client_credentials"}, authorization=header)
    assert (answer.status, answer.json["error"]) == (401, "invalid_client")


async def test_a_revoked_token_is_dead_at_once_and_the_answer_is_an_empty_object(browser: Browser) -> None:
    made = await make_app(browser)
    token = (await browser.post("/oauth/token", credentials(made, scope="read"))).json["access_token"]
    bearer = {"authorization": f"Bearer {token}"}
    assert (await browser.get("/api/v1/apps/verify_credentials", **bearer)).status == 200
    for _ in range(2):
        answer = await browser.post("/oauth/revoke", credentials(made, token=token))
        assert (answer.status, answer.json) == (200, {})
    assert (await browser.get("/api/v1/apps/verify_credentials", **bearer)).status == 401


async def test_an_app_cannot_revoke_anothers_token(browser: Browser) -> None:
    made, other = await make_app(browser), await make_app(browser)
    token = (await browser.post("/oauth/token", credentials(made, scope="read"))).json["access_token"]
    answer = await browser.post("/oauth/revoke", credentials(other, token=token))
    assert (answer.status, answer.json["error"]) == (403, "unauthorized_client")
    assert (await browser.post("/oauth/revoke", {"token": token})).status == 401
    assert (await browser.get("/api/v1/apps/verify_credentials", authorization=f"Bearer {token}")).status == 200


async def test_userinfo_needs_a_scope_that_shows_the_profile(app: App, browser: Browser) -> None:
    made = await make_app(browser, scopes="profile push")
    for name, scope, status in (("alice", "profile", 200), ("bob", "push", 403)):
        token = (await exchange(browser, made, await code_for(app, made, name, scope))).json["access_token"]
        assert (await browser.get("/oauth/userinfo", authorization=f"Bearer {token}")).status == status


async def test_clients_find_the_addresses_and_that_pkce_is_supported(app: App, browser: Browser) -> None:
    found = (await browser.get("/.well-known/oauth-authorization-server")).json
    assert found["issuer"] == app.settings.base
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["token_endpoint"] == app.url("/oauth/token")
    assert {"read", "write:statuses", "push", "profile", "admin:read"} <= set(found["scopes_supported"])
    for name in ("authorization_endpoint", "revocation_endpoint", "userinfo_endpoint", "app_registration_endpoint"):
        assert found[name].startswith(app.settings.base)

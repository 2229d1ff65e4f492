import asyncio
import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest

from fedinote.auth import clients, oauth, tokens
from fedinote.auth.models import OAuthApp, User
from fedinote.auth.oauth import OAuthError, RedirectedError
from fedinote.auth.tokens import Issued
from fedinote.infra.app import App
from fedinote.infra.errors import BadRequest, Forbidden, Invalid, Unauthorized
from tests.support.people import person

BACK = "https://client.example/back?x=1"
VERIFIER = "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


async def make_client(app: App, *, scopes: str = "read write follow push", uri: str = BACK) -> OAuthApp:
    return (await clients.register(app, "a client", [uri, clients.OOB], scopes=scopes))[0]


def asked(client: OAuthApp, **values: str) -> dict[str, str]:
    plain = {"client_id": client.client_id, "redirect_uri": BACK, "response_type": "code", "scope": "read write"}
    return {**plain, **values}


async def code_for(app: App, client: OAuthApp, user: User, **values: str) -> str:
    request = await oauth.check_request(app, asked(client, **values))
    return await oauth.grant(app, request, user_id=user.id, role=user.role)


async def exchange(app: App, client: OAuthApp, code: str, **values: str) -> Issued:
    plain = {"redirect_uri": BACK, "verifier": "", "scope": ""}
    return await oauth.exchange(app, client, code=code, **{**plain, **values})


async def test_a_code_becomes_a_token_with_the_scopes_that_were_granted(app: App) -> None:
    client, user = await make_client(app), await person(app)
    issued = await exchange(app, client, await code_for(app, client, user, scope="read:accounts push"))
    assert issued.scopes == ("read:accounts", "push")
    viewer = await tokens.authenticate(app, issued.text)
    assert viewer.app_id == client.id
    assert viewer.scopes == {"read:accounts", "push"}


@pytest.mark.parametrize(
    "uri",
    [
        "https://client.example/back",
        "https://client.example/back?x=1&y=2",
        "https://client.example/back?x=1#top",
        "https://client.example/BACK?x=1",
        "https://client.example/../back?x=1",
        "https://client.example/%62ack?x=1",
        "https://client.example.evil.example/back?x=1",
        "https://evil.example/back?x=1",
        "https://client.example@evil.example/back?x=1",
        "http://client.example/back?x=1",
        "https://client.example/back?x=1 ",
        "javascript:alert(1)",
        "",
    ],
)
async def test_an_address_that_differs_by_a_letter_from_the_registered_is_refused_without_a_redirect(
    app: App, uri: str
) -> None:
    client = await make_client(app)
    with pytest.raises(BadRequest) as refused:
        await oauth.check_request(app, asked(client, redirect_uri=uri))
    assert not isinstance(refused.value, RedirectedError)


async def test_a_missing_address_and_an_unknown_client_are_refused_without_a_redirect(app: App) -> None:
    client = await make_client(app)
    without = asked(client)
    del without["redirect_uri"]
    for values in (without, asked(client, client_id="unknown"), asked(client, client_id="")):
        with pytest.raises(BadRequest) as refused:
            await oauth.check_request(app, values)
        assert not isinstance(refused.value, RedirectedError)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"scope": "read write admin:read"}, "invalid_scope"),
        ({"scope": "root"}, "invalid_scope"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": CHALLENGE}, "invalid_request"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request"),
    ],
)
async def test_the_clients_other_mistakes_are_told_to_the_client(app: App, values: dict[str, str], code: str) -> None:
    client = await make_client(app)
    with pytest.raises(RedirectedError) as refused:
        await oauth.check_request(app, asked(client, state="s", **values))
    assert (refused.value.code, refused.value.redirect_uri, refused.value.state) == (code, BACK, "s")


async def test_the_answer_keeps_the_state_and_names_the_issuer(app: App) -> None:
    url = oauth.answer_url(app, BACK, "a b&c=d#\u00e9", code="xyz")
    assert url.startswith(BACK + "&")
    values = parse_qs(urlsplit(url).query)
    assert values == {"x": ["1"], "code": ["xyz"], "state": ["a b&c=d#\u00e9"], "iss": [app.settings.base]}


async def test_a_code_used_twice_revokes_the_token_that_it_gave(app: App) -> None:
    client, user = await make_client(app), await person(app)
    code = await code_for(app, client, user)
    issued = await exchange(app, client, code)
    await tokens.authenticate(app, issued.text)
    with pytest.raises(OAuthError) as refused:
        await exchange(app, client, code)
    assert refused.value.code == "invalid_grant"
    with pytest.raises(Unauthorized):
        await tokens.authenticate(app, issued.text)


async def test_of_two_exchanges_at_the_same_time_one_gets_a_token(app: App) -> None:
    client, user = await make_client(app), await person(app)
    code = await code_for(app, client, user)
    results = await asyncio.gather(*(exchange(app, client, code) for _ in range(6)), return_exceptions=True)
    assert sum(isinstance(result, Issued) for result in results) == 1
    assert await app.db.value("SELECT COUNT(*) AS value FROM oauth_tokens") == 1


async def test_a_code_is_good_for_ten_minutes(app: App) -> None:
    client, user = await make_client(app), await person(app)
    code = await code_for(app, client, user)
    app.clock.shift(600)
    with pytest.raises(OAuthError):
        await exchange(app, client, code)


async def test_a_code_is_bound_to_its_client_and_its_address(app: App) -> None:
    client, other, user = await make_client(app), await make_client(app), await person(app)
    code = await code_for(app, client, user)
    with pytest.raises(OAuthError):
        await exchange(app, other, code)
    for uri in ("https://client.example/back", clients.OOB, ""):
        with pytest.raises(OAuthError):
            await exchange(app, client, code, redirect_uri=uri)
    await exchange(app, client, code)


async def test_with_a_challenge_the_code_needs_its_verifier(app: App) -> None:
    client, user = await make_client(app), await person(app)
    code = await code_for(app, client, user, code_challenge=CHALLENGE, code_challenge_method="S256")
    for verifier in ("", "w" * 50, CHALLENGE, "v" * 42):
        with pytest.raises(OAuthError):
            await exchange(app, client, code, verifier=verifier)
    await exchange(app, client, code, verifier=VERIFIER)


async def test_a_verifier_without_a_challenge_is_refused(app: App) -> None:
    client, user = await make_client(app), await person(app)
    with pytest.raises(OAuthError):
        await exchange(app, client, await code_for(app, client, user), verifier=VERIFIER)


async def test_an_exchange_may_narrow_the_scopes_but_never_widen_them(app: App) -> None:
    client, user = await make_client(app), await person(app)
    code = await code_for(app, client, user, scope="read")
    with pytest.raises(OAuthError) as refused:
        await exchange(app, client, code, scope="read write")
    assert refused.value.code == "invalid_scope"
    assert (await exchange(app, client, code, scope="read:accounts")).scopes == ("read:accounts",)


async def test_whoever_was_suspended_or_disabled_meanwhile_gets_no_token(app: App) -> None:
    client, first, second = await make_client(app), await person(app), await person(app, "bob")
    codes = [await code_for(app, client, user) for user in (first, second)]
    await app.db.execute("UPDATE users SET state = 'disabled' WHERE id = ?", first.id)
    await app.db.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", app.now(), second.account_id)
    for code in codes:
        with pytest.raises(OAuthError):
            await exchange(app, client, code)


async def test_scopes_for_moderators_are_granted_by_moderators_only(app: App) -> None:
    client = await make_client(app, scopes="read admin:read admin:write:reports")
    request = await oauth.check_request(app, asked(client, scope="read admin:read admin:write:reports"))
    assert oauth.grantable(request, "member") == ("read",)
    assert oauth.grantable(request, "moderator") == ("read", "admin:read", "admin:write:reports")


async def test_an_app_gets_a_token_of_its_own_within_its_scopes(app: App) -> None:
    client = await make_client(app, scopes="read admin:read")
    issued = await oauth.client_credentials(app, client, "read:statuses")
    assert issued.scopes == ("read:statuses",)
    for scope in ("write", "admin:read"):
        with pytest.raises(OAuthError) as refused:
            await oauth.client_credentials(app, client, scope)
        assert refused.value.code == "invalid_scope"


async def test_a_client_is_known_by_its_own_secret_alone(app: App) -> None:
    client, secret = await clients.register(app, "one", [clients.OOB])
    other, other_secret = await clients.register(app, "two", [clients.OOB])
    assert (await oauth.authenticated_client(app, client.client_id, secret)).id == client.id
    for name, given in ((client.client_id, other_secret), (other.client_id, secret), ("", ""), (client.client_id, "")):
        with pytest.raises(OAuthError) as refused:
            await oauth.authenticated_client(app, name, given)
        assert (refused.value.code, refused.value.status) == ("invalid_client", 401)


async def test_a_clients_secret_is_stored_as_a_hash(app: App) -> None:
    _, secret = await clients.register(app, "one", [clients.OOB])
    (row,) = await OAuthApp.all().using_db(app.db.orm).values()
    assert secret not in str(row)


@pytest.mark.parametrize(
    "uri",
    [
        clients.OOB,
        "https://client.example/back",
        "http://localhost:3000/back",
        "com.tapbots.Ivory.10217:/request_token",
        "ivory://callback",
        "https://elk.example/api/home.example/oauth/http%3A%2F%2Fclient.example",
    ],
)
def test_addresses_that_real_clients_register_are_accepted(uri: str) -> None:
    clients.check_redirect_uri(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "/back",
        "//evil.example/back",
        "client.example/back",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "https://client.example/#top",
        "https://user:pass@client.example/",
        "https:///back",
        "https://client.example\\@evil.example/",
        "https://client.example/a b",
        "https://client.example/\r\nX: y",
        "java\tscript:alert(1)",
        "https://" + "x" * 3000,
    ],
)
def test_addresses_that_no_client_should_have_are_refused(uri: str) -> None:
    with pytest.raises(Invalid):
        clients.check_redirect_uri(uri)


async def test_a_client_needs_a_name_an_address_and_known_scopes(app: App) -> None:
    for name, uris, scopes in ((" ", [BACK], "read"), ("x", [], "read"), ("x", [BACK], "read root")):
        with pytest.raises(Invalid):
            await clients.register(app, name, uris, scopes=scopes)


async def test_a_client_that_asks_for_nothing_may_read(app: App) -> None:
    client, _ = await clients.register(app, "x", [BACK], scopes="")
    assert client.scopes == "read"


async def test_the_command_lines_app_is_registered_once(app: App) -> None:
    assert (await clients.command_line(app)).id == (await clients.command_line(app)).id


async def test_expired_codes_are_pruned(app: App) -> None:
    client, user = await make_client(app), await person(app)
    await code_for(app, client, user)
    assert await oauth.prune(app) == 0
    app.clock.shift(2 * 3600)
    assert await oauth.prune(app) == 1


async def test_a_waiting_login_is_told_apart_from_a_wrong_token(app: App) -> None:
    client, user = await make_client(app), await person(app)
    issued = await exchange(app, client, await code_for(app, client, user))
    await app.db.execute("UPDATE users SET state = 'pending'")
    with pytest.raises(Forbidden):
        await tokens.authenticate(app, issued.text)

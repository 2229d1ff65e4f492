"""What every route does, whatever it is for: points 1 to 10 of what breaks clients."""

import re

import pytest

from fedinote import server
from fedinote.api import access, misc
from fedinote.api.routing import Table, route
from fedinote.infra.errors import FediNoteError
from tests.api.client import Client, File
from tests.api.conftest import picture
from tests.support.people import configure

ORIGIN = {"Origin": "https://client.example"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/no_such_thing", 404),
        ("GET", "/api/v7", 404),
        ("GET", "/api", 404),
        ("GET", "/api/", 404),
        ("POST", "/api/v1/instance", 405),
        ("GET", "/api/v1/statuses/1", 404),
        ("GET", "/api/v1/statuses/abc", 404),
        ("GET", f"/api/v1/statuses/{1 << 70}", 404),
        ("GET", "/api/v1/accounts/1", 404),
        ("GET", "/api/v1/accounts/lookup?acct=nobody_here", 404),
        ("GET", "/api/v1/accounts/verify_credentials", 401),
        ("POST", "/api/v1/statuses", 401),
        ("POST", "/oauth/revoke", 401),
        ("GET", "/media/aa/bb/nothing.png", 404),
    ],
)
async def test_an_error_is_json_with_a_text_and_may_be_read_by_scripts(stranger, method, path, status):
    answer = await stranger.send(method, path, headers=ORIGIN)
    assert answer.status == status
    assert answer.header("content-type").startswith("application/json")
    assert isinstance(answer.json["error"], str)
    assert answer.header("access-control-allow-origin") == "*"
    assert answer.header("x-request-id")


async def test_a_wrong_method_names_the_right_ones(stranger):
    answer = await stranger.send("DELETE", "/api/v1/instance")
    assert answer.status == 405
    assert answer.header("allow") == "GET, HEAD"


async def test_an_oauth_error_has_a_code_and_a_description(stranger):
    answer = await stranger.post("/oauth/token", raw=("application/json", b"{"))
    assert answer.status == 400
    assert answer.json["error"] == "invalid_request"
    assert "JSON" in answer.json["error_description"]


async def test_an_unexpected_failure_tells_nothing_but_is_logged(town, monkeypatch, caplog):
    async def broken(call):
        raise RuntimeError("the password is 1234")

    monkeypatch.setattr(server, "API", (route("GET", "/api/v1/broken", broken, auth="public"),))
    answer = await Client(server.create(town.app)).get("/api/v1/broken", headers=ORIGIN)
    assert answer.status == 500
    assert answer.json == {"error": FediNoteError.message}
    assert answer.header("access-control-allow-origin") == "*"
    assert "the password is 1234" in caplog.text


async def test_a_wrong_token_is_401_also_where_none_is_needed(town, alice):
    for path in ("/api/v1/accounts/verify_credentials", f"/api/v1/accounts/{alice.id}"):
        answer = await Client(town.asgi, "wrong").get(path)
        assert answer.status == 401
        assert answer.header("www-authenticate", "").startswith("Bearer")


async def test_a_token_without_the_scope_is_403(town, alice):
    reader = Client(town.asgi, await town.token(alice.user_id, "read:accounts profile"))
    assert (await reader.get("/api/v1/accounts/verify_credentials")).status == 200
    answer = await reader.post("/api/v1/statuses", {"status": "no"})
    assert answer.status == 403
    assert answer.json["error"] == "This action is outside the authorized scopes"


async def test_a_token_with_profile_alone_sees_its_own_account_and_nothing_else(town, alice):
    client = Client(town.asgi, await town.token(alice.user_id, "profile"))
    assert (await client.get("/api/v1/accounts/verify_credentials")).json["id"] == alice.id
    assert (await client.get("/api/v1/preferences")).status == 403
    assert (await client.get("/api/v1/bookmarks")).status == 403


async def test_the_token_of_an_app_is_refused_where_a_person_is_needed(town):
    client = Client(town.asgi, await town.token(None))
    answer = await client.get("/api/v1/accounts/verify_credentials")
    assert answer.status == 422
    assert answer.json["error"] == "This method requires an authenticated user"


@pytest.mark.parametrize("path", ["/api/v1/statuses", "/api/v2/media", "/oauth/token", "/api/v1/statuses/1"])
async def test_a_preflight_names_methods_and_headers(stranger, path):
    wanted = {
        **ORIGIN,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }
    answer = await stranger.send("OPTIONS", path, headers=wanted)
    assert answer.status == 204
    allowed = answer.header("access-control-allow-headers").lower()
    assert all(name in allowed for name in ("authorization", "content-type", "idempotency-key"))
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert method in answer.header("access-control-allow-methods")
    assert answer.header("access-control-allow-credentials") is None


@pytest.mark.parametrize(
    "path", ["/api/v2/instance", "/.well-known/nodeinfo", "/.well-known/oauth-authorization-server", "/@alice"]
)
async def test_what_scripts_may_read_exposes_the_headers_of_paging(stranger, alice, path):
    answer = await stranger.get(path, headers=ORIGIN)
    assert answer.header("access-control-allow-origin") == "*"
    exposed = answer.header("access-control-expose-headers").lower()
    assert all(name in exposed for name in ("link", "x-ratelimit-reset", "x-request-id"))


async def test_pages_may_not_be_read_by_scripts_of_other_sites(stranger):
    answer = await stranger.get("/login", headers={**ORIGIN, "Accept": "text/html"})
    assert answer.header("access-control-allow-origin") is None


@pytest.mark.parametrize("path", ["/api/v1/instance/", "/api/v2/instance/", "/api/v1/conversations/", "/health/live/"])
async def test_a_trailing_slash_works_without_a_redirect(alice, path):
    assert (await alice.get(path)).status == 200


async def test_the_three_encodings_say_the_same(alice):
    poll = {"options": ["a", "b"], "expires_in": 3600, "multiple": True}
    flat = [("status", "q"), ("poll[options][]", "a"), ("poll[options][]", "b")]
    flat += [("poll[expires_in]", "3600"), ("poll[multiple]", "true")]
    answers = [
        await alice.post("/api/v1/statuses", {"status": "q", "poll": poll}),
        await alice.post("/api/v1/statuses", form=flat),
        await alice.post("/api/v1/statuses", parts=flat),
    ]
    for answer in answers:
        assert answer.status == 200
        assert [one["title"] for one in answer.json["poll"]["options"]] == ["a", "b"]
        assert answer.json["poll"]["multiple"] is True


async def test_a_body_of_another_type_is_415(alice):
    assert (await alice.post("/api/v1/statuses", raw=("text/plain", b"hello"))).status == 415


async def test_a_broken_form_is_400(alice):
    answer = await alice.post("/api/v1/statuses", raw=("multipart/form-data; boundary=x", b"nonsense"))
    assert answer.status in (400, 422)
    answer = await alice.post("/api/v1/statuses", raw=("multipart/form-data", b"nonsense"))
    assert answer.status == 400


async def test_a_body_beyond_the_limit_is_413_whatever_its_length_header_says(alice):
    small = [b'{"status":"', *[b"x" * 100_000] * 11, b'"}']
    answer = await alice.send("POST", "/api/v1/statuses", raw=("application/json", b""), chunks=small)
    assert answer.status == 413
    assert "error" in answer.json


async def test_an_upload_may_be_larger_than_other_bodies(town, alice):
    configure(town.app, "media", max_image_bytes=5_000_000, max_video_bytes=10_000_000)
    person = Client(server.create(town.app), alice.token)
    big = File("a.png", b"\x89PNG" + b"x" * 2_000_000)
    answer = await person.post("/api/v1/media", parts=[("file", big)])
    assert answer.status == 422  # read, and found to be no picture
    assert (await person.post("/api/v1/media", parts=[("file", File("a.png", b"x" * 22_000_000))])).status == 413


async def test_a_rate_limit_is_told_in_three_headers_and_then_429(town, alice, monkeypatch):
    configure(town.app, "limits", enabled=True)
    monkeypatch.setattr(access, "USER", access.Limit(3, 300))
    for left in (2, 1, 0):
        answer = await alice.get("/api/v1/preferences")
        assert answer.header("x-ratelimit-limit") == "3"
        assert answer.header("x-ratelimit-remaining") == str(left)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", answer.header("x-ratelimit-reset"))
    answer = await alice.get("/api/v1/preferences", headers=ORIGIN)
    assert answer.status == 429
    assert int(answer.header("retry-after")) > 0
    assert answer.header("x-ratelimit-remaining") == "0"
    assert answer.header("access-control-allow-origin") == "*"


async def test_strangers_are_counted_by_address_and_wrong_tokens_with_them(town, monkeypatch):
    configure(town.app, "limits", enabled=True)
    monkeypatch.setattr(access, "ADDRESS", access.Limit(2, 300, "address"))
    one, other = Client(town.asgi, "wrong", "198.51.100.1"), Client(town.asgi, "wrong", "198.51.100.2")
    assert [(await one.get("/api/v1/preferences")).status for _ in range(3)] == [401, 401, 429]
    assert (await other.get("/api/v1/preferences")).status == 401


async def test_without_limits_none_of_the_three_headers_is_there(town, alice):
    configure(town.app, "limits", enabled=False)
    answer = await alice.get("/api/v1/preferences")
    assert not [name for name, _ in answer.headers if name.startswith("x-ratelimit")]


async def test_what_a_token_sees_is_not_kept_by_caches(alice, stranger):
    assert "no-store" in (await alice.get("/api/v1/preferences")).header("cache-control")
    assert "no-store" in (await stranger.get("/api/v1/preferences")).header("cache-control")
    assert "authorization" in (await stranger.get("/api/v2/instance")).header("vary")


async def test_head_has_the_headers_and_no_body(stranger):
    answer = await stranger.send("HEAD", "/api/v2/instance")
    assert answer.status == 200
    assert int(answer.header("content-length")) > 100
    assert answer.body == b""


async def test_the_server_says_whether_it_lives_and_whether_it_can_work(town, stranger):
    assert (await stranger.get("/health/live")).json == {"status": "ok"}
    assert (await stranger.get("/health/ready")).json == {"status": "ok"}
    await town.app.db.execute("DELETE FROM schema_migrations")
    answer = await stranger.get("/health/ready")
    assert answer.status == 503
    assert "migrations" in answer.json["problem"]


async def test_an_uploaded_file_is_served_safely_and_for_ever(alice, stranger, town):
    media = (await alice.post("/api/v1/media", parts=[("file", File("a.png", picture()))])).json
    path = media["url"].removeprefix(town.app.settings.base)
    answer = await stranger.get(path, headers=ORIGIN)
    assert answer.status == 200
    assert answer.header("content-type") == "image/png"
    assert answer.header("x-content-type-options") == "nosniff"
    assert "sandbox" in answer.header("content-security-policy")
    assert "immutable" in answer.header("cache-control")
    assert answer.header("access-control-allow-origin") == "*"
    part = await stranger.get(path, headers={"Range": "bytes=0-3"})
    assert part.status == 206
    assert part.body == answer.body[:4]
    assert (await stranger.post(path, {})).status == 405


@pytest.mark.parametrize(
    "path", ["/static/../pyproject.toml", "/static/", "/static/img", "/media/../../x", "/static/a\x00"]
)
async def test_no_path_leads_out_of_the_folders(stranger, path):
    assert (await stranger.get(path)).status == 404


async def test_the_standing_pictures_are_there(stranger):
    for name in ("avatar", "header", "thumbnail"):
        answer = await stranger.get(f"/static/img/{name}.png")
        assert (answer.status, answer.header("content-type")) == (200, "image/png")


async def test_an_error_of_a_page_is_a_page(stranger):
    answer = await stranger.get("/no-such-page", headers={"Accept": "text/html"})
    assert answer.status == 404
    assert answer.header("content-type").startswith("text/html")
    assert answer.header("content-security-policy")
    assert answer.header("x-content-type-options") == "nosniff"


def test_two_routes_for_the_same_thing_are_an_error_at_the_start():
    with pytest.raises(ValueError, match="two routes"):
        Table([*misc.ROUTES, *misc.ROUTES])


def test_a_literal_path_goes_before_a_parameter():
    async def handler(call):
        return {}

    table = Table(
        [
            route("GET", "/a/{id}", handler, auth="public"),
            route("GET", "/a/search", handler, auth="public"),
            route("GET", "/a/{id}/b", handler, auth="public"),
            route("GET", "/a/search/c/{name}", handler, auth="public"),
        ]
    )
    found = {path: table.match(path) for path in ("/a/search", "/a/search/b", "/a/1/b", "/a", "/a//b")}
    assert [match and (match[0]["GET"].path, match[1]) for match in found.values()] == [
        ("/a/search", []),
        ("/a/{id}/b", ["search"]),
        ("/a/{id}/b", ["1"]),
        None,
        None,
    ]

"""Every route asks for what its line of the table says (F02), and gives nobody what belongs to somebody else (F14)."""

from collections.abc import Mapping
from typing import Any

import pytest
import pytest_asyncio

from fedinote.api.routes import ROUTES
from fedinote.api.routing import WEBSOCKET, Route
from fedinote.infra.app import App
from fedinote.relations import follows
from tests.api.client import Answer, Client, File
from tests.api.conftest import Person, Town, picture
from tests.relations.people import person as account
from tests.security.matrix import UNKNOWN
from tests.support import tables
from tests.support.tables import untouched

pytestmark = pytest.mark.asyncio(loop_scope="module")

TABLE = [route for route in ROUTES if route.method != WEBSOCKET]
STREAMS = [route for route in TABLE if route.path.startswith("/api/v1/streaming/") and "health" not in route.path]
OUTSIDE = b"outside the authorized scopes"

PERSON = ("read", "write", "follow", "push", "profile", "read:statuses", "write:favourites", "read:notifications")
ADMIN = ("admin:read", "admin:write", "admin:read admin:write", "admin:read:reports")
FOLLOW = {f"{access}:{what}" for access in ("read", "write") for what in ("follows", "blocks", "mutes")}

# What a declaration may be: whoever adds a route that asks for less has to say so here.
OPEN = """
GET /.well-known/oauth-authorization-server GET /api/v1/custom_emojis GET /api/v1/instance
GET /api/v1/instance/activity GET /api/v1/instance/domain_blocks GET /api/v1/instance/extended_description
GET /api/v1/instance/languages GET /api/v1/instance/peers GET /api/v1/instance/rules GET /api/v1/reports
GET /api/v1/instance/privacy_policy GET /api/v1/instance/terms_of_service GET /api/v1/instance/terms_of_service/{date}
GET /api/v1/instance/translation_languages GET /api/v1/streaming/health GET /api/v2/instance POST /api/v1/apps
GET /api/fedinote/v1/glossary
POST /oauth/revoke POST /oauth/token GET /api/oembed GET /api/openapi.json GET /api/v1/peers/search
GET /api/fedinote/v1/glossary GET /api/fedinote/v1/translation GET /api/fedinote/v1/accountability
"""
NO_SCOPE = {
    "GET /api/v1/announcements", "GET /api/v1/apps/verify_credentials", "GET /api/v1/tags/{name}",
    "GET /api/v1/directory", "GET /api/fedinote/v1/topics", "GET /api/fedinote/v1/topics/{id}",
    "GET /api/v1/instance/translation_languages",
}  # fmt: skip
OTHER_SCOPE = {"GET /api/v1/media/{id}": "write:media", "POST /api/v1/statuses/{id}/translate": "read:statuses"}
# Mastodon asks for figures by POST, as they have many parameters; nothing is changed.
OTHER_SCOPE |= {f"POST /api/v1/admin/{figures}": "admin:read" for figures in ("measures", "dimensions", "retention")}
OTHER_SCOPE |= {"POST /api/v1/admin/canonical_email_blocks/test": "admin:read:canonical_email_blocks"}
OTHER_SCOPE |= {"POST /api/fedinote/v1/glossary/proposals": "write"}
OTHER_SCOPE |= {"DELETE /api/fedinote/v1/glossary/proposals/{id}": "write"}
OTHER_SCOPE |= {f"{method} /api/v1/push/subscription": "push" for method in ("GET", "POST", "PUT", "DELETE")}


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


def covers(granted: str, wanted: str) -> bool:
    """The law of scopes, written down a second time."""
    whole = {"read": "read:", "write": "write:", "admin:read": "admin:read:", "admin:write": "admin:write:"}
    return any(
        one == wanted or wanted.startswith(whole.get(one, "-")) or (one == "follow" and wanted in FOLLOW)
        for one in granted.split()
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(one_app: App) -> Town:
    return Town(one_app)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def alice(town: Town) -> Person:
    return await town.person("alice")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bob(town: Town) -> Person:
    return await town.person("bob", scopes="read write follow push admin:read admin:write")


async def call(client: Client, route: Route, /, body: Any = None, **values: Any) -> Answer:
    names = dict.fromkeys(("id", "quoting_id", "account_id", "collection_id", "status_id"), UNKNOWN)
    others = {"name": "word", "emoji": "👍", "key": f"ungrouped-{values.get('id', UNKNOWN)}"}
    others |= {"lang": "de", "tag": "de", "year": "2026", "date": "2026-05-01"}
    path = route.path.format(**names | others | values)
    return await client.send(route.method, path, json=None if route.method == "GET" else body or {})


# -- what is declared -------------------------------------------------------------------------------------------------


async def test_a_route_is_open_to_everybody_only_where_it_is_written_down() -> None:
    public = {name(route) for route in TABLE if route.auth == "public"}
    written = {" ".join(pair) for pair in zip(OPEN.split()[::2], OPEN.split()[1::2], strict=True)}
    assert public - {name(route) for route in STREAMS} - written == set()


async def test_what_changes_something_asks_for_a_write_scope_and_what_reads_for_a_read_scope() -> None:
    wrong = []
    for route in TABLE:
        if route.auth == "public" or (not route.scopes and name(route) in NO_SCOPE):
            continue
        access = "read" if route.method == "GET" else "write"
        prefixes = (f"admin:{access}",) if "/admin/" in route.path else (f"{access}:", "profile", "read")
        allowed = {OTHER_SCOPE.get(name(route), "")}
        if not route.scopes or not all(one.startswith(prefixes) or one in allowed for one in route.scopes):
            wrong.append(f"{name(route)}: {route.scopes}")
        if access == "write" and any(one in ("profile", "read") for one in route.scopes):
            wrong.append(f"{name(route)}: {route.scopes}")
    assert not wrong


# -- what is answered -------------------------------------------------------------------------------------------------


def door(route: Route, kind: str, scopes: str) -> int:
    """What the declaration implies for a caller: a refusal, or 200 for whatever comes after the door."""
    if route in STREAMS and kind in ("nobody", "forger", "app"):
        return 401
    if route.auth == "public":
        return 200
    if kind == "nobody":
        return 200 if route.auth == "optional-user" else 401
    if kind == "forger":
        return 401
    if kind == "app" and route.auth == "user":
        return 422
    if route.scopes and not any(covers(scopes, wanted) for wanted in route.scopes):
        return 403
    return 403 if "/admin/" in route.path else 200


CALLERS = [
    ("nobody", ""),
    ("forger", ""),
    ("app", "read write follow push"),
    ("app", "push"),
    *(("person", one) for one in (*PERSON, *ADMIN)),
]


@pytest.mark.parametrize(("kind", "scopes"), CALLERS)
async def test_every_route_lets_in_whom_its_declaration_lets_in(
    town: Town, bob: Person, kind: str, scopes: str
) -> None:
    token = {"nobody": None, "forger": "forged"}.get(kind, "")
    if token == "":
        token = await town.token(bob.user_id if kind == "person" else None, scopes)
    client, wrong = Client(town.asgi, token), []
    for route in TABLE:
        expected = door(route, kind, scopes)
        if route in STREAMS and expected == 200:
            continue  # they last; their scopes are the tests' of streaming
        answer = await call(client, route)
        if expected == 200:
            refused = answer.status == 401 and not route.path.startswith("/oauth/")  # these ask for the app's secret
            bad = refused or answer.status >= 500 or OUTSIDE in answer.body
        else:
            bad = answer.status != expected
        if bad:
            wrong.append(f"{name(route)}: {answer.status} instead of {expected}: {answer.body[:80]!r}")
    assert not wrong


async def test_streams_ask_for_their_scopes(town: Town, bob: Person) -> None:
    client = Client(town.asgi, await town.token(bob.user_id, "write profile"))
    for route in STREAMS:
        assert (await call(client, route)).status == 403, route.path


# -- what belongs to somebody -----------------------------------------------------------------------------------------

ROUTES_OF: Mapping[str, str] = {
    "/api/fedinote/v1/severed_relationships/{id}": "severance",
    "/api/fedinote/v1/severed_relationships/{id}/accounts": "severance",
    "/api/fedinote/v1/severed_relationships/{id}/follow": "severance",
    "/api/v1/conversations/{id}": "conversation",
    "/api/v1/conversations/{id}/read": "conversation",
    "/api/v1/conversations/{id}/unread": "conversation",
    "/api/v1/featured_tags/{id}": "featured_tag",
    "/api/v1/filters/{id}": "keyword",
    "/api/v1/lists/{id}": "list",
    "/api/v1/lists/{id}/accounts": "list",
    "/api/v1/timelines/list/{id}": "list",
    "/api/v1/media/{id}": "media",
    "/api/v1/notifications/{id}": "notification",
    "/api/v1/notifications/{id}/dismiss": "notification",
    "/api/v1/notifications/requests/{id}": "request",
    "/api/v1/notifications/requests/{id}/accept": "request",
    "/api/v1/notifications/requests/{id}/dismiss": "request",
    "/api/v2/notifications/{key}": "notification",
    "/api/v2/notifications/{key}/accounts": "notification",
    "/api/v2/notifications/{key}/dismiss": "notification",
    "/api/v1/scheduled_statuses/{id}": "plan",
    "/api/v1/statuses/{id}": "post",
    "/api/v1/statuses/{id}/source": "post",
    "/api/v2/filters/keywords/{id}": "keyword",
    "/api/v2/filters/statuses/{id}": "filtered",
    "/api/v2/filters/{id}": "filter",
    "/api/v2/filters/{id}/keywords": "filter",
    "/api/v2/filters/{id}/statuses": "filter",
    "/api/fedinote/v1/glossary/proposals/{id}": "proposal",
    "/api/fedinote/v1/translation_suggestions/{id}": "suggestion",
    "/api/fedinote/v1/translation_suggestions/{id}/accept": "suggestion",
    "/api/fedinote/v1/translation_suggestions/{id}/reject": "suggestion",
    "/api/fedinote/v1/decisions/{id}": "decision",
    "/api/fedinote/v1/decisions/{id}/appeal": "decision",
    "/api/fedinote/v1/imports/{id}": "import",
    "/api/fedinote/v1/imports/{id}/failures.csv": "import",
}
EMPTY = ("/api/v2/notifications/{key}/accounts", "/api/v2/notifications/{key}/dismiss")  # a group nobody has is empty
OF_ALL = (
    "/api/v1/tags/{name}",
    "/api/v1/timelines/tag/{name}",
    "/api/v1/accounts/{id}",
    "/api/v1/polls/{id}",
    "/api/v1/follow_requests/{id}",
    "/api/v1/announcements/{id}",
    "/api/v1/annual_reports/{year}",  # the caller's own
    "/api/v1/instance/terms_of_service/{date}",
    "/api/v1_alpha/async_refreshes/{id}",  # how far it is, and a number
    "/api/v1/accounts/{account_id}/",
    "/api/fedinote/v1/accounts/{account_id}/boards",
    "/api/v1/suggestions/{account_id}",  # whom one does not want suggested
    "/api/fedinote/v1/boards/{",  # they are public; who may change one is tested with them
    "/api/v1/collections/{",  # they are public; who may change one is tested with them
    "/api/fedinote/v1/topics/{id}",
    "/api/fedinote/v1/timelines/topic/{id}",
    "/api/fedinote/v1/translation/languages/{tag}",  # the caller's own
    "/api/fedinote/v1/translation/accounts/{id}",
)
STAFF = ("/api/v1/admin/", "/api/fedinote/v1/admin/")
# The leak matrix asks these about posts that may not be seen.
ABOUT_POSTS = ("/api/v1/statuses/{id}/", "/api/v1/pleroma/statuses/{id}/", "/api/fedinote/v1/statuses/{id}/")
BODY = {
    "title": "mine now",
    "keyword": "mine",
    "context": ["home"],
    "status": "mine now",
    "description": "mine",
    "account_ids": [],
    "phrase": "mine",
    "scheduled_at": "2030-01-01T00:00:00Z",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def owned(town: Town, alice: Person) -> Mapping[str, str]:
    """One of everything that alice has; the id of each."""
    friend = await town.person("friend")
    made: dict[str, str] = {}
    made["list"] = (await alice.post("/api/v1/lists", {"title": "zqmylist"})).json["id"]
    terms = {"title": "zqmyfilter", "context": ["home"], "keywords_attributes": [{"keyword": "zqmyword"}]}
    wanted = (await alice.post("/api/v2/filters", terms)).json
    made["filter"], made["keyword"] = wanted["id"], wanted["keywords"][0]["id"]
    made["post"] = (await alice.post("/api/v1/statuses", {"status": "for everybody #word"})).json["id"]
    named = await alice.post(f"/api/v2/filters/{made['filter']}/statuses", {"status_id": made["post"]})
    made["filtered"] = named.json["id"]
    made["featured_tag"] = (await alice.post("/api/v1/featured_tags", {"name": "word"})).json["id"]
    upload = File("a.png", picture())
    made["media"] = (await alice.send("POST", "/api/v2/media", parts=[("file", upload)])).json["id"]
    await friend.post("/api/v1/statuses", {"status": "@alice zqhush", "visibility": "direct"})
    made["conversation"] = (await alice.get("/api/v1/conversations")).json[0]["id"]
    made["notification"] = (await alice.get("/api/v1/notifications?include_filtered=true")).json[0]["id"]
    made["request"] = (await alice.get("/api/v1/notifications/requests")).json[0]["id"]
    await alice.post("/api/v1/markers", {"home": {"last_read_id": made["post"]}})
    made["import"] = (await alice.post("/api/fedinote/v1/imports/mutes", {"file": "zqmymute"})).json["id"]
    theirs = (await friend.post("/api/v1/statuses", {"status": "for everybody", "language": "en"})).json["id"]
    suggested = {"language": "de", "status": "zqmysuggestion"}
    path = f"/api/fedinote/v1/statuses/{theirs}/translation_suggestions"
    made["suggestion"] = (await alice.post(path, suggested)).json["id"]
    word = {"term": "zqmyterm", "origin": "en", "keep": True}
    made["proposal"] = (await alice.post("/api/fedinote/v1/glossary/proposals", word)).json["id"]
    decider = await town.person("decider", role="moderator", scopes="admin:write")
    decision = {"type": "none", "text": "zqmyreason"}
    await decider.post(f"/api/v1/admin/accounts/{alice.id}/action", decision)
    made["decision"] = (await alice.get("/api/fedinote/v1/decisions")).json[0]["id"]
    await alice.post(f"/api/fedinote/v1/decisions/{made['decision']}/appeal", {"text": "zqmyappeal"})
    await alice.post("/api/v1/reports", {"account_id": friend.id, "comment": "zqmyreport"})
    far = await account(town.app, "zqmylost", "lost.example")
    await follows.request(town.app, far, alice.account_id)
    await alice.post("/api/v1/domain_blocks", {"domain": "lost.example"})
    made["severance"] = (await alice.get("/api/fedinote/v1/severed_relationships")).json[0]["id"]
    plan = {"status": "zqmyplan", "scheduled_at": "2030-01-01T00:00:00Z"}
    if any(route.path == "/api/v1/scheduled_statuses" for route in TABLE):
        made["plan"] = (await alice.post("/api/v1/statuses", plan)).json["id"]
    return made


async def test_every_route_with_an_id_is_one_of_these() -> None:
    known = {*ROUTES_OF}
    left = {r.path for r in TABLE if "{" in r.path and not r.path.startswith((*OF_ALL, *STAFF, *ABOUT_POSTS))}
    assert left - known == set()


@pytest.mark.parametrize("route", [r for r in TABLE if r.path in ROUTES_OF], ids=name)
async def test_what_belongs_to_somebody_else_is_not_there(
    town: Town, bob: Person, owned: Mapping[str, str], route: Route
) -> None:
    if name(route) == "GET /api/v1/statuses/{id}":
        return  # it is public
    mine = owned[ROUTES_OF[route.path]]
    named = {"status_id": owned["post"]}
    async with untouched(town.app, name(route), but=tables.SEEN):
        theirs = await call(bob, route, {**BODY, **named}, id=mine)
        unknown = await call(bob, route, {**BODY, **named})
    assert (theirs.status, theirs.body) == (unknown.status, unknown.body)
    assert unknown.status == (200 if route.path in EMPTY else 404)


@pytest.mark.parametrize("route", [r for r in TABLE if r.method == "GET" and not r.path.count("{")], ids=name)
async def test_no_page_shows_what_belongs_to_somebody_else(bob: Person, owned: Mapping[str, str], route: Route) -> None:
    if route in STREAMS:
        return
    answer = await bob.get(route.path, {"q": "zqmy", "timeline[]": ["home"], "limit": 40})
    assert answer.status < 500
    for word in (b"zqmylist", b"zqmyfilter", b"zqmyword", b"zqhush", b"zqmyplan", b"zqmysuggestion", b"zqmyterm"):
        assert word not in answer.body
    for word in (b"zqmyreason", b"zqmyappeal", b"zqmyreport"):
        assert word not in answer.body
    if route.path == "/api/v1/markers":
        assert answer.json == {}


async def test_the_upload_of_somebody_else_cannot_be_used(bob: Person, owned: Mapping[str, str]) -> None:
    post = (await bob.post("/api/v1/statuses", {"status": "mine"})).json["id"]
    for media in (owned["media"], str(UNKNOWN)):
        taken = {"status": "look", "media_ids": [media]}
        assert (await bob.post("/api/v1/statuses", taken)).status == 422
        assert (await bob.put(f"/api/v1/statuses/{post}", taken)).status == 422
        described = {"status": "look", "media_attributes": [{"id": media, "description": "mine"}]}
        assert (await bob.put(f"/api/v1/statuses/{post}", described)).status == 404


async def test_staff_routes_refuse_a_member_who_has_the_scopes(bob: Person, owned: Mapping[str, str]) -> None:
    before = await tables.contents(town_app(bob), but=tables.SEEN)
    for route in TABLE:
        if route.path.startswith(STAFF):
            answer = await call(bob, route, BODY, id=bob.id)
            assert answer.status == 403, name(route)
    assert not tables.difference(before, await tables.contents(town_app(bob), but=tables.SEEN))


def town_app(person: Person) -> App:
    found: App = person.asgi.app  # type: ignore[attr-defined]
    return found

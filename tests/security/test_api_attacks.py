"""What attackers write into parameters of the client API: it is text, it is bounded, and it raises nobody's rank."""

import json
from typing import Any

import pytest

from fedinote.api.routes import ROUTES
from fedinote.api.routing import WEBSOCKET
from fedinote.infra.app import App
from fedinote.timelines import lists
from tests.api.client import Answer, Client
from tests.api.conftest import Person, Town
from tests.security.matrix import UNKNOWN
from tests.support.people import configure

SPELLS = (
    *("'", '"', "\\", "%", "_", ";--", "$$", "\x00", "*", "NEAR(", "col:val", "1e999", "-1", str(1 << 63), "[]", "?"),
    *("' OR '1'='1", "1; DROP TABLE posts", "{{7*7}}", "${7*7}", "%s%n", "{0.__class__}", "\r\nX-Evil: 1", "\ud800"),
)
READING = [
    route
    for route in ROUTES
    if route.method == "GET" and route.method != WEBSOCKET and not route.path.startswith("/api/v1/streaming/")
]
NAMES = (
    *("q", "limit", "offset", "max_id", "min_id", "since_id", "order", "type", "acct", "tagged", "domain", "url"),
    *("timeline[]", "id[]", "types[]", "any[]", "by_domain", "username", "email", "ip", "key", "username_or_domain"),
)


@pytest.fixture
async def town(app: App) -> Town:
    return Town(app)


@pytest.fixture
async def alice(town: Town) -> Person:
    return await town.person("alice")


@pytest.fixture
async def owner(town: Town) -> Person:
    return await town.person("olive", scopes="read write follow push admin:read admin:write", role="owner")


@pytest.mark.parametrize("spell", SPELLS, ids=ascii)
async def test_no_parameter_of_a_reading_route_gets_into_a_query(owner: Person, spell: str) -> None:
    wrong = []
    given = dict.fromkeys(NAMES, spell.encode("utf-8", "surrogatepass"))
    for route in READING:
        path = route.path.format(**dict.fromkeys(route.names, "1"))
        answer = await owner.get(path, given)
        if answer.status >= 500 or b"sqlite" in answer.body.lower() or b"syntax error" in answer.body.lower():
            wrong.append((route.path, answer.status))
    assert not wrong


@pytest.mark.parametrize("spell", ["%", "_", "' OR '1'='1", "*", "\\"])
async def test_wildcards_in_a_search_stand_for_themselves(town: Town, alice: Person, spell: str) -> None:
    await town.person("somebody")
    await alice.post("/api/v1/statuses", {"status": "a secret word"})
    found = (await alice.get("/api/v2/search", {"q": spell})).json
    assert {"accounts", "statuses", "hashtags"} <= set(found)
    assert not any(found.values())
    assert (await alice.get("/api/v1/accounts/search", {"q": spell})).json == []


async def test_templates_and_formats_in_names_and_posts_are_text(town: Town, alice: Person) -> None:
    spell = "{{1337*1337}} ${1337*1337} %s%n {0.__class__} $(id) `id`"
    await alice.patch("/api/v1/accounts/update_credentials", {"display_name": spell[:30], "note": spell})
    post = (await alice.post("/api/v1/statuses", {"status": spell, "spoiler_text": spell})).json
    assert post["spoiler_text"] == spell
    page = await Client(town.asgi).get(f"/@alice/{post['id']}", headers={"Accept": "text/html"})
    assert page.status == 200
    assert b"{{1337*1337}}" in page.body
    assert b"1787569" not in page.body
    assert (await alice.get(f"/api/v1/accounts/{alice.id}")).json["display_name"] == spell[:30]


async def test_no_parameter_writes_a_header_of_the_answer(alice: Person) -> None:
    await alice.post("/api/v1/statuses", {"status": "one"})
    for value in ("1\r\nX-Evil: 1", "1\nSet-Cookie: a=b", ">; rel=evil,<x"):
        answer = await alice.get("/api/v1/timelines/home", {"limit": "1", "x": value})
        assert not [name for name, _ in answer.headers if name in ("x-evil", "set-cookie")]
        assert not any("\n" in text or "\r" in text for _, text in answer.headers)
        assert "rel=evil" not in answer.links


RAISING: dict[str, Any] = {
    "admin": 1,
    "role": "owner",
    "role_id": "3",
    "approved": True,
    "confirmed_at": "2026-01-01",
    "state": "active",
    "id": "1",
    "account": {"username": "root"},
    "user": {"role": "owner"},
    "username": "root",
    "suspended_at": None,
    "followers_count": 1000,
    "source": {"role": "owner"},
}


async def test_no_field_of_a_profile_raises_a_rank_or_changes_a_name(town: Town, alice: Person) -> None:
    for path in ("/api/v1/accounts/update_credentials", "/api/v1/profile"):
        assert (await alice.patch(path, RAISING)).status == 200
    row = await town.app.db.row(
        "SELECT u.role, u.state, a.username, a.followers_count FROM users u JOIN accounts a ON a.id = u.account_id"
        " WHERE u.id = ?",
        alice.user_id,
    )
    assert row is not None
    assert (row["role"], row["state"], row["username"], row["followers_count"]) == ("member", "active", "alice", 0)


async def sign_up(town: Town, **fields: Any) -> Answer:
    app = Client(town.asgi, await town.token(None, "read write"))
    form = {"username": "new", "email": "new@mail.example", "password": "a long enough password", "agreement": True}
    return await app.post("/api/v1/accounts", {**form, "reason": "tea", **fields})


async def test_a_sign_up_by_an_app_gives_no_rank_and_waits_like_any_other(town: Town) -> None:
    configure(town.app, "registrations", mode="approval")
    extra = {name: value for name, value in RAISING.items() if name != "username"}
    await sign_up(town, **extra)
    row = await town.app.db.row("SELECT role, state FROM users WHERE email = 'new@mail.example'")
    assert row is not None
    assert (row["role"], row["state"]) == ("member", "pending")


async def test_while_registrations_are_closed_no_app_signs_anybody_up(town: Town) -> None:
    configure(town.app, "registrations", mode="closed")
    assert (await sign_up(town, admin=1, invite_code="x")).status in (403, 422)
    assert await town.app.db.row("SELECT 1 AS value FROM users WHERE email = 'new@mail.example'") is None


RESERVED = ("admin", "Admin", "root", "support", "moderator", "abuse", "security", "webmaster", "\uff21dmin")


@pytest.mark.parametrize("name", RESERVED)
async def test_names_of_staff_are_not_given_away(town: Town, name: str) -> None:
    configure(town.app, "registrations", mode="open")
    assert (await sign_up(town, username=name)).status == 422


@pytest.mark.parametrize("limit", ["0", "-1", "1000000000", str(1 << 70)])
async def test_a_page_is_never_longer_than_its_most(alice: Person, limit: str) -> None:
    for number in range(42):
        await alice.post("/api/v1/statuses", {"status": f"number {number}"})
    answer = await alice.get("/api/v1/timelines/home", {"limit": limit})
    assert answer.status == 200
    assert len(answer.json) <= 40


async def test_long_lists_and_texts_are_refused_or_cut(alice: Person) -> None:
    many = [str(UNKNOWN + number) for number in range(900)]
    assert (await alice.get("/api/v1/accounts/relationships", {"id[]": many})).status in (200, 422)
    assert (await alice.get("/api/v2/search", {"q": "x" * 100_000})).status in (200, 400, 414, 422)
    assert (await alice.post("/api/v1/lists", {"title": "x" * 500_000})).status == 422
    assert (await alice.post("/api/v1/statuses", {"status": "x" * 500_000})).status == 422
    options = {"options": [str(number) for number in range(1000)], "expires_in": 600}
    assert (await alice.post("/api/v1/statuses", {"status": "?", "poll": options})).status == 422
    fields = [{"name": str(number), "value": "x"} for number in range(100)]
    changed = await alice.patch("/api/v1/accounts/update_credentials", {"fields_attributes": fields})
    assert changed.status == 422 or len(changed.json["fields"]) <= 10
    assert (await alice.post("/api/v2/filters", {"title": "x" * 100_000, "context": ["home"]})).status == 422
    assert len(json.dumps((await alice.get("/api/v1/accounts/verify_credentials")).json)) < 20_000


async def test_a_person_has_so_many_lists_and_no_more(alice: Person) -> None:
    statuses = [
        (await alice.post("/api/v1/lists", {"title": f"list {number}"})).status for number in range(lists.MAX_LISTS + 1)
    ]
    assert statuses == [200] * lists.MAX_LISTS + [422]
    assert len((await alice.get("/api/v1/lists")).json) == lists.MAX_LISTS

"""The lists that admins keep, through the client API: who gets in, entities, pages, and what a block shuts."""

import hashlib
from typing import Any

import pytest

from fedinote.auth.viewer import ROLES
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.moderation import email_blocks, ip_blocks
from fedinote.moderation.ip_blocks import Terms
from fedinote.moderation.servers import allows
from fedinote.policy import emails
from tests.api.client import Client
from tests.api.conftest import Person, Town
from tests.support.people import configure

ADMIN = "read write admin:read admin:write"
V1 = "/api/v1/admin"
LISTS = {
    "domain_allows": {"domain": "new.example"},
    "ip_blocks": {"ip": "198.51.100.0/24", "severity": "sign_up_block"},
    "email_domain_blocks": {"domain": "new.example"},
    "canonical_email_blocks": {"email": "new@mail.example"},
}
# (method, path below a list, kind of scope)
VERBS = [
    ("GET", "", "read"),
    ("POST", "", "write"),
    ("GET", "/{id}", "read"),
    ("PUT", "/{id}", "write"),
    ("DELETE", "/{id}", "write"),
    ("POST", "/test", "read"),
]
TABLE = [
    (name, method, below, f"admin:{kind}:{name}")
    for name in LISTS
    for method, below, kind in VERBS
    if (method != "PUT" or name == "ip_blocks") and (below != "/test" or name == "canonical_email_blocks")
]
EVERYTHING = {f"admin:{kind}:{name}" for kind in ("read", "write") for name in (*LISTS, "accounts", "reports")}


async def one_of_each(app: App) -> dict[str, int]:
    return {
        "domain_allows": (await allows.allow(app, "old.example", by=None)).id,
        "ip_blocks": (await ip_blocks.block(app, Terms(network="192.0.2.1", severity="no_access"), by=None)).id,
        "email_domain_blocks": (await email_blocks.block_domain(app, "old.example", by=None)).id,
        "canonical_email_blocks": (await email_blocks.block_address(app, "old@mail.example", by=None)).id,
    }


async def ask(client: Client, name: str, method: str, below: str, ids: dict[str, int]) -> Any:
    body = None if method in ("GET", "DELETE") else LISTS[name]
    return await client.send(method, f"{V1}/{name}{below.format(id=ids[name])}", json=body)


@pytest.mark.parametrize(("name", "method", "below", "scope"), TABLE)
async def test_the_role_decides_at_the_time_of_the_request_and_a_granular_scope_is_enough(
    app: App, town: Town, name: str, method: str, below: str, scope: str
) -> None:
    ids = await one_of_each(app)
    for role in ROLES[:2]:
        somebody = await town.person(f"some_{role}", scopes=scope, role=role)
        assert (await ask(somebody, name, method, below, ids)).status == 403
    assert await app.db.value("SELECT COUNT(*) AS value FROM audit_log WHERE actor_id IS NOT NULL") == 0
    admin = await town.person("ada", scopes=scope, role="admin")
    await app.db.execute("UPDATE users SET role = 'moderator' WHERE id = ?", admin.user_id)  # demoted elsewhere
    assert (await ask(admin, name, method, below, ids)).status == 403
    await app.db.execute("UPDATE users SET role = 'owner' WHERE id = ?", admin.user_id)
    assert (await ask(admin, name, method, below, ids)).status == 200
    noted = await app.db.value("SELECT COUNT(*) AS value FROM audit_log WHERE actor_id = ?", admin.account_id)
    assert noted == (1 if ":write:" in scope else 0)


@pytest.mark.parametrize(("name", "method", "below", "scope"), TABLE)
async def test_without_the_scope_no_role_helps(
    app: App, town: Town, stranger: Client, name: str, method: str, below: str, scope: str
) -> None:
    ids = await one_of_each(app)
    other = "admin:read" if ":write:" in scope else "admin:write"
    owner = await town.person("olga", scopes=" ".join({"read", "write", other, *EVERYTHING} - {scope}), role="owner")
    assert (await ask(owner, name, method, below, ids)).status == 403
    assert (await ask(stranger, name, method, below, ids)).status == 401
    assert (await ask(Client(town.asgi, await town.token(None, ADMIN)), name, method, below, ids)).status in (403, 422)
    assert await app.db.value("SELECT COUNT(*) AS value FROM audit_log WHERE actor_id IS NOT NULL") == 0


async def test_an_ip_block_is_also_lifted_with_the_scope_that_mastodon_documents(app: App, town: Town) -> None:
    ids = await one_of_each(app)
    admin = await town.person("ada", scopes="admin:write:domain_blocks", role="admin")
    assert (await ask(admin, "ip_blocks", "PUT", "/{id}", ids)).status == 403
    assert (await ask(admin, "ip_blocks", "DELETE", "/{id}", ids)).json == {}


@pytest.fixture
async def admin(town: Town) -> Person:
    return await town.person("ada", scopes=ADMIN, role="admin")


@pytest.mark.parametrize("name", LISTS)
async def test_each_list_comes_in_pages_by_the_link_header(app: App, admin: Person, name: str) -> None:
    made = []
    for number in range(5):
        body = {"domain": f"n{number}.example", "email": f"n{number}@mail.example", "ip": f"192.0.2.{number}"}
        made.append((await admin.post(f"{V1}/{name}", {**body, "severity": "sign_up_block"})).json["id"])
    first = await admin.get(f"{V1}/{name}", {"limit": 2})
    assert first.ids == [made[4], made[3]]
    second = await admin.get(first.links["next"].removeprefix("http://localhost:8000"))
    assert second.ids == [made[2], made[1]]
    assert (await admin.get(second.links["prev"].removeprefix("http://localhost:8000"))).ids == [made[4], made[3]]
    for limit in (0, -1, 10**9):
        assert (await admin.get(f"{V1}/{name}", {"limit": limit})).ids == made[::-1]
    assert (await admin.get(f"{V1}/{name}", {"limit": "x"})).status == 422
    assert (await admin.get(f"{V1}/{name}", {"max_id": "' OR 1=1"})).status == 422
    for missing in ("1", "x", "9" * 30, "'"):
        assert (await admin.get(f"{V1}/{name}/{missing}")).status == 404
        assert (await admin.delete(f"{V1}/{name}/{missing}")).status == 404


@pytest.mark.parametrize("name", LISTS)
async def test_a_page_costs_the_same_however_long_it_is(app: App, admin: Person, name: str) -> None:
    async def cost() -> int:
        await admin.get(f"{V1}/{name}")
        before = app.db.statements
        assert (await admin.get(f"{V1}/{name}")).status == 200
        return app.db.statements - before

    await one_of_each(app)
    short = await cost()
    for number in range(4):
        body = {"domain": f"n{number}.example", "email": f"n{number}@mail.example", "ip": f"192.0.2.{number + 8}"}
        assert (await admin.post(f"{V1}/{name}", {**body, "severity": "sign_up_block"})).status == 200
    assert await cost() == short


async def test_an_ip_block_has_every_key_and_changes_only_where_it_is_told_to(app: App, admin: Person) -> None:
    made = await admin.post(
        f"{V1}/ip_blocks",
        form={"ip": "198.51.100.9/24", "severity": "no_access", "comment": "Spam", "expires_in": "60"},
    )
    assert made.status == 200
    assert set(made.json) == {"id", "ip", "severity", "comment", "created_at", "expires_at"}
    assert (made.json["ip"], made.json["severity"], made.json["comment"]) == ("198.51.100.0/24", "no_access", "Spam")
    assert made.json["expires_at"] > made.json["created_at"]
    path = f"{V1}/ip_blocks/{made.json['id']}"
    changed = (await admin.put(path, {"severity": "sign_up_block"})).json
    assert changed == {**made.json, "severity": "sign_up_block"}
    assert (await admin.patch(path, {"expires_in": ""})).json["expires_at"] is None
    assert (await admin.get(path)).json == {**changed, "expires_at": None}
    assert (await admin.post(f"{V1}/ip_blocks", {"ip": "198.51.100.0/24", "severity": "no_access"})).status == 422
    assert (await admin.delete(path)).json == {}
    assert (await admin.get(path)).status == 404


async def test_an_ip_block_without_an_address_is_the_one_that_mastodon_makes(admin: Person) -> None:
    assert (await admin.post(f"{V1}/ip_blocks", {"severity": "no_access"})).json["ip"] == "0.0.0.0/32"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"ip": "198.51.100.1"},
        {"ip": "198.51.100.1", "severity": "suspend"},
        {"ip": "spam.example", "severity": "no_access"},
        {"ip": "198.51.100.1", "severity": "no_access", "expires_in": -5},
        {"ip": "198.51.100.1", "severity": "no_access", "expires_in": "1e9"},
        {"ip": "198.51.100.1", "severity": "no_access", "expires_in": 10**18},
        {"ip": ["198.51.100.1", {}], "severity": "no_access"},
        {"ip": "203.0.113.0/24", "severity": "no_access"},  # where the admin is
        {"ip": "0.0.0.0/0", "severity": "no_access"},
    ],
)
async def test_a_wrong_ip_block_or_one_that_shuts_out_who_makes_it_is_refused(
    app: App, admin: Person, body: dict[str, Any]
) -> None:
    assert (await admin.post(f"{V1}/ip_blocks", body)).status == 422
    assert await ip_blocks.everything(app) == []


async def test_an_email_domain_block_has_every_key_and_a_week_of_history(app: App, admin: Person) -> None:
    configure(app, "registrations", mode="open")
    made = (await admin.post(f"{V1}/email_domain_blocks", {"domain": "Spam.Example"})).json
    assert set(made) == {"id", "domain", "created_at", "history"}
    assert made["domain"] == "spam.example"
    assert [(day["accounts"], day["uses"]) for day in made["history"]] == [("0", "0")] * 7
    today = int(made["history"][0]["day"])
    assert [int(day["day"]) for day in made["history"]] == [today - n * 86400 for n in range(7)]
    assert today % 86400 == 0
    assert today <= app.now().timestamp() < today + 86400
    with pytest.raises(Invalid):
        await emails.check(app, "x@sub.spam.example", visitor="198.51.100.1")
    shown = (await admin.get(f"{V1}/email_domain_blocks/{made['id']}")).json
    assert shown["history"][0] == {"day": str(today), "accounts": "1", "uses": "1"}
    for body in ({}, {"domain": ""}, {"domain": "a..b"}, {"domain": "spam.example"}):
        assert (await admin.post(f"{V1}/email_domain_blocks", body)).status == 422
    assert (await admin.delete(f"{V1}/email_domain_blocks/{made['id']}")).json == {}


async def test_a_canonical_email_block_has_every_key_and_is_found_in_disguise(admin: Person) -> None:
    path = f"{V1}/canonical_email_blocks"
    hashed = hashlib.sha256(b"mallory@mail.example").hexdigest()
    assert (await admin.post(f"{path}/test", {"email": "mallory@mail.example"})).json == []
    made = (await admin.post(path, {"email": "Mal.lory+x@Mail.Example", "canonical_email_hash": "ignored"})).json
    assert made == {"id": made["id"], "canonical_email_hash": hashed}
    assert (await admin.post(f"{path}/test", {"email": "m.allory@mail.example"})).json == [made]
    assert (await admin.post(f"{path}/test", {"email": "other@mail.example"})).json == []
    assert (await admin.get(f"{path}/{made['id']}")).json == made
    again = await admin.post(path, {"canonical_email_hash": hashed})
    assert (again.status, again.json["error"]) == (
        422,
        "Validation failed: Canonical email hash has already been taken",
    )
    for body in ({}, {"email": "nobody"}, {"canonical_email_hash": "x"}, {"email": {"a": 1}}):
        assert (await admin.post(path, body)).status == 422
    assert (await admin.post(f"{path}/test", {})).status == 422
    assert (await admin.delete(f"{path}/{made['id']}")).json == {}
    by_hash = (await admin.post(path, {"canonical_email_hash": hashed})).json
    assert by_hash["canonical_email_hash"] == hashed


async def test_a_domain_allow_has_every_key_and_is_made_once(admin: Person) -> None:
    made = (await admin.post(f"{V1}/domain_allows", {"domain": "Friends.Example"})).json
    assert set(made) == {"id", "domain", "created_at"}
    assert made["domain"] == "friends.example"
    assert (await admin.post(f"{V1}/domain_allows", {"domain": "friends.example"})).json == made
    assert (await admin.delete(f"{V1}/domain_allows/{made['id']}")).json == made
    assert (await admin.post(f"{V1}/domain_allows", {})).status == 422
    assert (await admin.post(f"{V1}/domain_allows", {"domain": "localhost:8000"})).status == 422


# -- what a block of an address shuts -------------------------------------------------------------------------------

DOORS = [
    ("GET", "/api/v2/instance"),
    ("GET", "/api/v1/timelines/home"),
    ("POST", "/api/v1/statuses"),
    ("GET", "/"),
    ("GET", "/auth/sign_in"),
    ("GET", "/static/style.css"),
    ("GET", "/.well-known/webfinger?resource=acct:alice@localhost:8000"),
    ("POST", "/inbox"),
    ("POST", "/users/alice/inbox"),
    ("GET", "/nothing/there"),
]


@pytest.mark.parametrize(("method", "path"), DOORS)
async def test_an_address_without_access_is_refused_at_every_door(
    app: App, town: Town, alice: Person, method: str, path: str
) -> None:
    here, elsewhere = Client(town.asgi, alice.token), Client(town.asgi, alice.token, address="198.51.100.4")
    before = await elsewhere.send(method, path)
    await ip_blocks.block(app, Terms(network="203.0.113.0/24", severity="no_access"), by=None)
    refused = await here.send(method, path)
    assert refused.status == 403
    assert b"blocked" in refused.body
    assert (await elsewhere.send(method, path)).status == before.status != 403


async def test_an_address_without_access_costs_no_query_and_no_token_is_looked_at(
    app: App, town: Town, alice: Person
) -> None:
    await ip_blocks.block(app, Terms(network="203.0.113.7", severity="no_access"), by=None)
    assert (await alice.get("/api/v1/timelines/home")).status == 403
    before = app.db.statements
    assert (await alice.get("/api/v1/timelines/home")).status == 403
    assert app.db.statements == before


async def test_health_answers_whoever_asks(app: App, town: Town, stranger: Client) -> None:
    await ip_blocks.block(app, Terms(network="203.0.113.7", severity="no_access"), by=None)
    assert (await stranger.get("/health/live")).status == 200
    assert (await stranger.get("/api/v2/instance")).status == 403


@pytest.mark.parametrize(
    ("peer", "forwarded", "status"),
    [
        ("10.0.0.1", "192.0.2.66", 403),
        ("10.0.0.1", "198.51.100.1, 192.0.2.66", 403),  # the left one was written by the client
        ("10.0.0.1", "192.0.2.66, 198.51.100.1", 200),
        ("10.0.0.1", None, 200),
        ("198.51.100.1", "192.0.2.66", 200),  # no proxy of ours: what it says is not believed
        ("192.0.2.66", "198.51.100.1", 403),  # nor does it help
        ("10.0.0.1", "2001:db8:5::9", 403),
        ("::ffff:192.0.2.66", None, 403),
    ],
)
async def test_trusted_proxies_are_believed_and_nobody_else(
    app: App, town: Town, peer: str, forwarded: str | None, status: int
) -> None:
    configure(app, "server", trusted_proxies=["10.0.0.0/8"])
    for network in ("192.0.2.66", "2001:db8:5::9"):
        await ip_blocks.block(app, Terms(network=network, severity="no_access"), by=None)
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    answer = await Client(town.asgi, address=peer).get("/api/v2/instance", headers=headers)
    assert answer.status == status


async def test_a_stream_is_refused_too(app: App, town: Town, alice: Person) -> None:
    await ip_blocks.block(app, Terms(network="203.0.113.7", severity="no_access"), by=None)
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    scope = {
        "type": "websocket",
        "path": "/api/v1/streaming",
        "query_string": f"access_token={alice.token}&stream=user".encode(),
        "headers": [],
        "client": ("203.0.113.7", 40000),
        "extensions": {"websocket.http.response": {}},
        "subprotocols": [],
    }
    await town.asgi(scope, receive, send)
    assert sent[0]["type"] == "websocket.http.response.start"
    assert sent[0]["status"] == 403


async def test_signing_up_through_the_api_meets_the_block_of_the_whole_address(app: App, town: Town) -> None:
    configure(app, "registrations", mode="open")
    await ip_blocks.block(app, Terms(network="2001:db8:1::9", severity="sign_up_block"), by=None)
    token = await town.token(None, "write:accounts")
    form = {"username": "dora", "email": "dora@mail.example", "password": "a long enough password", "agreement": True}
    blocked, neighbour = (Client(town.asgi, token, address=f"2001:db8:1::{end}") for end in ("9", "a"))
    assert (await blocked.post("/api/v1/accounts", form)).status == 403
    assert (await neighbour.post("/api/v1/accounts", form)).status == 200
    admin = await town.person("ada", scopes=ADMIN, role="admin")
    (dora,) = (await admin.get("/api/v2/admin/accounts", {"username": "dora"})).json
    assert town.client_app is not None
    assert dora["created_by_application_id"] == str(town.client_app.id)
    (own,) = (await admin.get("/api/v2/admin/accounts", {"username": "ada"})).json
    assert own["created_by_application_id"] is None

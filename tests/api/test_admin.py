"""Moderation through the client API: who gets in, what the entities look like, and every endpoint's effect."""

from typing import Any

import pytest

from fedinote.auth import users
from fedinote.auth.models import User
from fedinote.auth.viewer import ROLES, rank
from fedinote.infra.app import App
from fedinote.moderation import actions, permissions
from fedinote.moderation.cases import reports
from fedinote.moderation.moderator import Moderator
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from tests.api.client import Answer, Client
from tests.api.conftest import Person, Town
from tests.relations.people import change, person, post

ADMIN = "read write admin:read admin:write"
ACCOUNT_KEYS = {
    "id", "username", "domain", "created_at", "email", "ip", "ips", "locale", "invite_request", "role", "confirmed",
    "approved", "disabled", "silenced", "suspended", "sensitized", "account", "created_by_application_id",
    "invited_by_account_id",
}  # fmt: skip
REPORT_KEYS = {
    "id", "action_taken", "action_taken_at", "category", "comment", "forwarded", "created_at", "updated_at", "account",
    "target_account", "assigned_account", "action_taken_by_account", "statuses", "rules",
}  # fmt: skip
# (method, path, needed rank, scope); {target} is an account, {report} a report, {block} a domain block
TABLE = [
    ("GET", "/api/v1/admin/accounts", 1, "admin:read:accounts"),
    ("GET", "/api/v2/admin/accounts", 1, "admin:read:accounts"),
    ("GET", "/api/v1/admin/accounts/{target}", 1, "admin:read:accounts"),
    ("POST", "/api/v1/admin/accounts/{target}/action", 1, "admin:write:accounts"),
    ("POST", "/api/v1/admin/accounts/{target}/enable", 1, "admin:write:accounts"),
    ("POST", "/api/v1/admin/accounts/{target}/unsilence", 1, "admin:write:accounts"),
    ("POST", "/api/v1/admin/accounts/{target}/unsuspend", 1, "admin:write:accounts"),
    ("POST", "/api/v1/admin/accounts/{target}/unsensitive", 1, "admin:write:accounts"),
    ("POST", "/api/v1/admin/accounts/{target}/approve", 1, "admin:write:accounts"),
    ("POST", "/api/v1/admin/accounts/{target}/reject", 1, "admin:write:accounts"),
    ("GET", "/api/v1/admin/reports", 1, "admin:read:reports"),
    ("GET", "/api/v1/admin/reports/{report}", 1, "admin:read:reports"),
    ("PUT", "/api/v1/admin/reports/{report}", 1, "admin:write:reports"),
    ("POST", "/api/v1/admin/reports/{report}/assign_to_self", 1, "admin:write:reports"),
    ("POST", "/api/v1/admin/reports/{report}/unassign", 1, "admin:write:reports"),
    ("POST", "/api/v1/admin/reports/{report}/resolve", 1, "admin:write:reports"),
    ("POST", "/api/v1/admin/reports/{report}/reopen", 1, "admin:write:reports"),
    ("GET", "/api/v1/admin/domain_blocks", 2, "admin:read:domain_blocks"),
    ("GET", "/api/v1/admin/domain_blocks/{block}", 2, "admin:read:domain_blocks"),
    ("POST", "/api/v1/admin/domain_blocks", 2, "admin:write:domain_blocks"),
    ("PUT", "/api/v1/admin/domain_blocks/{block}", 2, "admin:write:domain_blocks"),
    ("DELETE", "/api/v1/admin/domain_blocks/{block}", 2, "admin:write:domain_blocks"),
]
BODIES = {"/action": {"type": "silence"}, "/domain_blocks": {"domain": "new.example"}}


async def one_of_each(app: App, town: Town) -> dict[str, str]:
    """Make what the paths of TABLE name: somebody who waits for approval, a report, a block."""
    waiting = await town.person("waiting")
    await User.filter(id=waiting.user_id).using_db(app.db.orm).update(state="pending")
    reporter = await person(app, "reporter")
    report = await reports.file(app, reporter, await person(app, "far", "far.example"))
    block = (await domains.block(app, "old.example", Terms(severity="noop"), by=None)).block
    assert block is not None
    return {"target": waiting.id, "report": str(report.id), "block": str(block.id)}


async def ask(client: Client, method: str, path: str, names: dict[str, str]) -> Answer:
    body = next((body for end, body in BODIES.items() if path.endswith(end)), {})
    return await client.send(method, path.format(**names), json=body if method not in ("GET", "DELETE") else None)


@pytest.mark.parametrize(("method", "path", "needed", "scope"), TABLE)
@pytest.mark.parametrize("role", ROLES)
async def test_the_role_decides_and_a_granular_scope_is_enough(
    app: App, town: Town, role: str, method: str, path: str, needed: int, scope: str
) -> None:
    names = await one_of_each(app, town)
    somebody = await town.person("somebody", scopes=scope, role=role)
    answer = await ask(somebody, method, path, names)
    assert answer.status == (200 if rank(role) >= needed else 403)
    if answer.status != 200:
        assert not await app.db.rows("SELECT 1 FROM audit_log WHERE actor_id IS NOT NULL")


@pytest.mark.parametrize(("method", "path", "needed", "scope"), TABLE)
async def test_without_the_scope_no_role_helps(
    app: App, town: Town, stranger: Client, method: str, path: str, needed: int, scope: str
) -> None:
    names = await one_of_each(app, town)
    other = "admin:read" if "write" in scope else "admin:write"
    wrong = " ".join({"read", "write", other, *(one[3] for one in TABLE if one[3] != scope)})
    owner = await town.person("olga", scopes=wrong, role="owner")
    assert (await ask(owner, method, path, names)).status == 403
    assert (await ask(stranger, method, path, names)).status == 401
    assert (await ask(Client(town.asgi, await town.token(None, ADMIN)), method, path, names)).status in (403, 422)


async def test_a_demoted_admins_token_opens_nothing(app: App, town: Town) -> None:
    admin = await town.person("ada", scopes=ADMIN, role="admin")
    assert (await admin.get("/api/v1/admin/domain_blocks")).status == 200
    await users.set_role(app, admin.user_id, "member")
    assert (await admin.get("/api/v1/admin/domain_blocks")).status == 403
    await app.db.execute("UPDATE users SET role = 'moderator' WHERE id = ?", admin.user_id)  # by another process
    assert (await admin.get("/api/v1/admin/domain_blocks")).status == 403
    assert (await admin.get("/api/v1/admin/reports")).status == 200


@pytest.fixture
async def admin(town: Town) -> Person:
    return await town.person("ada", scopes=ADMIN, role="admin")


@pytest.fixture
async def moderator(town: Town) -> Person:
    return await town.person("mona", scopes=ADMIN, role="moderator")


async def test_an_admin_account_has_every_key(app: App, admin: Person, alice: Person) -> None:
    far = await person(app, "far", "far.example")
    local = (await admin.get(f"/api/v1/admin/accounts/{alice.id}")).json
    assert set(local) == ACCOUNT_KEYS
    assert (local["id"], local["username"], local["domain"], local["email"]) == (
        alice.id,
        "alice",
        None,
        "alice@mail.example",
    )
    assert (local["approved"], local["confirmed"], local["disabled"], local["suspended"]) == (True, True, False, False)
    assert local["role"]["permissions"] == "0"
    assert local["account"]["acct"] == "alice"
    remote = (await admin.get(f"/api/v1/admin/accounts/{far}")).json
    assert set(remote) == ACCOUNT_KEYS
    assert (remote["domain"], remote["email"], remote["role"]) == ("far.example", None, None)
    own = (await admin.get(f"/api/v1/admin/accounts/{admin.id}")).json
    assert own["role"]["name"] == "Admin"
    assert own["role"]["permissions"] == str(permissions.of(app, "admin"))
    assert (await admin.get("/api/v1/admin/accounts/12345")).status == 404
    assert (await admin.get("/api/v1/admin/accounts/x")).status == 404


async def test_accounts_are_found_by_state_origin_and_name(
    app: App, town: Town, admin: Person, alice: Person, bob: Person
) -> None:
    far = await person(app, "far_out", "far.example")
    near = await person(app, "farXout", "near.example")
    await change(app, near, silenced_at=app.now())
    await change(app, bob.account_id, suspended_at=app.now())
    waiting = await town.person("waiting")
    await User.filter(id=waiting.user_id).using_db(app.db.orm).update(state="pending", reason="Let me in")

    async def found(version: str, **query: Any) -> set[str]:
        answer = await admin.get(f"/api/{version}/admin/accounts", query)
        assert answer.status == 200
        return {one["account"]["acct"] for one in answer.json}

    here = {"ada", "alice", "bob", "waiting"}
    there = {"far_out@far.example", "farXout@near.example"}
    assert await found("v1") == await found("v2") == here | there, "the server's own actor is nobody"
    assert await found("v1", local="true") == await found("v2", origin="local") == here
    assert await found("v1", remote="true") == await found("v2", origin="remote") == there
    assert await found("v1", pending="true") == await found("v2", status="pending") == {"waiting"}
    assert await found("v1", suspended="1") == await found("v2", status="suspended") == {"bob"}
    assert await found("v1", silenced="true") == await found("v2", status="silenced") == {"farXout@near.example"}
    assert await found("v1", staff="true") == await found("v2", permissions="staff") == {"ada"}
    assert await found("v2", **{"role_ids[]": ["2", "99"]}) == {"ada"}
    assert await found("v2", username="FAR_") == {"far_out@far.example"}
    assert await found("v2", by_domain="Near.example.") == {"farXout@near.example"}
    assert await found("v2", email="alice@") == {"alice"}
    assert await found("v2", display_name="ALI") == {"alice"}
    assert await found("v2", ip="203.0.113.250") == set()
    assert await found("v2", origin="local", status="active") == {"ada", "alice"}
    assert (await admin.get("/api/v2/admin/accounts", {"status": "odd"})).status == 422
    assert far


async def test_accounts_come_in_pages(app: App, admin: Person) -> None:
    ids = [str(await person(app, f"p{number}", "far.example")) for number in range(5)]
    first = await admin.get("/api/v2/admin/accounts", {"limit": 2, "origin": "remote"})
    assert first.ids == [ids[4], ids[3]]
    second = await admin.get(first.links["next"].removeprefix("http://localhost:8000"))
    assert second.ids == [ids[2], ids[1]]
    assert "origin=remote" in second.links["next"]


@pytest.mark.parametrize(
    ("kind", "flag", "undo"),
    [
        ("silence", "silenced", "unsilence"),
        ("suspend", "suspended", "unsuspend"),
        ("disable", "disabled", "enable"),
        ("sensitive", "sensitized", "unsensitive"),
    ],
)
async def test_an_action_and_its_undoing(moderator: Person, alice: Person, kind: str, flag: str, undo: str) -> None:
    path = f"/api/v1/admin/accounts/{alice.id}"
    answer = await moderator.post(f"{path}/action", form={"type": kind, "text": "because"})
    assert (answer.status, answer.json) == (200, {})
    assert (await moderator.get(path)).json[flag] is True
    undone = await moderator.post(f"{path}/{undo}")
    assert (undone.status, undone.json[flag]) == (200, False)


async def test_somebody_is_told_what_was_decided_about_them(app: App, moderator: Person, alice: Person) -> None:
    path = f"/api/v1/admin/accounts/{alice.account_id}/action"
    await moderator.post(path, {"type": "none", "text": "Please be kind"})
    await moderator.post(path, {"type": "silence"})
    await moderator.post(path, {"type": "sensitive", "send_email_notification": "false"})
    await moderator.post(path, {"type": "none"})
    post = (await alice.post("/api/v1/statuses", {"status": "rude"})).json
    await actions.delete_post(app, Moderator(moderator.account_id, 0, "moderator"), int(post["id"]), reason="Rule 1")
    found = (await alice.get("/api/v1/notifications")).json
    assert [one["type"] for one in found] == ["moderation_warning"] * 3
    told = [one["moderation_warning"] for one in found]
    assert [(one["action"], one["text"], one["status_ids"]) for one in told] == [
        ("delete_statuses", "Rule 1", [post["id"]]),
        ("silence", "", []),
        ("none", "Please be kind", []),
    ]
    assert {one["target_account"]["id"] for one in told} == {str(alice.account_id)}
    assert {one["appeal"] for one in told} == {None}
    groups = (await alice.get("/api/v2/notifications")).json["notification_groups"]
    assert [one["moderation_warning"]["id"] for one in groups] == [one["id"] for one in told]
    assert groups[0]["group_key"] == f"ungrouped-{found[0]['id']}"


async def test_people_elsewhere_are_not_told(app: App, moderator: Person) -> None:
    far = await person(app, "far", "far.example")
    assert (await moderator.post(f"/api/v1/admin/accounts/{far}/action", {"type": "silence"})).status == 200
    assert await app.db.value("SELECT COUNT(*) AS value FROM account_warnings") == 0


async def test_a_suspended_persons_token_stops_at_once(moderator: Person, alice: Person) -> None:
    assert (await alice.get("/api/v1/accounts/verify_credentials")).status == 200
    await moderator.post(f"/api/v1/admin/accounts/{alice.id}/action", {"type": "suspend"})
    assert (await alice.get("/api/v1/accounts/verify_credentials")).status in (401, 403)


@pytest.mark.parametrize("body", [{}, {"type": ""}, {"type": "delete"}, {"type": ["suspend", {}]}, {"type": {"a": 1}}])
async def test_an_action_of_no_known_type_is_refused(moderator: Person, alice: Person, body: Any) -> None:
    answer = await moderator.post(f"/api/v1/admin/accounts/{alice.id}/action", body)
    assert answer.status == 422
    assert (await moderator.get(f"/api/v1/admin/accounts/{alice.id}")).json["suspended"] is False


async def test_sign_ups_are_approved_and_refused(app: App, town: Town, moderator: Person) -> None:
    good, bad = await town.person("good"), await town.person("bad")
    for one in (good, bad):
        await User.filter(id=one.user_id).using_db(app.db.orm).update(state="pending", reason="Let me in")
    seen = (await moderator.get(f"/api/v1/admin/accounts/{good.id}")).json
    assert (seen["approved"], seen["invite_request"]) == (False, "Let me in")
    assert (await good.get("/api/v1/accounts/verify_credentials")).status == 403
    assert (await moderator.post(f"/api/v1/admin/accounts/{good.id}/approve")).json["approved"] is True
    assert (await good.get("/api/v1/accounts/verify_credentials")).status == 200
    assert (await moderator.post(f"/api/v1/admin/accounts/{bad.id}/reject")).json["id"] == bad.id
    assert (await moderator.get(f"/api/v1/admin/accounts/{bad.id}")).status == 404
    assert (await moderator.post(f"/api/v1/admin/accounts/{good.id}/approve")).status == 403


async def test_anybody_reports_and_gets_a_report(app: App, alice: Person, bob: Person) -> None:
    post_id = await post(app, bob.account_id, "Rude")
    answer = await alice.post(
        "/api/v1/reports/",
        form={"account_id": bob.id, "status_ids[]": [str(post_id), "x"], "comment": "Rude!", "rule_ids[]": ["1"]},
    )
    assert answer.status == 200
    body = answer.json
    assert body.pop("target_account")["id"] == bob.id
    assert body.pop("id").isdigit()
    assert body.pop("created_at").endswith("Z")
    assert body == {
        "action_taken": False,
        "action_taken_at": None,
        "category": "violation",
        "comment": "Rude!",
        "forwarded": False,
        "status_ids": [str(post_id)],
        "rule_ids": ["1"],
        "collection_ids": [],
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 404),
        ({"account_id": "x"}, 404),
        ({"account_id": "12345"}, 404),
        ({"account_id": "BOB", "category": "boring"}, 422),
        ({"account_id": "BOB", "rule_ids": ["x"]}, 422),
        ({"account_id": "BOB", "rule_ids": ["99"]}, 422),
        ({"account_id": "BOB", "comment": "x" * 1001}, 422),
        ({"account_id": "BOB", "comment": {"a": "b"}}, 422),
    ],
)
async def test_a_report_that_cannot_be_is_refused(
    app: App, alice: Person, bob: Person, body: dict[str, Any], status: int
) -> None:
    asked = {name: bob.id if value == "BOB" else value for name, value in body.items()}
    assert (await alice.post("/api/v1/reports", asked)).status == status
    assert not await app.db.rows("SELECT 1 FROM reports")


async def test_reporting_needs_its_scope(town: Town, bob: Person) -> None:
    reader = await town.person("reader", scopes="read")
    assert (await reader.post("/api/v1/reports", {"account_id": bob.id})).status == 403


async def test_a_report_is_worked_through(app: App, moderator: Person, alice: Person, bob: Person) -> None:
    post_id = await post(app, bob.account_id, "Rude")
    sent = {"account_id": bob.id, "status_ids": [str(post_id)], "rule_ids": [1]}
    made = (await alice.post("/api/v1/reports", sent)).json["id"]
    path = f"/api/v1/admin/reports/{made}"
    assert (await moderator.get("/api/v1/admin/reports")).ids == [made]
    shown = (await moderator.get(path)).json
    assert set(shown) == REPORT_KEYS
    assert (shown["account"]["id"], shown["target_account"]["id"]) == (alice.id, bob.id)
    assert set(shown["account"]) == ACCOUNT_KEYS
    assert ([one["id"] for one in shown["statuses"]], [one["id"] for one in shown["rules"]]) == ([str(post_id)], ["1"])
    assert (await moderator.post(f"{path}/assign_to_self")).json["assigned_account"]["id"] == moderator.id
    assert (await moderator.post(f"{path}/unassign")).json["assigned_account"] is None
    changed = (await moderator.put(path, {"category": "spam"})).json
    assert (changed["category"], changed["rules"]) == ("spam", [])
    closed = (await moderator.post(f"{path}/resolve")).json
    assert (closed["action_taken"], closed["action_taken_by_account"]["id"]) == (True, moderator.id)
    assert closed["action_taken_at"].endswith("Z")
    assert (await moderator.get("/api/v1/admin/reports")).ids == []
    assert (await moderator.get("/api/v1/admin/reports", {"resolved": "true"})).ids == [made]
    assert (await moderator.post(f"{path}/reopen")).json["action_taken"] is False
    for query, count in (({"account_id": alice.id}, 1), ({"target_account_id": alice.id}, 0)):
        assert len((await moderator.get("/api/v1/admin/reports", query)).json) == count


async def test_a_page_of_reports_costs_the_same_whatever_it_holds(
    app: App, moderator: Person, alice: Person, bob: Person
) -> None:
    async def cost() -> int:
        before = app.db.statements
        await moderator.get("/api/v1/admin/reports")
        return app.db.statements - before

    for _ in range(2):
        await reports.file(app, alice.account_id, bob.account_id, post_ids=[await post(app, bob.account_id, "Rude")])
    await cost()
    few = await cost()
    for number in range(10):
        far = await person(app, f"far{number}", "far.example")
        posts = [await post(app, far, "Rude", local=False)]
        await reports.file(app, alice.account_id, far, post_ids=posts)
    assert await cost() == few


async def test_domain_blocks_are_made_listed_changed_and_deleted(app: App, admin: Person) -> None:
    far = await person(app, "far", "sub.far.example")
    made = await admin.post(
        "/api/v1/admin/domain_blocks/", {"domain": "Far.example", "public_comment": "Unmoderated", "obfuscate": "true"}
    )
    assert made.status == 200
    block = made.json
    assert set(block) == {
        "id", "domain", "digest", "created_at", "severity", "reject_media", "reject_reports", "private_comment",
        "public_comment", "obfuscate", "followers_only", "warning",
    }  # fmt: skip
    assert (block["domain"], block["severity"], block["obfuscate"]) == ("far.example", "silence", True)
    assert (block["public_comment"], block["private_comment"]) == ("Unmoderated", None)
    path = f"/api/v1/admin/domain_blocks/{block['id']}"
    assert (await admin.get(path)).json == block
    assert (await admin.get("/api/v1/admin/domain_blocks/")).json == [block]
    assert (await admin.get(f"/api/v1/admin/accounts/{far}")).json["silenced"] is True
    for send in (admin.put, admin.patch):
        changed = (await send(path, {"severity": "suspend", "reject_media": True})).json
        assert (changed["severity"], changed["reject_media"], changed["public_comment"]) == (
            "suspend",
            True,
            "Unmoderated",
        )
    assert (await admin.get(f"/api/v1/admin/accounts/{far}")).json["suspended"] is True
    gone = await admin.delete(path)
    assert (gone.status, gone.json) == (200, {})
    assert (await admin.get(f"/api/v1/admin/accounts/{far}")).json["suspended"] is False
    assert (await admin.get(path)).status == 404
    assert (await admin.delete(path)).status == 404


async def test_a_domain_is_blocked_once(admin: Person) -> None:
    first = (await admin.post("/api/v1/admin/domain_blocks", {"domain": "far.example", "severity": "noop"})).json
    again = await admin.post("/api/v1/admin/domain_blocks", {"domain": "FAR.example.", "severity": "suspend"})
    assert again.status == 422
    assert again.json["existing_domain_block"] == first
    assert (await admin.get(f"/api/v1/admin/domain_blocks/{first['id']}")).json["severity"] == "noop"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"domain": ""},
        {"domain": "https://far.example/"},
        {"domain": "localhost:8000"},
        {"domain": "x" * 400},
        {"domain": "far.example", "severity": "ban"},
        {"domain": ["a.example", 1]},
    ],
)
async def test_a_wrong_domain_block_is_refused(admin: Person, body: dict[str, Any]) -> None:
    answer = await admin.post("/api/v1/admin/domain_blocks", body)
    assert answer.status == 422
    assert answer.json["error"]
    assert (await admin.get("/api/v1/admin/domain_blocks")).json == []


async def test_search_finds_nobody_of_a_suspended_domain(app: App, town: Town, admin: Person, alice: Person) -> None:
    far = await person(app, "farfriend", "far.example", discoverable=True)
    query = {"q": "farfriend", "type": "accounts"}
    assert [one["id"] for one in (await alice.get("/api/v2/search", query)).json["accounts"]] == [str(far)]
    await admin.post("/api/v1/admin/domain_blocks", {"domain": "far.example", "severity": "suspend"})
    for text in ("farfriend", "@farfriend@far.example", "https://far.example/users/farfriend"):
        assert (await alice.get("/api/v2/search", {"q": text, "type": "accounts"})).json["accounts"] == [], text


async def test_posts_of_a_suspended_domain_are_gone_for_everybody(app: App, admin: Person, alice: Person) -> None:
    far = await person(app, "far", "far.example")
    post_id = await post(app, far, "Hello", local=False, uri="https://far.example/posts/1")
    assert (await alice.get(f"/api/v1/statuses/{post_id}")).status == 200
    await admin.post("/api/v1/admin/domain_blocks", {"domain": "far.example", "severity": "suspend"})
    assert (await alice.get(f"/api/v1/statuses/{post_id}")).status == 404
    follow = await alice.post(f"/api/v1/accounts/{far}/follow")
    assert follow.status == 403

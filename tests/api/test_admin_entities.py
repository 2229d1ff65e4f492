"""Every entity of the admin API against the published description; accounts with all their filters; their actions."""

from typing import Any

import pytest

from fedinote.auth import sessions
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.moderation.cases import reports
from tests.api.conftest import Person, Town
from tests.api.test_schema import entity_problem as entity_problem  # noqa: PLC0414  a fixture
from tests.moderation.staff import log
from tests.relations.people import person

V1 = "/api/v1/admin"
ADMIN = "read write admin:read admin:write"


@pytest.fixture
async def admin(town: Town) -> Person:
    return await town.person("ada", scopes=ADMIN, role="admin")


async def signed_in(app: App, somebody: Person, *addresses: str) -> None:
    for address in addresses:
        await sessions.start(app, somebody.user_id, address=address)
        app.clock.shift(1)


async def test_every_admin_entity_is_as_the_published_description_has_it(
    app: App, admin: Person, alice: Person, bob: Person, entity_problem: Any
) -> None:
    await signed_in(app, bob, "198.51.100.7")
    report = await reports.file(app, alice.account_id, bob.account_id, rule_ids=[1])
    await admin.post(f"{V1}/reports/{report.id}/assign_to_self")
    period = {"start_at": "2026-01-01", "end_at": "2026-01-03", "frequency": "day"}
    figures = {"keys": ["active_users", "space_usage", "software_versions"], **period}
    found = [
        *(("AdminAccount", one) for one in (await admin.get("/api/v2/admin/accounts")).json),
        ("AdminAccount", (await admin.get(f"{V1}/accounts/{bob.id}")).json),
        *(("AdminReport", one) for one in (await admin.get(f"{V1}/reports")).json),
        ("AdminReport", (await admin.post(f"{V1}/reports/{report.id}/resolve")).json),
        ("AdminDomainBlock", (await admin.post(f"{V1}/domain_blocks", {"domain": "spam.example"})).json),
        ("AdminDomainAllow", (await admin.post(f"{V1}/domain_allows", {"domain": "friends.example"})).json),
        ("AdminEmailDomainBlock", (await admin.post(f"{V1}/email_domain_blocks", {"domain": "spam.example"})).json),
        ("AdminCanonicalEmailBlock", (await admin.post(f"{V1}/canonical_email_blocks", {"email": "a@b.example"})).json),
        ("AdminIpBlock", (await admin.post(f"{V1}/ip_blocks", {"ip": "192.0.2.1", "severity": "no_access"})).json),
        *(("AdminMeasure", one) for one in (await admin.post(f"{V1}/measures", figures)).json),
        *(("AdminDimension", one) for one in (await admin.post(f"{V1}/dimensions", figures)).json),
        *(("AdminCohort", one) for one in (await admin.post(f"{V1}/retention", period)).json),
    ]
    assert {name: entity_problem(name, body) for name, body in found} == {name: [] for name, _ in found}
    assert len({name for name, _ in found}) == 10


async def test_an_account_has_the_addresses_of_its_open_sessions_and_no_others(
    app: App, admin: Person, alice: Person, bob: Person
) -> None:
    await signed_in(app, bob, "198.51.100.7", "192.0.2.9", "198.51.100.7")
    shown = (await admin.get(f"{V1}/accounts/{bob.id}")).json
    assert shown["ip"] == "198.51.100.7"
    assert [one["ip"] for one in shown["ips"]] == ["198.51.100.7", "192.0.2.9"]
    assert all(one["used_at"].endswith("Z") for one in shown["ips"])
    other = (await admin.get(f"{V1}/accounts/{alice.id}")).json
    assert (other["ip"], other["ips"]) == (None, [])
    await sessions.end_all(app, bob.user_id)
    assert (await admin.get(f"{V1}/accounts/{bob.id}")).json["ips"] == []


async def test_accounts_are_found_by_address_state_inviter_and_role_in_both_versions(
    app: App, town: Town, admin: Person, alice: Person, bob: Person
) -> None:
    await signed_in(app, bob, "198.51.100.7")
    boss = await town.person("boss", role="owner")
    await User.filter(id=bob.user_id).using_db(app.db.orm).update(invited_by_id=alice.user_id, state="disabled")
    far = await person(app, "far", "far.example", display_name="Far Out", sensitized_at=app.now())

    async def found(version: str, **query: Any) -> set[str]:
        answer = await admin.get(f"/api/{version}/admin/accounts", query)
        assert answer.status == 200, query
        return {one["username"] for one in answer.json}

    assert far
    for version in ("v1", "v2"):
        assert await found(version, ip="198.51.100.7") == {"bob"}
        assert await found(version, by_domain="far.example") == {"far"}
        assert await found(version, display_name="far o") == {"far"}
        assert await found(version, email="bob@") == {"bob"}
        assert await found(version, username="bo") == {"bob", "boss"}
        assert await found(version, username="%") == set()
    assert await found("v1", disabled="true") == await found("v2", status="disabled") == {"bob"}
    assert await found("v1", sensitized="true") == await found("v2", status="sensitized") == {"far"}
    assert await found("v1", active="true", local="true") == {"ada", "alice", "boss"}
    assert await found("v2", status="active", origin="local") == {"ada", "alice", "boss"}
    assert await found("v1", staff="true") == await found("v2", permissions="staff") == {"ada", "boss"}
    assert await found("v2", invited_by=alice.id) == {"bob"}
    assert await found("v2", **{"role_ids[]": ["3"]}) == {"boss"}
    assert await found("v2", origin="remote", status="sensitized", username="fa") == {"far"}
    assert boss.id


async def test_a_page_of_accounts_and_of_reports_costs_the_same_however_long_it_is(
    app: App, admin: Person, alice: Person, bob: Person
) -> None:
    async def cost(path: str) -> int:
        assert (await admin.get(path)).status == 200  # who calls is known for the next seconds
        before = app.db.statements
        assert (await admin.get(path)).status == 200
        return app.db.statements - before

    paths = ("/api/v2/admin/accounts", f"{V1}/reports")
    await reports.file(app, alice.account_id, bob.account_id)
    await signed_in(app, bob, "198.51.100.7")
    short = [await cost(path) for path in paths]
    for number in range(4):
        far = await person(app, f"far{number}", "far.example")
        await reports.file(app, bob.account_id, far)
        await signed_in(app, alice, f"192.0.2.{number}")
    assert [await cost(path) for path in paths] == short


# -- actions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["sensitive", "disable", "silence", "suspend"])
async def test_an_action_closes_all_reports_about_the_account_and_no_others(
    app: App, admin: Person, alice: Person, bob: Person, kind: str
) -> None:
    about_bob = [await reports.file(app, alice.account_id, bob.account_id) for _ in range(2)]
    about_alice = await reports.file(app, bob.account_id, alice.account_id)
    answer = await admin.post(f"{V1}/accounts/{bob.id}/action", {"type": kind, "text": "Enough"})
    assert (answer.status, answer.json) == (200, {})
    assert (await admin.get(f"{V1}/reports")).ids == [str(about_alice.id)]
    closed = (await admin.get(f"{V1}/reports", {"resolved": "true"})).json
    assert {one["id"] for one in closed} == {str(one.id) for one in about_bob}
    assert {one["action_taken_by_account"]["username"] for one in closed} == {"ada"}
    assert [action for action, _ in await log(app)].count("report.resolve") == 2


async def test_no_action_closes_the_report_that_is_named_alone_and_notes_the_text(
    app: App, admin: Person, alice: Person, bob: Person
) -> None:
    named, other = [await reports.file(app, alice.account_id, bob.account_id) for _ in range(2)]
    body = {"type": "none", "text": "Do not do it again", "report_id": str(named.id)}
    assert (await admin.post(f"{V1}/accounts/{bob.id}/action", body)).json == {}
    assert (await admin.get(f"{V1}/reports")).ids == [str(other.id)]
    assert ("account.warn", bob.id) in await log(app)
    shown = (await admin.get(f"{V1}/accounts/{bob.id}")).json
    assert not any(shown[state] for state in ("disabled", "silenced", "suspended", "sensitized"))


async def test_a_moderator_acts_on_nobody_of_the_same_rank_or_above(app: App, town: Town, admin: Person) -> None:
    mod = await town.person("mona", scopes=ADMIN, role="moderator")
    peer, boss = await town.person("milo", role="moderator"), await town.person("boss", role="owner")
    for target in (mod, peer, admin, boss):
        for kind in ("none", "sensitive", "disable", "silence", "suspend"):
            answer = await mod.post(f"{V1}/accounts/{target.id}/action", {"type": kind, "text": "!"})
            assert answer.status == 403, (target.id, kind)
        for undo in ("enable", "unsensitive", "unsilence", "unsuspend", "approve", "reject"):
            assert (await mod.post(f"{V1}/accounts/{target.id}/{undo}")).status == 403
        assert (await mod.delete(f"{V1}/accounts/{target.id}")).status == 403
    assert await log(app) == []


async def test_only_an_admin_deletes_and_only_who_is_suspended(
    app: App, town: Town, admin: Person, alice: Person
) -> None:
    mod = await town.person("mona", scopes=ADMIN, role="moderator")
    path = f"{V1}/accounts/{alice.id}"
    assert (await admin.delete(path)).status == 403
    assert (await mod.post(f"{path}/action", {"type": "suspend"})).status == 200
    assert (await mod.delete(path)).status == 403
    gone = await admin.delete(path)
    assert (gone.status, gone.json["username"], gone.json["suspended"]) == (200, "alice", True)
    assert (await admin.get(path)).status == 404

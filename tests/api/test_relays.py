"""Relays through the client API: admins alone, and what they see."""

import pytest

from fedinote.federation import relays
from fedinote.infra.app import App
from tests.api.conftest import Person, Town
from tests.support import accounts

PATH = "/api/fedinote/v1/admin/relays"
INBOX = "https://relay.example/inbox"
ADMIN = "read write admin:read admin:write"


@pytest.fixture
async def admin(town: Town) -> Person:
    return await town.person("chief", role="admin", scopes=ADMIN)


async def test_a_relay_is_added_listed_and_left(app: App, admin: Person) -> None:
    made = (await admin.post(PATH, {"url": INBOX})).json
    assert made["id"]
    assert made | {"id": "", "created_at": ""} == {
        "id": "", "kind": "mastodon", "state": "pending", "inbox_url": INBOX, "actor_uri": None, "created_at": "",
        "answered_at": None,
    }  # fmt: skip
    row = await relays.find(app, made["id"])
    actor = await accounts.remote(app, "relay", "relay.example")
    await app.db.execute(
        "UPDATE accounts SET uri = ?, inbox_url = ? WHERE id = ?", "https://relay.example/actor", INBOX, actor.id
    )
    assert await relays.answered(app, row["follow_uri"], "https://relay.example/actor", accepted=True)
    (listed,) = (await admin.get(PATH)).json
    assert (listed["state"], listed["actor_uri"]) == ("accepted", "https://relay.example/actor")
    assert listed["answered_at"]
    gone = await admin.delete(f"{PATH}/{made['id']}")
    assert (gone.status, gone.json["inbox_url"]) == (200, INBOX)
    assert (await admin.get(PATH)).json == []
    assert (await admin.delete(f"{PATH}/{made['id']}")).status == 404
    decided = await app.db.rows("SELECT action, actor_id FROM audit_log WHERE target = ? ORDER BY id", INBOX)
    assert [(one["action"], one["actor_id"]) for one in decided] == [
        ("relay.add", admin.account_id),
        ("relay.remove", admin.account_id),
    ]


@pytest.mark.parametrize("url", ["", "relay.example", "http://localhost:8000/inbox", "ftp://relay.example/inbox"])
async def test_what_is_no_relay_is_refused(admin: Person, url: str) -> None:
    assert (await admin.post(PATH, {"url": url})).status == 422
    assert (await admin.get(PATH)).json == []


async def test_only_admins_with_the_scope_see_and_change_relays(app: App, town: Town, admin: Person) -> None:
    made = (await admin.post(PATH, {"url": INBOX})).json
    people = {
        "moderator": await town.person("mo", role="moderator", scopes=ADMIN),
        "without scope": await town.person("ann", role="admin", scopes="read write admin:read:accounts"),
    }
    for what, somebody in people.items():
        assert (await somebody.get(PATH)).status == 403, what
        assert (await somebody.post(PATH, {"url": "https://other.example/inbox"})).status == 403, what
        assert (await somebody.delete(f"{PATH}/{made['id']}")).status == 403, what
    assert [row["inbox_url"] for row in await relays.everything(app)] == [INBOX]

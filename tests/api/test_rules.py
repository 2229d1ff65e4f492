"""The moderators' rules by API: written, tried, switched, listed; and what they hold back, decided."""

import pytest

from tests.api.client import Client
from tests.api.conftest import Person, Town

RULES, HELD = "/api/fedinote/v1/admin/rules", "/api/fedinote/v1/admin/held"
SCOPES = "read write admin:read admin:write"
CASINO = {"kind": "words", "terms": {"words": ["casino"]}, "action": "hold", "title": "No gambling"}


@pytest.fixture
async def admin(town: Town) -> Person:
    return await town.person("ada", role="admin", scopes=SCOPES)


async def test_a_rule_is_written_tried_and_switched_on(admin: Person, alice: Person) -> None:
    assert (await alice.post("/api/v1/statuses", {"status": "my casino"})).status == 200
    made = (await admin.post(RULES, CASINO)).json
    assert (made["state"], made["hits_count"], made["terms"]) == ("draft", 0, {"words": ["casino"]})
    tried = (await admin.get(f"{RULES}/{made['id']}/trial?days=7")).json
    assert (tried["caught_count"], tried["accounts_count"], tried["local_count"], tried["share"]) == (1, 1, 1, 1.0)
    assert tried["examples"][0]["why"] == "the word “casino”"
    on = (await admin.patch(f"{RULES}/{made['id']}", {"state": "on"})).json
    assert on["state"] == "on"
    refused = await alice.post("/api/v1/statuses", {"status": "another casino"})
    assert refused.status == 403
    assert "until a moderator" in refused.json["error"]
    listed = (await admin.get(RULES)).json
    assert [(one["id"], one["hits_count"]) for one in listed] == [(made["id"], 1)]
    hits = (await admin.get(f"{RULES}/{made['id']}/hits")).json
    assert [(one["acct"], one["action"]) for one in hits] == [("alice", "hold")]


async def test_a_rule_is_undone_of_all_times_or_since_a_moment(admin: Person, alice: Person) -> None:
    made = (await admin.post(RULES, CASINO)).json
    await admin.patch(f"{RULES}/{made['id']}", {"state": "on"})
    assert (await alice.post("/api/v1/statuses", {"status": "my casino"})).status == 403
    path = f"{RULES}/{made['id']}/undo"
    assert (await alice.post(path, {})).status == 403
    for beyond in ("soon", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+14:00"):
        assert (await admin.post(path, {"since": beyond})).status == 422
    assert (await admin.post(path, {"since": "2999-01-01T00:00:00Z"})).json["released_count"] == 0
    assert (await admin.get(f"{RULES}/{made['id']}")).json["state"] == "off"
    done = (await admin.post(path, {})).json
    assert (done["released_count"], done["restored_count"], done["failed_count"]) == (1, 0, 0)
    assert [one["content"] for one in (await admin.get("/api/v1/timelines/public?local=true")).json] == [
        "<p>my casino</p>"
    ]


async def test_what_is_held_is_released_or_dropped(admin: Person, alice: Person, stranger: Client) -> None:
    rule = (await admin.post(RULES, CASINO)).json
    await admin.patch(f"{RULES}/{rule['id']}", {"state": "on"})
    for text in ("casino one", "casino two"):
        await alice.post("/api/v1/statuses", {"status": text})
    await alice.post("/api/v1/statuses", {"status": "a private casino", "visibility": "private"})
    waits = (await admin.get(HELD)).json
    assert [one["content"] for one in waits] == [None, "<p>casino two</p>", "<p>casino one</p>"]
    released = (await admin.post(f"{HELD}/{waits[2]['id']}/release", {})).json
    shown = (await stranger.get(f"/api/v1/statuses/{released['status_id']}")).json
    assert shown["content"] == "<p>casino one</p>"
    assert (await admin.delete(f"{HELD}/{waits[1]['id']}")).status == 200
    assert [one["id"] for one in (await admin.get(HELD)).json] == [waits[0]["id"]]
    assert (await admin.post(f"{HELD}/{waits[1]['id']}/release", {})).status == 404


async def test_what_is_not_named_in_a_change_stays(admin: Person) -> None:
    made = (await admin.post(RULES, CASINO | {"expires_in": 3600, "reason": "The law"})).json
    changed = (await admin.patch(f"{RULES}/{made['id']}", {"action": "reject", "state": "on"})).json
    kept = ("kind", "terms", "title", "reason", "expires_at", "origin", "created_at")
    assert {name: changed[name] for name in kept} == {name: made[name] for name in kept}
    assert (changed["action"], changed["state"]) == ("reject", "on")
    assert (await admin.delete(f"{RULES}/{made['id']}")).status == 200
    assert (await admin.get(f"{RULES}/{made['id']}")).status == 404


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "wishes"},
        {"terms": {}},
        {"terms": "casino"},
        {"action": "shout"},
        {"origin": "moon"},
        {"title": " "},
        {"expires_in": -5},
        {"kind": "pattern", "terms": {"pattern": "("}},
    ],
)
async def test_a_rule_that_makes_no_sense_is_422(admin: Person, change: dict[str, object]) -> None:
    refused = await admin.post(RULES, CASINO | change)
    assert refused.status == 422
    assert "error" in refused.json


async def test_moderators_decide_about_posts_and_admins_about_rules(town: Town) -> None:
    moderator = await town.person("mona", role="moderator", scopes=SCOPES)
    assert (await moderator.get(HELD)).status == 200
    assert (await moderator.get(RULES)).status == 403
    member = await town.person("mia", scopes=SCOPES)
    assert (await member.get(HELD)).status == 403
    assert (await member.post(RULES, CASINO)).status == 403


async def test_a_rule_says_which_other_languages_count(admin: Person) -> None:
    terms = {"words": ["casino"], "translations": True, "translate": "en", "translate_for": "all"}
    made = (await admin.post(RULES, CASINO | {"terms": terms})).json
    assert made["terms"] == terms
    off = {"words": ["casino"], "translations": False, "translate": "", "translate_for": ""}
    plain = await admin.patch(f"{RULES}/{made['id']}", {"terms": off})
    assert (plain.status, plain.json["terms"]["translate"]) == (200, None)
    for wrong in ({"translate": "no language"}, {"translate_for": "nobody"}):
        refused = await admin.post(RULES, CASINO | {"terms": terms | wrong})
        assert refused.status == 422, refused.body


async def test_a_rule_is_handed_over_to_somebody_who_may_write_rules(admin: Person, alice: Person, town: Town) -> None:
    other = await town.person("ben", role="admin", scopes=SCOPES)
    path = f"{RULES}/{(await admin.post(RULES, CASINO)).json['id']}"
    assert (await admin.patch(path, {"owner_id": str(alice.account_id)})).status == 422
    handed = (await admin.patch(path, {"owner_id": str(other.account_id)})).json
    assert (handed["owner_id"], handed["title"], handed["state"]) == (str(other.account_id), "No gambling", "draft")


async def test_a_rule_that_has_ended_does_nothing_and_is_not_switched_on_again(
    town: Town, admin: Person, alice: Person
) -> None:
    path = f"{RULES}/{(await admin.post(RULES, {**CASINO, 'expires_in': 3600})).json['id']}"
    assert (await admin.patch(path, {"state": "on"})).status == 200
    town.app.clock.shift(3660)
    assert (await alice.post("/api/v1/statuses", {"status": "my casino"})).status == 200
    for state in ("off", "draft"):
        assert (await admin.patch(path, {"state": state})).status == 200
        refused = await admin.patch(path, {"state": "on"})
        assert (refused.status, "in the future" in refused.json["error"]) == (422, True)
    assert (await admin.get(path)).json["state"] == "draft"
    assert (await admin.patch(path, {"state": "on", "expires_in": 3600})).json["state"] == "on"
    assert (await alice.post("/api/v1/statuses", {"status": "my casino"})).status == 403

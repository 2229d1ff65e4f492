"""Shared lists by API: subscribed to, read, decided; what a block would do; undoing; lost connections."""

from collections.abc import AsyncIterator

import pytest

from fedinote.infra.app import App
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from fedinote.relations import follows
from tests.api.conftest import Person, Town
from tests.relations.people import person
from tests.support.fakefedi import FakeHost, faking

ADMIN = "/api/fedinote/v1/admin"
LOST = "/api/fedinote/v1/severed_relationships"
HEAD = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"
FAR = "far.example"


@pytest.fixture
async def host() -> AsyncIterator[FakeHost]:
    async with faking() as fedi:
        yield await fedi.host()


@pytest.fixture
async def admin(town: Town) -> Person:
    return await town.person("ada", role="admin", scopes="read write admin:read admin:write")


def serve(host: FakeHost, *rows: str) -> str:
    body = (HEAD + "".join(f"{row}\n" for row in rows)).encode()
    return host.serve(f"{host.base}/list.csv", body, content_type="text/csv")


async def test_a_list_is_subscribed_to_read_and_its_drafts_decided(admin: Person, host: FakeHost) -> None:
    url = serve(host, "bad.example,suspend,true,,spam,", "meh.example,silence,,,,")
    made = (await admin.post(f"{ADMIN}/lists", {"url": url, "title": "Worst of", "days": 30})).json
    assert (made["kind"], made["ceiling"], made["automatic"], made["days"]) == ("csv", "silence", False, 30)
    assert made["read_at"] is None
    read = (await admin.post(f"{ADMIN}/lists/{made['id']}/read", {})).json
    assert read == {"taken": 2, "applied": 0, "retracted": 0}
    drafts = (await admin.get(f"{ADMIN}/list_entries?state=draft&list_id={made['id']}")).json
    by_name = {one["domain"]: one for one in drafts}
    bad = by_name["bad.example"]
    assert (bad["severity"], bad["applied_severity"], bad["reason"]) == ("suspend", "silence", "spam")
    applied = (await admin.post(f"{ADMIN}/list_entries/{bad['id']}/apply", {})).json
    assert (applied["state"], applied["domain_block_id"] is None) == ("applied", False)
    refused = (await admin.post(f"{ADMIN}/list_entries/{by_name['meh.example']['id']}/refuse", {})).json
    assert refused["state"] == "refused"
    assert [one["domain"] for one in (await admin.get("/api/v1/admin/domain_blocks")).json] == ["bad.example"]
    changed = (await admin.patch(f"{ADMIN}/lists/{made['id']}", {"ceiling": "suspend"})).json
    assert (changed["ceiling"], changed["title"], changed["days"], changed["applied_count"]) == (
        "suspend",
        "Worst of",
        30,
        1,
    )
    assert (await admin.delete(f"{ADMIN}/lists/{made['id']}")).status == 200
    assert (await admin.get(f"{ADMIN}/lists")).json == []
    assert (await admin.get("/api/v1/admin/domain_blocks")).json == []


@pytest.mark.parametrize(
    "change", [{"url": "ftp://x"}, {"title": ""}, {"kind": "x"}, {"ceiling": "x"}, {"days": -1}, {"days": "soon"}]
)
async def test_a_list_that_makes_no_sense_is_422(admin: Person, change: dict[str, object]) -> None:
    given = {"url": "https://x.example/list.csv", "title": "A list"}
    refused = await admin.post(f"{ADMIN}/lists", given | change)
    assert (refused.status, "error" in refused.json) == (422, True)
    assert (await admin.get(f"{ADMIN}/list_entries?state=nonsense")).status == 422


async def _tied(app: App, alice: Person) -> list[int]:
    others = [await person(app, name, FAR) for name in ("friend", "fan")]
    for follower, target in ((alice.account_id, others[0]), (others[1], alice.account_id)):
        await follows.request(app, follower, target)
        await follows.accept(app, follower, target)
    return others


async def test_what_a_block_would_do_is_told_and_changes_are_undone(town: Town, admin: Person, alice: Person) -> None:
    await _tied(town.app, alice)
    seen = (await admin.get(f"{ADMIN}/domain_blocks/foresight?domain={FAR}")).json
    assert (seen["accounts_count"], seen["suspended_count"], seen["people_count"]) == (2, 2, 1)
    assert (seen["ended_following_count"], seen["ended_followers_count"]) == (1, 1)
    assert (await admin.get(f"{ADMIN}/domain_blocks/foresight?domain={FAR}&severity=x")).status == 422
    assert (await admin.get("/api/v1/admin/domain_blocks")).json == []
    await admin.post("/api/v1/admin/domain_blocks", {"domain": FAR, "severity": "suspend"})
    (change,) = (await admin.get(f"{ADMIN}/domain_changes")).json
    assert (change["domains"], change["actor_id"], change["undone"]) == ([FAR], admin.id, False)
    undone = await admin.post(f"{ADMIN}/domain_changes/{change['id']}/undo", {})
    assert undone.json == {"undone_count": 1, "left": []}
    assert (await admin.post(f"{ADMIN}/domain_changes/{change['id']}/undo", {})).status == 409
    assert (await admin.post(f"{ADMIN}/domain_changes/1/undo", {})).status == 404


async def test_lost_connections_are_listed_followed_again_and_forgotten(town: Town, alice: Person) -> None:
    friend, _ = await _tied(town.app, alice)
    block = (await domains.block(town.app, FAR, Terms(), by=None)).block
    assert block is not None
    (event,) = (await alice.get(LOST)).json
    assert (event["type"], event["target_name"], event["purged"]) == ("domain_block", FAR, False)
    (told,) = [one for one in (await alice.get("/api/v1/notifications")).json if "event" in one]
    assert told["event"] == event
    await domains.unblock(town.app, block.id, by=None)
    where = f"{LOST}/{event['id']}"
    assert [one["acct"] for one in (await alice.get(f"{where}/accounts")).json] == [f"friend@{FAR}"]
    assert [one["acct"] for one in (await alice.get(f"{where}/accounts?side=follower")).json] == [f"fan@{FAR}"]
    assert (await alice.get(f"{where}/accounts?side=x")).status == 422
    again = await alice.post(f"{where}/follow", {"account_ids": [str(friend), "12345"]})
    assert again.json == {"asked_count": 1, "failed_count": 0}
    bob = await town.person("bob")
    for answer in (await bob.get(f"{where}/accounts"), await bob.post(f"{where}/follow", {}), await bob.delete(where)):
        assert answer.status == 404
    assert (await alice.delete(where)).status == 200
    assert (await alice.get(LOST)).json == []

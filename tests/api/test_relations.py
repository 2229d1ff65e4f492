"""Following, blocking, muting, notes and lists of people, as clients see them."""

from typing import Any

import pytest

from fedinote.infra.app import App
from tests.api.client import Client
from tests.api.conftest import Person, Town
from tests.relations.people import change, person

FALSE = {
    "following": False,
    "showing_reblogs": False,
    "notifying": False,
    "languages": None,
    "followed_by": False,
    "blocking": False,
    "blocked_by": False,
    "muting": False,
    "muting_notifications": False,
    "muting_expires_at": None,
    "requested": False,
    "requested_by": False,
    "domain_blocking": False,
    "endorsed": False,
    "note": "",
}


def _ids(body: Any) -> list[str]:
    return [item["id"] for item in body]


async def test_a_relationship_has_every_key_and_unknown_ids_are_left_out(
    alice: Person, bob: Person, stranger: Client
) -> None:
    for query in (
        f"id[]={bob.account_id}&id[]=99&id[]=x&id[]={alice.account_id}",
        f"id={bob.account_id}&id={alice.account_id}",
    ):
        reply = await alice.get(f"/api/v1/accounts/relationships?{query}")
        assert reply.json == [{"id": bob.id, **FALSE}, {"id": alice.id, **FALSE}]
    assert (await alice.get("/api/v1/accounts/relationships?id=99")).json == []
    assert (await stranger.get("/api/v1/accounts/relationships?id=99")).status == 401


async def test_following_changing_options_and_unfollowing(alice: Person, bob: Person, stranger: Client) -> None:
    path = f"/api/v1/accounts/{bob.account_id}"
    first = (await alice.post(f"{path}/follow")).json
    assert (first["following"], first["showing_reblogs"], first["notifying"]) == (True, True, False)
    again = (await alice.post(f"{path}/follow", {"reblogs": False, "notify": "true", "languages": ["ja"]})).json
    assert (again["showing_reblogs"], again["notifying"], again["languages"]) == (False, True, ["ja"])
    kept = (await alice.post(f"{path}/follow", form={"languages[]": ""})).json
    assert (kept["showing_reblogs"], kept["notifying"], kept["languages"]) == (False, True, None)
    assert _ids((await stranger.get(f"{path}/followers")).json) == [alice.id]
    assert _ids((await bob.get(f"/api/v1/accounts/{alice.account_id}/following")).json) == [bob.id]
    assert (await bob.post(f"/api/v1/accounts/{alice.account_id}/remove_from_followers")).json["followed_by"] is False
    await alice.post(f"{path}/follow")
    assert (await alice.post(f"{path}/unfollow")).json == {"id": bob.id, **FALSE}
    assert (await alice.post(f"{path}/unfollow")).status == 200


async def test_what_cannot_be_followed(town: Town, alice: Person, bob: Person, stranger: Client) -> None:
    assert (await alice.post(f"/api/v1/accounts/{alice.account_id}/follow")).status == 403
    assert (await alice.post("/api/v1/accounts/99/follow")).status == 404
    assert (await alice.post("/api/v1/accounts/bob/follow")).status == 404
    assert (await stranger.post(f"/api/v1/accounts/{bob.account_id}/follow")).status == 401
    reader = await town.person("reader", scopes="read")
    assert (await reader.post(f"/api/v1/accounts/{bob.account_id}/follow")).status == 403


@pytest.mark.parametrize("verb", ["authorize", "reject"])
async def test_a_request_is_listed_until_it_is_answered(app: App, alice: Person, bob: Person, verb: str) -> None:
    await change(app, bob.account_id, locked=True)
    asked = (await alice.post(f"/api/v1/accounts/{bob.account_id}/follow")).json
    assert (asked["following"], asked["requested"]) == (False, True)
    assert _ids((await bob.get("/api/v1/follow_requests")).json) == [alice.id]
    answered = await bob.post(f"/api/v1/follow_requests/{alice.account_id}/{verb}")
    assert (answered.json["followed_by"], answered.json["requested_by"]) == (verb == "authorize", False)
    assert (await bob.get("/api/v1/follow_requests")).json == []
    for again in ("authorize", "reject"):
        assert (await bob.post(f"/api/v1/follow_requests/{alice.account_id}/{again}")).status == 404
    now = (await bob.get(f"/api/v1/accounts/relationships?id={alice.account_id}")).json[0]
    assert now["followed_by"] is (verb == "authorize")


async def test_muting_for_an_hour(alice: Person, bob: Person) -> None:
    path = f"/api/v1/accounts/{bob.account_id}"
    muted = (await alice.post(f"{path}/mute", {"notifications": False, "duration": "3600"})).json
    assert (muted["muting"], muted["muting_notifications"]) == (True, False)
    (shown,) = (await alice.get("/api/v1/mutes")).json
    assert shown["id"] == bob.id
    assert shown["mute_expires_at"] == muted["muting_expires_at"]
    assert muted["muting_expires_at"].endswith("Z")
    assert (await alice.post(f"{path}/unmute")).json["muting"] is False
    for_ever = (await alice.post(f"{path}/mute")).json
    assert (for_ever["muting_notifications"], for_ever["muting_expires_at"]) == (True, None)
    assert (await alice.get("/api/v1/mutes")).json[0]["mute_expires_at"] is None
    assert (await alice.post(f"{path}/mute", {"duration": -1})).status == 422


async def test_blocking_is_seen_from_both_sides(alice: Person, bob: Person) -> None:
    blocked = (await alice.post(f"/api/v1/accounts/{bob.account_id}/block")).json
    assert blocked["blocking"] is True
    assert _ids((await alice.get("/api/v1/blocks")).json) == [bob.id]
    other = (await bob.get(f"/api/v1/accounts/relationships?id[]={alice.account_id}")).json[0]
    assert (other["blocking"], other["blocked_by"]) == (False, True)
    assert (await bob.post(f"/api/v1/accounts/{alice.account_id}/follow")).status == 403
    assert (await bob.get(f"/api/v1/accounts/{alice.account_id}/followers")).json == []
    assert (await alice.post(f"/api/v1/accounts/{bob.account_id}/unblock")).json["blocking"] is False


async def test_a_note_is_private(alice: Person, bob: Person) -> None:
    path = f"/api/v1/accounts/{bob.account_id}/note"
    assert (await alice.post(path, {"comment": "a friend"})).json["note"] == "a friend"
    assert (await bob.get(f"/api/v1/accounts/relationships?id={alice.account_id}")).json[0]["note"] == ""
    assert (await alice.post(path, {"comment": ""})).json["note"] == ""
    await alice.post(path, {"comment": "x"})
    assert (await alice.post(path)).json["note"] == ""


async def test_followers_are_paged_by_the_link_header(town: Town, alice: Person) -> None:
    fans = [await town.person(f"fan{number}") for number in range(5)]
    for fan in fans:
        await fan.post(f"/api/v1/accounts/{alice.account_id}/follow")
    seen: list[str] = []
    newest = ""
    path = f"/api/v1/accounts/{alice.account_id}/followers?limit=2"
    pages = 0
    while path and pages < 9:
        reply = await alice.get(path)
        seen += _ids(reply.json)
        path = reply.links.get("next", "")
        pages += 1
        newest = reply.links.get("prev", "")
    assert seen == [fan.id for fan in reversed(fans)]
    assert pages == 3
    assert _ids((await alice.get(newest)).json) == [fans[2].id, fans[1].id]


async def test_familiar_followers_name_friends(app: App, alice: Person, bob: Person) -> None:
    star = await person(app, "star")
    await alice.post(f"/api/v1/accounts/{bob.account_id}/follow")
    await bob.post(f"/api/v1/accounts/{star}/follow")
    reply = await alice.get(f"/api/v1/accounts/familiar_followers?id[]={star}&id[]={bob.account_id}")
    assert [(one["id"], _ids(one["accounts"])) for one in reply.json] == [(str(star), [bob.id]), (bob.id, [])]


async def test_a_list_from_making_to_deleting(alice: Person, bob: Person) -> None:
    made = (await alice.post("/api/v1/lists", {"title": "friends", "replies_policy": "list", "exclusive": False})).json
    assert made == {"id": made["id"], "title": "friends", "replies_policy": "list", "exclusive": False}
    path = f"/api/v1/lists/{made['id']}"
    changed = (await alice.put(path, {"title": "best friends", "exclusive": True})).json
    assert changed == {**made, "title": "best friends", "exclusive": True}
    assert (await alice.get(path)).json == changed
    assert (await alice.get("/api/v1/lists")).json == [changed]
    assert (await alice.post(f"{path}/accounts", {"account_ids": [bob.id]})).status == 404
    await alice.post(f"/api/v1/accounts/{bob.account_id}/follow")
    assert (await alice.post(f"{path}/accounts", {"account_ids": [bob.id]})).json == {}
    for query in ("", "?limit=0", "?limit=1"):
        assert _ids((await alice.get(f"{path}/accounts{query}")).json) == [bob.id]
    assert _ids((await alice.get(f"/api/v1/accounts/{bob.account_id}/lists")).json) == [made["id"]]
    assert (await bob.get(path)).status == 404
    assert (await alice.delete(f"{path}/accounts", {"account_ids": [bob.id]})).json == {}
    assert (await alice.get(f"{path}/accounts")).json == []
    assert (await alice.delete(path)).json == {}
    assert (await alice.get(path)).status == 404
    assert (await alice.post("/api/v1/lists", {"title": " "})).status == 422


async def test_blocking_a_domain_and_ending_it(app: App, alice: Person, bob: Person) -> None:
    far = await person(app, "far", "far.example")
    await alice.post(f"/api/v1/accounts/{far}/follow")
    assert (await alice.get("/api/v1/domain_blocks")).json == []
    for name in ("far.example", "FAR.example.", "other.example"):
        assert (await alice.post("/api/v1/domain_blocks", {"domain": name})).json == {}
    assert (await alice.get("/api/v1/domain_blocks")).json == ["other.example", "far.example"]
    assert (await bob.get("/api/v1/domain_blocks")).json == []
    now = (await alice.get(f"/api/v1/accounts/relationships?id[]={far}&id[]={bob.id}")).json
    assert [(one["domain_blocking"], one["requested"]) for one in now] == [(True, False), (False, False)]
    assert (await alice.post(f"/api/v1/accounts/{far}/follow")).status == 403
    assert (await alice.delete("/api/v1/domain_blocks", {"domain": "far.example"})).json == {}
    assert (await alice.delete("/api/v1/domain_blocks?domain=other.example")).json == {}
    assert (await alice.delete("/api/v1/domain_blocks", {"domain": "never.example"})).json == {}
    assert (await alice.get("/api/v1/domain_blocks")).json == []
    assert (await alice.post(f"/api/v1/accounts/{far}/follow")).status == 200


async def test_what_is_no_domain_of_others_cannot_be_blocked(alice: Person, stranger: Client) -> None:
    for wrong in ("", "no domain", "localhost:8000", "https://far.example/"):
        assert (await alice.post("/api/v1/domain_blocks", {"domain": wrong})).status == 422
    assert (await stranger.post("/api/v1/domain_blocks", {"domain": "far.example"})).status == 401


async def test_blocked_domains_are_paged(alice: Person) -> None:
    names = [f"s{number}.example" for number in range(3)]
    for name in names:
        await alice.post("/api/v1/domain_blocks", {"domain": name})
    first = await alice.get("/api/v1/domain_blocks?limit=2")
    assert first.json == ["s2.example", "s1.example"]
    assert (await alice.get(first.links["next"])).json == ["s0.example"]

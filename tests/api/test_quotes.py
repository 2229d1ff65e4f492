"""Quotes among people of one server, as clients see them."""

from typing import Any

import pytest

from fedinote.api.entities import statuses
from fedinote.auth.viewer import Viewer
from tests.api.conftest import Person, Town
from tests.api.test_statuses import write


async def quote(person: Person, post: Any, text: str = "look", **more: Any) -> Any:
    return await write(person, text, quoted_status_id=post["id"], **more)


async def seen(person: Any, post: Any) -> Any:
    answer = await person.get(f"/api/v1/statuses/{post['id']}")
    assert answer.status == 200
    return answer.json


async def kinds(person: Person) -> list[str]:
    return [one["type"] for one in (await person.get("/api/v1/notifications")).json]


async def follow(person: Person, other: Person) -> None:
    assert (await person.post(f"/api/v1/accounts/{other.id}/follow")).status == 200


async def test_a_quote_of_somebody_here_is_shown_at_once(alice, bob):
    post = await write(alice, "tea is good")
    made = await quote(bob, post)
    assert made["quote"]["state"] == "accepted"
    assert made["quote"]["quoted_status"]["content"] == "<p>tea is good</p>"
    assert made["content"] == "<p>look</p>", "the line for other servers is not for clients"
    assert (await seen(alice, post))["quotes_count"] == 1
    assert await kinds(alice) == ["quote"]
    listed = (await alice.get(f"/api/v1/statuses/{post['id']}/quotes")).json
    assert [one["id"] for one in listed] == [made["id"]]


async def test_the_page_of_a_quote_has_a_link_to_the_quoted_post(alice, bob, stranger):
    post = await write(alice, "tea is good")
    made = await quote(bob, post)
    page = (await stranger.get(f"/@bob/{made['id']}", headers={"Accept": "text/html"})).body.decode()
    assert "tea is good" in page
    assert f'href="/@alice/{post["id"]}"' in page
    await alice.post(f"/api/v1/statuses/{post['id']}/quotes/{made['id']}/revoke")
    after = (await stranger.get(f"/@bob/{made['id']}", headers={"Accept": "text/html"})).body.decode()
    assert "tea is good" not in after
    assert f"/@alice/{post['id']}" not in after


async def test_a_quote_without_words_is_a_post(alice, bob):
    post = await write(alice, "tea is good")
    assert (await quote(bob, post, ""))["quote"]["state"] == "accepted"


async def test_a_quote_within_a_quote_is_an_id_alone(alice, bob):
    first = await write(alice, "first")
    second = await quote(bob, first, "second")
    third = await quote(alice, second, "third")
    inner = third["quote"]["quoted_status"]["quote"]
    assert inner == {"state": "accepted", "quoted_status_id": first["id"]}


@pytest.mark.parametrize(
    ("setting", "automatic", "current_user"),
    [("public", ["public"], "automatic"), ("followers", ["followers"], "denied"), ("nobody", [], "denied")],
)
async def test_the_author_says_who_may_quote(alice, bob, setting, automatic, current_user):
    post = await write(alice, quote_approval_policy=setting)
    assert (await seen(bob, post))["quote_approval"] == {
        "automatic": automatic,
        "manual": [],
        "current_user": current_user,
    }
    assert (await seen(alice, post))["quote_approval"]["current_user"] == "automatic"
    answer = await bob.post("/api/v1/statuses", {"status": "look", "quoted_status_id": post["id"]})
    assert answer.status == (200 if setting == "public" else 404)


async def test_followers_may_quote_what_is_for_followers_to_quote(alice, bob):
    post = await write(alice, quote_approval_policy="followers")
    await follow(bob, alice)
    assert (await seen(bob, post))["quote_approval"]["current_user"] == "automatic"
    assert (await quote(bob, post))["quote"]["state"] == "accepted"


async def test_the_policy_can_be_changed_by_the_author_only(alice, bob):
    post = await write(alice)
    path = f"/api/v1/statuses/{post['id']}/interaction_policy"
    for setting, status in (("nobody", 200), ("friends", 422), ("", 422)):
        assert (await alice.put(path, {"quote_approval_policy": setting})).status == status
    assert (await bob.put(path, {"quote_approval_policy": "public"})).status == 404
    assert (await seen(alice, post))["quote_approval"]["automatic"] == []
    await alice.put(f"/api/v1/statuses/{post['id']}", {"status": "new", "quote_approval_policy": "followers"})
    assert (await seen(alice, post))["quote_approval"]["automatic"] == ["followers"]


async def test_new_posts_begin_with_the_policy_of_ones_settings(alice):
    answer = await alice.patch("/api/v1/accounts/update_credentials", {"source": {"quote_policy": "followers"}})
    assert answer.json["source"]["quote_policy"] == "followers"
    assert (await alice.get("/api/v1/preferences")).json["posting:default:quote_policy"] == "followers"
    assert (await write(alice))["quote_approval"]["automatic"] == ["followers"]
    wrong = await alice.patch("/api/v1/accounts/update_credentials", {"source": {"quote_policy": "friends"}})
    assert wrong.status == 422


async def test_new_posts_begin_with_who_may_answer_by_ones_settings(alice, bob):
    answer = await alice.patch("/api/v1/accounts/update_credentials", {"source": {"reply_policy": "nobody"}})
    assert answer.json["source"]["reply_policy"] == "nobody"
    assert (await alice.get("/api/v1/preferences")).json["posting:default:reply_policy"] == "nobody"
    post = await write(alice)
    assert post["reply_approval"] == {"automatic": [], "manual": [], "current_user": "automatic"}
    assert (await seen(bob, post))["reply_approval"]["current_user"] == "denied"
    assert (await bob.post("/api/v1/statuses", {"status": "but", "in_reply_to_id": post["id"]})).status == 403
    assert "reply_approval" not in await write(alice, reply_approval_policy="public")
    wrong = await alice.patch("/api/v1/accounts/update_credentials", {"source": {"reply_policy": "friends"}})
    assert wrong.status == 422


async def test_what_is_not_public_can_be_quoted_by_its_author_only_and_direct_posts_by_nobody(alice, bob):
    await follow(bob, alice)
    private = await write(alice, "hush", visibility="private", quote_approval_policy="public")
    assert private["quote_approval"]["automatic"] == []
    direct = await write(alice, "@bob hush", visibility="direct")
    for person, post in ((bob, private), (bob, direct), (alice, direct)):
        answer = await person.post("/api/v1/statuses", {"status": "look", "quoted_status_id": post["id"]})
        assert answer.status == 404
    assert (await quote(alice, private, visibility="public"))["visibility"] == "private"


async def test_a_quote_to_mentioned_people_mentions_the_quoted_author(alice, bob):
    post = await write(alice)
    direct = {"status": "look", "visibility": "direct", "quoted_status_id": post["id"]}
    assert (await bob.post("/api/v1/statuses", direct)).status == 422
    assert (await bob.post("/api/v1/statuses", {**direct, "status": "@alice look"})).status == 200


async def test_a_boost_stands_for_what_it_boosts(alice, bob):
    post = await write(alice, "original")
    boost = (await bob.post(f"/api/v1/statuses/{post['id']}/reblog")).json
    assert (await quote(bob, boost))["quote"]["quoted_status"]["id"] == post["id"]
    assert boost["quote"] is None


async def test_the_author_takes_a_quote_back_and_nobody_else_can(alice, bob):
    post, other = await write(alice), await write(alice)
    made = await quote(bob, post)
    path = f"/api/v1/statuses/{{}}/quotes/{made['id']}/revoke"
    assert (await bob.post(path.format(post["id"]))).status == 404
    assert (await alice.post(path.format(other["id"]))).status == 404
    assert (await alice.post(f"/api/v1/statuses/{post['id']}/quotes/{other['id']}/revoke")).status == 404
    answer = await alice.post(path.format(post["id"]))
    assert (answer.status, answer.json["quote"]) == (200, {"state": "revoked", "quoted_status": None})
    assert (await seen(bob, made))["quote"]["state"] == "revoked"
    assert (await seen(alice, post))["quotes_count"] == 0
    assert await kinds(alice) == []


async def test_blocks_and_mutes_of_the_reader_are_told_and_a_block_by_the_author_hides(town, alice, bob):
    carol = await town.person("carol")
    post = await write(alice, "tea is good")
    made = await quote(bob, post)
    await carol.post(f"/api/v1/accounts/{alice.id}/mute")
    assert (await seen(carol, made))["quote"]["state"] == "muted_account"
    await carol.post(f"/api/v1/accounts/{alice.id}/block")
    assert (await seen(carol, made))["quote"]["state"] == "blocked_account"
    await carol.post(f"/api/v1/accounts/{alice.id}/unblock")
    await carol.post(f"/api/v1/accounts/{alice.id}/unmute")
    assert (await seen(carol, made))["quote"]["state"] == "accepted"
    await alice.post(f"/api/v1/accounts/{carol.id}/block")
    found = await seen(carol, made)
    assert found["quote"] == {"state": "unauthorized", "quoted_status": None}
    assert "tea" not in str(found)


async def test_a_quote_that_the_reader_may_not_see_shows_nothing_of_it(town, alice, stranger):
    post = await write(alice, "hush", visibility="private")
    made = await quote(alice, post, visibility="private")
    await town.app.db.execute("UPDATE posts SET visibility = 'public' WHERE id = ?", int(made["id"]))
    found = await seen(stranger, made)
    assert found["quote"] == {"state": "unauthorized", "quoted_status": None}
    assert "hush" not in str(found)


async def test_counts_and_states_follow_deletions(alice, bob):
    post = await write(alice)
    first, second = await quote(bob, post), await quote(bob, post)
    await bob.delete(f"/api/v1/statuses/{first['id']}")
    assert (await seen(alice, post))["quotes_count"] == 1
    await alice.delete(f"/api/v1/statuses/{post['id']}")
    assert (await seen(bob, second))["quote"] == {"state": "deleted", "quoted_status": None}


async def test_who_quoted_a_post_is_told_of_its_new_version(alice, bob):
    post = await write(alice, "first")
    made = await quote(bob, post)
    await alice.put(f"/api/v1/statuses/{post['id']}", {"status": "second"})
    (told,) = (await bob.get("/api/v1/notifications")).json
    assert (told["type"], told["account"]["id"], told["status"]["id"]) == ("quoted_update", alice.id, made["id"])


async def test_an_edit_keeps_the_quote(alice, bob):
    post = await write(alice)
    made = await quote(bob, post)
    edited = (await bob.put(f"/api/v1/statuses/{made['id']}", {"status": "look again"})).json
    assert edited["quote"]["quoted_status"]["id"] == post["id"]


async def test_a_planned_post_keeps_what_it_quotes(alice, bob):
    post = await write(alice)
    plan = {"status": "later", "quoted_status_id": post["id"], "scheduled_at": "2030-01-01T00:00:00Z"}
    planned = (await bob.post("/api/v1/statuses", {**plan, "quote_approval_policy": "nobody"})).json
    assert planned["params"]["quoted_status_id"] == post["id"]
    assert planned["params"]["quote_approval_policy"] == "nobody"


async def test_a_post_that_is_not_there_cannot_be_quoted(alice):
    for unknown in ("123456789012345678", "nonsense"):
        answer = await alice.post("/api/v1/statuses", {"status": "look", "quoted_status_id": unknown})
        assert answer.status == 404


async def test_a_page_with_quotes_costs_a_fixed_number_of_queries(town: Town, alice: Person, bob: Person) -> None:
    viewer = Viewer(bob.account_id, 0, "member", frozenset({"read"}), 0, 0, "en")
    made = [await quote(bob, await write(alice, f"post {number}")) for number in range(6)]
    ids = [int(one["id"]) for one in made]

    async def cost(wanted: list[int]) -> int:
        before = town.app.db.statements
        found = await statuses.statuses(town.app, wanted, viewer)
        assert [one["quote"]["state"] for one in found] == ["accepted"] * len(wanted)
        return town.app.db.statements - before

    await cost(ids)
    assert await cost(ids) == await cost(ids[:1])

"""Timelines and notifications as clients ask for them."""

import pytest

from fedinote.timelines import lists
from tests.api.client import Client
from tests.api.conftest import Person, Town


async def written(who: Person, text: str, **fields: object) -> str:
    return (await who.post("/api/v1/statuses", {"status": text, **fields})).json["id"]


async def test_home_has_ones_own_posts_and_those_of_whom_one_follows(alice: Person, bob: Person) -> None:
    before = await written(bob, "before")
    await alice.post(f"/api/v1/accounts/{bob.id}/follow")
    mine, theirs = await written(alice, "mine"), await written(bob, "private", visibility="private")
    answer = await alice.get("/api/v1/timelines/home")
    assert answer.ids == [theirs, mine, before]
    assert answer.header("cache-control") == "private, no-store"


async def test_a_filter_that_hides_keeps_posts_out_of_home_but_paging_goes_on(alice: Person) -> None:
    await alice.post("/api/v2/filters", {
        "title": "x", "context": ["home"], "filter_action": "hide", "keywords_attributes": [{"keyword": "noise"}]
    })  # fmt: skip
    bob_post = await written(alice, "signal")
    await alice.get("/api/v1/timelines/home")
    first = await alice.get("/api/v1/timelines/home?limit=1")
    assert first.ids == [bob_post]
    assert "next" in first.links


async def test_a_timeline_leads_on_by_links(alice: Person, stranger: Client) -> None:
    posts = [await written(alice, f"#tag {n}") for n in range(5)][::-1]
    for path in ("home", "public?local=true", "tag/TAG?any[]=other"):
        first = await alice.get(f"/api/v1/timelines/{path}{'&' if '?' in path else '?'}limit=2")
        assert first.ids == posts[:2]
        second = await alice.get(first.links["next"].removeprefix("http://localhost:8000"))
        assert second.ids == posts[2:4]
        above = await alice.get(second.links["prev"].removeprefix("http://localhost:8000"))
        assert above.ids == posts[:2]
    assert (await stranger.get(f"/api/v1/timelines/public?min_id={posts[3]}&limit=2")).ids == posts[1:3]
    assert (await stranger.get(f"/api/v1/timelines/public?since_id={posts[3]}&limit=2")).ids == posts[:2]


async def test_public_timelines_are_for_strangers_too_and_home_is_not(alice: Person, stranger: Client) -> None:
    post = await written(alice, "#tag")
    await written(alice, "#tag private", visibility="private")
    for path in ("public", "public?local=true", "tag/tag", "tag/%E3%82%BF%E3%82%B0?any[]=tag"):
        answer = await stranger.get(f"/api/v1/timelines/{path}")
        assert answer.ids == [post], path
        assert "favourited" not in answer.json[0]
    assert (await stranger.get("/api/v1/timelines/public?remote=true")).json == []
    assert (await stranger.get("/api/v1/timelines/public?only_media=true")).json == []
    assert (await stranger.get("/api/v1/timelines/home")).status == 401
    assert (await stranger.get("/api/v1/timelines/list/1")).status == 401


@pytest.mark.parametrize(("query", "count"), [("all[]=two", 1), ("none[]=two", 1), ("any[]=three", 3), ("", 2)])
async def test_tags_are_combined(alice: Person, query: str, count: int) -> None:
    for text in ("#one", "#one #Two", "#three"):
        await written(alice, text)
    assert len((await alice.get(f"/api/v1/timelines/tag/One?{query}")).json) == count


async def test_what_can_be_no_tag_has_no_posts(alice: Person) -> None:
    assert (await alice.get("/api/v1/timelines/tag/a%20b")).json == []


async def test_a_list_is_its_owners_only(town: Town, alice: Person, bob: Person) -> None:
    await alice.post(f"/api/v1/accounts/{bob.id}/follow")
    made = await lists.create(town.app, alice.account_id, "friends")
    await lists.add(town.app, alice.account_id, made.id, [bob.account_id])
    post = await written(bob, "hello")
    assert (await alice.get(f"/api/v1/timelines/list/{made.id}")).ids == [post]
    assert (await bob.get(f"/api/v1/timelines/list/{made.id}")).status == 404
    assert (await alice.get("/api/v1/timelines/list/x")).status == 404


# -- notifications --------------------------------------------------------------------------------------------------


async def test_notifications_are_listed_shown_and_put_away(alice: Person, bob: Person) -> None:
    post = await written(alice, "hello")
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    await bob.post(f"/api/v1/statuses/{post}/favourite")
    await bob.post(f"/api/v1/statuses/{post}/reblog")
    reply = await written(bob, "@alice hi", in_reply_to_id=post)
    answer = await alice.get("/api/v1/notifications")
    assert [one["type"] for one in answer.json] == ["mention", "reblog", "favourite", "follow"]
    assert [one.get("status", {}).get("id") for one in answer.json] == [reply, post, post, None]
    assert {one["account"]["id"] for one in answer.json} == {bob.id}
    assert answer.json[0]["group_key"] == f"ungrouped-{answer.ids[0]}"
    one = await alice.get(f"/api/v1/notifications/{answer.ids[0]}")
    assert one.json == answer.json[0]
    assert (await bob.get(f"/api/v1/notifications/{answer.ids[0]}")).status == 404
    assert (await alice.get("/api/v1/notifications/unread_count")).json == {"count": 4}
    assert (await bob.post(f"/api/v1/notifications/{answer.ids[0]}/dismiss")).status == 404
    assert (await alice.post(f"/api/v1/notifications/{answer.ids[0]}/dismiss")).json == {}
    assert (await alice.get(f"/api/v1/notifications/{answer.ids[0]}")).status == 404
    assert (await alice.post("/api/v1/notifications/clear")).json == {}
    assert (await alice.get("/api/v1/notifications")).json == []


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("types[]=favourite&types[]=follow", ["favourite", "follow"]),
        ("types[]=nothing", []),
        ("exclude_types[]=favourite", ["reblog", "follow"]),
        ("limit=1", ["reblog"]),
    ],
)
async def test_notifications_are_chosen_by_type(alice: Person, bob: Person, query: str, kinds: list[str]) -> None:
    post = await written(alice, "hello")
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    await bob.post(f"/api/v1/statuses/{post}/favourite")
    await bob.post(f"/api/v1/statuses/{post}/reblog")
    answer = await alice.get(f"/api/v1/notifications?{query}")
    assert [one["type"] for one in answer.json] == kinds
    assert len((await alice.get(f"/api/v1/notifications?account_id={bob.id}")).json) == 3
    assert (await alice.get(f"/api/v1/notifications?account_id={alice.id}")).json == []
    if query == "limit=1":
        second = await alice.get(answer.links["next"].removeprefix("http://localhost:8000"))
        assert [one["type"] for one in second.json] == ["favourite"]


async def test_notifications_need_their_scope(town: Town, alice: Person) -> None:
    reader = Person(town.asgi, await town.token(alice.user_id, "read:statuses"))
    assert (await reader.get("/api/v1/notifications")).status == 403
    reader = Person(town.asgi, await town.token(alice.user_id, "read:notifications"))
    assert (await reader.get("/api/v1/notifications")).status == 200
    assert (await reader.post("/api/v1/notifications/clear")).status == 403


async def test_moderators_are_shown_the_report(town: Town, alice: Person, bob: Person) -> None:
    mod = await town.person("some_mod", role="moderator")
    await mod.post("/api/v1/notifications/clear")
    post = await written(bob, "bad")
    filed = await alice.post(
        "/api/v1/reports", {"account_id": bob.id, "status_ids": [post], "comment": "look", "category": "spam"}
    )
    assert filed.status == 200
    [told] = (await mod.get("/api/v1/notifications?types[]=admin.report")).json
    assert (told["type"], told["account"]["id"]) == ("admin.report", alice.id)
    assert told["report"]["target_account"]["id"] == bob.id
    assert (told["report"]["status_ids"], told["report"]["comment"]) == ([post], "look")
    await town.app.db.execute("UPDATE users SET role = 'member' WHERE id = ?", mod.user_id)
    town.app.clock.shift(60)
    assert (await mod.get("/api/v1/notifications")).json == []

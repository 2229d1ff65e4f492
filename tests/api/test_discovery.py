"""Finding people: suggestions, the directory, endorsements; and servers by name."""

from typing import Any

import msgspec
import pytest

from tests.api.conftest import Person, Town
from tests.api.test_statuses import write


@pytest.fixture
async def six(town: Town) -> list[Person]:
    found = [await town.person(name) for name in ("ann", "bo", "cy", "dan", "eve", "fay")]
    await town.app.db.execute("UPDATE accounts SET discoverable = TRUE WHERE actor_type = 'Person'")
    return found


async def follow(who: Person, *others: Person) -> None:
    for other in others:
        assert (await who.post(f"/api/v1/accounts/{other.id}/follow")).json["following"]


async def suggested(who: Person, **query: Any) -> list[tuple[str, list[str]]]:
    found = (await who.get("/api/v2/suggestions", query)).json
    return [(one["account"]["username"], one["sources"]) for one in found]


async def test_whom_those_one_follows_follow_is_suggested(six):
    ann, bo, cy, dan, eve, _ = six
    await follow(ann, bo, cy)
    await follow(bo, dan, eve)
    await follow(cy, dan)
    found = await suggested(ann)
    assert [name for name, sources in found if "friends_of_friends" in sources] == ["dan", "eve"]
    first = (await ann.get("/api/v2/suggestions")).json[0]
    assert first["source"] == "past_interactions"
    assert set(first) == {"source", "sources", "account"}
    v1 = (await ann.get("/api/v1/suggestions")).json
    assert v1[0] == first["account"]
    assert len((await ann.get("/api/v2/suggestions", {"limit": 1})).json) == 1


async def test_whom_followers_of_the_same_people_follow_is_similar(six):
    ann, bo, cy, dan, eve, _ = six
    await follow(ann, bo)
    await follow(cy, bo, eve)
    assert ("eve", ["similar_to_recently_followed"]) not in await suggested(ann)
    await follow(dan, bo, eve)
    assert ("eve", ["similar_to_recently_followed"]) in await suggested(ann)


async def test_whose_posts_are_liked_is_suggested(six):
    ann, bo, cy, *_ = six
    post = await write(bo)
    await cy.post(f"/api/v1/statuses/{post['id']}/favourite")
    assert await suggested(ann) == [("bo", ["most_interactions"])]
    assert (await ann.get("/api/v2/suggestions")).json[0]["source"] == "global"


async def test_whom_the_staff_names_comes_first(app, six, monkeypatch):
    ann, bo, cy, _dan, *_ = six
    await follow(ann, bo)
    await follow(bo, cy)
    own = app.settings.handle_host
    instance = msgspec.structs.replace(
        app.settings.instance, suggested_accounts=["@Dan", f"cy@{own}", "x@y.example", ""]
    )
    monkeypatch.setattr(app, "settings", msgspec.structs.replace(app.settings, instance=instance))
    assert await suggested(ann) == [("cy", ["featured", "friends_of_friends"]), ("dan", ["featured"])]
    assert (await ann.get("/api/v2/suggestions")).json[0]["source"] == "staff"


UNWANTED = {
    "does not want to be discovered": "UPDATE accounts SET discoverable = FALSE WHERE id = ?",
    "limited": "UPDATE accounts SET silenced_at = 1 WHERE id = ?",
    "suspended": "UPDATE accounts SET suspended_at = 1 WHERE id = ?",
    "deleted": "UPDATE accounts SET deleted_at = 1 WHERE id = ?",
    "moved": "UPDATE accounts SET moved_to_uri = 'https://far.example/x' WHERE id = ?",
    "memorial": "UPDATE accounts SET memorial = TRUE WHERE id = ?",
}


@pytest.mark.parametrize("state", UNWANTED)
async def test_nobody_is_suggested_or_listed_who_is(app, six, state):
    ann, bo, cy, *_ = six
    await follow(ann, bo)
    await follow(bo, cy)
    assert [name for name, _ in await suggested(ann)] == ["cy"]
    assert "cy" in await listed(ann)
    await app.db.execute(UNWANTED[state], cy.account_id)
    assert await suggested(ann) == []
    assert "cy" not in await listed(ann)


@pytest.mark.parametrize("what", ["block", "mute", "follow", "blocked by"])
async def test_nobody_is_suggested_whom_one_blocks_mutes_follows_or_who_blocks_one(six, what):
    ann, bo, cy, *_ = six
    await follow(ann, bo)
    await follow(bo, cy)
    if what == "blocked by":
        await cy.post(f"/api/v1/accounts/{ann.id}/block")
    else:
        await ann.post(f"/api/v1/accounts/{cy.id}/{what}")
    assert await suggested(ann) == []
    assert ("cy" in await listed(ann)) is (what == "follow")


async def test_nobody_of_a_server_that_one_blocks_is_suggested(app, six):
    ann, bo, cy, *_ = six
    await follow(ann, bo)
    await follow(bo, cy)
    await app.db.execute("UPDATE accounts SET domain = 'far.example' WHERE id = ?", cy.account_id)
    assert [name for name, _ in await suggested(ann)] == ["cy"]
    await ann.post("/api/v1/domain_blocks", {"domain": "far.example"})
    assert await suggested(ann) == []


async def test_followers_of_people_who_hide_them_suggest_nobody(app, six):
    ann, bo, cy, *_ = six
    await follow(ann, bo)
    await follow(bo, cy)
    await app.db.execute("UPDATE accounts SET hide_collections = TRUE WHERE id = ?", bo.account_id)
    assert await suggested(ann) == []


async def test_a_suggestion_that_was_dismissed_does_not_come_back(six):
    ann, bo, cy, *_ = six
    await follow(ann, bo)
    await follow(bo, cy)
    for _ in range(2):
        assert (await ann.delete(f"/api/v1/suggestions/{cy.id}")).json == {}
    assert await suggested(ann) == []
    assert (await ann.delete("/api/v1/suggestions/1")).status == 404
    await follow(cy, bo)
    await follow(bo, ann)  # it is ann's decision alone
    assert [name for name, _ in await suggested(cy)] == ["ann"]


async def test_suggestions_and_the_directory_cost_the_same_whatever_they_hold(app, six):
    ann, bo, cy, dan, eve, fay = six

    async def costs() -> list[int]:
        found = []
        for path in ("/api/v2/suggestions", "/api/v1/directory", "/api/v1/endorsements"):
            before = app.db.statements
            assert (await ann.get(path)).json
            found.append(app.db.statements - before)
        return found

    await follow(ann, bo)
    await follow(bo, cy)
    await ann.post(f"/api/v1/accounts/{bo.id}/endorse")
    await costs()
    one = await costs()
    await follow(bo, dan, eve, fay)
    await follow(ann, fay)
    await ann.post(f"/api/v1/accounts/{fay.id}/endorse")
    assert await costs() == one


# -- directory --------------------------------------------------------------------------------------------------------


async def listed(who: Any, **query: Any) -> list[str]:
    return [one["username"] for one in (await who.get("/api/v1/directory", query)).json]


async def test_the_directory_goes_by_the_newest_post_or_by_age(six, stranger):
    ann, bo, cy, *_ = six
    for one in (cy, ann, bo):
        await write(one)
    assert (await listed(stranger))[:3] == ["bo", "ann", "cy"]
    assert await listed(stranger, order="new") == ["fay", "eve", "dan", "cy", "bo", "ann"]
    assert await listed(stranger, order="new", limit=2, offset=1) == ["eve", "dan"]
    for query in ({"limit": -1}, {"offset": -7}, {"limit": 10**30, "offset": 10**30}, {"order": "x"}):
        assert (await stranger.get("/api/v1/directory", query)).status == 200


async def test_the_directory_has_people_of_other_servers_unless_local_ones_are_asked_for(app, six, stranger):
    await app.db.execute("UPDATE accounts SET domain = 'far.example' WHERE id = ?", six[0].account_id)
    assert "ann" in await listed(stranger)
    assert "ann" not in await listed(stranger, local="true")
    assert len(await listed(stranger, local="true")) == 5


async def test_people_who_wait_for_approval_are_not_in_the_directory(app, six, stranger):
    await app.db.execute("UPDATE users SET state = 'pending' WHERE id = ?", six[0].user_id)
    assert "ann" not in await listed(stranger)


# -- endorsements -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "off"), [("pin", "unpin"), ("endorse", "unendorse")])
async def test_whom_one_follows_can_be_recommended_on_the_profile(six, stranger, on, off):
    ann, bo, *_ = six
    path = f"/api/v1/accounts/{bo.id}"
    assert (await ann.post(f"{path}/{on}")).status == 422
    await follow(ann, bo)
    for _ in range(2):
        assert (await ann.post(f"{path}/{on}")).json["endorsed"] is True
    assert (await ann.get("/api/v1/accounts/relationships", {"id[]": bo.id})).json[0]["endorsed"] is True
    assert (await ann.get("/api/v1/endorsements")).ids == [bo.id]
    assert (await stranger.get(f"/api/v1/accounts/{ann.id}/endorsements")).ids == [bo.id]
    for _ in range(2):
        assert (await ann.post(f"{path}/{off}")).json["endorsed"] is False
    assert (await ann.get("/api/v1/endorsements")).json == []
    assert (await ann.post(f"/api/v1/accounts/1/{on}")).status == 404


async def test_a_recommendation_ends_with_the_follow_and_with_a_block(six):
    ann, bo, cy, *_ = six
    await follow(ann, bo, cy)
    for one in (bo, cy):
        await ann.post(f"/api/v1/accounts/{one.id}/endorse")
    await ann.post(f"/api/v1/accounts/{bo.id}/unfollow")
    await cy.post(f"/api/v1/accounts/{ann.id}/block")
    assert (await ann.get("/api/v1/endorsements")).json == []
    await follow(ann, bo)
    assert (await ann.get("/api/v1/accounts/relationships", {"id[]": bo.id})).json[0]["endorsed"] is False


async def test_recommendations_are_read_in_pages_and_not_by_those_who_are_blocked(app, six):
    ann, bo, cy, dan, eve, _ = six
    await follow(ann, bo, cy, dan)
    for one in (bo, cy, dan):
        await ann.post(f"/api/v1/accounts/{one.id}/endorse")
    path = f"/api/v1/accounts/{ann.id}/endorsements"
    first = await eve.get(path, {"limit": 2})
    assert first.ids == [dan.id, cy.id]
    assert (await eve.get(first.links["next"])).ids == [bo.id]
    await app.db.execute("UPDATE accounts SET suspended_at = 1 WHERE id = ?", dan.account_id)
    assert (await eve.get(path)).ids == [cy.id, bo.id]
    await ann.post(f"/api/v1/accounts/{eve.id}/block")
    assert (await eve.get(path)).json == []
    assert (await eve.get("/api/v1/accounts/1/endorsements")).status == 404


async def test_a_hashtag_is_featured_by_its_name(six):
    ann, *_ = six
    assert (await ann.post("/api/v1/tags/Tea/feature")).json["featuring"] is True
    assert [one["name"] for one in (await ann.get("/api/v1/featured_tags")).json] == ["Tea"]
    for _ in range(2):
        assert (await ann.post("/api/v1/tags/tea/unfeature")).json["featuring"] is False
    assert (await ann.get("/api/v1/featured_tags")).json == []
    assert (await ann.post("/api/v1/tags/no%20tag/feature")).status == 404
    assert (await ann.post("/api/v1/tags/unknown/unfeature")).status == 404


async def test_servers_are_found_by_the_beginning_of_their_name(app, six, stranger):
    for one, domain in zip(six, ("tea.example", "team.example", "coffee.example", "tea.example"), strict=False):
        await app.db.execute("UPDATE accounts SET domain = ? WHERE id = ?", domain, one.account_id)
    assert (await stranger.get("/api/v1/peers/search", {"q": "TEA"})).json == ["tea.example", "team.example"]
    assert (await stranger.get("/api/v1/peers/search", {"q": "%"})).json == []
    assert (await stranger.get("/api/v1/peers/search")).json == []

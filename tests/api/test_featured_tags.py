"""Hashtags on profiles, as clients see and change them."""

from fedinote.infra.app import App
from fedinote.posts.featured_tags import MAX_FEATURED
from tests.api.client import Client
from tests.api.conftest import Person
from tests.api.test_statuses import write
from tests.relations.people import change


async def test_a_featured_tag_counts_what_its_owner_wrote_for_all(alice: Person, bob: Person, stranger: Client) -> None:
    made = (await alice.post("/api/v1/featured_tags", form={"name": "#Tea"})).json
    assert made == {
        "id": made["id"],
        "name": "Tea",
        "url": "http://localhost:8000/tags/tea",
        "statuses_count": "0",
        "last_status_at": None,
    }
    written = await write(alice, "#tea")
    await write(alice, "#TEA", visibility="unlisted")
    await write(alice, "#tea", visibility="private")
    await write(bob, "#tea")
    for who, path in ((alice, "/api/v1/featured_tags"), (stranger, f"/api/v1/accounts/{alice.id}/featured_tags")):
        (shown,) = (await who.get(path)).json
        assert shown == {**made, "statuses_count": "2", "last_status_at": written["created_at"][:10]}
    assert (await bob.get("/api/v1/featured_tags")).json == []


async def test_featuring_twice_gives_the_same_and_removing_is_the_owners(alice: Person, bob: Person) -> None:
    made = (await alice.post("/api/v1/featured_tags", {"name": "tea"})).json
    assert (await alice.post("/api/v1/featured_tags", {"name": "TEA"})).json == made
    assert [one["featuring"] for one in [(await who.get("/api/v1/tags/tea")).json for who in (alice, bob)]] == [
        True,
        False,
    ]
    assert (await bob.delete(f"/api/v1/featured_tags/{made['id']}")).status == 404
    assert (await alice.delete(f"/api/v1/featured_tags/{made['id']}")).json == {}
    assert (await alice.delete(f"/api/v1/featured_tags/{made['id']}")).status == 404
    assert (await alice.get("/api/v1/featured_tags")).json == []


async def test_a_profile_shows_ten_hashtags_and_only_such(alice: Person, stranger: Client) -> None:
    for wrong in ("", "two words", "1234", "a#b"):
        assert (await alice.post("/api/v1/featured_tags", {"name": wrong})).status == 422
    for number in range(MAX_FEATURED):
        assert (await alice.post("/api/v1/featured_tags", {"name": f"tag{number}"})).status == 200
    assert (await alice.post("/api/v1/featured_tags", {"name": "more"})).status == 422
    assert (await alice.post("/api/v1/featured_tags", {"name": "tag3"})).status == 200
    assert len((await alice.get("/api/v1/featured_tags")).json) == MAX_FEATURED
    limits = (await stranger.get("/api/v2/instance")).json["configuration"]["accounts"]
    assert limits["max_featured_tags"] == MAX_FEATURED


async def test_suggestions_are_what_one_uses_most_and_does_not_show(alice: Person, bob: Person) -> None:
    await write(alice, "#tea #milk")
    await write(alice, "#tea")
    await write(alice, "#secret", visibility="private")
    await write(bob, "#coffee")
    assert [one["name"] for one in (await alice.get("/api/v1/featured_tags/suggestions")).json] == ["tea", "milk"]
    await alice.post("/api/v1/featured_tags", {"name": "tea"})
    (left,) = (await alice.get("/api/v1/featured_tags/suggestions")).json
    assert (left["name"], left["featuring"]) == ("milk", False)


async def test_whoever_is_not_there_or_suspended_shows_nothing(app: App, alice: Person, stranger: Client) -> None:
    await alice.post("/api/v1/featured_tags", {"name": "tea"})
    assert (await stranger.get("/api/v1/accounts/99/featured_tags")).status == 404
    await change(app, alice.account_id, suspended_at=app.now())
    assert (await stranger.get(f"/api/v1/accounts/{alice.id}/featured_tags")).json == []
    assert (await stranger.post("/api/v1/featured_tags", {"name": "tea"})).status == 401

"""The routes of topics, as members, strangers and the staff use them."""

import pytest

from fedinote.moderation.house import topics as keeping
from tests.api.test_statuses import write

TOPICS = "/api/fedinote/v1/topics"
ADMIN = "/api/fedinote/v1/admin/topics"


@pytest.fixture
async def topic(town):
    return await keeping.create(town.app, None, "cats", ["cat", "猫", "gato"], titles={"en": "Cats", "zh": "猫"})


async def test_topics_are_listed_to_everybody_and_found_by_a_hashtag(topic, alice, stranger):
    listed = (await stranger.get(TOPICS)).json
    assert [(one["slug"], one["title"], [tag["name"] for tag in one["tags"]]) for one in listed] == [
        ("cats", "Cats", ["cat", "猫", "gato"])
    ]
    assert "following" not in listed[0]
    assert (await stranger.get(TOPICS, {"tag": "#GATO", "lang": "zh"})).json[0]["title"] == "猫"
    assert (await stranger.get(TOPICS, {"tag": "dog"})).json == []
    assert (await alice.get(f"{TOPICS}/{topic.id}")).json["following"] is False
    assert (await stranger.get(f"{TOPICS}/1")).status == 404


async def test_a_followed_topic_is_told_and_browsed_as_one(topic, alice, bob):
    followed = await alice.post(f"{TOPICS}/{topic.id}/follow")
    assert (followed.status, followed.json["following"], followed.json["expand"]) == (200, True, False)
    assert [one["id"] for one in (await alice.get(TOPICS, {"followed": "true"})).json] == [str(topic.id)]
    posts = [await write(bob, text) for text in ("#cat", "#猫", "#gato")]
    ids = [one["id"] for one in posts][::-1]
    page = await alice.get(f"/api/fedinote/v1/timelines/topic/{topic.id}")
    assert [one["id"] for one in page.json] == ids
    assert [tag["name"] for tag in page.json[0]["tags"]] == ["gato"]
    assert [one["id"] for one in (await alice.get("/api/v1/timelines/home")).json] == ids
    below = await alice.get(f"/api/fedinote/v1/timelines/topic/{topic.id}", {"limit": 1, "max_id": ids[0]})
    assert [one["id"] for one in below.json] == ids[1:2]
    assert (await alice.post(f"{TOPICS}/{topic.id}/unfollow")).json["following"] is False
    assert (await alice.get("/api/fedinote/v1/timelines/topic/1")).status == 404


async def test_the_timeline_of_a_hashtag_is_its_own_unless_the_reader_says_otherwise(topic, alice, bob, stranger):
    for text in ("#cat", "#猫", "#gato"):
        await write(bob, text)
    timeline = "/api/v1/timelines/tag/cat"
    assert len((await alice.get(timeline)).json) == 1
    assert len((await alice.get(timeline, {"topic": "true"})).json) == 3
    assert len((await stranger.get(timeline, {"topic": "true"})).json) == 3
    await alice.post(f"{TOPICS}/{topic.id}/follow", {"expand": "true"})
    assert len((await alice.get(timeline)).json) == 3
    assert len((await alice.get(timeline, {"topic": "false"})).json) == 1
    assert len((await bob.get(timeline)).json) == 1


async def test_the_staff_keeps_topics(town, alice, bob):
    owner = await town.person("olive", scopes="read write follow admin:read admin:write", role="owner")
    for author in (alice, bob):
        await write(author, "#tea #茶")
    suggested = (await owner.get(f"{ADMIN}/suggestions")).json
    assert [(set(one["tags"]), one["people"], one["topic_id"]) for one in suggested] == [({"tea", "茶"}, 2, None)]
    made = await owner.post(ADMIN, {"slug": "tea", "tags": ["tea", "茶"], "titles": {"en": "Tea"}})
    assert (made.status, made.json["title"]) == (200, "Tea")
    path = f"{ADMIN}/{made.json['id']}"
    changed = await owner.patch(path, {"add": ["té"], "titles": {"en": "Tea", "es": "Té"}})
    assert [tag["name"] for tag in changed.json["tags"]] == ["tea", "茶", "té"]
    assert changed.json["titles"] == {"en": "Tea", "es": "Té"}
    assert (await owner.get(ADMIN)).json[0]["slug"] == "tea"
    assert (await owner.post(ADMIN, {"slug": "other", "tags": ["tea"]})).status == 422
    assert (await owner.delete(path)).status == 200
    assert (await owner.get(ADMIN)).json == []


async def test_members_and_strangers_keep_no_topics(topic, town, stranger):
    member = await town.person("mia", scopes="read write follow admin:read admin:write")
    path = f"{ADMIN}/{topic.id}"
    for client, status in ((member, 403), (stranger, 401)):
        assert (await client.get(ADMIN)).status == status
        assert (await client.get(f"{ADMIN}/suggestions")).status == status
        assert (await client.post(ADMIN, {"slug": "x", "tags": ["x"]})).status == status
        assert (await client.patch(path, {"add": ["x"]})).status == status
        assert (await client.delete(path)).status == status
    assert (await stranger.post(f"{TOPICS}/{topic.id}/follow")).status == 401

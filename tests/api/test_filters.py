"""Filters of both versions, markers, hashtags and conversations, as clients see them."""

import pytest

from fedinote.api.entities.statuses import statuses
from fedinote.auth import tokens
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from tests.api.client import Client
from tests.api.conftest import Person
from tests.relations.people import post


async def _viewer(app: App, someone: Person) -> Viewer:
    viewer = await tokens.authenticate(app, someone.token or "")
    assert isinstance(viewer, Viewer)
    return viewer


async def test_a_filter_from_making_to_deleting(alice: Person, bob: Person) -> None:
    wanted = {
        "title": "quiet",
        "context": ["home", "public"],
        "filter_action": "warn",
        "expires_in": 3600,
        "keywords_attributes": [{"keyword": "spoiler", "whole_word": True}],
    }
    made = (await alice.post("/api/v2/filters", wanted)).json
    (word,) = made["keywords"]
    assert word == {"id": word["id"], "keyword": "spoiler", "whole_word": True}
    assert (made["context"], made["filter_action"], made["statuses"]) == (["home", "public"], "warn", [])
    assert made["expires_at"].endswith("Z")
    path = f"/api/v2/filters/{made['id']}"
    assert (await alice.get(path)).json == made
    assert (await alice.get("/api/v2/filters")).json == [made]
    assert (await bob.get(path)).status == 404
    attributes = [{"id": word["id"], "keyword": "ending", "whole_word": False}, {"keyword": "new"}]
    body = {"title": "calm", "context": ["home"], "expires_in": "", "keywords_attributes": attributes}
    changed = (await alice.put(path, body)).json
    assert (changed["title"], changed["context"], changed["expires_at"]) == ("calm", ["home"], None)
    assert [(one["keyword"], one["whole_word"]) for one in changed["keywords"]] == [("ending", False), ("new", True)]
    form = {"keywords_attributes[0][id]": word["id"], "keywords_attributes[0][_destroy]": "true"}
    assert len((await alice.send("PUT", path, form=form)).json["keywords"]) == 1
    assert (await alice.delete(path)).json == {}
    assert (await alice.get(path)).status == 404


async def test_keywords_one_by_one(alice: Person) -> None:
    made = (await alice.post("/api/v2/filters", {"title": "quiet", "context": ["home"]})).json
    path = f"/api/v2/filters/{made['id']}/keywords"
    word = (await alice.post(path, {"keyword": "second", "whole_word": False})).json
    assert (await alice.get(path)).json == [word]
    one = f"/api/v2/filters/keywords/{word['id']}"
    assert (await alice.get(one)).json == word
    assert (await alice.put(one, {"keyword": "third"})).json == {**word, "keyword": "third"}
    assert (await alice.delete(one)).json == {}
    assert (await alice.get(one)).status == 404
    assert (await alice.post(path)).status == 422


async def test_a_filtered_post_names_the_filter_or_is_left_out(app: App, alice: Person, bob: Person) -> None:
    post_id = await post(app, bob.account_id, "<p>this is a spoiler here</p>")
    keywords = [{"keyword": "spoiler"}]
    made = (
        await alice.post("/api/v2/filters", {"title": "quiet", "context": ["public"], "keywords_attributes": keywords})
    ).json
    viewer = await _viewer(app, alice)
    (shown,) = await statuses(app, [post_id], viewer, context="home")
    (match,) = shown["filtered"]
    assert match == {"filter": made, "keyword_matches": ["spoiler"], "status_matches": []}
    await alice.put(f"/api/v2/filters/{made['id']}", {"filter_action": "hide"})
    assert await statuses(app, [post_id], viewer, context="public") == []
    assert len(await statuses(app, [post_id], viewer, context="home")) == 1
    assert (await statuses(app, [post_id], await _viewer(app, bob), context="public"))[0]["filtered"] == []


async def test_a_filter_may_name_a_post(app: App, alice: Person, bob: Person) -> None:
    post_id = await post(app, bob.account_id, "<p>fine</p>")
    made = (await alice.post("/api/v2/filters", {"title": "quiet", "context": ["home"]})).json
    path = f"/api/v2/filters/{made['id']}/statuses"
    named = (await alice.post(path, {"status_id": str(post_id)})).json
    assert named["status_id"] == str(post_id)
    assert (await alice.get(path)).json == [named]
    one = f"/api/v2/filters/statuses/{named['id']}"
    assert (await alice.get(one)).json == named
    (shown,) = await statuses(app, [post_id], await _viewer(app, alice))
    assert shown["filtered"][0]["status_matches"] == [str(post_id)]
    assert (await alice.delete(one)).json == {}
    assert (await alice.get(one)).status == 404
    for wrong in ("99", "x", ""):
        assert (await alice.post(path, {"status_id": wrong})).status in (404, 422)


@pytest.mark.parametrize("expires_in", [-5, "soon"])
async def test_a_filter_that_ends_in_the_past_or_at_no_time_is_refused(alice: Person, expires_in: object) -> None:
    reply = await alice.post("/api/v2/filters", {"title": "x", "context": ["home"], "expires_in": expires_in})
    assert reply.status == 422


async def test_version_1_shows_each_keyword_as_a_filter(alice: Person) -> None:
    old = (await alice.post("/api/v1/filters", {"phrase": "word", "context": ["home"], "irreversible": True})).json
    assert old == {
        "id": old["id"],
        "phrase": "word",
        "context": ["home"],
        "whole_word": False,
        "expires_at": None,
        "irreversible": True,
    }
    path = f"/api/v1/filters/{old['id']}"
    body = {"phrase": "words", "context": ["home", "thread"], "irreversible": False, "whole_word": True}
    changed = (await alice.put(path, body)).json
    assert changed == {**old, **body}
    assert (await alice.get(path)).json == changed
    (new,) = (await alice.get("/api/v2/filters")).json
    assert (new["title"], new["filter_action"], new["context"]) == ("words", "warn", ["home", "thread"])
    await alice.post(f"/api/v2/filters/{new['id']}/keywords", {"keyword": "more"})
    assert [one["phrase"] for one in (await alice.get("/api/v1/filters")).json] == ["words", "more"]
    assert (await alice.put(path, {**body, "phrase": "other"})).json["phrase"] == "other"
    assert (await alice.put(path, {**body, "context": ["home"]})).status == 422
    assert (await alice.delete(path)).json == {}
    (left,) = (await alice.get("/api/v1/filters")).json
    await alice.delete(f"/api/v1/filters/{left['id']}")
    assert (await alice.get("/api/v2/filters")).json == []


async def test_markers_in_json_and_as_a_form(alice: Person) -> None:
    assert (await alice.get("/api/v1/markers?timeline[]=home&timeline[]=notifications")).json == {}
    first = (await alice.post("/api/v1/markers", {"home": {"last_read_id": "77"}})).json
    assert (first["home"]["last_read_id"], first["home"]["version"]) == ("77", 0)
    second = (await alice.post("/api/v1/markers", form={"home[last_read_id]": "78"})).json
    assert (second["home"]["last_read_id"], second["home"]["version"]) == ("78", 1)
    assert (await alice.get("/api/v1/markers?timeline[]=home")).json == second
    assert (await alice.post("/api/v1/markers", {"home": {"last_read_id": "x"}})).status == 422
    assert (await alice.post("/api/v1/markers", {"home": "x"})).status == 422


async def test_a_hashtag_is_shown_followed_and_listed_in_any_case(alice: Person, stranger: Client) -> None:
    unheard = (await stranger.get("/api/v1/tags/Unheard")).json
    assert (unheard["id"], unheard["name"], len(unheard["history"])) == ("", "Unheard", 7)
    assert all(isinstance(value, str) for value in unheard["history"][0].values())
    assert (await alice.post("/api/v1/tags/猫/follow")).json["following"] is True
    followed = (await alice.post("/api/v1/tags/Cats/follow")).json
    assert (followed["name"], followed["following"]) == ("Cats", True)
    assert (await alice.get("/api/v1/tags/cATS")).json == followed
    names = [one["name"] for one in (await alice.get("/api/v1/followed_tags")).json]
    assert names == ["Cats", "猫"]
    assert (await alice.post("/api/v1/tags/cats/unfollow")).json["following"] is False
    assert (await alice.post("/api/v1/tags/unheard/unfollow")).json["following"] is False
    assert (await alice.post("/api/v1/tags/a-b/follow")).status == 404
    assert (await stranger.get("/api/v1/tags/123")).status == 404


async def test_a_conversation_is_listed_read_and_removed(alice: Person, bob: Person) -> None:
    posts = []
    for _ in range(3):
        said = await bob.post("/api/v1/statuses", {"status": "@alice psst", "visibility": "direct"})
        posts.append(said.json["id"])
    reply = await alice.get("/api/v1/conversations?limit=2")
    assert [one["last_status"]["id"] for one in reply.json] == [posts[2], posts[1]]
    assert [(one["unread"], [who["id"] for who in one["accounts"]]) for one in reply.json] == [(True, [bob.id])] * 2
    (last,) = (await alice.get(reply.links["next"])).json
    assert last["last_status"]["id"] == posts[0]
    path = f"/api/v1/conversations/{last['id']}"
    assert (await alice.post(f"{path}/read")).json == {**last, "unread": False}
    assert (await alice.post(f"{path}/unread")).json == last
    assert (await bob.post(f"{path}/read")).status == 404
    assert (await alice.delete(path)).json == {}
    assert (await alice.delete(path)).status == 404
    assert len((await alice.get("/api/v1/conversations")).json) == 2

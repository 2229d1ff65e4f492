"""What a stranger can make this server send, fetch or forget is bounded."""

from typing import Any

import pytest

from fedinote.federation import synchronisation
from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, FakeHost


@pytest.fixture
async def readers(scene: Scene) -> FakeHost:
    """A third host with somebody who follows alice."""
    host = await scene.fedi.host("127.0.0.4")
    await scene.follows(host.actor("reader", key=4), scene.alice)
    host.requests.clear()
    return host


async def _told(scene: Scene, readers: FakeHost, *activities: dict[str, Any]) -> int:
    """How many requests the readers get because of what bob says."""
    await scene.settle()
    readers.requests.clear()
    for activity in activities:
        await scene.done(scene.bob, activity)
    return len(readers.requests)


async def test_what_somebody_says_whom_the_author_blocks_is_not_passed_on_in_her_name(
    scene: Scene, readers: FakeHost
) -> None:
    posted = await scene.alice.post("Hello")
    await scene.known(scene.bob)
    addressed = {"inReplyTo": posted["uri"], "to": [PUBLIC], "cc": [f"{scene.uri(scene.alice)}/followers"]}
    assert await _told(scene, readers, scene.bob.create(scene.bob.note("An answer", **addressed))) == 1
    bob = await scene.alice.find(scene.bob.handle)
    await scene.alice.call("POST", f"/api/v1/accounts/{bob['id']}/block")
    assert await _told(scene, readers, scene.bob.create(scene.bob.note("Another", **addressed))) == 0


@pytest.mark.parametrize("kind", ["Like", "Announce"])
async def test_a_like_or_boost_that_is_repeated_is_passed_on_once(scene: Scene, readers: FakeHost, kind: str) -> None:
    posted = await scene.alice.post("Hello")
    await scene.known(scene.bob)
    to = [PUBLIC, f"{scene.uri(scene.alice)}/followers"]
    same = [scene.bob.activity(kind, posted["uri"], to=to) for _ in range(5)]
    assert await _told(scene, readers, *same) == 1


async def test_somebody_of_the_same_host_does_not_keep_away_what_has_not_come_yet(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    await scene.known(scene.mallory)
    note = scene.bob.note("Still to come")
    await scene.done(scene.mallory, scene.mallory.activity("Delete", note["id"]))
    await scene.done(scene.bob, scene.bob.create(note))
    assert await scene.count("posts", "uri = ?", note["id"]) == 1


async def test_what_its_author_deleted_before_it_came_never_comes(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("Never mind")
    await scene.done(scene.bob, scene.bob.activity("Delete", note["id"]))
    await scene.done(scene.bob, scene.bob.create(note))
    await scene.alice.call("GET", "/api/v2/search", params={"q": note["id"], "resolve": "true"})
    assert await scene.count("posts", "uri = ?", note["id"]) == 0


@pytest.mark.parametrize("number", ["²", "٣", "-1", "x", "1" * 30])
async def test_a_page_number_that_is_none_is_refused(scene: Scene, number: str) -> None:
    headers = {"Accept": "application/activity+json"}
    for name, path in (("max_id", "outbox"), ("max_id", "followers"), ("max_id", "following")):
        params = {"page": "true", name: number}
        await scene.home.call("GET", f"/users/alice/{path}", params=params, headers=headers, status=400)


async def test_a_wrong_list_of_followers_makes_us_say_a_limited_number_of_things(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synchronisation, "TAKEN_OFF", 1)
    await scene.known(scene.bob)
    row = await scene.row("SELECT id FROM accounts WHERE uri = ?", scene.bob.id)
    assert row is not None
    everybody = [scene.uri(scene.alice), scene.uri(scene.carol)]
    url = scene.victim.serve("/list", {"type": "OrderedCollection", "totalItems": 2, "orderedItems": everybody})
    await synchronisation.synchronise(scene.app, row["id"], url, synchronisation.digest_of(everybody))
    await scene.settle()
    assert scene.victim.kinds() == ["Undo"]


async def test_an_answer_that_its_activity_addresses_to_the_author_alone_is_not_passed_on(
    scene: Scene, readers: FakeHost
) -> None:
    posted = await scene.alice.post("Hello")
    await scene.known(scene.bob)
    note = scene.bob.note("For you", inReplyTo=posted["uri"], to=[PUBLIC], cc=[scene.uri(scene.alice)])
    assert await _told(scene, readers, scene.bob.create(note, to=[scene.uri(scene.alice)], cc=[])) == 0
    assert await scene.count("posts", "uri = ? AND visibility = 'direct'", note["id"]) == 1


@pytest.mark.parametrize("link", ["https://[", "https://[::1", "https://a.example:x/", "http://[v1.]/"])
async def test_a_profile_with_a_link_that_is_none_breaks_nothing(scene: Scene, link: str) -> None:
    field = {"type": "PropertyValue", "name": "Page", "value": link}
    shown = {"type": "PropertyValue", "name": "Page", "value": f'<a href="{link}">here</a>'}
    scene.bob.document["attachment"] = [field, shown]
    await scene.known(scene.bob)
    assert await scene.count("accounts", "uri = ?", scene.bob.id) == 1
    await scene.alice.call(
        "PATCH", "/api/v1/accounts/update_credentials", json={"fields_attributes": [{"name": "Page", "value": link}]}
    )


async def test_of_a_note_that_names_everybody_and_everything_only_so_much_is_kept(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    people = [{"type": "Mention", "href": f"{scene.evil.base}/users/{n}", "name": f"@{n}"} for n in range(400)]
    words = [{"type": "Hashtag", "name": f"#tag{n}", "href": f"{scene.victim.base}/t/{n}"} for n in range(400)]
    icon = {"type": "Image", "url": f"{scene.victim.base}/e.png"}
    faces = [{"type": "Emoji", "name": f":face{n}:", "icon": icon} for n in range(150)]
    files = [{"type": "Image", "mediaType": "image/png", "url": f"{scene.victim.base}/{n}.png"} for n in range(500)]
    tags = [*people, *words, *faces, {"type": "Mention", "href": scene.uri(scene.alice), "name": "@alice"}]
    note = scene.bob.note("Everybody", tag=tags, attachment=files)
    seen = len(scene.evil.requests)
    assert await scene.send(scene.bob, scene.bob.create(note)) == 202
    await scene.settle()
    assert len(scene.evil.requests) - seen <= 10, "of unknown people a few are looked up"
    row = await scene.row("SELECT id FROM posts WHERE uri = ?", note["id"])
    assert row is not None
    assert await scene.count("post_mentions", "post_id = ?", row["id"]) <= 100
    assert await scene.count("post_tags", "post_id = ?", row["id"]) == 100
    assert await scene.count("media", "post_id = ?", row["id"]) <= 64
    assert len(await scene.alice.home()) == 1


@pytest.mark.parametrize("path", ["/inbox", "/users/alice/inbox"])
async def test_a_body_beyond_a_megabyte_is_refused_however_well_it_is_signed(scene: Scene, path: str) -> None:
    await scene.known(scene.bob)
    note = scene.bob.note("x" * 1_000_000, to=[PUBLIC, scene.uri(scene.alice)])
    async with scene.nothing("a large body"):
        assert await scene.send(scene.bob, scene.bob.create(note), path=path) == 413

"""Attack classes G08, G10, G15 and G16: what goes out and what stays when people are left out, parted or gone."""

import pytest

from fedinote.accounts import deletion
from fedinote.federation import delivery
from tests.federation.scene import Scene
from tests.support import tables
from tests.support.fakefedi import PUBLIC, FakeActor
from tests.support.signing import MessageWay, fetch

MARK = "zqforgetme"
GET = MessageWay(names="@method @target-uri", method="GET", headers={"content-type": None})


def about(actor: FakeActor, uri: str) -> list[str]:
    """The kinds of what this host was sent about a post."""
    return [one["type"] for one in actor.host.received if uri in str(one)]


# -- edits ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("visibility", ["direct", "private", "unlisted"])
async def test_who_is_no_longer_named_in_an_edit_still_learns_of_the_edit_and_the_end(
    scene: Scene, visibility: str
) -> None:
    await scene.known(scene.bob, scene.mal)
    text = f"hello @{scene.bob.handle} and @{scene.mal.handle}"
    post = await scene.alice.post(text, visibility=visibility)
    await scene.settle()
    path = f"/api/v1/statuses/{post['id']}"
    await scene.alice.call("PUT", path, json={"status": f"hello @{scene.mal.handle}"})
    await scene.settle()
    await scene.alice.call("DELETE", path)
    await scene.settle()
    for actor in (scene.bob, scene.mal):
        assert about(actor, post["uri"]) == ["Create", "Update", "Delete"], actor.handle


async def test_who_is_named_in_an_edit_only_does_not_get_what_was_said_before(scene: Scene) -> None:
    await scene.known(scene.bob)
    post = await scene.alice.post(f"{MARK} among ourselves", visibility="direct")
    await scene.alice.call("PUT", f"/api/v1/statuses/{post['id']}", json={"status": f"for @{scene.bob.handle}"})
    await scene.settle()
    assert about(scene.bob, post["uri"])
    assert MARK not in str(scene.bob.host.received)


# -- the end of a post ------------------------------------------------------------------------------------------------


async def test_a_deletion_reaches_every_server_that_got_the_post_once(scene: Scene) -> None:
    """By following, being named, boosting, answering and fetching; each of them once, and nobody else."""
    hosts = {name: await scene.fedi.host(f"127.0.0.{number}") for number, name in enumerate(WAYS, start=20)}
    people = {name: host.actor("reader") for name, host in hosts.items()}
    await scene.known(*people.values())
    await scene.follows(people["follower"], scene.alice)
    post = await scene.alice.post(f"hello @{people['named'].handle}")
    await scene.settle()
    await scene.done(people["booster"], people["booster"].activity("Announce", post["uri"], to=[PUBLIC]))
    answer = people["answerer"].note("I see", to=[PUBLIC, scene.uri(scene.alice)], inReplyTo=post["uri"])
    await scene.done(people["answerer"], people["answerer"].create(answer))
    for _ in range(2):
        assert await fetch(scene.home, people["fetcher"], post["uri"], GET) == 200
    await scene.alice.call("DELETE", f"/api/v1/statuses/{post['id']}")
    await scene.settle()
    found = {name: [one["type"] for one in host.received].count("Delete") for name, host in hosts.items()}
    assert found == {"follower": 1, "named": 1, "booster": 1, "answerer": 1, "fetcher": 1, "stranger": 0}


WAYS = ("follower", "named", "booster", "answerer", "fetcher", "stranger")


async def test_a_deletion_from_elsewhere_leaves_no_word_of_the_post_behind(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note(
        f"<p>{MARK} one</p>",
        to=[PUBLIC, scene.uri(scene.alice)],
        summary=f"{MARK} warning",
        tag=[{"type": "Mention", "href": scene.uri(scene.alice), "name": "@alice"}],
        attachment=[{"type": "Document", "mediaType": "image/png", "url": f"{scene.bob.id}.png", "name": f"{MARK} p"}],
    )
    await scene.done(scene.bob, scene.bob.create(note))
    changed = {**note, "content": f"<p>{MARK} two</p>", "updated": "2030-01-01T00:00:00Z"}
    await scene.done(scene.bob, scene.bob.activity("Update", changed))
    row = await scene.row("SELECT id FROM posts WHERE uri = ?", note["id"])
    assert row is not None
    for what in ("favourite", "bookmark", "reblog"):
        await scene.alice.call("POST", f"/api/v1/statuses/{row['id']}/{what}")
    await scene.settle()
    assert await places(scene), "the test tests nothing"
    gone = {"id": note["id"], "type": "Tombstone"}
    await scene.done(scene.bob, scene.bob.activity("Delete", gone, to=[PUBLIC]))
    assert await places(scene) == []
    for path in ("/api/v1/favourites", "/api/v1/bookmarks", "/api/v1/timelines/home", "/api/v1/notifications"):
        assert MARK not in str(await scene.alice.call("GET", path)), path
    await scene.alice.call("GET", f"/api/v1/statuses/{row['id']}", status=404)
    found = await scene.alice.call("GET", "/api/v2/search", params={"q": MARK})
    assert found["statuses"] == []
    assert MARK not in str(found)


async def places(scene: Scene) -> list[str]:
    """The tables in which the marker is, but for what came in, which goes by its age.

    In the index of SQLite a word alone stays until its parts are merged; it leads to no post any more.
    """
    held = await tables.contents(scene.app, but=(*tables.ARRIVED, "search_words_data"))
    return [name for name, rows in held.items() if MARK in "\n".join(rows)]


async def test_who_leaves_leaves_no_word_behind_here(scene: Scene) -> None:
    await scene.follows(scene.bob, scene.alice)
    await scene.app.db.execute(
        "UPDATE users SET email = ? WHERE account_id = ?", f"{MARK}@mail.example", scene.alice.account_id
    )
    await scene.alice.call("PATCH", "/api/v1/accounts/update_credentials", json={"note": MARK, "display_name": MARK})
    for visibility in ("public", "direct"):
        await scene.alice.post(f"{MARK} @{scene.bob.handle} #{MARK}tag", visibility=visibility, spoiler_text=MARK)
    await scene.alice.call("POST", "/api/v1/lists", json={"title": MARK})
    await scene.alice.call(
        "POST", "/api/v2/filters",
        json={"title": MARK, "context": ["home"], "keywords_attributes": [{"keyword": MARK}]},
    )  # fmt: skip
    plan = {"status": MARK, "scheduled_at": "2031-01-01T00:00:00Z"}
    await scene.alice.call("POST", "/api/v1/statuses", json=plan)
    await scene.settle()
    assert len(await places(scene)) >= 5
    await deletion.delete(scene.app, scene.alice.account_id)
    await scene.settle()
    scene.app.clock.shift(2 * 3600)
    await delivery.tidy(scene.app)
    assert set(await places(scene)) <= {"tags"}, "the name of a tag is nobody's"


# -- people who are parted --------------------------------------------------------------------------------------------


async def test_whom_one_blocks_reaches_one_in_no_way(scene: Scene) -> None:
    await scene.known(scene.bob)
    post = await scene.alice.post("for everybody")
    found = await scene.alice.find(scene.bob.handle)
    await scene.alice.call("POST", f"/api/v1/accounts/{found['id']}/block")
    await scene.settle()
    uri, me = post["uri"], scene.uri(scene.alice)
    mention = [{"type": "Mention", "href": me, "name": "@alice"}]
    tries = {
        "like": scene.bob.activity("Like", uri),
        "boost": scene.bob.activity("Announce", uri, to=[PUBLIC]),
        "reaction": scene.bob.activity("EmojiReact", uri, content="👍"),
        "answer": scene.bob.create(scene.bob.note("so", to=[PUBLIC, me], inReplyTo=uri, tag=mention)),
        "mention": scene.bob.create(scene.bob.note("hey", to=[me], tag=mention)),
        "quote": scene.bob.create(scene.bob.note("look", to=[PUBLIC, me], quoteUrl=uri, quoteUri=uri, tag=mention)),
        "follow": scene.bob.activity("Follow", me),
    }
    for name, activity in tries.items():
        assert await scene.send(scene.bob, activity) == 202, name
        await scene.settle()
        assert await scene.alice.call("GET", "/api/v1/notifications") == [], name
        assert await scene.alice.call("GET", "/api/v1/notifications?include_filtered=true") == [], name
    shown = await scene.alice.call("GET", f"/api/v1/statuses/{post['id']}")
    assert (shown["favourites_count"], shown["reblogs_count"], shown["reactions"]) == (0, 0, [])
    context = await scene.alice.call("GET", f"/api/v1/statuses/{post['id']}/context")
    assert context["descendants"] == []
    assert await scene.count("follows", "target_id = ?", scene.alice.account_id) == 0
    for path in (post["uri"], f"{post['uri']}/replies"):
        assert await fetch(scene.home, scene.bob, path, GET) == 404, path


# -- who gets what came through a shared inbox -----------------------------------------------------------------------


@pytest.mark.parametrize("who", ["accepted", "waiting", "refused", "removed", "of another"])
async def test_followers_only_words_in_a_shared_inbox_are_for_accepted_followers_alone(scene: Scene, who: str) -> None:
    await scene.follow(scene.carol, scene.bob)
    request = await scene.follow(scene.alice, scene.mal if who == "of another" else scene.bob, accept=who != "waiting")
    if who == "of another":
        await scene.follow(scene.alice, scene.bob)
    if who == "refused":
        await scene.done(scene.bob, scene.bob.activity("Reject", request))
    if who == "removed":
        found = await scene.alice.find(scene.bob.handle)
        await scene.alice.call("POST", f"/api/v1/accounts/{found['id']}/unfollow")
        await scene.settle()
    followers = f"{scene.mal.id if who == 'of another' else scene.bob.id}/followers"
    note = scene.bob.note(MARK, to=[followers], cc=[scene.uri(scene.carol)])
    await scene.done(scene.bob, scene.bob.create(note))
    row = await scene.row("SELECT id FROM posts WHERE uri = ?", note["id"])
    assert row is not None
    sees = who == "accepted"
    assert (MARK in str(await scene.alice.call("GET", "/api/v1/timelines/home"))) is sees
    await scene.alice.call("GET", f"/api/v1/statuses/{row['id']}", status=200 if sees else 404)
    await scene.carol.call("GET", f"/api/v1/statuses/{row['id']}")


async def test_what_is_for_one_person_by_bto_is_for_that_one(scene: Scene) -> None:
    await scene.follow(scene.carol, scene.bob)
    note = {**scene.bob.note(MARK, to=[]), "bto": [scene.uri(scene.alice)]}
    activity = {**scene.bob.create(note), "bto": [scene.uri(scene.alice)]}
    assert await scene.send(scene.bob, activity, path="/users/alice/inbox") == 202
    await scene.settle()
    row = await scene.row("SELECT id FROM posts WHERE uri = ?", note["id"])
    if row is not None:
        await scene.carol.call("GET", f"/api/v1/statuses/{row['id']}", status=404)
    assert MARK not in str(await scene.carol.call("GET", "/api/v1/timelines/home"))

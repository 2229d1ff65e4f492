"""A server on the Fedify library: follows, posts, edits, look-ups and a rotated key, with both ways to sign."""

from tests.interop.conftest import Meeting


async def test_the_peer_follows_us_and_reads_what_we_write(meeting: Meeting) -> None:
    follow = await meeting.peer.do("follow", uri=meeting.me)
    await meeting.settle()
    accept = await meeting.peer.got("Accept")
    assert accept["actor"] == meeting.me
    assert follow["id"] in (accept["object"], accept["object"]["id"])
    await meeting.alice.post("Hello from the other side")
    await meeting.settle()
    create = await meeting.peer.got("Create")
    assert create["actor"] == meeting.me
    assert "Hello from the other side" in create["object"]["content"]


async def test_we_follow_the_peer_and_read_write_and_loss(meeting: Meeting) -> None:
    account = await meeting.following()
    assert (await meeting.relationship(account["id"]))["following"]
    post = await meeting.peer.do("post", uri=meeting.me, content="<p>First words</p>")
    await meeting.settle()
    assert [status["content"] for status in await meeting.alice.home()] == ["<p>First words</p>"]
    await meeting.peer.do("edit", uri=meeting.me, id=post["id"], content="<p>Better words</p>")
    await meeting.settle()
    assert [status["content"] for status in await meeting.alice.home()] == ["<p>Better words</p>"]
    await meeting.peer.do("remove", uri=meeting.me, id=post["id"])
    await meeting.settle()
    assert await meeting.alice.home() == []


async def test_a_like_and_a_reply_of_the_peer_arrive(meeting: Meeting) -> None:
    status = await meeting.alice.post("What do you say?")
    await meeting.peer.do("like", uri=meeting.me, object=status["uri"])
    await meeting.peer.do("post", uri=meeting.me, content="<p>This</p>", inReplyTo=status["uri"])
    await meeting.settle()
    found = await meeting.alice.call("GET", f"/api/v1/statuses/{status['id']}")
    assert (found["favourites_count"], found["replies_count"]) == (1, 1)
    context = await meeting.alice.call("GET", f"/api/v1/statuses/{status['id']}/context")
    assert [reply["content"] for reply in context["descendants"]] == ["<p>This</p>"]


async def test_the_peer_is_believed_after_it_changed_its_keys(meeting: Meeting) -> None:
    await meeting.following()
    await meeting.peer.do("post", uri=meeting.me, content="<p>Old key</p>")
    await meeting.settle()
    await meeting.home.app.db.execute("UPDATE accounts SET fetched_at = 0 WHERE uri = ?", meeting.peer.uri)
    await meeting.peer.do("rotate")
    await meeting.peer.do("post", uri=meeting.me, content="<p>New key</p>")
    await meeting.settle()
    assert [status["content"] for status in await meeting.alice.home()] == ["<p>New key</p>", "<p>Old key</p>"]


async def test_the_peer_looks_up_our_actor_and_a_post(meeting: Meeting) -> None:
    actor = await meeting.peer.do("lookup", uri=meeting.me)
    assert (actor["type"], actor["document"]["preferredUsername"]) == ("Person", "alice")
    status = await meeting.alice.post("Look me up", spoiler_text="careful", language="en")
    note = await meeting.peer.do("lookup", uri=status["uri"])
    assert (note["type"], note["document"]["id"]) == ("Note", status["uri"])
    assert note["document"]["attributedTo"] == meeting.me


async def test_the_peer_stops_following(meeting: Meeting) -> None:
    follow = await meeting.peer.do("follow", uri=meeting.me)
    await meeting.settle()
    await meeting.peer.do("unfollow", uri=meeting.me, id=follow["id"])
    await meeting.settle()
    me = await meeting.alice.call("GET", "/api/v1/accounts/verify_credentials")
    assert me["followers_count"] == 0

"""What crosses between two whole servers, and what must not: audiences, blocks, requests, polls, pictures, words."""

import logging
from html import unescape
from typing import Any

import aiohttp
import pytest

from fedinote.media import emojis
from tests.federation.scene import Scene
from tests.media.pictures import encoded, picture
from tests.support.fakefedi import ACTIVITY
from tests.support.instances import Instance, Person, World


async def _seen(person: Person, uri: str) -> Any:
    """The post as somebody's home timeline has it; None when it is not there."""
    return next((status for status in await person.home() if status["uri"] == uri), None)


async def _knows(instance: Instance, uri: str) -> Any:
    return await instance.app.db.row("SELECT id, visibility FROM posts WHERE uri = ?", uri)


async def _follows(world: World, follower: Person, target: Person) -> Any:
    await follower.follow(target)
    await world.settle()
    account = await follower.find(target.handle)
    relation = await follower.call("GET", "/api/v1/accounts/relationships", params={"id[]": account["id"]})
    return relation[0]


async def test_a_post_for_followers_reaches_followers_alone(world: World, one: Instance, two: Instance) -> None:
    alice, bao, chen = await one.person("alice"), await two.person("bao"), await two.person("chen")
    assert (await _follows(world, bao, alice))["following"]
    posted = await alice.post("for my followers", visibility="private")
    await world.settle()
    seen = await _seen(bao, posted["uri"])
    assert seen["visibility"] == "private"
    assert await chen.home() == []
    for path in ("", "/context", "/favourited_by", "/history", "/source"):
        await chen.call("GET", f"/api/v1/statuses/{seen['id']}{path}", status=404)
    await chen.call("POST", f"/api/v1/statuses/{seen['id']}/favourite", status=404)
    await bao.call("POST", f"/api/v1/statuses/{seen['id']}/reblog", status=None)
    found = await chen.call("GET", "/api/v2/search", params={"q": posted["uri"], "resolve": "true"})
    assert found["statuses"] == []
    await world.settle()
    assert await _seen(chen, posted["uri"]) is None
    assert await two.app.db.value("SELECT COUNT(*) AS value FROM posts WHERE reblog_of_id IS NOT NULL") == 0


async def test_nothing_private_leaves_for_a_server_without_followers(
    world: World, one: Instance, two: Instance
) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    await bao.find(alice.handle)
    posted = await alice.post("for my followers", visibility="private")
    await world.settle()
    assert await _knows(two, posted["uri"]) is None
    found = await bao.call("GET", "/api/v2/search", params={"q": posted["uri"], "resolve": "true"})
    assert found["statuses"] == []


async def test_a_direct_post_reaches_those_it_names_alone(world: World, one: Instance, two: Instance) -> None:
    alice, bao, chen = await one.person("alice"), await two.person("bao"), await two.person("chen")
    await _follows(world, chen, alice)
    posted = await alice.post(f"@{bao.handle} between us", visibility="direct")
    await world.settle()
    seen = await _knows(two, posted["uri"])
    assert seen["visibility"] == "direct"
    shown = await bao.call("GET", f"/api/v1/statuses/{seen['id']}")
    assert "between us" in shown["content"]
    assert await bao.call("GET", "/api/v1/notifications") == [], "alice is nobody whom bao knows: it is a request"
    [request] = await bao.call("GET", "/api/v1/notifications/requests")
    await bao.call("POST", f"/api/v1/notifications/requests/{request['id']}/accept")
    assert [n["type"] for n in await bao.call("GET", "/api/v1/notifications")] == ["mention"]
    assert await bao.home() == []
    await chen.call("GET", f"/api/v1/statuses/{seen['id']}", status=404)
    assert await chen.home() == []
    assert await chen.call("GET", "/api/v1/notifications") == []
    answered = await bao.post(f"@{alice.handle} indeed", visibility="direct", in_reply_to_id=seen["id"])
    await world.settle()
    context = await alice.call("GET", f"/api/v1/statuses/{posted['id']}/context")
    assert [status["uri"] for status in context["descendants"]] == [answered["uri"]]


async def test_a_blocked_domain_gets_no_word_in_and_the_log_says_why(
    world: World, one: Instance, two: Instance, caplog: pytest.LogCaptureFixture
) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    admin = await two.person("modesta", role="admin")
    await _follows(world, bao, alice)
    block = {"domain": one.host, "severity": "suspend", "private_comment": "spam"}
    await admin.call("POST", "/api/v1/admin/domain_blocks", json=block)
    with caplog.at_level(logging.INFO, "fedinote"):
        posted = await alice.post("is anybody there?")
        await world.settle()
    assert await _knows(two, posted["uri"]) is None
    assert await bao.home() == []
    refused = [record for record in caplog.records if record.getMessage() == "activity refused"]
    assert [(vars(record)["status"], vars(record)["host"]) for record in refused] == [(403, one.host)]
    assert "blocked" in vars(refused[0])["reason"]
    audited = await two.app.db.rows("SELECT detail FROM audit_log WHERE target = ? ORDER BY id", one.host)
    assert "spam" in audited[0]["detail"]
    # Nor does anything of ours go there, whatever a person does.
    seen = await bao.call("GET", "/api/v2/search", params={"q": posted["uri"], "resolve": "true"})
    assert seen["statuses"] == []


async def test_a_locked_account_decides_who_follows(world: World, one: Instance, two: Instance) -> None:
    alice, bao, chen = await one.person("alice"), await two.person("bao"), await two.person("chen")
    await alice.call("PATCH", "/api/v1/accounts/update_credentials", json={"locked": True})
    for person in (bao, chen):
        relation = await _follows(world, person, alice)
        assert (relation["requested"], relation["following"]) == (True, False)
    before = await alice.post("before", visibility="private")
    await world.settle()
    assert await _knows(two, before["uri"]) is None
    waiting = {a["username"]: a["id"] for a in await alice.call("GET", "/api/v1/follow_requests")}
    assert set(waiting) == {"bao", "chen"}
    await alice.call("POST", f"/api/v1/follow_requests/{waiting['bao']}/authorize")
    await alice.call("POST", f"/api/v1/follow_requests/{waiting['chen']}/reject")
    after = await alice.post("after", visibility="private")
    await world.settle()
    for person, state in ((bao, (False, True)), (chen, (False, False))):
        account = await person.find(alice.handle)
        relations = await person.call("GET", "/api/v1/accounts/relationships", params={"id[]": account["id"]})
        assert (relations[0]["requested"], relations[0]["following"]) == state, person.name
    assert await _seen(bao, after["uri"])
    assert await _seen(chen, after["uri"]) is None


async def test_after_unfollowing_posts_no_longer_come(world: World, one: Instance, two: Instance) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    await _follows(world, bao, alice)
    account = await bao.find(alice.handle)
    await bao.call("POST", f"/api/v1/accounts/{account['id']}/unfollow")
    await world.settle()
    posted = await alice.post("you will not see this", visibility="private")
    await world.settle()
    assert await _knows(two, posted["uri"]) is None
    me = await alice.call("GET", "/api/v1/accounts/verify_credentials")
    assert me["followers_count"] == 0


async def test_a_block_ends_the_follow_and_hides_what_comes_after(world: World, one: Instance, two: Instance) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    await _follows(world, bao, alice)
    them = await alice.find(bao.handle)
    await alice.call("POST", f"/api/v1/accounts/{them['id']}/block")
    await world.settle()
    account = await bao.find(alice.handle)
    relations = await bao.call("GET", "/api/v1/accounts/relationships", params={"id[]": account["id"]})
    assert (relations[0]["following"], relations[0]["blocked_by"]) == (False, True)
    posted = await alice.post("not for bao")
    await bao.post(f"@{alice.handle} why?")
    await world.settle()
    assert await _seen(bao, posted["uri"]) is None
    assert await alice.call("GET", "/api/v1/notifications") == [] or "mention" not in {
        n["type"] for n in await alice.call("GET", "/api/v1/notifications")
    }
    await alice.call("POST", f"/api/v1/accounts/{them['id']}/unblock")
    await world.settle()
    assert (await _follows(world, bao, alice))["following"]


async def test_pinned_posts_are_pinned_elsewhere_too(world: World, one: Instance, two: Instance) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    await _follows(world, bao, alice)
    posted = await alice.post("what I am about")
    await alice.call("POST", f"/api/v1/statuses/{posted['id']}/pin")
    await world.settle()
    account = await bao.find(alice.handle)
    path = f"/api/v1/accounts/{account['id']}/statuses"
    pinned = await bao.call("GET", path, params={"pinned": "true"})
    assert [status["uri"] for status in pinned] == [posted["uri"]]
    await alice.call("POST", f"/api/v1/statuses/{posted['id']}/unpin")
    await world.settle()
    assert await bao.call("GET", path, params={"pinned": "true"}) == []


async def test_votes_cross_and_the_counts_come_back(world: World, one: Instance, two: Instance) -> None:
    alice, bao, chen = await one.person("alice"), await two.person("bao"), await two.person("chen")
    for person in (bao, chen):
        await _follows(world, person, alice)
    poll = {"options": ["tea", "coffee", "water"], "expires_in": 3600, "multiple": True}
    posted = await alice.post("What do you drink?", poll=poll)
    await world.settle()
    for person, choices in ((bao, [0, 2]), (chen, [0])):
        seen = await _seen(person, posted["uri"])
        assert [option["title"] for option in seen["poll"]["options"]] == poll["options"]
        voted = await person.call("POST", f"/api/v1/polls/{seen['poll']['id']}/votes", json={"choices": choices})
        assert (voted["voted"], voted["own_votes"]) == (True, choices)
    await world.settle()
    mine = (await alice.call("GET", f"/api/v1/statuses/{posted['id']}"))["poll"]
    assert [option["votes_count"] for option in mine["options"]] == [2, 0, 1]
    assert (mine["votes_count"], mine["voters_count"]) == (3, 2)
    one.app.clock.shift(60)
    await world.settle()
    theirs = (await _seen(bao, posted["uri"]))["poll"]
    assert [option["votes_count"] for option in theirs["options"]] == [2, 0, 1]
    assert (theirs["votes_count"], theirs["voters_count"]) == (3, 2)
    await bao.call("POST", f"/api/v1/polls/{theirs['id']}/votes", json={"choices": [0]}, status=422)
    for instance in (one, two):
        instance.app.clock.shift(3700)
    await world.settle()
    assert "poll" in {n["type"] for n in await alice.call("GET", "/api/v1/notifications")}
    assert "poll" in {n["type"] for n in await bao.call("GET", "/api/v1/notifications")}
    assert (await _seen(bao, posted["uri"]))["poll"]["expired"]


async def _upload(person: Person, description: str, focus: str) -> Any:
    form = aiohttp.FormData()
    form.add_field("file", encoded(picture(), "PNG"), filename="tea.png", content_type="image/png")
    form.add_field("description", description)
    form.add_field("focus", focus)
    return await person.call("POST", "/api/v2/media", data=form)


async def test_a_picture_crosses_with_its_description_its_blur_and_its_focus(
    world: World, one: Instance, two: Instance
) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    await _follows(world, bao, alice)
    uploaded = await _upload(alice, "A cup of <tea> 🍵", "-0.42,0.69")
    posted = await alice.post("look", media_ids=[uploaded["id"]], sensitive=True)
    await world.settle()
    seen = await _seen(bao, posted["uri"])
    mine, theirs = posted["media_attachments"][0], seen["media_attachments"][0]
    assert theirs["description"] == mine["description"] == "A cup of <tea> 🍵"
    assert theirs["blurhash"] == mine["blurhash"]
    assert theirs["blurhash"]
    assert theirs["type"] == "image"
    assert theirs["remote_url"] == mine["url"]
    focus = theirs["meta"]["focus"]
    assert (round(focus["x"], 2), round(focus["y"], 2)) == (-0.42, 0.69)
    assert (theirs["meta"]["original"]["width"], theirs["meta"]["original"]["height"]) == (60, 40)
    assert seen["sensitive"] is True


async def test_sixteen_pictures_cross_in_their_order_and_the_chosen_four_are_sent_first(
    world: World, one: Instance, two: Instance
) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    await _follows(world, bao, alice)
    uploads = [(await _upload(alice, f"step {number}", "0,0"))["id"] for number in range(16)]
    chosen = [uploads[number] for number in (0, 7, 11, 15)]
    posted = await alice.post("sixteen steps", media_ids=uploads, cover_media_ids=chosen)
    assert [file["id"] for file in posted["media_attachments"]] == uploads
    assert (await alice.call("GET", f"/api/v1/statuses/{posted['id']}/source"))["cover_media_ids"] == chosen
    await world.settle()
    seen = await _seen(bao, posted["uri"])
    assert [file["description"] for file in seen["media_attachments"]] == [f"step {number}" for number in range(16)]
    document = await one.call("GET", posted["uri"].removeprefix(f"http://{one.host}"), headers={"Accept": ACTIVITY})
    assert [file["name"] for file in document["attachment"][:4]] == ["step 0", "step 7", "step 11", "step 15"]


async def test_a_warning_and_a_language_cross_and_the_text_is_the_same_to_the_byte(
    world: World, one: Instance, two: Instance
) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    await _follows(world, bao, alice)
    words = {"spoiler_text": "Suppe & <Brot>", "language": "de"}
    posted = await alice.post('Grüße aus "Köln" & <Umgebung>\n\nUnd 你好', **words)
    await world.settle()
    seen = await _seen(bao, posted["uri"])
    assert (seen["spoiler_text"], seen["stated_language"], seen["sensitive"]) == ("Suppe & <Brot>", "de", True)
    assert seen["language"] == "mul"  # what readers are told of a text in German and Chinese
    path = posted["uri"].removeprefix(f"http://{one.host}")
    document = await one.call("GET", path, headers={"Accept": ACTIVITY})
    assert next(iter(document["contentMap"])) == "de"
    assert document["contentMap"]["de"] == document["content"]
    assert document["content"].encode() == posted["content"].encode()
    assert unescape(seen["content"]) == unescape(posted["content"])


async def test_a_custom_emoji_crosses(world: World, one: Instance, two: Instance) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    await _follows(world, bao, alice)
    await emojis.add(one.app, "tea", encoded(picture(32, 32), "PNG"))
    posted = await alice.post("a cup of :tea: please, no :coffee:")
    await world.settle()
    seen = await _seen(bao, posted["uri"])
    assert [emoji["shortcode"] for emoji in seen["emojis"]] == ["tea"]
    async with two.http.get(posted["emojis"][0]["url"]) as answer:
        assert (answer.status, answer.content_type) == (200, "image/png")


async def test_a_custom_emoji_in_a_name_crosses(world: World, one: Instance, two: Instance) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    await _follows(world, bao, alice)
    await emojis.add(one.app, "tea", encoded(picture(32, 32), "PNG"))
    await alice.call("PATCH", "/api/v1/accounts/update_credentials", json={"display_name": "Alice :tea:"})
    await world.settle()
    assert [emoji["shortcode"] for emoji in (await bao.find(alice.handle))["emojis"]] == ["tea"]


async def test_a_changed_profile_crosses(world: World, one: Instance, two: Instance) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    await _follows(world, bao, alice)
    changes = {
        "display_name": "Alice the Second",
        "note": "I drink tea",
        "locked": True,
        "bot": True,
        "fields_attributes": [{"name": "Pronouns", "value": "she/her"}],
    }
    await alice.call("PATCH", "/api/v1/accounts/update_credentials", json=changes)
    await world.settle()
    seen = await bao.find(alice.handle)
    assert (seen["display_name"], seen["locked"], seen["bot"]) == ("Alice the Second", True, True)
    assert "I drink tea" in seen["note"]
    assert [(field["name"], field["value"]) for field in seen["fields"]] == [("Pronouns", "she/her")]


async def test_a_report_that_is_forwarded_reaches_the_other_server(world: World, one: Instance, two: Instance) -> None:
    alice, bao = await one.person("alice"), await two.person("bao")
    await two.person("modesta", role="admin")
    await _follows(world, alice, bao)
    posted = await bao.post("something bad")
    await world.settle()
    seen = await _seen(alice, posted["uri"])
    account = await alice.find(bao.handle)
    report = {"account_id": account["id"], "status_ids": [seen["id"]], "comment": "bad", "forward": True}
    await alice.call("POST", "/api/v1/reports", json=report)
    await world.settle()
    found = await two.app.db.rows("SELECT target_id, post_ids, comment FROM reports")
    assert [(row["target_id"], row["comment"]) for row in found] == [(bao.account_id, "bad")]
    assert posted["id"] in found[0]["post_ids"]


async def test_followers_move_only_when_both_accounts_agree(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    new = scene.evil.actor("bob", key=4)
    before = len(scene.evil.received)
    move = scene.bob.activity("Move", scene.bob.id, target=new.id)
    await scene.done(scene.bob, move)
    scene.bob.document["movedTo"] = new.id
    await scene.done(scene.bob, {**move, "id": f"{move['id']}/2"})
    assert len(scene.evil.received) == before, "without the alias on the new account"
    new.document["alsoKnownAs"] = [scene.bob.id]
    scene.bob.document["movedTo"] = scene.mallory.id
    await scene.done(scene.bob, {**move, "id": f"{move['id']}/3"})
    assert len(scene.evil.received) == before, "the old account names another one"
    scene.bob.document["movedTo"] = new.id
    for actor in (scene.mallory, scene.mal):
        await scene.known(actor)
        forged = actor.activity("Move", scene.bob.id, target=new.id)
        await scene.done(actor, forged)
    assert len(scene.evil.received) == before, "by somebody else"
    await scene.done(scene.bob, {**move, "id": f"{move['id']}/4"})
    assert scene.evil.kinds()[before:] == ["Follow"]
    await scene.done(new, new.activity("Accept", scene.evil.received[-1]))
    assert await scene.count("follows f JOIN accounts a ON a.id = f.target_id", "f.accepted AND a.uri = ?", new.id) == 1
    assert "Undo" in scene.victim.kinds()

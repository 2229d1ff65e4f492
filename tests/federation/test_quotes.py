"""Quotes between servers: asked for, agreed to, shown, refused and taken back (FEP-044f)."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, FakeActor, gone
from tests.support.instances import Instance, Person, World

STAMPED = "https://w3id.org/fep/044f#"


async def quote_of(person: Person, status_id: str) -> Any:
    return (await person.call("GET", f"/api/v1/statuses/{status_id}"))["quote"]


async def kinds(person: Person) -> list[str]:
    return [one["type"] for one in await person.call("GET", "/api/v1/notifications")]


# -- two servers of ours ----------------------------------------------------------------------------------------------


class Pair:
    """Alice on the first server, followed by bao of the second, who quotes her and is followed by alice."""

    def __init__(self, world: World, alice: Person, bao: Person) -> None:
        self.world, self.alice, self.bao = world, alice, bao

    async def posted(self, text: str, **fields: Any) -> tuple[Any, Any]:
        """A post of alice's, as she and as bao has it."""
        mine = await self.alice.post(text, **fields)
        await self.world.settle()
        return mine, (await self.bao.home())[0]

    async def quoted(self, seen: Any, **fields: Any) -> Any:
        made = await self.bao.post("look at this", quoted_status_id=seen["id"], **fields)
        await self.world.settle()
        return made

    async def arrived(self, uri: str) -> Any:
        """A post of bao's as alice has it."""
        found = await self.alice.call("GET", "/api/v2/search", params={"q": uri})
        return found["statuses"][0]


@pytest.fixture
async def pair(world: World, one: Instance, two: Instance) -> Pair:
    alice, bao = await one.person("alice"), await two.person("bao")
    await bao.follow(alice)
    await world.settle()
    await alice.follow(bao)
    await world.settle()
    return Pair(world, alice, bao)


async def test_a_quote_is_asked_for_agreed_to_and_shown_on_both_servers(pair: Pair) -> None:
    mine, seen = await pair.posted("tea is good")
    assert seen["quote_approval"] == {"automatic": ["public"], "manual": [], "current_user": "automatic"}
    made = await pair.bao.post("look at this", quoted_status_id=seen["id"])
    assert made["quote"] == {"state": "pending", "quoted_status": None}
    await pair.world.settle()

    there = await quote_of(pair.bao, made["id"])
    assert there["state"] == "accepted"
    assert there["quoted_status"]["content"] == "<p>tea is good</p>"
    here = await pair.arrived(made["uri"])
    assert here["quote"]["quoted_status"]["id"] == mine["id"]
    assert here["content"] == "<p>look at this</p>", "the line for others is left out"
    assert "quote" in await kinds(pair.alice)
    assert (await pair.alice.call("GET", f"/api/v1/statuses/{mine['id']}"))["quotes_count"] == 1
    listed = await pair.alice.call("GET", f"/api/v1/statuses/{mine['id']}/quotes")
    assert [one["uri"] for one in listed] == [made["uri"]]


async def test_a_quote_that_is_taken_back_is_hidden_on_both_servers(pair: Pair) -> None:
    mine, seen = await pair.posted("tea is good")
    made = await pair.quoted(seen)
    here = await pair.arrived(made["uri"])
    revoked = await pair.alice.call("POST", f"/api/v1/statuses/{mine['id']}/quotes/{here['id']}/revoke")
    assert revoked["quote"] == {"state": "revoked", "quoted_status": None}
    await pair.world.settle()

    assert await quote_of(pair.bao, made["id"]) == {"state": "revoked", "quoted_status": None}
    assert (await pair.alice.call("GET", f"/api/v1/statuses/{mine['id']}"))["quotes_count"] == 0
    assert "quote" not in await kinds(pair.alice)
    assert await pair.alice.call("GET", f"/api/v1/statuses/{mine['id']}/quotes") == []
    path = f"/users/alice/quote_authorizations/{here['id']}"
    await pair.alice.instance.call("GET", path, status=404, headers={"Accept": "application/activity+json"})


async def test_a_post_that_nobody_may_quote_cannot_be_quoted_from_another_server(pair: Pair) -> None:
    _, seen = await pair.posted("leave me alone", quote_approval_policy="nobody")
    assert seen["quote_approval"] == {"automatic": [], "manual": [], "current_user": "denied"}
    await pair.bao.call("POST", "/api/v1/statuses", status=404, json={"status": "look", "quoted_status_id": seen["id"]})


async def test_a_policy_for_followers_lets_followers_quote(pair: Pair) -> None:
    _, seen = await pair.posted("for those who follow", quote_approval_policy="followers")
    assert seen["quote_approval"] == {"automatic": ["followers"], "manual": [], "current_user": "automatic"}
    made = await pair.quoted(seen)
    assert (await quote_of(pair.bao, made["id"]))["state"] == "accepted"


async def test_a_request_against_the_present_policy_is_rejected(pair: Pair) -> None:
    mine, seen = await pair.posted("for now")
    await pair.alice.instance.app.db.execute("UPDATE posts SET quote_policy = 0 WHERE id = ?", int(mine["id"]))
    made = await pair.quoted(seen)
    assert await quote_of(pair.bao, made["id"]) == {"state": "rejected", "quoted_status": None}
    assert (await pair.alice.call("GET", f"/api/v1/statuses/{mine['id']}"))["quotes_count"] == 0


async def test_a_new_policy_reaches_other_servers(pair: Pair) -> None:
    mine, seen = await pair.posted("for now")
    path = f"/api/v1/statuses/{mine['id']}/interaction_policy"
    changed = await pair.alice.call("PUT", path, json={"quote_approval_policy": "nobody"})
    assert changed["quote_approval"]["automatic"] == []
    await pair.world.settle()
    again = await pair.bao.call("GET", f"/api/v1/statuses/{seen['id']}")
    assert again["quote_approval"]["current_user"] == "denied"
    assert again["edited_at"] is None


async def test_who_quoted_a_post_is_told_that_it_was_edited(pair: Pair) -> None:
    mine, seen = await pair.posted("tea is good")
    made = await pair.quoted(seen)
    await pair.alice.call("PUT", f"/api/v1/statuses/{mine['id']}", json={"status": "tea is bad"})
    await pair.world.settle()
    told = await pair.bao.call("GET", "/api/v1/notifications")
    assert (told[0]["type"], told[0]["status"]["id"]) == ("quoted_update", made["id"])
    assert told[0]["account"]["acct"] == pair.alice.handle
    assert (await quote_of(pair.bao, made["id"]))["quoted_status"]["content"] == "<p>tea is bad</p>"


async def test_a_quote_of_a_deleted_post_says_so(pair: Pair) -> None:
    mine, seen = await pair.posted("tea is good")
    made = await pair.quoted(seen)
    await pair.alice.call("DELETE", f"/api/v1/statuses/{mine['id']}")
    await pair.world.settle()
    assert await quote_of(pair.bao, made["id"]) == {"state": "deleted", "quoted_status": None}


async def test_a_third_server_believes_the_stamp_that_ours_serves(pair: Pair) -> None:
    """Carol, on the second server, learns of bao's quote from the note alone, as a server that saw no request."""
    _, seen = await pair.posted("tea is good")
    made = await pair.quoted(seen)
    app = pair.bao.instance.app
    found = await pair.bao.instance.call(
        "GET", made["uri"].partition(pair.bao.instance.host)[2], headers={"Accept": "application/activity+json"}
    )
    stamp = found["quoteAuthorization"]
    assert stamp.startswith(f"http://{pair.alice.instance.host}/users/alice/quote_authorizations/")
    served = await pair.alice.instance.call("GET", stamp.partition(pair.alice.instance.host)[2])
    assert served["type"] == "QuoteAuthorization"
    assert served["attributedTo"] == f"http://{pair.alice.instance.host}/users/alice"
    assert (served["interactingObject"], served["interactionTarget"]) == (made["uri"], seen["uri"])
    assert found["quote"] == found["quoteUrl"] == found["_misskey_quote"] == seen["uri"]
    assert {"type": "Link", "href": seen["uri"]}.items() <= next(
        tag for tag in found["tag"] if tag["type"] == "Link"
    ).items()
    assert found["content"].startswith('<p class="quote-inline">RE: <a href=')
    assert found["contentMap"]["en"] == found["content"]
    assert app is not None


async def test_a_quote_of_ones_own_followers_only_post_stays_followers_only(pair: Pair) -> None:
    mine, _ = await pair.posted("among us", visibility="private")
    made = await pair.alice.post("as I said", quoted_status_id=mine["id"])
    assert made["visibility"] == "private"
    assert made["quote"]["state"] == "accepted"
    await pair.world.settle()
    there = (await pair.bao.home())[0]
    assert (there["uri"], there["quote"]["state"]) == (made["uri"], "accepted")
    assert there["quote"]["quoted_status"]["uri"] == mine["uri"]


# -- our server among others ------------------------------------------------------------------------------------------


def authorization(author: FakeActor, quoting: str, quoted: str, **fields: Any) -> dict[str, Any]:
    """A stamp of somebody's, which is served."""
    author.count += 1
    stamp = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": author.url(f"stamps/{author.count}"),
        "type": "QuoteAuthorization",
        "attributedTo": author.id,
        "interactingObject": quoting,
        "interactionTarget": quoted,
    } | fields
    author.host.serve(stamp["id"], stamp)
    return stamp


async def quoting(scene: Scene, actor: FakeActor, quoted: str, **fields: Any) -> Any:
    """Let somebody whom alice follows quote; the post as alice has it."""
    note = actor.note("look at this", quote=quoted, **fields)
    await scene.done(actor, actor.create(note))
    found = await scene.alice.call("GET", "/api/v2/search", params={"q": note["id"]})
    return found["statuses"][0]


async def test_a_quote_with_the_stamp_of_the_quoted_authors_server_is_shown(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.mal)
    note = scene.bob.note("bob's words")
    stamp = authorization(scene.bob, scene.mal.url("notes/q"), note["id"])
    status = await quoting(scene, scene.mal, note["id"], id=scene.mal.url("notes/q"), quoteAuthorization=stamp["id"])
    assert status["quote"]["state"] == "accepted"
    assert "bob's words" in status["quote"]["quoted_status"]["content"].replace("&#39;", "'").replace("&#x27;", "'")


def _forged(scene: Scene, quoting: str, quoted: str) -> dict[str, Any]:
    """Proofs that prove nothing, by what is wrong with them."""
    bob, mal = scene.bob, scene.mal
    other = bob.note("something else")["id"]
    foreign = authorization(mal, quoting, quoted, attributedTo=bob.id)
    return {
        "on the quoting server": foreign["id"],
        "for another quoting post": authorization(bob, mal.url("notes/other"), quoted)["id"],
        "for another quoted post": authorization(bob, quoting, other)["id"],
        "by somebody else of that server": authorization(bob, quoting, quoted, attributedTo=scene.mallory.id)["id"],
        "of another type": authorization(bob, quoting, quoted, type="Note")["id"],
        "embedded and not there": {**foreign, "id": bob.url("stamps/none"), "attributedTo": bob.id},
        "not there": bob.url("stamps/nowhere"),
        "none at all": None,
    }


async def test_a_quote_without_consent_or_with_a_forged_stamp_is_never_shown(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.mal)
    note = scene.bob.note("bob's secret words")
    await scene.alice.call("GET", "/api/v2/search", params={"q": note["id"], "resolve": "true"})
    for number, what in enumerate(_forged(scene, "", "")):
        own_id = scene.mal.url(f"notes/forged/{number}")
        stamp = _forged(scene, own_id, note["id"])[what]
        status = await quoting(scene, scene.mal, note["id"], id=own_id, quoteAuthorization=stamp)
        assert status["quote"]["state"] in ("pending", "rejected"), what
        assert status["quote"]["quoted_status"] is None, what
        assert "secret" not in str(status), what


@pytest.mark.parametrize("name", ["quoteUrl", "quoteUri", "quoteURL", "_misskey_quote"])
async def test_an_older_quote_without_consent_stays_a_link(scene: Scene, name: str) -> None:
    await scene.follow(scene.alice, scene.mal)
    quoted = scene.bob.note("bob's secret words")
    await scene.alice.call("GET", "/api/v2/search", params={"q": quoted["id"], "resolve": "true"})
    line = f'<span class="quote-inline"><br>RE: <a href="{quoted["id"]}">{quoted["id"]}</a></span>'
    note = scene.mal.note("look", **{name: quoted["id"]})
    note["content"] += line
    await scene.done(scene.mal, scene.mal.create(note))
    status = (await scene.alice.home())[0]
    assert status["quote"] is None
    assert "RE: " in status["content"]
    assert "secret" not in str(status)


async def test_an_older_quote_of_ones_own_post_is_shown_without_its_line(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    quoted = scene.bob.note("first")
    note = scene.bob.note("second", quoteUrl=quoted["id"])
    note["content"] += f'<span class="quote-inline"><br>RE: <a href="{quoted["id"]}">{quoted["id"]}</a></span>'
    await scene.done(scene.bob, scene.bob.create(note))
    status = next(one for one in await scene.alice.home() if one["uri"] == note["id"])
    assert status["quote"]["quoted_status"]["uri"] == quoted["id"]
    assert status["content"] == "<p>second</p>"


async def test_a_boost_cannot_be_quoted(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("words")
    boost = scene.bob.activity("Announce", note["id"], to=[PUBLIC])
    await scene.done(scene.bob, boost)
    status = await quoting(scene, scene.bob, boost["id"])
    assert status["quote"] == {"state": "rejected", "quoted_status": None}


async def test_a_stamp_that_is_deleted_hides_the_quote(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.mal)
    note = scene.bob.note("bob's words")
    own_id = scene.mal.url("notes/q")
    stamp = authorization(scene.bob, own_id, note["id"])
    status = await quoting(scene, scene.mal, note["id"], id=own_id, quoteAuthorization=stamp["id"])
    await scene.known(scene.mallory)
    for stranger in (scene.mallory, scene.mal):
        await scene.send(stranger, stranger.activity("Delete", stamp["id"]))
        await scene.settle()
        assert (await quote_of(scene.alice, status["id"]))["state"] == "accepted", "it is not theirs to take back"
    await scene.done(scene.bob, scene.bob.activity("Delete", stamp))
    assert await quote_of(scene.alice, status["id"]) == {"state": "revoked", "quoted_status": None}
    again = {**scene.mal.note("look again", id=own_id, quote=note["id"]), "quoteAuthorization": stamp["id"]}
    await scene.done(scene.mal, scene.mal.activity("Update", {**again, "updated": "2040-01-01T00:00:00Z"}))
    assert (await quote_of(scene.alice, status["id"]))["quoted_status"] is None


async def test_a_stamp_that_is_gone_when_it_is_looked_at_again_hides_the_quote(scene: Scene) -> None:
    from fedinote.federation import quoting as federation

    await scene.follow(scene.alice, scene.mal)
    note, own_id = scene.bob.note("bob's words"), scene.mal.url("notes/q")
    stamp = authorization(scene.bob, own_id, note["id"])
    status = await quoting(scene, scene.mal, note["id"], id=own_id, quoteAuthorization=stamp["id"])
    scene.victim.pages[stamp["id"].partition(scene.victim.name)[2]] = gone()
    await federation.check_again(scene.app)
    await scene.settle()
    assert (await quote_of(scene.alice, status["id"]))["state"] == "accepted", "it was seen a moment ago"
    await scene.app.db.execute("UPDATE quotes SET checked_at = 1")
    await federation.check_again(scene.app)
    await scene.settle()
    assert await quote_of(scene.alice, status["id"]) == {"state": "revoked", "quoted_status": None}


async def test_a_stamp_that_comes_with_an_update_shows_the_quote(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.mal)
    note, own_id = scene.bob.note("bob's words"), scene.mal.url("notes/q")
    status = await quoting(scene, scene.mal, note["id"], id=own_id)
    assert status["quote"] == {"state": "pending", "quoted_status": None}
    stamp = authorization(scene.bob, own_id, note["id"])
    newer = scene.mal.note("look at this", id=own_id, quote=note["id"], quoteAuthorization=stamp["id"])
    await scene.done(scene.mal, scene.mal.activity("Update", newer))
    assert (await quote_of(scene.alice, status["id"]))["state"] == "accepted"
    without = scene.mal.note("look at this", id=own_id)
    await scene.done(scene.mal, scene.mal.activity("Update", without))
    assert await quote_of(scene.alice, status["id"]) is None
    assert await scene.count("quotes") == 0


async def test_a_bookwyrm_quotation_is_no_quote_post(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("well said", type="Quotation", quote="<p>Call me Ishmael.</p>")
    await scene.done(scene.bob, scene.bob.create(note))
    assert (await scene.alice.home())[0]["quote"] is None


# -- being quoted -----------------------------------------------------------------------------------------------------


def request(actor: FakeActor, quoted: str, **fields: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A quote of somebody's, and the request for it."""
    note = actor.note("look at this", quote=quoted, **fields)
    return note, actor.activity("QuoteRequest", quoted, instrument=note)


def answers(actor: FakeActor) -> list[Mapping[str, Any]]:
    return [one for one in actor.host.received if one["type"] in ("Accept", "Reject")]


async def test_a_request_for_a_public_post_is_answered_with_a_stamp(scene: Scene) -> None:
    posted = await scene.alice.post("quote me")
    await scene.known(scene.bob)
    note, asked = request(scene.bob, posted["uri"])
    await scene.done(scene.bob, asked)
    (answer,) = answers(scene.bob)
    assert (answer["type"], answer["actor"]) == ("Accept", scene.uri(scene.alice))
    assert answer["object"]["id"] == asked["id"]
    assert answer["object"]["instrument"] == note["id"]
    served = await scene.home.call("GET", answer["result"].partition(scene.home.host)[2])
    assert (served["interactingObject"], served["interactionTarget"]) == (note["id"], posted["uri"])
    assert await kinds(scene.alice) == ["quote"]


async def test_a_request_by_reference_is_fetched(scene: Scene) -> None:
    posted = await scene.alice.post("quote me")
    await scene.known(scene.bob)
    note, asked = request(scene.bob, posted["uri"])
    await scene.done(scene.bob, asked | {"instrument": note["id"]})
    assert [one["type"] for one in answers(scene.bob)] == ["Accept"]


async def test_a_request_does_not_tell_whether_a_private_post_is_there(scene: Scene) -> None:
    hidden = await scene.alice.post("among us", visibility="private")
    direct = await scene.alice.post("to nobody", visibility="direct")
    await scene.known(scene.bob)
    for uri in (hidden["uri"], direct["uri"], f"{scene.uri(scene.alice)}/statuses/123456789"):
        await scene.done(scene.bob, request(scene.bob, uri)[1])
    assert answers(scene.bob) == []
    assert await scene.count("quotes") == 0


async def test_a_follower_who_asks_to_quote_a_private_post_is_refused(scene: Scene) -> None:
    hidden = await scene.alice.post("among us", visibility="private")
    await scene.follows(scene.bob, scene.alice)
    before = len(answers(scene.bob))
    await scene.done(scene.bob, request(scene.bob, hidden["uri"])[1])
    assert [one["type"] for one in answers(scene.bob)[before:]] == ["Reject"]


async def test_somebody_whom_the_author_blocks_gets_no_consent(scene: Scene) -> None:
    posted = await scene.alice.post("quote me")
    bob = await scene.alice.find(scene.bob.handle)
    await scene.alice.call("POST", f"/api/v1/accounts/{bob['id']}/block")
    await scene.settle()
    await scene.done(scene.bob, request(scene.bob, posted["uri"])[1])
    assert [one["type"] for one in answers(scene.bob)] == []


async def test_consent_is_given_for_ones_own_quote_of_that_post_only(scene: Scene) -> None:
    posted, other = await scene.alice.post("quote me"), await scene.alice.post("something else")
    await scene.known(scene.bob, scene.mallory)
    theirs = scene.mallory.note("mine", quote=posted["uri"])
    wrong = {
        "of another post": scene.bob.note("look", quote=other["uri"]),
        "no quote": scene.bob.note("look"),
        "somebody else's": theirs,
        "somebody else's by id": theirs["id"],
        "of another server": scene.mal.note("look", quote=posted["uri"]),
    }
    for what, instrument in wrong.items():
        await scene.send(scene.bob, scene.bob.activity("QuoteRequest", posted["uri"], instrument=instrument))
        await scene.settle()
        assert answers(scene.bob) == [], what
    assert await scene.count("quotes", "state = 'accepted'") == 0


async def test_a_consent_that_was_taken_back_is_not_given_again(scene: Scene) -> None:
    posted = await scene.alice.post("quote me")
    await scene.known(scene.bob)
    note, asked = request(scene.bob, posted["uri"])
    await scene.done(scene.bob, asked)
    (quoting_status,) = await scene.alice.call("GET", f"/api/v1/statuses/{posted['id']}/quotes")
    await scene.alice.call("POST", f"/api/v1/statuses/{posted['id']}/quotes/{quoting_status['id']}/revoke")
    await scene.settle()
    gone_stamp = next(one for one in scene.victim.received if one["type"] == "Delete")
    assert gone_stamp["object"]["type"] == "QuoteAuthorization"
    assert gone_stamp["object"]["interactingObject"] == note["id"]
    without = {key: value for key, value in note.items() if key != "quote"}
    for version in (without, note):
        await scene.done(scene.bob, scene.bob.activity("Update", version))
    await scene.done(scene.bob, scene.bob.activity("QuoteRequest", posted["uri"], instrument=note))
    assert [one["type"] for one in answers(scene.bob)] == ["Accept", "Reject"]
    assert (await quote_of(scene.alice, quoting_status["id"]))["state"] == "revoked"
    assert await scene.count("quotes", "state = 'revoked'") == 1


# -- asking -----------------------------------------------------------------------------------------------------------

OPEN: dict[str, Any] = {"interactionPolicy": {"canQuote": {"automaticApproval": PUBLIC}}}


async def _asked(scene: Scene) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """Alice, whom bob follows, quotes bob: her post, bob's, and the request that bob's server got."""
    await scene.follows(scene.bob, scene.alice)
    note = scene.bob.note("bob's words", **OPEN)
    found = await scene.alice.call("GET", "/api/v2/search", params={"q": note["id"], "resolve": "true"})
    posted = await scene.alice.post("look", quoted_status_id=found["statuses"][0]["id"])
    await scene.settle()
    asked = next(one for one in scene.victim.received if one["type"] == "QuoteRequest")
    return posted, note, asked


async def test_the_request_has_the_whole_post_in_it(scene: Scene) -> None:
    posted, note, asked = await _asked(scene)
    assert (asked["actor"], asked["object"]) == (scene.uri(scene.alice), note["id"])
    assert (asked["instrument"]["id"], asked["instrument"]["quote"]) == (posted["uri"], note["id"])
    assert "quoteAuthorization" not in asked["instrument"]


async def test_consent_is_passed_on_with_an_update(scene: Scene) -> None:
    posted, _, asked = await _asked(scene)
    stamp = scene.bob.url("stamps/1")
    await scene.done(scene.bob, scene.bob.activity("Accept", asked, result=stamp))
    assert (await quote_of(scene.alice, posted["id"]))["state"] == "accepted"
    update = next(one for one in reversed(scene.victim.received) if one["type"] == "Update")
    assert update["object"]["quoteAuthorization"] == stamp
    assert "updated" not in update["object"]
    await scene.done(scene.bob, scene.bob.activity("Delete", stamp))
    assert (await quote_of(scene.alice, posted["id"]))["state"] == "revoked"
    update = [one for one in scene.victim.received if one["type"] == "Update"][-1]
    assert "quote" not in update["object"]


async def test_an_answer_by_its_id_alone_is_understood(scene: Scene) -> None:
    posted, _, asked = await _asked(scene)
    await scene.done(scene.bob, scene.bob.activity("Reject", asked["id"]))
    assert await quote_of(scene.alice, posted["id"]) == {"state": "rejected", "quoted_status": None}


async def test_consent_counts_from_the_quoted_author_only_and_with_a_stamp_of_that_server(scene: Scene) -> None:
    posted, _, asked = await _asked(scene)
    await scene.known(scene.mallory, scene.mal)
    stamp = scene.bob.url("stamps/1")
    wrong = [
        (scene.mallory, {"result": stamp}),
        (scene.mal, {"result": scene.mal.url("stamps/1")}),
        (scene.bob, {"result": scene.mal.url("stamps/1")}),
        (scene.bob, {}),
    ]
    for actor, fields in wrong:
        await scene.send(actor, actor.activity("Accept", asked, **fields))
        await scene.settle()
        assert (await quote_of(scene.alice, posted["id"]))["state"] == "pending"
    await scene.send(scene.mallory, scene.mallory.activity("Reject", asked))
    await scene.settle()
    assert (await quote_of(scene.alice, posted["id"]))["state"] == "pending"

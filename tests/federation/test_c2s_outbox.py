"""What clients post to the outbox of their person (ActivityPub, section 6), and what others get of it."""

import itertools
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from fedinote.auth import clients, limits, tokens
from fedinote.infra.app import App
from fedinote.infra.sections import Limits
from tests.federation.scene import Scene
from tests.support.fakefedi import ACTIVITY, PUBLIC
from tests.support.instances import Instance, Person

LD_JSON = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'


async def send(
    person: Person,
    document: Any,
    *,
    status: int = 201,
    token: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> str:
    """Post to the person's outbox; the Location of the answer, or "" when it was refused."""
    url = f"http://{person.instance.host}/users/{person.name}/outbox"
    sent = {"Authorization": f"Bearer {token or person.token}", "Content-Type": LD_JSON, **(headers or {})}
    async with person.instance.http.post(url, json=document, headers=sent) as answer:
        assert answer.status == status, f"{answer.status} {await answer.text()}"
        return answer.headers.get("Location", "")


async def read(person: Person, url: str, *, status: int = 200, token: str | None = "") -> Any:
    """GET a document of our server with the person's token (None: without any)."""
    path = url.removeprefix(f"http://{person.instance.host}")
    return await person.instance.call(
        "GET", path, token=person.token if token == "" else token, status=status, headers={"Accept": ACTIVITY}
    )


def note(text: str, **fields: Any) -> dict[str, Any]:
    return {"@context": "https://www.w3.org/ns/activitystreams", "type": "Note", "content": text, **fields}


def create(about: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return {"@context": "https://www.w3.org/ns/activitystreams", "type": "Create", "object": dict(about), **fields}


def uri(person: Person) -> str:
    return f"http://{person.instance.host}/users/{person.name}"


def followers(person: Person) -> str:
    return f"{uri(person)}/followers"


async def scoped(app: App, person: Person, *scopes: str) -> str:
    """Another token of the person, with these scopes alone."""
    client = await clients.command_line(app)
    user_id = await app.db.value("SELECT id AS value FROM users WHERE account_id = ?", person.account_id)
    return (await tokens.issue(app, app_id=client.id, user_id=user_id, scopes=scopes)).text


@pytest.fixture
async def alice(home: Instance) -> Person:
    return await home.person("alice")


@pytest.fixture
async def bao(home: Instance) -> Person:
    return await home.person("bao")


# -- Create -----------------------------------------------------------------------------------------------------------


async def test_a_create_becomes_a_post_with_ids_of_ours(alice: Person) -> None:
    body = create(note("<p>Hello</p>", id="https://else.example/1"), id="https://else.example/2", to=[PUBLIC])
    location = await send(alice, body)
    made = await read(alice, location)
    assert made["id"] == location
    assert location.startswith(f"{uri(alice)}/statuses/")
    assert made["type"] == "Create"
    assert made["actor"] == made["object"]["attributedTo"] == uri(alice)
    assert made["object"]["id"] == location.removesuffix("/activity")
    assert made["object"]["content"] == "<p>Hello</p>"
    assert made["object"]["to"] == [PUBLIC]


async def test_a_bare_object_becomes_the_object_of_a_create(alice: Person) -> None:
    location = await send(alice, note("Say, did you finish reading that book?", to=[PUBLIC]))
    assert (await read(alice, location))["object"]["content"] == "Say, did you finish reading that book?"
    statuses = await alice.call("GET", f"/api/v1/accounts/{alice.account_id}/statuses")
    assert [one["content"] for one in statuses] == ["Say, did you finish reading that book?"]


async def test_what_is_dangerous_in_a_note_is_taken_out(alice: Person) -> None:
    location = await send(alice, note('<p onclick="x()">Hi<script>alert(1)</script> <img src=x></p>', to=[PUBLIC]))
    content = (await read(alice, location))["object"]["content"]
    assert "script" not in content
    assert "onclick" not in content
    assert "<img" not in content
    assert content.startswith("<p>Hi")


@pytest.mark.parametrize(
    ("addressing", "visibility"),
    [
        ({"to": [PUBLIC]}, "public"),
        ({"to": "as:Public"}, "public"),
        ({"audience": PUBLIC}, "public"),
        ({"to": ["F"], "cc": [PUBLIC]}, "unlisted"),
        ({"cc": PUBLIC}, "unlisted"),
        ({"to": ["F"]}, "private"),
        ({"cc": ["F"]}, "private"),
        ({"to": ["https://else.example/users/x/followers"]}, "direct"),
        ({"bto": [PUBLIC]}, "direct"),
        ({"bcc": ["F"]}, "direct"),
        ({}, "direct"),
    ],
)
async def test_addressing_becomes_a_visibility_and_what_fits_none_the_narrower(
    alice: Person, addressing: dict[str, Any], visibility: str
) -> None:
    own = {name: [followers(alice) if u == "F" else u for u in v] if isinstance(v, list) else v
           for name, v in addressing.items()}  # fmt: skip
    await send(alice, note("Hello", **own))
    await send(alice, create(note("Hello"), **own))
    rows = await alice.instance.app.db.rows("SELECT visibility FROM posts")
    assert [row["visibility"] for row in rows] == [visibility, visibility]


async def test_recipients_of_the_create_and_of_its_object_are_put_together(alice: Person, bao: Person) -> None:
    location = await send(alice, create(note("Hi", to=[followers(alice)]), cc=[uri(bao)]))
    made = await read(alice, location)
    assert made["to"] == made["object"]["to"] == [followers(alice)]
    assert made["cc"] == made["object"]["cc"] == [uri(bao)]


async def test_somebody_in_to_is_mentioned_and_told(alice: Person, bao: Person) -> None:
    location = await send(alice, note("Psst", to=[uri(bao)]))
    about = (await read(bao, location))["object"]
    assert about["to"] == [uri(bao)]
    assert [tag["href"] for tag in about["tag"]] == [uri(bao)]
    told = await bao.call("GET", "/api/v1/notifications?include_filtered=true")
    assert [(one["type"], one["status"]["content"], one["status"]["visibility"]) for one in told] == [
        ("mention", "Psst", "direct")
    ]


async def test_a_tag_alone_does_not_show_a_private_note_to_anybody(alice: Person, bao: Person) -> None:
    tag = {"type": "Mention", "href": uri(bao), "name": "@bao"}
    location = await send(alice, note("About bao", to=[followers(alice)], tag=[tag]))
    await read(bao, location, status=404)
    open_one = await send(alice, note("About bao", to=[PUBLIC], tag=[tag]))
    assert uri(bao) in (await read(bao, open_one))["cc"]


async def test_blind_recipients_get_the_post_and_nobody_else_learns_of_them(home: Instance, alice: Person) -> None:
    bao, carol = await home.person("bao"), await home.person("carol")
    location = await send(alice, note("A surprise", to=[uri(bao)], bcc=[uri(carol)]))
    for reader in (alice, bao, carol):
        made = await read(reader, location)
        assert uri(carol) not in str(made)
        assert "bcc" not in made
        assert "bcc" not in made["object"]
    assert [one["content"] for one in await _conversation(carol)] == ["A surprise"]
    seen = [[who["username"] for who in one["accounts"]] for one in await bao.call("GET", "/api/v1/conversations")]
    assert seen == [["alice"]]
    own = [[who["username"] for who in one["accounts"]] for one in await alice.call("GET", "/api/v1/conversations")]
    assert sorted(own[0]) == ["bao", "carol"]


async def _conversation(person: Person) -> list[Any]:
    return [one["last_status"] for one in await person.call("GET", "/api/v1/conversations")]


async def test_blind_recipients_elsewhere_get_it_in_their_own_inbox(scene: Scene) -> None:
    await scene.known(scene.bob, scene.mal)
    await send(scene.alice, note("A surprise", to=[scene.bob.id], bto=[scene.mal.id]))
    await scene.settle()
    got = [seen for seen in scene.evil.requests if seen.method == "POST"]
    assert [seen.path for seen in got] == ["/users/evil/inbox"]
    assert scene.mal.id not in str(got[0].json)
    assert [seen.path for seen in scene.victim.requests if seen.method == "POST"] == ["/inbox"]
    assert scene.mal.id not in str(scene.victim.received)


async def test_a_reply_stands_below_what_it_answers(scene: Scene) -> None:
    question = scene.bob.note("What is for supper?", to=[PUBLIC])
    location = await send(scene.alice, note("Soup", inReplyTo=question["id"], to=[PUBLIC], cc=[scene.bob.id]))
    assert (await read(scene.alice, location))["object"]["inReplyTo"] == question["id"]
    await scene.settle()
    assert [(a["type"], a["object"]["content"]) for a in scene.victim.received] == [("Create", "Soup")]


async def test_an_answer_to_what_the_author_may_not_see_is_refused(alice: Person, bao: Person) -> None:
    hidden = await bao.post("Hidden", visibility="private")
    await send(alice, note("Aha", inReplyTo=hidden["uri"], to=[PUBLIC]), status=404)


async def test_a_note_in_two_languages_is_one_post_in_two_languages(alice: Person) -> None:
    both = {"en": "<p>Hello</p>", "zh": "<p>你好</p>"}
    location = await send(alice, {"type": "Note", "contentMap": both, "to": PUBLIC})
    about = (await read(alice, location))["object"]
    assert about["content"] == "<p>Hello</p>"
    assert {tag: about["contentMap"][tag] for tag in both} == both


async def test_warning_sensitivity_and_hashtags_are_kept(alice: Person) -> None:
    body = note("Look, <b>#tea</b>", summary="food", tag=[{"type": "Hashtag", "name": "#Soup"}], to=[PUBLIC])
    about = (await read(alice, await send(alice, body)))["object"]
    assert (about["summary"], about["sensitive"]) == ("food", True)
    assert {tag["name"].lower() for tag in about["tag"]} == {"#tea", "#soup"}


async def test_a_question_is_a_poll(alice: Person, bao: Person) -> None:
    options = [{"type": "Note", "name": name} for name in ("tea", "coffee")]
    location = await send(alice, {"type": "Question", "content": "Which?", "oneOf": options, "to": PUBLIC})
    about = (await read(bao, location))["object"]
    assert about["type"] == "Question"
    vote = {"type": "Note", "name": "coffee", "inReplyTo": about["id"], "to": uri(alice)}
    await send(bao, vote)
    counted = (await read(bao, location))["object"]["oneOf"]
    assert [(one["name"], one["replies"]["totalItems"]) for one in counted] == [("tea", 0), ("coffee", 1)]
    await send(bao, vote, status=422)
    await send(bao, {**vote, "name": "water"}, status=422)


async def test_the_same_idempotency_key_gives_the_first_post_again(alice: Person) -> None:
    key = {"Idempotency-Key": "one"}
    first, second = [await send(alice, note("Once", to=[PUBLIC]), headers=key) for _ in range(2)]
    assert first == second
    assert await send(alice, note("Once", to=[PUBLIC])) != first


async def test_a_quote_and_who_may_quote_are_taken_from_the_note(alice: Person, bao: Person) -> None:
    quoted = await send(bao, note("Tea", to=[PUBLIC]))
    about = quoted.removesuffix("/activity")
    nobody = {"canQuote": {"automaticApproval": uri(alice)}}
    location = await send(alice, note("Look", to=[PUBLIC], quote=about, interactionPolicy=nobody))
    made = (await read(alice, location))["object"]
    assert made["quote"] == about
    await send(bao, note("Mine now", to=[PUBLIC], quote=made["id"]), status=404)
    await send(alice, {"type": "Update", "object": {"id": made["id"], "summary": "tea"}})
    stored = await alice.instance.app.db.value("SELECT content AS value FROM posts WHERE uri = ?", made["id"])
    assert stored == "Look"


async def test_who_may_answer_is_taken_from_the_note_or_from_ones_settings(alice: Person, bao: Person) -> None:
    nobody = {"canReply": {"automaticApproval": uri(alice)}}
    await alice.call("PATCH", "/api/v1/accounts/update_credentials", json={"source": {"reply_policy": "followers"}})
    for policy, wanted in (({"interactionPolicy": nobody}, [uri(alice)]), ({}, [f"{uri(alice)}/followers"])):
        location = await send(alice, note("Look", to=[PUBLIC], **policy))
        made = (await read(alice, location))["object"]
        assert made["interactionPolicy"]["canReply"]["automaticApproval"] == wanted
        answer = {"status": "but", "in_reply_to_id": made["id"].rpartition("/")[2]}
        await bao.call("POST", "/api/v1/statuses", json=answer, status=403)


async def test_one_allowance_is_for_all_doors(home: Instance, alice: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    home.app.settings = msgspec.structs.replace(home.app.settings, limits=Limits(enabled=True))
    monkeypatch.setitem(limits.LIMITS, "statuses", limits.Limit(2, 3600))
    await alice.post("one")
    await send(alice, note("two", to=[PUBLIC]))
    await send(alice, note("three", to=[PUBLIC]), status=429)
    await alice.call("POST", "/api/v1/statuses", json={"status": "four"}, status=429)


# -- Update, Delete ---------------------------------------------------------------------------------------------------


async def test_an_update_changes_what_is_given_and_null_takes_away(alice: Person) -> None:
    location = await send(alice, note("v0", summary="careful", to=[PUBLIC]))
    about = (await read(alice, location))["object"]
    kept = await send(alice, {"type": "Update", "object": {"id": about["id"], "type": "Note", "content": "v1"}})
    changed = await read(alice, about["id"])
    assert (changed["content"], changed["summary"]) == ("v1", "careful")
    assert "updated" in changed
    assert (await read(alice, kept))["object"] == about["id"]
    await send(alice, {"type": "Update", "object": {"id": about["id"], "summary": None, "to": []}})
    changed = await read(alice, about["id"])
    assert (changed["content"], changed["summary"], changed["to"]) == ("v1", None, [PUBLIC])


async def test_an_update_keeps_pictures_poll_and_mentions(alice: Person, bao: Person) -> None:
    options = [{"type": "Note", "name": name} for name in ("tea", "coffee")]
    body = {"type": "Question", "content": "v0", "oneOf": options, "to": PUBLIC, "cc": uri(bao)}
    about = (await read(alice, await send(alice, body)))["object"]
    await send(bao, {"type": "Note", "name": "tea", "inReplyTo": about["id"], "to": uri(alice)})
    await send(alice, {"type": "Update", "object": {"id": about["id"], "content": "v1"}})
    changed = await read(bao, about["id"])
    assert changed["content"] == "v1"
    assert [one["replies"]["totalItems"] for one in changed["oneOf"]] == [1, 0]
    assert uri(bao) in changed["cc"]


async def test_the_profile_is_changed_by_an_update_of_the_actor(alice: Person) -> None:
    given = {"id": uri(alice), "type": "Person", "name": "Alice A.", "summary": "<p>Tea &amp; books</p>"}
    await send(alice, {"type": "Update", "object": {**given, "manuallyApprovesFollowers": True}})
    document = await read(alice, uri(alice))
    assert (document["name"], document["manuallyApprovesFollowers"]) == ("Alice A.", True)
    assert "Tea &amp; books" in document["summary"]
    await send(alice, {"type": "Update", "object": {"id": uri(alice), "summary": None}})
    document = await read(alice, uri(alice))
    assert (document["name"], document["summary"]) == ("Alice A.", "")


async def test_what_is_deleted_is_gone(alice: Person) -> None:
    about = (await send(alice, note("Oops", to=[PUBLIC]))).removesuffix("/activity")
    kept = await send(alice, {"type": "Delete", "object": about})
    await read(alice, about, status=410)
    assert (await read(alice, kept))["type"] == "Delete"


async def test_others_posts_can_be_neither_changed_nor_deleted(alice: Person, bao: Person) -> None:
    about = (await send(alice, note("Mine", to=[PUBLIC]))).removesuffix("/activity")
    await send(bao, {"type": "Update", "object": {"id": about, "content": "Yours"}}, status=404)
    await send(bao, {"type": "Delete", "object": about}, status=404)
    await send(bao, {"type": "Update", "object": {"id": uri(alice), "name": "Mallory"}}, status=404)
    assert (await read(bao, about))["content"] == "Mine"


# -- the other verbs --------------------------------------------------------------------------------------------------


async def test_a_follow_reaches_the_other_server_and_can_be_undone(scene: Scene) -> None:
    location = await send(scene.alice, {"type": "Follow", "object": scene.bob.id})
    await scene.settle()
    request = scene.victim.received[-1]
    assert (request["type"], request["id"], request["object"]) == ("Follow", location, scene.bob.id)
    assert (await read(scene.alice, location))["object"] == scene.bob.id
    await send(scene.alice, {"type": "Undo", "object": location})
    await scene.settle()
    assert scene.victim.kinds()[-1] == "Undo"
    await read(scene.alice, location, status=404)


async def test_likes_and_boosts_go_out_and_are_taken_back(scene: Scene) -> None:
    post = scene.bob.note("Look", to=[PUBLIC])
    like = await send(scene.alice, {"type": "Like", "object": post["id"], "to": scene.bob.id})
    boost = await send(scene.alice, {"type": "Announce", "object": post["id"], "to": [PUBLIC]})
    await scene.settle()
    assert [(a["type"], a["id"]) for a in scene.victim.received] == [("Like", like), ("Announce", boost)]
    assert (await read(scene.alice, like))["type"] == "Like"
    assert (await read(scene.carol, boost))["type"] == "Announce"
    await read(scene.carol, like, status=404)
    await send(scene.alice, {"type": "Undo", "object": {"type": "Like", "object": post["id"]}})
    await send(scene.alice, {"type": "Undo", "object": {"id": boost, "type": "Announce"}})
    await scene.settle()
    assert scene.victim.kinds()[2:] == ["Undo", "Undo"]
    assert await scene.count("favourites") == 0


async def test_a_reaction_is_an_emoji_react_or_a_like_with_an_emoji(scene: Scene) -> None:
    post = scene.bob.note("Look", to=[PUBLIC])
    first = await send(scene.alice, {"type": "EmojiReact", "object": post["id"], "content": "🎉"})
    second = await send(scene.alice, {"type": "Like", "object": post["id"], "content": "🍵"})
    await send(scene.alice, {"type": "EmojiReact", "object": post["id"], "content": "no emoji"}, status=422)
    await scene.settle()
    assert [(a["id"], a["content"]) for a in scene.victim.received] == [(first, "🎉"), (second, "🍵")]
    assert await scene.count("favourites") == 0
    await send(scene.alice, {"type": "Undo", "object": first})
    await scene.settle()
    assert scene.victim.kinds()[-1] == "Undo"
    assert await scene.count("reactions") == 1


async def test_a_boost_is_for_the_public_or_for_followers(alice: Person, bao: Person) -> None:
    post = (await bao.post("Look"))["uri"]
    await send(alice, {"type": "Announce", "object": post}, status=422)
    boost = await send(alice, {"type": "Announce", "object": post, "to": followers(alice)})
    assert (await read(alice, boost))["to"] == [followers(alice)]
    await read(bao, boost, status=404)


async def test_a_private_post_of_somebody_else_is_not_boosted(alice: Person, bao: Person) -> None:
    await alice.follow(bao)
    post = (await bao.post("Hush", visibility="private"))["uri"]
    await send(alice, {"type": "Announce", "object": post, "to": [PUBLIC]}, status=403)


async def test_a_block_is_kept_and_taken_back(alice: Person, bao: Person) -> None:
    location = await send(alice, {"type": "Block", "object": uri(bao)})
    assert (await read(alice, location))["object"] == uri(bao)
    await read(bao, location, status=404)
    assert [one["acct"] for one in await alice.call("GET", "/api/v1/blocks")] == ["bao"]
    await send(alice, {"type": "Undo", "object": {"id": location}})
    assert await alice.call("GET", "/api/v1/blocks") == []


async def test_add_and_remove_change_the_featured_posts_alone(alice: Person) -> None:
    about = (await send(alice, note("Pinned", to=[PUBLIC]))).removesuffix("/activity")
    featured = f"{uri(alice)}/collections/featured"
    await send(alice, {"type": "Add", "object": about, "target": featured})
    assert [one["id"] for one in (await read(alice, featured))["orderedItems"]] == [about]
    await send(alice, {"type": "Remove", "object": about, "target": featured})
    assert (await read(alice, featured))["orderedItems"] == []
    await send(alice, {"type": "Add", "object": about, "target": followers(alice)}, status=422)


async def test_a_request_to_follow_is_accepted_or_rejected(home: Instance, alice: Person, bao: Person) -> None:
    await send(alice, {"type": "Update", "object": {"id": uri(alice), "manuallyApprovesFollowers": True}})
    carol = await home.person("carol")
    asked = await send(bao, {"type": "Follow", "object": uri(alice)})
    also = await send(carol, {"type": "Follow", "object": uri(alice)})
    await send(bao, {"type": "Accept", "object": asked}, status=404)
    await send(alice, {"type": "Accept", "object": asked})
    await send(alice, {"type": "Reject", "object": {"type": "Follow", "id": also, "actor": uri(carol)}})
    found = await alice.call("GET", f"/api/v1/accounts/{alice.account_id}/followers")
    assert [one["acct"] for one in found] == ["bao"]


# -- refusals ---------------------------------------------------------------------------------------------------------


async def test_an_outbox_takes_nothing_without_its_persons_token(alice: Person, bao: Person) -> None:
    url = f"http://{alice.instance.host}/users/alice/outbox"
    async with alice.instance.http.post(url, json=note("Hi", to=[PUBLIC])) as answer:
        assert answer.status == 401
        assert (await answer.json())["error"]
    await send(alice, note("Hi", to=[PUBLIC]), token="forged", status=401)
    await send(alice, note("Hi", to=[PUBLIC]), token=bao.token, status=403)
    assert await alice.instance.app.db.value("SELECT COUNT(*) AS value FROM posts") == 0


@pytest.mark.parametrize(
    ("body", "scope"),
    [
        (note("Hi", to=[PUBLIC]), "write:statuses"),
        ({"type": "Follow", "object": "BAO"}, "write:follows"),
        ({"type": "Block", "object": "BAO"}, "write:blocks"),
        ({"type": "Like", "object": "POST"}, "write:favourites"),
        ({"type": "Announce", "object": "POST", "to": PUBLIC}, "write:statuses"),
        ({"type": "Update", "object": {"id": "ALICE", "name": "A."}}, "write:accounts"),
        ({"type": "Update", "object": {"id": "OWN", "content": "new"}}, "write:statuses"),
        ({"type": "Add", "object": "OWN", "target": "FEATURED"}, "write:accounts"),
        ({"type": "Delete", "object": "OWN"}, "write:statuses"),
        ({"type": "Undo", "object": "LIKE"}, "write:favourites"),
    ],
)
async def test_each_activity_asks_for_its_own_scope(alice: Person, bao: Person, body: Any, scope: str) -> None:
    like = await send(alice, {"type": "Like", "object": (await bao.post("Liked"))["uri"]})
    own = (await alice.post("Own"))["uri"]
    words = {"BAO": uri(bao), "ALICE": uri(alice), "OWN": own, "LIKE": like, "POST": (await bao.post("Look"))["uri"],
             "FEATURED": f"{uri(alice)}/collections/featured"}  # fmt: skip
    body = _filled(body, words)
    others = {"read", "write:statuses", "write:follows", "write:favourites", "write:accounts", "write:blocks"} - {scope}
    await send(alice, body, token=await scoped(alice.instance.app, alice, *sorted(others)), status=403)
    await send(alice, body, token=await scoped(alice.instance.app, alice, scope))


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(one, words) for name, one in value.items()}
    return words.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([], 400),
        ({}, 400),
        ({"type": "Arrive", "object": "https://a.example/1"}, 422),
        ({"type": "Video", "content": "x"}, 422),
        ({"type": "Create", "object": "https://a.example/1"}, 422),
        ({"type": "Like"}, 422),
        ({"type": "Note", "content": "   ", "to": PUBLIC}, 422),
        ({"type": "Note", "content": "x" * 5001, "to": PUBLIC}, 422),
        ({"type": "Note", "content": "Hi", "attributedTo": "https://a.example/1"}, 403),
        ({"type": "Like", "actor": "https://a.example/1", "object": "https://a.example/2"}, 403),
        ({"type": "Question", "content": "Which?", "to": PUBLIC}, 422),
        ({"type": "Note", "content": "Hi", "to": [f"https://a.example/{n}" for n in range(101)]}, 422),
        ({"type": "Undo", "object": "https://a.example/1"}, 404),
        ({"type": "Note", "content": "Hi", "attachment": [{"type": "Image", "url": "https://a.example/1.png"}]}, 422),
    ],
)
async def test_what_cannot_be_done_is_refused_in_words(alice: Person, body: Any, status: int) -> None:
    await send(alice, body, status=status)
    assert await alice.instance.app.db.value("SELECT COUNT(*) AS value FROM posts") == 0


@pytest.mark.parametrize("kind", ["Question", "Create", "Update", "Undo"])
async def test_odd_shapes_are_refused_and_break_nothing(home: Instance, alice: Person, kind: str) -> None:
    own = (await alice.post("Own"))["uri"]
    names: tuple[str, ...] = ("object", "content", "to", "bto", "tag", "attachment", "inReplyTo", "contentMap")
    names += ("summary", "source", "oneOf", "endTime", "target", "actor", "attributedTo", "id", "name", "quote", "type")
    odd: tuple[Any, ...] = (None, 5, "x", [[]], {"id": 5}, [f"http://{home.host}/none", {"type": 3}])
    url = f"http://{home.host}/users/alice/outbox"
    headers = {"Authorization": f"Bearer {alice.token}"}
    about: dict[str, Any] = {"id": own, "type": "Note"}
    right: dict[str, Any] = {"type": kind, "content": "Hi", "to": PUBLIC, "object": about}
    for name, value in itertools.product(names, odd):
        inner = {**right, "object": {**about, name: value}}
        for body in ({**right, name: value}, *([inner] if kind in ("Create", "Update") else [])):
            async with home.http.post(url, json=body, headers=headers) as answer:
                assert answer.status < 500, f"{body}: {await answer.text()}"
                assert answer.status < 300 or "error" in await answer.json(content_type=None)


async def test_an_account_is_not_deleted_by_a_client(alice: Person) -> None:
    await send(alice, {"type": "Delete", "object": uri(alice)}, status=403)


async def test_what_is_kept_of_an_activity_is_for_its_author_alone(alice: Person, bao: Person) -> None:
    about = (await send(alice, note("Oops", to=[PUBLIC]))).removesuffix("/activity")
    kept = await send(alice, {"type": "Delete", "object": about})
    await read(bao, kept, status=404)
    await read(alice, kept, status=404, token=None)

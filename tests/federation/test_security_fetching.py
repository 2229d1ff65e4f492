"""Attack classes A07, A08, A10 and A23: what may be believed of a document that was fetched."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.federation.scene import Scene
from tests.support.fakefedi import ACTIVITY, JRD, PUBLIC, Answer, FakeActor, jrd, redirect

MARK = "FORGED"
LD = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'


async def _believed(scene: Scene, mark: str = MARK) -> bool:
    """Whether anything of the attacker's words is in a post or an account."""
    posts = await scene.count("posts", "content LIKE ?", f"%{mark}%")
    return bool(posts + await scene.count("accounts", "display_name LIKE ? OR note LIKE ?", f"%{mark}%", f"%{mark}%"))


async def _search(scene: Scene, url: str) -> None:
    await scene.alice.call("GET", "/api/v2/search", params={"q": url, "resolve": "true"})


async def _answer(scene: Scene, url: str) -> None:
    note = scene.mal.note("an answer", to=[scene.uri(scene.alice)], inReplyTo=url)
    await scene.done(scene.mal, scene.mal.create(note))


async def _boost(scene: Scene, url: str) -> None:
    await scene.done(scene.mal, scene.mal.activity("Announce", url, to=[PUBLIC]))


async def _create(scene: Scene, url: str) -> None:
    await scene.done(scene.mal, scene.mal.activity("Create", url, to=[scene.uri(scene.alice)]))


async def _pin(scene: Scene, url: str) -> None:
    await scene.done(scene.mal, scene.mal.activity("Add", url, target=scene.mal.document["featured"]))


WAYS: dict[str, Callable[[Scene, str], Any]] = {
    "search": _search,
    "inReplyTo": _answer,
    "Announce": _boost,
    "Create": _create,
    "Add": _pin,
}


def _note(scene: Scene, actor: FakeActor, uri: str, text: str) -> dict[str, Any]:
    return actor.note(text, id=uri, to=[PUBLIC, scene.uri(scene.alice)])


@pytest.mark.parametrize("way", WAYS)
async def test_a_document_speaks_for_no_other_address(scene: Scene, way: str) -> None:
    await scene.follow(scene.alice, scene.mal)
    await scene.known(scene.bob)
    victim, evil = scene.victim, scene.evil
    bobs = {**scene.bob.document, "name": MARK}
    forged = {**_note(scene, scene.bob, f"{victim.base}/n/1", MARK)}
    victim.pages.pop("/n/1")
    evil.serve("/x", forged)
    evil.serve("/who", bobs)
    evil.pages["/y"] = redirect(f"{victim.base}/redirect?to={evil.base}/z")
    victim.pages["/redirect"] = redirect(f"{evil.base}/z")
    evil.serve("/z", {**forged, "id": f"{victim.base}/n/2"})
    evil.serve("/fake", {**forged, "id": f"{victim.base}/open-redirect"})
    victim.pages["/open-redirect"] = redirect(f"{evil.base}/fake")
    evil.serve("/other-author", {**forged, "id": f"{evil.base}/other-author"})
    victim.serve("/uploads/1", {**forged, "id": f"{evil.base}/n/9", "attributedTo": scene.mal.id})
    for url in (
        f"{evil.base}/x",
        f"{evil.base}/who",
        f"{evil.base}/y",
        f"{evil.base}/z",
        f"{evil.base}/fake",
        f"{victim.base}/open-redirect",
        f"{victim.base}/redirect?to={evil.base}/z",
        f"{evil.base}/other-author",
        f"{victim.base}/uploads/1",
    ):
        await WAYS[way](scene, url)
        await scene.settle()
        assert not await _believed(scene), url
    await _control(scene, way)


async def _control(scene: Scene, way: str) -> None:
    """A document at its own address is believed by the same way."""
    uri = _note(scene, scene.mal, f"{scene.evil.base}/n/true", "CONTROL")["id"]
    await WAYS[way](scene, uri)
    await scene.settle()
    assert await _believed(scene, "CONTROL"), way


async def test_a_key_behind_a_redirect_or_at_another_address_verifies_nothing(scene: Scene) -> None:
    bobs = {**scene.bob.document, "name": MARK}
    pem = scene.mal.document["publicKey"]["publicKeyPem"]
    bobs["publicKey"] = {**bobs["publicKey"], "publicKeyPem": pem}
    scene.evil.serve("/bob", bobs)
    scene.victim.pages["/to-evil"] = redirect(f"{scene.evil.base}/bob")
    scene.evil.pages["/to-victim"] = redirect(f"{scene.victim.base}/to-evil")
    note = scene.bob.note(MARK, to=[scene.uri(scene.alice)])
    from tests.support.signing import Way

    for key_id in (f"{scene.evil.base}/bob", f"{scene.victim.base}/to-evil", f"{scene.evil.base}/to-victim"):
        for suffix in ("", "#main-key"):
            way = Way(key=scene.mal.key, key_id=key_id + suffix)
            assert await scene.send(scene.bob, scene.bob.create(note), way) == 401, key_id
            await scene.settle()
    assert not await _believed(scene)
    assert await scene.count("account_keys", "public_pem = ?", pem) == 0
    await scene.done(scene.bob, scene.bob.create(note))
    assert await scene.count("posts") == 1


async def test_only_activity_pub_types_are_read_as_such(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.mal)
    await scene.known(scene.bob)
    wrong: list[str | None] = [
        "text/plain",
        "application/json",
        "application/octet-stream",
        "image/png",
        "text/html",
        "application/ld+json",
        'application/ld+json; profile="https://example.org/"',
        "text/plain; x=application/activity+json",
        'text/plain; profile="https://www.w3.org/ns/activitystreams"',
        "application/activity+jsonx",
        "application/activity+json, text/html",
        "",
        None,
    ]
    answers: list[dict[str, Any]] = [{"content_type": kind} for kind in wrong]
    answers.append({"content_type": "text/html", "headers": [("Content-Type", ACTIVITY)]})
    answers.append({"content_type": ACTIVITY, "headers": [("Content-Type", "text/html")]})
    for number, options in enumerate(answers):
        note = _note(scene, scene.bob, f"{scene.victim.base}/uploads/{number}.json", MARK)
        scene.victim.pages[f"/uploads/{number}.json"] = Answer(note, **options)
        for way in (_search, _boost):
            await way(scene, note["id"])
            assert not await _believed(scene), options
    for number, kind in enumerate(
        (
            "application/activity+json; charset=utf-8",
            "Application/Activity+JSON",
            LD,
            LD.upper().replace("HTTPS://WWW.W3.ORG/NS/ACTIVITYSTREAMS", "https://www.w3.org/ns/activitystreams"),
            f"{LD}; charset=utf-8",
        )
    ):
        note = _note(scene, scene.bob, f"{scene.victim.base}/real/{number}", f"CONTROL{number}")
        scene.victim.pages[f"/real/{number}"] = Answer(note, content_type=kind)
        await _search(scene, note["id"])
        assert await _believed(scene, f"CONTROL{number}"), kind


async def test_an_actor_or_key_of_another_type_is_not_read(scene: Scene) -> None:
    for kind in ("text/plain", "application/json", "application/ld+json", "text/html", None):
        scene.victim.pages["/users/bob"] = Answer(scene.bob.document, content_type=kind)
        await scene.refused_by_key(kind)
    scene.forget_failures()
    scene.victim.pages["/users/bob"] = Answer(scene.bob.document, content_type=LD)
    await scene.known(scene.bob)


async def _handle(scene: Scene, actor: FakeActor) -> str | None:
    row = await scene.row("SELECT username, domain FROM accounts WHERE uri = ?", actor.id)
    return f"{row['username']}@{row['domain']}" if row else None


async def test_a_handle_of_another_host_must_be_confirmed_there(scene: Scene) -> None:
    await scene.known(scene.bob)
    false_bob = scene.evil.actor("bob", key=4)
    scene.evil.serve("/.well-known/webfinger", jrd(f"bob@{scene.victim.name}", false_bob.id), content_type=JRD)
    await scene.known(false_bob)
    assert await _handle(scene, false_bob) == f"bob@{scene.evil.name}"
    assert await _handle(scene, scene.bob) == f"bob@{scene.victim.name}"
    assert (await scene.alice.find(scene.bob.handle))["uri"] == scene.bob.id


async def test_a_name_that_its_host_gave_to_somebody_else_does_not_become_bob_s(scene: Scene) -> None:
    """mallory may point her own handle to any actor; the actor's preferredUsername does not make it bob's."""
    false_bob = scene.evil.actor("bob", key=4)
    scene.evil.serve("/.well-known/webfinger", jrd(f"mallory@{scene.victim.name}", false_bob.id), content_type=JRD)
    fingered = {"bob": scene.bob.id, "mallory": false_bob.id}

    def finger(seen: Any) -> Answer:
        name = seen.target.partition("acct:")[2].partition("@")[0]
        return Answer(jrd(f"{name}@{scene.victim.name}", fingered[name]), content_type=JRD)

    scene.victim.pages["/.well-known/webfinger"] = finger
    await scene.known(false_bob)
    assert await _handle(scene, false_bob) == f"bob@{scene.evil.name}"
    await scene.known(scene.bob)
    assert await _handle(scene, scene.bob) == f"bob@{scene.victim.name}"


async def test_a_handle_on_a_short_domain_that_confirms_it_is_taken(scene: Scene) -> None:
    """The positive control: ids on one host, handles on another (FEP-03c1)."""
    short = await scene.fedi.host("127.0.0.4")
    carl = scene.victim.actor("carl", key=4)
    scene.victim.subjects["carl"] = short.name
    answer = jrd(f"carl@{short.name}", carl.id)
    short.serve("/.well-known/webfinger", answer, content_type=JRD)
    await scene.known(carl)
    assert await _handle(scene, carl) == f"carl@{short.name}"
    assert (await scene.alice.find(f"carl@{short.name}"))["uri"] == carl.id


SUBJECTS: dict[str, Any] = {
    "a path": "bob@{host}/users/bob",
    "a space": "bob @{host}",
    "a line break": "bob@{host}\nx",
    "our own host": "alice@{ours}",
    "two at signs": "bob@{host}@{ours}",
    "nothing": "",
    "a number": 7,
    "a list": ["bob@{host}"],
}


@pytest.mark.parametrize("what", SUBJECTS)
async def test_a_webfinger_subject_that_is_no_handle_leaves_the_host_of_the_id(scene: Scene, what: str) -> None:
    stated = SUBJECTS[what]
    if isinstance(stated, str):
        stated = "acct:" + stated.format(host=scene.victim.name, ours=scene.home.host)
    document = jrd("x@y", scene.mal.id) | {"subject": stated}
    scene.evil.serve("/.well-known/webfinger", document, content_type=JRD)
    await scene.known(scene.mal)
    assert await _handle(scene, scene.mal) == f"evil@{scene.evil.name}"


async def test_aliases_that_lead_in_circles_end_with_the_host_of_the_id(scene: Scene) -> None:
    scene.evil.serve("/.well-known/webfinger", jrd(f"evil@{scene.victim.name}", scene.mal.id), content_type=JRD)
    scene.victim.serve("/.well-known/webfinger", jrd(f"evil@{scene.evil.name}", scene.mal.id), content_type=JRD)
    await scene.known(scene.mal)
    assert await _handle(scene, scene.mal) == f"evil@{scene.evil.name}"
    assert len(scene.fedi.requests) <= 4


async def test_a_webfinger_answer_that_leads_to_evil_does_not_give_evil_the_name(scene: Scene) -> None:
    await scene.known(scene.bob)
    scene.evil.serve("/finger", jrd(f"dan@{scene.victim.name}", scene.mal.id), content_type=JRD)
    scene.victim.pages["/.well-known/webfinger"] = redirect(f"{scene.evil.base}/finger")
    await scene.alice.call("GET", "/api/v2/search", params={"q": f"@dan@{scene.victim.name}", "resolve": "true"})
    assert await scene.count("accounts", "domain = ?", scene.victim.name) == 1
    assert await _handle(scene, scene.mal) in (None, f"evil@{scene.evil.name}")


async def test_of_several_self_links_only_one_of_the_right_type_counts(scene: Scene) -> None:
    answer = jrd(f"bob@{scene.victim.name}", scene.bob.id)
    answer["links"] = [
        {"rel": "self", "type": "text/html", "href": scene.mal.id},
        {"rel": "http://webfinger.net/rel/profile-page", "type": ACTIVITY, "href": scene.mal.id},
        {"rel": "self", "href": scene.mal.id},
        *answer["links"],
        {"rel": "self", "type": ACTIVITY, "href": scene.mal.id},
    ]
    scene.victim.serve("/.well-known/webfinger", answer, content_type=JRD)
    assert (await scene.alice.find(scene.bob.handle))["uri"] == scene.bob.id
    assert await _handle(scene, scene.mal) is None


async def test_names_that_could_mislead_are_cleaned_or_refused(scene: Scene) -> None:
    names: list[Any] = [f"alice@{scene.home.host}", "a/b", "a@b", "x\u202ey", "a b", "", None, 7, ["alice"], {}]
    for number, name in enumerate(names):
        actor = scene.evil.actor(f"n{number}", key=4, preferredUsername=name)
        await scene.send(actor, actor.activity("View", PUBLIC))
        await scene.settle()
        row = await scene.row("SELECT username, domain FROM accounts WHERE uri = ?", actor.id)
        if row is not None:
            assert row["domain"] == scene.evil.name
            assert not set(row["username"]) & set("@/ \u202e\n"), name
    assert await scene.count("accounts", "username_key = 'alice'") <= 2


async def test_two_actors_do_not_share_a_handle(scene: Scene) -> None:
    await scene.known(scene.bob)
    second = scene.victim.actor("bob2", key=4, preferredUsername="bob")
    assert await scene.send(second, second.activity("View", PUBLIC)) in (202, 401)
    assert await scene.count("accounts", "username_key = 'bob' AND domain = ?", scene.victim.name) == 1
    assert await _handle(scene, scene.bob) == f"bob@{scene.victim.name}"


async def test_the_link_to_the_original_is_on_the_host_of_the_id_or_is_the_id(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    bank = "https://bank.test/login"
    own = f"{scene.victim.base}/@bob/1"
    for url, shown in {
        (bank,): None,
        ("javascript:alert(1)",): None,
        ("data:text/html,x",): None,
        ("//bank.test/",): None,
        (f"{scene.victim.base}@bank.test/",): None,
        (f"{scene.victim.base.replace('127', '0127')}/",): None,
        (None,): None,
        (7,): None,
        (own,): own,
    }.items():
        for value in (url[0], [url[0], 5, None], {"type": "Link", "href": url[0]}, [{"type": "Link", "href": url[0]}]):
            note = scene.bob.note("look", url=value)
            await scene.done(scene.bob, scene.bob.create(note))
            row = await scene.row("SELECT id FROM posts WHERE uri = ?", note["id"])
            assert row is not None
            status = await scene.alice.call("GET", f"/api/v1/statuses/{row['id']}")
            assert status["url"] == (shown or note["id"]), value


async def test_the_link_to_somebody_s_page_is_on_the_host_of_the_id_or_is_the_id(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    own = f"{scene.victim.base}/@bob"
    for url, shown in {
        "https://bank.test/login": None,
        "javascript:alert(1)": None,
        "//bank.test/": None,
        f"{scene.victim.base}@bank.test/": None,
        own: own,
    }.items():
        for value in (url, [url, 5, None], {"type": "Link", "href": url}):
            document = {**scene.bob.document, "url": value, "name": f"Bob {value}"[:80]}
            await scene.done(scene.bob, scene.bob.activity("Update", document, to=[PUBLIC]))
            account = await scene.alice.find(scene.bob.handle)
            assert account["display_name"] == document["name"]
            assert account["url"] == (shown or scene.bob.id), value

"""Attack class B04 and rules S05, S06 and S17: what strangers can make this server fetch."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from fedinote.federation import fetching
from fedinote.infra.errors import Refused
from fedinote.policy import domains
from tests.conftest import make_settings
from tests.federation.scene import Scene
from tests.support.databases import Databases
from tests.support.fakefedi import JRD, PUBLIC, Answer, FakeActor, FakeFedi, FakeHost, jrd, redirect
from tests.support.instances import serving
from tests.support.signing import Way, signed


async def test_the_end_or_change_of_an_unknown_actor_is_taken_without_any_work(scene: Scene) -> None:
    for kind in ("Delete", "Update"):
        for target in (scene.mal.id, scene.mal.document):
            async with scene.nothing(kind):
                assert await scene.send(scene.mal, scene.mal.activity(kind, target)) == 202
    async with scene.nothing("not even signed"):
        assert await scene.send(scene.mal, scene.mal.activity("Delete", scene.mal.id), Way(names="date")) == 202
    note = scene.mal.activity("Delete", scene.mal.url("notes/1"))
    assert await scene.send(scene.mal, note, Way(key=scene.bob.key)) == 401


async def _block(scene: Scene, domain: str) -> None:
    await scene.app.db.execute(
        "INSERT INTO domain_blocks (id, domain, severity, reject_media, reject_reports, public_comment,"
        " private_comment, obfuscate, created_at) VALUES (?, ?, 'suspend', FALSE, FALSE, '', '', FALSE, ?)",
        scene.app.ids.next(),
        domain,
        scene.app.now(),
    )
    domains.forget(scene.app)


async def test_a_blocked_domain_is_refused_before_anything_is_fetched(scene: Scene) -> None:
    await _block(scene, scene.evil.name)
    for activity in (
        scene.mal.create(scene.mal.note("Hello", to=[scene.uri(scene.alice)])),
        scene.mal.activity("Follow", scene.uri(scene.alice)),
    ):
        async with scene.nothing("blocked", but=("audit_log",)):
            assert await scene.send(scene.mal, activity) == 403
    async with scene.nothing("a key of the blocked domain", but=("audit_log",)):
        assert await scene.send(scene.bob, scene.bob.activity("View", PUBLIC), Way(key_id=scene.mal.key_id)) == 403
    await scene.known(scene.bob)
    for url in (scene.mal.id, f"{scene.evil.base}/n/1", scene.mal.handle):
        await scene.alice.call("GET", "/api/v2/search", params={"q": url, "resolve": "true"})
    await scene.done(scene.bob, scene.bob.create(_naming(scene, scene.mal)))
    assert scene.evil.requests == []
    assert await scene.count("posts") == 1


def _naming(scene: Scene, other: FakeActor) -> dict[str, Any]:
    tag = [{"type": "Mention", "href": other.id, "name": other.name}]
    return scene.bob.note("Hello", to=[scene.uri(scene.alice)], tag=tag, inReplyTo=other.url("notes/1"))


async def test_a_hundred_bad_signatures_cost_one_fetch_in_five_minutes(scene: Scene) -> None:
    await scene.known(scene.mal)
    wrong, activity = Way(key=scene.bob.key), scene.mal.activity("View", PUBLIC)
    asked = len(scene.evil.gets())
    for _ in range(100):
        assert await scene.send(scene.mal, activity, wrong) == 401
    assert len(scene.evil.gets()) - asked <= 1
    scene.app.clock.shift(301)
    for _ in range(20):
        assert await scene.send(scene.mal, activity, wrong) == 401
    assert len(scene.evil.gets("/users/evil")) - asked <= 2


async def test_a_new_key_is_taken_up_after_five_minutes(scene: Scene) -> None:
    await scene.known(scene.mal)
    scene.app.clock.shift(301)
    scene.mal.key, pem = scene.bob.key, scene.bob.document["publicKey"]["publicKeyPem"]
    scene.mal.document["publicKey"]["publicKeyPem"] = pem
    await scene.known(scene.mal)


async def test_a_key_that_is_not_there_is_asked_for_once_in_a_while(scene: Scene) -> None:
    ghost = scene.evil.actor("ghost")
    scene.evil.pages.clear()
    for _ in range(100):
        assert await scene.send(ghost, ghost.activity("View", PUBLIC)) == 401
    assert len(scene.evil.requests) == 1


async def test_one_request_costs_three_fetches_at_most_however_keys_point_at_each_other(scene: Scene) -> None:
    for number in range(8):
        document = {"id": f"{scene.evil.base}/k/{number}", "type": "Key", "owner": f"{scene.evil.base}/k/{number + 1}"}
        scene.evil.serve(f"/k/{number}", document)
    async with scene.nothing("a chain of owners", asked=3):
        way = Way(key_id=f"{scene.evil.base}/k/0")
        assert await scene.send(scene.mal, scene.mal.activity("View", PUBLIC), way) == 401


async def test_one_cause_has_a_budget_of_requests(scene: Scene) -> None:
    note = scene.mal.note("somewhere else")
    scene.evil.serve("/elsewhere", note)
    with pytest.raises(Refused):
        await fetching.document(scene.app, f"{scene.evil.base}/elsewhere", fetching.Budget(1))
    assert len(scene.evil.requests) == 1
    found = await fetching.document(scene.app, f"{scene.evil.base}/elsewhere", fetching.Budget(2))
    assert found["id"] == note["id"]


async def test_what_cannot_be_good_costs_no_fetch_at_all(scene: Scene) -> None:
    activity = scene.mal.activity("View", PUBLIC)
    for what, way in {
        "an old date": Way(headers={"date": "Mon, 01 Jan 2024 00:00:00 GMT"}),
        "another host": Way(headers={"host": "other.test"}),
        "no digest": Way(names="(request-target) host date"),
        "another digest": Way(headers={"digest": "SHA-256=AAAA"}),
        "a key that is no URL": Way(key_id="acct:evil@127.0.0.3"),
        "a key in a file": Way(key_id="file:///etc/passwd"),
    }.items():
        await scene.refused(what, scene.mal, activity, way)


@pytest.fixture
async def walled(tmp_path: Path, databases: Databases, fedi: FakeFedi) -> AsyncIterator[tuple[Scene, FakeHost]]:
    """A server that may contact two addresses, and a sentinel on a third one (and on a fourth, by its name)."""
    networks = "127.0.0.2/32,127.0.0.3/32"
    url = await databases.new()
    async with serving(make_settings, tmp_path / "walled", url, FEDINOTE_FEDERATION_ALLOW_NETWORKS=networks) as home:
        victim, evil = await fedi.host("127.0.0.2"), await fedi.host("127.0.0.3")
        sentinel = await fedi.host("127.0.0.9")
        port = int(sentinel.name.rpartition(":")[2])
        await fedi.host("127.0.0.1", name="localhost", port=port)
        scene = Scene(
            home=home,
            fedi=fedi,
            victim=victim,
            evil=evil,
            bob=victim.actor("bob", key=1),
            mallory=victim.actor("mallory", key=2),
            mal=evil.actor("evil", key=3),
            alice=await home.person("alice"),
            carol=await home.person("carol"),
        )
        yield scene, sentinel


async def test_no_url_in_a_document_leads_to_an_address_that_may_not_be_contacted(
    walled: tuple[Scene, FakeHost],
) -> None:
    scene, sentinel = walled
    named = f"http://localhost:{sentinel.name.rpartition(':')[2]}"

    def forward(seen: Any) -> Answer:
        return redirect(sentinel.base + seen.target.removeprefix("/to"))

    for name, base in {"straight": sentinel.base, "redirected": f"{scene.evil.base}/to", "named": named}.items():
        for path in ("", "/inbox", "/outbox", "/followers", "/featured", "/icon.png", "/x", "/note"):
            scene.evil.pages[f"/to{path}"] = forward
        await _use_everything(scene, base, name)
    places = {seen.host for seen in scene.fedi.requests}
    assert places == {scene.evil.name}


async def _use_everything(scene: Scene, base: str, name: str) -> None:
    picture = {"type": "Image", "mediaType": "image/png", "url": f"{base}/icon.png"}
    fields: dict[str, Any] = {
        "endpoints": {"sharedInbox": f"{base}/inbox"},
        "outbox": f"{base}/outbox",
        "followers": f"{base}/followers",
        "following": f"{base}/followers",
        "featured": f"{base}/featured",
        "icon": picture,
        "image": picture,
        "url": f"{base}/x",
        "movedTo": f"{base}/x",
        "alsoKnownAs": [f"{base}/x"],
        "tag": [{"type": "Emoji", "name": ":x:", "icon": picture}],
    }
    inboxes: tuple[dict[str, Any], ...] = ({}, {"inbox": f"{base}/inbox"})
    for number, extra in enumerate(inboxes):
        actor = scene.evil.actor(f"{name}{number}", key=4, **(fields | extra))
        await scene.done(actor, actor.activity("Follow", scene.uri(scene.carol)))
        note = _note_full_of(actor, scene, base, picture)
        await scene.done(actor, actor.create(note))
        await scene.done(actor, actor.activity("Update", actor.document))
        for kind in ("Announce", "Move", "Create", "Delete"):
            about = actor.id if kind == "Move" else f"{base}/note"
            await scene.send(actor, actor.activity(kind, about, to=[PUBLIC], target=f"{base}/x"))
            await scene.settle()
        await scene.send(actor, actor.activity("View", PUBLIC), Way(key_id=f"{base}/x#main-key"))
        await _browse(scene, actor, note["id"], base)
    scene.evil.serve("/.well-known/webfinger", jrd(f"finger@{scene.evil.name}", f"{base}/x"), content_type=JRD)
    await scene.alice.call("GET", "/api/v2/search", params={"q": f"@finger@{scene.evil.name}", "resolve": "true"})
    scene.evil.pages.pop("/.well-known/webfinger")


def _note_full_of(actor: FakeActor, scene: Scene, base: str, picture: dict[str, Any]) -> dict[str, Any]:
    return actor.note(
        f'Look: <a href="{base}/x">{base}/x</a>',
        to=[scene.uri(scene.alice), scene.uri(scene.carol), PUBLIC],
        url=f"{base}/x",
        inReplyTo=f"{base}/note",
        attachment=[picture, {"type": "Link", "href": f"{base}/x"}],
        icon=picture,
        image=picture,
        replies=f"{base}/x",
        likes=f"{base}/x",
        shares=f"{base}/x",
        context=f"{base}/x",
        conversation=f"{base}/x",
        quoteUrl=f"{base}/note",
        tag=[
            {"type": "Mention", "href": f"{base}/x", "name": "@x"},
            {"type": "Emoji", "name": ":x:", "icon": picture},
        ],
    )


async def _browse(scene: Scene, actor: FakeActor, uri: str, base: str) -> None:
    """Read, answer, like and follow what came, and search for the address itself."""
    row = await scene.row("SELECT id, account_id FROM posts WHERE uri = ?", uri)
    assert row is not None
    post, account = f"/api/v1/statuses/{row['id']}", f"/api/v1/accounts/{row['account_id']}"
    for path in (post, f"{post}/context", account, f"{account}/statuses", "/api/v1/notifications"):
        await scene.alice.call("GET", path, status=None)
    for path in (f"{post}/favourite", f"{post}/reblog", f"{account}/follow", f"{account}/unfollow", f"{account}/block"):
        await scene.alice.call("POST", path, status=None)
    await scene.carol.post(f"@{actor.handle} hello {base}/x", in_reply_to_id=str(row["id"]))
    await scene.settle()
    for url in (f"{base}/note", f"{base}/x"):
        await scene.alice.call("GET", "/api/v2/search", params={"q": url, "resolve": "true"})


async def test_the_sentinel_would_see_a_request_if_it_were_allowed(scene: Scene) -> None:
    """The positive control: the same documents, where every address may be contacted."""
    sentinel = await scene.fedi.host("127.0.0.9")
    await _use_everything(scene, sentinel.base, "straight")
    asked = {seen.path for seen in sentinel.requests}
    assert {"/inbox", "/note", "/x"} <= asked


async def test_a_request_in_the_name_of_a_person_is_signed_by_the_server_itself(scene: Scene) -> None:
    await scene.alice.find(scene.bob.handle)
    seen = scene.victim.gets("/users/bob")[0]
    assert f'keyId="{scene.home.app.settings.base}/actor#' in seen.headers["signature"]
    assert signed(scene.bob, scene.victim.name, "/x", b"")

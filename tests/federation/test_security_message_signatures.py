"""Attack classes A01, A02, A04 and A21 by RFC 9421, and keys in all the places where servers have them."""

import asyncio
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import structs

from fedinote.activitypub import keys
from fedinote.infra.sections import Limits
from tests.federation.scene import Scene
from tests.support.fakefedi import Answer, FakeActor, rsa_key
from tests.support.signing import RFC9421, Headers, MessageWay, Way, fetch, send, sha256, signed


def _words_for(scene: Scene, actor: FakeActor) -> dict[str, Any]:
    me = scene.uri(scene.alice)
    return actor.create(actor.note("Hello", to=[me], tag=[{"type": "Mention", "href": me, "name": "@alice"}]))


async def _control(scene: Scene, actor: FakeActor, way: Way = RFC9421, path: str = "/inbox") -> None:
    """The same thing, rightly signed: 202, and one post."""
    before = await scene.count("posts")
    assert await scene.send(actor, _words_for(scene, actor), way, path=path) == 202
    await scene.settle()
    assert await scene.count("posts") == before + 1


def _without(*names: str) -> Any:
    return lambda headers: [pair for pair in headers if pair[0] not in names]


def _changed(name: str, old: str, new: str) -> Any:
    return lambda headers: [(n, v.replace(old, new) if n == name else v) for n, v in headers]


def _spoilt(headers: Headers) -> Headers:
    return [(n, v[:-8] + "AAAAAA=:" if n == "signature" else v) for n, v in headers]


@pytest.mark.parametrize("path", ["/inbox", "/users/alice/inbox"])
async def test_a_message_signature_that_is_broken_in_any_way_is_refused(scene: Scene, path: str) -> None:
    await scene.known(scene.mal)
    activity = _words_for(scene, scene.mal)
    other = f"sha-256=:{sha256(b'another body')}:"
    ours = f"{scene.uri(scene.alice)}#main-key"
    variants = {
        "no signature": MessageWay(after=_without("signature", "signature-input")),
        "no Signature-Input": MessageWay(after=_without("signature-input")),
        "no Signature": MessageWay(after=_without("signature")),
        "one bit of the signature": MessageWay(after=_spoilt),
        "another key": MessageWay(key=scene.bob.key),
        "a key of ours": MessageWay(key_id=ours),
        "only the date": MessageWay(names="date"),
        "no @method": MessageWay(names="@target-uri content-digest"),
        "no target": MessageWay(names="@method content-digest"),
        "no @path": MessageWay(names="@method @authority content-digest"),
        "the digest not covered": MessageWay(names="@method @target-uri"),
        "no digest": MessageWay(names="@method @target-uri", headers={"content-digest": None}),
        "the digest removed": MessageWay(after=_without("content-digest")),
        "the digest of another body": MessageWay(headers={"content-digest": other}),
        "a good and a wrong digest": MessageWay(
            headers={"content-digest": f"sha-256=:{sha256(json.dumps(activity).encode())}:, {other}"}
        ),
        "an md5 digest": MessageWay(headers={"content-digest": "md5=:Q2hlY2sgSW50ZWdyaXR5IQ==:"}),
        "another host in the target": MessageWay(claims={"@target-uri": "http://evil.example/inbox"}),
        "another host, rightly signed": MessageWay(
            headers={"host": "other.test"}, claims={"@target-uri": f"http://other.test{path}"}
        ),
        "another inbox": MessageWay(claims={"@target-uri": f"http://{scene.home.host}/users/carol/inbox"}),
        "a GET": MessageWay(claims={"@method": "GET"}),
        "an old one": MessageWay(created=-13 * 3600),
        "of the future": MessageWay(created=2 * 3600),
        "expired": MessageWay(created=-7200, expires=-3600),
        "without a time": MessageWay(created=None),
        "another algorithm": MessageWay(algorithm="hmac-sha256"),
        "an algorithm of another key": MessageWay(algorithm="ed25519"),
        "another key id than signed": MessageWay(after=_changed("signature-input", "#main-key", "#other-key")),
        "an acct: key": MessageWay(key_id="acct:mal@evil.example"),
    }
    for what, way in variants.items():
        if what == "another key id than signed":
            async with scene.nothing(what, but=("accounts",), asked=3):
                assert await scene.send(scene.mal, activity, way, path=path) == 401
            continue
        await scene.refused(what, scene.mal, activity, way, path=path)
    body = json.dumps(activity).encode()
    for way in (RFC9421, variants["the digest not covered"], variants["no digest"]):
        swapped = body.replace(b"Hello", b"Hallo")
        await scene.refused("a body swapped under it", scene.mal, body, way, path=path, swapped=swapped)
    await _control(scene, scene.mal, path=path)


async def test_an_unknown_signer_of_a_message_is_looked_up(scene: Scene) -> None:
    await _control(scene, scene.bob)
    await _control(scene, scene.mal, MessageWay(names="@method @authority @path content-digest date", algorithm=None))


async def test_a_message_signature_for_one_inbox_does_not_open_another(scene: Scene) -> None:
    await scene.known(scene.mal)
    body = json.dumps(scene.mal.activity("View", "https://a.example/")).encode()
    headers = signed(scene.mal, scene.home.host, "/users/carol/inbox", body, RFC9421)
    async with scene.nothing("replayed"):
        assert await send(scene.home, "/users/alice/inbox", body, headers) == 401
    scene.app.clock.shift(13 * 3600)
    async with scene.nothing("13 hours later", but=("accounts",)):
        assert await send(scene.home, "/users/carol/inbox", body, headers) == 401
    scene.app.clock.shift(-13 * 3600)
    assert await send(scene.home, "/users/carol/inbox", body, headers) == 202


async def test_a_signed_get_by_rfc9421_opens_what_its_signer_may_see(scene: Scene) -> None:
    await scene.follows(scene.bob, scene.alice)
    post = await scene.alice.post("among us", visibility="private")
    path = post["uri"].removeprefix(f"http://{scene.home.host}")
    for number, url in enumerate((post["uri"], f"{post['uri']}?page=true")):
        names = "@method @target-uri" if number == 0 else "@method @authority @path @query"
        way = MessageWay(names=names, method="GET", headers={"content-type": None})
        assert await fetch(scene.home, scene.bob, url, way) == 200, path
        assert await fetch(scene.home, scene.mal, url, way) == 404
        weak = MessageWay(names="@method", method="GET", headers={"content-type": None})
        assert await fetch(scene.home, scene.bob, url, weak) == 404


async def test_a_get_may_be_signed_with_its_query_or_without(scene: Scene) -> None:
    await scene.follows(scene.bob, scene.alice)
    post = await scene.alice.post("among us", visibility="private")
    target = post["uri"].removeprefix(f"http://{scene.home.host}")
    bare = {"digest": None, "content-type": None}
    for claims in ({}, {"(request-target)": f"get {target}"}):
        way = Way(names="(request-target) host date", method="GET", headers=bare, claims=claims)
        assert await fetch(scene.home, scene.bob, f"{post['uri']}?x=1", way) == 200
    way = Way(names="(request-target) host date", method="GET", headers=bare, claims={"(request-target)": "get /"})
    assert await fetch(scene.home, scene.bob, f"{post['uri']}?x=1", way) == 404


async def test_an_actor_may_sign_with_any_key_that_it_lists(scene: Scene) -> None:
    private, pem = rsa_key(7)
    edwards = Ed25519PrivateKey.generate()
    mal = scene.mal
    first = mal.document["publicKey"]
    mal.document["publicKey"] = [first, {"id": f"{mal.id}#second", "owner": mal.id, "publicKeyPem": pem}]
    mal.document["assertionMethod"] = [
        {
            "id": f"{mal.id}#ed25519",
            "type": "Multikey",
            "controller": mal.id,
            "publicKeyMultibase": keys.multikey(edwards.public_key()),
        }
    ]
    await _control(scene, mal)
    await _control(scene, mal, MessageWay(key=private, key_id=f"{mal.id}#second"))
    await _control(scene, mal, Way(key=private, key_id=f"{mal.id}#second"))
    await _control(scene, mal, MessageWay(key=edwards, key_id=f"{mal.id}#ed25519", algorithm="ed25519"))
    await _control(scene, mal, Way(key=edwards, key_id=f"{mal.id}#ed25519", algorithm="hs2019"))
    crossed = MessageWay(key=private, key_id=f"{mal.id}#ed25519", algorithm=None)
    await scene.refused("one key under the other's id", mal, _words_for(scene, mal), crossed)


async def test_a_key_that_has_ended_signs_nothing_any_more(scene: Scene) -> None:
    edwards = Ed25519PrivateKey.generate()
    multikey = {
        "id": f"{scene.mal.id}#ed25519",
        "type": "Multikey",
        "controller": scene.mal.id,
        "publicKeyMultibase": keys.multikey(edwards.public_key()),
        "expires": "2020-01-01T00:00:00Z",
    }
    scene.mal.document["assertionMethod"] = [multikey]
    way = MessageWay(key=edwards, key_id=multikey["id"], algorithm="ed25519")
    await scene.known(scene.mal)
    async with scene.nothing("an ended key", but=("accounts",), asked=3):
        assert await scene.send(scene.mal, _words_for(scene, scene.mal), way) == 401
    multikey["expires"] = "2999-01-01T00:00:00Z"
    scene.app.clock.shift(600)
    scene.app.caches.pop("key_fetches", None)
    await _control(scene, scene.mal, way)


async def test_a_key_may_be_named_like_its_actor(scene: Scene) -> None:
    """As Osada and Hubzilla do it."""
    scene.mal.document["publicKey"]["id"] = scene.mal.id
    for way in (Way(key_id=scene.mal.id), MessageWay(key_id=scene.mal.id)):
        await _control(scene, scene.mal, way)


async def test_a_new_key_is_taken_after_one_look_and_not_looked_for_again_and_again(scene: Scene) -> None:
    await scene.known(scene.mal)
    scene.mal.key, pem = rsa_key(6)
    scene.mal.document["publicKey"]["publicKeyPem"] = pem
    await scene.refused("too soon after the last look", scene.mal, _words_for(scene, scene.mal))
    scene.app.clock.shift(301)
    scene.evil.requests.clear()
    await _control(scene, scene.mal)
    for _ in range(5):
        await scene.refused("a wrong key", scene.mal, _words_for(scene, scene.mal), MessageWay(key=scene.bob.key))
    assert len(scene.evil.gets(f"/users/{scene.mal.name}")) == 1


async def test_many_requests_by_one_unknown_key_cause_one_fetch(scene: Scene) -> None:
    path = f"/users/{scene.mal.name}"
    scene.evil.pages[path].delay = 0.2  # type: ignore[union-attr]
    activities = [scene.mal.activity("View", "https://a.example/") for _ in range(20)]
    found = await asyncio.gather(*(scene.send(scene.mal, activity) for activity in activities))
    assert found == [202] * 20
    assert len(scene.evil.gets(path)) == 1


async def test_a_server_of_keys_that_is_down_is_asked_twice_and_then_has_a_rest(scene: Scene) -> None:
    people = [scene.evil.actor(f"p{number}", key=5) for number in range(8)]
    port = int(scene.evil.name.rpartition(":")[2])
    await scene.evil.close()
    await scene.settle()
    seen = []
    ask = scene.app.outbound.get

    async def counted(url: str, **options: Any) -> Any:
        seen.append(url)
        return await ask(url, **options)

    scene.app.outbound.get = counted
    for number in range(40):
        person = people[number % len(people)]
        assert await scene.send(person, person.activity("View", "https://a.example/")) == 503
    assert len(seen) == 2
    await scene.fedi.host("127.0.0.3", port=port)
    scene.app.clock.shift(61)
    await scene.done(people[0], people[0].activity("View", "https://a.example/"))


async def test_a_key_whose_page_fails_is_asked_for_twice_and_other_keys_there_are_not_in_the_way(scene: Scene) -> None:
    ghost = scene.evil.actor("ghost", key=5)
    scene.evil.pages["/users/ghost"] = Answer(status=503)
    for _ in range(10):
        assert await scene.send(ghost, ghost.activity("View", "https://a.example/")) == 503
    assert len(scene.evil.gets("/users/ghost")) == 2
    await _control(scene, scene.mal)


async def test_a_flood_from_one_address_is_told_to_wait_and_an_ordinary_burst_is_not(scene: Scene) -> None:
    scene.app.settings = structs.replace(scene.app.settings, limits=Limits(inbox_per_minute=1500))
    await scene.known(scene.mal)
    body = json.dumps(scene.mal.activity("View", "https://a.example/")).encode()
    headers = signed(scene.mal, scene.home.host, "/inbox", body)
    assert {await send(scene.home, "/inbox", body, headers) for _ in range(300)} == {202}
    bad = [(name, value) for name, value in headers if name != "signature"]
    found = [await send(scene.home, "/inbox", body, bad) for _ in range(620)]
    assert found == [401] * 600 + [429] * 20
    assert await send(scene.home, "/inbox", body, headers) == 429
    scene.app.clock.shift(301)
    assert await send(scene.home, "/inbox", body, headers) == 202
    assert [await send(scene.home, "/inbox", body, headers) for _ in range(1502)][-5:] == [202, 202, 429, 429, 429]


async def test_a_server_fetches_so_much_a_minute_whatever_its_addresses_and_others_are_not_in_its_way(
    scene: Scene,
) -> None:
    scene.app.settings = structs.replace(scene.app.settings, limits=Limits(fetches_per_minute=5))
    await scene.known(scene.mal)
    await scene.known(scene.bob)
    way = MessageWay(names="@method @target-uri", method="GET", headers={"content-type": None})
    found = [await fetch(scene.home, scene.mal, scene.uri(scene.alice), way) for _ in range(7)]
    assert found == [200] * 5 + [429] * 2
    assert await fetch(scene.home, scene.bob, scene.uri(scene.alice), way) == 200
    weak = MessageWay(names="@method", method="GET", headers={"content-type": None})
    assert await fetch(scene.home, scene.mal, scene.uri(scene.alice), weak) == 200, (
        "nobody else can use up an allowance"
    )
    scene.app.clock.shift(61)
    assert await fetch(scene.home, scene.mal, scene.uri(scene.alice), way) == 200

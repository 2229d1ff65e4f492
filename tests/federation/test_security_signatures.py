"""Attack classes A01, A02, A04 and A21: who signed, what the signature covers, whose the key is, and when.

Every refused variant must leave no row, no job, no notification and no request behind; each test ends with the same
thing done rightly, which must work.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fedinote.activitypub import keys
from tests.federation.scene import Scene
from tests.support.fakefedi import Answer, FakeActor
from tests.support.signing import FULL, Headers, Way, http_date, send, sha256, signed

NAMES_WITHOUT_DIGEST = "(request-target) host date content-type"


def _words_for(scene: Scene, actor: FakeActor, text: str = "Hello") -> dict[str, Any]:
    """The Create of a note to alice, who therefore gets it."""
    me = scene.uri(scene.alice)
    return actor.create(actor.note(text, to=[me], tag=[{"type": "Mention", "href": me, "name": "@alice"}]))


async def _control(scene: Scene, actor: FakeActor, path: str = "/inbox") -> None:
    """The same thing, rightly signed: 202, and one post."""
    before = await scene.count("posts")
    assert await scene.send(actor, _words_for(scene, actor), path=path) == 202
    await scene.settle()
    assert await scene.count("posts") == before + 1


def _header(name: str, value: str) -> Any:
    """Replace a header, after all was signed."""
    return lambda headers: [(n, v) for n, v in headers if n != name] + [(name, value)]


def _in_authorization(headers: Headers) -> Headers:
    return [("authorization", f"Signature {v}") if n == "signature" else (n, v) for n, v in headers]


def _second_signature(headers: Headers, *, first: bool) -> Headers:
    bad = ("signature", dict(headers)["signature"][:-6] + 'AAAA"')
    return [bad, *headers] if first else [*headers, bad]


def _empty(headers: Headers) -> Headers:
    found = dict(headers)["signature"].partition('signature="')[0] + 'signature=""'
    return _header("signature", found)(headers)


@pytest.mark.parametrize("path", ["/inbox", "/users/alice/inbox"])
async def test_a_post_to_an_inbox_without_a_valid_signature_is_refused(scene: Scene, path: str) -> None:
    await scene.known(scene.mal)
    activity = _words_for(scene, scene.mal)
    ours = f"{scene.uri(scene.alice)}#main-key"
    variants = {
        "no Signature": Way(after=lambda headers: [h for h in headers if h[0] != "signature"]),
        "garbage": Way(after=_header("signature", "garbage")),
        "nothing but a key": Way(after=_header("signature", f'keyId="{scene.mal.key_id}"')),
        "an empty signature": Way(after=_empty),
        "another key than the published one": Way(key=scene.bob.key),
        "a good and a bad Signature": Way(after=lambda h: _second_signature(h, first=False)),
        "a bad and a good Signature": Way(after=lambda h: _second_signature(h, first=True)),
        "Signature in Authorization": Way(after=_in_authorization),
        "the key of a local person": Way(key_id=ours),
    }
    for what, way in variants.items():
        await scene.refused(what, scene.mal, activity, way, path=path)
    pem = await scene.app.db.value("SELECT private_pem AS value FROM account_keys WHERE key_id = ?", ours)
    own = Way(key_id=ours, key=keys.load_private_key(pem))
    await scene.refused("a local person's own key", scene.mal, activity, own, path=path)
    body = json.dumps(activity).encode()
    await scene.refused("one bit of the body", scene.mal, body, path=path, swapped=body.replace(b"Hello", b"Hallo"))
    await _control(scene, scene.mal, path)


async def test_an_unknown_signer_with_the_wrong_key_costs_the_fetch_of_the_key_and_no_more(scene: Scene) -> None:
    activity = _words_for(scene, scene.mal)
    async with scene.nothing("wrong key", but=("accounts", "account_keys"), asked=2):
        assert await scene.send(scene.mal, activity, Way(key=scene.bob.key)) == 401
    await _control(scene, scene.mal)


async def test_when_the_key_cannot_be_fetched_for_a_passing_reason_the_sender_is_asked_to_try_again(
    scene: Scene,
) -> None:
    path = f"/users/{scene.mal.name}"
    page = scene.evil.pages[path]
    for status in (500, 502, 503, 429):
        scene.evil.pages[path] = Answer(status=status)
        async with scene.nothing(f"status {status}", asked=1):
            assert await scene.send(scene.mal, _words_for(scene, scene.mal)) == 503
    scene.evil.pages[path] = page
    scene.app.clock.shift(61)
    await _control(scene, scene.mal)
    port = int(scene.victim.name.rpartition(":")[2])
    await scene.victim.close()
    async with scene.nothing("nobody listens"):
        assert await scene.send(scene.bob, _words_for(scene, scene.bob)) == 503
    await scene.fedi.host("127.0.0.2", port=port)
    await _control(scene, scene.bob)


async def test_a_key_that_is_gone_or_is_none_is_refused_and_not_asked_for_again_at_once(scene: Scene) -> None:
    for status in (404, 403):
        actor = scene.evil.actor(f"ghost{status}")
        scene.evil.pages[f"/users/{actor.name}"] = Answer(status=status)
        for asked in (1, 0, 0):
            async with scene.nothing(f"status {status}", asked=asked):
                assert await scene.send(actor, _words_for(scene, actor)) == 401


async def test_a_signature_that_covers_too_little_is_refused(scene: Scene) -> None:
    await scene.known(scene.mal)
    activity = _words_for(scene, scene.mal)
    other = sha256(b"another body")
    variants = {
        "only the date": Way(names="date"),
        "nothing at all": Way(names=""),
        "no (request-target)": Way(names="host date digest content-type"),
        "no host": Way(names="(request-target) date digest content-type"),
        "no date": Way(names="(request-target) host digest content-type"),
        "no digest in the list": Way(names=NAMES_WITHOUT_DIGEST),
        "no Digest header": Way(names=NAMES_WITHOUT_DIGEST, headers={"digest": None}),
        "Digest removed afterwards": Way(after=lambda headers: [h for h in headers if h[0] != "digest"]),
        "the Digest of another body": Way(headers={"digest": f"SHA-256={other}"}),
        "an md5 Digest": Way(headers={"digest": "md5=Q2hlY2sgSW50ZWdyaXR5IQ=="}),
        "another host, rightly signed": Way(headers={"host": "other.test"}),
        "another host than the signed one": Way(claims={"host": "other.test"}),
        "the target of another inbox": Way(claims={"(request-target)": "post /users/carol/inbox"}),
        "the signature of a GET": Way(names="(request-target) host date", method="GET"),
        "the target of a GET": Way(method="GET"),
        "a header twice in the list": Way(names=f"{FULL} date"),
        "an algorithm of the sender's choice": Way(algorithm="hmac-sha256"),
    }
    for what, way in variants.items():
        await scene.refused(what, scene.mal, activity, way)
    body = json.dumps(activity).encode()
    for way in (variants["no digest in the list"], variants["no Digest header"], Way()):
        await scene.refused("a body swapped under it", scene.mal, body, way, swapped=body.replace(b"Hello", b"Hallo"))
    await _control(scene, scene.mal)


async def test_headers_and_parameters_that_come_twice_are_refused(scene: Scene) -> None:
    await scene.known(scene.mal)
    activity = _words_for(scene, scene.mal)
    for name in ("digest", "date", "host"):
        value = {"digest": f"SHA-256={sha256(b'x')}", "date": http_date(), "host": "other.test"}[name]

        def before(headers: Headers, name: str = name, value: str = value) -> Headers:
            return [(name, value), *headers]

        def after(headers: Headers, name: str = name, value: str = value) -> Headers:
            return [*headers, (name, value)]

        # Two Host headers never get past the HTTP server itself (RFC 9112, 3.2).
        expected = (400, 401) if name == "host" else (401,)
        for way in (Way(after=before), Way(after=after)):
            async with scene.nothing(f"{name} twice"):
                assert await scene.send(scene.mal, activity, way) in expected, name
    twice = Way(after=lambda h: [(n, f'keyId="{scene.bob.key_id}",{v}' if n == "signature" else v) for n, v in h])
    await scene.refused("keyId twice", scene.mal, activity, twice)
    await _control(scene, scene.mal)


async def test_a_signature_for_one_inbox_does_not_open_another(scene: Scene) -> None:
    await scene.known(scene.mal)
    body = b'{"type":"View","actor":"' + scene.mal.id.encode() + b'","object":"https://a.example/"}'
    headers = signed(scene.mal, scene.home.host, "/users/carol/inbox", body)
    async with scene.nothing("replayed"):
        assert await send(scene.home, "/users/alice/inbox", body, headers) == 401
    assert await send(scene.home, "/users/carol/inbox", body, headers) == 202


async def test_a_key_document_alone_speaks_for_nobody(scene: Scene) -> None:
    await scene.known(scene.bob, scene.mal)
    evil_pem = scene.mal.document["publicKey"]["publicKeyPem"]
    stub = {"type": "Key", "owner": scene.bob.id, "publicKeyPem": evil_pem}
    on_evil = scene.evil.serve("/k", {"id": f"{scene.evil.base}/k"} | stub)
    in_text = scene.victim.serve("/uploads/t.json", {"id": f"{scene.victim.base}/uploads/t.json"} | stub)
    scene.victim.pages["/uploads/t.json"].content_type = "text/plain"  # type: ignore[union-attr]
    uploaded = scene.victim.serve("/uploads/k.json", {"id": f"{scene.victim.base}/uploads/k.json"} | stub)
    activity = _words_for(scene, scene.bob)
    known = await scene.row("SELECT public_pem FROM account_keys WHERE key_id = ?", scene.bob.key_id)
    for key_id, asked in ((on_evil, 1), (in_text, 1), (uploaded, 3), (scene.bob.key_id, 0)):
        async with scene.nothing(key_id, but=("accounts",), asked=asked):
            assert await scene.send(scene.bob, activity, Way(key=scene.mal.key, key_id=key_id)) == 401, key_id
    assert await scene.row("SELECT public_pem FROM account_keys WHERE key_id = ?", scene.bob.key_id) == known
    await _control(scene, scene.bob)


async def test_keys_of_others_in_an_actor_s_list_are_not_taken(scene: Scene) -> None:
    await scene.known(scene.bob)
    pem = scene.mal.document["publicKey"]["publicKeyPem"]
    for key_id in (scene.bob.key_id, f"{scene.mal.id}#second"):
        scene.mal.document["publicKey"] = [
            {"id": scene.mal.key_id, "owner": scene.mal.id, "publicKeyPem": pem},
            {"id": key_id, "owner": scene.bob.id, "publicKeyPem": pem},
        ]
        for actor in (scene.bob, scene.mal):
            async with scene.nothing(key_id, but=("accounts", "account_keys"), asked=3):
                way = Way(key=scene.mal.key, key_id=key_id)
                assert await scene.send(scene.mal, _words_for(scene, actor), way) == 401, key_id
    assert await scene.count("account_keys", "key_id = ? AND public_pem = ?", scene.bob.key_id, pem) == 0
    assert await scene.count("account_keys", "key_id = ?", f"{scene.mal.id}#second") == 0
    await _control(scene, scene.mal)


async def test_an_actor_that_claims_a_key_on_another_host_does_not_get_it(scene: Scene) -> None:
    await scene.known(scene.bob)
    pem = scene.mal.document["publicKey"]["publicKeyPem"]
    scene.mal.document["publicKey"] = {"id": scene.bob.key_id, "owner": scene.mal.id, "publicKeyPem": pem}
    foreign = f"{scene.victim.base}/uploads/key"
    for key_id in (scene.bob.key_id, scene.mal.key_id, foreign):
        async with scene.nothing(key_id, asked=3):
            way = Way(key=scene.mal.key, key_id=key_id)
            assert await scene.send(scene.mal, _words_for(scene, scene.mal), way) == 401, key_id
    await _control(scene, scene.bob)


async def test_a_key_stub_at_its_own_address_leads_to_the_actor_that_lists_it(scene: Scene) -> None:
    """As GoToSocial does it."""
    gts = scene.victim.actor("gts", key=4)
    key_id = f"{gts.id}/main-key"
    gts.document["publicKey"]["id"] = key_id
    stub = {"id": gts.id, "type": "Person", "preferredUsername": "gts", "publicKey": gts.document["publicKey"]}
    scene.victim.serve(key_id, stub)
    activity = _words_for(scene, gts)
    assert await scene.send(gts, activity, Way(key_id=key_id)) == 202
    await scene.settle()
    assert await scene.count("posts", "uri = ?", activity["object"]["id"]) == 1


def _at(hours: float) -> Way:
    return Way(headers={"date": http_date(datetime.now(UTC) + timedelta(hours=hours))})


def _created(seconds: float, expires: float) -> Way:
    now = datetime.now(UTC).timestamp()
    return Way(
        names="(request-target) host (created) (expires) digest content-type",
        algorithm="hs2019",
        parameters={"created": int(now + seconds), "expires": int(now + expires)},
    )


async def test_requests_signed_too_long_ago_or_too_far_ahead_are_refused(scene: Scene) -> None:
    await scene.known(scene.mal)
    activity = _words_for(scene, scene.mal)
    variants = {
        "13 hours ago": _at(-13),
        "in two hours": _at(2),
        "no Date": Way(after=lambda headers: [h for h in headers if h[0] != "date"]),
        "a Date that is none": Way(headers={"date": "yesterday, I think"}),
        "an expired (created)": _created(-7200, -3600),
        "a (created) of yesterday": _created(-86_400, 300),
        "a (created) of tomorrow": _created(86_400, 90_000),
    }
    for what, way in variants.items():
        await scene.refused(what, scene.mal, activity, way)
    for number, way in enumerate((_at(-11), _at(0.8), _created(0, 300))):
        assert await scene.send(scene.mal, _words_for(scene, scene.mal), way) == 202, number


async def test_a_captured_request_sent_again_later_is_refused(scene: Scene) -> None:
    await scene.known(scene.mal)
    body = b'{"type":"View","actor":"' + scene.mal.id.encode() + b'","object":"https://a.example/"}'
    headers = signed(scene.mal, scene.home.host, "/inbox", body)
    assert await send(scene.home, "/inbox", body, headers) == 202
    scene.app.clock.shift(13 * 3600)
    async with scene.nothing("13 hours later", but=("accounts",)):
        assert await send(scene.home, "/inbox", body, headers) == 401


async def test_the_same_activity_many_times_has_its_effect_once(scene: Scene) -> None:
    activity = _words_for(scene, scene.bob)
    for path in ("/inbox", "/users/alice/inbox", "/users/carol/inbox") * 4:
        assert await scene.send(scene.bob, activity, path=path) == 202
    await scene.settle()
    assert await scene.count("received_activities") == 1
    assert await scene.count("posts") == 1
    assert await scene.count("notifications") == 1


async def test_a_follow_or_like_that_was_undone_does_not_come_back_by_a_replay(scene: Scene) -> None:
    post = await scene.alice.post("Tea?")
    follow = scene.bob.activity("Follow", scene.uri(scene.alice))
    like = scene.bob.activity("Like", post["uri"])
    for activity, table in ((follow, "follows"), (like, "favourites")):
        await scene.done(scene.bob, activity)
        assert await scene.count(table) == 1
        await scene.done(scene.bob, scene.bob.activity("Undo", activity))
        assert await scene.count(table) == 0
        await scene.done(scene.bob, activity)
        # Even when the record of what was received is gone.
        await scene.app.db.execute("DELETE FROM received_activities")
        await scene.done(scene.bob, activity)
        assert await scene.count(table) == 0
        await scene.done(scene.bob, activity | {"id": f"{activity['id']}/again"})
        assert await scene.count(table) == 1


async def test_an_id_cannot_be_used_up_by_another_server(scene: Scene) -> None:
    real = _words_for(scene, scene.bob)
    poison = scene.mal.activity("View", "https://a.example/") | {"id": real["id"]}
    note = scene.mal.note("not bob's", to=[scene.uri(scene.alice)])
    stolen = scene.mal.create(note) | {"id": real["id"]}
    for activity in (poison, stolen):
        assert await scene.send(scene.mal, activity) in (202, 400, 401)
        await scene.settle()
    await scene.done(scene.bob, real)
    assert await scene.count("posts", "uri = ?", real["object"]["id"]) == 1
    assert await scene.count("posts") == 1


@pytest.mark.parametrize(("kind", "table"), [("Follow", "follows"), ("Like", "favourites"), ("Announce", "posts")])
async def test_nor_can_the_id_of_what_somebody_else_will_do(scene: Scene, kind: str, table: str) -> None:
    posted = await scene.alice.post("Tea?")
    target = scene.uri(scene.alice) if kind == "Follow" else posted["uri"]
    real = scene.bob.activity(kind, target, to=["https://www.w3.org/ns/activitystreams#Public"])
    await scene.known(scene.mal)
    await scene.send(scene.mal, {**real, "actor": scene.mal.id})
    await scene.settle()
    await scene.done(scene.bob, real)
    bobs = "uri = ? AND {column} = (SELECT id FROM accounts WHERE uri = ?)"
    column = "follower_id" if kind == "Follow" else "account_id"
    assert await scene.count(table, bobs.format(column=column), real["id"], scene.bob.id) == 1


@pytest.mark.parametrize(("digest", "status"), [(None, 202), (b"another body", 401)])
async def test_a_content_digest_may_stand_for_the_digest_and_must_be_right(
    scene: Scene, digest: bytes | None, status: int
) -> None:
    body = json.dumps(scene.bob.activity("Follow", scene.uri(scene.alice))).encode()
    stated = f"sha-256=:{sha256(digest or body)}:"
    way = Way(
        names="(request-target) host date content-digest content-type",
        headers={"digest": None, "content-digest": stated},
    )
    assert await scene.send(scene.bob, body, way) == status

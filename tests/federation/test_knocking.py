"""Two ways to sign: which one a server is tried with first, when the other follows, and what is remembered."""

from collections.abc import Callable

import pytest

from fedinote.activitypub import keys, signatures_cavage, vocab
from fedinote.federation import knocking
from tests.federation.scene import Scene
from tests.support.fakefedi import Answer, FakeActor, FakeHost, Seen

TAKEN = Answer(status=202, content_type=None)
IMPLEMENTS = {"type": "Application", "implements": [{"href": "https://datatracker.ietf.org/doc/html/rfc9421"}]}


def _scheme(seen: Seen) -> str:
    """How a request is signed."""
    if "signature-input" in seen.headers:
        return "rfc9421"
    return "cavage" if "signature" in seen.headers else "none"


def _takes(scheme: str, status: int = 401, **headers: str) -> Callable[[Seen], Answer]:
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return lambda seen: TAKEN if _scheme(seen) == scheme else Answer(status=status, headers=named)


def _knocks(host: FakeHost) -> list[str]:
    return [_scheme(seen) for seen in host.requests if seen.method == "POST"]


async def _follower(scene: Scene) -> FakeActor:
    await scene.follows(scene.bob, scene.alice)
    scene.victim.requests.clear()
    return scene.bob


async def _post(scene: Scene, text: str = "Hello") -> None:
    await scene.alice.post(text)
    await scene.settle()


@pytest.mark.parametrize("status", [400, 401])
async def test_a_refused_signature_is_followed_by_the_other_at_once_and_remembered(scene: Scene, status: int) -> None:
    # Nothing is known of the host yet: not even that it took the draft for the answer to a follow.
    await _follower(scene)
    scene.app.caches.pop("signature_schemes")
    scene.victim.inbox = _takes("rfc9421", status)
    await _post(scene)
    assert _knocks(scene.victim) == ["cavage", "rfc9421"]
    await _post(scene, "again")
    assert _knocks(scene.victim) == ["cavage", "rfc9421", "rfc9421"]
    scene.app.caches.pop("signature_schemes")
    await _post(scene, "after a restart")
    assert _knocks(scene.victim) == ["cavage", "rfc9421", "rfc9421", "rfc9421"]
    assert await scene.count("deliveries") == 0


async def test_what_was_learned_is_forgotten_after_days_and_when_it_no_longer_works(scene: Scene) -> None:
    await _follower(scene)
    scene.victim.inbox = _takes("rfc9421")
    await _post(scene)
    scene.app.clock.shift(8 * 86_400)
    await _post(scene, "a week later")
    assert _knocks(scene.victim) == ["cavage", "rfc9421"] * 2
    scene.victim.inbox = _takes("cavage")
    await _post(scene, "after a change there")
    assert _knocks(scene.victim)[4:] == ["rfc9421", "cavage"]
    await _post(scene, "and again")
    assert _knocks(scene.victim)[6:] == ["cavage"]
    assert await scene.count("hosts", "signature_scheme IS NOT NULL") == 0


async def test_a_server_that_refuses_both_gets_two_requests_and_then_one_for_an_hour(scene: Scene) -> None:
    await _follower(scene)
    scene.victim.inbox = Answer(status=401)
    await _post(scene)
    assert _knocks(scene.victim) == ["cavage", "rfc9421"]
    await _post(scene, "another one")
    assert _knocks(scene.victim) == ["cavage", "rfc9421", "cavage"]
    scene.app.clock.shift(3700)
    await scene.settle()
    # Two are tried again at about the same time; either may be the one that finds out again.
    assert 3 + 3 <= len(_knocks(scene.victim)) <= 3 + 4
    assert await scene.count("deliveries", "dead_at IS NULL") == 0


@pytest.mark.parametrize("status", [403, 404, 422, 500])
async def test_a_refusal_that_is_not_of_the_signature_is_not_knocked_at_again(scene: Scene, status: int) -> None:
    await _follower(scene)
    scene.victim.inbox = Answer(status=status)
    await _post(scene)
    assert _knocks(scene.victim) == ["cavage"]


@pytest.mark.parametrize("status", [400, 403])
async def test_an_answer_that_names_the_signature_it_wants_gets_it(scene: Scene, status: int) -> None:
    await _follower(scene)
    wanted = 'sig1=("@method" "@target-uri" "content-digest");created;keyid'
    scene.victim.inbox = _takes("rfc9421", status, Accept_Signature=wanted)
    await _post(scene)
    assert _knocks(scene.victim) == ["cavage", "rfc9421"]


async def test_a_malformed_post_is_sent_once_where_the_signature_is_known_to_be_taken(scene: Scene) -> None:
    await _follower(scene)
    await _post(scene)
    scene.victim.inbox = Answer(status=400)
    await _post(scene, "not to your taste")
    assert _knocks(scene.victim) == ["cavage", "cavage"]


async def test_an_actor_that_says_what_its_server_implements_gets_it_first(scene: Scene) -> None:
    """FEP-844e."""
    scene.bob.document["generator"] = IMPLEMENTS
    await _follower(scene)
    scene.victim.inbox = _takes("rfc9421")
    await _post(scene)
    assert _knocks(scene.victim) == ["rfc9421"]


async def test_an_actor_speaks_for_no_other_host(scene: Scene) -> None:
    scene.mal.document["generator"] = IMPLEMENTS
    scene.mal.document["inbox"] = f"{scene.victim.base}/inbox"
    scene.mal.document["endpoints"] = {}
    await scene.follows(scene.mal, scene.alice)
    await _follower(scene)
    await _post(scene)
    assert set(_knocks(scene.victim)) == {"cavage"}


async def test_a_fetch_is_signed_the_other_way_where_the_first_is_refused(scene: Scene) -> None:
    document = Answer(scene.bob.document)
    scene.victim.pages["/users/bob"] = lambda seen: document if _scheme(seen) == "rfc9421" else Answer(status=401)
    await scene.alice.find(scene.bob.handle)
    assert [_scheme(seen) for seen in scene.victim.gets("/users/bob")] == ["cavage", "rfc9421"]
    assert await scene.count("accounts", "uri = ?", scene.bob.id) == 1
    scene.victim.pages["/users/mallory"] = Answer(scene.mallory.document)
    await scene.alice.find(scene.mallory.handle)
    assert [_scheme(seen) for seen in scene.victim.gets("/users/mallory")] == ["rfc9421"]


async def test_a_fetch_that_is_refused_both_ways_costs_two_requests(scene: Scene) -> None:
    scene.victim.pages["/users/bob"] = Answer(status=401)
    assert await scene.send(scene.bob, scene.bob.activity("View", "https://a.example/")) == 401
    assert [_scheme(seen) for seen in scene.victim.gets("/users/bob")] == ["cavage", "rfc9421"]


async def _path_only(scene: Scene) -> Callable[[Seen], Answer]:
    """A server that takes the draft alone, over the path without its query."""
    own = f"{scene.uri(scene.alice)}#main-key"
    pem = await scene.app.db.value("SELECT public_pem AS value FROM account_keys WHERE key_id = ?", own)
    key = keys.load_public_key(pem)

    def answer(seen: Seen) -> Answer:
        if "signature-input" in seen.headers:
            return Answer(status=401)
        params = signatures_cavage.read(seen.headers["signature"].encode())
        values = {"(request-target)": f"post {seen.path}", **seen.headers}
        text = "\n".join(f"{name}: {values[name]}" for name in params.headers)
        return TAKEN if keys.signed_by(key, params.signature, text.encode()) else Answer(status=401)

    return answer


async def test_an_inbox_with_a_query_is_signed_with_it_and_then_without(scene: Scene) -> None:
    scene.bob.document["inbox"] = f"{scene.bob.id}/inbox?token=1"
    scene.bob.document["endpoints"] = {}
    await _follower(scene)
    scene.victim.inbox = await _path_only(scene)
    await _post(scene)
    assert _knocks(scene.victim) == ["cavage", "cavage"]
    assert {seen.target for seen in scene.victim.requests if seen.method == "POST"} == {"/users/bob/inbox?token=1"}
    assert await scene.count("deliveries") == 0
    await _post(scene, "and again")
    assert _knocks(scene.victim) == ["cavage"] * 3
    assert await scene.count("hosts", "signature_scheme = 'cavage-path'") == 1


async def test_an_inbox_with_a_query_that_takes_rfc9421_alone_is_found_at_the_second_try(scene: Scene) -> None:
    scene.bob.document["inbox"] = f"{scene.bob.id}/inbox?token=1"
    scene.bob.document["endpoints"] = {}
    await _follower(scene)
    scene.victim.inbox = _takes("rfc9421")
    await _post(scene)
    assert _knocks(scene.victim) == ["cavage", "cavage"]
    scene.app.clock.shift(120)
    await scene.settle()
    assert _knocks(scene.victim) == ["cavage", "cavage", "cavage", "rfc9421"]
    assert await scene.count("deliveries") == 0


async def test_what_is_remembered_is_bounded(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knocking, "MAX_REMEMBERED", 3)
    await _follower(scene)
    for number in range(8):
        actor = scene.evil.actor(f"p{number}", id=f"http://127.0.0.3:{number + 9000}/users/p", generator=IMPLEMENTS)
        await knocking.announced(scene.app, vocab.parse_actor(actor.document))
    assert len(scene.app.caches["signature_schemes"].taken) <= 3

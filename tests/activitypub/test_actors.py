from collections.abc import Callable
from typing import Any

import pytest

from fedinote.activitypub import vocab
from fedinote.infra.errors import Malformed

Reader = Callable[[str], dict[str, Any]]
MINIMAL = {
    "id": "https://a.example/users/ann",
    "type": "Person",
    "preferredUsername": "ann",
    "inbox": "https://a.example/users/ann/inbox",
}


def test_a_full_profile_is_read(document: Reader) -> None:
    actor = vocab.parse_actor(document("actor_full"))
    assert (actor.id, actor.type, actor.username) == ("https://harbour.example/users/mira", "Person", "mira")
    assert (actor.name, actor.url) == ("Mira :anchor:", "https://harbour.example/@mira")
    assert actor.shared_inbox == "https://harbour.example/inbox"
    assert (actor.locked, actor.discoverable, actor.indexable, actor.bot, actor.group) == (
        True,
        True,
        False,
        False,
        False,
    )
    assert [name for name, _ in actor.fields] == ["Boat"]
    assert actor.also_known_as == ("https://old.example/users/mira",)
    assert actor.attribution_domains == ("harbour.example",)
    assert [emoji.shortcode for emoji in actor.emojis] == ["anchor"]
    assert [key.id for key in actor.keys] == ["https://harbour.example/users/mira#main-key"]
    assert [key.controller for key in actor.multikeys] == [actor.id]
    assert actor.implements == ("https://datatracker.ietf.org/doc/html/rfc9421",)


def test_odd_shapes_are_understood(document: Reader) -> None:
    actor = vocab.parse_actor(document("actor_odd_shapes"))
    assert actor.type == "Service"
    assert actor.bot
    assert actor.username == "odd_na_me"
    assert actor.name == ""
    assert actor.url == "https://www.odd.example/me"
    assert (actor.icon, actor.image) == ("https://odd.example/small.png", "https://odd.example/wide.jpg")
    assert actor.fields == (("Site", "odd.example"),)
    assert (actor.locked, actor.discoverable) == (False, True)
    assert actor.also_known_as == ("https://old.example/u/odd",)
    assert [key.owner for key in actor.keys] == ["https://odd.example/"]


def test_a_shared_inbox_on_a_third_host_is_ignored(document: Reader) -> None:
    assert vocab.parse_actor(document("actor_odd_shapes")).shared_inbox is None


def test_an_inbox_on_another_host_is_accepted() -> None:
    actor = vocab.parse_actor({**MINIMAL, "inbox": "https://hosting.example/ann/inbox"})
    assert actor.inbox == "https://hosting.example/ann/inbox"


@pytest.mark.parametrize("missing", ["id", "type", "inbox", "preferredUsername"])
def test_half_an_actor_is_refused(missing: str) -> None:
    with pytest.raises(Malformed):
        vocab.parse_actor({key: value for key, value in MINIMAL.items() if key != missing})


@pytest.mark.parametrize("value", [7, "", "urn:x", "javascript:x", None, []])
def test_an_actor_needs_an_http_id(value: Any) -> None:
    with pytest.raises(Malformed):
        vocab.parse_actor({**MINIMAL, "id": value})


def test_an_actor_that_claims_somebody_elses_key_is_refused() -> None:
    foreign = {
        "id": "https://b.example/u#key",
        "owner": "https://b.example/u",
        "publicKeyPem": "-----BEGIN PUBLIC KEY-----",
    }
    with pytest.raises(Malformed):
        vocab.parse_actor({**MINIMAL, "publicKey": foreign})


def test_a_key_on_another_origin_does_not_become_the_actors() -> None:
    own = {"id": "https://a.example/users/ann#key", "publicKeyPem": "-----BEGIN PUBLIC KEY-----"}
    elsewhere = {**own, "id": "https://b.example/key", "owner": MINIMAL["id"]}
    assert [key.id for key in vocab.parse_actor({**MINIMAL, "publicKey": [own, elsewhere]}).keys] == [own["id"]]


def test_a_key_stub_names_its_owner() -> None:
    stub = {
        "id": "https://a.example/users/ann",
        "type": "Person",
        "publicKey": {
            "id": "https://a.example/users/ann/main-key",
            "owner": "https://a.example/users/ann",
            "publicKeyPem": "-----BEGIN PUBLIC KEY-----",
        },
    }
    assert [key.owner for key in vocab.parse_keys(stub)] == ["https://a.example/users/ann"]


def test_a_bare_key_document_is_read() -> None:
    bare = {
        "id": "https://a.example/k",
        "type": "sec:Key",
        "owner": "https://a.example/u",
        "publicKeyPem": "-----BEGIN X",
    }
    assert vocab.parse_keys(bare) == (vocab.PublicKey("https://a.example/k", "https://a.example/u", "-----BEGIN X"),)


def test_lists_and_texts_are_cut_to_their_limits() -> None:
    actor = vocab.parse_actor(
        {
            **MINIMAL,
            "name": "n" * 5000,
            "summary": "s" * 50_000,
            "attachment": [{"type": "PropertyValue", "name": "n" * 5000, "value": "v" * 5000}] * 80,
            "alsoKnownAs": [f"https://a.example/{number}" for number in range(900)],
            "publicKey": [
                {"id": f"https://a.example/users/ann#{number}", "publicKeyPem": "-----BEGIN"} for number in range(40)
            ],
        }
    )
    assert (len(actor.name), len(actor.summary)) == (2048, 20_480)
    assert (len(actor.fields), len(actor.fields[0][0]), len(actor.fields[0][1])) == (50, 2047, 2047)
    assert (len(actor.also_known_as), len(actor.keys)) == (256, 10)


@pytest.mark.parametrize(
    "key", ["icon", "image", "tag", "attachment", "publicKey", "endpoints", "url", "generator", "name"]
)
@pytest.mark.parametrize("value", [None, 7, True, "x", [], {}, [None, 7], [[]], {"type": 3}])
def test_a_wrong_value_in_what_is_not_essential_is_left_out(key: str, value: Any) -> None:
    assert vocab.parse_actor({**MINIMAL, key: value}).username == "ann"

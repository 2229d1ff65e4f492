from collections.abc import Callable
from typing import Any

import pytest

from fedinote.activitypub import vocab
from fedinote.infra.errors import Malformed

Reader = Callable[[str], dict[str, Any]]
LIKE = {
    "id": "https://a.example/likes/1",
    "type": "Like",
    "actor": "https://a.example/u",
    "object": "https://b.example/1",
}


@pytest.mark.parametrize(
    "actor",
    [
        "https://a.example/u",
        {"id": "https://a.example/u", "type": "Person"},
        ["https://a.example/u"],
        [{"id": "https://a.example/u"}],
    ],
)
def test_the_actor_is_found_in_every_shape(actor: Any) -> None:
    assert vocab.parse_activity({**LIKE, "actor": actor}).actor == "https://a.example/u"


@pytest.mark.parametrize(
    "actor",
    [
        None,
        "",
        7,
        [],
        {},
        "acct:u@a.example",
        ["https://a.example/u", "https://b.example/u"],
        ["https://a.example/u"] * 2,
    ],
)
def test_no_actor_or_several_are_refused(actor: Any) -> None:
    with pytest.raises(Malformed):
        vocab.parse_activity({**LIKE, "actor": actor})


def test_an_object_by_id_is_a_reference() -> None:
    assert vocab.parse_activity(LIKE).object == vocab.Ref("https://b.example/1")
    assert vocab.parse_activity({**LIKE, "object": {"id": "https://b.example/1"}}).object == vocab.Ref(
        "https://b.example/1"
    )


def test_an_unknown_type_of_activity_parses() -> None:
    assert vocab.parse_activity({**LIKE, "type": "Zap"}).type == "Zap"


def test_an_unknown_type_of_object_keeps_its_id_and_type() -> None:
    activity = vocab.parse_activity({**LIKE, "object": {"id": "https://b.example/1", "type": "Album", "tracks": 3}})
    assert activity.object == vocab.Unknown("https://b.example/1", "Album")


@pytest.mark.parametrize("kind", ["Note", "Person", "Question", None, [], 7])
def test_what_is_not_an_activity_is_refused(kind: Any) -> None:
    with pytest.raises(Malformed):
        vocab.parse_activity({**LIKE, "type": kind})


def test_a_missing_or_foreign_id_is_none() -> None:
    assert vocab.parse_activity({**LIKE, "id": None}).id is None
    assert vocab.parse_activity({**LIKE, "id": "urn:uuid:1"}).id is None


def test_two_votes_in_one_create_are_two_objects(document: Reader) -> None:
    activity = vocab.parse_activity(document("create_two_votes"))
    assert [entry.title for entry in activity.objects if isinstance(entry, vocab.Post) and entry.is_vote] == [
        "Bowline",
        "Clove hitch",
    ]


def test_a_group_forwards_an_activity_and_not_a_post(document: Reader) -> None:
    activity = vocab.parse_activity(document("announce_create_by_group"))
    inner = activity.object
    assert activity.actor == "https://forum.example/c/knots"
    assert isinstance(inner, vocab.Activity)
    assert inner.actor == "https://forum.example/u/ola"
    assert isinstance(inner.object, vocab.Post)
    assert (inner.object.title, inner.object.language) == ("A new knot", "nb")


def test_blind_recipients_are_dropped(document: Reader) -> None:
    activity = vocab.parse_activity(document("announce_create_by_group"))
    assert activity.embedded is not None
    assert "bcc" not in activity.embedded
    assert "secret.example" not in repr(activity)


def test_an_embedded_actor_stub_is_unknown_but_keeps_its_id() -> None:
    activity = vocab.parse_activity(
        {**LIKE, "type": "Delete", "object": {"id": "https://a.example/u", "type": "Person"}}
    )
    assert activity.object == vocab.Unknown("https://a.example/u", "Person")


def test_a_tombstone_is_read() -> None:
    gone = {"id": "https://a.example/1", "type": "Tombstone", "formerType": "Note", "deleted": "2024-01-01T00:00:00Z"}
    found = vocab.parse_activity({**LIKE, "type": "Delete", "object": gone}).object
    assert isinstance(found, vocab.Tombstone)
    assert (found.id, found.former_type) == ("https://a.example/1", "Note")


def test_activities_inside_activities_end_at_a_fixed_depth() -> None:
    nested: dict[str, Any] = LIKE
    for number in range(30):
        nested = {
            "id": f"https://a.example/{number}",
            "type": "Announce",
            "actor": "https://a.example/u",
            "object": nested,
        }
    found: Any = vocab.parse_activity(nested)
    depth = 0
    while isinstance(found, vocab.Activity):
        found, depth = found.object, depth + 1
    assert depth == 3
    assert isinstance(found, vocab.Unknown)


def test_a_report_has_its_objects_and_its_comment() -> None:
    activity = vocab.parse_activity(
        {**LIKE, "type": "Flag", "object": ["https://b.example/u", "https://b.example/1"], "content": "spam"}
    )
    assert (activity.object_ids, activity.content) == (("https://b.example/u", "https://b.example/1"), "spam")


def test_a_custom_reaction_brings_its_emoji() -> None:
    tag = {"type": "Emoji", "name": ":wave@c.example:", "icon": {"url": "https://c.example/wave.png"}}
    activity = vocab.parse_activity({**LIKE, "_misskey_reaction": ":wave:", "tag": tag})
    assert (activity.content, activity.emojis[0].shortcode) == (":wave:", "wave")


def test_an_accepted_quote_brings_its_stamp() -> None:
    request = {**LIKE, "type": "QuoteRequest", "instrument": "https://a.example/notes/1"}
    activity = vocab.parse_activity(
        {**LIKE, "type": "Accept", "object": request, "result": "https://b.example/stamps/1"}
    )
    inner = activity.object
    assert activity.result == "https://b.example/stamps/1"
    assert isinstance(inner, vocab.Activity)
    assert inner.instrument == vocab.Ref("https://a.example/notes/1")


def test_at_most_100_objects_are_read() -> None:
    many = [f"https://b.example/{number}" for number in range(2000)]
    assert len(vocab.parse_activity({**LIKE, "object": many}).objects) == 100


def test_an_inline_first_page_is_part_of_its_collection() -> None:
    page = {
        "type": "CollectionPage",
        "items": ["https://a.example/1", {"id": "https://a.example/2", "type": "Note"}],
        "next": "https://a.example/p2",
    }
    found = vocab.parse_collection({"id": "https://a.example/r", "type": "Collection", "first": page})
    assert found.items == ("https://a.example/1", "https://a.example/2")
    assert (len(found.embedded), found.next, found.first) == (1, "https://a.example/p2", None)


def test_what_is_no_collection_is_refused() -> None:
    with pytest.raises(Malformed):
        vocab.parse_collection({"id": "https://a.example/r", "type": "Note"})

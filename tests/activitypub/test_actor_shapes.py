"""Families of actor documents: every value replaced by every wrong one, in every place."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest

from fedinote.activitypub import vocab
from fedinote.infra.errors import FediNoteError

ID = "https://a.example/users/ann"
FULL: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/activitystreams", {"toot": "http://joinmastodon.org/ns#"}],
    "id": ID,
    "type": "Person",
    "preferredUsername": "ann",
    "name": "Ann",
    "summary": "<p>Tea</p>",
    "url": [{"type": "Link", "mediaType": "text/html", "href": "https://a.example/@ann"}],
    "inbox": f"{ID}/inbox",
    "outbox": f"{ID}/outbox",
    "followers": f"{ID}/followers",
    "following": f"{ID}/following",
    "featured": f"{ID}/featured",
    "featuredTags": f"{ID}/tags",
    "endpoints": {"sharedInbox": "https://a.example/inbox"},
    "icon": [{"type": "Image", "url": "https://a.example/a.png", "width": 40}],
    "image": {"type": "Image", "url": [{"href": "https://a.example/h.png"}]},
    "attachment": [{"type": "PropertyValue", "name": "Web", "value": "<a href='https://a.example'>a</a>"}],
    "tag": [{"type": "Emoji", "name": ":tea:", "icon": {"url": "https://a.example/tea.png"}}],
    "publicKey": {"id": f"{ID}#main-key", "owner": ID, "publicKeyPem": "-----BEGIN PUBLIC KEY-----"},
    "assertionMethod": [{"type": "Multikey", "id": f"{ID}#ed", "controller": ID, "publicKeyMultibase": "z6Mk"}],
    "manuallyApprovesFollowers": False,
    "discoverable": True,
    "indexable": True,
    "memorial": False,
    "suspended": False,
    "alsoKnownAs": ["https://b.example/ann"],
    "movedTo": None,
    "generator": {"type": "Application", "implements": [{"href": "https://x.example/spec"}]},
    "webfinger": "ann@a.example",
    "published": "2020-01-01T00:00:00Z",
}
WRONG: list[Any] = [
    None, True, 0, -1, 1e308, 2**70, "", " ", "x" * 5000, "javascript:alert(1)", "https://", "https://u@a.example/",
    "\x00\u202e\ud800", "https://a.example/\x00", "//a.example", [], {}, [None], [[]], [[[]]], {"type": None},
    {"id": 7}, {"id": []}, {"type": ["Image"]}, {"type": [7, None]}, {"@value": {"@value": []}}, {"@list": {}},
    {"href": {"href": {}}}, {"url": {"url": {}}}, {"en": 5}, {"": ""}, [{"type": "PropertyValue"}],
    [{"type": "Link", "href": "javascript:x"}], {"type": "Note", "content": {"en": []}}, ["a", 7, None, {}],
]  # fmt: skip


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from _paths(child, (*path, key))


def _with(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    holder: Any = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return changed


def _read(document: dict[str, Any]) -> vocab.Actor | None:
    try:
        return vocab.parse_actor(document)
    except FediNoteError:
        return None


def test_a_wrong_value_in_any_place_is_an_actor_or_refused_as_malformed() -> None:
    read = 0
    for path in _paths(FULL):
        for value in WRONG:
            actor = _read(_with(FULL, path, value))
            read += actor is not None
            assert actor is None or (actor.id and actor.inbox and actor.username)
    assert read > 500


def test_several_wrong_values_at_once_never_raise_anything_else() -> None:
    chance = random.Random(7)
    paths = [path for path in _paths(FULL) if len(path) == 1 and path[0] not in ("id", "inbox", "preferredUsername")]
    for _ in range(2000):
        document = FULL
        for path in chance.sample(paths, chance.randint(2, 6)):
            document = _with(document, path, chance.choice(WRONG))
        key = next(iter(document))
        document = {f"as:{name}" if name == key else name: value for name, value in document.items()}
        _read(document)


def test_an_actor_without_what_is_not_essential_is_read() -> None:
    essential = {name: FULL[name] for name in ("id", "type", "preferredUsername", "inbox")}
    actor = vocab.parse_actor(essential)
    assert (actor.name, actor.url, actor.outbox, actor.followers, actor.shared_inbox) == ("", None, None, None, None)


@pytest.mark.parametrize("value", [["Person", "schema:Person"], ["x:Odd", "Service"], ["Group"]])
def test_a_list_of_types_is_searched_for_an_actor_s(value: list[str]) -> None:
    assert vocab.parse_actor({**FULL, "type": value}).type in vocab.ACTOR_TYPES


@pytest.mark.parametrize(
    "value",
    [
        "https://a.example/i.png",
        {"type": "Image", "url": "https://a.example/i.png"},
        {"type": "Image", "url": {"type": "Link", "href": "https://a.example/i.png"}},
        {"type": "Image", "url": [{"href": "https://a.example/i.png"}, {"href": "https://a.example/big.png"}]},
        [None, {"type": "Image", "href": "https://a.example/i.png"}],
        [{"type": "Image", "url": "https://a.example/i.png"}, {"type": "Image", "url": "https://a.example/j.png"}],
    ],
)
def test_a_picture_is_found_in_every_shape(value: Any) -> None:
    assert vocab.parse_actor({**FULL, "icon": value}).icon == "https://a.example/i.png"


@pytest.mark.parametrize(
    ("endpoints", "top", "expected"),
    [
        (None, "https://a.example/inbox", "https://a.example/inbox"),
        ({}, "https://a.example/inbox", "https://a.example/inbox"),
        ({"sharedInbox": None}, None, None),
        ([{"sharedInbox": "https://a.example/inbox"}], None, "https://a.example/inbox"),
        ({"sharedInbox": "https://third.example/inbox"}, None, None),
        ("https://a.example/endpoints", None, None),
    ],
)
def test_a_shared_inbox_is_found_where_it_is_on_the_inbox_s_host(endpoints: Any, top: Any, expected: Any) -> None:
    assert vocab.parse_actor({**FULL, "endpoints": endpoints, "sharedInbox": top}).shared_inbox == expected


def test_a_field_alone_is_read_like_a_list_of_one() -> None:
    field = {"type": "PropertyValue", "name": "Tea", "value": "green"}
    assert vocab.parse_actor({**FULL, "attachment": field}).fields == (("Tea", "green"),)


def test_fields_as_notes_and_links_are_read_where_there_are_no_others() -> None:
    """FEP-fb2a."""
    modern = [
        {"type": "Note", "name": "City", "content": "Rome"},
        {"type": "Link", "name": "Web", "href": "https://ann.example/?a=1&b=2", "rel": "me"},
        {"type": "Link", "name": "Bad", "href": "javascript:alert(1)"},
        {"type": "IdentityProof", "name": "Old", "signatureValue": "x"},
        {"haha": "nonsense"},
    ]
    shown = "https://ann.example/?a=1&amp;b=2"
    expected = (("City", "Rome"), ("Web", f'<a href="{shown}">{shown}</a>'))
    assert vocab.parse_actor({**FULL, "attachment": modern}).fields == expected
    both = [*modern, {"type": "PropertyValue", "name": "City", "value": "Rome"}]
    assert vocab.parse_actor({**FULL, "attachment": both}).fields == (("City", "Rome"),)


def test_language_maps_give_a_name_and_a_biography_where_there_is_no_plain_one() -> None:
    mapped = {**FULL, "nameMap": {"de": "Anna", "en": "Ann"}, "summaryMap": {"de": "<p>Tee</p>"}}
    assert vocab.parse_actor(mapped).name == "Ann"
    without = {name: value for name, value in mapped.items() if name not in ("name", "summary")}
    assert (vocab.parse_actor(without).name, vocab.parse_actor(without).summary) == ("Anna", "<p>Tee</p>")
    assert vocab.parse_actor({**FULL, "name": {"en": "Ann", "de": "Anna"}}).name == "Ann"
    without.pop("nameMap")
    expanded = {**without, "as:name": [{"@value": "Anne", "@language": "fr"}]}
    assert vocab.parse_actor(expanded).name == "Anne"

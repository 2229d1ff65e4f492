"""Documents with anything wrong in them: nothing but our own errors, no 500, no job that fails for its own reasons."""

import copy
import json
import logging
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fedinote.activitypub import vocab
from fedinote.activitypub.versions import Version
from fedinote.federation import contents
from fedinote.infra.errors import FediNoteError
from tests.activitypub.test_families import DOCUMENTS
from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, stamp

FIXTURES = Path(__file__).parents[1] / "fixtures" / "activitypub"
PARSED, SENT = 4000, 160
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    3.5,
    1e308,
    2**70,
    "",
    " ",
    "\x00",
    "\u202e",
    "x" * 5000,
    "https://",
    "https://[",
    "http://a:b@c/",
    "https://a.example/\U0001f600",
    "javascript:alert(1)",
    "as:Public",
    "2026-02-30T25:61:00Z",
    "0001-01-01T00:00:00+14:00",
    "<p>" * 200,
    "<math><semantics>",
    "&#99999999999;",
    [],
    {},
    [[]],
    [{}],
    [None],
    {"@value": []},
    {"@list": {}},
    {"id": {}},
    {"id": []},
    {"type": "Note"},
    {"type": []},
    {"href": 1},
    {"en": None},
    {"en": {"de": []}},
    {"@id": "x", "id": "y"},
    [[[[[[]]]]]],
    {"@graph": []},
    ["https://a.example/1", {"id": 2}],
    {"totalItems": -1},
    {"type": "Person"},
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in entries:
        yield (*path, key)
        yield from _paths(child, (*path, key))


def mutated(document: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The document with one to four things wrong: replaced, wrapped, dropped, or moved to another place."""
    changed = copy.deepcopy(document)
    for _ in range(chance.randint(1, 4)):
        paths = list(_paths(changed))
        if not paths:
            break
        *above, last = chance.choice(paths)
        holder: Any = changed
        for key in above:
            holder = holder[key]
        match chance.randrange(5):
            case 0:
                del holder[last]
            case 1:
                holder[last] = [holder[last], copy.deepcopy(chance.choice(ODD))]
            case 2 if isinstance(holder, dict):
                holder[str(chance.choice(["content", "contentMap", "tag", "@context", "oneOf", "url"]))] = holder.pop(
                    last
                )
            case _:
                holder[last] = copy.deepcopy(chance.choice(ODD))
    return changed


def _documents() -> list[dict[str, Any]]:
    return [*DOCUMENTS.values(), *(json.loads(path.read_bytes()) for path in sorted(FIXTURES.glob("*.json")))]


def _read_all(document: dict[str, Any]) -> None:
    for read in (
        vocab.parse_activity,
        vocab.parse_post,
        vocab.parse_actor,
        vocab.parse_collection,
        vocab.parse_tombstone,
    ):
        try:
            found = read(vocab.decode(json.dumps(document).encode()))
        except FediNoteError:
            continue
        posts = [found] if isinstance(found, vocab.Post) else getattr(found, "objects", ())
        for post in posts:
            if isinstance(post, vocab.Post):
                _shown(post)


def _shown(post: vocab.Post) -> None:
    assert isinstance(contents.content(post), str)
    assert all(isinstance(text, str) for text in (contents.contents(post) or {}).values())
    contents.summaries(post)
    contents.media(post)
    assert all(isinstance(version, Version) for version in post.versions)


def test_no_document_makes_a_reader_raise_anything_but_our_errors() -> None:
    chance, documents = random.Random(20260301), _documents()
    for number in range(PARSED):
        document = mutated(chance.choice(documents), chance)
        try:
            _read_all(document)
        except Exception as error:
            raise AssertionError(f"mutation {number}: {json.dumps(document)[:3000]}") from error


async def test_no_document_makes_the_server_fail(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    await scene.follow(scene.alice, scene.bob)
    bob, chance = scene.bob, random.Random(20260302)
    posted = await scene.alice.post("Which?", poll={"options": ["Yes", "No"], "expires_in": 3600})
    note = bob.note(
        "seed", contentMap={"en": "<p>seed</p>", "de": "<p>Saat</p>"}, tag=[{"type": "Hashtag", "name": "#a"}]
    )
    note |= {"attachment": [{"type": "Image", "url": "https://a.example/1.png"}], "inReplyTo": posted["uri"]}
    await scene.done(bob, bob.create(note))
    with caplog.at_level(logging.WARNING):
        for number in range(SENT):
            activity = mutated(_seed(scene, chance, note, posted["uri"]), chance)
            activity["actor"] = bob.id
            answer = await scene.send(bob, activity)
            assert answer in (202, 400, 401, 403), f"mutation {number}: {answer} {json.dumps(activity)[:3000]}"
            await scene.settle()
            failed = [record for record in caplog.records if record.exc_info]
            assert not failed, f"mutation {number}: {failed[-1].exc_info} {json.dumps(activity)[:3000]}"
    await scene.alice.home()
    assert (await scene.alice.call("GET", "/api/v1/timelines/public")) is not None


def _seed(scene: Scene, chance: random.Random, note: dict[str, Any], posted: str) -> dict[str, Any]:
    bob = scene.bob
    fresh = bob.note("new") | {key: note[key] for key in ("contentMap", "tag", "attachment", "inReplyTo")}
    question = fresh | {
        "type": "Question",
        "oneOf": [{"name": "a", "nameMap": {"de": "b"}}, {"name": "c"}],
        "endTime": stamp(60),
    }
    kinds = [
        lambda: bob.create(fresh),
        lambda: bob.create(question),
        lambda: bob.activity("Update", note | {"content": "<p>again</p>", "updated": stamp(60)}, to=[PUBLIC]),
        lambda: bob.activity("Update", bob.document, to=[PUBLIC]),
        lambda: bob.activity("Delete", {"type": "Tombstone", "id": fresh["id"]}),
        lambda: bob.activity("Undo", bob.activity("Like", posted)),
        lambda: bob.activity("Announce", posted, to=[PUBLIC]),
        lambda: bob.activity("Like", posted),
        lambda: bob.create(
            {"id": bob.url("v"), "type": "Note", "name": "Yes", "inReplyTo": posted, "attributedTo": bob.id}
        ),
    ]
    found: dict[str, Any] = chance.choice(kinds)()
    return found

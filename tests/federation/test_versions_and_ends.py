"""Edits, deletions and what is taken back, in every form, and at the same moment."""

import asyncio
from typing import Any

import pytest

from fedinote.activitypub import vocab
from fedinote.federation import resolve
from fedinote.federation.fetching import Budget
from fedinote.federation.handlers import posts
from fedinote.federation.handlers.targets import was_undone
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra.errors import NotFound
from fedinote.posts import publishing
from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, gone, stamp


async def _posted(scene: Scene, **fields: Any) -> dict[str, Any]:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("first", **fields)
    await scene.done(scene.bob, scene.bob.create(note))
    return note


async def _revise(scene: Scene, note: dict[str, Any], seconds: int, **fields: Any) -> Any:
    await scene.done(scene.bob, scene.bob.activity("Update", note | {"updated": stamp(seconds)} | fields, to=[PUBLIC]))
    return (await scene.alice.home())[0]


async def test_an_edit_of_files_keeps_the_former_ones_in_the_history(scene: Scene) -> None:
    cup = {"type": "Image", "url": "https://a.example/cup.png", "name": "A cup"}
    note = await _posted(scene, attachment=[cup])
    shown = await _revise(
        scene, note, 60, attachment=[cup | {"name": "A green cup"}, cup | {"url": "https://a.example/2.png"}]
    )
    assert [one["description"] for one in shown["media_attachments"]] == ["A green cup", "A cup"]
    shown = await _revise(scene, note, 120, attachment=[])
    assert shown["media_attachments"] == []
    history = await scene.alice.call("GET", f"/api/v1/statuses/{shown['id']}/history")
    described = [[one["description"] for one in version["media_attachments"]] for version in history]
    assert described == [["A cup"], ["A green cup", "A cup"], []]
    assert await scene.count("posts", "media_count = 0") == 1


async def test_an_edit_changes_words_warning_language_tags_and_mentions(scene: Scene) -> None:
    note = await _posted(scene)
    me = scene.uri(scene.alice)
    tags = [{"type": "Hashtag", "name": "#sea"}, {"type": "Mention", "href": me, "name": "@alice"}]
    words = {"content": "<p>zweite</p>", "contentMap": {"de": "<p>zweite</p>"}, "summary": "cw", "tag": tags}
    at = stamp(60)
    shown = await _revise(scene, note, 60, updated=at, to=[PUBLIC, me], **words)
    assert (shown["content"], shown["language"], shown["spoiler_text"]) == ("<p>zweite</p>", "de", "cw")
    assert ([one["name"] for one in shown["tags"]], len(shown["mentions"]), shown["sensitive"]) == (["sea"], 1, True)
    kinds = [one["type"] for one in await scene.alice.call("GET", "/api/v1/notifications")]
    assert kinds == ["mention"]
    again = await _revise(scene, note, 60, updated=at)
    assert again["content"] == "<p>zweite</p>", "the same time again is no newer version"


async def test_an_update_without_a_time_changes_no_words(scene: Scene) -> None:
    note = await _posted(scene)
    for updated in (None, "", "yesterday", 7, note["published"][:4]):
        await scene.done(scene.bob, scene.bob.activity("Update", note | {"content": "<p>x</p>", "updated": updated}))
    shown = (await scene.alice.home())[0]
    assert (shown["content"], shown["edited_at"]) == ("<p>first</p>", None)


REMAINS = (
    lambda note: note["id"],
    lambda note: {"id": note["id"], "type": "Tombstone"},
    lambda note: {
        "id": note["id"],
        "type": "Tombstone",
        "formerType": "Note",
        "deleted": stamp(),
        "atomUri": note["id"],
    },
    lambda note: note,
    lambda note: {"id": note["id"]},
    lambda note: [note["id"]],
    lambda note: {"@id": note["id"], "@type": ["https://www.w3.org/ns/activitystreams#Tombstone"]},
)


@pytest.mark.parametrize("form", REMAINS)
@pytest.mark.parametrize("first", ["Create", "Delete"])
async def test_a_deletion_in_every_form_is_for_good(scene: Scene, form: Any, first: str) -> None:
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note()
    steps = [scene.bob.create(note), scene.bob.activity("Delete", form(note), to=[PUBLIC]), scene.bob.create(note)]
    for step in steps if first == "Create" else steps[1:]:
        await scene.done(scene.bob, step)
    assert await scene.count("posts") == 0
    assert await scene.count("tombstones", "uri LIKE ?", f"%{note['id']}") == 1


async def test_a_deletion_that_is_undone_stays_a_deletion_and_does_no_harm(scene: Scene) -> None:
    note = await _posted(scene)
    other = scene.bob.note("stays")
    await scene.done(scene.bob, scene.bob.create(other))
    delete = scene.bob.activity("Delete", note["id"])
    await scene.done(scene.bob, delete)
    for undone in (delete, delete["id"], delete | {"object": {"type": "Tombstone", "id": note["id"]}}):
        await scene.done(scene.bob, scene.bob.activity("Undo", undone, to=[PUBLIC]))
    await scene.done(scene.bob, scene.bob.create(note))
    assert [one["uri"] for one in await scene.alice.home()] == [other["id"]]
    assert await scene.count("jobs") == 0


async def test_our_own_deleted_post_answers_what_it_was_and_when_it_was_deleted(scene: Scene) -> None:
    poll = {"options": ["a", "b"], "expires_in": 3600}
    number = 0
    for fields, kind in (({}, "Note"), ({"poll": poll}, "Question")):
        posted = await scene.alice.post("Hello", **fields)
        await scene.alice.call("DELETE", f"/api/v1/statuses/{posted['id']}")
        await scene.settle()
        path = "/" + posted["uri"].split("/", 3)[3]
        found = await scene.home.call("GET", path, status=410, headers={"Accept": "application/activity+json"})
        assert (found["id"], found["type"], found["formerType"]) == (posted["uri"], "Tombstone", kind)
        assert found["deleted"]
        assert "content" not in found
        assert vocab.parse_tombstone(found).former_type == kind
        number = int(posted["id"])
    nowhere = f"/users/alice/statuses/{number + 1}"
    await scene.home.call("GET", nowhere, status=404, headers={"Accept": "application/activity+json"})


async def test_an_accept_that_is_taken_back_ends_the_follow(scene: Scene) -> None:
    await scene.known(scene.mallory)
    request = await scene.follow(scene.alice, scene.bob)
    accept = scene.bob.activity("Accept", request)
    await scene.without_effect("by another", scene.mallory, scene.mallory.activity("Undo", accept))
    assert await scene.count("follows", "accepted") == 1
    await scene.done(scene.bob, scene.bob.activity("Undo", accept))
    assert await scene.count("follows") == 0


async def test_a_post_that_is_deleted_while_it_comes_in_by_another_way_stays_away(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A boost fetches it, while its author deletes it: two transactions of different signers at once."""
    await scene.known(scene.bob, scene.mallory)
    author = await scene.row("SELECT * FROM accounts WHERE uri = ?", scene.bob.id)
    assert author is not None
    store = publishing.store

    async def slowly(*args: Any, **options: Any) -> int | None:
        await asyncio.sleep(0.05)
        return await store(*args, **options)

    monkeypatch.setattr(publishing, "store", slowly)
    for wait in (0.0, 0.02, 0.04):
        note = scene.bob.note("gone at once")
        found = vocab.parse_post(note)
        delete = vocab.parse_activity(scene.bob.activity("Delete", note["id"]))
        verified = VerifiedActivity(delete, author["id"], author["uri"], True, b"")

        async def deleted(verified: VerifiedActivity = verified, wait: float = wait) -> None:
            await asyncio.sleep(wait)
            await posts.delete(scene.app, verified)

        stored = resolve.store_post(scene.app, found, author, Budget())
        first, second = await asyncio.gather(stored, deleted(), return_exceptions=True)
        assert second is None, second
        assert isinstance(first, (int, NotFound)), first
        assert await scene.count("posts", "uri = ?", note["id"]) == 0
        assert await was_undone(scene.app, author["id"], note["id"])  # whichever of the two came first


async def test_a_deletion_by_another_of_the_same_host_asks_the_origin(scene: Scene) -> None:
    note = await _posted(scene)
    await scene.known(scene.mallory)
    await scene.done(scene.mallory, scene.mallory.activity("Delete", note["id"]))
    assert await scene.count("posts") == 1
    path = "/" + note["id"].split("/", 3)[3]
    scene.victim.pages[path] = gone()
    await scene.done(scene.mallory, scene.mallory.activity("Delete", note["id"]))
    assert await scene.count("posts") == 0


async def test_the_kind_of_an_object_does_not_change_into_an_account(scene: Scene) -> None:
    note = await _posted(scene)
    actor = replace_id(scene, note["id"])
    await scene.without_effect("Person", scene.bob, scene.bob.activity("Update", actor), asked=2)
    assert (await scene.alice.home())[0]["content"] == "<p>first</p>"


def replace_id(scene: Scene, identity: str) -> dict[str, Any]:
    return scene.bob.document | {"id": identity, "updated": stamp(60)}

"""Which pictures other servers are sent first, and that a post can have sixteen of them."""

from collections.abc import Sequence
from typing import Any

import pytest

from fedinote.federation import documents
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.posts import covers, publishing, revising, scheduling
from fedinote.posts.drafts import Draft
from tests.support import accounts


async def _uploads(app: App, account_id: int, number: int) -> list[int]:
    made = [app.ids.next() for _ in range(number)]
    for media_id in made:
        await app.db.execute(
            "INSERT INTO media (id, account_id, kind, media_type, key, preview_key, meta, position, state, created_at)"
            " VALUES (?, ?, 'image', 'image/png', ?, 'p.png', '{}', 0, 'ready', ?)",
            media_id,
            account_id,
            f"{media_id}.png",
            app.now(),
        )
    return made


async def _sent(app: App, post_id: int) -> list[tuple[int, Any]]:
    """The attachments of a post's document, in order: (id of the upload, place for readers)."""
    document = (await documents.post(app, post_id)).document
    return [(int(one["url"].rpartition("/")[2][:-4]), one.get("position")) for one in document["attachment"]]


async def _kept(app: App, post_id: int) -> Sequence[int]:
    rows = await app.db.rows("SELECT id FROM media WHERE post_id = ? ORDER BY position", post_id)
    return [row["id"] for row in rows]


async def test_a_post_has_up_to_sixteen_pictures_in_their_order(app: App) -> None:
    alice = await accounts.local(app, "alice")
    files = await _uploads(app, alice.id, 17)
    post_id = await publishing.publish(app, alice.id, Draft("walk", media_ids=tuple(files[:16])))
    assert await _kept(app, post_id) == files[:16]
    with pytest.raises(Invalid, match="more than 16"):
        await publishing.publish(app, alice.id, Draft("walk", media_ids=tuple(files)))


async def test_without_covers_servers_get_the_authors_order_and_no_places(app: App) -> None:
    alice = await accounts.local(app, "alice")
    files = await _uploads(app, alice.id, 6)
    post_id = await publishing.publish(app, alice.id, Draft("walk", media_ids=tuple(files)))
    assert await _sent(app, post_id) == [(one, None) for one in files]
    context = (await documents.post(app, post_id)).document["@context"]
    assert "position" not in context[1]


async def test_covers_are_sent_first_in_the_authors_order_with_the_place_of_each(app: App) -> None:
    alice = await accounts.local(app, "alice")
    files = await _uploads(app, alice.id, 6)
    draft = Draft("walk", media_ids=tuple(files), covers=(files[5], files[2]))
    post_id = await publishing.publish(app, alice.id, draft)
    places = [3, 6, 1, 2, 4, 5]
    assert await _sent(app, post_id) == [(files[place - 1], place) for place in places]
    assert await _kept(app, post_id) == files
    context = (await documents.post(app, post_id)).document["@context"]
    assert context[1]["position"] == "http://schema.org/position"


async def test_covers_that_come_first_anyway_change_nothing(app: App) -> None:
    alice = await accounts.local(app, "alice")
    files = await _uploads(app, alice.id, 5)
    post_id = await publishing.publish(app, alice.id, Draft("", media_ids=tuple(files), covers=tuple(files[:3])))
    assert await _sent(app, post_id) == [(one, None) for one in files]


async def test_an_edit_that_does_not_speak_of_covers_keeps_them(app: App) -> None:
    alice = await accounts.local(app, "alice")
    files = await _uploads(app, alice.id, 5)
    post_id = await publishing.publish(app, alice.id, Draft("", media_ids=tuple(files), covers=(files[4],)))
    await revising.edit(app, alice.id, post_id, Draft("words", media_ids=tuple(files)))
    assert await covers.of_post(app, post_id) == [files[4]]
    await revising.edit(app, alice.id, post_id, Draft("words", media_ids=tuple(files), covers=()))
    assert await covers.of_post(app, post_id) == []


async def test_there_are_four_covers_at_most_and_all_are_attached(app: App) -> None:
    alice = await accounts.local(app, "alice")
    files = await _uploads(app, alice.id, 6)
    with pytest.raises(Invalid, match="At most 4"):
        await publishing.publish(app, alice.id, Draft("", media_ids=tuple(files), covers=tuple(files[:5])))
    with pytest.raises(Invalid, match="no attachment"):
        await publishing.publish(app, alice.id, Draft("", media_ids=tuple(files[:2]), covers=(files[3],)))


async def test_a_planned_post_remembers_its_covers(app: App) -> None:
    alice = await accounts.local(app, "alice")
    files = await _uploads(app, alice.id, 3)
    draft = Draft("", media_ids=tuple(files), covers=(files[2],))
    plan = await scheduling.schedule(app, alice.id, draft, app.now() + 2 * scheduling.SOONEST)
    assert (await scheduling.show(app, alice.id, plan.id)).draft.covers == (files[2],)

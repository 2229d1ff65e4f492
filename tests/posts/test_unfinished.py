"""Drafts that are kept on the server."""

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.media import sweeping
from fedinote.posts import unfinished
from tests.support import accounts


async def test_a_draft_is_kept_changed_and_forgotten(app: App) -> None:
    alice = await accounts.local(app, "alice")
    kept = await unfinished.keep(app, alice.id, {"text": ["tea"], "media": ["1", "2"]})
    assert (await unfinished.find(app, alice.id, kept)).content == {"text": ["tea"], "media": ["1", "2"]}
    assert await unfinished.keep(app, alice.id, {"text": ["more tea"]}, kept) == kept
    assert [one.first("text") for one in await unfinished.mine(app, alice.id)] == ["more tea"]
    await unfinished.drop(app, alice.id, kept)
    assert await unfinished.mine(app, alice.id) == []


async def test_nobody_else_reads_changes_or_forgets_a_draft(app: App) -> None:
    alice, bob = await accounts.local(app, "alice"), await accounts.local(app, "bob")
    hers = await unfinished.keep(app, alice.id, {"text": ["secret"]})
    with pytest.raises(NotFound):
        await unfinished.find(app, bob.id, hers)
    assert await unfinished.keep(app, bob.id, {"text": ["mine"]}, hers) != hers
    await unfinished.drop(app, bob.id, hers)
    assert (await unfinished.find(app, alice.id, hers)).first("text") == "secret"


async def test_drafts_are_bounded_in_number_and_size(app: App) -> None:
    alice = await accounts.local(app, "alice")
    for number in range(unfinished.MOST):
        await unfinished.keep(app, alice.id, {"text": [str(number)]})
    with pytest.raises(Invalid, match="at most 50"):
        await unfinished.keep(app, alice.id, {"text": ["one more"]})
    with pytest.raises(Invalid, match="too long"):
        await unfinished.keep(app, alice.id, {"text": ["x" * unfinished.MAX_LENGTH]})


async def test_the_pictures_of_a_draft_are_not_swept_away(app: App) -> None:
    alice = await accounts.local(app, "alice")
    files = [app.ids.next(), app.ids.next()]
    for media_id in files:
        await app.db.execute(
            "INSERT INTO media (id, account_id, kind, media_type, key, preview_key, meta, position, state, created_at)"
            " VALUES (?, ?, 'image', 'image/png', '', '', '{}', 0, 'ready', ?)",
            media_id, alice.id, app.now(),
        )  # fmt: skip
    await unfinished.keep(app, alice.id, {"media": [str(files[0])]})
    app.clock.shift(90_000)
    await sweeping.sweep(app)
    assert [row["id"] for row in await app.db.rows("SELECT id FROM media")] == [files[0]]

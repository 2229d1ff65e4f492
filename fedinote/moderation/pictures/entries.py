"""The pictures of a set: added by hash, by post or by file, and taken out. Each decision is in the audit log.

Of a picture nothing is kept but hashes, so a set can hold what nobody may keep.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.media import recognising
from fedinote.moderation.audit import Window
from fedinote.moderation.moderator import Moderator
from fedinote.moderation.pictures import library
from fedinote.policy.pictures import hashes, sets
from fedinote.policy.pictures.hashes import PDQ, SHA256, Known
from fedinote.policy.rules.pictures import QUALITY

MAX_PICTURES = 500_000
MAX_LABEL = 200
BATCH = 500
_INSERT = """INSERT INTO known_pictures (id, set_id, kind, hash, label, source, reason, added_by, created_at)
 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"""
_COUNT = "SELECT COUNT(*) AS value FROM known_pictures WHERE set_id = ?"
_MEDIA = "SELECT id FROM media WHERE post_id = ? ORDER BY position"


@dataclass(frozen=True, slots=True)
class Entry:
    """A hash for a set. `kind` is pdq or sha256; `label` says what it is, for moderators to read."""

    kind: str
    hash: str
    label: str = ""
    source: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What is said of pictures that are added: what they are, where they are from, and why they are added."""

    label: str = ""
    source: str = ""
    reason: str = ""


async def page(app: App, set_id: int, window: Window) -> list[Row]:
    """Return a page of a set: id, kind, hash, label, source, reason, added_by, created_at."""
    where, params, order = window("k.id")
    sql = f"SELECT k.* FROM known_pictures k WHERE k.set_id = ? AND {where} {order}"  # noqa: S608
    return await app.db.rows(sql, set_id, *params)


async def add(app: App, set_id: int, new: Sequence[Entry], *, by: Moderator | None) -> int:
    """Add hashes to a set; return how many it did not have yet. `by` None is the command line.

    It is done in batches, so that others can write meanwhile. Raises NotFound, Invalid (with nothing added) and
    Forbidden.
    """
    library.allowed(by)
    checked: list[Entry] = []
    for at in range(0, len(new), BATCH):
        checked += map(_checked, new[at : at + BATCH])
        await asyncio.sleep(0)  # a long list is no reason to let others wait
    row = await library.get(app, set_id)
    if row["pictures"] + len(checked) > MAX_PICTURES:
        raise Invalid(f"Validation failed: A set has at most {MAX_PICTURES} pictures")
    if not checked:
        return 0
    for at in range(0, len(checked), BATCH):
        await app.db.execute_many(_INSERT, _values(app, set_id, checked[at : at + BATCH], by))
    async with app.db.transaction():
        added = int(await app.db.value(_COUNT, set_id)) - int(row["pictures"])
        await app.db.execute("UPDATE picture_sets SET version = version + 1 WHERE id = ?", set_id)
        labels = sorted({one.label for one in checked if one.label})
        detail = {"pictures": added, "label": labels[0] if len(labels) == 1 else "", "reason": checked[0].reason}
        await library.note(app, "picture_set.add", row, by, detail)
        app.db.after_commit(lambda: sets.forget(app))
    return max(0, added)


def _checked(one: Entry) -> Entry:
    kind, digits = hashes.checked(one.kind, one.hash)
    label = " ".join(one.label.split())
    if len(label) > MAX_LABEL or len(one.source) > MAX_LABEL or len(one.reason) > library.MAX_REASON:
        raise Invalid(f"Validation failed: Text is too long (maximum is {MAX_LABEL} characters)")
    return Entry(kind, digits, label, one.source.strip(), one.reason.strip())


def _values(app: App, set_id: int, new: Iterable[Entry], by: Moderator | None) -> list[tuple[object, ...]]:
    adder, now = by.account_id if by else None, app.now()
    return [(app.ids.next(), set_id, one.kind, one.hash, one.label, one.source, one.reason, adder, now) for one in new]


async def add_post(app: App, set_id: int, post_id: int, about: About, *, by: Moderator | None) -> int:
    """Add all files of a post to a set, whoever may see it; return how many hashes are new. As `add_media`."""
    library.allowed(by)
    rows = await app.db.rows(_MEDIA, post_id)
    if not rows:
        raise NotFound("There is no such post, or it has no files")
    return await add_media(app, set_id, [row["id"] for row in rows], about, by=by)


async def add_media(app: App, set_id: int, media_ids: Sequence[int], about: About, *, by: Moderator | None) -> int:
    """Add attachments to a set; return how many hashes are new. Files of other servers are fetched if need be.

    Raises Invalid when nothing can be told of any of them, NotFound and Forbidden.
    """
    library.allowed(by)
    found = [known for one in media_ids for known in await recognising.known(app, one)]
    return await _add_known(app, set_id, found, about, by)


async def add_file(app: App, set_id: int, data: bytes, about: About, *, by: Moderator | None) -> int:
    """Add a picture that is nowhere here to a set, by its bytes, which are not kept. Raises as `add_media`."""
    library.allowed(by)
    return await _add_known(app, set_id, [await recognising.of_bytes(app, data)], about, by)


async def _add_known(app: App, set_id: int, found: Sequence[Known], about: About, by: Moderator | None) -> int:
    new = [
        Entry(kind, digits, about.label, about.source, about.reason)
        for one in found
        for kind, digits in (
            *((SHA256, digest) for digest in one.digests),
            *((PDQ, f"{look:064x}") for look in one.looks[:1] if one.quality >= QUALITY),
        )
    ]
    if not new:
        raise Invalid("Validation failed: Nothing can be told of this file")
    return await add(app, set_id, new, by=by)


async def remove(app: App, set_id: int, entry_ids: Sequence[int], *, by: Moderator | None) -> int:
    """Take pictures out of a set; return how many. Raises NotFound and Forbidden."""
    library.allowed(by)
    async with app.db.transaction():
        row = await library.get(app, set_id)
        gone = await app.db.returning(
            "DELETE FROM known_pictures WHERE set_id = ? AND id IN_INTS(?) RETURNING label", set_id, list(entry_ids)
        )
        if gone:
            await app.db.execute(
                "UPDATE picture_sets SET version = version + 1, removals = removals + 1 WHERE id = ?", set_id
            )
            await library.note(app, "picture_set.take_out", row, by, {"pictures": len(gone)})
            app.db.after_commit(lambda: sets.forget(app))
    return len(gone)

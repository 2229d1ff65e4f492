"""What a file is known by, found out where it is not known yet: of files that are here already, or elsewhere."""

import asyncio
import contextlib
import shutil
from pathlib import Path

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Busy, NotFound
from fedinote.media import prints, remote_cache, workers
from fedinote.media.outcomes import Prints, Purpose
from fedinote.media.remote import Source
from fedinote.policy import domains
from fedinote.policy.pictures import hashes
from fedinote.policy.pictures.hashes import Known

_PRINTS = "SELECT received, kept, look, turned, quality FROM media_prints WHERE media_id = ? ORDER BY part"
_MEDIA = """SELECT m.id, m.post_id, m.kind, m.key, m.remote_url, m.account_id, m.state, a.domain FROM media m
 JOIN accounts a ON a.id = m.account_id WHERE m.id = ?"""


async def known(app: App, media_id: int) -> list[Known]:
    """Return what an attachment is known by: its file, and the picture that somebody chose for it.

    A file of another server is fetched if need be, as when somebody looks at it. Empty when it cannot be had, or
    there is nothing to see or hear in it. Raises NotFound for no attachment.
    """
    row = await app.db.row(_MEDIA, media_id)
    if row is None:
        raise NotFound("There is no such attachment")
    if not await app.db.rows(_PRINTS, media_id) and row["state"] == "ready":
        await _find_out(app, row)
    return [hashes.known(one) for one in await app.db.rows(_PRINTS, media_id)]


async def of_bytes(app: App, data: bytes) -> Known:
    """Return what a picture is known by that is kept nowhere. Raises Invalid for what is no picture."""
    async with workers.bench(app) as place:
        outcome = await workers.clean(app, data, place, purpose="thumbnail")  # never a film
    return prints.known(outcome.prints)


async def _find_out(app: App, row: Row) -> None:
    if row["key"]:
        await _open(app, row, app.storage.path(row["key"]))
    elif row["remote_url"]:
        source = Source(
            "media", row["id"], row["remote_url"], row["domain"], row["account_id"], row["post_id"], row["kind"]
        )
        block = await domains.find(app, source.domain, source.host)
        if block is not None and (block.reject_media or block.severity == "suspend"):
            return
        with contextlib.suppress(NotFound, Busy):
            place = await remote_cache.path(app, source, small=False)
            if not await app.db.rows(_PRINTS, row["id"]):  # it was kept before anybody asked what it looks like
                await _open(app, row, place)


async def _open(app: App, row: Row, file: Path) -> None:
    """Open a file that is kept here once more. What it was when it came is not known any more."""
    film = row["kind"] in ("video", "gifv", "audio")
    purpose: Purpose = "still" if film else "attachment"
    async with workers.bench(app) as place:
        await asyncio.to_thread(shutil.copyfile, file, place / "source")
        outcome = await workers.process(app, place, purpose=purpose, film=film, foreign=True)
    found = outcome.prints
    again = Prints(kept=found.received, look=found.look, turned=found.turned, quality=found.quality)
    await prints.keep(app, row["id"], again, post_id=row["post_id"])

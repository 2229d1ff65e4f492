"""By what files are known again: kept for each attachment that was opened here, looked at by the moderators' rules.

These numbers never leave this machine, whosever the file is and whoever may see it.
"""

from fedinote.events import PictureKnown
from fedinote.infra.app import App
from fedinote.media.outcomes import Prints
from fedinote.policy.pictures import hashes
from fedinote.policy.pictures.hashes import Known

_KEEP = """INSERT INTO media_prints (id, media_id, part, received, kept, look, turned, quality, created_at)
 SELECT CAST(? AS BIGINT), m.id, CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT),
 CAST(? AS SMALLINT), CAST(? AS BIGINT) FROM media m WHERE m.id = ?
 ON CONFLICT (media_id, part) DO UPDATE SET received = excluded.received, kept = excluded.kept, look = excluded.look,
 turned = excluded.turned, quality = excluded.quality RETURNING media_id"""


async def keep(app: App, media_id: int, prints: Prints, *, part: str = "file", post_id: int | None = None) -> None:
    """Keep what an attachment is known by, in the running transaction; nothing happens when it is gone.

    `part` is file, or preview for a picture that stands for a film or sound. `post_id`: the post that has it already,
    which is judged again. Emits PictureKnown.
    """
    if not (prints.received or prints.kept or prints.look):
        return
    async with app.db.transaction():
        kept = await app.db.returning(
            _KEEP,
            app.ids.next(),
            part,
            *(prints.received, prints.kept, prints.look, "".join(prints.turned), prints.quality),
            app.now(),
            media_id,
        )
        if kept and post_id is not None:
            await app.emit(PictureKnown(media_id, post_id))


def known(found: Prints) -> Known:
    """Return the same as rules compare it."""
    return hashes.of(found.received, found.kept, found.look, found.turned, found.quality)

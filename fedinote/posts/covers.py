"""Which of many pictures come first on servers that keep only four of them.

A post has its pictures in the order in which its author shows them. Some servers (Mastodon among them) keep the first
four attachments that they are sent and drop the others, so the author may mark up to four as covers: they are sent
first, in the author's order, and then the others. Where nothing is marked, the first four are what such servers keep.
"""

from collections.abc import Sequence

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid

KEPT = 4
"""How many attachments are kept by the servers that keep the fewest."""


def checked(covers: Sequence[int] | None, media_ids: Sequence[int]) -> tuple[int, ...] | None:
    """Return the marked ones of a post's attachments, each once; None (nothing is said of it) stays None.

    Raises Invalid for more than `KEPT`, and for what is not attached.
    """
    if covers is None:
        return None
    found = tuple(dict.fromkeys(covers))
    if len(found) > KEPT:
        raise Invalid(f"Validation failed: At most {KEPT} attachments can be covers")
    if not set(found) <= set(media_ids):
        raise Invalid("Validation failed: A cover belongs to no attachment of the post")
    return found


async def of_post(app: App, post_id: int) -> list[int]:
    """Return the attachments of a post that are marked, in their order."""
    rows = await app.db.rows("SELECT id FROM media WHERE post_id = ? AND cover = TRUE ORDER BY position", post_id)
    return [row["id"] for row in rows]


def first(media: Sequence[Row]) -> list[tuple[Row, int | None]]:
    """Put the rows of a post's attachments (in the author's order) into the order in which other servers get them.

    With each comes its place for readers, counted from 1; None for all where both orders are the same.
    """
    placed = list(enumerate(media, 1))
    sent = sorted(placed, key=lambda pair: not pair[1]["cover"])
    if sent == placed:
        return [(row, None) for row in media]
    return [(row, place) for place, row in sent]

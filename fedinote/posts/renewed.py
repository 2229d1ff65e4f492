"""Posts of other servers whose translations change while their own words stay: no edit, here as there."""

from datetime import datetime

import msgspec

from fedinote.events import VersionsChanged
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Query, Row
from fedinote.policy import pipeline
from fedinote.posts import belongings, publishing
from fedinote.posts.drafts import NewPost, encoded


async def renew(app: App, row: Row, new: NewPost, moment: datetime) -> bool:
    """Take over the translations of a new version of another server's post, if nothing else is new in it.

    `moment` is when it was changed. False when it is an ordinary new version, and nothing was done. What is older than
    what is here, or a policy rejects, has no effect. Emits VersionsChanged.
    """
    if not (new.translations or row["translations"]) or not await _same_words(app, row, new):
        return False
    author = await app.db.row("SELECT id, username, uri, domain FROM accounts WHERE id = ?", row["account_id"])
    if author is None or (await pipeline.check(app, publishing.subject(new, author))).rejected:
        return True
    async with app.db.transaction():
        present = await app.db.row(f"SELECT * FROM posts WHERE id = ?{app.db.lock}", row["id"])  # noqa: S608
        if present is None or to_ms(moment) <= max(present["edited_at"] or 0, present["translated_at"] or 0):
            return True
        await app.db.write(*_written(app, present, new, moment))
        await app.emit(VersionsChanged(row["id"], row["account_id"], False, row["visibility"]))
    return True


async def _same_words(app: App, row: Row, new: NewPost) -> bool:
    """Tell whether text, warning, files, poll and addressees are as they were."""
    text = (new.content, new.spoiler_text, new.sensitive, new.language)
    if text != (row["content"], row["spoiler_text"], bool(row["sensitive"]), row["language"]):
        return False
    media, polls, people = await app.db.many(
        ("SELECT remote_url, description, title, artist FROM media WHERE post_id = ? ORDER BY position", (row["id"],)),
        ("SELECT options FROM polls WHERE post_id = ?", (row["id"],)),
        ("SELECT account_id FROM post_mentions WHERE post_id = ?", (row["id"],)),
    )
    options = tuple(one["title"] for one in msgspec.json.decode(polls[0]["options"])) if polls else None
    return (
        [(one["remote_url"], one["description"], one["title"], one["artist"]) for one in media]
        == [(one.url, one.description, one.title, one.artist) for one in new.media]
        and options == (new.poll.options if new.poll else None)
        and {one["account_id"] for one in people} >= {one.account_id for one in new.mentions}
    )


def _written(app: App, row: Row, new: NewPost, moment: datetime) -> list[Query]:
    post_id, (_, tags, emojis) = row["id"], publishing.snapshots(new)
    maps = (encoded(new.content_map), encoded(new.summary_map), encoded(new.translations))
    queries: list[Query] = [
        (
            "UPDATE posts SET content_map = ?, summary_map = ?, translations = ?, tags = ?, emojis = ?,"
            " translated_at = ? WHERE id = ?",
            (*maps, tags, emojis, moment, post_id),
        ),
        ("DELETE FROM post_tags WHERE post_id = ?", (post_id,)),
        *belongings.tag_links(app, post_id, new.tags),
    ]
    if new.poll is not None:
        translated = encoded(new.poll.translations or None)
        queries.append(("UPDATE polls SET translations = ? WHERE post_id = ?", (translated, post_id)))
    for position, one in enumerate(new.media):
        described = encoded(one.description_map or None)
        sql = "UPDATE media SET description_map = ? WHERE post_id = ? AND position = ?"
        queries.append((sql, (described, post_id, position)))
    return queries

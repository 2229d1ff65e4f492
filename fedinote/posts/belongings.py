"""What belongs to a post beside its row: tags, answers that came before it, files, and the poll."""

from fedinote.infra.app import App
from fedinote.infra.db import Query
from fedinote.infra.errors import Invalid
from fedinote.posts import polls
from fedinote.posts.drafts import NewPoll, NewPost, encoded


def tag_links(app: App, post_id: int, tags: tuple[tuple[str, str], ...]) -> list[Query]:
    """Give the statements that make the tags where they are new, and link the post with them."""
    if not tags:
        return []
    made: list[Query] = [
        (
            "INSERT INTO tags (id, name, display, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (app.ids.next(), name, display, app.now()),
        )
        for name, display in sorted(tags)  # in one order everywhere, or two posts could wait for each other
    ]
    names = [name for name, _ in tags]
    link = "INSERT INTO post_tags (tag_id, post_id) SELECT id, CAST(? AS BIGINT) FROM tags WHERE name IN_TEXTS(?)"
    return [*made, (f"{link} ON CONFLICT DO NOTHING", (post_id, names))]


def adoption(uri: str, author_id: int, post_id: int) -> list[Query]:
    """Give the statements by which answers that came before a post find it.

    The answers are held first, so that what is just being written below them is either moved along or finds them moved.
    """
    own = "(SELECT c.conversation_id FROM posts c WHERE c.id = ?)"
    return [
        (
            "UPDATE posts SET in_reply_to_id = ?, in_reply_to_account_id = ?, in_reply_to_uri = NULL"
            " WHERE in_reply_to_uri = ? AND id <> ?",
            (post_id, author_id, uri, post_id),
        ),
        (  # the answers are the tops of conversations of their own until now: all that is below them comes along
            f"UPDATE posts SET conversation_id = {own} WHERE conversation_id IN"  # noqa: S608
            f" (SELECT c.conversation_id FROM posts c WHERE c.in_reply_to_id = ?) AND conversation_id <> {own}",
            (post_id, post_id, post_id),
        ),
        (
            "UPDATE posts SET replies_count = (SELECT COUNT(*) FROM posts c WHERE c.in_reply_to_id = ?) WHERE id = ?"
            " AND EXISTS (SELECT 1 FROM posts c WHERE c.in_reply_to_id = ?)",
            (post_id, post_id, post_id),
        ),
    ]


async def attach(app: App, new: NewPost, post_id: int) -> None:
    """Attach files and poll to a post. Raises Invalid when an upload was taken meanwhile."""
    for position, upload_id in enumerate(new.upload_ids):
        taken = await app.db.execute(
            "UPDATE media SET post_id = ?, position = ?, description_map = ?, cover = COALESCE(?, cover)"
            " WHERE id = ? AND (post_id IS NULL OR post_id = ?)",
            post_id,
            position,
            encoded(new.descriptions.get(upload_id)),
            None if new.covers is None else upload_id in new.covers,
            upload_id,
            post_id,
        )
        if not taken:
            raise Invalid("Media attachment is already in use")
    await _store_media(app, new, post_id)
    if new.poll is not None:
        await store_poll(app, new.poll, post_id)


async def _store_media(app: App, new: NewPost, post_id: int) -> None:
    await app.db.execute_many(
        "INSERT INTO media (id, account_id, post_id, kind, media_type, key, preview_key, remote_url, remote_preview,"
        " description, description_map, blurhash, meta, title, artist, waveform, position, state, created_at)"
        " VALUES (?, ?, ?, ?, ?, '', '', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'ready', ?)",
        [
            (
                app.ids.next(), new.author_id, post_id, m.kind, m.media_type, m.url, m.preview, m.description,
                encoded(m.description_map or None), m.blurhash, encoded(m.meta), m.title, m.artist, m.waveform,
                position, app.now(),
            )
            for position, m in enumerate(new.media)
        ],
    )  # fmt: skip


async def store_poll(app: App, poll: NewPoll, post_id: int, *, over: bool = False) -> None:
    """Store a poll for a post, and plan its end; not of one that has been over for long."""
    options = [{"title": title, "votes": votes} for title, votes in zip(poll.options, poll.votes, strict=True)]
    poll_id = app.ids.next()
    await app.db.execute(
        "INSERT INTO polls (id, post_id, options, translations, multiple, hide_totals, expires_at, voters_count)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        poll_id,
        post_id,
        encoded(options),
        encoded(poll.translations or None),
        poll.multiple,
        poll.hide_totals,
        poll.expires_at,
        poll.voters,
    )
    if poll.expires_at is not None and not over:
        await polls.plan_close(app, poll_id, poll.expires_at)

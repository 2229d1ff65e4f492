"""New versions of posts: an author edits, or another server says that a post of its was edited."""

from dataclasses import replace
from datetime import datetime

import msgspec

from fedinote.events import PostEdited
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, NotFound
from fedinote.policy import pipeline
from fedinote.policy.base import ACCEPT
from fedinote.posts import belongings, holding, publishing, shown_languages
from fedinote.posts.drafts import Draft, NewPoll, NewPost, encoded, prepare

NEWER = "a new version of a post that waits"
"""Why a version waits that no rule minds."""


async def edit(app: App, author_id: int, post_id: int, draft: Draft) -> None:
    """Give a local post a new text, media or poll. Visibility and parent stay. Raises NotFound for others' posts."""
    row = await app.db.row(
        "SELECT * FROM posts WHERE id = ? AND account_id = ? AND local = TRUE AND reblog_of_id IS NULL"
        " AND visibility <> 'held'",
        post_id,
        author_id,
    )
    if row is None:
        raise NotFound
    draft = replace(draft, visibility=row["visibility"], in_reply_to_id=None)
    new = await prepare(app, author_id, draft, post_id=post_id)
    new = replace(new, edited_at=new.created_at)  # the moment for which translations are said to be made
    async with app.db.transaction():
        taken = await revise(app, row, new)
    if not taken:
        if await holding.is_held(app, author_id, new.created_at):
            raise Forbidden(publishing.HELD)
        raise Forbidden("This version was refused by the rules of this server")


async def revise(app: App, row: Row, new: NewPost, *, judged: bool = False) -> bool:
    """Make `new` the present version of the post in `row`, from either door; the former one joins the history.

    Identity, author, visibility, time and parent stay as they are. False when the version is not newer than what is
    here, or a policy rejects it or holds it, or the post is held at present. `judged`: moderators have looked at it.
    Emits PostEdited.
    """
    edited_at = new.edited_at or app.now()
    author = await app.db.row("SELECT id, username, uri, domain FROM accounts WHERE id = ?", row["account_id"])
    if author is None:
        return False
    verdict, written = ACCEPT, new
    if not judged:
        verdict = await pipeline.check(app, publishing.subject(new, author))
        if verdict.rejected:
            return False
        new = replace(new, **verdict.changes)
        if verdict.outcome == "hold":
            await holding.keep(app, new, verdict.reason, post_id=row["id"])
            return False
    new = shown_languages.noted(new)
    async with app.db.transaction():
        present = await app.db.row(f"SELECT * FROM posts WHERE id = ?{app.db.lock}", row["id"])  # noqa: S608
        if present is None or (present["edited_at"] is not None and to_ms(edited_at) <= present["edited_at"]):
            return False
        if present["visibility"] == holding.HELD and not judged:
            await holding.keep(app, new, NEWER, post_id=present["id"])
            return False
        row = present
        before = {r["account_id"] for r in await app.db.rows(
            "SELECT account_id FROM post_mentions WHERE post_id = ?", row["id"])}  # fmt: skip
        await _remember(app, row)
        await _rewrite(app, row, new, edited_at)
        # The visibility stays as it is.
        await publishing.mark(
            app, replace(verdict, by_rules=verdict.by_rules - {"visibility"}), written, row["id"], edited_at
        )
        added = tuple(m.account_id for m in new.mentions if m.account_id not in before)
        await app.emit(PostEdited(row["id"], row["account_id"], bool(row["local"]), row["visibility"], added))
    return True


async def _remember(app: App, row: Row) -> None:
    """Copy the present version into the history."""
    media = [r["id"] for r in await app.db.rows("SELECT id FROM media WHERE post_id = ? ORDER BY position", row["id"])]
    poll = await app.db.row("SELECT options FROM polls WHERE post_id = ?", row["id"])
    await app.db.execute(
        "INSERT INTO post_edits (id, post_id, content, spoiler_text, sensitive, language, content_map, summary_map,"
        " translations, media, poll, emojis, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        app.ids.next(),
        row["id"],
        row["content"],
        row["spoiler_text"],
        bool(row["sensitive"]),
        row["language"],
        row["content_map"],
        row["summary_map"],
        row["translations"],
        encoded([str(i) for i in media]),
        poll["options"] if poll else None,
        row["emojis"],
        row["edited_at"] or row["created_at"],
    )


async def _rewrite(app: App, row: Row, new: NewPost, edited_at: datetime) -> None:
    post_id = row["id"]
    await app.db.write(
        (
            "UPDATE posts SET content = ?, source = ?, spoiler_text = ?, sensitive = ?, language = ?,"
            " shown_language = ?, content_map = ?, summary_map = ?, translations = ?, mentions = ?, tags = ?,"
            " emojis = ?, edited_at = ? WHERE id = ?",
            (
                new.content, new.source, new.spoiler_text, new.sensitive, new.language, new.shown_language,
                encoded(new.content_map), encoded(new.summary_map), encoded(new.translations),
                *publishing.snapshots(new), edited_at, post_id,
            ),
        ),
        ("DELETE FROM post_tags WHERE post_id = ?", (post_id,)),
        *belongings.tag_links(app, post_id, new.tags),
        *(
            (
                "INSERT INTO post_mentions (post_id, account_id, silent, blind) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (post_id, m.account_id, m.silent, m.blind),
            )
            for m in new.mentions
        ),
    )  # fmt: skip
    await _rewrite_media(app, row, new)
    await _rewrite_poll(app, post_id, new.poll)


async def _rewrite_media(app: App, row: Row, new: NewPost) -> None:
    await app.db.execute("UPDATE media SET post_id = NULL WHERE post_id = ?", row["id"])
    await belongings.attach(app, replace(new, poll=None), row["id"])
    await app.db.execute(
        "UPDATE posts SET media_count = (SELECT COUNT(*) FROM media m WHERE m.post_id = posts.id) WHERE id = ?",
        row["id"],
    )


async def _rewrite_poll(app: App, post_id: int, poll: NewPoll | None) -> None:
    """Keep the votes when the options are the same; a changed poll starts anew (A12: options change resets votes)."""
    old = await app.db.row("SELECT id, options FROM polls WHERE post_id = ?", post_id)
    if old is not None and poll is not None:
        titles = tuple(o["title"] for o in msgspec.json.decode(old["options"]))
        if titles == poll.options:
            await app.db.execute(
                "UPDATE polls SET translations = ? WHERE id = ?", encoded(poll.translations or None), old["id"]
            )
            return
    if old is not None:
        await app.db.execute("DELETE FROM polls WHERE id = ?", old["id"])
    if poll is not None:
        await belongings.store_poll(app, poll, post_id)

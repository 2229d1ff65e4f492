"""Old posts that an author brings along from another account: put where they belong in time, and told to nobody.

They are on no timeline and send no notification, and nothing is delivered. What was public is unlisted here: it is
on the author's profile and at its address. What was for few is for the author alone.
"""

from dataclasses import dataclass, replace

from fedinote.events import PostImported
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, NotFound
from fedinote.policy import pipeline
from fedinote.posts import belongings, publishing, shown_languages
from fedinote.posts.drafts import NewPost

ALONE = "direct"
"""Visible to those whom a post names; it names nobody here."""
_HERE = {"public": "unlisted", "unlisted": "unlisted"}
_MAX_URI = 2048


@dataclass(frozen=True, slots=True)
class Original:
    """What a post was where it comes from.

    `proven`: the account there is one of the importer's own, so the address may be shown. `parent` is the id of the
    post that it answered, "" for none.
    """

    uri: str
    url: str
    visibility: str
    proven: bool
    parent: str = ""


def here(visibility: str) -> str:
    """Return how widely a post is shown here that was of a visibility where it comes from: never wider."""
    return _HERE.get(visibility, ALONE)


async def known(app: App, account_id: int, uri: str) -> int | None:
    """Return the post of an account that is, or was brought along from, an id; None where there is none."""
    found: int | None = await app.db.value(
        "SELECT i.post_id AS value FROM imported_posts i WHERE i.account_id = ? AND i.original_uri = ?"
        " UNION ALL SELECT p.id FROM posts p WHERE p.uri = ? AND p.account_id = ? LIMIT 1",
        account_id,
        uri,
        uri,
        account_id,
    )
    return found


async def keep(app: App, new: NewPost, original: Original) -> int | None:
    """Store an old post of an author who lives here; its id, or None where it is here already.

    Mentions are left out, a poll is over. Emits PostImported, which nobody is told of. Raises `Forbidden` where the
    rules of this server refuse it (or would hold it back), and like `belongings.attach`.
    """
    author = await app.db.row("SELECT id, username, uri, domain FROM accounts WHERE id = ?", new.author_id)
    if author is None or author["domain"]:
        raise NotFound
    new = replace(new, visibility=here(original.visibility), uri=None, url=None, mentions=(), quote=None, named=0)
    verdict = await pipeline.check(app, publishing.subject(new, author))
    if verdict.rejected or verdict.outcome == "hold":
        raise Forbidden("This post was refused by the rules of this server")
    new = shown_languages.noted(replace(new, **verdict.changes))
    async with app.db.transaction():
        await app.db.rows(f"SELECT id FROM accounts WHERE id = ?{app.db.lock}", new.author_id)  # noqa: S608
        if await known(app, new.author_id, original.uri) is not None:
            return None
        new = await _threaded(app, new, original)
        post_id = app.ids.at(min(new.created_at, app.now()))
        if not await publishing.insert(app, replace(new, poll=None), author, post_id):
            return None
        if new.poll is not None:
            await belongings.store_poll(app, new.poll, post_id, over=True)
        await _mark(app, new.author_id, post_id, original)
        await _adopt(app, new.author_id, post_id, original)
        await app.emit(PostImported(post_id, new.author_id, new.visibility))
        return post_id


async def _threaded(app: App, new: NewPost, original: Original) -> NewPost:
    """Link an answer to a post of the same author with that post; any other parent is only named."""
    if not original.parent:
        return new
    parent_id = await known(app, new.author_id, original.parent)
    parent: Row | None = None
    if parent_id is not None:
        parent = await app.db.row("SELECT id, account_id, conversation_id FROM posts WHERE id = ?", parent_id)
    if parent is None:
        return replace(new, in_reply_to_uri=original.parent)
    return replace(
        new,
        in_reply_to_id=parent["id"],
        in_reply_to_account_id=parent["account_id"],
        conversation_id=parent["conversation_id"],
    )


async def _mark(app: App, author_id: int, post_id: int, original: Original) -> None:
    await app.db.write(
        (
            "UPDATE posts SET imported_from = ? WHERE id = ?",
            ((original.url or original.uri)[:_MAX_URI] if original.proven else "", post_id),
        ),
        (
            "INSERT INTO imported_posts (post_id, account_id, original_uri, original_url, original_visibility,"
            " created_at) VALUES (?, ?, ?, ?, ?, ?)",
            (post_id, author_id, original.uri, original.url[:_MAX_URI], original.visibility, app.now()),
        ),
    )


async def _adopt(app: App, author_id: int, post_id: int, original: Original) -> None:
    """Let the author's own answers that were brought along before find their parent. Others' are not touched.

    Anybody can write any id into an archive: it must not draw other people's answers to a post of one's own.
    """
    mine = "account_id = ? AND imported_from IS NOT NULL"
    rows = await app.db.rows(
        f"SELECT id, conversation_id FROM posts WHERE in_reply_to_uri = ? AND {mine} AND id <> ?",  # noqa: S608
        original.uri,
        author_id,
        post_id,
    )
    if not rows:
        return
    ids, tops = [row["id"] for row in rows], [row["conversation_id"] for row in rows]
    own = "(SELECT c.conversation_id FROM posts c WHERE c.id = ?)"
    await app.db.write(
        (
            "UPDATE posts SET in_reply_to_id = ?, in_reply_to_account_id = ?, in_reply_to_uri = NULL"
            " WHERE id IN_INTS(?)",
            (post_id, author_id, ids),
        ),
        (
            f"UPDATE posts SET conversation_id = {own} WHERE conversation_id IN_INTS(?) AND {mine}",  # noqa: S608
            (post_id, tops, author_id),
        ),
        ("UPDATE posts SET replies_count = replies_count + ? WHERE id = ?", (len(ids), post_id)),
    )

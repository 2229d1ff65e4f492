"""The verb behind every post: written here, or received from another server; and the end of posts."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from fedinote.events import PostDeleted, PostMarked, PostPublished
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Query, Row
from fedinote.infra.errors import Forbidden, NotFound
from fedinote.policy import pipeline
from fedinote.policy.base import ACCEPT, Subject, Verdict
from fedinote.posts import belongings, holding, languages, quotes, shown_languages
from fedinote.posts.drafts import Draft, NewPost, encoded, prepare

_NAMING = (' class="mention', ' class="u-url mention')  # how links to people and hashtags begin
HELD = "This post is kept until a moderator of this server has looked at it; it need not be sent again"
FRESH = timedelta(days=2)  # older posts arrive silently: no home timeline, no notifications

_INSERT = """
INSERT INTO posts (id, account_id, uri, url, local, object_type, visibility, content, source, spoiler_text, sensitive,
  language, shown_language, content_map, summary_map, translations, in_reply_to_id, in_reply_to_account_id,
  in_reply_to_uri, conversation_id, reblog_of_id, mentions, tags, emojis, application, media_count, replies_count,
  reblogs_count, favourites_count, created_at, edited_at, quote_policy, interaction_rules,
  machine_translation)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING RETURNING id
"""


async def publish(app: App, author_id: int, draft: Draft, *, idempotency_key: str | None = None) -> int:
    """Publish what a local author wrote; return the post's id.

    The same idempotency key of the same author gives the first post again. Raises Invalid, NotFound (parent, media)
    and Forbidden (a policy, with its reason).
    """
    if idempotency_key and (earlier := await _earlier(app, author_id, idempotency_key)):
        return earlier
    new = await prepare(app, author_id, draft)
    async with app.db.transaction():
        if idempotency_key and app.db.lock:
            await app.db.rows("SELECT 1 AS value FROM accounts WHERE id = ? FOR NO KEY UPDATE", author_id)
        if idempotency_key and (earlier := await _earlier(app, author_id, idempotency_key)):
            return earlier
        post_id = await store(app, new)
        if post_id is not None and idempotency_key:
            await app.db.execute(
                "INSERT INTO idempotency_keys (account_id, key, post_id, created_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (account_id, key) DO UPDATE SET post_id = excluded.post_id,"
                " created_at = excluded.created_at",
                author_id,
                idempotency_key[:255],
                post_id,
                app.now(),
            )
    if post_id is None:  # raised here, so that the audit log keeps why
        if await holding.is_held(app, author_id, new.created_at):
            raise Forbidden(HELD)
        raise Forbidden("This post was refused by the rules of this server")
    return post_id


async def _earlier(app: App, author_id: int, key: str) -> int | None:
    value: int | None = await app.db.value(
        "SELECT k.post_id AS value FROM idempotency_keys k JOIN posts p ON p.id = k.post_id"
        " WHERE k.account_id = ? AND k.key = ?",
        author_id,
        key[:255],
    )
    return value


async def store(app: App, new: NewPost, *, quiet: bool = False, judged: bool = False) -> int | None:
    """Store a post from either door, once by its URI; return its id, or None when a policy rejects it or holds it.

    A post that is there already is left alone, and its id is returned. Emits PostPublished; `quiet`: as an old post,
    which nobody is told of. `judged`: moderators have looked at it, policies need not. Raises Forbidden when its
    author, who lives here, has moved away.
    """
    sql = "SELECT id, username, uri, domain, moved_to_uri FROM accounts WHERE id = ?"
    author = await app.db.row(sql, new.author_id)
    if author is None:
        raise NotFound
    if new.local and author["moved_to_uri"] is not None:
        raise Forbidden("Your account has moved: end that before you post")
    verdict, written = ACCEPT, new
    if not judged:
        verdict = await pipeline.check(app, subject(new, author))
        if verdict.rejected:
            return None
        new = replace(new, **verdict.changes)
        if verdict.outcome == "hold":
            await holding.keep(app, new, verdict.reason)
            return None
    new = shown_languages.noted(new)
    post_id = app.ids.next() if new.local else app.ids.at(min(new.created_at, app.now()))
    async with app.db.transaction():
        if not await insert(app, new, author, post_id):
            found: int | None = await app.db.value("SELECT id AS value FROM posts WHERE uri = ?", new.uri)
            return found
        if new.quote is not None:
            await quotes.store(app, post_id, new.quote)
        await mark(app, verdict, written, post_id, new.edited_at or new.created_at)
        await app.emit(_published(app, new, post_id, quiet=quiet))
    return post_id


async def mark(app: App, verdict: Verdict, written: NewPost, post_id: int, version: datetime) -> None:
    """Emit PostMarked if rules changed a post that its author had `written` otherwise."""
    if verdict.by_rules:
        former = {name: getattr(written, name) for name in verdict.by_rules}
        catches = tuple((one.rule_id, one.action) for one in verdict.catches)
        await app.emit(PostMarked(post_id, version, catches, former))


async def insert(app: App, new: NewPost, author: Row, post_id: int) -> bool:
    """Write the rows of a post in the running transaction; False when its URI is there already. Nobody is told.

    `author` has username and uri. Raises Invalid when an upload was taken meanwhile.
    """
    if not await app.db.returning(_INSERT, *_values(app, new, author, post_id)):
        return False
    await app.db.write(*_links(app, new, post_id))
    await belongings.attach(app, new, post_id)
    return True


def subject(new: NewPost, author: Row) -> Subject:
    """Make what the policies judge, of a new post or a new version."""
    return Subject(
        kind="post",
        account_id=new.author_id,
        domain=author["domain"],
        text=new.content,
        spoiler_text=new.spoiler_text,
        visibility=new.visibility,
        mentions=max(len(new.mentions), new.named),
        has_media=bool(new.media or new.upload_ids),
        uri=new.uri or "",
        language=new.language,
        answers=new.in_reply_to_id is not None,
        addressed=new.addressed,
        uploads=new.upload_ids,
        versions=languages.said(new.content_map or {}, new.summary_map or {}),
    )


def _published(app: App, new: NewPost, post_id: int, *, quiet: bool) -> PostPublished:
    return PostPublished(
        post_id=post_id,
        author_id=new.author_id,
        local=new.local,
        visibility=new.visibility,
        in_reply_to_id=new.in_reply_to_id,
        in_reply_to_account_id=new.in_reply_to_account_id,
        mentioned_ids=tuple(m.account_id for m in new.mentions),
        fresh=not quiet and new.created_at > app.now() - FRESH,
        links=new.content.count("<a ") > sum(map(new.content.count, _NAMING)),
    )


def _values(app: App, new: NewPost, author: Row, post_id: int) -> list[Any]:
    uri = new.uri or f"{author['uri']}/statuses/{post_id}"
    url = new.url if new.uri else app.url(f"/@{author['username']}/{post_id}")
    return [
        post_id, new.author_id, uri, url, new.local, new.object_type, new.visibility, new.content, new.source,
        new.spoiler_text, new.sensitive, new.language, new.shown_language, encoded(new.content_map),
        encoded(new.summary_map), encoded(new.translations), new.in_reply_to_id, new.in_reply_to_account_id,
        None if new.in_reply_to_id else new.in_reply_to_uri,
        new.conversation_id or post_id, None, *snapshots(new), encoded(new.application),
        len(new.upload_ids) + len(new.media), new.created_at, new.edited_at,
        new.quote_policy, encoded(new.interaction_rules), new.machine_translation,
    ]  # fmt: skip


def snapshots(new: NewPost) -> tuple[str | None, str | None, str | None]:
    """Encode mentions, tags and emojis as they are kept in the post for rendering."""
    mentions = [
        {"id": str(m.account_id), "username": m.username, "acct": m.acct, "url": m.url}
        for m in new.mentions
        if not m.silent
    ]
    return encoded(mentions), encoded([{"name": name} for name, _ in new.tags]), encoded(list(new.emojis))


def _links(app: App, new: NewPost, post_id: int) -> list[Query]:
    """Give the statements that count the post and link it with mentions, tags, and answers that came before it."""
    queries: list[Query] = []
    if new.in_reply_to_id:  # posts before accounts, everywhere: two transactions must not wait for each other
        parent = new.in_reply_to_id
        queries.append(("UPDATE posts SET replies_count = replies_count + 1 WHERE id = ?", (parent,)))
        conversation = "(SELECT c.conversation_id FROM posts c WHERE c.id = ?)"  # another one, if it moved meanwhile
        sql = f"UPDATE posts SET conversation_id = {conversation} WHERE id = ? AND conversation_id <> {conversation}"  # noqa: S608
        queries.append((sql, (parent, post_id, parent)))
    if new.uri:
        queries += belongings.adoption(new.uri, new.author_id, post_id)
    return [
        *queries,
        (
            "UPDATE accounts SET statuses_count = statuses_count + 1, last_status_at ="
            " CASE WHEN last_status_at > ? THEN last_status_at ELSE ? END WHERE id = ?",
            (new.created_at, new.created_at, new.author_id),
        ),
        *(
            (
                "INSERT INTO post_mentions (post_id, account_id, silent, blind) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (post_id, m.account_id, m.silent, m.blind),
            )
            for m in new.mentions
        ),
        *belongings.tag_links(app, post_id, new.tags),
    ]


async def delete(app: App, post_id: int, *, tell: bool = True) -> None:
    """Remove a post (or boost) for good: its URI answers 410 from now on, and nobody can bring it back.

    Other servers are told of a local one, unless the whole account goes (`tell` False).
    """
    async with app.db.transaction():
        # The whole lock at once: who boosts it holds a part of it, and two that both want more wait for each other.
        lock = " FOR UPDATE" if app.db.lock else ""
        row = await app.db.row(f"SELECT * FROM posts WHERE id = ?{lock}", post_id)  # noqa: S608
        if row is None:
            raise NotFound
        await app.emit(
            PostDeleted(
                post_id,
                row["account_id"],
                bool(row["local"]) and tell,
                row["uri"],
                await holding.visibility_of(app, row),
                row["reblog_of_id"],
            )
        )
        await app.db.write(
            _tombstone(app, row),
            *_uncounted(row, app.db.lock),
            *([] if row["local"] else await _media_elsewhere(app, row)),
            ("UPDATE media SET post_id = NULL WHERE post_id = ?", (post_id,)),
            ("DELETE FROM posts WHERE id = ?", (post_id,)),
        )


async def _media_elsewhere(app: App, row: Row) -> list[Query]:
    """Give the statement that forgets what a post of another server showed, in all its versions.

    Uploads of people here stay for a day, as the text may be written anew with them (`media.sweeping`).
    """
    edits = await app.db.rows("SELECT media FROM post_edits WHERE post_id = ?", row["id"])
    former = [int(one) for edit in edits for one in msgspec.json.decode(edit["media"])]
    sql = "DELETE FROM media WHERE account_id = ? AND (post_id = ? OR id IN_INTS(?)) AND key = '' AND preview_key = ''"
    return [(sql, (row["account_id"], row["id"], former))]


def _tombstone(app: App, row: Row) -> Query:
    kind = "Announce" if row["reblog_of_id"] is not None else row["object_type"]
    return (
        "INSERT INTO tombstones (uri, former_type, created_at) SELECT CAST(? AS TEXT),"
        " CASE WHEN EXISTS (SELECT 1 FROM polls q WHERE q.post_id = ?) THEN 'Question' ELSE CAST(? AS TEXT) END,"
        " CAST(? AS BIGINT) WHERE TRUE ON CONFLICT DO NOTHING",
        (row["uri"], row["id"], kind, app.now()),
    )


def _uncounted(row: Row, lock: str) -> list[Query]:
    queries: list[Query] = []
    for column, parent in (("replies_count", row["in_reply_to_id"]), ("reblogs_count", row["reblog_of_id"])):
        if parent is not None:
            sql = f"UPDATE posts SET {column} = {column} - 1 WHERE id = ? AND {column} > 0"  # noqa: S608
            queries.append((sql, (parent,)))
    # Boosts go with the post. In one order everywhere, or two deletions could wait for each other.
    boosters = "SELECT b.account_id FROM posts b WHERE b.reblog_of_id = ?"
    people = f"SELECT a.id FROM accounts a WHERE a.id = ? OR a.id IN ({boosters}) ORDER BY a.id{lock}"  # noqa: S608
    sql = (
        "UPDATE accounts SET statuses_count = statuses_count - CASE WHEN id = ? AND statuses_count > 1"  # noqa: S608
        f" AND id IN ({boosters}) THEN 2 ELSE 1 END WHERE statuses_count > 0 AND id IN ({people})"
    )
    post_id, author = row["id"], row["account_id"]
    return [*queries, (sql, (author, post_id, author, post_id))]


async def hold(app: App, uri: str) -> None:
    """Let whoever stores or deletes the object with this URI wait until the running transaction ends.

    Without it one transaction could miss the other's tombstone while that misses its post. SQLite has one writer.
    """
    if app.db.dialect == "postgresql":
        await app.db.rows("SELECT pg_advisory_xact_lock(hashtextextended(?, 0)) AS value", uri)


async def is_deleted(app: App, uri: str) -> bool:
    """Tell whether an object with this URI was deleted (here or by its author elsewhere)."""
    return await app.db.row("SELECT 1 AS value FROM tombstones WHERE uri = ?", uri) is not None


def published_at(row: Row) -> datetime:
    """Return when a post row was published."""
    return from_ms(row["created_at"])

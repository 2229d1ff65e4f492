"""The index of posts: for posts of ours in the transaction of their cause, for others a moment later, many at once.

`rebuild` makes it anew. Boosts are not in it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec

from fedinote.events import PostEdited, PostImported, PostPublished, VersionsChanged
from fedinote.infra.app import App
from fedinote.infra.db import Query, Row
from fedinote.search import words
from fedinote.search.query import plain_tag, tag_word
from fedinote.search.words import FACET, Piece
from fedinote.text import language
from fedinote.text.html import to_text

MAX_TEXT = 20_000
"""Characters of a post that are indexed, all its parts and versions together."""
BATCH = 200

# COALESCE keeps SQLite away from the index on boosts, which has all other posts as one long list.
_POSTS = """SELECT p.id, p.content, p.spoiler_text, p.language, p.shown_language, p.content_map, p.summary_map,
 p.tags, p.media_count, p.is_quote, q.options, q.translations AS options_map
 FROM posts p LEFT JOIN polls q ON q.post_id = p.id
 WHERE p.id IN_INTS(?) AND COALESCE(p.reblog_of_id, 0) = 0"""
_MEDIA = "SELECT m.post_id, m.kind, m.description, m.description_map FROM media m WHERE m.post_id IN_INTS(?)"
_KEEP = """INSERT INTO search_posts (post_id, words, text) VALUES (?, {words}, ?)
 ON CONFLICT (post_id) DO UPDATE SET words = excluded.words, text = excluded.text"""
_NOTE = "INSERT INTO search_pending (post_id) VALUES (?) ON CONFLICT DO NOTHING"
_WORDS = {"sqlite": "?", "postgresql": "CAST(CAST(? AS TEXT) AS tsvector)"}
_MISSING = """SELECT p.id FROM posts p LEFT JOIN search_posts s ON s.post_id = p.id
 WHERE s.post_id IS NULL AND COALESCE(p.reblog_of_id, 0) = 0 AND p.id < ? ORDER BY p.id DESC LIMIT ?"""
_LINK = re.compile(r"<a ([^>]*)>")
_KINDS = {"gifv": "video"}


async def on_post_published(app: App, event: PostPublished) -> None:
    """Index a new post; one of another server is noted for the next `catch_up`, which costs a seventh."""
    if event.local:
        await put(app, [event.post_id])
    else:
        await app.db.execute(_NOTE, event.post_id)


async def on_post_imported(app: App, event: PostImported) -> None:
    """Index a post that its author brought along."""
    await put(app, [event.post_id])


async def on_post_edited(app: App, event: PostEdited) -> None:
    """Index the new version of a post in place of the former one."""
    if event.local:
        await put(app, [event.post_id])
    else:
        await app.db.execute(_NOTE, event.post_id)


async def on_versions_changed(app: App, event: VersionsChanged) -> None:
    """Index a post with its present translations."""
    await put(app, [event.post_id])


async def catch_up(app: App) -> int:
    """Index the posts that were noted; how many there were. Two processes may do it at once: the result is the same."""
    done = 0
    while rows := await app.db.rows("SELECT post_id FROM search_pending ORDER BY post_id LIMIT ?", BATCH):
        ids = [row["post_id"] for row in rows]
        async with app.db.transaction():
            await app.db.execute("DELETE FROM search_pending WHERE post_id IN_INTS(?)", ids)
            await put(app, ids)
        done += len(ids)
    return done


async def put(app: App, post_ids: Sequence[int]) -> None:
    """Index posts as they are now. A deleted post takes its row along by itself (ON DELETE CASCADE)."""
    posts, media = await app.db.many((_POSTS, (list(post_ids),)), (_MEDIA, (list(post_ids),)))
    files: dict[int, list[Row]] = {}
    for row in media:
        files.setdefault(row["post_id"], []).append(row)
    sql = _KEEP.format(words=_WORDS[app.db.dialect])
    kept: list[Query] = []
    for row in posts:
        found, facets = _pieces(row, files.get(row["id"], ())), _facets(row, files.get(row["id"], ()))
        has = " ".join([*words.tokens(one for one in found if one.text != FACET), *facets])
        kept.append((sql, (row["id"], has, words.joined([*found, *(Piece(one, False) for one in facets)]))))
    if kept:
        await app.db.atomic(*kept)


def _pieces(row: Row, files: Iterable[Row]) -> list[Piece]:
    """Return what a post says. Parts of it are kept apart, so that no phrase goes from one to the next."""
    found: list[Piece] = []
    left = MAX_TEXT
    for text in _texts(row, files):
        part = words.pieces(text[:left])
        if part:
            found += [Piece(FACET, False), *part] if found else part
        left -= len(text)
        if left <= 0:
            break
    return found


def _texts(row: Row, files: Iterable[Row]) -> Iterator[str]:
    yield row["spoiler_text"]
    yield to_text(row["content"])
    for one in files:
        yield one["description"] or ""
        yield from _decoded(one["description_map"]).values()
    for option in msgspec.json.decode(row["options"]) if row["options"] else ():
        yield option["title"]
    yield from _decoded(row["summary_map"]).values()
    for content in _decoded(row["content_map"]).values():
        yield to_text(content)
    for options in _decoded(row["options_map"]).values():
        yield from options
    for one in msgspec.json.decode(row["tags"] or "[]"):
        yield one["name"]


def _decoded(text: str | None) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(text) if text else {}
    return found


def _facets(row: Row, files: Sequence[Row] | Iterable[Row]) -> list[str]:
    """Return what a post is and has, as words that no text can have."""
    names = {_KINDS.get(one["kind"], one["kind"]) for one in files}
    if names:
        names.add("media")
    if row["options"]:
        names.add("poll")
    if row["is_quote"]:
        names.add("quote")
    if any("mention" not in link and "hashtag" not in link for link in _LINK.findall(row["content"])):
        names.add("link")
    for tag in filter(None, (row["language"], row["shown_language"], *_decoded(row["content_map"]))):
        names |= _languages(tag)
    names |= {tag_word(one["name"]) for one in msgspec.json.decode(row["tags"] or "[]")}
    return sorted(FACET + name for name in names if name)


def _languages(tag: str) -> set[str]:
    base, script = language.base_of(tag), language.script_of(tag)
    found = {plain_tag(tag)} | ({plain_tag(base)} if base else set())
    return found | ({plain_tag(f"{base}-{script}")} if base and script else set())


async def rebuild(app: App, *, everything: bool = False, tell: Callable[[int], None] | None = None) -> int:
    """Index the posts that are not indexed yet, newest first, a batch a transaction; return how many there were.

    Stopped anywhere, it goes on from there the next time. `everything` empties the index first. `tell` is given the
    number so far after each batch.
    """
    if everything:
        await app.db.execute("DELETE FROM search_posts")
    done, below = 0, 1 << 62
    while True:
        async with app.db.transaction():
            rows = await app.db.rows(f"{_MISSING}{_locked(app)}", below, BATCH)
            await put(app, [row["id"] for row in rows])
        if not rows:
            return done
        done, below = done + len(rows), rows[-1]["id"]
        if tell is not None:
            tell(done)


def _locked(app: App) -> str:
    return f"{app.db.lock} OF p" if app.db.lock else ""

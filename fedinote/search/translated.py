"""The index of what posts say in translation, so that words of one language find posts in another.

One row for all finished translations of a post; only of public and unlisted ones. Who finds a post by it is decided as
for the words of its author, by `search.posts`. A translation of a former version, or one that was withdrawn, finds
nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from fedinote.events import AccountWishChanged, PostEdited, PostTranslated, PostWishChanged
from fedinote.infra.app import App
from fedinote.infra.db import Query, Row
from fedinote.search import words
from fedinote.search.query import Term
from fedinote.search.words import FACET, Piece
from fedinote.text.html import to_text

MAX_TEXT = 20_000
"""Characters of one translation that are indexed."""
BATCH = 200
_LANGUAGE = "\ue002"  # begins the part of a language in the text; no post has it (`words.pieces` drops it)
_VERSION = "COALESCE(p.edited_at, p.created_at)"
# What is of this version of a post that anybody may see. `translated_at`: its author's own were put on or taken off.
_MADE = """SELECT t.post_id, t.target, t.content, t.spoiler_text, t.options, t.descriptions
 FROM post_translations t JOIN posts p ON p.id = t.post_id
 WHERE t.post_id IN_INTS(?) AND t.state = 'ready' AND p.visibility IN ('public', 'unlisted')
 AND t.version >= COALESCE(p.edited_at, p.created_at) ORDER BY t.post_id, t.target"""
_FACETS = "SELECT s.post_id, s.text FROM search_posts s WHERE s.post_id IN_INTS(?)"
_GONE = "DELETE FROM search_translations WHERE post_id IN_INTS(?)"
_GONE_OF = "DELETE FROM search_translations WHERE post_id IN (SELECT p.id FROM posts p WHERE p.account_id = ?)"
_LEFT_OF = """SELECT DISTINCT t.post_id AS id FROM posts p JOIN post_translations t ON t.post_id = p.id
 WHERE p.account_id = ? AND t.state = 'ready' ORDER BY id"""
_WORDS = {"sqlite": "?", "postgresql": "CAST(CAST(? AS TEXT) AS tsvector)"}
_KEEP = "INSERT INTO search_translations (post_id, words, text) VALUES (?, {words}, ?)"
_MISSING = """SELECT DISTINCT t.post_id AS id FROM post_translations t
 LEFT JOIN search_translations s ON s.post_id = t.post_id
 WHERE s.post_id IS NULL AND t.state = 'ready' AND t.post_id < ? ORDER BY t.post_id DESC LIMIT ?"""


async def on_post_translated(app: App, event: PostTranslated) -> None:
    """Index what a post says in translation, with the one that was just finished."""
    await put(app, [event.post_id])


async def on_post_edited(app: App, event: PostEdited) -> None:
    """Forget what a former version said in translation."""
    await app.db.execute(_GONE, [event.post_id])


async def on_post_wish_changed(app: App, event: PostWishChanged) -> None:
    """Index what is left of a post's translations (a reaction that runs after some were withdrawn)."""
    await put(app, [event.post_id])


async def on_account_wish_changed(app: App, event: AccountWishChanged) -> None:
    """The same for all posts of an account."""
    await app.db.execute(_GONE_OF, event.account_id)
    ids = [row["id"] for row in await app.db.rows(_LEFT_OF, event.account_id)]
    for at in range(0, len(ids), BATCH):
        await put(app, ids[at : at + BATCH])


async def put(app: App, post_ids: Sequence[int]) -> None:
    """Index the translations of posts as they are now."""
    ids = list(post_ids)
    made, present = await app.db.many((_MADE, (ids,)), (_FACETS, (ids,)))
    facets = {row["post_id"]: _facets(row["text"]) for row in present}
    by_post: dict[int, list[Row]] = {}
    for row in made:
        by_post.setdefault(row["post_id"], []).append(row)
    sql = _KEEP.format(words=_WORDS[app.db.dialect])
    kept: list[Query] = [(_GONE, (ids,))]
    for post_id, rows in by_post.items():
        own = facets.get(post_id, [])
        parts = [(row["target"], _pieces(row)) for row in rows]
        found = [one for _, part in parts for one in part if one.text != FACET]
        text = "".join(f"{_LANGUAGE}{target}{_LANGUAGE}{words.joined(part)}" for target, part in parts)
        text += words.joined(Piece(one, False) for one in own)
        kept.append((sql, (post_id, " ".join([*words.tokens(found), *own]), text)))
    await app.db.atomic(*kept)


def _facets(text: str) -> list[str]:
    """Return what a post is and has, of its own row in the index."""
    return [word for word in text.split(" ") if word.startswith(FACET) and len(word) > 1]


def _pieces(row: Row) -> list[Piece]:
    found: list[Piece] = []
    left = MAX_TEXT
    for text in _texts(row):
        part = words.pieces(text[: max(left, 0)])
        if part:
            found += [Piece(FACET, False), *part] if found else part
        left -= len(text)
    return found


def _texts(row: Row) -> Iterable[str]:
    yield row["spoiler_text"]
    yield to_text(row["content"])
    yield from msgspec.json.decode(row["options"])
    described: dict[str, str] = msgspec.json.decode(row["descriptions"])
    yield from described.values()


async def languages(app: App, post_ids: Sequence[int], terms: Sequence[Term]) -> dict[int, str]:
    """Return in which language each of the posts says all of the terms in translation; others are left out.

    Of several the first by its tag. A translation that is there no longer does not count.
    """
    if not post_ids:
        return {}
    ids = list(post_ids)
    texts, present = await app.db.many(
        ("SELECT post_id, text FROM search_translations WHERE post_id IN_INTS(?)", (ids,)),
        (
            "SELECT t.post_id, t.target FROM post_translations t JOIN posts p ON p.id = t.post_id"  # noqa: S608
            f" WHERE t.post_id IN_INTS(?) AND t.state = 'ready' AND t.version >= {_VERSION}",
            (ids,),
        ),
    )
    there = {(row["post_id"], row["target"]) for row in present}
    said = [term for term in terms if not term.negated and not term.pattern.startswith(f" {FACET}")]
    found: dict[int, str] = {}
    for row in texts:
        for target, text in _parts(row["text"]).items():
            if (row["post_id"], target) in there and all(term.pattern in text for term in said):
                found.setdefault(row["post_id"], target)
    return found


def _parts(text: str) -> Mapping[str, str]:
    pieces = text.split(_LANGUAGE)[1:]
    return dict(zip(pieces[::2], pieces[1::2], strict=False))


async def rebuild(app: App, *, everything: bool = False) -> int:
    """Index the translations that are not indexed yet, a batch a transaction; return of how many posts."""
    if everything:
        await app.db.execute("DELETE FROM search_translations")
    done, below = 0, 1 << 62
    while rows := await app.db.rows(_MISSING, below, BATCH):
        ids: list[Any] = [row["id"] for row in rows]
        async with app.db.transaction():
            await put(app, ids)
        done, below = done + len(ids), ids[-1]
    return done

"""Status entities, from ids, in batches: two hops to the database whatever the page holds.

https://docs.joinmastodon.org/entities/Status/
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fedinote.api import language_versions
from fedinote.api.entities import accounts, in_translation, polls, tags
from fedinote.api.entities import cards as card_entities
from fedinote.api.entities import collections as collection_entities
from fedinote.api.entities import filters as filter_entities
from fedinote.api.entities import media as attachments
from fedinote.api.entities import quotes as quote_entities
from fedinote.api.entities import reactions as reaction_entities
from fedinote.api.entities.in_translation import Reading
from fedinote.api.entities.quotes import Quotes
from fedinote.api.entities.values import emojis, listed, mapped, moment, moment_or_none
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.db import Query, Row
from fedinote.infra.errors import NotFound
from fedinote.posts import answerable, reactions, visibility
from fedinote.timelines import filters
from fedinote.translation import glossary
from fedinote.translation.glossary import EMPTY, Glossary

_COLUMNS = f"""{answerable.STATE},
 p.id, p.account_id, p.uri, p.url, p.visibility, p.content, p.spoiler_text, p.sensitive, p.language,
 p.shown_language, p.in_reply_to_id, p.in_reply_to_account_id, p.conversation_id, p.reblog_of_id, p.mentions, p.tags,
 p.emojis, p.translations, p.machine_translation, p.application,
 p.replies_count + COALESCE(p.replies_elsewhere, 0) AS replies_count,
 p.reblogs_count + COALESCE(p.reblogs_elsewhere, 0) AS reblogs_count,
 p.favourites_count + COALESCE(p.favourites_elsewhere, 0) AS favourites_count, p.reactions_count, p.created_at,
 p.is_quote, p.quotes_count, p.quote_policy, p.interaction_rules, p.card_id,
 p.edited_at, p.translated_at, p.source, p.imported_from"""
_POSTS = f"""SELECT {_COLUMNS} FROM posts p WHERE p.id IN (
  SELECT b.id FROM posts b WHERE b.id IN_INTS(?)
  UNION SELECT b.reblog_of_id FROM posts b WHERE b.id IN_INTS(?) AND b.reblog_of_id IS NOT NULL)
 AND """  # noqa: S608
_HIDING = ("home", "public", "account")  # where a filter that hides leaves posts out; elsewhere the client decides
_FAVOURITE, _BOOST, _BOOKMARK, _PIN, _MUTE, _VOTE = range(6)
_KEPT_IN = (
    ("favourites", "post_id"),
    ("posts", "reblog_of_id"),
    ("bookmarks", "post_id"),
    ("pins", "post_id"),
    ("conversation_mutes", "conversation_id"),
)
_FLAGS = (
    *(
        f"SELECT {kind} AS kind, {column} AS id, 0 AS choice FROM {table} WHERE account_id = ? AND {column} IN_INTS(?)"  # noqa: S608
        for kind, (table, column) in enumerate(_KEPT_IN)
    ),
    "SELECT 5 AS kind, v.poll_id AS id, v.choice FROM poll_votes v JOIN polls q ON q.id = v.poll_id"
    " WHERE v.account_id = ? AND q.post_id IN_INTS(?)",
)


@dataclass(slots=True)
class _Batch:
    """What a page of posts needs, by id. Without a viewer there are no flags."""

    app: App
    viewer_id: int | None
    posts: dict[int, Row]
    people: dict[int, dict[str, Any]] = field(default_factory=dict)
    media: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    polls: dict[int, dict[str, Any]] = field(default_factory=dict)
    reactions: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    flags: tuple[set[int], ...] = ()
    filtered: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    quotes: Quotes = field(default_factory=Quotes)
    cards: dict[int, dict[str, Any]] = field(default_factory=dict)
    collections: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    glossary: Glossary = EMPTY
    locale: str | None = None
    reading: Reading | None = None


async def statuses(
    app: App, ids: Sequence[int], viewer: Viewer | None, *, context: str = "public", as_written: bool = False
) -> list[dict[str, Any]]:
    """Return Status entities in the order of the ids; what is missing or not for the viewer is left out.

    A boost is left out with the post that it boosts. `context` (home, notifications, public, thread, account) says
    which of the viewer's filters apply; their results are in `filtered`. Without a viewer the keys favourited,
    reblogged, muted, bookmarked, pinned and filtered are absent. To a viewer who has posts translated unasked they are
    shown that way, unless `as_written`.
    """
    return await _page(app, viewer, context, ids, as_written=as_written)


async def _page(
    app: App,
    viewer: Viewer | None,
    context: str,
    ids: Sequence[int],
    *,
    quoted: bool = False,
    as_written: bool = False,
) -> list[dict[str, Any]]:
    """Return the entities. `quoted`: as they stand within others, with the bare id of what they quote themselves."""
    if not ids:
        return []
    viewer_id = None if viewer is None else viewer.account_id
    where, params = visibility.condition("p", viewer_id)
    wanted = list(ids)
    rows = await app.db.rows(_POSTS + where, wanted, wanted, *params)
    if not rows:
        return []
    batch = _Batch(app, viewer_id, {row["id"]: row for row in rows})
    batch.glossary, batch.locale = await glossary.current(app), None if viewer is None else viewer.locale
    if not as_written and (reading := await in_translation.of_viewer(app, viewer_id)) is not None:
        batch.reading, batch.locale = reading, reading.own.target
    await _gather(batch, context)
    if quoted:
        batch.hidden.clear()  # the client decides, by the filters' results
    render = None if quoted else partial(_page, app, viewer, context, quoted=True, as_written=as_written)
    batch.quotes = await quote_entities.of_posts(app, rows, viewer_id, render)
    found = (_status(batch, batch.posts[one]) for one in wanted if one in batch.posts)
    return [one for one in found if one is not None]


async def status(
    app: App, post_id: int, viewer: Viewer | None, *, context: str = "thread", as_written: bool = False
) -> dict[str, Any]:
    """Return one Status entity. `NotFound` when there is none for this viewer."""
    found = await statuses(app, [post_id], viewer, context=context, as_written=as_written)
    if not found:
        raise NotFound
    return found[0]


async def _gather(batch: _Batch, context: str) -> None:
    """Read all that belongs to the posts, in one hop (and one more for each rare thing: filters, moved authors)."""
    app, posts = batch.app, batch.posts
    shown = [row["id"] for row in posts.values() if row["reblog_of_id"] is None]
    people = {row["account_id"] for row in posts.values()}
    queries = [accounts.query(people), attachments.of_posts(shown), polls.of_posts(shown)]
    if batch.viewer_id is not None:
        queries.append(_flags(batch.viewer_id, posts.values()))
    reacted = [row["id"] for row in posts.values() if row["reactions_count"]]
    if reacted:
        queries.append(reactions.of_posts(reacted, batch.viewer_id))
    queries += in_translation.queries(batch.reading, posts.values())
    authors, media, questions, *flagged = await app.db.many(*queries)
    await in_translation.take(batch.reading, flagged)
    if reacted:
        batch.reactions = reaction_entities.by_post(batch.app, flagged.pop(), batch.viewer_id)
    batch.people = await accounts.by_id(app, authors, batch.viewer_id)
    for row in media:
        batch.media.setdefault(row["post_id"], []).append(attachments.media(app, row))
    votes = _keep_flags(batch, flagged[0]) if flagged else {}
    for row in questions:
        batch.polls[row["post_id"]] = polls.entity(app, row, batch.viewer_id, sorted(votes.get(row["id"], ())))
    carded = {one for row in posts.values() if (one := row["card_id"])}
    batch.cards = await card_entities.by_id(app, carded, batch.viewer_id)
    batch.collections = await collection_entities.of_posts(app, posts.values(), batch.viewer_id)
    if batch.viewer_id is not None:
        await _filtered(batch, shown, context)


def _flags(viewer_id: int, posts: Collection[Row]) -> Query:
    """Return the query for what the viewer did with the posts; what their counts exclude is not asked for."""
    shown = [row for row in posts if row["reblog_of_id"] is None]
    ids = [row["id"] for row in shown]
    about = {
        _FAVOURITE: [row["id"] for row in shown if row["favourites_count"]],
        _BOOST: [row["id"] for row in shown if row["reblogs_count"]],
        _BOOKMARK: ids,
        _PIN: [row["id"] for row in shown if row["account_id"] == viewer_id],
        _MUTE: list({row["conversation_id"] for row in posts}),
        _VOTE: ids,
    }
    asked = [kind for kind, among in about.items() if among]
    params = [value for kind in asked for value in (viewer_id, about[kind])]
    return " UNION ALL ".join(_FLAGS[kind] for kind in asked), params


def _keep_flags(batch: _Batch, rows: Sequence[Row]) -> dict[int, list[int]]:
    """Keep what the viewer did with the posts; return what they voted for, by poll."""
    votes: dict[int, list[int]] = {}
    batch.flags = tuple(set() for _ in range(_VOTE))
    for row in rows:
        if row["kind"] == _VOTE:
            votes.setdefault(row["id"], []).append(row["choice"])
        else:
            batch.flags[row["kind"]].add(row["id"])
    return votes


async def _filtered(batch: _Batch, shown: Sequence[int], context: str) -> None:
    """Keep the viewer's filters that match, by post id; and which posts they hide altogether here."""
    found = await filters.results(
        batch.app,
        batch.viewer_id,
        context,
        [batch.posts[one] for one in shown],
        extra={one: _words(batch, one) for one in shown if one in batch.media or one in batch.polls},
    )
    for post_id, results in found.items():
        batch.filtered[post_id] = filter_entities.results(results)
        if context in _HIDING and filters.hidden(results):
            batch.hidden.add(post_id)


def _words(batch: _Batch, post_id: int) -> Iterator[str]:
    """Give what a post says besides its text: descriptions of its media, options of its poll.

    One by one, since most people have no filters, and nothing of this is looked at then.
    """
    yield from (one["description"] for one in batch.media.get(post_id, ()) if one["description"])
    poll = batch.polls.get(post_id)
    if poll is not None:
        yield from (option["title"] for option in poll["options"])


def _status(batch: _Batch, row: Row) -> dict[str, Any] | None:
    """Turn a row into a Status; None when a filter hides it, its author is gone, or what it boosts is not shown."""
    author = batch.people.get(row["account_id"])
    if author is None or row["id"] in batch.hidden:
        return None
    if row["reblog_of_id"] is None:
        return _entity(batch, row, author, None)
    inner = batch.posts.get(row["reblog_of_id"])
    boosted = None if inner is None else _status(batch, inner)
    return None if boosted is None else _entity(batch, row, author, boosted)


def told(visibility: str) -> dict[str, Any]:
    """Return how a visibility is told: of a post for this server alone, apps learn the narrowest that they know."""
    local_only = visibility == "local"
    return {"visibility": "private" if local_only else visibility, "local_only": local_only}


def _entity(batch: _Batch, row: Row, author: dict[str, Any], boosted: dict[str, Any] | None) -> dict[str, Any]:
    post_id = row["id"]
    value: dict[str, Any] = {
        "id": str(post_id),
        "created_at": moment(row["created_at"]),
        **_parent(row),
        "sensitive": bool(row["sensitive"]),
        "spoiler_text": row["spoiler_text"],
        **told(row["visibility"]),
        "language": row["language"],
        "uri": row["uri"],
        "url": row["url"] or row["uri"],
        "replies_count": row["replies_count"],
        "reblogs_count": row["reblogs_count"],
        "favourites_count": row["favourites_count"],
        "edited_at": moment_or_none(row["edited_at"]),
        **({} if row["imported_from"] is None else {"imported_from": row["imported_from"] or None}),
        "content": batch.quotes.content(row),
        "reblog": boosted,
        "application": mapped(row["application"]) or None,
        "account": author,
        "media_attachments": batch.media.get(post_id, []),
        "mentions": listed(row["mentions"]),
        "tags": _tags(batch.app, row["tags"]),
        "emojis": emojis(batch.app, row["emojis"]),
        "poll": batch.polls.get(post_id),
        "translations": language_versions.listing(row),
        "machine_translation": row["machine_translation"],
        "glossary_notes": glossary.notes(batch.glossary, row, batch.locale) if batch.glossary.found else [],
        "card": batch.cards.get(row["card_id"]),
        "tagged_collections": batch.collections.get(post_id, []),
        **batch.quotes.fields(row),
    }
    reaction_entities.of_status(value, batch.reactions.get(post_id, []))
    if row["shown_language"] is not None and row["account_id"] != batch.viewer_id:
        value["language"], value["stated_language"] = row["shown_language"], row["language"]
    if batch.viewer_id is not None:
        _mark(batch, row, value)
    if batch.reading is not None:
        batch.reading.put(value, post_id, quote_shown=post_id in batch.quotes.shown)
    return value


def _parent(row: Row) -> dict[str, str | None]:
    """Return what a post answers; of a post that is not known here, nothing."""
    parent, author = row["in_reply_to_id"], row["in_reply_to_account_id"]
    return {
        "in_reply_to_id": None if parent is None else str(parent),
        "in_reply_to_account_id": None if parent is None or author is None else str(author),
    }


def _mark(batch: _Batch, row: Row, value: dict[str, Any]) -> None:
    """Add what the viewer did with a post; a boost shows what was done with the boosted post."""
    subject = row["reblog_of_id"] or row["id"]
    flags = batch.flags
    value["favourited"] = subject in flags[_FAVOURITE]
    value["reblogged"] = subject in flags[_BOOST]
    value["muted"] = row["conversation_id"] in flags[_MUTE]
    value["bookmarked"] = subject in flags[_BOOKMARK]
    if row["account_id"] == batch.viewer_id and row["reblog_of_id"] is None and row["visibility"] != "direct":
        value["pinned"] = row["id"] in flags[_PIN]
    value["filtered"] = batch.filtered.get(subject, [])


def _tags(app: App, text: str) -> list[dict[str, str]]:
    return [{"name": one["name"], "url": tags.url(app, one["name"])} for one in listed(text)]


async def edits(app: App, post_id: int, viewer: Viewer | None) -> list[dict[str, Any]]:
    """Return StatusEdit entities of a post, oldest first, the present version last. `NotFound`.

    https://docs.joinmastodon.org/entities/StatusEdit/
    """
    now = await status(app, post_id, viewer, as_written=True)
    former = await app.db.rows("SELECT * FROM post_edits WHERE post_id = ? ORDER BY created_at, id", post_id)
    wanted = [int(one) for row in former for one in listed(row["media"])]
    sql = f"SELECT {attachments.COLUMNS} FROM media m WHERE m.id IN_INTS(?)"  # noqa: S608
    files = {str(row["id"]): attachments.media(app, row) for row in await app.db.rows(sql, wanted)}
    versions = [_edit(app, row, now["account"], files) for row in former]
    poll = now["poll"]
    present = {
        "content": now["content"],
        "spoiler_text": now["spoiler_text"],
        "sensitive": now["sensitive"],
        "created_at": now["edited_at"] or now["created_at"],
        "account": now["account"],
        "media_attachments": now["media_attachments"],
        "emojis": now["emojis"],
    }
    if poll is not None:
        present["poll"] = {"options": [{"title": one["title"]} for one in poll["options"]]}
    return [one | {"quote": now["quote"]} for one in (*versions, present)]


def _edit(app: App, row: Row, author: dict[str, Any], files: dict[str, dict[str, Any]]) -> dict[str, Any]:
    value = {
        "content": row["content"],
        "spoiler_text": row["spoiler_text"],
        "sensitive": bool(row["sensitive"]),
        "created_at": moment(row["created_at"]),
        "account": author,
        "media_attachments": [files[one] for one in listed(row["media"]) if one in files],
        "emojis": emojis(app, row["emojis"]),
    }
    if row["poll"] is not None:
        value["poll"] = {"options": [{"title": one["title"]} for one in listed(row["poll"])]}
    return value

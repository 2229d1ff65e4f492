"""From which posts Explore chooses: the newest and the most liked that fit a view, with what is known of each.

A pool is the same for everybody and is kept for half a minute; who looks, and what changed since, is asked for each
page (`timelines.explore`). A pool takes two hops to the database, however many posts there are.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Query, Row
from fedinote.posts.languages import decoded
from fedinote.text import language
from fedinote.timelines.explore_ranking import MAX_TAGS, Entry, Signals, Switches, points

Kind = Literal["pictures", "videos", "music", "text"]
KINDS: tuple[Kind, ...] = ("pictures", "videos", "music", "text")

NEWEST = 600
"""How many of the newest posts are in a pool."""
LIKED = 400
"""How many of the most liked ones of the last `DAYS` days are there beside these."""
DAYS = 30
POSTS_READ = 20_000
"""Among so many public posts, the newest, the pool is looked for."""
ANSWERS_READ = 20_000
SECONDS = 30
"""How long a pool is kept."""
MAX_POOLS = 24
_POOLS, _LOCK = "explore.pools", "explore.lock"
_SEVERAL = language.SEVERAL
_MEDIA_KINDS = {"pictures": ["image", "gifv"], "videos": ["video"], "music": ["audio"]}

ELIGIBLE = """p.visibility = 'public' AND COALESCE(p.reblog_of_id, 0) = 0 AND NOT p.sensitive AND p.spoiler_text = ''
 AND p.in_reply_to_id IS NULL AND p.in_reply_to_uri IS NULL AND a.discoverable = TRUE AND a.silenced_at IS NULL
 AND a.suspended_at IS NULL AND a.deleted_at IS NULL AND COALESCE(r.allowed, TRUE)"""
"""A post `p` of the author `a` with what the staff decided about it among the trends (`r`) may be shown."""
JOINED = """JOIN accounts a ON a.id = p.account_id
 LEFT JOIN trend_reviews r ON r.kind = 'post' AND r.subject = CAST(p.id AS TEXT)"""
_PUBLIC = """SELECT q.id FROM posts q WHERE q.visibility = 'public' AND q.id >= ?
 AND COALESCE(q.reblog_of_id, 0) = 0 ORDER BY q.id DESC LIMIT ?"""
_TAGGED = """SELECT DISTINCT x.post_id AS id FROM topics t JOIN topic_tags o ON o.topic_id = t.id
 JOIN post_tags x ON x.tag_id = o.tag_id WHERE t.slug = ? AND x.post_id >= ? ORDER BY x.post_id DESC LIMIT ?"""
_CHOSEN = """SELECT p.id, p.account_id, p.created_at, p.language, p.shown_language, p.content_map,
  COALESCE(r.allowed, {undecided}) AS counted
 FROM ({source}) s JOIN posts p ON p.id = s.id {joined} WHERE {eligible} AND p.created_at <= ? AND {view}
 ORDER BY {order} LIMIT {limit}"""
_LIKING = "p.favourites_count + p.reblogs_count + p.reactions_count DESC, p.id DESC"

_PEOPLE = """SELECT x.subject, COUNT(*) AS people FROM (
  SELECT f.post_id AS subject, f.account_id AS account FROM favourites f WHERE f.post_id IN_INTS(?)
  UNION SELECT e.post_id, e.account_id FROM reactions e WHERE e.post_id IN_INTS(?)
  UNION SELECT b.reblog_of_id, b.account_id FROM posts b WHERE b.reblog_of_id IN_INTS(?)
   AND b.visibility IN ('public', 'unlisted')) x
 JOIN posts p ON p.id = x.subject JOIN accounts w ON w.id = x.account
 WHERE x.account <> p.account_id AND w.silenced_at IS NULL AND w.suspended_at IS NULL GROUP BY x.subject"""
_ANSWERS = f"""SELECT DISTINCT n.subject, n.account, n.tag FROM (
  SELECT q.in_reply_to_id AS subject, q.account_id AS account, q.in_reply_to_account_id AS to_account,
   COALESCE(NULLIF(q.shown_language, '{_SEVERAL}'), q.language) AS tag
  FROM posts q WHERE q.in_reply_to_id IN_INTS(?) AND q.visibility IN ('public', 'unlisted')
  ORDER BY q.id DESC LIMIT {ANSWERS_READ}) n JOIN accounts w ON w.id = n.account
 WHERE n.account <> n.to_account AND w.silenced_at IS NULL AND w.suspended_at IS NULL"""  # noqa: S608
_TRANSLATED = """SELECT m.post_id AS subject, COUNT(*) AS languages FROM post_translations m
 WHERE m.post_id IN_INTS(?) AND m.state = 'ready' AND m.kind = 'machine' GROUP BY m.post_id"""
_DESCRIBED = """SELECT DISTINCT m.post_id AS subject FROM media m
 WHERE m.post_id IN_INTS(?) AND COALESCE(m.description, '') <> ''"""
_TAGS = """SELECT x.post_id AS subject, x.tag_id, o.topic_id FROM post_tags x
 LEFT JOIN topic_tags o ON o.tag_id = x.tag_id WHERE x.post_id IN_INTS(?)"""


@dataclass(frozen=True, slots=True)
class View:
    """A part of Explore. `kind`: what is attached; `language`: in which the posts are (its script is no matter);
    `topic`: the slug of one. None for each: all.
    """

    kind: Kind | None = None
    language: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the database knows of the posts of a pool, by their ids."""

    people: dict[int, int]
    answers: dict[int, list[tuple[int, str | None]]]
    translated: dict[int, int]
    described: frozenset[int]
    tags: dict[int, list[tuple[int, bool]]]


async def of(app: App, view: View) -> Sequence[Entry]:
    """Return the posts of a view, in no order; from memory when they were read within the last half minute."""
    kept: dict[tuple[Any, ...], tuple[datetime, Sequence[Entry]]] = app.caches.setdefault(_POOLS, {})
    key = (view, app.settings.explore, app.settings.moderation.trends)
    lock: asyncio.Lock = app.caches.setdefault(_LOCK, asyncio.Lock())
    async with lock:  # whoever comes meanwhile waits for the same answer
        found = kept.get(key)
        if found is None or found[0] <= app.now():
            kept.pop(key, None)
            found = kept[key] = (app.now() + timedelta(seconds=SECONDS), await _read(app, view))
            for old in list(kept)[:-MAX_POOLS]:
                del kept[old]
    return found[1]


async def _read(app: App, view: View) -> Sequence[Entry]:
    newest, liked = await app.db.many(_newest(app, view), _liked(app, view))
    chosen = {row["id"]: row for row in (*newest, *liked)}
    if not chosen:
        return ()
    ids = list(chosen)
    people, answers, translated, described, tags = await app.db.many(
        (_PEOPLE, (ids, ids, ids)), (_ANSWERS, (ids,)), (_TRANSLATED, (ids,)), (_DESCRIBED, (ids,)), (_TAGS, (ids,))
    )
    facts = _Facts(
        people={row["subject"]: row["people"] for row in people},
        answers=_grouped((row["subject"], (row["account"], row["tag"])) for row in answers),
        translated={row["subject"]: row["languages"] for row in translated},
        described=frozenset(row["subject"] for row in described),
        tags=_grouped((row["subject"], (row["tag_id"], row["topic_id"] is not None)) for row in tags),
    )
    explore = app.settings.explore
    switches = Switches(explore.popular and app.settings.moderation.trends != "off", explore.crossing)
    return [_entry(row, facts, switches) for row in chosen.values()]


def _newest(app: App, view: View) -> Query:
    return _chosen(app, view, first=0, order="p.id DESC", limit=NEWEST)


def _liked(app: App, view: View) -> Query:
    first = to_ms(app.now() - timedelta(days=DAYS)) << 16  # an id holds its time
    return _chosen(app, view, first=first, order=_LIKING, limit=LIKED)


def _chosen(app: App, view: View, *, first: int, order: str, limit: int) -> Query:
    source = _PUBLIC if view.topic is None else _TAGGED
    params = [*([] if view.topic is None else [view.topic]), first, POSTS_READ]
    where, values = _condition(app, view)
    shown = app.settings.moderation.trends == "shown"
    sql = _CHOSEN.format(
        undecided="TRUE" if shown else "FALSE",
        source=source,
        joined=JOINED,
        eligible=ELIGIBLE,
        view=where,
        order=order,
        limit=limit,
    )
    return sql, [*params, to_ms(app.now()), *values]


def _condition(app: App, view: View) -> tuple[str, list[Any]]:
    """Return what a post must fulfil to be in a view, and the parameters of that."""
    parts, values = ["TRUE" if app.settings.explore.remote else "p.local = TRUE"], list[Any]()
    if view.kind == "text":
        parts.append("p.media_count = 0")
    elif view.kind is not None:
        parts.append(
            "EXISTS (SELECT 1 FROM media m WHERE m.post_id = p.id AND m.state = 'ready' AND m.kind IN_TEXTS(?))"
        )
        values.append(_MEDIA_KINDS[view.kind])
    if view.language is not None:
        base = language.base_of(view.language) or view.language
        tag = f"COALESCE(NULLIF(p.shown_language, '{_SEVERAL}'), p.language)"
        parts.append(f"({tag} = ? OR {tag} LIKE ? OR p.content_map LIKE ? OR p.content_map LIKE ?)")
        values += [base, f"{base}-%", f'%"{base}":%', f'%"{base}-%']
    return " AND ".join(parts), values


def _grouped(pairs: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for subject, value in pairs:
        found[subject].append(value)
    return found


def _entry(row: Row, facts: _Facts, switches: Switches) -> Entry:
    post_id = row["id"]
    own = _base(row["language"] if row["shown_language"] in (None, _SEVERAL) else row["shown_language"])
    answers = facts.answers.get(post_id, ())
    tags = facts.tags.get(post_id, ())
    tags = tags if len(tags) <= MAX_TAGS else ()
    signals = Signals(
        people=facts.people.get(post_id, 0) if row["counted"] else 0,
        answering=len({account for account, _ in answers}),
        abroad=len({account for account, tag in answers if own and tag and _base(tag) != own}),
        translated=facts.translated.get(post_id, 0),
        bilingual=row["shown_language"] == _SEVERAL or _versions(row, own),
        described=post_id in facts.described,
        topical=any(topical for _, topical in tags),
    )
    named = frozenset(tag for tag, _ in tags)
    return Entry(post_id, row["account_id"], row["created_at"], points(signals, switches), named, own)


def _base(tag: str | None) -> str:
    return (language.base_of(tag) or tag) if tag else ""


def _versions(row: Row, own: str) -> bool:
    """Tell whether a post came in another language too; the other script of Chinese is none."""
    return bool(row["content_map"]) and any(_base(tag) != own for tag in decoded(row["content_map"]))

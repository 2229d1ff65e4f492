"""What is talked about: tags, posts and links, by how many people and how lately.

Everything is counted anew every five minutes from public posts of the last days: each account counts once for each
subject, with its newest post, and half as much after each half-life. What limited or suspended accounts write, what
is marked sensitive and what has a content warning never counts; a post is shown only if its author wants to be
discovered. Staff decides by `timelines.trend_reviews`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Query, Row
from fedinote.timelines.conditions import visible, wanted
from fedinote.timelines.queries import Slice
from fedinote.timelines.window import Window

MIN_ACCOUNTS = 2
"""How many different accounts must have taken part."""
KEPT = 200
"""How many subjects of each kind are kept."""
POSTS_READ = 50_000
"""Of so many public posts, the newest, trends are made."""
_HOUR = 3_600_000
HALF_LIFE: Mapping[str, int] = {"tag": 24 * _HOUR, "post": 12 * _HOUR, "link": 24 * _HOUR}
AGE: Mapping[str, int] = {"tag": 7 * 24 * _HOUR, "post": 3 * 24 * _HOUR, "link": 7 * 24 * _HOUR}
"""From how far back posts count, in ms."""
KINDS = ("tag", "post", "link")
TRENDS_LOCK = 4_070_821

_PUBLIC = """SELECT p.id, p.account_id, p.created_at FROM posts p
 WHERE p.visibility = 'public' AND p.id >= ? AND p.reblog_of_id IS NULL
 AND NOT p.sensitive AND p.spoiler_text = '' AND p.created_at <= ?
 AND (SELECT a.silenced_at IS NULL AND a.suspended_at IS NULL FROM accounts a WHERE a.id = p.account_id)
 ORDER BY p.id DESC LIMIT ?"""
_TAGS = f"""SELECT pt.tag_id AS subject, r.account_id AS account, MAX(r.created_at) AS at
 FROM ({_PUBLIC}) r JOIN post_tags pt ON pt.post_id = r.id GROUP BY pt.tag_id, r.account_id"""  # noqa: S608
# Addresses that are the same page by its own word (`?utm_source=…`) are one subject: the oldest of their cards.
_LINKS = f"""SELECT (SELECT MIN(m.id) FROM preview_cards m WHERE m.url = c.url AND m.state = 'ready') AS subject,
 r.account_id AS account, MAX(r.created_at) AS at
 FROM ({_PUBLIC}) r JOIN post_links l ON l.post_id = r.id JOIN preview_cards c ON c.id = l.card_id
 WHERE c.state = 'ready' GROUP BY c.url, r.account_id"""  # noqa: S608
_CANDIDATES = f"""SELECT c.id FROM ({_PUBLIC}) r JOIN posts c ON c.id = r.id
 JOIN accounts a ON a.id = c.account_id AND a.discoverable = TRUE
 WHERE c.in_reply_to_id IS NULL AND c.in_reply_to_uri IS NULL AND c.favourites_count + c.reblogs_count > 0
 ORDER BY c.favourites_count + c.reblogs_count DESC, c.id DESC LIMIT 1000"""  # noqa: S608
_LIKES = """SELECT f.post_id AS subject, f.account_id AS account, f.created_at AS at FROM favourites f
 WHERE f.post_id IN_INTS(?) UNION ALL
 SELECT b.reblog_of_id, b.account_id, b.created_at FROM posts b WHERE b.reblog_of_id IN_INTS(?)
  AND b.visibility IN ('public', 'unlisted')"""


async def refresh(app: App) -> None:
    """Count anew (periodic). With trends switched off there are none."""
    found: dict[str, list[tuple[int, float]]] = {kind: [] for kind in KINDS}
    if app.settings.moderation.trends != "off":
        tags, links, candidates = await app.db.many(
            _counted(app, _TAGS, "tag"), _counted(app, _LINKS, "link"), _counted(app, _CANDIDATES, "post")
        )
        ids = [row["id"] for row in candidates]
        liked = await app.db.rows(_LIKES, ids, ids)
        counted = {"tag": tags, "link": links, "post": liked}
        found = {kind: _scores(app, kind, rows) for kind, rows in counted.items()}
    async with app.db.transaction():
        if app.db.dialect == "postgresql":  # one at a time: two processes may count at the same moment
            await app.db.rows("SELECT pg_advisory_xact_lock(?) AS value", TRENDS_LOCK)
        await app.db.execute("DELETE FROM trends")
        await app.db.execute_many(
            "INSERT INTO trends (kind, subject_id, score) VALUES (?, ?, ?)",
            [(kind, subject, score) for kind, scored in found.items() for subject, score in scored],
        )
        await _note_publishers(app, [subject for subject, _ in found["link"]])


def _counted(app: App, sql: str, kind: str) -> Query:
    now = to_ms(app.now())
    return sql, ((now - AGE[kind]) << 16, now, POSTS_READ)  # an id holds its time


def _scores(app: App, kind: str, rows: Iterable[Row]) -> list[tuple[int, float]]:
    """Return (subject, score), the highest first, of subjects in which enough people take part."""
    now, half = to_ms(app.now()), HALF_LIFE[kind]
    newest: dict[int, dict[int, int]] = defaultdict(dict)
    for row in rows:
        people = newest[row["subject"]]
        people[row["account"]] = max(row["at"], people.get(row["account"], 0))
    scored = [
        (subject, sum(2.0 ** (-max(0, now - at) / half) for at in people.values()))
        for subject, people in newest.items()
        if len(people) >= MIN_ACCOUNTS
    ]
    return sorted(scored, key=lambda one: (-one[1], -one[0]))[:KEPT]


async def _note_publishers(app: App, card_ids: list[int]) -> None:
    """Put the hosts of links on the list of those that the staff may decide about."""
    if not card_ids:
        return
    rows = await app.db.rows("SELECT DISTINCT host FROM preview_cards WHERE id IN_INTS(?) AND host <> ''", card_ids)
    await app.db.execute_many(
        "INSERT INTO trend_reviews (id, kind, subject) VALUES (?, 'publisher', ?) ON CONFLICT DO NOTHING",
        [(app.ids.next(), row["host"]) for row in rows],
    )


# -- reading ----------------------------------------------------------------------------------------------------------

_TAG_PAGE = """SELECT s.subject_id AS id FROM trends s JOIN tags t ON t.id = s.subject_id
 WHERE s.kind = 'tag' AND COALESCE(t.usable, TRUE) AND COALESCE(t.listable, TRUE) AND {allowed}
 ORDER BY s.score DESC, s.subject_id DESC LIMIT ? OFFSET ?"""
_POST_PAGE = """SELECT p.id FROM trends s JOIN posts p ON p.id = s.subject_id JOIN accounts a ON a.id = p.account_id
 LEFT JOIN trend_reviews r ON r.kind = 'post' AND r.subject = CAST(p.id AS TEXT)
 WHERE s.kind = 'post' AND p.visibility = 'public' AND p.reblog_of_id IS NULL
 AND NOT p.sensitive AND p.spoiler_text = '' AND a.discoverable = TRUE
 AND a.silenced_at IS NULL AND {allowed} AND {keep} ORDER BY s.score DESC, s.subject_id DESC LIMIT ? OFFSET ?"""
_LINK_PAGE = """SELECT c.id FROM trends s JOIN preview_cards c ON c.id = s.subject_id
 LEFT JOIN trend_reviews r ON r.kind = 'link' AND r.subject = CAST(c.id AS TEXT)
 LEFT JOIN trend_reviews h ON h.kind = 'publisher' AND h.subject = c.host
 WHERE s.kind = 'link' AND c.state = 'ready' AND {allowed} ORDER BY s.score DESC, s.subject_id DESC LIMIT ? OFFSET ?"""
_DECIDED = {"tag": "t.trendable", "post": "r.allowed", "link": "COALESCE(r.allowed, h.allowed)"}


async def tags(app: App, limit: int, offset: int, *, everything: bool = False) -> list[int]:
    """Return the ids of tags, the most talked about first. `everything`: what is not allowed too, for the staff."""
    sql = _TAG_PAGE.format(allowed=_allowed(app, "tag", everything=everything))
    return [row["id"] for row in await app.db.rows(sql, limit, offset)]


async def posts(app: App, viewer_id: int | None, limit: int, offset: int, *, everything: bool = False) -> list[int]:
    """Return the ids of posts, the most liked and boosted first, as far as the viewer may and wants to see them."""
    keep = visible("p", viewer_id) & wanted(app, "p", viewer_id)
    sql = _POST_PAGE.format(allowed=_allowed(app, "post", everything=everything), keep=keep.sql)
    return [row["id"] for row in await app.db.rows(sql, *keep.params, limit, offset)]


async def links(app: App, limit: int, offset: int, *, everything: bool = False) -> list[int]:
    """Return the ids of preview cards, the most linked first."""
    sql = _LINK_PAGE.format(allowed=_allowed(app, "link", everything=everything))
    return [row["id"] for row in await app.db.rows(sql, limit, offset)]


def _allowed(app: App, kind: str, *, everything: bool) -> str:
    if everything:
        return "TRUE"
    shown = app.settings.moderation.trends == "shown"
    return f"COALESCE({_DECIDED[kind]}, {'TRUE' if shown else 'FALSE'})"


async def link_timeline(app: App, viewer_id: int | None, url: str, window: Window) -> Slice:
    """Return public posts that link to a page which is among the trends, by authors who want to be discovered."""
    where, params, order = window.sql("p.id")
    keep = visible("p", viewer_id) & wanted(app, "p", viewer_id)
    sql = (
        "SELECT p.id, p.id AS key FROM preview_cards t JOIN trends s ON s.kind = 'link' AND s.subject_id = t.id"  # noqa: S608
        " JOIN preview_cards c ON c.url = t.url JOIN post_links l ON l.card_id = c.id"
        " JOIN posts p ON p.id = l.post_id JOIN accounts a ON a.id = p.account_id"
        " LEFT JOIN trend_reviews r ON r.kind = 'link' AND r.subject = CAST(t.id AS TEXT)"
        " LEFT JOIN trend_reviews h ON h.kind = 'publisher' AND h.subject = t.host"
        " WHERE t.url IN (SELECT n.url FROM preview_cards n WHERE n.url = ? OR n.link = ?)"
        f" AND {_allowed(app, 'link', everything=False)} AND p.visibility = 'public' AND p.reblog_of_id IS NULL"
        f" AND a.discoverable = TRUE AND a.silenced_at IS NULL AND {where} AND {keep.sql} {order}"
    )
    rows: list[Any] = window.arrange(await app.db.rows(sql, url, url, *params, *keep.params))
    ids = [row["id"] for row in rows]
    return Slice(ids, ids)

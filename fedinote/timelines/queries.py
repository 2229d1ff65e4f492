"""Pages of posts: home, public, tags, lists, profiles, favourites, bookmarks. One query each, ids only, newest first.

Every query asks `posts.visibility` about the post, and about the boosted one. Authors whom the viewer blocks or
mutes are left out of timelines, and of profiles their posts that others boosted.

Two ways of writing keep SQLite on the index that has the page's order: CROSS JOIN makes it read the tables in the
order written, and `_NO_BOOST` keeps it away from the index on boosts. PostgreSQL plans as it would anyway.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from fedinote.infra.app import App
from fedinote.timelines.conditions import PLAIN_OR_OWN_THREAD, Clause, boosted, unlimited, visible, wanted
from fedinote.timelines.window import Window

MAX_TAGS = 4
"""How many tags `any`, `all` and `none` may each name, as in Mastodon; more are ignored."""


_NO_BOOST = "COALESCE(p.reblog_of_id, 0) = 0"


class Slice(NamedTuple):
    """A page: ids of posts, and the ids that paging goes by (those of favourites and bookmarks are their own)."""

    ids: list[int]
    keys: list[int]


@dataclass(frozen=True, slots=True)
class Tags:
    """Folded names of tags. A post must have one of `any`, every one of `all` and none of `none`.

    `whole`: all of `any` count, because they are one topic rather than what a client put together.
    """

    any: tuple[str, ...]
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """Which posts of an account to show. `tagged` is a folded name."""

    pinned: bool = False
    only_media: bool = False
    exclude_replies: bool = False
    exclude_reblogs: bool = False
    tagged: str | None = None


async def _slice(app: App, sql: str, params: Sequence[Any], window: Window) -> Slice:
    rows = window.arrange(await app.db.rows(sql, *params))
    return Slice([row["id"] for row in rows], [row["key"] for row in rows])


async def home(app: App, viewer_id: int, window: Window) -> Slice:
    """Return what fan-out put into the viewer's home, as far as it may and should still be seen."""
    where, params, order = window.sql("h.post_id")
    keep = visible("p", viewer_id) & wanted(app, "p", viewer_id) & boosted(app, "p", viewer_id)
    sql = (
        "SELECT h.post_id AS id, h.post_id AS key FROM home_entries h JOIN posts p ON p.id = h.post_id"  # noqa: S608
        f" WHERE h.account_id = ? AND {where} AND {keep.sql} {order}"
    )
    return await _slice(app, sql, (viewer_id, *params, *keep.params), window)


Origin = Literal["anywhere", "local", "remote"]
_ORIGINS = {"anywhere": "TRUE", "local": "p.local = TRUE", "remote": "p.local = FALSE"}


async def public(
    app: App, viewer_id: int | None, window: Window, *, origin: Origin = "anywhere", only_media: bool = False
) -> Slice:
    """Return public posts: no boosts, no answers to others, nobody whom moderators limited (unless followed)."""
    where, params, order = window.sql("p.id")
    keep = visible("p", viewer_id) & unlimited("p", viewer_id) & wanted(app, "p", viewer_id)
    sql = (
        "SELECT p.id, p.id AS key FROM posts p"  # noqa: S608
        f" WHERE p.visibility = 'public' AND {_NO_BOOST} AND {_ORIGINS[origin]} AND {_media(only_media)}"
        f" AND {PLAIN_OR_OWN_THREAD.format(a='p')} AND {where} AND {keep.sql} {order}"
    )
    return await _slice(app, sql, (*params, *keep.params), window)


async def house(app: App, viewer_id: int, window: Window) -> Slice:
    """Return what is posted here for everybody, and for members of this server alone; for members.

    Two queries, each along the index of its visibility.
    """
    open_ = await public(app, viewer_id, window, origin="local")
    where, params, order = window.sql("p.id")
    keep = visible("p", viewer_id) & unlimited("p", viewer_id) & wanted(app, "p", viewer_id)
    sql = (
        "SELECT p.id, p.id AS key FROM posts p"  # noqa: S608
        f" WHERE p.visibility = 'local' AND {_NO_BOOST} AND {PLAIN_OR_OWN_THREAD.format(a='p')}"
        f" AND {where} AND {keep.sql} {order}"
    )
    inner = await _slice(app, sql, (*params, *keep.params), window)
    upward = window.min_id is not None
    ids = window.arrange(sorted([*open_.ids, *inner.ids], reverse=not upward)[: window.limit])
    return Slice(ids, ids)


def _media(only_media: bool) -> str:
    return "p.media_count > 0" if only_media else "TRUE"


async def tag(
    app: App,
    viewer_id: int | None,
    tags: Tags,
    window: Window,
    *,
    origin: Origin = "anywhere",
    only_media: bool = False,
) -> Slice:
    """Return public posts, answers too, that carry the tags."""
    where, params, order = window.sql("t.post_id")
    source, having, names = _tagged(tags)
    keep = visible("p", viewer_id) & unlimited("p", viewer_id) & wanted(app, "p", viewer_id)
    sql = (
        f"SELECT p.id, p.id AS key FROM {source} CROSS JOIN posts p"  # noqa: S608
        f" WHERE {having} AND p.id = t.post_id AND {where} AND p.visibility = 'public' AND {_ORIGINS[origin]}"
        f" AND {_media(only_media)} AND {_has('EXISTS', tags.all)} AND {_has('NOT EXISTS', tags.none)}"
        f" AND {keep.sql} {order}"
    )
    return await _slice(app, sql, (*names, *params, *tags.all[:MAX_TAGS], *tags.none[:MAX_TAGS], *keep.params), window)


def _tagged(tags: Tags) -> tuple[str, str, list[Any]]:
    """Return the table `t` of the posts that have one of the tags, its condition, and the parameters of both.

    One tag alone is read in the order of the page, and no further than the page needs.
    """
    names = list(tags.any if tags.whole else tags.any[: MAX_TAGS + 1])
    if len(names) == 1:
        return "tags n CROSS JOIN post_tags t", "n.name = ? AND t.tag_id = n.id", names
    found = "SELECT DISTINCT pt.post_id FROM tags n JOIN post_tags pt ON pt.tag_id = n.id WHERE n.name IN_TEXTS(?)"
    return f"({found}) t", "TRUE", [names]


def _has(exists: str, names: Sequence[str]) -> str:
    one = "(SELECT 1 FROM post_tags x JOIN tags xn ON xn.id = x.tag_id WHERE x.post_id = p.id AND xn.name = ?)"
    return " AND ".join([f"{exists} {one}"] * len(names[:MAX_TAGS])) or "TRUE"


_LISTED = """p.visibility <> 'direct' AND (
 p.in_reply_to_account_id = p.account_id OR p.in_reply_to_account_id = l.account_id
 OR (p.in_reply_to_account_id IS NULL AND p.in_reply_to_uri IS NULL)
 OR (l.replies_policy = 'followed' AND EXISTS (SELECT 1 FROM follows lf
  WHERE lf.follower_id = l.account_id AND lf.target_id = p.in_reply_to_account_id AND lf.accepted))
 OR (l.replies_policy = 'list' AND EXISTS (SELECT 1 FROM list_members lr
  WHERE lr.of_list_id = l.id AND lr.account_id = p.in_reply_to_account_id)))
 AND (p.reblog_of_id IS NULL OR NOT EXISTS (SELECT 1 FROM follows lb
  WHERE lb.follower_id = l.account_id AND lb.target_id = p.account_id AND NOT lb.reblogs))"""

# The newest of each member are read by the index on (account, id), then merged: what it costs grows with the number
# of members, not with all that they ever wrote.
_LIST = {
    "sqlite": "SELECT i.id, i.id AS key FROM lists l JOIN list_members m ON m.of_list_id = l.id JOIN posts i ON i.id IN"
    " (SELECT p.id FROM posts p WHERE p.account_id = m.account_id AND {inner}) WHERE l.id = ? AND l.account_id = ?"
    " {order}",
    "postgresql": "SELECT i.id, i.id AS key FROM lists l JOIN list_members m ON m.of_list_id = l.id CROSS JOIN LATERAL"
    " (SELECT p.id FROM posts p WHERE p.account_id = m.account_id AND {inner}) i WHERE l.id = ? AND l.account_id = ?"
    " {order}",
}


async def list_(app: App, viewer_id: int, list_id: int, window: Window) -> Slice:
    """Return posts and boosts by the members of one of the viewer's lists; nothing for a list of somebody else."""
    where, params = window.bounds("p.id")
    keep = visible("p", viewer_id) & wanted(app, "p", viewer_id) & boosted(app, "p", viewer_id)
    inner = f"{where} AND {_LISTED} AND {keep.sql} {window.order('p.id')}"
    sql = _LIST[app.db.dialect].format(inner=inner, order=window.order("i.id"))
    return await _slice(app, sql, (*params, *keep.params, list_id, viewer_id), window)


async def account(app: App, viewer_id: int | None, account_id: int, window: Window, profile: Profile) -> Slice:
    """Return what an account posted and boosted, as its profile shows it; pinned posts by when they were pinned."""
    column = "n.id" if profile.pinned else "p.id"
    source = "pins n CROSS JOIN posts p" if profile.pinned else "posts p"
    owned = "n.account_id = ? AND p.id = n.post_id" if profile.pinned else "p.account_id = ?"
    where, params, order = window.sql(column)
    keep = _profile(profile) & visible("p", viewer_id) & boosted(app, "p", viewer_id)
    tagged = () if profile.tagged is None else (profile.tagged,)
    sql = (
        f"SELECT p.id, {column} AS key FROM {source}"  # noqa: S608
        f" WHERE {owned} AND {where} AND {_has('EXISTS', tagged)} AND {keep.sql} {order}"
    )
    return await _slice(app, sql, (account_id, *params, *tagged, *keep.params), window)


def _profile(profile: Profile) -> Clause:
    parts = ["TRUE"]
    if profile.only_media:
        parts.append(f"p.media_count > 0 AND {_NO_BOOST}")
    if profile.exclude_replies:
        parts.append(PLAIN_OR_OWN_THREAD.format(a="p"))
    if profile.exclude_reblogs:
        parts.append(_NO_BOOST)
    return Clause(" AND ".join(parts))


async def favourites(app: App, viewer_id: int, window: Window) -> Slice:
    """Return the posts that the viewer liked, by when."""
    return await _kept(app, "favourites", viewer_id, window)


async def bookmarks(app: App, viewer_id: int, window: Window) -> Slice:
    """Return the posts that the viewer bookmarked, by when."""
    return await _kept(app, "bookmarks", viewer_id, window)


async def _kept(app: App, table: Literal["favourites", "bookmarks"], viewer_id: int, window: Window) -> Slice:
    where, params, order = window.sql("k.id")
    keep = visible("p", viewer_id)
    sql = (
        f"SELECT p.id, k.id AS key FROM {table} k JOIN posts p ON p.id = k.post_id"  # noqa: S608
        f" WHERE k.account_id = ? AND {where} AND {keep.sql} {order}"
    )
    return await _slice(app, sql, (viewer_id, *params, *keep.params), window)

"""Finding posts: which ones say what is wanted, among those that the viewer may find, newest first.

As in Mastodon one finds public posts of authors who let themselves be found (`indexable`), and the own library: what
one wrote, is addressed by, liked, boosted, bookmarked, reacted to or voted in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fedinote.accounts import profiles
from fedinote.infra.app import App
from fedinote.search.query import Scope, Term, Wanted
from fedinote.timelines.conditions import unlimited, visible, wanted
from fedinote.timelines.window import Window

_PUBLIC = """(p.visibility = 'public' AND (SELECT ia.indexable FROM accounts ia WHERE ia.id = p.account_id))"""
_LIBRARY = (
    "p.account_id = ?",
    "EXISTS (SELECT 1 FROM post_mentions lm WHERE lm.account_id = ? AND lm.post_id = p.id)",
    "EXISTS (SELECT 1 FROM favourites lf WHERE lf.account_id = ? AND lf.post_id = p.id)",
    "EXISTS (SELECT 1 FROM bookmarks lk WHERE lk.account_id = ? AND lk.post_id = p.id)",
    "EXISTS (SELECT 1 FROM posts lb WHERE lb.reblog_of_id = p.id AND lb.account_id = ?)",
    "EXISTS (SELECT 1 FROM reactions lr WHERE lr.account_id = ? AND lr.post_id = p.id)",
    "EXISTS (SELECT 1 FROM polls lq JOIN poll_votes lv ON lv.poll_id = lq.id"
    " WHERE lq.post_id = p.id AND lv.account_id = ?)",
)
# CROSS JOIN: SQLite reads the tables in this order, so the index gives the order of the page.
_INDEXED = {
    "sqlite": ("search_words w CROSS JOIN search_posts s CROSS JOIN posts p",
               "w.search_words MATCH ? AND s.post_id = w.rowid AND p.id = w.rowid", "w.rowid", " AND "),
    "postgresql": ("search_posts s JOIN posts p ON p.id = s.post_id",
                   "s.words @@ CAST(CAST(? AS TEXT) AS tsquery)", "p.id", " & "),
}  # fmt: skip
_TRANSLATED = {
    "sqlite": ("search_translated_words w CROSS JOIN search_translations s CROSS JOIN posts p",
               "w.search_translated_words MATCH ? AND s.post_id = w.rowid AND p.id = w.rowid", "w.rowid", " AND "),
    "postgresql": ("search_translations s JOIN posts p ON p.id = s.post_id",
                   "s.words @@ CAST(CAST(? AS TEXT) AS tsquery)", "p.id", " & "),
}  # fmt: skip
_QUOTE = {"sqlite": '"', "postgresql": "'"}
_CONTAINS = {"sqlite": "instr(s.text, ?) > 0", "postgresql": "strpos(s.text, ?) > 0"}


@dataclass(slots=True)
class _Sql:
    """A query in the making."""

    source: str
    column: str
    parts: list[str]
    params: list[Any]

    def add(self, condition: str, *params: Any) -> None:
        self.parts.append(condition)
        self.params += params


async def find(
    app: App, viewer_id: int, asked: Wanted, window: Window, *, offset: int = 0, account_id: int | None = None
) -> list[int]:
    """Return ids of posts, newest first: one query, one more for each `from:`. `account_id`: only posts of that one."""
    senders = await people(app, viewer_id, asked)
    sql = query_of(app, viewer_id, asked, window, senders=senders, account_id=account_id)
    if sql is None:
        return []
    text, params = sql
    return [row["id"] for row in window.arrange(await app.db.rows(f"{text} OFFSET ?", *params, offset))]


def query_of(
    app: App,
    viewer_id: int,
    asked: Wanted,
    window: Window,
    *,
    senders: Mapping[str, int],
    account_id: int | None = None,
    translated: bool = False,
) -> tuple[str, list[Any]] | None:
    """Return the query for the ids (`id`) of a page in the order of the window, and its parameters.

    `translated`: among what posts say in translation, which only words can be looked for in. None where nothing can be
    found. `senders` are those whom `people` found.
    """
    if asked.empty and account_id is None:
        return None
    sql = _said(app, asked.terms, translated=translated)
    if sql is None:
        return None
    if account_id is not None:
        sql.add("p.account_id = ?", account_id)
    for sender in asked.senders:
        found = senders[sender.handle]
        sql.add("p.account_id <> ?" if sender.negated else "p.account_id = ?", found)
    _facts(sql, asked)
    _findable(sql, viewer_id, asked.scope)
    keep = visible("p", viewer_id) & unlimited("p", viewer_id) & wanted(app, "p", viewer_id)
    sql.add(keep.sql, *keep.params)
    where, params, order = window.sql(sql.column)
    sql.add(where, *params)
    return f"SELECT p.id FROM {sql.source} WHERE {' AND '.join(sql.parts)} {order}", sql.params  # noqa: S608


def _said(app: App, terms: tuple[Term, ...], *, translated: bool) -> _Sql | None:
    """Begin with what the index has; what it cannot tell is looked up in the text."""
    dialect = app.db.dialect
    tokens = list(dict.fromkeys(one for term in terms if not term.negated for one in term.tokens))
    source, matching, column, join = (_TRANSLATED if translated else _INDEXED)[dialect]
    sql = _Sql(source, column, [], [])
    if tokens:
        quote = _QUOTE[dialect]
        sql.add(matching, join.join(f"{quote}{token}{quote}" for token in tokens))
    elif translated:
        return None
    else:
        sql.source, sql.column = "search_posts s JOIN posts p ON p.id = s.post_id", "p.id"
    for term in terms:
        if term.negated:
            sql.add(f"NOT {_CONTAINS[dialect]}", term.pattern)
        elif not term.exact:
            sql.add(_CONTAINS[dialect], term.pattern)
    return sql


async def people(app: App, viewer_id: int, asked: Wanted) -> dict[str, int]:
    """Return the account of each `from:` of a query by its handle, 0 where there is none; one query for each."""
    return {one.handle: await _sender(app, viewer_id, one.handle) for one in asked.senders}


async def _sender(app: App, viewer_id: int, handle: str) -> int:
    """Return the account of a handle, 0 (nobody) where there is none."""
    if handle == "me":
        return viewer_id
    known = await profiles.find(app, handle)
    return 0 if known is None else known.id


def _facts(sql: _Sql, asked: Wanted) -> None:
    """Add what is no matter of words."""
    if asked.reply is not None:
        answers = "(p.in_reply_to_account_id IS NOT NULL OR p.in_reply_to_uri IS NOT NULL)"
        sql.add(answers if asked.reply else f"NOT {answers}")
    if asked.sensitive is not None:
        sql.add("p.sensitive" if asked.sensitive else "NOT p.sensitive")
    if asked.embed is not None:
        plays = "EXISTS (SELECT 1 FROM preview_cards k WHERE k.id = p.card_id AND k.html <> '')"
        sql.add(plays if asked.embed else f"NOT {plays}")
    for span in asked.spans:
        within = "(p.created_at >= CAST(? AS BIGINT) AND p.created_at < CAST(? AS BIGINT))"
        sql.add(f"NOT {within}" if span.negated else within, span.start, span.end)


def _findable(sql: _Sql, viewer_id: int, scope: Scope) -> None:
    """Keep what this viewer may find by searching."""
    ways = [] if scope == "library" else [_PUBLIC]
    if scope != "public":
        ways += _LIBRARY
    sql.add(f"({' OR '.join(ways)})", *[viewer_id] * (len(_LIBRARY) if scope != "public" else 0))

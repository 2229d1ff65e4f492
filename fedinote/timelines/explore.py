"""Explore, the front door: posts that share interests, are liked here or cross languages, by topic, language and kind.

How they are ranked is told in docs/ranking.md and done by `timelines.explore_ranking`. What a member sees differs from
what a visitor sees by three things: who is blocked or muted, what filters hide, and the topics and hashtags that are
followed. Nothing is learnt from what somebody looks at.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.errors import NotFound
from fedinote.timelines import explore_pool, filters
from fedinote.timelines.conditions import visible, wanted
from fedinote.timelines.explore_pool import ELIGIBLE, JOINED, View
from fedinote.timelines.explore_ranking import Ranked, ranked

PAGE = 30
MAX_PAGE = 60
_SPARE = 3
_CURSOR = re.compile(r"([0-9]{1,14})_(-?[0-9]{1,14})_([0-9]{1,19})")
_FOLLOWED = """SELECT f.tag_id FROM followed_tags f WHERE f.account_id = ?
 UNION SELECT o.tag_id FROM followed_topics t JOIN topic_tags o ON o.topic_id = t.topic_id WHERE t.account_id = ?"""

_KEPT = f"""SELECT p.id, p.account_id, p.content, p.spoiler_text FROM posts p {JOINED}
 WHERE p.id IN_INTS(?) AND {ELIGIBLE} AND {{local}} AND {{keep}}"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Found:
    """A page: ids of posts in their order, and the cursor to go on with; None at the end."""

    ids: tuple[int, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class _Cursor:
    """Where a page ended. `moment` (epoch ms): what is newer than the first page is left to the next first page."""

    moment: int
    rank: int
    id: int

    def __str__(self) -> str:
        return f"{self.moment}_{self.rank}_{self.id}"


async def page(app: App, viewer_id: int | None, view: View, *, after: str | None = None, limit: int = PAGE) -> Found:
    """Return a page of Explore for a viewer (None: a visitor), highest first; `after` is the cursor of the page before.

    One query for a visitor and two for a member, beside those of the pool. A page may be shorter than `limit` and still
    have a cursor. Nothing for visitors where the operator does not show it to them. Raises NotFound for no cursor.
    """
    if viewer_id is None and not app.settings.explore.visitors:
        return Found((), None)
    start = _cursor(after) if after is not None else None
    moment = start.moment if start else to_ms(app.now())
    entries = [one for one in await explore_pool.of(app, view) if one.created <= moment]
    rows = ranked(entries, await _followed(app, viewer_id))
    if start is not None:
        rows = [one for one in rows if (one.rank, one.id) < (start.rank, start.id)]
    limit = min(max(1, limit), MAX_PAGE)
    part = rows[: limit * _SPARE]
    kept = await _kept(app, viewer_id, [one.id for one in part])
    shown = [one for one in part if one.id in kept][:limit]
    last = shown[-1] if len(shown) == limit else next(reversed(part), None)
    return Found(tuple(one.id for one in shown), _after(moment, rows, last))


async def languages(app: App) -> list[str]:
    """Return the languages (without script or region) in which posts of Explore are, the most frequent first."""
    counted = Counter(one.language for one in await explore_pool.of(app, View()) if one.language)
    return [tag for tag, _ in sorted(counted.items(), key=lambda one: (-one[1], one[0]))]


def _after(moment: int, rows: Sequence[Ranked], last: Ranked | None) -> str | None:
    if last is None or last is rows[-1]:
        return None
    return str(_Cursor(moment, last.rank, last.id))


def _cursor(text: str) -> _Cursor:
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise NotFound
    return _Cursor(*map(int, found.groups()))


async def _followed(app: App, viewer_id: int | None) -> frozenset[int]:
    if viewer_id is None:
        return frozenset()
    return frozenset(row["tag_id"] for row in await app.db.rows(_FOLLOWED, viewer_id, viewer_id))


async def _kept(app: App, viewer_id: int | None, ids: Sequence[int]) -> set[int]:
    """Return which posts may be shown at this moment: a pool is half a minute old, and knows no viewer.

    What a filter of theirs for public timelines matches is left out altogether: a card has no room for a warning.
    """
    if not ids:
        return set()
    keep = visible("p", viewer_id) & wanted(app, "p", viewer_id)
    local = "TRUE" if app.settings.explore.remote else "p.local = TRUE"
    rows = await app.db.rows(_KEPT.format(local=local, keep=keep.sql), list(ids), *keep.params)
    filtered = await filters.results(app, viewer_id, "public", rows)
    return {row["id"] for row in rows if not any(one.applies for one in filtered.get(row["id"], ()))}

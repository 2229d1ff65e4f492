"""Which posts a person does not want to see, and why: Mastodon's filters (v2) matched against plain text.

Filters are read and folded once for each person and kept in `app.caches`; `filter_rules` forgets them when they
change. Matching is plain searching for text, so it is linear in the text whatever the keywords are.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.text.cjk import fold
from fedinote.text.html import to_text
from fedinote.timelines import filter_texts

CONTEXTS = ("home", "notifications", "public", "thread", "account")
ACTIONS = ("warn", "hide", "blur")
MAX_TEXT = 20_000
"""What is beyond so many characters of a post, and of what it says in other languages, is not looked at."""

_CACHE = "filters"
_PEOPLE_CACHED = 10_000
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufe0e\ufe0f\ufeff]")
# Scripts that put no space between words, or particles right behind them: there a word has no edges to look for.
_UNSPACED = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u318f\u31a0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U000323af]"
)


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word or phrase. `whole_word`: not within a longer word (in scripts that part words)."""

    id: int
    keyword: str
    whole_word: bool


@dataclass(frozen=True, slots=True)
class NamedPost:
    """A single post that a filter names."""

    id: int
    post_id: int


@dataclass(frozen=True, slots=True)
class PersonalFilter:
    """A filter as its owner keeps it. `context`: where it applies; `expires_at` None: for ever."""

    id: int
    title: str
    context: tuple[str, ...]
    action: str
    expires_at: datetime | None
    keywords: tuple[Keyword, ...] = ()
    posts: tuple[NamedPost, ...] = ()


@dataclass(frozen=True, slots=True)
class FilterResult:
    """A filter that matches a post, with the keywords found and the post ids named.

    As in Mastodon a result is there wherever the post is shown (a client decides by the filter's context); `applies`
    tells whether the place that was asked about is in that context.
    """

    filter: PersonalFilter
    keyword_matches: tuple[str, ...]
    status_matches: tuple[int, ...]
    applies: bool


@dataclass(frozen=True, slots=True)
class _Word:
    """A keyword ready for matching; `left` and `right` tell where it must not touch a letter."""

    keyword: str
    folded: str
    left: bool
    right: bool


@dataclass(frozen=True, slots=True)
class _Ready:
    filter: PersonalFilter
    words: tuple[_Word, ...]
    post_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Kept:
    """A person's filters as they were read, and ready."""

    filters: list[PersonalFilter]
    ready: tuple[_Ready, ...]


@dataclass(slots=True)
class _Cache:
    """What is kept, by person. `changes` counts invalidations, so that a slow read cannot bring back old filters."""

    people: dict[int, _Kept] = field(default_factory=dict)
    changes: int = 0


def folded(text: str) -> str:
    """Return the text as it is compared: case, width, accents and kinds of space folded, invisible signs gone."""
    return " ".join(fold(_UNSEEN.sub("", text)).split())


async def results(
    app: App,
    viewer_id: int | None,
    context: str,
    posts: Sequence[Row],
    *,
    extra: Mapping[int, Iterable[str]] | None = None,
) -> dict[int, list[FilterResult]]:
    """Return the filters of the viewer that match, by post id; posts that none matches are left out.

    `posts` are rows with id, account_id, content (HTML) and spoiler_text: for a boost, that of the boosted post.
    `extra` has further texts by post id: media descriptions, poll options. What posts say in other languages is looked
    up (`filter_texts`), by one query for those who filter words. `context` is one of `CONTEXTS`, a list counts as home.
    Nobody's own posts are filtered.
    """
    if viewer_id is None or not posts:
        return {}
    now = app.now()
    ready = [r for r in await _ready(app, viewer_id) if r.filter.expires_at is None or r.filter.expires_at > now]
    if not ready:
        return {}
    posts = [post for post in posts if post["account_id"] != viewer_id]
    words = any(one.words for one in ready)
    others = await filter_texts.of(app, viewer_id, [post["id"] for post in posts]) if words else {}
    found: dict[int, list[FilterResult]] = {}
    for post in posts:
        texts = (post["spoiler_text"], to_text(post["content"]), *(extra or {}).get(post["id"], ()))
        text = folded(_joined(texts))
        if post["id"] in others:
            text = f"{text} {folded(_joined(others[post['id']]))}"
        matches = [result for one in ready if (result := _match(one, post["id"], text, context))]
        if matches:
            found[post["id"]] = matches
    return found


def _joined(texts: Iterable[str]) -> str:
    return "\n".join(texts)[:MAX_TEXT]


def hidden(matches: Iterable[FilterResult]) -> bool:
    """Tell whether a post with these results is to be left out altogether, in the context they were asked for."""
    return any(match.applies and match.filter.action == "hide" for match in matches)


def _match(ready: _Ready, post_id: int, text: str, context: str) -> FilterResult | None:
    words = tuple(word.keyword for word in ready.words if _contains(text, word))
    named = (post_id,) if post_id in ready.post_ids else ()
    if not words and not named:
        return None
    return FilterResult(ready.filter, words, named, context in ready.filter.context)


def _contains(text: str, word: _Word) -> bool:
    size = len(word.folded)
    at = text.find(word.folded)
    while at >= 0:
        end = at + size
        free = not (word.left and at and _joins(text[at - 1]))
        if free and not (word.right and end < len(text) and _joins(text[end])):
            return True
        at = text.find(word.folded, at + 1)
    return False


def _joins(character: str) -> bool:
    """Tell whether a character belongs to the word beside it: letters, digits, marks and "_" of spaced scripts."""
    if character.isascii():
        return character.isalnum() or character == "_"
    if _UNSPACED.match(character):
        return False
    return character.isalnum() or unicodedata.category(character).startswith("M")


def _word(keyword: Keyword) -> _Word:
    text = folded(keyword.keyword)
    edges = keyword.whole_word and text != ""
    return _Word(keyword.keyword, text, edges and _joins(text[0]), edges and _joins(text[-1]))


async def _ready(app: App, viewer_id: int) -> tuple[_Ready, ...]:
    """Return the viewer's filters ready for matching, without reading them where the cache can be trusted.

    With several processes (the bus has a relay) another may have changed them: then they are read each time, and
    only the folding is spared.
    """
    cache: _Cache = app.caches.setdefault(_CACHE, _Cache())
    kept = cache.people.get(viewer_id)
    if kept is not None and app.bus.relay is None and not app.db.in_transaction:
        return kept.ready
    changes = cache.changes
    found = await of(app, viewer_id)
    if kept is not None and kept.filters == found:
        return kept.ready
    ready = tuple(map(_prepared, found))
    if changes == cache.changes and not app.db.in_transaction:
        if len(cache.people) >= _PEOPLE_CACHED:
            cache.people.clear()
        cache.people[viewer_id] = _Kept(found, ready)
    return ready


def _prepared(one: PersonalFilter) -> _Ready:
    words = tuple(word for word in map(_word, one.keywords) if word.folded)
    return _Ready(one, words, frozenset(named.post_id for named in one.posts))


def forget(app: App, account_id: int) -> None:
    """Read a person's filters anew from now on."""
    cache: _Cache = app.caches.setdefault(_CACHE, _Cache())
    cache.changes += 1
    cache.people.pop(account_id, None)


_FILTER, _KEYWORD, _POST = range(3)
_ALL = """
SELECT 0 AS kind, id, 0 AS of_filter, title AS words, context, action, expires_at, FALSE AS whole_word, 0 AS post_id
 FROM filters WHERE account_id = ?
UNION ALL SELECT 1, k.id, k.of_filter_id, k.keyword, '', '', NULL, k.whole_word, 0
 FROM filter_keywords k JOIN filters f ON f.id = k.of_filter_id WHERE f.account_id = ?
UNION ALL SELECT 2, s.id, s.of_filter_id, '', '', '', NULL, FALSE, s.post_id
 FROM filter_statuses s JOIN filters f ON f.id = s.of_filter_id WHERE f.account_id = ?
ORDER BY kind, id
"""


async def of(app: App, account_id: int) -> list[PersonalFilter]:
    """Return a person's filters with all that is in them, oldest first; expired ones too. One query."""
    rows = await app.db.rows(_ALL, account_id, account_id, account_id)
    keywords: dict[int, list[Keyword]] = {}
    posts: dict[int, list[NamedPost]] = {}
    for row in rows:
        if row["kind"] == _KEYWORD:
            word = Keyword(row["id"], row["words"], bool(row["whole_word"]))
            keywords.setdefault(row["of_filter"], []).append(word)
        elif row["kind"] == _POST:
            posts.setdefault(row["of_filter"], []).append(NamedPost(row["id"], row["post_id"]))
    return [
        _filter(row, keywords.get(row["id"], ()), posts.get(row["id"], ())) for row in rows if row["kind"] == _FILTER
    ]


def _filter(row: Row, keywords: Sequence[Keyword], posts: Sequence[NamedPost]) -> PersonalFilter:
    context: Any = msgspec.json.decode(row["context"])
    return PersonalFilter(
        id=row["id"],
        title=row["words"],
        context=tuple(context),
        action=row["action"],
        expires_at=None if row["expires_at"] is None else from_ms(row["expires_at"]),
        keywords=tuple(keywords),
        posts=tuple(posts),
    )

"""Finding posts across languages: through what they say in translation, and by a translation of the query.

A query that is in no language of a post's words still finds it where somebody read it in translation, or where an
engine puts the query into the languages that are written here. What somebody searches for is theirs: it goes to engines
on this machine alone unless the operator says otherwise, and to none for longer than a second and a half.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from fedinote.infra.app import App
from fedinote.infra.db import Query
from fedinote.infra.errors import FediNoteError
from fedinote.infra.settings import Settings
from fedinote.search import posts, query, translated
from fedinote.search.query import Term, Wanted
from fedinote.search.words import FACET
from fedinote.text import language
from fedinote.timelines.window import Window
from fedinote.translation import asking, consent, glossary
from fedinote.translation.asking import Question
from fedinote.translation.ledger import Purpose
from fedinote.translation.routing import Router

By = Literal["text", "translation", "query"]

SECONDS = 1.5
"""How long translations of a query are waited for, all together."""
MAX_TARGETS = 3
MAX_WORDS = 100
_CACHE, _LANGUAGES = "search.queries", "search.languages"
_KEPT, _FAILED = timedelta(hours=1), timedelta(minutes=1)
_MOST_KEPT = 2_000
_RECENT = 4_000
_LANGUAGES_KEPT = timedelta(minutes=15)
_SPOKEN = f"""SELECT r.tag, COUNT(*) AS posts FROM (
  SELECT COALESCE(NULLIF(p.shown_language, 'mul'), p.language) AS tag FROM posts p
  WHERE p.visibility = 'public' AND COALESCE(p.reblog_of_id, 0) = 0 ORDER BY p.id DESC LIMIT {_RECENT}) r
 WHERE r.tag IS NOT NULL GROUP BY r.tag ORDER BY posts DESC, r.tag LIMIT 40"""  # noqa: S608
_TAGS = "SELECT p.id, COALESCE(p.shown_language, p.language) AS tag FROM posts p WHERE p.id IN_INTS(?)"
# Words that a translation adds and no post needs to have.
_ARTICLES = frozenset(
    {"the", "a", "an", "el", "la", "los", "las", "un", "una", "il", "lo", "le", "les", "l", "der", "die", "das", "ein"}
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A post that was found. `by`: its own words, what it says in translation, or a translation of the query.

    `language` is the one in which the words were found: the post's own, that of the translation, or that into which the
    query was translated; None where nobody knows.
    """

    post_id: int
    by: By
    language: str | None


@dataclass(frozen=True, slots=True)
class Asker:
    """Who searches, and the language of their interface."""

    account_id: int
    locale: str = "en"


async def find(
    app: App, asker: Asker, text: str, window: Window, *, offset: int = 0, account_id: int | None = None
) -> list[Hit]:
    """Return posts newest first, in whatever language they say what is wanted; how each was found is told.

    Which posts somebody may find is decided by `search.posts` alike for each way.
    """
    asked = query.parse(text)
    ways: list[tuple[By, str | None, Wanted]] = [("text", None, asked), ("translation", None, asked)]
    ways += [("query", tag, wanted) for tag, wanted in await _translations(app, asker, text, asked)]
    senders = await posts.people(app, asker.account_id, asked)
    whole = replace(window, limit=window.limit + offset)
    queries: list[Query] = []
    used: list[tuple[By, str | None]] = []
    for by, tag, wanted in ways:
        found = posts.query_of(
            app,
            asker.account_id,
            wanted,
            whole,
            senders=senders,
            account_id=account_id,
            translated=by == "translation",
        )
        if found is not None:
            queries.append(found)
            used.append((by, tag))
    if not queries:
        return []
    answers = await app.db.many(*queries)
    ids = [[row["id"] for row in rows] for rows in answers]
    return await _explained(app, _page(ids, window, offset), list(zip(used, ids, strict=True)), asked)


def _page(found: Sequence[Sequence[int]], window: Window, offset: int) -> list[int]:
    """Return the ids of a page, newest first, of what several queries found for it."""
    upward = window.min_id is not None
    ids = sorted({one for rows in found for one in rows}, reverse=not upward)
    return window.arrange(ids[offset : offset + window.limit])


async def _explained(
    app: App, ids: list[int], found: Sequence[tuple[tuple[By, str | None], list[int]]], asked: Wanted
) -> list[Hit]:
    """Tell of each post how it was found; one whose translation is there no longer is left out."""
    by_text = {one for (by, _), rows in found if by == "text" for one in rows}
    by_query: dict[int, str | None] = {}
    for (by, tag), rows in found:
        if by == "query":
            by_query.update({one: tag for one in rows if one not in by_query})
    others = [one for one in ids if one not in by_text and one not in by_query]
    said = await translated.languages(app, others, asked.terms)
    own = {row["id"]: row["tag"] for row in await app.db.rows(_TAGS, ids)} if ids else {}
    hits = []
    for one in ids:
        if one in by_text:
            hits.append(Hit(one, "text", own.get(one)))
        elif one in by_query:
            hits.append(Hit(one, "query", by_query[one]))
        elif one in said:
            hits.append(Hit(one, "translation", said[one]))
    return hits


# -- the query in other languages -------------------------------------------------------------------------------------


async def _translations(app: App, asker: Asker, text: str, asked: Wanted) -> list[tuple[str, Wanted]]:
    """Return the query in the languages that are written here, each for the posts of that language."""
    said = query.plain_words(text).strip()
    if not said or len(said) > MAX_WORDS or app.settings.translation.queries == "off":
        return []
    source = source_of(said, asker.locale)
    targets = await _targets(app, source)
    made = await _in_time(app, asker, said, source, targets)
    kept = [one for one in asked.terms if one.negated or one.pattern.startswith(f" {FACET}")]
    found = []
    for target, other in made:
        terms = _terms(other)
        if terms and other.casefold() != said.casefold():
            spoken = query.facet(query.plain_tag(language.base_of(target) or target))
            found.append((target, replace(asked, terms=(*terms, spoken, *kept))))
    return found


def _terms(text: str) -> tuple[Term, ...]:
    """Read a translated query as words: no sign in it is an operator."""
    words = [word for word in text.replace('"', " ").replace(":", " ").split() if word.casefold() not in _ARTICLES]
    plain = (word.lstrip("+-#＃") for word in words or text.split())
    return tuple(term for word in plain if word for term in query.parse(word).terms)


def source_of(said: str, locale: str) -> str:
    """Return the language of a query: what its script or enough words show, else that of the interface.

    Latin letters from somebody whose language has others are taken for English.
    """
    detected = language.detect(said)
    if detected is not None:
        return detected
    spoken = language.canonical(locale) or "en"
    return "en" if said.isascii() and language.base_of(spoken) in ("zh", "ja", "ko", "yue") else spoken


async def _targets(app: App, source: str) -> list[str]:
    """Return the languages, other than the query's, that most posts here are in."""
    kept: tuple[datetime, list[str]] | None = app.caches.get(_LANGUAGES)
    if kept is None or kept[0] < app.now():
        rows = await app.db.rows(_SPOKEN)
        kept = (app.now() + _LANGUAGES_KEPT, [row["tag"] for row in rows])
        app.caches[_LANGUAGES] = kept
    bases: dict[str, str] = {}
    for tag in kept[1]:
        base = language.base_of(tag)
        if base and base != language.base_of(source):
            bases.setdefault(base, tag if base == "zh" else base)
    return list(bases.values())[:MAX_TARGETS]


async def _in_time(app: App, asker: Asker, said: str, source: str, targets: Sequence[str]) -> list[tuple[str, str]]:
    """Return what engines and the glossary make of a query within the time that there is, by language."""
    router: Router | None = app.translator
    clearance = consent.for_query(app.settings.translation.queries == "anywhere")
    able = router is not None and asking.possible(app, clearance)
    tasks: dict[str, asyncio.Task[str]] = {}
    for target in targets:
        question = Question((said,), source, target, clearance, asker.account_id, Purpose.SEARCH)
        tasks[target] = asyncio.create_task(_in_language(app, question, able=able))
    if not tasks:
        return []
    await asyncio.wait(tasks.values(), timeout=SECONDS)
    for task in tasks.values():
        task.cancel()
    await asyncio.gather(*tasks.values(), return_exceptions=True)
    return [
        (target, found)
        for target, task in tasks.items()
        if not task.cancelled() and task.exception() is None and (found := task.result())
    ]


async def on_settings_renewed(app: App, _: Settings) -> None:
    """Forget how queries were translated: there may be other engines now."""
    app.caches.pop(_CACHE, None)


async def _in_language(app: App, question: Question, *, able: bool) -> str:
    """Return a query in a language: from memory, the glossary or an engine; "" where none has it."""
    said, target = question.texts[0], question.target
    kept: dict[tuple[str, str | None, str], tuple[datetime, str]] = app.caches.setdefault(_CACHE, {})
    key = (said.casefold(), question.source, target)
    if key in kept and kept[key][0] > app.now():
        return kept[key][1]
    _, terms = await glossary.terms(app, question.source, target, (said,))
    made = next((one.translation for one in terms if not one.keep and one.term.casefold() == said.casefold()), "")
    if not made and able:
        try:
            made = (await asking.ask(app, question)).texts[0]
        except FediNoteError:
            made = ""
    if len(kept) >= _MOST_KEPT:
        kept.clear()
    kept[key] = (app.now() + (_KEPT if made else _FAILED), made)
    return made


def told(hit: Hit) -> dict[str, Any]:
    """Return what a client is told of a hit, beside the Status entity."""
    return {"matched_by": hit.by, "matched_language": hit.language}

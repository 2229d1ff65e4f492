"""The glossary: words that need explaining, as engines are told of them and as readers find them under a post.

It is kept in memory and looked for anew every half minute by one cheap query; a change made by this process is seen at
once. While it is empty nothing is searched.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.text import html, language
from fedinote.translation import glossary_matching as matching
from fedinote.translation.engine import Term
from fedinote.translation.masks import MASK

CACHE = "glossary"
KEEP_MS = 30_000
MAX_TERMS = 60
"""So many terms are told to an engine with one text, those that come first in it."""
MAX_NOTES = 12
MAX_SEEN = 8192


@dataclass(frozen=True, slots=True)
class Entry:
    """A term and what is known of it, see `authoring_models.GlossaryEntry`. `id` is None while it is not stored."""

    term: str
    origin: str
    languages: tuple[str, ...] = ()
    meanings: Mapping[str, str] = field(default_factory=dict)
    translations: Mapping[str, str] = field(default_factory=dict)
    keep: bool = False
    id: int | None = None

    def meant_in(self, tag: str | None) -> bool:
        """Tell whether the term has this meaning in texts of a language; None: of one that nobody knows."""
        if not self.languages or tag is None:
            return True
        base = language.base_of(tag)
        return any(language.base_of(one) == base for one in self.languages)

    def translated(self, target: str) -> str | None:
        """Return what to write for the term in another language, the term itself to keep it; None: nothing is said."""
        if self.keep:
            return self.term
        tag = language.match(target, self.translations.keys())
        if tag is None or language.script_of(tag) != language.script_of(target):
            return None
        return self.translations[tag]

    def explained(self, reader: str | None) -> tuple[str, str] | None:
        """Return (language, meaning) for a reader: in their language, else in English, else in any; None for none."""
        wanted = language.match(reader, self.meanings.keys()) if reader else None
        tag = wanted or ("en" if "en" in self.meanings else next(iter(self.meanings), None))
        return None if tag is None else (tag, self.meanings[tag])


@dataclass(frozen=True, slots=True)
class Glossary:
    """All entries by their keys, and the expression that finds these; `found` is None while there is no entry.

    `seen` remembers what was found in posts, by (id, version): a page of posts is not searched for each reader.
    """

    stamp: tuple[int, int] = (0, 0)
    entries: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    found: re.Pattern[str] | None = None
    seen: dict[tuple[int, int], tuple[Entry, ...]] = field(default_factory=dict)

    def within(self, text: str) -> list[Entry]:
        """Return the entries whose terms are in a plain text, in the order in which they come; each once."""
        if self.found is None:
            return []
        keys = dict.fromkeys(self.found.findall(matching.fold(text)))
        return [entry for key in keys for entry in self.entries.get(key, ())]


EMPTY = Glossary()


async def current(app: App) -> Glossary:
    """Return the glossary of this instance."""
    now = to_ms(app.now())
    cached: tuple[int, Glossary] | None = app.caches.get(CACHE)
    if cached is not None and 0 <= now - cached[0] < KEEP_MS:
        return cached[1]
    row = await app.db.row("SELECT COUNT(*) AS total, COALESCE(MAX(updated_at), 0) AS newest FROM glossary_entries")
    assert row is not None
    stamp = (int(row["total"]), int(row["newest"]))
    found = cached[1] if cached is not None and cached[1].stamp == stamp else await _load(app, stamp)
    app.caches[CACHE] = (now, found)
    return found


async def _load(app: App, stamp: tuple[int, int]) -> Glossary:
    if not stamp[0]:
        return EMPTY
    entries: dict[str, tuple[Entry, ...]] = {}
    for row in await app.db.rows("SELECT * FROM glossary_entries ORDER BY key, id"):
        entries[row["key"]] = (*entries.get(row["key"], ()), entry_of(row))
    return Glossary(stamp, entries, matching.pattern(entries))


def forget(app: App) -> None:
    """Look for the glossary anew at the next question: call it once a change is committed."""
    app.caches.pop(CACHE, None)


def entry_of(row: Row) -> Entry:
    """Return the entry of a row."""
    decode = msgspec.json.decode
    return Entry(
        term=row["term"],
        origin=row["origin"],
        languages=tuple(decode(row["languages"])),
        meanings=decode(row["meanings"]),
        translations=decode(row["translations"]),
        keep=bool(row["keep"]),
        id=row["id"],
    )


async def terms(app: App, source: str | None, target: str, texts: Sequence[str]) -> tuple[int, list[Term]]:
    """Return what an engine shall be told for translating plain texts, and a number that changes with it.

    Only terms that are in the texts, so that a translation stays in the cache until a term of its own changes. (0, [])
    where there is none.
    """
    glossary = await current(app)
    if glossary.found is None:
        return 0, []
    found = [_term(entry, target) for entry in glossary.within("\n".join(texts)) if _wanted(entry, source, target)]
    told = [one for one in dict.fromkeys(found) if one is not None][:MAX_TERMS]
    return _number(told), told


def _wanted(entry: Entry, source: str | None, target: str) -> bool:
    return entry.meant_in(source) and (entry.keep or language.base_of(entry.origin) != language.base_of(target))


def _term(entry: Entry, target: str) -> Term | None:
    translation = entry.translated(target)
    return None if translation is None else Term(entry.term, translation, entry.keep)


def _number(told: Iterable[Term]) -> int:
    parts = sorted([one.term, one.translation, one.keep] for one in told)
    if not parts:
        return 0
    return int.from_bytes(hashlib.sha256(msgspec.json.encode(parts)).digest()[:6])


def of_post(glossary: Glossary, row: Row) -> tuple[Entry, ...]:
    """Return the entries whose terms are in a post (its row), in its language; nothing in addresses, names and tags."""
    if glossary.found is None:
        return ()
    key = (row["id"], row["edited_at"] or 0)
    found = glossary.seen.get(key)
    if found is None:
        if len(glossary.seen) >= MAX_SEEN:
            glossary.seen.clear()
        found = glossary.seen[key] = _searched(glossary, row["content"], row["language"])
    return found


def _searched(glossary: Glossary, content: str, tag: str | None) -> tuple[Entry, ...]:
    assert glossary.found is not None
    if glossary.found.search(matching.fold(content)) is None:
        return ()  # nearly always: the markup is searched along, which can only find too much
    text = MASK.sub(" ", html.to_text(content))
    return tuple(entry for entry in glossary.within(text) if entry.meant_in(tag))


def notes(glossary: Glossary, row: Row, reader: str | None) -> list[dict[str, Any]]:
    """Return what explains the words of a post (its row) to a reader (their language; None: nobody in particular).

    Each note: `term` as the glossary writes it, `meaning`, `language` of the meaning, `origin` of the term. Words of
    the reader's own language are not explained.
    """
    found = of_post(glossary, row)
    if not found:
        return []
    own = language.base_of(reader) if reader else None
    foreign = (entry for entry in found if own is None or language.base_of(entry.origin) != own)
    told = ((entry, explained) for entry in foreign if (explained := entry.explained(reader)) is not None)
    noted = [
        {"term": entry.term, "meaning": meaning, "language": tag, "origin": entry.origin}
        for entry, (tag, meaning) in told
    ]
    return noted[:MAX_NOTES]

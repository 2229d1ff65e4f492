"""The rules that are in force, compiled: read again when one of them changed, looked at every ten seconds."""

import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, Unavailable
from fedinote.policy import trust
from fedinote.policy.rules import across, pictures
from fedinote.policy.rules.across import Across
from fedinote.policy.rules.kinds import Matcher, Scope, Terms
from fedinote.policy.rules.languages import Languages
from fedinote.policy.rules.links import Links
from fedinote.policy.rules.mentions import Mentions
from fedinote.policy.rules.newcomers import Newcomers
from fedinote.policy.rules.patterns import Pattern
from fedinote.policy.rules.pictures import Pictures
from fedinote.policy.rules.repeats import Repeats
from fedinote.policy.rules.words import Words

KINDS: Mapping[str, Callable[[Terms], Matcher]] = {
    "words": Words,
    "pattern": Pattern,
    "links": Links,
    "mentions": Mentions,
    "newcomers": Newcomers,
    "repeats": Repeats,
    "languages": Languages,
    pictures.KIND: Pictures,
}
ACTIONS = ("note", "warn", "sensitive", "limit", "hold", "reject", "suspend")
"""From the mildest to the strongest."""
ORIGINS = ("all", "local", "remote")
SPARES = ("", *trust.LEVELS[1:])
ACROSS = ("words", "pattern")
"""The kinds that can look into translations."""
CACHE = "rules"
KEEP_MS = 10_000
_STAMP = "SELECT COUNT(*) AS n, COALESCE(MAX(updated_at), 0) AS changed FROM rules"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rule that is ready to judge. `ends_ms` is None for one without an end."""

    id: int
    title: str
    action: str
    scope: Scope
    matcher: Matcher
    ends_ms: int | None
    version: int
    kind: str
    across: Across


@dataclass(slots=True)
class Book:
    """All rules that are on, and when they were last compared with the table."""

    checked_ms: int
    stamp: tuple[int, int]
    rules: tuple[Compiled, ...]


def compiled(row: Row) -> Compiled:
    """Make a rule of its row. Raises Invalid when its terms are not good."""
    terms = msgspec.json.decode(row["terms"]) if isinstance(row["terms"], str) else row["terms"]
    return Compiled(
        id=row["id"],
        title=row["title"],
        action=row["action"],
        scope=Scope(row["origin"], row["spares"]),
        matcher=matcher(row["kind"], terms),
        ends_ms=row["expires_at"],
        version=row["updated_at"],
        kind=row["kind"],
        across=across.of_terms(terms) if row["kind"] in ACROSS else Across(),
    )


def matcher(kind: str, terms: Terms) -> Matcher:
    """Compile the terms of a kind of rule. Raises Invalid, which says what is wrong with them."""
    if kind not in KINDS:
        raise Invalid(f"Validation failed: A rule is of one of the kinds {', '.join(KINDS)}")
    return KINDS[kind](terms)


async def in_force(app: App) -> tuple[Compiled, ...]:
    """Return the rules that are on now; no query most of the time."""
    book: Book | None = app.caches.get(CACHE)
    now = to_ms(app.now())
    if book is None or not 0 <= now - book.checked_ms < KEEP_MS:
        book = await _looked_up(app, book, now)
    return tuple(rule for rule in book.rules if rule.ends_ms is None or rule.ends_ms > now)


async def _looked_up(app: App, book: Book | None, now: int) -> Book:
    if book is None:
        return await _read(app, now, {})
    with contextlib.suppress(Unavailable):  # a database that is busy ends no rule
        if await _stamp(app) != book.stamp:
            return await _read(app, now, {rule.id: rule for rule in book.rules})
        book.checked_ms = now
    return book


async def _stamp(app: App) -> tuple[int, int]:
    row = await app.db.row(_STAMP)
    return (row["n"], row["changed"]) if row else (0, 0)


async def _read(app: App, now: int, known: Mapping[int, Compiled]) -> Book:
    """Read the rules. Those that did not change stay as they are, with what they remember."""
    stamp = await _stamp(app)
    rows = await app.db.rows("SELECT * FROM rules WHERE state = 'on' ORDER BY id") if stamp[0] else []
    rules = []
    for row in rows:
        same = known.get(row["id"])
        try:
            rules.append(same if same is not None and same.version == row["updated_at"] else compiled(row))
        except Invalid:
            _log.exception("a rule cannot be read and is left out", extra={"rule": row["id"]})
    book = app.caches[CACHE] = Book(now, stamp, tuple(rules))
    return book


def forget(app: App) -> None:
    """Compare with the table at the next question: call it once a change is committed."""
    book: Book | None = app.caches.get(CACHE)
    if book is not None:
        book.checked_ms = -KEEP_MS

"""What was handed to which engine: an append-only list without texts and without people, and its sums by day.

A row is written before the engine is asked, so that no crash can hide that a text went out. The database itself
refuses to change or remove rows (triggers of the migration); they are kept for good, some 200 bytes for each call.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from fedinote.infra.app import App
from fedinote.infra.clock import EPOCH
from fedinote.infra.keys import COOKIE_KEY
from fedinote.translation.engine import Engine, Location

_ADD = """INSERT INTO translation_ledger (id, made_at, engine, location, digest, texts, characters, source, target,
 purpose, visibility) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_COUNT = """INSERT INTO translation_days (day, engine, location, calls, failures, texts, characters, charged, hits)
 VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT (day, engine, location) DO UPDATE SET
 calls = translation_days.calls + excluded.calls, failures = translation_days.failures + excluded.failures,
 texts = translation_days.texts + excluded.texts, characters = translation_days.characters + excluded.characters,
 hits = translation_days.hits + excluded.hits"""
_SUMS = """SELECT day, engine, location, calls, failures, texts, characters, charged, hits FROM translation_days
 WHERE day >= ? AND engine <> '' ORDER BY day DESC, engine, location"""


class Purpose(StrEnum):
    """Why an engine is asked."""

    READER = "reader"
    """Somebody asked for it now."""
    AHEAD = "ahead"
    """Made before those come who read automatically in that language."""
    PROFILE = "profile"
    """A bio, a name, profile fields."""
    SEARCH = "search"
    """The words of a query."""
    AUTHOR = "author"
    """A draft of its author, who looks at it before it is published."""
    MODERATION = "moderation"
    """A moderator, or somebody about whom one decided, reads in their own language; or a rule looks into it."""


@dataclass(frozen=True, slots=True)
class Handing:
    """One call: what is about to be handed to which engine, and why. `visibility`: public, restricted or query."""

    engine: Engine
    texts: Sequence[str]
    source: str | None
    target: str
    purpose: Purpose
    visibility: str

    @property
    def characters(self) -> int:
        """What counts towards budgets: the code points of all texts."""
        return sum(map(len, self.texts))


@dataclass(frozen=True, slots=True)
class Day:
    """What one engine got on one day (midnight, UTC)."""

    date: datetime
    engine: str
    location: Location
    calls: int
    failures: int
    texts: int
    characters: int
    charged: int
    hits: int


def day_of(moment: datetime) -> int:
    """Return the number of whole days since 1970, UTC: the unit of budgets."""
    return (moment - EPOCH).days


async def write(app: App, handing: Handing) -> None:
    """Write down that an engine is about to be asked, in the running transaction, and count it for its day."""
    engine, now = handing.engine, app.now()
    await app.db.execute(
        _ADD, app.ids.next(), now, engine.name, engine.location.value, digest(app, handing.texts),
        len(handing.texts), handing.characters, handing.source or "", handing.target, handing.purpose.value,
        handing.visibility,
    )  # fmt: skip
    await _count(app, engine, (1, 0, len(handing.texts), handing.characters, 0))


async def failed(app: App, engine: Engine) -> None:
    """Count that the engine gave no usable answer."""
    await _count(app, engine, (0, 1, 0, 0, 0))


async def spared(app: App, engine: Engine) -> None:
    """Count that the cache answered in the engine's place."""
    await _count(app, engine, (0, 0, 0, 0, 1))


async def _count(app: App, engine: Engine, sums: tuple[int, int, int, int, int]) -> None:
    await app.db.execute(_COUNT, day_of(app.now()), engine.name, engine.location.value, *sums)


def digest(app: App, texts: Sequence[str]) -> str:
    """Return the keyed hash (HMAC-SHA-256) of texts: equal for the same texts here, useless without our key."""
    key = bytes.fromhex(app.secrets[COOKIE_KEY])
    marked = hmac.new(key, b"translation ledger", hashlib.sha256)
    for text in texts:
        words = text.encode(errors="surrogatepass")
        marked.update(len(words).to_bytes(8, "big") + words)
    return marked.hexdigest()


async def days(app: App, count: int) -> list[Day]:
    """Return what each engine got on each of the last `count` days, today first; days without calls are left out."""
    rows = await app.db.rows(_SUMS, day_of(app.now()) - count + 1)
    return [
        Day(
            datetime.fromtimestamp(row["day"] * 86_400, tz=EPOCH.tzinfo), row["engine"], Location(row["location"]),
            row["calls"], row["failures"], row["texts"], row["characters"], row["charged"], row["hits"],
        )
        for row in rows
    ]  # fmt: skip

"""The lasting cache: public texts that an engine has translated, under a hash that any change of them changes."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.translation import ledger
from fedinote.translation.engine import Engine

_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer from the cache: in whose words, and from which language ("" when that was given)."""

    engine: Engine
    texts: tuple[str, ...]
    source: str


def key_of(engine: str, texts: Sequence[str], pair: tuple[str | None, str], glossary: int = 0) -> str:
    """Return the SHA-256 of what decides a translation: texts, both languages, engine, version of the glossary."""
    source, target = pair
    parts: Mapping[str, Any] = {
        "engine": engine, "texts": list(texts), "source": source, "target": target, "glossary": glossary,
    }  # fmt: skip
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


async def find(app: App, keys: Mapping[str, Engine], *, count: bool = True) -> Kept | None:
    """Return what is kept under the first of the keys (in their order) that is there, and count the hit."""
    rows = await app.db.rows("SELECT key, source, texts FROM translations WHERE key IN_TEXTS(?)", list(keys))
    found = {row["key"]: row for row in rows}
    key = next((key for key in keys if key in found), None)
    if key is None:
        return None
    if count:
        async with app.db.transaction():
            await app.db.execute("UPDATE translations SET hits = hits + 1, used_at = ? WHERE key = ?", app.now(), key)
            await ledger.spared(app, keys[key])
    row = found[key]
    return Kept(keys[key], tuple(msgspec.json.decode(row["texts"])), row["source"])


def origin_of(texts: Sequence[str]) -> str:
    """Return the SHA-256 of texts, whatever is made of them."""
    return hashlib.sha256(msgspec.json.encode(list(texts))).hexdigest()


async def keep(app: App, key: str, kept: Kept, target: str, origin: Sequence[str]) -> None:
    """Keep an answer, and of what (`origin`). The caller answers for its texts being public."""
    await app.db.execute(
        "INSERT INTO translations (key, origin, engine, source, target, texts, created_at, used_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        key, origin_of(origin), kept.engine.name, kept.source, target, msgspec.json.encode(kept.texts).decode(),
        app.now(), app.now(),
    )  # fmt: skip


async def forget(app: App, texts: Sequence[str]) -> None:
    """Forget what was made of texts, in all languages and by all engines."""
    await app.db.execute("DELETE FROM translations WHERE origin = ?", origin_of(texts))


async def tidy(app: App) -> int:
    """Forget what nobody asked for within `translation.keep_days`; return how many. 0 days keeps everything."""
    days = app.settings.translation.keep_days
    if days == 0:
        return 0
    return await app.db.execute(
        "DELETE FROM translations WHERE key IN (SELECT key FROM translations WHERE used_at < ? LIMIT ?)",
        app.now() - timedelta(days=days),
        _BATCH,
    )

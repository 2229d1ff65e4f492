"""What there is most of: the dimensions of the dashboard, counted from what is stored.

https://docs.joinmastodon.org/methods/admin/dimensions/. Each costs one query; the folder of files is measured at most
once in five minutes.
"""

import asyncio
import os
import platform
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

import fedinote
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.moderation.figures.periods import Period
from fedinote.text.language_names import own_name

NO_LANGUAGE = "und"
_WEB = "web"
_FOLDER_CACHE = "media-folder-size"
_FOLDER_MS = 300_000
_MAX_APPS = 500
_DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Asked:
    """In which days, at most how many, and about what: a tag's id or a domain (in the spelling of its key)."""

    period: Period
    limit: int
    about: int | str = ""


@dataclass(frozen=True, slots=True)
class Datum:
    """One line: a key, its name for people, and how much there is of it (a number, or the text of a version)."""

    key: str
    name: str
    value: int | str
    unit: str | None = None


async def _languages(app: App, asked: Asked) -> list[Datum]:
    """Give the languages of the interface that those have who were here."""
    rows = await app.db.rows(
        "SELECT u.locale AS name, COUNT(DISTINCT u.id) AS value FROM users u JOIN user_days d ON d.user_id = u.id"
        " WHERE d.day BETWEEN ? AND ? GROUP BY u.locale ORDER BY value DESC, name LIMIT ?",
        asked.period.first,
        asked.period.last,
        asked.limit,
    )
    return _in_languages(rows)


async def _sources(app: App, asked: Asked) -> list[Datum]:
    """Give the apps with which posts were written here; those without one were written on the web pages."""
    rows = await app.db.rows(
        "SELECT p.application AS name, COUNT(*) AS value FROM posts p WHERE p.local = TRUE AND p.reblog_of_id IS NULL"
        " AND p.id >= ? AND p.id < ? AND p.created_at >= ? AND p.created_at < ?"
        " GROUP BY p.application ORDER BY value DESC LIMIT ?",
        *asked.period.ids,
        asked.period.start_ms,
        asked.period.end_ms,
        _MAX_APPS,
    )
    counted: Counter[str] = Counter()
    for row in rows:
        counted[_app_name(row["name"])] += row["value"]
    found = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[: asked.limit]
    return [Datum(name, "Website" if name == _WEB else name, value) for name, value in found]


def _app_name(text: str | None) -> str:
    named = msgspec.json.decode(text) if text else None
    return str(named.get("name") or _WEB) if isinstance(named, dict) else _WEB


async def _servers(app: App, asked: Asked) -> list[Datum]:
    """Give the other servers with the most posts."""
    return _plain(await _counted(app, asked, "a.domain", "a.domain <> ''"))


async def _instance_languages(app: App, asked: Asked) -> list[Datum]:
    rows = await _counted(app, asked, f"COALESCE(p.language, '{NO_LANGUAGE}')", "a.domain = ?", asked.about)
    return _in_languages(rows)


async def _counted(app: App, asked: Asked, what: str, condition: str, *values: int | str) -> list[Row]:
    """Count posts (no boosts) by something, in the texts of this module's own."""
    return await app.db.rows(
        f"SELECT {what} AS name, COUNT(*) AS value FROM posts p JOIN accounts a ON a.id = p.account_id"  # noqa: S608
        f" WHERE {condition} AND p.reblog_of_id IS NULL AND p.id >= ? AND p.id < ?"
        " AND p.created_at >= ? AND p.created_at < ? GROUP BY 1 ORDER BY value DESC, name LIMIT ?",
        *values,
        *asked.period.ids,
        asked.period.start_ms,
        asked.period.end_ms,
        asked.limit,
    )


async def _tag_servers(app: App, asked: Asked) -> list[Datum]:
    rows = await _counted_tag(app, asked, "CASE WHEN a.domain = '' THEN ? ELSE a.domain END", app.settings.handle_host)
    return _plain(rows)


async def _tag_languages(app: App, asked: Asked) -> list[Datum]:
    return _in_languages(await _counted_tag(app, asked, "COALESCE(p.language, ?)", NO_LANGUAGE))


async def _counted_tag(app: App, asked: Asked, what: str, absent: str) -> list[Row]:
    """Count the public posts with a tag by something, in the texts of this module's own."""
    what = what.replace("?", "CAST(? AS TEXT)")
    return await app.db.rows(
        f"SELECT {what} AS name, COUNT(*) AS value FROM post_tags t JOIN posts p ON p.id = t.post_id"  # noqa: S608
        " JOIN accounts a ON a.id = p.account_id WHERE t.tag_id = ? AND p.visibility = 'public'"
        " AND p.id >= ? AND p.id < ? AND p.created_at >= ? AND p.created_at < ?"
        " GROUP BY 1 ORDER BY value DESC, name LIMIT ?",
        absent,
        asked.about,
        *asked.period.ids,
        asked.period.start_ms,
        asked.period.end_ms,
        asked.limit,
    )


async def _instance_accounts(app: App, asked: Asked) -> list[Datum]:
    """Give the accounts of a server that have the most followers here."""
    rows = await app.db.rows(
        "SELECT a.username AS name, COUNT(*) AS value FROM accounts a JOIN follows f ON f.target_id = a.id"
        " WHERE a.domain = ? AND f.accepted = TRUE GROUP BY a.id, a.username ORDER BY value DESC, name LIMIT ?",
        asked.about,
        asked.limit,
    )
    return _plain(rows)


async def _space_usage(app: App, asked: Asked) -> list[Datum]:
    """Give the bytes that the database and the files take."""
    sql = {
        "sqlite": "SELECT page_count * page_size AS value FROM pragma_page_count(), pragma_page_size()",
        "postgresql": "SELECT pg_database_size(current_database()) AS value",
    }[app.db.dialect]
    size = int(await app.db.value(sql))
    return [
        Datum(app.db.dialect, _DATABASES[app.db.dialect], size, "bytes"),
        Datum("media", "Media storage", await _folder(app), "bytes"),
    ]


async def _folder(app: App) -> int:
    now = to_ms(app.now())
    cached: tuple[int, int] | None = app.caches.get(_FOLDER_CACHE)
    if cached is None or not 0 <= now - cached[0] < _FOLDER_MS:
        cached = app.caches[_FOLDER_CACHE] = (now, await asyncio.to_thread(_size, app.settings.data_path / "media"))
    return cached[1]


def _size(folder: Path) -> int:
    total = 0
    for place, _, files in os.walk(folder):
        for name in files:
            try:
                total += os.lstat(os.path.join(place, name)).st_size
            except OSError:
                continue  # it went while we looked
    return total


async def _software_versions(app: App, asked: Asked) -> list[Datum]:
    sql = {
        "sqlite": "SELECT sqlite_version() AS value",
        "postgresql": "SELECT current_setting('server_version') AS value",
    }[app.db.dialect]
    return [
        Datum("fedinote", "FediNote", fedinote.__version__),
        Datum("python", "Python", platform.python_version()),
        Datum(app.db.dialect, _DATABASES[app.db.dialect], str(await app.db.value(sql))),
    ]


def _plain(rows: Iterable[Row]) -> list[Datum]:
    return [Datum(row["name"], row["name"], row["value"]) for row in rows]


def _in_languages(rows: Iterable[Row]) -> list[Datum]:
    return [Datum(row["name"], own_name(row["name"]), row["value"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Dimension:
    """How it is counted, and what a client must say it is about: a tag's "id", a "domain", or nothing."""

    count: Callable[[App, Asked], Awaitable[list[Datum]]]
    about: str = ""


DIMENSIONS: Mapping[str, Dimension] = {
    "languages": Dimension(_languages),
    "sources": Dimension(_sources),
    "servers": Dimension(_servers),
    "space_usage": Dimension(_space_usage),
    "software_versions": Dimension(_software_versions),
    "tag_servers": Dimension(_tag_servers, "id"),
    "tag_languages": Dimension(_tag_languages, "id"),
    "instance_accounts": Dimension(_instance_accounts, "domain"),
    "instance_languages": Dimension(_instance_languages, "domain"),
}

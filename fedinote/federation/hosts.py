"""Other servers as those who run this one see them: how they are doing, and what is to be done about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Forbidden, NotFound, Refused
from fedinote.moderation import audit
from fedinote.moderation.moderator import Moderator, Power
from fedinote.policy import domains

PAGE = 50
STATES = ("", "failing", "unavailable", "stopped", "blocked", "reachable")
MAX_SOFTWARE = 64
_NODEINFO = "http://nodeinfo.diaspora.software/ns/schema/"
_WHERE = {
    "": "TRUE",
    "failing": "h.failures > 0 AND h.stopped_at IS NULL",
    "unavailable": "h.unavailable_at IS NOT NULL AND h.stopped_at IS NULL",
    "stopped": "h.stopped_at IS NOT NULL",
    "blocked": "EXISTS (SELECT 1 FROM domain_blocks b WHERE b.domain = h.host)",
    "reachable": "h.failures = 0 AND h.stopped_at IS NULL",
}
# Of a server that nothing was ever sent to there is no row in `hosts`, only people.
_ALL = """(SELECT host, failures, failure_days, first_failed_at, retry_at, unavailable_at, stopped_at, last_seen_at,
 error, software, software_at, signature_scheme FROM hosts UNION ALL SELECT DISTINCT a.domain, 0, 0,
 CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT),
 CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS BIGINT), CAST(NULL AS TEXT) FROM accounts a WHERE a.domain <> ''
 AND NOT EXISTS (SELECT 1 FROM hosts k WHERE k.host = a.domain)) h"""
_COUNTS = (
    "SELECT domain AS host, COUNT(*) AS value FROM accounts WHERE domain IN_TEXTS(?) AND deleted_at IS NULL"
    " GROUP BY domain",
    "SELECT host, COUNT(*) AS value FROM deliveries WHERE host IN_TEXTS(?) AND dead_at IS NULL GROUP BY host",
    "SELECT host, SUM(bytes) AS value FROM remote_files WHERE host IN_TEXTS(?) GROUP BY host",
)


@dataclass(frozen=True, slots=True)
class Server:
    """Another server. `block` is the severity of the block that counts for it, "" for none; times may be None.

    `people` are known here, `waiting` deliveries are not done, `media` bytes of its files are kept here.
    """

    host: str
    failures: int
    failing_since: datetime | None
    retry_at: datetime | None
    unavailable_at: datetime | None
    stopped_at: datetime | None
    last_seen_at: datetime | None
    error: str
    software: str
    software_at: datetime | None
    scheme: str
    block: str
    people: int
    waiting: int
    media: int

    @property
    def state(self) -> str:
        """One word for how it stands: blocked, stopped, unavailable, slow, failing or reachable."""
        if self.block == "suspend":
            return "blocked"
        if self.stopped_at is not None:
            return "stopped"
        if self.unavailable_at is not None:
            return "unavailable"
        if self.retry_at is not None:
            return "slow"
        return "failing" if self.failures else "reachable"


async def listing(app: App, *, state: str = "", beginning: str = "", after: str = "") -> list[Server]:
    """Return up to PAGE servers by name: in one of STATES, with a name that has `beginning` in it, after a name."""
    escaped = beginning.strip().lower().replace("!", "!!").replace("%", "!%").replace("_", "!_")
    rows = await app.db.rows(
        f"SELECT h.* FROM {_ALL} WHERE {_WHERE.get(state, 'TRUE')} AND h.host LIKE ? ESCAPE '!' AND h.host > ?"  # noqa: S608
        " ORDER BY h.host LIMIT ?",
        f"%{escaped}%",
        after,
        PAGE,
    )
    return await _servers(app, rows)


async def one(app: App, host: str) -> Server:
    """Return one server. `NotFound` for one that nobody here ever heard of."""
    rows = await app.db.rows(f"SELECT h.* FROM {_ALL} WHERE h.host = ?", host)  # noqa: S608
    if not rows:
        raise NotFound
    return (await _servers(app, rows))[0]


async def _servers(app: App, rows: Sequence[Row]) -> list[Server]:
    names = [row["host"] for row in rows]
    people, waiting, media = [
        {row["host"]: int(row["value"]) for row in found}
        for found in await app.db.many(*((sql, (names,)) for sql in _COUNTS))
    ]
    blocks = await domains.load(app)
    return [
        Server(
            host=row["host"],
            failures=row["failures"],
            failing_since=_moment(row["first_failed_at"]) if row["failures"] else None,
            retry_at=_moment(row["retry_at"]),
            unavailable_at=_moment(row["unavailable_at"]),
            stopped_at=_moment(row["stopped_at"]),
            last_seen_at=_moment(row["last_seen_at"]),
            error=(row["error"] or "") if row["failures"] else "",
            software=row["software"] or "",
            software_at=_moment(row["software_at"]),
            scheme=row["signature_scheme"] or "",
            block=_severity(blocks, row["host"]),
            people=people.get(row["host"], 0),
            waiting=waiting.get(row["host"], 0),
            media=media.get(row["host"], 0),
        )
        for row in rows
    ]


def _severity(blocks: dict[str, domains.Blocked], host: str) -> str:
    found = domains.nearest(blocks, host)
    return "" if found is None else found.severity


def _moment(value: int | None) -> datetime | None:
    return None if value is None else from_ms(value)


async def try_now(app: App, by: Moderator, host: str) -> None:
    """End all pauses of a server: what waits for it is sent at once. `NotFound`, `Forbidden`."""
    _check(by)
    await one(app, host)
    async with app.db.transaction():
        await app.db.execute(
            "UPDATE hosts SET retry_at = NULL, unavailable_at = NULL, stopped_at = NULL, failure_days = 0,"
            " failures = 0 WHERE host = ?",
            host,
        )
        await app.db.execute(
            "UPDATE deliveries SET next_at = ? WHERE host = ? AND dead_at IS NULL AND next_at > ?",
            app.now(),
            host,
            app.now(),
        )
        await _note(app, by, "host.resume", host)
        app.db.after_commit(app.work.set)


async def stop(app: App, by: Moderator, host: str) -> None:
    """Send nothing to a server until `try_now`; what waits is dropped after a week. `NotFound`, `Forbidden`."""
    _check(by)
    await one(app, host)
    async with app.db.transaction():
        await app.db.execute(
            "INSERT INTO hosts (host, failures, failure_days, last_failure_day, stopped_at, unavailable_at)"
            " VALUES (?, 0, 0, 0, ?, ?) ON CONFLICT (host) DO UPDATE SET stopped_at = excluded.stopped_at,"
            " unavailable_at = excluded.unavailable_at",
            host,
            app.now(),
            app.now(),
        )
        await _note(app, by, "host.stop", host)


def _check(by: Moderator) -> None:
    if not by.may(Power.DOMAINS):
        raise Forbidden


async def _note(app: App, by: Moderator, action: str, host: str) -> None:
    await audit.record(app, actor_id=by.account_id, action=action, target_type="domain", target=host)


async def ask_software(app: App, host: str) -> str:
    """Ask a server by NodeInfo what it runs, remember and return that: "Mastodon 4.5.0".

    http://nodeinfo.diaspora.software/protocol. `Refused` when the answer is none, `Unreachable`.
    """
    base = f"{await _scheme(app, host)}://{host}"
    links = (await app.outbound.get(f"{base}/.well-known/nodeinfo", accept="application/json", limit=65_536)).json()
    address = _newest(links, base)
    found = (await app.outbound.get(address, accept="application/json", limit=65_536)).json()
    software = found.get("software") if isinstance(found, dict) else None
    if not isinstance(software, dict) or not isinstance(software.get("name"), str):
        raise Refused("The server does not say what it runs")
    text = f"{software['name']} {software.get('version', '')}".strip()[:MAX_SOFTWARE]
    await app.db.execute(
        "INSERT INTO hosts (host, failures, failure_days, last_failure_day, software, software_at)"
        " VALUES (?, 0, 0, 0, ?, ?) ON CONFLICT (host) DO UPDATE SET software = excluded.software,"
        " software_at = excluded.software_at",
        host,
        text,
        app.now(),
    )
    return text


async def _scheme(app: App, host: str) -> str:
    uri = await app.db.value("SELECT uri AS value FROM accounts WHERE domain = ? LIMIT 1", host)
    return "http" if app.settings.federation.allow_http and str(uri or "").startswith("http:") else "https"


def _newest(links: Any, base: str) -> str:
    """Return the address of the newest NodeInfo document, which must be on the same host."""
    listed = links.get("links") if isinstance(links, dict) else None
    found = [
        (str(link.get("rel")), str(link.get("href")))
        for link in (listed if isinstance(listed, list) else [])
        if isinstance(link, dict) and str(link.get("rel")).startswith(_NODEINFO)
    ]
    fitting = [(rel, href) for rel, href in found if urlsplit(href).netloc == urlsplit(base).netloc]
    if not fitting:
        raise Refused("The server does not say what it runs")
    return max(fitting)[1]


async def unwell(app: App) -> dict[str, int]:
    """Count the servers that are failing, held for gone, and stopped: for warnings."""
    row = await app.db.row(
        "SELECT SUM(CASE WHEN failures >= 5 AND unavailable_at IS NULL THEN 1 ELSE 0 END) AS failing,"
        " SUM(CASE WHEN unavailable_at IS NOT NULL AND stopped_at IS NULL THEN 1 ELSE 0 END) AS gone,"
        " SUM(CASE WHEN stopped_at IS NOT NULL THEN 1 ELSE 0 END) AS stopped FROM hosts"
    )
    assert row is not None
    return {name: int(row[name] or 0) for name in ("failing", "gone", "stopped")}


async def reach(app: App, host: str) -> tuple[bool, str]:
    """Ask a server what it runs; tell whether it answered, and what it said or why not (for the page)."""
    try:
        return True, await ask_software(app, host)
    except FediNoteError as error:
        return False, error.reason

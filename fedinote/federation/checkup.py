"""What those who run the server should know at once: quick looks at its own state, without asking anybody.

`fedinote doctor` looks deeper: keys, WebFinger, whether the server can be reached.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from fedinote.auth import users
from fedinote.federation import figures, hosts
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.media import remote_files

LATE = 300  # seconds that a job may wait
_FREE = 0.05
_FULL = 0.95
_AHEAD_MS = 300_000
_LOCAL = ("localhost", "127.", "[::1]")


@dataclass(frozen=True, slots=True)
class Matter:
    """Something to look at: which one, how bad (warning or wrong), its numbers, and the page that helps ("" for none).

    `name` is one of: local, not_https, clock, owner, late, dead_jobs, dead_deliveries, hosts_gone, disk, cache_full,
    engines_resting, worker.
    """

    name: str
    mark: str
    values: dict[str, int | str] = field(default_factory=dict)
    page: str = ""


async def matters(app: App) -> list[Matter]:
    """Return what is not as it should be, worst first; nothing when all is well."""
    found = [*_address(app), *await _rows(app), *await _hosts(app), *await _room(app), *_engines(app)]
    if not await users.has_owner(app):
        found.append(Matter("owner", "warning"))
    return sorted(found, key=lambda one: one.mark != "wrong")


def _address(app: App) -> list[Matter]:
    if app.settings.host.startswith(_LOCAL):
        return [Matter("local", "warning", {"address": app.settings.base})]
    return [] if app.settings.secure else [Matter("not_https", "warning", {"address": app.settings.base})]


async def _rows(app: App) -> list[Matter]:
    now = app.now()
    jobs, deliveries, newest, sampled = await app.db.many(
        ("SELECT COUNT(*) AS value FROM jobs WHERE dead_at IS NOT NULL", ()),
        ("SELECT COUNT(*) AS value FROM deliveries WHERE dead_at > ?", (now - timedelta(days=1),)),
        ("SELECT MAX(created_at) AS value FROM accounts WHERE domain = ''", ()),
        ("SELECT MAX(at) AS value FROM samples WHERE span = 'hour'", ()),
    )
    waits = (await figures.now(app))["queue_age"]
    hour_ago = to_ms(now) - 3 * figures.HOUR_MS
    found = [
        (waits > LATE, Matter("late", "wrong", {"minutes": waits // 60}, "/admin/queues")),
        (jobs[0]["value"], Matter("dead_jobs", "warning", {"number": jobs[0]["value"]}, "/admin/queues")),
        (
            deliveries[0]["value"],
            Matter("dead_deliveries", "warning", {"number": deliveries[0]["value"]}, "/admin/deliveries"),
        ),
        ((newest[0]["value"] or 0) > to_ms(now) + _AHEAD_MS, Matter("clock", "wrong")),
        (sampled[0]["value"] is not None and sampled[0]["value"] < hour_ago, Matter("worker", "wrong")),
    ]
    return [matter for there, matter in found if there]


async def _hosts(app: App) -> list[Matter]:
    gone = (await hosts.unwell(app))["gone"]
    return [Matter("hosts_gone", "warning", {"number": gone}, "/admin/hosts")] if gone else []


async def _room(app: App) -> list[Matter]:
    free, total = await asyncio.to_thread(remote_files.disk, app)
    kept = await remote_files.usage(app)
    found = []
    if free < _FREE * total:
        found.append(Matter("disk", "wrong", {"bytes": free}, "/admin/media"))
    if kept.cap and kept.bytes > _FULL * kept.cap and kept.cap < app.settings.media.remote_cache_bytes:
        found.append(Matter("cache_full", "warning", {"bytes": kept.cap}, "/admin/media"))
    return found


def _engines(app: App) -> list[Matter]:
    resting = sorted(app.translator.resting()) if app.translator is not None else []
    return [Matter("engines_resting", "warning", {"names": ", ".join(resting)}, "/admin/engines")] if resting else []

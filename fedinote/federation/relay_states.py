"""How relays stand, from what this server knows: whether our request is on its way, was taken, or finds nobody."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fedinote.activitypub.quirks import host_of
from fedinote.federation import attempts, relays
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row

ASKING, TAKEN, WAITING, FAILING, GIVEN_UP = "asking", "taken", "waiting", "failing", "given up"
_STEP = 0.1
_REQUESTS = """SELECT d.order_key, d.attempts, d.next_at, d.dead_at, d.created_at, d.error FROM deliveries d
 WHERE d.order_key IN_TEXTS(?) AND d.inbox IN_TEXTS(?)"""
_TAKEN = "SELECT about, MAX(at) AS at FROM delivery_log WHERE about IN_TEXTS(?) AND said = ? GROUP BY about"
_HOSTS = "SELECT host, failures, first_failed_at, error FROM hosts WHERE host IN_TEXTS(?) AND failures > 0"


@dataclass(frozen=True, slots=True)
class Standing:
    """`name`: accepted or rejected, which the relay said; or asking (our request is being sent), taken (the relay has
    it), waiting (it may have it), failing (it could not be delivered, and is tried again at `again`), given up.

    `since` is when that began. `silent_since`: an accepted relay does not take our posts. `said` is the reason of a
    failure, in the words of protocols.
    """

    name: str
    since: datetime
    again: datetime | None = None
    silent_since: datetime | None = None
    said: str = ""


async def of(app: App, rows: Sequence[Row]) -> dict[int, Standing]:
    """Return how each of these relays (rows of `relays`) stands, by id. Three queries for any number."""
    keys, inboxes = [row["follow_uri"] for row in rows], [row["inbox_url"] for row in rows]
    requests, taken, hosts = await app.db.many(
        (_REQUESTS, (keys, inboxes)),
        (_TAKEN, (keys, attempts.ACCEPTED)),
        (_HOSTS, ([host_of(one) for one in inboxes],)),
    )
    # Leaving has the same key: of two requests the first one is that to follow.
    waiting = {row["order_key"]: row for row in sorted(requests, key=lambda row: row["created_at"], reverse=True)}
    delivered = {row["about"]: row for row in taken}
    failing = {row["host"]: row for row in hosts}
    return {row["id"]: _standing(row, waiting, delivered, failing.get(host_of(row["inbox_url"]))) for row in rows}


def _standing(relay: Row, waiting: Mapping[str, Row], delivered: Mapping[str, Row], host: Row | None) -> Standing:
    if relay["state"] != relays.PENDING:
        accepted = relay["state"] == relays.ACCEPTED and host is not None
        return Standing(
            relay["state"],
            from_ms(relay["answered_at"] or relay["created_at"]),
            silent_since=_moment(host["first_failed_at"]) if accepted and host else None,
            said=(host["error"] or "") if accepted and host else "",
        )
    request = waiting.get(relay["follow_uri"])
    if request is not None:
        return _underway(request, host)
    taken = delivered.get(relay["follow_uri"])
    if taken is not None:
        return Standing(TAKEN, from_ms(taken["at"]))
    return Standing(WAITING, from_ms(relay["created_at"]))


def _underway(request: Row, host: Row | None) -> Standing:
    said = request["error"] or ""
    if request["dead_at"] is not None:
        return Standing(GIVEN_UP, from_ms(request["dead_at"]), said=said)
    if not request["attempts"]:
        return Standing(ASKING, from_ms(request["created_at"]))
    began = host["first_failed_at"] if host is not None else None
    return Standing(FAILING, from_ms(began or request["created_at"]), again=from_ms(request["next_at"]), said=said)


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)


async def settled(app: App, relay_id: int, seconds: float) -> Standing:
    """Return how a relay stands once our request was tried, or after so many seconds. Raises NotFound."""
    left = max(1, round(seconds / _STEP) + 1)
    while True:
        row = await relays.find(app, str(relay_id))
        found = (await of(app, [row]))[row["id"]]
        left -= 1
        if found.name != ASKING or left <= 0:
            return found
        await asyncio.sleep(_STEP)

"""The audit log: who decided what, when, about whom. It has reasons, never the text of a post."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from fedinote.events import PolicyApplied
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, to_ms
from fedinote.infra.db import Row

Window = Callable[[str], tuple[str, Sequence[int], str]]
MAX_TARGET = 2048
REFUSALS_EVERY = timedelta(hours=1)
REFUSAL = "policy.reject"
_INSERT = (
    "INSERT INTO audit_log (id, actor_id, action, target_type, target, detail, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One decision. `actor_id` is None for a rule and for the command line: `detail["via"]` says which."""

    id: int
    actor_id: int | None
    action: str
    target_type: str
    target: str
    detail: Mapping[str, Any]
    created_at: datetime


async def record(
    app: App,
    *,
    actor_id: int | None,
    action: str,
    target_type: str,
    target: str | int,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one decision, in the transaction that carries it out. Empty values of the detail are left out."""
    kept = {name: value for name, value in (detail or {}).items() if value not in (None, "", [])}
    await app.db.execute(
        _INSERT,
        app.ids.next(),
        actor_id,
        action,
        target_type,
        str(target)[:MAX_TARGET],
        msgspec.json.encode(kept).decode(),
        app.now(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which decisions are looked for; what is empty does not matter.

    `actor` is a moderator's account, 0 for rules and the command line; `target` a part of whom or what it was about;
    `since` and `until` the beginning of the period and the first moment after it.
    """

    actor: int | None = None
    target: str = ""
    since: datetime | None = None
    until: datetime | None = None


ANY = Wanted()


async def page(
    app: App, window: Window, *, action: str = "", target: tuple[str, str] | None = None, wanted: Wanted = ANY
) -> list[Entry]:
    """Return a page of decisions. `window` gives condition, parameters and order for a column (`Paging.sql`).

    `action` "" means all, one that ends in "." all that begin with it ("domain."); `target` is (type, target).
    """
    where, params, order = window("l.id")
    conditions: list[str] = [where]
    values: list[Any] = list(params)
    if action.endswith("."):
        conditions.append("l.action >= ? AND l.action < ?")
        values += [action, f"{action[:-1]}/"]  # "/" comes right after "."
    elif action:
        conditions.append("l.action = ?")
        values.append(action)
    if target is not None:
        conditions.append("l.target_type = ? AND l.target = ?")
        values += [*target]
    for condition, given in _narrowed(wanted):
        conditions.append(condition)
        values += given
    sql = f"SELECT l.* FROM audit_log l WHERE {' AND '.join(conditions)} {order}"  # noqa: S608
    return [_entry(row) for row in await app.db.rows(sql, *values)]


def _narrowed(wanted: Wanted) -> list[tuple[str, list[Any]]]:
    found: list[tuple[str, list[Any]]] = []
    if wanted.actor is not None:
        found.append(("l.actor_id = ?", [wanted.actor]) if wanted.actor else ("l.actor_id IS NULL", []))
    if wanted.target:
        escaped = wanted.target.replace("!", "!!").replace("%", "!%").replace("_", "!_")
        found.append(("l.target LIKE ? ESCAPE '!'", [f"%{escaped}%"]))
    if wanted.since is not None:
        found.append(("l.created_at >= ?", [wanted.since]))
    if wanted.until is not None:
        found.append(("l.created_at < ?", [wanted.until]))
    return found


def _entry(row: Row) -> Entry:
    return Entry(
        row["id"],
        row["actor_id"],
        row["action"],
        row["target_type"],
        row["target"],
        msgspec.json.decode(row["detail"]),
        from_ms(row["created_at"]),
    )


async def on_policy_applied(app: App, event: PolicyApplied) -> None:
    """Note what a rule did, once for each object and reason: the same post may be offered again and again."""
    action = f"policy.{event.outcome}"
    detail = {"via": "policy", "policy": event.policy, "reason": event.reason, "account": str(event.account_id)}
    if event.uri:
        found = await app.db.row(
            "SELECT 1 AS value FROM audit_log WHERE target_type = ? AND target = ? AND action = ? AND detail = ?",
            event.kind,
            event.uri[:MAX_TARGET],
            action,
            msgspec.json.encode(detail).decode(),
        )
        if found is not None:
            return
    target: tuple[str, str | int] = (event.kind, event.uri) if event.uri else ("account", event.account_id)
    await record(app, actor_id=None, action=action, target_type=target[0], target=target[1], detail=detail)


async def refused_at_the_door(app: App, block: str, host: str) -> None:
    """Note that a blocked server knocked, once in an hour for each block: whoever is refused may knock without end.

    `block` is the domain that is blocked, `host` the server that came, which may be a subdomain of it.
    """
    now = app.now()
    noted: dict[str, int] = app.caches.setdefault("refusals", {})
    if noted.get(block, 0) > to_ms(now - REFUSALS_EVERY):
        return
    noted[block] = to_ms(now)
    found = await app.db.row(  # by another process, or before a restart
        "SELECT 1 AS value FROM audit_log WHERE target_type = 'domain' AND target = ? AND action = ?"
        " AND created_at > ?",
        block,
        REFUSAL,
        now - REFUSALS_EVERY,
    )
    if found is not None:
        return
    reason = f"the domain {block} is blocked: its activities are refused"
    detail = {"via": "policy", "policy": "domains", "reason": reason, "host": host}
    await record(app, actor_id=None, action=REFUSAL, target_type="domain", target=block, detail=detail)

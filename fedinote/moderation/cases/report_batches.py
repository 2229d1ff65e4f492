"""Working on many reports at once, all of them or none; and taking back what was done so.

A batch is one row in the audit log, beside those of its steps. It keeps how each report stood before and after, so that
undoing restores exactly those that nobody has touched since.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation import actions, audit
from fedinote.moderation.actions import UNSTATED
from fedinote.moderation.cases import reports, revoking
from fedinote.moderation.cases.statements import Basis
from fedinote.moderation.moderator import Moderator, Power

MOST = 100
WEIGHED = ("silence", "suspend")
"""Deeds that decide about the reported accounts, and thus close all reports about them."""
DEEDS = ("assign", "resolve", "reopen", "recategorize", *WEIGHED)
_BATCH, _UNDONE = "batch.reports", "batch.undo"
_FOUND = """SELECT id, target_id, action_taken_at, action_taken_by_id, assigned_to_id, category, rule_ids FROM reports
 WHERE id IN_INTS(?) ORDER BY id"""
_OPEN = "SELECT id FROM reports WHERE target_id IN_INTS(?) AND action_taken_at IS NULL"
_MADE = "SELECT id FROM statements WHERE id > ? AND moderator_id = ? AND account_id IN_INTS(?) ORDER BY id"
_KEPT = """SELECT l.actor_id, l.detail, EXISTS (SELECT 1 FROM audit_log u WHERE u.target_type = 'batch'
 AND u.target = l.target AND u.action = 'batch.undo') AS undone FROM audit_log l
 WHERE l.target_type = 'batch' AND l.target = ? AND l.action = 'batch.reports'"""
_RESTORE = """UPDATE reports SET action_taken_at = ?, action_taken_by_id = ?, assigned_to_id = ?, category = ?,
 rule_ids = ? WHERE id = ?"""
Standing = tuple[int | None, int | None, int | None, str, str]
"""How a report stands: closed when and by whom, who works on it, category, rules (JSON)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be done. `to`: who gets them (None: nobody); `category` when they are filed anew; `reason`: words."""

    deed: str
    to: int | None = None
    category: str = ""
    reason: str = ""
    basis: Basis = UNSTATED


@dataclass(frozen=True, slots=True)
class Batch:
    """What was done to how many reports at once; `undone` when that was taken back."""

    id: int
    deed: str
    size: int
    undone: bool


async def carry_out(app: App, by: Moderator, report_ids: Sequence[int], wanted: Wanted) -> Batch:
    """Do one of DEEDS to reports; return the batch, which knows those that it changed.

    `Invalid` for another deed, for no report, too many, or no reason where one is needed; else what the verbs raise.
    """
    chosen = list(dict.fromkeys(report_ids))
    _check(by, wanted, chosen)
    async with app.db.transaction():
        rows = await app.db.rows(_FOUND, chosen)
        if len(rows) != len(chosen):
            raise NotFound
        before = await _standings(app, await _touched(app, rows, wanted))
        mark = app.ids.next()
        await _do(app, by, rows, wanted)
        after = await _standings(app, before)
        changed = {one: (before[one], after[one]) for one in before if before[one] != after[one]}
        made = await _statements(app, by, mark, rows) if wanted.deed in WEIGHED else []
        batch_id = app.ids.next()
        detail = {
            "what": "reports",
            "deed": wanted.deed,
            "reports": {str(one): pair for one, pair in changed.items()},
            "statements": made,
        }
        await _note(app, by, _BATCH, batch_id, detail)
    return Batch(batch_id, wanted.deed, len(changed), undone=False)


def _check(by: Moderator, wanted: Wanted, chosen: Sequence[int]) -> None:
    if not by.may(Power.REPORTS):
        raise Forbidden
    if wanted.deed not in DEEDS:
        raise Invalid("Validation failed: Type is not included in the list")
    if not chosen or len(chosen) > MOST:
        raise Invalid("Choose at least one report, and at most 100")
    if wanted.deed in WEIGHED and not wanted.reason:
        raise Invalid("Say why: it is told to those concerned")


async def _touched(app: App, rows: Sequence[Row], wanted: Wanted) -> list[int]:
    """Return the reports that may change: a decision about an account closes all that are open about it."""
    ids = [row["id"] for row in rows]
    if wanted.deed not in WEIGHED:
        return ids
    more = await app.db.rows(_OPEN, sorted({row["target_id"] for row in rows}))
    return list(dict.fromkeys([*ids, *(row["id"] for row in more)]))


async def _do(app: App, by: Moderator, rows: Sequence[Row], wanted: Wanted) -> None:
    if wanted.deed in WEIGHED:
        first = {row["target_id"]: row["id"] for row in reversed(rows)}
        for target_id, report_id in sorted(first.items()):
            await actions.act(
                app, by, target_id, wanted.deed, reason=wanted.reason, report_id=report_id, basis=wanted.basis
            )
        return
    step = _step(app, by, wanted)
    for row in rows:
        await step(row["id"])


def _step(app: App, by: Moderator, wanted: Wanted) -> Callable[[int], Awaitable[None]]:
    """Return the verb for one report."""
    if wanted.deed == "assign":
        return lambda one: reports.assign(app, by, one, wanted.to)
    if wanted.deed == "recategorize":
        return partial(_refile, app, by, wanted.category)
    verb = reports.resolve if wanted.deed == "resolve" else reports.reopen
    return lambda one: verb(app, by, one)


async def _refile(app: App, by: Moderator, category: str, report_id: int) -> None:
    rules = (await reports.get(app, report_id)).rule_ids if category == "violation" else []
    await reports.recategorize(app, by, report_id, category=category, rule_ids=rules)


async def _standings(app: App, ids: Iterable[int]) -> dict[int, Standing]:
    return {row["id"]: _standing(row) for row in await app.db.rows(_FOUND, sorted(ids))}


def _standing(row: Row) -> Standing:
    when, who, worker = row["action_taken_at"], row["action_taken_by_id"], row["assigned_to_id"]
    return when, who, worker, row["category"], row["rule_ids"]


async def _statements(app: App, by: Moderator, mark: int, rows: Sequence[Row]) -> list[str]:
    """Return the ids of the statements of reasons that were written since `mark` was given out."""
    targets = sorted({row["target_id"] for row in rows})
    return [str(row["id"]) for row in await app.db.rows(_MADE, mark, by.account_id, targets)]


async def get(app: App, by: Moderator, batch_id: int) -> Batch | None:
    """Return a batch of this moderator's own, None when there is none of this number."""
    row = await app.db.row(_KEPT, str(batch_id))
    if row is None or row["actor_id"] != by.account_id:
        return None
    detail = msgspec.json.decode(row["detail"])
    return Batch(batch_id, detail["deed"], len(detail.get("reports", {})), bool(row["undone"]))


async def undo(app: App, by: Moderator, batch_id: int) -> int:
    """Take one's own batch back; return how many reports stand as before. One that changed since stays as it is.

    Decisions about accounts are revoked. Nothing happens the second time. `NotFound`; `Forbidden`, `Conflict` as
    `revoking.revoke` raises them.
    """
    async with app.db.transaction():
        row = await app.db.row(_KEPT, str(batch_id))
        if row is None or row["actor_id"] != by.account_id or not by.may(Power.REPORTS):
            raise NotFound
        if row["undone"]:
            return 0
        detail = msgspec.json.decode(row["detail"])
        for statement_id in detail.get("statements", ()):
            await revoking.revoke(app, by, int(statement_id))
        kept = {int(one): pair for one, pair in detail.get("reports", {}).items()}
        now = await _standings(app, kept)
        back = [one for one in now if now[one] == tuple(kept[one][1])]
        for one in back:
            await _restore(app, one, kept[one][0])
        await _note(app, by, _UNDONE, batch_id, {"what": "reports", "deed": detail["deed"], "done": len(back)})
    return len(back)


async def _restore(app: App, report_id: int, standing: Sequence[Any]) -> None:
    closed, who, worker, category, rules = standing
    when = None if closed is None else from_ms(closed)
    await app.db.execute(_RESTORE, when, who, worker, category, rules, report_id)


async def _note(app: App, by: Moderator, action: str, batch_id: int, detail: dict[str, Any]) -> None:
    await audit.record(app, actor_id=by.account_id, action=action, target_type="batch", target=batch_id, detail=detail)

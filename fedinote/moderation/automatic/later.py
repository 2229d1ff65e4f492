"""What rules do to posts that are there already, and how that is taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from fedinote.events import PolicyApplied, PostEdited, PostMarked, RuleCaught
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.moderation import audit
from fedinote.moderation.automatic import held, reasons
from fedinote.moderation.cases import statements
from fedinote.moderation.cases.statements import Basis, Decision
from fedinote.moderation.moderator import Moderator
from fedinote.policy.base import Catch
from fedinote.policy.rules import judging
from fedinote.policy.rules.book import ACTIONS, Compiled
from fedinote.posts import publishing, withdrawn
from fedinote.posts.holding import HELD

_CHANGEABLE = ("spoiler_text", "sensitive", "visibility")
_LOCKED = "SELECT * FROM posts WHERE id = ?"
_MEASURE = """INSERT INTO rule_measures (id, rule_id, post_id, version, action, former, created_at)
 VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id"""
_MARK = """INSERT INTO rule_measures (id, rule_id, post_id, version, action, former, created_at)
 SELECT CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS TEXT), CAST(? AS TEXT),
 CAST(? AS BIGINT) WHERE EXISTS (SELECT 1 FROM rules r WHERE r.id = ?)"""
_MEASURES = """SELECT * FROM rule_measures WHERE rule_id = ? AND undone_at IS NULL AND created_at >= ?
 ORDER BY id LIMIT 500"""
_OF_POST = "SELECT * FROM rule_measures WHERE rule_id = ? AND post_id = ? AND undone_at IS NULL ORDER BY id"
_OTHERS = """SELECT id, action, former FROM rule_measures WHERE post_id = ? AND version = ? AND id <> ?
 AND undone_at IS NULL ORDER BY id"""
_FIELDS = {"warn": ("spoiler_text", "sensitive"), "sensitive": ("sensitive",), "limit": ("visibility",)}
_STATEMENTS = {
    "warn": "post.sensitive",
    "sensitive": "post.sensitive",
    "limit": "post.limit",
    "hold": "post.hold",
    "reject": "post.delete",
}


@dataclass(frozen=True, slots=True)
class Undone:
    """How many posts are shown as they were before, and how many are gone for good."""

    restored: int
    gone: int


async def take(app: App, row: Row, rules: Mapping[int, Compiled], caught: Sequence[Catch]) -> tuple[Catch, ...]:
    """Do to a stored post (`stored.find`) what the rules that caught it say; return those that had not done it before.

    Each is in `rule_hits`, and the audit log says why. A post that was edited, released or held meanwhile is left
    alone. What other servers have is changed with it, but for what is only held.
    """
    async with app.db.transaction():
        # The whole lock at once, as it may be deleted: see `publishing.delete`.
        present = await app.db.row(_LOCKED + (" FOR UPDATE" if app.db.lock else ""), row["id"])
        if present is None or withdrawn.version(present) != withdrawn.version(row):
            return ()
        if present["visibility"] == HELD or withdrawn.cleared(present):
            return ()
        new = [one for one in caught if await _first(app, present, rules[one.rule_id], one)]
        if new:
            await _tell(app, row, rules, new)
            await _do(app, row, present, rules, new)
    return tuple(new)


async def _first(app: App, present: Row, rule: Compiled, catch: Catch) -> bool:
    """Write a measure down, once for each rule and version of a post, with what it replaces."""
    changes = judging.changed(catch.action, rule.title, present["spoiler_text"], present["visibility"])
    former = {name: present[name] for name in _CHANGEABLE if name in changes and changes[name] != present[name]}
    if "sensitive" in former:
        former["sensitive"] = bool(former["sensitive"])
    made = await app.db.returning(
        _MEASURE, app.ids.next(), rule.id, present["id"], withdrawn.version(present), catch.action,
        msgspec.json.encode(former).decode(), app.now(),
    )  # fmt: skip
    return bool(made)


async def on_post_marked(app: App, event: PostMarked) -> None:
    """Keep what rules changed of a post as it came, so that it can be taken back; in the transaction that stores it."""
    former = dict(event.former)
    for rule_id, action in event.catches:
        own = {name: former.pop(name) for name in _FIELDS.get(action, ()) if name in former}
        await app.db.execute(
            _MARK, app.ids.next(), rule_id, event.post_id,
            to_ms(event.version), action, msgspec.json.encode(own).decode(), app.now(), rule_id,
        )  # fmt: skip


async def _tell(app: App, row: Row, rules: Mapping[int, Compiled], new: Sequence[Catch]) -> None:
    strongest = max(new, key=lambda one: ACTIONS.index(one.action))
    reason = "; ".join(f"{rules[one.rule_id].title}: {one.why}" for one in new)
    outcome = judging.OUTCOMES[strongest.action]
    await app.emit(PolicyApplied("rules", outcome, reason, "post", row["account_id"], row["uri"]))
    for one in new:
        await app.emit(RuleCaught(one.rule_id, one.action, one.why, row["account_id"], row["uri"]))


async def _do(app: App, row: Row, present: Row, rules: Mapping[int, Compiled], new: Sequence[Catch]) -> None:
    strongest = max(new, key=lambda one: ACTIONS.index(one.action))
    rule = rules[strongest.rule_id]
    if strongest.action == "suspend" and await _suspended(app, row["account_id"]):
        return  # nothing of the author is seen any more, until that is undone
    if strongest.action in ("reject", "suspend"):
        await _remove(app, row, rule, strongest)
        return
    changed = await _change(app, present, rules, new)
    if strongest.action == "hold":
        changed |= await _hold(app, row["id"], f"{rule.title}: {strongest.why}")
    if changed:
        await _state(app, row, rule, strongest)


async def _hold(app: App, post_id: int, reason: str) -> bool:
    present = await app.db.row(_LOCKED, post_id)
    return present is not None and await withdrawn.take(app, present, reason)


async def _suspended(app: App, account_id: int) -> bool:
    sql = "SELECT 1 AS value FROM accounts WHERE id = ? AND suspended_at IS NOT NULL"
    return await app.db.row(sql, account_id) is not None


async def _remove(app: App, row: Row, rule: Compiled, catch: Catch) -> None:
    """Delete a post as a moderator would, with a statement of reasons."""
    detail = {"account": str(row["account_id"]), "via": "rule", "reason": f"{rule.title}: {catch.why}"}
    await audit.record(app, actor_id=None, action="post.delete", target_type="post", target=row["uri"], detail=detail)
    await publishing.delete(app, row["id"])
    await _state(app, row, rule, Catch(catch.rule_id, "reject", catch.why))


async def _change(app: App, present: Row, rules: Mapping[int, Compiled], new: Sequence[Catch]) -> bool:
    """Change what mild actions change, of all rules together; False when it is so already."""
    changes: dict[str, Any] = {}
    for one in new:
        changes |= judging.changed(one.action, rules[one.rule_id].title, present["spoiler_text"], present["visibility"])
    changes = {name: value for name, value in changes.items() if value != present[name]}
    if changes:
        await _write(app, present, changes)
    return bool(changes)


async def _write(app: App, present: Row, changes: Mapping[str, Any]) -> None:
    values = [changes.get(name, present[name]) for name in _CHANGEABLE]
    values[1] = bool(values[1])
    sql = "UPDATE posts SET spoiler_text = ?, sensitive = ?, visibility = ? WHERE id = ?"
    await app.db.execute(sql, *values, present["id"])
    if values[2] != HELD:
        await app.emit(PostEdited(present["id"], present["account_id"], bool(present["local"]), str(values[2]), ()))


async def _state(app: App, row: Row, rule: Compiled, catch: Catch) -> None:
    """Write the statement of reasons for what was done, where something was."""
    action = _STATEMENTS.get(catch.action)
    if action is None:
        return
    text = reasons.of_rule(app, f"{rule.title}: {catch.why}", reasons.meant(catch.action))
    decision = Decision(action, row["account_id"], row["domain"] == "", None, text, (row["id"],))
    await statements.note(app, decision, Basis(rule_id=rule.id, language=reasons.LANGUAGE))


async def undo(app: App, rule_id: int, since: datetime) -> Undone:
    """Take back what a rule did from a moment on to posts that were there, but for held ones (`held.release`).

    Safe to repeat. Posts that were edited since stay as they are. Removed ones do not come back.
    """
    restored = 0
    while measures := await app.db.rows(_MEASURES, rule_id, since):
        for measure in measures:
            restored += await _restore(app, measure)
    return Undone(restored, await _lift(app, rule_id, since))


async def undo_posts(app: App, rule_id: int, post_ids: Sequence[int], by: Moderator) -> None:
    """Take back what a rule did to some posts, held ones too; rules leave them alone from now on."""
    for post_id in post_ids:
        for measure in await app.db.rows(_OF_POST, rule_id, post_id):
            await _restore(app, measure)
            await withdrawn.clear(app, post_id)
        for row in await app.db.rows("SELECT id FROM held_posts WHERE post_id = ? AND former <> ''", post_id):
            await held.release(app, row["id"], by=by)


async def _restore(app: App, measure: Row) -> bool:
    async with app.db.transaction():
        present = await app.db.row(f"{_LOCKED}{app.db.lock}", measure["post_id"])
        await app.db.execute("UPDATE rule_measures SET undone_at = ? WHERE id = ?", app.now(), measure["id"])
        if present is None or withdrawn.version(present) != measure["version"]:
            return False
        former = await _handed_on(app, measure, msgspec.json.decode(measure["former"]))
        if present["visibility"] == HELD and "visibility" in former:
            sql = "UPDATE held_posts SET former = ? WHERE post_id = ? AND former <> ''"
            await app.db.execute(sql, former.pop("visibility"), present["id"])
        changes = {name: value for name, value in former.items() if value != present[name]}
        if changes:
            await _write(app, present, changes)
        return bool(changes)


async def _handed_on(app: App, measure: Row, former: dict[str, Any]) -> dict[str, Any]:
    """Return what may be restored: what another rule wants as well stays, and is restored with that one."""
    others = await app.db.rows(_OTHERS, measure["post_id"], measure["version"], measure["id"])
    for other in others:
        handed = {name: former.pop(name) for name in _FIELDS.get(other["action"], ()) if name in former}
        if handed:
            kept = handed | msgspec.json.decode(other["former"])
            sql = "UPDATE rule_measures SET former = ? WHERE id = ?"
            await app.db.execute(sql, msgspec.json.encode(kept).decode(), other["id"])
    return former


async def _lift(app: App, rule_id: int, since: datetime) -> int:
    """End the statements of what a rule did to posts; return how many posts are gone."""
    rows = await app.db.rows(
        "SELECT id, action FROM statements WHERE rule_id = ? AND automated = TRUE AND lifted_at IS NULL"
        " AND action IN ('hold_statuses', 'unlist_statuses', 'mark_statuses_as_sensitive', 'delete_statuses')"
        " AND created_at >= ?",
        rule_id,
        since,
    )
    for row in rows:
        await statements.lift(app, row["id"], None, "undone")
    return sum(row["action"] == "delete_statuses" for row in rows)

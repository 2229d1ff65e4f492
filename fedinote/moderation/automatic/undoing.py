"""Taking back what a rule did by itself, all at once: what it holds is published, whom it suspended is restored."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime

from fedinote.infra.app import App
from fedinote.infra.clock import iso
from fedinote.infra.db import Query
from fedinote.infra.errors import FediNoteError
from fedinote.moderation import actions, audit
from fedinote.moderation.automatic import held, later, rules
from fedinote.moderation.moderator import Moderator

# Where another rule in force holds a post as well, that one decides. What was written here has no address yet: its hit
# was noted in the same moment.
_SAME = """{hit}.account_id = h.account_id AND {hit}.action = 'hold' AND {hit}.uri = COALESCE(h.uri, '')
 AND (h.uri IS NOT NULL OR h.created_at - {hit}.created_at BETWEEN 0 AND 5000)"""
HELD_BY_ANOTHER = f"""EXISTS (SELECT 1 FROM rule_hits o JOIN rules r ON r.id = o.rule_id WHERE r.id <> ?
 AND r.state = 'on' AND (r.expires_at IS NULL OR r.expires_at > ?) AND {_SAME.format(hit="o")})"""  # noqa: S608
"""Whether a rule in force, but for one, holds the post `h`; parameters: that one (0: no rule), and the present time."""
_HELD = f"""SELECT h.id FROM held_posts h WHERE EXISTS (SELECT 1 FROM rule_hits c WHERE c.rule_id = ?
 AND {_SAME.format(hit="c")}) AND h.created_at >= ? AND NOT {HELD_BY_ANOTHER} ORDER BY h.id"""  # noqa: S608  ours
_SUSPENDED = """SELECT s.account_id FROM statements s WHERE s.rule_id = ? AND s.action = 'suspend'
 AND s.automated = TRUE AND s.lifted_at IS NULL AND s.account_id IS NOT NULL AND s.created_at >= ? ORDER BY s.id"""
_EVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Undone:
    """How many posts were published, how many accounts restored, and what could not be undone.

    `unmarked`: how many posts that were there already are shown as before; `gone`: how many of those it deleted.
    """

    released: int
    restored: int
    failed: int
    unmarked: int = 0
    gone: int = 0


async def waiting(app: App, rule_id: int, *, since: datetime | None = None) -> tuple[int, int]:
    """Return what `undo` would take back now: how many posts the rule holds, and how many people it suspended."""
    moment = since or _EVER
    held_posts, suspended = await app.db.many(_held(app, rule_id, moment), (_SUSPENDED, (rule_id, moment)))
    return len(held_posts), len({row["account_id"] for row in suspended})


def _held(app: App, rule_id: int, since: datetime) -> Query:
    return _HELD, (rule_id, since, rule_id, app.now())


async def undo_all(app: App, rule_ids: Sequence[int], *, by: Moderator | None, since: datetime | None = None) -> Undone:
    """Take back what several rules did: all of them are off before the first post is published. See `undo`."""
    for rule_id in rule_ids:
        await rules.get(app, rule_id)
    for rule_id in rule_ids[1:]:
        await rules.switch(app, rule_id, "off", by=by)
    done = [await undo(app, rule_id, by=by, since=since) for rule_id in rule_ids]
    return Undone(*(sum(numbers) for numbers in zip(*map(astuple, done), strict=True)))


async def undo(app: App, rule_id: int, *, by: Moderator | None, since: datetime | None = None) -> Undone:
    """Switch a rule off and take back what it did. Safe to repeat: what was cut off goes on where it stopped.

    With `since` only what it did from that moment on is taken back.
    What another rule in force holds as well goes on waiting; first contact holds nothing that is published by this.
    Refused posts were never kept, so they do not come back. Warnings, marks and limits are taken off, of posts that it
    caught when they came and of those that were there already (`later`), unless they were edited since.
    `by` None is the command line. `NotFound`, `Forbidden`.
    """
    rule = await rules.switch(app, rule_id, "off", by=by)
    released = failed = restored = 0
    for row in (await app.db.many(_held(app, rule_id, since or _EVER)))[0]:
        try:
            released += await held.release(app, row["id"], by=by, own=True) is not None
        except FediNoteError:
            failed += 1
    for row in await app.db.rows(_SUSPENDED, rule_id, since or _EVER):
        try:
            await actions.unsuspend_by_rule(app, row["account_id"])
            restored += 1
        except FediNoteError:
            failed += 1
    after = await later.undo(app, rule_id, since or _EVER)
    await audit.record(
        app,
        actor_id=by.account_id if by else None,
        action="rule.undo",
        target_type="rule",
        target=rule_id,
        detail={
            "via": "" if by else "command line",
            "title": rule["title"],
            "since": iso(since) if since else None,
            "released": released,
            "restored": restored,
            "failed": failed or None,
            "unmarked": after.restored or None,
            "gone": after.gone or None,
        },
    )
    return Undone(released, restored, failed, after.restored, after.gone)

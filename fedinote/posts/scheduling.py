"""Posts that are published later: planned, moved, reworded, taken back, and published by a job when they are due.

The job carries the time for which it was planned. Where the post has been moved or taken back since, it does nothing.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, GiveUp, Invalid, NotFound
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft, PollDraft, encoded, prepare
from fedinote.posts.languages import VersionDraft

log = logging.getLogger(__name__)

Window = Callable[[str], tuple[str, Sequence[int], str]]
PUBLISH_JOB = "posts.publish_scheduled"
SOONEST = timedelta(minutes=5)
LATEST = timedelta(days=3650)
MOST_A_DAY = 25
MOST = 300
_COLUMNS = "s.id, s.account_id, s.params, s.due"
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A post that waits. `draft` is as it was checked when it was planned; `idempotency_key` is the client's."""

    id: int
    account_id: int
    due: datetime
    draft: Draft
    idempotency_key: str | None


def _scheduled(row: Row) -> Scheduled:
    params = msgspec.json.decode(row["params"])
    return Scheduled(row["id"], row["account_id"], from_ms(row["due"]), _draft(params), row["idempotency_key"])


def _params(draft: Draft) -> Mapping[str, Any]:
    """Turn a draft into what is stored. Ids of uploads are texts: the sweep of unused uploads looks for them."""
    return {
        "text": draft.text,
        "spoiler_text": draft.spoiler_text,
        "sensitive": draft.sensitive,
        "visibility": draft.visibility,
        "language": draft.language,
        "in_reply_to_id": draft.in_reply_to_id,
        "media_ids": [str(one) for one in draft.media_ids],
        "poll": draft.poll,
        "application": draft.application,
        "translations": dict(draft.translations),
        "quoted_id": draft.quoted_id,
        "quote_policy": draft.quote_policy,
        "reply_policy": draft.reply_policy,
        "machine_translation": draft.machine_translation,
        "covers": None if draft.covers is None else [str(one) for one in draft.covers],
    }


def _draft(params: Mapping[str, Any]) -> Draft:
    poll = params["poll"]
    media = tuple(int(one) for one in params["media_ids"])
    options = None if poll is None else PollDraft(**{**poll, "options": tuple(poll["options"])})
    covers = params.get("covers")
    versions = msgspec.convert(params.get("translations", {}), dict[str, VersionDraft])
    chosen = None if covers is None else tuple(int(one) for one in covers)
    return Draft(**{**params, "media_ids": media, "poll": options, "translations": versions, "covers": chosen})


async def schedule(
    app: App, author_id: int, draft: Draft, due: datetime, *, idempotency_key: str | None = None
) -> Scheduled:
    """Plan a post, five minutes to ten years ahead; it is checked now, and again when it is due.

    The same idempotency key of the same author gives the first plan again. Raises Invalid (also for the 26th of a
    day in UTC and the 301st altogether) and NotFound (parent, media).
    """
    key = idempotency_key[:255] if idempotency_key else None
    due = _checked(app, due)
    await prepare(app, author_id, draft)
    scheduled_id = app.ids.next()
    async with app.db.transaction():
        await _hold(app, author_id)
        if key and (earlier := await _earlier(app, author_id, key)):
            return earlier
        await _check_room(app, author_id, due)
        await app.db.execute(
            "INSERT INTO scheduled_posts (id, account_id, params, due, idempotency_key, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            scheduled_id,
            author_id,
            encoded(_params(draft)),
            due,
            key,
            app.now(),
        )
        await _plan(app, scheduled_id, due)
    return Scheduled(scheduled_id, author_id, due, draft, key)


def _checked(app: App, due: datetime) -> datetime:
    if due < app.now() + SOONEST:
        raise Invalid("Validation failed: Scheduled at must be at least five minutes in the future")
    if due > app.now() + LATEST:
        raise Invalid("Validation failed: Scheduled at must be within ten years")
    return from_ms(to_ms(due))


async def _hold(app: App, author_id: int) -> None:
    """Let plans of the same author wait for one another until the transaction ends; SQLite has one writer anyway."""
    if app.db.dialect == "postgresql":
        await app.db.rows("SELECT id FROM accounts WHERE id = ? FOR NO KEY UPDATE", author_id)


async def _earlier(app: App, author_id: int, key: str) -> Scheduled | None:
    row = await app.db.row(
        f"SELECT {_COLUMNS}, s.idempotency_key FROM scheduled_posts s"  # noqa: S608
        " WHERE s.account_id = ? AND s.idempotency_key = ?",
        author_id,
        key,
    )
    return None if row is None else _scheduled(row)


async def _check_room(app: App, author_id: int, due: datetime, *, but: int = 0) -> None:
    """Raise Invalid where there are too many plans already; `but` is a plan that is moved."""
    day = to_ms(due) // _DAY_MS * _DAY_MS
    counts = await app.db.row(
        "SELECT COUNT(*) AS total, COALESCE(SUM(CASE WHEN due >= ? AND due < ? THEN 1 ELSE 0 END), 0) AS on_day"
        " FROM scheduled_posts WHERE account_id = ? AND id <> ?",
        day,
        day + _DAY_MS,
        author_id,
        but,
    )
    assert counts is not None
    if counts["total"] >= MOST:
        raise Invalid(f"Validation failed: You have exceeded the limit of {MOST} scheduled posts")
    if counts["on_day"] >= MOST_A_DAY:
        raise Invalid(f"Validation failed: You have exceeded the limit of {MOST_A_DAY} scheduled posts for that day")


def _key(scheduled_id: int, due: datetime) -> str:
    return f"scheduled-{scheduled_id}-{to_ms(due)}"


async def _plan(app: App, scheduled_id: int, due: datetime) -> None:
    await jobs.enqueue(
        app,
        PUBLISH_JOB,
        {"scheduled_id": scheduled_id, "due": to_ms(due)},
        key=_key(scheduled_id, due),
        delay=(due - app.now()).total_seconds(),
    )


async def show(app: App, author_id: int, scheduled_id: int) -> Scheduled:
    """Return one of a person's plans. Raises NotFound."""
    row = await app.db.row(
        f"SELECT {_COLUMNS}, s.idempotency_key FROM scheduled_posts s WHERE s.id = ? AND s.account_id = ?",  # noqa: S608
        scheduled_id,
        author_id,
    )
    if row is None:
        raise NotFound
    return _scheduled(row)


async def page(app: App, author_id: int, window: Window) -> list[Scheduled]:
    """Return a person's plans, by their ids. What could not be published when it was due is still among them."""
    where, params, order = window("s.id")
    rows = await app.db.rows(
        f"SELECT {_COLUMNS}, s.idempotency_key FROM scheduled_posts s"  # noqa: S608
        f" WHERE s.account_id = ? AND {where} {order}",
        author_id,
        *params,
    )
    return [_scheduled(row) for row in rows]


async def move(app: App, author_id: int, scheduled_id: int, due: datetime) -> Scheduled:
    """Plan a post for another time, with the limits of `schedule`. Raises NotFound and Invalid."""
    due = _checked(app, due)
    async with app.db.transaction():
        await _hold(app, author_id)
        before = await show(app, author_id, scheduled_id)
        await _check_room(app, author_id, due, but=scheduled_id)
        await _moved(app, before, due)
        return await show(app, author_id, scheduled_id)


async def _moved(app: App, before: Scheduled, due: datetime) -> None:
    if due != before.due:
        await app.db.execute("UPDATE scheduled_posts SET due = ? WHERE id = ?", due, before.id)
        await jobs.take_back(app, _key(before.id, before.due))
        await _plan(app, before.id, due)


async def reword(app: App, author_id: int, scheduled_id: int, draft: Draft, due: datetime | None = None) -> Scheduled:
    """Plan another draft in the place of one; at the time of that one where `due` is None or its very minute.

    Checked as by `schedule`; a plan that is overdue needs another time. Raises Invalid and NotFound, and leaves the
    plan as it was.
    """
    await prepare(app, author_id, draft)
    async with app.db.transaction():
        await _hold(app, author_id)
        try:
            before = await show(app, author_id, scheduled_id)
        except NotFound as error:
            raise NotFound("This post is not planned any more: it was published or taken back") from error
        same = due is None or due == before.due.replace(second=0, microsecond=0)
        if not same or before.due <= app.now():
            due = _checked(app, before.due if due is None else due)
            await _check_room(app, author_id, due, but=scheduled_id)
            await _moved(app, before, due)
        params = encoded(_params(replace(draft, application=before.draft.application)))
        await app.db.execute("UPDATE scheduled_posts SET params = ? WHERE id = ?", params, scheduled_id)
        return await show(app, author_id, scheduled_id)


async def cancel(app: App, author_id: int, scheduled_id: int) -> None:
    """Publish a planned post never. Raises NotFound."""
    async with app.db.transaction():
        await _hold(app, author_id)
        before = await show(app, author_id, scheduled_id)
        await app.db.execute("DELETE FROM scheduled_posts WHERE id = ?", scheduled_id)
        await jobs.take_back(app, _key(scheduled_id, before.due))


async def publish(app: App, scheduled_id: int, due: int) -> None:
    """Publish a post that is due (`due` in epoch ms), once: plan and post change places in one transaction.

    The function of PUBLISH_JOB. What cannot be published any more (its parent or a file is gone, a rule refuses it,
    the author may not log in) stays among the plans, so that the text is not lost. Raises GiveUp.
    """
    try:
        async with app.db.transaction():
            row = await _due(app, scheduled_id, due)
            if row is not None:
                await _publish(app, _scheduled(row))
    except (Invalid, NotFound) as error:
        raise GiveUp(f"a scheduled post cannot be published: {error.reason}") from error


async def _due(app: App, scheduled_id: int, due: int) -> Row | None:
    """Return the plan, held until the transaction ends, as long as its author may post."""
    author: int | None = await app.db.value(
        "SELECT account_id AS value FROM scheduled_posts WHERE id = ?", scheduled_id
    )
    if author is None:
        return None
    await _hold(app, author)
    return await app.db.row(
        f"SELECT {_COLUMNS}, s.idempotency_key FROM scheduled_posts s JOIN accounts a ON a.id = s.account_id"  # noqa: S608
        " JOIN users u ON u.account_id = a.id"
        " WHERE s.id = ? AND s.due = ? AND a.suspended_at IS NULL AND a.deleted_at IS NULL AND u.state = 'active'",
        scheduled_id,
        due,
    )


async def _publish(app: App, plan: Scheduled) -> None:
    try:
        await publishing.publish(app, plan.account_id, plan.draft, idempotency_key=f"scheduled-{plan.id}")
    except Forbidden as error:  # nothing was stored but the audit log's reason, which stays
        log.info("a scheduled post was refused", extra={"reason": error.reason})
        return
    await app.db.execute("DELETE FROM scheduled_posts WHERE id = ?", plan.id)

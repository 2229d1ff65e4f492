"""Voting, and the end of polls."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fedinote.events import PollClosed, PollVoted
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.posts import visibility
from fedinote.posts.drafts import encoded

CLOSE_JOB = "posts.close_poll"


async def find(app: App, viewer_id: int | None, poll_id: int) -> Row:
    """Return a poll's row with its post's author as `author_id`; NotFound when the viewer may not see the post."""
    row = await app.db.row(
        "SELECT q.*, p.account_id AS author_id, p.local FROM polls q JOIN posts p ON p.id = q.post_id WHERE q.id = ?",
        poll_id,
    )
    if row is None:
        raise NotFound
    await visibility.sees(app, viewer_id, row["post_id"])
    return row


async def vote(app: App, account_id: int, poll_id: int, choices: Sequence[int], *, local: bool = True) -> None:
    """Count a person's choices, each once. Raises Invalid: ended, own poll, voted already, no such option, too many.

    In a poll with several choices others may be added later; those of remote voters come one by one (`local` False).
    Emits PollVoted.
    """
    found = await find(app, account_id, poll_id)
    wanted = tuple(dict.fromkeys(choices))
    async with app.db.transaction():
        poll = await app.db.row(f"SELECT * FROM polls WHERE id = ?{app.db.lock}", poll_id)  # noqa: S608
        if poll is None:
            raise NotFound
        counted = msgspec.json.decode(poll["options"])
        _check(app, poll, wanted, own=found["author_id"] == account_id)
        before = {r["choice"] for r in await app.db.rows(
            "SELECT choice FROM poll_votes WHERE poll_id = ? AND account_id = ?", poll_id, account_id)}  # fmt: skip
        if before and (not poll["multiple"] or before & set(wanted)):
            raise Invalid("Validation failed: You have already voted on this poll")
        await app.db.execute_many(
            "INSERT INTO poll_votes (poll_id, account_id, choice) VALUES (?, ?, ?)",
            [(poll_id, account_id, choice) for choice in wanted],
        )
        for choice in wanted:
            counted[choice]["votes"] += 1
        await app.db.execute(
            "UPDATE polls SET options = ?, voters_count = voters_count + ? WHERE id = ?",
            encoded(counted),
            0 if before else 1,
            poll_id,
        )
        await app.emit(PollVoted(poll_id, poll["post_id"], account_id, found["author_id"], local, wanted))


def _check(app: App, poll: Row, choices: tuple[int, ...], *, own: bool) -> None:
    options = len(msgspec.json.decode(poll["options"]))
    if poll["expires_at"] is not None and poll["expires_at"] <= to_ms(app.now()):
        raise Invalid("Validation failed: The poll has already ended")
    if own:
        raise Invalid("Validation failed: You cannot vote in your own poll")
    if not choices or any(choice < 0 or choice >= options for choice in choices):
        raise Invalid("Validation failed: The chosen option does not exist")
    if len(choices) > 1 and not poll["multiple"]:
        raise Invalid("Validation failed: Only one option can be chosen")


async def plan_close(app: App, poll_id: int, expires_at: datetime) -> None:
    """Queue the end of a poll."""
    delay = max(0.0, (expires_at - app.now()).total_seconds())
    await jobs.enqueue(app, CLOSE_JOB, {"poll_id": poll_id}, key=f"close-poll-{poll_id}", delay=delay)


async def close(app: App, poll_id: int) -> None:
    """Tell those concerned that a poll has ended. Emits PollClosed."""
    row = await app.db.row(
        "SELECT q.id, q.post_id, q.expires_at, p.account_id FROM polls q JOIN posts p ON p.id = q.post_id"
        " WHERE q.id = ?",
        poll_id,
    )
    if row is None:
        return
    async with app.db.transaction():
        if row["expires_at"] is not None and row["expires_at"] > to_ms(app.now()):
            await plan_close(app, poll_id, from_ms(row["expires_at"]))  # its author moved the end
        else:
            await app.emit(PollClosed(row["id"], row["post_id"], row["account_id"]))

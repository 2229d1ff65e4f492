"""Telling somebody what the staff decided about their account or posts, and why.

https://docs.joinmastodon.org/entities/AccountWarning/
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from fedinote.events import AccountWarned, AppealAnswered
from fedinote.infra.app import App
from fedinote.notifications.telling import News, tell

KIND = "moderation_warning"


@dataclass(frozen=True, slots=True)
class Warned:
    """A decision as its subject is told. Times are epoch milliseconds."""

    id: int
    account_id: int
    action: str
    text: str
    post_ids: tuple[int, ...]
    created_at: int


async def on_account_warned(app: App, event: AccountWarned) -> None:
    """Keep what was decided, and tell the account (`moderation_warning`): the notification's subject is its id.

    A warning has the id of the statement of reasons behind it.
    """
    warning_id = event.statement_id
    await app.db.execute(
        "INSERT INTO account_warnings (id, account_id, action, text, post_ids, created_at) VALUES (?, ?, ?, ?, ?, ?)",
        warning_id,
        event.account_id,
        event.action,
        event.text,
        msgspec.json.encode(list(event.post_ids)).decode(),
        app.now(),
    )
    await tell(app, News(KIND, event.account_id, subject=str(warning_id)), [event.account_id])


async def on_appeal_answered(app: App, event: AppealAnswered) -> None:
    """Tell the member again, at the top: the warning stands with its appeal, which was answered or decided."""
    subject = str(event.statement_id)
    await app.db.execute(
        "DELETE FROM notifications WHERE account_id = ? AND kind = ? AND subject = ?", event.account_id, KIND, subject
    )
    if event.statement_id in await by_id(app, [event.statement_id]):
        await tell(app, News(KIND, event.account_id, subject=subject), [event.account_id])


async def by_id(app: App, ids: Sequence[int]) -> dict[int, Warned]:
    """Return warnings by id; one query, none for none."""
    if not ids:
        return {}
    rows = await app.db.rows(
        "SELECT id, account_id, action, text, post_ids, created_at FROM account_warnings WHERE id IN_INTS(?)",
        list(ids),
    )
    return {
        row["id"]: Warned(
            row["id"],
            row["account_id"],
            row["action"],
            row["text"],
            tuple(msgspec.json.decode(row["post_ids"])),
            row["created_at"],
        )
        for row in rows
    }

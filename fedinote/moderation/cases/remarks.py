"""What moderators keep in mind about an account, for each other: nobody else ever reads it."""

from dataclasses import dataclass
from datetime import datetime

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation import audit, moderator
from fedinote.moderation.moderator import Moderator, Power

MAX_TEXT = 2000
MAX_REMARKS = 200
_LISTING = "SELECT id, author_id, text, created_at FROM account_remarks WHERE account_id = ? ORDER BY id LIMIT ?"


@dataclass(frozen=True, slots=True)
class Remark:
    """A note about an account. `author_id` is the moderator's account."""

    id: int
    author_id: int | None
    text: str
    created_at: datetime


async def write(app: App, by: Moderator, account_id: int, text: str) -> Remark:
    """Keep a note about an account. Audited, without its words. `NotFound`, `Forbidden`, `Invalid`."""
    _check(by)
    text = text.strip()
    if not text:
        raise Invalid("Validation failed: Text can't be blank")
    if len(text) > MAX_TEXT:
        raise Invalid(f"Validation failed: Text is too long (maximum is {MAX_TEXT} characters)")
    made = Remark(app.ids.next(), by.account_id, text, app.now())
    async with app.db.transaction():
        if await app.db.row("SELECT 1 AS value FROM accounts WHERE id = ? AND deleted_at IS NULL", account_id) is None:
            raise NotFound
        await app.db.execute(
            "INSERT INTO account_remarks (id, account_id, author_id, text, created_at) VALUES (?, ?, ?, ?, ?)",
            made.id,
            account_id,
            made.author_id,
            text,
            made.created_at,
        )
        await _note(app, by, "account.note", account_id)
    return made


async def remove(app: App, by: Moderator, account_id: int, remark_id: int) -> None:
    """Throw a note away; nothing happens when it is gone already. Audited. `Forbidden`."""
    _check(by)
    if await moderator.concerned(app, by, account_id):
        raise Forbidden
    async with app.db.transaction():
        sql = "DELETE FROM account_remarks WHERE id = ? AND account_id = ?"
        if await app.db.execute(sql, remark_id, account_id):
            await _note(app, by, "account.unnote", account_id)


async def about(app: App, by: Moderator, account_id: int) -> list[Remark]:
    """Return the notes about an account, oldest first. `Forbidden`.

    Those about oneself are for others, where somebody else moderates.
    """
    _check(by)
    if await moderator.concerned(app, by, account_id):
        return []
    rows = await app.db.rows(_LISTING, account_id, MAX_REMARKS)
    return [Remark(row["id"], row["author_id"], row["text"], from_ms(row["created_at"])) for row in rows]


def _check(by: Moderator) -> None:
    if not by.may(Power.ACCOUNTS):
        raise Forbidden


async def _note(app: App, by: Moderator, action: str, account_id: int) -> None:
    await audit.record(app, actor_id=by.account_id, action=action, target_type="account", target=account_id)

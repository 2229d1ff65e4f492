"""Drafts: what a member began to write and keeps here, to go on with it later or on another device.

Nobody else sees them. Uploads that one of them has are not swept away; ids stand in it as texts for that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.posts.drafts import encoded

MOST = 50
MAX_LENGTH = 200_000
"""Characters that one may have as JSON: several times the longest post in two languages."""
Content = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A draft. `content` has the values of the form's fields by name, several for some."""

    id: int
    content: Content
    updated: datetime

    def first(self, name: str) -> str:
        """Return the first value of a field, "" for none."""
        return next(iter(self.content.get(name, ())), "")


def _unfinished(row: Row) -> Unfinished:
    content = msgspec.json.decode(row["content"], type=dict[str, list[str]])
    return Unfinished(row["id"], content, from_ms(row["updated_at"]))


async def keep(app: App, account_id: int, content: Content, draft_id: int | None = None) -> int:
    """Keep a draft, in the place of the one with this id where there is one; return its id.

    Raises Invalid for one that is too long, and when there are `MOST` already.
    """
    text = encoded({name: list(values) for name, values in content.items()}) or "{}"
    if len(text) > MAX_LENGTH:
        raise Invalid("Validation failed: The draft is too long")
    now = app.now()
    async with app.db.transaction():
        if draft_id is not None and await app.db.execute(
            "UPDATE unfinished_posts SET content = ?, updated_at = ? WHERE id = ? AND account_id = ?",
            text, now, draft_id, account_id,
        ):  # fmt: skip
            return draft_id
        if app.db.lock:
            await app.db.rows("SELECT 1 AS value FROM accounts WHERE id = ? FOR NO KEY UPDATE", account_id)
        kept = await app.db.value("SELECT COUNT(*) AS value FROM unfinished_posts WHERE account_id = ?", account_id)
        if kept >= MOST:
            raise Invalid(f"Validation failed: You can keep at most {MOST} drafts")
        new_id = app.ids.next()
        await app.db.execute(
            "INSERT INTO unfinished_posts (id, account_id, content, created_at, updated_at) VALUES (?, ?, ?, ?, ?)",
            new_id, account_id, text, now, now,
        )  # fmt: skip
    return new_id


async def mine(app: App, account_id: int) -> list[Unfinished]:
    """Return a person's drafts, those changed last first."""
    rows = await app.db.rows(
        "SELECT id, content, updated_at FROM unfinished_posts WHERE account_id = ? ORDER BY updated_at DESC, id DESC",
        account_id,
    )
    return [_unfinished(row) for row in rows]


async def find(app: App, account_id: int, draft_id: int) -> Unfinished:
    """Return one of a person's drafts. Raises NotFound."""
    row = await app.db.row(
        "SELECT id, content, updated_at FROM unfinished_posts WHERE id = ? AND account_id = ?", draft_id, account_id
    )
    if row is None:
        raise NotFound
    return _unfinished(row)


async def drop(app: App, account_id: int, draft_id: int) -> None:
    """Forget a draft; nothing happens when it is gone already."""
    await app.db.execute("DELETE FROM unfinished_posts WHERE id = ? AND account_id = ?", draft_id, account_id)

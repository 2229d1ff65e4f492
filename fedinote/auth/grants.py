"""The apps that act for a person: which, with what rights, since when; and taking the rights back."""

from dataclasses import dataclass
from datetime import datetime

from fedinote.auth import tokens
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.errors import NotFound


@dataclass(frozen=True, slots=True)
class Grant:
    """One app, with all its tokens together. `last_used_at` is None when none was used yet."""

    app_id: int
    name: str
    website: str | None
    scopes: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None


async def of(app: App, user_id: int) -> list[Grant]:
    """Return the apps that hold a valid token of a person, the last connected first."""
    rows = await app.db.rows(
        "SELECT t.app_id, t.scopes, t.created_at, t.last_used_at, c.name, c.website FROM oauth_tokens t"
        " JOIN oauth_apps c ON c.id = t.app_id WHERE t.user_id = ? AND t.revoked_at IS NULL ORDER BY t.id DESC",
        user_id,
    )
    found: dict[int, Grant] = {}
    for row in rows:
        known = found.get(row["app_id"])
        used = [] if row["last_used_at"] is None else [from_ms(row["last_used_at"])]
        used += [known.last_used_at] if known is not None and known.last_used_at is not None else []
        scopes = [*(known.scopes if known else ()), *row["scopes"].split()]
        found[row["app_id"]] = Grant(
            row["app_id"],
            row["name"],
            row["website"],
            tuple(dict.fromkeys(scopes)),
            from_ms(row["created_at"]),
            max(used, default=None),
        )
    return list(found.values())


async def revoke(app: App, user_id: int, app_id: int) -> None:
    """Take all rights of an app over a person's account back, at once. `NotFound` when it has none."""
    async with app.db.transaction():
        rows = await app.db.rows(
            "SELECT id FROM oauth_tokens WHERE user_id = ? AND app_id = ? AND revoked_at IS NULL", user_id, app_id
        )
        if not rows:
            raise NotFound
        await app.db.execute(
            "DELETE FROM oauth_codes WHERE user_id = ? AND app_id = ? AND token_id IS NULL", user_id, app_id
        )
        await tokens.revoke_ids(app, [row["id"] for row in rows])

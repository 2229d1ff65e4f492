"""What a person has, as CSV: whom one follows, blocks and mutes, lists, bookmarks, blocked domains. One query each."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.portability import formats

_PEOPLE = "a.username, a.domain"
_QUERIES: Mapping[str, str] = {
    "follows": f"SELECT {_PEOPLE}, r.reblogs, r.notify, r.languages FROM follows r"  # noqa: S608
    " JOIN accounts a ON a.id = r.target_id WHERE r.follower_id = ? AND r.accepted AND a.deleted_at IS NULL"
    " ORDER BY r.id DESC",
    "blocks": f"SELECT {_PEOPLE} FROM blocks r JOIN accounts a ON a.id = r.target_id"  # noqa: S608
    " WHERE r.account_id = ? AND a.deleted_at IS NULL ORDER BY r.id DESC",
    "mutes": f"SELECT {_PEOPLE}, r.hide_notifications FROM mutes r JOIN accounts a ON a.id = r.target_id"  # noqa: S608
    " WHERE r.account_id = ? AND a.deleted_at IS NULL ORDER BY r.id DESC",
    "lists": f"SELECT l.title, {_PEOPLE} FROM lists l JOIN list_members m ON m.of_list_id = l.id"  # noqa: S608
    " JOIN accounts a ON a.id = m.account_id WHERE l.account_id = ? AND a.deleted_at IS NULL ORDER BY l.id, m.id",
    "bookmarks": "SELECT p.uri FROM bookmarks b JOIN posts p ON p.id = b.post_id WHERE b.account_id = ?"
    " ORDER BY b.id DESC",
    "domain_blocks": "SELECT d.domain FROM account_domain_blocks d WHERE d.account_id = ? ORDER BY d.id DESC",
}
Cells = Callable[[App, Row], Sequence[str]]


def address(app: App, row: Row) -> str:
    """Return the address of a row's account, with our domain for the people here: others import it too."""
    return f"{row['username']}@{row['domain'] or app.settings.handle_host}"


def _follow(app: App, row: Row) -> Sequence[str]:
    languages = msgspec.json.decode(row["languages"]) if row["languages"] else []
    shown, told = formats.from_flag(row["reblogs"]), formats.from_flag(row["notify"])
    return address(app, row), shown, told, ", ".join(languages)


_CELLS: Mapping[str, Cells] = {
    "follows": _follow,
    "blocks": lambda app, row: (address(app, row),),
    "mutes": lambda app, row: (address(app, row), formats.from_flag(row["hide_notifications"])),
    "lists": lambda app, row: (row["title"], address(app, row)),
    "bookmarks": lambda app, row: (row["uri"],),
    "domain_blocks": lambda app, row: (row["domain"],),
}


_COUNTED = {
    "follows": "follows r WHERE r.follower_id = ? AND r.accepted",
    "blocks": "blocks r WHERE r.account_id = ?",
    "mutes": "mutes r WHERE r.account_id = ?",
    "lists": "lists r WHERE r.account_id = ?",
    "bookmarks": "bookmarks r WHERE r.account_id = ?",
    "domain_blocks": "account_domain_blocks r WHERE r.account_id = ?",
}


async def counts(app: App, account_id: int) -> dict[str, int]:
    """Return how much a person has of each kind. One round to the database."""
    found = await app.db.many(
        *((f"SELECT COUNT(*) AS value FROM {sql}", (account_id,)) for sql in _COUNTED.values())  # noqa: S608
    )
    return {kind: rows[0]["value"] for kind, rows in zip(_COUNTED, found, strict=True)}


async def rows(app: App, account_id: int, kind: str) -> list[Sequence[str]]:
    """Return what a person has of a kind, as the cells of its file. Raises Invalid for an unknown kind."""
    formats.form(kind)
    return [_CELLS[kind](app, row) for row in await app.db.rows(_QUERIES[kind], account_id)]


async def export(app: App, account_id: int, kind: str) -> str:
    """Return the file of a kind. Raises Invalid for an unknown kind."""
    return formats.write(kind, await rows(app, account_id, kind))

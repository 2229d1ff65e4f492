"""Reading the list of blocked servers as the desk shows it: by name, comment, severity and where it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fedinote.infra.app import App
from fedinote.moderation.audit import Window
from fedinote.policy.models import DomainBlock

MAX_QUERY = 255
ORIGINS = ("hand", "list")
_FROM_LIST = "EXISTS (SELECT 1 FROM list_entries e WHERE e.block_id = b.id AND e.state = 'applied')"


@dataclass(frozen=True, slots=True)
class Origin:
    """The list that a block comes from, and when its advice ends (epoch milliseconds; None: never)."""

    source_id: int
    title: str
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """A block, and the list that it comes from; None: a person's."""

    block: DomainBlock
    origin: Origin | None


async def search(app: App, window: Window, *, text: str = "", severity: str = "", origin: str = "") -> list[Found]:
    """Return a page of blocks whose name or comment has `text`; of a severity, by "hand" or from a "list"."""
    where, params, order = window("b.id")
    conditions, values = [where], list[Any](params)
    if text:
        like = f"%{_escaped(text[:MAX_QUERY].lower())}%"
        conditions.append(
            "(b.domain LIKE ? ESCAPE '!' OR LOWER(b.public_comment) LIKE ? ESCAPE '!'"
            " OR LOWER(b.private_comment) LIKE ? ESCAPE '!')"
        )
        values += [like, like, like]
    if severity:
        conditions.append("b.severity = ?")
        values.append(severity)
    if origin in ORIGINS:
        conditions.append(_FROM_LIST if origin == "list" else f"NOT {_FROM_LIST}")
    rows = await app.db.rows(
        f"SELECT b.id FROM domain_blocks b WHERE {' AND '.join(conditions)} {order}",  # noqa: S608
        *values,
    )
    return await _found(app, [row["id"] for row in rows])


def _escaped(text: str) -> str:
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")


async def _found(app: App, ids: Sequence[int]) -> list[Found]:
    blocks = {one.id: one for one in await DomainBlock.filter(id__in=list(ids)).using_db(app.db.orm)}
    origins = await origins_of(app, ids)
    return [Found(blocks[one], origins.get(one)) for one in ids if one in blocks]


async def origins_of(app: App, block_ids: Sequence[int]) -> dict[int, Origin]:
    """Return the lists that these blocks come from, by block; one query."""
    rows = await app.db.rows(
        "SELECT e.block_id, e.source_id, e.expires_at, s.title FROM list_entries e"
        " JOIN list_sources s ON s.id = e.source_id WHERE e.state = 'applied' AND e.block_id IN_INTS(?) ORDER BY e.id",
        list(block_ids),
    )
    return {row["block_id"]: Origin(row["source_id"], row["title"], row["expires_at"]) for row in rows}


async def counts(app: App) -> dict[str, int]:
    """Return how many servers are blocked, by severity."""
    rows = await app.db.rows("SELECT severity, COUNT(*) AS number FROM domain_blocks GROUP BY severity")
    return {row["severity"]: row["number"] for row in rows}

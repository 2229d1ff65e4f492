"""Blocking addresses of the internet: the verbs that change the list, and reading it.

What a block keeps out is in `policy.ip_blocks`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation import deciding
from fedinote.moderation.moderator import Moderator, Power
from fedinote.policy import ip_blocks
from fedinote.policy.ip_blocks import SEVERITIES
from fedinote.policy.models import IpBlock

Window = Callable[[str], tuple[str, Sequence[int], str]]
MAX_COMMENT = 5000
LONGEST = timedelta(days=36_500)
_TAKEN = "Validation failed: Ip has already been taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Which addresses (one, or a network like 192.0.2.0/24), what they may not do, why, and until when.

    `severity`: sign_up_requires_approval, sign_up_block, no_access. `expires_at` None: until somebody ends it.
    """

    network: str
    severity: str
    comment: str = ""
    expires_at: datetime | None = None


def expiry(app: App, seconds: int | None) -> datetime | None:
    """Return the moment so many seconds from now; None stays None. `Invalid` for a negative time or above a century."""
    if seconds is None:
        return None
    if not 0 < seconds <= LONGEST.total_seconds():
        raise Invalid("Validation failed: Expires in must be a number of seconds of up to a hundred years")
    return app.now() + timedelta(seconds=seconds)


async def block(app: App, terms: Terms, *, by: Moderator | None) -> IpBlock:
    """Block addresses. `Invalid` for wrong terms and for a network that is blocked already; `Forbidden`."""
    name = _checked(terms, by)
    async with app.db.transaction():
        await app.db.execute("DELETE FROM ip_blocks WHERE network = ? AND expires_at <= ?", name, app.now())
        made = await app.db.returning(
            "INSERT INTO ip_blocks (id, network, severity, comment, expires_at, created_at, changed_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (network) DO NOTHING RETURNING id",
            app.ids.next(),
            name,
            terms.severity,
            terms.comment,
            terms.expires_at,
            app.now(),
            app.now(),
        )
        if not made:
            raise Invalid(_TAKEN)
        return await _noted(app, by, "ip_block.add", int(made[0]["id"]))


async def update(app: App, block_id: int, terms: Terms, *, by: Moderator | None) -> IpBlock:
    """Change a block wholly: addresses, severity, comment and end. `NotFound`, `Invalid`, `Forbidden`."""
    name = _checked(terms, by)
    async with app.db.transaction():
        await get(app, block_id)
        if await app.db.row("SELECT 1 AS value FROM ip_blocks WHERE network = ? AND id <> ?", name, block_id):
            raise Invalid(_TAKEN)
        await app.db.execute(
            "UPDATE ip_blocks SET network = ?, severity = ?, comment = ?, expires_at = ?, changed_at = ? WHERE id = ?",
            name,
            terms.severity,
            terms.comment,
            terms.expires_at,
            app.now(),
            block_id,
        )
        return await _noted(app, by, "ip_block.update", block_id)


async def unblock(app: App, block_id: int, *, by: Moderator | None) -> None:
    """End a block. `NotFound`, `Forbidden`."""
    deciding.check(by, Power.BLOCKS)
    async with app.db.transaction():
        found = await get(app, block_id)
        await app.db.execute("DELETE FROM ip_blocks WHERE id = ?", block_id)
        await deciding.note(app, by, "ip_block.remove", ("ip", found.network))
        app.db.after_commit(lambda: ip_blocks.forget(app))


async def _noted(app: App, by: Moderator | None, action: str, block_id: int) -> IpBlock:
    found = await get(app, block_id)
    until = found.expires_at.isoformat() if found.expires_at else ""
    await deciding.note(
        app, by, action, ("ip", found.network), severity=found.severity, reason=found.comment, until=until
    )
    app.db.after_commit(lambda: ip_blocks.forget(app))
    return found


def _checked(terms: Terms, by: Moderator | None) -> str:
    deciding.check(by, Power.BLOCKS)
    if not terms.severity:
        raise Invalid("Validation failed: Severity can't be blank")
    if terms.severity not in SEVERITIES:
        raise Invalid("Validation failed: Severity is not included in the list")
    if len(terms.comment) > MAX_COMMENT:
        raise Invalid(f"Validation failed: Comment is too long (maximum is {MAX_COMMENT} characters)")
    return str(ip_blocks.parse(terms.network))


async def get(app: App, block_id: int) -> IpBlock:
    """Return a block. `NotFound` when there is none."""
    found = await IpBlock.get_or_none(id=block_id, using_db=app.db.orm)
    if found is None:
        raise NotFound
    return found


async def find(app: App, network: str) -> IpBlock | None:
    """Return the block of exactly these addresses, in any spelling, or None. `Invalid` for what is no network."""
    return await IpBlock.get_or_none(network=str(ip_blocks.parse(network)), using_db=app.db.orm)


async def listing(app: App, window: Window) -> list[IpBlock]:
    """Return a page of blocks; `window` gives condition, parameters and order for a column (`Paging.sql`)."""
    where, params, order = window("b.id")
    rows = await app.db.rows(f"SELECT b.id FROM ip_blocks b WHERE {where} {order}", *params)  # noqa: S608
    ids = [row["id"] for row in rows]
    found = {one.id: one for one in await IpBlock.filter(id__in=ids).using_db(app.db.orm)}
    return [found[one] for one in ids if one in found]


async def everything(app: App) -> list[IpBlock]:
    """Return all blocks, the oldest first."""
    return await IpBlock.all().using_db(app.db.orm).order_by("id")

"""Blocking domains: the verbs that change the list, and reading it.

What a block keeps out while it lasts is in `policy.domains`, what it does to known accounts in `domain_effects`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.moderation import audit
from fedinote.moderation.moderator import Moderator, Power
from fedinote.moderation.servers import domain_changes, domain_effects
from fedinote.moderation.servers.domain_changes import Batch
from fedinote.policy import domains
from fedinote.policy.domains import SEVERITIES
from fedinote.policy.models import DomainBlock

Window = Callable[[str], tuple[str, Sequence[int], str]]
MAX_COMMENT = 5000
_COLUMNS = (
    "severity",
    "reject_media",
    "reject_reports",
    "followers_only",
    "warning",
    "private_comment",
    "public_comment",
    "obfuscate",
    "expires_at",
)
MAX_WARNING = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is done with a domain. `severity`: noop, silence (only followers see its people), suspend (nothing passes).

    `followers_only`: their public posts reach followers alone; `warning` (up to 200 characters) is put before them.
    `public_comment` is shown to everybody, `private_comment` to moderators; `obfuscate` hides letters of the name.
    At `expires_at` the block ends by itself (None: never).
    """

    severity: str = "suspend"
    reject_media: bool = False
    reject_reports: bool = False
    followers_only: bool = False
    warning: str = ""
    private_comment: str = ""
    public_comment: str = ""
    obfuscate: bool = False
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The block as it now is (None when there is none any more), and what it did to known accounts, in numbers."""

    block: DomainBlock | None
    numbers: dict[str, int]


async def block(app: App, domain: str, terms: Terms, *, by: Moderator | None, batch: Batch | None = None) -> Outcome:
    """Block a domain and its subdomains, or change the block that is there. `by` None: the command line.

    A suspended domain's accounts are suspended, their follows end both ways, and what waits to be delivered there is
    dropped. `batch`: the changes that this one is undone with; without one it stands alone. `Invalid` for what is no
    domain or a wrong term, and for our own domain and those above it.
    """
    name = key(app, domain)
    check(terms, by)
    async with app.db.transaction():
        made = await app.db.returning(
            f"INSERT INTO domain_blocks (id, domain, {', '.join(_COLUMNS)}, created_at)"  # noqa: S608 names of ours
            f" VALUES (?, ?, {', '.join('?' for _ in _COLUMNS)}, ?)"
            " ON CONFLICT (domain) DO NOTHING RETURNING id",
            app.ids.next(),
            name,
            *_values(terms),
            app.now(),
        )
        if not made:
            return await _change(app, name, terms, by, batch)
        await domain_changes.record(
            app, batch, domain_changes.BLOCK, name, before=None, after=terms, actor_id=_actor(by)
        )
        return await _carry_out(app, name, "domain.block", terms, by)


def key(app: App, domain: str) -> str:
    """Return a domain in the spelling that is stored. `Invalid` for what is none, for our own and those above it."""
    name = domains.key(domain)
    if any(domains.covers(name, own) for own in app.settings.own_hosts):
        raise Invalid("Validation failed: Domain is this server's own")
    return name


def _actor(by: Moderator | None) -> int | None:
    return by.account_id if by else None


async def update(app: App, block_id: int, terms: Terms, *, by: Moderator | None) -> Outcome:
    """Change what is done with a blocked domain. `NotFound`, `Invalid`."""
    check(terms, by)
    async with app.db.transaction():
        return await _change(app, (await get(app, block_id)).domain, terms, by, None)


async def _change(app: App, name: str, terms: Terms, by: Moderator | None, batch: Batch | None) -> Outcome:
    present = await find(app, name)
    before = None if present is None else terms_of(present)
    await domain_changes.record(app, batch, domain_changes.BLOCK, name, before=before, after=terms, actor_id=_actor(by))
    assignments = ", ".join(f"{column} = ?" for column in _COLUMNS)
    await app.db.execute(f"UPDATE domain_blocks SET {assignments} WHERE domain = ?", *_values(terms), name)  # noqa: S608
    return await _carry_out(app, name, "domain.update", terms, by)


async def unblock(app: App, block_id: int, *, by: Moderator | None, batch: Batch | None = None) -> Outcome:
    """End a block: accounts that only it silenced or suspended are restored, unless a block above still counts.

    Follows that it ended do not come back. `NotFound` when there is no such block.
    """
    _check_power(by)
    async with app.db.transaction():
        present = await get(app, block_id)
        name, before = present.domain, terms_of(present)
        await app.db.execute("DELETE FROM domain_blocks WHERE id = ?", block_id)
        await domain_changes.record(
            app, batch, domain_changes.BLOCK, name, before=before, after=None, actor_id=_actor(by)
        )
        return await _carry_out(app, name, "domain.unblock", None, by)


async def _carry_out(app: App, name: str, action: str, terms: Terms | None, by: Moderator | None) -> Outcome:
    """Let the changed list have its effect, and note the decision."""
    effects = await domain_effects.apply(app, name)
    detail: dict[str, Any] = {"via": "" if by else "command line", **effects.numbers()}
    if terms is not None:
        detail |= {"severity": terms.severity, "reason": terms.private_comment or terms.public_comment}
        detail |= {"reject_media": terms.reject_media or None, "reject_reports": terms.reject_reports or None}
        detail |= {"followers_only": terms.followers_only or None, "warning": terms.warning}
    await audit.record(
        app,
        actor_id=_actor(by),
        action=action,
        target_type="domain",
        target=name,
        detail=detail,
    )
    app.db.after_commit(lambda: domains.forget(app))
    return Outcome(await find(app, name), effects.numbers())


def check(terms: Terms, by: Moderator | None) -> None:
    """Refuse terms that no block can have: `Invalid`; and who may not block: `Forbidden`."""
    _check_power(by)
    if terms.severity not in SEVERITIES:
        raise Invalid("Validation failed: Severity is not included in the list")
    if len(terms.warning) > MAX_WARNING:
        raise Invalid(f"Validation failed: Warning is too long (maximum is {MAX_WARNING} characters)")
    if max(len(terms.private_comment), len(terms.public_comment)) > MAX_COMMENT:
        raise Invalid(f"Validation failed: Comment is too long (maximum is {MAX_COMMENT} characters)")


def _check_power(by: Moderator | None) -> None:
    if by is not None and not by.may(Power.DOMAINS):
        raise Forbidden


def _values(terms: Terms) -> list[Any]:
    return [getattr(terms, column) for column in _COLUMNS]


def terms_of(block: DomainBlock) -> Terms:
    """Return what is done with a blocked domain now."""
    return Terms(**{column: getattr(block, column) for column in _COLUMNS})


def merged(present: Terms | None, said: Terms) -> Terms:
    """Return the terms of a block after what a file says of it: switches stay on, and so does what no file can say."""
    if present is None:
        return said
    return replace(
        present,
        severity=said.severity,
        reject_media=present.reject_media or said.reject_media,
        reject_reports=present.reject_reports or said.reject_reports,
        public_comment=said.public_comment or present.public_comment,
        obfuscate=present.obfuscate or said.obfuscate,
    )


async def get(app: App, block_id: int) -> DomainBlock:
    """Return a block. `NotFound` when there is none."""
    found = await DomainBlock.get_or_none(id=block_id, using_db=app.db.orm)
    if found is None:
        raise NotFound
    return found


async def find(app: App, domain: str) -> DomainBlock | None:
    """Return the block of exactly this domain, in any spelling, or None. `Invalid` for what is no domain."""
    return await DomainBlock.get_or_none(domain=domains.key(domain), using_db=app.db.orm)


async def listing(app: App, window: Window) -> list[DomainBlock]:
    """Return a page of blocks; `window` gives condition, parameters and order for a column (`Paging.sql`)."""
    where, params, order = window("b.id")
    rows = await app.db.rows(f"SELECT b.id FROM domain_blocks b WHERE {where} {order}", *params)  # noqa: S608
    ids = [row["id"] for row in rows]
    found = {one.id: one for one in await DomainBlock.filter(id__in=ids).using_db(app.db.orm)}
    return [found[one] for one in ids if one in found]


async def expire(app: App) -> int:
    """End the blocks whose time is over; return how many (a periodic job)."""
    rows = await app.db.rows("SELECT id FROM domain_blocks WHERE expires_at <= ? ORDER BY id", app.now())
    for row in rows:
        try:
            await unblock(app, row["id"], by=None, batch=domain_changes.begin(app, "expiry"))
        except NotFound:  # somebody was quicker
            continue
    return len(rows)


async def everything(app: App) -> list[DomainBlock]:
    """Return all blocks, by name."""
    return await DomainBlock.all().using_db(app.db.orm).order_by("domain")

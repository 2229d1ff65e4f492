"""Blocking e-mail domains and e-mail addresses: the verbs that change the lists, and reading them.

Both keep people from signing up (`policy.emails`); nobody who is here already is touched. Of an address only the hash
of its canonical form is kept.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fedinote.auth.registrations import check_email
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation import deciding
from fedinote.moderation.moderator import Moderator, Power, Subordinate
from fedinote.policy import domains, emails
from fedinote.policy.emails import DAY_MS, DAYS_KEPT
from fedinote.policy.models import CanonicalEmailBlock, EmailDomainBlock

Window = Callable[[str], tuple[str, Sequence[int], str]]
_HASH = re.compile(r"[0-9a-f]{64}")
_HISTORY = (
    "SELECT block_id, day, COUNT(*) AS visitors, SUM(uses) AS uses FROM email_domain_attempts"
    " WHERE block_id IN_INTS(?) AND day > ? GROUP BY block_id, day"
)
_INSERT_HASH = (
    "INSERT INTO canonical_email_blocks (id, hash, account_id, created_at) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (hash) DO NOTHING RETURNING id"
)


@dataclass(frozen=True, slots=True)
class Day:
    """What a block refused on one day (days since 1970): so many attempts, by so many addresses."""

    day: int
    visitors: int
    uses: int


# -- domains --------------------------------------------------------------------------------------------------------


async def block_domain(app: App, domain: str, *, by: Moderator | None) -> EmailDomainBlock:
    """Let nobody sign up with addresses of a domain and those below. `Invalid` (also if it is blocked), `Forbidden`."""
    deciding.check(by, Power.BLOCKS)
    name = _domain(domain)
    async with app.db.transaction():
        made = await app.db.returning(
            "INSERT INTO email_domain_blocks (id, domain, created_at) VALUES (?, ?, ?)"
            " ON CONFLICT (domain) DO NOTHING RETURNING id",
            app.ids.next(),
            name,
            app.now(),
        )
        if not made:
            raise Invalid("Validation failed: Domain has already been taken")
        await deciding.note(app, by, "email_domain_block.add", ("domain", name))
        return await get_domain(app, int(made[0]["id"]))


def _domain(text: str) -> str:
    name = domains.key(text.strip().removeprefix("@"))
    if ":" in name:
        raise Invalid("Validation failed: Domain is not a valid domain name")
    return name


async def unblock_domain(app: App, block_id: int, *, by: Moderator | None) -> None:
    """End the block of an e-mail domain. `NotFound`, `Forbidden`."""
    deciding.check(by, Power.BLOCKS)
    async with app.db.transaction():
        found = await get_domain(app, block_id)
        await app.db.execute("DELETE FROM email_domain_blocks WHERE id = ?", block_id)
        await deciding.note(app, by, "email_domain_block.remove", ("domain", found.domain))


async def get_domain(app: App, block_id: int) -> EmailDomainBlock:
    """Return the block of an e-mail domain. `NotFound` when there is none."""
    found = await EmailDomainBlock.get_or_none(id=block_id, using_db=app.db.orm)
    if found is None:
        raise NotFound
    return found


async def find_domain(app: App, domain: str) -> EmailDomainBlock | None:
    """Return the block of exactly this e-mail domain, in any spelling, or None. `Invalid` for what is no domain."""
    return await EmailDomainBlock.get_or_none(domain=_domain(domain), using_db=app.db.orm)


async def domains_listing(app: App, window: Window) -> list[EmailDomainBlock]:
    """Return a page of blocked e-mail domains; `window` as in `Paging.sql`."""
    where, params, order = window("b.id")
    rows = await app.db.rows(f"SELECT b.id FROM email_domain_blocks b WHERE {where} {order}", *params)  # noqa: S608
    ids = [row["id"] for row in rows]
    found = {one.id: one for one in await EmailDomainBlock.filter(id__in=ids).using_db(app.db.orm)}
    return [found[one] for one in ids if one in found]


async def all_domains(app: App) -> list[EmailDomainBlock]:
    """Return all blocked e-mail domains, by name."""
    return await EmailDomainBlock.all().using_db(app.db.orm).order_by("domain")


async def history(app: App, block_ids: Sequence[int]) -> dict[int, list[Day]]:
    """Return what blocks of e-mail domains refused on each of the last seven days, today first. One query."""
    today = to_ms(app.now()) // DAY_MS
    rows = await app.db.rows(_HISTORY, list(block_ids), today - DAYS_KEPT)
    counted = {(row["block_id"], row["day"]): row for row in rows}
    found: dict[int, list[Day]] = {}
    for block_id in block_ids:
        for day in range(today, today - DAYS_KEPT, -1):
            row = counted.get((block_id, day))
            found.setdefault(block_id, []).append(
                Day(day, row["visitors"], int(row["uses"])) if row else Day(day, 0, 0)
            )
    return found


# -- addresses ------------------------------------------------------------------------------------------------------


async def block_address(
    app: App, email: str = "", *, fingerprint: str = "", by: Moderator | None
) -> CanonicalEmailBlock:
    """Let nobody sign up with an e-mail address, however it is dotted or plussed; or with what has this fingerprint.

    `Invalid` for what is neither, and for what is blocked already; `Forbidden`.
    """
    deciding.check(by, Power.BLOCKS)
    hashed = emails.fingerprint(check_email(email, any_host=True)) if email else fingerprint.strip().lower()
    if not _HASH.fullmatch(hashed):
        raise Invalid("Validation failed: Canonical email hash is invalid")
    async with app.db.transaction():
        made = await app.db.returning(_INSERT_HASH, app.ids.next(), hashed, None, app.now())
        if not made:
            raise Invalid("Validation failed: Canonical email hash has already been taken")
        await deciding.note(app, by, "email_block.add", ("email", hashed))
        return await get_address(app, int(made[0]["id"]))


async def unblock_address(app: App, block_id: int, *, by: Moderator | None) -> None:
    """End the block of an e-mail address. `NotFound`, `Forbidden`."""
    deciding.check(by, Power.BLOCKS)
    async with app.db.transaction():
        found = await get_address(app, block_id)
        await app.db.execute("DELETE FROM canonical_email_blocks WHERE id = ?", block_id)
        await deciding.note(app, by, "email_block.remove", ("email", found.hash))


async def block_address_of(app: App, target: Subordinate) -> None:
    """Block the e-mail address of a local account that is suspended, so that it does not come back under another name.

    Part of the running transaction; nothing happens when it is blocked already.
    """
    if target.user_id is None:
        return
    email = await app.db.value("SELECT email AS value FROM users WHERE id = ?", target.user_id)
    if email is not None:
        await app.db.returning(_INSERT_HASH, app.ids.next(), emails.fingerprint(email), target.id, app.now())


async def release_address_of(app: App, target: Subordinate) -> None:
    """End the block that the suspension of an account made; one that a person made stays."""
    await app.db.execute("DELETE FROM canonical_email_blocks WHERE account_id = ?", target.id)


async def get_address(app: App, block_id: int) -> CanonicalEmailBlock:
    """Return the block of an e-mail address. `NotFound` when there is none."""
    found = await CanonicalEmailBlock.get_or_none(id=block_id, using_db=app.db.orm)
    if found is None:
        raise NotFound
    return found


async def matching(app: App, email: str) -> list[CanonicalEmailBlock]:
    """Return the blocks that an e-mail address falls under: one, or none. `Invalid` for what is no address."""
    hashed = emails.fingerprint(check_email(email, any_host=True))
    return await CanonicalEmailBlock.filter(hash=hashed).using_db(app.db.orm)


async def addresses_listing(app: App, window: Window) -> list[CanonicalEmailBlock]:
    """Return a page of blocked e-mail addresses; `window` as in `Paging.sql`."""
    where, params, order = window("b.id")
    rows = await app.db.rows(f"SELECT b.id FROM canonical_email_blocks b WHERE {where} {order}", *params)  # noqa: S608
    ids = [row["id"] for row in rows]
    found = {one.id: one for one in await CanonicalEmailBlock.filter(id__in=ids).using_db(app.db.orm)}
    return [found[one] for one in ids if one in found]


async def all_addresses(app: App) -> list[CanonicalEmailBlock]:
    """Return all blocked e-mail addresses, the oldest first."""
    return await CanonicalEmailBlock.all().using_db(app.db.orm).order_by("id")

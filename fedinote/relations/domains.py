"""Blocking whole servers for oneself: nothing from there is shown, and follows end both ways.

A block is about one domain exactly, as in Mastodon: its subdomains are other servers. What the whole server has
nothing to do with is in `policy.domains`.
"""

from dataclasses import dataclass

import msgspec

from fedinote.events import Loss, RelationshipsSevered
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid
from fedinote.policy import domains
from fedinote.relations import follows
from fedinote.relations.lookup import Pager
from fedinote.relations.pairs import pair

PART_JOB = "relations.part_domain"
AT_ONCE = 50
"""How many follows end with the block itself; the others end in a job, as many at a time."""

_FOLLOWS = """
SELECT f.follower_id, f.target_id FROM follows f JOIN accounts a ON a.id = f.target_id
WHERE f.follower_id = ? AND a.domain = ?
UNION ALL
SELECT f.follower_id, f.target_id FROM follows f JOIN accounts a ON a.id = f.follower_id
WHERE f.target_id = ? AND a.domain = ?
LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class DomainEntry:
    """One line of a page: the id that the page goes by, and the domain."""

    id: int
    domain: str


async def block(app: App, account_id: int, domain: str) -> None:
    """Let `account` block a domain; repeating it changes nothing.

    Follows and requests between the account and that server end both ways (Unfollowed and FollowRejected are emitted
    for each), and its notifications go. Raises Invalid for what is no domain, and for our own; NotFound.
    """
    name = domains.key(domain)
    if name in {domains.key(own) for own in app.settings.own_hosts}:
        raise Invalid("Validation failed: Domain is this server's own")
    async with app.db.transaction():
        await pair(app, account_id, account_id)  # a follow that begins at this moment waits, and is then refused
        losses = await _losses(app, account_id, name)
        await app.db.write(
            (
                "INSERT INTO account_domain_blocks (id, account_id, domain, created_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO NOTHING",
                (app.ids.next(), account_id, name, app.now()),
            ),
            (
                "DELETE FROM notifications WHERE account_id = ? AND from_account_id IN"
                " (SELECT a.id FROM accounts a WHERE a.domain = ?)",
                (account_id, name),
            ),
        )
        if await _part(app, account_id, name) == AT_ONCE:
            await jobs.enqueue(app, PART_JOB, {"account_id": account_id, "domain": name})
        if losses:
            await app.emit(RelationshipsSevered("user_domain_block", name, losses))


async def _losses(app: App, account_id: int, domain: str) -> tuple[Loss, ...]:
    """Return who from there follows the account, and whom it follows there."""
    fans = await app.db.rows(
        "SELECT f.follower_id FROM follows f JOIN accounts a ON a.id = f.follower_id"
        " WHERE f.target_id = ? AND a.domain = ? AND f.accepted ORDER BY f.id",
        account_id,
        domain,
    )
    friends = await app.db.rows(
        "SELECT f.target_id, f.reblogs, f.notify, f.languages FROM follows f JOIN accounts a ON a.id = f.target_id"
        " WHERE f.follower_id = ? AND a.domain = ? AND f.accepted ORDER BY f.id",
        account_id,
        domain,
    )
    return (
        *(Loss(account_id, row["follower_id"], "follower") for row in fans),
        *(_friend(account_id, row) for row in friends),
    )


def _friend(account_id: int, row: Row) -> Loss:
    languages = tuple(msgspec.json.decode(row["languages"])) if row["languages"] else None
    return Loss(account_id, row["target_id"], "following", bool(row["reblogs"]), bool(row["notify"]), languages)


async def _part(app: App, account_id: int, domain: str) -> int:
    """End up to `AT_ONCE` follows and requests, both ways; the number of those that were found."""
    found = await app.db.rows(_FOLLOWS, account_id, domain, account_id, domain, AT_ONCE)
    for row in found:
        end = follows.undo if row["follower_id"] == account_id else follows.reject
        await end(app, row["follower_id"], row["target_id"])
    return len(found)


async def part(app: App, account_id: int, domain: str) -> None:
    """End the follows that a block left over, as long as it lasts. The function of PART_JOB."""
    while True:
        async with app.db.transaction():
            if not await blocks(app, account_id, domain) or await _part(app, account_id, domain) < AT_ONCE:
                return


async def unblock(app: App, account_id: int, domain: str) -> bool:
    """Let `account` no longer block a domain; False when it did not. Ended follows stay ended. Raises Invalid."""
    gone = await app.db.execute(
        "DELETE FROM account_domain_blocks WHERE account_id = ? AND domain = ?", account_id, domains.key(domain)
    )
    return gone > 0


async def blocks(app: App, account_id: int, domain: str) -> bool:
    """Tell whether the account blocks the domain, in the spelling that is stored."""
    found = await app.db.row(
        "SELECT 1 AS value FROM account_domain_blocks WHERE account_id = ? AND domain = ?", account_id, domain
    )
    return found is not None


async def page(app: App, account_id: int, pager: Pager) -> list[DomainEntry]:
    """Return the domains that the account blocks, by block id."""
    where, params, order = pager("d.id")
    rows = await app.db.rows(
        f"SELECT d.id, d.domain FROM account_domain_blocks d WHERE d.account_id = ? AND {where} {order}",  # noqa: S608
        account_id,
        *params,
    )
    return [DomainEntry(row["id"], row["domain"]) for row in rows]

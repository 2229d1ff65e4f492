"""What a changed list of blocked domains does to the accounts that are known already.

Every account of the domain is brought into the state that the list now asks for. The blocked domain is kept with
each account that it silenced or suspended, so that the end of the block ends it for exactly those, and never for
those on whom a person decided.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from fedinote.events import FollowsSevered, Loss, RelationshipsSevered
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.media import remote_files
from fedinote.policy import domains
from fedinote.policy.domains import Blocked
from fedinote.posts import reactions

_KNOWN = """
SELECT id, domain, uri, silenced_at, silenced_by_domain, suspended_at, suspended_by_domain FROM accounts
WHERE domain <> '' AND deleted_at IS NULL AND (domain LIKE ? OR LOWER(uri) LIKE ?)
"""
_SUSPEND = "UPDATE accounts SET suspended_at = COALESCE(suspended_at, ?), suspended_by_domain = ? WHERE id IN_INTS(?)"
_SILENCE = "UPDATE accounts SET silenced_at = COALESCE(silenced_at, ?), silenced_by_domain = ? WHERE id IN_INTS(?)"
_RESTORE = "UPDATE accounts SET suspended_at = NULL, suspended_by_domain = NULL WHERE id IN_INTS(?)"
_UNSILENCE = "UPDATE accounts SET silenced_at = NULL, silenced_by_domain = NULL WHERE id IN_INTS(?)"
_FEWER_FOLLOWING = """
UPDATE accounts SET following_count = CASE WHEN following_count > ? THEN following_count - ? ELSE 0 END WHERE id = ?
"""
_FEWER_FOLLOWERS = """
UPDATE accounts SET followers_count = CASE WHEN followers_count > ? THEN followers_count - ? ELSE 0 END WHERE id = ?
"""


@dataclass(slots=True)
class Effects:
    """Which accounts change how, and the number of follows that ended. Causes are blocked domains."""

    suspended: dict[str, list[int]] = field(default_factory=dict)
    silenced: dict[str, list[int]] = field(default_factory=dict)
    restored: list[int] = field(default_factory=list)
    unsilenced: list[int] = field(default_factory=list)
    parted: list[int] = field(default_factory=list)
    without_media: list[int] = field(default_factory=list)
    follows: int = 0

    def numbers(self) -> dict[str, int]:
        """Return what happened, in numbers, without what did not."""
        found = {
            "suspended": sum(map(len, self.suspended.values())),
            "silenced": sum(map(len, self.silenced.values())),
            "restored": len(self.restored),
            "unsilenced": len(self.unsilenced),
            "follows_ended": self.follows,
        }
        return {name: number for name, number in found.items() if number}


async def apply(app: App, domain: str) -> Effects:
    """Bring all accounts of a domain and its subdomains into the state that the blocks now ask for.

    Part of the running transaction; repeating it changes nothing. Newly suspended accounts lose their follows both
    ways, with the counts, and leave homes, lists and notifications. One event says so for all of them, and that their
    server is still told (FollowsSevered, RelationshipsSevered).
    """
    blocks = await domains.load(app)
    effects, _ = await foresee(app, domain, blocks)
    now = app.now()
    for cause, ids in effects.suspended.items():
        await app.db.execute(_SUSPEND, now, cause, ids)
    for cause, ids in effects.silenced.items():
        await app.db.execute(_SILENCE, now, cause, ids)
    await app.db.execute(_RESTORE, effects.restored)
    await app.db.execute(_UNSILENCE, effects.unsilenced)
    await _drop_deliveries(app, domain, blocks)
    effects.follows = await _part(app, domain, effects.parted)
    await _drop_media(app, effects.without_media)
    if any(one.reject_media or one.severity == "suspend" for one in blocks.values() if one.domain == domain):
        await remote_files.forget_domain(app, domain)
    return effects


async def foresee(app: App, domain: str, blocks: Mapping[str, Blocked]) -> tuple[Effects, list[int]]:
    """Return what these blocks ask for the accounts of a domain, and the ids of all of them. Nothing is changed."""
    effects, known = Effects(), list[int]()
    found: dict[tuple[str, str], tuple[bool, Blocked | None]] = {}
    for row in await app.db.rows(_KNOWN, f"%{domain}%", f"%://%{domain}%"):
        hosts = (row["domain"], domains.host_of(row["uri"]))
        if hosts not in found:
            found[hosts] = (bool(domains.covered(domain, hosts)), domains.nearest(blocks, *hosts))
        about, block = found[hosts]
        if about:
            known.append(row["id"])
            _judge(effects, row, block)
    return effects, known


def _judge(effects: Effects, row: Row, block: Blocked | None) -> None:
    """Put one account where it belongs. What a person decided (no cause is kept) stays."""
    severity = "noop" if block is None else block.severity
    _place(row, "suspended", block if severity == "suspend" else None, effects.suspended, effects.restored)
    _place(row, "silenced", block if severity == "silence" else None, effects.silenced, effects.unsilenced)
    if severity == "suspend" and row["suspended_at"] is None:
        effects.parted.append(row["id"])
    if block is not None and block.reject_media:
        effects.without_media.append(row["id"])


def _place(row: Row, state: str, block: Blocked | None, begun: dict[str, list[int]], ended: list[int]) -> None:
    since, cause = row[f"{state}_at"], row[f"{state}_by_domain"]
    if block is None:
        if cause is not None:
            ended.append(row["id"])
    elif since is None or cause not in (None, block.domain):
        begun.setdefault(block.domain, []).append(row["id"])


async def _part(app: App, domain: str, ids: list[int]) -> int:
    """End all follows and requests of these accounts, both ways; the number of those that were accepted."""
    if not ids:
        return 0
    gone = await app.db.returning(
        "DELETE FROM follows WHERE follower_id IN_INTS(?) OR target_id IN_INTS(?)"
        " RETURNING follower_id, target_id, accepted, uri, reblogs, notify, languages",
        ids,
        ids,
    )
    accepted = [row for row in gone if row["accepted"]]
    await app.db.execute_many(_FEWER_FOLLOWING, _steps(row["follower_id"] for row in accepted))
    await app.db.execute_many(_FEWER_FOLLOWERS, _steps(row["target_id"] for row in accepted))
    await app.db.write(
        ("DELETE FROM home_entries WHERE author_id IN_INTS(?)", (ids,)),
        ("DELETE FROM list_members WHERE account_id IN_INTS(?)", (ids,)),
        ("DELETE FROM notifications WHERE from_account_id IN_INTS(?)", (ids,)),
    )
    losses = _losses(accepted, set(ids))
    if losses:
        await app.emit(RelationshipsSevered("domain_block", domain, losses))
    if gone:
        await app.emit(FollowsSevered(tuple((row["follower_id"], row["target_id"], row["uri"]) for row in gone)))
    return len(accepted)


def _losses(ended: Sequence[Row], blocked: set[int]) -> tuple[Loss, ...]:
    """Return what those who are not blocked lost by these follows, by account."""
    found = []
    for row in ended:
        if row["follower_id"] not in blocked:
            languages = msgspec.json.decode(row["languages"]) if row["languages"] else None
            choices = (bool(row["reblogs"]), bool(row["notify"]), None if languages is None else tuple(languages))
            found.append(Loss(row["follower_id"], row["target_id"], "following", *choices))
        elif row["target_id"] not in blocked:
            found.append(Loss(row["target_id"], row["follower_id"], "follower"))
    return tuple(sorted(found, key=lambda one: (one.account_id, one.side, one.other_id)))


def _steps(account_ids: Iterable[int]) -> list[tuple[int, int, int]]:
    """Return the parameters that take each account's number of ended follows off its count, in one order always."""
    return [(number, number, account_id) for account_id, number in sorted(Counter(account_ids).items())]


async def _drop_media(app: App, ids: list[int]) -> None:
    """Forget the attachments, pictures and emoji of these accounts; nothing of them was ever stored here as a file."""
    if not ids:
        return
    await app.db.write(
        ("DELETE FROM media WHERE account_id IN_INTS(?)", (ids,)),
        ("UPDATE posts SET media_count = 0, emojis = '[]' WHERE account_id IN_INTS(?)", (ids,)),
        (
            "UPDATE accounts SET avatar = '', avatar_remote = '', header = '', header_remote = '', emojis = '[]'"
            " WHERE id IN_INTS(?)",
            (ids,),
        ),
    )
    for row in await app.db.rows("SELECT DISTINCT domain FROM accounts WHERE id IN_INTS(?) AND domain <> ''", ids):
        await reactions.forget_pictures(app, row["domain"])


async def _drop_deliveries(app: App, domain: str, blocks: dict[str, Blocked]) -> None:
    """Drop what waits to be sent to a suspended server, except for the news that follows have ended."""
    gone = []
    for row in await app.db.rows("SELECT DISTINCT host, inbox FROM deliveries WHERE NOT parting"):
        hosts = (row["host"], domains.host_of(row["inbox"]))
        block = domains.nearest(blocks, *hosts) if domains.covered(domain, hosts) else None
        if block is not None and block.severity == "suspend":
            gone.append(row["inbox"])
    if gone:
        await app.db.execute("DELETE FROM deliveries WHERE inbox IN_TEXTS(?) AND NOT parting", gone)

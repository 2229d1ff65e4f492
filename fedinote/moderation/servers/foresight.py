"""What a block would do before anybody decides it, by the same calculation that would carry it out.

`of_block` is exact, and reads the accounts of one domain; `at_a_glance` gives rough numbers for many domains in three
queries, by the domain in the handles.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fedinote.infra.app import App
from fedinote.moderation.servers import domain_effects, domains
from fedinote.moderation.servers.domains import Terms
from fedinote.policy import domains as policy
from fedinote.policy.domains import Blocked
from fedinote.policy.models import DomainBlock

_FIGURES = """
SELECT (SELECT COUNT(*) FROM posts p WHERE p.account_id IN_INTS(?)) AS posts,
 (SELECT COUNT(*) FROM follows f WHERE f.accepted AND f.target_id IN_INTS(?)
   AND f.follower_id IN (SELECT a.id FROM accounts a WHERE a.domain = '')) AS following,
 (SELECT COUNT(*) FROM follows f WHERE f.accepted AND f.follower_id IN_INTS(?)
   AND f.target_id IN (SELECT a.id FROM accounts a WHERE a.domain = '')) AS followers,
 (SELECT COUNT(*) FROM media m WHERE m.account_id IN_INTS(?)) AS media
"""
_LOSERS = """
SELECT COUNT(*) AS value FROM (SELECT f.follower_id AS id FROM follows f JOIN accounts a ON a.id = f.follower_id
 WHERE a.domain = '' AND f.accepted AND f.target_id IN_INTS(?) UNION SELECT f.target_id AS id FROM follows f
 JOIN accounts a ON a.id = f.target_id WHERE a.domain = '' AND f.accepted AND f.follower_id IN_INTS(?)) x
"""


@dataclass(frozen=True, slots=True)
class Foresight:
    """What would happen. `accounts`, `posts`, `following` and `followers` are of all people known from there.

    `following`: follows by people here; `followers`: of people here. `parted_*` are those that would end, `losers` how
    many people here would lose some; `media` the attachments that would be forgotten. `above` and `below` are blocks of
    domains above and below this one.
    """

    domain: str
    present: DomainBlock | None
    accounts: int
    posts: int
    following: int
    followers: int
    suspended: int
    silenced: int
    restored: int
    unsilenced: int
    parted_following: int
    parted_followers: int
    losers: int
    media: int
    above: tuple[str, ...]
    below: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Glance:
    """How many people are known of a domain, and how many follows there are by people here and of people here."""

    accounts: int = 0
    following: int = 0
    followers: int = 0


async def of_block(app: App, domain: str, terms: Terms | None) -> Foresight:
    """Return what a block on these terms would do now, or (None) the end of the block. Nothing is changed.

    `Invalid` as `domains.block`.
    """
    name = domains.key(app, domain)
    blocks = await policy.load(app)
    wanted = {one: block for one, block in blocks.items() if one != name}
    if terms is not None:
        wanted[name] = Blocked(name, terms.severity, terms.reject_media, terms.reject_reports)
    effects, known = await domain_effects.foresee(app, name, wanted)
    figures, parted = await _figures(app, known), await _figures(app, effects.parted)
    losers = await app.db.value(_LOSERS, effects.parted, effects.parted)
    media = (await _figures(app, effects.without_media))["media"]
    numbers = effects.numbers()
    return Foresight(
        domain=name,
        present=await domains.find(app, name),
        accounts=len(known),
        posts=figures["posts"],
        following=figures["following"],
        followers=figures["followers"],
        suspended=numbers.get("suspended", 0),
        silenced=numbers.get("silenced", 0),
        restored=numbers.get("restored", 0),
        unsilenced=numbers.get("unsilenced", 0),
        parted_following=parted["following"],
        parted_followers=parted["followers"],
        losers=losers,
        media=media,
        above=tuple(sorted(one for one in blocks if one != name and policy.covers(one, name))),
        below=tuple(sorted(one for one in blocks if one != name and policy.covers(name, one))),
    )


async def _figures(app: App, ids: Sequence[int]) -> dict[str, int]:
    row = await app.db.row(_FIGURES, ids, ids, ids, ids)
    assert row is not None
    return {name: row[name] for name in ("posts", "following", "followers", "media")}


async def at_a_glance(app: App, names: Iterable[str]) -> dict[str, Glance]:
    """Return for each of these domains (in the spelling of `policy.domains.key`) what is known, subdomains included."""
    wanted = set(names)
    if not wanted:
        return {}
    people, following, followers = await app.db.many(
        (
            "SELECT domain, COUNT(*) AS number FROM accounts WHERE domain <> '' AND deleted_at IS NULL GROUP BY domain",
            (),
        ),
        (
            "SELECT a.domain, COUNT(*) AS number FROM follows f JOIN accounts a ON a.id = f.target_id"
            " WHERE f.accepted AND a.domain <> '' GROUP BY a.domain",
            (),
        ),
        (
            "SELECT a.domain, COUNT(*) AS number FROM follows f JOIN accounts a ON a.id = f.follower_id"
            " WHERE f.accepted AND a.domain <> '' GROUP BY a.domain",
            (),
        ),
    )
    counts = [dict.fromkeys(wanted, 0) for _ in range(3)]
    for count, rows in zip(counts, (people, following, followers), strict=True):
        for row in rows:
            for name in policy.covering(row["domain"]):
                if name in count:
                    count[name] += row["number"]
    return {one: Glance(*(count[one] for count in counts)) for one in wanted}

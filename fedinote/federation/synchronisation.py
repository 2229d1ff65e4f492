"""Follower synchronisation (FEP-8fcf): two servers compare, by a digest, who of the one follows whom on the other.

A delivery that is addressed to the sender's followers says the digest of those who live at the receiver; where the
receiver counts otherwise it asks for their list, and both sides end up with what the followed account's server says.
The digest is the XOR of the SHA-256 of each follower's id. Of followers elsewhere nobody learns anything (S84).
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from fedinote.activitypub import render, vocab
from fedinote.activitypub.quirks import host_of, same_id, same_origin
from fedinote.activitypub.render import Envelope
from fedinote.activitypub.signatures_cavage import parameters
from fedinote.activitypub.signatures_shared import SignedRequest, named
from fedinote.federation import fetching
from fedinote.federation.fetching import Budget
from fedinote.federation.queueing import queue_to
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import GiveUp, Refused, Unauthorized
from fedinote.relations import follows

HEADER = "Collection-Synchronization"
NAME = HEADER.lower()
JOB = "federation.synchronise"
PATH = "followers_synchronization"
NOBODY = "0" * 64
PAGES = 20
SAME_AGAIN = timedelta(hours=1)
MAX_REMEMBERED = 500
TAKEN_OFF = 500
"""How many of our people one comparison takes off a list; a wrong list may name everybody here."""

# What tells that the followers are the same as before, without reading them all: how many, and the sum of their rows.
_MARKS = """
SELECT a.id, a.uri, a.followers_url, COUNT(f.id) AS count, CAST(COALESCE(SUM(f.id % 2147483647), 0) AS BIGINT) AS mark
FROM accounts a LEFT JOIN follows f ON f.target_id = a.id AND f.accepted WHERE a.id IN_INTS(?)
GROUP BY a.id, a.uri, a.followers_url
"""
_REMOTE = "SELECT a.uri FROM follows f JOIN accounts a ON a.id = f.follower_id WHERE f.target_id = ? AND f.accepted"


@dataclass(frozen=True, slots=True)
class Followers:
    """What the header says of an account's followers: `digests` by the origin (`https://host`) that they live at."""

    collection: str
    url: str
    digests: Mapping[str, str]

    def header(self, inbox: str) -> str:
        """Return the value of the header for a delivery to this inbox."""
        digest = self.digests.get(_origin(inbox), NOBODY)
        return f'collectionId="{self.collection}", url="{self.url}", digest="{digest}"'


class _Addressed(msgspec.Struct):
    actor: Any = None
    to: Any = None
    cc: Any = None


def digest_of(uris: Iterable[str]) -> str:
    """Return the digest of a partial followers collection: 64 hexadecimal digits, whatever the order."""
    total = 0
    for uri in set(uris):
        total ^= int.from_bytes(hashlib.sha256(uri.encode()).digest())
    return f"{total:064x}"


def _origin(uri: str) -> str:
    return f"{uri.partition(':')[0].lower()}://{host_of(uri)}"


async def of_senders(app: App, bodies: Mapping[int, tuple[int, bytes]]) -> dict[int, Followers]:
    """Return what is to be said with activities, (sender's account id, body) by any id, by the same id.

    Those that are not addressed to their sender's followers are left out. One statement for all of them, and one
    more for each account whose followers changed.
    """
    addressed = {key: (sender, _read(body)) for key, (sender, body) in bodies.items() if b'/followers"' in body}
    if not addressed:
        return {}
    rows = await app.db.rows(_MARKS, list({sender for sender, _ in addressed.values()}))
    senders = {row["id"]: row for row in rows}
    found = {}
    for key, (sender, activity) in addressed.items():
        row = senders.get(sender)
        if row is not None and activity.actor == row["uri"] and _is_for(activity, row["followers_url"]):
            found[key] = Followers(row["followers_url"], f"{row['uri']}/{PATH}", await _digests(app, row))
    return found


def _is_for(activity: _Addressed, collection: str) -> bool:
    return any(isinstance(field, list) and collection in field for field in (activity.to, activity.cc))


def _read(body: bytes) -> _Addressed:
    try:
        return msgspec.json.decode(body, type=_Addressed)
    except msgspec.MsgspecError:
        return _Addressed()


async def _digests(app: App, row: Row) -> Mapping[str, str]:
    cache: dict[int, tuple[tuple[int, int], Mapping[str, str]]] = app.caches.setdefault("follower_digests", {})
    mark = row["count"], row["mark"]
    known = cache.get(row["id"])
    if known is None or known[0] != mark:
        people: dict[str, list[str]] = defaultdict(list)
        for follower in await app.db.rows(f"{_REMOTE} AND a.domain <> ''", row["id"]):
            people[_origin(follower["uri"])].append(follower["uri"])
        if len(cache) >= MAX_REMEMBERED:
            cache.pop(next(iter(cache)))
        known = cache[row["id"]] = mark, {origin: digest_of(uris) for origin, uris in people.items()}
    return known[1]


async def partial(app: App, account: Row, asking: Row) -> dict[str, Any]:
    """Return the followers of a local account who live where the signer of the request lives, and nobody else."""
    origin = f"{asking['uri'].partition('://')[0]}://{asking['uri'].partition('://')[2].partition('/')[0]}/"
    rows = await app.db.rows(
        f"{_REMOTE} AND a.domain <> '' AND SUBSTR(a.uri, 1, ?) = ? ORDER BY f.id", account["id"], len(origin), origin
    )
    items = [row["uri"] for row in rows]
    return render.collection(f"{account['uri']}/{PATH}", total=len(items), items=items)


async def on_received(app: App, verified: VerifiedActivity, request: SignedRequest) -> None:
    """Compare what a delivery says of its sender's followers here, and queue the repair when we count otherwise.

    Only a signed header counts, about the collection of whose key it is, with a list on that account's origin.
    """
    stated = named(request.headers, NAME.encode())
    if len(stated) != 1 or NAME not in verified.covered:
        return
    try:
        said = parameters(stated[0])
    except Unauthorized:
        return
    url, theirs = said.get("url", ""), said.get("digest", "").lower()
    row = await app.db.row(_MARKS, [verified.signer_id])
    if row is None or not same_id(said.get("collectionid", ""), row["followers_url"]) or len(theirs) != len(NOBODY):
        return
    if not same_origin(url, verified.signer_uri) or not same_origin(row["followers_url"], verified.signer_uri):
        return
    ours = await _ours(app, row)
    if ours != theirs and _handled(app).get(row["id"], ("", "", 0))[:2] != (theirs, ours):
        await jobs.enqueue(
            app, JOB, {"account_id": row["id"], "url": url, "digest": theirs}, key=f"synchronise-{row['id']}"
        )


async def _ours(app: App, row: Row) -> str:
    """Return the digest of our people who follow a remote account, from memory while nothing changed."""
    cache: dict[int, tuple[tuple[int, int], str]] = app.caches.setdefault("following_digests", {})
    mark = row["count"], row["mark"]
    known = cache.get(row["id"])
    if known is None or known[0] != mark:
        rows = await app.db.rows(f"{_REMOTE} AND a.domain = ''", row["id"])
        if len(cache) >= MAX_REMEMBERED:
            cache.pop(next(iter(cache)))
        known = cache[row["id"]] = mark, digest_of(follower["uri"] for follower in rows)
    return known[1]


def _handled(app: App) -> dict[int, tuple[str, str, int]]:
    """Return what was dealt with in the last hour: (their digest, ours afterwards, until when) by account.

    Where the two stay different (a list that does not match its digest), the same is not asked for at each delivery.
    """
    found: dict[int, tuple[str, str, int]] = app.caches.setdefault("synchronised", {})
    now = to_ms(app.now())
    if len(found) >= MAX_REMEMBERED or any(until < now for *_, until in found.values()):
        kept = {key: value for key, value in found.items() if value[2] >= now}
        found = app.caches["synchronised"] = kept if len(kept) < MAX_REMEMBERED else {}
    return found


async def synchronise(app: App, account_id: int, url: str, digest: str) -> None:
    """Make our follows of a remote account those that its own server lists (a job; safe to repeat).

    Who is not listed follows no longer; who waits for an answer and is listed follows; and the owner is told to take
    off the list whom we do not know to follow. Nothing is done unless the list is the one that was announced.
    """
    account = await app.db.row("SELECT * FROM accounts WHERE id = ? AND domain <> ''", account_id)
    if account is None or account["suspended_at"] is not None or not same_origin(url, account["uri"]):
        return
    listed = await _listed(app, url)
    rows = await app.db.rows(
        "SELECT f.follower_id, f.accepted, a.uri FROM follows f JOIN accounts a ON a.id = f.follower_id"
        " WHERE f.target_id = ? AND a.domain = ''",
        account_id,
    )
    ours = digest_of(row["uri"] for row in rows if row["accepted"])
    _handled(app)[account_id] = digest, ours, to_ms(app.now() + SAME_AGAIN)
    if digest_of(listed) != digest:
        raise GiveUp("the list of followers is not the one that was announced")
    for row in rows:
        if row["accepted"] and row["uri"] not in listed:
            await follows.undo(app, row["follower_id"], account_id)
        elif not row["accepted"] and row["uri"] in listed:
            await follows.accept(app, row["follower_id"], account_id)
    await _take_off(app, account, listed - {row["uri"] for row in rows})


async def _listed(app: App, url: str) -> set[str]:
    """Fetch the ids of our people in a partial collection, whole or in pages; Refused when it is not complete."""
    budget = Budget(PAGES)
    found, _ = await fetching.page(app, url, budget)
    total, listed, following = found.get("totalItems"), list(_items(found)), found.get("first")
    if total is None and not listed and following is None and not {"items", "orderedItems"} & set(found):
        raise Refused(reason="not a collection of followers")
    while following:
        if not isinstance(following, dict):
            following, _ = await fetching.page(app, _next(following, url), budget)
        listed += _items(following)
        following = following.get("next")
    if isinstance(total, int) and total > len(listed):
        raise Refused(reason="a collection of followers that is not complete")
    return {uri for uri in listed if fetching.is_ours(app, uri)}


def _next(value: Any, url: str) -> str:
    found = vocab.web_uri(value)
    if found is None or not same_origin(found, url):
        raise Refused(reason="a page of followers on another origin")
    return found


def _items(document: Mapping[str, Any]) -> Sequence[str]:
    stated = document.get("orderedItems", document.get("items"))
    entries = stated if isinstance(stated, list) else [stated]
    return [uri for uri in map(vocab.reference, entries) if uri is not None]


async def _take_off(app: App, account: Row, uris: set[str]) -> None:
    """Tell the owner of a list that these of our people do not follow, by undoing what we do not know of."""
    if not uris:
        return
    rows = await app.db.rows(
        "SELECT id, uri FROM accounts WHERE uri IN_TEXTS(?) AND domain = '' AND deleted_at IS NULL ORDER BY id LIMIT ?",
        sorted(uris),
        TAKEN_OFF,
    )
    for me in rows:
        follow = render.follow(Envelope(f"{me['uri']}#follows/{app.ids.next()}", me["uri"]), account["uri"])
        undo = render.undo(Envelope(f"{follow['id']}#undo", me["uri"]), follow)
        async with app.db.transaction():
            # In order with what else is said about this pair.
            await queue_to(app, me["id"], undo, [account["id"]], f"follow {me['uri']} {account['uri']}")

"""Profiles of other servers filled with what was posted before anybody here followed them: the newest of the outbox.

When somebody here follows an account, and when a profile is opened that nobody here follows. Only what is public,
with its true date, and nobody is told of it.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fedinote.activitypub import vocab
from fedinote.activitypub.audience import is_public
from fedinote.activitypub.quirks import same_id, same_origin
from fedinote.events import FollowAccepted
from fedinote.federation import approving, fetching, incoming, pages, refreshes, resolve, totals
from fedinote.federation.approving import Interaction
from fedinote.federation.fetching import Budget
from fedinote.federation.refreshes import Order, Refreshing
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError
from fedinote.posts import interactions
from fedinote.timelines import fanout

JOB = "federation.fetch_profile"
REST = timedelta(days=1)
ENTRIES = 40
REQUESTS = 100
SECONDS = 60.0
STRANGERS_AN_HOUR = 120
"""How many profiles people who are not logged in may have filled in an hour, all together."""

_ACCOUNT = """
SELECT a.id, a.uri, a.domain, a.outbox_url, a.followers_url, a.following_url, a.suspended_at, a.deleted_at,
  a.moved_to_uri,
  EXISTS (SELECT 1 FROM follows f JOIN accounts l ON l.id = f.follower_id
    WHERE f.target_id = a.id AND f.accepted AND l.domain = '') AS followed
FROM accounts a WHERE a.id = ?
"""


async def on_follow_accepted(app: App, event: FollowAccepted) -> None:
    """Fill the profile, and then the home of the follower, when somebody here follows somebody elsewhere."""
    row = await _fillable(app, event.target_id)
    here = await app.db.row("SELECT 1 AS value FROM accounts WHERE id = ? AND domain = ''", event.follower_id)
    if row is not None and here is not None:
        args = {"follower_id": event.follower_id}
        await refreshes.begin(app, Order("account", row["id"], JOB, REST, args=args))


async def opened(app: App, account_id: int, *, stranger: bool = False) -> Refreshing | None:
    """Fill a profile that somebody looks at, unless followers here get it delivered; None when nothing is to be done.

    `stranger`: who looks is not logged in.
    """
    row = await _fillable(app, account_id)
    if row is None or row["followed"]:
        return None
    an_hour = STRANGERS_AN_HOUR if stranger else None
    return await refreshes.begin(app, Order("account", row["id"], JOB, REST, an_hour=an_hour))


async def _fillable(app: App, account_id: int) -> Row | None:
    """Return the account when it lives elsewhere and its outbox may be asked."""
    row = await app.db.row(_ACCOUNT, account_id)
    if row is None or row["domain"] == "" or row["suspended_at"] is not None or row["deleted_at"] is not None:
        return None
    return row if row["outbox_url"] and same_origin(row["outbox_url"], row["uri"]) else None


@dataclass(slots=True)
class _Filling:
    """One profile being filled."""

    app: App
    account: Row
    budget: Budget = field(default_factory=lambda: Budget(REQUESTS))
    found: int = 0


async def fetch(app: App, refresh_id: int, follower_id: int | None = None) -> None:
    """Fill a profile from the first pages of its outbox, and the home of who follows it now (a job)."""
    account_id = await app.db.value("SELECT account_id AS value FROM refreshes WHERE id = ?", refresh_id)
    row = await _fillable(app, account_id or 0)
    if row is None:
        return
    filling = _Filling(app, row)
    try:
        async with asyncio.timeout(SECONDS):
            await _fill(filling)
    except (TimeoutError, FediNoteError):
        pass
    finally:
        await refreshes.finish(app, refresh_id, filling.found)
    if follower_id is not None and filling.found:
        await fanout.fill(app, follower_id, row["id"])


async def _fill(filling: _Filling) -> None:
    account = filling.account
    limits = pages.Limits(items=ENTRIES, pages=3)
    listed = await pages.gather(
        filling.app, account["outbox_url"], stood_in=account["uri"], budget=filling.budget, limits=limits
    )
    await _take_all(filling, listed)
    await totals.read(filling.app, account, listed.total, filling.budget)


async def _take_all(filling: _Filling, listed: pages.Gathered) -> None:
    for item in reversed(listed.items.values()):  # the oldest first, so that answers find what they answer
        try:
            filling.found += await _take(filling, item)
        except FediNoteError:  # gone, refused, or the budget is spent: what is in the outbox itself costs none
            continue


async def _take(filling: _Filling, item: pages.Item) -> bool:
    """Store what an entry of the outbox is about; tell whether it is new."""
    document = item.document or await fetching.document(filling.app, item.id, filling.budget)
    document = vocab.plain(document)
    if vocab.is_post(document):
        return await _store(filling, document)
    activity = vocab.parse_activity(document)
    if not same_id(activity.actor, filling.account["uri"]) or not _shared(activity):
        return False
    if activity.type == "Announce":
        return await _boost(filling, activity)
    if activity.type != "Create":
        return False
    return activity.embedded is not None and await _store(filling, activity.embedded)


def _shared(activity: vocab.Activity) -> bool:
    return any(is_public(uri) for uri in (*activity.to, *activity.cc))


async def _store(filling: _Filling, document: dict[str, Any]) -> bool:
    """Store a public post of the account that its own origin gave."""
    app, post = filling.app, incoming.parsed(document)
    public = any(is_public(uri) for uri in (*post.to, *post.cc))
    if not public or post.is_vote or not incoming.own_object(post, filling.account["uri"]):
        return False
    if await app.db.row("SELECT 1 AS value FROM posts WHERE uri = ?", post.id) is not None:
        return False
    await resolve.store_document(app, document, filling.budget, depth=resolve.MAX_DEPTH, quiet=True)
    return True


async def _boost(filling: _Filling, activity: vocab.Activity) -> bool:
    """Store a boost of somebody else's post, which its own origin is asked for; boosts of ours were delivered."""
    app, target = filling.app, activity.object
    if isinstance(target, vocab.Activity):  # a group passes on what its members made (FEP-1b12)
        target = target.object if target.type == "Create" else None
    uri = target.id if target is not None else None
    if uri is None or activity.id is None or fetching.is_ours(app, uri):
        return False
    if await app.db.row("SELECT 1 AS value FROM posts WHERE uri = ?", activity.id) is not None:
        return False
    post_id = await resolve.post(app, uri, filling.budget, depth=resolve.MAX_DEPTH, quiet=True)
    done = Interaction("announce", activity.id, post_id, filling.account["id"])
    await approving.check(app, done, activity.authorization, filling.budget)
    shown = "public" if any(is_public(one) for one in activity.to) else "unlisted"
    await interactions.boost(
        app, filling.account["id"], post_id, shown, uri=activity.id, at=activity.published, quiet=True
    )
    return True

"""The last words to a server that is blocked from now on: which follows have ended, as Mastodon tells it.

Whoever followed somebody here is refused (Reject), and whom people here followed hears that they do no longer (Undo).
Without that the follows would go on there, and after the end of the block could neither be used nor begun again.
"""

from collections.abc import Sequence

from fedinote.activitypub import render
from fedinote.activitypub.render import Envelope
from fedinote.events import FollowsSevered
from fedinote.federation.outgoing import between
from fedinote.federation.queueing import queue_parting
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.db import Row

JOB = "federation.tell_parted"
_BEGUN = "SELECT follower_id, target_id FROM follows WHERE follower_id IN_INTS(?) AND target_id IN_INTS(?)"
AT_ONCE = 100
"""How many follows are told of in one job, that is, in one transaction."""


async def on_follows_severed(app: App, event: FollowsSevered) -> None:
    """Plan what is said; to sign it all now would hold the block up."""
    for start in range(0, len(event.follows), AT_ONCE):
        await jobs.enqueue(app, JOB, {"follows": event.follows[start : start + AT_ONCE]}, priority=8)


async def tell(app: App, follows: Sequence[tuple[int, int, str]]) -> None:
    """Queue a Reject or Undo for each of these follows between here and elsewhere (a job).

    Of those that have begun anew nothing is said, as the block may have ended before the job was run.
    """
    ids = list({one for follower_id, target_id, _ in follows for one in (follower_id, target_id)})
    async with app.db.transaction():
        accounts, again = await app.db.many(
            ("SELECT id, uri, domain FROM accounts WHERE id IN_INTS(?)", (ids,)),
            (_BEGUN, (ids, ids)),
        )
        found = {row["id"]: row for row in accounts}
        begun = {(row["follower_id"], row["target_id"]) for row in again}
        for follower_id, target_id, uri in follows:
            follower, target = found.get(follower_id), found.get(target_id)
            if follower is None or target is None or (follower_id, target_id) in begun:
                continue
            if (follower["domain"] == "") != (target["domain"] == ""):
                await _tell(app, follower, target, uri)


async def _tell(app: App, follower: Row, target: Row, uri: str) -> None:
    done = render.follow(Envelope(uri, follower["uri"]), target["uri"])
    if follower["domain"]:
        envelope = Envelope(f"{target['uri']}#rejects/{app.ids.next()}", target["uri"])
        key = between("answer", target, follower)
        await queue_parting(app, target["id"], render.reject(envelope, done), follower["id"], key)
    else:
        envelope = Envelope(f"{uri}#undo", follower["uri"])
        key = between("follow", follower, target)
        await queue_parting(app, follower["id"], render.undo(envelope, done), target["id"], key)

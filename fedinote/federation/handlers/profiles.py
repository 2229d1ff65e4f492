"""Move: an account goes to another one, which must say the same."""

import msgspec

from fedinote.federation import actors
from fedinote.federation.fetching import Budget
from fedinote.federation.verification import VerifiedActivity
from fedinote.infra.app import App
from fedinote.infra.errors import Malformed, Refused
from fedinote.relations import follows

MAX_FOLLOWERS_MOVED = 10_000


async def move(app: App, verified: VerifiedActivity) -> None:
    """Let our followers of an account follow its new one, when both actors, fetched anew, agree (S39).

    Either of the two may say so (FEP-7628): the old one pushes, the new one pulls.
    """
    activity = verified.activity
    if activity.object_id is None or activity.target is None:
        raise Malformed(reason="Move of nobody, or to nowhere")
    if verified.signer_uri not in (activity.object_id, activity.target):
        raise Refused(reason="Move of somebody else")
    budget = Budget()
    target = await actors.resolve(app, activity.target, budget, fresh=True)
    if activity.object_id not in msgspec.json.decode(target["also_known_as"]):
        raise Refused(reason="the new account does not name the old one")
    old = await actors.fetch(app, activity.object_id, budget)
    if old["moved_to_uri"] != target["uri"]:
        raise Refused(reason="the old account does not name the new one")
    rows = await app.db.rows(
        "SELECT f.follower_id FROM follows f JOIN accounts a ON a.id = f.follower_id"
        " WHERE f.target_id = ? AND f.accepted AND a.domain = '' ORDER BY f.id LIMIT ?",
        old["id"],
        MAX_FOLLOWERS_MOVED,
    )
    for row in rows:
        if row["follower_id"] != target["id"]:
            await follows.request(app, row["follower_id"], target["id"])
            await follows.undo(app, row["follower_id"], old["id"])

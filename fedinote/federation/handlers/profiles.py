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
    """Let our followers of the signer follow its new account, when both actors, fetched anew, agree (S39)."""
    activity = verified.activity
    if activity.object_id != verified.signer_uri or activity.target is None:
        raise Malformed(reason="Move of somebody else, or to nowhere")
    budget = Budget()
    target = await actors.resolve(app, activity.target, budget, fresh=True)
    if verified.signer_uri not in msgspec.json.decode(target["also_known_as"]):
        raise Refused(reason="the new account does not name the old one")
    old = await actors.fetch(app, verified.signer_uri, budget)
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

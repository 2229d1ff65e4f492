"""FeatureApproval: who may put an account into a collection, and whether the viewer may (Mastodon 4.6).

https://docs.joinmastodon.org/entities/FeatureApproval/ People here agree by being discoverable; those elsewhere by
what their server says of them, and where it says nothing they cannot be asked.
"""

from collections.abc import Collection
from typing import Any

from fedinote.api.entities.quotes import relations
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.posts import approvals
from fedinote.posts.approvals import Relation
from fedinote.relations import curation


def entity(row: Row) -> dict[str, Any]:
    """Return what a row of accounts (domain, discoverable, feature_policy) says to somebody without an account."""
    policy = curation.policy(row) or 0
    return {
        "automatic": approvals.names(policy & approvals.ALL),
        "manual": approvals.names(policy >> approvals.MANUAL),
        "current_user": "denied",
    }


async def decide(app: App, rows: Collection[Row], found: dict[int, dict[str, Any]], viewer_id: int) -> None:
    """Say in the entities of these rows what holds for the viewer. One query, only where who follows whom matters."""
    known = await relations(app, viewer_id, ((row["id"], row["feature_policy"]) for row in rows))
    for row in rows:
        told = curation.decision(row)
        if row["id"] == viewer_id or row["id"] in known:
            relation = known.get(row["id"], Relation(own=True))
            told = curation.decision(row, own=relation.own, follower=relation.follower, followed=relation.followed)
        found[row["id"]]["feature_approval"]["current_user"] = told

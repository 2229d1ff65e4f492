"""The moderators' rules, what they caught, and what they hold back. No part of Mastodon's API."""

from typing import Any

import msgspec

from fedinote.api.entities.values import moment, moment_or_none
from fedinote.infra.clock import iso
from fedinote.infra.db import Row
from fedinote.moderation.automatic.trying import Trial
from fedinote.moderation.automatic.undoing import Undone
from fedinote.posts import holding

_OPEN = ("public", "unlisted")


def rule(row: Row) -> dict[str, Any]:
    """Turn a rule's row into its entity."""
    return {
        "id": str(row["id"]),
        "kind": row["kind"],
        "terms": msgspec.json.decode(row["terms"]),
        "action": row["action"],
        "origin": row["origin"],
        "spares": row["spares"],
        "state": row["state"],
        "title": row["title"],
        "reason": row["reason"],
        "note": row["note"],
        "owner_id": None if row["owner_id"] is None else str(row["owner_id"]),
        "hits_count": row["hits"],
        "expires_at": moment_or_none(row["expires_at"]),
        "created_at": moment(row["created_at"]),
        "updated_at": moment(row["updated_at"]),
    }


def hit(row: Row) -> dict[str, Any]:
    """Turn a row of what a rule caught into its entity."""
    return {
        "id": str(row["id"]),
        "account_id": str(row["account_id"]),
        "acct": f"{row['username']}@{row['domain']}".removesuffix("@"),
        "uri": row["uri"] or None,
        "action": row["action"],
        "why": row["why"],
        "created_at": moment(row["created_at"]),
    }


def trial(found: Trial) -> dict[str, Any]:
    """Turn what a rule would have caught into its entity."""
    return {
        "statuses_count": found.looked_at,
        "caught_count": found.caught,
        "local_count": found.by_members,
        "accounts_count": len(found.authors),
        "share": round(found.share, 4),
        "languages": found.languages,
        "examples": [
            {
                "status_id": str(one.post_id),
                "uri": one.uri,
                "acct": one.handle.removeprefix("@"),
                "why": one.why,
                "created_at": iso(one.written),
            }
            for one in found.examples
        ],
    }


def undone(found: Undone) -> dict[str, Any]:
    """Turn what was taken back of a rule into its entity."""
    return {
        "released_count": found.released,
        "restored_count": found.restored,
        "unmarked_count": found.unmarked,
        "gone_count": found.gone,
        "failed_count": found.failed,
    }


def held(row: Row) -> dict[str, Any]:
    """Turn a held post's row into its entity: of private ones moderators see who and why, not what."""
    new = holding.post_of(row)
    shown = new.visibility in _OPEN
    return {
        "id": str(row["id"]),
        "account_id": str(row["account_id"]),
        "status_id": None if row["post_id"] is None else str(row["post_id"]),
        "uri": row["uri"],
        "visibility": new.visibility,
        "content": new.content if shown else None,
        "spoiler_text": new.spoiler_text if shown else None,
        "language": new.language,
        "reason": row["reason"],
        "created_at": moment(row["created_at"]),
    }

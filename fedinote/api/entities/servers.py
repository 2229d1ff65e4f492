"""Shared lists of servers, what they advise, what blocks would do, what was changed. No part of Mastodon's API."""

from typing import Any

import msgspec

from fedinote.api.entities.values import moment, moment_or_none
from fedinote.infra.clock import iso
from fedinote.infra.db import Row
from fedinote.moderation.lists import entries
from fedinote.moderation.servers.domain_changes import Summary
from fedinote.moderation.servers.foresight import Foresight
from fedinote.notifications.severances import Severance


def source(row: Row) -> dict[str, Any]:
    """Turn a row of `sources.listing` into its entity."""
    return {
        "id": str(row["id"]),
        "kind": row["kind"],
        "url": row["url"],
        "title": row["title"],
        "ceiling": row["ceiling"],
        "automatic": bool(row["automatic"]),
        "days": row["days"],
        "problem": row["problem"],
        "drafts_count": row["drafts"],
        "applied_count": row["applied"],
        "read_at": moment_or_none(row["read_at"]),
        "created_at": moment(row["created_at"]),
    }


def entry(row: Row) -> dict[str, Any]:
    """Turn a row of `entries.page` into its entity. `applied_severity`: no more severe than the list may ask."""
    return {
        "id": str(row["id"]),
        "list_id": str(row["source_id"]),
        "list_title": row["source_title"],
        "domain": row["domain"],
        "severity": row["severity"],
        "applied_severity": entries.capped(row["severity"], row["ceiling"]),
        "reject_media": bool(row["reject_media"]),
        "reject_reports": bool(row["reject_reports"]),
        "reason": row["reason"],
        "labels": msgspec.json.decode(row["labels"]),
        "advisory": bool(row["advisory"]),
        "accepted": bool(row["accepted"]),
        "state": row["state"],
        "domain_block_id": None if row["block_id"] is None else str(row["block_id"]),
        "created_at": moment(row["created_at"]),
        "seen_at": moment(row["seen_at"]),
        "expires_at": moment_or_none(row["expires_at"]),
    }


def foresight(seen: Foresight) -> dict[str, Any]:
    """Return what a block would do, as numbers."""
    return {
        "domain": seen.domain,
        "domain_block_id": None if seen.present is None else str(seen.present.id),
        "accounts_count": seen.accounts,
        "statuses_count": seen.posts,
        "following_count": seen.following,
        "followers_count": seen.followers,
        "suspended_count": seen.suspended,
        "silenced_count": seen.silenced,
        "ended_following_count": seen.parted_following,
        "ended_followers_count": seen.parted_followers,
        "people_count": seen.losers,
        "media_count": seen.media,
        "above": list(seen.above),
        "below": list(seen.below),
    }


def batch(one: Summary) -> dict[str, Any]:
    """Turn changes that were made at one go into their entity."""
    return {
        "id": str(one.id),
        "listing": one.listing,
        "cause": one.cause,
        "actor_id": None if one.actor_id is None else str(one.actor_id),
        "domains_count": one.number,
        "domains": list(one.names),
        "undone": one.undone,
        "created_at": iso(one.created_at),
    }


def severance(one: Severance) -> dict[str, Any]:
    """Return Mastodon's RelationshipSeveranceEvent. https://docs.joinmastodon.org/entities/RelationshipSeveranceEvent/"""
    return {
        "id": str(one.id),
        "type": one.kind,
        "purged": one.purged,
        "target_name": one.target_name,
        "followers_count": one.followers_count,
        "following_count": one.following_count,
        "created_at": moment(one.created_at),
    }

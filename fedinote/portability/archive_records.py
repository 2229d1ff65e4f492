"""`account.json` of an archive: all that is kept here about its owner and is in none of the other files.

A part for each thing, with a row for each of it: times as ISO 8601, accounts by their addresses, posts by their ids on
the network. Nothing in it opens a door: no hashes, keys or codes of signing in.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any, cast

import msgspec

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, iso
from fedinote.infra.db import Row
from fedinote.notifications import policy
from fedinote.portability import exports
from fedinote.timelines import filters

PARTS: Mapping[str, str] = {
    "account": (
        "SELECT x.email, x.role, x.state, x.reason, x.locale, x.default_visibility, x.default_sensitive,"
        " x.default_language, x.default_quote_policy, x.default_reply_policy, x.language_divider, x.greyscale,"
        " x.created_at, x.last_active_at, a.locked, a.discoverable, a.indexable, a.hide_collections,"
        " a.machine_translation FROM users x JOIN accounts a ON a.id = x.account_id WHERE x.account_id = ?"
    ),
    "active_days": "SELECT x.day FROM user_days x JOIN users u ON u.id = x.user_id WHERE u.account_id = ? ORDER BY 1",
    "sessions": (
        "SELECT x.user_agent, x.address, x.created_at, x.last_used_at FROM sessions x JOIN users u ON u.id ="
        " x.user_id WHERE u.account_id = ? ORDER BY x.created_at"
    ),
    "apps": (
        "SELECT o.name, o.website, x.scopes, x.created_at, x.last_used_at, x.revoked_at FROM oauth_tokens x JOIN"
        " oauth_apps o ON o.id = x.app_id JOIN users u ON u.id = x.user_id WHERE u.account_id = ? ORDER BY"
        " x.created_at"
    ),
    "passkeys": (
        "SELECT x.name, x.created_at, x.last_used_at FROM passkeys x JOIN users u ON u.id = x.user_id WHERE"
        " u.account_id = ? ORDER BY x.created_at"
    ),
    "invitations": (
        "SELECT x.code, x.max_uses, x.uses, x.expires_at, x.created_at FROM invites x JOIN users u ON u.id ="
        " x.user_id WHERE u.account_id = ? ORDER BY x.created_at"
    ),
    "push": "SELECT x.endpoint, x.alerts, x.policy, x.created_at FROM push_subscriptions x WHERE x.account_id = ?",
    "may_always_notify": (
        "SELECT a.username, a.domain FROM notification_permissions x JOIN accounts a ON a.id = x.from_account_id"
        " WHERE x.account_id = ? ORDER BY x.id"
    ),
    "lists": (
        "SELECT x.title, x.replies_policy, x.exclusive, x.created_at FROM lists x WHERE x.account_id = ? ORDER BY x.id"
    ),
    "mutes": (
        "SELECT a.username, a.domain, x.hide_notifications, x.expires_at, x.created_at FROM mutes x JOIN accounts"
        " a ON a.id = x.target_id WHERE x.account_id = ? ORDER BY x.id"
    ),
    "muted_conversations": (
        "SELECT MIN(p.uri) AS uri FROM conversation_mutes x JOIN posts p ON p.conversation_id = x.conversation_id"
        " WHERE x.account_id = ? GROUP BY x.id ORDER BY x.id"
    ),
    "notes": (
        "SELECT a.username, a.domain, x.comment FROM account_notes x JOIN accounts a ON a.id = x.target_id WHERE"
        " x.account_id = ? ORDER BY x.id"
    ),
    "recommended": (
        "SELECT a.username, a.domain, x.created_at FROM endorsements x JOIN accounts a ON a.id = x.target_id WHERE"
        " x.account_id = ? ORDER BY x.id"
    ),
    "followers": (
        "SELECT a.username, a.domain, x.created_at FROM follows x JOIN accounts a ON a.id = x.follower_id WHERE"
        " x.target_id = ? AND x.accepted ORDER BY x.id"
    ),
    "follow_requests": (
        "SELECT a.username, a.domain, x.created_at FROM follows x JOIN accounts a ON a.id = x.target_id WHERE"
        " x.follower_id = ? AND NOT x.accepted ORDER BY x.id"
    ),
    "followed_tags": (
        "SELECT t.name, x.created_at FROM followed_tags x JOIN tags t ON t.id = x.tag_id WHERE x.account_id = ?"
        " ORDER BY x.id"
    ),
    "followed_topics": (
        "SELECT t.slug, x.created_at FROM followed_topics x JOIN topics t ON t.id = x.topic_id WHERE x.account_id"
        " = ? ORDER BY x.id"
    ),
    "featured_tags": (
        "SELECT t.name, x.created_at FROM featured_tags x JOIN tags t ON t.id = x.tag_id WHERE x.account_id = ?"
        " ORDER BY x.id"
    ),
    "collections": (
        "SELECT x.name, x.description, x.language, x.sensitive, x.discoverable, x.tag, x.created_at FROM"
        " collections x WHERE x.account_id = ? ORDER BY x.id"
    ),
    "collection_members": (
        "SELECT c.name, a.username, a.domain FROM collection_items x JOIN collections c ON c.id = x.collection_id"
        " JOIN accounts a ON a.id = x.account_id WHERE c.account_id = ? ORDER BY x.id"
    ),
    "pinned": (
        "SELECT p.uri, x.created_at FROM pins x JOIN posts p ON p.id = x.post_id WHERE x.account_id = ? ORDER BY x.id"
    ),
    "reactions": (
        "SELECT p.uri, x.name, x.created_at FROM reactions x JOIN posts p ON p.id = x.post_id WHERE x.account_id ="
        " ? ORDER BY x.id"
    ),
    "votes": (
        "SELECT p.uri, x.choice FROM poll_votes x JOIN polls q ON q.id = x.poll_id JOIN posts p ON p.id ="
        " q.post_id WHERE x.account_id = ? ORDER BY x.id"
    ),
    "planned_posts": "SELECT x.params, x.due, x.created_at FROM scheduled_posts x WHERE x.account_id = ? ORDER BY x.id",
    "drafts": (
        "SELECT x.content, x.created_at, x.updated_at FROM unfinished_posts x WHERE x.account_id = ? ORDER BY x.id"
    ),
    "held_posts": "SELECT x.content, x.created_at FROM held_posts x WHERE x.account_id = ? ORDER BY x.id",
    "decisions": (
        "SELECT x.id, x.action, x.text, x.language, x.translated, x.translated_to, x.translated_by, x.category,"
        " x.automated, x.rule_ids, x.post_ids, x.created_at, x.lifted_at, x.purge_at FROM statements x WHERE"
        " x.account_id = ? ORDER BY x.id"
    ),
    "appeals": (
        "SELECT e.statement_id AS decision, e.state, m.by_staff AS by_moderators, m.text, m.language, m.created_at"
        " FROM appeal_messages m JOIN appeals e ON e.id = m.appeal_id JOIN statements x ON x.id = e.statement_id"
        " WHERE x.account_id = ? ORDER BY m.id"
    ),
    "reports": (
        "SELECT a.username, a.domain, x.category, x.comment, x.rule_ids, x.post_ids, x.forwarded, x.created_at,"
        " x.action_taken_at AS closed_at FROM reports x JOIN accounts a ON a.id = x.target_id WHERE x.account_id ="
        " ? ORDER BY x.id"
    ),
    "lost_connections": (
        "SELECT s.kind, s.target_name, s.created_at, x.side, a.username, a.domain FROM severed_follows x JOIN"
        " severances s ON s.id = x.severance_id JOIN accounts a ON a.id = x.other_id WHERE s.account_id = ? ORDER"
        " BY x.id"
    ),
    "reading": (
        "SELECT x.mode, x.target, x.understood, x.languages, x.automatic, x.updated_at FROM"
        " translation_preferences x WHERE x.account_id = ?"
    ),
    "reading_exceptions": (
        "SELECT a.username, a.domain, x.rule FROM translation_exceptions x JOIN accounts a ON a.id = x.author_id"
        " WHERE x.account_id = ? ORDER BY x.id"
    ),
    "suggested_translations": (
        "SELECT p.uri, x.language, x.draft, x.state, x.created_at FROM translation_suggestions x JOIN posts p ON"
        " p.id = x.post_id WHERE x.account_id = ? ORDER BY x.id"
    ),
    "proposed_terms": (
        "SELECT x.entry, x.comment, x.state, x.created_at FROM glossary_proposals x WHERE x.account_id = ? ORDER"
        " BY x.id"
    ),
    "years": "SELECT x.year, x.data FROM annual_reports x WHERE x.account_id = ? ORDER BY x.year",
}
_FIRST_DAY = date(1970, 1, 1)
_FLAGS = frozenset({
    "default_sensitive", "language_divider", "greyscale", "locked", "discoverable", "indexable", "hide_collections",
    "exclusive", "hide_notifications", "sensitive", "automated", "by_moderators", "forwarded", "automatic",
})  # fmt: skip
_ENCODED = frozenset({
    "alerts", "params", "content", "rule_ids", "post_ids", "understood", "languages", "draft", "entry", "data",
})  # fmt: skip


async def of(app: App, account_id: int) -> dict[str, Any]:
    """Return what account.json of a local account says."""
    found = await app.db.many(*((sql, (account_id,)) for sql in PARTS.values()))
    parts: dict[str, Any] = {name: [_record(app, row) for row in rows] for name, rows in zip(PARTS, found, strict=True)}
    parts["notifications"] = asdict(await policy.get(app, account_id))
    parts["filters"] = await _filters(app, account_id)
    return {name: parts[name] for name in sorted(parts, key=lambda name: name != "account")}


def _record(app: App, row: Row) -> dict[str, Any]:
    values = dict(cast(Mapping[str, Any], row))  # rows of both databases name their columns
    named = {"address": exports.address(app, row)} if "username" in values else {}
    return named | {name: _value(name, value) for name, value in values.items() if name not in ("username", "domain")}


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in ("id", "decision"):
        return str(value)  # 64 bits: more than a number in JSON is sure to keep
    if name == "day":
        return (_FIRST_DAY + timedelta(days=value)).isoformat()
    if name == "due" or name.endswith("_at"):
        return iso(from_ms(value))
    if name in _FLAGS:
        return bool(value)
    if name in _ENCODED and isinstance(value, str):
        return msgspec.json.decode(value) if value else None
    return value


async def _filters(app: App, account_id: int) -> list[dict[str, Any]]:
    kept = await filters.of(app, account_id)
    named = [post.post_id for one in kept for post in one.posts]
    rows = await app.db.rows("SELECT id, uri FROM posts WHERE id IN_INTS(?)", named) if named else []
    uris = {row["id"]: row["uri"] for row in rows}
    return [
        {
            "title": one.title,
            "context": list(one.context),
            "action": one.action,
            "expires_at": None if one.expires_at is None else iso(one.expires_at),
            "words": [{"keyword": word.keyword, "whole_word": word.whole_word} for word in one.keywords],
            "posts": [uris[post.post_id] for post in one.posts if post.post_id in uris],
        }
        for one in kept
    ]

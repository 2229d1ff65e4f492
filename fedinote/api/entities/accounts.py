"""Account and CredentialAccount entities, from rows, in batches.

https://docs.joinmastodon.org/entities/Account/
"""

from collections.abc import Iterable, Sequence
from typing import Any

from fedinote.api.entities import feature_approvals, in_translation
from fedinote.api.entities.values import emojis, file_url, here, listed, moment
from fedinote.auth.viewer import Viewer, rank
from fedinote.infra.app import App
from fedinote.infra.db import Query, Row
from fedinote.infra.errors import NotFound
from fedinote.media import remote
from fedinote.moderation import permissions
from fedinote.relations.curation import MAX_COLLECTIONS
from fedinote.translation import preferences

_COLUMNS = """a.id, a.username, a.domain, a.uri, a.url, a.actor_type, a.display_name, a.note, a.fields, a.emojis,
 a.avatar, a.avatar_remote, a.avatar_description, a.header, a.header_remote, a.header_description,
 a.show_media, a.show_media_replies, a.show_featured, a.feature_policy, a.locked, a.discoverable, a.indexable,
 a.hide_collections,
 a.memorial, a.moved_to_uri, a.last_status_at, a.created_at,
 a.followers_count + COALESCE(a.followers_elsewhere, 0) AS followers_count,
 a.following_count + COALESCE(a.following_elsewhere, 0) AS following_count,
 a.statuses_count + COALESCE(a.statuses_elsewhere, 0) AS statuses_count,
 a.silenced_at, a.suspended_at, u.role"""
# People who were not approved yet are nobody to others; those who left are gone.
_SHOWN = "a.deleted_at IS NULL AND (u.state IS NULL OR u.state <> 'pending')"
_FROM = f"SELECT {_COLUMNS} FROM accounts a LEFT JOIN users u ON u.account_id = a.id WHERE {_SHOWN}"  # noqa: S608
_BY_ID = f"{_FROM} AND a.id IN_INTS(?)"
_BY_URI = f"{_FROM} AND a.uri IN_TEXTS(?)"
_OWN = """SELECT u.role, u.default_visibility, u.default_sensitive, u.default_language,
 u.default_quote_policy, u.default_reply_policy, u.language_divider, a.note_source, a.fields,
 a.hide_collections, a.discoverable, a.indexable, a.also_known_as, a.attribution_domains, a.machine_translation,
 (SELECT COUNT(*) FROM follows f WHERE f.target_id = a.id AND NOT f.accepted) AS waiting
 FROM users u JOIN accounts a ON a.id = u.account_id WHERE u.account_id = ?"""
_BOTS = ("Service", "Application")
_ROLES = {"moderator": "Moderator", "admin": "Admin", "owner": "Owner"}


def query(ids: Iterable[int]) -> Query:
    """Return the query that `by_id` understands, for batching it with others."""
    return _BY_ID, (list(ids),)


async def accounts(
    app: App, ids: Sequence[int], viewer: Viewer | None = None, *, bios: bool = False
) -> list[dict[str, Any]]:
    """Return Account entities in the order of the ids; unknown and deleted accounts are left out.

    One query; a second when one of them has moved, and one where it matters whom the viewer follows. To those who
    have bios translated unasked, with `bios`, notes and fields are shown that way (one more query).
    """
    if not ids:
        return []
    rows = await app.db.rows(_BY_ID, list(ids))
    found = await by_id(app, rows, None if viewer is None else viewer.account_id)
    if bios and viewer is not None:
        await in_translation.bios(app, viewer.account_id, rows, found)
    return [found[one] for one in ids if one in found]


async def account(app: App, account_id: int, viewer: Viewer | None = None) -> dict[str, Any]:
    """Return one Account entity; to a viewer who has bios translated, in translation. `NotFound`: it does not exist."""
    rows = await app.db.rows(_BY_ID, [account_id])
    found = await by_id(app, rows, None if viewer is None else viewer.account_id)
    if account_id not in found:
        raise NotFound
    if viewer is not None:
        await in_translation.bios(app, viewer.account_id, rows, found, make=True)
    return found[account_id]


async def by_id(app: App, rows: Iterable[Row], viewer_id: int | None) -> dict[int, dict[str, Any]]:
    """Turn rows of `query` into Account entities by id, as a viewer sees them.

    `moved` needs one more query when there is one, and so does a policy about those who follow each other.
    """
    listed_rows = list(rows)
    found = {row["id"]: entity(app, row) for row in listed_rows}
    if viewer_id is not None:
        await feature_approvals.decide(app, listed_rows, found, viewer_id)
    moved = {row["moved_to_uri"]: row["id"] for row in listed_rows if row["moved_to_uri"]}
    if moved:
        for row in await app.db.rows(_BY_URI, list(moved)):
            target = entity(app, row)
            for one in listed_rows:
                if one["moved_to_uri"] == row["uri"]:
                    found[one["id"]]["moved"] = target
    return found


def entity(app: App, row: Row) -> dict[str, Any]:
    """Turn one row into an Account. What a suspended account says about itself is not shown."""
    domain, username, kind = row["domain"], row["username"], row["actor_type"]
    last = row["last_status_at"]
    return {
        "id": str(row["id"]),
        "username": username,
        "acct": f"{username}@{domain}" if domain else username,
        "locked": bool(row["locked"]),
        "bot": kind in _BOTS,
        "discoverable": bool(row["discoverable"]),
        "indexable": bool(row["indexable"]),
        "noindex": not row["indexable"],
        "group": kind == "Group",
        "created_at": moment(row["created_at"]),
        "url": row["url"] or row["uri"],
        "uri": row["uri"],
        "followers_count": row["followers_count"],
        "following_count": row["following_count"],
        "statuses_count": row["statuses_count"],
        "last_status_at": None if last is None else moment(last)[:10],
        "hide_collections": None if domain else bool(row["hide_collections"]),
        "show_media": bool(row["show_media"]),
        "show_media_replies": bool(row["show_media_replies"]),
        "show_featured": bool(row["show_featured"]),
        "feature_approval": feature_approvals.entity(row),
        "roles": roles(row["role"]),
        **_words(app, row),
    }


def _words(app: App, row: Row) -> dict[str, Any]:
    """Return what an account says and shows of itself, and what was decided about it."""
    suspended = row["suspended_at"] is not None
    avatar, avatar_still = _picture(app, row, "avatar", hidden=suspended)
    header, header_still = _picture(app, row, "header", hidden=suspended)
    value: dict[str, Any] = {
        "display_name": "" if suspended else row["display_name"],
        "note": "" if suspended else row["note"],
        "avatar": avatar,
        "avatar_static": avatar_still,
        "avatar_description": "" if suspended else row["avatar_description"],
        "header": header,
        "header_static": header_still,
        "header_description": "" if suspended else row["header_description"],
        "emojis": [] if suspended else emojis(app, row["emojis"]),
        "fields": [] if suspended else fields(row["fields"]),
    }
    if row["memorial"]:
        value["memorial"] = True
    if suspended:
        value["suspended"] = True
    if row["silenced_at"] is not None:
        value["limited"] = True
    return value


def _picture(app: App, row: Row, name: str, *, hidden: bool) -> tuple[str, str]:
    """Return where a picture is, and where it does not move; of people elsewhere as it is shown through this server."""
    url = f"{app.settings.base}/static/img/{name}.png"
    if hidden:
        return url, url
    if key := row[name]:
        url = file_url(app, key)
    elif there := row[f"{name}_remote"]:
        path = remote.address(app, name, row["id"], there)
        return here(app, path, there), here(app, f"{path}/small" if path else "", there)
    return url, url


def fields(text: str | None) -> list[dict[str, Any]]:
    """Return the Field entities of a snapshot column."""
    return [
        {"name": one.get("name", ""), "value": one.get("value", ""), "verified_at": one.get("verified_at")}
        for one in listed(text)
    ]


def _pairs(text: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return each Field entity with what is stored of it: `source` is what was typed."""
    return list(zip(fields(text), listed(text), strict=True))


def roles(role: str | None) -> list[dict[str, Any]]:
    """Return the badges of somebody who runs this server; none for members and people elsewhere."""
    name = _ROLES.get(role or "")
    return [] if name is None else [{"id": str(rank(role or "")), "name": name, "color": ""}]


async def credential_account(app: App, viewer: Viewer) -> dict[str, Any]:
    """Return the viewer's own CredentialAccount, with `source` and `role`. `NotFound` when the account is gone."""
    mine, own = await app.db.many(query([viewer.account_id]), (_OWN, (viewer.account_id,)))
    if not mine or not own:
        raise NotFound
    row = own[0]
    value = (await by_id(app, mine, viewer.account_id))[viewer.account_id]
    value["source"] = {
        "privacy": row["default_visibility"],
        "sensitive": bool(row["default_sensitive"]),
        "language": row["default_language"],
        "quote_policy": row["default_quote_policy"],
        "reply_policy": row["default_reply_policy"],
        "language_divider": bool(row["language_divider"]),
        "translation": preferences.entity(await preferences.of(app, viewer.account_id)),
        "note": row["note_source"],
        "fields": [{**one, "value": typed.get("source", one["value"])} for one, typed in _pairs(row["fields"])],
        "follow_requests_count": row["waiting"],
        "hide_collections": bool(row["hide_collections"]),
        "discoverable": bool(row["discoverable"]),
        "indexable": bool(row["indexable"]),
        "attribution_domains": listed(row["attribution_domains"]),
        "machine_translation": row["machine_translation"],
        "also_known_as": listed(row["also_known_as"]),
    }
    value["role"] = {
        "id": str(rank(row["role"])),
        "name": _ROLES.get(row["role"], ""),
        "permissions": str(permissions.of(app, row["role"])),
        "color": "",
        "highlighted": row["role"] in _ROLES,
        "collection_limit": MAX_COLLECTIONS,
    }
    return value

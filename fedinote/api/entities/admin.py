"""The entities that only moderators see, and the Report that its author gets, in batches.

https://docs.joinmastodon.org/entities/Admin_Account/, Admin_Report and Report
"""

from collections.abc import Iterable, Sequence
from typing import Any

from fedinote.api.entities import accounts
from fedinote.api.entities.statuses import statuses
from fedinote.api.entities.values import listed, moment, moment_or_none
from fedinote.auth.viewer import Viewer, rank
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound
from fedinote.moderation import permissions
from fedinote.moderation.house import house_rules
from fedinote.moderation.house.house_rules import Rule
from fedinote.moderation.moderator import powers
from fedinote.relations.curation import MAX_COLLECTIONS

_ACCOUNTS = """SELECT a.*, u.role, u.email, u.state, u.locale, u.reason, u.created_at AS joined_at, u.made_with_id,
 i.account_id AS inviter_id FROM accounts a LEFT JOIN users u ON u.account_id = a.id
 LEFT JOIN users i ON i.id = u.invited_by_id WHERE a.deleted_at IS NULL AND a.id IN_INTS(?)"""
_ADDRESSES = (
    "SELECT u.account_id, s.address, s.last_used_at FROM sessions s JOIN users u ON u.id = s.user_id"
    " WHERE u.account_id IN_INTS(?) AND s.address <> '' ORDER BY s.last_used_at DESC"
)
_REPORTS = "SELECT * FROM reports WHERE id IN_INTS(?)"
_PEOPLE = ("account_id", "target_id", "assigned_to_id", "action_taken_by_id")


async def people(app: App, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return Admin::Account entities by id, of those who wait for approval too; deleted accounts are left out.

    Addresses are those of the sessions that are open in browsers, the newest first: no others are kept.
    """
    wanted = list(ids)
    rows, opened = await app.db.many((_ACCOUNTS, (wanted,)), (_ADDRESSES, (wanted,)))
    seen: dict[int, dict[str, dict[str, Any]]] = {}
    for row in opened:
        one = {"ip": row["address"], "used_at": moment(row["last_used_at"])}
        seen.setdefault(row["account_id"], {}).setdefault(row["address"], one)
    return {row["id"]: _person(app, row, list(seen.get(row["id"], {}).values())) for row in rows}


async def person(app: App, account_id: int) -> dict[str, Any]:
    """Return one Admin::Account. `NotFound`."""
    found = await people(app, [account_id])
    if account_id not in found:
        raise NotFound
    return found[account_id]


def _person(app: App, row: Row, addresses: list[dict[str, Any]]) -> dict[str, Any]:
    local, state = row["domain"] == "", row["state"]
    return {
        "id": str(row["id"]),
        "username": row["username"],
        "domain": row["domain"] or None,
        "created_at": moment(row["joined_at"] or row["created_at"]),
        "email": row["email"],
        "ip": addresses[0]["ip"] if addresses else None,
        "ips": addresses,
        "locale": row["locale"],
        "invite_request": row["reason"] or None,
        "role": _role(app, row["role"]) if local else None,
        "confirmed": local,
        "approved": local and state != "pending",
        "disabled": state == "disabled",
        "silenced": row["silenced_at"] is not None,
        "suspended": row["suspended_at"] is not None,
        "sensitized": row["sensitized_at"] is not None,
        "created_by_application_id": None if row["made_with_id"] is None else str(row["made_with_id"]),
        "invited_by_account_id": None if row["inviter_id"] is None else str(row["inviter_id"]),
        "account": accounts.entity(app, row),
    }


def _role(app: App, role: str) -> dict[str, Any]:
    allowed = powers(role)
    return {
        "id": str(rank(role)),
        "name": role.capitalize() if allowed else "",
        "permissions": str(permissions.of(app, role)),
        "color": "",
        "highlighted": bool(allowed),
        "collection_limit": MAX_COLLECTIONS,
    }


async def reports(app: App, ids: Sequence[int], viewer: Viewer) -> list[dict[str, Any]]:
    """Return Admin::Report entities in the order of the ids. Reported posts that the viewer may not see are left out.

    A fixed number of queries, whatever the page holds.
    """
    rows = {row["id"]: row for row in await app.db.rows(_REPORTS, list(ids))}
    involved = {row[column] for row in rows.values() for column in _PEOPLE} - {None}
    by_id = await people(app, involved)
    wanted = list(dict.fromkeys(one for row in rows.values() for one in listed(row["post_ids"])))
    posts = {int(one["id"]): one for one in await statuses(app, wanted, viewer)}
    found = [rows[one] for one in ids if one in rows]
    rules = await house_rules.everything(app)
    return [
        _report(row, by_id, posts, rules) for row in found if row["account_id"] in by_id and row["target_id"] in by_id
    ]


async def report(app: App, report_id: int, viewer: Viewer) -> dict[str, Any]:
    """Return one Admin::Report. `NotFound`."""
    found = await reports(app, [report_id], viewer)
    if not found:
        raise NotFound
    return found[0]


def _report(row: Row, by_id: dict[int, Any], posts: dict[int, Any], rules: Sequence[Rule]) -> dict[str, Any]:
    broken = listed(row["rule_ids"])
    return {
        **_common(row),
        "updated_at": moment(row["action_taken_at"] or row["created_at"]),
        "account": by_id[row["account_id"]],
        "target_account": by_id[row["target_id"]],
        "assigned_account": by_id.get(row["assigned_to_id"]),
        "action_taken_by_account": by_id.get(row["action_taken_by_id"]),
        "statuses": [posts[one] for one in listed(row["post_ids"]) if one in posts],
        "rules": [
            {"id": str(rule.number), "text": rule.text, "hint": rule.hint} for rule in rules if rule.number in broken
        ],
    }


def _common(row: Row) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "action_taken": row["action_taken_at"] is not None,
        "action_taken_at": moment_or_none(row["action_taken_at"]),
        "category": row["category"],
        "comment": row["comment"],
        "forwarded": bool(row["forwarded"]),
        "created_at": moment(row["created_at"]),
    }


async def own_report(app: App, report_id: int) -> dict[str, Any]:
    """Return the Report entity that its author gets. `NotFound`."""
    row = await app.db.row("SELECT * FROM reports WHERE id = ?", report_id)
    if row is None:
        raise NotFound
    return {
        **_common(row),
        "status_ids": [str(one) for one in listed(row["post_ids"])],
        "rule_ids": [str(one) for one in listed(row["rule_ids"])],
        "collection_ids": [],
        "target_account": await accounts.account(app, row["target_id"]),
    }

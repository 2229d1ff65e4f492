"""Notification entities, in batches. https://docs.joinmastodon.org/entities/Notification/"""

from collections.abc import Sequence
from typing import Any

from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.statuses import statuses
from fedinote.api.entities.values import listed, moment, moment_or_none
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.notifications import groups, queries
from fedinote.notifications.queries import Notice

_REPORTS = "SELECT * FROM reports WHERE id IN_INTS(?)"


async def notifications(app: App, ids: Sequence[int], viewer: Viewer) -> list[dict[str, Any]]:
    """Return Notification entities in the order of the ids; others' and those that may not be seen are left out."""
    found = {one.id: one for one in await queries.by_id(app, viewer.account_id, ids)}
    return await of(app, [found[one] for one in ids if one in found], viewer)


async def of(app: App, notices: Sequence[Notice], viewer: Viewer) -> list[dict[str, Any]]:
    """Return the entities of notifications that were read already, in their order.

    A fixed number of queries. A notification whose account or post is not shown to the viewer is left out.
    """
    if not notices:
        return []
    reports = await _reports(app, [int(one.subject) for one in notices if one.kind == "admin.report"])
    involved = {one.from_account_id for one in notices} | {row["target_id"] for row in reports.values()}
    people = {value["id"]: value for value in await accounts(app, list(involved), viewer)}
    wanted = list({one.post_id for one in notices if one.post_id is not None})
    posts = {value["id"]: value for value in await statuses(app, wanted, viewer, context="notifications")}
    found = []
    for one in notices:
        value = _entity(one, people)
        if value is None or (one.post_id is not None and str(one.post_id) not in posts):
            continue
        if one.post_id is not None:
            value["status"] = posts[str(one.post_id)]
        if one.kind == "admin.report" and int(one.subject) in reports:
            value["report"] = _report(reports[int(one.subject)], people)
        found.append(value)
    return found


def _entity(one: Notice, people: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    account = people.get(str(one.from_account_id))
    if account is None:
        return None
    return {
        "id": str(one.id),
        "type": one.kind,
        "group_key": groups.key_of(one),
        "created_at": moment(one.created_at),
        "account": account,
    }


async def _reports(app: App, ids: Sequence[int]) -> dict[int, Any]:
    return {row["id"]: row for row in await app.db.rows(_REPORTS, list(ids))} if ids else {}


def _report(row: Any, people: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the Report entity. https://docs.joinmastodon.org/entities/Report/"""
    return {
        "id": str(row["id"]),
        "action_taken": row["action_taken_at"] is not None,
        "action_taken_at": moment_or_none(row["action_taken_at"]),
        "category": row["category"],
        "comment": row["comment"],
        "forwarded": bool(row["forwarded"]),
        "created_at": moment(row["created_at"]),
        "status_ids": [str(one) for one in listed(row["post_ids"])],
        "rule_ids": [str(one) for one in listed(row["rule_ids"])],
        "target_account": people.get(str(row["target_id"])),
    }

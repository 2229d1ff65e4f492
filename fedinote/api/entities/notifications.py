"""Notification entities, in batches. https://docs.joinmastodon.org/entities/Notification/"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fedinote.api.entities import reactions
from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.decisions import STATES
from fedinote.api.entities.servers import severance
from fedinote.api.entities.statuses import statuses
from fedinote.api.entities.values import listed, moment, moment_or_none
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.moderation.cases import appeals
from fedinote.moderation.cases.statements import OUR_OWN
from fedinote.notifications import groups, queries, severances, warnings
from fedinote.notifications.queries import Notice
from fedinote.notifications.requests import Request

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
    known = await _subjects(app, notices)
    involved = {one.from_account_id for one in notices} | {row["target_id"] for row in known.reports.values()}
    people = {value["id"]: value for value in await accounts(app, list(involved), viewer)}
    wanted = list({one.post_id for one in notices if one.post_id is not None})
    posts = {value["id"]: value for value in await statuses(app, wanted, viewer, context="notifications")}
    reacted = await reactions.of_notices(app, [_pair(one) for one in notices if one.kind == reactions.KIND])
    found = []
    for one in notices:
        value = _entity(one, people)
        if value is None or (one.post_id is not None and str(one.post_id) not in posts):
            continue
        if one.post_id is not None:
            value["status"] = posts[str(one.post_id)]
        value |= reacted.get(_pair(one), {}) if one.kind == reactions.KIND else {}
        found.append(value | _subject(one, known, people))
    return found


@dataclass(frozen=True, slots=True)
class _Subjects:
    """What notifications without a post are about, by id."""

    reports: dict[int, Any]
    severed: dict[int, severances.Severance]
    warned: dict[int, warnings.Warned]
    appeals: dict[int, tuple[str, str]]


async def _subjects(app: App, notices: Sequence[Notice]) -> _Subjects:
    def of_kind(kind: str) -> list[int]:
        return [int(one.subject) for one in notices if one.kind == kind]

    return _Subjects(
        await _reports(app, of_kind("admin.report")),
        await severances.by_id(app, of_kind(severances.KIND)),
        await warnings.by_id(app, of_kind(warnings.KIND)),
        await appeals.by_statement(app, of_kind(warnings.KIND)),
    )


def _subject(one: Notice, known: _Subjects, people: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the part of a notification that is its kind's own; nothing where what it is about is gone."""
    if one.kind == "translation_suggestion":
        return {"translation_suggestion": {"id": one.subject}}
    if one.kind == "admin.report" and int(one.subject) in known.reports:
        return {"report": _report(known.reports[int(one.subject)], people)}
    if one.kind == severances.KIND and int(one.subject) in known.severed:
        return {"event": severance(known.severed[int(one.subject)])}
    if one.kind == warnings.KIND and int(one.subject) in known.warned:
        target = people[str(one.from_account_id)]
        appeal = known.appeals.get(int(one.subject))
        return {"moderation_warning": _warning(known.warned[int(one.subject)], target, appeal)}
    return {}


def _pair(one: Notice) -> tuple[int, int]:
    return one.from_account_id, one.post_id or 0


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


def _warning(one: warnings.Warned, target: dict[str, Any], appeal: tuple[str, str] | None) -> dict[str, Any]:
    """Return the AccountWarning entity, with the appeal against it. https://docs.joinmastodon.org/entities/Appeal/

    `text` begins with the translation that was sent, where there is one, and says that the original below it binds.
    """
    return {
        "id": str(one.id),
        "action": "none" if one.action in OUR_OWN else one.action,
        "text": warnings.told(one),
        "language": one.language,
        "original_text": one.text,
        "status_ids": [str(post_id) for post_id in one.post_ids],
        "target_account": target,
        "appeal": None if appeal is None else {"text": appeal[1], "state": STATES[appeal[0]]},
        "created_at": moment(one.created_at),
    }


async def requests(app: App, found: Sequence[Request], viewer: Viewer) -> list[dict[str, Any]]:
    """Return NotificationRequest entities in their order, in a fixed number of queries.

    The count is a text, as in Mastodon; `last_status` is null where there is none (any more).
    https://docs.joinmastodon.org/entities/NotificationRequest/
    """
    people = {value["id"]: value for value in await accounts(app, [one.from_account_id for one in found], viewer)}
    wanted = [one.last_post_id for one in found if one.last_post_id is not None]
    posts = {value["id"]: value for value in await statuses(app, wanted, viewer, context="notifications")}
    return [
        {
            "id": str(one.id),
            "created_at": moment(one.created_at),
            "updated_at": moment(one.updated_at),
            "notifications_count": str(one.total),
            "account": people[str(one.from_account_id)],
            "last_status": posts.get(str(one.last_post_id)),
        }
        for one in found
        if str(one.from_account_id) in people
    ]

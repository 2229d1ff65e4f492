"""Groups of notifications, in batches. https://docs.joinmastodon.org/entities/GroupedNotificationsResults/"""

from collections.abc import Sequence
from typing import Any

from fedinote.api.entities import notifications
from fedinote.api.entities.accounts import accounts
from fedinote.api.entities.values import moment
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.notifications.groups import Group

Values = dict[str, dict[str, Any]]
_PARTIAL = ("id", "acct", "locked", "bot", "url", "avatar", "avatar_static", "avatar_description")


async def results(
    app: App, groups: Sequence[Group], viewer: Viewer, *, paged: bool = True, partial: bool = False
) -> dict[str, Any]:
    """Return GroupedNotificationsResults: the groups in their order, each account and post once.

    A group whose newest notification cannot be shown is left out. `paged` adds what is known of a page; with
    `partial` only the newest account of each group is whole.
    """
    single = {int(one["id"]): one for one in await notifications.of(app, [one.newest for one in groups], viewer)}
    shown = [one for one in groups if one.newest.id in single]
    people = await _people(app, shown, viewer)
    posts: Values = {}
    for one in single.values():
        if "status" in one:
            posts[one["status"]["id"]] = one["status"]
    value: dict[str, Any] = {
        "accounts": list(people.values()),
        "statuses": list(posts.values()),
        "notification_groups": [_entity(one, single[one.newest.id], people, paged=paged) for one in shown],
    }
    return _with_partial(value) if partial else value


async def _people(app: App, groups: Sequence[Group], viewer: Viewer) -> Values:
    wanted = list(dict.fromkeys(one for group in groups for one in group.sample))
    return {value["id"]: value for value in await accounts(app, wanted, viewer)}


def _entity(one: Group, single: dict[str, Any], people: Values, *, paged: bool) -> dict[str, Any]:
    value: dict[str, Any] = {
        "group_key": one.key,
        "notifications_count": one.total,
        "type": one.newest.kind,
        "most_recent_notification_id": one.newest.id,  # a number, as the documentation has it
        "sample_account_ids": [str(person) for person in one.sample if str(person) in people],
    }
    if paged:
        value["page_min_id"] = str(one.oldest.id)
        value["page_max_id"] = str(one.newest.id)
        value["latest_page_notification_at"] = moment(one.newest.created_at)
    if "status" in single:
        value["status_id"] = single["status"]["id"]
    for name in ("emoji", "emoji_url"):
        if name in single:
            value[name] = single[name]
    for name in ("report", "event", "moderation_warning"):
        if name in single:
            value[name] = single[name]
    return value


def _with_partial(value: dict[str, Any]) -> dict[str, Any]:
    whole = {group["sample_account_ids"][0] for group in value["notification_groups"] if group["sample_account_ids"]}
    return {
        **value,
        "accounts": [one for one in value["accounts"] if one["id"] in whole],
        "partial_accounts": [
            {name: one[name] for name in _PARTIAL} for one in value["accounts"] if one["id"] not in whole
        ],
    }

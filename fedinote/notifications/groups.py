"""Notifications of the same kind about the same thing, told as one: the likes of a post within twelve hours.

A group is not stored: its key says what belongs to it. `favourite-<post>-<half day>`, `follow-<half day>`, and
`ungrouped-<id>` for what stands alone; half days are counted from 1970, UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound
from fedinote.notifications import queries
from fedinote.notifications.queries import COLUMNS, MOST_UNREAD, Notice, Wanted, Window

GROUPABLE = ("favourite", "reblog", "follow", "admin.sign_up")
SPAN_MS = 12 * 3_600_000
SAMPLE = 8
"""How many of those who are behind a group are named with it, as in Mastodon."""
AT_ONCE = 1000
"""How many notifications a page of groups is made of at most."""
_SLACK_MS = 1000  # an id may be a little older than the time beside it
_MOST_DIGITS = 19

_KEY = f"n.kind || COALESCE('-' || CAST(n.post_id AS TEXT), '') || '-' || CAST(n.created_at / {SPAN_MS} AS TEXT)"
_ANY_KEY = f"CASE WHEN n.kind IN_TEXTS(?) THEN {_KEY} ELSE 'ungrouped-' || CAST(n.id AS TEXT) END"
_TOTALS = f"""
SELECT g.* FROM (SELECT n.id, n.from_account_id, {_KEY} AS group_key, COUNT(*) OVER (PARTITION BY {_KEY}) AS total,
  ROW_NUMBER() OVER (PARTITION BY {_KEY} ORDER BY n.id DESC) AS place FROM notifications n
  WHERE n.account_id = ? AND n.id >= ? AND n.id <= ? AND {_KEY} IN_TEXTS(?) AND (NOT n.filtered OR ?) AND {{shown}}) g
WHERE g.place <= ? ORDER BY g.id DESC
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Group:
    """Notifications told as one. `newest` and `oldest` are those of the page; `total` counts older ones too.

    `sample` are the accounts behind the newest of them, the newest first.
    """

    key: str
    newest: Notice
    oldest: Notice
    total: int
    sample: tuple[int, ...]


def key_of(notice: Notice, kinds: Sequence[str] = GROUPABLE) -> str:
    """Return the key of the group that a notification belongs to, where `kinds` are grouped."""
    if notice.kind not in kinds or notice.kind not in GROUPABLE:
        return f"ungrouped-{notice.id}"
    about = "" if notice.post_id is None else f"-{notice.post_id}"
    return f"{notice.kind}{about}-{notice.created_at // SPAN_MS}"


def first(notices: Sequence[Notice], most: int, kinds: Sequence[str]) -> list[Notice]:
    """Return the notifications from the beginning up to where the group after `most` groups would begin."""
    keys: set[str] = set()
    for place, one in enumerate(notices):
        keys.add(key_of(one, kinds))
        if len(keys) > most:
            return list(notices[:place])
    return list(notices)


async def of(
    app: App, account_id: int, notices: Sequence[Notice], kinds: Sequence[str], *, filtered: bool = False
) -> list[Group]:
    """Return the groups of a page of notifications (newest first), in their order; one query.

    `filtered`: what the person's policy keeps apart is counted too.
    """
    parts: dict[str, list[Notice]] = {}
    for one in notices:
        parts.setdefault(key_of(one, kinds), []).append(one)
    grouped = {key: part for key, part in parts.items() if not _alone(key)}
    totals = await _totals(app, account_id, grouped, filtered=filtered)
    return [_group(key, part, totals.get(key, ())) for key, part in parts.items()]


def _alone(key: str) -> bool:
    return key.startswith("ungrouped-")


def _group(key: str, part: Sequence[Notice], rows: Sequence[Row]) -> Group:
    total = rows[0]["total"] if rows else len(part)
    people = [row["from_account_id"] for row in rows] or [one.from_account_id for one in part[:SAMPLE]]
    return Group(key, part[0], part[-1], total, tuple(dict.fromkeys(people)))


async def _totals(app: App, account_id: int, parts: dict[str, list[Notice]], *, filtered: bool) -> dict[str, list[Row]]:
    """Return, by key, the newest of each group up to the newest of the page, with the number of all of them."""
    if not parts:
        return {}
    begun = min(part[-1].created_at // SPAN_MS * SPAN_MS for part in parts.values())
    newest = max(part[0].id for part in parts.values())
    shown, params = queries.may_be_shown(app, account_id)
    since = (begun - _SLACK_MS) << 16
    rows = await app.db.rows(
        _TOTALS.format(shown=shown), account_id, since, newest, list(parts), filtered, *params, SAMPLE
    )
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["group_key"], []).append(row)
    return found


def _members(key: str) -> tuple[str, list[Any]]:
    """Return the condition on notifications `n` that a key stands for. Raises NotFound for what is no key."""
    kind, *numbers = key.split("-")
    if not numbers or not all(one.isascii() and one.isdigit() and len(one) < _MOST_DIGITS for one in numbers):
        raise NotFound
    values = [int(one) for one in numbers]
    if kind == "ungrouped" and len(values) == 1:
        return "n.id = ?", values
    if kind not in GROUPABLE or len(values) > 2 or values[-1] * SPAN_MS >= 1 << 62:
        raise NotFound
    about = "n.post_id = ?" if len(values) == 2 else "n.post_id IS NULL"
    since = values[-1] * SPAN_MS
    return f"n.kind = ? AND {about} AND n.created_at >= ? AND n.created_at < ?", [
        kind,
        *values[:-1],
        since,
        since + SPAN_MS,
    ]


async def show(app: App, account_id: int, key: str) -> Group:
    """Return one of a person's groups. Raises NotFound where nothing is in it (any more).

    Of what the policy keeps apart a group is shown only where nothing else is in it.
    """
    members, values = _members(key)
    shown, params = queries.may_be_shown(app, account_id)
    row = await app.db.row(
        f"SELECT {COLUMNS}, n.filtered FROM notifications n WHERE n.account_id = ? AND {members} AND {shown}"  # noqa: S608
        " ORDER BY n.filtered, n.id DESC LIMIT 1",
        account_id,
        *values,
        *params,
    )
    if row is None:
        raise NotFound
    kinds = () if _alone(key) else GROUPABLE
    return (await of(app, account_id, [queries.as_notice(row)], kinds, filtered=bool(row["filtered"])))[0]


async def people(app: App, account_id: int, key: str, window: Window) -> list[tuple[int, int]]:
    """Return a page of (notification, account) of a group, by notification. Raises NotFound for what is no key."""
    members, values = _members(key)
    where, params, order = window("n.id")
    shown, shown_params = queries.may_be_shown(app, account_id)
    rows = await app.db.rows(
        "SELECT n.id, n.from_account_id FROM notifications n"  # noqa: S608
        f" WHERE n.account_id = ? AND NOT n.filtered AND {members} AND {where} AND {shown} {order}",
        account_id,
        *values,
        *params,
        *shown_params,
    )
    return [(row["id"], row["from_account_id"]) for row in rows]


async def dismiss(app: App, account_id: int, key: str) -> None:
    """Put a whole group away for good; an empty one too. Raises NotFound for what is no key."""
    members, values = _members(key)
    await app.db.execute(
        f"DELETE FROM notifications AS n WHERE n.account_id = ? AND {members}",  # noqa: S608
        account_id,
        *values,
    )


async def unread_count(app: App, account_id: int, wanted: Wanted, kinds: Sequence[str], most: int = 100) -> int:
    """Count the groups with something after the person's read marker, up to `most` (at most 1,000)."""
    chosen, chosen_params = queries.chosen_by(wanted)
    shown, shown_params = queries.may_be_shown(app, account_id)
    count: int = await app.db.value(
        f"SELECT COUNT(*) AS value FROM (SELECT DISTINCT {_ANY_KEY} FROM notifications n"  # noqa: S608
        " WHERE n.account_id = ? AND n.id > COALESCE("
        "(SELECT k.last_read_id FROM markers k WHERE k.account_id = ? AND k.timeline = 'notifications'), 0)"
        f" AND {chosen} AND {shown} LIMIT ?) c",
        [kind for kind in kinds if kind in GROUPABLE],
        account_id,
        account_id,
        *chosen_params,
        *shown_params,
        min(max(most, 1), MOST_UNREAD),
    )
    return count

"""The first half of an import that overwrites: what a person has and the file has not, goes.

Each step ends what is found, so that it may be broken off and begun again; it is over when nothing is found.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid
from fedinote.policy import domains as spelling
from fedinote.portability.exports import address
from fedinote.posts import interactions
from fedinote.relations import blocks, domains, follows
from fedinote.timelines import lists

Key = tuple[str, ...]
_RELATIONS = {"follows": "follower_id", "blocks": "account_id", "mutes": "account_id"}
_LISTED = """
SELECT l.id, l.title, m.account_id, a.username, a.domain FROM lists l LEFT JOIN list_members m ON m.of_list_id = l.id
  LEFT JOIN accounts a ON a.id = m.account_id WHERE l.account_id = ? ORDER BY l.id, m.id
"""


def key(app: App, kind: str, cells: list[str]) -> Key:
    """Return what a row of a file is about, as it is compared with what a person has."""
    if kind in ("bookmarks", "domain_blocks"):
        return (cells[0] if kind == "bookmarks" else _domain(cells[0]),)
    found = _address(app, cells[1 if kind == "lists" else 0])
    return (cells[0], found) if kind == "lists" else (found,)


def _domain(text: str) -> str:
    try:
        return spelling.key(text)
    except Invalid:
        return text


def _address(app: App, text: str) -> str:
    name, _, domain = text.lstrip("@").lower().partition("@")
    return f"{name}@{app.settings.handle_host if domain in ('', *app.settings.own_hosts) else domain}"


async def surplus(
    app: App, account_id: int, kind: str, wanted: Collection[Key]
) -> list[Callable[[], Awaitable[object]]]:
    """Return what is to be done so that a person has nothing of a kind that is not wanted."""
    return await _SURPLUS[kind](app, account_id, kind, wanted)


Step = Callable[[], Awaitable[object]]


async def _people(app: App, me: int, kind: str, wanted: Collection[Key]) -> list[Step]:
    rows = await app.db.rows(
        f"SELECT r.target_id, a.username, a.domain FROM {kind} r JOIN accounts a ON a.id = r.target_id"  # noqa: S608
        f" WHERE r.{_RELATIONS[kind]} = ?" + (" AND r.accepted" if kind == "follows" else ""),
        me,
    )
    end = {"follows": follows.undo, "blocks": blocks.unblock, "mutes": blocks.unmute}[kind]
    return [_step(end, app, me, row["target_id"]) for row in rows if (address(app, row).lower(),) not in wanted]


async def _lists(app: App, me: int, kind: str, wanted: Collection[Key]) -> list[Step]:
    """Empty lists of what the file does not have in them; lists that it does not have at all are deleted."""
    titles = {title for title, _ in wanted}
    rows = await app.db.rows(_LISTED, me)
    gone = dict.fromkeys(row["id"] for row in rows if row["title"] not in titles)
    steps: list[Step] = [_step(lists.delete, app, me, list_id) for list_id in gone]
    return steps + [
        _step(lists.remove, app, me, row["id"], [row["account_id"]])
        for row in rows
        if _is_surplus(app, row, wanted, gone)
    ]


def _is_surplus(app: App, row: Row, wanted: Collection[Key], gone: Collection[int]) -> bool:
    listed = row["account_id"] is not None and row["id"] not in gone
    return listed and (row["title"], address(app, row).lower()) not in wanted


async def _bookmarks(app: App, me: int, kind: str, wanted: Collection[Key]) -> list[Step]:
    rows = await app.db.rows(
        "SELECT p.id, p.uri FROM bookmarks b JOIN posts p ON p.id = b.post_id WHERE b.account_id = ?", me
    )
    return [_step(interactions.unbookmark, app, me, row["id"]) for row in rows if (row["uri"],) not in wanted]


async def _domains(app: App, me: int, kind: str, wanted: Collection[Key]) -> list[Step]:
    rows = await app.db.rows("SELECT domain FROM account_domain_blocks WHERE account_id = ?", me)
    return [_step(domains.unblock, app, me, row["domain"]) for row in rows if (row["domain"],) not in wanted]


def _step(verb: Callable[..., Awaitable[object]], *args: object) -> Step:
    return lambda: verb(*args)


_SURPLUS: Mapping[str, Callable[[App, int, str, Collection[Key]], Awaitable[list[Step]]]] = {
    "follows": _people,
    "blocks": _people,
    "mutes": _people,
    "lists": _lists,
    "bookmarks": _bookmarks,
    "domain_blocks": _domains,
}

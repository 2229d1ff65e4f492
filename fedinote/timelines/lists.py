"""Lists of people whom one follows, each a timeline of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from fedinote.events import Blocked, FollowRejected, Unfollowed
from fedinote.infra.app import App
from fedinote.infra.db import Query, Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.relations.lookup import Pager

REPLIES_POLICIES = ("followed", "list", "none")
MAX_TITLE = 256
MAX_LISTS = 50
MAX_MEMBERS = 5000


@dataclass(frozen=True, slots=True)
class PersonalList:
    """A list. `replies_policy`: whose answers it shows; `exclusive` keeps its members' posts out of home."""

    id: int
    title: str
    replies_policy: str
    exclusive: bool


@dataclass(frozen=True, slots=True)
class Member:
    """An account in a list; pages go by `id`."""

    id: int
    account_id: int


_COLUMNS = "l.id, l.title, l.replies_policy, l.exclusive"


def _list(row: Row) -> PersonalList:
    return PersonalList(row["id"], row["title"], row["replies_policy"], bool(row["exclusive"]))


async def of(app: App, account_id: int) -> list[PersonalList]:
    """Return a person's lists, oldest first."""
    rows = await app.db.rows(f"SELECT {_COLUMNS} FROM lists l WHERE l.account_id = ? ORDER BY l.id", account_id)  # noqa: S608
    return [_list(row) for row in rows]


async def show(app: App, account_id: int, list_id: int) -> PersonalList:
    """Return one of a person's lists. Raises NotFound for others'."""
    row = await app.db.row(
        f"SELECT {_COLUMNS} FROM lists l WHERE l.id = ? AND l.account_id = ?",  # noqa: S608
        list_id,
        account_id,
    )
    if row is None:
        raise NotFound
    return _list(row)


async def containing(app: App, account_id: int, member_id: int) -> list[PersonalList]:
    """Return those of a person's lists that the member is in, oldest first."""
    rows = await app.db.rows(
        f"SELECT {_COLUMNS} FROM lists l JOIN list_members m ON m.of_list_id = l.id"  # noqa: S608
        " WHERE l.account_id = ? AND m.account_id = ? ORDER BY l.id",
        account_id,
        member_id,
    )
    return [_list(row) for row in rows]


def _checked(title: str, replies_policy: str) -> str:
    title = title.strip()
    if not title:
        raise Invalid("Validation failed: Title can't be blank")
    if len(title) > MAX_TITLE:
        raise Invalid(f"Validation failed: Title is too long (maximum is {MAX_TITLE} characters)")
    if replies_policy not in REPLIES_POLICIES:
        raise Invalid("Validation failed: Replies policy is not included in the list")
    return title


async def create(
    app: App, account_id: int, title: str, *, replies_policy: str = "list", exclusive: bool = False
) -> PersonalList:
    """Make a list. Raises Invalid (no title, unknown policy, 50 lists already)."""
    title = _checked(title, replies_policy)
    async with app.db.transaction():
        count = await app.db.value("SELECT COUNT(*) AS value FROM lists WHERE account_id = ?", account_id)
        if count >= MAX_LISTS:
            raise Invalid(f"Validation failed: You have {MAX_LISTS} lists already")
        made = PersonalList(app.ids.next(), title, replies_policy, exclusive)
        await app.db.execute(
            "INSERT INTO lists (id, account_id, title, replies_policy, exclusive, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            made.id,
            account_id,
            title,
            replies_policy,
            exclusive,
            app.now(),
        )
    return made


async def update(
    app: App,
    account_id: int,
    list_id: int,
    *,
    title: str | None = None,
    replies_policy: str | None = None,
    exclusive: bool | None = None,
) -> PersonalList:
    """Change what is not None of a person's list; return it. Raises NotFound and Invalid."""
    async with app.db.transaction():
        now = await show(app, account_id, list_id)
        policy = replies_policy or now.replies_policy
        new = PersonalList(
            list_id,
            _checked(now.title if title is None else title, policy),
            policy,
            now.exclusive if exclusive is None else exclusive,
        )
        await app.db.execute(
            "UPDATE lists SET title = ?, replies_policy = ?, exclusive = ? WHERE id = ?",
            new.title,
            new.replies_policy,
            new.exclusive,
            list_id,
        )
    return new


async def delete(app: App, account_id: int, list_id: int) -> None:
    """Delete a person's list. Raises NotFound."""
    if not await app.db.execute("DELETE FROM lists WHERE id = ? AND account_id = ?", list_id, account_id):
        raise NotFound


async def members_page(app: App, account_id: int, list_id: int, pager: Pager | None) -> list[Member]:
    """Return the members of a person's list by membership id; all of them, newest first, without a pager."""
    await show(app, account_id, list_id)
    where, params, order = pager("m.id") if pager else ("TRUE", (), f"ORDER BY m.id DESC LIMIT {MAX_MEMBERS}")
    rows = await app.db.rows(
        "SELECT m.id, m.account_id FROM list_members m JOIN accounts a ON a.id = m.account_id"  # noqa: S608
        f" WHERE m.of_list_id = ? AND a.suspended_at IS NULL AND {where} {order}",
        list_id,
        *params,
    )
    return [Member(row["id"], row["account_id"]) for row in rows]


async def add(app: App, account_id: int, list_id: int, member_ids: Sequence[int]) -> None:
    """Put accounts into a person's list; those who are in it stay.

    Raises NotFound (the list, or an account that the person does not follow) and Invalid (5,000 members at most).
    """
    wanted = list(dict.fromkeys(member_ids))
    async with app.db.transaction():
        await show(app, account_id, list_id)
        followed, present = await app.db.many(
            (
                "SELECT id FROM accounts WHERE id IN_INTS(?) AND (id = ? OR id IN"
                " (SELECT target_id FROM follows WHERE follower_id = ? AND accepted))",
                [wanted, account_id, account_id],
            ),
            ("SELECT COUNT(*) AS value FROM list_members WHERE of_list_id = ?", [list_id]),
        )
        if len(followed) < len(wanted):
            raise NotFound
        if present[0]["value"] + len(wanted) > MAX_MEMBERS:
            raise Invalid(f"Validation failed: A list holds {MAX_MEMBERS} accounts at most")
        await app.db.execute_many(
            "INSERT INTO list_members (id, of_list_id, account_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(app.ids.next(), list_id, one) for one in wanted],
        )


async def remove(app: App, account_id: int, list_id: int, member_ids: Sequence[int]) -> None:
    """Take accounts out of a person's list; those who are not in it do not matter. Raises NotFound (the list)."""
    async with app.db.transaction():
        await show(app, account_id, list_id)
        await app.db.execute(
            "DELETE FROM list_members WHERE of_list_id = ? AND account_id IN_INTS(?)", list_id, list(member_ids)
        )


def _out_of_lists(owner_id: int, member_id: int) -> Query:
    sql = "DELETE FROM list_members WHERE account_id = ? AND of_list_id IN (SELECT id FROM lists WHERE account_id = ?)"
    return sql, (member_id, owner_id)


async def on_unfollowed(app: App, event: Unfollowed | FollowRejected) -> None:
    """Whom one no longer follows leaves one's lists."""
    await app.db.write(_out_of_lists(event.follower_id, event.target_id))


async def on_blocked(app: App, event: Blocked) -> None:
    """Two people parted by a block leave each other's lists."""
    await app.db.write(
        _out_of_lists(event.account_id, event.target_id), _out_of_lists(event.target_id, event.account_id)
    )

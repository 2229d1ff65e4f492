"""Collections of accounts that people recommend in public, with the consent of everybody in them.

Who lives here is asked by what the profile says (`discoverable`); who lives elsewhere is asked by its own server.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fedinote.events import CollectionChanged, MemberAsked, MemberChanged
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.relations.pairs import blocked_either_way, pair

MAX_COLLECTIONS = 10
MAX_ITEMS = 25
MAX_NAME = 40
MAX_DESCRIPTION = 100
Decision = Literal["automatic", "manual", "denied", "unknown", "missing"]
_PUBLIC, _FOLLOWERS, _FOLLOWING, _OTHERS = 1, 2, 4, 8
_MANUAL = 4  # how far the bits of who may after approval are shifted

_ITEM = """
INSERT INTO collection_items (id, collection_id, account_id, state, uri, request_uri, approval_uri, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id
"""
# A request that was refused ends with its answer: the next one is another, with an id of its own.
_FORGET_NO = "DELETE FROM collection_items WHERE collection_id = ? AND account_id = ? AND state = 'rejected'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a collection shall be like; None leaves a thing as it is. `tag` is a hashtag without "#", or ""."""

    name: str | None = None
    description: str | None = None
    language: str | None = None
    sensitive: bool | None = None
    discoverable: bool | None = None
    tag: str | None = None

    def values(self) -> dict[str, Any]:
        """Return what is not None, checked. Raises `Invalid`."""
        found: dict[str, Any] = {
            "name": None if self.name is None else " ".join(self.name.split()),
            "description": None if self.description is None else self.description.strip(),
            "language": None if self.language is None else (self.language[:35] or None),
            "sensitive": self.sensitive,
            "discoverable": self.discoverable,
            "tag": None if self.tag is None else self.tag.strip().removeprefix("#")[:255],
        }
        given = {name: value for name, value in found.items() if getattr(self, name) is not None}
        if not 0 < len(given.get("name", "-")) <= MAX_NAME:
            raise Invalid(f"Validation failed: Name must have 1 to {MAX_NAME} characters")
        if len(given.get("description", "")) > MAX_DESCRIPTION:
            raise Invalid(f"Validation failed: Description is too long (maximum is {MAX_DESCRIPTION} characters)")
        return given


async def create(app: App, account_id: int, wishes: Wishes, member_ids: Sequence[int] = ()) -> int:
    """Make a collection of a local account with these members; its id. Emits CollectionChanged.

    Raises `Invalid` (no name, too long, too many collections or members) and like `add`.
    """
    values: dict[str, Any] = {"description": "", "language": None, "sensitive": False, "discoverable": True, "tag": ""}
    values |= wishes.values()
    if "name" not in values:
        raise Invalid("Validation failed: Name can't be blank")
    async with app.db.transaction():
        owner, _ = await pair(app, account_id, account_id)
        count = await app.db.value("SELECT COUNT(*) AS value FROM collections WHERE account_id = ?", account_id)
        if count >= MAX_COLLECTIONS:
            raise Invalid(f"Validation failed: You have {MAX_COLLECTIONS} collections already")
        collection_id = app.ids.next()
        uri = f"{owner.uri}/collections/{collection_id}"
        url = app.url(f"/collections/{collection_id}")
        row: dict[str, Any] = {"id": collection_id, "account_id": account_id, "uri": uri, "url": url, **values}
        row |= {"created_at": app.now(), "updated_at": app.now()}
        await app.db.execute(
            f"INSERT INTO collections ({', '.join(row)}) VALUES ({', '.join('?' for _ in row)})",  # noqa: S608
            *row.values(),
        )
        await app.emit(CollectionChanged(collection_id, account_id, local=True, change="made"))
        for member_id in dict.fromkeys(member_ids):
            await add(app, account_id, collection_id, member_id)
    return collection_id


async def _own(app: App, account_id: int, collection_id: int) -> Row:
    row = await app.db.row(
        f"SELECT c.*, a.uri AS owner_uri, a.domain FROM collections c JOIN accounts a ON a.id = c.account_id"  # noqa: S608
        f" WHERE c.id = ? AND c.account_id = ?{app.db.lock}",
        collection_id,
        account_id,
    )
    if row is None:
        raise NotFound
    return row


async def update(app: App, account_id: int, collection_id: int, wishes: Wishes) -> None:
    """Change a collection of one's own. Emits CollectionChanged. Raises `NotFound` and `Invalid`."""
    values = wishes.values()
    async with app.db.transaction():
        await _own(app, account_id, collection_id)
        values["updated_at"] = app.now()
        names = ", ".join(f"{name} = ?" for name in values)
        await app.db.execute(f"UPDATE collections SET {names} WHERE id = ?", *values.values(), collection_id)  # noqa: S608
        await app.emit(CollectionChanged(collection_id, account_id, local=True, change="changed"))


async def delete(app: App, account_id: int, collection_id: int) -> None:
    """Delete a collection of an account, here or elsewhere. Emits CollectionChanged before it goes. `NotFound`."""
    async with app.db.transaction():
        row = await _own(app, account_id, collection_id)
        await app.emit(CollectionChanged(collection_id, account_id, local=row["domain"] == "", change="removed"))
        await app.db.execute("DELETE FROM collections WHERE id = ?", collection_id)


def policy(row: Row) -> int | None:
    """Return who may put an account (a row: domain, discoverable, feature_policy) into a collection, as bits.

    None: its server says nothing of it.
    """
    if row["domain"]:
        said: int | None = row["feature_policy"]
        return said
    return _PUBLIC if row["discoverable"] else 0


def decision(row: Row, *, own: bool = False, follower: bool = False, followed: bool = False) -> Decision:
    """Tell what `policy` says to somebody: the account itself (`own`), who follows it or is followed by it.

    `unknown` where it names people whom we cannot compare with, `missing` where nothing is said.
    """
    said = policy(row)
    if said is None:
        return "automatic" if own else "missing"
    mine = _PUBLIC | (_FOLLOWERS if follower else 0) | (_FOLLOWING if followed else 0)
    if said & mine or (own and row["domain"]):
        return "automatic"
    if said >> _MANUAL & mine:
        return "manual"
    return "unknown" if (said | said >> _MANUAL) & _OTHERS else "denied"


async def may_feature(app: App, owner_id: int, member_id: int) -> bool:
    """Tell whether an account may be asked to be in a collection; one of ours agrees by being discoverable."""
    _, member = await pair(app, owner_id, member_id)
    if member.gone or await blocked_either_way(app, owner_id, member_id):
        return False
    row = await app.db.row(
        "SELECT a.domain, a.discoverable, a.feature_policy,"
        " EXISTS (SELECT 1 FROM follows f WHERE f.accepted AND f.follower_id = ? AND f.target_id = a.id) AS follower,"
        " EXISTS (SELECT 1 FROM follows f WHERE f.accepted AND f.follower_id = a.id AND f.target_id = ?) AS followed"
        " FROM accounts a WHERE a.id = ?",
        owner_id,
        owner_id,
        member_id,
    )
    assert row is not None  # `pair` has found it
    told = decision(row, follower=bool(row["follower"]), followed=bool(row["followed"]))
    return told in ("automatic", "manual", "unknown") or owner_id == member_id


async def add(app: App, account_id: int, collection_id: int, member_id: int) -> int:
    """Put an account into a collection of one's own; the id of the item.

    One of this server is in it at once (MemberChanged), another one is asked (MemberAsked), anew when it said no
    before; who withdrew is not asked again. Raises `NotFound`, `Forbidden` (it does not want to be found, or blocks)
    and `Invalid` (in it already or withdrawn, 25 members).
    """
    async with app.db.transaction():
        row = await _own(app, account_id, collection_id)
        _, member = await pair(app, account_id, member_id)
        if not await may_feature(app, account_id, member_id):
            raise Forbidden("This account cannot be in a collection")
        count = "SELECT COUNT(*) AS value FROM collection_items WHERE collection_id = ? AND state IN_TEXTS(?)"
        if await app.db.value(count, collection_id, ["pending", "accepted"]) >= MAX_ITEMS:
            raise Invalid(f"Validation failed: A collection has {MAX_ITEMS} accounts at most")
        await app.db.execute(_FORGET_NO, collection_id, member_id)
        item_id = app.ids.next()
        approval = f"{member.uri}/feature_authorizations/{item_id}" if member.is_local else ""
        made = await app.db.returning(
            _ITEM,
            item_id,
            collection_id,
            member_id,
            "accepted" if member.is_local else "pending",
            f"{row['uri']}/items/{item_id}",
            "" if member.is_local else f"{row['owner_uri']}/feature_requests/{item_id}",
            approval,
            app.now(),
        )
        if not made:
            raise Invalid("Validation failed: Account is in the collection already")
        await app.emit(MemberChanged(item_id, listed=True) if member.is_local else MemberAsked(item_id))
        return item_id


async def answer(app: App, request_uri: str, member_id: int, approval_uri: str | None) -> bool:
    """Let a member answer our request: by what proves its consent, or (None) by no. False when none was asked so.

    Emits MemberChanged for a consent.
    """
    async with app.db.transaction():
        rows = await app.db.returning(
            "UPDATE collection_items SET state = ?, approval_uri = ? WHERE request_uri = ? AND account_id = ?"
            " AND state = 'pending' AND request_uri <> '' RETURNING id",
            "rejected" if approval_uri is None else "accepted",
            approval_uri or "",
            request_uri,
            member_id,
        )
        for row in rows:
            if approval_uri is not None:
                await app.emit(MemberChanged(row["id"], listed=True))
        return bool(rows)


async def remove(app: App, account_id: int, collection_id: int, item_id: int) -> None:
    """Take an account out of a collection of one's own. Emits MemberChanged before it goes. Raises `NotFound`."""
    async with app.db.transaction():
        await _own(app, account_id, collection_id)
        found = "SELECT state FROM collection_items WHERE id = ? AND collection_id = ?"
        row = await app.db.row(found, item_id, collection_id)
        if row is None:
            raise NotFound
        if row["state"] == "accepted":
            await app.emit(MemberChanged(item_id, listed=False))
        await app.db.execute("DELETE FROM collection_items WHERE id = ?", item_id)


async def revoke(app: App, member_id: int, item_id: int) -> None:
    """Withdraw from a collection; its owner cannot put the account in again. Emits MemberChanged. Raises `NotFound`."""
    async with app.db.transaction():
        rows = await app.db.returning(
            "UPDATE collection_items SET state = 'revoked' WHERE id = ? AND account_id = ?"
            " AND state IN_TEXTS(?) RETURNING id",
            item_id,
            member_id,
            ["pending", "accepted"],
        )
        if not rows:
            raise NotFound
        await app.emit(MemberChanged(item_id, listed=False, by_member=True))


async def visible(app: App, viewer_id: int | None, collection_id: int) -> Row:
    """Return a collection that a viewer may see: not of who is suspended, gone, or blocks the viewer. `NotFound`."""
    row = await app.db.row(
        "SELECT c.*, a.domain FROM collections c JOIN accounts a ON a.id = c.account_id"
        " WHERE c.id = ? AND a.suspended_at IS NULL AND a.deleted_at IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM blocks b WHERE b.account_id = c.account_id AND b.target_id = ?)",
        collection_id,
        viewer_id or 0,
    )
    if row is None:
        raise NotFound
    return row


async def by_url(app: App, viewer_id: int | None, urls: Sequence[str]) -> list[Row]:
    """Return the collections with these addresses (of the page or the object) that a viewer may see, like `visible`."""
    return await app.db.rows(
        "SELECT c.*, a.domain FROM collections c JOIN accounts a ON a.id = c.account_id"
        " WHERE (c.url IN_TEXTS(?) OR c.uri IN_TEXTS(?)) AND a.suspended_at IS NULL AND a.deleted_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = c.account_id AND b.target_id = ?) ORDER BY c.id",
        list(urls),
        list(urls),
        viewer_id or 0,
    )


async def items(app: App, collection_ids: Sequence[int], viewer_id: int | None) -> list[Row]:
    """Return the items of collections in order: those who agreed; to the owner, those who were not asked in vain too.

    Accounts that are suspended or gone, and those that the viewer blocks, are left out.
    """
    return await app.db.rows(
        "SELECT i.*, a.uri AS member_uri, a.actor_type FROM collection_items i"
        " JOIN collections c ON c.id = i.collection_id JOIN accounts a ON a.id = i.account_id"
        " WHERE i.collection_id IN_INTS(?) AND a.suspended_at IS NULL AND a.deleted_at IS NULL"
        " AND (i.state = 'accepted' OR (i.state = 'pending' AND c.account_id = ?)) AND NOT EXISTS"
        " (SELECT 1 FROM blocks b WHERE b.account_id = ? AND b.target_id = i.account_id) ORDER BY i.id",
        list(collection_ids),
        viewer_id or 0,
        viewer_id or 0,
    )


async def of(app: App, account_id: int, viewer_id: int | None, *, limit: int, offset: int = 0) -> list[Row]:
    """Return an account's collections, newest first; to others those on its profile only."""
    return await app.db.rows(
        "SELECT c.*, a.domain FROM collections c JOIN accounts a ON a.id = c.account_id WHERE c.account_id = ?"
        " AND a.suspended_at IS NULL AND a.deleted_at IS NULL AND (c.discoverable OR c.account_id = ?)"
        " AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = c.account_id AND b.target_id = ?)"
        " ORDER BY c.id DESC LIMIT ? OFFSET ?",
        account_id,
        viewer_id or 0,
        viewer_id or 0,
        limit,
        offset,
    )


async def featuring(app: App, account_id: int, *, limit: int, offset: int = 0) -> list[Row]:
    """Return the collections that an account is in, newest first."""
    return await app.db.rows(
        "SELECT c.*, a.domain FROM collection_items i JOIN collections c ON c.id = i.collection_id"
        " JOIN accounts a ON a.id = c.account_id WHERE i.account_id = ? AND i.state = 'accepted'"
        " AND a.suspended_at IS NULL AND a.deleted_at IS NULL ORDER BY i.id DESC LIMIT ? OFFSET ?",
        account_id,
        limit,
        offset,
    )

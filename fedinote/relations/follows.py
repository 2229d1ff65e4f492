"""Following: a request, its answer, its end. One row for each pair; `accepted` is the state.

The callers pass ids that they have verified (a token, a signature); which side may do what is in the names: the
follower requests and undoes, the target accepts, rejects and removes. A verb that finds the state it asks for, or
nothing to move, changes nothing and says so (False): an Accept for a follow that nobody requested does nothing.
"""

from collections.abc import Mapping, Sequence

import msgspec

from fedinote.events import FollowAccepted, FollowRejected, FollowRequested, Unfollowed
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Conflict, Forbidden, Invalid
from fedinote.relations.models import Follow
from fedinote.relations.pairs import Party, blocked_either_way, counted, domain_blocked_either_way, pair

MAX_LANGUAGES = 50
MAX_FOLLOWS = 7500
"""Whom one account may follow or ask; with many followers of one's own, a tenth more than these."""

_INSERT = """
INSERT INTO follows (id, follower_id, target_id, accepted, uri, reblogs, notify, languages, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id
"""


async def request(
    app: App,
    follower_id: int,
    target_id: int,
    *,
    uri: str | None = None,
    reblogs: bool | None = None,
    notify: bool | None = None,
    languages: Sequence[str] | None = None,
) -> Follow:
    """Ask to follow; return the follow as it now is.

    `uri` is the id of the Follow activity of a remote follower; ours are made here. A local target that is not
    locked accepts at once (FollowRequested, then FollowAccepted; the row says `accepted` during both), other
    targets are asked (FollowRequested). Silenced followers always wait for a local target's answer, as in Mastodon.

    Repeated, it changes the options that are not None (`languages` empty: all of them) and nothing else; but a
    remote follower who asks again is told again that it was accepted (FollowAccepted, with the new `uri`): the
    first Accept may have been lost. Raises NotFound, Forbidden (oneself, blocked either way, also by domain,
    suspended, moved, a server's own actor), Invalid (a local follower follows MAX_FOLLOWS accounts) and Conflict (the
    uri belongs to another follow).
    """
    options = {"reblogs": reblogs, "notify": notify, "languages": languages}
    async with app.db.transaction():
        follower, target = await pair(app, follower_id, target_id)
        await _refuse(app, follower, target)
        follow_id = await _insert(app, follower, target, uri, options)
        if follow_id is None:
            follow_id = await _repeat(app, follower, target, uri, options)
        return await Follow.get(id=follow_id, using_db=app.db.orm)


async def _refuse(app: App, follower: Party, target: Party) -> None:
    if follower.id == target.id:
        raise Forbidden("You cannot follow yourself")
    if follower.gone or target.gone:
        raise Forbidden(reason="a side of the follow is suspended")
    if target.server:
        raise Forbidden("This account is a server: it cannot be followed", reason="the target is a server's own actor")
    if follower.moved and follower.is_local:
        raise Forbidden("Your account has moved: end that before you follow", reason="the follower has moved")
    if target.moved:
        raise Forbidden("This account has moved", reason="the target of the follow has moved")
    if await blocked_either_way(app, follower.id, target.id):
        raise Forbidden(reason="a side of the follow blocks the other")
    if await domain_blocked_either_way(app, follower, target):
        raise Forbidden(reason="a side of the follow blocks the other's server")


def _is_open(follower: Party, target: Party) -> bool:
    return target.is_local and not target.locked and not follower.silenced


async def _insert(
    app: App, follower: Party, target: Party, uri: str | None, options: Mapping[str, object]
) -> int | None:
    """Store a new follow and say so; None when there is one already (or another has the uri)."""
    follow_id, accepted = app.ids.next(), _is_open(follower, target)
    own = f"{follower.uri}/follows/{follow_id}" if follower.is_local else f"{follower.uri}#follows/{follow_id}"
    made = await app.db.returning(
        _INSERT,
        follow_id,
        follower.id,
        target.id,
        accepted,
        uri or own,
        options["reblogs"] is not False,
        options["notify"] is True,
        _encoded(options["languages"]),
        app.now(),
    )
    if not made:
        return None
    if follower.is_local:
        await _check_quota(app, follower.id)
    await app.emit(FollowRequested(follow_id, follower.id, target.id, uri or own))
    if accepted:
        await app.db.write(counted(follower.id, target.id, 1))
        await app.emit(FollowAccepted(follow_id, follower.id, target.id, uri or own))
    return follow_id


async def _check_quota(app: App, follower_id: int) -> None:
    """Raise Invalid when the new follow is one too many; the transaction is undone."""
    row = await app.db.row(
        "SELECT (SELECT COUNT(*) FROM follows f WHERE f.follower_id = a.id) AS follows, a.followers_count"
        " FROM accounts a WHERE a.id = ?",
        follower_id,
    )
    if row is not None and row["follows"] > max(MAX_FOLLOWS, row["followers_count"] * 11 // 10):
        raise Invalid(f"Validation failed: You may follow {MAX_FOLLOWS} accounts at most")


async def _repeat(app: App, follower: Party, target: Party, uri: str | None, options: Mapping[str, object]) -> int:
    """Update a follow that is there; return its id."""
    found = await app.db.row(
        "SELECT id, uri, accepted FROM follows WHERE follower_id = ? AND target_id = ?", follower.id, target.id
    )
    if found is None:
        raise Conflict(reason="another follow has this uri")
    changes = {name: value for name, value in options.items() if value is not None}
    if "languages" in changes:
        changes["languages"] = _encoded(changes["languages"])
    if uri and uri != found["uri"] and not await app.db.row("SELECT 1 AS value FROM follows WHERE uri = ?", uri):
        changes["uri"] = uri
    if changes:
        names = ", ".join(f"{name} = ?" for name in changes)
        await app.db.execute(f"UPDATE follows SET {names} WHERE id = ?", *changes.values(), found["id"])  # noqa: S608
    if not found["accepted"] and _is_open(follower, target):
        await accept(app, follower.id, target.id)
    elif found["accepted"] and not follower.is_local:
        told = str(changes.get("uri", found["uri"]))
        await app.emit(FollowAccepted(found["id"], follower.id, target.id, told))
    return int(found["id"])


def _encoded(languages: object) -> str | None:
    if not isinstance(languages, list | tuple) or not languages:
        return None
    return msgspec.json.encode(list(dict.fromkeys(languages))[:MAX_LANGUAGES]).decode()


async def accept(app: App, follower_id: int, target_id: int) -> bool:
    """Let `target` accept the waiting request of `follower`; False when none waits. Emits FollowAccepted."""
    async with app.db.transaction():
        await pair(app, follower_id, target_id)
        accepted = await app.db.returning(
            "UPDATE follows SET accepted = TRUE WHERE follower_id = ? AND target_id = ? AND NOT accepted"
            " RETURNING id, uri",
            follower_id,
            target_id,
        )
        if not accepted:
            return False
        await app.db.write(counted(follower_id, target_id, 1))
        await app.emit(FollowAccepted(accepted[0]["id"], follower_id, target_id, accepted[0]["uri"]))
        return True


async def reject(app: App, follower_id: int, target_id: int) -> bool:
    """Let `target` refuse a request or end a follow of `follower`; False when there is none. Emits FollowRejected."""
    async with app.db.transaction():
        row = await _end(app, follower_id, target_id)
        if row is None:
            return False
        await app.emit(FollowRejected(follower_id, target_id, row["uri"]))
        return True


async def undo(app: App, follower_id: int, target_id: int) -> bool:
    """Let `follower` take a request or follow back; False when there is none. Emits Unfollowed."""
    async with app.db.transaction():
        row = await _end(app, follower_id, target_id)
        if row is None:
            return False
        await app.emit(Unfollowed(follower_id, target_id, row["uri"]))
        return True


async def remove_follower(app: App, account_id: int, follower_id: int) -> bool:
    """Let `account` end the follow of `follower`; False when there is none, also while only a request waits."""
    async with app.db.transaction():
        row = await app.db.row(
            "SELECT 1 AS value FROM follows WHERE follower_id = ? AND target_id = ? AND accepted",
            follower_id,
            account_id,
        )
        return row is not None and await reject(app, follower_id, account_id)


async def _end(app: App, follower_id: int, target_id: int) -> Row | None:
    """Delete the follow and count it out; its row, or None when there was none."""
    await pair(app, follower_id, target_id)
    gone = await app.db.returning(
        "DELETE FROM follows WHERE follower_id = ? AND target_id = ? RETURNING uri, accepted", follower_id, target_id
    )
    if gone and gone[0]["accepted"]:
        await app.db.write(counted(follower_id, target_id, -1))
    return gone[0] if gone else None

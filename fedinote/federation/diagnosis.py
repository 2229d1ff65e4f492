"""What is wrong between this server and somebody elsewhere: looks at a handle or a server, one step after the other.

Unlike `tracing`, which reads what was remembered, this asks the other server, as a follow or a delivery would.
"""

import re
from dataclasses import dataclass

from fedinote.accounts import names
from fedinote.activitypub.discovery import Handle
from fedinote.federation import actors, backlog, fetching, hosts
from fedinote.federation.fetching import Budget
from fedinote.federation.hosts import Server
from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError, Invalid, NotFound
from fedinote.policy import domains

_REQUESTS = 8
_RELATIONS = """SELECT (SELECT COUNT(*) FROM follows f JOIN accounts o ON o.id = f.follower_id
 WHERE f.target_id = ? AND f.accepted AND o.domain = '') AS here, (SELECT COUNT(*) FROM follows f
 JOIN accounts o ON o.id = f.target_id WHERE f.follower_id = ? AND f.accepted AND o.domain = '') AS there,
 (SELECT COUNT(*) FROM account_keys k WHERE k.account_id = ?) AS keys"""

_LOCAL = """SELECT a.id, a.username, a.suspended_at, u.state FROM accounts a LEFT JOIN users u ON u.account_id = a.id
 WHERE a.username_key = ? AND a.domain = '' AND a.deleted_at IS NULL"""
_FAR_RELATIONS = """SELECT (SELECT COUNT(*) FROM follows f JOIN accounts o ON o.id = f.follower_id
 WHERE f.target_id = ? AND f.accepted AND o.domain <> '') AS here, (SELECT COUNT(*) FROM follows f
 JOIN accounts o ON o.id = f.target_id WHERE f.follower_id = ? AND f.accepted AND o.domain <> '') AS there,
 (SELECT COUNT(*) FROM deliveries d JOIN outgoing_activities a ON a.id = d.outgoing_id
 WHERE a.account_id = ? AND d.dead_at IS NULL) AS unsent"""
_NAME = re.compile(r"\w{1,64}")


@dataclass(frozen=True, slots=True)
class Look:
    """One step; `ok` None: neither good nor bad. `name`: block, nodeinfo, webfinger, actor, key, followers_here,
    follows_here, waiting; for people of this server local, followers_elsewhere, follows_elsewhere, unsent. `detail` is
    what was found, in the words of protocols (addresses, statuses, versions).
    """

    name: str
    ok: bool | None
    detail: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All steps in order; `account_id` when there is such an account, `server` when it is known here."""

    subject: str
    looks: tuple[Look, ...]
    account_id: int | None = None
    server: Server | None = None
    diary: tuple[tuple[object, str, str], ...] = ()


async def of(app: App, text: str) -> Diagnosis:
    """Look at whatever is named: a handle, a server, or by a name alone somebody of this server. `Invalid`."""
    name = text.strip().removeprefix("@")
    if "@" in name:
        return await of_handle(app, name)
    if not _NAME.fullmatch(name):
        return await of_host(app, name)
    found = await _of_local(app, name)
    if found is None and await app.db.row("SELECT 1 AS value FROM hosts WHERE host = ?", name.lower()) is not None:
        return await of_host(app, name)
    if found is None:
        raise Invalid("Nobody here has this name. Give the handle with its server, a domain, or an address")
    return found


async def _of_local(app: App, name: str) -> Diagnosis | None:
    """Look at somebody of this server; nobody else is asked. None where there is no such account."""
    row = await app.db.row(_LOCAL, names.key(name))
    if row is None:
        return None
    wrong = "suspended" if row["suspended_at"] is not None else "" if row["state"] in (None, "active") else row["state"]
    counted = await app.db.row(_FAR_RELATIONS, row["id"], row["id"], row["id"])
    assert counted is not None
    looks = (
        Look("local", not wrong, wrong),
        Look("followers_elsewhere", None, number=int(counted["here"])),
        Look("follows_elsewhere", None, number=int(counted["there"])),
        Look("unsent", None, number=int(counted["unsent"])),
    )
    return Diagnosis(f"@{row['username']}@{app.settings.handle_host}", looks, int(row["id"]))


async def of_host(app: App, text: str) -> Diagnosis:
    """Look at a server by its domain. `Invalid` for what is none."""
    host = domains.key(text)
    if host in app.settings.own_hosts:
        raise Invalid("This is the address of this server itself")
    looks = [await _block(app, host)]
    if looks[0].ok:
        answered, said = await hosts.reach(app, host)
        looks.append(Look("nodeinfo", answered, said))
    return await _finished(app, host, looks, host=host)


async def of_handle(app: App, text: str) -> Diagnosis:
    """Look at somebody elsewhere by the handle: WebFinger, the actor, its key, who follows whom. `Invalid`."""
    try:
        handle = actors.handle_of(text)
    except FediNoteError as error:
        raise Invalid("This is neither a handle, nor a domain, nor an address") from error
    if handle.host in app.settings.own_hosts:
        found = await _of_local(app, handle.username)
        if found is None:
            raise Invalid("Nobody here has this name. Give the handle with its server, a domain, or an address")
        return found
    looks = [await _block(app, handle.host)]
    account_id = None
    if looks[0].ok:
        account_id = await _asked(app, handle, looks)
    subject = f"@{handle.username}@{handle.host}"
    return await _finished(app, subject, looks, host=handle.host, account_id=account_id)


async def _block(app: App, host: str) -> Look:
    block = await domains.find(app, host)
    if block is None:
        return Look("block", True)
    return Look("block", block.severity != "suspend", f"{block.domain}: {block.severity}")


async def _asked(app: App, handle: Handle, looks: list[Look]) -> int | None:
    """Ask as for a follow; what fails ends it."""
    budget = Budget(_REQUESTS)
    try:
        _, target = await fetching.webfinger(app, handle, budget)
        if target is None:
            raise NotFound(reason="the answer names no actor")
    except FediNoteError as error:
        looks.append(Look("webfinger", False, error.reason))
        return None
    looks.append(Look("webfinger", True, target))
    try:
        row = await actors.fetch(app, target, budget)
    except FediNoteError as error:
        looks.append(Look("actor", False, error.reason))
        return None
    looks.append(Look("actor", True, row["shared_inbox_url"] or row["inbox_url"]))
    account_id = int(row["id"])
    found = await app.db.row(_RELATIONS, account_id, account_id, account_id)
    assert found is not None
    looks.append(Look("key", bool(found["keys"]), number=int(found["keys"])))
    looks.append(Look("followers_here", None, number=int(found["here"])))
    looks.append(Look("follows_here", None, number=int(found["there"])))
    return account_id


async def _finished(
    app: App, subject: str, looks: list[Look], *, host: str, account_id: int | None = None
) -> Diagnosis:
    """Add how deliveries to the server are doing."""
    try:
        server = await hosts.one(app, host)
    except NotFound:
        server = None
    if server is not None:
        looks.append(Look("waiting", server.waiting == 0 or not server.failures, server.error, server.waiting))
    diary = await backlog.last_words(app, host, 10)
    return Diagnosis(subject, tuple(looks), account_id, server, tuple(diary))

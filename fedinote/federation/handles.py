"""Handles of accounts elsewhere: what an actor claims counts once its host says the same (A10, FEP-03c1, FEP-2c59)."""

from dataclasses import dataclass

from fedinote.accounts import deletion
from fedinote.activitypub import discovery, vocab
from fedinote.activitypub.discovery import Handle
from fedinote.activitypub.quirks import host_of, same_id
from fedinote.federation import fetching
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Gone, Malformed, NotFound, Refused


@dataclass(frozen=True, slots=True)
class Found:
    """The handle under which an actor is shown; `confirmed`: WebFinger points from it to this very actor."""

    handle: Handle
    confirmed: bool = False


async def of(app: App, actor: vocab.Actor, known: Row | None, budget: Budget) -> Handle:
    """Return the handle of an actor, which nobody else holds afterwards.

    A known account keeps its handle as long as its name does. A new name of a known account is taken when it is free.
    Raises `Refused` when the handle of a new actor belongs to another one, who is still there (S66).
    """
    if known is not None and known["username_key"] == actor.username.lower():
        return Handle(actor.username, known["domain"])
    found = await _find(app, actor, budget)
    try:
        await _make_free(app, found, actor.id, budget)
    except Refused:
        if known is None:
            raise
        return Handle(known["username"], known["domain"])
    return found.handle


async def _find(app: App, actor: vocab.Actor, budget: Budget) -> Found:
    """Ask for the handle that the actor states itself, then for the one of its name on the host of its id."""
    plain = Handle(actor.username, host_of(actor.id))
    hint = _hinted(app, actor)
    for asked in dict.fromkeys((hint, plain)):
        if asked is None:
            continue
        try:
            found = await _confirmed(app, actor, asked, budget)
        except FediNoteError:
            continue
        if found is not None:
            return Found(found, confirmed=True)
    return Found(plain)


def _hinted(app: App, actor: vocab.Actor) -> Handle | None:
    """Return the handle in `webfinger` (FEP-2c59), if it is of the same name and not on our host."""
    try:
        hint = discovery.parse_handle(actor.webfinger or "")
    except Malformed:
        return None
    if hint.username.lower() != actor.username.lower() or hint.host in app.settings.own_hosts:
        return None
    return Handle(actor.username, hint.host)


async def _confirmed(app: App, actor: vocab.Actor, asked: Handle, budget: Budget) -> Handle | None:
    """Return the handle that WebFinger gives for one that was asked about, if all hosts concerned agree; else None."""
    subject, target = await fetching.webfinger(app, asked, budget)
    if subject is None or target is None or not same_id(target, actor.id) or subject.host in app.settings.own_hosts:
        return None
    if subject.host == asked.host:
        return asked
    # The other host speaks for the name that it was asked about, and for no other one.
    if subject.username.lower() != actor.username.lower():
        return None
    again, target = await fetching.webfinger(app, subject, budget)
    if again is not None and again.host == subject.host and target and same_id(target, actor.id):
        return Handle(actor.username, subject.host)
    return None


async def _make_free(app: App, found: Found, uri: str, budget: Budget) -> None:
    """Take a handle from the account that has it, if that one is gone. Raises `Refused` when it is not.

    A server that was set up anew gives old names to new actors: the handle must lead to the new one, and the old id
    to nothing.
    """
    holder = await app.db.row(
        "SELECT id, uri, deleted_at FROM accounts WHERE username_key = ? AND domain = ? AND uri <> ?",
        found.handle.username.lower(),
        found.handle.host,
        uri,
    )
    if holder is None:
        return
    if holder["deleted_at"] is None and not (found.confirmed and await _is_gone(app, holder["uri"], budget)):
        raise Refused(reason="the handle belongs to another actor")
    async with app.db.transaction():
        await deletion.delete(app, holder["id"])
        # No name has a slash, so nobody can ask for this one.
        await app.db.execute(
            "UPDATE accounts SET username_key = '/' || CAST(id AS TEXT) WHERE id = ? AND domain <> ''", holder["id"]
        )


async def _is_gone(app: App, uri: str, budget: Budget) -> bool:
    try:
        await fetching.document(app, uri, budget)
    except (Gone, NotFound):
        return True
    except FediNoteError:
        return False
    return False

"""Finding what an activity is about among our own things, and remembering what was taken back."""

from fedinote.activitypub.quirks import reuses_id
from fedinote.federation import resolve
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Malformed, NotFound

MAX_URI = 2048


async def local_account(app: App, uri: str | None) -> Row:
    """Return the local person or bot with this id; Malformed without one, NotFound when there is none."""
    if uri is None:
        raise Malformed(reason="the activity names no object")
    row = await app.db.row(
        "SELECT * FROM accounts WHERE uri = ? AND domain = '' AND suspended_at IS NULL AND actor_type <> 'Application'",
        uri,
    )
    if row is None:
        raise NotFound(reason="no such local account")
    return row


async def remember_undone(app: App, signer_id: int, uri: str) -> None:
    """Remember that an account took back what has this id, which may come yet: only its own words are concerned.

    Not where ids are used again: the next follow has the same one.
    """
    if reuses_id(uri):
        return
    await app.db.execute(
        "INSERT INTO tombstones (uri, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
        resolve.undone(signer_id, uri),
        app.now(),
    )


async def was_undone(app: App, signer_id: int, uri: str) -> bool:
    """Tell whether an account has taken back what has this id, or deleted it."""
    either = [uri, resolve.undone(signer_id, uri)]
    return await app.db.row("SELECT 1 AS value FROM tombstones WHERE uri IN_TEXTS(?)", either) is not None

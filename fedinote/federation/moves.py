"""Moves between servers: both accounts are fetched anew, as only their own servers can say what they agree to."""

from fedinote.accounts import moving
from fedinote.activitypub import audience as addressing
from fedinote.activitypub import render
from fedinote.activitypub.quirks import same_id
from fedinote.activitypub.render import Envelope
from fedinote.events import AccountMoved
from fedinote.federation import actors, fetching, resolve
from fedinote.federation.fetching import Budget
from fedinote.federation.queueing import Audience, anybody, queue
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Forbidden, Invalid, NotFound, Refused


async def named(app: App, text: str) -> Row:
    """Return the account of a handle or of the URL of an actor or profile, as it is now at its server.

    Raises `Invalid` when there is none to be had.
    """
    text = text.strip()
    web = text.lower().startswith(("https://", "http://"))
    found = await resolve.url(app, text) if web else ("account", await resolve.account(app, text))
    account_id = found[1] if found and found[0] == "account" else None
    row = await app.db.row(
        "SELECT * FROM accounts WHERE id = ? AND deleted_at IS NULL AND actor_type <> 'Application'", account_id or 0
    )
    if row is None:
        raise Invalid("No such account was found")
    try:
        return row if row["domain"] == "" else await actors.resolve(app, row["uri"], Budget(), fresh=True)
    except FediNoteError as error:
        raise Invalid("The server of that account does not answer as it should", reason=error.reason) from error


async def add_alias(app: App, account_id: int, text: str) -> list[str]:
    """Make an account, by its handle or URL, an alias of a local one; the aliases. Raises like `moving.add_alias`."""
    return await moving.add_alias(app, account_id, (await named(app, text))["uri"])


async def leave(app: App, account_id: int, text: str) -> Row:
    """Move a local account to the one with this handle or URL; the new account's row. Raises like `moving.move`."""
    target = await named(app, text)
    if target["suspended_at"] is not None:
        raise Forbidden("The new account is suspended")
    await moving.move(app, account_id, target["id"])
    return target


async def arrive(app: App, old_uri: str, target_uri: str) -> None:
    """Take the word that one account moved to another, when both say so now (S39, FEP-7628).

    Raises `Refused` when they do not agree, and like `fetching.document` and `moving.move`.
    """
    if fetching.is_ours(app, old_uri):
        raise Refused(reason="our own accounts move by themselves")
    budget = Budget()
    target = await _fresh(app, target_uri, budget)
    old = await actors.fetch(app, old_uri, budget)
    if old["moved_to_uri"] is None or not same_id(old["moved_to_uri"], target["uri"]):
        raise Refused(reason="the old account does not name the new one")
    await moving.move(app, old["id"], target["id"])


async def _fresh(app: App, uri: str, budget: Budget) -> Row:
    if not fetching.is_ours(app, uri):
        return await actors.fetch(app, uri, budget)
    row = await actors.by_uri(app, uri)
    if row is None:
        raise NotFound
    return row


async def on_account_moved(app: App, event: AccountMoved) -> None:
    """Move, to the followers elsewhere: their servers let them follow the new account."""
    people = Audience(event.account_id)
    if not event.local or not await anybody(app, people):
        return
    rows = await app.db.rows("SELECT id, uri FROM accounts WHERE id IN_INTS(?)", [event.account_id, event.target_id])
    uris = {row["id"]: row["uri"] for row in rows}
    me = uris[event.account_id]
    envelope = Envelope(f"{me}#moves/{app.ids.next()}", me, (addressing.PUBLIC,))
    await queue(app, event.account_id, render.move(envelope, uris[event.target_id]), people, order_key=me)

"""The keys of `assertionMethod` (FEP-521a): ours, made once for each account; those of others, as published."""

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from fedinote.activitypub import keys, vocab
from fedinote.activitypub.render_actors import MultikeyOut
from fedinote.events import AccountJoined
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, to_ms
from fedinote.infra.errors import FediNoteError, NotFound

CACHE = "assertion_keys"
MAX_CACHED = 2000
FRAGMENT = "#ed25519-key"

_OWN = "SELECT key_id, private_pem FROM assertion_keys WHERE account_id = ? AND private_pem IS NOT NULL"


async def own(app: App, account_id: int) -> tuple[str, Ed25519PrivateKey]:
    """Return (key id, loaded key) with which a local account proves what it says; made when there is none yet.

    Raises NotFound when there is no such local account. Keys are kept in memory once their transaction is over.
    """
    cache: dict[int, tuple[str, Ed25519PrivateKey]] = app.caches.setdefault(CACHE, {})
    found = cache.get(account_id)
    if found is not None:
        return found
    row = await app.db.row(_OWN, account_id)
    if row is None:
        await _make(app, account_id)
        row = await app.db.row(_OWN, account_id)
    if row is None:
        raise NotFound(reason=f"account {account_id} is not of this server")
    key = keys.load_private_key(row["private_pem"])
    if not isinstance(key, Ed25519PrivateKey):
        raise FediNoteError(reason="an assertion key of ours is not Ed25519")
    found = (row["key_id"], key)
    app.db.after_commit(lambda: _remember(cache, account_id, found))
    return found


def _remember(
    cache: dict[int, tuple[str, Ed25519PrivateKey]], account_id: int, found: tuple[str, Ed25519PrivateKey]
) -> None:
    if len(cache) >= MAX_CACHED:
        cache.clear()
    cache[account_id] = found


async def _make(app: App, account_id: int) -> None:
    """Write a new key; where another process was first, its key stands."""
    key = Ed25519PrivateKey.generate()
    await app.db.execute(
        "INSERT INTO assertion_keys (account_id, key_id, multibase, private_pem, created_at)"
        " SELECT id, uri || CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS BIGINT) FROM accounts"
        " WHERE id = ? AND domain = '' ON CONFLICT DO NOTHING",
        FRAGMENT,
        keys.multikey(key.public_key()),
        keys.private_pem(key),
        app.now(),
        account_id,
    )


async def on_account_joined(app: App, event: AccountJoined) -> None:
    """Make the key together with the account; accounts from before have theirs at its first use."""
    await _make(app, event.account_id)


async def published(app: App, account_id: int) -> tuple[MultikeyOut, ...]:
    """Return what the actor document of a local account lists under `assertionMethod`."""
    key_id, key = await own(app, account_id)
    return (MultikeyOut(key_id, keys.multikey(key.public_key())),)


def _listed(actor: vocab.Actor) -> dict[str, tuple[str, int | None]]:
    """Return the keys that proofs can be made with, by id: (multibase, when it ends in epoch milliseconds)."""
    return {one.id: (one.multibase, _ms(one.expires)) for one in actor.multikeys if keys.ed25519_key(one.multibase)}


def _ms(moment: datetime | None) -> int | None:
    return to_ms(moment) if moment else None


async def unchanged(app: App, actor: vocab.Actor) -> bool:
    """Tell whether an actor of another server lists the keys that are known here, and no others."""
    rows = await app.db.rows(
        "SELECT k.key_id, k.multibase, k.expires_at FROM assertion_keys k JOIN accounts a ON a.id = k.account_id"
        " WHERE a.uri = ?",
        actor.id,
    )
    return {row["key_id"]: (row["multibase"], row["expires_at"]) for row in rows} == _listed(actor)


async def keep(app: App, account_id: int, actor: vocab.Actor) -> None:
    """Keep exactly the keys that an actor's own document lists; the controller of each is the actor (`vocab`)."""
    if await unchanged(app, actor):
        return
    await app.db.execute("DELETE FROM assertion_keys WHERE account_id = ?", account_id)
    await app.db.execute_many(
        "INSERT INTO assertion_keys (account_id, key_id, multibase, expires_at, created_at) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO NOTHING",
        [
            (account_id, key_id, multibase, from_ms(expires) if expires is not None else None, app.now())
            for key_id, (multibase, expires) in _listed(actor).items()
        ],
    )

"""Keys of other servers' accounts: known, or fetched once for all who wait for them, and not again at once."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from fedinote.activitypub import keys, signatures, vocab
from fedinote.activitypub.keys import PublicKeyObject
from fedinote.activitypub.quirks import host_of, same_origin, without_fragment
from fedinote.federation import actors, failures, fetching
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Forbidden, Gone, NotFound, Unauthorized, Unavailable

KEY_BUDGET = 3
REFRESH_EVERY = timedelta(minutes=5)
FAILED_FOR = timedelta(minutes=2)
REST = timedelta(minutes=1)
TRIES = 2
MAX_REMEMBERED = 5000

_HOLDER = "k.key_id, a.id, a.uri, a.domain, a.suspended_at, a.fetched_at"
_KEY = (
    f"SELECT k.public_pem AS material, {_HOLDER} FROM account_keys k"  # noqa: S608  names of columns
    " JOIN accounts a ON a.id = k.account_id WHERE k.key_id = ?"
)
_ASSERTION_KEY = (
    f"SELECT k.multibase AS material, {_HOLDER} FROM assertion_keys k"  # noqa: S608
    " JOIN accounts a ON a.id = k.account_id WHERE k.key_id = ? AND (k.expires_at IS NULL OR k.expires_at > ?)"
)


@dataclass(slots=True)
class _Fetches:
    """Fetches under way by key id; keys that could not be had, until when (epoch ms); and passing failures.

    `tries` counts these in a row for a key id, or for a host that does not answer at all, with when to try again.
    """

    under_way: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    tries: dict[str, tuple[int, int]] = field(default_factory=dict)


def _fetches(app: App) -> _Fetches:
    found: _Fetches = app.caches.setdefault("key_fetches", _Fetches())
    return found


async def find(app: App, key_id: str) -> Row | None:
    """Return a known key: `material` (PEM or multibase), `key_id`, and of its account id, uri, domain, suspended_at.

    An actor may sign with any key that its document lists, in `publicKey` or in `assertionMethod`; not after a key's
    own end (S20).
    """
    return await app.db.row(_KEY, key_id) or await app.db.row(_ASSERTION_KEY, key_id, app.now())


def loaded(app: App, material: str) -> PublicKeyObject:
    """Return the key in a PEM or a multibase text, kept in memory; raises `Malformed`."""
    cache: dict[str, PublicKeyObject] = app.caches.setdefault("public_keys", {})
    found = cache.get(material)
    if found is None:
        if len(cache) >= MAX_REMEMBERED:
            cache.clear()
        multibase = material.startswith("z")
        found = cache[material] = keys.load_multikey(material) if multibase else keys.load_public_key(material)
    return found


def may_refresh(app: App, row: Row) -> bool:
    """Allow one refetch of a known actor in five minutes (S17)."""
    return row["fetched_at"] is None or row["fetched_at"] < to_ms(app.now() - REFRESH_EVERY)


async def fetch(app: App, key_id: str) -> Row:
    """Fetch the actor that owns a key and return the key's row (S16).

    Raises `Unauthorized` when there is no such key, which is remembered for two minutes, and `Unavailable` when it
    cannot be had for a passing reason: after two times there is a minute's rest, for a whole host that is silent.
    """
    fetches, now = _fetches(app), to_ms(app.now())
    if fetches.failed.get(key_id, 0) > now:
        raise Unauthorized(signatures.MESSAGE, reason="the key could not be fetched a moment ago")
    if any(fetches.tries.get(name, (0, 0))[1] > now for name in (key_id, host_of(key_id))):
        raise Unavailable(reason="the key's server could not be reached a moment ago")
    task = fetches.under_way.get(key_id)
    if task is None:
        task = fetches.under_way[key_id] = asyncio.create_task(_fetch(app, fetches, key_id))
        task.add_done_callback(lambda done: _landed(fetches, key_id, done))
    await asyncio.shield(task)
    row = await find(app, key_id)
    if row is None:
        raise Unauthorized(signatures.MESSAGE, reason="the actor does not list the key")
    return row


def _landed(fetches: _Fetches, key_id: str, task: asyncio.Task[None]) -> None:
    fetches.under_way.pop(key_id, None)
    if not task.cancelled():
        task.exception()  # it was told to those who waited, if anybody still did


async def _fetch(app: App, fetches: _Fetches, key_id: str) -> None:
    try:
        await _fetch_owner(app, key_id, Budget(KEY_BUDGET))
    except Gone as error:
        await actors.mark_deleted(app, without_fragment(key_id))
        raise Unauthorized(signatures.MESSAGE, reason="the key's actor is gone") from error
    except Unavailable:
        _note_try(app, fetches, key_id)
        if failures.is_silent(app, key_id):
            _note_try(app, fetches, host_of(key_id))
        raise
    except Forbidden:
        raise
    except FediNoteError as error:
        if len(fetches.failed) >= MAX_REMEMBERED:
            fetches.failed.clear()
        fetches.failed[key_id] = to_ms(app.now() + FAILED_FOR)
        raise Unauthorized(signatures.MESSAGE, reason=f"no key: {error.reason}") from error
    for name in (key_id, host_of(key_id)):
        fetches.tries.pop(name, None)


def _note_try(app: App, fetches: _Fetches, name: str) -> None:
    if len(fetches.tries) >= MAX_REMEMBERED:
        fetches.tries.clear()
    count = fetches.tries.get(name, (0, 0))[0] + 1
    fetches.tries[name] = count, to_ms(app.now() + REST) if count >= TRIES else 0


async def _fetch_owner(app: App, key_id: str, budget: Budget) -> None:
    """Fetch the document that defines a key. An actor must list it; a stub must name an actor that lists it."""
    url = without_fragment(key_id)
    document = await fetching.document(app, url, budget)
    if vocab.is_actor(document) and document.get("inbox"):
        await actors.store(app, vocab.parse_actor(document), budget)
        return
    owner = vocab.reference(document.get("owner")) or vocab.reference(document.get("controller"))
    if owner is None:
        stated = document.get("publicKey")
        owner = vocab.reference(stated.get("owner")) if isinstance(stated, dict) else None
    if owner is None or not same_origin(owner, key_id):
        raise NotFound(reason="the key document names no owner of its own origin")
    await actors.fetch(app, owner, budget)

"""Our own keys at work: signing fetches as the instance actor, and deliveries as the account that acts."""

from collections.abc import Mapping

from fedinote.activitypub import signatures
from fedinote.activitypub.keys import PrivateKeyObject, load_private_key
from fedinote.activitypub.signatures import Scheme
from fedinote.federation.knocking import Choice
from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.infra.outbound import Signer

CACHE = "private_keys"
MAX_CACHED = 2000


async def private_key(app: App, account_id: int) -> tuple[str, PrivateKeyObject]:
    """Return (key id, loaded key) of a local account; loaded keys are kept in memory. NotFound without one."""
    cache: dict[int, tuple[str, PrivateKeyObject]] = app.caches.setdefault(CACHE, {})
    found = cache.get(account_id)
    if found is None:
        row = await app.db.row(
            "SELECT key_id, private_pem FROM account_keys WHERE account_id = ? AND private_pem IS NOT NULL"
            " ORDER BY id DESC LIMIT 1",
            account_id,
        )
        if row is None:
            raise NotFound(reason=f"account {account_id} has no private key")
        if len(cache) >= MAX_CACHED:
            cache.clear()
        found = cache[account_id] = (row["key_id"], load_private_key(row["private_pem"]))
    return found


async def instance_signer(app: App, choose: Choice = lambda _: Scheme.CAVAGE) -> Signer:
    """Return the signer for GETs, as the instance actor: never as a person on behalf of whom a stranger asked.

    `choose` tells the scheme for each URL that is asked on the way.
    """
    account_id = app.caches.get("instance_actor_id")
    if account_id is None:
        account_id = await app.db.value("SELECT id AS value FROM accounts WHERE uri = ?", app.url("/actor"))
        if account_id is None:
            raise NotFound(reason="there is no instance actor; run `fedinote migrate`")
        app.caches["instance_actor_id"] = account_id
    key_id, key = await private_key(app, account_id)

    def sign(method: str, url: str, body: bytes) -> Mapping[str, str]:
        return signatures.sign(
            method=method,
            url=url,
            headers={},
            body=body,
            key_id=key_id,
            private_key=key,
            now=app.now(),
            scheme=choose(url),
        )

    return sign


async def sign_post(
    app: App, account_id: int, url: str, body: bytes, headers: Mapping[str, str], *, scheme: Scheme = Scheme.CAVAGE
) -> dict[str, str]:
    """Return all headers for delivering a body to an inbox, these among them, signed as a local account."""
    key_id, key = await private_key(app, account_id)
    added = signatures.sign(
        method="POST",
        url=url,
        headers=headers,
        body=body,
        key_id=key_id,
        private_key=key,
        now=app.now(),
        scheme=scheme,
    )
    return {**headers, **added}

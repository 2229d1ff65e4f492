"""With which e-mail addresses nobody signs up: those of blocked domains, and blocked addresses in any disguise.

Only the domain that is written is looked at: what its MX records name is not asked for, as that would let whoever
signs up make the server ask any resolver.
"""

import hashlib
import hmac

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.errors import InvalidField
from fedinote.infra.keys import COOKIE_KEY

DAY_MS = 86_400_000
DAYS_KEPT = 7
_REFUSED = "cannot be used here"
_FIND = (
    "SELECT id, 'domain' AS kind FROM email_domain_blocks WHERE domain IN_TEXTS(?)"
    " UNION ALL SELECT id, 'address' AS kind FROM canonical_email_blocks WHERE hash = ?"
)
_COUNT = (
    "INSERT INTO email_domain_attempts (block_id, day, visitor, uses) VALUES (?, ?, ?, 1)"
    " ON CONFLICT (block_id, day, visitor) DO UPDATE SET uses = email_domain_attempts.uses + 1"
)


def canonical(email: str) -> str:
    """Return the form in which all disguises of an address are one: lower case, no dots, nothing from a plus on.

    The local part alone is changed, and for all hosts alike, as Mastodon does: its hashes and ours are the same.
    """
    local, _, host = email.strip().lower().rpartition("@")
    return f"{local.replace('.', '').partition('+')[0]}@{host}"


def fingerprint(email: str) -> str:
    """Return the SHA-256 of the canonical form, in hex: what is stored in place of the address."""
    return hashlib.sha256(canonical(email).encode(errors="replace")).hexdigest()


async def check(app: App, email: str, *, visitor: str) -> None:
    """Raise `Invalid` when nobody may sign up with an address, saying nothing of why.

    The attempts on a blocked domain are counted, by day and by `visitor` (the address that the request is counted
    under, of which no more than a keyed hash is kept).
    """
    host = email.rpartition("@")[2].lower()
    labels = host.split(".")
    above = [".".join(labels[start:]) for start in range(len(labels))]
    found = await app.db.rows(_FIND, above, fingerprint(email))
    if not found:
        return
    day = to_ms(app.now()) // DAY_MS
    mark = hmac.new(app.secrets[COOKIE_KEY].encode(), f"sign-up|{day}|{visitor}".encode(), "sha256").hexdigest()
    blocks = [row["id"] for row in found if row["kind"] == "domain"]
    if blocks:
        await app.db.execute("DELETE FROM email_domain_attempts WHERE day <= ?", day - DAYS_KEPT)
        await app.db.execute_many(_COUNT, [(block_id, day, mark) for block_id in blocks])
    raise InvalidField("email", "ERR_BLOCKED", "E-mail address", _REFUSED)

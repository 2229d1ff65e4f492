"""The challenges that passkeys answer: good for five minutes, in one browser, for one purpose, and once.

Nothing is written until an answer was right, so strangers who ask for challenges fill no table: a challenge carries
its end and a mark that only we can make.
"""

import hmac
import secrets
from datetime import timedelta

from fedinote.auth.hashes import token_hash
from fedinote.auth.sealing import mark
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms

LIFE = timedelta(minutes=5)
_SALT, _TIME = 16, 8


def make(app: App, purpose: str, browser: str) -> bytes:
    """Return a new challenge of 56 bytes for one purpose, for the browser with this cookie."""
    salt = secrets.token_bytes(_SALT)
    end = to_ms(app.now() + LIFE).to_bytes(_TIME)
    return salt + end + mark(app, "challenge", purpose, browser, (salt + end).hex())


def good(app: App, challenge: bytes, purpose: str, browser: str) -> bool:
    """Tell whether a challenge is ours, for this purpose and browser, and not too old."""
    head = challenge[: _SALT + _TIME]
    genuine = hmac.compare_digest(challenge[_SALT + _TIME :], mark(app, "challenge", purpose, browser, head.hex()))
    return genuine and int.from_bytes(head[_SALT:]) > to_ms(app.now())


async def spend(app: App, challenge: bytes) -> bool:
    """Note that a challenge was answered; False when it had been already."""
    made = await app.db.execute(
        "INSERT INTO spent_challenges (challenge_hash, expires_at) VALUES (?, ?)"
        " ON CONFLICT (challenge_hash) DO NOTHING",
        token_hash(challenge.hex()),
        app.now() + LIFE,
    )
    return bool(made)


async def prune(app: App) -> int:
    """Delete the notes about challenges that are too old to be answered again. For the periodic jobs."""
    return await app.db.execute("DELETE FROM spent_challenges WHERE expires_at < ?", app.now())

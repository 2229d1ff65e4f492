"""Between the right password and the second factor: a proof, in the form, that this browser has got so far.

It is good for ten minutes, in one browser, as long as the password stays the same. Nothing is kept for it.
"""

import hmac
from datetime import timedelta

from fedinote.auth import users
from fedinote.auth.models import User
from fedinote.auth.sealing import mark
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.errors import NotFound, Unauthorized

LIFE = timedelta(minutes=10)
PURPOSE = "halfway"


class TooLate(Unauthorized):
    """The proof of the password is not ours, or is good no longer (401)."""

    message = "That took too long. Enter your password again"


def prove(app: App, user: User, browser: str, *, purpose: str = PURPOSE, life: timedelta = LIFE) -> str:
    """Return the proof that somebody knew this person's password, in the browser with this cookie.

    It is good for one purpose alone.
    """
    end = str(to_ms(app.now() + life))
    return f"{user.id}.{end}.{_mark(app, user, end, browser, purpose)}"


async def whose(app: App, proof: str, browser: str, *, purpose: str = PURPOSE) -> User:
    """Return whose password was known. `Unauthorized` when the proof is not ours, too old, or another browser's.

    Likewise when it was made for another purpose.
    """
    name, _, rest = proof[:200].partition(".")
    end, _, seal = rest.partition(".")
    if not (name.isascii() and name.isdigit() and len(name) < 20 and end.isascii() and end.isdigit()):
        raise TooLate
    try:
        user = await users.by_id(app, min(int(name), 2**63 - 1))
    except NotFound as error:
        raise TooLate from error
    genuine = hmac.compare_digest(seal.encode(), _mark(app, user, end, browser, purpose).encode())
    if not genuine or int(end) <= to_ms(app.now()):
        raise TooLate
    return user


def _mark(app: App, user: User, end: str, browser: str, purpose: str) -> str:
    return mark(app, purpose, str(user.id), end, browser, user.password_hash).hex()

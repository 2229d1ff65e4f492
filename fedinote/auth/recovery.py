"""Recovery codes: ten, each good once, kept as hashes. For the day when the phone and the passkeys are lost."""

import secrets

from fedinote.auth.hashes import token_hash
from fedinote.auth.models import RecoveryCode
from fedinote.auth.totp import tidy
from fedinote.infra.app import App

COUNT = 10
_LENGTH = 16  # of 32 letters: 80 bits, so that a plain hash is enough
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # without l, o, 0 and 1, which hands mix up


async def renew(app: App, user_id: int) -> list[str]:
    """Make ten new codes, the only time that they can be seen; earlier ones are good no longer."""
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)) for _ in range(COUNT)]
    async with app.db.transaction():
        await forget(app, user_id)
        for code in codes:
            await RecoveryCode.create(
                using_db=app.db.orm, id=app.ids.next(), user_id=user_id, code_hash=_hash(user_id, code)
            )
    return ["-".join(code[at : at + 4] for at in range(0, _LENGTH, 4)) for code in codes]


async def use(app: App, user_id: int, code: str) -> bool:
    """Tell whether this is a code that was not used yet, and spend it. The caller has counted the try."""
    spent = await app.db.execute(
        "UPDATE recovery_codes SET used_at = ? WHERE user_id = ? AND code_hash = ? AND used_at IS NULL",
        app.now(),
        user_id,
        _hash(user_id, tidy(code).lower()),
    )
    return bool(spent)


async def left(app: App, user_id: int) -> int:
    """Return how many codes are still good."""
    value = await app.db.value(
        "SELECT COUNT(*) AS value FROM recovery_codes WHERE user_id = ? AND used_at IS NULL", user_id
    )
    return int(value or 0)


async def forget(app: App, user_id: int) -> None:
    """Delete all codes of a person."""
    await app.db.execute("DELETE FROM recovery_codes WHERE user_id = ?", user_id)


def _hash(user_id: int, code: str) -> str:
    return token_hash(f"{user_id}:{code}")

"""Codes of an authenticator app (TOTP, RFC 6238): six digits, new every 30 seconds, each good once.

The secret is kept sealed. A code of the period before or after is good as well, for clocks that differ.
"""

import hmac
import unicodedata
from dataclasses import dataclass

import pyotp

from fedinote.auth import sealing, tries
from fedinote.infra.app import App
from fedinote.infra.errors import Conflict, NotFound

STEP_SECONDS = 30
_DIGITS = 6
_DRIFT = (0, -1, 1)


@dataclass(frozen=True, slots=True)
class Setup:
    """What an authenticator app must be told: the secret in base32, and both as the address for a QR code."""

    secret: str
    uri: str


def tidy(code: str) -> str:
    """Return a code as it is compared: without spaces and hyphens, full-width digits as plain ones."""
    return "".join(unicodedata.normalize("NFKC", code[:64]).replace("-", " ").split())


async def begin(app: App, user_id: int) -> None:
    """Make a secret that waits for its first code, in place of one that waited. `Conflict` when codes are in use."""
    sealed = sealing.seal(app, pyotp.random_base32(), _bound(user_id))
    made = await app.db.execute(
        "INSERT INTO second_factors (user_id, secret, last_step, tries) VALUES (?, ?, 0, 0)"
        " ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, last_step = 0"
        " WHERE second_factors.confirmed_at IS NULL",
        user_id,
        sealed,
    )
    if not made:
        raise Conflict("An authenticator app is in use already")


async def waiting(app: App, user_id: int) -> Setup | None:
    """Return what to tell the app, while its first code is waited for; None when nothing was begun, or it is done."""
    row = await app.db.row(
        "SELECT f.secret, a.username FROM second_factors f JOIN users u ON u.id = f.user_id"
        " JOIN accounts a ON a.id = u.account_id"
        " WHERE f.user_id = ? AND f.confirmed_at IS NULL AND f.secret IS NOT NULL",
        user_id,
    )
    if row is None:
        return None
    secret = sealing.unseal(app, row["secret"], _bound(user_id))
    name = f"{row['username']}@{app.settings.handle_host}"
    return Setup(secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=app.settings.instance.title))


async def confirm(app: App, user_id: int, code: str) -> bool:
    """Turn codes on with the first one; False when it is wrong. `NotFound` when nothing was begun, `TooMany`."""
    return await _good(app, user_id, code, begun=True)


async def check(app: App, user_id: int, code: str) -> bool:
    """Tell whether a code is good, and spend it. The caller has counted the try."""
    return await _good(app, user_id, code, begun=False)


async def _good(app: App, user_id: int, code: str, *, begun: bool) -> bool:
    wanted = "confirmed_at IS NULL" if begun else "confirmed_at IS NOT NULL"
    row = await app.db.row(
        f"SELECT secret FROM second_factors WHERE user_id = ? AND secret IS NOT NULL AND {wanted}",  # noqa: S608
        user_id,
    )
    if row is None:
        if begun:
            raise NotFound
        return False
    if begun:
        await tries.count(app, user_id)
    step = _step_of(app, sealing.unseal(app, row["secret"], _bound(user_id)), tidy(code))
    if step is None:
        return False
    # One statement: of the same code twice at the same time, one is good. The secret must still be the one.
    spent = await app.db.execute(
        "UPDATE second_factors SET last_step = CAST(? AS BIGINT), tries = 0, confirmed_at = COALESCE(confirmed_at, ?)"
        " WHERE user_id = ? AND last_step < ? AND secret = ?",
        step,
        app.now(),
        user_id,
        step,
        row["secret"],
    )
    return bool(spent)


def _step_of(app: App, secret: str, code: str) -> int | None:
    """Return the period whose code this is, or None."""
    if len(code) != _DIGITS or not (code.isascii() and code.isdigit()):
        return None
    present = int(app.now().timestamp()) // STEP_SECONDS
    found = None
    for drift in _DRIFT:
        if hmac.compare_digest(pyotp.TOTP(secret).generate_otp(present + drift), code):
            found = present + drift
    return found


async def remove(app: App, user_id: int) -> None:
    """Turn codes off, and forget the secret. The count of tries stays."""
    await app.db.execute(
        "UPDATE second_factors SET secret = NULL, confirmed_at = NULL, last_step = 0 WHERE user_id = ?", user_id
    )


def _bound(user_id: int) -> str:
    return f"totp:{user_id}"

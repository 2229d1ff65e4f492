"""Passkeys (WebAuthn, Level 3): keys in a phone, a computer or on a stick that sign in place of a password.

The name of the site is taken from the settings, never from what a browser says: `server.base_url`. Every key verifies
its user (a finger, a face, a PIN), so that one answer is two factors. Attestation is not asked for.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
from tortoise.exceptions import IntegrityError

from fedinote.auth import challenges
from fedinote.auth.models import Passkey
from fedinote.auth.sealing import mark
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound, Unauthorized

MOST = 20
MAX_NAME = 100
_REGISTER, _LOG_IN = "register", "log-in"
_TRANSPORTS = frozenset({"usb", "nfc", "ble", "smart-card", "hybrid", "internal", "cable"})
_MAX_ANSWER = 60_000
_COLUMNS = "id, user_id, credential_id, public_key, sign_count, name, backed_up, transports, created_at, last_used_at"


class WrongKey(Unauthorized):
    """A passkey signs nobody in (401), for whatever reason."""

    message = "This passkey is not known here, or it did not answer rightly"


class TooSlow(Invalid):
    """The challenge of a registration is another browser's, too old, or was answered before (422)."""

    message = "That took too long. Try again"


@dataclass(frozen=True, slots=True)
class Key:
    """A passkey as its owner sees it. `backed_up`: kept on several devices by a service."""

    id: int
    name: str
    backed_up: bool
    created_at: datetime
    last_used_at: datetime | None


def rp_id(app: App) -> str:
    """Return the name to which keys are bound: the host of the base URL, without a port."""
    return urlsplit(app.settings.base).hostname or ""


def possible(app: App) -> bool:
    """Tell whether browsers offer passkeys here at all: only over https, or on localhost; never for a bare address."""
    host = rp_id(app)
    return host == "localhost" or (app.settings.secure and not host.replace(".", "").isdigit() and ":" not in host)


def registration(app: App, user_id: int, name: str, *, known: Sequence[str] = (), browser: str) -> dict[str, Any]:
    """Return the options for `navigator.credentials.create`. `name`: the person's handle; `known`: credential ids."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.options_to_json_dict import options_to_json_dict
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = webauthn.generate_registration_options(
        rp_id=rp_id(app),
        rp_name=app.settings.instance.title or rp_id(app),
        user_name=name,
        user_id=_handle(app, user_id),
        challenge=challenges.make(app, f"{_REGISTER}:{user_id}", browser),
        timeout=int(challenges.LIFE.total_seconds() * 1000),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known],
    )
    return {**options_to_json_dict(options), "extensions": {"credProps": True}}


async def register(app: App, user_id: int, answer: str, *, name: str, browser: str) -> Key:
    """Keep the key that a browser made. `Invalid` for a wrong answer, one key too many, or a key that is known."""
    from webauthn.helpers import bytes_to_base64url

    challenge, made = _registered(app, user_id, answer, browser)
    try:
        async with app.db.transaction():
            if not await challenges.spend(app, challenge):
                raise TooSlow
            if len(await of(app, user_id)) >= MOST:
                raise Invalid(f"There can be {MOST} passkeys at most")
            row = await Passkey.create(
                using_db=app.db.orm,
                id=app.ids.next(),
                user_id=user_id,
                credential_id=bytes_to_base64url(made.credential_id),
                public_key=bytes_to_base64url(made.credential_public_key),
                sign_count=made.sign_count,
                name=_name(name),
                backed_up=made.credential_backed_up,
                transports=_transports(answer),
                created_at=app.now(),
            )
    except IntegrityError as error:
        raise Invalid("This passkey is in use already") from error
    return Key(row.id, row.name, row.backed_up, row.created_at, None)


def _registered(app: App, user_id: int, answer: str, browser: str) -> tuple[bytes, Any]:
    """Return the challenge that was answered rightly, and what the library says of the new key."""
    import webauthn

    try:
        challenge = _challenge(answer)
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=rp_id(app),
            expected_origin=app.settings.base,
            require_user_verification=True,
        )
    except Exception as error:  # what the library's parsers raise at a stranger's bytes is not listed
        raise Invalid("The browser's answer is not a passkey that can be used here", reason=repr(error)) from error
    if not challenges.good(app, challenge, f"{_REGISTER}:{user_id}", browser):
        raise TooSlow
    return challenge, made


def login(app: App, *, browser: str, keys: Sequence[Row] = ()) -> dict[str, Any]:
    """Return the options for `navigator.credentials.get`: for these keys, or for whatever the device has for us."""
    allowed = [{"type": "public-key", "id": key["credential_id"]} for key in keys]
    return {
        "challenge": _text(challenges.make(app, _LOG_IN, browser)),
        "timeout": int(challenges.LIFE.total_seconds() * 1000),
        "rpId": rp_id(app),
        "allowCredentials": allowed,
        "userVerification": "required",
    }


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


async def identify(app: App, answer: str, *, browser: str, user_id: int | None = None) -> int:
    """Return whose key answered (user id), and count its use. `user_id`: it must be this person's.

    `Unauthorized`, with one message, for everything else: a key that nobody has, a wrong signature, an answer that was
    heard before, a counter that went back (the key was copied), the challenge of another browser, no verified user.
    """
    row = await app.db.row(f"SELECT {_COLUMNS} FROM passkeys WHERE credential_id = ?", _credential_id(answer))  # noqa: S608
    if row is None or user_id not in (None, row["user_id"]):
        raise WrongKey
    challenge, count = _verified(app, row, answer, browser)
    async with app.db.transaction():
        counted = await app.db.execute(
            "UPDATE passkeys SET sign_count = CAST(? AS BIGINT), last_used_at = ? WHERE id = ? AND sign_count = ?",
            count,
            app.now(),
            row["id"],
            row["sign_count"],
        )
        if not counted or not await challenges.spend(app, challenge):
            raise WrongKey
    return int(row["user_id"])


def _verified(app: App, row: Row, answer: str, browser: str) -> tuple[bytes, int]:
    """Return the challenge that was answered rightly, and the key's new counter."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes

    try:
        challenge = _challenge(answer)
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=rp_id(app),
            expected_origin=app.settings.base,
            credential_public_key=base64url_to_bytes(row["public_key"]),
            credential_current_sign_count=row["sign_count"],
            require_user_verification=True,
        )
        handle = msgspec.json.decode(answer)["response"].get("userHandle")
        owned = not handle or base64url_to_bytes(handle) == _handle(app, row["user_id"])
    except Exception as error:
        raise WrongKey(reason=repr(error)) from error
    if not owned or not challenges.good(app, challenge, _LOG_IN, browser):
        raise WrongKey
    return challenge, verified.new_sign_count


def _credential_id(answer: str) -> str:
    try:
        found = msgspec.json.decode(answer[:_MAX_ANSWER])["id"]
    except (msgspec.DecodeError, KeyError, TypeError, RecursionError):
        return ""
    return found if isinstance(found, str) else ""


def _challenge(answer: str) -> bytes:
    """Return the challenge that an answer says it answers; whether it is ours is looked at by the caller."""
    from webauthn.helpers import base64url_to_bytes

    said = msgspec.json.decode(base64url_to_bytes(msgspec.json.decode(answer)["response"]["clientDataJSON"]))
    if said.get("crossOrigin"):
        raise ValueError("the key was asked from within another site's page")
    return base64url_to_bytes(said["challenge"])


def _transports(answer: str) -> list[str]:
    found = msgspec.json.decode(answer)["response"].get("transports")
    return sorted({one for one in found if one in _TRANSPORTS}) if isinstance(found, list) else []


async def rows_of(app: App, user_id: int) -> list[Row]:
    """Return the rows of somebody's keys, oldest first."""
    return await app.db.rows(f"SELECT {_COLUMNS} FROM passkeys WHERE user_id = ? ORDER BY id", user_id)  # noqa: S608


async def of(app: App, user_id: int) -> list[Key]:
    """Return somebody's keys, oldest first."""
    return [
        Key(
            row["id"],
            row["name"],
            bool(row["backed_up"]),
            from_ms(row["created_at"]),
            None if row["last_used_at"] is None else from_ms(row["last_used_at"]),
        )
        for row in await rows_of(app, user_id)
    ]


async def rename(app: App, user_id: int, key_id: int, name: str) -> None:
    """Give a key another name. `NotFound` for one that is not the person's."""
    if not await app.db.execute(
        "UPDATE passkeys SET name = ? WHERE id = ? AND user_id = ?", _name(name), key_id, user_id
    ):
        raise NotFound


async def remove(app: App, user_id: int, key_id: int) -> None:
    """Forget a key. `NotFound` for one that is not the person's."""
    if not await app.db.execute("DELETE FROM passkeys WHERE id = ? AND user_id = ?", key_id, user_id):
        raise NotFound


def _name(text: str) -> str:
    name = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * MAX_NAME]).split())[:MAX_NAME]
    if not name:
        raise Invalid("A passkey needs a name")
    return name


def _handle(app: App, user_id: int) -> bytes:
    """Return by what a key remembers its owner: says nothing about the person to anybody else."""
    return mark(app, "passkey-handle", str(user_id))

"""Passwords: argon2id with time cost 2 and 19 MiB, in a thread, and the rules for choosing one."""

import asyncio
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from fedinote.infra.errors import InvalidField

MIN_LENGTH = 8
MAX_LENGTH = 256
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# Of a random password nobody kept: verified when there is no such user, so that both answers take as long.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$dV++2m6MrzF7GJY3AI9V6w$V6I/+7Cov8kEx0jn4d5Bda/FI5jCI8WB6+NjbFJ7Yaw"


def check(password: str, *, username: str = "", email: str = "") -> None:
    """Raise `Invalid` for a password that is too short, absurdly long, or the person's own name or address."""
    if len(password) < MIN_LENGTH:
        raise _refused("ERR_TOO_SHORT", f"is too short (minimum is {MIN_LENGTH} characters)")
    if len(password) > MAX_LENGTH:
        raise _refused("ERR_TOO_LONG", f"is too long (maximum is {MAX_LENGTH} characters)")
    folded = password.casefold()
    if len(set(password)) == 1 or folded in {username.casefold(), email.casefold(), email.partition("@")[0].casefold()}:
        raise _refused("ERR_INVALID", "is too easy to guess")


def _refused(code: str, description: str) -> InvalidField:
    return InvalidField("password", code, "Password", description)


async def hash_password(password: str) -> str:
    """Return the hash to store, with its parameters and salt. Takes some hundredths of a second, in a thread."""
    return await asyncio.to_thread(_hash, _normal(password))


async def verify(stored: str | None, password: str) -> bool:
    """Tell whether the password is the one that was hashed. None (no such user) is false after as long a time."""
    if len(password) > MAX_LENGTH:
        password = ""
    right = await asyncio.to_thread(_verify, stored or _NOBODY, _normal(password))
    return right and stored is not None


def _hash(password: bytes) -> str:
    return _HASHER.hash(password)


def _verify(stored: str, password: bytes) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(stored: str) -> bool:
    """Tell whether a hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def _normal(password: str) -> bytes:
    # The same keys pressed on two systems may give composed or decomposed letters (RFC 8265, section 4.2).
    return unicodedata.normalize("NFC", password).encode(errors="surrogatepass")

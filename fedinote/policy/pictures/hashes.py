"""Hashes of pictures as people write them, and what a file is known by."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid

PDQ, SHA256 = "pdq", "sha256"
KINDS = (PDQ, SHA256)
BITS = 256
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Known:
    """By what one file is known: digests of its bytes, and what it looks like, as it is and then mirrored and turned.

    `looks` is empty where there is nothing to see. `quality` (0 to 100) tells how much `looks` say.
    """

    digests: tuple[str, ...] = ()
    looks: tuple[int, ...] = ()
    quality: int = 0


def known(row: Row) -> Known:
    """Return what a row of `media_prints` says (received, kept, look, turned, quality)."""
    return of(row["received"], row["kept"], row["look"], row["turned"], row["quality"])


def of(received: str, kept: str, look: str, turned: str | Iterable[str], quality: int) -> Known:
    """Return what a file is known by, from hexadecimal digits; "" is none. `turned` may be one text of seven hashes."""
    joined = look + (turned if isinstance(turned, str) else "".join(turned))
    looks = tuple(int(joined[at : at + 64], 16) for at in range(0, len(joined), 64)) if look else ()
    return Known(tuple(one for one in (received, kept) if one), looks, quality)


def checked(kind: str, text: str) -> tuple[str, str]:
    """Return kind and hash as they are kept. Raises Invalid for what is none."""
    kind, text = kind.strip().lower().replace("-", ""), text.strip().lower()
    if kind not in KINDS:
        raise Invalid(f"Validation failed: A hash is of one of the kinds {', '.join(KINDS)}")
    if not _HASH.fullmatch(text):
        raise Invalid("Validation failed: A hash has 64 hexadecimal digits")
    return kind, text


def distance(one: int, other: int) -> int:
    """Return in how many of 256 bits two looks differ; by chance it is about 128."""
    return (one ^ other).bit_count()

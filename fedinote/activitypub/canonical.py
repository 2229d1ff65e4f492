"""JSON in one spelling (JCS, RFC 8785), so that two servers hash the same bytes."""

from typing import Any

import msgspec
import rfc8785

from fedinote.infra.errors import Malformed

MAX_INTEGER = 2**53 - 1


def canonical(value: Any) -> bytes:
    """The UTF-8 bytes of a JSON value: keys sorted by UTF-16, numbers as ECMAScript writes them, no blanks.

    Raises `Malformed` for numbers that not every server reads alike (beyond 2^53, infinite) and for broken strings.
    """
    try:
        # Where neither numbers nor keys need care, the fast encoder writes the same bytes in a tenth of the time.
        return msgspec.json.encode(value, order="sorted") if _is_simple(value) else rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError) as error:
        raise Malformed(reason=f"JSON without a canonical form: {type(error).__name__}") from None


def _is_simple(value: Any) -> bool:
    """Whether there are no fractions, no large numbers and no keys beyond ASCII in it."""
    pending = [value]
    while pending:
        found = pending.pop()
        match found:
            case dict():
                if not all(map(str.isascii, found)):
                    return False
                pending.extend(child for child in found.values() if not isinstance(child, str))
            case list() | tuple():
                pending.extend(child for child in found if not isinstance(child, str))
            case float():
                return False
            case int() if not -MAX_INTEGER <= found <= MAX_INTEGER:
                return False
    return True

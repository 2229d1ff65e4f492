"""How small and how large the numbers of the settings may be."""

from collections.abc import Iterator, Mapping

import msgspec

LEAST: Mapping[str, int] = {
    "database.pool": 1,
    "posts.max_characters": 1,
    "posts.max_poll_options": 2,
    "posts.max_poll_option_characters": 1,
    "media.max_frame_rate": 1,
}
"""The least value of a key; of all others it is 0."""
MOST = 2**53 - 1
"""What every client of the API still reads as the same number (RFC 8259, section 6)."""


def problem(settings: msgspec.Struct) -> str | None:
    """Say which number is out of range ("posts.max_characters: must be 1 or more"); None when all is well."""
    for key, value in _numbers(settings):
        least = LEAST.get(key, 0)
        if value < least:
            return f"{key}: must be {least} or more"
        if value > MOST:
            return f"{key}: must be {MOST} or less"
    return None


def _numbers(settings: msgspec.Struct) -> Iterator[tuple[str, float]]:
    for section in msgspec.structs.fields(type(settings)):
        content = getattr(settings, section.name)
        for field in msgspec.structs.fields(type(content)) if isinstance(content, msgspec.Struct) else ():
            value = getattr(content, field.name)
            if isinstance(value, int | float) and not isinstance(value, bool):
                yield f"{section.name}.{field.name}", value

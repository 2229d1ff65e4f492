"""What people wish to be done with their words, beyond who may read them."""

from collections.abc import Iterable
from enum import StrEnum

from fedinote.infra.errors import Invalid


class MachineTranslation(StrEnum):
    """Which translation engines may be given somebody's words; of several wishes the strictest holds."""

    ANY = "any"
    """Any engine that the server uses, as far as the words are public."""
    NO_THIRD_PARTY = "no_third_party"
    """Only engines that the people of the server run themselves."""
    NONE = "none"
    """No engine at all, not even one on the same machine."""


_STRICTNESS = {wish: rank for rank, wish in enumerate(MachineTranslation)}


def strictest(wishes: Iterable[str]) -> MachineTranslation:
    """Return the strictest of stored wishes; a value that nobody knows counts as the strictest there is."""
    return max((read(wish) or MachineTranslation.NONE for wish in wishes), key=_STRICTNESS.__getitem__)


def read(text: str) -> MachineTranslation | None:
    """Return the wish that a text names, None where it names none. Hyphens are as good as underscores."""
    try:
        return MachineTranslation(text.strip().lower().replace("-", "_"))
    except ValueError:
        return None


def checked(text: str) -> MachineTranslation:
    """Return the wish that a text names. Raises `Invalid`, which says what is understood."""
    wish = read(text)
    if wish is None:
        raise Invalid(f"Validation failed: Machine translation must be one of {', '.join(MachineTranslation)}")
    return wish

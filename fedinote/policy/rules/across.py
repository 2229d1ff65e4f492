"""How a rule about words counts in other languages: in translations that are there, and in those it asks for."""

from collections.abc import Callable
from dataclasses import dataclass

from fedinote.infra.errors import Invalid
from fedinote.policy.rules.kinds import Judged, Saying, Terms
from fedinote.text import language

WHOSE = ("strangers", "all")
NAMES = ("translations", "translate", "translate_for")
"""The terms that this reads."""


@dataclass(frozen=True, slots=True)
class Across:
    """Terms: `translations`, whether what engines made of a post counts; `translate`, a BCP 47 tag, into which public
    posts are translated for it (then they count as well); `translate_for`: all, or those of strangers (the default).

    Versions that came with a post are the author's words, and always count.
    """

    translations: bool = False
    into: str | None = None
    strangers: bool = True


def of_terms(terms: Terms) -> Across:
    """Read the terms. Raises Invalid."""
    given, whose = terms.get("translate"), terms.get("translate_for") or WHOSE[0]
    into = language.canonical(str(given)) if given else None
    if given and into is None:
        raise Invalid("Validation failed: A rule has posts translated into a valid BCP 47 tag")
    if whose not in WHOSE:
        raise Invalid(f"Validation failed: Posts are translated for a rule of one of {', '.join(WHOSE)}")
    return Across(bool(terms.get("translations")) or into is not None, into, whose == WHOSE[0])


def search(judged: Judged, across: Across, find: Callable[[Saying], str | None]) -> str | None:
    """Look through what a post says, in its own words first; return what was found, and in which of them.

    Of a post that was judged before only what machines say is new: what its author says was found then, or let pass.
    """
    for saying in judged.sayings:
        if saying.machine and not across.translations:
            continue
        found = find(saying)
        if found is not None:
            return None if judged.again and not saying.machine else f"{found}{saying.where}"
    return None

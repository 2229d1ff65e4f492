"""One rule of an interaction policy: who may do something with an object or an account.

https://docs.gotosocial.org/en/latest/federation/interaction_controls/, FEP-044f and FEP-7aa9.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fedinote.activitypub.audience import is_public
from fedinote.activitypub.shapes import first, references

PUBLIC, FOLLOWERS, FOLLOWING, OTHERS = 1, 2, 4, 8
MANUAL = 4
"""How far the bits of who may after approval are shifted."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may do one thing with an object: at once, or after the author's approval (ids of actors or collections)."""

    automatic: tuple[str, ...]
    manual: tuple[str, ...]


def rule_of(value: Any) -> Rule | None:
    """One rule; GoToSocial's older names (`always`, `approvalRequired`) mean the same. None where there is none."""
    value = first(value)
    if not isinstance(value, dict):
        return None
    automatic = references(value.get("automaticApproval")) or references(value.get("always"))
    return Rule(automatic, references(value.get("manualApproval")) or references(value.get("approvalRequired")))


def bits(rule: Rule, author: str, followers: str | None, following: str | None) -> int:
    """Return a rule as bits: automatic low, manual four bits higher.

    The author, who always may, has no bit. Whoever else is named by an id of its own is OTHERS.
    """
    some = [_some(uris, author, followers, following) for uris in (rule.automatic, rule.manual)]
    return some[0] | some[1] << MANUAL


def _some(uris: Iterable[str], author: str, followers: str | None, following: str | None) -> int:
    found = 0
    for uri in uris:
        if is_public(uri):
            found |= PUBLIC
        elif uri == followers:
            found |= FOLLOWERS
        elif uri == following:
            found |= FOLLOWING
        elif uri != author:
            found |= OTHERS
    return found

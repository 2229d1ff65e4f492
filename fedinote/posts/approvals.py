"""Who may quote, answer, like or boost a post: what its author lets happen at once, after a look, or not at all.

A policy is a small number. The low four bits say who may at once (automatic), the next four who may once the author
agreed (manual): PUBLIC, FOLLOWERS (of the author), FOLLOWING (whom the author follows), OTHERS (somebody named).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from fedinote.infra.errors import Invalid

PUBLIC, FOLLOWERS, FOLLOWING, OTHERS = 1, 2, 4, 8
MANUAL = 4
"""How far the bits of who may after approval are shifted."""
ALL = 15

SETTINGS: Mapping[str, int] = {"public": PUBLIC, "followers": FOLLOWERS, "nobody": 0}
"""What a person can choose for quotes."""
NAMES = ((PUBLIC, "public"), (FOLLOWERS, "followers"), (FOLLOWING, "following"), (OTHERS, "unsupported_policy"))

Decision = Literal["automatic", "manual", "denied", "unknown"]


@dataclass(frozen=True, slots=True)
class NewQuote:
    """A quote that comes with a post. `quoted_id` None: the quoted post is not known here. `state` as in the model."""

    uri: str
    quoted_id: int | None = None
    state: str = "pending"
    legacy: bool = False
    stamp_uri: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """How somebody stands to the author of a post: follows the author, is followed by the author, or is the author."""

    follower: bool = False
    followed: bool = False
    own: bool = False


def of_setting(setting: str, visibility: str) -> int:
    """Return the policy of a local post. Nobody but the author quotes what is not public. Invalid for no setting."""
    if setting not in SETTINGS:
        raise Invalid(f"Validation failed: Quote approval policy must be one of {', '.join(SETTINGS)}")
    return SETTINGS[setting] if visibility in ("public", "unlisted") else 0


def setting_of(policy: int | None) -> str:
    """Return the setting that makes this policy; "nobody" for what a person here cannot choose."""
    return next((name for name, bits in SETTINGS.items() if bits == policy), "nobody")


def names(bits: int) -> list[str]:
    """Name those whom four bits mean, in Mastodon's words."""
    return [name for bit, name in NAMES if bits & bit]


def decide(policy: int, relation: Relation) -> Decision:
    """Tell what a policy says to somebody; `unknown` where it names people whom we cannot compare with."""
    if relation.own or _covers(policy & ALL, relation):
        return "automatic"
    if _covers(policy >> MANUAL, relation):
        return "manual"
    return "unknown" if (policy | policy >> MANUAL) & OTHERS else "denied"


def _covers(bits: int, relation: Relation) -> bool:
    return bool(bits & PUBLIC or (bits & FOLLOWERS and relation.follower) or (bits & FOLLOWING and relation.followed))


def decide_by_rule(rule: Mapping[str, Any], actor_uri: str, relation: Relation) -> Decision:
    """Tell what a rule for answers, likes or boosts says to an actor: {policy, automatic, manual}.

    Whom a rule names is treated as it says there, whatever the collections say; the more generous of two such
    sentences counts (GoToSocial, interaction controls). What names nobody we know is a refusal.
    """
    if relation.own or actor_uri in _named(rule, "automatic"):
        return "automatic"
    if actor_uri in _named(rule, "manual"):
        return "manual"
    decision = decide(int(rule.get("policy", 0)), relation)
    return "denied" if decision == "unknown" else decision


def _named(rule: Mapping[str, Any], key: str) -> Sequence[str]:
    found: Sequence[str] = rule.get(key) or ()
    return found

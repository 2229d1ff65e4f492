"""An author's interaction policy in small: which bits it comes down to, and whom of ours it names.

https://docs.gotosocial.org/en/latest/federation/interaction_controls/ and FEP-044f.
"""

from collections.abc import Iterable
from typing import Any

from fedinote.activitypub.audience import is_public
from fedinote.activitypub.objects import InteractionPolicy, Post
from fedinote.activitypub.permissions import Rule, bits
from fedinote.activitypub.quirks import same_origin

MAX_NAMED = 50


def quote_policy(post: Post, followers: str | None, following: str | None) -> int | None:
    """Return who may quote a post, as bits (automatic low, manual four bits higher); None where nothing is said.

    The author, who always may, has no bit. Whoever else is named by an id of its own is OTHERS.
    """
    rule = post.policy.can_quote if post.policy else None
    if rule is None:
        return None
    return _bits(rule, post, followers, following)


def _bits(rule: Rule, post: Post, followers: str | None, following: str | None) -> int:
    return bits(rule, post.attributed_to, followers, following)


def rules(post: Post, followers: str | None, following: str | None, base: str) -> dict[str, Any] | None:
    """Return the rules for reply, like and announce that do not let everybody: {kind: {policy, automatic, manual}}.

    `automatic` and `manual` are the ids on our own server (`base`) that are named; None where all are free.
    """
    policy = post.policy
    if policy is None:
        return None
    found = {
        kind: _rule(rule, _bits(rule, post, followers, following), base)
        for kind, rule in _kinds(policy)
        if rule is not None and not _free(rule)
    }
    return found or None


def _kinds(policy: InteractionPolicy) -> tuple[tuple[str, Rule | None], ...]:
    return ("reply", policy.can_reply), ("like", policy.can_like), ("announce", policy.can_announce)


def _free(rule: Rule) -> bool:
    """Tell whether a rule says nothing ({}), or lets everybody and asks nobody in particular to wait."""
    return not (rule.automatic or rule.manual) or (any(map(is_public, rule.automatic)) and not rule.manual)


def _rule(rule: Rule, policy: int, base: str) -> dict[str, Any]:
    return {"policy": policy, "automatic": _ours(rule.automatic, base), "manual": _ours(rule.manual, base)}


def _ours(uris: Iterable[str], base: str) -> list[str]:
    return [uri for uri in uris if same_origin(uri, base)][:MAX_NAMED]

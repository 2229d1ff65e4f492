"""Asks every policy in turn; the first that rejects decides, changes add up.

Each rejection and each change is told by PolicyApplied, from which the audit log has its row. What is accepted as it
is, nearly everything, writes nothing.
"""

from typing import Any

from fedinote.events import PolicyApplied, RuleCaught
from fedinote.infra.app import App
from fedinote.policy.acquaintance import AcquaintancePolicy
from fedinote.policy.base import ACCEPT, OUTCOMES, Policy, Stated, Subject, Verdict
from fedinote.policy.content import MentionPolicy, PhrasePolicy
from fedinote.policy.domains import DomainPolicy
from fedinote.policy.rules.judging import RulePolicy
from fedinote.policy.senders import SenderPolicy

POLICIES: tuple[Policy, ...] = (
    DomainPolicy(),
    AcquaintancePolicy(),
    MentionPolicy(),
    PhrasePolicy(),
    SenderPolicy(),
    RulePolicy(),
)


async def stated(app: App) -> list[Stated]:
    """Return what all policies do here now, in the order in which they are asked; each says it of itself."""
    return [one for policy in POLICIES for one in await policy.stated(app)]


async def check(app: App, subject: Subject) -> Verdict:
    """Judge a subject by all policies, and emit PolicyApplied for what they did (RuleCaught for moderators' rules).

    The events are part of the caller's transaction, if there is one: who rolls it back takes the audit row with it.
    """
    hits: list[Verdict] = []
    for policy in POLICIES:
        verdict = await policy.judge(app, subject)
        if verdict.rejected:
            await _tell(app, subject, [verdict])
            return verdict
        if verdict.outcome != "accept":
            hits.append(verdict)
    if not hits:
        return ACCEPT
    await _tell(app, subject, hits)
    changes: dict[str, Any] = {}
    for hit in hits:
        changes.update(hit.changes)
    others = {name for hit in hits if not hit.catches for name in hit.changes}
    return Verdict(
        max((hit.outcome for hit in hits), key=OUTCOMES.index),
        "; ".join(hit.reason for hit in hits),
        ", ".join(hit.policy for hit in hits),
        changes,
        tuple(catch for hit in hits for catch in hit.catches),
        frozenset(changes) - others,
    )


async def _tell(app: App, subject: Subject, hits: list[Verdict]) -> None:
    async with app.db.transaction():
        for hit in hits:
            await app.emit(
                PolicyApplied(hit.policy, hit.outcome, hit.reason, subject.kind, subject.account_id, subject.uri)
            )
            for catch in hit.catches:
                await app.emit(RuleCaught(catch.rule_id, catch.action, catch.why, subject.account_id, subject.uri))

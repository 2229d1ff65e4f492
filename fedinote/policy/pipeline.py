"""Asks every policy in turn; the first that rejects decides, changes add up."""

from typing import Any

from fedinote.infra.app import App
from fedinote.policy.base import Policy, Subject, Verdict
from fedinote.policy.domains import DomainPolicy

POLICIES: tuple[Policy, ...] = (DomainPolicy(),)


async def check(app: App, subject: Subject) -> Verdict:
    """Judge a subject by all policies."""
    changes: dict[str, Any] = {}
    for policy in POLICIES:
        verdict = await policy.judge(app, subject)
        if verdict.rejected:
            return verdict
        changes.update(verdict.changes)
    return Verdict("change" if changes else "accept", changes=changes)

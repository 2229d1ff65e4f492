"""Pictures that rules keep out beside posts: portraits and headers, and files of others that would be kept here."""

from collections.abc import Sequence

from fedinote.events import PolicyApplied, RuleCaught
from fedinote.infra.app import App
from fedinote.policy import trust
from fedinote.policy.base import Subject
from fedinote.policy.pictures.hashes import Known
from fedinote.policy.rules import book
from fedinote.policy.rules.book import Compiled
from fedinote.policy.rules.pictures import Pictures

NOT_SHOWN = ("sensitive", "hold", "reject", "suspend")
"""With these actions of a rule a picture becomes nobody's portrait, and stands beside no link."""
NOT_KEPT = ("reject", "suspend")
"""With these not even the copy of a post's file is kept."""


async def refused(
    app: App, file: Known, *, domain: str, account_id: int | None = None, actions: Sequence[str] = NOT_SHOWN
) -> str | None:
    """Return why a rule with one of these actions is about a picture, None when none is. No query without such rules.

    `domain` is the owner's server, "" for people here. What is refused to somebody as a
    portrait is told (PolicyApplied, RuleCaught).
    """
    owner = Subject(kind="picture", account_id=account_id or 0, domain=domain, has_media=True)
    for rule in await book.in_force(app):
        if rule.action not in actions or not isinstance(rule.matcher, Pictures) or not rule.scope.covers(owner):
            continue
        why = await rule.matcher.find(app, [file])
        if why is None or (rule.scope.spares and await _spared(app, rule, account_id)):
            continue
        if account_id is not None and actions == NOT_SHOWN:
            await _tell(app, rule.id, f"{rule.title}: {why}", owner)
        return f"{rule.title}: {why}"
    return None


async def _spared(app: App, rule: Compiled, account_id: int | None) -> bool:
    return account_id is not None and trust.spared(rule.scope.spares, await trust.level(app, account_id))


async def _tell(app: App, rule_id: int, why: str, owner: Subject) -> None:
    """Have the refusal of a portrait in the audit log, and among what the rule caught."""
    async with app.db.transaction():
        await app.emit(PolicyApplied("rules", "reject", why, owner.kind, owner.account_id, ""))
        await app.emit(RuleCaught(rule_id, "reject", why[:500], owner.account_id, ""))

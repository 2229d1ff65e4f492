"""The policy behind all rules of the moderators: every rule is asked, and the strongest action counts."""

from collections.abc import Sequence
from typing import Any

from fedinote.infra.app import App
from fedinote.policy import trust
from fedinote.policy.base import ACCEPT, Catch, Outcome, Stated, Subject, Verdict
from fedinote.policy.rules import book
from fedinote.policy.rules.book import ACTIONS, Compiled
from fedinote.policy.rules.kinds import Judged

OUTCOMES: dict[str, Outcome] = {
    "note": "note",
    "warn": "change",
    "sensitive": "change",
    "limit": "change",
    "hold": "hold",
    "reject": "reject",
    "suspend": "reject",
}
_FOLLOWED = (
    "SELECT 1 AS value FROM follows f JOIN accounts a ON a.id = f.follower_id"
    " WHERE f.target_id = ? AND f.accepted AND a.domain = '' AND a.suspended_at IS NULL AND a.silenced_at IS NULL"
    " LIMIT 1"
)


class RulePolicy:
    """What the moderators' rules say to a post."""

    name = "rules"

    async def stated(self, app: App) -> Sequence[Stated]:
        """Say how many rules of the moderators are in force."""
        count = len(await book.in_force(app))
        does = "Posts are judged by rules that the moderators wrote. What each does is public; its words are not."
        return (Stated(self.name, does, {"rules": count}),) if count else ()

    async def judge(self, app: App, subject: Subject) -> Verdict:
        """Judge a post by all rules in force. Costs nothing when there is none."""
        if subject.kind != "post":
            return ACCEPT
        rules = [rule for rule in await book.in_force(app) if rule.scope.covers(subject)]
        if not rules:
            return ACCEPT
        caught = await catches(app, rules, Judged(subject, app.now()))
        return self._verdict(rules, caught, subject) if caught else ACCEPT

    def _verdict(self, rules: Sequence[Compiled], caught: Sequence[Catch], subject: Subject) -> Verdict:
        titles = {rule.id: rule.title for rule in rules}
        strongest = max(caught, key=lambda one: ACTIONS.index(one.action))
        reason = "; ".join(f"{titles[one.rule_id]}: {one.why}" for one in caught)
        changes: dict[str, Any] = {}
        for one in caught:
            changes |= changed(one.action, titles[one.rule_id], subject.spoiler_text, subject.visibility)
        return Verdict(OUTCOMES[strongest.action], reason, self.name, changes, tuple(caught))


async def catches(app: App, rules: Sequence[Compiled], judged: Judged) -> list[Catch]:
    """Ask the rules, in their order, about a post."""
    found: list[Catch] = []
    level: str | None = None
    for rule in rules:
        why = await rule.matcher.match(app, judged)
        if why is None:
            continue
        if rule.scope.spares:
            level = level or await trust.level(app, judged.subject.account_id)
            if trust.spared(rule.scope.spares, level):
                continue
        found.append(Catch(rule.id, rule.action, why[:500]))
    return found


async def followed(app: App, account_id: int) -> bool:
    """Tell whether somebody here follows an account."""
    return await app.db.row(_FOLLOWED, account_id) is not None


def changed(action: str, title: str, warning: str, visibility: str) -> dict[str, Any]:
    """Return the fields that an action of the rule with this title replaces, of a post with a warning and visibility.

    Nothing makes a post more visible than it was.
    """
    match action:
        case "warn":
            return {"spoiler_text": warning or title, "sensitive": True}
        case "sensitive":
            return {"sensitive": True}
        case "limit":
            return {"visibility": "unlisted"} if visibility == "public" else {}
        case _:
            return {}

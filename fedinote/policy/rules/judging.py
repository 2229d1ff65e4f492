"""The policy behind all rules of the moderators: every rule is asked, and the strongest action counts."""

from collections.abc import Sequence
from typing import Any

from fedinote.infra.app import App
from fedinote.policy.base import ACCEPT, Catch, Outcome, Subject, Verdict
from fedinote.policy.rules import book
from fedinote.policy.rules.book import ACTIONS, Compiled
from fedinote.policy.rules.kinds import Judged

_OUTCOMES: dict[str, Outcome] = {
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
    " WHERE f.target_id = ? AND f.accepted AND a.domain = '' LIMIT 1"
)


class RulePolicy:
    """What the moderators' rules say to a post."""

    name = "rules"

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
            changes |= _changes(one.action, titles[one.rule_id], subject)
        return Verdict(_OUTCOMES[strongest.action], reason, self.name, changes, tuple(caught))


async def catches(app: App, rules: Sequence[Compiled], judged: Judged) -> list[Catch]:
    """Ask the rules, in their order, about a post."""
    found: list[Catch] = []
    followed: bool | None = None
    for rule in rules:
        why = await rule.matcher.match(app, judged)
        if why is None:
            continue
        if rule.scope.spare_followed:
            if followed is None:
                followed = await app.db.row(_FOLLOWED, judged.subject.account_id) is not None
            if followed:
                continue
        found.append(Catch(rule.id, rule.action, why[:500]))
    return found


def _changes(action: str, title: str, subject: Subject) -> dict[str, Any]:
    """Return the fields of the post that an action replaces. Nothing makes a post more visible than it was."""
    match action:
        case "warn":
            warning = subject.spoiler_text or title
            return {"spoiler_text": warning, "sensitive": True}
        case "sensitive":
            return {"sensitive": True}
        case "limit":
            return {"visibility": "unlisted"} if subject.visibility == "public" else {}
        case _:
            return {}

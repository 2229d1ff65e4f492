"""Stored posts judged once more, because more is known of them now: a translation, the hash of a picture."""

from collections.abc import Callable

from fedinote.events import PostTranslated
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.moderation.automatic import later, stored
from fedinote.policy.base import Catch
from fedinote.policy.rules import book, judging
from fedinote.policy.rules.book import Compiled
from fedinote.posts import withdrawn
from fedinote.posts.holding import HELD

JOB = "moderation.rejudge"
_PRIORITY = 4
_DONE = "SELECT rule_id FROM rule_measures WHERE post_id = ? AND version = ?"


async def again(app: App, post_id: int, *, concerns: Callable[[Compiled], bool]) -> tuple[Catch, ...]:
    """Judge a stored post by those rules in force that `concerns` picks; do what they say; return the catches.

    Nothing happens to a post that is gone, is a boost, is held at present, or was released by a moderator in this
    version; nor by a rule that took its measure against this version before. Not to be awaited in a transaction.
    """
    rules = [rule for rule in await book.in_force(app) if concerns(rule)]
    row = await stored.find(app, post_id) if rules else None
    if row is None or row["visibility"] == HELD or withdrawn.cleared(row):
        return ()
    done = {one["rule_id"] for one in await app.db.rows(_DONE, post_id, withdrawn.version(row))}
    judged = await stored.judged(app, row)
    rules = [rule for rule in rules if rule.id not in done and rule.scope.covers(judged.subject)]
    caught = await judging.catches(app, rules, judged)
    if not caught:
        return ()
    return await later.take(app, row, {rule.id: rule for rule in rules}, caught)


async def on_post_translated(app: App, event: PostTranslated) -> None:
    """Judge a post by what it says in translation, in a job of its own: whoever reads it does not wait for that."""
    if any(rule.across.translations for rule in await book.in_force(app)):
        await jobs.enqueue(app, JOB, {"post_id": event.post_id}, key=f"rejudge-{event.post_id}", priority=_PRIORITY)


async def translated(app: App, post_id: int) -> None:
    """Judge a post by the rules that look into translations (a job; safe to repeat)."""
    await again(app, post_id, concerns=lambda rule: rule.across.translations)

"""Posts translated for the sake of rules: one that is written in one language reads what comes in all others.

Through the same gates as every translation: public and unlisted posts only, never those of authors who do not want it,
within the server's budget, written down in the ledger. What is not translated is judged by its own words alone.
"""

from fedinote.events import PostEdited, PostPublished
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.moderation.automatic import stored
from fedinote.policy import trust
from fedinote.policy.rules import book
from fedinote.policy.rules.book import Compiled
from fedinote.translation import ahead, consent
from fedinote.translation.ledger import Purpose

JOB = "moderation.translate"
_PRIORITY = 7  # after those who wait to read something


async def on_post_published(app: App, event: PostPublished) -> None:
    """Have a new post translated where a rule asks for it. Nobody waits for that: it is published already."""
    if event.fresh:
        await _queue(app, event.post_id, event.visibility)


async def on_post_edited(app: App, event: PostEdited) -> None:
    """The same for a new version."""
    await _queue(app, event.post_id, event.visibility)


async def _queue(app: App, post_id: int, visibility: str) -> None:
    if visibility not in consent.PUBLIC or app.translator is None:
        return
    if any(rule.across.into for rule in await book.in_force(app)):
        await jobs.enqueue(app, JOB, {"post_id": post_id}, key=f"rules-read-{post_id}", priority=_PRIORITY)


async def read(app: App, post_id: int) -> None:
    """Have a post in the languages of the rules that ask for it (a job; safe to repeat)."""
    rules = [rule for rule in await book.in_force(app) if rule.across.into]
    row = await stored.find(app, post_id) if rules else None
    if row is None or row["visibility"] not in consent.PUBLIC:
        return
    for target in await _targets(app, row, rules):
        await ahead.translate_post(app, post_id, target, purpose=Purpose.MODERATION)


async def _targets(app: App, row: Row, rules: list[Compiled]) -> list[str]:
    """Return the languages that rules want to read a post in; those about strangers only if it is a stranger's."""
    subject = stored.subject(row)
    rules = [rule for rule in rules if rule.scope.covers(subject)]
    if any(rule.across.strangers or rule.scope.spares for rule in rules):
        level = await trust.level(app, row["account_id"])
        rules = [
            rule
            for rule in rules
            if not trust.spared(rule.scope.spares, level)
            and not (rule.across.strangers and trust.spared(trust.FOLLOWED, level))
        ]
    return sorted({rule.across.into for rule in rules if rule.across.into})

"""A rule tried on what is here already: what it would have caught in the last days, before it is switched on."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.policy.base import Subject
from fedinote.policy.rules import book, judging
from fedinote.policy.rules.kinds import Judged

DAYS, MAX_DAYS = 30, 365
BATCH = 500
SHOWN = 100

_POSTS = """
SELECT p.id, p.uri, p.account_id, p.content, p.spoiler_text, p.visibility, p.language, p.media_count, p.created_at,
  a.domain, a.username, (SELECT COUNT(*) FROM post_mentions m WHERE m.post_id = p.id) AS mentions
FROM posts p JOIN accounts a ON a.id = p.account_id
WHERE p.id > ? AND p.created_at >= ? AND p.reblog_of_id IS NULL AND p.visibility IN ('public', 'unlisted')
ORDER BY p.id LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Caught:
    """A post that the rule would have caught, and why."""

    post_id: int
    uri: str
    handle: str
    why: str
    written: datetime


@dataclass(slots=True)
class Trial:
    """How many posts were looked at, how many of how many people would have been caught, and the newest of them."""

    looked_at: int = 0
    caught: int = 0
    authors: set[int] = field(default_factory=set)
    examples: list[Caught] = field(default_factory=list)


async def run(app: App, rule: Row, *, days: int = DAYS) -> Trial:
    """Try a rule (its row) on the public posts of the last days. It changes nothing, and reads in batches.

    Private posts are left out: moderators would read them that way. Raises Invalid when its terms are not good.
    """
    compiled = book.compiled(rule)
    since, last, trial = app.now() - timedelta(days=days), 0, Trial()
    while rows := await app.db.rows(_POSTS, last, since, BATCH):
        last = rows[-1]["id"]
        for row in rows:
            subject = _subject(row)
            if not compiled.scope.covers(subject):
                continue
            trial.looked_at += 1
            found = await judging.catches(app, [compiled], Judged(subject, from_ms(row["created_at"])))
            if found:
                _note(trial, row, found[0].why)
    trial.examples.reverse()
    return trial


def _note(trial: Trial, row: Row, why: str) -> None:
    trial.caught += 1
    trial.authors.add(row["account_id"])
    handle = f"@{row['username']}@{row['domain']}" if row["domain"] else f"@{row['username']}"
    trial.examples.append(Caught(row["id"], row["uri"], handle, why, from_ms(row["created_at"])))
    del trial.examples[:-SHOWN]


def _subject(row: Row) -> Subject:
    return Subject(
        kind="post",
        account_id=row["account_id"],
        domain=row["domain"],
        text=row["content"],
        spoiler_text=row["spoiler_text"],
        visibility=row["visibility"],
        mentions=row["mentions"],
        has_media=row["media_count"] > 0,
        uri=row["uri"],
        language=row["language"],
    )

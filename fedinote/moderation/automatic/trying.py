"""A rule tried on what is here already: what it would have caught in the last days, before it is switched on."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, to_ms
from fedinote.infra.db import Row
from fedinote.infra.ids import time_of
from fedinote.moderation.automatic import stored
from fedinote.policy.rules import book, judging
from fedinote.policy.rules.kinds import Judged, Machine

DAYS, MAX_DAYS = 30, 365
BATCH = 500
SHOWN = 100
SLICE = 0.008
"""Seconds after which others have their turn: matching is work for the processor."""

_POSTS = f"""SELECT {stored.COLUMNS}
FROM posts p JOIN accounts a ON a.id = p.account_id
WHERE p.id > ? AND p.created_at >= ? AND p.reblog_of_id IS NULL AND p.visibility IN ('public', 'unlisted')
ORDER BY p.id LIMIT ?
"""  # noqa: S608  ours


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
    """How many posts were looked at, how many of how many people would have been caught, and the newest of them.

    `by_members` are those of people here; `languages` counts by the language that posts state ("" for none).
    """

    looked_at: int = 0
    caught: int = 0
    by_members: int = 0
    authors: set[int] = field(default_factory=set)
    languages: dict[str, int] = field(default_factory=dict)
    examples: list[Caught] = field(default_factory=list)

    @property
    def share(self) -> float:
        """How many of the posts would have been caught, of 1."""
        return self.caught / self.looked_at if self.looked_at else 0.0


class Course:
    """A trial that is under way, in batches of posts, oldest first. It can be left and gone on with after `reached`.

    `gentle`: it rests as long as it works, so that a server stays quick for everybody else meanwhile.
    Raises Invalid when the terms of the rule (its row) are not good.
    """

    def __init__(self, rule: Row, since: datetime, *, last: int = 0, trial: Trial | None = None) -> None:
        self.trial = trial or Trial()
        self.gentle = False
        self.last = max(last, (max(to_ms(since), 1) << 16) - 1)
        self._since, self._counted = since, self.last
        self._rule = book.compiled(rule)
        remembers: timedelta = getattr(self._rule.matcher, "remembers", timedelta(0))
        if last and remembers:  # what a rule remembers of the posts before is not written down: it reads them again
            self.last = min(self.last, (to_ms(time_of(last) - remembers) << 16) - 1)

    @property
    def reached(self) -> int:
        """The last post that counts so far: where to go on."""
        return max(self.last, self._counted)

    async def step(self, app: App) -> bool:
        """Look at the next posts; False when there are none."""
        rows = await app.db.rows(_POSTS, self.last, self._since, BATCH)
        across = self._rule.across.translations
        made = await stored.machines(app, [row["id"] for row in rows]) if across else {}
        began = time.perf_counter()
        for row in rows:
            await self._look(app, row, made.get(row["id"], ()))
            self.last = row["id"]
            if (worked := time.perf_counter() - began) > SLICE:
                await asyncio.sleep(worked if self.gentle else 0)
                began = time.perf_counter()
        return len(rows) == BATCH

    async def _look(self, app: App, row: Row, made: Sequence[Machine]) -> None:
        subject = stored.subject(row)
        if not self._rule.scope.covers(subject):
            return
        found = await judging.catches(app, [self._rule], Judged(subject, from_ms(row["created_at"]), made))
        if row["id"] <= self._counted:
            return
        self.trial.looked_at += 1
        if found:
            _note(self.trial, row, found[0].why)


async def run(app: App, rule: Row, *, days: int = DAYS) -> Trial:
    """Try a rule (its row) on the public posts of the last days. It changes nothing, and reads in batches.

    Translations that are there count where the rule says so; none is made.
    Private posts are left out: moderators would read them that way. Raises Invalid when its terms are not good.
    """
    course = Course(rule, app.now() - timedelta(days=days))
    while await course.step(app):
        pass
    course.trial.examples.reverse()
    return course.trial


def _note(trial: Trial, row: Row, why: str) -> None:
    trial.caught += 1
    trial.by_members += row["domain"] == ""
    trial.authors.add(row["account_id"])
    tag = row["language"] or ""
    trial.languages[tag] = trial.languages.get(tag, 0) + 1
    handle = f"@{row['username']}@{row['domain']}" if row["domain"] else f"@{row['username']}"
    trial.examples.append(Caught(row["id"], row["uri"], handle, why, from_ms(row["created_at"])))
    del trial.examples[:-SHOWN]

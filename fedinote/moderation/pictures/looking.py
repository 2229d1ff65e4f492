"""Posts of others judged by their pictures, which are seen only after the posts came: when somebody opens them, or at
once where a rule says so for people whom nobody here follows.
"""

import contextlib
import logging

from fedinote.events import PictureKnown, PostPublished
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError
from fedinote.media import recognising, remote
from fedinote.moderation.automatic import rejudging
from fedinote.policy.rules import book, judging
from fedinote.policy.rules.book import Compiled
from fedinote.policy.rules.pictures import KIND, Pictures

JUDGE_JOB, LOOK_JOB = "pictures.judge", "pictures.look"
MOST_FILES = 4
HOURLY, HOURLY_OF_A_SERVER = 2_000, 200
"""How many pictures of strangers are fetched unasked in an hour, at most."""
_PRIORITY = 6
_HOUR = 3600.0
_POST = """SELECT p.id, p.account_id, a.domain FROM posts p JOIN accounts a ON a.id = p.account_id
 WHERE p.id = ? AND p.media_count > 0"""
_FILES = """SELECT m.id FROM media m WHERE m.post_id = ? AND m.kind IN ('image', 'gifv', 'unknown')
 AND NOT EXISTS (SELECT 1 FROM media_prints n WHERE n.media_id = m.id) ORDER BY m.position LIMIT ?"""

log = logging.getLogger(__name__)


async def on_picture_known(app: App, event: PictureKnown) -> None:
    """Judge a post that is here already by a picture that was not known when it came. Costs nothing without rules."""
    if any(rule.kind == KIND for rule in await book.in_force(app)):
        key = f"{JUDGE_JOB}:{event.post_id}"
        await jobs.enqueue(app, JUDGE_JOB, {"post_id": event.post_id}, key=key, priority=_PRIORITY)


async def judge(app: App, post_id: int) -> None:
    """Judge a post by its pictures (job; safe to repeat)."""
    await rejudging.again(app, post_id, concerns=lambda rule: rule.kind == KIND)


async def on_post_published(app: App, event: PostPublished) -> None:
    """Have the pictures of strangers looked at where a rule wants that. Costs nothing without such a rule."""
    if event.local or not event.fresh or not any(_fetches(rule) for rule in await book.in_force(app)):
        return
    await jobs.enqueue(app, LOOK_JOB, {"post_id": event.post_id}, priority=_PRIORITY)


def _fetches(rule: Compiled) -> bool:
    return isinstance(rule.matcher, Pictures) and rule.matcher.fetch and rule.scope.origin != "local"


async def look(app: App, post_id: int) -> None:
    """Fetch the first pictures of a post by somebody whom nobody here follows (job; safe to repeat).

    They come as if somebody had opened them, and within the caps of an hour; what is known of them then judges the
    post.
    """
    row = await app.db.row(_POST, post_id)
    if row is None or not remote.shown(app) or await judging.followed(app, row["account_id"]):
        return
    for file in await app.db.rows(_FILES, post_id, MOST_FILES):
        if not _room(app, row):
            return
        with contextlib.suppress(FediNoteError):  # it is looked at when somebody opens it, if it can be had then
            await recognising.known(app, file["id"])


def _room(app: App, row: Row) -> bool:
    one = app.limiter.hit(f"pictures {row['domain']}", HOURLY_OF_A_SERVER, _HOUR)
    if one.allowed and app.limiter.hit("pictures", HOURLY, _HOUR).allowed:
        return True
    log.info("pictures of strangers are not looked at for now", extra={"domain": row["domain"]})
    return False

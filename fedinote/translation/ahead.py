"""Translating unasked: when a post reaches somebody who reads automatically, and when such a reader looks at one.

A post is made once for each language, by one job, whoever is going to read it. Where nobody reads automatically
nothing here asks the database anything: `preferences.readers` is in memory.
"""

import contextlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fedinote.events import PostEdited, PostPublished, VersionsChanged
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import TryAgain, Unavailable
from fedinote.translation import preferences, profiles, translations
from fedinote.translation.ledger import Purpose
from fedinote.translation.preferences import Mode, Preferences
from fedinote.translation.views import READY

JOB = "translation.translate_post"
PROFILE_JOB = "translation.translate_profile"
MAX_TRIES = 4
_URGENT, _AHEAD = 3, 6  # priorities
_PAUSE = timedelta(minutes=1)
_RETRY = {translations.FAILED: timedelta(minutes=10), translations.REFUSED: timedelta(hours=6)}
_KEPT = timedelta(days=30)
_MOST_WAITING = 10_000
_CACHE = "translation waiting"


@dataclass(slots=True)
class _Waiting:
    """Who looked at what before it was translated, and when a job was last queued for it."""

    since: datetime
    people: set[int] = field(default_factory=set)


async def on_post_published(app: App, event: PostPublished) -> None:
    """Translate a new post for those it is addressed to; `reached` does for those who get it in their home."""
    if event.fresh and event.mentioned_ids:
        await reached(app, event.post_id, event.author_id, event.mentioned_ids)


async def reached(app: App, post_id: int, author_id: int, account_ids: Iterable[int]) -> None:
    """Queue the translations of a post (not a boost) that just came to these accounts, in the running transaction."""
    people = await preferences.readers(app)
    if not people:
        return
    who = (people[one] for one in set(account_ids) & people.keys() if one != author_id)
    for target in sorted({one.target for one in who if one.may_want(author_id)}):
        await _queue(app, post_id, target, None, _AHEAD)


async def _queue(app: App, post_id: int, target: str, payer: int | None, priority: int) -> None:
    args = {"post_id": post_id, "target": target, "payer": payer}
    await jobs.enqueue(app, JOB, args, key=f"translate-{post_id}-{target}", priority=priority)


async def translate_post(
    app: App, post_id: int, target: str, payer: int | None = None, *, purpose: Purpose | None = None
) -> None:
    """Have a post in a language (a job). When no engine answers it is tried four times; after that a look tries."""
    try:
        why = purpose or (Purpose.AHEAD if payer is None else Purpose.READER)
        await translations.finish(app, post_id, target, payer=payer, purpose=why)
    except Unavailable as error:
        kept = (await translations.finished(app, [post_id], target)).get(post_id)
        if kept is not None and kept["tries"] < MAX_TRIES:
            raise TryAgain("no translation engine answered", after=30.0 * 4 ** (kept["tries"] - 1)) from error


async def on_post_edited(app: App, event: PostEdited | VersionsChanged) -> None:
    """Remove the translations of the former version; make those that are read automatically anew.

    A translation that its author attaches makes a new version as well: it is preferred to what was there.
    """
    rows = await app.db.returning("DELETE FROM post_translations WHERE post_id = ? RETURNING target", event.post_id)
    read = {one.target for one in (await preferences.readers(app)).values()} if rows else set()
    for row in rows:
        if row["target"] in read:
            await _queue(app, event.post_id, row["target"], None, _AHEAD)


# -- when somebody looks ----------------------------------------------------------------------------------------------


def missing(app: App, own: Preferences, post: Row, kept: Row | None) -> bool:
    """Tell whether a reader with these preferences wants a post translated that is not, as far as can be told now.

    `post` has account_id, language and shown_language; `kept` is what is kept of it (state, source, made_at).
    """
    source = post["shown_language"] or post["language"] or ""
    if kept is None:
        return own.way(post["account_id"], source) is not Mode.BUTTON
    if kept["state"] in (READY, translations.NOTHING):
        return False
    pause = _RETRY.get(kept["state"])
    if pause is not None:
        return from_ms(kept["made_at"]) + pause < app.now()
    return own.way(post["account_id"], kept["source"]) is not Mode.BUTTON


async def want(app: App, post_ids: Collection[int], own: Preferences, reader_id: int) -> None:
    """Queue what a reader looks at and would have translated; charged to their budget, once a minute for each post."""
    waiting = _waiting(app)
    wanted = [one for one in post_ids if _wait(app, waiting, (one, own.target), reader_id)]
    if not wanted:
        return
    with contextlib.suppress(Unavailable):  # a full disk must not stop people from reading
        async with app.db.transaction():
            for post_id in wanted:
                await _queue(app, post_id, own.target, reader_id, _URGENT)


def _waiting(app: App) -> dict[tuple[int, str], _Waiting]:
    waiting: dict[tuple[int, str], _Waiting] = app.caches.setdefault(_CACHE, {})
    if len(waiting) > _MOST_WAITING:
        waiting.clear()
    return waiting


def _wait(app: App, waiting: dict[tuple[int, str], _Waiting], what: tuple[int, str], reader_id: int) -> bool:
    """Note that a reader waits; True where a job is to be queued."""
    there = waiting.get(what)
    now = app.now()
    if there is not None:
        there.people.add(reader_id)
        if there.since + _PAUSE > now:
            return False
        there.since = now
        return True
    waiting[what] = _Waiting(now, {reader_id})
    return True


def waited(app: App, post_id: int, target: str) -> frozenset[int]:
    """Return who looked at a post (in this process) before it was there in this language; they are told once."""
    there = _waiting(app).pop((post_id, target), None)
    return frozenset() if there is None else frozenset(there.people)


# -- people -----------------------------------------------------------------------------------------------------------


async def want_profile(app: App, account_id: int, own: Preferences, reader_id: int) -> None:
    """Queue the translation of what an account says of itself, charged to the reader's budget."""
    waiting = _waiting(app)
    if not _wait(app, waiting, (-account_id, own.target), reader_id):
        return
    args = {"account_id": account_id, "target": own.target, "payer": reader_id}
    with contextlib.suppress(Unavailable):
        await jobs.enqueue(app, PROFILE_JOB, args, key=f"translate-profile-{account_id}-{own.target}", priority=_URGENT)


async def translate_profile(app: App, account_id: int, target: str, payer: int | None = None) -> None:
    """Have what an account says of itself in a language (a job); when no engine answers, the next look tries again."""
    with contextlib.suppress(Unavailable):
        await profiles.finish(app, account_id, target, payer=payer)


async def tidy(app: App) -> int:
    """Forget after a month what is no translation, but only says why there is none; the number. A periodic job."""
    gone = 0
    for table in ("post_translations", "account_translations"):
        gone += await app.db.execute(
            f"DELETE FROM {table} WHERE state <> 'ready' AND made_at < ?",  # noqa: S608  ours
            app.now() - _KEPT,
        )
    return gone

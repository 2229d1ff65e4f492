"""What the staff tells everybody here, until its time is over or it is taken back.

Clients that watch are told by a job, because the one who writes may be the command line: a process that nobody
listens to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fedinote.accounts import emojis
from fedinote.events import AnnouncementPublished, AnnouncementRemoved
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation import audit
from fedinote.moderation.house.models import Announcement
from fedinote.moderation.moderator import Moderator
from fedinote.posts import drafts
from fedinote.posts.drafts import Mention
from fedinote.text import compose

TELL_JOB = "moderation.tell_announcement"
MAX_TEXT = 5000

_SHOWN = "(a.ends_at IS NULL OR a.ends_at > ?) AND (a.shown_from IS NULL OR a.shown_from <= ?)"
_READ = "EXISTS (SELECT 1 FROM announcement_reads r WHERE r.announcement_id = a.id AND r.account_id = ?)"


@dataclass(frozen=True, slots=True)
class Span:
    """When that happens which an announcement tells of. `all_day`: only the dates count.

    `shown_from`: when people are told; None: at once.
    """

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    all_day: bool = False
    shown_from: datetime | None = None


async def create(app: App, text: str, span: Span, *, by: Moderator | None = None) -> Announcement:
    """Tell everybody something, in plain text that may have links, mentions, hashtags and emoji.

    It is shown at once or from `span.shown_from`, and until `span.ends_at` if there is one. `by` is None for the
    command line. Raises Invalid.
    """
    text = text.strip()
    _check(app, text, span)
    said = await _said(app, text, span)
    async with app.db.transaction():
        made = await Announcement.create(using_db=app.db.orm, id=app.ids.next(), created_at=app.now(), **said)
        await _tell_in_time(app, made.id, span)
        await _note(app, "announcement.create", made.id, by)
    return made


async def edit(app: App, announcement_id: int, text: str, span: Span, *, by: Moderator | None = None) -> Announcement:
    """Say something else, or at another time, in an announcement; who put it away does not see it again.

    Raises Invalid and NotFound.
    """
    text = text.strip()
    _check(app, text, span)
    said = await _said(app, text, span)
    async with app.db.transaction():
        one = await find(app, announcement_id)
        await one.update_from_dict(said).save(using_db=app.db.orm)
        await _tell_in_time(app, one.id, span)
        await _note(app, "announcement.edit", one.id, by)
    return one


async def end(app: App, announcement_id: int, *, by: Moderator | None = None) -> None:
    """Show an announcement no longer; it is kept in the list of those that are over. Raises NotFound."""
    async with app.db.transaction():
        ended = await app.db.execute(
            "UPDATE announcements SET ends_at = ? WHERE id = ? AND (ends_at IS NULL OR ends_at > ?)",
            app.now(),
            announcement_id,
            app.now(),
        )
        if not ended:
            raise NotFound("There is no such announcement")
        await jobs.enqueue(app, TELL_JOB, {"announcement_id": announcement_id})
        await _note(app, "announcement.end", announcement_id, by)


async def find(app: App, announcement_id: int) -> Announcement:
    """Return an announcement, shown or not. Raises NotFound."""
    one = await Announcement.get_or_none(id=announcement_id, using_db=app.db.orm)
    if one is None:
        raise NotFound("There is no such announcement")
    return one


async def _said(app: App, text: str, span: Span) -> dict[str, Any]:
    mentions = await drafts.mentioned(app, text)
    return {
        "source": text,
        "content": drafts.to_html(app, text, mentions),
        "mentions": [_named(one) for one in mentions],
        "tags": [{"name": tag.name} for tag in compose.find_hashtags(text)],
        "emojis": list(await emojis.used(app, text)),
        "statuses": await _linked(app, text),
        "starts_at": span.starts_at,
        "ends_at": span.ends_at,
        "all_day": span.all_day,
        "shown_from": span.shown_from,
    }


async def _tell_in_time(app: App, announcement_id: int, span: Span) -> None:
    """Queue what tells those who watch: now, when it begins to be shown, and when that is over."""
    await jobs.enqueue(app, TELL_JOB, {"announcement_id": announcement_id})
    for moment in (span.shown_from, span.ends_at):
        if moment is not None and moment > app.now():
            delay = (moment - app.now()).total_seconds()
            await jobs.enqueue(app, TELL_JOB, {"announcement_id": announcement_id}, delay=delay)


def _check(app: App, text: str, span: Span) -> None:
    if not text:
        raise Invalid("Validation failed: Text can't be blank")
    if len(text) > MAX_TEXT:
        raise Invalid(f"Validation failed: Text is too long (maximum is {MAX_TEXT} characters)")
    if span.ends_at is not None and span.ends_at <= max(app.now(), span.starts_at or app.now()):
        raise Invalid("Validation failed: The end must be in the future, and after the start")
    if span.all_day and span.starts_at is None and span.ends_at is None:
        raise Invalid("Validation failed: What lasts all day needs a start or an end")
    if span.shown_from is not None and span.ends_at is not None and span.ends_at <= span.shown_from:
        raise Invalid("Validation failed: The end must be after the beginning")


def _named(one: Mention) -> dict[str, str]:
    return {"id": str(one.account_id), "username": one.username, "acct": one.acct, "url": one.url}


async def _linked(app: App, text: str) -> list[dict[str, str]]:
    """Return {id, url} of the public posts that the text links."""
    urls = compose.find_urls(text)
    if not urls:
        return []
    rows = await app.db.rows(
        "SELECT id, url FROM posts WHERE url IN_TEXTS(?) AND visibility IN ('public', 'unlisted')"
        " AND reblog_of_id IS NULL ORDER BY id",
        urls,
    )
    return [{"id": str(row["id"]), "url": row["url"]} for row in rows]


async def _note(app: App, action: str, announcement_id: int, by: Moderator | None) -> None:
    await audit.record(
        app,
        actor_id=by.account_id if by else None,
        action=action,
        target_type="announcement",
        target=announcement_id,
        detail={"via": "" if by else "command line"},
    )


async def delete(app: App, announcement_id: int, *, by: Moderator | None = None) -> None:
    """Take an announcement back. Raises NotFound."""
    async with app.db.transaction():
        if not await app.db.execute("DELETE FROM announcements WHERE id = ?", announcement_id):
            raise NotFound("There is no such announcement")
        await jobs.enqueue(app, TELL_JOB, {"announcement_id": announcement_id})
        await _note(app, "announcement.delete", announcement_id, by)


async def tell(app: App, announcement_id: int) -> None:
    """Let those who watch know that an announcement is there, or not any more. The function of TELL_JOB."""
    async with app.db.transaction():
        there = await by_id(app, announcement_id)
        await app.emit((AnnouncementPublished if there else AnnouncementRemoved)(announcement_id))


async def everything(app: App) -> list[Announcement]:
    """Return all announcements, those that are over too, oldest first."""
    return await Announcement.all().using_db(app.db.orm).order_by("id")


async def by_id(app: App, announcement_id: int) -> Sequence[Row]:
    """Return the row of an announcement that is shown at present; nothing where there is none."""
    return await app.db.rows(
        f"SELECT a.* FROM announcements a WHERE a.id = ? AND {_SHOWN}",  # noqa: S608
        announcement_id,
        app.now(),
        app.now(),
    )


async def shown(app: App, account_id: int, *, with_read: bool = False) -> list[Row]:
    """Return the rows of what is told at present, by when it begins, with `read` for this person.

    What the person has put away comes only `with_read`.
    """
    rows = await app.db.rows(
        f"SELECT a.*, CASE WHEN {_READ} THEN 1 ELSE 0 END AS read FROM announcements a WHERE {_SHOWN}"  # noqa: S608
        " ORDER BY COALESCE(a.starts_at, a.shown_from, a.created_at), a.id",
        account_id,
        app.now(),
        app.now(),
    )
    return [row for row in rows if with_read or not row["read"]]


async def dismiss(app: App, account_id: int, announcement_id: int) -> None:
    """Put an announcement away for one person; repeating it changes nothing. Raises NotFound."""
    async with app.db.transaction():
        if not await by_id(app, announcement_id):
            raise NotFound
        await app.db.execute(
            "INSERT INTO announcement_reads (announcement_id, account_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
            announcement_id,
            account_id,
        )


def is_over(app: App, one: Announcement) -> bool:
    """Tell whether an announcement is not shown any more."""
    ends_at: datetime | None = one.ends_at
    return ends_at is not None and ends_at <= app.now()

"""What the staff tells everybody here, until its time is over or it is taken back.

Clients that watch are told by a job, because the one who writes is the command line: a process that nobody listens to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fedinote.accounts import emojis
from fedinote.events import AnnouncementPublished, AnnouncementRemoved
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation import audit
from fedinote.moderation.models import Announcement
from fedinote.posts import drafts
from fedinote.posts.drafts import Mention
from fedinote.text import compose

TELL_JOB = "moderation.tell_announcement"
MAX_TEXT = 5000

_SHOWN = "(a.ends_at IS NULL OR a.ends_at > ?)"
_READ = "EXISTS (SELECT 1 FROM announcement_reads r WHERE r.announcement_id = a.id AND r.account_id = ?)"


@dataclass(frozen=True, slots=True)
class Span:
    """When that happens which an announcement tells of. `all_day`: only the dates count."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    all_day: bool = False


async def create(app: App, text: str, span: Span) -> Announcement:
    """Tell everybody something, in plain text that may have links, mentions, hashtags and emoji.

    It is shown at once, and until `span.ends_at` if there is one. Raises Invalid.
    """
    text = text.strip()
    _check(app, text, span)
    mentions = await drafts.mentioned(app, text)
    async with app.db.transaction():
        made = await Announcement.create(
            using_db=app.db.orm,
            id=app.ids.next(),
            source=text,
            content=drafts.to_html(app, text, mentions),
            mentions=[_named(one) for one in mentions],
            tags=[{"name": tag.name} for tag in compose.find_hashtags(text)],
            emojis=list(await emojis.used(app, text)),
            statuses=await _linked(app, text),
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            all_day=span.all_day,
            created_at=app.now(),
        )
        await jobs.enqueue(app, TELL_JOB, {"announcement_id": made.id})
        if span.ends_at is not None:
            delay = (span.ends_at - app.now()).total_seconds()
            await jobs.enqueue(app, TELL_JOB, {"announcement_id": made.id}, delay=delay)
        await _note(app, "announcement.create", made.id)
    return made


def _check(app: App, text: str, span: Span) -> None:
    if not text:
        raise Invalid("Validation failed: Text can't be blank")
    if len(text) > MAX_TEXT:
        raise Invalid(f"Validation failed: Text is too long (maximum is {MAX_TEXT} characters)")
    if span.ends_at is not None and span.ends_at <= max(app.now(), span.starts_at or app.now()):
        raise Invalid("Validation failed: The end must be in the future, and after the start")
    if span.all_day and span.starts_at is None and span.ends_at is None:
        raise Invalid("Validation failed: What lasts all day needs a start or an end")


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


async def _note(app: App, action: str, announcement_id: int) -> None:
    await audit.record(
        app,
        actor_id=None,
        action=action,
        target_type="announcement",
        target=announcement_id,
        detail={"via": "command line"},
    )


async def delete(app: App, announcement_id: int) -> None:
    """Take an announcement back. Raises NotFound."""
    async with app.db.transaction():
        if not await app.db.execute("DELETE FROM announcements WHERE id = ?", announcement_id):
            raise NotFound("There is no such announcement")
        await jobs.enqueue(app, TELL_JOB, {"announcement_id": announcement_id})
        await _note(app, "announcement.delete", announcement_id)


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
    )


async def shown(app: App, account_id: int, *, with_read: bool = False) -> list[Row]:
    """Return the rows of what is told at present, by when it begins, with `read` for this person.

    What the person has put away comes only `with_read`.
    """
    rows = await app.db.rows(
        f"SELECT a.*, CASE WHEN {_READ} THEN 1 ELSE 0 END AS read FROM announcements a WHERE {_SHOWN}"  # noqa: S608
        " ORDER BY COALESCE(a.starts_at, a.created_at), a.id",
        account_id,
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

"""Who is told of what happened. One statement decides and writes, whatever the number of those concerned.

A notification is made only for people who live here, and only when they may see the post; never for what they did
themselves, nor across a block, a mute that hides notifications, a muted conversation or a suspension. Limited
accounts reach only those who follow them. Kinds are Mastodon's (https://docs.joinmastodon.org/entities/Notification/).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from fedinote.events import (
    AccountJoined,
    Boosted,
    Favourited,
    FollowAccepted,
    FollowRejected,
    FollowRequested,
    PollClosed,
    PostDeleted,
    PostEdited,
    PostPublished,
    ReportFiled,
    Unfavourited,
    Unfollowed,
)
from fedinote.infra.app import App
from fedinote.policy import domains
from fedinote.posts import visibility

# Two lists side by side: the new notifications' ids, and the people they are for.
_PEOPLE = {
    "sqlite": "(SELECT i.value AS id, c.value AS account_id FROM json_each(?) i JOIN json_each(?) c ON c.key = i.key)",
    "postgresql": "unnest(?::bigint[], ?::bigint[])",
}
_VISIBLE = visibility.condition("p", 0)[0].replace("?", "a.id")
# What a person's own settings and relations keep away; moderators get reports from anybody.
_WELCOME = f"""
  NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = a.id AND b.target_id = s.id)
  AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = s.id AND b.target_id = a.id)
  AND NOT EXISTS (SELECT 1 FROM mutes m WHERE m.account_id = a.id AND m.target_id = s.id AND m.hide_notifications
    AND (m.expires_at IS NULL OR m.expires_at > ?))
  AND NOT EXISTS (SELECT 1 FROM account_domain_blocks d WHERE d.account_id = a.id AND d.domain = s.domain)
  AND (s.silenced_at IS NULL OR s.id = a.id OR EXISTS (
    SELECT 1 FROM follows f WHERE f.follower_id = a.id AND f.target_id = s.id AND f.accepted))
  AND (p.id IS NULL OR ({_VISIBLE} AND NOT EXISTS (
    SELECT 1 FROM conversation_mutes cm WHERE cm.account_id = a.id AND cm.conversation_id = p.conversation_id)))
"""  # noqa: S608
_TELL = """
INSERT INTO notifications (id, account_id, kind, from_account_id, post_id, subject, created_at)
SELECT n.id, a.id, CAST(? AS TEXT), s.id, p.id, CAST(? AS TEXT), CAST(? AS BIGINT)
FROM {people} AS n {columns} JOIN accounts a ON a.id = n.account_id AND a.domain = ''
  JOIN accounts s ON s.id = ? LEFT JOIN posts p ON p.id = ?
WHERE a.suspended_at IS NULL AND a.deleted_at IS NULL AND s.suspended_at IS NULL AND (s.id <> a.id OR {itself})
  AND {welcome}
ON CONFLICT DO NOTHING RETURNING id, account_id
"""


@dataclass(frozen=True, slots=True)
class News:
    """What to tell: `kind` (Mastodon's type), who did it, and the post that it is about.

    `subject` tells apart what may happen between the same two people more than once: the post's id by default.
    """

    kind: str
    from_id: int
    post_id: int | None = None
    subject: str = ""


async def _tell(app: App, news: News, people: Sequence[int]) -> None:
    """Tell those of `people` who should know and were not told yet; and their clients, once it is committed."""
    if not people or await _cut_off(app, news.from_id):
        return
    administrative = news.kind.startswith("admin.")
    postgresql = app.db.dialect == "postgresql"
    sql = _TELL.format(
        people=_PEOPLE[app.db.dialect],
        columns="(id, account_id)" if postgresql else "",
        itself="TRUE" if news.kind == "poll" else "FALSE",
        welcome="TRUE" if administrative else _WELCOME,
    )
    ids = [app.ids.next() for _ in people]
    subject = news.subject or (str(news.post_id) if news.post_id else "")
    params = [news.kind, subject, app.now(), ids, list(people), news.from_id, news.post_id]
    if not administrative:
        params.append(app.now())
    rows = await app.db.returning(sql, *params)
    stream(app, [(row["account_id"], row["id"]) for row in rows])


async def _cut_off(app: App, account_id: int) -> bool:
    """Tell whether the sender's domain is suspended; the list is in memory when there is one."""
    domain = await app.db.value("SELECT domain AS value FROM accounts WHERE id = ?", account_id)
    return bool(domain) and await domains.suspended(app, domain)


def stream(app: App, told: Sequence[tuple[int, int]]) -> None:
    """Publish new notifications, pairs (account, notification), on the channel `user:<account>` after the commit."""

    def send() -> None:
        for account_id, notification_id in told:
            app.bus.publish(f"user:{account_id}", msgspec.json.encode(["notification", notification_id]))

    if told:
        app.db.after_commit(send)


async def on_post_published(app: App, event: PostPublished) -> None:
    """Tell those whom a post mentions (`mention`), and followers who asked for each new post (`status`)."""
    if not event.fresh:
        return
    await _mention(app, event.post_id, event.author_id, event.mentioned_ids)
    thread = event.in_reply_to_account_id in (None, event.author_id)
    if event.visibility == "direct" or not thread:
        return
    rows = await app.db.rows(
        "SELECT follower_id FROM follows WHERE target_id = ? AND accepted AND notify", event.author_id
    )
    mentioned = set(event.mentioned_ids)
    people = [row["follower_id"] for row in rows if row["follower_id"] not in mentioned]
    await _tell(app, News("status", event.author_id, event.post_id), people)


async def _mention(app: App, post_id: int, author_id: int, people: Sequence[int]) -> None:
    if not people:
        return
    rows = await app.db.rows("SELECT account_id FROM post_mentions WHERE post_id = ? AND NOT silent", post_id)
    named = {row["account_id"] for row in rows}
    await _tell(app, News("mention", author_id, post_id), [one for one in people if one in named])


async def on_post_edited(app: App, event: PostEdited) -> None:
    """Tell those newly mentioned (`mention`), and those who boosted the post that it says something else (`update`).

    Of several edits only the newest is told.
    """
    await _mention(app, event.post_id, event.author_id, event.added_ids)
    await app.db.execute("DELETE FROM notifications WHERE post_id = ? AND kind = 'update'", event.post_id)
    rows = await app.db.rows("SELECT account_id FROM posts WHERE reblog_of_id = ?", event.post_id)
    await _tell(app, News("update", event.author_id, event.post_id), [row["account_id"] for row in rows])


async def on_favourited(app: App, event: Favourited) -> None:
    """Tell the author of a post that somebody likes it (`favourite`)."""
    await _tell(app, News("favourite", event.account_id, event.post_id), [event.author_id])


async def on_unfavourited(app: App, event: Unfavourited) -> None:
    """Take the notification of a like back with the like."""
    await _forget(app, ("favourite",), event.account_id, event.author_id, str(event.post_id))


async def on_boosted(app: App, event: Boosted) -> None:
    """Tell the author of a post that somebody boosted it (`reblog`). Old boosts arrive silently."""
    if event.fresh:
        await _tell(app, News("reblog", event.account_id, event.post_id), [event.author_id])


async def on_post_deleted(app: App, event: PostDeleted) -> None:
    """Take the notification of a boost back with the boost; those about a post go with its row."""
    if event.reblog_of_id is not None:
        await app.db.execute(
            "DELETE FROM notifications WHERE post_id = ? AND kind = 'reblog' AND from_account_id = ?",
            event.reblog_of_id,
            event.author_id,
        )


async def on_follow_requested(app: App, event: FollowRequested) -> None:
    """Tell the target of a request that waits for its answer (`follow_request`)."""
    waits = await app.db.row("SELECT 1 AS value FROM follows WHERE id = ? AND NOT accepted", event.follow_id)
    if waits is not None:
        await _tell(app, News("follow_request", event.follower_id), [event.target_id])


async def on_follow_accepted(app: App, event: FollowAccepted) -> None:
    """Tell the target of its new follower (`follow`); the request, if there was one, is answered."""
    await _forget(app, ("follow_request",), event.follower_id, event.target_id)
    await _tell(app, News("follow", event.follower_id), [event.target_id])


async def on_unfollowed(app: App, event: Unfollowed | FollowRejected) -> None:
    """Take the notification of a follow or request back with it."""
    await _forget(app, ("follow", "follow_request"), event.follower_id, event.target_id)


async def _forget(app: App, kinds: Sequence[str], from_id: int, account_id: int, subject: str = "") -> None:
    await app.db.execute(
        "DELETE FROM notifications WHERE account_id = ? AND kind IN_TEXTS(?) AND from_account_id = ? AND subject = ?",
        account_id,
        list(kinds),
        from_id,
        subject,
    )


async def on_poll_closed(app: App, event: PollClosed) -> None:
    """Tell those who voted, and the author, that a poll has ended (`poll`)."""
    rows = await app.db.rows("SELECT DISTINCT account_id FROM poll_votes WHERE poll_id = ?", event.poll_id)
    people = dict.fromkeys((event.author_id, *(row["account_id"] for row in rows)))
    await _tell(app, News("poll", event.author_id, event.post_id), list(people))


async def on_report_filed(app: App, event: ReportFiled) -> None:
    """Tell the moderators of a report (`admin.report`); its id is the notification's subject."""
    reporter = await app.db.value("SELECT account_id AS value FROM reports WHERE id = ?", event.report_id)
    if reporter is not None:
        await _tell(app, News("admin.report", reporter, subject=str(event.report_id)), await _moderators(app))


async def on_account_joined(app: App, event: AccountJoined) -> None:
    """Tell the moderators that somebody signed up (`admin.sign_up`)."""
    await _tell(app, News("admin.sign_up", event.account_id), await _moderators(app))


async def _moderators(app: App) -> list[int]:
    rows = await app.db.rows(
        "SELECT account_id FROM users WHERE role IN ('moderator', 'admin', 'owner') AND state = 'active'"
    )
    return [row["account_id"] for row in rows]

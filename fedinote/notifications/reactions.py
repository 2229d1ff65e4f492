"""Who is told of what happened: an event's people, handed to `telling`, which decides by what each of them wants.

Kinds are Mastodon's (https://docs.joinmastodon.org/entities/Notification/).
"""

from collections.abc import Sequence

from fedinote.events import (
    AccountJoined,
    AnswerRefused,
    Boosted,
    Favourited,
    FollowAccepted,
    FollowRejected,
    FollowRequested,
    PollClosed,
    PostDeleted,
    PostEdited,
    PostPublished,
    QuoteChanged,
    QuoteMade,
    Reacted,
    ReportFiled,
    SuggestionEnded,
    TranslationSuggested,
    Unfavourited,
    Unfollowed,
    Unreacted,
)
from fedinote.infra.app import App
from fedinote.notifications.telling import News, tell

MOST_QUOTING = 100  # posts whose authors are told when what they quote is edited


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
    await tell(app, News("status", event.author_id, event.post_id), people)


async def _mention(app: App, post_id: int, author_id: int, people: Sequence[int]) -> None:
    if not people:
        return
    rows = await app.db.rows("SELECT account_id FROM post_mentions WHERE post_id = ? AND NOT silent", post_id)
    named = {row["account_id"] for row in rows}
    await tell(app, News("mention", author_id, post_id), [one for one in people if one in named])


async def on_post_edited(app: App, event: PostEdited) -> None:
    """Tell those newly mentioned (`mention`), and those who boosted the post that it says something else (`update`).

    Of several edits only the newest is told.
    """
    await _mention(app, event.post_id, event.author_id, event.added_ids)
    await app.db.execute("DELETE FROM notifications WHERE post_id = ? AND kind = 'update'", event.post_id)
    rows = await app.db.rows("SELECT account_id FROM posts WHERE reblog_of_id = ?", event.post_id)
    await tell(app, News("update", event.author_id, event.post_id), [row["account_id"] for row in rows])
    await _tell_quoting(app, event)


async def on_favourited(app: App, event: Favourited) -> None:
    """Tell the author of a post that somebody likes it (`favourite`)."""
    await tell(app, News("favourite", event.account_id, event.post_id), [event.author_id])


async def on_unfavourited(app: App, event: Unfavourited) -> None:
    """Take the notification of a like back with the like."""
    await _forget(app, ("favourite",), event.account_id, event.author_id, str(event.post_id))


async def on_reacted(app: App, event: Reacted) -> None:
    """Tell the author of a post that somebody reacted to it (`reaction`): once for each person, however many emoji."""
    await tell(app, News("reaction", event.account_id, event.post_id), [event.author_id])


async def on_unreacted(app: App, event: Unreacted) -> None:
    """Take the notification of a reaction back with the person's last one."""
    left = await app.db.row(
        "SELECT 1 AS value FROM reactions WHERE account_id = ? AND post_id = ? LIMIT 1", event.account_id, event.post_id
    )
    if left is None:
        await _forget(app, ("reaction",), event.account_id, event.author_id, str(event.post_id))


async def on_boosted(app: App, event: Boosted) -> None:
    """Tell the author of a post that somebody boosted it (`reblog`). Old boosts arrive silently."""
    if event.fresh:
        await tell(app, News("reblog", event.account_id, event.post_id), [event.author_id])


async def on_post_deleted(app: App, event: PostDeleted) -> None:
    """Take the notification of a boost back with the boost; those about a post go with its row."""
    if event.reblog_of_id is not None:
        await app.db.execute(
            "DELETE FROM notifications WHERE post_id = ? AND kind = 'reblog' AND from_account_id = ?",
            event.reblog_of_id,
            event.author_id,
        )


async def on_quote_made(app: App, event: QuoteMade) -> None:
    """Tell an author that a post quotes one of theirs (`quote`), where that is agreed to already."""
    if event.state == "accepted" and event.fresh and event.quoted_account_id is not None:
        await tell(app, News("quote", event.account_id, event.post_id), [event.quoted_account_id])


async def on_quote_changed(app: App, event: QuoteChanged) -> None:
    """Tell the quoted author of a quote once it is agreed to (`quote`); take that back with the consent."""
    if event.quoted_account_id is None:
        return
    if event.state == "accepted" and event.fresh:
        await tell(app, News("quote", event.account_id, event.post_id), [event.quoted_account_id])
    elif event.was == "accepted":
        await _forget(app, ("quote",), event.account_id, event.quoted_account_id, str(event.post_id))


async def _tell_quoting(app: App, event: PostEdited) -> None:
    """Tell people here whose posts quote an edited one (`quoted_update`, about the post of their own)."""
    rows = await app.db.rows(
        "SELECT q.post_id, p.account_id FROM quotes q JOIN posts p ON p.id = q.post_id"
        " WHERE q.quoted_id = ? AND q.state = 'accepted' AND p.local = TRUE ORDER BY q.post_id DESC LIMIT ?",
        event.post_id,
        MOST_QUOTING,
    )
    ids = [row["post_id"] for row in rows]
    if ids:
        await app.db.execute("DELETE FROM notifications WHERE kind = 'quoted_update' AND post_id IN_INTS(?)", ids)
    for row in rows:
        await tell(app, News("quoted_update", event.author_id, row["post_id"]), [row["account_id"]])


async def on_follow_requested(app: App, event: FollowRequested) -> None:
    """Tell the target of a request that waits for its answer (`follow_request`)."""
    waits = await app.db.row("SELECT 1 AS value FROM follows WHERE id = ? AND NOT accepted", event.follow_id)
    if waits is not None:
        await tell(app, News("follow_request", event.follower_id), [event.target_id])


async def on_follow_accepted(app: App, event: FollowAccepted) -> None:
    """Tell the target of its new follower (`follow`); the request, if there was one, is answered."""
    await _forget(app, ("follow_request",), event.follower_id, event.target_id)
    await tell(app, News("follow", event.follower_id), [event.target_id])


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


async def on_translation_suggested(app: App, event: TranslationSuggested) -> None:
    """Tell an author of a suggested translation (`translation_suggestion`); its id is the notification's subject."""
    news = News("translation_suggestion", event.account_id, event.post_id, subject=str(event.suggestion_id))
    await tell(app, news, [event.author_id])


async def on_suggestion_ended(app: App, event: SuggestionEnded) -> None:
    """Take the notification of a suggestion back with it."""
    await _forget(app, ("translation_suggestion",), event.account_id, event.author_id, str(event.suggestion_id))


async def on_answer_refused(app: App, event: AnswerRefused) -> None:
    """Tell somebody whose answer the author of the other post did not want (`answer_refused`)."""
    await tell(app, News("answer_refused", event.author_id, event.post_id), [event.account_id])


async def on_poll_closed(app: App, event: PollClosed) -> None:
    """Tell those who voted, and the author, that a poll has ended (`poll`)."""
    rows = await app.db.rows("SELECT DISTINCT account_id FROM poll_votes WHERE poll_id = ?", event.poll_id)
    people = dict.fromkeys((event.author_id, *(row["account_id"] for row in rows)))
    await tell(app, News("poll", event.author_id, event.post_id), list(people))


async def on_report_filed(app: App, event: ReportFiled) -> None:
    """Tell the moderators of a report (`admin.report`); its id is the notification's subject.

    Whom it is about is told where nobody else moderates: otherwise it names who complained to whom it is about.
    """
    row = await app.db.row("SELECT account_id, target_id FROM reports WHERE id = ?", event.report_id)
    if row is not None:
        everybody = await _moderators(app)
        others = [one for one in everybody if one != row["target_id"]]
        await tell(app, News("admin.report", row["account_id"], subject=str(event.report_id)), others or everybody)


async def on_account_joined(app: App, event: AccountJoined) -> None:
    """Tell the moderators that somebody signed up (`admin.sign_up`)."""
    await tell(app, News("admin.sign_up", event.account_id), await _moderators(app))


async def _moderators(app: App) -> list[int]:
    rows = await app.db.rows(
        "SELECT account_id FROM users WHERE role IN ('moderator', 'admin', 'owner') AND state = 'active'"
    )
    return [row["account_id"] for row in rows]

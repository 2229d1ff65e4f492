"""Telling those who watch: what happened goes to the channels of the bus, as an event's name and an id.

Nothing is rendered here. A connection that listens asks the timeline's query whether its viewer has the post there,
and renders it for that viewer. Channels:

    everybody  user:<account>  direct:<account>  list:<list>  hashtag:<name>  hashtag:local:<name>
    public  public:local  public:remote  and each of the three with :media
    house (posts for members of this server alone)

A message is JSON, `[event, id]`. Events: update, status.update, delete (a post), notification, conversation (the
id of its newest post), filters_changed (the id is 0), notifications_merged (1), announcement, announcement.delete,
announcement.reaction (the id is that of the emoji with its announcement), and `translated:<language>` for a post that
is there in that language: a `status.update` for those alone who have posts translated into it unasked.
"""

from collections.abc import Iterable

import msgspec

from fedinote.events import (
    AnnouncementPublished,
    AnnouncementReacted,
    AnnouncementRemoved,
    Boosted,
    PostDeleted,
    PostEdited,
    PostPublished,
    PostTranslated,
    PostWithdrawn,
    PreviewAttached,
    QuoteChanged,
    Reacted,
    Unreacted,
    VersionsChanged,
)
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.translation import ahead, preferences

REACTIONS_JOB = "timelines.tell_reactions"
REACTIONS_DELAY = 3
HOUSE = "house"
"""The channel of posts for members of this server alone."""

EVERYBODY = "everybody"
"""The channel that everybody's home listens to as well."""

TRANSLATED = "translated:"
"""How the event begins by which readers of a language are told of a translation."""

_encode = msgspec.json.Encoder().encode
_HAVE = """SELECT h.account_id FROM home_entries h WHERE h.account_id IN_INTS(?)
  AND h.post_id IN (SELECT p.id FROM posts p WHERE p.id = ? OR p.reblog_of_id = ?)
 UNION SELECT n.account_id FROM notifications n WHERE n.account_id IN_INTS(?) AND n.post_id = ?"""
_AWAY = """SELECT b.account_id FROM blocks b WHERE b.account_id IN_INTS(?) AND b.target_id = ?
 UNION SELECT m.account_id FROM mutes m WHERE m.account_id IN_INTS(?) AND m.target_id = ?
  AND (m.expires_at IS NULL OR m.expires_at > ?)"""


def user(account_id: int) -> str:
    """Return the channel of a person's home and notifications."""
    return f"user:{account_id}"


def direct(account_id: int) -> str:
    """Return the channel of a person's conversations."""
    return f"direct:{account_id}"


def at_home(app: App, account_ids: Iterable[int], post_id: int, event: str = "update") -> None:
    """Tell those people, once the transaction is committed, what happened to a post of their home."""
    _publish(app, [user(account_id) for account_id in account_ids], event, post_id)


def filters_changed(app: App, account_id: int) -> None:
    """Tell a person's clients, once the transaction is committed, to read the filters again."""
    _publish(app, [user(account_id)], "filters_changed", 0)


def _publish(app: App, channels: list[str], event: str, about: int) -> None:
    if not channels:
        return
    message = _encode([event, about])

    def send() -> None:
        for channel in channels:
            app.bus.publish(channel, message)

    app.db.after_commit(send)


async def on_announcement_published(app: App, event: AnnouncementPublished) -> None:
    """Stream an announcement to everybody."""
    _publish(app, [EVERYBODY], "announcement", event.announcement_id)


async def on_announcement_reacted(app: App, event: AnnouncementReacted) -> None:
    """Stream how many reacted to an announcement with that emoji now, to everybody."""
    _publish(app, [EVERYBODY], "announcement.reaction", event.emoji_id)


async def on_announcement_removed(app: App, event: AnnouncementRemoved) -> None:
    """Stream the end of an announcement to everybody."""
    _publish(app, [EVERYBODY], "announcement.delete", event.announcement_id)


async def on_post_published(app: App, event: PostPublished) -> None:
    """Stream a new post to public, hashtag and list channels, and a direct one to those who take part."""
    if not event.fresh:
        return
    if event.visibility == "direct":
        people = dict.fromkeys((event.author_id, *event.mentioned_ids))
        _publish(app, [direct(one) for one in people], "conversation", event.post_id)
        return
    _publish(app, await _channels(app, event.post_id, event.author_id), "update", event.post_id)


async def on_boosted(app: App, event: Boosted) -> None:
    """Stream a boost to the lists that its author is in."""
    if event.fresh:
        _publish(app, await _channels(app, event.boost_id, event.account_id), "update", event.boost_id)


async def on_post_edited(app: App, event: PostEdited) -> None:
    """Stream a post's new version wherever the post is."""
    if event.visibility != "direct":
        await _everywhere(app, event.post_id, event.author_id, "status.update")


async def on_versions_changed(app: App, event: VersionsChanged) -> None:
    """Stream a post anew wherever it is, with its present translations."""
    if event.visibility != "direct":
        await _everywhere(app, event.post_id, event.author_id, "status.update")


async def on_reacted(app: App, event: Reacted | Unreacted) -> None:
    """Stream a post anew a little after somebody reacted to it, or took that back: once, however many did."""
    args = {"post_id": event.post_id, "author_id": event.author_id}
    await jobs.enqueue(app, REACTIONS_JOB, args, key=f"reactions-{event.post_id}", delay=REACTIONS_DELAY)


async def tell_reactions(app: App, post_id: int, author_id: int) -> None:
    """Stream a post with its present reactions wherever it is (a job)."""
    shown = await app.db.row("SELECT 1 AS value FROM posts WHERE id = ? AND visibility <> 'direct'", post_id)
    if shown is not None:
        await _everywhere(app, post_id, author_id, "status.update")


async def on_post_translated(app: App, event: PostTranslated) -> None:
    """Stream a post anew to those who read automatically in a language in which it is there now, and to nobody else.

    That is who has it in the home or was notified of it, who looked at it before, and who watches a list, a hashtag or
    the public posts: that they read that way is asked again when it is rendered.
    """
    people = await preferences.readers(app)
    readers = [one for one, own in people.items() if own.target == event.target and one != event.author_id]
    if not readers:
        return
    rows = await app.db.rows(_HAVE, readers, event.post_id, event.post_id, readers, event.post_id)
    waited = ahead.waited(app, event.post_id, event.target) & set(readers)
    have = waited | {row["account_id"] for row in rows}
    away = await app.db.rows(_AWAY, list(have), event.author_id, list(have), event.author_id, app.now())
    channels = [user(one) for one in sorted(have - {row["account_id"] for row in away})]
    channels += await _channels(app, event.post_id, event.author_id)
    _publish(app, channels, f"{TRANSLATED}{event.target}", event.post_id)


async def on_post_deleted(app: App, event: PostDeleted | PostWithdrawn) -> None:
    """Stream the end of a post or boost wherever it was; ids only, so this tells nobody what they did not have.

    One that is out of sight for the time being is as gone as any other to those who look at it.
    """
    if event.visibility != "direct":
        await _everywhere(app, event.post_id, event.author_id, "delete")


async def on_quote_changed(app: App, event: QuoteChanged) -> None:
    """Stream a post anew wherever it is, as its quote is shown now, or no longer."""
    shown = await app.db.value("SELECT visibility AS value FROM posts WHERE id = ?", event.post_id)
    if shown not in (None, "direct"):
        await _everywhere(app, event.post_id, event.account_id, "status.update")


async def on_preview_attached(app: App, event: PreviewAttached) -> None:
    """Stream a post anew wherever it is, now that it has its preview card."""
    await _everywhere(app, event.post_id, event.author_id, "status.update")


async def _everywhere(app: App, post_id: int, author_id: int, event: str) -> None:
    homes = await app.db.rows("SELECT account_id FROM home_entries WHERE post_id = ?", post_id)
    channels = [user(row["account_id"]) for row in homes]
    _publish(app, channels + await _channels(app, post_id, author_id), event, post_id)


async def _channels(app: App, post_id: int, author_id: int) -> list[str]:
    """Return the channels other than homes where a post may be: whether it is, the listener's query decides."""
    posts, lists = await app.db.many(
        (
            "SELECT local, visibility, media_count, tags FROM posts"
            " WHERE id = ? AND visibility IN ('public', 'local') AND reblog_of_id IS NULL",
            (post_id,),
        ),
        ("SELECT of_list_id FROM list_members WHERE account_id = ?", (author_id,)),
    )
    found = [f"list:{row['of_list_id']}" for row in lists]
    return found + _public(posts[0]) if posts else found


def _public(post: Row) -> list[str]:
    if post["visibility"] == "local":
        return [HOUSE]
    names = ["public", "public:local" if post["local"] else "public:remote"]
    if post["media_count"]:
        names += [f"{name}:media" for name in names]
    for tag in msgspec.json.decode(post["tags"]):
        names.append(f"hashtag:{tag['name']}")
        if post["local"]:
            names.append(f"hashtag:local:{tag['name']}")
    return names

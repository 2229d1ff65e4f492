"""What people do with posts: like, boost, bookmark, pin, mute a conversation. Each is safe to repeat.

A remote account comes through the same verbs, with the `uri` of its activity.
"""

from datetime import datetime

from fedinote.events import Boosted, Favourited, Pinned, Unfavourited
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.posts import permissions, publishing, visibility

MAX_PINS = 5
BOOSTABLE = ("public", "unlisted")


async def favourite(app: App, account_id: int, post_id: int, *, uri: str | None = None) -> None:
    """Like a post. Raises NotFound when the account may not see it. Emits Favourited the first time.

    Forbidden: the author, elsewhere, does not want that of people here.
    """
    post = await visibility.original(app, account_id, post_id)
    if uri is None:
        await permissions.check(app, account_id, post, "like")
    like_id = app.ids.next()
    like_uri = uri or app.url(f"/activities/likes/{like_id}")
    async with app.db.transaction():
        made = await app.db.returning(
            "INSERT INTO favourites (id, account_id, post_id, uri, created_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING RETURNING id",
            like_id,
            account_id,
            post["id"],
            like_uri,
            app.now(),
        )
        if not made:
            return
        await app.db.execute("UPDATE posts SET favourites_count = favourites_count + 1 WHERE id = ?", post["id"])
        await app.emit(Favourited(post["id"], account_id, post["account_id"], uri is None, like_uri))


async def unfavourite(app: App, account_id: int, post_id: int) -> None:
    """Take a like back. Nothing happens when there is none. Emits Unfavourited."""
    post = await _original(app, post_id)
    async with app.db.transaction():
        gone = await app.db.returning(
            "DELETE FROM favourites WHERE account_id = ? AND post_id = ? RETURNING uri", account_id, post["id"]
        )
        if not gone:
            return
        await app.db.execute(
            "UPDATE posts SET favourites_count = favourites_count - 1 WHERE id = ? AND favourites_count > 0", post["id"]
        )
        local = await _is_local(app, account_id)
        await app.emit(Unfavourited(post["id"], account_id, post["account_id"], local, gone[0]["uri"]))


async def _original(app: App, post_id: int) -> Row:
    """Return the post, or the one that it boosts, whoever asks: for taking back what one did oneself."""
    row = await app.db.row("SELECT * FROM posts WHERE id = ?", post_id)
    if row is None:
        raise NotFound
    return row if row["reblog_of_id"] is None else await _original(app, row["reblog_of_id"])


async def _is_local(app: App, account_id: int) -> bool:
    return bool(await app.db.value("SELECT domain AS value FROM accounts WHERE id = ?", account_id) == "")


_BOOST = """
INSERT INTO posts (id, account_id, uri, url, local, object_type, visibility, content, source, spoiler_text, sensitive,
  language, conversation_id, reblog_of_id, mentions, tags, emojis, media_count, replies_count, reblogs_count,
  favourites_count, created_at)
VALUES (?, ?, ?, ?, ?, 'Announce', ?, '', '', '', FALSE, NULL, ?, ?, '[]', '[]', '[]', 0, 0, 0, 0, ?)
ON CONFLICT DO NOTHING RETURNING id
"""


async def boost(
    app: App,
    account_id: int,
    post_id: int,
    wanted: str | None = None,
    *,
    uri: str | None = None,
    at: datetime | None = None,
    quiet: bool = False,
) -> int:
    """Boost a post; return the boost's id (the present one when there is one already).

    Public and unlisted posts by anybody, private ones by their author only, who keeps the audience. `wanted` is the
    visibility of the boost; it is never wider than the post's. Emits Boosted the first time; `quiet`: as an old
    boost, which nobody is told of.
    """
    post = await visibility.original(app, account_id, post_id)
    if uri is None:
        await permissions.check(app, account_id, post, "announce")
    shown = _shown(post, account_id, wanted or "public")
    moment = min(at or app.now(), app.now())
    boost_id = app.ids.next() if uri is None else app.ids.at(moment)
    booster = await app.db.row("SELECT uri, moved_to_uri FROM accounts WHERE id = ?", account_id)
    if booster is None:
        raise NotFound
    if uri is None and booster["moved_to_uri"] is not None:
        raise Forbidden("Your account has moved: end that before you boost")
    own = uri or f"{booster['uri']}/statuses/{boost_id}/activity"
    async with app.db.transaction():
        held = f"SELECT id FROM posts WHERE id = ?{app.db.lock}"  # noqa: S608
        if app.db.lock and not await app.db.row(held, post["id"]):  # deleted since it was looked at
            raise NotFound
        values = (boost_id, account_id, own, own, uri is None, shown, post["conversation_id"], post["id"], moment)
        if not await app.db.returning(_BOOST, *values):
            return await _present_boost(app, account_id, post["id"])
        await app.db.write(
            ("UPDATE posts SET reblogs_count = reblogs_count + 1 WHERE id = ?", (post["id"],)),
            ("UPDATE accounts SET statuses_count = statuses_count + 1 WHERE id = ?", (account_id,)),
        )
        fresh = not quiet and moment > app.now() - publishing.FRESH
        await app.emit(Boosted(boost_id, post["id"], account_id, post["account_id"], uri is None, shown, fresh))
    return boost_id


def _shown(post: Row, account_id: int, wanted: str) -> str:
    """Return the visibility of a boost. Raises Forbidden where none may be, Invalid for a wrong wish."""
    own_private = post["visibility"] == "private" and post["account_id"] == account_id
    if post["visibility"] not in BOOSTABLE and not own_private:
        raise Forbidden("This post cannot be boosted", reason="boost of a post that is not public")
    if wanted not in ("public", "unlisted", "private"):
        raise Invalid("Validation failed: Visibility of a boost must be public, unlisted or private")
    return "private" if own_private else wanted


async def _present_boost(app: App, account_id: int, post_id: int) -> int:
    found: int | None = await app.db.value(
        "SELECT id AS value FROM posts WHERE account_id = ? AND reblog_of_id = ?", account_id, post_id
    )
    if found is None:
        raise Invalid("This boost clashes with another object")
    return found


async def unboost(app: App, account_id: int, post_id: int) -> None:
    """Take a boost back. Nothing happens when there is none. Emits PostDeleted for the boost."""
    post = await _original(app, post_id)
    boost_id = await app.db.value(
        "SELECT id AS value FROM posts WHERE account_id = ? AND reblog_of_id = ?", account_id, post["id"]
    )
    if boost_id is not None:
        await publishing.delete(app, boost_id)


async def bookmark(app: App, account_id: int, post_id: int) -> None:
    """Keep a post privately. Raises NotFound when the account may not see it."""
    post = await visibility.original(app, account_id, post_id)
    await app.db.execute(
        "INSERT INTO bookmarks (id, account_id, post_id, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        app.ids.next(),
        account_id,
        post["id"],
        app.now(),
    )


async def unbookmark(app: App, account_id: int, post_id: int) -> None:
    """Let go of a bookmark. Nothing happens when there is none."""
    post = await _original(app, post_id)
    await app.db.execute("DELETE FROM bookmarks WHERE account_id = ? AND post_id = ?", account_id, post["id"])


async def pin(app: App, account_id: int, post_id: int) -> None:
    """Feature one of one's own posts on the profile. Raises Invalid for others', boosts, and a sixth.

    And for direct ones and those for this server alone, as other servers are told what is featured.
    """
    row = await visibility.sees(app, account_id, post_id)
    if row["account_id"] != account_id:
        raise Invalid("Validation failed: Someone else's post cannot be pinned")
    if row["reblog_of_id"] is not None:
        raise Invalid("Validation failed: A boost cannot be pinned")
    if row["visibility"] in ("direct", "local"):
        raise Invalid("Validation failed: A post for mentioned people or this server only cannot be pinned")
    async with app.db.transaction():
        count = await app.db.value(
            "SELECT COUNT(*) AS value FROM pins WHERE account_id = ? AND post_id <> ?", account_id, post_id
        )
        if count >= MAX_PINS and row["local"]:
            raise Invalid(f"Validation failed: You have already pinned {MAX_PINS} posts")
        made = await app.db.returning(
            "INSERT INTO pins (id, account_id, post_id, created_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING RETURNING id",
            app.ids.next(),
            account_id,
            post_id,
            app.now(),
        )
        if made:
            await app.emit(Pinned(post_id, account_id, bool(row["local"]), pinned=True))


async def unpin(app: App, account_id: int, post_id: int) -> None:
    """Take a post off the profile. Nothing happens when it is not there."""
    async with app.db.transaction():
        if await app.db.execute("DELETE FROM pins WHERE account_id = ? AND post_id = ?", account_id, post_id):
            await app.emit(Pinned(post_id, account_id, await _is_local(app, account_id), pinned=False))


async def mute_conversation(app: App, account_id: int, post_id: int) -> None:
    """Get no more notifications from the post's conversation."""
    row = await visibility.original(app, account_id, post_id)
    await app.db.execute(
        "INSERT INTO conversation_mutes (account_id, conversation_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        account_id,
        row["conversation_id"],
    )


async def unmute_conversation(app: App, account_id: int, post_id: int) -> None:
    """Get notifications from the post's conversation again."""
    row = await visibility.original(app, account_id, post_id)
    await app.db.execute(
        "DELETE FROM conversation_mutes WHERE account_id = ? AND conversation_id = ?",
        account_id,
        row["conversation_id"],
    )

"""Reactions with an emoji as ActivityPub has them (FEP-c0e0): read from a Like or EmojiReact, sent as a Like.

One Like with `content` goes to every server: Misskey, Mitra, Akkoma and Hollo take it as a reaction, and those that
know no reactions (Mastodon, GoToSocial) as a like, where an EmojiReact would be lost.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fedinote.accounts import emojis as ours
from fedinote.activitypub import render, vocab
from fedinote.activitypub.quirks import host_of
from fedinote.activitypub.render import Envelope, ImageOut
from fedinote.activitypub.render_actors import EmojiOut
from fedinote.events import Reacted, Unreacted
from fedinote.federation import fetching
from fedinote.federation.queueing import queue_to
from fedinote.infra.app import App
from fedinote.infra.clock import EPOCH, from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, NotFound
from fedinote.media import emojis
from fedinote.posts import reactions, visibility
from fedinote.posts.reactions import Emoji
from fedinote.text import emoji as spelling

MAX_ITEMS = 200
TYPES = {"gif": "image/gif", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp"}


def is_reaction(activity: vocab.Activity) -> bool:
    """Tell whether the content of an activity is one emoji, Unicode or a :shortcode: that its tags explain."""
    return spelling.is_emoji(activity.content.strip()) or _tag_of(activity) is not None


def _shortcode(content: str) -> str:
    """Return the name between colons, without the host that some write with it; "" when it is no shortcode."""
    name = content[1:-1].partition("@")[0] if content[:1] == content[-1:] == ":" else ""
    return name if spelling.is_shortcode(name) else ""


def _tag_of(activity: vocab.Activity) -> vocab.Emoji | None:
    name = _shortcode(activity.content.strip())
    return next((one for one in activity.emojis if one.shortcode == name), None) if name else None


async def emoji_of(app: App, activity: vocab.Activity, domain: str) -> Emoji | None:
    """Return what an activity reacts with; None when it is not exactly one emoji with, if custom, a usable picture.

    `domain` is the sender's: a custom emoji counts as one of that server, whatever id is claimed for it, unless it is
    ours, or another server's with the very picture that is known here. So nobody can give others' emoji a new face.
    """
    content = activity.content.strip()
    if spelling.is_emoji(content):
        return Emoji(content)
    tag = _tag_of(activity)
    if tag is None:
        return None
    if tag.id is not None and fetching.is_ours(app, tag.id):
        found = await ours.used(app, f":{tag.shortcode}:")
        return Emoji(tag.shortcode, found[0]["url"], found[0]["static_url"]) if found else None
    return await _known_elsewhere(app, tag, domain) or await _of_sender(app, tag, domain)


async def _of_sender(app: App, tag: vocab.Emoji, domain: str) -> Emoji | None:
    found = await emojis.remember(app, domain, [tag])
    return Emoji(f"{tag.shortcode}@{domain}", found[0]["url"], found[0]["static_url"]) if found else None


async def _known_elsewhere(app: App, tag: vocab.Emoji, domain: str) -> Emoji | None:
    host = host_of(tag.id) if tag.id else ""
    if host in ("", domain):
        return None
    try:
        row = await emojis.find(app, tag.shortcode, host)
    except FediNoteError:
        return None
    return Emoji(f"{tag.shortcode}@{host}", row["url"], row["static_url"]) if row["url"] == tag.url else None


async def undo(app: App, account_id: int, done: vocab.Activity) -> bool:
    """Take back the reaction that an embedded activity describes, for those who give it a new id; tell whether it was.

    Found by its post and its emoji, of which a custom one is looked for by its name alone.
    """
    content = done.content.strip()
    wanted = _shortcode(content) or spelling.key(content)
    rows = await app.db.rows(
        "SELECT r.key, r.post_id FROM reactions r JOIN posts p ON p.id = r.post_id"
        " WHERE r.account_id = ? AND p.uri = ?",
        account_id,
        done.object_id or "",
    )
    found = next((row for row in rows if row["key"].partition("@")[0] == wanted), None)
    return found is not None and await reactions.unreact(app, account_id, found["post_id"], found["key"])


async def on_reacted(app: App, event: Reacted) -> None:
    """Like with the emoji, to the author."""
    if event.local and (ends := await _ends(app, event)) is not None:
        body = await _activity(app, event, ends)
        await queue_to(app, event.account_id, body, [event.author_id], event.uri)


async def on_unreacted(app: App, event: Unreacted) -> None:
    """Undo of the Like, to the author."""
    if event.local and (ends := await _ends(app, event)) is not None:
        done = await _activity(app, event, ends)
        envelope = Envelope(f"{event.uri}#undo", ends["uri"], (ends["author_uri"],))
        await queue_to(app, event.account_id, render.undo(envelope, done), [event.author_id], event.uri)


async def _ends(app: App, event: Reacted | Unreacted) -> Row | None:
    """Return who reacts to what of whom, as URIs; None when the author lives here."""
    return await app.db.row(
        "SELECT me.uri, a.uri AS author_uri, p.uri AS post_uri FROM posts p JOIN accounts a ON a.id = p.account_id"
        " JOIN accounts me ON me.id = ? WHERE p.id = ? AND a.domain <> ''",
        event.account_id,
        event.post_id,
    )


async def _activity(app: App, event: Reacted | Unreacted, ends: Row) -> dict[str, Any]:
    envelope = Envelope(event.uri, ends["uri"], (ends["author_uri"],))
    emoji = Emoji(event.name, event.url or None)
    return _like(envelope, ends["post_uri"], emoji, await _tags(app, [emoji]))


def _like(envelope: Envelope, post_uri: str, emoji: Emoji, tags: Mapping[str, EmojiOut]) -> dict[str, Any]:
    tag = tags.get(emoji.name)
    return render.react(envelope, post_uri, f":{tag.shortcode}:" if tag else emoji.name, tag)


async def _tags(app: App, wanted: Iterable[Emoji]) -> dict[str, EmojiOut]:
    """Return the Emoji tag of each custom emoji, by its name; one query, and none for Unicode emoji alone."""
    custom = {one.name: one.url for one in wanted if one.url is not None}
    if not custom:
        return {}
    rows = await app.db.rows(
        "SELECT shortcode, domain, uri, updated_at FROM custom_emojis WHERE shortcode IN_TEXTS(?)",
        [name.partition("@")[0] for name in custom],
    )
    known = {f"{row['shortcode']}@{row['domain']}".removesuffix("@"): row for row in rows}
    return {name: _tag(app, name, url, known.get(name)) for name, url in custom.items()}


def _tag(app: App, name: str, url: str, row: Row | None) -> EmojiOut:
    """Make the tag of an emoji; without an id where its own server gave none (FEP-9098)."""
    shortcode, _, domain = name.partition("@")
    own = None if domain else app.url(f"/emojis/{shortcode}")
    kind = TYPES.get(url.rpartition(".")[2].lower(), "image/png")
    updated = from_ms(row["updated_at"]) if row else EPOCH
    return EmojiOut(row["uri"] if row else own, shortcode, ImageOut(url, kind), updated)


async def show(app: App, reaction_id: int, asking_id: int | None) -> dict[str, Any]:
    """Return a reaction of somebody here as its activity. NotFound where there is none, or not for who asks."""
    row = await app.db.row(
        "SELECT r.uri, r.name, r.url, r.post_id, a.uri AS actor, p.uri AS post_uri FROM reactions r"
        " JOIN accounts a ON a.id = r.account_id JOIN posts p ON p.id = r.post_id"
        " WHERE r.uri = ? AND a.domain = '' AND a.suspended_at IS NULL",
        app.url(f"/activities/reactions/{reaction_id}"),
    )
    if row is None:
        raise NotFound
    await visibility.sees(app, asking_id, row["post_id"])
    emoji = Emoji(row["name"], row["url"])
    return _like(Envelope(row["uri"], row["actor"]), row["post_uri"], emoji, await _tags(app, [emoji]))


async def collection(app: App, post: Row) -> dict[str, Any]:
    """Return the reactions to a post of ours (`emojiReactions`), the newest 200: ours whole, those of others by id."""
    rows = await app.db.rows(
        "SELECT r.uri, r.name, r.url, a.uri AS actor, a.domain FROM reactions r JOIN accounts a ON a.id = r.account_id"
        " WHERE r.post_id = ? AND a.suspended_at IS NULL ORDER BY r.id DESC LIMIT ?",
        post["id"],
        MAX_ITEMS,
    )
    found = [(row, Emoji(row["name"], row["url"])) for row in rows]
    tags = await _tags(app, [emoji for row, emoji in found if not row["domain"]])
    items = [
        row["uri"] if row["domain"] else _like(Envelope(row["uri"], row["actor"]), post["uri"], emoji, tags)
        for row, emoji in found
    ]
    return render.collection(f"{post['uri']}/reactions", total=post["reactions_count"], items=items)

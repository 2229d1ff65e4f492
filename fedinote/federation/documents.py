"""Our rows as ActivityPub documents: accounts, posts and activities, as others fetch and receive them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from fedinote.activitypub import audience, render
from fedinote.activitypub.context import post_context
from fedinote.activitypub.render import Envelope
from fedinote.activitypub.render_actors import ActorOut, EmojiOut, HashtagOut, ImageOut, actor, emoji, instance_actor
from fedinote.activitypub.render_notes import MediaOut, MentionOut, NoteOut, PollOut, note
from fedinote.activitypub.versions import Version
from fedinote.federation import approving, assertions, quoted
from fedinote.infra.app import App
from fedinote.infra.clock import EPOCH, from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import NotFound
from fedinote.media import emojis
from fedinote.posts import covers
from fedinote.posts.languages import decoded, outdated

TYPES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp"}

_POST = (
    "SELECT p.*, a.uri AS author_uri, a.followers_url, a.username, r.uri AS parent_uri, ra.uri AS parent_author_uri,"
    " g.uri AS group_uri, k.local AS top_local, k.visibility AS top_visibility, k.context_uri AS top_context"
    " FROM posts p JOIN accounts a ON a.id = p.account_id LEFT JOIN posts r ON r.id = p.in_reply_to_id"
    " LEFT JOIN accounts ra ON ra.id = r.account_id LEFT JOIN posts k ON k.id = p.conversation_id"
    " LEFT JOIN accounts g ON g.uri = p.audience_uri AND g.domain <> '' WHERE p.id = ?"
)


@dataclass(frozen=True, slots=True)
class PostDocument:
    """A post as a document, with whom it is for."""

    row: Row
    document: dict[str, Any]
    to: tuple[str, ...]
    cc: tuple[str, ...]


async def post(app: App, post_id: int, *, private: bool = False) -> PostDocument:
    """Render a local post (not a boost). NotFound when it is gone, or for this server alone: that has no document.

    `private`: for its author's own archive, where it has one, addressed to those whom it names.
    """
    rows, media, mentioned, polls = await app.db.many(
        (_POST, (post_id,)),
        ("SELECT * FROM media WHERE post_id = ? ORDER BY position", (post_id,)),
        (
            "SELECT a.uri, a.username, a.domain, m.silent FROM post_mentions m JOIN accounts a ON a.id = m.account_id"
            " WHERE m.post_id = ? AND NOT m.blind ORDER BY m.id",
            (post_id,),
        ),
        ("SELECT * FROM polls WHERE post_id = ?", (post_id,)),
    )
    if not rows or (rows[0]["visibility"] in ("local", "held") and not private):
        raise NotFound
    row = rows[0]
    people = [m["uri"] for m in mentioned] + ([row["group_uri"]] if _in_group(row) else [])
    level: audience.Visibility = "direct" if row["visibility"] in ("local", "held") else row["visibility"]
    to, cc = audience.addressing(level, row["followers_url"], people)
    found = NoteOut(
        id=row["uri"],
        type="Question" if polls else "Note",
        attributed_to=row["author_uri"],
        content=row["content"],
        published=from_ms(row["created_at"]),
        to=to,
        cc=cc,
        url=row["url"],
        in_reply_to=row["parent_uri"] or row["in_reply_to_uri"],
        attachments=tuple(_media(app, m, place) for m, place in covers.first(media)),
        mentions=tuple(_mention(app, m) for m in mentioned if not m["silent"]),
        poll=_poll(app, polls[0]) if polls else None,
        replies=f"{row['uri']}/replies",
        likes=f"{row['uri']}/likes",
        likes_count=row["favourites_count"],
        shares=f"{row['uri']}/shares",
        shares_count=row["reblogs_count"],
        reactions=f"{row['uri']}/reactions",
        **_texts(app, row),
    )
    document = note(await quoted.extend(app, row, found))
    if row["in_reply_to_id"] is not None:
        document = await approving.with_proof(app, "reply", document)
    return PostDocument(row, document, to, cc)


def _texts(app: App, row: Row) -> dict[str, Any]:
    tags = [tag["name"] for tag in msgspec.json.decode(row["tags"])]
    return {
        "language": row["language"],
        "translations": decoded(row["content_map"]),
        "summary": row["spoiler_text"],
        "summaries": decoded(row["summary_map"]),
        "versions": _versions(app, row),
        "sensitive": bool(row["sensitive"]),
        "updated": from_ms(_version(row)) if row["edited_at"] or row["translated_at"] else None,
        "source": row["source"] or None,
        "conversation": app.url(f"/contexts/{row['conversation_id']}"),
        "context": _context(app, row),
        "audience": row["group_uri"] if _in_group(row) else None,
        "machine_translation": row["machine_translation"],
        "hashtags": tuple(HashtagOut(name, app.url(f"/tags/{name}")) for name in tags),
        "emojis": tuple(_emoji(app, e) for e in msgspec.json.decode(row["emojis"])),
    }


def _in_group(row: Row) -> bool:
    """Tell whether a post is in a group of another server, which is then told of it (FEP-1b12)."""
    return row["group_uri"] is not None and row["visibility"] in ("public", "unlisted")


def _context(app: App, row: Row) -> str | None:
    """Return the collection of the conversation (FEP-7888), which belongs to who began it: ours, or as they name it."""
    if row["top_local"] and row["top_visibility"] in ("public", "unlisted"):
        return app.url(f"/contexts/{row['conversation_id']}")
    context: str | None = row["top_context"]
    return context


def _versions(app: App, row: Row) -> tuple[Version, ...]:
    """Credit a machine, alone or reviewed, people who helped, and say what is older than the post (FEP-22cd).

    The rest is the author's, who answers for what was taken over from somebody who has left.
    """
    found = []
    for tag, made in decoded(row["translations"]).items():
        stale = outdated(made, row["edited_at"] or row["created_at"])
        if not made["machine"] and not stale and "people" not in made:
            continue
        others = tuple(one["uri"] for one in made.get("people", ()))
        people = () if made["machine"] and not made["reviewed"] else others or (row["author_uri"],)
        machines = (app.url("/actor"),) if made["machine"] else ()
        version = from_ms(made["source_updated"] if stale else _version(row)) if people or stale else None
        found.append(Version(tag, (*machines, *people), source_updated=version, name=made["engine"]))
    return tuple(found)


def _version(row: Row) -> int:
    """Return when a post was last changed (epoch ms), be it only by a translation that was attached."""
    changed: int = max(row["edited_at"] or row["created_at"], row["translated_at"] or 0)
    return changed


def _media(app: App, row: Row, position: int | None) -> MediaOut:
    meta = msgspec.json.decode(row["meta"]) or {}
    original, focus = meta.get("original") or {}, meta.get("focus")
    return MediaOut(
        url=app.url(f"/media/{row['key']}") if row["key"] else row["remote_url"],
        media_type=row["media_type"] or "application/octet-stream",
        description=row["description"],
        descriptions=decoded(row["description_map"]),
        width=original.get("width"),
        height=original.get("height"),
        blurhash=row["blurhash"],
        focus=(focus["x"], focus["y"]) if focus else None,
        thumbnail=_image(app, row["preview_key"]) if row["kind"] != "image" and row["preview_key"] else None,
        duration=original.get("duration"),
        **({name: row[name] or None for name in ("title", "artist", "waveform")} if row["kind"] == "audio" else {}),
        position=position,
    )


def _mention(app: App, row: Row) -> MentionOut:
    return MentionOut(row["uri"], f"@{row['username']}@{row['domain'] or app.settings.handle_host}")


def _poll(app: App, row: Row) -> PollOut:
    ends = from_ms(row["expires_at"]) if row["expires_at"] else None
    return PollOut(
        options=tuple((option["title"], option["votes"]) for option in msgspec.json.decode(row["options"])),
        multiple=bool(row["multiple"]),
        ends_at=ends,
        voters=row["voters_count"],
        closed=ends if ends and ends <= app.now() else None,
        translations={tag: tuple(names) for tag, names in decoded(row["translations"]).items()},
    )


async def custom_emoji(app: App, shortcode: str) -> dict[str, Any]:
    """Render a custom emoji of ours. Raises NotFound."""
    row = await emojis.find(app, shortcode)
    found = _emoji(app, {"shortcode": row["shortcode"], "url": row["url"]}, from_ms(row["updated_at"]))
    return {"@context": post_context(), **emoji(found)}


def _emoji(app: App, entry: Mapping[str, str], updated: datetime = EPOCH) -> EmojiOut:
    """Turn a snapshot of an emoji of ours into its tag; `updated` where the snapshot does not say."""
    if "updated" in entry:
        updated = datetime.fromisoformat(entry["updated"])
    extension = entry["url"].rpartition(".")[2].lower()
    image = ImageOut(entry["url"], TYPES.get(extension, "image/png"))
    return EmojiOut(app.url(f"/emojis/{entry['shortcode']}"), entry["shortcode"], image, updated)


async def account(app: App, account_id: int) -> dict[str, Any]:
    """Render a local account as its actor document."""
    rows, keys = await app.db.many(
        ("SELECT * FROM accounts WHERE id = ? AND domain = ''", (account_id,)),
        ("SELECT key_id, public_pem FROM account_keys WHERE account_id = ? ORDER BY id DESC LIMIT 1", (account_id,)),
    )
    if not rows or not keys:
        raise NotFound
    row, key = rows[0], keys[0]
    if row["actor_type"] == "Application":
        return instance_actor(
            actor_id=row["uri"],
            host=app.settings.host,
            key_id=key["key_id"],
            public_key_pem=key["public_pem"],
            about_url=app.url("/about"),
            multikeys=await assertions.published(app, account_id),
        )
    return actor(
        ActorOut(
            id=row["uri"],
            type=row["actor_type"],
            username=row["username"],
            key_id=key["key_id"],
            public_key_pem=key["public_pem"],
            inbox=row["inbox_url"],
            outbox=row["outbox_url"],
            followers=row["followers_url"],
            following=row["following_url"],
            featured=row["featured_url"],
            featured_tags=f"{row['uri']}/collections/tags",
            featured_collections=f"{row['uri']}/featured_collections",
            streams=(f"{row['uri']}/boards",),
            liked=f"{row['uri']}/liked",
            endpoints=_endpoints(app),
            webfinger=f"{row['username']}@{app.settings.handle_host}",
            shared_inbox=row["shared_inbox_url"],
            multikeys=await assertions.published(app, account_id),
            url=row["url"],
            suspended=row["suspended_at"] is not None,
            also_known_as=tuple(msgspec.json.decode(row["also_known_as"])),
            moved_to=row["moved_to_uri"],
            published=from_ms(row["created_at"]),
            **_profile(app, row),
        )
    )


def _endpoints(app: App) -> dict[str, str]:
    """Give what clients of an actor call beside its boxes (ActivityPub, section 4.1)."""
    return {
        "proxyUrl": app.url("/c2s/proxy"),
        "uploadMedia": app.url("/c2s/media"),
        "oauthAuthorizationEndpoint": app.url("/oauth/authorize"),
        "oauthTokenEndpoint": app.url("/oauth/token"),
    }


def _profile(app: App, row: Row) -> dict[str, Any]:
    return {
        "name": row["display_name"],
        "summary": row["note"],
        "icon": _image(app, row["avatar"], row["avatar_description"]),
        "image": _image(app, row["header"], row["header_description"]),
        "attribution_domains": tuple(msgspec.json.decode(row["attribution_domains"] or "[]")),
        "fields": tuple((f["name"], f["value"]) for f in msgspec.json.decode(row["fields"])),
        "emojis": tuple(_emoji(app, e) for e in msgspec.json.decode(row["emojis"])),
        "locked": bool(row["locked"]),
        "discoverable": bool(row["discoverable"]),
        "indexable": bool(row["indexable"]),
        "memorial": bool(row["memorial"]),
        "machine_translation": row["machine_translation"],
    }


def _image(app: App, key: str, description: str = "") -> ImageOut | None:
    if not key:
        return None
    return ImageOut(app.url(f"/media/{key}"), TYPES.get(key.rpartition(".")[2], "image/png"), description or None)


async def tombstone(app: App, uri: str) -> dict[str, Any]:
    """Render what is left of a deleted post: its former type and when it was deleted."""
    row = await app.db.row("SELECT former_type, created_at FROM tombstones WHERE uri = ?", uri)
    if row is None:
        raise NotFound
    return render.tombstone(uri, former_type=row["former_type"], deleted=from_ms(row["created_at"]))


def create(found: PostDocument) -> dict[str, Any]:
    """Make the Create of a post."""
    row = found.row
    envelope = Envelope(f"{row['uri']}/activity", row["author_uri"], found.to, found.cc, from_ms(row["created_at"]))
    return render.create(envelope, found.document) | _audience(found)


def update(found: PostDocument) -> dict[str, Any]:
    """Make the Update of a post in its present version."""
    row = found.row
    envelope = Envelope(f"{row['uri']}#updates/{_version(row)}", row["author_uri"], found.to, found.cc)
    return render.update(envelope, found.document) | _audience(found)


def _audience(found: PostDocument) -> dict[str, str]:
    """Name the group on the activity as on the object: Lemmy finds the community so."""
    return {"audience": found.document["audience"]} if "audience" in found.document else {}


async def boost(app: App, row: Row) -> dict[str, Any]:
    """Make the Announce of a local boost (a row of posts with author_uri and followers_url)."""
    original = await app.db.row(
        "SELECT p.uri, a.uri AS author_uri FROM posts p JOIN accounts a ON a.id = p.account_id WHERE p.id = ?",
        row["reblog_of_id"],
    )
    if original is None:
        raise NotFound
    to, cc = audience.addressing(row["visibility"], row["followers_url"], [original["author_uri"]])
    envelope = Envelope(row["uri"], row["author_uri"], to, cc, from_ms(row["created_at"]))
    return render.announce(envelope, original["uri"])


async def boost_row(app: App, boost_id: int) -> Row:
    """Return a boost's row with what `boost` needs; NotFound."""
    row = await app.db.row(_POST, boost_id)
    if row is None:
        raise NotFound
    return row


async def outbox_items(app: App, post_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Render posts and boosts as the activities of an outbox page."""
    items = []
    for post_id in post_ids:
        row = await boost_row(app, post_id)
        items.append(await boost(app, row) if row["reblog_of_id"] else create(await post(app, post_id)))
    return items

"""Posts of this server as Note, Question or Article, and votes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fedinote.activitypub.context import post_context
from fedinote.activitypub.media import caption
from fedinote.activitypub.render_actors import EmojiOut, HashtagOut, ImageOut, emoji, hashtag, instant, picture, wish
from fedinote.activitypub.versions import Version, rendered

OBJECT_TYPE = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
QUOTE_REL = "https://misskey-hub.net/ns#_misskey_quote"


@dataclass(frozen=True, slots=True)
class MediaOut:
    """An attached file by its public URL; `focus` is (x, y) from -1 to 1, `duration` in seconds.

    `descriptions` are the description in other languages than the post's. `position` is its place for readers, from
    1, where files stand in another order in the document. `title`, `artist` and `waveform` are a sound's.
    """

    url: str
    media_type: str
    description: str | None = None
    width: int | None = None
    height: int | None = None
    blurhash: str | None = None
    focus: tuple[float, float] | None = None
    thumbnail: ImageOut | None = None
    duration: float | None = None
    descriptions: Mapping[str, str] = field(default_factory=dict)
    title: str | None = None
    artist: str | None = None
    waveform: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class MentionOut:
    """A mentioned actor; `name` is `@user@host`."""

    href: str
    name: str


@dataclass(frozen=True, slots=True)
class PollOut:
    """A poll with its options as (text, votes). `closed` is when it ended, once it has.

    `translations` are the texts of all options in other languages than the post's.
    """

    options: tuple[tuple[str, int], ...]
    multiple: bool
    ends_at: datetime | None
    voters: int
    closed: datetime | None = None
    translations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NoteOut:
    """A local post as others shall read it.

    `content` and the values of `translations` are HTML; `language` is that of `content`. `summary` is the content
    warning ("" for none), `summaries` has it in other languages; `versions` tells which translations the author did
    not write. `title` makes it an Article when `type` says so. `replies`, `likes`, `shares`, `reactions` are ids of
    collections. `automatic` and `manual` tell who may quote at once or after approval (None: nothing is said),
    `repliers` who may answer at once (None: everybody).
    """

    id: str
    attributed_to: str
    content: str
    published: datetime
    to: tuple[str, ...]
    cc: tuple[str, ...]
    type: str = "Note"
    title: str | None = None
    language: str | None = None
    translations: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    summaries: Mapping[str, str] = field(default_factory=dict)
    versions: tuple[Version, ...] = ()
    sensitive: bool = False
    updated: datetime | None = None
    url: str | None = None
    in_reply_to: str | None = None
    conversation: str | None = None
    context: str | None = None
    audience: str | None = None
    source: str | None = None
    source_type: str = "text/plain"
    attachments: tuple[MediaOut, ...] = ()
    mentions: tuple[MentionOut, ...] = ()
    hashtags: tuple[HashtagOut, ...] = ()
    emojis: tuple[EmojiOut, ...] = ()
    poll: PollOut | None = None
    quote: str | None = None
    quote_authorization: str | None = None
    automatic: tuple[str, ...] | None = None
    manual: tuple[str, ...] = ()
    repliers: tuple[str, ...] | None = None
    machine_translation: str = "any"
    replies: str | None = None
    likes: str | None = None
    likes_count: int = 0
    shares: str | None = None
    shares_count: int = 0
    reactions: str | None = None


def note(post: NoteOut) -> dict[str, Any]:
    """The document of a local post: a Question when it has a poll."""
    document: dict[str, Any] = {
        "@context": post_context(
            translated=bool(post.versions),
            placed=any(file.position is not None for file in post.attachments),
            music=any(file.title or file.artist or file.waveform for file in post.attachments),
        ),
        "id": post.id,
        "type": "Question" if post.poll else post.type,
        "attributedTo": post.attributed_to,
        "to": list(post.to),
        "cc": list(post.cc),
        "published": instant(post.published),
        "url": post.url or post.id,
        "sensitive": post.sensitive,
        "summary": post.summary or None,
        "inReplyTo": post.in_reply_to,
        "atomUri": post.id,
        "inReplyToAtomUri": post.in_reply_to,
        **_texts(post),
        "attachment": [_media(file, post.language) for file in post.attachments],
        "tag": [*map(_mention, post.mentions), *map(hashtag, post.hashtags), *map(emoji, post.emojis), *_links(post)],
        **_counted(post),
        **_quote(post),
        **wish(post.machine_translation),
    }
    if post.updated:
        document["updated"] = instant(post.updated)
    return document | (_poll(post.poll, post.language) if post.poll else {})


def _texts(post: NoteOut) -> dict[str, Any]:
    """The text; `contentMap` starts with the author's language, whose value is `content` byte for byte.

    Readers take the language of a post from that equality, or from the first key.
    """
    texts: dict[str, Any] = {"content": post.content, **_versions(post)}
    if post.title:
        texts["name"] = post.title
    if post.source is not None:
        texts["source"] = {"content": post.source, "mediaType": post.source_type}
    if post.conversation:
        texts["conversation"] = post.conversation
    if post.context:
        texts["context"] = post.context
    if post.audience:
        texts["audience"] = post.audience
    return texts


def _versions(post: NoteOut) -> dict[str, Any]:
    """The text and the warning by language, and who translated (FEP-22cd)."""
    found: dict[str, Any] = {}
    if post.language:
        found["contentMap"] = _map(post.language, post.content, post.translations) or {post.language: ""}
        if post.summaries:
            found["summaryMap"] = _map(post.language, post.summary, post.summaries)
    if post.versions:
        found["translations"] = [rendered(version, post.id) for version in post.versions]
    return found


def _map(language: str, own: str | None, others: Mapping[str, str]) -> dict[str, str]:
    """A language map: the author's language first, if there is anything in it."""
    first = {language: own} if own else {}
    return {**first, **{tag: text for tag, text in others.items() if text and tag != language}}


def _media(file: MediaOut, language: str | None) -> dict[str, Any]:
    document: dict[str, Any] = {
        "type": "Document",
        "mediaType": file.media_type,
        "url": file.url,
        "name": file.description or caption(file.title, file.artist),
    }
    if language and file.descriptions:
        document["nameMap"] = _map(language, file.description, file.descriptions)
    if file.blurhash:
        document["blurhash"] = file.blurhash
    if file.focus:
        document["focalPoint"] = list(file.focus)
    if file.position is not None:
        document["position"] = file.position
    if file.width and file.height:
        document |= {"width": file.width, "height": file.height}
    if file.thumbnail:
        document["icon"] = picture(file.thumbnail)
    if file.duration:
        document["duration"] = f"PT{file.duration:.3f}".rstrip("0").rstrip(".") + "S"
    return document | _sound(file)


def _sound(file: MediaOut) -> dict[str, Any]:
    """Title and artist in Funkwhale's words; the type stays Document, since some servers refuse what they know not."""
    found: dict[str, Any] = {}
    if file.title or file.artist:
        artists = [{"type": "Artist", "name": file.artist}] if file.artist else []
        found["track"] = {"type": "Track", **({"name": file.title} if file.title else {}), "artists": artists}
    if file.waveform:
        found["waveform"] = file.waveform
    return found


def _mention(entry: MentionOut) -> dict[str, str]:
    return {"type": "Mention", "href": entry.href, "name": entry.name}


def _counted(post: NoteOut) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if post.replies:
        found["replies"] = {"id": post.replies, "type": "Collection", "first": f"{post.replies}?page=true"}
    if post.likes:
        found["likes"] = {"id": post.likes, "type": "Collection", "totalItems": post.likes_count}
    if post.shares:
        found["shares"] = {"id": post.shares, "type": "Collection", "totalItems": post.shares_count}
    if post.reactions:
        found["emojiReactions"] = post.reactions
    return found


def _links(post: NoteOut) -> list[dict[str, Any]]:
    """The quoted post as an object link (FEP-e232)."""
    if not post.quote:
        return []
    link = {"type": "Link", "mediaType": OBJECT_TYPE, "href": post.quote, "name": f"RE: {post.quote}"}
    return [link | {"rel": QUOTE_REL}]


def _quote(post: NoteOut) -> dict[str, Any]:
    """The quoted post under its FEP-044f name and the older ones, and who may quote this one."""
    found: dict[str, Any] = {}
    if post.quote:
        names = ("quote", "quoteUri", "quoteUrl", "_misskey_quote")
        found |= dict.fromkeys(names, post.quote)
    if post.quote_authorization:
        found["quoteAuthorization"] = post.quote_authorization
    if post.automatic is not None:
        policy = {"canQuote": {"automaticApproval": list(post.automatic), "manualApproval": list(post.manual)}}
        if post.repliers is not None:
            policy["canReply"] = {"automaticApproval": list(post.repliers), "manualApproval": []}
        found["interactionPolicy"] = policy
    return found


def _poll(poll: PollOut, language: str | None) -> dict[str, Any]:
    options: list[dict[str, Any]] = [
        {"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": votes}}
        for name, votes in poll.options
    ]
    if language and poll.translations:
        for position, option in enumerate(options):
            others = {tag: names[position] for tag, names in poll.translations.items() if position < len(names)}
            option["nameMap"] = _map(language, option["name"], others)
    found: dict[str, Any] = {"anyOf" if poll.multiple else "oneOf": options, "votersCount": poll.voters}
    if poll.ends_at:
        found["endTime"] = instant(poll.ends_at)
    if poll.closed:
        found["closed"] = instant(poll.closed)
    return found


def vote(*, vote_id: str, voter: str, poll_id: str, poll_author: str, choice: str) -> dict[str, Any]:
    """One choice in another server's poll: a Note with a name and no content, to the poll's author alone."""
    return {
        "@context": post_context(),
        "id": vote_id,
        "type": "Note",
        "name": choice,
        "attributedTo": voter,
        "to": [poll_author],
        "inReplyTo": poll_id,
    }

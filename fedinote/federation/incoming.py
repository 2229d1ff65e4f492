"""Posts of other servers: from parsed objects to `NewPost`, with the people, parents and files that they name."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from fedinote.activitypub import audience, vocab
from fedinote.activitypub.quirks import host_of, same_origin
from fedinote.federation import actors, fetching
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Malformed, Refused
from fedinote.posts.drafts import Mention, NewMedia, NewPoll, NewPost, mention
from fedinote.text import html, language
from fedinote.text.urls import safe_url

MAX_MENTIONS = 100
MAX_TAGS = 100
MAX_ATTACHMENTS = 16
MAX_EMOJIS = 200
UNKNOWN_MENTIONS = 5  # accounts that we never heard of and fetch for one post

_MARKUP = re.compile(
    r"</?(?:a|abbr|b|blockquote|br|code|del|div|em|h[1-6]|hr|i|img|ins|li|mark|ol|p|pre|q|rp|rt|ruby|s|small|span|strike"
    r"|strong|sub|sup|table|td|th|tr|u|ul|script|style|svg|math|iframe|object|embed|form|input|link|meta|video|audio)\b"
    r"[^<>]*>|&(?:[a-z]{2,8}|#[0-9]{1,7}|#x[0-9a-f]{1,6});",
    re.IGNORECASE,
)

Kind = Literal["image", "gifv", "video", "audio", "unknown"]


@dataclass(frozen=True, slots=True)
class _Parent:
    id: int | None
    account_id: int | None
    conversation_id: int | None


async def to_new_post(app: App, post: vocab.Post, author: Row, budget: Budget) -> NewPost:
    """Turn a post that its origin vouches for into one that can be stored. Network, so outside of transactions.

    Raises Refused when author and object do not share an origin, or it claims to be ours.
    """
    if fetching.is_ours(app, post.id) or not same_origin(post.id, author["uri"]) or post.id == author["uri"]:
        raise Refused(reason="the object and its author are of different origins")
    mentions = await _mentions(app, post, budget)
    parent = await _parent(app, post.in_reply_to)
    now = app.now()
    published = min(post.published or now, now + timedelta(minutes=1))
    return NewPost(
        author_id=author["id"],
        visibility=audience.visibility(
            (*post.to, *(() if post.to or post.cc else post.audience)), post.cc, author["followers_url"] or None
        ),
        content=_content(post),
        created_at=max(published, now - timedelta(days=365 * 60)),
        uri=post.id,
        url=_url(post),
        object_type=post.type,
        source=post.source.text if post.source else "",
        spoiler_text=_plain(post.content_warning),
        sensitive=post.sensitive or bool(post.content_warning.strip()),
        language=language.canonical(post.language) if post.language else None,
        content_map=_translated(post.content_map),
        summary_map={tag: _plain(text) for tag, text in post.summary_map.items()} if post.summary_map else None,
        in_reply_to_id=parent.id,
        in_reply_to_account_id=parent.account_id,
        in_reply_to_uri=post.in_reply_to,
        conversation_id=parent.conversation_id,
        mentions=mentions,
        tags=_tags(post),
        emojis=tuple({"shortcode": e.shortcode, "url": e.url, "static_url": e.url} for e in post.emojis[:MAX_EMOJIS]),
        media=tuple(_media(a) for a in post.attachments[:MAX_ATTACHMENTS]),
        poll=_poll(post.poll) if post.poll else None,
        edited_at=post.updated if post.updated and post.updated > published else None,
    )


def _plain(warning: str) -> str:
    """Make one plain text of a content warning: HTML by the specification, plain text by Mastodon and us."""
    return (html.to_text(warning) if _MARKUP.search(warning) else warning).strip()


def _content(post: vocab.Post) -> str:
    """Make the HTML that readers see: a title and a link back where the kind of object has them."""
    body = post.content if post.content_type == "text/html" else html.escape(post.content).replace("\n", "<br>")
    content = html.sanitise(body)
    parts = []
    if post.title and not post.is_vote and (post.type != "Note" or not content):
        parts.append(f"<p><strong>{html.escape(post.title)}</strong></p>")
    if post.occasion is not None:
        parts.append(_occasion(post.occasion))
    parts.append(content or html.sanitise(post.preview or post.summary if post.type != "Note" else ""))
    if post.type in ("Video", "Audio", "Page", "Event", "Article") and (link := _link(post)):
        parts.append(f'<p><a href="{html.escape(link)}">{html.escape(link)}</a></p>')
    return html.sanitise("".join(parts)) if len(parts) > 1 else parts[0]


def _link(post: vocab.Post) -> str | None:
    """Return the link that a page is about, or where the object is to be read."""
    about = next((safe_url(link.href) for link in post.links), None)
    return about or (safe_url(post.url) if post.url else None)


def _occasion(occasion: vocab.Occasion) -> str:
    lines = [f"📍 {html.escape(occasion.place)}"] if occasion.place else []
    if occasion.start is not None:
        lines.append("📅 " + " – ".join(m.strftime("%Y-%m-%d %H:%M") for m in (occasion.start, occasion.end) if m))
    return f"<p>{'<br>'.join(lines)}</p>" if lines else ""


def _url(post: vocab.Post) -> str:
    """Return the page to open: on the host of the id only, or else the id (A23)."""
    url = safe_url(post.url) if post.url else None
    return url if url and host_of(url) == host_of(post.id) else post.id


def _translated(content_map: dict[str, str] | None) -> dict[str, str] | None:
    if not content_map or len(content_map) < 2:
        return None
    cleaned = {language.canonical(tag): html.sanitise(text) for tag, text in content_map.items()}
    return {tag: text for tag, text in cleaned.items() if tag is not None}


def _tags(post: vocab.Post) -> tuple[tuple[str, str], ...]:
    return tuple((name.lower(), name) for name in post.hashtags[:MAX_TAGS])


def _media(attachment: vocab.Attachment) -> NewMedia:
    meta: dict[str, Any] = {}
    if attachment.width and attachment.height:
        meta["original"] = {
            "width": attachment.width,
            "height": attachment.height,
            "size": f"{attachment.width}x{attachment.height}",
            "aspect": round(attachment.width / attachment.height, 4),
        }
    if attachment.focus is not None:
        meta["focus"] = {"x": attachment.focus[0], "y": attachment.focus[1]}
    return NewMedia(
        kind=attachment.kind,
        url=attachment.url,
        media_type=attachment.media_type or "",
        preview=attachment.thumbnail,
        description=attachment.description,
        blurhash=attachment.blurhash,
        meta=meta,
    )


def _poll(poll: vocab.Poll) -> NewPoll:
    votes = tuple(option.votes for option in poll.options)
    voters = poll.voters if poll.voters is not None else sum(votes)
    return NewPoll(tuple(o.name for o in poll.options), votes, poll.multiple, False, poll.ends_at, voters)


async def _parent(app: App, uri: str | None) -> _Parent:
    if uri is None:
        return _Parent(None, None, None)
    row = await app.db.row("SELECT id, account_id, conversation_id FROM posts WHERE uri = ?", uri)
    return _Parent(row["id"], row["account_id"], row["conversation_id"]) if row else _Parent(None, None, None)


async def _mentions(app: App, post: vocab.Post, budget: Budget) -> tuple[Mention, ...]:
    """Find the accounts that the post names, and the local ones it is addressed to without naming them."""
    named = list(dict.fromkeys(m.href for m in post.mentions))[:MAX_MENTIONS]
    addressed = [uri for uri in (*post.to, *post.cc) if fetching.is_ours(app, uri)][:MAX_MENTIONS]
    found = await _known(app, [*named, *addressed])
    unknown = [uri for uri in named if uri not in found and not fetching.is_ours(app, uri)]
    for uri in unknown[:UNKNOWN_MENTIONS]:
        try:
            row = await actors.resolve(app, uri, budget)
        except FediNoteError:
            continue
        found[row["uri"]] = row
    mentions: dict[int, Mention] = {}
    for uri in (*named, *addressed):
        row_or_none = found.get(uri)
        if row_or_none is not None:
            mentions.setdefault(row_or_none["id"], mention(row_or_none, silent=uri not in named))
    return tuple(mentions.values())


async def _known(app: App, uris: list[str]) -> dict[str, Row]:
    if not uris:
        return {}
    rows = await app.db.rows(
        "SELECT id, username, domain, url, uri FROM accounts WHERE uri IN_TEXTS(?) OR url IN_TEXTS(?)", uris, uris
    )
    found = {row["url"]: row for row in rows if row["url"]}
    return found | {row["uri"]: row for row in rows}


async def is_wanted(app: App, post: vocab.Post, author: Row) -> bool:
    """Tell whether a delivered post concerns anybody here: a follower, somebody addressed, a thread we know (S48)."""
    ours = [uri for uri in (*post.to, *post.cc, *(m.href for m in post.mentions)) if fetching.is_ours(app, uri)]
    return (
        await app.db.row(
            "SELECT 1 AS value FROM accounts WHERE domain = '' AND (uri IN_TEXTS(?) OR url IN_TEXTS(?))"
            " UNION ALL SELECT 1 FROM follows f JOIN accounts a ON a.id = f.follower_id"
            " WHERE f.target_id = ? AND f.accepted AND a.domain = ''"
            " UNION ALL SELECT 1 FROM posts WHERE uri = ?"
            " UNION ALL SELECT 1 FROM post_tags pt JOIN tags t ON t.id = pt.tag_id JOIN followed_tags ft"
            " ON ft.tag_id = t.id WHERE t.name IN_TEXTS(?) LIMIT 1",
            ours,
            ours,
            author["id"],
            post.in_reply_to or "",
            [name.lower() for name in post.hashtags[:MAX_TAGS]],
        )
        is not None
    )


def own_object(post: vocab.Post, author_uri: str) -> bool:
    """Tell whether an embedded object may be believed from its author: same origin, and attributed to nobody else."""
    return same_origin(post.id, author_uri) and (author_uri == post.attributed_to or author_uri in post.authors)


def parsed(document: dict[str, Any]) -> vocab.Post:
    """Parse a fetched document as a post; an activity that carries one gives its object. Raises Malformed."""
    if vocab.is_post(document):
        return vocab.parse_post(document)
    raise Malformed(reason="the document is no post")

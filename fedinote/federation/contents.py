"""What is shown of the objects of other servers: HTML, files and polls. Pure functions of a parsed object."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from fedinote.activitypub import vocab
from fedinote.posts.drafts import NewMedia, NewPoll
from fedinote.text import html, language
from fedinote.text.urls import safe_url

MAX_ATTACHMENTS = 16

_MARKUP = re.compile(
    r"</?(?:a|abbr|b|blockquote|br|code|del|div|em|h[1-6]|hr|i|img|ins|li|mark|ol|p|pre|q|rp|rt|ruby|s|small|span|strike"
    r"|strong|sub|sup|table|td|th|tr|u|ul|script|style|svg|math|iframe|object|embed|form|input|link|meta|video|audio)\b"
    r"[^<>]*>|&(?:[a-z]{2,8}|#[0-9]{1,7}|#x[0-9a-f]{1,6});",
    re.IGNORECASE,
)
_LINKED = frozenset({"Video", "Audio", "Page", "Event", "Article"})
# Where the text ends that is shown whole: beyond it only a preview is, if there is one (FEP-b2b8).
_WHOLE = html.MAX_BYTES


def plain(warning: str) -> str:
    """Make one plain text of a content warning: HTML by the specification, plain text by Mastodon and us."""
    return (html.to_text(warning) if _MARKUP.search(warning) else warning).strip()


def content(post: vocab.Post) -> str:
    """Make the HTML that readers see: a title and a link back where the kind of object has them."""
    shown = html.sanitise(_body(post))
    parts = []
    if post.title and not post.is_vote and (post.type != "Note" or not shown):
        parts.append(f"<p><strong>{html.escape(post.title)}</strong></p>")
    if post.occasion is not None:
        parts.append(_occasion(post.occasion))
    parts.append(shown or html.sanitise(post.preview or post.summary if post.type != "Note" else ""))
    if post.type in _LINKED and (link := _link(post)):
        parts.append(f'<p><a href="{html.escape(link)}">{html.escape(link)}</a></p>')
    return html.sanitise("".join(parts)) if len(parts) > 1 else parts[0]


def _body(post: vocab.Post) -> str:
    """Return the text as HTML; of an article that is longer than what is kept whole, its preview if it has one."""
    body = post.content if post.content_type == "text/html" else html.escape(post.content).replace("\n", "<br>")
    if post.preview and post.type != "Note" and len(body.encode(errors="replace")) >= _WHOLE:
        return post.preview
    return body


def _link(post: vocab.Post) -> str | None:
    """Return the link that a page is about, or where the object is to be read."""
    about = next((safe_url(link.href) for link in post.links), None)
    return about or (safe_url(post.url) if post.url else None)


def _occasion(occasion: vocab.Occasion) -> str:
    lines = [f"📍 {html.escape(occasion.place)}"] if occasion.place else []
    if occasion.start is not None:
        lines.append("📅 " + " – ".join(m.strftime("%Y-%m-%d %H:%M") for m in (occasion.start, occasion.end) if m))
    return f"<p>{'<br>'.join(lines)}</p>" if lines else ""


def contents(post: vocab.Post) -> dict[str, str] | None:
    """Return the post in its other languages, by canonical tag; None where there is only one."""
    own = language.canonical(post.language) if post.language else None
    found = {}
    for tag, stated, text in _canonical(post.content_map):
        if tag != own and (own is not None or text != post.content):
            title = (post.title_map or {}).get(stated, post.title)
            found[tag] = content(replace(post, content=text, title=title))
    return found or None


def summaries(post: vocab.Post) -> dict[str, str] | None:
    """Return the content warning in other languages, by canonical tag; None where there is none."""
    own = language.canonical(post.language) if post.language else None
    if not post.content_warning:
        return None
    found = {tag: plain(text) for tag, _, text in _canonical(post.summary_map) if tag != own}
    return found or None


def _canonical(texts: dict[str, str] | None) -> Iterator[tuple[str, str, str]]:
    """Give (canonical tag, tag as stated, text) of a language map; what is no language is left out."""
    for stated, text in (texts or {}).items():
        if (tag := language.canonical(stated)) is not None:
            yield tag, stated, text


def media(post: vocab.Post) -> tuple[NewMedia, ...]:
    """Return the attachments that are kept, in order."""
    own = language.canonical(post.language) if post.language else None
    return tuple(_media(attachment, own) for attachment in post.attachments[:MAX_ATTACHMENTS])


def _media(attachment: vocab.Attachment, own: str | None) -> NewMedia:
    meta: dict[str, Any] = {}
    if attachment.width and attachment.height:
        meta["original"] = {
            "width": attachment.width,
            "height": attachment.height,
            "size": f"{attachment.width}x{attachment.height}",
            "aspect": round(attachment.width / attachment.height, 4),
        }
    if attachment.duration:
        meta |= {"length": _clock(attachment.duration), "duration": round(attachment.duration, 2)}
        meta["original"] = {**meta.get("original", {}), "duration": round(attachment.duration, 3)}
    if attachment.focus is not None:
        meta["focus"] = {"x": attachment.focus[0], "y": attachment.focus[1]}
    return NewMedia(
        kind=attachment.kind,
        url=attachment.url,
        media_type=attachment.media_type or "",
        preview=attachment.thumbnail,
        description=attachment.description,
        description_map={tag: text for tag, _, text in _canonical(attachment.descriptions) if tag != own},
        blurhash=attachment.blurhash,
        meta=meta,
        title=attachment.title,
        artist=attachment.artist,
        waveform=attachment.waveform,
    )


def _clock(seconds: float) -> str:
    """Return a length as Mastodon's `meta` has it, such as 0:01:30.50."""
    minutes, rest = divmod(round(seconds * 100), 6000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 100:02}.{rest % 100:02}"


def poll(post: vocab.Post, now: datetime) -> NewPoll | None:
    """Return the poll of a Question; one that says that it is closed has ended by now."""
    found = post.poll
    if found is None:
        return None
    votes = tuple(option.votes for option in found.options)
    voters = found.voters if found.voters is not None else sum(votes)
    names = tuple(option.name for option in found.options)
    return NewPoll(names, votes, found.multiple, False, poll_end(found, now), voters, _names(post))


def poll_end(found: vocab.Poll, now: datetime) -> datetime | None:
    """Return when a poll ends: what it says, or just now where it says only that it is closed; None for never."""
    if not found.closed:
        return found.ends_at
    return min(found.ends_at or now, now - timedelta(seconds=1))


def _names(post: vocab.Post) -> dict[str, tuple[str, ...]]:
    """Return all options in each language in which one of them is, by canonical tag."""
    own = language.canonical(post.language) if post.language else None
    options = post.poll.options if post.poll else ()
    named = [{tag: text for tag, _, text in _canonical(option.names)} for option in options]
    tags = dict.fromkeys(tag for names in named for tag in names if tag != own)
    return {
        tag: tuple(names.get(tag, option.name) for names, option in zip(named, options, strict=True)) for tag in tags
    }

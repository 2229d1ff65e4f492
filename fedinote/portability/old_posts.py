"""One activity of an archive's outbox, read as an old post of the importer. Nothing here touches the database.

Whatever an archive says is taken for no more than its owner's own claim: only what is by the account of its actor.json
is read, mentions become plain text, and links to hashtags lead to our pages.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from fedinote.activitypub import vocab
from fedinote.federation import contents, incoming
from fedinote.infra.errors import Malformed
from fedinote.posts.history import Original
from fedinote.text import html, language
from fedinote.text.urls import safe_url

KINDS = frozenset({"Note", "Question", "Article", "Page"})
_INSIDE = "https://archive.invalid"
_MAX_URI = 2048
_ANCHOR = re.compile(r'<a href="([^"]*)"([^>]*)>|</a>')
FILES = 16
TagUrl = Callable[[str], str]
"""Gives the address of the page of a hashtag."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose archive it is: the id of the actor, and the collection of its followers (None: not told)."""

    uri: str
    followers: str | None
    name: str

    @property
    def handle(self) -> str:
        """How people call the account."""
        host = self.uri.partition("://")[2].partition("/")[0]
        return f"@{self.name}@{host}" if self.name else self.uri


@dataclass(frozen=True, slots=True)
class OldFile:
    """A file of an old post: its path in the archive (or wherever it was), and what is said of it."""

    path: str
    description: str
    descriptions: Mapping[str, str]
    focus: tuple[float, float] | None
    name: str


@dataclass(frozen=True, slots=True)
class OldPost:
    """An old post, ready to be stored but for its files."""

    post: vocab.Post
    original: Original
    files: tuple[OldFile, ...]


def owner(document: Any) -> Owner:
    """Read actor.json. Raises `Malformed`."""
    if not isinstance(document, dict):
        raise Malformed("The file actor.json of the archive describes no account")
    uri, followers, name = document.get("id"), document.get("followers"), document.get("preferredUsername")
    if not isinstance(uri, str) or safe_url(uri) is None or len(uri) > _MAX_URI:
        raise Malformed("The file actor.json of the archive describes no account")
    return Owner(uri, followers if isinstance(followers, str) else None, name[:64] if isinstance(name, str) else "")


def read(activity: Any, by: Owner) -> OldPost | None:
    """Read an activity of the outbox; None for what is no post (boosts, votes, others). Raises `Malformed`."""
    if not isinstance(activity, dict) or activity.get("type") != "Create":
        return None
    document = activity.get("object")
    if not isinstance(document, dict) or document.get("type") not in KINDS:
        return None
    document = {**document, "attachment": _absolute(document.get("attachment"))}
    try:
        post = vocab.parse_post(document)
    except RecursionError as error:
        raise Malformed("The post cannot be read") from error
    if post.is_vote:
        return None
    if by.uri not in (post.attributed_to, *post.authors) or _actor(activity, by) != by.uri:
        raise Malformed("The post is by somebody else than the owner of the archive")
    if len(post.id) > _MAX_URI or post.published is None:
        raise Malformed("The post has no id or no date")
    alone = document.get("localOnly") is True
    seen = "local" if alone else str(incoming.visibility_of(post, by.followers))
    url = post.url if post.url and safe_url(post.url) else ""
    original = Original(post.id, url, seen, proven=False, parent=(post.in_reply_to or "")[:_MAX_URI])
    return OldPost(post, original, tuple(_files(post)))


def _actor(activity: dict[str, Any], by: Owner) -> Any:
    found = activity.get("actor", by.uri)
    return found.get("id") if isinstance(found, dict) else found


def _absolute(attachments: Any) -> Any:
    """Make paths inside the archive addresses of a host that cannot be: what reads posts takes addresses only."""
    listed = attachments if isinstance(attachments, list) else [attachments] if attachments else []
    return [
        {**one, "url": _INSIDE + one["url"]}
        if isinstance(one, dict) and isinstance(one.get("url"), str) and one["url"].startswith("/")
        else one
        for one in listed[: 2 * FILES]
    ]


def _files(post: vocab.Post) -> Iterator[OldFile]:
    own = language.canonical(post.language) if post.language else None
    for attachment, kept in zip(post.attachments, contents.media(_capped(post)), strict=False):
        path = unquote(attachment.url.removeprefix(_INSIDE))
        yield OldFile(
            path=path,
            description=attachment.description or "",
            descriptions={tag: text for tag, text in kept.description_map.items() if tag != own},
            focus=attachment.focus,
            name=path.rpartition("/")[2],
        )


def _capped(post: vocab.Post) -> vocab.Post:
    return replace(post, attachments=post.attachments[:FILES])


def texts(old: OldPost, tag_url: TagUrl) -> tuple[str, dict[str, str] | None]:
    """Return the HTML of a post, and of its versions by language: safe, naming nobody, with our hashtags."""
    named = {mention.href: mention.name for mention in old.post.mentions if mention.name}
    tags = {name.lower() for name in old.post.hashtags}
    others = contents.contents(old.post)
    shown = {tag: unlinked(text, named, tags, tag_url) for tag, text in (others or {}).items()}
    return unlinked(contents.content(old.post), named, tags, tag_url), shown or None


def unlinked(source: str, named: Mapping[str, str], tags: set[str], tag_url: TagUrl) -> str:
    """Turn links to people in safe HTML into their names, and links to hashtags into links to ours."""
    out: list[str] = []
    at, ends = 0, ""
    for found in _ANCHOR.finditer(source):
        inner = source[at : found.start()]
        if found[0] == "</a>":
            out += [inner, ends]
            at, ends = found.end(), ""
            continue
        out.append(inner)
        at = found.end()
        end = source.find("</a>", at)
        words = html.to_text(source[at:end]) if end >= 0 else ""
        is_mention = "mention" in found[2] and "hashtag" not in found[2]
        tag = words.removeprefix("#").strip()
        if words.startswith("#") and tag.lower() in tags:
            out.append(f'<a href="{html.escape(tag_url(tag.lower()))}" class="mention hashtag" rel="tag">')
            ends = "</a>"
        elif is_mention or (words.startswith("@") and found[1] in named):
            out.append(html.escape(_called(named.get(html.to_text(found[1]), ""), words)))
            at, ends = max(end, at), ""
        else:
            out.append(found[0])
            ends = "</a>"
    out.append(source[at:])
    return html.sanitise("".join(out))


def _called(name: str, words: str) -> str:
    """Return the name of somebody who was mentioned: with the host where that is told."""
    if not name:
        return words
    return name if name.startswith("@") else f"@{name}"

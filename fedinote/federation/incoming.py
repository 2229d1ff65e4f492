"""Posts of other servers: from parsed objects to `NewPost`, with the people, parents and files that they name."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fedinote.activitypub import audience, policies, vocab
from fedinote.activitypub.quirks import host_of, same_origin
from fedinote.federation import actors, contents, fetching, translators
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Malformed, Refused
from fedinote.media import emojis
from fedinote.posts import quotes
from fedinote.posts.approvals import NewQuote
from fedinote.posts.drafts import Mention, NewPost, mention
from fedinote.text import language
from fedinote.text.urls import safe_url

MAX_MENTIONS = 100
MAX_TAGS = 100
MAX_EMOJIS = 200
UNKNOWN_MENTIONS = 5  # accounts that we never heard of and fetch for one post
# Who answers a boost answers what it boosts, and by the rules of that.
_ANSWERED = """SELECT o.id, o.account_id, o.conversation_id FROM posts p
 JOIN posts o ON o.id = COALESCE(p.reblog_of_id, p.id) WHERE p.uri = ?"""


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
    others, warnings = contents.contents(post), contents.summaries(post)
    now = app.now()
    published = min(post.published or now, now + timedelta(minutes=1))
    return NewPost(
        author_id=author["id"],
        visibility=visibility_of(post, author["followers_url"] or None),
        content=contents.content(post),
        created_at=max(published, now - timedelta(days=365 * 60)),
        uri=post.id,
        url=_url(post),
        object_type=post.type,
        source=post.source.text if post.source else "",
        spoiler_text=contents.plain(post.content_warning),
        sensitive=post.sensitive or bool(post.content_warning.strip()),
        language=language.canonical(post.language) if post.language else None,
        content_map=others,
        summary_map=warnings,
        translations=await translators.made(app, post, {**(others or {}), **(warnings or {})}, author, budget),
        in_reply_to_id=parent.id,
        in_reply_to_account_id=parent.account_id,
        in_reply_to_uri=post.in_reply_to,
        conversation_id=parent.conversation_id,
        mentions=mentions,
        named=len({named.href for named in post.mentions}),
        tags=_tags(post),
        emojis=await emojis.remember(app, author["domain"], post.emojis[:MAX_EMOJIS]),
        media=contents.media(post),
        poll=contents.poll(post, now),
        edited_at=post.updated if post.updated and post.updated > published else None,
        quote=await _quote(app, post, author),
        quote_policy=policies.quote_policy(post, author["followers_url"], author["following_url"]),
        interaction_rules=policies.rules(post, author["followers_url"], author["following_url"], app.settings.base),
        machine_translation=post.machine_translation,
    )


async def _quote(app: App, post: vocab.Post, author: Row) -> NewQuote | None:
    """Read what the post quotes; nothing is fetched for it yet, and our own stamps are ours to know."""
    if post.quote is None:
        return None
    stamp = post.quote_authorization
    if stamp is not None and fetching.is_ours(app, stamp):
        stamp = None
    return await quotes.named(app, NewQuote(post.quote, legacy=post.quote_legacy, stamp_uri=stamp), author["id"])


def visibility_of(post: vocab.Post, followers_url: str | None) -> audience.Visibility:
    """Return who may see a post. A ChatMessage is between people, whatever is in its audience."""
    if post.type == "ChatMessage":
        return "direct"
    to = post.to if post.to or post.cc else post.audience
    return audience.visibility(to, post.cc, followers_url)


def _url(post: vocab.Post) -> str:
    """Return the page to open: on the host of the id only, or else the id (A23)."""
    url = safe_url(post.url) if post.url else None
    return url if url and host_of(url) == host_of(post.id) else post.id


def _tags(post: vocab.Post) -> tuple[tuple[str, str], ...]:
    return tuple((name.lower(), name) for name in post.hashtags[:MAX_TAGS])


async def _parent(app: App, uri: str | None) -> _Parent:
    if uri is None:
        return _Parent(None, None, None)
    row = await app.db.row(_ANSWERED, uri)
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
    """Tell whether a delivered post concerns anybody here: a follower, somebody addressed, a thread we know (S48).

    A follower who waits for an answer counts: what is posted right after the Accept may come before it.
    """
    ours = [uri for uri in (*post.to, *post.cc, *(m.href for m in post.mentions)) if fetching.is_ours(app, uri)]
    return (
        await app.db.row(
            "SELECT 1 AS value FROM accounts WHERE domain = '' AND (uri IN_TEXTS(?) OR url IN_TEXTS(?))"
            " UNION ALL SELECT 1 FROM follows f JOIN accounts a ON a.id = f.follower_id"
            " WHERE f.target_id = ? AND a.domain = ''"
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

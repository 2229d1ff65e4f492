"""From the Note that a client wrote to a draft of ours, and from a partial Update to the draft of a new version."""

import re
from collections.abc import Mapping
from typing import Any

from fedinote.activitypub import audience, vocab
from fedinote.activitypub.media import Attachment, attachments
from fedinote.activitypub.shapes import items, reference
from fedinote.auth.viewer import Viewer
from fedinote.federation import documents, resolve
from fedinote.federation.c2s.recipients import Recipients, people, visibility_of
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid
from fedinote.media import uploads
from fedinote.posts import languages
from fedinote.posts.drafts import Draft, Mention, PollDraft, Rich
from fedinote.posts.languages import Frame, VersionDraft
from fedinote.text import compose, html, language

TYPES = ("Note", "Question", "Article")
A_DAY = 86_400
PLAIN = ("", "text/plain")
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[a-zA-Z#]")
_ANY_ID = "#draft"


def read(account: Row, document: Mapping[str, Any]) -> vocab.Post:
    """Read what a client wrote as a post by this account; its own `id` and `attributedTo` count for nothing.

    Raises Invalid for a type that is none of ours.
    """
    if not any(kind in TYPES for kind in vocab.types(dict(document))):
        raise Invalid(f"Only these types of objects can be created here: {', '.join(TYPES)}")
    own = {"id": account["uri"] + _ANY_ID, "attributedTo": account["uri"]}
    return vocab.parse_post({**document, **own})


async def draft(app: App, viewer: Viewer, account: Row, document: Mapping[str, Any], addressed: Recipients) -> Draft:
    """Make a draft of a Note, Question or Article; what it answers is fetched when it is unknown here.

    Raises Invalid (what is wrong), NotFound (what it answers) and like `fetching.document`.
    """
    post = read(account, document)
    level = visibility_of(addressed, account["followers_url"])
    mentions = await people(app, addressed, [m.href for m in post.mentions], level)
    parent = await resolve.post(app, post.in_reply_to, Budget(5)) if post.in_reply_to else None
    return Draft(
        visibility=level,
        in_reply_to_id=parent,
        media_ids=await _media(app, viewer.account_id, attachments(dict(document)), None),
        poll=_poll(app, post),
        quoted_id=await resolve.post(app, post.quote, Budget(5)) if post.quote else None,
        **await _own(app, viewer, post),
        **_texts(app, post, mentions),
    )


async def _own(app: App, viewer: Viewer, post: vocab.Post) -> dict[str, Any]:
    """Give what else a draft has: the app that it was written with, and the author's defaults."""
    row = await app.db.row(
        "SELECT u.default_language, u.default_sensitive, u.default_quote_policy, u.default_reply_policy, o.name,"
        " o.website FROM users u LEFT JOIN oauth_apps o ON o.id = ? WHERE u.id = ?",
        viewer.app_id,
        viewer.user_id,
    )
    assert row is not None
    return {
        "language": post.language or row["default_language"],
        "application": None if row["name"] is None else {"name": row["name"], "website": row["website"]},
        "sensitive": post.sensitive or bool(row["default_sensitive"]),
        "quote_policy": _setting(post.policy.can_quote if post.policy else None) or row["default_quote_policy"],
        "reply_policy": _setting(post.policy.can_reply if post.policy else None) or row["default_reply_policy"],
        "machine_translation": post.machine_translation,
    }


def _setting(rule: vocab.Rule | None) -> str | None:
    """Return who may quote or answer a post by a rule of its `interactionPolicy`; None where that says nothing."""
    if rule is None:
        return None
    if any(audience.is_public(uri) for uri in rule.automatic):
        return "public"
    return "followers" if any(uri.endswith("/followers") for uri in rule.automatic) else "nobody"


def _texts(app: App, post: vocab.Post, mentions: tuple[Mention, ...]) -> dict[str, Any]:
    """Give the words: HTML as it came, and the plain text that it stands for (what was typed, where it is said)."""
    source = post.source if post.source and (post.source.media_type or "") in PLAIN else None
    body = post.content if post.content_type == "text/html" else html.escape(post.content).replace("\n", "<br>")
    if not body and source:
        body = html.escape(source.text).replace("\n", "<br>")
    if post.title and post.type == "Article":
        body = f"<p><strong>{html.escape(post.title)}</strong></p>{body}"
    shown = html.to_text(html.sanitise(body))
    most = app.settings.posts.max_characters
    if compose.length(shown) > most:
        raise Invalid(f"Validation failed: Text character limit of {most} exceeded")
    return {
        "text": source.text if source and source.text.strip() else shown,
        "spoiler_text": _plain(post.content_warning),
        "rich": Rich(body, mentions, tuple((name.lower(), name) for name in post.hashtags)),
        "translations": _versions(post),
    }


def _versions(post: vocab.Post) -> dict[str, VersionDraft]:
    """Give what the author wrote in other languages."""
    own = language.canonical(post.language) if post.language else None
    summaries = post.summary_map or {}
    return {
        tag: VersionDraft(html=text, spoiler_text=_plain(summaries.get(tag, "")))
        for tag, text in (post.content_map or {}).items()
        if language.canonical(tag) != own and text != post.content
    }


def _plain(warning: str) -> str:
    return (html.to_text(warning) if _MARKUP.search(warning) else warning).strip()


def _poll(app: App, post: vocab.Post) -> PollDraft | None:
    if post.poll is None:
        if post.type == "Question":
            raise Invalid("Validation failed: A Question needs oneOf or anyOf")
        return None
    left = int((post.poll.ends_at - app.now()).total_seconds()) if post.poll.ends_at else A_DAY
    return PollDraft(tuple(option.name for option in post.poll.options), left, post.poll.multiple)


async def _media(app: App, account_id: int, files: tuple[Attachment, ...], post_id: int | None) -> tuple[int, ...]:
    """Find the uploads that attachments name by their URL, and take over their new descriptions.

    Raises Invalid for a file that this person has not uploaded here.
    """
    found = []
    for file in files:
        row = await _upload(app, account_id, file.url, post_id)
        if row is None:
            raise Invalid("Validation failed: Attachments must be uploaded here first, and named by their url")
        if file.description is not None and file.description != row["description"]:
            await uploads.describe(
                app, account_id, row["id"], {"description": file.description}, post_id=row["post_id"]
            )
        found.append(int(row["id"]))
    return tuple(found)


async def _upload(app: App, account_id: int, url: str, post_id: int | None) -> Row | None:
    key = url.removeprefix(app.url("/media/"))
    if key == url:
        return None
    return await app.db.row(
        "SELECT id, post_id, description FROM media WHERE key = ? AND account_id = ?"
        " AND (post_id IS NULL OR post_id = ?)",
        key,
        account_id,
        post_id or 0,
    )


async def revision(app: App, viewer: Viewer, row: Row, changes: Mapping[str, Any]) -> Draft:
    """Make the draft of a new version: what is given replaces what is there, null takes it away, all else stays.

    Who sees the post, and what it answers, cannot be changed (ActivityPub, section 6.3).
    """
    present = _as_stored((await documents.post(app, row["id"])).document, row)
    merged = {name: value for name, value in _merged(present, changes).items() if value is not None}
    account = await app.db.row("SELECT id, uri, followers_url FROM accounts WHERE id = ?", row["account_id"])
    assert account is not None
    post = read(account, merged)
    addressed = Recipients(to=_ids(present.get("to")), cc=_ids(present.get("cc")))
    mentions = await people(app, addressed, [m.href for m in post.mentions], row["visibility"])
    poll = PollDraft(tuple(o.name for o in post.poll.options), A_DAY, post.poll.multiple) if post.poll else None
    media_ids = await _media(app, viewer.account_id, attachments(merged), row["id"])
    tag = language.canonical(post.language) if post.language else row["language"]
    texts = _texts(app, post, mentions)
    if "contentMap" not in changes:
        frame = Frame(tag, poll.options if poll else (), media_ids, app.now())
        renewed = not _WORDS.intersection(changes)
        texts["translations"] = languages.fitting(await languages.kept(app, row), frame, renewed=renewed)
    return Draft(
        visibility=row["visibility"],
        sensitive=post.sensitive,
        language=tag,
        media_ids=media_ids,
        poll=poll,
        **texts,
    )


def _as_stored(document: Mapping[str, Any], row: Row) -> dict[str, Any]:
    """Put the stored text into a post's document: what is served may have a link to the quoted post added."""
    texts = dict(document.get("contentMap") or {})
    stored = {"content": row["content"]}
    return {**document, **stored, **({"contentMap": texts | {row["language"]: row["content"]}} if texts else {})}


def _ids(value: Any) -> tuple[str, ...]:
    return tuple(uri for entry in items(value) if (uri := reference(entry)))


_WORDS = frozenset({"content", "source", "summary", "summaryMap", "oneOf", "anyOf"})
_FIXED = ("id", "type", "attributedTo", "to", "cc", "bto", "bcc", "audience", "inReplyTo", "published", "@context")


def _merged(present: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Put the changes over the present document; a new text does away with what was made from the old one."""
    given = {name: value for name, value in changes.items() if name not in _FIXED}
    kept = dict(present)
    for name, derived in (("content", ("contentMap", "source")), ("contentMap", ("content", "source")),
                          ("source", ("content", "contentMap")), ("summary", ("summaryMap",)),
                          ("summaryMap", ("summary",)), ("oneOf", ("anyOf",)), ("anyOf", ("oneOf",))):  # fmt: skip
        if name in given:
            for other in derived:
                kept.pop(other, None)
    if not {"content", "contentMap", "source"}.isdisjoint(given) and "tag" not in given:
        kept["tag"] = [tag for tag in items(present.get("tag")) if tag.get("type") == "Mention"]
    if "summary" in given and not given["summary"] and "sensitive" not in given:
        kept.pop("sensitive", None)
    return kept | given

"""What an author wants to say, checked and turned into a post that can be stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from fedinote.accounts import emojis, wishes
from fedinote.accounts.wishes import MachineTranslation
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid
from fedinote.posts import answering, approvals, covers, languages, permissions, quotes, tag_rules, visibility
from fedinote.posts.approvals import NewQuote
from fedinote.posts.languages import Frame, VersionDraft
from fedinote.text import compose, graphemes, html, language

VISIBILITIES = ("public", "unlisted", "private", "direct", "local")
MIN_POLL_SECONDS = 300
MAX_POLL_SECONDS = 31 * 86400


@dataclass(frozen=True, slots=True)
class PollDraft:
    """A poll as its author wants it. `expires_in` is in seconds."""

    options: tuple[str, ...]
    expires_in: int
    multiple: bool = False
    hide_totals: bool = False


@dataclass(frozen=True, slots=True)
class Rich:
    """A text that a client wrote as HTML: whom it names and its tags are said with it, not searched for in it.

    `html` is as it came, and is made safe when the draft is prepared. `tags` are pairs (folded name, as written).
    """

    html: str
    mentions: tuple["Mention", ...] = ()
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A post as a local author wrote it: plain text, ids of uploads, what it answers.

    `translations` has the same in other languages, by BCP 47 tag. `covers` are the attachments that come first on
    servers that keep four (`posts.covers`); None: as they are.
    """

    text: str
    spoiler_text: str = ""
    sensitive: bool = False
    visibility: str = "public"
    language: str | None = None
    in_reply_to_id: int | None = None
    media_ids: tuple[int, ...] = ()
    poll: PollDraft | None = None
    application: Mapping[str, Any] | None = None
    quoted_id: int | None = None
    quote_policy: str = "public"
    reply_policy: str = "public"
    rich: Rich | None = None
    translations: Mapping[str, VersionDraft] = field(default_factory=dict)
    machine_translation: str = MachineTranslation.ANY
    covers: tuple[int, ...] | None = None

    @property
    def words(self) -> str:
        """The text in every language: where mentions, hashtags and emoji are looked for."""
        others = [text for one in self.translations.values() for text in (one.spoiler_text, one.text)]
        return "\n".join([self.text, *others]) if others else self.text


@dataclass(frozen=True, slots=True)
class Mention:
    """An account that a post is addressed to; `silent` when the text does not name it.

    `blind`: only the author knows of it (then it is silent too).
    """

    account_id: int
    username: str
    acct: str
    url: str
    silent: bool = False
    blind: bool = False


@dataclass(frozen=True, slots=True)
class NewPoll:
    """A poll ready to be stored. `votes` has a count for each option (known for remote polls).

    `translations` are all options in other languages, by tag.
    """

    options: tuple[str, ...]
    votes: tuple[int, ...]
    multiple: bool
    hide_totals: bool
    expires_at: datetime | None
    voters: int = 0
    translations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewMedia:
    """A remote attachment: where it is and what its author says about it."""

    kind: str
    url: str
    media_type: str = ""
    preview: str | None = None
    description: str | None = None
    blurhash: str | None = None
    meta: Mapping[str, Any] = field(default_factory=dict)
    description_map: Mapping[str, str] = field(default_factory=dict)
    title: str | None = None
    artist: str | None = None
    waveform: str | None = None


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post that can be stored, from either door. Without `uri` it is local and its URI is made from its id.

    `content` and `spoiler_text` are safe already. `named` counts the accounts that it names, known here or not. `tags`
    are pairs (folded name, name as written). `content_map`, `summary_map`, `translations` and `descriptions`
    (of uploads) are the versions in other languages, see `posts.languages`. `covers` are uploads, as in `Draft`.
    """

    author_id: int
    visibility: str
    content: str
    created_at: datetime
    uri: str | None = None
    url: str | None = None
    object_type: str = "Note"
    source: str = ""
    spoiler_text: str = ""
    sensitive: bool = False
    language: str | None = None
    shown_language: str | None = None
    content_map: Mapping[str, str] | None = None
    summary_map: Mapping[str, str] | None = None
    translations: Mapping[str, Mapping[str, Any]] | None = None
    descriptions: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    in_reply_to_id: int | None = None
    in_reply_to_account_id: int | None = None
    in_reply_to_uri: str | None = None
    conversation_id: int | None = None
    mentions: tuple[Mention, ...] = ()
    named: int = 0
    tags: tuple[tuple[str, str], ...] = ()
    emojis: tuple[Mapping[str, str], ...] = ()
    upload_ids: tuple[int, ...] = ()
    covers: tuple[int, ...] | None = None
    media: tuple[NewMedia, ...] = ()
    poll: NewPoll | None = None
    application: Mapping[str, Any] | None = None
    edited_at: datetime | None = None
    quote: NewQuote | None = None
    quote_policy: int | None = None
    interaction_rules: Mapping[str, Any] | None = None
    machine_translation: str = MachineTranslation.ANY

    @property
    def local(self) -> bool:
        """Whether it was written here."""
        return self.uri is None

    @property
    def addressed(self) -> tuple[int, ...]:
        """Whose post it answers and whom it mentions, by the ids of accounts."""
        answered = () if self.in_reply_to_account_id is None else (self.in_reply_to_account_id,)
        return tuple(dict.fromkeys((*answered, *(one.account_id for one in self.mentions))))


async def prepare(app: App, author_id: int, draft: Draft, *, post_id: int | None = None) -> NewPost:
    """Check a draft and turn its text into HTML; `post_id` is the post that it is a new version of.

    Invalid says what is wrong, also with a file of somebody else or in another post; NotFound: there is no parent.
    """
    _check_text(app, draft)
    parent = await visibility.original(app, author_id, draft.in_reply_to_id) if draft.in_reply_to_id else None
    if parent is not None:
        await permissions.check(app, author_id, parent, "reply")
    mentions = draft.rich.mentions if draft.rich else await mentioned(app, draft.words)
    now, tag, poll = app.now(), _language(draft), _poll(app, draft.poll)
    frame = Frame(tag, poll.options if poll else (), draft.media_ids, now)
    versions = languages.checked(app, draft.translations, frame, lambda text: to_html(app, text, mentions))
    quote, shown = await _quote(app, author_id, draft, mentions)
    return NewPost(
        author_id=author_id,
        visibility=shown,
        content=html.sanitise(draft.rich.html) if draft.rich else to_html(app, draft.text, mentions),
        created_at=now,
        source=draft.text,
        spoiler_text=draft.spoiler_text.strip(),
        sensitive=draft.sensitive or bool(draft.spoiler_text.strip()),
        language=tag,
        content_map=versions.contents or None,
        summary_map=versions.summaries or None,
        translations=versions.made or None,
        descriptions=versions.descriptions,
        in_reply_to_id=parent["id"] if parent else None,
        in_reply_to_account_id=parent["account_id"] if parent else None,
        conversation_id=parent["conversation_id"] if parent else None,
        mentions=mentions,
        tags=await _tags(app, draft),
        emojis=await emojis.used(app, " ".join((draft.spoiler_text, draft.words, *frame.options))),
        upload_ids=await _uploads(app, author_id, draft.media_ids, post_id),
        covers=covers.checked(draft.covers, draft.media_ids),
        poll=replace(poll, translations=versions.options) if poll else None,
        application=draft.application,
        quote=quote,
        quote_policy=approvals.of_setting(draft.quote_policy, shown),
        interaction_rules=answering.rules(draft.reply_policy),
        machine_translation=wishes.checked(draft.machine_translation).value,
    )


async def _tags(app: App, draft: Draft) -> tuple[tuple[str, str], ...]:
    """Return the tags that stand in the text, and those that are said with it; each name once. Raises Invalid."""
    said = draft.rich.tags if draft.rich else ()
    found = dict((*said, *((tag.name, tag.display) for tag in compose.find_hashtags(draft.words))))
    await tag_rules.check(app, tuple(found.items()))
    return tuple(found.items())


async def _quote(app: App, author_id: int, draft: Draft, mentions: Sequence[Mention]) -> tuple[NewQuote | None, str]:
    """Return what a draft quotes, and the visibility that its post has then."""
    wanted = _visibility(draft.visibility)
    if draft.quoted_id is None:
        return None, wanted
    named = frozenset(m.account_id for m in mentions if not m.silent)
    return await quotes.wanted(app, author_id, quotes.Wish(draft.quoted_id, wanted, named))


def to_html(app: App, text: str, mentions: Sequence[Mention]) -> str:
    """Turn an author's plain text into post HTML, with links to those it names and to its tags."""
    targets = {m.acct.lower(): compose.MentionTarget(m.acct, m.url, m.url) for m in mentions}
    for mention in mentions:
        if "@" not in mention.acct:
            for own in app.settings.own_hosts:
                targets[f"{mention.acct.lower()}@{own}"] = targets[mention.acct.lower()]
    return compose.compose(text, mentions=targets, tag_url=lambda name: app.url(f"/tags/{name}"))


def _check_text(app: App, draft: Draft) -> None:
    if not draft.text.strip() and not draft.media_ids and draft.poll is None and not draft.quoted_id:
        raise Invalid("Validation failed: Text can't be blank")
    most = app.settings.posts.max_characters
    if compose.length(draft.text) + compose.length(draft.spoiler_text) > most:
        raise Invalid(f"Validation failed: Text character limit of {most} exceeded")
    if draft.poll is not None and draft.media_ids:
        raise Invalid("Validation failed: A post has either media or a poll")


def _visibility(value: str) -> str:
    if value not in VISIBILITIES:
        raise Invalid(f"Validation failed: Visibility must be one of {', '.join(VISIBILITIES)}")
    return value


def _language(draft: Draft) -> str | None:
    if draft.language:
        tag = language.canonical(draft.language)
        if tag is None:
            raise Invalid("Validation failed: Language is not a valid BCP 47 tag")
        return tag
    return language.detect(draft.text)


async def mentioned(app: App, text: str) -> tuple[Mention, ...]:
    """Find whom a text names, as far as they are known here and not suspended."""
    found = {}
    for handle in compose.find_mentions(text):
        name, _, domain = handle.lower().partition("@")
        found[(name, "" if domain in app.settings.own_hosts else domain)] = True
    if not found:
        return ()
    rows = await app.db.rows(
        "SELECT id, username, username_key, domain, url, uri FROM accounts"
        " WHERE username_key IN_TEXTS(?) AND domain IN_TEXTS(?) AND suspended_at IS NULL AND deleted_at IS NULL",
        [name for name, _ in found],
        [domain for _, domain in found],
    )
    return tuple(mention(row) for row in rows if (row["username_key"], row["domain"]) in found)


def mention(row: Row, *, silent: bool = False, blind: bool = False) -> Mention:
    """Make a Mention of an account row (id, username, domain, url, uri)."""
    acct = row["username"] if row["domain"] == "" else f"{row['username']}@{row['domain']}"
    return Mention(row["id"], row["username"], acct, row["url"] or row["uri"], silent or blind, blind)


async def _uploads(app: App, author_id: int, ids: Sequence[int], post_id: int | None) -> tuple[int, ...]:
    if not ids:
        return ()
    most = app.settings.posts.max_attachments
    if len(ids) > most:
        raise Invalid(f"Validation failed: Cannot attach more than {most} files")
    rows = await app.db.rows(
        "SELECT id, state FROM media WHERE id IN_INTS(?) AND account_id = ? AND (post_id IS NULL OR post_id = ?)",
        list(ids),
        author_id,
        post_id or 0,
    )
    states = {row["id"]: row["state"] for row in rows}
    missing = [str(one) for one in dict.fromkeys(ids) if one not in states]
    if missing:
        raise Invalid(f"Validation failed: Media {', '.join(missing)} not found or already attached to another post")
    if any(state != "ready" for state in states.values()):
        raise Invalid("Cannot attach files that have not finished processing. Try again in a moment!")
    return tuple(dict.fromkeys(ids))


def _poll(app: App, poll: PollDraft | None) -> NewPoll | None:
    if poll is None:
        return None
    limits = app.settings.posts
    options = tuple(option.strip() for option in poll.options)
    if len(options) < 2 or not all(options) or len(set(options)) != len(options):
        raise Invalid("Validation failed: A poll needs at least two different options")
    if len(options) > limits.max_poll_options:
        raise Invalid(f"Validation failed: A poll can have at most {limits.max_poll_options} options")
    if any(graphemes.count(option) > limits.max_poll_option_characters for option in options):
        raise Invalid(f"Validation failed: An option can have at most {limits.max_poll_option_characters} characters")
    if not MIN_POLL_SECONDS <= poll.expires_in <= MAX_POLL_SECONDS:
        raise Invalid("Validation failed: A poll lasts from 5 minutes to 31 days")
    ends = app.now() + timedelta(seconds=poll.expires_in)
    return NewPoll(options, (0,) * len(options), poll.multiple, poll.hide_totals, ends)


def encoded(value: Any) -> str | None:
    """Encode a value for a JSON column; None stays None."""
    return None if value is None else msgspec.json.encode(value).decode()

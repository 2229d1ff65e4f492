"""People and posts as pages show them, read in batches: one hop to the database whatever a page holds.

A page loads nothing from other servers, so that they do not learn who reads here: pictures that are stored elsewhere
come through this server (`media.remote`) or, where the settings say so, become links; an author without a picture is
shown by an initial.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, to_ms
from fedinote.infra.db import Row
from fedinote.media import remote
from fedinote.posts import quotes, visibility
from fedinote.posts.languages import decoded
from fedinote.text import html
from fedinote.text.language_names import own_name
from fedinote.text.quotes import with_fallback
from fedinote.web import attachments, readings
from fedinote.web.attachments import File, Gallery, elsewhere
from fedinote.web.readings import Reading

TINTS = 6
_PERSON = """a.id AS author_id, a.username, a.domain, a.uri AS author_uri, a.url AS author_url, a.display_name,
 a.avatar, a.avatar_remote, a.actor_type, a.indexable, a.silenced_at, a.locked, a.note"""
_POST = """p.id, p.uri, p.url, p.local, p.visibility, p.content, p.content_map, p.translations,
 p.spoiler_text, p.sensitive, p.language,
 p.in_reply_to_id, p.in_reply_to_uri, p.is_quote, p.replies_count + COALESCE(p.replies_elsewhere, 0) AS replies_count,
 p.reblogs_count + COALESCE(p.reblogs_elsewhere, 0) AS reblogs_count,
 p.favourites_count + COALESCE(p.favourites_elsewhere, 0) AS favourites_count, p.created_at, p.edited_at"""
_PEOPLE = f"SELECT {_PERSON} FROM accounts a WHERE a.id IN_INTS(?) AND a.deleted_at IS NULL AND a.suspended_at IS NULL"  # noqa: S608
_POSTS = f"""SELECT {_POST}, {_PERSON} FROM posts p JOIN accounts a ON a.id = p.account_id
 WHERE p.id IN_INTS(?) AND p.reblog_of_id IS NULL AND a.deleted_at IS NULL AND """  # noqa: S608
_POLLS = (
    "SELECT q.post_id, q.options, q.hide_totals, q.expires_at, q.voters_count FROM polls q WHERE q.post_id IN_INTS(?)"
)


@dataclass(frozen=True, slots=True)
class Person:
    """An account. `handle` is the full one; `link` the profile, here or on the person's own server.

    `picture` is a path of ours or "". `note` is safe HTML. `limited`: moderators keep it out of sight.
    """

    id: int
    username: str
    domain: str
    name: str
    handle: str
    link: str
    uri: str
    picture: str
    note: str
    bot: bool
    locked: bool
    indexable: bool
    limited: bool

    @property
    def initial(self) -> str:
        """What stands in the place of a picture."""
        return (self.name or "?")[0].upper()

    @property
    def tint(self) -> int:
        """Which of the sheet's colours the initial has: the same one for a person on every server."""
        return sum(self.handle.encode()) % TINTS


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a poll; None while its votes are not told."""

    title: str
    votes: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """A poll. `ends` may be past (`over`) or None for never."""

    options: tuple[Option, ...]
    voters: int
    ends: datetime | None
    over: bool

    @property
    def most(self) -> int:
        """The votes of all choices together, at least 1: what their bars are measured against."""
        return max(1, sum(option.votes or 0 for option in self.options))


@dataclass(frozen=True, slots=True)
class Version:
    """A post in another language, as safe HTML; `machine` tells that a program translated.

    `engine` names that program and people who helped, as far as they are known.
    """

    language: str
    name: str
    content: str
    machine: bool
    engine: str


@dataclass(frozen=True, slots=True)
class Card:
    """A post. `content` is safe HTML; `language` a BCP 47 tag, "" when it is not known (as HTML's `lang` has it).

    `versions` came with the post; `reading` tells in which languages this reader has it (`translated.read`).
    """

    id: int
    person: Person
    link: str
    uri: str
    local: bool
    visibility: str
    content: str
    language: str
    language_name: str
    warning: str
    sensitive: bool
    answers: bool
    media: tuple[File, ...]
    poll: Question | None
    created: datetime
    edited: datetime | None
    replies: int
    boosts: int
    favourites: int
    versions: tuple[Version, ...] = ()
    reading: Reading | None = None

    @property
    def direction(self) -> str:
        """How the text runs, as HTML's `dir` has it."""
        return readings.direction(self.language, self.content)

    @property
    def gallery(self) -> Gallery:
        """Its files, sorted by how they are shown."""
        return attachments.gallery(self.media)

    @property
    def text(self) -> str:
        """The words in one line, for previews on other sites: the warning alone when there is one."""
        return " ".join((self.warning or html.to_text(self.content)).split())


async def people(app: App, ids: Sequence[int]) -> list[Person]:
    """Return people in the order of the ids; those who are gone or suspended are left out."""
    found = {row["author_id"]: person(app, row) for row in await app.db.rows(_PEOPLE, list(ids))}
    return [found[one] for one in ids if one in found]


async def cards(app: App, ids: Sequence[int], viewer_id: int | None = None) -> list[Card]:
    """Return posts in the order of the ids: what the viewer (None: anybody) may see of them, without boosts."""
    if not ids:
        return []
    where, params = visibility.condition("p", viewer_id)
    wanted = list(ids)
    rows, media, polls = await app.db.many(
        (_POSTS + where, (wanted, *params)), attachments.query(wanted), (_POLLS, (wanted,))
    )
    quoted = await quotes.links(app, [row["id"] for row in rows if row["is_quote"]])
    found = {row["id"]: _card(app, row, media, polls) for row in rows}
    for post_id, link in quoted.items():
        found[post_id] = replace(found[post_id], content=with_fallback(found[post_id].content, link))
    return [found[one] for one in wanted if one in found]


def person(app: App, row: Row) -> Person:
    """Turn a row with the columns of an author into a Person."""
    domain, username = row["domain"], row["username"]
    return Person(
        id=row["author_id"],
        username=username,
        domain=domain,
        name=row["display_name"].strip() or username,
        handle=f"@{username}@{domain or app.settings.handle_host}",
        link=elsewhere(row["author_url"], row["author_uri"]) if domain else f"/@{username}",
        uri=row["author_uri"],
        picture=portrait(app, row),
        note=row["note"],
        bot=row["actor_type"] in ("Service", "Application"),
        locked=bool(row["locked"]),
        indexable=bool(row["indexable"]) and row["silenced_at"] is None,
        limited=row["silenced_at"] is not None,
    )


def _card(app: App, row: Row, media: Iterable[Row], polls: Iterable[Row]) -> Card:
    author, post_id, tag = person(app, row), row["id"], row["language"] or ""
    return Card(
        id=post_id,
        person=author,
        link=f"/@{author.username}/{post_id}" if row["local"] else elsewhere(row["url"], row["uri"]),
        uri=row["uri"],
        local=bool(row["local"]),
        visibility=row["visibility"],
        content=row["content"],
        language=tag,
        language_name=own_name(tag) if tag else "",
        warning=row["spoiler_text"],
        sensitive=bool(row["sensitive"]),
        answers=row["in_reply_to_id"] is not None or row["in_reply_to_uri"] is not None,
        media=tuple(attachments.file(app, one) for one in media if one["post_id"] == post_id),
        poll=next((_question(app, one) for one in polls if one["post_id"] == post_id), None),
        created=from_ms(row["created_at"]),
        edited=None if row["edited_at"] is None else from_ms(row["edited_at"]),
        replies=row["replies_count"],
        boosts=row["reblogs_count"],
        favourites=row["favourites_count"],
        versions=_versions(row) if row["content_map"] else (),
    )


def _versions(row: Row) -> tuple[Version, ...]:
    made = decoded(row["translations"])
    return tuple(
        Version(tag, own_name(tag), text, bool(made.get(tag, {}).get("machine")), _makers(made.get(tag, {})))
        for tag, text in decoded(row["content_map"]).items()
    )


def _makers(made: dict[str, Any]) -> str:
    """Name the program and the people, other than the author, that a version is by."""
    people = [f"@{one['acct']}" for one in made.get("people", ())]
    return ", ".join([*filter(None, [made.get("engine", "")]), *people])


def portrait(app: App, row: Row) -> str:
    """Return the path of an account's picture, "" where it has none that can be shown."""
    if row["avatar"]:
        return f"/media/{row['avatar']}"
    return remote.address(app, "avatar", row["author_id"], row["avatar_remote"], small=True)


def _question(app: App, row: Row) -> Question:
    ends = row["expires_at"]
    over = ends is not None and ends <= to_ms(app.now())
    hidden = bool(row["hide_totals"]) and not over
    options: list[dict[str, Any]] = msgspec.json.decode(row["options"])
    return Question(
        options=tuple(Option(one["title"], None if hidden else one["votes"]) for one in options),
        voters=row["voters_count"],
        ends=None if ends is None else from_ms(ends),
        over=over,
    )

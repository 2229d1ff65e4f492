"""One post in several languages: what its author wrote in each, or let a machine write.

The post itself has the author's language; each other version is kept beside it with who made it (FEP-22cd).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid
from fedinote.text import compose, graphemes, html, language

MAX_VERSIONS = 10
MAX_ENGINE = 100


@dataclass(frozen=True, slots=True)
class Credit:
    """Somebody who translated a post of somebody else's, as of the moment when that was accepted."""

    id: str
    acct: str
    url: str
    uri: str


@dataclass(frozen=True, slots=True)
class VersionDraft:
    """A post in another language, as its author wants it: plain text, or `html` where a client wrote that.

    `poll_options` are all options in their order, or none; `descriptions` are those of attachments, by id as text.
    `machine` is the name of the program that translated ("" when a person wrote), `reviewed` whether a person looked
    it over since. `as_of` (epoch ms) is the version of the post that it belongs to, None: the one being written;
    `stale` tells that the post has been changed since then. `divider` is the line, with the space around it, below
    which it was typed under the post's own text, and `lead` what stood above that (`posts.dividers`); "" otherwise.
    `adopted`: somebody else translated it, and the author took it over; `people` are those who did, if still here.
    """

    text: str = ""
    html: str = ""
    spoiler_text: str = ""
    poll_options: tuple[str, ...] = ()
    descriptions: Mapping[str, str] = field(default_factory=dict)
    machine: str = ""
    reviewed: bool = False
    as_of: int | None = None
    stale: bool = False
    divider: str = ""
    lead: str = ""
    adopted: bool = False
    people: tuple["Credit", ...] = ()

    @property
    def blank(self) -> bool:
        """Whether it says nothing."""
        said = (self.text, self.html, self.spoiler_text, *self.poll_options, *self.descriptions.values())
        return not any(one.strip() for one in said)


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of a post in other languages, as they are stored; every mapping is by canonical tag.

    `contents` is HTML. `made` says of each: `machine` (None: not known), `reviewed`, `engine`, `translators` (ids of
    actors), `source_updated` (epoch ms) and, for local posts, `source`. `descriptions` is by attachment first.
    """

    contents: Mapping[str, str] = field(default_factory=dict)
    summaries: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    descriptions: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    made: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Frame:
    """What the versions of a post must fit: its language, options and attachments, and the moment of writing."""

    language: str | None
    options: Sequence[str]
    media_ids: Sequence[int]
    now: datetime


def checked(app: App, drafts: Mapping[str, VersionDraft], frame: Frame, to_html: Callable[[str], str]) -> Versions:
    """Turn drafts by language into what can be stored. Raises Invalid, which says what is wrong."""
    wanted = _by_tag(drafts, frame.language)
    for draft in wanted.values():
        _check(app, draft, frame)
    described: dict[int, dict[str, str]] = {}
    for tag, draft in wanted.items():
        for media_id, text in draft.descriptions.items():
            if text.strip():
                described.setdefault(int(media_id), {})[tag] = text.strip()
    return Versions(
        contents={tag: text for tag, draft in wanted.items() if (text := _content(draft, to_html))},
        summaries={tag: draft.spoiler_text.strip() for tag, draft in wanted.items() if draft.spoiler_text.strip()},
        options={tag: _stripped(draft.poll_options) for tag, draft in wanted.items() if draft.poll_options},
        descriptions=described,
        made={tag: _made(draft, to_ms(frame.now)) for tag, draft in wanted.items()},
    )


def _content(draft: VersionDraft, to_html: Callable[[str], str]) -> str:
    if draft.html.strip():
        return html.sanitise(draft.html)
    return to_html(draft.text) if draft.text.strip() else ""


def _by_tag(drafts: Mapping[str, VersionDraft], own: str | None) -> dict[str, VersionDraft]:
    found: dict[str, VersionDraft] = {}
    for stated, draft in drafts.items():
        if draft.blank:
            continue
        tag = language.canonical(stated)
        if tag is None:
            raise Invalid(f"Validation failed: Translations: {stated[:35]} is not a valid BCP 47 tag")
        if tag == own:
            raise Invalid(f"Validation failed: Translations: {tag} is the language of the post itself")
        if tag in found:
            raise Invalid(f"Validation failed: Translations: {tag} is there twice")
        found[tag] = draft
    if found and own is None:
        raise Invalid("Validation failed: Language of the post must be told when there are translations")
    if len(found) > MAX_VERSIONS:
        raise Invalid(f"Validation failed: A post can have at most {MAX_VERSIONS} translations")
    return found


def _check(app: App, draft: VersionDraft, frame: Frame) -> None:
    limits = app.settings.posts
    if (
        compose.length(draft.text or html.to_text(draft.html)) + compose.length(draft.spoiler_text)
        > limits.max_characters
    ):
        raise Invalid(f"Validation failed: Text character limit of {limits.max_characters} exceeded")
    _check_options(_stripped(draft.poll_options), frame, limits.max_poll_option_characters)
    if len(draft.machine) > MAX_ENGINE:
        raise Invalid(f"Validation failed: The name of a program can have at most {MAX_ENGINE} characters")
    if not {str(one) for one in frame.media_ids} >= draft.descriptions.keys():
        raise Invalid("Validation failed: A translated description belongs to no attachment of the post")
    most = app.settings.media.max_description
    if any(len(text) > most for text in draft.descriptions.values()):
        raise Invalid(f"Validation failed: Description is too long (maximum is {most} characters)")


def _check_options(options: tuple[str, ...], frame: Frame, most: int) -> None:
    if options and (len(options) != len(frame.options) or not all(options) or len(set(options)) != len(options)):
        raise Invalid("Validation failed: A translated poll needs each option once, in the same order")
    if any(graphemes.count(option) > most for option in options):
        raise Invalid(f"Validation failed: An option can have at most {most} characters")


def _stripped(options: Sequence[str]) -> tuple[str, ...]:
    return tuple(option.strip() for option in options)


def _made(draft: VersionDraft, now: int) -> dict[str, Any]:
    engine = " ".join(draft.machine.split())
    return {
        "machine": bool(engine),
        "reviewed": bool(engine) and draft.reviewed,
        "engine": engine,
        "source": draft.text,
        "source_updated": now if draft.as_of is None else draft.as_of,
        **({"divider": draft.divider, "lead": draft.lead} if draft.divider else {}),
        **({"people": [asdict(one) for one in draft.people]} if draft.adopted else {}),
    }


async def kept(app: App, row: Row) -> dict[str, VersionDraft]:
    """Return the versions of a local post (its row) as drafts, so that an edit need not name them again."""
    made = decoded(row["translations"])
    if not made:
        return {}
    polls, media = await app.db.many(
        ("SELECT translations FROM polls WHERE post_id = ?", (row["id"],)),
        ("SELECT id, description_map FROM media WHERE post_id = ? AND description_map IS NOT NULL", (row["id"],)),
    )
    options = decoded(polls[0]["translations"]) if polls else {}
    descriptions = {str(one["id"]): decoded(one["description_map"]) for one in media}
    warnings, contents = decoded(row["summary_map"]), decoded(row["content_map"])
    return {
        tag: VersionDraft(
            text=one.get("source", ""),
            spoiler_text=warnings.get(tag, ""),
            poll_options=tuple(options.get(tag, ())),
            descriptions={key: texts[tag] for key, texts in descriptions.items() if tag in texts},
            machine=one.get("engine", ""),
            reviewed=bool(one.get("reviewed")),
            as_of=one.get("source_updated"),
            stale=outdated(one, row["edited_at"] or row["created_at"]),
            html="" if one.get("source") else contents.get(tag, ""),  # written as HTML by a client of ActivityPub
            divider=one.get("divider", ""),
            lead=one.get("lead", ""),
            adopted="people" in one,
            people=tuple(Credit(**person) for person in one.get("people", ())),
        )
        for tag, one in made.items()
    }


def fitting(drafts: Mapping[str, VersionDraft], frame: Frame, *, renewed: bool) -> dict[str, VersionDraft]:
    """Take from kept versions what a new version of the post has no place for any more.

    That is the version in what is now the post's own language, options of another poll, descriptions of files that
    were taken out. `renewed`: the words of the post are as they were, so its versions are as fresh as before.
    """
    files = {str(one) for one in frame.media_ids}
    return {
        tag: replace(
            draft,
            poll_options=draft.poll_options if len(draft.poll_options) == len(frame.options) else (),
            descriptions={key: text for key, text in draft.descriptions.items() if key in files},
            as_of=None if renewed and not draft.stale else draft.as_of,
        )
        for tag, draft in drafts.items()
        if tag != frame.language
    }


def outdated(made: Mapping[str, Any], version: int) -> bool:
    """Tell whether a translation is older than the present version of its post (epoch ms of its last edit)."""
    as_of = made.get("source_updated")
    return isinstance(as_of, int) and as_of < version


def decoded(text: str | None) -> dict[str, Any]:
    """Decode a JSON column with a mapping; None is an empty one."""
    found: dict[str, Any] = msgspec.json.decode(text) if text else {}
    return found


def said(contents: Mapping[str, str], warnings: Mapping[str, str]) -> dict[str, str]:
    """Return what the versions of a post say, as HTML by language, the warning first."""
    tags = sorted({**warnings, **contents})
    return {tag: "\n".join((html.escape(warnings.get(tag, "")), contents.get(tag, ""))).strip() for tag in tags}

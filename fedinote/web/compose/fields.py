"""The form in which a post is written, as it was sent: whole without scripts, so every step of it can be shown again.

A field is named by what it holds; those of a file end with its id (`alt_117`). Nothing in it is trusted: ids are looked
up by the verbs as their author's own.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fedinote.infra.errors import Invalid
from fedinote.posts.drafts import Draft, PollDraft
from fedinote.posts.languages import VersionDraft

Lists = Mapping[str, Sequence[str]]
MAX_FILES = 64
_DAY = 86_400
LASTS = (300, 1800, 3600, 6 * 3600, _DAY, 3 * _DAY, 7 * _DAY, 14 * _DAY, 30 * _DAY)
"""The seconds that a poll can be chosen to last."""
_LONGEST_OFFSET = 14 * 60
_MAX_ID = 1 << 63
_PASSING = frozenset({"form_token", "do", "key", "draft", "files", "step", "plan"})


@dataclass(frozen=True, slots=True)
class FileFields:
    """What was written about one attachment. `focus` is "x,y"; `other_alt` the description in the second language."""

    id: int
    alt: str
    focus: str
    cover: bool
    other_alt: str
    title: str | None
    artist: str | None

    @property
    def changes(self) -> dict[str, str | None]:
        """What `media.uploads.describe` is told."""
        names = {"title": self.title, "artist": self.artist}
        return {
            "description": self.alt,
            "focus": self.focus,
            **{name: text for name, text in names.items() if text is not None},
        }


@dataclass(frozen=True, slots=True)
class Filled:
    """The form with what was written into it."""

    lists: Lists

    @classmethod
    def read(cls, lists: Lists) -> "Filled":
        """Take what a browser sent, without the character that no text has and no database keeps."""
        return cls({name: [value.replace("\x00", "") for value in values] for name, values in lists.items()})

    def first(self, name: str, default: str = "") -> str:
        """Return the first value of a field."""
        return next(iter(self.lists.get(name, ())), default)

    def has(self, name: str) -> bool:
        """Tell whether a box is ticked, or a field filled."""
        return bool(self.first(name).strip())

    def id(self, name: str) -> int | None:
        """Return the id in a field, None where there is none."""
        return number(self.first(name))

    @property
    def files(self) -> tuple[FileFields, ...]:
        """The attachments in the order that was asked for; those to be taken off are left out."""
        dropped = set(self.lists.get("drop", ()))
        ids = [one for one in list(dict.fromkeys(self.lists.get("media", ())))[:MAX_FILES] if one not in dropped]
        placed = sorted(enumerate(ids), key=lambda pair: (self._place(pair[1], pair[0]), pair[0]))
        return tuple(self._file(one) for _, one in placed if number(one) is not None)

    def _place(self, media_id: str, before: int) -> float:
        """Return where a file shall stand; one that was moved to another's place comes before that one."""
        stated = self.first(f"order_{media_id}")
        if not stated.isascii() or not stated.isdigit() or len(stated) > 3:
            return before + 1
        place = int(stated)
        return place if place == before + 1 else place - 0.5 if place < before + 1 else place + 0.5

    def _file(self, media_id: str) -> FileFields:
        names = {name: self.lists.get(f"{name}_{media_id}") for name in ("title", "artist")}
        return FileFields(
            id=int(media_id),
            alt=self.first(f"alt_{media_id}"),
            focus=self.first(f"focus_{media_id}"),
            cover=media_id in self.lists.get("cover", ()),
            other_alt=self.first(f"other_alt_{media_id}"),
            title=next(iter(names["title"]), "") if names["title"] is not None else None,
            artist=next(iter(names["artist"]), "") if names["artist"] is not None else None,
        )

    @property
    def poll(self) -> PollDraft | None:
        """The poll, None where no option is written."""
        options = tuple(one for one in self.lists.get("option", ()) if one.strip())
        if not options:
            return None
        lasts = self.first("lasts", str(_DAY))
        seconds = int(lasts) if lasts.isascii() and lasts.isdigit() and len(lasts) < 9 else 0
        return PollDraft(options, seconds, self.has("multiple"), self.has("hide_totals"))

    @property
    def _other_options(self) -> tuple[str, ...]:
        """The options in the second language, without those beside a row that is left out."""
        own, others = self.lists.get("option", ()), self.lists.get("other_option", ())
        if len(own) != len(others):
            return tuple(others)
        return tuple(other for mine, other in zip(own, others, strict=True) if mine.strip() or other.strip())

    @property
    def drafted(self) -> str:
        """A mark of the words in the second language: the same for the same words."""
        said = (self.first("other_text"), self.first("other_warning"), *self.lists.get("other_option", ()))
        alts = [f"{file.id}:{file.other_alt}" for file in self.files]
        joined = "\x00".join(" ".join(one.split()) for one in (*said, *alts) if one.strip())
        return hashlib.sha256(joined.encode(errors="replace")).hexdigest()[:32]

    @property
    def marked(self) -> "Filled":
        """The form with a mark of how its second language is now, by which `versions` knows it to be edited."""
        return Filled({**self.lists, "machine_was": [self.drafted]})

    def versions(self) -> dict[str, VersionDraft]:
        """Return the second language, if there is one.

        What a machine drafted stays marked as a machine's; once it was edited, or somebody says to have read it, it
        counts as looked over by a person.
        """
        tag = self.first("other").strip()
        options = self._other_options
        version = VersionDraft(
            text=self.first("other_text"),
            spoiler_text=self.first("other_warning"),
            poll_options=options if self.poll and any(one.strip() for one in options) else (),
            descriptions={str(file.id): file.other_alt for file in self.files if file.other_alt.strip()},
            machine=self.first("machine").strip(),
            reviewed=self.has("machine") and (self.has("read") or self.drafted != self.first("machine_was")),
        )
        return {tag: version} if tag and not version.blank else {}

    def draft(self) -> Draft:
        """Return what shall be published."""
        files = self.files
        return Draft(
            text=self.first("text"),
            spoiler_text=self.first("warning"),
            sensitive=self.has("sensitive"),
            visibility=self.first("visibility", "public"),
            language=self.first("language").strip() or None,
            in_reply_to_id=self.id("reply"),
            media_ids=tuple(file.id for file in files),
            covers=tuple(file.id for file in files if file.cover),
            poll=self.poll,
            quoted_id=self.id("quote"),
            quote_policy=self.first("quote_policy", "public"),
            reply_policy=self.first("reply_policy", "public"),
            translations=self.versions(),
            machine_translation=self.first("machine_translation", "any"),
        )

    def due(self) -> datetime | None:
        """Return when it shall be published, None for at once. Raises Invalid for what is no time."""
        stated = self.first("at").strip()
        if not stated:
            return None
        try:
            local = datetime.fromisoformat(stated)
        except ValueError:
            raise Invalid("Validation failed: Scheduled at is not a time") from None
        if local.tzinfo is not None:
            return local.astimezone(UTC)
        return local.replace(tzinfo=UTC) - timedelta(minutes=self.offset)

    @property
    def offset(self) -> int:
        """How many minutes the author's clock is ahead of UTC, as the browser says; 0 where it says nothing."""
        stated = self.first("offset").strip()
        ahead = int(stated) if stated.lstrip("-").isdigit() and stated.isascii() and len(stated) < 5 else 0
        return ahead if abs(ahead) <= _LONGEST_OFFSET else 0

    @property
    def kept(self) -> Lists:
        """What a draft keeps of the form."""
        return {name: list(values) for name, values in self.lists.items() if name not in _PASSING and any(values)}

    @property
    def empty(self) -> bool:
        """Whether nothing was written or attached that would be lost."""
        return not any(self.has(name) for name in ("text", "warning", "media", "option", "other_text"))


def number(text: str) -> int | None:
    """Return an id that came as text; None for what is none."""
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    return int(text) if int(text) < _MAX_ID else None

"""Polls: the `oneOf` and `anyOf` of a Question (FEP-9967)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fedinote.activitypub.quirks import poll_end
from fedinote.activitypub.shapes import count, first, items, language_map, line

MAX_OPTIONS = 500
MAX_OPTION = 2048


@dataclass(frozen=True, slots=True)
class PollOption:
    """One answer and how many have chosen it; `names` has it in several languages."""

    name: str
    votes: int
    names: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """A question's answers. `ends_at` None: never. `closed`: it was ended by decision. `voters` None: unknown."""

    options: tuple[PollOption, ...]
    multiple: bool
    ends_at: datetime | None
    closed: bool
    voters: int | None


def parse_poll(document: dict[str, Any]) -> Poll | None:
    """The poll of a Question; None when it has no answers to choose from."""
    multiple = bool(items(document.get("anyOf"))) and not items(document.get("oneOf"))
    entries = items(document.get("anyOf") if multiple else document.get("oneOf"))
    options = tuple(option for entry in entries[:MAX_OPTIONS] if (option := _option(entry)))
    if not options:
        return None
    ends_at, closed = poll_end(document)
    return Poll(options, multiple, ends_at, closed, count(document.get("votersCount")))


def _option(entry: Any) -> PollOption | None:
    if not isinstance(entry, dict):
        return None
    names = {tag: line(text, MAX_OPTION) for tag, text in language_map(entry.get("nameMap"), MAX_OPTION).items()}
    name, replies = line(entry.get("name"), MAX_OPTION) or next(iter(names.values()), ""), first(entry.get("replies"))
    votes = count(replies.get("totalItems")) if isinstance(replies, dict) else None
    return PollOption(name, votes or 0, names or None) if name else None

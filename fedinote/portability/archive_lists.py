"""The lists, filters and wishes of an archive, taken over where its owner asked for that.

Lists (CSV) become imports of their own, which merge with what is there and say line by line what failed. From
account.json come what they cannot say: how long a mute lasts, whose answers a list shows; and filters.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.clock import from_iso
from fedinote.infra.errors import FediNoteError, Invalid
from fedinote.portability import formats, imports
from fedinote.portability.archive_contents import CSV_NAMES
from fedinote.timelines import filter_rules, filters, lists
from fedinote.timelines.filter_rules import FilterChanges, KeywordChange

NAME = "account.json"


class _Mute(msgspec.Struct):
    address: str
    expires_at: str | None = None


class _List(msgspec.Struct):
    title: str
    replies_policy: str = "list"
    exclusive: bool = False


class _Word(msgspec.Struct):
    keyword: str
    whole_word: bool = True


class _Filter(msgspec.Struct):
    title: str
    context: list[str]
    action: str = "warn"
    expires_at: str | None = None
    words: list[_Word] = []
    posts: list[str] = []


class _Records(msgspec.Struct):
    """account.json, as far as it is read; what is damaged in it is left out."""

    mutes: list[msgspec.Raw] = []
    lists: list[msgspec.Raw] = []
    filters: list[msgspec.Raw] = []


async def restore(app: App, account_id: int, place: Path) -> None:
    """Take over what a folder has of an unpacked archive. Repeating it changes nothing."""
    records = await asyncio.to_thread(_records, place / NAME)
    for one in _decoded(records.lists[: lists.MAX_LISTS], _List):
        await _list(app, account_id, one)
    for rule in _decoded(records.filters[: filter_rules.MAX_FILTERS], _Filter):
        with contextlib.suppress(FediNoteError):
            await _filter(app, account_id, rule)
    ends = {one.address.lower(): one.expires_at for one in _decoded(records.mutes, _Mute) if one.expires_at}
    for kind, name in CSV_NAMES.items():
        rows = await asyncio.to_thread(_rows, kind, place / name)
        if kind == "mutes":
            rows = _lasting(app, rows, ends)
        with contextlib.suppress(FediNoteError):  # one of that kind is going on
            if rows:
                await imports.begin(app, account_id, kind, rows)


def _records(path: Path) -> _Records:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Records)
    except (OSError, msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return _Records()


def _decoded(raws: Sequence[msgspec.Raw], kind: Any) -> list[Any]:
    found = []
    for raw in raws:
        if b"\\u0000" in bytes(raw):
            continue  # a character that no database keeps
        with contextlib.suppress(msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            found.append(msgspec.json.decode(raw, type=kind))
    return found


def _rows(kind: str, path: Path) -> list[list[str]]:
    try:
        return formats.read(kind, path.read_bytes())
    except (OSError, Invalid):
        return []


def _lasting(app: App, rows: list[list[str]], ends: Mapping[str, str]) -> list[list[str]]:
    """Add to each row of a mute when it ends; leave out those that are over."""
    found = []
    for row in rows:
        end = ends.get(row[0].lower())
        if end is None:
            found.append(row)
            continue
        with contextlib.suppress(Invalid):
            if from_iso(end) > app.now():
                found.append([*row, end])
    return found


async def _list(app: App, account_id: int, wanted: _List) -> None:
    mine = {one.title for one in await lists.of(app, account_id)}
    if wanted.title.strip() not in mine:
        with contextlib.suppress(FediNoteError):
            await lists.create(
                app, account_id, wanted.title, replies_policy=wanted.replies_policy, exclusive=wanted.exclusive
            )


async def _filter(app: App, account_id: int, wanted: _Filter) -> None:
    """Make a filter, unless one with this title and these words is there, or it is over."""
    words = tuple(dict.fromkeys((word.keyword, word.whole_word) for word in wanted.words))
    there = [(one.title, {word.keyword for word in one.keywords}) for one in await filters.of(app, account_id)]
    end = None if wanted.expires_at is None else from_iso(wanted.expires_at)
    if (wanted.title.strip(), {word for word, _ in words}) in there or (end is not None and end <= app.now()):
        return
    changes = FilterChanges(
        title=wanted.title,
        context=wanted.context,
        action=wanted.action,
        expires_at=end,
        sets_expiry=end is not None,
        keywords=[KeywordChange(keyword=word, whole_word=whole) for word, whole in words],
    )
    made = await filter_rules.create(app, account_id, changes)
    rows = await app.db.rows("SELECT id FROM posts WHERE uri IN_TEXTS(?)", wanted.posts[: filter_rules.MAX_POSTS])
    for row in rows:
        with contextlib.suppress(FediNoteError):
            await filter_rules.add_post(app, account_id, made.id, row["id"])

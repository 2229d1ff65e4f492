"""Keeping the glossary: entries by those who run the server, and proposals by members, which wait for a decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.posts.drafts import encoded
from fedinote.text import language
from fedinote.translation import glossary, glossary_renewing
from fedinote.translation.glossary import Entry
from fedinote.translation.glossary_matching import key_of

MAX_ENTRIES = 5000
MAX_TERM = 64
MAX_TEXT = 500
MAX_TAGS = 20
MAX_COMMENT = 500
MAX_OPEN = 20
"""Proposals of one member that may wait at a time."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An entry that a member proposes; `state`: open, accepted, rejected; `created_at` in epoch ms."""

    id: int
    account_id: int
    entry: Entry
    comment: str
    state: str
    created_at: int


def checked(entry: Entry) -> Entry:
    """Return an entry with canonical tags and tidy texts. Raises Invalid, which says what is wrong."""
    term = " ".join(entry.term.split())
    if not 0 < len(key_of(term)) <= 2 * MAX_TERM or len(term) > MAX_TERM:
        raise Invalid(f"Validation failed: Term must have between 1 and {MAX_TERM} characters")
    if not any(char.isalnum() for char in term):
        raise Invalid("Validation failed: Term has no letter or digit")
    origin = _tag(entry.origin)
    languages = tuple(dict.fromkeys(map(_tag, entry.languages)))
    if len(languages) > MAX_TAGS:
        raise Invalid(f"Validation failed: A term can have at most {MAX_TAGS} languages")
    meanings, translations = _texts(entry.meanings), _texts(entry.translations)
    if not (meanings or translations or entry.keep):
        raise Invalid("Validation failed: A term needs a meaning, a translation, or to be kept as it is")
    return replace(entry, term=term, origin=origin, languages=languages, meanings=meanings, translations=translations)


def _tag(stated: str) -> str:
    tag = language.canonical(stated)
    if tag is None:
        raise Invalid(f"Validation failed: {stated[:35]} is not a valid BCP 47 tag")
    return tag


def _texts(stated: Mapping[str, str]) -> dict[str, str]:
    found = {_tag(tag): " ".join(text.split()) for tag, text in stated.items() if text.strip()}
    if len(found) > MAX_TAGS:
        raise Invalid(f"Validation failed: A term can be explained and translated in at most {MAX_TAGS} languages")
    if any(len(text) > MAX_TEXT for text in found.values()):
        raise Invalid(f"Validation failed: A meaning or translation can have at most {MAX_TEXT} characters")
    return found


async def put(app: App, entry: Entry, *, renew: bool = True) -> Entry:
    """Add an entry, or change the one with its `id`, else the one with its term and origin.

    With `renew`, finished translations of posts that have the term are void.
    Raises Invalid (what is wrong) and NotFound (no such id).
    """
    entry = checked(entry)
    async with app.db.transaction():
        present = await _present(app, entry)
        if present is None:
            await _check_room(app, 1)
        entry = replace(entry, id=present or app.ids.next())
        await _write(app, entry, is_new=present is None)
        if renew:
            await glossary_renewing.plan(app, [entry.term])
    _changed(app)
    return entry


async def _present(app: App, entry: Entry) -> int | None:
    """Return the id of the entry that is meant; Invalid where another one has its term already."""
    key = key_of(entry.term)
    same: int | None = await app.db.value(
        "SELECT id AS value FROM glossary_entries WHERE key = ? AND origin = ?", key, entry.origin
    )
    if entry.id is None:
        return same
    if await app.db.row("SELECT id FROM glossary_entries WHERE id = ?", entry.id) is None:
        raise NotFound
    if same not in (None, entry.id):
        raise Invalid("Validation failed: Term has already been taken")
    return entry.id


async def _check_room(app: App, more: int) -> None:
    total: int = await app.db.value("SELECT COUNT(*) AS value FROM glossary_entries")
    if total + more > MAX_ENTRIES:
        raise Invalid(f"Validation failed: A glossary can have at most {MAX_ENTRIES} entries")


async def _write(app: App, entry: Entry, *, is_new: bool) -> None:
    # Later than any other change, whatever the clock: the newest time tells other processes that something changed.
    newest: int = await app.db.value("SELECT COALESCE(MAX(updated_at), 0) AS value FROM glossary_entries")
    now = max(to_ms(app.now()), newest + 1)
    values = (
        entry.term, key_of(entry.term), entry.origin, encoded(list(entry.languages)), encoded(dict(entry.meanings)),
        encoded(dict(entry.translations)), entry.keep, now,
    )  # fmt: skip
    if is_new:
        await app.db.execute(
            "INSERT INTO glossary_entries (term, key, origin, languages, meanings, translations, keep, updated_at, id,"
            " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *values,
            entry.id,
            now,
        )
    else:
        await app.db.execute(
            "UPDATE glossary_entries SET term = ?, key = ?, origin = ?, languages = ?, meanings = ?, translations = ?,"
            " keep = ?, updated_at = ? WHERE id = ?",
            *values,
            entry.id,
        )


async def put_all(app: App, entries: Sequence[Entry]) -> int:
    """Add or change many entries, all or none of them; return how many. Raises Invalid."""
    async with app.db.transaction():
        for entry in entries:
            await put(app, replace(entry, id=None), renew=False)
        await glossary_renewing.plan(app, [entry.term for entry in entries])
    _changed(app)
    return len(entries)


async def remove(app: App, entry_id: int) -> None:
    """Take an entry out. Raises NotFound."""
    async with app.db.transaction():
        gone = await app.db.returning("DELETE FROM glossary_entries WHERE id = ? RETURNING term", entry_id)
        if not gone:
            raise NotFound
        await glossary_renewing.plan(app, [gone[0]["term"]])
    _changed(app)


def _changed(app: App) -> None:
    app.db.after_commit(lambda: glossary.forget(app))


async def show(app: App, entry_id: int) -> Entry:
    """Return an entry. Raises NotFound."""
    row = await app.db.row("SELECT * FROM glossary_entries WHERE id = ?", entry_id)
    if row is None:
        raise NotFound
    return glossary.entry_of(row)


async def everything(app: App) -> list[Entry]:
    """Return all entries, by their terms."""
    rows = await app.db.rows("SELECT * FROM glossary_entries ORDER BY key, id")
    return [glossary.entry_of(row) for row in rows]


async def propose(app: App, account_id: int, entry: Entry, comment: str = "") -> Proposal:
    """Let a member propose an entry, new or instead of the one with its term. Raises Invalid."""
    entry, comment = checked(replace(entry, id=None)), comment.strip()
    if len(comment) > MAX_COMMENT:
        raise Invalid(f"Validation failed: Comment is too long (maximum is {MAX_COMMENT} characters)")
    async with app.db.transaction():
        if app.db.lock:  # two at once would both see room for one
            await app.db.rows(f"SELECT 1 AS value FROM accounts WHERE id = ?{app.db.lock}", account_id)  # noqa: S608
        waiting: int = await app.db.value(
            "SELECT COUNT(*) AS value FROM glossary_proposals WHERE account_id = ? AND state = 'open'", account_id
        )
        if waiting >= MAX_OPEN:
            raise Invalid(f"Validation failed: {MAX_OPEN} of your proposals wait for a decision already")
        found = Proposal(app.ids.next(), account_id, entry, comment, "open", to_ms(app.now()))
        await app.db.execute(
            "INSERT INTO glossary_proposals (id, account_id, entry, comment, state, created_at)"
            " VALUES (?, ?, ?, ?, 'open', ?)",
            found.id,
            account_id,
            encoded(_plain(entry)),
            comment,
            found.created_at,
        )
    return found


def _plain(entry: Entry) -> dict[str, Any]:
    return {
        "term": entry.term,
        "origin": entry.origin,
        "languages": list(entry.languages),
        "meanings": dict(entry.meanings),
        "translations": dict(entry.translations),
        "keep": entry.keep,
    }


async def proposals(app: App, *, of: int | None = None, state: str | None = None) -> list[Proposal]:
    """Return proposals, the oldest first, at most 200: of one member, or (`of` None) of all, in one state or any."""
    rows = await app.db.rows(
        "SELECT * FROM glossary_proposals WHERE (CAST(? AS BIGINT) IS NULL OR account_id = ?)"
        " AND (CAST(? AS TEXT) IS NULL OR state = ?) ORDER BY id LIMIT 200",
        of,
        of,
        state,
        state,
    )
    return [_proposal(row) for row in rows]


def _proposal(row: Row) -> Proposal:
    entry = msgspec.convert(msgspec.json.decode(row["entry"]), Entry)
    return Proposal(row["id"], row["account_id"], entry, row["comment"], row["state"], row["created_at"])


async def decide(app: App, proposal_id: int, *, accepted: bool) -> Proposal:
    """Accept a proposal, which puts its entry into the glossary, or reject it.

    Raises NotFound for one that is not open (any more).
    """
    state = "accepted" if accepted else "rejected"
    async with app.db.transaction():
        rows = await app.db.returning(
            "UPDATE glossary_proposals SET state = ?, decided_at = ? WHERE id = ? AND state = 'open' RETURNING *",
            state,
            app.now(),
            proposal_id,
        )
        if not rows:
            raise NotFound
        found = _proposal(rows[0])
        if accepted:
            await put(app, found.entry)
    return found


async def withdraw(app: App, account_id: int, proposal_id: int) -> None:
    """Let a member take an open proposal back. Raises NotFound."""
    if not await app.db.execute(
        "DELETE FROM glossary_proposals WHERE id = ? AND account_id = ? AND state = 'open'", proposal_id, account_id
    ):
        raise NotFound

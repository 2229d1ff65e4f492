"""Moderators read in their own language: comments, posts, bios, reasons and appeals, original beside translation.

What is not public goes to engines on this machine alone; what its author withheld from machines is not translated at
all. Where nothing can be made, `problem` says why, and somebody who reads the language has to be asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError
from fedinote.text import html, language
from fedinote.translation import asking, consent
from fedinote.translation.asking import Question
from fedinote.translation.consent import Clearance
from fedinote.translation.ledger import Purpose
from fedinote.translation.segments import Segmented, segment_html, segment_text

_POSTS = """SELECT p.id, p.content, p.spoiler_text, p.language, p.visibility, p.machine_translation, p.account_id,
 a.machine_translation AS wish FROM posts p JOIN accounts a ON a.id = p.account_id WHERE p.id IN_INTS(?)"""
_BIOS = "SELECT id, display_name, note, fields, locked, machine_translation FROM accounts WHERE id IN_INTS(?)"


@dataclass(frozen=True, slots=True)
class Passage:
    """Something to read. `html`: it is sanitised HTML; otherwise plain text. `language` None: not known."""

    text: str
    language: str | None
    clearance: Clearance
    html: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A passage for a moderator. `translated` is "" where the reader knows the language, or there is a `problem`."""

    text: str
    language: str
    html: bool
    translated: str = ""
    engine: str = ""
    problem: str = ""


def private(text: str, tongue: str | None = None) -> Passage:
    """Return words between a person and the staff (a comment, a reason, an appeal) as a passage."""
    return Passage(text, tongue, consent.HERE)


async def posts(app: App, ids: Sequence[int]) -> dict[int, Passage]:
    """Return posts as passages, by id, whatever their visibility: whoever calls may read them as a moderator."""
    rows = await app.db.rows(_POSTS, list(ids)) if ids else []
    return {row["id"]: _post(row) for row in rows}


def _post(row: Row) -> Passage:
    warning = f"<p>{html.escape(row['spoiler_text'])}</p>" if row["spoiler_text"] else ""
    return Passage(warning + row["content"], row["language"], consent.for_post(row, row["wish"]), html=True)


async def bios(app: App, ids: Sequence[int]) -> dict[int, Passage]:
    """Return what accounts say of themselves as passages, by id."""
    rows = await app.db.rows(_BIOS, list(ids)) if ids else []
    return {row["id"]: Passage(row["note"], None, consent.for_profile(row), html=True) for row in rows}


async def profiles(app: App, ids: Sequence[int]) -> dict[int, Passage]:
    """Return all that accounts tell of themselves as passages, by id: the name, the bio and the facts, as one HTML."""
    rows = await app.db.rows(_BIOS, list(ids)) if ids else []
    return {row["id"]: Passage(_told(row), None, consent.for_profile(row), html=True) for row in rows}


def _told(row: Row) -> str:
    name = f"<p><strong>{html.escape(row['display_name'])}</strong></p>" if row["display_name"] else ""
    facts = (f"<p>{html.escape(one['name'])}: {one['value']}</p>" for one in msgspec.json.decode(row["fields"]))
    return html.sanitise(name + row["note"] + "".join(facts))


async def read(app: App, passage: Passage, reader: str, known: Sequence[str] = ()) -> Reading:
    """Return a passage with its translation for a reader of a language (BCP 47). Not to be awaited in a transaction.

    `known` are other languages that the reader understands: they are not translated.
    Never raises because of an engine: the reading says what the problem was.
    """
    plain = html.to_text(passage.text) if passage.html else passage.text
    source = language.source(plain, passage.language, None)
    shown = Reading(passage.text, source or passage.language or "", passage.html)
    cut = segment_html(passage.text) if passage.html else segment_text(passage.text)
    runs = list(cut.runs)
    if not runs or (source is not None and _reads(reader, known, source)):
        return shown
    question = Question(runs, source, reader, passage.clearance, None, Purpose.MODERATION)
    try:
        answer = await asking.ask(app, question)
    except FediNoteError as error:
        return Reading(shown.text, shown.language, shown.html, problem=error.message)
    if answer.detected and _reads(reader, known, answer.detected):
        return shown
    words = _rebuilt(cut, answer.texts, passage.html)
    return Reading(shown.text, shown.language or answer.detected or "", shown.html, words, answer.engine_name)


def _reads(reader: str, known: Sequence[str], source: str) -> bool:
    return language.match(reader, [source]) is not None or language.reads(known, source)


def _rebuilt(cut: Segmented, texts: Sequence[str], is_html: bool) -> str:
    made = cut.rebuild(texts)
    return html.sanitise(made) if is_html else made

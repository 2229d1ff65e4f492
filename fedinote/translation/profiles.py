"""What accounts say of themselves, in a reader's language: the note and the fields, made as posts are."""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Invalid, NotFound, Unavailable
from fedinote.text import html
from fedinote.translation import asking, consent, marks, preferences
from fedinote.translation.asking import Answer, Question
from fedinote.translation.budgets import OverBudget
from fedinote.translation.ledger import Purpose
from fedinote.translation.preferences import Mode, Preferences
from fedinote.translation.segments import Segmented, segment_html, segment_text
from fedinote.translation.translations import FAILED, KNOWN, NOTHING, REFUSED, source_of
from fedinote.translation.views import READY

_COLUMNS = "account_id, target, version, state, source, note, fields, mark, engine, location, kind, tries, made_at"
_FINISHED = f"SELECT {_COLUMNS} FROM account_translations WHERE account_id IN_INTS(?) AND target = ?"  # noqa: S608
_KEEP = f"""INSERT INTO account_translations ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
 ON CONFLICT (account_id, target) DO UPDATE SET version = excluded.version, state = excluded.state,
 source = excluded.source, note = excluded.note, fields = excluded.fields, mark = excluded.mark,
 engine = excluded.engine, location = excluded.location, kind = excluded.kind, tries = excluded.tries,
 made_at = excluded.made_at"""  # noqa: S608
_ACCOUNT = """SELECT id, url, uri, locked, note, fields, machine_translation FROM accounts
 WHERE id = ? AND deleted_at IS NULL AND suspended_at IS NULL"""


def version_of(row: Row) -> str:
    """Return what tells the versions of a profile apart: a hash of its note and fields (as they are stored)."""
    return hashlib.sha256(f"{row['note']}\0{row['fields']}".encode()).hexdigest()[:16]


def way(own: Preferences, row: Row, made: Row | None) -> Mode:
    """Return how a profile (id, note, fields as stored) is shown to a reader; BUTTON: as its owner wrote it."""
    if made is None or made["state"] != READY or made["version"] != version_of(row):
        return Mode.BUTTON
    return own.way(row["id"], made["source"])


def missing(own: Preferences, row: Row, made: Row | None) -> bool:
    """Tell whether this profile should be translated for the reader: it has words, and nobody tried yet."""
    if made is not None and made["version"] == version_of(row):
        return bool(made["state"] == KNOWN and own.way(row["id"], made["source"]) is not Mode.BUTTON)
    return (row["note"] != "" or row["fields"] not in (None, "[]")) and own.may_want(row["id"])


async def finished(app: App, account_ids: Sequence[int], target: str) -> dict[int, Row]:
    """Return what is kept of profiles in a language by account id, in one query. `way` says whether it counts."""
    if not account_ids:
        return {}
    return {row["account_id"]: row for row in await app.db.rows(_FINISHED, list(account_ids), target)}


async def finish(app: App, account_id: int, target: str, *, payer: int | None = None) -> None:
    """Have a profile in a language, and keep why not where that cannot be. Raises Unavailable."""
    row = await app.db.row(_ACCOUNT, account_id)
    if row is None:
        return
    kept = (await finished(app, [account_id], target)).get(account_id)
    if kept is not None and kept["version"] == version_of(row) and kept["state"] in (READY, NOTHING):
        return
    fields: list[dict[str, Any]] = msgspec.json.decode(row["fields"]) if row["fields"] else []
    source = source_of(_words(row, fields), None)
    try:
        await _make(app, row, target, (fields, source, payer))
    except (OverBudget, Forbidden, Invalid, NotFound):
        await _keep(app, row, target, {"state": REFUSED, "source": source or ""})
    except Unavailable:
        await _keep(app, row, target, {"state": FAILED, "source": source or ""})
        raise


def _words(row: Row, fields: Sequence[dict[str, Any]]) -> str:
    """Return what tells the language of a profile: the note, or where there is none the fields."""
    return html.to_text(row["note"]) or "\n".join(html.to_text(one["value"]) for one in fields)


async def _make(
    app: App, row: Row, target: str, about: tuple[Sequence[dict[str, Any]], str | None, int | None]
) -> None:
    fields, source, payer = about
    if not await preferences.wanted(app, author_id=row["id"], source=source or "", into=target):
        await _keep(app, row, target, {"state": KNOWN, "source": source or ""})
        return
    texts = [segment_html(row["note"])]
    for one in fields:
        texts += [segment_text(one.get("name", "")), segment_html(one.get("value", ""))]
    runs = [run for text in texts for run in text.runs]
    if not runs:
        await _keep(app, row, target, {"state": NOTHING, "source": source or ""})
        return
    clearance = consent.for_profile(row)
    answer = await asking.ask(app, Question(runs, source, target, clearance, payer, Purpose.PROFILE))
    await _keep(app, row, target, _rebuilt(texts, answer, source or answer.detected or ""))


def _rebuilt(texts: Sequence[Segmented], answer: Answer, source: str) -> dict[str, Any]:
    rebuilt, position = [], 0
    for text in texts:
        rebuilt.append(text.rebuild(answer.texts[position : position + len(text.runs)]))
        position += len(text.runs)
    note, *others = rebuilt
    pairs = zip(others[::2], others[1::2], strict=True)
    return {
        "state": READY,
        "source": source,
        "note": html.sanitise(note),
        "fields": [{"name": name, "value": html.sanitise(value)} for name, value in pairs],
        "engine": answer.engine_name,
        "location": answer.location.value,
        "kind": answer.kind.value,
    }


async def _keep(app: App, row: Row, target: str, made: dict[str, Any]) -> None:
    mark = ""
    if made["state"] == READY:
        mark = marks.line(
            target=target, source=made["source"], engine=made["engine"], kind=made["kind"], url=row["url"] or row["uri"]
        )
    await app.db.execute(
        _KEEP,
        row["id"],
        target,
        version_of(row),
        made["state"],
        made["source"],
        made.get("note", ""),
        msgspec.json.encode(made.get("fields", [])).decode(),
        mark,
        made.get("engine", ""),
        made.get("location", ""),
        made.get("kind", ""),
        0,
        app.now(),
    )

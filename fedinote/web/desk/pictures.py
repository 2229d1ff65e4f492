"""/admin/pictures: the sets of known pictures, what is in each, lists in and out, and what rules caught by them."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response, StreamingResponse

from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation.moderator import Power
from fedinote.moderation.pictures import entries, exchange, library, matches
from fedinote.moderation.pictures.entries import About, Entry
from fedinote.timelines.window import Window
from fedinote.web import attachments, pages, shell
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.attachments import File
from fedinote.web.desk import evidence, forms, rule_forms, whys
from fedinote.web.pages import Upload

PATH = "/admin/pictures"
PAGE, MATCHES = 50, 10


@dataclass(frozen=True, slots=True)
class Match:
    """A post that a rule caught by its pictures. `link` and `files` are there where the post is."""

    handle: str
    account_id: int
    action: str
    why: str
    at: datetime
    link: str
    files: tuple[File, ...]


async def page(staff: Staff) -> Response:
    """GET /admin/pictures: the sets, and what rules caught by them, newest first."""
    return await _show(staff)


async def create(staff: Staff, form: Upload) -> Response:
    """POST /admin/pictures: make a set."""
    fields = form.fields
    wanted = library.Wanted(fields.get("name", ""), fields.get("source", ""), fields.get("reason", ""))
    try:
        made = await library.create(staff.app, wanted, by=staff.by)
    except Invalid as error:
        return await _show(staff, fields, guard.wrong(staff, error))
    return guard.done(staff, f"{PATH}/{made['id']}", staff.gettext("The set is there. It is empty yet."))


async def _show(staff: Staff, typed: Mapping[str, str] | None = None, problem: str = "") -> Response:
    asked = pages.query(staff.request) if staff.request.method == "GET" else {}
    window = Window(MATCHES, max_id=number(asked["max_id"]) if asked.get("max_id") else None)
    caught = await matches.page(staff.app, window.sql)
    return await guard.show(
        staff,
        "desk/pictures.html",
        status=422 if problem else 200,
        sets=await library.listing(staff.app),
        used=await library.used(staff.app),
        found=await _matches(staff, caught),
        more=f"{PATH}?max_id={caught[-1]['id']}#matches" if len(caught) == MATCHES else "",
        typed=typed or {},
        writes=staff.may(Power.DOMAINS),
        problems=[problem] if problem else [],
        action_names={value: name for value, name, _ in rule_forms.actions(staff.here.words)},
    )


async def _matches(staff: Staff, caught: Sequence[Row]) -> list[Match]:
    ids = [row["post_id"] for row in caught if row["post_id"] is not None]
    media = await files_of(staff, ids) if ids else []
    return [_match(staff, row, media) for row in caught]


async def files_of(staff: Staff, post_ids: Sequence[int]) -> list[Row]:
    """Return the rows of the files of posts, as `attachments.file` takes them."""
    sql, params = attachments.query(post_ids)
    return await staff.app.db.rows(sql, *params)


def _match(staff: Staff, row: Row, media: Sequence[Row]) -> Match:
    handle = f"@{row['username']}@{row['domain']}" if row["domain"] else f"@{row['username']}"
    post_id = row["post_id"]
    return Match(
        handle=handle,
        account_id=row["account_id"],
        action=row["action"],
        why=whys.said(staff.here.words, row["why"]),
        at=from_ms(row["created_at"]),
        link=f"/{handle}/{post_id}" if post_id is not None else "",
        files=tuple(attachments.file(staff.app, one) for one in media if one["post_id"] == post_id),
    )


async def one(staff: Staff) -> Response:
    """GET /admin/pictures/{id}: what is in a set, newest first."""
    return await _show_one(staff, await _found(staff))


async def _found(staff: Staff) -> Row:
    return await library.get(staff.app, number(staff.request.path_params["id"]))


async def _show_one(staff: Staff, row: Row, problem: str = "") -> Response:
    asked = pages.query(staff.request) if staff.request.method == "GET" else {}
    window = Window(PAGE, max_id=number(asked["max_id"]) if asked.get("max_id") else None)
    rows = await entries.page(staff.app, row["id"], window.sql)
    return await guard.show(
        staff,
        "desk/picture_set.html",
        status=422 if problem else 200,
        one=row,
        found=[{**_entry(entry), "at": from_ms(entry["created_at"])} for entry in rows],
        names=await evidence.handles(staff.app, [entry["added_by"] for entry in rows]),
        rules=(await library.used(staff.app)).get(row["name"], []),
        more=f"{PATH}/{row['id']}?max_id={rows[-1]['id']}" if len(rows) == PAGE else "",
        writes=staff.may(Power.DOMAINS),
        problems=[problem] if problem else [],
    )


def _entry(row: Row) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "kind", "hash", "label", "source", "reason", "added_by")}


async def change(staff: Staff, form: Upload) -> Response:
    """POST /admin/pictures/{id}: what the button `deed` says: add, import, take_out, remove."""
    row = await _found(staff)
    deed = {"add": _add, "import": _import, "take_out": _take_out, "remove": _remove}.get(form.fields.get("deed", ""))
    if deed is None:
        raise NotFound
    try:
        return await deed(staff, row, form)
    except Invalid as error:
        return await _show_one(staff, row, guard.wrong(staff, error))


async def _add(staff: Staff, row: Row, form: Upload) -> Response:
    """Add a picture that is sent, of which only hashes are kept, or a hash that is typed."""
    about, added = _about(form), 0
    file = form.file("picture")
    if file is not None:
        data = await _bytes(file, staff.app.settings.media.max_image_bytes)
        added += await entries.add_file(staff.app, row["id"], data, about, by=staff.by)
    if typed := form.fields.get("hash", "").strip():
        new = Entry(form.fields.get("kind", "pdq"), typed, about.label, about.source, about.reason)
        added += await entries.add(staff.app, row["id"], [new], by=staff.by)
    if file is None and not typed:
        raise Invalid("Validation failed: Choose a picture, or write its hash")
    return said(staff, f"{PATH}/{row['id']}", added)


def _about(form: Upload) -> About:
    return About(*(form.fields.get(name, "").strip() for name in ("label", "source", "reason")))


async def _bytes(file: UploadFile, most: int) -> bytes:
    data = await file.read(most + 1)
    if len(data) > most:
        raise Invalid("Validation failed: The file is too large")
    return data


def said(staff: Staff, path: str, added: int) -> Response:
    """Go on to a page that says how many hashes are new."""
    words = staff.here.words
    text = words.ngettext("%(num)s new hash is in the set.", "%(num)s new hashes are in the set.", added)
    return guard.done(staff, path, text)


async def _import(staff: Staff, row: Row, form: Upload) -> Response:
    file = form.file("list")
    if file is None:
        raise Invalid("Validation failed: Choose a file")
    data = await _bytes(file, exchange.MAX_BYTES)
    about = _about(form)
    found = await asyncio.to_thread(exchange.read, data, source=about.source, reason=about.reason)
    return said(staff, f"{PATH}/{row['id']}", await entries.add(staff.app, row["id"], found, by=staff.by))


async def _take_out(staff: Staff, row: Row, form: Upload) -> Response:
    gone = await entries.remove(staff.app, row["id"], forms.ids(form, "picture"), by=staff.by)
    words = staff.here.words
    text = words.ngettext("%(num)s hash was taken out.", "%(num)s hashes were taken out.", gone)
    return guard.done(staff, f"{PATH}/{row['id']}", text)


async def _remove(staff: Staff, row: Row, form: Upload) -> Response:
    if "sure" not in form.fields:
        raise Invalid("Validation failed: Say that you are sure")
    await library.remove(staff.app, row["id"], by=staff.by)
    return guard.done(staff, PATH, staff.gettext("The set is gone."))


async def export(staff: Staff) -> Response:
    """GET /admin/pictures/{id}/export: the set as CSV."""
    row = await _found(staff)
    name = f'attachment; filename="pictures-{row["id"]}.csv"'
    headers = {**shell.HEADERS, "Content-Security-Policy": "default-src 'none'; sandbox", "Content-Disposition": name}
    pieces = exchange.written(staff.app, row["id"])
    return StreamingResponse(pieces, headers=headers, media_type="text/csv; charset=utf-8")


ROUTES = (
    guard.get(PATH, Power.REPORTS, page),
    guard.post(PATH, Power.DOMAINS, create),
    guard.get(f"{PATH}/{{id}}", Power.DOMAINS, one),
    guard.post(f"{PATH}/{{id}}", Power.DOMAINS, change),
    guard.get(f"{PATH}/{{id}}/export", Power.DOMAINS, export),
)

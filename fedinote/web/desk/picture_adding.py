"""/admin/pictures/add: the files of a post are known again from now on, in one step from a report or by its address."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation.moderator import Power
from fedinote.moderation.pictures import entries, library
from fedinote.moderation.pictures.entries import About
from fedinote.web import attachments, pages
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.desk import pictures
from fedinote.web.desk.pictures import PATH
from fedinote.web.pages import Upload

_POST = """SELECT p.id, p.visibility, a.username, a.domain FROM posts p JOIN accounts a ON a.id = p.account_id
 WHERE p.id = ? AND p.reblog_of_id IS NULL"""
_REPORT = "SELECT post_ids FROM reports WHERE id = ?"


async def ask(staff: Staff) -> Response:
    """GET /admin/pictures/add: the files of a post (`post`), covered, and which set is to have them."""
    asked = pages.query(staff.request)
    return await _ask(staff, asked)


async def _ask(staff: Staff, asked: Mapping[str, str], problem: str = "") -> Response:
    post = await _post(staff.app, asked)
    handle = f"@{post['username']}@{post['domain']}" if post["domain"] else f"@{post['username']}"
    return await guard.show(
        staff,
        "desk/picture_add.html",
        status=422 if problem else 200,
        post_id=post["id"],
        handle=handle,
        report=_report(asked),
        files=[attachments.file(staff.app, one) for one in await pictures.files_of(staff, [post["id"]])],
        sets=[(one["id"], one["name"]) for one in await library.listing(staff.app)],
        typed=asked,
        problems=[problem] if problem else [],
    )


def _report(asked: Mapping[str, str]) -> int | None:
    return number(asked["from"]) if asked.get("from") else None


async def _post(app: App, asked: Mapping[str, str]) -> Row:
    """Return a post that whoever runs the server may look at: a public one, or one that a report names (`from`).

    `NotFound` for all others: that somebody is an admin is no reason to look into what people write to each other.
    """
    post = await app.db.row(_POST, number(asked.get("post", "")))
    if post is None:
        raise NotFound
    if post["visibility"] not in ("public", "unlisted"):
        report = _report(asked)
        row = await app.db.row(_REPORT, report) if report is not None else None
        if row is None or post["id"] not in map(int, _decoded(row["post_ids"])):
            raise NotFound
    return post


def _decoded(value: Any) -> list[Any]:
    found: list[Any] = msgspec.json.decode(value) if isinstance(value, str) else value
    return found


async def add(staff: Staff, form: Upload) -> Response:
    """POST /admin/pictures/add: into the set `set`, or the one called `name`, which is made if need be."""
    about = About(form.fields.get("label", ""), "", form.fields.get("reason", ""))
    post = await _post(staff.app, form.fields)
    try:
        set_id = await _chosen(staff, form)
        added = await entries.add_post(staff.app, set_id, post["id"], about, by=staff.by)
    except Invalid as error:
        return await _ask(staff, form.fields, guard.wrong(staff, error))
    report = _report(form.fields)
    return pictures.said(staff, f"{PATH}/{set_id}" if report is None else f"/admin/reports/{report}", added)


async def _chosen(staff: Staff, form: Upload) -> int:
    name = form.fields.get("name", "").strip()
    if not name:
        if not form.fields.get("set"):
            raise Invalid("Validation failed: A rule about pictures names a set of them")
        return number(form.fields["set"])
    try:
        return int((await library.named(staff.app, name))["id"])
    except NotFound:
        return int((await library.create(staff.app, library.Wanted(name), by=staff.by))["id"])


ROUTES = (
    guard.get(f"{PATH}/add", Power.DOMAINS, ask),
    guard.post(f"{PATH}/add", Power.DOMAINS, add),
)

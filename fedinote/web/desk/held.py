"""/admin/held: what rules hold back, released or dropped, several at once; and taking back all that a rule did."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from starlette.responses import Response

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest, Conflict, Invalid, NotFound
from fedinote.moderation import many
from fedinote.moderation.automatic import rules, undoing
from fedinote.moderation.cases.understanding import Passage, Reading
from fedinote.moderation.moderator import Power
from fedinote.posts import holding
from fedinote.posts.drafts import NewPost
from fedinote.text import html
from fedinote.timelines.window import Window
from fedinote.translation import consent
from fedinote.web import pages
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.desk import evidence, forms, reading, whys
from fedinote.web.pages import Upload

PATH = "/admin/held"
PAGE = 20
_BATCH = """SELECT deed, COUNT(*) AS size FROM batch_items WHERE batch = ? AND what = 'held' AND undone_at IS NULL
 GROUP BY deed"""
_SEEN = ("public", "unlisted", "local")
_WISHES = "SELECT id, machine_translation FROM accounts WHERE id IN_INTS(?)"


@dataclass(frozen=True, slots=True)
class Held:
    """A post that waits. `edit`: it is a new version of one that is there. `files`: how many it has.

    `taken`: the post was there, and is out of sight until somebody decides. `reading` is None for what people write to
    each other: that a rule caught it is no reason for moderators to read it.
    """

    id: int
    account_id: int
    handle: str
    reason: str
    visibility: str
    at: datetime
    edit: bool
    taken: bool
    files: int
    reading: Reading | None


async def page(staff: Staff) -> Response:
    """GET /admin/held: newest first, as during a wave the newest are those that one looks for."""
    return await _show(staff, pages.query(staff.request))


async def _show(
    staff: Staff, asked: Mapping[str, str], *, problems: Sequence[str] = (), ticked: Collection[int] = ()
) -> Response:
    """Render the page; after an error in the same place, with what was ticked, so that nobody looks for it again."""
    place = number(asked["max_id"]) if asked.get("max_id") else None
    rows = await holding.waiting(staff.app, Window(PAGE, max_id=place).sql)
    return await guard.show(
        staff,
        "desk/held.html",
        status=422 if problems else 200,
        problems=problems,
        ticked=ticked,
        upto=place or "",
        found=await _found(staff, rows),
        target=await reading.target(staff.app, staff.by.account_id),
        rules=[one for one in await rules.listing(staff.app) if one["hits"]] if staff.may(Power.DOMAINS) else [],
        more=f"{PATH}?max_id={rows[-1]['id']}" if len(rows) == PAGE else "",
        batch=await _told(staff, asked.get("batch", "")),
    )


async def _found(staff: Staff, rows: Sequence[Row]) -> list[Held]:
    if not rows:
        return []
    posts = {row["id"]: holding.post_of(row) for row in rows}
    wishes = await _wishes(staff.app, rows)
    open_ones = [row for row in rows if posts[row["id"]].visibility in _SEEN]
    read = await reading.read(
        staff.here, {row["id"]: _passage(posts[row["id"]], wishes.get(row["account_id"], "none")) for row in open_ones}
    )
    names = await evidence.handles(staff.app, [row["account_id"] for row in rows])
    held = [_held(row, posts[row["id"]], names, read.get(row["id"])) for row in rows]
    return [replace(one, reason=whys.reasons(staff.here.words, one.reason)) for one in held]


async def _wishes(app: App, rows: Sequence[Row]) -> dict[int, str]:
    found = await app.db.rows(_WISHES, sorted({row["account_id"] for row in rows}))
    return {row["id"]: row["machine_translation"] for row in found}


def _passage(new: NewPost, wish: str) -> Passage:
    """Return a held post as a passage: nobody has seen it yet, so it goes to no engine but those of this machine."""
    warning = f"<p>{html.escape(new.spoiler_text)}</p>" if new.spoiler_text else ""
    withheld = "none" in (wish, new.machine_translation) or consent.closed(new.content)
    return Passage(warning + new.content, new.language, consent.NOWHERE if withheld else consent.HERE, html=True)


def _held(row: Row, new: NewPost, names: dict[int, str], read: Reading | None) -> Held:
    return Held(
        id=row["id"],
        account_id=row["account_id"],
        handle=names.get(row["account_id"], ""),
        reason=row["reason"],
        visibility=new.visibility,
        at=from_ms(row["created_at"]),
        edit=row["post_id"] is not None and not row["present"],
        taken=bool(row["former"]),
        files=len(new.media) + len(new.upload_ids),
        reading=read,
    )


async def act(staff: Staff, form: Upload) -> Response:
    """POST /admin/held: release or drop what is ticked, or take back what was done so (`back`).

    What somebody else decided meanwhile is passed over; what cannot be done stays ticked, with why.
    """
    deed, ticked = form.fields.get("deed", ""), forms.ids(form, "held")
    if deed not in (*many.HELD_DEEDS, "back"):
        raise BadRequest
    asked = {"max_id": str(number(form.fields["upto"]))} if form.fields.get("upto") else {}
    try:
        if deed == "back":
            found = await many.undo(staff.app, number(form.fields.get("batch", "")), by=staff.by)
            text = staff.here.words.ngettext(
                "Taken back: %(num)s post waits again.", "Taken back: %(num)s posts wait again.", found.done
            )
            return guard.done(staff, _where(asked), text)
        done = await many.decide_held(staff.app, ticked, deed, by=staff.by)
    except (Invalid, Conflict, NotFound) as error:
        return await _show(staff, asked, problems=[guard.wrong(staff, error)], ticked=ticked)
    if done.done:
        asked["batch"] = str(done.batch)
    left = await holding.still(staff.app, [one for one, _ in done.failed])
    why = {staff.here.words.error(message) for one, message in done.failed if one in left}
    if not why and not done.done:
        why = {staff.gettext("Somebody else has decided about this meanwhile.")}
    return await _show(staff, asked, problems=sorted(why), ticked=left) if why else pages.redirect(_where(asked))


def _where(asked: Mapping[str, str]) -> str:
    return f"{PATH}?{urlencode(dict(asked))}" if asked else PATH


async def _told(staff: Staff, text: str) -> tuple[int, str] | None:
    """Return a batch that can still be taken back, with what is said of it; None for another."""
    rows = await staff.app.db.rows(_BATCH, number(text)) if text else []
    if not rows:
        return None
    words, size = staff.here.words, rows[0]["size"]
    if rows[0]["deed"] == "release":
        return number(text), words.ngettext("%(num)s post was released.", "%(num)s posts were released.", size)
    return number(text), words.ngettext("%(num)s post was dropped.", "%(num)s posts were dropped.", size)


async def undo(staff: Staff, form: Upload) -> Response:
    """POST /admin/held/undo: switch a rule off, publish what it holds, restore whom it suspended."""
    found = await undoing.undo(staff.app, number(form.fields.get("rule", "")), by=staff.by)
    said = staff.gettext(
        "The rule is off. Posts released: %(released)s. Accounts restored: %(restored)s. Not possible: %(failed)s.",
        released=found.released,
        restored=found.restored,
        failed=found.failed,
    )
    return guard.done(staff, PATH, said)


ROUTES = (
    guard.get(PATH, Power.REPORTS, page),
    guard.post(PATH, Power.REPORTS, act),
    guard.post(f"{PATH}/undo", Power.DOMAINS, undo),
)

"""/admin/reports: what waits for somebody, narrowed down and counted; and doing something about many at once."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.responses import Response

from fedinote.infra.errors import Conflict, FediNoteError, Forbidden, Invalid
from fedinote.moderation.cases import queue, report_batches
from fedinote.moderation.cases.queue import Wanted
from fedinote.moderation.cases.report_batches import Batch
from fedinote.moderation.house import house_rules
from fedinote.moderation.moderator import Power
from fedinote.text.language_names import own_name
from fedinote.web import pages
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.desk import evidence, forms, reading
from fedinote.web.pages import Upload
from fedinote.web.transparency.account import categories

PATH = "/admin/reports"
PAGE = 40
NARROWED = ("category", "language", "origin", "domain", "account", "q", "order")
"""What an address may narrow the queue down by, besides `show`."""
_KEPT = ("show", *NARROWED)
_MAX = 255
_SAID = (Invalid, Forbidden, Conflict)


async def page(staff: Staff) -> Response:
    """GET /admin/reports: `show` is one of `queue.PARTS`, `after` the last report of the page before."""
    return await _show(staff, pages.query(staff.request))


async def _show(
    staff: Staff, asked: Mapping[str, str], *, error: FediNoteError | None = None, sent: Upload | None = None
) -> Response:
    """Render the queue; after an error with what was `sent`, so that nobody ticks and writes it again."""
    app, by = staff.app, staff.by
    kept = {name: value for name in _KEPT if (value := asked.get(name, "").strip()[:_MAX])}
    try:
        after = number(asked["after"]) if asked.get("after") else None
        wanted = _wanted(kept)
        found, matching = await queue.page(app, by, wanted, PAGE, after=after), await queue.count(app, by, wanted)
    except Invalid as wrong:
        wanted, found, matching, error = Wanted(), [], 0, wrong
    return await guard.show(
        staff,
        "desk/reports.html",
        status=422 if error else 200,
        found=found,
        part=wanted.part,
        parts=[(name, urlencode({**kept, "show": name})) for name in queue.PARTS],
        matching=matching,
        given={name: kept.get(name, "") for name in NARROWED},
        narrowed=any(kept.get(name) for name in NARROWED if name != "order"),
        account=(await evidence.handles(app, [wanted.target_id])).get(wanted.target_id or 0, ""),
        back=urlencode(kept),
        batch=await told(staff, asked),
        problems=[guard.wrong(staff, error)] if error else [],
        ticked=set(sent.lists.get("report", ())) if sent else set(),
        broken=set(sent.lists.get("rule", ())) if sent else set(),
        sent=sent.fields if sent else {},
        more=f"{PATH}?{urlencode({**kept, 'after': found[-1].id})}" if len(found) == PAGE else "",
        **await _offered(staff),
    )


async def _offered(staff: Staff) -> dict[str, Any]:
    """Return what there is to choose from: parts with their numbers, languages, categories, colleagues, rules."""
    app, by = staff.app, staff.by
    return {
        "counts": await queue.counts(app, by),
        "languages": [(tag, own_name(tag)) for tag in await queue.languages(app, by)],
        "written": forms.languages(staff.here),
        "categories": categories(staff.here.words),
        "colleagues": await evidence.staff(app),
        "rules": [(one.number, *one.wording(staff.here.words.tag)) for one in await house_rules.listing(app)],
        "target": await reading.target(app, by.account_id),
    }


def _wanted(kept: Mapping[str, str]) -> Wanted:
    part = kept.get("show", "open")
    return Wanted(
        part=part if part in queue.PARTS else "open",
        category=kept.get("category", ""),
        language=kept.get("language", ""),
        origin=kept.get("origin", ""),
        domain=kept.get("domain", ""),
        target_id=number(kept["account"]) if "account" in kept else None,
        text=kept.get("q", ""),
        order=kept.get("order", ""),
    )


async def told(staff: Staff, asked: Mapping[str, str]) -> tuple[Batch, str] | None:
    """Return the batch that a page is to tell of (`batch` in its address), with the words; None when there is none."""
    text = asked.get("batch", "")
    found = await report_batches.get(staff.app, staff.by, number(text)) if text else None
    if found is None or found.undone:
        return None
    words, size = staff.here.words, found.size
    said = {
        "assign": words.ngettext("%(num)s report was handed over.", "%(num)s reports were handed over.", size),
        "resolve": words.ngettext("%(num)s report was closed.", "%(num)s reports were closed.", size),
        "reopen": words.ngettext("%(num)s report is open again.", "%(num)s reports are open again.", size),
        "recategorize": words.ngettext(
            "%(num)s report was filed differently.", "%(num)s reports were filed differently.", size
        ),
    }
    decided = words.ngettext("Decided, %(num)s report was closed.", "Decided, %(num)s reports were closed.", size)
    return found, said.get(found.deed, decided)


async def act(staff: Staff, form: Upload) -> Response:
    """POST /admin/reports: do something about the reports that are ticked, or take back what was done (`undo`)."""
    back = {name: value for name, value in parse_qsl(form.fields.get("back", "")) if name in _KEPT}
    try:
        if form.fields.get("deed") == "undo":
            count = await report_batches.undo(staff.app, staff.by, number(form.fields.get("batch", "")))
            text = staff.here.words.ngettext(
                "Taken back: %(num)s report is as before.", "Taken back: %(num)s reports are as before.", count
            )
            return guard.done(staff, _where(form, back), text)
        batch = await report_batches.carry_out(staff.app, staff.by, forms.ids(form, "report"), _asked(staff, form))
    except _SAID as error:
        return await _show(staff, back, error=error, sent=form)
    return pages.redirect(_where(form, {**back, "batch": str(batch.id)}))


def _where(form: Upload, back: Mapping[str, str]) -> str:
    """Return where to go on: the queue as it was, or the report on whose page the form stood."""
    place = f"{PATH}/{number(form.fields['from'])}" if form.fields.get("from") else PATH
    return f"{place}?{urlencode(dict(back))}" if back else place


def _asked(staff: Staff, form: Upload) -> report_batches.Wanted:
    deed, to = form.fields.get("deed", ""), form.fields.get("to", "")
    taken = {"take": staff.by.account_id, "free": None}
    return report_batches.Wanted(
        deed="assign" if deed in taken else deed,
        to=taken[deed] if deed in taken else number(to) if to else None,
        category=form.fields.get("category", ""),
        reason=form.fields.get("reason", "").strip(),
        basis=forms.basis(form, None),
    )


ROUTES = (guard.get(PATH, Power.REPORTS, page), guard.post(PATH, Power.REPORTS, act))

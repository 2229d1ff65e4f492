"""/admin/policies/rules/{id}: one rule, tried before it is switched on, switched off, and undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import Response

from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation.automatic import rules, trials, trying, undoing
from fedinote.moderation.automatic.trials import Tried
from fedinote.moderation.automatic.trying import Caught
from fedinote.moderation.cases import understanding
from fedinote.moderation.cases.understanding import Reading
from fedinote.moderation.moderator import Power
from fedinote.text import language_names
from fedinote.timelines.window import Window
from fedinote.web import pages, shell
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.desk import evidence, reading, rule_forms, whys
from fedinote.web.desk.rules import PATH, find, hits, names
from fedinote.web.pages import Upload

SAMPLES = 10
FEW = 5
SPANS = {"1h": timedelta(hours=1), "6h": timedelta(hours=6), "1d": timedelta(days=1), "7d": timedelta(days=7)}
TRIED = (7, 30, 90)


@dataclass(frozen=True, slots=True)
class Sample:
    """A post that a rule would have caught. `reading` is None when the post is gone."""

    handle: str
    why: str
    written: datetime
    link: str
    reading: Reading | None


async def page(staff: Staff) -> Response:
    """GET /admin/policies/rules/{id}; `samples` is the number of examples to leave out, for the next page of them."""
    rule, asked = await find(staff), pages.query(staff.request)
    tried = await trials.last(staff.app, rule)
    start = number(asked["samples"]) if asked.get("samples") else 0
    values = await _trial(staff, rule, tried, start)
    if pages.wants_part(staff.request):
        return await shell.fragment(staff.request, staff.here, "desk/_trial.html", **values)
    caught = await rules.hits(staff.app, rule["id"], Window(FEW).sql)
    owner = await evidence.handles(staff.app, [rule["owner_id"]])
    return await guard.show(
        staff,
        "desk/rule.html",
        standing=rules.standing(rule, staff.app.now()),
        terms=rule_forms.terms(rule),
        form=rule_forms.filled(rule),
        owner=owner.get(rule["owner_id"], ""),
        caught=hits(staff.here.words, caught),
        own_name=language_names.own_name,
        **names(staff.here.words),
        **values,
    )


async def _trial(staff: Staff, rule: Row, tried: Tried | None, start: int) -> dict[str, Any]:
    """Return what the part of the page shows that is about the trial."""
    examples = tried.trial.examples if tried is not None and tried.state == "done" else []
    end = start + SAMPLES
    return {
        "rule": rule,
        "tried": tried,
        "samples": await _samples(staff, examples[start:end], marks=rule["kind"] != "pictures"),
        "more_samples": f"{PATH}/{rule['id']}?samples={end}#samples" if len(examples) > end else "",
        "languages": _languages(tried.trial.languages) if tried is not None else [],
        "writes": staff.may(Power.DOMAINS),
        "spans": TRIED,
        "target": await reading.target(staff.app, staff.by.account_id),
    }


def _languages(found: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """Return tag, own name and number of the languages that posts state, most first."""
    most = sorted(found.items(), key=lambda one: -one[1])
    return [(tag, language_names.own_name(tag) if tag else "", count) for tag, count in most[:12]]


async def _samples(staff: Staff, examples: Sequence[Caught], *, marks: bool) -> list[Sample]:
    passages = await understanding.posts(staff.app, [one.post_id for one in examples])
    read = await reading.read(staff.here, passages)
    return [_sample(staff, one, read.get(one.post_id), marks) for one in examples]


def _sample(staff: Staff, one: Caught, read: Reading | None, marks: bool) -> Sample:
    if read is not None and read.html and marks:
        parts = whys.quoted(one.why)
        read = replace(read, text=whys.marked(read.text, parts), translated=whys.marked(read.translated, parts))
    why = whys.said(staff.here.words, one.why)
    return Sample(one.handle, why, one.written, f"/{one.handle}/{one.post_id}", read)


async def attempt(staff: Staff, form: Upload) -> Response:
    """POST /admin/policies/rules/{id}/try: what it would have caught in the last `days`; it changes nothing."""
    rule = await find(staff)
    days = number(form.fields.get("days") or str(trying.DAYS))
    await trials.start(staff.app, rule["id"], by=staff.by, days=days)
    return pages.redirect(f"{PATH}/{rule['id']}#trial")


async def switch(staff: Staff, form: Upload) -> Response:
    """POST /admin/policies/rules/{id}/switch: `state` on or off. On only after a trial of it as it is, or `untried`."""
    rule, state = await find(staff), form.fields.get("state", "")
    if state not in ("on", "off"):
        raise NotFound
    if state == "on":
        await _ready(staff, rule, form)
    await rules.switch(staff.app, rule["id"], state, by=staff.by)
    _ = staff.here.words.gettext
    said = _("The rule is in force.") if state == "on" else _("The rule is off. What it caught stays on record.")
    return guard.done(staff, f"{PATH}/{rule['id']}", said)


async def _ready(staff: Staff, rule: Row, form: Upload) -> None:
    """Let a rule be switched on whose trial was seen. Raises Invalid."""
    if rules.standing(rule, staff.app.now()) == "expired":
        raise Invalid("Validation failed: The end of a rule is in the future")
    if "untried" in form.fields:
        return
    tried = await trials.last(staff.app, rule)
    if tried is None or not tried.answers:
        raise Invalid("Try the rule first, or say that it is to be switched on without")
    if tried.wide and "wide" not in form.fields:
        raise Invalid("This rule would catch very many posts: say that you mean it")


async def ask_undo(staff: Staff) -> Response:
    """GET /admin/policies/rules/{id}/undo: what would be taken back, of all times or since a moment."""
    rule = await find(staff)
    asked = pages.query(staff.request)
    since = _since(staff, asked)
    held, suspended = await undoing.waiting(staff.app, rule["id"], since=since)
    return await guard.show(
        staff,
        "desk/rule_undo.html",
        rule=rule,
        held=held,
        suspended=suspended,
        span=asked.get("span", ""),
        moment=asked.get("moment", ""),
        since=since,
        **names(staff.here.words),
    )


async def undo(staff: Staff, form: Upload) -> Response:
    """POST /admin/policies/rules/{id}/undo: switch it off, publish what it holds, restore whom it suspended."""
    rule = await find(staff)
    found = await undoing.undo(staff.app, rule["id"], by=staff.by, since=_exactly(form.fields.get("since", "")))
    said = staff.gettext(
        "The rule is off. Posts released: %(released)s. Accounts restored: %(restored)s. Not possible: %(failed)s.",
        released=found.released,
        restored=found.restored,
        failed=found.failed,
    )
    if found.unmarked:
        say = staff.here.words.ngettext
        as_before = say("%(num)s post is shown as before.", "%(num)s posts are shown as before.", found.unmarked)
        said = f"{said} {as_before}"
    return guard.done(staff, f"{PATH}/{rule['id']}", said)


def _since(staff: Staff, asked: Mapping[str, str]) -> datetime | None:
    """Return the moment that is meant, None for all times. Raises Invalid."""
    span = asked.get("span", "")
    if span in SPANS:
        return (staff.app.now() - SPANS[span]).replace(microsecond=0)
    return _exactly(asked.get("moment", "")) if span == "moment" else None


def _exactly(text: str) -> datetime | None:
    """Read a moment as forms send it, in UTC; None for none. Raises Invalid."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the calendar ends with the year 9999
        raise Invalid("Validation failed: This is not a moment") from None


ROUTES = (
    guard.get(f"{PATH}/{{id}}", Power.DOMAINS, page),
    guard.post(f"{PATH}/{{id}}/try", Power.DOMAINS, attempt),
    guard.post(f"{PATH}/{{id}}/switch", Power.DOMAINS, switch),
    guard.get(f"{PATH}/{{id}}/undo", Power.DOMAINS, ask_undo),
    guard.post(f"{PATH}/{{id}}/undo", Power.DOMAINS, undo),
)

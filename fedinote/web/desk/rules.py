"""/admin/policies/rules: the moderators' rules, how each stands, writing and changing them, and what they caught."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation.automatic import rules, trials
from fedinote.moderation.moderator import Power, powers
from fedinote.text.language_names import own_name
from fedinote.timelines.window import Window
from fedinote.web import pages
from fedinote.web.admin import guard
from fedinote.web.admin.fields import SPOKEN
from fedinote.web.admin.guard import Staff
from fedinote.web.admin.queues import number
from fedinote.web.desk import rule_forms, whys
from fedinote.web.pages import Upload
from fedinote.web.words import Words

PATH = "/admin/policies/rules"
PAGE = 40
_WRITERS = """SELECT u.account_id, u.role, a.username FROM users u JOIN accounts a ON a.id = u.account_id
 WHERE u.role <> 'member' AND u.state = 'active' AND a.suspended_at IS NULL AND a.deleted_at IS NULL ORDER BY u.id"""
_SETS = "SELECT name FROM picture_sets ORDER BY name"


@dataclass(frozen=True, slots=True)
class Line:
    """A rule in the list. `standing`: draft, on, expired or off; `recent`: what it caught in 30 days."""

    id: int
    title: str
    kind: str
    action: str
    standing: str
    owner: str
    recent: int
    hits: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that a rule caught. `link` leads to the post where it is here; `waits`: it is held."""

    handle: str
    account_id: int
    action: str
    why: str
    at: datetime
    link: str
    uri: str
    waits: bool


def names(words: Words) -> dict[str, Any]:
    """Return what pages about rules call kinds, actions and origins."""
    return {
        "kinds": rule_forms.kinds(words),
        "actions": rule_forms.actions(words),
        "action_names": {value: name for value, name, _ in rule_forms.actions(words)},
        "origins": rule_forms.origins(words),
        "spares": rule_forms.spares(words),
        "doings": rule_forms.doings(words),
    }


async def page(staff: Staff) -> Response:
    """GET /admin/policies/rules: all rules, newest first."""
    rows = await rules.overview(staff.app)
    lines = [_line(row, staff.app.now()) for row in rows]
    order = ("on", "draft", "expired", "off")
    return await guard.show(
        staff,
        "desk/rules.html",
        lines=sorted(lines, key=lambda one: order.index(one.standing)),
        writes=staff.may(Power.DOMAINS),
        **names(staff.here.words),
    )


def _line(row: Row, now: datetime) -> Line:
    return Line(
        id=row["id"],
        title=row["title"],
        kind=row["kind"],
        action=row["action"],
        standing=rules.standing(row, now),
        owner=row["owner"] or "",
        recent=row["recent"],
        hits=row["hits"],
        until=None if row["expires_at"] is None else from_ms(row["expires_at"]),
    )


async def new(staff: Staff) -> Response:
    """GET /admin/policies/rules/new: what it should look at; with `kind` the form for it."""
    kind = pages.query(staff.request).get("kind", "")
    if kind not in rule_forms.kinds(staff.here.words):
        return await guard.show(staff, "desk/rule_kinds.html", **names(staff.here.words))
    beginning = {"action": "hold", "origin": "all", "turned": True, "minutes": 60, "doing": "links"}
    return await _form(staff, kind, beginning)


async def create(staff: Staff, form: Upload) -> Response:
    """POST /admin/policies/rules: write a draft down, and try it at once."""
    kind = form.fields.get("kind", "")
    try:
        made = await rules.create(staff.app, rule_forms.wanted(form, kind, staff.app.now()), by=staff.by)
    except Invalid as error:
        if kind not in rule_forms.kinds(staff.here.words):
            raise
        return await _form(staff, kind, rule_forms.typed(form), problem=guard.wrong(staff, error))
    await trials.start(staff.app, made["id"], by=staff.by)
    return guard.done(staff, f"{PATH}/{made['id']}", staff.gettext("Written down as a draft. It does nothing yet."))


async def edit(staff: Staff) -> Response:
    """GET /admin/policies/rules/{id}/edit."""
    rule = await find(staff)
    return await _form(staff, rule["kind"], rule_forms.filled(rule), rule=rule)


async def change(staff: Staff, form: Upload) -> Response:
    """POST /admin/policies/rules/{id}/edit: a rule that now catches something else is a draft, unless `keep_on`."""
    rule = await find(staff)
    try:
        await _change(staff, form, rule)
    except Invalid as error:
        shown = rule_forms.typed(form)
        return await _form(staff, rule["kind"], shown, rule=rule, problem=guard.wrong(staff, error))
    return guard.done(staff, f"{PATH}/{rule['id']}", staff.gettext("Saved."))


async def _change(staff: Staff, form: Upload, rule: Row) -> None:
    app, by = staff.app, staff.by
    wanted = rule_forms.wanted(form, rule["kind"], app.now())
    async with app.db.transaction():
        changed = await rules.change(app, rule["id"], wanted, by=by)
        other = trials.version(changed) != trials.version(rule)
        if other and rule["state"] == "on" and "keep_on" not in form.fields:
            await rules.switch(app, rule["id"], "draft", by=by)
        owner = form.fields.get("owner_id", "")
        if owner and owner != str(rule["owner_id"]):
            await rules.hand_over(app, rule["id"], number(owner), by=by)
    if other:
        await trials.start(app, rule["id"], by=by)


async def _form(
    staff: Staff, kind: str, values: Mapping[str, Any], *, rule: Row | None = None, problem: str = ""
) -> Response:
    chosen = values.get("languages", ())
    offered = dict.fromkeys((*staff.app.settings.instance.languages, *SPOKEN))
    return await guard.show(
        staff,
        "desk/rule_form.html",
        status=422 if problem else 200,
        kind=kind,
        values=values,
        rule=rule,
        problems=[problem] if problem else [],
        tongues=[(tag, own_name(tag)) for tag in offered],
        others=" ".join(tag for tag in chosen if tag not in offered),
        writers=await _writers(staff.app) if rule is not None else [],
        sets=[row["name"] for row in await staff.app.db.rows(_SETS)] if kind == "pictures" else [],
        **names(staff.here.words),
    )


async def _writers(app: App) -> list[tuple[int, str]]:
    rows = await app.db.rows(_WRITERS)
    return [(row["account_id"], f"@{row['username']}") for row in rows if Power.DOMAINS in powers(row["role"])]


async def find(staff: Staff) -> Row:
    """Return the rule that an address names. `NotFound`."""
    return await rules.get(staff.app, number(staff.request.path_params["id"]))


async def caught(staff: Staff) -> Response:
    """GET /admin/policies/rules/{id}/hits: what it caught and why, newest first."""
    rule, asked = await find(staff), pages.query(staff.request)
    window = Window(PAGE, max_id=number(asked["max_id"]) if asked.get("max_id") else None)
    rows = await rules.hits(staff.app, rule["id"], window.sql)
    return await guard.show(
        staff,
        "desk/rule_hits.html",
        rule=rule,
        found=hits(staff.here.words, rows),
        more=f"{PATH}/{rule['id']}/hits?max_id={rows[-1]['id']}" if len(rows) == PAGE else "",
        **names(staff.here.words),
    )


def hits(words: Words, rows: Sequence[Row]) -> list[Hit]:
    """Return what a rule caught as pages show it."""
    return [_hit(words, row) for row in rows]


def _hit(words: Words, row: Row) -> Hit:
    handle = f"@{row['username']}@{row['domain']}" if row["domain"] else f"@{row['username']}"
    return Hit(
        handle=handle,
        account_id=row["account_id"],
        action=row["action"],
        why=whys.said(words, row["why"]),
        at=from_ms(row["created_at"]),
        link=f"/{handle}/{row['post_id']}" if row["post_id"] is not None else "",
        uri=row["uri"],
        waits=bool(row["waits"]),
    )


async def remove(staff: Staff, form: Upload) -> Response:
    """POST /admin/policies/rules/{id}/remove: delete a draft that never caught anything."""
    rule = await find(staff)
    if rule["state"] != "draft" or rule["hits"]:
        raise NotFound
    await rules.remove(staff.app, rule["id"], by=staff.by)
    return guard.done(staff, PATH, staff.gettext("The draft is deleted."))


ROUTES = (
    guard.get(PATH, Power.DOMAINS, page),
    guard.post(PATH, Power.DOMAINS, create),
    guard.get(f"{PATH}/new", Power.DOMAINS, new),
    guard.get(f"{PATH}/{{id}}/edit", Power.DOMAINS, edit),
    guard.post(f"{PATH}/{{id}}/edit", Power.DOMAINS, change),
    guard.get(f"{PATH}/{{id}}/hits", Power.DOMAINS, caught),
    guard.post(f"{PATH}/{{id}}/remove", Power.DOMAINS, remove),
)

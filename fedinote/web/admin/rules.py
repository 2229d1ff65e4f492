"""/admin/rules: the rules of the house, their order, explanations and translations."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation.house import house_rules
from fedinote.moderation.house.house_rules import Wording
from fedinote.moderation.moderator import Power
from fedinote.text import language
from fedinote.text.language_names import own_name
from fedinote.web import pages
from fedinote.web.admin import guard
from fedinote.web.admin.fields import SPOKEN
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import Upload

PATH = "/admin/rules"


async def page(staff: Staff) -> Response:
    """GET /admin/rules."""
    return await _show(staff)


async def add(staff: Staff, form: Upload) -> Response:
    """POST /admin/rules: add a rule. `back` is the page to go back to: this one, or the first steps."""
    try:
        await house_rules.add(staff.app, _wording(form), by=staff.by)
    except Invalid as error:
        return await _show(staff, typed=form.fields, problem=guard.wrong(staff, error))
    return guard.done(staff, _back(form), staff.gettext("The rule was added."))


async def one(staff: Staff) -> Response:
    """GET /admin/rules/{number}: its wording and its translations."""
    return await _one(staff, _number(staff))


async def change(staff: Staff, form: Upload) -> Response:
    """POST /admin/rules/{number}: what the button `do` says: edit, translate, up, down or remove."""
    number, do = _number(staff), form.fields.get("do", "edit")
    try:
        if do in ("up", "down"):
            await house_rules.move(staff.app, number, -1 if do == "up" else 1, by=staff.by)
            return pages.redirect(f"{_back(form)}#rule-{number}")
        if do == "remove":
            await house_rules.remove(staff.app, number, by=staff.by)
            return guard.done(staff, _back(form), staff.gettext("The rule holds no more."))
        await _word(staff, number, do, form)
    except Invalid as error:
        return await _one(staff, number, typed=form.fields, problem=guard.wrong(staff, error))
    return guard.done(staff, f"{PATH}/{number}", staff.gettext("Saved."))


async def _word(staff: Staff, number: int, do: str, form: Upload) -> None:
    if do == "edit":
        await house_rules.edit(staff.app, number, _wording(form), by=staff.by)
    elif do == "translate":
        tag = form.fields.get("language") or form.fields.get("other", "")
        blank = not form.fields.get("text", "").strip()
        await house_rules.put_translation(staff.app, number, tag, None if blank else _wording(form), by=staff.by)
    else:
        raise NotFound


def _wording(form: Upload) -> Wording:
    return Wording(form.fields.get("text", ""), form.fields.get("hint", "").replace("\r\n", "\n"))


def _number(staff: Staff) -> int:
    text: str = staff.request.path_params["number"]
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise NotFound
    return int(text)


def _back(form: Upload) -> str:
    return "/admin/welcome/rules" if form.fields.get("back") == "welcome" else PATH


async def values(staff: Staff) -> dict[str, Any]:
    """Return what the part of a page needs that shows the rules."""
    return {"rules": await house_rules.listing(staff.app), "given_in": house_rules.place(staff.app)}


async def _show(staff: Staff, *, typed: Mapping[str, str] | None = None, problem: str = "") -> Response:
    return await guard.show(
        staff,
        "admin/rules.html",
        status=422 if problem else 200,
        typed=typed or {},
        problems=[problem] if problem else [],
        back="",
        **await values(staff),
    )


async def _one(staff: Staff, number: int, *, typed: Mapping[str, str] | None = None, problem: str = "") -> Response:
    rule = await house_rules.find(staff.app, number)
    offered = [tag for tag in (*staff.app.settings.instance.languages, *SPOKEN) if language.canonical(tag)]
    return await guard.show(
        staff,
        "admin/rule.html",
        status=422 if problem else 200,
        rule=rule,
        given_in=house_rules.place(staff.app),
        offered=[(tag, own_name(tag)) for tag in dict.fromkeys(offered) if tag not in rule.translations],
        typed=typed or {},
        problems=[problem] if problem else [],
    )


ROUTES = (
    guard.get(PATH, Power.SETTINGS, page),
    guard.post(PATH, Power.SETTINGS, add),
    guard.get(f"{PATH}/{{number}}", Power.SETTINGS, one),
    guard.post(f"{PATH}/{{number}}", Power.SETTINGS, change),
)

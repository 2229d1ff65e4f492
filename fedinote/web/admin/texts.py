"""/admin/texts: what the house says of itself, its privacy policy and its terms of service."""

from datetime import date
from typing import Any

from starlette.responses import Response

from fedinote.infra.errors import Invalid, NotFound, Unavailable
from fedinote.moderation.house import house_texts, texts
from fedinote.moderation.house.house_texts import Source
from fedinote.moderation.moderator import Power
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import Upload

PATH = "/admin/texts"
NEW = "new"


async def page(staff: Staff) -> Response:
    """GET /admin/texts: which there are."""
    days = await house_texts.days(staff.app)
    there = {name for name in house_texts.NAMES if await house_texts.read(staff.app, name) is not None}
    folder = str(staff.app.settings.texts_path)
    return await guard.show(staff, "admin/texts.html", days=days, there=there, folder=folder)


async def one(staff: Staff) -> Response:
    """GET /admin/texts/{name} and /admin/texts/{name}/{day}: a text to write; the day "new" for new terms."""
    name, day = _place(staff)
    return await _show(staff, name, await house_texts.read(staff.app, name, day) if day != date.min else None)


async def write(staff: Staff, form: Upload) -> Response:
    """POST to the same addresses: write it; a blank text removes it."""
    name, day = _place(staff)
    if day == date.min:
        day = texts.day_of(form.fields.get("day", ""))
    source = Source(form.fields.get("text", ""), form.fields.get("form") == "html", day)
    try:
        await house_texts.write(staff.app, name, source, by=staff.by)
    except (Invalid, Unavailable) as error:
        return await _show(staff, name, source, problem=guard.wrong(staff, error))
    said = staff.gettext("Saved.") if source.text.strip() else staff.gettext("The text was removed.")
    return guard.done(staff, PATH, said)


def _place(staff: Staff) -> tuple[str, date | None]:
    """Return which text it is, and of which day: None for those without, `date.min` for new terms."""
    name, day = staff.request.path_params["name"], staff.request.path_params.get("day")
    if name not in house_texts.NAMES or (name == texts.TERMS) != (day is not None):
        raise NotFound
    if day is None:
        return name, None
    found = date.min if day == NEW else texts.day_of(day)
    if found is None:
        raise NotFound
    return name, found


async def _show(staff: Staff, name: str, source: Source | None, *, problem: str = "") -> Response:
    day: Any = staff.request.path_params.get("day", "")
    return await guard.show(
        staff,
        "admin/text.html",
        status=422 if problem else 200,
        name=name,
        day="" if day == NEW else day,
        typed_day=source.day.isoformat() if source is not None and source.day else "",
        new_terms=day == NEW,
        source=source or Source("", html=False),
        problems=[problem] if problem else [],
    )


ROUTES = (
    guard.get(PATH, Power.SETTINGS, page),
    guard.get(f"{PATH}/{{name}}", Power.SETTINGS, one),
    guard.get(f"{PATH}/{{name}}/{{day}}", Power.SETTINGS, one),
    guard.post(f"{PATH}/{{name}}", Power.SETTINGS, write),
    guard.post(f"{PATH}/{{name}}/{{day}}", Power.SETTINGS, write),
)

"""/admin/welcome: the first steps of a new server. Each is saved, can be put aside, and come back to.

A step shows and keeps the same settings as its page in /admin/settings; there is no second truth.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.responses import Response

from fedinote.infra.errors import FediNoteError, Forbidden, Invalid, NotFound
from fedinote.moderation.house import choosing, first_steps, starters
from fedinote.moderation.house.first_steps import DONE, SKIPPED, STEPS
from fedinote.moderation.moderator import Power
from fedinote.timelines import starters as offered
from fedinote.timelines import topics
from fedinote.web import pages
from fedinote.web.admin import engine, guard, relays, rules, settings_form
from fedinote.web.admin.guard import Staff
from fedinote.web.auth.entering import unconfirmed
from fedinote.web.pages import Upload

PATH = "/admin/welcome"
KEYS: Mapping[str, tuple[str, ...]] = {
    "name": ("instance.title", "instance.description", "instance.languages", "instance.contact_email"),
    "rules": (),
    "registration": ("registrations.mode", "registrations.members_invite"),
    "translation": (),
    "storage": (
        "media.remote_cache_bytes",
        "media.remote_cache_days",
        "media.max_image_bytes",
        "media.max_video_bytes",
    ),
    "topics": ("instance.suggested_accounts",),
}
POWERS = {"translation": Power.ENGINES}
_SAID = (Invalid, Forbidden, NotFound)


def title(staff: Staff, name: str) -> str:
    """Return what a step is called."""
    return {
        "name": staff.gettext("Name and languages"),
        "rules": staff.gettext("Rules of the house"),
        "registration": staff.gettext("Who may join"),
        "translation": staff.gettext("Translation"),
        "storage": staff.gettext("Pictures and disk"),
        "topics": staff.gettext("Something to read"),
    }[name]


async def page(staff: Staff) -> Response:
    """GET /admin/welcome: all steps; at the first visit the first of them, and at the end what comes next."""
    states = await first_steps.states(staff.app)
    steps = _steps(staff)
    upcoming = next((name for name in steps if name not in states), "")
    return await guard.show(
        staff,
        "admin/welcome.html",
        steps=[(name, title(staff, name), states.get(name, "")) for name in steps],
        upcoming=upcoming,
        mode=staff.app.settings.registrations.mode,
    )


async def skip_all(staff: Staff, form: Upload) -> Response:
    """POST /admin/welcome: put all that is not done aside, and be reminded no more."""
    await first_steps.finish(staff.app)
    return pages.redirect(PATH)


async def step(staff: Staff) -> Response:
    """GET /admin/welcome/{step}."""
    name = _name(staff)
    return _first(staff, name) or await _show(staff, name)


async def act(staff: Staff, form: Upload) -> Response:
    """POST /admin/welcome/{step}: keep what was typed and go on; `do` says otherwise: skip, try, topics or relay."""
    name, do = _name(staff), form.fields.get("do", "save")
    if first := _first(staff, name):
        return first
    if do == "skip":
        await first_steps.mark(staff.app, name, SKIPPED)
        return _onward(staff, name)
    try:
        if do == "try" and name == "translation":
            return await _show(staff, name, form, trial=await engine.trial(staff, form))
        if do == "relay" and name == "topics":
            said = await relays.subscribe(staff, form.fields.get("url", ""))
            return guard.done(staff, f"{PATH}/{name}", said)
        await _keep(staff, name, form)
    except FediNoteError as error:
        if error.status >= 500 and do != "relay":
            raise
        return await _show(staff, name, form, problem=guard.wrong(staff, error))
    await first_steps.mark(staff.app, name, DONE)
    return _onward(staff, name)


async def _keep(staff: Staff, name: str, form: Upload) -> None:
    if key := form.fields.get("reset", ""):
        await choosing.withdraw(staff.app, [key], by=staff.by)
        return
    if name == "translation":
        await engine.keep(staff, form)
        return
    if KEYS[name]:
        await choosing.choose(staff.app, settings_form.values(staff, KEYS[name], form), by=staff.by)
    if name == "topics" and (wanted := form.lists.get("topic")):
        await starters.apply(staff.app, staff.by.account_id, wanted)


def _first(staff: Staff, name: str) -> Response | None:
    """Return where to go first: who says where posts are translated proves that they are the owner."""
    return unconfirmed(staff.here, f"{PATH}/{name}") if name in POWERS else None


def _steps(staff: Staff) -> list[str]:
    return [name for name in STEPS if staff.may(POWERS.get(name, Power.SETTINGS))]


def _name(staff: Staff) -> str:
    name: str = staff.request.path_params["step"]
    if name not in STEPS:
        raise NotFound
    if name not in _steps(staff):
        raise Forbidden
    return name


def _onward(staff: Staff, name: str) -> Response:
    """Go on to the step after this one, or to the end."""
    steps = _steps(staff)
    after = steps[steps.index(name) + 1 :]
    return pages.redirect(f"{PATH}/{after[0]}" if after else PATH)


async def _show(
    staff: Staff, name: str, form: Upload | None = None, *, problem: str = "", trial: Any = None
) -> Response:
    steps = _steps(staff)
    values: dict[str, Any] = {"lines": settings_form.lines(staff, KEYS[name], form), "trial": None}
    if name == "translation":
        values |= engine.values(staff, form, trial)
    elif name == "rules":
        values |= {**await rules.values(staff), "typed": {}, "back": "welcome"}
    elif name == "storage":
        values |= {"disk": _disk(staff), "folder": str(_place(staff))}
    elif name == "topics":
        values |= await _topics(staff, form)
    return await guard.show(
        staff,
        "admin/welcome_step.html",
        status=422 if problem else 200,
        step=name,
        steps=[(one, title(staff, one)) for one in steps],
        number=steps.index(name) + 1,
        title=title(staff, name),
        before=steps[steps.index(name) - 1] if steps.index(name) else "",
        problems=[problem] if problem else [],
        **values,
    )


def _place(staff: Staff) -> Path:
    return (staff.app.settings.data_path / "media").absolute()


def _disk(staff: Staff) -> Any:
    """Return the sizes of the disk on which files are kept (total, used and free bytes), None when it is not known."""
    place = _place(staff)
    try:
        return shutil.disk_usage(next(one for one in (place, *place.parents) if one.exists()))
    except (OSError, StopIteration):
        return None


async def _topics(staff: Staff, form: Upload | None) -> dict[str, Any]:
    here = {one.slug for one in await topics.everything(staff.app)}
    ticked = set(form.lists.get("topic", ())) if form is not None else set()
    tag = staff.here.words.tag
    return {
        "topics": [
            (one.slug, one.title(tag), one.slug in here, one.slug in ticked) for one in offered.everything(staff.app)
        ],
        "relays": await relays.listing(staff) if staff.may(Power.DOMAINS) else [],
        "typed_url": form.fields.get("url", "") if form is not None else "",
    }


ROUTES = (
    guard.get(PATH, Power.SETTINGS, page),
    guard.post(PATH, Power.SETTINGS, skip_all),
    guard.get(f"{PATH}/{{step}}", Power.SETTINGS, step),
    guard.post(f"{PATH}/{{step}}", Power.SETTINGS, act),
)

"""/admin/translation: which engine translates, tried for real before it is used.

Whoever says where posts are sent proves first that they are the owner, if they have not a short while ago. A key that
was typed goes only to the engine and address for which it was typed: whoever gets hold of the owner's
browser cannot have it sent elsewhere.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from fedinote.infra import choices
from fedinote.infra.choices import place_of
from fedinote.infra.errors import Invalid
from fedinote.infra.translation_settings import TranslationSettings
from fedinote.moderation.house import choosing
from fedinote.moderation.moderator import Power
from fedinote.text import language
from fedinote.translation import trying
from fedinote.translation.trying import Trial
from fedinote.web.admin import guard, settings_form
from fedinote.web.admin.fields import ENGINE, FIELDS
from fedinote.web.admin.guard import Staff
from fedinote.web.auth.entering import unconfirmed
from fedinote.web.pages import Upload
from fedinote.web.words import OFFERED

PATH = "/admin/translation"
SECRET = "translation.api_key"  # noqa: S105  the name of a setting
MORE = tuple(key for key in FIELDS if key.startswith("translation.") and key not in ENGINE)
SAMPLES: Mapping[str, str] = {
    "en": "The tea is ready. Shall we sit outside?",
    "zh-Hans": "茶泡好了，我们到外面坐坐好吗？",
    "zh-Hant": "茶泡好了，我們到外面坐坐好嗎？",
    "es": "El té está listo. ¿Nos sentamos fuera?",
    "ja": "お茶が入りました。外に座りませんか。",
}
"""What is offered as the sentence to try, by its language."""


async def page(staff: Staff) -> Response:
    """GET /admin/translation."""
    return unconfirmed(staff.here, PATH) or await _show(staff)


async def act(staff: Staff, form: Upload) -> Response:
    """POST /admin/translation: keep what was typed; `do` "try": have a sentence translated and keep nothing."""
    if first := unconfirmed(staff.here, PATH):
        return first
    if key := form.fields.get("reset", ""):
        await choosing.withdraw(staff.app, [key], by=staff.by)
        return guard.done(staff, PATH, staff.gettext("The default holds again."))
    try:
        if form.fields.get("do") == "try":
            return await _show(staff, form, trial=await trial(staff, form))
        await keep(staff, form, (*ENGINE, *MORE))
    except Invalid as error:
        return await _show(staff, form, problem=guard.wrong(staff, error))
    return guard.done(staff, PATH, staff.gettext("Saved."))


async def keep(staff: Staff, form: Upload, keys: tuple[str, ...] = ENGINE) -> None:
    """Choose what a form says of the engine. Raises Invalid."""
    wanted = settings_form.values(staff, keys, form)
    if SECRET not in wanted and _moves(staff, wanted):
        wanted[SECRET] = None
    await choosing.choose(staff.app, wanted, by=staff.by)


async def trial(staff: Staff, form: Upload) -> Trial:
    """Have the sentence of a form translated with the settings of the form. Raises Invalid."""
    wanted = settings_form.values(staff, ENGINE, form)
    now = staff.app.settings.translation
    given = {key.partition(".")[2]: value for key, value in wanted.items()}
    if SECRET not in wanted and _moves(staff, wanted):
        given["api_key"] = ""
    settings = {name: getattr(now, name) for name in ("engine", "url", "api_key", "location", "model", "timeout")}
    source, target = _pair(form)
    try:
        tried = msgspec.convert({**settings, **given}, TranslationSettings)
    except msgspec.ValidationError as error:
        raise Invalid(str(error)) from error
    return await trying.run(staff.app, tried, form.fields.get("sentence", ""), source=source, target=target)


def _pair(form: Upload) -> tuple[str, str]:
    source, target = language.canonical(form.fields.get("from", "")), language.canonical(form.fields.get("to", ""))
    if source is None or target is None:
        raise Invalid("The language is not known")
    return source, target


def _moves(staff: Staff, wanted: Mapping[str, Any]) -> bool:
    """Tell whether a key would go elsewhere. Invalid where the key is locked: it must not be taken along."""
    now = staff.app.settings.translation
    moves = any(
        key in wanted and wanted[key] != value
        for key, value in (("translation.engine", now.engine), ("translation.url", now.url))
    )
    if moves and now.api_key and (place := place_of(staff.app, SECRET)):
        raise Invalid(f"The key is set in {place}: engine and address can only be changed there")
    return moves


def values(staff: Staff, form: Upload | None = None, trial: Trial | None = None) -> dict[str, Any]:
    """Return what the part of a page needs that asks for the engine."""
    own = staff.here.words.tag
    spoken = [tag for tag in staff.app.settings.instance.languages if language.match(tag, tuple(OFFERED))]
    target = language.match(spoken[0], tuple(OFFERED)) if spoken else None
    target = target or own
    source = next(tag for tag in (own, "en", "zh-Hans") if language.base_of(tag) != language.base_of(target))
    typed = form.fields if form is not None else {}
    return {
        "lines": settings_form.lines(staff, ENGINE, form),
        "listed": [one.title for one in staff.app.settings.translation.engines],
        "listed_in": choices.place_of(staff.app, "translation.engines"),
        "sentence": typed.get("sentence", SAMPLES.get(source, SAMPLES["en"])),
        "source": typed.get("from", source),
        "target": typed.get("to", target),
        "trial": trial,
        "languages": list(OFFERED.items()),
    }


async def _show(staff: Staff, form: Upload | None = None, *, problem: str = "", trial: Trial | None = None) -> Response:
    return await guard.show(
        staff,
        "admin/translation.html",
        status=422 if problem else 200,
        more=settings_form.lines(staff, MORE, form),
        problems=[problem] if problem else [],
        **values(staff, form, trial),
    )


ROUTES = (guard.get(PATH, Power.ENGINES, page), guard.post(PATH, Power.ENGINES, act))

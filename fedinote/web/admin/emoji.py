"""/admin/emoji: the custom emoji of this server, and those of others that can be copied."""

from starlette.responses import Response

from fedinote.infra.errors import FediNoteError, Forbidden, Invalid, NotFound, Unavailable
from fedinote.media import images
from fedinote.moderation.house import custom_emojis
from fedinote.moderation.moderator import Power
from fedinote.web import pages
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import Upload

PATH = "/admin/emoji"
_SAID = (Invalid, Unavailable, Forbidden)


async def page(staff: Staff) -> Response:
    """GET /admin/emoji."""
    return await _show(staff)


async def add(staff: Staff, form: Upload) -> Response:
    """POST /admin/emoji: a picture with its name; a name that is there gets the new picture."""
    file = form.file("picture")
    try:
        if file is None:
            raise Invalid("An emoji needs a picture")
        data = await file.read(images.EMOJI.size + 1)
        name = form.fields.get("shortcode", "").strip().strip(":")
        await custom_emojis.add(staff.app, name, data, form.fields.get("category", ""), by=staff.by)
    except _SAID as error:
        return await _show(staff, error, form)
    return guard.done(staff, PATH, staff.gettext("The emoji is there."))


async def change(staff: Staff, form: Upload) -> Response:
    """POST /admin/emoji/change: what the button `do` says: move (to a category), disable, enable or remove."""
    name, do = form.fields.get("shortcode", ""), form.fields.get("do", "move")
    try:
        if do == "remove":
            await custom_emojis.remove(staff.app, name, by=staff.by)
        elif do in ("enable", "disable"):
            await custom_emojis.change(staff.app, name, disabled=do == "disable", by=staff.by)
        elif do == "move":
            await custom_emojis.change(staff.app, name, category=form.fields.get("category", ""), by=staff.by)
        else:
            raise NotFound
    except Invalid as error:
        return await _show(staff, error, form)
    return guard.done(staff, PATH, staff.gettext("Saved."))


async def others(staff: Staff) -> Response:
    """GET /admin/emoji/others: those of another server (`domain`), by the beginning of their name (`q`)."""
    return await _others(staff)


async def copy(staff: Staff, form: Upload) -> Response:
    """POST /admin/emoji/others: make one of them ours."""
    name, domain = form.fields.get("shortcode", ""), form.fields.get("domain", "")
    try:
        await custom_emojis.copy(staff.app, name, domain, form.fields.get("category", ""), by=staff.by)
    except _SAID as error:
        return await _others(staff, error, domain)
    return guard.done(staff, PATH, staff.gettext("The emoji is there."))


async def _show(staff: Staff, error: FediNoteError | None = None, form: Upload | None = None) -> Response:
    found = await custom_emojis.ours(staff.app)
    return await guard.show(
        staff,
        "admin/emoji.html",
        status=error.status if error else 200,
        groups=custom_emojis.categories(found),
        categories=sorted({one.category for one in found if one.category}),
        typed=form.fields if form else {},
        problems=[guard.wrong(staff, error)] if error else [],
    )


async def _others(staff: Staff, error: FediNoteError | None = None, domain: str = "") -> Response:
    asked = pages.query(staff.request)
    servers = await custom_emojis.servers(staff.app)
    domain = domain or asked.get("domain", "")[:255] or next(iter(servers), "")
    return await guard.show(
        staff,
        "admin/emoji_others.html",
        status=error.status if error else 200,
        servers=servers,
        domain=domain,
        asked=asked.get("q", "")[:64],
        found=await custom_emojis.others(staff.app, domain, asked.get("q", "")[:64]) if domain else [],
        problems=[guard.wrong(staff, error)] if error else [],
    )


ROUTES = (
    guard.get(PATH, Power.EMOJI, page),
    guard.post(PATH, Power.EMOJI, add),
    guard.post(f"{PATH}/change", Power.EMOJI, change),
    guard.get(f"{PATH}/others", Power.EMOJI, others),
    guard.post(f"{PATH}/others", Power.EMOJI, copy),
)

"""/admin/relays: the relays that this server subscribed to, and how they answered."""

from typing import Any

from starlette.responses import Response

from fedinote.federation import relays
from fedinote.infra.clock import from_ms
from fedinote.infra.errors import BadRequest, Forbidden, Invalid, NotFound, Unavailable
from fedinote.moderation.moderator import Power
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import Upload

PATH = "/admin/relays"
WELCOME = "/admin/welcome/topics"
_MAX_URL = 2048
_SAID = (Invalid, Forbidden, Unavailable, NotFound, BadRequest)


async def page(staff: Staff) -> Response:
    """GET /admin/relays."""
    return await _show(staff)


async def add(staff: Staff, form: Upload) -> Response:
    """POST /admin/relays: subscribe to the relay at `url`."""
    try:
        await subscribe(staff, form.fields.get("url", ""))
    except _SAID as error:
        return await _show(staff, typed=form.fields.get("url", ""), problem=guard.wrong(staff, error))
    return guard.done(staff, PATH, staff.gettext("The relay was asked."))


async def subscribe(staff: Staff, url: str) -> None:
    """Subscribe to a relay. Raises what `relays.add` raises, and Invalid for an address that is too long."""
    if len(url) > _MAX_URL:
        raise Invalid("A relay is given by the URL of its inbox or of its actor on another server")
    try:
        await relays.add(staff.app, url.strip(), by=staff.by)
    except Unavailable as error:
        raise Unavailable("The relay does not answer", reason=error.reason) from error


async def remove(staff: Staff, form: Upload) -> Response:
    """POST /admin/relays/remove: leave a relay."""
    number = form.fields.get("id", "")
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        raise NotFound
    await relays.remove(staff.app, int(number), by=staff.by)
    return guard.done(staff, PATH, staff.gettext("The relay was left."))


async def listing(staff: Staff) -> list[dict[str, Any]]:
    """Return the relays as the templates show them."""
    return [
        {
            "id": row["id"],
            "address": row["actor_uri"] or row["inbox_url"],
            "state": row["state"],
            "since": from_ms(row["created_at"]),
            "answered": from_ms(row["answered_at"]) if row["answered_at"] is not None else None,
        }
        for row in await relays.everything(staff.app)
    ]


async def _show(staff: Staff, *, typed: str = "", problem: str = "") -> Response:
    return await guard.show(
        staff,
        "admin/relays.html",
        status=422 if problem else 200,
        found=await listing(staff),
        typed=typed,
        problems=[problem] if problem else [],
    )


ROUTES = (
    guard.get(PATH, Power.DOMAINS, page),
    guard.post(PATH, Power.DOMAINS, add),
    guard.post(f"{PATH}/remove", Power.DOMAINS, remove),
)

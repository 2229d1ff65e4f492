"""/admin/relays: the relays that this server subscribed to, and how they answered."""

from typing import Any

from starlette.responses import Response

from fedinote.federation import relay_states, relays
from fedinote.infra.errors import BadRequest, Forbidden, Invalid, NotFound, Unavailable
from fedinote.moderation.moderator import Power
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import Upload

PATH = "/admin/relays"
WELCOME = "/admin/welcome/topics"
PATIENCE = 2.0
"""How many seconds the page waits for the first attempt at a relay, to say how it ended."""
_MAX_URL = 2048
_SAID = (Invalid, Forbidden, Unavailable, NotFound, BadRequest)


async def page(staff: Staff) -> Response:
    """GET /admin/relays."""
    return await _show(staff)


async def add(staff: Staff, form: Upload) -> Response:
    """POST /admin/relays: subscribe to the relay at `url`."""
    try:
        said = await subscribe(staff, form.fields.get("url", ""))
    except _SAID as error:
        return await _show(staff, typed=form.fields.get("url", ""), problem=guard.wrong(staff, error))
    return guard.done(staff, PATH, said)


def _told(staff: Staff, name: str) -> str:
    match name:
        case relays.ACCEPTED:
            return staff.gettext("The relay was asked, and it accepted.")
        case relays.REJECTED:
            return staff.gettext("The relay was asked, and it refused.")
        case relay_states.FAILING | relay_states.GIVEN_UP:
            return staff.gettext("The relay was asked, but it does not answer. The list says why.")
    return staff.gettext("The relay was asked.")


async def subscribe(staff: Staff, url: str) -> str:
    """Subscribe to a relay; return how the first attempt ended, to say it. Raises what `relays.add` raises.

    Invalid also for an address that is too long.
    """
    if len(url) > _MAX_URL:
        raise Invalid("A relay is given by the URL of its inbox or of its actor on another server")
    try:
        made = await relays.add(staff.app, url.strip(), by=staff.by)
    except Unavailable as error:
        raise Unavailable("The relay does not answer", reason=error.reason) from error
    found = await relay_states.settled(staff.app, made["id"], PATIENCE)
    return _told(staff, found.name)


async def remove(staff: Staff, form: Upload) -> Response:
    """POST /admin/relays/remove: leave a relay."""
    number = form.fields.get("id", "")
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        raise NotFound
    await relays.remove(staff.app, int(number), by=staff.by)
    return guard.done(staff, PATH, staff.gettext("The relay was left."))


async def listing(staff: Staff) -> list[dict[str, Any]]:
    """Return the relays as the templates show them, with how each stands (`relay_states.Standing`)."""
    rows = await relays.everything(staff.app)
    standing = await relay_states.of(staff.app, rows)
    return [
        {"id": row["id"], "address": row["actor_uri"] or row["inbox_url"], "standing": standing[row["id"]]}
        for row in rows
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

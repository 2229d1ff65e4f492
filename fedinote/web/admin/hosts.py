"""/admin/hosts: other servers, how each is doing, and one of them with what goes to it."""

from urllib.parse import quote

from starlette.responses import Response

from fedinote.federation import backlog, hosts
from fedinote.infra.errors import NotFound
from fedinote.moderation.moderator import Power
from fedinote.web import pages
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import Upload

PATH = "/admin/hosts"
DELIVERIES = "/admin/deliveries"
_MAX = 255


async def page(staff: Staff) -> Response:
    """GET /admin/hosts: by state, and by a part of the name."""
    asked = pages.query(staff.request)
    state, text = asked.get("state", ""), asked.get("q", "")[:_MAX]
    found = await hosts.listing(staff.app, state=state, beginning=text, after=asked.get("after", "")[:_MAX])
    return await guard.show(
        staff,
        "admin/hosts.html",
        found=found,
        states=hosts.STATES,
        state=state if state in hosts.STATES else "",
        q=text,
        more=found[-1].host if len(found) == hosts.PAGE else None,
    )


async def one(staff: Staff) -> Response:
    """GET /admin/hosts/{host}."""
    server = await hosts.one(staff.app, staff.request.path_params["host"][:_MAX])
    return await guard.show(
        staff,
        "admin/host.html",
        server=server,
        parcels=await backlog.of_host(staff.app, server.host),
        diary=await backlog.last_words(staff.app, server.host),
        acts=staff.may(Power.DOMAINS),
    )


def _host(form: Upload) -> str:
    return form.fields.get("host", "")[:_MAX]


def _back(host: str) -> str:
    return f"{PATH}/{quote(host, safe='')}"


async def try_now(staff: Staff, form: Upload) -> Response:
    """POST /admin/hosts/try: end all pauses, and send what waits."""
    _ = staff.here.words.gettext
    await hosts.try_now(staff.app, staff.by, _host(form))
    return guard.done(staff, _back(_host(form)), _("What waits is sent now."))


async def stop(staff: Staff, form: Upload) -> Response:
    """POST /admin/hosts/stop: send nothing there any more."""
    _ = staff.here.words.gettext
    await hosts.stop(staff.app, staff.by, _host(form))
    return guard.done(staff, _back(_host(form)), _("Nothing is sent there any more."))


async def ask(staff: Staff, form: Upload) -> Response:
    """POST /admin/hosts/ask: ask the server what it runs."""
    _ = staff.here.words.gettext
    host = (await hosts.one(staff.app, _host(form))).host
    answered, said = await hosts.reach(staff.app, host)
    text = _("It runs %(software)s.", software=said) if answered else _("It did not answer: %(reason)s", reason=said)
    return guard.done(staff, _back(host), text)


async def deliveries(staff: Staff) -> Response:
    """GET /admin/deliveries: what is still to be sent and what was given up, by server."""
    after = pages.query(staff.request).get("after", "")[:_MAX]
    found = await backlog.by_host(staff.app, after)
    more = found[-1].host if len(found) == backlog.PAGE else None
    return await guard.show(staff, "admin/deliveries.html", found=found, more=more, acts=staff.may(Power.DOMAINS))


async def retry(staff: Staff, form: Upload) -> Response:
    """POST /admin/deliveries/retry: try those to a host again that were given up."""
    _ = staff.here.words.gettext
    try:
        await backlog.retry_deliveries(staff.app, staff.by, _host(form))
    except NotFound as error:
        raise NotFound("Nothing was given up for this server") from error
    return guard.done(staff, _where(form), _("It is tried again now."))


async def discard(staff: Staff, form: Upload) -> Response:
    """POST /admin/deliveries/discard: delete all that waits for a host."""
    _ = staff.here.words.gettext
    await backlog.discard_deliveries(staff.app, staff.by, _host(form))
    return guard.done(staff, _where(form), _("It was thrown away."))


def _where(form: Upload) -> str:
    return _back(_host(form)) if form.fields.get("from") == "host" else DELIVERIES


ROUTES = (
    guard.get(PATH, Power.DASHBOARD, page),
    guard.get(f"{PATH}/{{host}}", Power.DASHBOARD, one),
    guard.post(f"{PATH}/try", Power.DOMAINS, try_now),
    guard.post(f"{PATH}/stop", Power.DOMAINS, stop),
    guard.post(f"{PATH}/ask", Power.DOMAINS, ask),
    guard.get(DELIVERIES, Power.DASHBOARD, deliveries),
    guard.post(f"{DELIVERIES}/retry", Power.DOMAINS, retry),
    guard.post(f"{DELIVERIES}/discard", Power.DOMAINS, discard),
)

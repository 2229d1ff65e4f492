"""The way home for visitors: to follow, answer or like something of ours, people go to the server where they live."""

import asyncio
import re
from dataclasses import dataclass
from urllib.parse import quote

from fedinote.activitypub import discovery
from fedinote.activitypub.discovery import Handle
from fedinote.activitypub.quirks import host_of
from fedinote.federation import fetching
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.errors import Crowded, FediNoteError, Invalid, Malformed, Unreachable
from fedinote.policy import domains

MAX_TYPED = 500
SECONDS = 5.0
"""How long a visitor waits at most for what their server says."""
_BAD_GATEWAY = 502
_PAGE = "/authorize_interaction?uri="
_PROFILE = re.compile(r"/@([A-Za-z0-9_.-]{1,64})/?$")


@dataclass(frozen=True, slots=True)
class Way:
    """Where to go on, the server's name, and whether it answered this one just now (True where it was not asked)."""

    url: str
    host: str
    answers: bool = True


async def way(app: App, typed: str, uri: str) -> Way:
    """Return where somebody can act on `uri` who typed their handle, their server, or the address of their profile.

    Their server tells by WebFinger's subscribe link (the guarded way of every request); where it does not, it is asked
    as Mastodon's are. Takes `SECONDS` at most. `Invalid` for what is none of these.
    """
    host, handle = _read(typed.strip()[:MAX_TYPED])
    if host in app.settings.own_hosts:
        return Way(app.url(_PAGE + quote(uri, safe="")), host)
    usual = f"{_scheme(app)}://{host}{_PAGE}{quote(uri, safe='')}"
    if await domains.suspended(app, host):
        return Way(usual, host)
    try:
        async with asyncio.timeout(SECONDS):
            template = None if handle is None else await _template(app, handle)
            if template is not None:
                return Way(template.replace("{uri}", quote(uri, safe="")), host)
            return Way(usual, host, await _answers(app, host))
    except TimeoutError:
        return Way(usual, host, answers=False)


async def _answers(app: App, host: str) -> bool:
    """Tell whether a server is there: it says something, whatever it is; a proxy that misses it does not count."""
    try:
        found = await app.outbound.get(
            f"{_scheme(app)}://{host}/.well-known/nodeinfo", accept="application/json", limit=65_536, timeout=SECONDS
        )
    except Crowded:
        return True  # nobody was asked
    except Unreachable:
        return False
    except FediNoteError:
        return True
    return found.status < _BAD_GATEWAY


def _read(typed: str) -> tuple[str, Handle | None]:
    """Return the host, and the handle where one was typed."""
    try:
        if typed.lower().startswith(("https://", "http://")):
            host = discovery.normalise_host(host_of(typed))
            named = _PROFILE.search(typed)
            return host, Handle(named[1], host) if named else None
        if "@" not in typed.lstrip("@"):
            return discovery.normalise_host(typed.lstrip("@").rstrip("/")), None
        handle = discovery.parse_handle(typed)
    except Malformed:
        raise Invalid("Write the address of your account, like you@example.org, or the name of your server.") from None
    return handle.host, handle


async def _template(app: App, handle: Handle) -> str | None:
    try:
        found = await fetching.subscribe_template(app, handle, Budget())
    except FediNoteError:
        return None
    return found if found is not None and found.startswith(f"{_scheme(app)}://") else None


def _scheme(app: App) -> str:
    return "http" if app.settings.federation.allow_http and not app.settings.secure else "https"

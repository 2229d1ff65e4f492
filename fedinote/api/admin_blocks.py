"""The lists that admins keep: blocked domains, addresses, e-mail domains and e-mail addresses, and listed servers.

https://docs.joinmastodon.org/methods/admin/domain_blocks/, domain_allows, ip_blocks, email_domain_blocks and
canonical_email_blocks
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

from fedinote.api import access
from fedinote.api.entities import admin_blocks as entities
from fedinote.api.paging import Page, paging
from fedinote.api.params import Params
from fedinote.api.routing import Answer, Call, Handler, Route, route
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation import email_blocks, ip_blocks, moderator
from fedinote.moderation import ip_blocks as addresses
from fedinote.moderation.moderator import Moderator, Power
from fedinote.moderation.servers import allows, domains
from fedinote.moderation.servers.domains import Terms
from fedinote.policy import ip_blocks as rules
from fedinote.policy.models import DomainBlock
from fedinote.timelines.window import Window

_USUAL, _MOST = 100, 200
_ADDRESS_UNSAID = "0.0.0.0/32"  # what Mastodon takes for an IP block that names no address


class _Identified(Protocol):
    id: int


T = TypeVar("T", bound=_Identified)
Listing = Callable[[App, Any], Awaitable[list[T]]]


async def _acting(call: Call, power: Power) -> Moderator:
    return await moderator.acting(call.app, call.me, power)


async def _page(call: Call, power: Power, listing: Listing[T]) -> tuple[list[T], Window]:
    """Return what is on the page that is asked for."""
    await _acting(call, power)
    window = paging(call, _USUAL, _MOST)
    return list(window.arrange(await listing(call.app, window.sql))), window


def _ids(found: Sequence[_Identified]) -> list[int]:
    return [one.id for one in found]


# -- blocked domains ------------------------------------------------------------------------------------------------


async def list_blocks(call: Call) -> Any:
    """GET /api/v1/admin/domain_blocks."""
    found, _ = await _page(call, Power.DOMAINS, domains.listing)
    return Page([entities.domain_block(one) for one in found], _ids(found))


async def show_block(call: Call) -> Any:
    """GET /api/v1/admin/domain_blocks/:id."""
    await _acting(call, Power.DOMAINS)
    return entities.domain_block(await domains.get(call.app, call.id()))


async def create_block(call: Call) -> Any:
    """POST /api/v1/admin/domain_blocks: 422 with the present block where there is one."""
    by = await _acting(call, Power.DOMAINS)
    domain = call.params.need("domain", max=300)
    present = await domains.find(call.app, domain)
    if present is not None:
        error = f"Validation failed: {present.domain} is blocked already"
        return Answer({"error": error, "existing_domain_block": entities.domain_block(present)}, 422)
    terms = _terms(call.params, Terms(severity="silence"))
    return _shown((await domains.block(call.app, domain, terms, by=by)).block)


async def update_block(call: Call) -> Any:
    """PUT /api/v1/admin/domain_blocks/:id: what is not given stays."""
    by = await _acting(call, Power.DOMAINS)
    present = await domains.get(call.app, call.id())
    terms = _terms(call.params, domains.terms_of(present))
    return _shown((await domains.update(call.app, present.id, terms, by=by)).block)


def _shown(block: DomainBlock | None) -> dict[str, Any]:
    if block is None:
        raise NotFound
    return entities.domain_block(block)


def _terms(params: Params, present: Terms) -> Terms:
    return Terms(
        severity=params.text("severity", present.severity),
        reject_media=params.flag("reject_media", present.reject_media),
        reject_reports=params.flag("reject_reports", present.reject_reports),
        followers_only=params.flag("followers_only", present.followers_only),
        warning=params.text("warning", present.warning),
        private_comment=params.text("private_comment", present.private_comment),
        public_comment=params.text("public_comment", present.public_comment),
        obfuscate=params.flag("obfuscate", present.obfuscate),
        expires_at=present.expires_at,
    )


async def delete_block(call: Call) -> Any:
    """DELETE /api/v1/admin/domain_blocks/:id."""
    await domains.unblock(call.app, call.id(), by=await _acting(call, Power.DOMAINS))
    return {}


# -- listed servers -------------------------------------------------------------------------------------------------


async def list_allows(call: Call) -> Any:
    """GET /api/v1/admin/domain_allows."""
    found, _ = await _page(call, Power.DOMAINS, allows.listing)
    return Page([entities.domain_allow(one) for one in found], _ids(found))


async def show_allow(call: Call) -> Any:
    """GET /api/v1/admin/domain_allows/:id."""
    await _acting(call, Power.DOMAINS)
    return entities.domain_allow(await allows.get(call.app, call.id()))


async def create_allow(call: Call) -> Any:
    """POST /api/v1/admin/domain_allows: answers with the entry that is there, if there is one."""
    by = await _acting(call, Power.DOMAINS)
    return entities.domain_allow(await allows.allow(call.app, call.params.need("domain", max=300), by=by))


async def delete_allow(call: Call) -> Any:
    """DELETE /api/v1/admin/domain_allows/:id: answers with the entry as it was."""
    return entities.domain_allow(await allows.disallow(call.app, call.id(), by=await _acting(call, Power.DOMAINS)))


# -- addresses ------------------------------------------------------------------------------------------------------


async def list_addresses(call: Call) -> Any:
    """GET /api/v1/admin/ip_blocks."""
    found, _ = await _page(call, Power.BLOCKS, ip_blocks.listing)
    return Page([entities.ip_block(one) for one in found], _ids(found))


async def show_address(call: Call) -> Any:
    """GET /api/v1/admin/ip_blocks/:id."""
    await _acting(call, Power.BLOCKS)
    return entities.ip_block(await ip_blocks.get(call.app, call.id()))


async def create_address(call: Call) -> Any:
    """POST /api/v1/admin/ip_blocks."""
    by = await _acting(call, Power.BLOCKS)
    terms = _address_terms(call, addresses.Terms(network=_ADDRESS_UNSAID, severity=""))
    return entities.ip_block(await ip_blocks.block(call.app, terms, by=by))


async def update_address(call: Call) -> Any:
    """PUT /api/v1/admin/ip_blocks/:id: what is not given stays; an empty `expires_in` means for ever."""
    by = await _acting(call, Power.BLOCKS)
    found = await ip_blocks.get(call.app, call.id())
    present = addresses.Terms(
        network=found.network, severity=found.severity, comment=found.comment, expires_at=found.expires_at
    )
    return entities.ip_block(await ip_blocks.update(call.app, found.id, _address_terms(call, present), by=by))


def _address_terms(call: Call, present: addresses.Terms) -> addresses.Terms:
    """Return what is asked for, unless it shuts out the very person who asks: `Invalid`."""
    params = call.params
    until = present.expires_at
    if "expires_in" in params:
        until = addresses.expiry(call.app, params.number("expires_in"))
    terms = addresses.Terms(
        network=params.text("ip", present.network, max=100),
        severity=params.text("severity", present.severity, max=40),
        comment=params.text("comment", present.comment),
        expires_at=until,
    )
    own = rules.parse(access.ip_of(call.app, call.request)) if _has_address(call) else None
    if own is not None and terms.severity == rules.NO_ACCESS:
        network = rules.parse(terms.network)
        if network.version == own.version and own.network_address in network:
            raise Invalid("Validation failed: Ip is your own: you could not come in any more")
    return terms


def _has_address(call: Call) -> bool:
    try:
        rules.parse(access.ip_of(call.app, call.request))
    except Invalid:
        return False
    return True


async def delete_address(call: Call) -> Any:
    """DELETE /api/v1/admin/ip_blocks/:id."""
    await ip_blocks.unblock(call.app, call.id(), by=await _acting(call, Power.BLOCKS))
    return {}


# -- e-mail domains -------------------------------------------------------------------------------------------------


async def list_email_domains(call: Call) -> Any:
    """GET /api/v1/admin/email_domain_blocks."""
    found, _ = await _page(call, Power.BLOCKS, email_blocks.domains_listing)
    return Page(await entities.email_domain_blocks(call.app, found), _ids(found))


async def show_email_domain(call: Call) -> Any:
    """GET /api/v1/admin/email_domain_blocks/:id."""
    await _acting(call, Power.BLOCKS)
    return (await entities.email_domain_blocks(call.app, [await email_blocks.get_domain(call.app, call.id())]))[0]


async def create_email_domain(call: Call) -> Any:
    """POST /api/v1/admin/email_domain_blocks."""
    by = await _acting(call, Power.BLOCKS)
    made = await email_blocks.block_domain(call.app, call.params.need("domain", max=300), by=by)
    return (await entities.email_domain_blocks(call.app, [made]))[0]


async def delete_email_domain(call: Call) -> Any:
    """DELETE /api/v1/admin/email_domain_blocks/:id."""
    await email_blocks.unblock_domain(call.app, call.id(), by=await _acting(call, Power.BLOCKS))
    return {}


# -- e-mail addresses -----------------------------------------------------------------------------------------------


async def list_emails(call: Call) -> Any:
    """GET /api/v1/admin/canonical_email_blocks."""
    found, _ = await _page(call, Power.BLOCKS, email_blocks.addresses_listing)
    return Page([entities.canonical_email_block(one) for one in found], _ids(found))


async def show_email(call: Call) -> Any:
    """GET /api/v1/admin/canonical_email_blocks/:id."""
    await _acting(call, Power.BLOCKS)
    return entities.canonical_email_block(await email_blocks.get_address(call.app, call.id()))


async def test_email(call: Call) -> Any:
    """POST /api/v1/admin/canonical_email_blocks/test: the blocks that an address falls under."""
    await _acting(call, Power.BLOCKS)
    found = await email_blocks.matching(call.app, call.params.need("email", max=400))
    return [entities.canonical_email_block(one) for one in found]


async def create_email(call: Call) -> Any:
    """POST /api/v1/admin/canonical_email_blocks: by the address, or by its hash."""
    by = await _acting(call, Power.BLOCKS)
    email = call.params.text("email", "", max=400).strip()
    hashed = "" if email else call.params.need("canonical_email_hash", max=100)
    return entities.canonical_email_block(await email_blocks.block_address(call.app, email, fingerprint=hashed, by=by))


async def delete_email(call: Call) -> Any:
    """DELETE /api/v1/admin/canonical_email_blocks/:id."""
    await email_blocks.unblock_address(call.app, call.id(), by=await _acting(call, Power.BLOCKS))
    return {}


def _route(method: str, name: str, handler: Handler, below: str = "", *also: str) -> Route:
    """Make a route below /api/v1/admin/ whose scope is that of its list; `also` are scopes that open it as well."""
    reading = method == "GET" or below == "/test"
    scopes = (f"admin:{'read' if reading else 'write'}:{name}", *also)
    return route(method, f"/api/v1/admin/{name}{below}", handler, auth="user", scopes=scopes)


ROUTES = (
    _route("GET", "domain_blocks", list_blocks),
    _route("POST", "domain_blocks", create_block),
    _route("GET", "domain_blocks", show_block, "/{id}"),
    _route("PUT", "domain_blocks", update_block, "/{id}"),
    _route("PATCH", "domain_blocks", update_block, "/{id}"),
    _route("DELETE", "domain_blocks", delete_block, "/{id}"),
    _route("GET", "domain_allows", list_allows),
    _route("POST", "domain_allows", create_allow),
    _route("GET", "domain_allows", show_allow, "/{id}"),
    _route("DELETE", "domain_allows", delete_allow, "/{id}"),
    _route("GET", "ip_blocks", list_addresses),
    _route("POST", "ip_blocks", create_address),
    _route("GET", "ip_blocks", show_address, "/{id}"),
    _route("PUT", "ip_blocks", update_address, "/{id}"),
    _route("PATCH", "ip_blocks", update_address, "/{id}"),
    _route("DELETE", "ip_blocks", delete_address, "/{id}", "admin:write:domain_blocks"),  # as Mastodon documents it
    _route("GET", "email_domain_blocks", list_email_domains),
    _route("POST", "email_domain_blocks", create_email_domain),
    _route("GET", "email_domain_blocks", show_email_domain, "/{id}"),
    _route("DELETE", "email_domain_blocks", delete_email_domain, "/{id}"),
    _route("GET", "canonical_email_blocks", list_emails),
    _route("POST", "canonical_email_blocks", create_email),
    _route("POST", "canonical_email_blocks", test_email, "/test"),
    _route("GET", "canonical_email_blocks", show_email, "/{id}"),
    _route("DELETE", "canonical_email_blocks", delete_email, "/{id}"),
)

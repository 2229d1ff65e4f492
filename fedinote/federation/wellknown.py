"""How other servers find out who is here and what this server is: WebFinger, NodeInfo, host-meta."""

from typing import Any
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

import fedinote
from fedinote.activitypub import discovery
from fedinote.activitypub.discovery import Handle, JrdOut, NodeInfoOut
from fedinote.activitypub.quirks import same_origin
from fedinote.federation.documents import TYPES
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest, Gone, NotFound
from fedinote.policy import pipeline

ROBOTS = """User-agent: *
Disallow: /api/
Disallow: /auth/
Disallow: /oauth/
Disallow: /authorize_interaction
"""
NODEINFO_DAYS = {"active_month": 30, "active_half_year": 182}


def _app(request: Request) -> App:
    found: App = request.app.state.app
    return found


def _json(document: object, media_type: str) -> Response:
    return Response(
        msgspec.json.encode(document), headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "max-age=300"},
        media_type=media_type,
    )  # fmt: skip


async def webfinger(request: Request) -> Response:
    """GET /.well-known/webfinger?resource=acct:name@host (RFC 7033)."""
    app = _app(request)
    resource = request.query_params.get("resource")
    if not resource:
        raise BadRequest("The parameter `resource` is missing")
    row = await _named(app, discovery.parse_resource(resource))
    if row["deleted_at"] is not None:
        raise Gone
    instance = row["actor_type"] == "Application"
    found = JrdOut(
        username=row["username"],
        host=app.settings.handle_host,
        actor=row["uri"],
        profile=None if instance else row["url"],
        avatar=app.url(f"/media/{row['avatar']}") if row["avatar"] else None,
        avatar_type=TYPES.get(row["avatar"].rpartition(".")[2]) if row["avatar"] else None,
        subscribe=None if instance else app.url("/authorize_interaction?uri={uri}"),
    )
    return _json(discovery.jrd(found), "application/jrd+json; charset=utf-8")


_ACCOUNT = (
    "SELECT a.*, u.state AS login FROM accounts a LEFT JOIN users u ON u.account_id = a.id WHERE a.domain = '' AND "
)


async def _named(app: App, resource: Handle | str) -> Row:
    """Return the local account of a handle, of its id or page, or (the bare address of the server) the server's own.

    Letter case does not matter. NotFound for others', and for people who wait for approval.
    """
    if isinstance(resource, Handle):
        own = resource.host.lower() in app.settings.own_hosts
        name = resource.username if own else ""
    else:
        name = _name_in(app, resource)
    row = await app.db.row(f"{_ACCOUNT} a.username_key = ?", name.lower()) if name else None
    if row is None or row["login"] == "pending":
        raise NotFound
    return row


def _name_in(app: App, url: str) -> str:
    """Return whose address a URL of this server is; "" when it is nobody's."""
    if not same_origin(url, app.settings.base):
        return ""
    path = urlsplit(url).path.rstrip("/")
    if path in ("", "/actor", "/about"):
        return app.settings.host  # the server's own actor is called so (FEP-d556)
    name = path.removeprefix("/@") if path.startswith("/@") else path.removeprefix("/users/")
    return "" if "/" in name or "@" in name else name


async def host_meta(request: Request) -> Response:
    """GET /.well-known/host-meta (RFC 6415)."""
    base = _app(request).settings.base
    if request.url.path.endswith(".json"):
        return _json(discovery.host_meta_json(base), "application/json")
    return Response(discovery.host_meta_xml(base), media_type="application/xrd+xml; charset=utf-8")


async def robots(request: Request) -> Response:
    """GET /robots.txt: pages and profiles may be read; each profile says itself whether it may be indexed."""
    return Response(ROBOTS, headers={"Cache-Control": "max-age=3600"}, media_type="text/plain; charset=utf-8")


async def nodeinfo_links(request: Request) -> Response:
    """GET /.well-known/nodeinfo."""
    app = _app(request)
    return _json(discovery.nodeinfo_links(app.settings.base, app.url("/actor")), "application/json")


async def nodeinfo(request: Request) -> Response:
    """GET /nodeinfo/2.0 and 2.1."""
    app = _app(request)
    now = app.now()
    version = request.path_params["version"]
    if version not in ("2.0", "2.1"):
        raise NotFound
    counts = await app.db.many(
        ("SELECT COUNT(*) AS value FROM users WHERE state = 'active'", ()),
        ("SELECT COALESCE(SUM(statuses_count), 0) AS value FROM accounts WHERE domain = ''", ()),
        *(
            ("SELECT COUNT(*) AS value FROM accounts WHERE domain = '' AND last_status_at > ?",
             (now.timestamp() * 1000 - days * 86_400_000,))
            for days in NODEINFO_DAYS.values()
        ),
    )  # fmt: skip
    users, posts, month, half_year = (int(rows[0]["value"]) for rows in counts)
    found = NodeInfoOut(
        version=fedinote.__version__,
        open_registrations=app.settings.registrations.mode in ("open", "approval"),
        users=users,
        active_month=month,
        active_half_year=half_year,
        posts=posts,
        repository="",
        homepage="",
        metadata=await _metadata(app),
    )
    return _json(discovery.nodeinfo(found, version), discovery.nodeinfo_type(version))


async def _metadata(app: App) -> dict[str, Any]:
    """Give what is not standard but read by many (FEP-0151)."""
    instance = app.settings.instance
    found: dict[str, Any] = {
        "nodeName": instance.title,
        "nodeDescription": instance.description,
        "federation": await _policies(app),
        "translation": {
            "enabled": app.translator is not None,
            "page": app.url("/about/translation"),
            "figures": app.url("/api/fedinote/v1/translation"),
        },
    }
    contact = instance.contact_account.removeprefix("@").lower()
    if contact:
        rows = await app.db.rows(
            "SELECT uri FROM accounts WHERE username_key = ? AND domain = '' AND deleted_at IS NULL", contact
        )
        found["staffAccounts"] = [row["uri"] for row in rows]
    return found


async def _policies(app: App) -> dict[str, Any]:
    """Say what judges posts and reports here; `mrf_policies` and `exclusions` are where Pleroma and Akkoma say it.

    `exclusions`: some blocked servers are not named in public.
    """
    stated = await pipeline.stated(app)
    hidden = await app.db.value("SELECT COUNT(*) AS value FROM domain_blocks WHERE obfuscate = TRUE")
    return {
        "enabled": True,
        "exclusions": hidden > 0,
        "mrf_policies": [one.name for one in stated],
        "policies": [{"name": one.name, "does": one.does, "facts": one.facts} for one in stated],
        "page": app.url("/about/moderation"),
        "figures": app.url("/api/fedinote/v1/accountability"),
    }


ROUTES: tuple[BaseRoute, ...] = (
    Route("/.well-known/webfinger", webfinger),
    Route("/.well-known/nodeinfo", nodeinfo_links),
    Route("/.well-known/host-meta", host_meta),
    Route("/.well-known/host-meta.json", host_meta),
    Route("/nodeinfo/{version}", nodeinfo),
    Route("/robots.txt", robots),
)

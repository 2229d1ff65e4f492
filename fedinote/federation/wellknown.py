"""How other servers find out who is here and what this server is: WebFinger, NodeInfo, host-meta."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

import fedinote
from fedinote.activitypub import discovery
from fedinote.activitypub.discovery import Handle, JrdOut, NodeInfoOut
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest, Gone, NotFound

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
        host=app.settings.host,
        actor=row["uri"],
        profile=None if instance else row["url"],
        avatar=app.url(f"/media/{row['avatar']}") if row["avatar"] else None,
        subscribe=None if instance else app.url("/authorize_interaction?uri={uri}"),
    )
    return _json(discovery.jrd(found), "application/jrd+json; charset=utf-8")


async def _named(app: App, resource: Handle | str) -> Row:
    if isinstance(resource, Handle):
        if resource.host != app.settings.host:
            raise NotFound
        row = await app.db.row(
            "SELECT * FROM accounts WHERE username_key = ? AND domain = ''", resource.username.lower()
        )
    else:
        row = await app.db.row("SELECT * FROM accounts WHERE domain = '' AND (uri = ? OR url = ?)", resource, resource)
    if row is None:
        raise NotFound
    return row


async def host_meta(request: Request) -> Response:
    """GET /.well-known/host-meta (RFC 6415)."""
    base = _app(request).settings.base
    if request.url.path.endswith(".json"):
        return _json(discovery.host_meta_json(base), "application/json")
    return Response(discovery.host_meta_xml(base), media_type="application/xrd+xml")


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
        metadata={"nodeName": app.settings.instance.title, "nodeDescription": app.settings.instance.description},
    )
    return _json(discovery.nodeinfo(found, version), discovery.nodeinfo_type(version))


ROUTES: tuple[BaseRoute, ...] = (
    Route("/.well-known/webfinger", webfinger),
    Route("/.well-known/nodeinfo", nodeinfo_links),
    Route("/.well-known/host-meta", host_meta),
    Route("/.well-known/host-meta.json", host_meta),
    Route("/nodeinfo/{version}", nodeinfo),
)

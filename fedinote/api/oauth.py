"""OAuth for clients: registering apps, tokens for codes, revoking, and the documents by which clients find all this."""

import base64
import binascii
from typing import Any
from urllib.parse import unquote_plus

import msgspec
from starlette.responses import Response

from fedinote.accounts import profiles
from fedinote.api.params import Params
from fedinote.api.routing import Call, route
from fedinote.auth import clients, oauth, scopes, tokens
from fedinote.auth.models import OAuthApp
from fedinote.auth.oauth import OAuthError
from fedinote.auth.tokens import Issued
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, Unauthorized
from fedinote.infra.keys import VAPID_PUBLIC

_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_SECRET = 512


async def create_app(call: Call) -> Any:
    """POST /api/v1/apps: register a client. `redirect_uris` is a text with one on each line, or an array."""
    params = call.params
    uris = [uri for text in params.list("redirect_uris") for uri in text.split()]
    client, secret = await clients.register(
        call.app,
        params.text("client_name", ""),
        uris,
        scopes=_scope_text(params, "scopes"),
        website=params.text("website"),
    )
    return {
        **_application(call.app, client),
        "client_id": client.client_id,
        "client_secret": secret,
        "client_secret_expires_at": 0,
    }


async def verify_app(call: Call) -> Any:
    """GET /api/v1/apps/verify_credentials: the client that the token was given to."""
    bearer = call.viewer or call.app_token
    client = None if bearer is None else await clients.by_id(call.app, bearer.app_id)
    if client is None:
        raise Unauthorized
    return _application(call.app, client)


def _application(app: App, client: OAuthApp) -> dict[str, Any]:
    return {
        "id": str(client.id),
        "name": client.name,
        "website": client.website,
        "scopes": client.scopes.split(),
        "redirect_uri": "\n".join(client.redirect_uris),
        "redirect_uris": client.redirect_uris,
        "vapid_key": app.secrets.get(VAPID_PUBLIC, ""),
    }


async def token(call: Call) -> Response:
    """POST /oauth/token: a token for a code, or for the app itself. The client is known by Basic or body."""
    try:
        issued = await _token(call)
    except OAuthError as error:
        return _refusal(error)
    except Invalid as error:
        return _refusal(OAuthError("invalid_request", error.message))
    return _json(
        {
            "access_token": issued.text,
            "token_type": "Bearer",
            "scope": " ".join(issued.scopes),
            "created_at": int(issued.created_at.timestamp()),
        }
    )


async def _token(call: Call) -> Issued:
    params = call.params
    grant = params.text("grant_type", "")
    if grant not in ("authorization_code", "client_credentials"):
        raise OAuthError("unsupported_grant_type", "The authorization grant type is not supported by this server.")
    client = await _client(call)
    if grant == "client_credentials":
        return await oauth.client_credentials(call.app, client, _scope_text(params, "scope"))
    return await oauth.exchange(
        call.app,
        client,
        code=params.text("code", "", max=_SECRET),
        redirect_uri=params.text("redirect_uri", ""),
        verifier=params.text("code_verifier", "", max=_SECRET),
        scope=_scope_text(params, "scope"),
    )


async def revoke(call: Call) -> Response:
    """POST /oauth/revoke (RFC 7009): end a token of this client. An unknown token is no error."""
    try:
        client = await _client(call)
        own = await tokens.revoke(call.app, call.params.text("token", "", max=_SECRET), app_id=client.id)
    except OAuthError as error:
        return _refusal(error)
    except Invalid as error:
        return _refusal(OAuthError("invalid_request", error.message))
    if not own:
        return _refusal(OAuthError("unauthorized_client", "You are not authorized to revoke this token", status=403))
    return _json({})


async def _client(call: Call) -> OAuthApp:
    name, secret = _basic(call.request.headers.get("authorization", ""))
    if not name:
        name = call.params.text("client_id", "", max=_SECRET)
        secret = call.params.text("client_secret", "", max=_SECRET)
    return await oauth.authenticated_client(call.app, name, secret)


def _basic(header: str) -> tuple[str, str]:
    """Return client id and secret of an HTTP Basic header (RFC 6749, section 2.3.1), or two empty texts."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > 4 * _SECRET:
        return "", ""
    try:
        name, _, secret = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(name), unquote_plus(secret)


def _scope_text(params: Params, name: str) -> str:
    return " ".join(params.list(name))


async def userinfo(call: Call) -> Any:
    """GET /oauth/userinfo: who granted the token, in OpenID Connect's words."""
    account = (await profiles.by_ids(call.app, [call.me.account_id]))[call.me.account_id]
    return {
        "iss": call.app.settings.base,
        "sub": account.uri,
        "name": account.display_name or account.username,
        "preferred_username": account.username,
        "profile": account.url,
        "picture": call.app.url(f"/media/{account.avatar}") if account.avatar else None,
    }


async def metadata(call: Call) -> Any:
    """GET /.well-known/oauth-authorization-server (RFC 8414)."""
    app = call.app
    return {
        "issuer": app.settings.base,
        "authorization_endpoint": app.url("/oauth/authorize"),
        "token_endpoint": app.url("/oauth/token"),
        "revocation_endpoint": app.url("/oauth/revoke"),
        "userinfo_endpoint": app.url("/oauth/userinfo"),
        "app_registration_endpoint": app.url("/api/v1/apps"),
        "service_documentation": app.url("/about"),
        "scopes_supported": scopes.ALL,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }


def _refusal(error: OAuthError) -> Response:
    headers = {"WWW-Authenticate": f'Basic realm="{error.code}"'} if error.status == 401 else {}
    return _json({"error": error.code, "error_description": error.message}, error.status, headers)


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(
        msgspec.json.encode(body),
        status,
        media_type="application/json",
        headers={**_NO_STORE, **(headers or {})},
    )


ROUTES = (
    route("POST", "/api/v1/apps", create_app, auth="public", limit="apps"),
    route("GET", "/api/v1/apps/verify_credentials", verify_app, auth="app"),
    route("POST", "/oauth/token", token, auth="public"),
    route("POST", "/oauth/revoke", revoke, auth="public"),
    route("GET", "/oauth/userinfo", userinfo, auth="user", scopes=("profile", "read", "read:accounts")),
    route("GET", "/.well-known/oauth-authorization-server", metadata, auth="public"),
)

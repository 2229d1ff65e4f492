"""Errors as JSON, in the two forms that clients know: Mastodon's and OAuth's."""

from typing import Any

import msgspec
from starlette.responses import Response

from fedinote.api.routing import WrongMethod
from fedinote.infra.errors import Busy, FediNoteError, InvalidField, OverBudget, TooMany, Unauthorized

_OAUTH = {401: "invalid_client", 403: "access_denied", 429: "temporarily_unavailable", 503: "temporarily_unavailable"}
_SERVER_ERROR = 500


def response(error: FediNoteError, path: str) -> Response:
    """Return the answer for an error: {"error": text}, for OAuth paths {"error": code, "error_description": text}."""
    return Response(
        msgspec.json.encode(body(error, path)),
        error.status,
        headers={**headers(error), "Cache-Control": "no-store"},
        media_type="application/json",
    )


def body(error: FediNoteError, path: str) -> dict[str, Any]:
    """Return what the error says (RFC 6749, section 5.2, below /oauth/; Mastodon's ValidationError for a field)."""
    if isinstance(error, InvalidField) and not path.startswith("/oauth/"):
        details = {error.field: [{"error": error.code, "description": error.description}]}
        return {"error": f"Validation failed: {error.message}", "details": details}
    if not path.startswith("/oauth/"):
        return {"error": error.message}
    code = getattr(error, "code", None)
    if code is None:
        fallback = "server_error" if error.status == _SERVER_ERROR else "invalid_request"
        code = _OAUTH.get(error.status, fallback)
    return {"error": code, "error_description": error.message}


def headers(error: FediNoteError) -> dict[str, str]:
    """Return the headers that an error's status asks for."""
    match error:
        case TooMany() | Busy() | OverBudget():
            return {"Retry-After": str(error.retry_after)}
        case WrongMethod():
            return {"Allow": error.allow}
        case Unauthorized():
            return {"WWW-Authenticate": 'Bearer realm="FediNote", error="invalid_token"'}
    return {}

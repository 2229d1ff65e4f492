"""Who calls: the OAuth token of a client, whose person it is, and what it may do."""

from collections.abc import Sequence

from starlette.requests import Request

from fedinote.auth import limits, tokens
from fedinote.auth.viewer import Viewer
from fedinote.federation.answering import app_of
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Forbidden, Gone, Invalid, NotFound, Unauthorized

READ = ("read", "read:statuses")


def token_of(request: Request) -> str | None:
    """Return the token of the Authorization header; None when there is none (RFC 6750, section 2.1)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


async def viewer_of(request: Request, scopes: Sequence[str]) -> Viewer:
    """Return the person whose token came with a request. One of the scopes is enough.

    Raises Unauthorized (no token, or not a valid one), Invalid (the token of an app alone), Forbidden (scope) and
    TooMany.
    """
    app, token = app_of(request), token_of(request)
    if token is None:
        raise Unauthorized
    viewer = await tokens.authenticate(app, token)
    if not isinstance(viewer, Viewer):
        raise Invalid("This method requires an authenticated user")
    limits.spend(app, viewer, limits.USER, "all")
    check(viewer, scopes)
    return viewer


def check(viewer: Viewer, scopes: Sequence[str]) -> None:
    """Raise Forbidden unless the token has one of the scopes."""
    if not any(viewer.has(scope) for scope in scopes):
        raise Forbidden("This action is outside the authorized scopes")


async def owner_of(request: Request, scopes: Sequence[str] = ()) -> tuple[Viewer, Row]:
    """Return the caller and the account that the path names, which must be the caller's own (Forbidden otherwise)."""
    app = app_of(request)
    viewer = await viewer_of(request, scopes or ("read", "write", "follow", *_PARTS))
    row = await local(app, request.path_params["name"])
    if row["id"] != viewer.account_id:
        raise Forbidden("This box belongs to somebody else")
    return viewer, row


# Any scope of a person gets as far as the outbox, where each activity asks for its own.
_PARTS = ("write:statuses", "write:follows", "write:favourites", "write:blocks", "write:accounts")


async def named(app: App, name: str) -> Row:
    """Return a person's account of this server, also one that was deleted; NotFound for none, or one that waits."""
    row = await app.db.row(
        "SELECT a.*, u.state AS login FROM accounts a LEFT JOIN users u ON u.account_id = a.id"
        " WHERE a.username_key = ? AND a.domain = '' AND a.actor_type <> 'Application'",
        name.lower(),
    )
    if row is None or row["login"] == "pending":
        raise NotFound
    return row


async def local(app: App, name: str) -> Row:
    """Return a person's account of this server; Gone for one that was deleted, else like `named`."""
    row = await named(app, name)
    if row["deleted_at"] is not None:
        raise Gone
    return row

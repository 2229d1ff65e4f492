"""OAuth client applications: registering them, and telling that a request comes from one (RFC 6749, section 2)."""

import hmac
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from tortoise.exceptions import IntegrityError

from fedinote.auth import scopes as scope_rules
from fedinote.auth.hashes import new_token, token_hash
from fedinote.auth.models import OAuthApp
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid

OOB = "urn:ietf:wg:oauth:2.0:oob"
COMMAND_LINE = "fedinote command line"
_COMMAND_LINE_ID = "command-line"
MAX_NAME = 60
MAX_URI = 2000
MAX_URIS = 30
# What a browser would run, read from the disk, or show as ours.
_FORBIDDEN_SCHEMES = frozenset(
    {
        *("javascript", "data", "vbscript", "file", "filesystem", "blob", "about", "chrome", "view-source"),
        *("resource", "jar", "wyciwyg", "ws", "wss"),
    }
)
_PRINTABLE = re.compile(r"[!-~]+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")


async def register(
    app: App, name: str, redirect_uris: Sequence[str], *, scopes: str = "", website: str | None = None
) -> tuple[OAuthApp, str]:
    """Register an application; return it and its secret, which is kept as a hash only.

    `Invalid` for a blank name, an unknown scope, and redirect URIs that are relative, have a fragment, or a scheme
    that a browser would run as code.
    """
    name = " ".join(name.split())
    asked = scope_rules.parse(scopes)
    _check(name, redirect_uris, asked)
    secret = new_token()
    client = await OAuthApp.create(
        using_db=app.db.orm,
        id=app.ids.next(),
        client_id=new_token(),
        secret_hash=token_hash(secret),
        name=name,
        website=_website(website),
        redirect_uris=list(redirect_uris),
        scopes=" ".join(asked),
        created_at=app.now(),
    )
    return client, secret


def _check(name: str, redirect_uris: Sequence[str], asked: Sequence[str]) -> None:
    if not name or len(name) > MAX_NAME:
        raise Invalid(f"Validation failed: Application name must have 1 to {MAX_NAME} characters")
    if not redirect_uris or len(redirect_uris) > MAX_URIS:
        raise Invalid("Validation failed: Redirect URI can't be blank")
    for uri in redirect_uris:
        check_redirect_uri(uri)
    if not scope_rules.known(asked):
        raise Invalid("Validation failed: Scopes doesn't match configured on the server.")


def check_redirect_uri(uri: str) -> None:
    """Raise `Invalid` for a redirect URI that no client should have. Compared later letter by letter, never parsed."""
    if uri == OOB:
        return
    scheme, colon, rest = uri.partition(":")
    good = (
        len(uri) <= MAX_URI
        and _PRINTABLE.fullmatch(uri)
        and "#" not in uri
        and colon
        and rest
        and _SCHEME.fullmatch(scheme)
        and scheme.lower() not in _FORBIDDEN_SCHEMES
    )
    if not good or (scheme.lower() in ("http", "https") and not _has_plain_host(uri)):
        raise Invalid("Validation failed: Redirect URI must be an absolute URI.")


def _has_plain_host(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
        return bool(parts.hostname) and "@" not in parts.netloc and "\\" not in uri and parts.port != 0
    except ValueError:
        return False


def _website(text: str | None) -> str | None:
    if not text:
        return None
    if len(text) > MAX_URI or not text.lower().startswith(("https://", "http://")) or not _PRINTABLE.fullmatch(text):
        raise Invalid("Validation failed: Website must be a http or https URL")
    return text


async def by_id(app: App, app_id: int) -> OAuthApp | None:
    """Return an application by its row's id, or None."""
    return await OAuthApp.get_or_none(id=app_id, using_db=app.db.orm)


async def by_client_id(app: App, client_id: str) -> OAuthApp | None:
    """Return the application that has this client id, or None."""
    return await OAuthApp.get_or_none(client_id=client_id[:64], using_db=app.db.orm) if client_id else None


async def authenticated(app: App, client_id: str, secret: str) -> OAuthApp | None:
    """Return the application when the secret is its own, else None."""
    client = await by_client_id(app, client_id)
    if client is None or not hmac.compare_digest(client.secret_hash, token_hash(secret)):
        return None
    return client


async def command_line(app: App) -> OAuthApp:
    """Return the application in whose name the operator makes tokens; made when first needed. Nobody has its secret."""
    found = await by_client_id(app, _COMMAND_LINE_ID)
    if found is not None:
        return found
    try:
        return await OAuthApp.create(
            using_db=app.db.orm,
            id=app.ids.next(),
            client_id=_COMMAND_LINE_ID,
            secret_hash=token_hash(new_token()),
            name=COMMAND_LINE,
            redirect_uris=[OOB],
            scopes=" ".join(scope_rules.ALL),
            created_at=app.now(),
        )
    except IntegrityError:  # another command was first
        return await OAuthApp.get(client_id=_COMMAND_LINE_ID, using_db=app.db.orm)

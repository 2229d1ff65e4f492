"""The OAuth flows: what a client may ask of a person, the code, and the exchange of a code for a token.

RFC 6749, with PKCE (RFC 7636, S256 alone), the issuer in the answer (RFC 9207), and the rules of RFC 9700.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from fedinote.auth import clients, tokens
from fedinote.auth import scopes as scope_rules
from fedinote.auth.clients import OOB
from fedinote.auth.hashes import new_token, token_hash
from fedinote.auth.models import OAuthApp, OAuthCode
from fedinote.auth.tokens import Issued
from fedinote.auth.viewer import rank
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest

CODE_SECONDS = 600
MAX_STATE = 4096
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_GRANT = (
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the"
    " authorization request, or was issued to another client."
)
_CLIENT = (
    "Client authentication failed due to unknown client, no client authentication included, or unsupported"
    " authentication method."
)


class OAuthError(BadRequest):
    """An error that is told to the client as RFC 6749 (section 5.2) wants: a code, a description, a status."""

    def __init__(self, code: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """A checked authorization request: this client may ask for these scopes, and be answered there."""

    client: OAuthApp
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None
    challenge: str | None

    @property
    def out_of_band(self) -> bool:
        """Whether the person copies the code by hand."""
        return self.redirect_uri == OOB


class RedirectedError(OAuthError):
    """A fault of the request that the client is to be told by a redirect to its (registered) address."""

    def __init__(self, code: str, description: str, *, redirect_uri: str, state: str | None) -> None:
        super().__init__(code, description)
        self.redirect_uri = redirect_uri
        self.state = state


async def check_request(app: App, values: Mapping[str, str]) -> Request:
    """Check an authorization request (RFC 6749, section 4.1.1). Nothing is changed.

    `BadRequest` when the client or its redirect URI is wrong: then nobody may be redirected anywhere.
    `RedirectedError` when the client is to be told what is wrong.
    """
    client = await clients.by_client_id(app, values.get("client_id", ""))
    if client is None:
        raise BadRequest("This app is not known here. Try to sign in again from the app.")
    redirect_uri = values.get("redirect_uri", "")
    if redirect_uri not in client.redirect_uris:
        raise BadRequest("The app asks to be answered at an address that it has not registered.")
    state = values.get("state")
    if state is not None and len(state) > MAX_STATE:
        raise BadRequest("The app's state is too long.")
    asked = scope_rules.parse(values.get("scope", ""))
    fault = _fault(client, values, asked)
    if fault is not None:
        raise RedirectedError(*fault, redirect_uri=redirect_uri, state=state)
    return Request(client, redirect_uri, asked, state, values.get("code_challenge") or None)


def _fault(client: OAuthApp, values: Mapping[str, str], asked: tuple[str, ...]) -> tuple[str, str] | None:
    if values.get("response_type", "code") != "code":
        return "unsupported_response_type", "The authorization server does not support this response type."
    if values.get("response_mode", "query") != "query":
        return "invalid_request", "The only supported response mode is query."
    if not scope_rules.known(asked) or not scope_rules.within(asked, client.scopes.split()):
        return "invalid_scope", "The requested scope is invalid, unknown, or malformed."
    challenge = values.get("code_challenge")
    if challenge and (values.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(challenge)):
        return "invalid_request", "The code challenge method must be S256."
    return None


def grantable(request: Request, role: str) -> tuple[str, ...]:
    """Return the scopes that this person can give: those for moderators need the role. Never more than was asked."""
    return tuple(s for s in request.scopes if not scope_rules.is_admin(s) or rank(role) >= rank("moderator"))


async def grant(app: App, request: Request, *, user_id: int, role: str) -> str:
    """Make a code: the person agreed. It lives ten minutes and is bound to client, person and redirect URI."""
    code = new_token()
    await OAuthCode.create(
        using_db=app.db.orm,
        id=app.ids.next(),
        code_hash=token_hash(code),
        app_id=request.client.id,
        user_id=user_id,
        redirect_uri=request.redirect_uri,
        scopes=" ".join(grantable(request, role)),
        challenge=request.challenge,
        expires_at=app.now() + timedelta(seconds=CODE_SECONDS),
    )
    return code


def answer_url(app: App, redirect_uri: str, state: str | None, **values: str) -> str:
    """Return where the browser goes with the answer: `code` or `error`, the untouched `state`, and `iss`."""
    answer = {**values, **({} if state is None else {"state": state}), "iss": app.settings.base}
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(answer)}"


async def authenticated_client(app: App, client_id: str, secret: str) -> OAuthApp:
    """Return the client, or raise `OAuthError` invalid_client (401)."""
    client = await clients.authenticated(app, client_id, secret)
    if client is None:
        raise OAuthError("invalid_client", _CLIENT, status=401)
    return client


async def client_credentials(app: App, client: OAuthApp, scope: str) -> Issued:
    """Give an app a token of its own (RFC 6749, section 4.4), within the scopes it registered, none for moderators."""
    asked = scope_rules.parse(scope)
    if not scope_rules.within(asked, client.scopes.split()) or any(map(scope_rules.is_admin, asked)):
        raise OAuthError("invalid_scope", "The requested scope is invalid, unknown, or malformed.")
    return await tokens.issue(app, app_id=client.id, user_id=None, scopes=asked)


async def exchange(app: App, client: OAuthApp, *, code: str, redirect_uri: str, verifier: str, scope: str) -> Issued:
    """Give the token that a code stands for, once (RFC 6749, section 4.1.3). `OAuthError` in every other case.

    A code that comes a second time was stolen, from us or from the client: the token it gave is revoked.
    """
    row = await app.db.row(
        "SELECT c.id, c.app_id, c.user_id, c.redirect_uri, c.scopes, c.challenge, c.expires_at, c.token_id, u.state,"
        " a.suspended_at, a.deleted_at FROM oauth_codes c JOIN users u ON u.id = c.user_id"
        " JOIN accounts a ON a.id = u.account_id WHERE c.code_hash = ?",
        token_hash(code),
    )
    if row is None or row["app_id"] != client.id:
        raise OAuthError("invalid_grant", _GRANT)
    if row["token_id"] is not None:
        await tokens.revoke_ids(app, [row["token_id"]])
        raise OAuthError("invalid_grant", _GRANT)
    _check_code(app, row, redirect_uri, verifier)
    granted = tuple(row["scopes"].split())
    if scope and not scope_rules.within(scope_rules.parse(scope), granted):
        raise OAuthError("invalid_scope", "The requested scope is invalid, unknown, or malformed.")
    return await _redeem(app, row, scope_rules.parse(scope) if scope else granted)


def _check_code(app: App, row: Row, redirect_uri: str, verifier: str) -> None:
    disabled = row["state"] != "active" or row["suspended_at"] is not None or row["deleted_at"] is not None
    expired = row["expires_at"] <= to_ms(app.now())
    if disabled or expired or redirect_uri != row["redirect_uri"] or not _proves(row["challenge"], verifier):
        raise OAuthError("invalid_grant", _GRANT)


def _proves(challenge: str | None, verifier: str) -> bool:
    """Compare verifier and challenge (RFC 7636, section 4.6). A verifier without a challenge is a downgrade."""
    if challenge is None:
        return not verifier
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    return hmac.compare_digest(digest, challenge)


async def _redeem(app: App, row: Row, scopes: tuple[str, ...]) -> Issued:
    """Spend the code and issue its token in one transaction; of two at the same time one gets it."""
    async with app.db.transaction():
        issued = await tokens.issue(app, app_id=row["app_id"], user_id=row["user_id"], scopes=scopes)
        spent = await app.db.execute(
            "UPDATE oauth_codes SET token_id = ? WHERE id = ? AND token_id IS NULL", issued.id, row["id"]
        )
        if not spent:
            raise OAuthError("invalid_grant", _GRANT)  # the transaction is undone, and with it the second token
    return issued


async def prune(app: App) -> int:
    """Delete codes that expired an hour ago or more; return how many. For the periodic jobs."""
    return await app.db.execute("DELETE FROM oauth_codes WHERE expires_at < ?", app.now() - timedelta(hours=1))

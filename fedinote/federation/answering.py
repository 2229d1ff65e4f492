"""Answers in ActivityPub: their type, how long they may be kept and by whom, and 304 for what did not change."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from fedinote.infra.app import App

ACTIVITY_JSON = "application/activity+json; charset=utf-8"
# What is answered depends on the form asked for, on who signed, and on whose token came with the request.
VARY = "Accept, Signature, Signature-Input, Authorization"
PUBLIC = "public, max-age=60"
PRIVATE = "private, no-store"
MAX_TAGS = 50


def app_of(request: Request) -> App:
    """Return the App behind a request."""
    found: App = request.app.state.app
    return found


class ActivityResponse(Response):
    """A document as an answer. What it may be cached as is settled when it is sent, as that takes the request.

    What is `private`, and everything in authorized-fetch mode, is kept by nobody and has no validator; all else may be
    kept for a minute, and is asked for again by its ETag (RFC 9110, section 13.1.2).
    """

    def __init__(self, document: Mapping[str, Any], status: int, *, private: bool) -> None:
        super().__init__(msgspec.json.encode(document), status, {"Vary": VARY}, ACTIVITY_JSON)
        self.private = private

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, or 304 when the client has it already."""
        app: App = scope["app"].state.app
        if self.private or app.settings.signed_only:
            self.headers["Cache-Control"] = PRIVATE
            await super().__call__(scope, receive, send)
            return
        tag = f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'
        self.headers["Cache-Control"] = PUBLIC
        self.headers["ETag"] = tag
        if self.status_code == 200 and _has(Headers(scope=scope), tag):
            kept = {name: self.headers[name] for name in ("Vary", "Cache-Control", "ETag")}
            await Response(status_code=304, headers=kept)(scope, receive, send)
            return
        await super().__call__(scope, receive, send)


def activity(document: Mapping[str, Any], status: int = 200, *, private: bool = False) -> Response:
    """Return a document as an answer; `private` when it is not for everybody."""
    return ActivityResponse(document, status, private=private)


def _has(headers: Headers, tag: str) -> bool:
    known = ",".join(headers.getlist("if-none-match"))
    return any(one.strip().removeprefix("W/") == tag for one in known.split(",")[:MAX_TAGS])

"""What makes the site an app that can be installed: manifest, icons, service worker, and the page without a network.

https://www.w3.org/TR/appmanifest/ https://www.w3.org/TR/service-workers/ Nothing that is somebody's own is kept by the
worker: it has the notice page and its style alone.
"""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

import fedinote
from fedinote.infra import resources
from fedinote.infra.app import App
from fedinote.web import browser
from fedinote.web.pages import app_of, page, render
from fedinote.web.words import Words

MANIFEST, WORKER, OFFLINE = "/manifest.webmanifest", "/sw.js", "/offline"
_SHORT = 12  # characters that fit below an icon
_SCRIPT = "js/compose-worker.js"
_SHARED = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}


async def manifest(request: Request) -> Response:
    """GET /manifest.webmanifest: the app's name, icons, shortcuts and share target, in the reader's language.

    Browsers ask for it without cookies, so it is the same for everybody who reads the same language.
    """
    app, words = app_of(request), browser.words_of(request)
    body = msgspec.json.encode(_manifest(app, words))
    headers = {**_SHARED, "Vary": "Accept-Language, Cookie"}
    return Response(body, headers=headers, media_type="application/manifest+json")


def _manifest(app: App, words: Words) -> dict[str, Any]:
    title, say = app.settings.instance.title, words.gettext
    return {
        "id": "/",
        "name": title,
        "short_name": title if len(title) <= _SHORT else title.split()[0][:_SHORT],
        "description": app.settings.instance.description,
        "lang": words.tag,
        "dir": words.direction,
        "start_url": "/home",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f4ef",
        "theme_color": "#f6f4ef",
        "categories": ["social"],
        "icons": _icons(),
        "shortcuts": [
            _shortcut(say("Write"), "/publish"),
            _shortcut(say("Notifications"), "/notifications"),
            _shortcut(say("Explore"), "/explore"),
        ],
        "share_target": {
            "action": "/publish",
            "method": "GET",
            "params": {"title": "title", "text": "text", "url": "url"},
        },
    }


def _icons() -> list[dict[str, str]]:
    png = [
        {"src": f"/static/img/app-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"}
        for size in (192, 512)
    ]
    masked = {"src": "/static/img/app-mask-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"}
    return [{"src": "/static/img/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"}, *png, masked]


def _shortcut(name: str, address: str) -> dict[str, Any]:
    return {"name": name, "url": address, "icons": [{"src": "/static/img/app-192.png", "sizes": "192x192"}]}


async def worker(request: Request) -> Response:
    """GET /sw.js: the service worker. It stands at the root, since it serves what lies below its own address only."""
    place = resources.folder("static") / _SCRIPT
    text = place.read_text(encoding="utf-8").replace("{{version}}", fedinote.__version__)
    headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff", "Service-Worker-Allowed": "/"}
    return Response(text, headers=headers, media_type="text/javascript")


async def offline(request: Request) -> HTMLResponse:
    """GET /offline: what the worker shows when there is no network; nobody's own, so it may be kept."""
    app, words = app_of(request), browser.words_of(request)
    return render(app, "compose/offline.html", headers=_SHARED, words=words)


ROUTES = (
    Route(MANIFEST, page(manifest), methods=["GET"]),
    Route(WORKER, page(worker), methods=["GET"]),
    Route(OFFLINE, page(offline), methods=["GET"]),
)

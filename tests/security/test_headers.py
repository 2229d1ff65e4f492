"""What every page is sent with (D08), and that no cookie opens the client API to scripts of other sites (F17)."""

import re
from typing import Any

import pytest
import pytest_asyncio

from fedinote import server
from fedinote.api.routes import ROUTES
from fedinote.api.routing import WEBSOCKET
from fedinote.auth import sessions
from fedinote.bootstrap import running
from fedinote.federation.endpoints import ROUTES as FEDERATION
from fedinote.infra.app import App
from fedinote.web.routes import ROUTES as PAGES
from tests.conftest import make_settings
from tests.security.matrix import UNKNOWN
from tests.security.stage import Stage, Viewer
from tests.security.test_leaks_pages import WEB, paths
from tests.security.test_leaks_streams import Listener
from tests.support.browser import Answer, Browser
from tests.support.databases import Databases

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVIL = "https://evil.example"
INLINE = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>|<style|\son[a-z]+\s*=|\sstyle\s*=|javascript:", re.IGNORECASE)
# Their forms lead on to apps, or to one's own server: Chromium holds form-action against that.
LOG_IN = ("/oauth/authorize", "/auth/sign_in", "/interact")


def directives(answer: Answer) -> dict[str, str]:
    parts = answer.header("content-security-policy").split(";")
    return {name: value for name, _, value in (part.strip().partition(" ") for part in parts)}


def faults(answer: Answer, path: str) -> list[str]:
    """Say what a page lacks. The pages that are made to be shown in others may be framed, and have no form."""
    framed = path.endswith("/embed") and answer.status == 200
    policy = directives(answer)
    otherwise = policy.get("default-src", "")
    scripts = policy.get("script-src", otherwise)
    right = {
        "object-src": policy.get("object-src", otherwise) == "'none'",
        "base-uri": policy.get("base-uri") == "'none'",
        "frame-ancestors": policy.get("frame-ancestors") == ("*" if framed else "'none'"),
        "script-src": scripts in ("'self'", "'none'"),
        "form-action": policy.get("form-action") == ("'none'" if framed else "'self'") or path.startswith(LOG_IN),
        "x-content-type-options": answer.header("x-content-type-options") == "nosniff",
        "x-frame-options": answer.header("x-frame-options") == ("" if framed else "DENY"),
        "referrer-policy": answer.header("referrer-policy") in ("same-origin", "no-referrer"),
        "cache-control": bool(answer.header("cache-control")),
        "nothing inline": not INLINE.search(answer.body),
    }
    return [name for name, is_right in right.items() if not is_right]


def is_page(answer: Answer) -> bool:
    return answer.header("content-type").startswith("text/html")


def addresses(stage: Stage, viewer: Viewer) -> list[str]:
    listed = [asked for path in sorted(paths(PAGES)) for asked, _, _ in WEB[path](stage, viewer)]
    return [*listed, "/no/such/page", "/media/none.png", "/static/none.css", "/users/nobody", "/inbox", "/@alice/x"]


@pytest.mark.parametrize("name", ["anonymous", "author"])
async def test_every_page_is_guarded_by_its_headers(stage: Stage, name: str) -> None:
    viewer, wrong, seen = stage.viewer(name), [], 0
    for path in addresses(stage, viewer):
        answer = await viewer.browser.get(path)
        if is_page(answer):
            seen += 1
            wrong += [f"{path} {answer.status}: {fault}" for fault in faults(answer, path)]
            if viewer.somebody and path == "/explore" and answer.header("cache-control") != "private, no-store":
                wrong.append(f"{path} may be cached")
    assert not wrong
    assert seen > 40


async def test_what_is_for_somebody_signed_in_is_in_no_cache(stage: Stage) -> None:
    browser = stage.viewer("author").browser
    post = next(one for one in stage.posts if one.local and one.open)
    for path in (
        "/explore",
        "/auth/sign_out",
        f"/authorize_interaction?uri={post.uri}",
        f"/@alice/{post.id}/translation?to=zh",
    ):
        answer = await browser.get(path)
        assert answer.status == 200, path
        assert answer.header("cache-control") == "private, no-store", path


async def test_the_page_of_an_error_of_ours_is_guarded_and_tells_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("zqinnermost")

    monkeypatch.setattr("fedinote.web.explore.exploring.explore.page", broken)
    monkeypatch.setattr("fedinote.api.timelines.queries.public", broken)
    page = await stage.viewer("anonymous").browser.get("/")
    assert page.status == 500
    assert not faults(page, "/")
    api = await stage.viewer("anonymous").client.get("/api/v1/timelines/public")
    assert api.status == 500
    assert b"zqinnermost" not in page.body + api.body
    assert b"Traceback" not in page.body + api.body


async def test_a_secure_server_says_so_and_its_cookies_are_locked(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, dialect: str
) -> None:
    folder = tmp_path_factory.mktemp("secure")
    settings = make_settings(folder, await databases.new(), FEDINOTE_SERVER_BASE_URL="https://social.example")
    async with running(settings) as app:
        browser = Browser(server.create(app), host="social.example")
        for path in ("/", "/auth/sign_in", "/about", "/no/such/page"):
            answer = await browser.get(path)
            assert "max-age=" in answer.header("strict-transport-security"), path
        cookies = (await browser.get("/auth/sign_in")).cookies() or (await browser.get("/auth/sign_up")).cookies()
        for line in cookies:
            flags = {part.strip().lower() for part in line.split(";")[1:]}
            assert line.startswith("__Host-")
            assert flags >= {"secure", "httponly", "path=/", "samesite=lax"}


# -- other sites ------------------------------------------------------------------------------------------------------


async def session_of(app: App, viewer: Viewer) -> str:
    row = await app.db.row("SELECT id FROM users WHERE account_id = ?", viewer.account_id)
    assert row is not None
    return await sessions.start(app, row["id"])


async def test_a_session_cookie_opens_nothing_of_the_client_api(stage: Stage) -> None:
    """With the cookie of an administrator each route answers as it answers to somebody without one."""
    author, anonymous = stage.viewer("author"), stage.viewer("anonymous")
    token = await session_of(stage.app, author)
    cookie = {"cookie": f"session={token}; __Host-session={token}", "origin": EVIL}
    assert (await author.browser.get("/")).text != (await anonymous.browser.get("/")).text  # the session is good
    for route in ROUTES:
        if route.method == WEBSOCKET:
            continue
        names = dict.fromkeys(route.names, stage.posts[2].id)
        path = route.path.format(**names | {"name": "word", "key": "ungrouped-1"})
        body: dict[str, Any] | None = None if route.method == "GET" else {}
        with_cookie = await anonymous.client.send(route.method, path, json=body, headers=cookie)
        without = await anonymous.client.send(route.method, path, json=body)
        assert with_cookie.status == without.status, route.path
        assert "access-control-allow-credentials" not in dict(with_cookie.headers), route.path
        assert "set-cookie" not in dict(with_cookie.headers), route.path
        if route.auth == "user":
            assert with_cookie.status == 401, route.path


async def test_a_session_cookie_opens_no_stream(stage: Stage) -> None:
    token = await session_of(stage.app, stage.viewer("author"))
    for path, wishes in (("/api/v1/streaming/user", None), ("/api/v1/streaming?stream=user", [])):
        listener = Listener(stage.town.asgi, path, None, wishes)
        listener.scope["headers"] = [
            (b"cookie", f"session={token}; __Host-session={token}".encode()),
            (b"origin", EVIL.encode()),
        ]
        await listener.task
        opened = [one for one in listener.sent if one["type"] == "websocket.accept" or one.get("status") == 200]
        assert not opened, path
        assert listener.sent, path


async def test_other_sites_may_read_the_api_without_credentials_and_pages_with_cookies_never(stage: Stage) -> None:
    author = stage.viewer("author").browser
    shared = ["/api/v1/instance", "/api/v1/nothing", "/.well-known/webfinger", "/nodeinfo/2.0", "/users/alice"]
    for path in shared:
        answer = await author.get(path, origin=EVIL, accept="application/json")
        assert answer.header("access-control-allow-origin") == "*", path
        assert not answer.header("access-control-allow-credentials"), path
    own = ["/", "/about", "/auth/sign_in", "/auth/sign_out", "/auth/sign_up", "/oauth/authorize", "/demo"]
    own += ["/authorize_interaction?uri=acct:alice@localhost:8000", "/invite/unknown", "/health"]
    for path in own:
        for origin in (EVIL, "null"):
            answer = await author.get(path, origin=origin)
            assert not answer.header("access-control-allow-origin"), path
            assert not answer.header("access-control-allow-credentials"), path


async def test_a_preflight_shows_only_what_is_listed(stage: Stage) -> None:
    asked = {"origin": EVIL, "access-control-request-method": "TRACE", "access-control-request-headers": "x-evil"}
    answer = await stage.viewer("anonymous").client.send("OPTIONS", f"/api/v1/statuses/{UNKNOWN}", headers=asked)
    assert answer.status == 204
    assert answer.header("access-control-allow-origin") == "*"
    assert "x-evil" not in answer.header("access-control-allow-headers").lower()
    assert "TRACE" not in answer.header("access-control-allow-methods")
    assert answer.header("access-control-allow-credentials") is None
    for path in ("/auth/sign_in", "/oauth/authorize", "/authorize_interaction"):
        refused = await stage.viewer("anonymous").client.send("OPTIONS", path, headers=asked)
        assert refused.header("access-control-allow-origin") is None, path


async def test_the_tables_of_pages_and_documents_are_not_empty() -> None:
    assert len(paths(PAGES)) > 10
    assert len(paths(FEDERATION)) > 10


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def _staged(stage: Stage) -> Stage:
    return stage

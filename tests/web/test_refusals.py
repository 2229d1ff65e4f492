"""Pages of errors: members keep their frame, and nobody else costs the server a query."""

from typing import Any

import pytest

from fedinote.auth import sessions
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.timelines import queries
from tests.support.browser import Browser
from tests.web.reading import signed_in

UNKNOWN = ["/nowhere", "/nowhere/at/all", "/settings/nowhere", "/admin/nowhere", "/@nobody@far.example"]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sessions that were looked up."""
    found: list[str] = []
    real = sessions.signed_in

    async def counted(app: App, cookie: str | None) -> Any:
        found.append(cookie or "")
        return await real(app, cookie)

    monkeypatch.setattr(sessions, "signed_in", counted)
    return found


@pytest.mark.parametrize("path", UNKNOWN)
async def test_an_unknown_address_keeps_a_member_in_their_frame_and_language(app: App, alice: User, path: str) -> None:
    await app.db.execute("UPDATE users SET locale = 'es' WHERE id = ?", alice.id)
    answer = await (await signed_in(app, alice)).get(path)
    assert answer.status == 404
    assert 'href="/notifications"' in answer.text
    assert '<html lang="es"' in answer.text
    assert "frame-ancestors 'none'" in answer.header("content-security-policy")
    assert answer.header("cache-control") == "private, no-store"


@pytest.mark.parametrize("path", UNKNOWN[:-1])
async def test_a_visitor_gets_the_visitors_frame(stranger: Browser, path: str) -> None:
    answer = await stranger.get(path)
    assert (answer.status, 'href="/notifications"' in answer.text) == (404, False)
    assert "/auth/sign_in" in answer.text


async def test_a_method_that_a_page_has_not_keeps_a_member_in_their_frame(app: App, alice: User) -> None:
    answer = await (await signed_in(app, alice)).post("/home", {})
    assert (answer.status, 'href="/notifications"' in answer.text) == (405, True)


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/api/v1/nowhere", "text/html"),
        ("/users/nowhere", "application/activity+json"),
        ("/media/nowhere.png", "image/avif,image/webp,*/*"),
        ("/static/nowhere.js", "*/*"),
    ],
)
async def test_programs_pictures_and_apps_cost_no_look_at_a_session(
    app: App, alice: User, asked: list[str], path: str, accept: str
) -> None:
    answer = await (await signed_in(app, alice)).get(path, accept=accept)
    assert (answer.status, asked) == (404, [])


@pytest.mark.parametrize("path", ["/media/nowhere.png", "/settings/x.css", "/home;x.js", "/@nobody.css", "/x%0a.css"])
async def test_an_address_that_ends_like_a_file_names_nobody(app: App, alice: User, path: str) -> None:
    """Some caches keep such answers for everybody."""
    answer = await (await signed_in(app, alice)).get(path)
    assert (answer.status, 'href="/notifications"' in answer.text) == (404, False)


async def test_visitors_cost_no_look_at_a_session(stranger: Browser, asked: list[str]) -> None:
    assert (await stranger.get("/nowhere")).status == 404
    assert asked == []


async def _break(*_: Any, **__: Any) -> None:
    raise RuntimeError("broken on purpose")


async def test_a_failure_of_ours_keeps_a_member_in_their_frame(
    app: App, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "home", _break)
    answer = await (await signed_in(app, alice)).get("/home")
    assert (answer.status, 'href="/notifications"' in answer.text) == (500, True)
    assert "on purpose" not in answer.text


async def test_where_the_database_fails_the_bare_page_says_so(
    app: App, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await signed_in(app, alice)
    monkeypatch.setattr(sessions, "signed_in", _break)
    for path, status in (("/home", 500), ("/nowhere", 404)):
        answer = await browser.get(path)
        assert (answer.status, "<h1>" in answer.text, 'href="/notifications"' in answer.text) == (status, True, False)

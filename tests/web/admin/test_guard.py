"""Role by page: who may open what, and that no form is taken from elsewhere."""

import re
from collections.abc import Awaitable, Callable

import pytest
from starlette.routing import Route

from fedinote.auth.viewer import ROLES
from fedinote.infra.app import App
from fedinote.moderation import moderator
from fedinote.moderation.automatic import rules
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.cases import appeals, reports, statements
from fedinote.moderation.cases.statements import Basis, Decision
from fedinote.moderation.house import announcements, contributions, topics
from fedinote.moderation.house.announcements import Span
from fedinote.moderation.pictures import library
from fedinote.translation.glossary import Entry
from fedinote.web.admin import guard
from fedinote.web.admin.routes import ROUTES
from fedinote.web.routes import ROUTES as ALL
from tests.support.people import person
from tests.web.admin.conftest import SignedIn, send
from tests.web.reading import write
from tests.web.servers.samples import sample

GETS = [route for route in ROUTES if "GET" in (route.methods or ())]
POSTS = [route for route in ROUTES if "POST" in (route.methods or ())]
SAMPLES = {
    "group": "server", "number": "1", "name": "about", "day": "new", "step": "name", "host": "far.example",
    "slug": "tea",
}  # fmt: skip
"""A value for each hole in a path; a page of ours that needs another names it below."""
ELSEWHERE = {"/admin/texts/{name}/{day}": {"name": "terms-of-service"}}
OWNERS_ALONE = {"/admin/translation"}


async def address(app: App, route: Route) -> str:
    """Make what a page is about, and return the page's address."""
    if route.path == "/admin/pictures/add":
        return f"{route.path}?post={await write(app, await person(app, 'somebody'))}"
    values = {**SAMPLES, **ELSEWHERE.get(route.path, {})}
    if route.path.startswith("/admin/hosts/"):
        sql = "INSERT INTO hosts (host, failures, failure_days, last_failure_day) VALUES (?, 0, 0, 0)"
        await app.db.execute(sql, "far.example")
    elif route.path.startswith("/admin/topics/"):
        await topics.create(app, None, "tea", ["tea"])
    elif "{id}" in route.path:
        make = next(make for begin, make in MADE.items() if route.path.startswith(begin))
        values["id"] = str(await make(app, route.path))
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda hole: values[hole[1]], route.path)


async def _announcement(app: App, _: str) -> int:
    return int((await announcements.create(app, "Hello", Span())).id)


async def _entry(app: App, _: str) -> int:
    return int((await contributions.put(app, Entry("yyds", "zh", keep=True), by=None)).id or 0)


async def _account(app: App, _: str) -> int:
    return int((await person(app, "somebody")).account_id)


async def _rule(app: App, _: str) -> int:
    return int((await rules.create(app, Wanted("words", {"words": ["casino"]}, "note", "No"), by=None))["id"])


async def _pictures(app: App, _: str) -> int:
    return int((await library.create(app, library.Wanted("known"), by=None))["id"])


async def _complaint(app: App, path: str) -> int:
    """Report somebody, and let them be limited and appeal; return the report or the appeal."""
    target, reporter = await person(app, "somebody"), await person(app, "reader")
    report = await reports.file(app, reporter.account_id, target.account_id, comment="Spam")
    if path.startswith("/admin/reports/"):
        return report.id
    decision = Decision("account.silence", target.account_id, local=True, by=None, text="Spam")
    async with app.db.transaction():
        await statements.note(app, decision, Basis())
    (about,) = await statements.about(app, target.account_id)
    return (await appeals.make(app, target.account_id, about.id, "No spam")).id


MADE: dict[str, Callable[[App, str], Awaitable[int]]] = {
    "/admin/announcements/": _announcement,
    "/admin/glossary/": _entry,
    "/admin/accounts/": _account,
    "/admin/reports/": _complaint,
    "/admin/appeals/": _complaint,
    "/admin/domains/": sample,
    "/admin/lists/": sample,
    "/admin/policies/rules/": _rule,
    "/admin/pictures/": _pictures,
}
"""What makes the thing whose id stands in a path, by how the path begins."""


def titles(routes: list[Route]) -> list[str]:
    return [route.path for route in routes]


def test_every_page_below_admin_goes_through_the_guard() -> None:
    below = [route for route in ALL if route.path.startswith("/admin")]
    assert {id(route) for route in below} == {id(route) for route in ROUTES}
    assert all(guard.power_of(route) for route in below)


@pytest.mark.parametrize("route", GETS, ids=titles(GETS))
async def test_a_page_opens_for_those_whose_role_has_its_power_and_for_nobody_else(
    app: App, signed_in: SignedIn, stranger, route: Route
) -> None:
    path = await address(app, route)
    asked = await stranger.get(path)
    assert (asked.status, asked.location.startswith("/auth/sign_in?next=")) == (303, True)
    for role in ROLES:
        answer = await (await signed_in(role)).get(path)
        allowed = guard.power_of(route) in moderator.powers(role)
        refused = 403 if moderator.powers(role) else 404
        assert (role, answer.status) == (role, 200 if allowed else refused)
        if allowed:
            assert answer.header("cache-control") == "private, no-store"


@pytest.mark.parametrize("route", POSTS, ids=titles(POSTS))
async def test_a_form_is_taken_from_those_who_may_and_only_from_our_own_page(
    app: App, signed_in: SignedIn, stranger, route: Route
) -> None:
    path = await address(app, route)
    assert (await stranger.post(path)).status == 303
    before = await app.db.value("SELECT COUNT(*) AS value FROM audit_log")
    for role in ROLES:
        answer = await (await signed_in(role)).post(path, {"form_token": "made.up"})
        assert (role, answer.status) == (role, 403 if moderator.powers(role) else 404)
    assert await app.db.value("SELECT COUNT(*) AS value FROM audit_log") == before


async def test_a_role_that_was_lost_a_moment_ago_opens_nothing(app: App, signed_in: SignedIn) -> None:
    admin = await signed_in("admin")
    page = await admin.get("/admin/settings")
    assert page.status == 200
    await app.db.execute("UPDATE users SET role = 'member'")
    assert (await admin.get("/admin/settings")).status == 404
    sent = await send(admin, page, "/admin/settings/server", {"instance.title": "Mine"})
    assert (sent.status, app.settings.instance.title) == (404, "FediNote")


async def test_the_navigation_has_what_the_role_may_open_and_no_dead_links(app: App, signed_in: SignedIn) -> None:
    paths = {route.path for route in GETS}
    for role in ("admin", "owner"):
        page = await (await signed_in(role)).get("/admin/settings")
        linked = set(re.findall(r'<li><a href="(/admin[^"]*)"', page.text))
        assert linked <= paths | {f"/admin/settings/{slug}" for slug in re.findall(r"/admin/settings/(\w+)", page.text)}
        for route in GETS:
            if "{" not in route.path and f'<li><a href="{route.path}"' in page.text:
                assert guard.power_of(route) in moderator.powers(role)
        assert ("/admin/translation" in linked) == (role == "owner")


def test_where_posts_are_sent_to_be_translated_is_the_owners_alone_to_say() -> None:
    for route in ROUTES:
        alone = guard.power_of(route) not in moderator.powers("admin")
        assert alone == (route.path in OWNERS_ALONE)

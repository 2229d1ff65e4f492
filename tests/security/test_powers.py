"""The table of powers, asked of the running server: every route of the staff by every role, scope, and rank (F13)."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
import pytest_asyncio

from fedinote.api.routes import ROUTES as API
from fedinote.auth import sessions
from fedinote.infra.app import App
from fedinote.moderation import moderator
from fedinote.moderation.moderator import Power
from fedinote.web import browser
from fedinote.web.admin import guard
from fedinote.web.admin.routes import ROUTES as PAGES
from tests.api.client import Client
from tests.api.conftest import Person, Town
from tests.security.audited import reaches_the_log
from tests.security.matrix import UNKNOWN
from tests.security.powers import LINES, LOWEST, ROLES, WHY, Line, served
from tests.support.browser import Browser
from tests.support.people import client

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALL = "read write follow push admin:read admin:write"
GRANULAR = sorted({scope for line in LINES.values() for scope in line.scopes if scope.count(":") == 2})
SCOPES = ["", "read write follow push", "admin:read", "admin:write", *GRANULAR]
LEAVING = {"GET /admin/audit.csv", "GET /admin/domains/export", "GET /admin/allows/export"}
HOLES = {"number": "999", "group": "server", "name": "about", "day": "new", "step": "name", "host": "nowhere.example"}
"""What stands in the holes of a path: things that are there or not, it is the door that is asked."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(one_app: App) -> Town:
    return Town(one_app)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def people(town: Town) -> Mapping[str, Person]:
    return {role: await town.person(f"the{role}", role=role, scopes=ALL) for role in ROLES}


def address(line: Line) -> str:
    return re.sub(r"\{(\w+)(:\w+)?\}", lambda hole: HOLES.get(hole[1], str(UNKNOWN)), line.path)


async def ask(who: Client, line: Line) -> Any:
    return await who.send(line.method, address(line), json=None if line.method == "GET" else {})


async def signed_in(app: App, person: Person) -> Browser:
    found = client(app)
    found.cookies[browser.cookie_name(app, browser.SESSION)] = await sessions.start(app, person.user_id)
    return found


def table(*, api: bool) -> list[Line]:
    return [line for line in LINES.values() if line.api is api]


def covers(granted: str, wanted: str) -> bool:
    """The law of scopes for staff, written down a second time."""
    return any(one == wanted or (one.count(":") == 1 and wanted.startswith(f"{one}:")) for one in granted.split())


# -- the table itself -------------------------------------------------------------------------------------------------


async def test_every_route_of_the_staff_has_a_line_and_every_line_a_route() -> None:
    assert set(served()) - set(LINES) == set()
    assert set(LINES) - set(served()) == set()


async def test_the_scopes_of_the_routes_are_those_of_the_lines() -> None:
    declared = {f"{route.method} {route.path}": set(route.scopes) for route in API if "/admin/" in route.path}
    assert declared == {line.name: set(line.scopes) for line in table(api=True)}
    assert all(route.auth == "user" for route in API if "/admin/" in route.path)


async def test_what_only_reads_takes_a_scope_of_reading_and_what_changes_one_of_writing() -> None:
    for line in table(api=True):
        kind = "admin:read" if line.leaves == "-" else "admin:write"
        assert all(scope.startswith(kind) for scope in line.scopes), line.name


async def test_every_power_is_given_to_the_roles_that_the_table_says() -> None:
    assert {power.name for power in Power} == set(LOWEST)
    for power in Power:
        given = [role for role in ROLES if power in moderator.powers(role)]
        assert given == list(ROLES[ROLES.index(LOWEST[str(power.name)]) :]), power


async def test_what_changes_without_the_log_says_why() -> None:
    assert {line.name for line in LINES.values() if line.leaves == "~"} == set(WHY)


# -- role by route ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["nobody", "app", *ROLES])
async def test_the_api_opens_for_whom_the_table_says(town: Town, people: Mapping[str, Person], role: str) -> None:
    app_alone = Client(town.asgi, await town.token(None, "read write admin:read admin:write"))
    who = {"nobody": town.stranger, "app": app_alone, **people}[role]
    wrong = []
    for line in table(api=True):
        answer = await ask(who, line)
        closed = {"nobody": 401, "app": 422}.get(role, None if line.allows(role) else 403)
        good = answer.status == closed if closed else answer.status not in (401, 403) and answer.status < 500
        wrong += [] if good else [f"{role} {line.name}: {answer.status} {answer.body[:80]!r}"]
    assert not wrong


@pytest.mark.parametrize("scope", SCOPES)
async def test_no_role_helps_without_the_scope_and_no_scope_without_the_role(
    town: Town, people: Mapping[str, Person], scope: str
) -> None:
    wrong = []
    for role in ROLES:
        who = Client(town.asgi, await town.token(people[role].user_id, scope or "profile"))
        for line in table(api=True):
            answer = await ask(who, line)
            opened = line.allows(role) and any(covers(scope, wanted) for wanted in line.scopes)
            good = (answer.status not in (401, 403)) if opened else answer.status == 403
            wrong += [] if good and answer.status < 500 else [f"{role} {scope} {line.name}: {answer.status}"]
    assert not wrong


@pytest.mark.parametrize("role", ["nobody", *ROLES])
async def test_pages_open_for_whom_the_table_says(one_app: App, people: Mapping[str, Person], role: str) -> None:
    """A form with a wrong token is refused with 403 to all staff: `test_deeds` sends them with a right one."""
    who = client(one_app) if role == "nobody" else await signed_in(one_app, people[role])
    wrong = []
    for line in table(api=False):
        answer = await (who.get if line.method == "GET" else who.post)(address(line))
        closed = {"nobody": 303, "member": 404}.get(role, None if line.allows(role) else 403)
        if closed is None and line.method == "POST":
            closed = 403
        good = answer.status == closed if closed else answer.status not in (401, 403) and answer.status < 500
        wrong += [] if good else [f"{role} {line.name}: {answer.status}"]
    assert not wrong


async def test_a_session_in_a_browser_is_no_key_to_the_api(one_app: App, people: Mapping[str, Person]) -> None:
    who = await signed_in(one_app, people["owner"])
    for line in table(api=True):
        assert (await who.send(line.method, address(line), b"", {})).status == 401, line.name


# -- a role that is gone ----------------------------------------------------------------------------------------------


async def test_the_token_and_the_session_of_somebody_who_was_demoted_open_nothing(town: Town) -> None:
    former = await town.person("former", role="owner", scopes=ALL)
    pages = await signed_in(town.app, former)
    assert (await former.get("/api/v1/admin/accounts")).status == 200
    assert (await pages.get("/admin/settings")).status == 200
    await town.app.db.execute("UPDATE users SET role = 'member' WHERE id = ?", former.user_id)
    wrong = [line.name for line in table(api=True) if (await ask(former, line)).status != 403]
    for line in table(api=False):
        answer = await (pages.get if line.method == "GET" else pages.post)(address(line))
        wrong += [] if answer.status == 404 else [f"{line.name}: {answer.status}"]
    assert not wrong


@pytest.mark.parametrize("change", ["state = 'disabled'", "state = 'pending'"])
async def test_who_may_not_sign_in_any_more_opens_nothing(town: Town, change: str) -> None:
    gone = await town.person(f"gone{len(change)}", role="admin", scopes=ALL)
    assert (await gone.get("/api/v1/admin/accounts")).status == 200
    await town.app.db.execute(f"UPDATE users SET {change} WHERE id = ?", gone.user_id)
    wrong = {line.name: answer.status for line in table(api=True) if (answer := await ask(gone, line)).status < 400}
    assert not wrong


# -- the audit log ----------------------------------------------------------------------------------------------------


def handlers() -> dict[str, Any]:
    """The functions that answer, by route; those of pages are what the guard lets through to."""
    found: dict[str, Any] = {f"{route.method} {route.path}": route.handler for route in API if "/admin/" in route.path}
    for route in PAGES:
        for method in route.methods or ():
            found[f"{method} {route.path}"] = guard.handler_of(route)
    return found


async def test_everything_that_the_staff_changes_comes_to_the_audit_log() -> None:
    answering = handlers()
    left = [line.name for line in LINES.values() if line.changes and not reaches_the_log(answering[line.name])]
    assert left == []


async def test_what_only_shows_something_does_not_come_to_the_audit_log() -> None:
    """That the look at the code tells the one from the other. A table that leaves the house is noted."""
    answering = handlers()
    shown = [line.name for line in LINES.values() if line.leaves == "-" and reaches_the_log(answering[line.name])]
    assert set(shown) <= LEAVING

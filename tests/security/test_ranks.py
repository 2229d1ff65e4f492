"""Who may act on whom: every deed on an account, by the API and by the pages, of every rank on every rank (F13)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio

from fedinote.auth import invites, sessions, tokens, users
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import Conflict
from fedinote.moderation import moderator
from fedinote.moderation.cases import reports
from fedinote.moderation.house import invitations
from fedinote.web import browser
from tests.api.conftest import Person, Town
from tests.relations.people import person as far_away
from tests.relations.people import post
from tests.security.powers import ROLES
from tests.support.browser import Browser
from tests.support.people import client

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALL = "read write follow push admin:read admin:write"
STAFF = ROLES[1:]
TARGETS = (*ROLES, "oneself", "remote")
_STANDING = (
    "SELECT id, suspended_at, silenced_at, sensitized_at, vouched_at, deleted_at FROM accounts ORDER BY id",
    "SELECT id, role, state, email, password_hash FROM users ORDER BY id",
    "SELECT COUNT(*) AS value FROM audit_log",
    "SELECT COUNT(*) AS value FROM statements",
    "SELECT COUNT(*) AS value FROM notifications",
)


def _values(row: Any) -> tuple[Any, ...]:
    return tuple(row)


_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that can be done to an account. `state` is SQL that makes it possible (of accounts or of users)."""

    name: str
    state: str = ""
    local: bool = False
    lowest: str = "moderator"
    body: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"


def _action(kind: str, **more: Any) -> Deed:
    return Deed("action", body={"type": kind, "text": "why"}, **more)


PENDING, SUSPENDED = "users.state = 'pending'", "accounts.suspended_at = 1"
BY_API = (
    *(_action(kind) for kind in ("none", "sensitive", "silence", "suspend")),
    _action("disable", local=True),
    Deed("enable", "users.state = 'disabled'", local=True),
    Deed("unsensitive", "accounts.sensitized_at = 1"),
    Deed("unsilence", "accounts.silenced_at = 1"),
    Deed("unsuspend", SUSPENDED),
    Deed("vouch"),
    Deed("unvouch", "accounts.vouched_at = 1"),
    Deed("approve", PENDING, local=True),
    Deed("reject", PENDING, local=True),
    Deed("", SUSPENDED, lowest="admin", method="DELETE"),
)
BY_PAGE = (
    *(Deed(kind, body={"reason": "why"}) for kind in ("warn", "sensitive", "silence", "suspend")),
    Deed("disable", local=True, body={"reason": "why"}),
    Deed("enable", "users.state = 'disabled'", local=True),
    Deed("unsensitive", "accounts.sensitized_at = 1"),
    Deed("unsilence", "accounts.silenced_at = 1"),
    Deed("unsuspend", SUSPENDED),
    Deed("vouch"),
    Deed("unvouch", "accounts.vouched_at = 1"),
    Deed("approve", PENDING, local=True),
    Deed("reject", PENDING, local=True),
    Deed("delete", SUSPENDED, lowest="admin", body={"sure": "1"}),
    Deed("role", lowest="admin", local=True, body={"role": "member"}),
    Deed("role", lowest="admin", local=True, body={"role": "moderator"}),
)
ON_REPORTS = tuple(
    Deed(kind, local=kind == "disable", body={"reason": "why"})
    for kind in ("none", "sensitive", "disable", "silence", "suspend", "mark", "delete")
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(one_app: App) -> Town:
    return Town(one_app)


@dataclass(slots=True, repr=False)
class Scene:
    """The staff with their browsers and tokens, and new targets whenever one is needed."""

    town: Town
    staff: Mapping[str, Person]
    pages: Mapping[str, Browser]
    keys: dict[str, str] = field(default_factory=dict)
    made: int = 0

    async def target(self, by: str, kind: str, state: str = "") -> int:
        """Make an account of this kind, in this state; oneself stays as one is."""
        if kind == "oneself":
            return self.staff[by].account_id
        self.made += 1
        name = f"target{self.made}"
        if kind == "remote":
            account_id = await far_away(self.town.app, name, "far.example")
        else:
            account_id = (await self.town.person(name, role=kind)).account_id
        table, _, change = state.partition(".")
        if table and (kind != "remote" or table == "accounts"):
            key = "id" if table == "accounts" else "account_id"
            await self.town.app.db.execute(f"UPDATE {table} SET {change} WHERE {key} = ?", account_id)
        return account_id

    async def send(self, by: str, path: str, values: Mapping[str, str]) -> Any:
        if by not in self.keys:
            found = _TOKEN.search((await self.pages[by].get("/admin/accounts")).text)
            assert found is not None
            self.keys[by] = found[1]
        return await self.pages[by].post(path, {"form_token": self.keys[by], **values})

    async def dismiss(self) -> None:
        """Let those whom other tests made staff be members: every one of them would be told of every report."""
        ours = [one.user_id for one in self.staff.values()]
        await self.town.app.db.execute("UPDATE users SET role = 'member' WHERE NOT id IN_INTS(?)", ours)

    async def standing(self) -> list[Any]:
        """How everybody stands, and how much was decided: what no refused deed may change."""
        found = await self.town.app.db.many(*((one, ()) for one in _STANDING))
        return [[_values(row) for row in rows] for rows in found]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene(town: Town) -> Scene:
    staff = {role: await town.person(f"the{role}", role=role, scopes=ALL) for role in ROLES}
    pages = {}
    for role, one in staff.items():
        pages[role] = client(town.app)
        token = await sessions.start(town.app, one.user_id)
        pages[role].cookies[browser.cookie_name(town.app, browser.SESSION)] = token
    return Scene(town, staff, pages)


def allowed(by: str, target: str, deed: Deed) -> bool:
    """The law: the role has the power, and the target stands below it; nobody acts on themselves."""
    if target == "oneself" or ROLES.index(by) < ROLES.index(deed.lowest):
        return False
    if target == "remote":
        return not deed.local
    if deed.body.get("role") in (target, by):
        return False  # nothing to change; or as much as one's own
    return ROLES.index(by) > ROLES.index(target)


async def _by_api(scene: Scene, by: str, account_id: int, deed: Deed) -> bool:
    base = "/api/fedinote/v1" if "vouch" in deed.name else "/api/v1"
    path = f"{base}/admin/accounts/{account_id}/{deed.name}".rstrip("/")
    answer = await scene.staff[by].send(deed.method, path, json=dict(deed.body))
    assert answer.status in (200, 403, 422), f"{by} {path}: {answer.status}"
    return bool(answer.status == 200)


async def _by_page(scene: Scene, by: str, account_id: int, deed: Deed) -> bool:
    answer = await scene.send(by, "/admin/accounts/act", {"id": str(account_id), "deed": deed.name, **deed.body})
    assert answer.status in (303, 404, 422), f"{by} {deed}: {answer.status}"
    return answer.status == 303


async def _on_report(scene: Scene, by: str, account_id: int, deed: Deed) -> bool:
    app = scene.town.app
    post_id = await post(app, account_id, "a post")
    report = await reports.file(app, scene.staff["member"].account_id, account_id, post_ids=[post_id])
    values = {"deed": "decide", "kind": deed.name, "sure": "1", "post": str(post_id), **deed.body}
    answer = await scene.send(by, f"/admin/reports/{report.id}", values)
    assert answer.status in (303, 404, 422), f"{by} {deed}: {answer.status}"
    return answer.status == 303


WAYS = {"api": (_by_api, BY_API), "page": (_by_page, BY_PAGE)}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("by", ROLES)
async def test_a_deed_is_done_to_those_below_and_to_nobody_else(scene: Scene, by: str, way: str) -> None:
    do, deeds = WAYS[way]
    await scene.dismiss()
    wrong = []
    for target in TARGETS if way == "api" else _near(by):
        refused = [deed for deed in deeds if not allowed(by, target, deed)]
        prepared = [(deed, await scene.target(by, target, deed.state)) for deed in refused]
        before = await scene.standing()
        for deed, account_id in prepared:
            if await do(scene, by, account_id, deed) and not _nothing_to_change(by, target, deed):
                wrong.append(f"{by} does {deed.name} {dict(deed.body)} to {target}")
        wrong += [f"{by} changed something of {target}"] if await scene.standing() != before else []
        for deed in deeds:
            if deed in refused:
                continue
            account_id = await scene.target(by, target, deed.state)
            if not await do(scene, by, account_id, deed) or not await _noted(scene.town.app, by, scene, account_id):
                wrong.append(f"{by} does not {deed.name} {dict(deed.body)} to {target}")
    assert not wrong


def _near(by: str) -> tuple[str, ...]:
    """Those on whom a page could decide otherwise: oneself, the same rank, the one above, the one below, elsewhere."""
    at = ROLES.index(by)
    return (*ROLES[max(at - 1, 0) : at + 2], "oneself", "remote")


def _nothing_to_change(by: str, target: str, deed: Deed) -> bool:
    """To give somebody below the role that they have is answered as if it had been given."""
    return deed.body.get("role") == target and ROLES.index(by) > ROLES.index(target)


async def _noted(app: App, by: str, scene: Scene, account_id: int) -> bool:
    sql = "SELECT COUNT(*) AS value FROM audit_log WHERE target_type = 'account' AND target = ? AND actor_id = ?"
    return int(await app.db.value(sql, str(account_id), scene.staff[by].account_id)) > 0


@pytest.mark.parametrize("by", STAFF)
async def test_a_report_is_no_way_round_the_ranks(scene: Scene, by: str) -> None:
    """Neither the account nor its posts: what is reported of somebody above is for those above them."""
    await scene.dismiss()
    wrong = []
    for target in _near(by):
        for deed in ON_REPORTS:
            account_id = await scene.target(by, target)
            done = await _on_report(scene, by, account_id, deed)
            if done is not allowed(by, target, deed):
                wrong.append(f"{by} {deed.name} {target}: {done}")
    assert not wrong


@pytest.mark.parametrize("by", ROLES)
async def test_nobody_gives_a_role_or_an_invitation_as_high_as_their_own(scene: Scene, by: str) -> None:
    wrong = []
    for role in (*ROLES, "emperor", ""):
        may = ROLES.index(by) >= ROLES.index("admin") and role in ROLES and ROLES.index(role) < ROLES.index(by)
        account_id = await scene.target(by, "member")
        await scene.send(by, "/admin/accounts/act", {"id": str(account_id), "deed": "role", "role": role})
        sql = "SELECT role AS value FROM users WHERE account_id = ?"
        got = await scene.town.app.db.value(sql, account_id)
        if got != (role if may else "member"):
            wrong.append(f"{by} made a member {role}: {got}")
        before = await scene.town.app.db.value("SELECT COUNT(*) AS value FROM invites")
        await scene.send(by, "/admin/invitations", {"role": role, "uses": "1", "hours": "24"})
        made = await scene.town.app.db.value("SELECT COUNT(*) AS value FROM invites") > before
        if made is not may:
            wrong.append(f"{by} invites as {role}: {made}")
    assert not wrong


async def test_what_a_former_admin_invited_to_is_no_role_any_more(town: Town) -> None:
    former = await town.person("formerly", role="admin")
    viewer = await tokens.authenticate(town.app, str(former.token))
    assert isinstance(viewer, Viewer)
    by = await moderator.acting(town.app, viewer, moderator.Power.INVITES)
    made = await invitations.create(town.app, role="moderator", max_uses=1, hours=24, by=by)
    await town.app.db.execute("UPDATE users SET role = 'member' WHERE id = ?", former.user_id)
    offer = await invites.offer(town.app, made.code)
    assert offer is not None
    assert offer.role == "member"


async def test_nobody_ends_the_last_owner_and_one_of_two_can_go(town: Town) -> None:
    app = town.app
    last = (await town.person("lastowner", role="owner")).user_id
    for row in await app.db.rows("SELECT id FROM users WHERE role = 'owner' AND state = 'active' AND id <> ?", last):
        await users.set_role(app, row["id"], "admin")
    with pytest.raises(Conflict):
        await users.disable(app, last)
    with pytest.raises(Conflict):
        await users.set_role(app, last, "member")
    assert (await users.by_id(app, last)).role == "owner"

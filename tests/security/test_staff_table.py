"""Who of the staff may open which route, and act on whom (F13): the table of powers, written down a second time."""

import pytest
import pytest_asyncio

from fedinote.api.routes import ROUTES
from fedinote.auth import users
from fedinote.infra.app import App
from tests.api.conftest import Person, Town
from tests.security.test_routes_table import BODY, STAFF, call, name
from tests.support import tables

pytestmark = pytest.mark.asyncio(loop_scope="module")

SCOPES = "read write follow push admin:read admin:write"
ROUTES_OF_STAFF = [route for route in ROUTES if route.path.startswith(STAFF)]
# What a moderator may not: everything below these is for admins and owners.
FOR_ADMINS = (
    "/api/v1/admin/domain_blocks", "/api/v1/admin/domain_allows", "/api/v1/admin/ip_blocks",
    "/api/v1/admin/email_domain_blocks", "/api/v1/admin/canonical_email_blocks", "/api/fedinote/v1/admin/relays",
    "/api/fedinote/v1/admin/rules", "/api/fedinote/v1/admin/lists", "/api/fedinote/v1/admin/list_entries",
    "/api/fedinote/v1/admin/domain_blocks", "/api/fedinote/v1/admin/domain_changes",
)  # fmt: skip
FOR_MODERATORS = (
    "/api/v1/admin/accounts", "/api/v2/admin/accounts", "/api/v1/admin/reports", "/api/v1/admin/trends",
    "/api/v1/admin/tags", "/api/v1/admin/measures", "/api/v1/admin/dimensions", "/api/v1/admin/retention",
    "/api/fedinote/v1/admin/topics", "/api/fedinote/v1/admin/held",
    "/api/fedinote/v1/admin/appeals", "/api/fedinote/v1/admin/reports", "/api/fedinote/v1/admin/accounts",
)  # fmt: skip
EITHER = ("/api/fedinote/v1/admin/trace", "/api/fedinote/v1/admin/translation", "/api/fedinote/v1/admin/glossary")
ADMINS_ALONE = {"DELETE /api/v1/admin/accounts/{id}"}
RANKS = ("member", "moderator", "admin", "owner")
ACTIONS = ("sensitive", "disable", "silence", "suspend", "none")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(one_app: App) -> Town:
    return Town(one_app)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def staff(town: Town) -> dict[str, Person]:
    return {role: await town.person(f"the{role}", role=role, scopes=SCOPES) for role in RANKS}


async def test_every_route_of_the_staff_is_in_the_table() -> None:
    left = [name(one) for one in ROUTES_OF_STAFF if not one.path.startswith((*FOR_ADMINS, *FOR_MODERATORS, *EITHER))]
    assert left == []


async def test_each_rank_opens_what_is_for_it_and_nothing_above(staff: dict[str, Person]) -> None:
    wrong = []
    for route in ROUTES_OF_STAFF:
        above = route.path.startswith(FOR_ADMINS) or name(route) in ADMINS_ALONE
        for role in RANKS:
            if route.path.startswith(EITHER) and role == "moderator":
                continue
            allowed = role in ("admin", "owner") or (role == "moderator" and not above)
            answer = await call(staff[role], route, {})
            if (answer.status == 403) is allowed or answer.status >= 500:
                wrong.append(f"{role} {name(route)}: {answer.status}")
    assert not wrong


async def test_nobody_acts_on_the_same_rank_or_above(town: Town, staff: dict[str, Person]) -> None:
    """Of all pairs of ranks, by every action and every undoing."""
    wrong = []
    app = town.app
    for number, target_rank in enumerate(RANKS):
        target = await town.person(f"target{target_rank}", role=target_rank)
        before = None  # what is stored; None where somebody was allowed to change it
        base = f"/api/v1/admin/accounts/{target.account_id}"
        for rank, role in enumerate(RANKS):
            asked = [(f"{base}/action", {"type": one, "text": "why"}) for one in ACTIONS]
            asked += [(f"{base}/{one}", {}) for one in ("enable", "unsensitive", "unsilence", "unsuspend")]
            own = base.replace("/api/", "/api/fedinote/")
            asked += [(f"{own}/{one}", {}) for one in ("vouch", "unvouch")]
            for path, body in asked:
                allowed = rank > number and role != "member"
                if not allowed and before is None:
                    before = await tables.contents(app, but=tables.SEEN)
                answer = await staff[role].post(path, body)
                after = None if allowed else await tables.contents(app, but=tables.SEEN)
                changed = before is not None and after is not None and tables.difference(before, after)
                if (answer.status == 200) is not allowed or changed:
                    wrong.append(f"{role} {path} {body} on {target_rank}: {answer.status}")
                before = after
    assert not wrong


async def test_a_moderator_reads_no_private_words_that_were_not_reported(town: Town, staff: dict[str, Person]) -> None:
    alice = await town.person("alice")
    for visibility in ("private", "direct"):
        await alice.post("/api/v1/statuses", {"status": f"zqhushhush {visibility}", "visibility": visibility})
    for role in ("moderator", "admin", "owner"):
        for route in ROUTES_OF_STAFF:
            answer = await call(staff[role], route, BODY if route.method == "GET" else {}, id=alice.account_id)
            assert b"zqhushhush" not in answer.body, f"{role} {name(route)}"
        for path in (
            f"/api/v1/accounts/{alice.id}/statuses",
            "/api/v2/search?q=zqhushhush",
            "/api/v1/timelines/public",
        ):
            assert b"zqhushhush" not in (await staff[role].get(path)).body, path


async def test_the_password_and_the_keys_of_people_are_in_no_answer(town: Town, staff: dict[str, Person]) -> None:
    bob = await town.person("bob")
    await users.set_password(town.app, bob.user_id, "zqpassword of bob")
    for route in ROUTES_OF_STAFF:
        if route.method == "GET":
            answer = await call(staff["owner"], route, id=bob.account_id)
            for secret in ("zqpassword", "$argon2", "PRIVATE KEY", str(bob.token)):
                assert secret.encode() not in answer.body, name(route)


async def test_a_role_that_is_gone_opens_nothing_at_once(town: Town) -> None:
    former = await town.person("former", role="admin", scopes=SCOPES)
    assert (await former.get("/api/v1/admin/accounts")).status == 200
    await town.app.db.execute("UPDATE users SET role = 'member' WHERE id = ?", former.user_id)
    for route in ROUTES_OF_STAFF:
        assert (await call(former, route, {})).status == 403, name(route)

"""Names that nobody may have: words of authority, the server's own, and those of people who are gone (F12)."""

import pytest

from fedinote.accounts import deletion, profiles
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden
from fedinote.relations import follows
from tests.api.client import Answer, Client
from tests.api.conftest import Person, Town
from tests.support import accounts
from tests.support.fakefedi import ACTIVITY
from tests.support.people import PASSWORD, configure

TAKEN = (
    *("admin", "ADMIN", "Ad_min", "_admin_", "administrator", "root", "support", "moderator", "webmaster", "abuse"),
    *("security", "actor", "inbox", "api", "oauth", "users", "auth", "localhost", "localhost:8000", "\uff41dmin"),
    *("\u0430dmin", "admin\u200b", "admin ", "adm\u00efn", "system", "help", "postmaster", "fedinote"),
)


@pytest.fixture
async def town(app: App) -> Town:
    configure(app, "registrations", mode="open")
    return Town(app)


async def sign_up(town: Town, name: str) -> Answer:
    door = Client(town.asgi, await town.token(None, "read write"))
    form = {"username": name, "email": "new@mail.example", "password": PASSWORD, "agreement": True, "reason": "tea"}
    return await door.post("/api/v1/accounts", form)


@pytest.mark.parametrize("name", TAKEN, ids=ascii)
async def test_nobody_signs_up_with_a_name_that_would_speak_for_the_server(town: Town, name: str) -> None:
    await profiles.ensure_instance_actor(town.app)
    answer = await sign_up(town, name)
    assert answer.status == 422, answer.body
    assert await town.app.db.value("SELECT COUNT(*) AS value FROM users") == 0


@pytest.mark.parametrize("name", ["alice", "Alice", "ALICE"])
async def test_the_name_of_somebody_gone_is_never_given_again_and_answers_that_they_are_gone(
    town: Town, name: str
) -> None:
    alice = await town.person("alice")
    await deletion.delete(town.app, alice.account_id)
    assert (await sign_up(town, name)).status == 422
    asked = {"resource": f"acct:{name}@{town.app.settings.host}"}
    assert (await town.stranger.get("/.well-known/webfinger", asked)).status in (404, 410)
    for path in (f"/users/{name}", f"/@{name}"):
        assert (await town.stranger.get(path, headers={"accept": ACTIVITY})).status in (404, 410)


async def test_the_servers_own_actor_can_be_followed_by_nobody(town: Town) -> None:
    app, bob = town.app, await town.person("bob")
    actor = await profiles.ensure_instance_actor(app)
    answer = await bob.post(f"/api/v1/accounts/{actor.id}/follow")
    assert answer.status in (403, 404)
    far = await accounts.remote(app, "far", "far.example")
    with pytest.raises(Forbidden):
        await follows.request(app, far.id, actor.id, uri="https://far.example/f/1")
    assert await app.db.value("SELECT COUNT(*) AS value FROM follows") == 0


async def test_the_servers_own_actor_cannot_be_used_by_a_form_or_a_mention(town: Town) -> None:
    app: App = town.app
    bob: Person = await town.person("bob")
    actor = await profiles.ensure_instance_actor(app)
    for path in ("block", "mute", "pin", "note"):
        assert (await bob.post(f"/api/v1/accounts/{actor.id}/{path}", {"comment": "x"})).status < 500
    signed = await app.db.row("SELECT 1 AS value FROM users WHERE account_id = ?", actor.id)
    assert signed is None


async def test_the_name_of_the_host_itself_is_the_servers_own(town: Town) -> None:
    """Where a host has no dot in it; its own actor is called like that."""
    configure(town.app, "server", base_url="http://intranet")
    assert (await sign_up(town, "Intranet")).status == 422
    assert (await sign_up(town, "intranet_2")).status == 200

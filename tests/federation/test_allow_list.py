"""With the list in force, nothing comes from or goes to a server that is not on it."""

from typing import Any

import pytest

from fedinote.federation import fetching
from fedinote.federation.fetching import Budget
from fedinote.infra.errors import Forbidden
from fedinote.moderation.servers import allows, domains
from fedinote.moderation.servers.domains import Terms
from fedinote.policy import domains as policy
from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC
from tests.support.people import configure


@pytest.fixture
def listed_only(scene: Scene) -> Scene:
    configure(scene.app, "federation", allow_list=True)
    return scene


async def test_without_the_setting_the_list_changes_nothing(scene: Scene) -> None:
    await allows.allow(scene.app, "friends.example", by=None)
    assert not await policy.suspended(scene.app, scene.victim.name)
    assert await scene.send(scene.bob, scene.bob.activity("View", PUBLIC)) == 202


async def test_only_listed_servers_are_heard(listed_only: Scene) -> None:
    scene = listed_only
    await allows.allow(scene.app, scene.victim.name, by=None)
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note("Welcome")
    assert await scene.send(scene.bob, scene.bob.create(note)) == 202
    assert await scene.send(scene.mal, scene.mal.create(scene.mal.note("Stranger"))) == 403
    await scene.settle()
    assert await scene.count("posts", "content LIKE ?", "%Welcome%") == 1
    assert await scene.count("posts", "content LIKE ?", "%Stranger%") == 0
    assert await scene.count("accounts", "uri = ?", scene.mal.id) == 0
    assert scene.evil.gets() == [], "nothing was fetched from there"


async def test_nobody_on_an_unlisted_server_is_found_followed_or_fetched(listed_only: Scene) -> None:
    scene = listed_only
    found = await scene.alice.call("GET", "/api/v2/search", params={"q": f"@{scene.mal.handle}", "resolve": "true"})
    assert found["accounts"] == []
    by_address = await scene.alice.call("GET", "/api/v2/search", params={"q": scene.mal.id, "resolve": "true"})
    assert by_address["accounts"] == []
    assert scene.evil.gets() == []


async def test_what_waits_for_a_server_that_is_not_on_the_list_is_not_sent(scene: Scene) -> None:
    await scene.follows(scene.bob, scene.alice)
    await scene.follows(scene.mal, scene.alice)
    configure(scene.app, "federation", allow_list=True)
    await allows.allow(scene.app, scene.victim.name, by=None)
    before = (len(scene.victim.received), len(scene.evil.received))
    await scene.alice.post("For those on the list")
    await scene.settle()
    assert len(scene.victim.received) > before[0]
    assert len(scene.evil.received) == before[1]


async def test_others_must_sign_to_read_and_be_on_the_list(listed_only: Scene) -> None:
    scene = listed_only
    url = f"http://{scene.home.host}/users/alice"
    async with scene.home.http.get(url, headers={"Accept": "application/activity+json"}) as answer:
        assert answer.status == 401
    about = await scene.home.call("GET", "/api/v2/instance")
    assert about["configuration"]["limited_federation"] is True


async def test_a_server_that_is_taken_off_the_list_is_not_heard_any_more(listed_only: Scene) -> None:
    scene = listed_only
    entry = await allows.allow(scene.app, scene.victim.name, by=None)
    assert await scene.send(scene.bob, scene.bob.activity("View", PUBLIC)) == 202
    await allows.disallow(scene.app, entry.id, by=None)
    assert await scene.send(scene.bob, scene.bob.activity("View", PUBLIC)) == 403


async def test_a_listed_server_can_be_blocked_all_the_same(listed_only: Scene) -> None:
    scene = listed_only
    await allows.allow(scene.app, scene.victim.name, by=None)
    await domains.block(scene.app, scene.victim.name, Terms(), by=None)
    assert await scene.send(scene.bob, scene.bob.activity("View", PUBLIC)) == 403


async def test_the_refusals_of_unlisted_servers_leave_one_row_in_all(listed_only: Scene) -> None:
    scene = listed_only
    for actor in (scene.bob, scene.mal, scene.bob):
        assert await scene.send(actor, actor.activity("View", PUBLIC)) == 403
    assert await scene.count("audit_log", "action = 'policy.reject'") == 1


@pytest.mark.parametrize(
    ("hosts", "refused"),
    [
        (["friends.example"], False),
        (["FRIENDS.example."], False),
        (["friends.example:8443"], False),
        (["sub.friends.example"], True),
        (["example"], True),
        (["friends.example", "social.friends.example"], True),  # both names of a server must be listed
        (["friends.example", "brand.example"], False),
        (["notfriends.example"], True),
        (["..."], True),
        (["localhost"], True),
    ],
)
async def test_a_listed_server_is_known_by_its_own_names_and_not_by_those_below_or_above(
    app: Any, hosts: list[str], refused: bool
) -> None:
    configure(app, "federation", allow_list=True)
    for name in ("friends.example", "brand.example"):
        await allows.allow(app, name, by=None)
    assert await policy.suspended(app, *hosts) is refused
    assert not await policy.suspended(app, *app.settings.own_hosts)


async def test_nothing_is_fetched_from_an_unlisted_server(app: Any) -> None:
    configure(app, "federation", allow_list=True)
    with pytest.raises(Forbidden):
        await fetching.page(app, "https://unlisted.example/outbox", Budget())

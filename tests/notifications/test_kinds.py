"""Each type of notification as a client gets it. https://docs.joinmastodon.org/entities/Notification/#type"""

import json
from typing import Any

import pytest

from fedinote.api import streams
from fedinote.auth import tokens
from fedinote.auth.viewer import Viewer
from fedinote.infra.app import App
from fedinote.moderation import actions
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from fedinote.relations import domains as personal
from fedinote.relations import follows
from fedinote.worker import settle
from tests.api.conftest import Person, Town
from tests.api.test_statuses import write
from tests.moderation.staff import staff
from tests.support.accounts import remote
from tests.support.people import person as joined

REQUIRED = {"id", "type", "group_key", "created_at", "account"}


@pytest.fixture
async def town(app: App) -> Town:
    return Town(app)


@pytest.fixture
async def alice(town: Town) -> Person:
    return await town.person("alice")


@pytest.fixture
async def bob(town: Town) -> Person:
    return await town.person("bob")


async def newest(who: Person, kind: str) -> dict[str, Any]:
    """Give the only notification of a type, after looking that streams, groups and `types` tell the same of it."""
    [notice] = (await who.get(f"/api/v1/notifications?types[]={kind}")).json
    assert (await who.get(f"/api/v1/notifications/{notice['id']}")).json == notice
    excluded = (await who.get(f"/api/v1/notifications?exclude_types[]={kind}")).json
    assert kind not in [one["type"] for one in excluded]
    found = (await who.get(f"/api/v2/notifications?types[]={kind}")).json
    [group] = found["notification_groups"]
    assert (group["type"], group["group_key"]) == (kind, notice["group_key"])
    for name in ("event", "report"):
        assert group.get(name) == notice.get(name)
    assert group.get("status_id") == (notice["status"]["id"] if "status" in notice else None)
    assert await streamed(who, int(notice["id"])) == notice
    return notice


async def streamed(who: Person, notification_id: int) -> Any:
    app = who.town.app  # type: ignore[attr-defined]
    viewer = await tokens.authenticate(app, str(who.token))
    assert isinstance(viewer, Viewer)
    payloads = [
        await streams.render(app, viewer, await streams.find(app, viewer, name), "notification", notification_id)
        for name in ("user", "user:notification")
    ]
    assert payloads[0] == payloads[1]
    assert payloads[0] is not None
    return json.loads(payloads[0])


@pytest.fixture(autouse=True)
def whose(town: Town, alice: Person, bob: Person) -> None:
    for one in (alice, bob):
        one.town = town  # type: ignore[attr-defined]


async def test_mention(alice: Person, bob: Person) -> None:
    post = await write(bob, "@alice hello")
    notice = await newest(alice, "mention")
    assert set(notice) == {*REQUIRED, "status"}
    assert (notice["account"]["id"], notice["status"]["id"]) == (bob.id, post["id"])


async def test_status_by_the_bell(alice: Person, bob: Person) -> None:
    await alice.post(f"/api/v1/accounts/{bob.id}/follow", {"notify": True})
    post = await write(bob, "news")
    notice = await newest(alice, "status")
    assert (set(notice), notice["status"]["id"]) == ({*REQUIRED, "status"}, post["id"])
    await alice.post(f"/api/v1/accounts/{bob.id}/follow", {"notify": False})
    await write(bob, "more news")
    assert (await newest(alice, "status"))["id"] == notice["id"]


@pytest.mark.parametrize(("kind", "verb"), [("favourite", "favourite"), ("reblog", "reblog")])
async def test_favourite_and_reblog(alice: Person, bob: Person, kind: str, verb: str) -> None:
    post = await write(alice, "tea")
    await bob.post(f"/api/v1/statuses/{post['id']}/{verb}")
    notice = await newest(alice, kind)
    assert (set(notice), notice["status"]["id"]) == ({*REQUIRED, "status"}, post["id"])
    assert notice["account"]["id"] == bob.id


async def test_follow_and_follow_request(alice: Person, bob: Person) -> None:
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    await alice.patch("/api/v1/accounts/update_credentials", {"locked": True})
    assert set(await newest(alice, "follow")) == REQUIRED
    await bob.post(f"/api/v1/accounts/{alice.id}/unfollow")
    await bob.post(f"/api/v1/accounts/{alice.id}/follow")
    assert set(await newest(alice, "follow_request")) == REQUIRED


async def test_poll(app: App, alice: Person, bob: Person) -> None:
    post = await write(alice, "?", poll={"options": ["a", "b"], "expires_in": 300})
    await bob.post(f"/api/v1/polls/{post['poll']['id']}/votes", {"choices": ["0"]})
    app.clock.shift(400)
    await settle(app)
    for who in (alice, bob):
        notice = await newest(who, "poll")
        assert (notice["status"]["id"], notice["account"]["id"]) == (post["id"], alice.id)


async def test_update_and_quoted_update_and_quote(alice: Person, bob: Person) -> None:
    post = await write(alice, "one")
    quoting = await write(bob, "look", quoted_status_id=post["id"])
    notice = await newest(alice, "quote")
    assert (notice["status"]["id"], notice["account"]["id"]) == (quoting["id"], bob.id)
    await bob.post(f"/api/v1/statuses/{post['id']}/reblog")
    await alice.put(f"/api/v1/statuses/{post['id']}", {"status": "two"})
    assert (await newest(bob, "update"))["status"]["id"] == post["id"]
    told = await newest(bob, "quoted_update")
    assert (told["status"]["id"], told["account"]["id"]) == (quoting["id"], alice.id)


async def test_admin_sign_up_and_report(app: App, town: Town, alice: Person, bob: Person) -> None:
    mona = await town.person("mona", role="moderator")
    mona.town = town  # type: ignore[attr-defined]
    await joined(app, "newcomer")
    filed = await alice.post("/api/v1/reports", {"account_id": bob.id, "comment": "rude", "category": "other"})
    notice = await newest(mona, "admin.report")
    assert set(notice) == {*REQUIRED, "report"}
    assert (notice["account"]["id"], notice["report"]["id"]) == (alice.id, filed.json["id"])
    assert notice["report"]["target_account"]["id"] == bob.id
    assert set(await newest(mona, "admin.sign_up")) == REQUIRED
    assert (await alice.get("/api/v1/notifications")).json == []


# -- severed relationships ------------------------------------------------------------------------------------------


async def friends(app: App, alice: Person) -> tuple[int, int]:
    """Let alice follow two of a server, of whom one follows her."""
    one, two = [(await remote(app, name, "far.example")).id for name in ("one", "two")]
    for follower, target in ((alice.account_id, one), (alice.account_id, two), (one, alice.account_id)):
        await follows.request(app, follower, target)
        await follows.accept(app, follower, target)
    return one, two


@pytest.mark.parametrize("by", ["moderator", "oneself"])
async def test_a_blocked_domain_tells_what_was_lost(app: App, alice: Person, bob: Person, by: str) -> None:
    await friends(app, alice)
    if by == "moderator":
        await domains.block(app, "far.example", Terms(), by=None)
    else:
        await personal.block(app, alice.account_id, "far.example")
    notice = await newest(alice, "severed_relationships")
    assert set(notice) == {*REQUIRED, "event"}
    assert notice["account"]["id"] == alice.id, "there is nobody else it could come from"
    assert notice["event"] == {
        "id": notice["event"]["id"],
        "type": "domain_block" if by == "moderator" else "user_domain_block",
        "purged": False,
        "target_name": "far.example",
        "followers_count": 1,
        "following_count": 2,
        "created_at": notice["created_at"],
    }
    assert (await bob.get("/api/v1/notifications")).json == []


async def test_a_suspended_account_tells_whom_it_followed(app: App, alice: Person, bob: Person) -> None:
    one, two = await friends(app, alice)
    by = await staff(app, "moderator")
    await actions.suspend(app, by, two)
    assert (await alice.get("/api/v1/notifications?types[]=severed_relationships")).json == []
    await actions.suspend(app, by, one)
    event = (await newest(alice, "severed_relationships"))["event"]
    assert (event["type"], event["target_name"]) == ("account_suspension", "one@far.example")
    assert (event["followers_count"], event["following_count"]) == (1, 0), "what alice follows comes back with it"


async def test_a_block_that_severs_nothing_tells_nothing(app: App, alice: Person) -> None:
    await remote(app, "one", "far.example")
    await domains.block(app, "far.example", Terms(), by=None)
    await personal.block(app, alice.account_id, "near.example")
    assert (await alice.get("/api/v1/notifications")).json == []


async def test_the_end_of_merging_is_streamed_on_both_streams(app: App, alice: Person) -> None:
    viewer = await tokens.authenticate(app, str(alice.token))
    assert isinstance(viewer, Viewer)
    for name, expected in (("user", "1"), ("user:notification", "1"), ("public", None), ("direct", None)):
        stream = await streams.find(app, viewer, name)
        assert await streams.render(app, viewer, stream, "notifications_merged", 1) == expected

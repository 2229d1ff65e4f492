"""The end of accounts: ours, told to everybody, and those of others, with all that they left here."""

from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from fedinote.federation import actors
from fedinote.federation.fetching import Budget
from fedinote.infra.clock import to_ms
from fedinote.infra.errors import Gone
from fedinote.posts import purging
from tests.api.conftest import picture
from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC, gone
from tests.support.instances import PASSWORD
from tests.support.signing import fetch

DELETE = "/api/fedinote/v1/account/delete"
ACTIVITY = {"Accept": "application/activity+json"}


async def _raw(scene: Scene, path: str, **headers: str) -> tuple[int, Any]:
    async with scene.home.http.get(f"http://{scene.home.host}{path}", headers=headers) as answer:
        body = await answer.text(errors="replace")
        return answer.status, (await answer.json(content_type=None)) if body.startswith("{") else body


async def _live(scene: Scene) -> dict[str, Any]:
    """Everybody has to do with bob: follows both ways, likes, boosts, answers, a pin, a mention."""
    await scene.follow(scene.alice, scene.bob)
    await scene.follows(scene.bob, scene.alice)
    posted: dict[str, Any] = await scene.alice.post("Tea?")
    await scene.done(scene.bob, scene.bob.activity("Like", posted["uri"]))
    await scene.done(scene.bob, scene.bob.activity("Announce", posted["uri"], to=[PUBLIC]))
    answer = scene.bob.note("Yes", inReplyTo=posted["uri"], to=[PUBLIC, scene.uri(scene.alice)])
    await scene.done(scene.bob, scene.bob.create(answer))
    assert await scene.count("posts", _COUNTED, posted["uri"], 1, 1, 1) == 1
    return posted


_COUNTED = "uri = ? AND favourites_count = ? AND reblogs_count = ? AND replies_count = ?"


async def test_an_account_that_leaves_takes_its_likes_boosts_and_answers_out_of_the_counts(scene: Scene) -> None:
    posted = await _live(scene)
    await scene.done(scene.bob, scene.bob.activity("Delete", scene.bob.id))
    assert await scene.count("posts", _COUNTED, posted["uri"], 0, 0, 0) == 1
    assert await scene.count("accounts", "id = ? AND followers_count = 0 AND following_count = 0",
                             scene.alice.account_id) == 1  # fmt: skip
    assert await scene.count("posts", "NOT local") == 0
    row = await scene.row("SELECT * FROM accounts WHERE uri = ?", scene.bob.id)
    assert row is not None
    for table, column in purging.belongings():
        assert await scene.count(table, f"{column} = ?", row["id"]) == 0, table
    assert await scene.count("account_keys", "account_id = ?", row["id"]) == 0
    assert (row["display_name"], row["note"], row["fields"]) == ("", "", "[]")


async def test_every_table_that_refers_to_accounts_is_cleared_or_kept_on_purpose(scene: Scene) -> None:
    tables = {table for table, _ in purging.belongings()} | purging.KEPT
    for must in ("favourites", "bookmarks", "notifications", "blocks", "mutes", "lists", "home_entries", "pins"):
        assert must in tables
    assert ("blocks", "target_id") in set(purging.belongings())


async def test_a_late_delete_by_somebody_who_is_gone_is_taken_without_work(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    await scene.done(scene.bob, scene.bob.activity("Delete", scene.bob.id))
    scene.victim.pages["/users/bob"] = gone()
    async with scene.nothing("Delete again"):
        assert await scene.send(scene.bob, scene.bob.activity("Delete", scene.bob.id)) == 202
    assert await scene.send(scene.bob, scene.bob.create(scene.bob.note())) == 401


async def test_a_deleted_account_is_not_brought_back_by_what_comes_late(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    await scene.done(scene.bob, scene.bob.activity("Delete", scene.bob.id))
    late = scene.bob.create(scene.bob.note("late"))
    assert await scene.send(scene.bob, late) in (202, 401)
    await scene.settle()
    with pytest.raises(Gone):
        await actors.resolve(scene.app, scene.bob.id, Budget())
    assert await scene.count("posts") == 0
    assert await scene.count("accounts", "uri = ? AND deleted_at IS NOT NULL", scene.bob.id) == 1


async def test_an_account_whose_server_said_gone_by_mistake_may_come_back_after_a_day(scene: Scene) -> None:
    await scene.known(scene.bob)
    await actors.mark_deleted(scene.app, scene.bob.id)
    await scene.settle()
    day_ago = to_ms(scene.app.now() - timedelta(days=1, seconds=1))
    await scene.app.db.execute("UPDATE accounts SET deleted_at = ?, suspended_at = ? WHERE uri = ?",
                               day_ago, day_ago, scene.bob.id)  # fmt: skip
    scene.app.caches.pop("failed_keys", None)
    await scene.follows(scene.bob, scene.alice)
    back = "uri = ? AND deleted_at IS NULL AND suspended_at IS NULL AND display_name = 'Bob'"
    assert await scene.count("accounts", back, scene.bob.id) == 1
    assert await scene.count("follows", "accepted") == 1


async def test_one_whom_a_moderator_deleted_does_not_come_back(scene: Scene) -> None:
    olga = await scene.home.person("olga", role="admin")
    await scene.known(scene.bob)
    bob = (await scene.alice.find(scene.bob.handle))["id"]
    await olga.call("DELETE", f"/api/v1/admin/accounts/{bob}", status=403)
    await olga.call("POST", f"/api/v1/admin/accounts/{bob}/action", json={"type": "suspend"})
    was = await olga.call("DELETE", f"/api/v1/admin/accounts/{bob}")
    assert was["username"] == "bob"
    await scene.settle()
    await scene.app.db.execute("UPDATE accounts SET deleted_at = deleted_at - 90000000, suspended_at = suspended_at"
                               " - 90000001 WHERE uri = ?", scene.bob.id)  # fmt: skip
    with pytest.raises(Gone):
        await actors.resolve(scene.app, scene.bob.id, Budget())
    await olga.call("GET", f"/api/v1/admin/accounts/{bob}", status=404)
    assert await scene.count("audit_log", "action = 'account.delete'") == 1


async def test_a_key_that_is_gone_ends_the_account(scene: Scene) -> None:
    await scene.follow(scene.alice, scene.bob)
    await scene.app.db.execute("UPDATE account_keys SET key_id = key_id || 'x' WHERE private_pem IS NULL")
    scene.victim.pages["/users/bob"] = gone()
    assert await scene.send(scene.bob, scene.bob.activity("Delete", scene.bob.id)) == 401
    assert await scene.count("accounts", "uri = ? AND deleted_at IS NOT NULL", scene.bob.id) == 1
    assert await scene.send(scene.bob, scene.bob.activity("Delete", scene.bob.id)) == 202


async def test_who_leaves_is_deleted_everywhere_once_for_each_server(scene: Scene) -> None:
    lone = scene.evil.actor("lone", key=5, shared=False)
    await scene.known(scene.bob, scene.mallory, scene.mal, lone)
    await scene.follow(scene.alice, scene.bob)
    posted = await scene.alice.post("Tea?")
    await scene.alice.call("POST", DELETE, json={"password": "wrong"}, status=403)
    await scene.alice.call("POST", DELETE, json={"password": PASSWORD})
    await scene.settle()
    told = [a for host in (scene.victim, scene.evil) for a in host.requests if a.method == "POST"]
    deletes = [one for one in told if one.json["type"] == "Delete"]
    assert sorted(one.path for one in deletes) == ["/inbox", "/inbox", "/users/lone/inbox"]
    for one in deletes:
        me = scene.uri(scene.alice)
        assert (one.json["actor"], one.json["object"], one.json["to"]) == (me, me, [PUBLIC])
        assert one.headers["signature"]
    await scene.alice.call("GET", "/api/v1/accounts/verify_credentials", status=401)
    for path in ("/users/alice", "/users/alice/outbox", "/users/alice/followers", "/@alice",
                 posted["uri"].partition(scene.home.host)[2]):  # fmt: skip
        assert (await _raw(scene, path, **ACTIVITY))[0] == 410, path
    status, _ = await _raw(scene, f"/.well-known/webfinger?resource=acct:alice@{scene.home.host}")
    assert status == 410
    assert await scene.count("posts") == 0
    assert await scene.count("users", "account_id = ?", scene.alice.account_id) == 0


async def test_what_is_left_of_an_account_verifies_its_delete(scene: Scene) -> None:
    before = await scene.home.call("GET", "/users/alice", headers=ACTIVITY)
    await scene.alice.call("POST", DELETE, json={"password": PASSWORD})
    status, left = await _raw(scene, "/users/alice", **ACTIVITY)
    assert (status, left["type"], left["id"]) == (410, "Tombstone", scene.uri(scene.alice))
    assert left["publicKey"] == before["publicKey"]
    assert "name" not in left
    assert await fetch(scene.home, None, scene.uri(scene.alice)) == 410


async def test_the_name_of_a_deleted_account_is_never_given_again(scene: Scene) -> None:
    await scene.alice.call("POST", DELETE, json={"password": PASSWORD})
    await scene.settle()
    with pytest.raises(Exception, match="taken"):
        await scene.home.person("Alice")


async def test_nothing_that_was_said_before_the_end_arrives_after_it(scene: Scene) -> None:
    await scene.follows(scene.mal, scene.alice)
    before = len(scene.evil.received)
    await scene.alice.post("not sent yet")
    await scene.alice.call("POST", DELETE, json={"password": PASSWORD})
    await scene.settle()
    assert [a["type"] for a in scene.evil.received[before:]] == ["Delete"]


async def test_the_files_of_who_leaves_go_too(scene: Scene) -> None:
    form = aiohttp.FormData()
    form.add_field("file", picture(), filename="tea.png", content_type="image/png")
    media = await scene.alice.call("POST", "/api/v2/media", data=form)
    await scene.alice.post("look", media_ids=[media["id"]])
    form = aiohttp.FormData()
    form.add_field("avatar", picture(colour="blue"), filename="me.png", content_type="image/png")
    me = await scene.alice.call("PATCH", "/api/v1/accounts/update_credentials", data=form)
    paths = [url.partition(scene.home.host)[2] for url in (media["url"], me["avatar"])]
    for path in paths:
        assert (await _raw(scene, path))[0] == 200
    await scene.alice.call("POST", DELETE, json={"password": PASSWORD})
    await scene.settle()
    for path in paths:
        assert (await _raw(scene, path))[0] == 404
    assert await scene.count("media") == 0


async def test_the_last_owner_cannot_leave(scene: Scene) -> None:
    olga = await scene.home.person("olga", role="owner")
    await olga.call("POST", DELETE, json={"password": PASSWORD}, status=409)
    assert await scene.count("accounts", "username = 'olga' AND deleted_at IS NULL") == 1


async def test_an_admin_deletes_a_suspended_account_of_ours_and_a_moderator_may_not(scene: Scene) -> None:
    await scene.known(scene.mal)
    olga, mona = await scene.home.person("olga", role="admin"), await scene.home.person("mona", role="moderator")
    path = f"/api/v1/admin/accounts/{scene.alice.account_id}"
    await olga.call("POST", f"{path}/action", json={"type": "suspend"})
    await mona.call("DELETE", path, status=403)
    await olga.call("DELETE", path)
    await scene.settle()
    assert "Delete" in scene.evil.kinds()
    assert (await _raw(scene, "/users/alice", **ACTIVITY))[0] == 410

"""A suspension becomes final after thirty days: posts, files, copies and translations go, and others are told."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from fedinote.moderation import actions
from fedinote.moderation.cases import appeals, finality, statements
from tests.api.conftest import picture
from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC
from tests.translation.fluent import READ, SAID, fluent

ACTIVITY = {"Accept": "application/activity+json"}


async def _status(scene: Scene, path: str, **headers: str) -> int:
    async with scene.home.http.get(f"http://{scene.home.host}{path}", headers=headers) as answer:
        return answer.status


async def _translated(scene: Scene) -> int:
    return await scene.count("translations", "texts LIKE ?", f"%{READ}%")


async def _lives(scene: Scene) -> tuple[dict[str, Any], list[str]]:
    """Alice has a follower elsewhere, a picture, a face, and a post that somebody had translated."""
    fluent(scene.app)
    await scene.follows(scene.mal, scene.alice)
    form = aiohttp.FormData()
    form.add_field("file", picture(), filename="tea.png", content_type="image/png")
    media = await scene.alice.call("POST", "/api/v2/media", data=form)
    post = await scene.alice.post(SAID, language="zh", media_ids=[media["id"]])
    form = aiohttp.FormData()
    form.add_field("avatar", picture(colour="blue"), filename="me.png", content_type="image/png")
    me = await scene.alice.call("PATCH", "/api/v1/accounts/update_credentials", data=form)
    made = await scene.carol.call("POST", f"/api/v1/statuses/{post['id']}/translate", json={"lang": "en"})
    assert READ in made["content"]
    await scene.settle()
    return post, [url.partition(scene.home.host)[2] for url in (media["url"], me["avatar"])]


def _files(scene: Scene) -> list[Path]:
    return [one for one in (Path(scene.app.settings.server.data_dir) / "media").rglob("*") if one.is_file()]


async def test_after_thirty_days_all_of_a_suspended_account_is_gone_here_and_others_are_told(scene: Scene) -> None:
    post, paths = await _lives(scene)
    await actions.suspend(scene.app, None, scene.alice.account_id, reason="Spam")
    await scene.settle()
    scene.app.clock.shift(timedelta(days=29).total_seconds())
    await finality.purge(scene.app)
    await scene.settle()
    assert await scene.count("posts", "id = ?", int(post["id"])) == 1
    assert "Delete" not in scene.evil.kinds()
    assert await _translated(scene) == 1
    scene.app.clock.shift(timedelta(days=1, minutes=1).total_seconds())
    await finality.purge(scene.app)
    await scene.settle()
    assert (await scene.count("posts", "local"), await scene.count("media")) == (0, 0)
    assert await _translated(scene) == 0
    assert await scene.count("post_translations") == 0
    assert _files(scene) == []
    assert [await _status(scene, path) for path in paths] == [404, 404]
    assert await _status(scene, "/users/alice", **ACTIVITY) == 410
    (told,) = [one for one in scene.evil.received if one["type"] == "Delete"]
    assert (told["actor"], told["object"]) == (scene.uri(scene.alice), scene.uri(scene.alice))
    await finality.purge(scene.app)
    assert await scene.count("audit_log", "action = 'account.purge'") == 1


async def test_what_is_lifted_in_time_or_waits_for_an_appeal_is_not_deleted(scene: Scene) -> None:
    post, paths = await _lives(scene)
    await actions.suspend(scene.app, None, scene.alice.account_id, reason="Spam")
    (about,) = await statements.about(scene.app, scene.alice.account_id)
    await appeals.make(scene.app, scene.alice.account_id, about.id, "No, it was tea", "en")
    scene.app.clock.shift(timedelta(days=40).total_seconds())
    await finality.purge(scene.app)
    assert await scene.count("posts", "id = ?", int(post["id"])) == 1
    await actions.unsuspend(scene.app, None, scene.alice.account_id)
    scene.app.clock.shift(timedelta(days=40).total_seconds())
    await finality.purge(scene.app)
    await scene.settle()
    assert [await _status(scene, path) for path in paths] == [200, 200]
    assert await _status(scene, "/users/alice", **ACTIVITY) == 200


async def test_the_copies_of_somebody_elsewhere_go_and_their_server_is_not_told_of_a_deletion(scene: Scene) -> None:
    fluent(scene.app)
    await scene.follow(scene.alice, scene.bob)
    note = scene.bob.note(SAID, to=[PUBLIC])
    await scene.done(scene.bob, scene.bob.create(note))
    (post,) = await scene.alice.home()
    await scene.carol.call("POST", f"/api/v1/statuses/{post['id']}/translate", json={"lang": "en"})
    assert await _translated(scene) == 1
    await actions.suspend(scene.app, None, int(post["account"]["id"]))
    scene.app.clock.shift(timedelta(days=31).total_seconds())
    await finality.purge(scene.app)
    await scene.settle()
    assert await scene.count("posts", "uri = ?", note["id"]) == 0
    assert await _translated(scene) == 0
    assert "Delete" not in scene.victim.kinds()

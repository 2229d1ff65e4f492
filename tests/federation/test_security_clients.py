"""What a client of one person must not learn about others."""

from tests.federation.scene import Scene
from tests.federation.test_c2s_outbox import note, send
from tests.federation.test_c2s_tools import proxy


async def test_a_vote_does_not_tell_whether_a_private_poll_is_there(scene: Scene) -> None:
    poll = {"options": ["tea", "coffee"], "expires_in": 3600}
    asked = await scene.carol.post("Which?", visibility="direct", poll=poll)
    for parent in (asked["uri"], f"{asked['uri']}0"):
        for name in ("tea", "water"):
            await send(scene.alice, note("", name=name, inReplyTo=parent), status=404)
    assert await scene.count("poll_votes") == 0


async def test_who_waits_for_approval_is_not_shown_by_the_proxy(scene: Scene) -> None:
    assert (await proxy(scene.alice, scene.uri(scene.carol)))["id"] == scene.uri(scene.carol)
    await scene.app.db.execute("UPDATE users SET state = 'pending' WHERE account_id = ?", scene.carol.account_id)
    await proxy(scene.alice, scene.uri(scene.carol), status=404)

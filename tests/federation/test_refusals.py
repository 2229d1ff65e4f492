"""What a blocked server sends is refused at the door, and the audit log says so."""

import msgspec

from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from tests.federation.scene import Scene
from tests.support.fakefedi import PUBLIC


async def test_an_activity_of_a_blocked_domain_leaves_one_row_that_names_domain_and_block(scene: Scene) -> None:
    await scene.known(scene.bob, scene.mal)
    await domains.block(scene.app, scene.victim.name, Terms(), by=None)
    for _ in range(3):
        assert await scene.send(scene.bob, scene.bob.activity("View", PUBLIC)) == 403
    assert await scene.send(scene.mal, scene.mal.activity("View", PUBLIC)) == 202
    rows = await scene.app.db.rows("SELECT target, detail FROM audit_log WHERE action = 'policy.reject'")
    assert [row["target"] for row in rows] == [scene.victim.name]
    detail = msgspec.json.decode(rows[0]["detail"])
    assert detail["host"] == scene.victim.name
    assert "is blocked" in detail["reason"]

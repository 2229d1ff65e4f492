"""A post for this server alone: whatever happens to it, other servers get not one byte of it (G16)."""

from typing import Any

import msgspec
import pytest

from fedinote import worker
from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.posts import approvals, publishing, visibility
from fedinote.posts.drafts import NewPost
from fedinote.relations import follows
from tests.api.client import Answer
from tests.api.conftest import Town
from tests.support import accounts

MARKER = b"zqonlyhere"


class Neighbourhood:
    """Alice, with a follower on another server whom she names; Bob, who lives here and is followed from there too."""

    def __init__(self, town: Town) -> None:
        self.town, self.app = town, town.app

    async def build(self) -> "Neighbourhood":
        self.alice, self.bob = await self.town.person("alice"), await self.town.person("bob")
        self.fan = await accounts.remote(self.app, "fan", "far.example")
        await self.app.db.execute("UPDATE accounts SET inbox_url = 'https://far.example/in' WHERE id = ?", self.fan.id)
        for one in (self.alice, self.bob):
            await follows.request(self.app, self.fan.id, one.account_id, uri=f"https://far.example/f/{one.account_id}")
        return self

    async def write(self, **more: Any) -> dict[str, Any]:
        asked = {"status": f"{MARKER.decode()} @bob @fan@far.example #here", "local_only": True, **more}
        answer = await self.alice.post("/api/v1/statuses", asked)
        assert answer.status == 200, answer.body
        found: dict[str, Any] = answer.json
        return found

    async def outgoing(self) -> list[dict[str, Any]]:
        """All that was queued for other servers."""
        rows = await self.app.db.rows("SELECT body FROM outgoing_activities ORDER BY id")
        return [msgspec.json.decode(row["body"]) for row in rows]

    async def told(self, post: dict[str, Any]) -> list[str]:
        """What is queued and names the post or its words, by type."""
        marks = (MARKER.decode(), str(post["uri"]), f"/{post['id']}")
        return [one["type"] for one in await self.outgoing() if any(mark in str(one) for mark in marks)]


@pytest.fixture
async def here(app: App) -> Neighbourhood:
    return await Neighbourhood(Town(app)).build()


async def test_everybody_here_reads_it_and_nobody_elsewhere(here: Neighbourhood) -> None:
    post = await here.write()
    assert (post["visibility"], post["local_only"]) == ("private", True)
    for who in (here.alice, here.bob):
        shown = await who.get(f"/api/v1/statuses/{post['id']}")
        assert shown.status == 200
        assert MARKER in shown.body
    stranger = here.town.stranger
    for path in (f"/api/v1/statuses/{post['id']}", f"/@alice/{post['id']}", f"/users/alice/statuses/{post['id']}"):
        assert (await stranger.get(path)).status == 404
    assert [one["type"] for one in (await here.bob.get("/api/v1/notifications", {"types[]": "mention"})).json]


async def test_no_life_of_a_post_sends_anything_away(here: Neighbourhood) -> None:
    poll = {"options": [MARKER.decode(), "no"], "expires_in": 600}
    post = await here.write(poll=poll)
    path = f"/api/v1/statuses/{post['id']}"
    done: list[Answer] = [
        await here.bob.post(f"{path}/favourite"),
        await here.bob.put(f"/api/v1/pleroma/statuses/{post['id']}/reactions/👍"),
        await here.bob.post(f"{path}/bookmark"),
        await here.bob.post(f"/api/v1/polls/{post['poll']['id']}/votes", {"choices": [0]}),
        await here.bob.post("/api/v1/statuses", {"status": "so", "in_reply_to_id": post["id"], "local_only": True}),
        await here.alice.put(path, {"status": f"{MARKER.decode()} twice @fan@far.example", "poll": poll}),
        await here.bob.post(f"{path}/unfavourite"),
    ]
    assert [one.status for one in done] == [200] * len(done), [one.body for one in done]
    here.app.clock.shift(3600)
    await worker.settle(here.app)
    assert (await here.alice.delete(path)).status == 200
    assert await here.told(post) == []


async def test_it_cannot_be_boosted_or_pinned(here: Neighbourhood) -> None:
    post = await here.write()
    for who, what in ((here.alice, "reblog"), (here.bob, "reblog"), (here.alice, "pin")):
        refused = await who.post(f"/api/v1/statuses/{post['id']}/{what}")
        assert refused.status in (403, 422), what
    assert await here.told(post) == []


async def test_a_quote_of_it_stays_here_and_others_cannot_quote_it(here: Neighbourhood) -> None:
    post = await here.write()
    quoting = {"status": "see", "quoted_status_id": post["id"]}
    own = await here.alice.post("/api/v1/statuses", quoting)
    assert (own.status, own.json["local_only"]) == (200, True)
    assert (await here.bob.post("/api/v1/statuses", quoting)).status in (403, 404, 422)
    assert await here.told(post) == []


async def test_a_post_of_another_server_cannot_be_quoted_by_it(here: Neighbourhood) -> None:
    """Its author would have to be asked, and be shown the post that quotes."""
    uri, anybody = "https://far.example/notes/1", approvals.SETTINGS["public"]
    new = NewPost(here.fan.id, "public", "<p>hello</p>", here.app.now(), uri=uri, quote_policy=anybody)
    quoted = await publishing.store(here.app, new)
    quoting = {"status": MARKER.decode(), "quoted_status_id": str(quoted)}
    assert (await here.alice.post("/api/v1/statuses", quoting)).status == 200
    assert len(await here.outgoing()) > 0
    await here.app.db.execute("DELETE FROM outgoing_activities")
    assert (await here.alice.post("/api/v1/statuses", {**quoting, "local_only": True})).status == 422
    assert await here.outgoing() == []


async def test_a_direct_post_is_not_for_this_server_alone(here: Neighbourhood) -> None:
    refused = await here.alice.post("/api/v1/statuses", {"status": "x @bob", "visibility": "direct", "local_only": "1"})
    assert refused.status == 422


async def test_an_edit_does_not_let_it_out(here: Neighbourhood) -> None:
    post = await here.write()
    changed = {"status": f"{MARKER.decode()} again", "visibility": "public", "local_only": False}
    answer = await here.alice.put(f"/api/v1/statuses/{post['id']}", changed)
    assert (answer.status, answer.json["local_only"]) == (200, True)
    assert await here.told(post) == []


async def test_akkomas_word_for_it_is_understood(here: Neighbourhood) -> None:
    answer = await here.alice.post("/api/v1/statuses", {"status": "x", "visibility": "local"})
    assert answer.json["local_only"] is True


async def test_other_posts_do_go_out(here: Neighbourhood) -> None:
    """So that the tests above can fail."""
    post = await here.write(local_only=False, visibility="unlisted")
    assert await here.told(post) == ["Create"]


async def test_a_planned_one_stays_here_when_its_time_comes(here: Neighbourhood) -> None:
    plan = {"status": f"{MARKER.decode()} later", "scheduled_at": "2031-01-01T00:00:00Z", "local_only": True}
    assert (await here.alice.post("/api/v1/statuses", plan)).status == 200
    here.app.clock.shift(10 * 366 * 86_400)
    await worker.settle(here.app)
    [post] = (await here.bob.get(f"/api/v1/accounts/{here.alice.id}/statuses")).json
    assert post["local_only"] is True
    assert await here.told(post) == []


async def test_who_is_named_in_it_and_lives_elsewhere_never_gets_it_by_a_signature(
    here: Neighbourhood, app: App
) -> None:
    post = await here.write()
    for viewer in (None, here.fan.id):
        with pytest.raises(NotFound):
            await visibility.sees(app, viewer, int(post["id"]))
        assert await visibility.visible(app, viewer, [int(post["id"])]) == set()
    assert await visibility.visible(app, here.bob.account_id, [int(post["id"])]) == {int(post["id"])}

"""How often each list asks the database: as often for five rows of every kind as for twenty, and as is written."""

from collections.abc import Mapping

from fedinote.infra.app import App
from tests.api.client import File
from tests.api.conftest import Person, Town, picture

FEW, MANY = 5, 20
COSTS: Mapping[str, int] = {
    "/api/v1/accounts/:id/endorsements": 3,
    "/api/v1/accounts/:id/followers": 2,
    "/api/v1/accounts/:id/following": 2,
    "/api/v1/accounts/:id/statuses": 10,
    "/api/v1/accounts/search": 4,
    "/api/v1/blocks": 2,
    "/api/v1/bookmarks": 8,
    "/api/v1/conversations": 8,
    "/api/v1/directory": 2,
    "/api/v1/domain_blocks": 1,
    "/api/v1/endorsements": 2,
    "/api/v1/favourites": 8,
    "/api/v1/followed_tags": 3,
    "/api/v1/lists": 1,
    "/api/v1/lists/:id/accounts": 3,
    "/api/v1/mutes": 2,
    "/api/v1/notifications": 18,
    "/api/v1/pleroma/statuses/:id/reactions": 4,
    "/api/v1/scheduled_statuses": 1,
    "/api/v1/statuses/:id/context": 12,
    "/api/v1/statuses/:id/favourited_by": 3,
    "/api/v1/statuses/:id/history": 8,
    "/api/v1/statuses/:id/quotes": 17,
    "/api/v1/statuses/:id/reblogged_by": 3,
    "/api/v1/timelines/home": 16,
    "/api/v1/timelines/list/:id": 17,
    "/api/v1/timelines/public": 16,
    "/api/v1/timelines/tag/:name": 17,
    "/api/v2/notifications": 20,
    "/api/v2/search": 24,
}


class Crowd:
    """Alice and so many people, each of whom did once whatever a person can do."""

    def __init__(self, town: Town, alice: Person) -> None:
        self.town, self.alice = town, alice
        self.count = 0

    async def begin(self) -> None:
        alice = self.alice
        self.post = (await alice.post("/api/v1/statuses", {"status": "what do you drink? #tea"})).json["id"]
        self.list = (await alice.post("/api/v1/lists", {"title": "friends"})).json["id"]
        terms = {"title": "cups", "context": ["home", "public"], "keywords_attributes": [{"keyword": "mug"}]}
        await alice.post("/api/v2/filters", terms)

    async def grow(self, count: int) -> None:
        while self.count < count:
            self.count += 1
            person = await self.town.person(f"guest{self.count}")
            await self._meet(person)
            await self._write(person)

    async def _meet(self, person: Person) -> None:
        alice, number = self.alice, self.count
        await person.patch(
            "/api/v1/accounts/update_credentials", {"discoverable": True, "note": "x", "indexable": True}
        )
        await person.post(f"/api/v1/accounts/{alice.id}/follow")
        await alice.post(f"/api/v1/accounts/{person.id}/follow")
        await alice.post(f"/api/v1/accounts/{person.id}/endorse")
        await alice.post(f"/api/v1/lists/{self.list}/accounts", {"account_ids": [person.id]})
        stranger = await self.town.person(f"rude{number}")
        muted = await self.town.person(f"loud{number}")
        await alice.post(f"/api/v1/accounts/{stranger.id}/block")
        await alice.post(f"/api/v1/accounts/{muted.id}/mute")
        await alice.post(f"/api/v1/tags/tag{number}/follow")
        await alice.post("/api/v1/lists", {"title": f"list {number}"})
        await alice.post("/api/v1/domain_blocks", {"domain": f"far{number}.example"})
        plan = {"status": f"later {number}", "scheduled_at": f"2030-01-{number:02}T00:00:00Z"}
        await alice.post("/api/v1/statuses", plan)

    async def _write(self, person: Person) -> None:
        alice, post = self.alice, f"/api/v1/statuses/{self.post}"
        for verb in ("favourite", "reblog", "bookmark", "react/👍"):
            await person.post(f"{post}/{verb}")
        media = (await person.post("/api/v2/media", parts=[("file", File("a.png", picture()))])).json["id"]
        answer = {"status": "@alice a mug of #tea", "media_ids": [media], "in_reply_to_id": self.post}
        mine = (await person.post("/api/v1/statuses", answer)).json["id"]
        quote = {"status": "look #tea", "quoted_status_id": self.post}
        quoting = (await person.post("/api/v1/statuses", quote)).json["id"]
        await alice.post(f"/api/v1/statuses/{quoting}/react/👍")
        question = {"status": "which #tea?", "poll": {"options": ["green", "black"], "expires_in": 3600}}
        await person.post("/api/v1/statuses", question)
        await person.post("/api/v1/statuses", {"status": "@alice hush", "visibility": "direct"})
        await alice.post(f"/api/v1/statuses/{mine}/favourite")
        await alice.post(f"/api/v1/statuses/{mine}/bookmark")
        await alice.post(f"/api/v1/statuses/{mine}/react/👍")  # asked for only where there are any
        await alice.post("/api/v1/statuses", {"status": f"{self.count} #tea"})

    def paths(self) -> Mapping[str, str]:
        """The lists by the path of their route."""
        mine = f"/api/v1/accounts/{self.alice.id}"
        of_account = ("statuses", "followers", "following", "endorsements")
        of_post = ("context", "favourited_by", "reblogged_by", "quotes", "history")
        plain = ("timelines/home", "timelines/public", "notifications", "conversations", "favourites", "bookmarks")
        more = ("blocks", "mutes", "followed_tags", "domain_blocks", "endorsements", "scheduled_statuses", "lists")
        return {
            **{f"/api/v1/accounts/:id/{one}": f"{mine}/{one}" for one in of_account},
            **{f"/api/v1/statuses/:id/{one}": f"/api/v1/statuses/{self.post}/{one}" for one in of_post},
            **{f"/api/v1/{one}": f"/api/v1/{one}" for one in (*plain, *more)},
            "/api/v1/timelines/tag/:name": "/api/v1/timelines/tag/tea",
            "/api/v1/timelines/list/:id": f"/api/v1/timelines/list/{self.list}",
            "/api/v1/lists/:id/accounts": f"/api/v1/lists/{self.list}/accounts",
            "/api/v2/notifications": "/api/v2/notifications",
            "/api/v2/search": "/api/v2/search?q=tea",
            "/api/v1/accounts/search": "/api/v1/accounts/search?q=guest",
            "/api/v1/directory": "/api/v1/directory",
            "/api/v1/pleroma/statuses/:id/reactions": f"/api/v1/pleroma/statuses/{self.post}/reactions",
        }


async def costs(app: App, crowd: Crowd) -> dict[str, int]:
    """The statements of each list: the first answer fills what is kept; by the third nothing else is due as well."""
    found = {}
    for name, path in crowd.paths().items():
        counts = []
        for _ in range(3):
            before = app.db.statements
            answer = await crowd.alice.get(path, None if "?" in path else {"limit": 40})
            assert answer.status == 200, (name, answer.body)
            assert len(answer.body) > 2, f"{name} is empty"
            counts.append(app.db.statements - before)
        found[name] = min(counts[1:])
    return found


async def test_every_list_asks_as_often_for_twenty_rows_as_for_five(app: App, town: Town, alice: Person) -> None:
    crowd = Crowd(town, alice)
    await crowd.begin()
    await crowd.grow(FEW)
    few = await costs(app, crowd)
    await crowd.grow(MANY)
    many = await costs(app, crowd)
    assert {name: (few[name], many[name]) for name in few if few[name] != many[name]} == {}
    if app.db.dialect == "sqlite":
        assert many == COSTS
    else:  # another process may have changed the filters: they are read anew for a page, and for the quotes in it
        assert {name: cost for name, cost in many.items() if not COSTS[name] <= cost <= COSTS[name] + 2} == {}


async def test_a_query_for_each_row_would_be_seen(app: App, town: Town, alice: Person) -> None:
    """The counter counts: a list whose entities are read one by one costs more with more rows."""
    crowd = Crowd(town, alice)
    await crowd.begin()
    before = app.db.statements
    for _ in range(3):
        await app.db.rows("SELECT 1 AS value")
    assert app.db.statements - before == 3

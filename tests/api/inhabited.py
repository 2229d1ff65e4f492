"""A server on which there is one of everything that the API can show, and the ids by route."""

from typing import Any

from fedinote.api.routing import Route
from fedinote.infra.app import App
from fedinote.relations import follows
from tests.api.client import Client, File
from tests.api.conftest import Person, Town, picture
from tests.timelines.world import World

EVERY_SCOPE = "read write follow push profile admin:read admin:write"
FAR_AHEAD = "2030-01-01T00:00:00.000Z"
VALUES = {"name": "tea", "emoji": "👍", "year": "2025", "date": "2026-01-01"}
QUERY: dict[str, Any] = {
    "q": "alice",
    "acct": "alice",
    "timeline[]": ["home", "notifications"],
    "id[]": ["1"],
    "list": "1",
    "tag": "tea",
    "domain": "far.example",
    "resolve": "false",
    "url": "https://far.example/a",
}


class Inhabited:
    """Alice has one of everything; Bob answers her; the owner runs the place."""

    def __init__(self, app: App) -> None:
        self.town = Town(app)
        self.app = app
        self.made: dict[str, str] = {}

    async def settle(self) -> "Inhabited":
        self.alice = await self.town.person("alice", scopes=EVERY_SCOPE)
        self.bob = await self.town.person("bob", scopes=EVERY_SCOPE)
        self.owner = await self.town.person("olive", scopes=EVERY_SCOPE, role="owner")
        self.stranger = Client(self.town.asgi)
        await self._write()
        await self._meet()
        await self._keep()
        await self._moderate()
        return self

    async def _made(self, name: str, who: Person, path: str, body: Any, key: str = "id") -> Any:
        answer = await who.post(path, body)
        assert answer.status in (200, 202), (path, answer.status, answer.body)
        self.made[name] = str(answer.json[key])
        return answer.json

    async def _write(self) -> None:
        alice, bob = self.alice, self.bob
        media = (await alice.post("/api/v2/media", parts=[("file", File("a.png", picture()))])).json
        self.made["media"] = (await alice.post("/api/v2/media", parts=[("file", File("b.png", picture()))])).json["id"]
        post: dict[str, Any] = {
            "status": "@bob a cup of #tea",
            "media_ids": [media["id"]],
            "spoiler_text": "drink",
            "language": "en",
        }
        post["translations"] = {"de": {"status": "@bob eine Tasse #tea", "spoiler_text": "Getränk"}}
        await self._made("post", alice, "/api/v1/statuses", post)
        changed = post | {"status": "@bob two cups of #tea"}
        await alice.put(f"/api/v1/statuses/{self.made['post']}", changed)
        question = {"status": "which?", "poll": {"options": ["green", "black"], "expires_in": 3600}}
        poll = await self._made("asked", bob, "/api/v1/statuses", question)
        self.made["poll"] = poll["poll"]["id"]
        await alice.post(f"/api/v1/polls/{self.made['poll']}/votes", {"choices": [0]})
        quoting = {"status": "see", "quoted_status_id": self.made["post"]}
        await self._made("quoting", bob, "/api/v1/statuses", quoting)
        later = {"status": "later", "scheduled_at": FAR_AHEAD}
        await self._made("plan", alice, "/api/v1/statuses", later)
        answer = {"status": "@alice hush", "visibility": "direct", "in_reply_to_id": self.made["post"]}
        await bob.post("/api/v1/statuses", answer)

    async def _meet(self) -> None:
        alice, bob, post = self.alice, self.bob, f"/api/v1/statuses/{self.made['post']}"
        await bob.post(f"/api/v1/accounts/{alice.id}/follow")
        await alice.post(f"/api/v1/accounts/{bob.id}/follow")
        await alice.post(f"/api/v1/accounts/{bob.id}/endorse")
        for verb in ("favourite", "reblog", "bookmark", "react/👍"):
            await bob.post(f"{post}/{verb}")
        await alice.post(f"{post}/favourite")
        await alice.post(f"{post}/bookmark")
        await alice.post(f"{post}/pin")
        await alice.post("/api/v1/tags/tea/follow")
        self.made["conversation"] = (await alice.get("/api/v1/conversations")).ids[0]
        self.made["notification"] = (await alice.get("/api/v1/notifications")).ids[0]
        await alice.post("/api/v1/markers", {"home": {"last_read_id": self.made["post"]}})

    async def _keep(self) -> None:
        alice, bob = self.alice, self.bob
        await self._made("list", alice, "/api/v1/lists", {"title": "friends"})
        await alice.post(f"/api/v1/lists/{self.made['list']}/accounts", {"account_ids": [bob.id]})
        terms = {"title": "cups", "context": ["home"], "keywords_attributes": [{"keyword": "cups"}]}
        made = await self._made("filter", bob, "/api/v2/filters", terms)
        self.made["keyword"] = made["keywords"][0]["id"]
        named = f"/api/v2/filters/{self.made['filter']}/statuses"
        await self._made("filtered", bob, named, {"status_id": self.made["post"]})
        await self._made("tag", alice, "/api/v1/featured_tags", {"name": "tea"})
        await bob.patch("/api/v1/accounts/update_credentials", {"discoverable": True, "note": "hello"})
        collection = {"name": "people", "account_ids": [bob.id], "discoverable": True, "sensitive": False}
        answer = await alice.post("/api/v1/collections", collection)
        assert answer.status == 200, answer.body
        self.made["collection"] = answer.json["collection"]["id"]
        await self._made("board", alice, "/api/fedinote/v1/boards", {"title": "Cups", "language": "en"})
        kept = f"/api/fedinote/v1/boards/{self.made['board']}/statuses"
        await alice.post(kept, {"status_id": self.made["post"]})
        await self._sever()
        await alice.post("/api/fedinote/v1/imports/mutes", {"file": "Account address\nnobody@far.example\n"})

    async def _sever(self) -> None:
        """Alice follows somebody whose server she blocks then."""
        far = await World(self.app).person("eve@far.example")
        await follows.request(self.app, int(self.alice.id), far)
        await follows.accept(self.app, int(self.alice.id), far)
        await self.alice.post("/api/v1/domain_blocks", {"domain": "far.example"})
        self.made["severance"] = (await self.alice.get("/api/fedinote/v1/severed_relationships")).ids[0]

    async def _moderate(self) -> None:
        owner, staff = self.owner, "/api/v1/admin"
        report = {"account_id": self.bob.id, "status_ids": [self.made["asked"]], "comment": "rude"}
        await self._made("report", self.alice, "/api/v1/reports", report)
        told = {"type": "none", "text": "Please be kind"}
        await owner.post(f"{staff}/accounts/{self.alice.id}/action", told)
        self.made["decision"] = (await self.alice.get("/api/fedinote/v1/decisions")).json[0]["id"]
        asked = f"/api/fedinote/v1/decisions/{self.made['decision']}/appeal"
        await self._made("appeal", self.alice, asked, {"text": "I was kind"})
        await owner.post(f"/api/fedinote/v1/admin/reports/{self.made['report']}/notes", {"text": "Looked at"})
        blocked = {"domain": "bad.example", "severity": "silence", "public_comment": "spam"}
        await self._made("domain_block", owner, f"{staff}/domain_blocks", blocked)
        cups = {"slug": "cups", "tags": ["tea", "茶"], "titles": {"en": "Cups"}}
        await self._made("topic", owner, "/api/fedinote/v1/admin/topics", cups)
        casino = {"kind": "words", "terms": {"words": ["casino"]}, "action": "hold", "title": "No gambling"}
        await self._made("rule", owner, "/api/fedinote/v1/admin/rules", casino)
        there = {"url": "https://lists.example/worst.csv", "title": "Worst of"}
        await self._made("shared_list", owner, "/api/fedinote/v1/admin/lists", there)
        for path, body in {
            "domain_allows": {"domain": "good.example"},
            "ip_blocks": {"ip": "192.0.2.0/24", "severity": "no_access", "comment": "spam"},
            "email_domain_blocks": {"domain": "junk.example"},
            "canonical_email_blocks": {"email": "somebody@junk.example"},
        }.items():
            await self._made(path, owner, f"{staff}/{path}", body)

    def path(self, route: Route) -> str:
        """The path with ids of what is there."""
        return route.path.format(**VALUES | {name: self._value(route.path, name) for name in route.names})

    def _value(self, path: str, name: str) -> str:
        if name == "key":
            return f"ungrouped-{self.made['notification']}"
        if name != "id":
            own = {"quoting_id": "quoting", "collection_id": "collection"}.get(name)
            return VALUES.get(name) or (self.alice.id if own is None else self.made[own])
        for part, made in _IDS:
            if part in path:
                return self.made[made]
        return self.alice.id


_IDS = (
    ("/severed_relationships/", "severance"),
    ("/topics/", "topic"),
    ("/admin/rules/", "rule"),
    ("/admin/lists/", "shared_list"),
    ("/timelines/topic/", "topic"),
    ("/admin/reports/", "report"),
    ("/admin/appeals/", "appeal"),
    ("/decisions/", "decision"),
    ("/admin/domain_blocks/", "domain_block"),
    ("/admin/domain_allows/", "domain_allows"),
    ("/admin/ip_blocks/", "ip_blocks"),
    ("/admin/email_domain_blocks/", "email_domain_blocks"),
    ("/admin/canonical_email_blocks/", "canonical_email_blocks"),
    ("/filters/keywords/", "keyword"),
    ("/filters/statuses/", "filtered"),
    ("/api/v1/filters/", "keyword"),
    ("/filters/", "filter"),
    ("/lists/", "list"),
    ("/timelines/list/", "list"),
    ("/scheduled_statuses/", "plan"),
    ("/statuses/", "post"),
    ("/polls/", "poll"),
    ("/media/", "media"),
    ("/conversations/", "conversation"),
    ("/notifications/", "notification"),
    ("/collections/", "collection"),
    ("/v1/boards/", "board"),
    ("/featured_tags/", "tag"),
)

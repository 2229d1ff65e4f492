"""What must stay secret is in no log, at any level, in no answer to a failure, and in the database only where it must
be (F05): secrets as hashes alone, private texts where posts and what is to be delivered are kept.
"""

import logging
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from fedinote import server, worker
from fedinote.cli.logs import JsonFormatter
from fedinote.infra.app import App
from fedinote.posts import publishing
from tests.api.client import Client, File
from tests.api.conftest import picture
from tests.security.test_leaks_streams import Listener
from tests.support import accounts, tables
from tests.support.browser import Browser
from tests.support.people import person

BACK = "https://client.example/back"
PASSWORD = "zqpassword with a hat"
TEXTS = ("zqprivatetext", "zqdirecttext", "zqdescription", "zqwarning", "zqpolloption", "zqplannedtext", "zqcomment")
INDEX = ("search_posts", "search_words", "search_words_data")
HOMES: dict[str, tuple[str, ...]] = {
    "zqprivatetext": ("posts", "deliveries", "outgoing_activities", *INDEX),
    "zqdirecttext": ("posts", "deliveries", "outgoing_activities", *INDEX),
    "zqwarning": ("posts", "deliveries", "outgoing_activities", *INDEX),
    "zqdescription": ("media", "deliveries", "outgoing_activities", *INDEX),
    "zqpolloption": ("polls", "deliveries", "outgoing_activities", *INDEX),
    "zqplannedtext": ("scheduled_posts",),
    "zqcomment": ("reports", "deliveries", "outgoing_activities"),
}


@dataclass
class Flow:
    """Somebody lives a day here; `secrets` is what came up that nobody else may learn, by name."""

    app: App
    secrets: dict[str, str] = field(default_factory=dict)
    failures: list[bytes] = field(default_factory=list)

    async def run(self, monkeypatch: pytest.MonkeyPatch) -> "Flow":
        self.asgi = server.create(self.app)
        self.browser = Browser(self.asgi, host=self.app.settings.host)
        self.client = Client(self.asgi)
        user = await registered(self.app)
        self.account_id = user.account_id
        await self.sign_in()
        await self.oauth()
        await self.write()
        await self.fail()
        await self.break_down(monkeypatch)
        await self.revoke()
        return self

    def failed(self, answer: Any, *statuses: int) -> None:
        assert answer.status in statuses, (answer.status, answer.body)
        self.failures.append(answer.body + repr(answer.headers).encode())

    # -- the log-in, and an app --------------------------------------------------------------------------------------

    async def sign_in(self) -> None:
        self.secrets |= {"password": PASSWORD, "wrong password": "zqwrongpassword"}
        page = await self.browser.get("/auth/sign_in")
        self.failed(await self.browser.submit(page, login="alice", password="zqwrongpassword"), 401)
        page = await self.browser.get("/auth/sign_in")
        assert (await self.browser.submit(page, login="alice", password=PASSWORD)).status == 303
        self.secrets["session"] = self.browser.cookies["session"]

    async def oauth(self) -> None:
        wanted = {"client_name": "Reader", "redirect_uris": BACK, "scopes": "read write follow"}
        made = (await self.client.post("/api/v1/apps", wanted)).json
        self.secrets["client secret"] = made["client_secret"]
        asked = {"response_type": "code", "client_id": made["client_id"], "redirect_uri": BACK, "state": "zqstate"}
        page = await self.browser.get("/oauth/authorize?" + urlencode(asked | {"scope": "read write follow"}))
        answer = await self.browser.submit(page, decision="allow")
        assert answer.status == 303, answer.text
        code = parse_qs(urlsplit(answer.location).query)["code"][0]
        self.secrets |= {"code": code, "state": "zqstate", "form token": page.forms[0].hidden["form_token"]}
        self.ids = {"client_id": made["client_id"], "client_secret": made["client_secret"]}
        grant = {"grant_type": "authorization_code", "redirect_uri": BACK, **self.ids}
        self.failed(await self.token(grant | {"code": code, "client_secret": "zqwrongsecret"}), 401)
        self.failed(await self.token(grant | {"code": "zqwrongcode"}), 400)
        issued = await self.token(grant | {"code": code})
        assert issued.status == 200, issued.body
        self.secrets |= {"wrong secret": "zqwrongsecret", "wrong code": "zqwrongcode"}
        self.secrets["token"] = self.client.token = issued.json["access_token"]
        own = await self.token({"grant_type": "client_credentials", **self.ids})
        self.secrets["app token"] = own.json["access_token"]

    async def token(self, form: dict[str, str]) -> Any:
        return await Client(self.asgi).post("/oauth/token", form=form)

    # -- what is written ---------------------------------------------------------------------------------------------

    async def write(self) -> None:
        friend = await accounts.remote(self.app, "friend", "friend.example")
        await self.app.db.execute("UPDATE accounts SET inbox_url = 'http://127.0.0.1:9/in' WHERE id = ?", friend.id)
        upload: list[tuple[str, str | File]] = [("file", File("a.png", picture())), ("description", "zqdescription")]
        media = (await self.client.send("POST", "/api/v2/media", parts=upload)).json["id"]
        hello = "@friend@friend.example"
        posts: list[dict[str, Any]] = [
            {"status": f"zqprivatetext {hello}", "visibility": "private", "spoiler_text": "zqwarning"},
            {"status": f"zqdirecttext {hello}", "visibility": "direct", "media_ids": [media]},
            {"status": hello, "visibility": "direct", "poll": {"options": ["zqpolloption", "b"], "expires_in": 600}},
            {"status": "zqplannedtext", "visibility": "private", "scheduled_at": "2030-01-01T00:00:00Z"},
        ]
        for post in posts:
            assert (await self.client.post("/api/v1/statuses", post)).status == 200, post
        report = {"account_id": str(friend.id), "comment": "zqcomment", "forward": True}
        assert (await self.client.post("/api/v1/reports", report)).status == 200
        await worker.settle(self.app)

    # -- what goes wrong ---------------------------------------------------------------------------------------------

    async def fail(self) -> None:
        token = self.secrets["token"]
        nobody = Client(self.asgi)
        self.secrets |= {"bad token": "zqbadtoken", "rejected text": "zqrejected"}
        self.failed(await nobody.get(f"/api/v1/timelines/home?access_token={token}"), 401)
        self.failed(await Client(self.asgi, "zqbadtoken").get("/api/v1/timelines/home"), 401)
        self.failed(
            await self.client.post("/api/v1/statuses", raw=("application/json", b'{"status": "zqrejected')), 400
        )
        for body in ({"status": "zqrejected\x00", "visibility": "zq"}, {"status": "zqrejected " * 900}):
            self.failed(await self.client.post("/api/v1/statuses", body), 422)
        self.failed(await self.client.post("/api/v1/statuses", {"status": "zqrejected", "in_reply_to_id": "99"}), 404)
        self.failed(await self.client.get(f"/api/v1/statuses/{'9' * 30}"), 404)
        self.failed(await nobody.get(f"/zqnothing?code=zqwrongcode&access_token={token}"), 404)
        broken: list[tuple[str, str | File]] = [("file", File("zqrejected.png", b"zqrejected is no picture"))]
        self.failed(await self.client.send("POST", "/api/v2/media", parts=broken), 422)
        await self.listen(token)
        inbox = {"content-type": "application/activity+json", "signature": 'keyId="https://x.example/k",signature="zq"'}
        self.failed(await nobody.post("/inbox", raw=("application/activity+json", b'{"a": "zqrejected"}')), 400, 401)
        self.failed(await nobody.post("/inbox", {"content": "zqrejected"}, headers=inbox), 400, 401)

    async def listen(self, token: str) -> None:
        for path in (
            f"/api/v1/streaming?stream=user&access_token={token}",
            "/api/v1/streaming?access_token=zqbadtoken",
        ):
            listener = Listener(self.asgi, path, None, [{"type": "subscribe", "stream": "zq"}])
            await listener.end()

    async def break_down(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the innermost fail, with a value of the request in hand; and the database be away."""

        async def broken(*_: Any, **__: Any) -> Any:
            raise RuntimeError("broken")

        with monkeypatch.context() as patch:
            patch.setattr(publishing, "store", broken)
            self.failed(
                await self.client.post("/api/v1/statuses", {"status": "zqrejected", "visibility": "direct"}), 500
            )
        with monkeypatch.context() as patch:  # what the database itself says of a statement
            patch.setattr(publishing, "_INSERT", publishing._INSERT.replace("INTO posts", "INTO nowhere"))
            self.failed(
                await self.client.post("/api/v1/statuses", {"status": "zqrejected", "visibility": "direct"}), 500
            )
        with monkeypatch.context() as patch:
            patch.setattr(type(self.app.db), "many", broken)
            patch.setattr(type(self.app.db), "rows", broken)
            self.failed(await self.client.post("/api/v1/statuses", {"status": "zqrejected"}), 500)
            self.failed(await self.token({"grant_type": "client_credentials", **self.ids}), 401, 500)
            self.failed(await self.browser.post("/auth/sign_in", {"login": "alice", "password": PASSWORD}), 403, 500)

    async def revoke(self) -> None:
        gone = await self.token({"token": self.secrets["token"], **self.ids, "grant_type": "x"})
        assert gone.status == 400
        answer = await Client(self.asgi).post("/oauth/revoke", form={"token": self.secrets["token"], **self.ids})
        assert answer.status == 200
        self.failed(await self.client.get("/api/v1/timelines/home"), 401)
        assert (await self.browser.submit(await self.browser.get("/auth/sign_out"))).status == 303


async def registered(app: App) -> Any:
    from fedinote.auth import registrations

    return await registrations.create_user(app, "alice", "alice@mail.example", PASSWORD, "member")


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
async def test_a_day_of_somebody_leaves_no_secret_in_the_log_the_answers_or_the_database(
    app: App, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    caplog.set_level(getattr(logging, level))
    for name in ("tortoise", "tortoise.db_client", "asyncio", "fedinote", "aiohttp", "multipart"):
        caplog.set_level(getattr(logging, level), logger=name)
    flow = await Flow(app).run(monkeypatch)
    log = "\n".join(JsonFormatter().format(record) for record in caplog.records)
    assert "unexpected error" in log  # what was broken is told
    assert [name for name, value in flow.secrets.items() if value in log] == []
    assert [text for text in TEXTS if text in log] == []
    failures = b"\n".join(flow.failures)
    assert [name for name, value in flow.secrets.items() if value.encode() in failures] == []
    await in_the_database(app, flow)


async def in_the_database(app: App, flow: Flow) -> None:
    held = await tables.contents(app)
    everything = {name: "\n".join(rows) for name, rows in held.items()}
    found = [(what, name) for what, value in flow.secrets.items() for name, rows in everything.items() if value in rows]
    assert found == []
    for text in TEXTS:
        places = {name for name, rows in everything.items() if text in rows}
        assert places, f"{text} is nowhere: the test tests nothing"
        assert places <= set(HOMES[text]), text
    assert "$argon2" in everything["users"]


async def test_a_secret_is_not_in_what_python_prints_of_an_app_or_a_person(app: App) -> None:
    """A traceback or a careless log line would print such values."""
    user = await person(app)
    assert "zq" not in repr(user)
    assert not [secret for secret in app.secrets.values() if secret in repr(user)]

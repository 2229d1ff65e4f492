"""The site as an app: manifest, worker, the notice without a network, and messages pushed to a browser."""

import struct
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from fedinote.auth import sessions
from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.infra.keys import VAPID_PUBLIC
from fedinote.infra.resources import folder
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft
from fedinote.worker import settle
from tests.support.fakefedi import Answer, FakeHost, faking
from tests.support.people import configure, person
from tests.support.pushservice import Browser as Subscriber
from tests.web.compose.conftest import Writer, writer

PATH = "/settings/push"


async def test_the_manifest_names_the_server_in_the_readers_language(app: App, stranger: Any) -> None:
    configure(app, "instance", title="Tea House")
    answer = await stranger.get("/manifest.webmanifest", accept_language="zh-CN")
    assert answer.header("content-type") == "application/manifest+json"
    found = answer.json
    assert (found["name"], found["lang"], found["dir"], found["id"]) == ("Tea House", "zh-Hans", "ltr", "/")
    assert found["share_target"] == {
        "action": "/publish", "method": "GET", "params": {"title": "title", "text": "text", "url": "url"},
    }  # fmt: skip
    assert [one["url"] for one in found["shortcuts"]] == ["/publish", "/notifications", "/explore"]
    assert "Accept-Language" in answer.header("vary")


async def test_every_icon_of_the_manifest_is_there_in_its_size(stranger: Any) -> None:
    for icon in (await stranger.get("/manifest.webmanifest")).json["icons"]:
        data = (folder("static") / icon["src"].removeprefix("/static/")).read_bytes()
        if icon["type"] == "image/png":
            assert "x".join(map(str, struct.unpack(">II", data[16:24]))) == icon["sizes"]


async def test_the_worker_stands_at_the_root_and_knows_the_version(stranger: Any) -> None:
    answer = await stranger.get("/sw.js")
    assert answer.header("content-type").startswith("text/javascript")
    assert answer.header("service-worker-allowed") == "/"
    assert "{{" not in answer.text
    assert "/offline" in answer.text


async def test_the_notice_without_a_network_is_nobodys_and_the_same_for_all(hers: Writer, stranger: Any) -> None:
    page = await hers.get("/offline")
    assert page.status == 200
    assert page.header("cache-control") == "public, max-age=3600"
    assert "alice" not in page.text
    assert page.cookies() == []
    assert page.text == (await stranger.get("/offline")).text


async def test_a_worker_may_only_come_from_this_site(hers: Writer) -> None:
    assert "worker-src 'self'" in (await hers.get("/publish")).header("content-security-policy")


@pytest.fixture
async def service() -> AsyncIterator[FakeHost]:
    async with faking() as fedi:
        host = await fedi.host("127.0.0.3")
        host.inbox = Answer(status=201, content_type=None)
        yield host


async def _subscribed(hers: Writer, service: FakeHost, *alerts: str) -> Subscriber:
    browser = Subscriber()
    chosen = [("alert", name) for name in alerts]
    answer = await hers.form(
        PATH, ("do", "subscribe"), ("endpoint", f"{service.base}/push/1"), ("p256dh", browser.p256dh),
        ("auth", browser.auth), *chosen, ("policy", "all"), part=True,
    )  # fmt: skip
    assert (answer.status, answer.json) == (200, {"subscribed": True})
    return browser


async def test_a_browser_that_is_signed_in_gets_messages_that_lead_to_the_post(
    app: App, alice: User, hers: Writer, service: FakeHost
) -> None:
    browser = await _subscribed(hers, service, "mention")
    bob = await person(app, "bob")
    post_id = await publishing.publish(app, bob.account_id, Draft("@alice hello"))
    await settle(app)
    (seen,) = service.requests
    message = msgspec.json.decode(browser.decrypt(seen.body, seen.headers))
    assert message["path"] == f"/@bob/{post_id}"
    assert (message["title"], message["body"]) == ("bob mentioned you", "@alice hello")
    assert "access_token" not in message
    assert hers.cookies["session"].encode() not in seen.body


async def test_the_end_of_the_session_ends_the_messages(app: App, alice: User, hers: Writer, service: FakeHost) -> None:
    await _subscribed(hers, service, "mention")
    other = await writer(app, alice)
    await _subscribed(other, service, "mention")
    await sessions.end(app, hers.cookies["session"])
    assert await app.db.value("SELECT COUNT(*) AS value FROM push_subscriptions") == 1
    app.clock.shift(sessions.IDLE.total_seconds() + 1)
    bob = await person(app, "bob")
    await publishing.publish(app, bob.account_id, Draft("@alice hello"))
    await settle(app)
    assert service.requests == []


async def test_what_is_pushed_is_chosen_and_switched_off(app: App, hers: Writer, service: FakeHost) -> None:
    page = await hers.get(PATH)
    assert app.secrets[VAPID_PUBLIC] in page.text
    await _subscribed(hers, service, "mention", "poll")
    saved = await hers.form(PATH, ("do", "choose"), ("alert", "follow"), ("policy", "followed"))
    assert (saved.status, saved.location) == (303, PATH)
    (kept,) = await app.db.rows("SELECT alerts, policy FROM push_subscriptions")
    assert [name for name, on in msgspec.json.decode(kept["alerts"]).items() if on] == ["follow"]
    assert kept["policy"] == "followed"
    assert (await hers.form(PATH, ("do", "stop"), part=True)).json == {"subscribed": False}
    assert (await hers.form(PATH, ("do", "choose"))).status == 404
    assert (await hers.form(PATH, ("do", "other"))).status == 400


@pytest.mark.parametrize("endpoint", ["", "http://10.0.0.1/x", "https://169.254.169.254/", "javascript:alert(1)"])
async def test_messages_go_to_public_addresses_only(hers: Writer, endpoint: str) -> None:
    browser = Subscriber()
    keys = (("p256dh", browser.p256dh), ("auth", browser.auth))
    assert (await hers.form(PATH, ("do", "subscribe"), ("endpoint", endpoint), *keys)).status == 422

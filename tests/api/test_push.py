"""Web Push: subscriptions as clients keep them, and the messages as a push service and a browser get them."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from fedinote.auth import tokens
from fedinote.infra.app import App
from fedinote.infra.keys import VAPID_PUBLIC
from fedinote.notifications import pushing, subscriptions
from fedinote.worker import settle
from tests.api.client import Client
from tests.api.conftest import Person, Town
from tests.api.test_statuses import write
from tests.support.fakefedi import Answer, FakeHost, faking
from tests.support.pushservice import Browser, vapid

PATH = "/api/v1/push/subscription"
EVERYTHING = dict.fromkeys(
    ("mention", "status", "reblog", "follow", "follow_request", "favourite", "poll", "update", "quote",
     "quoted_update", "admin.sign_up", "admin.report"), True,
)  # fmt: skip


@pytest.fixture
async def service() -> AsyncIterator[FakeHost]:
    """A push service on loopback, which takes everything."""
    async with faking() as fedi:
        host = await fedi.host("127.0.0.3")
        host.inbox = Answer(status=201, content_type=None)
        yield host


def wish(endpoint: str, browser: Browser | None = None, *, standard: bool = True, **data: Any) -> dict[str, Any]:
    subscription = (browser or Browser()).subscription(endpoint, standard=standard)
    return {"subscription": subscription, "data": {"alerts": EVERYTHING, **data}}


async def subscribed(who: Person, service: FakeHost, *, standard: bool = True, **data: Any) -> Browser:
    browser = Browser()
    answer = await who.post(PATH, wish(f"{service.base}/push/{who.id}", browser, standard=standard, **data))
    assert answer.status == 200, answer.body
    return browser


def messages(service: FakeHost, browser: Browser) -> list[dict[str, Any]]:
    return [msgspec.json.decode(browser.decrypt(seen.body, seen.headers)) for seen in service.requests]


async def later(app: App, **time: float) -> None:
    app.clock.shift(timedelta(**time).total_seconds())
    await settle(app)


# -- subscriptions --------------------------------------------------------------------------------------------------


async def test_a_subscription_is_made_shown_changed_and_removed(app: App, alice: Person) -> None:
    assert (await alice.get(PATH)).status == 404
    asked = wish("https://push.example/1", policy="followed")
    asked["data"]["alerts"] = {"mention": True, "poll": False, "no_such_thing": True}
    made = (await alice.post(PATH, asked)).json
    assert made == {
        "id": made["id"],
        "endpoint": "https://push.example/1",
        "standard": True,
        "alerts": {"mention": True, "poll": False},
        "policy": "followed",
        "server_key": app.secrets[VAPID_PUBLIC],
    }
    assert isinstance(made["id"], int)
    assert made["id"] < 1 << 31, "clients read it as a number of 32 bits"
    assert (await alice.get(PATH)).json == made
    changed = (await alice.put(PATH, {"data": {"alerts": {"follow": "true"}}})).json
    assert changed == {**made, "alerts": {"follow": True}}
    assert (await alice.put(PATH, {"policy": "none"})).json == {**changed, "policy": "none"}
    for _ in range(2):
        assert (await alice.delete(PATH)).json == {}
    assert (await alice.get(PATH)).status == 404
    assert (await alice.put(PATH, {})).status == 404


async def test_it_comes_as_a_form_too(alice: Person) -> None:
    browser = Browser()
    form = {
        "subscription[endpoint]": "https://push.example/1",
        "subscription[keys][p256dh]": browser.p256dh,
        "subscription[keys][auth]": browser.auth,
        "data[alerts][mention]": "true",
        "data[alerts][admin.sign_up]": "1",
        "data[policy]": "all",
    }
    made = (await alice.send("POST", PATH, form=form)).json
    assert (made["standard"], made["alerts"]) == (False, {"mention": True, "admin.sign_up": True})


async def test_each_token_has_one_subscription_of_its_own(app: App, town: Town, alice: Person) -> None:
    other = Person(town.asgi, await town.token(alice.user_id))
    first = (await alice.post(PATH, wish("https://push.example/1"))).json
    assert (await other.get(PATH)).status == 404
    await other.post(PATH, wish("https://push.example/2"))
    replaced = (await alice.post(PATH, wish("https://push.example/3"))).json
    assert (await alice.get(PATH)).json == replaced
    assert replaced["endpoint"] != first["endpoint"]
    assert await app.db.value("SELECT COUNT(*) AS value FROM push_subscriptions") == 2


async def test_it_needs_the_push_scope_and_a_person(town: Town, stranger: Client, alice: Person) -> None:
    reader = Person(town.asgi, await town.token(alice.user_id, "read write follow"))
    machine = Client(town.asgi, await town.token(None, "push"))
    asked = wish("https://push.example/1")
    for method in ("GET", "PUT", "DELETE", "POST"):
        answers = [(await who.send(method, PATH, json=asked)).status for who in (stranger, reader, machine)]
        assert answers == [401, 403, 422]


@pytest.mark.parametrize(
    "endpoint",
    ["", "nothing", "ftp://push.example/1", "http://10.0.0.1/x", "https://169.254.169.254/latest", "file:///etc/passwd",
     "https://[::ffff:10.0.0.1]/", "https://user:pw@push.example/", "https://push.example:22/",
     "https://push.example/" + "x" * 3000],
)  # fmt: skip
async def test_an_endpoint_must_be_a_public_address(alice: Person, endpoint: str) -> None:
    answer = await alice.post(PATH, wish(endpoint))
    assert answer.status == 422, answer.body
    assert (await alice.get(PATH)).status == 404


@pytest.mark.parametrize("endpoint", ["http://push.example/1", "https://localhost/1", "https://127.0.0.1/1"])
async def test_plain_http_and_loopback_are_refused_unless_the_settings_allow_them(
    app: App, alice: Person, endpoint: str
) -> None:
    assert (await alice.post(PATH, wish(endpoint))).status == 200
    strict = type(app.outbound)(user_agent="x")
    with contextlib.suppress(Exception):
        await app.outbound.close()
    app.outbound = strict
    assert (await alice.post(PATH, wish(endpoint))).status == 422


@pytest.mark.parametrize("keys", [{}, {"p256dh": "AAAA", "auth": "AAAA"}, {"p256dh": "x" * 9999, "auth": "y"}])
async def test_keys_that_nobody_could_read_with_are_refused(alice: Person, keys: dict[str, str]) -> None:
    asked = wish("https://push.example/1")
    asked["subscription"]["keys"] = keys
    assert (await alice.post(PATH, asked)).status == 422


async def test_an_unknown_policy_is_refused(alice: Person) -> None:
    assert (await alice.post(PATH, wish("https://push.example/1", policy="some"))).status == 422


async def test_the_access_token_is_nowhere_in_the_database(app: App, alice: Person) -> None:
    await alice.post(PATH, wish("https://push.example/1"))
    [row] = await app.db.rows("SELECT * FROM push_subscriptions")
    assert not [name for name in ("endpoint", "alerts", "sealed_token") if str(alice.token) in str(row[name])]
    assert subscriptions.unseal(app, row["sealed_token"]) == alice.token
    assert subscriptions.unseal(app, row["sealed_token"][:-4] + "AAAA") is None


# -- messages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("standard", [True, False])
async def test_a_browser_reads_what_was_pushed_in_both_codings(
    app: App, alice: Person, bob: Person, service: FakeHost, standard: bool
) -> None:
    browser = await subscribed(alice, service, standard=standard)
    await write(bob, "@alice hello & welcome")
    await settle(app)
    [message] = messages(service, browser)
    [notice] = (await alice.get("/api/v1/notifications")).json
    assert message == {
        "access_token": alice.token,
        "preferred_locale": "en",
        "notification_id": int(notice["id"]),
        "notification_type": "mention",
        "icon": notice["account"]["avatar_static"],
        "title": "Bob mentioned you",
        "body": "@alice hello & welcome",
    }
    [seen] = service.requests
    assert (seen.method, seen.path) == ("POST", f"/push/{alice.id}")
    assert seen.headers["content-encoding"] == ("aes128gcm" if standard else "aesgcm")
    assert (seen.headers["ttl"], seen.headers["urgency"]) == ("172800", "normal")
    claims, key = vapid(seen.headers)
    assert (claims["aud"], key) == (service.base, app.secrets[VAPID_PUBLIC])
    assert 0 < claims["exp"] - app.now().timestamp() <= 86_400
    assert claims["sub"].startswith(("mailto:", "http"))
    assert b"hello" not in seen.body
    assert str(alice.token).encode() not in seen.body


async def test_only_the_alerts_that_were_asked_for_are_pushed(
    app: App, alice: Person, bob: Person, service: FakeHost
) -> None:
    browser = await subscribed(alice, service, alerts={"favourite": True, "mention": False})
    post = await write(alice, "tea")
    await bob.post(f"/api/v1/statuses/{post['id']}/favourite")
    await bob.post(f"/api/v1/statuses/{post['id']}/reblog")
    await write(bob, "@alice hello")
    await settle(app)
    assert [one["notification_type"] for one in messages(service, browser)] == ["favourite"]


async def test_a_reaction_counts_as_a_like(app: App, alice: Person, bob: Person, service: FakeHost) -> None:
    browser = await subscribed(alice, service, alerts={"favourite": True})
    post = await write(alice, "tea")
    await bob.put(f"/api/v1/pleroma/statuses/{post['id']}/reactions/👍")
    await settle(app)
    assert [one["notification_type"] for one in messages(service, browser)] == ["favourite"]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("all", {"Bob", "Fan", "Idol"}), ("followed", {"Idol"}), ("follower", {"Fan"}), ("none", set())],
)
async def test_the_policy_says_whose_notifications_are_pushed(
    app: App, town: Town, alice: Person, bob: Person, service: FakeHost, policy: str, expected: set[str]
) -> None:
    fan, idol = await town.person("fan"), await town.person("idol")
    await fan.post(f"/api/v1/accounts/{alice.id}/follow")
    await alice.post(f"/api/v1/accounts/{idol.id}/follow")
    browser = await subscribed(alice, service, policy=policy)
    for one in (bob, fan, idol):
        await write(one, "@alice hello")
    await settle(app)
    assert {one["title"].split()[0] for one in messages(service, browser)} == expected


async def test_a_long_post_is_cut_and_a_warned_one_shows_the_warning_alone(
    app: App, alice: Person, bob: Person, service: FakeHost
) -> None:
    browser = await subscribed(alice, service)
    await write(bob, "@alice " + "字" * 500)
    await write(bob, "@alice the butler did it", spoiler_text="end of the book")
    await settle(app)
    long, warned = sorted((one["body"] for one in messages(service, browser)), key=len, reverse=True)
    assert (len(long), long[-1]) == (140, "…")
    assert warned == "end of the book"


async def test_what_the_policy_keeps_apart_is_not_pushed(
    app: App, alice: Person, bob: Person, service: FakeHost
) -> None:
    await subscribed(alice, service)
    await write(bob, "@alice psst", visibility="direct")
    await settle(app)
    assert service.requests == []


@pytest.mark.parametrize(("action", "pushed"), [("hide", 0), ("warn", 1)])
async def test_a_filter_that_hides_keeps_the_push_away(
    app: App, alice: Person, bob: Person, service: FakeHost, action: str, pushed: int
) -> None:
    await subscribed(alice, service)
    made = await alice.post(
        "/api/v2/filters",
        {"title": "f", "context": ["notifications"], "filter_action": action,
         "keywords_attributes": [{"keyword": "spoiler"}]},
    )  # fmt: skip
    assert made.status == 200
    await write(bob, "@alice a spoiler")
    await settle(app)
    assert len(service.requests) == pushed


@pytest.mark.parametrize("how", ["dismissed", "deleted", "blocked", "revoked", "unsubscribed", "disabled", "old"])
async def test_what_changed_before_the_job_ran_counts(
    app: App, alice: Person, bob: Person, service: FakeHost, how: str
) -> None:
    await subscribed(alice, service)
    post = await write(bob, "@alice hello")
    match how:
        case "dismissed":
            await alice.post("/api/v1/notifications/clear")
        case "deleted":
            await bob.delete(f"/api/v1/statuses/{post['id']}")
        case "blocked":
            await alice.post(f"/api/v1/accounts/{bob.id}/block")
        case "revoked":
            await tokens.revoke_all(app, alice.user_id)
        case "unsubscribed":
            await alice.delete(PATH)
        case "disabled":
            await app.db.execute("UPDATE users SET state = 'disabled' WHERE id = ?", alice.user_id)
        case "old":
            app.clock.shift(timedelta(hours=49).total_seconds())
    await settle(app)
    assert service.requests == []


async def test_a_moderator_of_yesterday_is_not_told_of_reports(
    app: App, town: Town, alice: Person, bob: Person, service: FakeHost
) -> None:
    mona = await town.person("mona", role="moderator")
    browser = await subscribed(mona, service)
    await alice.post("/api/v1/reports", {"account_id": bob.id, "comment": "rude"})
    await settle(app)
    [message] = messages(service, browser)
    assert (message["notification_type"], message["body"]) == ("admin.report", "")
    await alice.post("/api/v1/reports", {"account_id": bob.id, "comment": "again"})
    await app.db.execute("UPDATE users SET role = 'member' WHERE id = ?", mona.user_id)
    await settle(app)
    assert len(service.requests) == 1


async def test_a_subscription_ends_with_its_token_and_its_account(app: App, alice: Person) -> None:
    await alice.post(PATH, wish("https://push.example/1"))
    await app.db.execute("DELETE FROM oauth_tokens WHERE user_id = ?", alice.user_id)
    assert not await app.db.rows("SELECT 1 FROM push_subscriptions")


# -- what the push service answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410])
async def test_a_subscription_that_the_service_does_not_know_is_dropped(
    app: App, alice: Person, bob: Person, service: FakeHost, status: int
) -> None:
    await subscribed(alice, service)
    service.inbox = Answer(status=status, content_type=None)
    await write(bob, "@alice hello")
    await settle(app)
    assert (await alice.get(PATH)).status == 404
    await later(app, days=1)
    assert len(service.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_service_that_is_busy_is_asked_again_later(
    app: App, alice: Person, bob: Person, service: FakeHost, status: int
) -> None:
    browser = await subscribed(alice, service)
    service.inbox = [Answer(status=status, content_type=None), Answer(status=201, content_type=None)]
    await write(bob, "@alice hello")
    await settle(app)
    assert len(service.requests) == 1
    await later(app, seconds=31)
    assert [one["body"] for one in messages(service, browser)] == ["@alice hello"] * 2
    assert await app.db.value("SELECT failures AS value FROM push_subscriptions") == 0
    await later(app, days=1)
    assert len(service.requests) == 2


async def test_retry_after_is_honoured(app: App, alice: Person, bob: Person, service: FakeHost) -> None:
    await subscribed(alice, service)
    service.inbox = Answer(status=429, content_type=None, headers=[("Retry-After", "600")])
    await write(bob, "@alice hello")
    await settle(app)
    await later(app, seconds=500)
    assert len(service.requests) == 1
    await later(app, seconds=120)
    assert len(service.requests) == 2


async def test_a_service_that_fails_is_left_alone_whatever_waits_for_it(
    app: App, alice: Person, bob: Person, service: FakeHost
) -> None:
    await subscribed(alice, service)
    service.inbox = Answer(status=500, content_type=None)
    await write(bob, "@alice one")
    await settle(app)
    for number in range(5):
        await write(bob, f"@alice {number}")
    await settle(app)
    assert len(service.requests) == 1


async def test_a_subscription_that_fails_for_days_is_dropped(
    app: App, alice: Person, bob: Person, service: FakeHost
) -> None:
    await subscribed(alice, service)
    service.inbox = Answer(status=500, content_type=None)
    await app.db.execute("UPDATE push_subscriptions SET failures = ?", pushing.MOST_FAILURES - 1)
    await write(bob, "@alice hello")
    await settle(app)
    assert (await alice.get(PATH)).status == 404


@pytest.mark.parametrize("status", [301, 302, 400, 403, 413])
async def test_a_refused_message_is_given_up_and_the_subscription_stays(
    app: App, alice: Person, bob: Person, service: FakeHost, status: int
) -> None:
    await subscribed(alice, service)
    service.inbox = Answer(status=status, content_type=None, headers=[("Location", "http://127.0.0.1:1/")])
    await write(bob, "@alice hello")
    await settle(app)
    await later(app, days=1)
    assert len(service.requests) == 1
    assert (await alice.get(PATH)).status == 200


async def test_a_name_that_leads_to_a_private_address_by_now_is_not_dialled(
    app: App, alice: Person, bob: Person, service: FakeHost
) -> None:
    await subscribed(alice, service)
    await app.outbound.close()
    app.outbound = type(app.outbound)(user_agent="x", allow_http=True)
    await write(bob, "@alice hello")
    await settle(app)
    assert service.requests == []
    assert await app.db.value("SELECT failures AS value FROM push_subscriptions") == 1

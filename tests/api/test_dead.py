"""What Mastodon gave up: some of it still answers, the rest is not found."""

import pytest

from tests.api.client import Client
from tests.api.conftest import Person
from tests.api.test_statuses import write

DIRECT = "/api/v1/timelines/direct"


async def test_the_direct_timeline_has_what_one_wrote_or_was_sent(alice: Person, bob: Person, stranger: Client) -> None:
    sent = await write(alice, "@bob psst", visibility="direct")
    alone = await write(alice, "note to self", visibility="direct")
    await write(alice, "@bob hello")
    assert (await alice.get(DIRECT)).ids == [alone["id"], sent["id"]]
    assert (await bob.get(DIRECT)).ids == [sent["id"]]
    page = await alice.get(DIRECT, {"limit": "1"})
    assert page.ids == [alone["id"]]
    assert (await alice.get(page.links["next"].partition("localhost:8000")[2])).ids == [sent["id"]]
    await bob.post(f"/api/v1/accounts/{alice.id}/block")
    assert (await bob.get(DIRECT)).ids == []
    assert (await stranger.get(DIRECT)).status == 401


async def test_version_1_of_search_has_bare_hashtags(alice: Person, stranger: Client) -> None:
    await write(alice, "#teatime")
    found = (await alice.get("/api/v1/search", {"q": "teatime"})).json
    assert found["hashtags"] == ["teatime"]
    assert (await alice.get("/api/v1/search", {"q": "alice"})).json["accounts"][0]["id"] == alice.id
    assert (await stranger.get("/api/v1/search", {"q": "tea"})).status == 401


async def test_there_are_no_identity_proofs(alice: Person, bob: Person) -> None:
    assert (await alice.get(f"/api/v1/accounts/{bob.id}/identity_proofs")).json == []
    assert (await alice.get("/api/v1/accounts/99/identity_proofs")).status == 404


async def test_no_letter_waits_to_be_confirmed(alice: Person, stranger: Client) -> None:
    answer = await alice.post("/api/v1/emails/confirmations", {"email": "b@mail.example"})
    assert answer.status == 403
    assert answer.json == {"error": "This method is only available while the e-mail is awaiting confirmation"}
    assert (await stranger.post("/api/v1/emails/confirmations")).status == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/proofs"),
        ("GET", "/api/v1/reports"),
        ("GET", "/api/v2_alpha/notifications"),
        ("GET", "/api/v2_alpha/notifications/unread_count"),
        ("GET", "/api/v2_alpha/notifications/x"),
        ("POST", "/api/v2_alpha/notifications/x/dismiss"),
        ("POST", "/api/v1/accounts/1/email_subscriptions"),
    ],
)
async def test_what_is_gone_is_not_found_and_says_so_in_json(alice: Person, method: str, path: str) -> None:
    answer = await alice.send(method, path)
    assert answer.status == 404
    assert answer.header("content-type").startswith("application/json")
    assert set(answer.json) == {"error"}


async def test_the_front_page_answers_head_and_the_server_says_that_it_lives(stranger: Client) -> None:
    answer = await stranger.send("HEAD", "/")
    assert (answer.status, answer.header("content-type")) == (200, "text/html; charset=utf-8")
    health = await stranger.get("/health")
    assert (health.status, health.header("content-type"), health.body) == (200, "text/plain; charset=utf-8", b"OK")

"""What arrives twice, in the wrong order, with a wrong clock, or at the same moment as its double."""

import asyncio
import json
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from tests.faults.victim import Ledger, Victim
from tests.support.fakefedi import PUBLIC, Answer, FakeActor, FakeFedi, stamp
from tests.support.signing import Way, deliver, http_date, send, signed

COPIES = 5
ACTIVITIES = 100
AT_ONCE = 20
ORDERS = 12


@pytest.mark.parametrize(("hours", "status"), [(-13, 401), (2, 401), (-11, 202), (0.5, 202)])
async def test_a_clock_that_is_wrong_is_borne_for_hours_and_not_longer(
    victim: Victim, fedi: FakeFedi, hours: float, status: int
) -> None:
    bob = (await fedi.host()).actor("bob")
    await victim.start()
    moment = datetime.now(UTC) + timedelta(hours=hours)
    activity = bob.create(bob.note("Tea?", to=[victim.alice]))
    assert await deliver(victim, bob, activity, Way(headers={"date": http_date(moment)})) == status
    await victim.idle()
    assert await victim.value("SELECT COUNT(*) AS value FROM posts") == (status == 202)


async def test_each_activity_counts_once_however_often_and_wherever_it_comes(victim: Victim, fedi: FakeFedi) -> None:
    people = [(await fedi.host(f"127.0.0.{number}")).actor("bob", key=number) for number in (10, 11)]
    await victim.start()
    copies, notes = [], []
    for number in range(ACTIVITIES):
        author = people[number % 2]
        note = author.note(f"number {number}", to=[victim.alice], tag=[{"type": "Mention", "href": victim.alice}])
        notes.append(note["id"])
        body = json.dumps(author.create(note)).encode()
        for copy in range(COPIES):
            path = ("/inbox", "/users/alice/inbox")[copy % 2]
            copies.append((path, body, signed(author, victim.host, path, body)))
    random.Random(7).shuffle(copies)
    turn = asyncio.Semaphore(16)

    async def one(path: str, body: bytes, headers: Any) -> int:
        async with turn:
            return await send(victim, path, body, headers)

    answers = await asyncio.gather(*(one(*copy) for copy in copies))
    assert set(answers) == {202}
    await victim.idle()
    Ledger(notes, await victim.names("SELECT uri AS value FROM posts")).balance()
    told = await victim.names("SELECT p.uri AS value FROM notifications n JOIN posts p ON p.id = n.post_id")
    Ledger(notes, told).balance()
    assert await victim.value("SELECT SUM(statuses_count) AS value FROM accounts WHERE domain <> ''") == ACTIVITIES


def _story(actor: FakeActor, victim: Victim, post: str, other: str) -> list[Mapping[str, Any]]:
    """Return what somebody does: a post twice edited, one deleted, a like and a boost taken back, one of each kept."""
    note, gone = actor.note("first", to=[PUBLIC, victim.alice]), actor.note("gone", to=[PUBLIC, victim.alice])
    second = {**note, "content": "<p>second</p>", "updated": stamp(60)}
    third = {**note, "content": "<p>third</p>", "updated": stamp(120)}
    like, boost, follow = (actor.activity(kind, post, to=[PUBLIC]) for kind in ("Like", "Announce", "Follow"))
    follow["object"] = victim.alice
    reply = actor.note("an answer to myself", to=[PUBLIC, victim.alice], inReplyTo=note["id"])
    return [
        actor.create(note), actor.activity("Update", second), actor.activity("Update", third),
        actor.create(gone), actor.activity("Delete", {"type": "Tombstone", "id": gone["id"]}),
        actor.create(reply), actor.activity("Like", other),
        like, actor.activity("Undo", like), boost, actor.activity("Undo", boost["id"]),
        follow, actor.activity("Undo", follow),
    ]  # fmt: skip


async def test_every_order_of_arrival_ends_in_the_same_state(
    victim: Victim, fedi: FakeFedi, http: aiohttp.ClientSession
) -> None:
    await victim.start()
    post, other = [(await victim.post(http, text))["uri"] for text in ("What do you say?", "And to this?")]
    actors = [(await fedi.host(f"127.0.2.{n + 1}")).actor("bob") for n in range(ORDERS)]
    for number, actor in enumerate(actors):
        story = _story(actor, victim, post, other)
        random.Random(number).shuffle(story)
        for activity in story:
            assert await deliver(victim, actor, activity) == 202
    await victim.idle()
    for actor in actors:
        state = await victim.names(
            "SELECT p.content AS value FROM posts p JOIN accounts a ON a.id = p.account_id WHERE a.uri = ?"
            " ORDER BY p.content", actor.id,
        )  # fmt: skip
        assert state == ["<p>an answer to myself</p>", "<p>third</p>"]
        threaded = "SELECT COUNT(*) AS value FROM posts p JOIN accounts a ON a.id = p.account_id WHERE a.uri = ?"
        assert await victim.value(f"{threaded} AND p.in_reply_to_id IS NOT NULL", actor.id) == 1
    assert await victim.value("SELECT COUNT(*) AS value FROM favourites") == ORDERS
    assert await victim.value("SELECT favourites_count AS value FROM posts WHERE uri = ?", other) == ORDERS
    assert await victim.value("SELECT reblogs_count AS value FROM posts WHERE uri = ?", post) == 0
    assert await victim.value("SELECT COUNT(*) AS value FROM follows") == 0


async def test_a_reply_is_shown_at_once_while_its_parent_is_slow_and_joined_when_that_comes(
    victim: Victim, fedi: FakeFedi, http: aiohttp.ClientSession
) -> None:
    bob, slow = (await fedi.host()).actor("bob"), await fedi.host("127.0.0.9")
    carl = slow.actor("carl")
    parent = carl.note("late", to=[PUBLIC])
    shown = asyncio.Event()
    slow.serve(parent["id"], parent, after=shown)
    await victim.start()
    reply = bob.note("early", to=[PUBLIC, victim.alice], inReplyTo=parent["id"])
    assert await deliver(victim, bob, bob.create(reply)) == 202
    await victim.until("SELECT COUNT(*) AS value FROM posts WHERE content = '<p>early</p>'")
    shown.set()
    await victim.idle()
    joined = "SELECT COUNT(*) AS value FROM posts r JOIN posts p ON p.id = r.in_reply_to_id WHERE p.uri = ?"
    assert await victim.value(joined, parent["id"]) == 1
    assert len(slow.gets(parent["id"].removeprefix(slow.base))) <= 3


async def test_a_reply_to_something_that_is_gone_stays_a_post_of_its_own(victim: Victim, fedi: FakeFedi) -> None:
    host = await fedi.host()
    bob = host.actor("bob")
    host.pages["/gone"] = Answer(b"{}", 410)
    await victim.start()
    reply = bob.note("alone", to=[PUBLIC, victim.alice], inReplyTo=f"{host.base}/gone")
    assert await deliver(victim, bob, bob.create(reply)) == 202
    await victim.idle()
    assert await victim.value("SELECT COUNT(*) AS value FROM posts WHERE in_reply_to_id IS NULL") == 1
    assert len(host.gets("/gone")) <= 3


async def test_the_same_request_at_the_same_time_has_one_effect(
    victim: Victim, fedi: FakeFedi, http: aiohttp.ClientSession
) -> None:
    host = await fedi.host()
    bob = host.actor("bob")
    await victim.start()

    async def together(method: str, path: str, **options: Any) -> list[Any]:
        answers = await asyncio.gather(*(victim.call(http, method, path, **options) for _ in range(AT_ONCE)))
        assert {status for status, _ in answers} <= {200, 409, 422}, answers
        return [found for status, found in answers if status == 200]

    once = {"Idempotency-Key": "the same"}
    posts = await together("POST", "/api/v1/statuses", json={"status": "once"}, headers=once)
    assert len({post["id"] for post in posts}) == 1
    assert await victim.value("SELECT COUNT(*) AS value FROM posts") == 1
    search = {"q": bob.id, "resolve": "true", "type": "accounts"}
    found = await together("GET", "/api/v2/search", params=search)
    account = found[0]["accounts"][0]["id"]
    assert await victim.value("SELECT COUNT(*) AS value FROM accounts WHERE uri = ?", bob.id) == 1
    await together("POST", f"/api/v1/accounts/{account}/follow")
    assert await victim.value("SELECT COUNT(*) AS value FROM follows") == 1
    await together("POST", f"/api/v1/statuses/{posts[0]['id']}/favourite")
    assert await victim.value("SELECT favourites_count AS value FROM posts") == 1
    await together("POST", f"/api/v1/statuses/{posts[0]['id']}/reblog")
    assert await victim.value("SELECT reblogs_count AS value FROM posts WHERE reblog_of_id IS NULL") == 1
    await victim.until("SELECT COUNT(*) AS value FROM deliveries WHERE dead_at IS NULL", 0)
    assert [activity["type"] for activity in host.received].count("Follow") == 1


async def test_one_name_is_given_to_one_of_those_who_ask_at_the_same_time(
    victim: Victim, http: aiohttp.ClientSession
) -> None:
    await victim.start()
    base = victim.process.base_url
    application = {"client_name": "race", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write"}
    async with http.post(f"{base}/api/v1/apps", json=application) as answer:
        client = await answer.json()
    grant = {"grant_type": "client_credentials", "scope": "read write"}
    grant |= {name: client[name] for name in ("client_id", "client_secret")}
    async with http.post(f"{base}/oauth/token", json=grant) as answer:
        token = (await answer.json())["access_token"]

    async def sign_up(number: int) -> int:
        wanted = {
            "username": "racer", "email": f"racer{number}@mail.example", "password": "a long enough password",
            "agreement": True, "locale": "en",
        }  # fmt: skip
        headers = {"Authorization": f"Bearer {token}"}
        async with http.post(f"{base}/api/v1/accounts", json=wanted, headers=headers) as given:
            return given.status

    statuses = await asyncio.gather(*(sign_up(number) for number in range(AT_ONCE)))
    assert sorted(set(statuses)) == [200, 422]
    assert statuses.count(200) == 1
    assert await victim.value("SELECT COUNT(*) AS value FROM accounts WHERE username = 'racer'") == 1

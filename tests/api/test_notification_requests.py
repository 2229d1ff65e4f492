"""The notification policy and its requests, as clients use them."""

from typing import Any

import pytest

from fedinote.infra.app import App
from tests.api.client import Client
from tests.api.conftest import Person, Town
from tests.api.test_schema import always, entity_problem  # noqa: F401  fixtures
from tests.api.test_statuses import write
from tests.support.pushservice import Browser

REQUESTS = "/api/v1/notifications/requests"
POLICY = "/api/v2/notifications/policy"
NOTIFICATIONS = "/api/v1/notifications"


async def whisper(sender: Person, text: str = "psst") -> Any:
    return await write(sender, f"@alice {text}", visibility="direct")


async def test_the_policy_is_shown_with_what_waits_and_changed(alice: Person, bob: Person) -> None:
    before = (await alice.get(POLICY)).json
    assert before == {
        "for_not_following": "accept",
        "for_not_followers": "accept",
        "for_new_accounts": "accept",
        "for_private_mentions": "filter",
        "for_limited_accounts": "filter",
        "for_bots": "accept",
        "for_strangers": "accept",
        "new_account_days": 30,
        "summary": {"pending_requests_count": 0, "pending_notifications_count": 0},
    }
    for _ in range(2):
        await whisper(bob)
    waiting = {"pending_requests_count": 1, "pending_notifications_count": 2}
    assert (await alice.get(POLICY)).json == {**before, "summary": waiting}
    for method in ("PATCH", "PUT"):
        changed = await alice.send(method, POLICY, json={"for_not_following": "drop"})
        assert changed.json == {**before, "for_not_following": "drop", "summary": waiting}
    own = (await alice.patch(POLICY, {"for_strangers": "filter", "new_account_days": 7})).json
    assert (own["for_strangers"], own["new_account_days"]) == ("filter", 7)
    for wrong in ({"for_not_following": "perhaps"}, {"new_account_days": 0}, {"new_account_days": 4000}):
        assert (await alice.patch(POLICY, wrong)).status == 422
    assert (await alice.get(POLICY)).json["for_not_following"] == "drop"


async def test_filtered_notifications_are_requests(alice: Person, bob: Person) -> None:
    first = await whisper(bob, "one")
    second = await whisper(bob, "two")
    [request] = (await alice.get(REQUESTS)).json
    account = (await alice.get(f"/api/v1/accounts/{bob.id}")).json
    assert request == {
        "id": request["id"],
        "created_at": request["created_at"],
        "updated_at": request["updated_at"],
        "notifications_count": "2",
        "account": account,
        "last_status": request["last_status"],
    }
    assert request["last_status"]["id"] == second["id"]
    assert first["id"] < second["id"]
    assert (await alice.get(f"{REQUESTS}/{request['id']}")).json == request
    assert (await bob.get(f"{REQUESTS}/{request['id']}")).status == 404
    assert (await bob.get(REQUESTS)).json == []


async def test_lists_counts_and_groups_leave_them_out_unless_they_are_asked_for(alice: Person, bob: Person) -> None:
    await whisper(bob)
    await write(bob, "@alice hello")
    for path in (NOTIFICATIONS, "/api/v2/notifications"):
        for query, expected in (("", 1), ("?include_filtered=true", 2), ("?include_filtered=false", 1)):
            found = (await alice.get(f"{path}{query}")).json
            assert len(found if isinstance(found, list) else found["notification_groups"]) == expected
        assert (await alice.get(f"{path}/unread_count")).json == {"count": 1}
    mine = (await alice.get(f"{NOTIFICATIONS}?account_id={bob.id}&include_filtered=true")).json
    assert [one["status"]["visibility"] for one in mine] == ["public", "direct"]


async def test_accepting_moves_them_and_lets_the_sender_in(alice: Person, bob: Person) -> None:
    await whisper(bob)
    [request] = (await alice.get(REQUESTS)).json
    for expected in (200, 404):
        answer = await alice.post(f"{REQUESTS}/{request['id']}/accept")
        assert answer.status == expected
    assert (await alice.get(f"{REQUESTS}/merged")).json == {"merged": True}
    assert (await alice.get(REQUESTS)).json == []
    await whisper(bob, "again")
    assert len((await alice.get(NOTIFICATIONS)).json) == 2


async def test_merging_that_is_not_done_yet_is_told(app: App, alice: Person, bob: Person) -> None:
    await whisper(bob)
    [request] = (await alice.get(REQUESTS)).json
    await alice.post(f"{REQUESTS}/{request['id']}/accept")
    await app.db.execute("UPDATE notifications SET filtered = TRUE")
    assert (await alice.get(f"{REQUESTS}/merged")).json == {"merged": False}


async def test_dismissing_puts_them_away(alice: Person, bob: Person) -> None:
    await whisper(bob)
    [request] = (await alice.get(REQUESTS)).json
    assert (await bob.post(f"{REQUESTS}/{request['id']}/dismiss")).status == 404
    assert (await alice.post(f"{REQUESTS}/{request['id']}/dismiss")).json == {}
    assert (await alice.get(REQUESTS)).json == []
    assert (await alice.get(f"{NOTIFICATIONS}?include_filtered=true")).json == []
    assert (await alice.get(POLICY)).json["summary"]["pending_requests_count"] == 0


async def test_several_are_accepted_or_dismissed_at_once(town: Town, alice: Person) -> None:
    people = [await town.person(f"pal{number}") for number in range(4)]
    for one in people:
        await whisper(one)
    ids = {one["account"]["id"]: one["id"] for one in (await alice.get(REQUESTS)).json}
    chosen = [ids[people[0].id], ids[people[1].id]]
    assert (await alice.post(f"{REQUESTS}/accept", {"id": chosen})).json == {}
    form = [("id[]", ids[people[2].id]), ("id[]", "12345"), ("id[]", "x")]
    assert (await alice.send("POST", f"{REQUESTS}/dismiss", form=form)).json == {}
    assert [one["account"]["id"] for one in (await alice.get(REQUESTS)).json] == [people[3].id]
    assert {one["account"]["id"] for one in (await alice.get(NOTIFICATIONS)).json} == {people[0].id, people[1].id}


async def test_pages_lead_on(town: Town, alice: Person) -> None:
    for number in range(3):
        await whisper(await town.person(f"pal{number}"))
    first = await alice.get(f"{REQUESTS}?limit=2")
    rest = await alice.get(first.links["next"])
    assert [one["account"]["username"] for one in first.json + rest.json] == ["pal2", "pal1", "pal0"]
    back = await alice.get(rest.links["prev"])
    assert back.json == first.json


async def test_a_page_costs_a_fixed_number_of_queries(app: App, town: Town, alice: Person) -> None:
    async def cost(path: str) -> int:
        await alice.get(path)
        before = app.db.statements
        assert (await alice.get(path)).status == 200
        return app.db.statements - before

    paths = (REQUESTS, POLICY, f"{NOTIFICATIONS}?include_filtered=true", "/api/v2/notifications?include_filtered=true")
    await whisper(await town.person("first"))
    before = [await cost(path) for path in paths]
    for number in range(5):
        pal = await town.person(f"pal{number}")
        await whisper(pal, "one")
        await whisper(pal, "two")
    assert [await cost(path) for path in paths] == before


async def test_filters_are_told_with_the_status_of_a_request(alice: Person, bob: Person) -> None:
    await whisper(bob, "a spoiler")
    await alice.post(
        "/api/v2/filters",
        {"title": "f", "context": ["notifications"], "filter_action": "hide",
         "keywords_attributes": [{"keyword": "spoiler"}]},
    )  # fmt: skip
    [request] = (await alice.get(REQUESTS)).json
    [result] = request["last_status"]["filtered"]
    assert (result["filter"]["filter_action"], result["keyword_matches"]) == ("hide", ["spoiler"])
    [notice] = (await alice.get(f"{NOTIFICATIONS}?include_filtered=true")).json
    assert notice["status"]["filtered"] == [result]


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [("GET", REQUESTS, "read"), ("GET", f"{REQUESTS}/merged", "read"), ("GET", POLICY, "read"),
     ("GET", f"{REQUESTS}/1", "read"), ("PATCH", POLICY, "write"), ("POST", f"{REQUESTS}/accept", "write"),
     ("POST", f"{REQUESTS}/1/dismiss", "write")],
)  # fmt: skip
async def test_each_needs_its_scope(
    town: Town, stranger: Client, alice: Person, method: str, path: str, scope: str
) -> None:
    wrong = {"read": "write:notifications read:statuses", "write": "read write:statuses"}[scope]
    for who, status in (
        (stranger, 401),
        (Person(town.asgi, await town.token(alice.user_id, wrong)), 403),
    ):
        assert (await who.send(method, path)).status == status


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/api/v1/notifications/dismiss"), ("GET", "/api/v2_alpha/notifications"),
     ("GET", "/api/v2_alpha/notifications/unread_count"), ("GET", "/api/v2_alpha/notifications/favourite-1-1"),
     ("POST", "/api/v2_alpha/notifications/favourite-1-1/dismiss")],
)  # fmt: skip
async def test_what_mastodon_removed_is_not_found(alice: Person, bob: Person, method: str, path: str) -> None:
    await write(bob, "@alice hello")
    [notice] = (await alice.get(NOTIFICATIONS)).json
    answer = await alice.send(method, path, json={"id": notice["id"]} if method == "POST" else None)
    assert (answer.status, set(answer.json)) == (404, {"error"})
    assert len((await alice.get(NOTIFICATIONS)).json) == 1


async def test_answers_fit_the_published_description(
    alice: Person,
    bob: Person,
    entity_problem: Any,  # noqa: F811
    always: dict[str, set[str]],  # noqa: F811
) -> None:
    await whisper(bob)
    browser = Browser()
    asked = browser.subscription("https://push.example/1", standard=True)
    subscription = (await alice.post("/api/v1/push/subscription", {"subscription": asked})).json
    answers = {
        "NotificationPolicy": (await alice.get(POLICY)).json,
        "NotificationRequest": (await alice.get(REQUESTS)).json[0],
        "Notification": (await alice.get(f"{NOTIFICATIONS}?include_filtered=true")).json[0],
        "WebPushSubscription": subscription,
    }
    for name, body in answers.items():
        assert always.get(name, set()) - set(body) == set(), name
        wrong = entity_problem(name, body)
        # The description has a text and every alert; real answers have a number and those that were asked for.
        assert [one for one in wrong if name != "WebPushSubscription" or not one.startswith(("id:", "alerts:"))] == []

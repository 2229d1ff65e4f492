"""Notifications in groups, as clients read and put them away."""

from collections.abc import Sequence
from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.notifications import groups
from tests.api.client import Client
from tests.api.conftest import Person, Town
from tests.api.test_statuses import write

PATH = "/api/v2/notifications"
HALF_DAY = groups.SPAN_MS / 1000


@pytest.fixture
async def fans(town: Town) -> Sequence[Person]:
    return [await town.person(f"fan{number}") for number in range(10)]


@pytest.fixture(autouse=True)
def at_noon(app: App) -> None:
    """Begin a half day, so that no test runs into the next one."""
    app.clock.shift(HALF_DAY - app.now().timestamp() % HALF_DAY + 1)


async def like(fan: Person, post: dict[str, Any], verb: str = "favourite") -> None:
    assert (await fan.post(f"/api/v1/statuses/{post['id']}/{verb}")).status == 200


async def test_the_likes_of_a_post_are_one_group_with_eight_of_its_people(
    alice: Person, fans: Sequence[Person]
) -> None:
    post = await write(alice, "tea")
    for fan in fans:
        await like(fan, post)
    await write(fans[0], "@alice thanks")
    answer = await alice.get(PATH)
    mention, likes = answer.json["notification_groups"]
    single = (await alice.get("/api/v1/notifications")).json
    assert likes == {
        "group_key": single[1]["group_key"],
        "notifications_count": 10,
        "type": "favourite",
        "most_recent_notification_id": int(single[1]["id"]),
        "page_min_id": single[10]["id"],
        "page_max_id": single[1]["id"],
        "latest_page_notification_at": single[1]["created_at"],
        "sample_account_ids": [fan.id for fan in reversed(fans[2:])],
        "status_id": post["id"],
    }
    assert {one["group_key"] for one in single[1:]} == {likes["group_key"]}
    assert (mention["group_key"], mention["notifications_count"]) == (f"ungrouped-{single[0]['id']}", 1)
    assert [one["id"] for one in answer.json["accounts"]] == [fans[0].id, *(fan.id for fan in reversed(fans[2:]))]
    assert [one["id"] for one in answer.json["statuses"]] == [single[0]["status"]["id"], post["id"]]
    assert "next" not in answer.links


async def test_kinds_posts_and_half_days_are_apart(app: App, alice: Person, fans: Sequence[Person]) -> None:
    one, two = await write(alice, "one"), await write(alice, "two")
    await like(fans[0], one)
    await like(fans[0], two)
    await like(fans[0], one, "reblog")
    await fans[0].post(f"/api/v1/accounts/{alice.id}/follow")
    await fans[1].post(f"/api/v1/accounts/{alice.id}/follow")
    app.clock.shift(HALF_DAY)
    await like(fans[1], one)
    found = (await alice.get(PATH)).json["notification_groups"]
    assert [(group["type"], group["notifications_count"]) for group in found] == [
        ("favourite", 1),
        ("follow", 2),
        ("reblog", 1),
        ("favourite", 1),
        ("favourite", 1),
    ]
    assert len({group["group_key"] for group in found}) == 5


async def test_a_client_chooses_what_is_grouped_and_which_types(alice: Person, fans: Sequence[Person]) -> None:
    post = await write(alice, "one")
    for fan in fans[:3]:
        await like(fan, post)
        await like(fan, post, "reblog")
    for query, numbers in (
        ("", [3, 3]),
        ("?grouped_types[]=reblog", [3, 1, 1, 1]),
        ("?grouped_types[]=mention", [1] * 6),
        ("?types[]=reblog", [3]),
        ("?exclude_types[]=reblog&grouped_types[]=follow", [1, 1, 1]),
        (f"?account_id={fans[2].id}&limit=1", [3]),
    ):
        found = (await alice.get(f"{PATH}{query}")).json["notification_groups"]
        assert [group["notifications_count"] for group in found] == numbers, query
        count = (await alice.get(f"{PATH}/unread_count{query}")).json["count"]
        assert count == (1 if "limit=1" in query else len(numbers))


async def test_pages_lead_on_without_losing_anything(alice: Person, fans: Sequence[Person]) -> None:
    posts = [await write(alice, str(number)) for number in range(3)]
    for fan in fans[:4]:
        for post in posts:
            await like(fan, post)
    seen: list[tuple[str, str]] = []
    path, pages, newest = f"{PATH}?limit=2", 0, ""
    while path and pages < 20:
        answer = await alice.get(path)
        for group in answer.json["notification_groups"]:
            seen.append((group["page_max_id"], group["page_min_id"]))
            assert group["most_recent_notification_id"] == int(group["page_max_id"])
        newest = newest or answer.links["prev"]
        path, pages = answer.links.get("next", ""), pages + 1
    single = (await alice.get("/api/v1/notifications")).json
    ids = [one["id"] for one in single]
    assert {one for pair in seen for one in pair} == set(ids)
    assert pages == 6
    assert (await alice.get(newest)).json["notification_groups"] == []
    above = (await alice.get(f"{PATH}?limit=2&min_id={ids[-1]}")).json["notification_groups"]
    assert [group["page_max_id"] for group in above] == [ids[-3], ids[-2]]


async def test_a_group_is_shown_with_its_people_and_put_away_whole(
    alice: Person, bob: Person, fans: Sequence[Person]
) -> None:
    post, other = await write(alice, "one"), await write(alice, "two")
    for fan in fans:
        await like(fan, post)
    await like(bob, other)
    kept, group = (await alice.get(PATH)).json["notification_groups"]
    path = f"{PATH}/{group['group_key']}"
    shown = (await alice.get(path)).json
    expected = {name: value for name, value in group.items() if "page" not in name}
    assert shown["notification_groups"] == [expected]
    first = await alice.get(f"{path}/accounts?limit=6")
    assert first.ids == [fan.id for fan in reversed(fans[4:])]
    assert (await alice.get(first.links["next"])).ids == [fan.id for fan in reversed(fans[:4])]
    assert (await bob.get(path)).status == 404
    assert (await bob.post(f"{path}/dismiss")).json == {}
    assert (await alice.get(path)).status == 200
    assert (await alice.post(f"{path}/dismiss")).json == {}
    assert (await alice.get(path)).status == 404
    assert (await alice.get(f"{path}/accounts")).json == []
    assert [one["group_key"] for one in (await alice.get(PATH)).json["notification_groups"]] == [kept["group_key"]]


async def test_one_that_stands_alone_is_a_group_by_its_id(alice: Person, bob: Person) -> None:
    await write(bob, "@alice hello")
    (one,) = (await alice.get("/api/v1/notifications")).json
    path = f"{PATH}/{one['group_key']}"
    shown = (await alice.get(path)).json
    assert shown["notification_groups"][0]["status_id"] == one["status"]["id"]
    assert [person["id"] for person in shown["accounts"]] == [bob.id]
    assert (await alice.post(f"{path}/dismiss")).json == {}
    assert (await alice.get("/api/v1/notifications")).json == []


async def test_accounts_may_come_as_avatars_only(alice: Person, fans: Sequence[Person]) -> None:
    post = await write(alice, "one")
    for fan in fans[:3]:
        await like(fan, post)
    body = (await alice.get(f"{PATH}?expand_accounts=partial_avatars")).json
    assert [one["id"] for one in body["accounts"]] == [fans[2].id]
    assert [one["id"] for one in body["partial_accounts"]] == [fans[1].id, fans[0].id]
    assert set(body["partial_accounts"][0]) >= {"acct", "avatar", "avatar_static", "bot", "id", "locked", "url"}
    assert "partial_accounts" not in (await alice.get(PATH)).json


async def test_the_read_marker_counts_for_groups(alice: Person, fans: Sequence[Person]) -> None:
    one, two = await write(alice, "one"), await write(alice, "two")
    for fan in fans[:3]:
        await like(fan, one)
    assert (await alice.get(f"{PATH}/unread_count")).json == {"count": 1}
    newest = (await alice.get("/api/v1/notifications?limit=1")).ids[0]
    await alice.post("/api/v1/markers", {"notifications": {"last_read_id": newest}})
    assert (await alice.get(f"{PATH}/unread_count")).json == {"count": 0}
    await like(fans[0], two)
    assert (await alice.get(f"{PATH}/unread_count")).json == {"count": 1}


@pytest.mark.parametrize(
    "key", ["favourite", "favourite-", "favourite-x-1", "favourite-1-2-3", "mention-1-2", "ungrouped-1-2",
            "ungrouped-99999999999999999999", "follow-999999999999999999", "a-1"]
)  # fmt: skip
async def test_what_is_no_key_is_not_found(alice: Person, stranger: Client, key: str) -> None:
    for answer in (
        await alice.get(f"{PATH}/{key}"),
        await alice.get(f"{PATH}/{key}/accounts"),
        await alice.post(f"{PATH}/{key}/dismiss"),
    ):
        assert answer.status == 404
    assert (await stranger.get(f"{PATH}/{key}")).status == 401

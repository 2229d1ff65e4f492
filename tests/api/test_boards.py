"""Boards through the API: whose they are, what is on them, and how they are paged."""

import pytest

from tests.api.client import Client
from tests.api.conftest import Person, Town
from tests.api.test_statuses import write

BOARDS = "/api/fedinote/v1/boards"


async def _board(person: Person, **fields: str) -> dict[str, str]:
    made: dict[str, str] = (await person.post(BOARDS, {"title": "Tea", **fields})).json
    return made


async def test_a_board_is_made_filled_and_read_by_anybody(alice: Person, bob: Person, stranger: Client) -> None:
    made = await _board(alice, description="All about it", language="en")
    assert made["url"] == f"http://localhost:8000/@alice/boards/{made['id']}"
    assert made["uri"] == f"http://localhost:8000/users/alice/boards/{made['id']}"
    one = f"{BOARDS}/{made['id']}"
    ids = [(await write(who, "look"))["id"] for who in (alice, bob, alice)]
    answers = [await alice.post(f"{one}/statuses", {"status_id": post_id}) for post_id in ids]
    answer = answers[-1]
    assert (answer.status, answer.json["statuses_count"]) == (200, 3)
    page = await stranger.get(f"{one}/statuses?limit=2")
    assert [post["id"] for post in page.json] == [ids[2], ids[1]]
    after = f"{one}/statuses?limit=2&after={ids[1]}"
    assert page.header("link") == f'<http://localhost:8000{after}>; rel="next"'
    assert [post["id"] for post in (await stranger.get(after)).json] == [ids[0]]
    shown = (await stranger.get(one)).json
    assert (shown["account"]["username"], shown["description"], shown["language"]) == ("alice", "All about it", "en")
    listed = await stranger.get(f"/api/fedinote/v1/accounts/{alice.id}/boards")
    assert [board["id"] for board in listed.json] == [made["id"]]


async def test_the_owner_orders_changes_and_empties_a_board(alice: Person) -> None:
    one = f"{BOARDS}/{(await _board(alice))['id']}"
    first, second = [(await write(alice, "look"))["id"] for _ in range(2)]
    for post_id in (first, second):
        await alice.post(f"{one}/statuses", {"status_id": post_id})
    await alice.put(f"{one}/statuses/{first}", {"before": second})
    assert [post["id"] for post in (await alice.get(f"{one}/statuses")).json] == [first, second]
    changed = await alice.send("PATCH", one, json={"title": "Green tea", "cover_id": second})
    assert (changed.json["title"], changed.json["cover_id"]) == ("Green tea", second)
    assert (await alice.send("PATCH", one, json={"cover_id": "1"})).status == 422
    assert (await alice.send("PATCH", one, json={"cover_id": ""})).json["cover_id"] is None
    assert (await alice.get(f"/api/fedinote/v1/statuses/{first}/boards")).json[0]["contains"] is True
    await alice.delete(f"{one}/statuses/{first}")
    assert (await alice.get(f"/api/fedinote/v1/statuses/{first}/boards")).json[0]["contains"] is False
    assert (await alice.delete(one)).status == 200
    assert (await alice.get(one)).status == 404


async def test_an_author_finds_the_boards_that_show_own_posts_and_leaves_one(alice: Person, bob: Person) -> None:
    one = f"{BOARDS}/{(await _board(alice))['id']}"
    post_id = (await write(bob, "look"))["id"]
    await alice.post(f"{one}/statuses", {"status_id": post_id})
    assert [board["title"] for board in (await bob.get(f"{BOARDS}/featuring")).json] == ["Tea"]
    assert (await bob.post(f"{one}/withdraw")).status == 200
    assert (await alice.get(f"{one}/statuses")).json == []
    assert (await alice.post(f"{one}/statuses", {"status_id": post_id})).status == 403
    assert (await bob.post(f"{one}/withdraw")).status == 404


async def test_nobody_else_changes_a_board(alice: Person, bob: Person) -> None:
    one = f"{BOARDS}/{(await _board(alice))['id']}"
    post_id = (await write(alice, "look"))["id"]
    await alice.post(f"{one}/statuses", {"status_id": post_id})
    for method, path in (
        ("PATCH", one),
        ("DELETE", one),
        ("POST", f"{one}/statuses"),
        ("PUT", f"{one}/statuses/{post_id}"),
        ("DELETE", f"{one}/statuses/{post_id}"),
    ):
        assert (await bob.send(method, path, json={"title": "mine", "status_id": post_id})).status == 404, path


@pytest.mark.parametrize("after", ["1", "x", "-5", "99999999999999999999999"])
async def test_a_page_after_what_is_not_on_the_board_is_not_there(alice: Person, after: str) -> None:
    one = f"{BOARDS}/{(await _board(alice))['id']}"
    assert (await alice.get(f"{one}/statuses?after={after}")).status == 404


async def test_boards_need_their_scopes(town: Town, alice: Person) -> None:
    reader = await town.person("reader", scopes="read:collections")
    assert (await reader.get(BOARDS)).status == 200
    assert (await reader.post(BOARDS, {"title": "Tea"})).status == 403

"""What is between two people, and what each route shows then (G10): every state by every route, in one table.

alice follows bob, who posts publicly with a tag, answers her, names her, likes her post, and is boosted by a friend.
Then something comes between them. `+`: his words (or he) are there; `-`: they are not.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from fedinote.accounts import deletion
from fedinote.infra.app import App
from fedinote.moderation import actions
from fedinote.search import index
from tests.api.conftest import Person, Town
from tests.moderation.staff import staff
from tests.support.fakefedi import ACTIVITY

MARK = "zqstate"


@pytest.fixture
def town(app: App) -> Town:
    return Town(app)


State = Callable[[App, Person, Person], Awaitable[Any]]


async def _nothing(app: App, alice: Person, bob: Person) -> None:
    """Nothing comes between them: that each route can show him at all."""


def _api(who: str, deed: str, **body: Any) -> State:
    async def change(app: App, alice: Person, bob: Person) -> None:
        by, other = (alice, bob) if who == "alice" else (bob, alice)
        answer = await by.post(f"/api/v1/accounts/{other.id}/{deed}", body)
        assert answer.status == 200

    return change


async def _limited(app: App, alice: Person, bob: Person) -> None:
    await actions.silence(app, await staff(app, "moderator"), bob.account_id)


async def _suspended(app: App, alice: Person, bob: Person) -> None:
    await actions.suspend(app, await staff(app, "moderator"), bob.account_id)


async def _deleted(app: App, alice: Person, bob: Person) -> None:
    await deletion.delete(app, bob.account_id)


STATES: Mapping[str, State] = {
    "nothing": _nothing,
    "block": _api("alice", "block"),
    "blocked": _api("bob", "block"),
    "mute": _api("alice", "mute", notifications=False),
    "mute all": _api("alice", "mute", notifications=True),
    "limited": _limited,
    "suspended": _suspended,
    "deleted": _deleted,
}
NAMES = ("profile", "people", "likes", "followed")
"""Where it is him whom a route shows, and not his words."""
ROUTES = {
    "post": "/api/v1/statuses/{post}",
    "profile": "/api/v1/accounts/{bob}",
    "posts of his": "/api/v1/accounts/{bob}/statuses",
    "home": "/api/v1/timelines/home",
    "public": "/api/v1/timelines/public?local=true",
    "tag": "/api/v1/timelines/tag/zqstate",
    "list": "/api/v1/timelines/list/{list}",
    "context": "/api/v1/statuses/{hers}/context",
    "boost": "/api/v1/accounts/{friend}/statuses",
    "search": "/api/v2/search?q=zqstate&type=statuses",
    "people": "/api/v2/search?q=bob&type=accounts",
    "notifications": "/api/v1/notifications",
    "conversations": "/api/v1/conversations",
    "likes": "/api/v1/statuses/{hers}/favourited_by",
    "followed": "/api/v1/accounts/{alice}/following",
}
TABLE = """
             nothing block blocked mute mute-all limited suspended deleted
post            +      +      -      +      +       +        -        -
profile         +      +      +      +      +       +        -        -
posts-of-his    +      +      -      +      +       +        -        -
home            +      -      -      -      -       +        -        -
public          +      -      -      -      -       +        -        -
tag             +      -      -      -      -       +        -        -
list            +      -      -      -      -       +        -        -
context         +      -      -      -      -       +        -        -
boost           +      -      -      -      -       +        -        -
search          +      -      -      -      -       +        -        -
people          +      +      +      +      +       +        -        -
notifications   +      -      -      +      -       +        -        -
conversations   +      -      -      +      +       +        -        -
likes           +      -      -      -      -       +        -        -
followed        +      -      -      +      +       +        -        -
"""
"""One may look at the profile and the posts of whom one blocks or mutes, as in Mastodon, and find him to end it. Alice
follows him, so limits change nothing for her: `test_limits_are_for_those_who_do_not_follow`."""


def expected(state: str) -> dict[str, str]:
    head, *lines = TABLE.strip().splitlines()
    column = head.split().index(state.replace(" ", "-")) + 1
    return {words[0].replace("-", " "): words[column] for words in map(str.split, lines)}


async def _scene(town: Town) -> tuple[Person, Person, dict[str, str]]:
    alice, bob, friend = [await town.person(name) for name in ("alice", "bob", "friend")]
    for one in (bob, friend):
        assert (await alice.post(f"/api/v1/accounts/{one.id}/follow")).status == 200
    hers = (await alice.post("/api/v1/statuses", {"status": "a question"})).json["id"]
    post = (await bob.post("/api/v1/statuses", {"status": f"{MARK} #zqstate"})).json["id"]
    await bob.post("/api/v1/statuses", {"status": f"@alice {MARK} answer", "in_reply_to_id": hers})
    await bob.post("/api/v1/statuses", {"status": f"@alice {MARK} hush", "visibility": "direct"})
    await bob.post(f"/api/v1/statuses/{hers}/favourite")
    await friend.post(f"/api/v1/statuses/{post}/reblog")
    await alice.post(f"/api/v1/statuses/{post}/bookmark")
    made = (await alice.post("/api/v1/lists", {"title": "some"})).json["id"]
    await alice.post(f"/api/v1/lists/{made}/accounts", {"account_ids": [bob.id]})
    ids = {"post": post, "hers": hers, "list": made, "bob": bob.id, "friend": friend.id, "alice": alice.id}
    return alice, bob, ids


async def _shown(alice: Person, ids: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, path in ROUTES.items():
        answer = await alice.get(path.format(**ids))
        assert answer.status in (200, 404, 410), f"{name}: {answer.status}"
        sought = b'"username":"bob"' if name in NAMES else MARK.encode()
        there = answer.status == 200 and sought in answer.body
        found[name] = "+" if there and not _bare(answer.json) else "-"
    return found


def _bare(value: Any) -> bool:
    """A profile that says nothing but that it is suspended."""
    return isinstance(value, dict) and bool(value.get("suspended"))


@pytest.mark.parametrize("state", STATES)
async def test_each_route_shows_what_the_state_leaves(app: App, town: Town, state: str) -> None:
    alice, bob, ids = await _scene(town)
    await index.catch_up(app)
    await STATES[state](app, alice, bob)
    await index.catch_up(app)
    assert await _shown(alice, ids) == expected(state)


async def test_limits_are_for_those_who_do_not_follow(app: App, town: Town) -> None:
    alice, bob, ids = await _scene(town)
    await alice.post(f"/api/v1/accounts/{bob.id}/unfollow")
    await alice.post(f"/api/v1/statuses/{ids['post']}/unbookmark")
    await _limited(app, alice, bob)
    await index.catch_up(app)
    found = await _shown(alice, ids)
    shown = {name for name, there in found.items() if there == "+"}
    assert shown == {
        "post", "profile", "posts of his", "boost", "people", "notifications", "conversations", "likes",
    }  # fmt: skip


@pytest.mark.parametrize("state", STATES)
async def test_other_servers_read_what_the_state_leaves(app: App, town: Town, state: str) -> None:
    """His documents are there for whoever asks unless he is suspended or gone; what is between two people is theirs."""
    alice, bob, ids = await _scene(town)
    paths = ["/users/bob", f"/users/bob/statuses/{ids['post']}", "/users/bob/outbox?page=true"]
    await STATES[state](app, alice, bob)
    for path in paths:
        answer = await town.stranger.get(path, headers={"accept": ACTIVITY})
        gone = state in ("suspended", "deleted")
        hidden = answer.status in (404, 410) or (MARK not in answer.body.decode() and path != "/users/bob")
        if path == "/users/bob" and state == "suspended":
            assert answer.json.get("suspended") is True or hidden
        else:
            assert hidden is gone, f"{path}: {answer.status}"


@pytest.mark.parametrize("state", ["suspended", "deleted"])
async def test_a_token_of_somebody_suspended_or_deleted_opens_nothing(app: App, town: Town, state: str) -> None:
    alice, bob, _ = await _scene(town)
    assert (await bob.get("/api/v1/timelines/home")).status == 200
    await STATES[state](app, alice, bob)
    for path in ("/api/v1/timelines/home", "/api/v1/streaming/user", "/api/v1/accounts/verify_credentials"):
        assert (await bob.get(path)).status in (401, 403), path

"""Each limit of the API, reached by real requests: the last one that is allowed, and the first that is not."""

import secrets
from collections.abc import Awaitable, Callable, Sequence

import pytest

from fedinote.api import access
from fedinote.auth.limits import LIMITS
from fedinote.infra.app import App
from tests.api.client import Answer, Client
from tests.api.conftest import Person, Town
from tests.support.people import PASSWORD, configure

TOKENS = 7  # of one person: each has fewer requests than the account
Ask = Callable[[Client], Awaitable[Answer]]


def newcomer() -> dict[str, object]:
    """A form that is right each time, and another person's: only what is right is counted."""
    name = f"new{secrets.token_hex(6)}"
    return {"username": name, "email": f"{name}@mail.example", "password": PASSWORD, "agreement": True}


ASKED: dict[str, Ask] = {
    "deletes": lambda who: who.delete("/api/v1/statuses/1"),
    "follows": lambda who: who.post("/api/v1/accounts/1/follow"),
    "imports": lambda who: who.post("/api/fedinote/v1/imports/mutes"),
    "media": lambda who: who.post("/api/v2/media"),
    "paging": lambda who: who.get("/api/v1/timelines/home", {"max_id": "1"}),
    "readings": lambda who: who.get("/api/fedinote/v1/statuses/1/readings", {"kind": "pinyin"}),
    "suggestions": lambda who: who.post("/api/fedinote/v1/statuses/1/translation_suggestions"),
    "reports": lambda who: who.post("/api/v1/reports"),
    "statuses": lambda who: who.post("/api/v1/statuses"),
    "apps": lambda who: who.post("/api/v1/apps"),
    "sign-up": lambda who: who.post("/api/v1/accounts", newcomer()),
}


@pytest.fixture
async def town(app: App) -> Town:
    return Town(app)


@pytest.fixture
async def many(town: Town) -> Sequence[Client]:
    """One person with several tokens, from several addresses."""
    configure(town.app, "registrations", mode="open")
    person = await town.person("alice")
    configure(town.app, "limits", enabled=True)
    tokens = [await town.token(person.user_id) for _ in range(TOKENS)]
    return [Client(town.asgi, token, f"198.51.100.{number + 1}") for number, token in enumerate(tokens)]


async def spend(ask: Ask, clients: Sequence[Client], times: int) -> None:
    """Ask so many times, in turns; nothing may be refused."""
    for number in range(times):
        answer = await ask(clients[number % len(clients)])
        assert answer.status != 429, number


def refused(answer: Answer, limit: int) -> bool:
    """Tell whether an answer is a refusal that tells when to come again."""
    assert answer.header("x-ratelimit-remaining") == "0"
    assert answer.header("x-ratelimit-limit") == str(limit)
    assert int(answer.header("retry-after")) >= 1
    return answer.status == 429


def test_each_limit_of_the_table_is_reached_here() -> None:
    assert set(LIMITS) <= set(ASKED)


@pytest.mark.parametrize("name", sorted(name for name, limit in LIMITS.items() if limit.by == "account"))
async def test_a_limit_holds_for_a_person_whatever_token_and_address(many: Sequence[Client], name: str) -> None:
    limit = LIMITS[name].hits
    await spend(ASKED[name], many, limit)
    assert refused(await ASKED[name](many[0]), limit)
    assert refused(await ASKED[name](many[1]), limit)


async def test_apps_are_registered_so_often_from_one_address(town: Town) -> None:
    configure(town.app, "limits", enabled=True)
    limit = LIMITS["apps"].hits
    await spend(ASKED["apps"], [town.stranger], limit)
    assert refused(await ASKED["apps"](town.stranger), limit)
    assert (await ASKED["apps"](Client(town.asgi, None, "198.51.100.200"))).status == 422


async def test_people_sign_up_so_often_from_one_address(town: Town) -> None:
    configure(town.app, "registrations", mode="open")
    configure(town.app, "limits", enabled=True)
    here, there = [Client(town.asgi, await town.token(None, "write"), f"198.51.100.{n}") for n in (1, 2)]
    limit = LIMITS["sign-up"].hits
    await spend(ASKED["sign-up"], [here], limit)
    answer = await ASKED["sign-up"](here)
    assert answer.status == 429
    assert int(answer.header("retry-after")) >= 1
    assert (await ASKED["sign-up"](there)).status == 200


async def test_a_token_has_its_own_limit_and_leaves_the_others_of_the_person_alone(many: Sequence[Client]) -> None:
    ask: Ask = lambda who: who.get("/api/v1/announcements")  # noqa: E731
    await spend(ask, many[:1], access.TOKEN.hits)
    assert refused(await ask(many[0]), access.TOKEN.hits)
    assert (await ask(many[1])).status == 200


async def test_an_account_has_a_limit_over_all_its_tokens(many: Sequence[Client]) -> None:
    ask: Ask = lambda who: who.get("/api/v1/announcements")  # noqa: E731
    await spend(ask, many, access.USER.hits)
    assert refused(await ask(many[0]), access.USER.hits)


async def test_strangers_have_a_limit_by_address_for_the_api_and_for_pages(town: Town) -> None:
    configure(town.app, "limits", enabled=True)
    ask: Ask = lambda who: who.get("/api/v1/instance/rules")  # noqa: E731
    await spend(ask, [town.stranger], access.ADDRESS.hits)
    assert refused(await ask(town.stranger), access.ADDRESS.hits)
    assert (await town.stranger.get("/.well-known/webfinger", {"resource": "acct:x@localhost"})).status == 429


async def test_what_a_client_writes_about_its_address_does_not_give_it_another(town: Town) -> None:
    configure(town.app, "limits", enabled=True)
    ask: Ask = lambda who: who.get("/api/v1/instance/rules")  # noqa: E731
    await spend(ask, [town.stranger], access.ADDRESS.hits)
    for name in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP"):
        answer = await town.stranger.get("/api/v1/instance/rules", headers={name: "192.0.2.77"})
        assert answer.status == 429, name


async def test_all_addresses_of_a_network_of_64_bits_share_one_limit(town: Town) -> None:
    configure(town.app, "limits", enabled=True)
    ask: Ask = lambda who: who.get("/api/v1/instance/rules")  # noqa: E731
    near = [Client(town.asgi, None, f"2001:db8:0:1::{number:x}") for number in range(2, 255)]
    await spend(ask, near, access.ADDRESS.hits)
    assert refused(await ask(near[7]), access.ADDRESS.hits)
    assert (await ask(Client(town.asgi, None, "2001:db8:0:2::2"))).status == 200


async def test_other_spellings_of_a_path_are_counted_with_it(town: Town) -> None:
    configure(town.app, "limits", enabled=True)
    ask: Ask = lambda who: who.get("/api/v1/instance/rules")  # noqa: E731
    await spend(ask, [town.stranger], access.ADDRESS.hits)
    spelt = (("GET", "/api/v1/instance/rules/"), ("HEAD", "/api/v1/instance/rules"), ("GET", "/api/v2/instance"))
    for method, path in spelt:
        assert (await town.stranger.send(method, path)).status == 429, path


async def test_passwords_are_guessed_through_the_api_as_rarely_as_on_pages(app: App, town: Town) -> None:
    """Both doors that ask for a password count the same tries: ten an hour for an account."""
    person = await town.person("alice")
    configure(app, "limits", enabled=True)
    statuses = []
    for _ in range(11):
        answer = await person.post("/api/fedinote/v1/account/delete", {"password": PASSWORD + "x"})
        statuses.append(answer.status)
    assert statuses == [403] * 10 + [429]


async def test_a_refused_hit_does_not_make_the_wait_longer(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(town.app, "limits", enabled=True)
    monkeypatch.setattr(access, "ADDRESS", access.Limit(1, 300, "address"))
    assert (await town.stranger.get("/api/v1/instance/rules")).status == 200
    waits = [int((await town.stranger.get("/api/v1/instance/rules")).header("retry-after")) for _ in range(3)]
    assert waits == sorted(waits, reverse=True)


async def test_limits_of_others_are_not_touched_by_somebody_who_is_refused(town: Town) -> None:
    alice, bob = await town.person("alice"), await town.person("bob")
    configure(town.app, "limits", enabled=True)
    await spend(ASKED["media"], [alice], LIMITS["media"].hits)
    assert (await ASKED["media"](alice)).status == 429
    mine: Person = bob
    assert (await ASKED["media"](mine)).status == 422

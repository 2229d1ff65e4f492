"""Passkeys: a key is registered and signs in; copies, replays, other sites and other browsers are refused."""

import json

import pytest

from fedinote.auth import challenges, factors, passkeys
from fedinote.auth.models import Passkey, SpentChallenge, User
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound, Unauthorized
from tests.support.authenticator import PRESENT, Authenticator
from tests.support.people import configure, person

HERE = "cookie-of-a-browser"


@pytest.fixture
async def alice(app: App) -> User:
    return await person(app)


def device(app: App, count: int = 0) -> Authenticator:
    return Authenticator(app.settings.base, count=count)


async def register(app: App, user: User, key: Authenticator, name: str = "Phone") -> passkeys.Key:
    options = passkeys.registration(app, user.id, "alice", browser=HERE)
    return await passkeys.register(app, user.id, key.create(options), name=name, browser=HERE)


async def test_a_passkey_signs_its_owner_in(app: App, alice: User) -> None:
    key = device(app)
    made = await register(app, alice, key)
    assert made.name == "Phone"
    answer = key.get(passkeys.login(app, browser=HERE))
    assert await passkeys.identify(app, answer, browser=HERE) == alice.id
    (kept,) = await passkeys.of(app, alice.id)
    assert kept.last_used_at is not None


async def test_the_options_ask_for_a_discoverable_key_that_knows_its_user(app: App, alice: User) -> None:
    options = passkeys.registration(app, alice.id, "alice", browser=HERE)
    chosen = options["authenticatorSelection"]
    assert chosen["residentKey"] == "required"
    assert chosen["userVerification"] == "required"
    assert options["rp"]["id"] == passkeys.rp_id(app)
    assert str(alice.id) not in json.dumps(options)
    login = passkeys.login(app, browser=HERE)
    assert login["userVerification"] == "required"
    assert not login.get("allowCredentials")


async def test_an_answer_is_heard_once(app: App, alice: User) -> None:
    key = device(app)
    await register(app, alice, key)
    answer = key.get(passkeys.login(app, browser=HERE))
    await passkeys.identify(app, answer, browser=HERE)
    with pytest.raises(Unauthorized):
        await passkeys.identify(app, answer, browser=HERE)


async def test_a_counter_that_does_not_rise_is_a_copy(app: App, alice: User) -> None:
    key = device(app, count=5)
    await register(app, alice, key)
    await passkeys.identify(app, key.get(passkeys.login(app, browser=HERE)), browser=HERE)
    assert (await Passkey.get(user_id=alice.id, using_db=app.db.orm)).sign_count == 6
    key.count = 4
    with pytest.raises(Unauthorized):
        await passkeys.identify(app, key.get(passkeys.login(app, browser=HERE)), browser=HERE)


FAULTS: dict[str, dict[str, object]] = {
    "origin": {"origin": "https://evil.example"},
    "site": {"site": "evil.example"},
    "nobody verified": {"flags": PRESENT},
    "within another page": {"cross": True},
    "owner": {"handle": b"somebody else"},
    "key": {"key": Authenticator("https://other.example").key},
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_answer_with_one_fault_lets_nobody_in(app: App, alice: User, fault: str) -> None:
    key = device(app)
    await register(app, alice, key)
    for name, value in FAULTS[fault].items():
        setattr(key, name, value)
    with pytest.raises(Unauthorized):
        await passkeys.identify(app, key.get(passkeys.login(app, browser=HERE)), browser=HERE)
    assert await SpentChallenge.all().using_db(app.db.orm).count() == 1  # that of the registration


async def test_a_challenge_is_good_as_it_was_made_in_its_browser_for_five_minutes(app: App, alice: User) -> None:
    key = device(app)
    await register(app, alice, key)
    options = passkeys.login(app, browser=HERE)
    forged = {**options, "challenge": "AAAA" + options["challenge"][4:]}
    for asked, browser in ((forged, HERE), (options, "another browser")):
        with pytest.raises(Unauthorized):
            await passkeys.identify(app, key.get(asked), browser=browser)
    app.clock.shift(challenges.LIFE.total_seconds() + 1)
    with pytest.raises(Unauthorized):
        await passkeys.identify(app, key.get(options), browser=HERE)


async def test_what_is_no_answer_is_refused_in_words(app: App, alice: User) -> None:
    key = device(app)
    await register(app, alice, key)
    right = json.loads(key.get(passkeys.login(app, browser=HERE)))
    broken = [{**right, "response": {**right["response"], name: "!!"}} for name in right["response"]]
    for answer in ("", "{}", "[]", "[" * 30_000, '{"id": 5}', "x" * 70_000, *map(json.dumps, broken)):
        with pytest.raises(Unauthorized):
            await passkeys.identify(app, answer, browser=HERE)
        with pytest.raises(Invalid):
            await passkeys.register(app, alice.id, answer, name="x", browser=HERE)


async def test_a_challenge_for_signing_in_registers_nothing(app: App, alice: User) -> None:
    options = passkeys.registration(app, alice.id, "alice", browser=HERE)
    options["challenge"] = passkeys.login(app, browser=HERE)["challenge"]
    with pytest.raises(Invalid):
        await passkeys.register(app, alice.id, device(app).create(options), name="x", browser=HERE)


async def test_a_registration_begun_by_one_person_is_not_finished_by_another(app: App, alice: User) -> None:
    bob = await person(app, "bob")
    answer = device(app).create(passkeys.registration(app, alice.id, "alice", browser=HERE))
    with pytest.raises(Invalid):
        await passkeys.register(app, bob.id, answer, name="x", browser=HERE)


async def test_an_answer_to_a_registration_is_heard_once(app: App, alice: User) -> None:
    answer = device(app).create(passkeys.registration(app, alice.id, "alice", browser=HERE))
    await passkeys.register(app, alice.id, answer, name="Phone", browser=HERE)
    with pytest.raises(passkeys.TooSlow):
        await passkeys.register(app, alice.id, answer, name="Phone", browser=HERE)
    assert len(await passkeys.of(app, alice.id)) == 1


async def test_a_key_without_verification_is_not_registered(app: App, alice: User) -> None:
    key = device(app)
    key.flags = PRESENT
    with pytest.raises(Invalid):
        await register(app, alice, key)


async def test_a_known_key_is_not_registered_again_for_anybody(app: App, alice: User) -> None:
    key = device(app)
    await register(app, alice, key)
    with pytest.raises(Invalid):
        await register(app, await person(app, "bob"), key)


async def test_there_are_twenty_keys_at_most(app: App, alice: User) -> None:
    for _ in range(passkeys.MOST):
        await register(app, alice, device(app))
    with pytest.raises(Invalid):
        await register(app, alice, device(app))
    assert len(await passkeys.of(app, alice.id)) == passkeys.MOST


async def test_as_a_second_step_only_the_persons_own_key_counts(app: App, alice: User) -> None:
    bob = await person(app, "bob")
    key, other = device(app), device(app)
    await register(app, alice, key)
    await register(app, bob, other)
    options = passkeys.login(app, browser=HERE, keys=await passkeys.rows_of(app, alice.id))
    assert len(options["allowCredentials"]) == 1
    with pytest.raises(Unauthorized):
        await passkeys.identify(app, other.get(options), browser=HERE, user_id=alice.id)
    assert await passkeys.identify(app, key.get(options), browser=HERE, user_id=alice.id) == alice.id


async def test_names_are_changed_and_keys_removed_by_their_owner_alone(app: App, alice: User) -> None:
    bob = await person(app, "bob")
    made = await register(app, alice, device(app))
    for verb in (passkeys.rename(app, bob.id, made.id, "mine"), passkeys.remove(app, bob.id, made.id)):
        with pytest.raises(NotFound):
            await verb
    await passkeys.rename(app, alice.id, made.id, "  Blue\x07 stick ")
    assert [key.name for key in await passkeys.of(app, alice.id)] == ["Blue stick"]
    with pytest.raises(Invalid):
        await passkeys.rename(app, alice.id, made.id, " \n")
    await passkeys.remove(app, alice.id, made.id)
    assert await passkeys.of(app, alice.id) == []


async def test_the_first_passkey_turns_the_second_step_on_and_gives_recovery_codes(app: App, alice: User) -> None:
    options = passkeys.registration(app, alice.id, "alice", browser=HERE)
    key = device(app)
    codes = await factors.add_passkey(app, alice.id, key.create(options), name="Phone", browser=HERE)
    assert len(codes) == 10
    found = await factors.of(app, alice.id)
    assert (found.on, found.passkeys, found.codes_left) == (True, 1, 10)
    options = passkeys.registration(app, alice.id, "alice", browser=HERE)
    assert await factors.add_passkey(app, alice.id, device(app).create(options), name="Stick", browser=HERE) == []
    for one in await passkeys.of(app, alice.id):
        await factors.remove_passkey(app, alice.id, one.id)
    found = await factors.of(app, alice.id)
    assert (found.on, found.codes_left) == (False, 0)


@pytest.mark.parametrize(
    ("base", "offered"),
    [
        ("https://notes.example", True),
        ("https://notes.example:8443", True),
        ("http://localhost:8000", True),
        ("http://notes.example", False),
        ("https://192.0.2.7", False),
        ("https://[2001:db8::1]", False),
    ],
)
def test_passkeys_are_offered_where_browsers_have_them(app: App, base: str, offered: bool) -> None:
    configure(app, "server", base_url=base)
    assert passkeys.possible(app) is offered


async def test_spent_challenges_are_forgotten_once_they_are_too_old(app: App, alice: User) -> None:
    await register(app, alice, device(app))
    assert await challenges.prune(app) == 0
    app.clock.shift(challenges.LIFE.total_seconds() + 1)
    assert await challenges.prune(app) == 1

import asyncio

import pytest

from fedinote.auth import passwords, sessions, tokens, users
from fedinote.auth.clients import OOB, register
from fedinote.auth.reactions import on_account_suspended
from fedinote.events import AccountSuspended
from fedinote.infra.app import App
from fedinote.infra.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthorized
from tests.support.people import PASSWORD, configure, person

HERE = "203.0.113.9"


async def token_of(app: App, user_id: int) -> str:
    client, _ = await register(app, "a client", [OOB], scopes="read")
    return (await tokens.issue(app, app_id=client.id, user_id=user_id, scopes=["read"])).text


@pytest.mark.parametrize("login", ["alice", "ALICE", "@alice", " Alice@Mail.Example "])
async def test_a_name_or_an_address_in_any_case_is_a_login(app: App, login: str) -> None:
    user = await person(app)
    assert (await users.check_password(app, login, PASSWORD, address=HERE)).id == user.id


async def test_a_wrong_name_and_a_wrong_password_are_told_alike(app: App) -> None:
    await person(app)
    with pytest.raises(Unauthorized) as wrong_password:
        await users.check_password(app, "alice", "not it at all", address=HERE)
    with pytest.raises(Unauthorized) as wrong_name:
        await users.check_password(app, "nobody", PASSWORD, address=HERE)
    assert wrong_password.value.message == wrong_name.value.message


async def test_the_instance_actor_cannot_log_in(app: App) -> None:
    from fedinote.accounts import profiles

    actor = await profiles.ensure_instance_actor(app)
    with pytest.raises(Unauthorized):
        await users.check_password(app, actor.username, "", address=HERE)


async def test_the_26th_attempt_from_an_address_within_five_minutes_is_refused(app: App) -> None:
    await person(app)
    for number in range(25):
        with pytest.raises(Unauthorized):
            await users.check_password(app, f"name{number}", "a wrong one", address=HERE)
    with pytest.raises(TooMany) as refused:
        await users.check_password(app, "alice", PASSWORD, address=HERE)
    assert 0 < refused.value.retry_after <= 300
    app.clock.shift(301)
    await users.check_password(app, "alice", PASSWORD, address=HERE)


async def test_ten_failures_lock_an_account_for_an_hour_however_its_name_is_written(app: App) -> None:
    await person(app)
    ways = ["alice", "ALICE", "@alice", " alice ", "alice@mail.example", "Alice@MAIL.example"]
    for number in range(10):
        with pytest.raises(Unauthorized):
            await users.check_password(app, ways[number % 6], "a wrong one", address=f"198.51.100.{number}")
    with pytest.raises(TooMany):
        await users.check_password(app, "alice", PASSWORD, address="198.51.100.99")


async def test_parallel_guesses_share_the_count(app: App) -> None:
    await person(app)
    guesses = [users.check_password(app, "alice", f"guess {n}", address=f"198.51.100.{n}") for n in range(20)]
    results = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(result, Unauthorized) for result in results) == 10
    assert sum(isinstance(result, TooMany) for result in results) == 10


async def test_a_success_gives_the_account_its_attempts_back(app: App) -> None:
    await person(app)
    for number in range(30):
        await users.check_password(app, "alice", PASSWORD, address=f"198.51.100.{number}")


async def test_a_hash_with_old_parameters_is_renewed_at_log_in(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    user = await person(app)
    monkeypatch.setattr(passwords, "needs_rehash", lambda stored: stored == user.password_hash)
    await users.check_password(app, "alice", PASSWORD, address=HERE)
    renewed = await users.by_id(app, user.id)
    assert renewed.password_hash != user.password_hash
    assert await passwords.verify(renewed.password_hash, PASSWORD)


async def test_a_new_password_ends_tokens_at_once_though_they_were_in_use(app: App) -> None:
    user = await person(app)
    token = await token_of(app, user.id)
    await tokens.authenticate(app, token)
    await users.set_password(app, user.id, "another long sentence")
    with pytest.raises(Unauthorized):
        await tokens.authenticate(app, token)


async def test_a_disabled_login_ends_everything_and_comes_back_without_its_tokens(app: App) -> None:
    user = await person(app)
    token, cookie = await token_of(app, user.id), await sessions.start(app, user.id)
    await tokens.authenticate(app, token)
    await users.disable(app, user.id)
    assert await sessions.signed_in(app, cookie) is None
    with pytest.raises(Unauthorized):
        await tokens.authenticate(app, token)
    await users.enable(app, user.id)
    with pytest.raises(Unauthorized):
        await tokens.authenticate(app, token)


async def test_a_suspension_ends_sessions_tokens_and_streams(app: App) -> None:
    user = await person(app)
    token, cookie = await token_of(app, user.id), await sessions.start(app, user.id)
    viewer = await tokens.authenticate(app, token)
    stream = app.bus.subscribe([f"token:{viewer.token_id}"])
    await app.db.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", app.now(), user.account_id)
    await on_account_suspended(app, AccountSuspended(user.account_id, local=True, suspended=True))
    assert await sessions.signed_in(app, cookie) is None
    with pytest.raises((Unauthorized, Forbidden)):
        await tokens.authenticate(app, token)
    assert await anext(stream) == (f"token:{viewer.token_id}", b"revoked")


async def test_a_role_counts_at_the_next_call_and_sessions_begin_anew(app: App) -> None:
    user = await person(app, role="admin")
    token, cookie = await token_of(app, user.id), await sessions.start(app, user.id)
    await tokens.authenticate(app, token)
    await users.set_role(app, user.id, "member")
    viewer = await tokens.authenticate(app, token)
    assert getattr(viewer, "role", None) == "member"
    assert await sessions.signed_in(app, cookie) is None


async def test_the_last_owner_stays_owner_and_stays_able_to_log_in(app: App) -> None:
    user = await person(app, role="owner")
    with pytest.raises(Conflict):
        await users.set_role(app, user.id, "admin")
    with pytest.raises(Conflict):
        await users.disable(app, user.id)
    assert (await users.by_id(app, user.id)).role == "owner"
    await person(app, "bob", "owner")
    await users.set_role(app, user.id, "admin")


async def test_unknown_roles_and_people_are_refused(app: App) -> None:
    user = await person(app)
    with pytest.raises(Invalid):
        await users.set_role(app, user.id, "superuser")
    with pytest.raises(NotFound):
        await users.set_role(app, 1, "admin")


async def test_defaults_of_new_posts_are_kept(app: App) -> None:
    user = await person(app)
    await users.set_defaults(app, user.id, visibility="private", sensitive=True, language="zh-Hant", locale="zh")
    kept = await users.by_id(app, user.id)
    found = (kept.default_visibility, kept.default_sensitive, kept.default_language, kept.locale)
    assert found == ("private", True, "zh-Hant", "zh")
    await users.set_defaults(app, user.id, language="")
    assert (await users.by_id(app, user.id)).default_language is None
    with pytest.raises(Invalid):
        await users.set_defaults(app, user.id, visibility="everybody")


async def test_limits_can_be_switched_off(app: App) -> None:
    await person(app)
    configure(app, "limits", enabled=False)
    for _ in range(12):
        with pytest.raises(Unauthorized):
            await users.check_password(app, "alice", "a wrong one", address=HERE)
    await users.check_password(app, "alice", PASSWORD, address=HERE)

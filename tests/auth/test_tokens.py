import pytest

from fedinote.auth import clients, registrations, tokens
from fedinote.auth.hashes import token_hash
from fedinote.auth.models import OAuthToken
from fedinote.auth.tokens import Issued
from fedinote.auth.viewer import AppToken, Viewer
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Unauthorized
from tests.support.people import configure, person


async def issue(app: App, user_id: int | None, scopes: str = "read write") -> Issued:
    client, _ = await clients.register(app, "a client", [clients.OOB], scopes=scopes)
    return await tokens.issue(app, app_id=client.id, user_id=user_id, scopes=scopes.split())


async def test_a_token_stands_for_its_person_with_its_scopes(app: App) -> None:
    user = await person(app, role="moderator")
    issued = await issue(app, user.id, "read:accounts push")
    viewer = await tokens.authenticate(app, issued.text)
    assert isinstance(viewer, Viewer)
    assert (viewer.account_id, viewer.user_id, viewer.role) == (user.account_id, user.id, "moderator")
    assert viewer.scopes == {"read:accounts", "push"}
    assert not viewer.has("read")


async def test_a_token_without_a_person_stands_for_its_app(app: App) -> None:
    issued = await issue(app, None)
    assert isinstance(await tokens.authenticate(app, issued.text), AppToken)


async def test_only_the_hash_of_a_token_is_stored(app: App) -> None:
    issued = await issue(app, (await person(app)).id)
    (row,) = await OAuthToken.all().using_db(app.db.orm).values()
    assert row["token_hash"] == token_hash(issued.text)
    assert issued.text not in str(row)


@pytest.mark.parametrize("token", ["", "guess", "x" * 100_000, "\ud800", "' OR 1=1 --"])
async def test_what_is_no_token_stands_for_nobody(app: App, token: str) -> None:
    await issue(app, (await person(app)).id)
    with pytest.raises(Unauthorized):
        await tokens.authenticate(app, token)


async def test_a_token_in_use_costs_no_query(app: App) -> None:
    issued = await issue(app, (await person(app)).id)
    await tokens.authenticate(app, issued.text)
    before = app.db.statements
    await tokens.authenticate(app, issued.text)
    assert app.db.statements == before
    app.clock.shift(tokens.CACHE_SECONDS + 1)
    await tokens.authenticate(app, issued.text)
    assert app.db.statements == before + 1


async def test_the_cache_is_bounded(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "CACHE_SIZE", 2)
    user = await person(app)
    for _ in range(4):
        await tokens.authenticate(app, (await issue(app, user.id)).text)
    assert len(app.caches["tokens"]) == 2


async def test_a_revoked_token_ends_at_once_though_it_was_in_use(app: App) -> None:
    issued = await issue(app, (await person(app)).id)
    viewer = await tokens.authenticate(app, issued.text)
    assert await tokens.revoke(app, issued.text, app_id=viewer.app_id)
    with pytest.raises(Unauthorized, match="revoked"):
        await tokens.authenticate(app, issued.text)


async def test_another_process_sees_a_revocation_within_five_seconds(app: App) -> None:
    issued = await issue(app, (await person(app)).id)
    await tokens.authenticate(app, issued.text)
    await app.db.execute("UPDATE oauth_tokens SET revoked_at = ?", app.now())  # as if elsewhere: no cache is told
    app.clock.shift(5)
    with pytest.raises(Unauthorized):
        await tokens.authenticate(app, issued.text)


async def test_an_app_cannot_revoke_the_token_of_another(app: App) -> None:
    user = await person(app)
    mine, theirs = await issue(app, user.id), await issue(app, user.id)
    my_app = (await tokens.authenticate(app, mine.text)).app_id
    assert not await tokens.revoke(app, theirs.text, app_id=my_app)
    await tokens.authenticate(app, theirs.text)
    assert await tokens.revoke(app, "unknown", app_id=my_app)


async def test_all_tokens_of_a_person_end_but_the_one_in_use(app: App) -> None:
    user, other = await person(app), await person(app, "bob")
    kept, gone, foreign = [await issue(app, owner.id) for owner in (user, user, other)]
    await tokens.revoke_all(app, user.id, keep=kept.id)
    await tokens.authenticate(app, kept.text)
    await tokens.authenticate(app, foreign.text)
    with pytest.raises(Unauthorized):
        await tokens.authenticate(app, gone.text)


async def test_a_login_that_waits_or_is_disabled_or_suspended_is_refused(app: App) -> None:
    configure(app, "registrations", mode="approval")
    form = registrations.Form(username="dora", email="d@mail.example", password="a long sentence", reason="cats")
    waiting = await registrations.register(app, form, address="")
    disabled, suspended, deleted = [await person(app, name) for name in ("eve", "frank", "gus")]
    await app.db.execute("UPDATE users SET state = 'disabled' WHERE id = ?", disabled.id)
    await app.db.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", app.now(), suspended.account_id)
    await app.db.execute("UPDATE accounts SET deleted_at = ? WHERE id = ?", app.now(), deleted.account_id)
    for user, error, words in (
        (waiting, Forbidden, "approval"),
        (disabled, Forbidden, "disabled"),
        (suspended, Forbidden, "disabled"),
        (deleted, Unauthorized, "invalid"),
    ):
        issued = await issue(app, user.id)
        with pytest.raises(error, match=words):
            await tokens.authenticate(app, issued.text)


async def test_use_is_noted_twice_a_day_at_most(app: App) -> None:
    user = await person(app)
    issued = await issue(app, user.id)
    await tokens.authenticate(app, issued.text)
    first = await app.db.value("SELECT last_active_at AS value FROM users WHERE id = ?", user.id)
    app.clock.shift(3600)
    await tokens.authenticate(app, issued.text)
    assert await app.db.value("SELECT last_active_at AS value FROM users WHERE id = ?", user.id) == first
    app.clock.shift(12 * 3600)
    await tokens.authenticate(app, issued.text)
    assert await app.db.value("SELECT last_active_at AS value FROM users WHERE id = ?", user.id) > first

from fedinote.auth import registrations, sessions, users
from fedinote.auth.hashes import token_hash
from fedinote.infra.app import App
from tests.support.people import PASSWORD, person

DAY = 86400


async def test_a_cookie_stands_for_its_person_until_the_session_ends(app: App) -> None:
    user = await person(app)
    cookie = await sessions.start(app, user.id)
    here = await sessions.signed_in(app, cookie)
    assert here is not None
    assert (here.user_id, here.username, here.token) == (user.id, "alice", cookie)
    await sessions.end(app, cookie)
    assert await sessions.signed_in(app, cookie) is None


async def test_only_the_hash_of_a_cookie_is_stored(app: App) -> None:
    cookie = await sessions.start(app, (await person(app)).id)
    rows = await app.db.rows("SELECT token_hash FROM sessions")
    assert [row["token_hash"] for row in rows] == [token_hash(cookie)]


async def test_what_is_no_cookie_of_ours_stands_for_nobody(app: App) -> None:
    await sessions.start(app, (await person(app)).id)
    for cookie in (None, "", "guess", "x" * 5000, "\ud800"):
        assert await sessions.signed_in(app, cookie) is None


async def test_a_session_unused_for_14_days_is_over(app: App) -> None:
    cookie = await sessions.start(app, (await person(app)).id)
    app.clock.shift(15 * DAY)
    assert await sessions.signed_in(app, cookie) is None
    assert await sessions.prune(app) == 1


async def test_a_session_in_daily_use_is_over_after_30_days(app: App) -> None:
    cookie = await sessions.start(app, (await person(app)).id)
    for _ in range(29):
        app.clock.shift(DAY)
        assert await sessions.signed_in(app, cookie) is not None
    app.clock.shift(DAY + 1)
    assert await sessions.signed_in(app, cookie) is None


async def test_a_new_session_ends_the_one_that_the_browser_had(app: App) -> None:
    user = await person(app)
    old = await sessions.start(app, user.id)
    new = await sessions.start(app, user.id, old=old)
    assert old != new
    assert await sessions.signed_in(app, old) is None
    assert await sessions.signed_in(app, new) is not None


async def test_all_sessions_end_but_the_one_in_use(app: App) -> None:
    user = await person(app)
    kept, other = await sessions.start(app, user.id), await sessions.start(app, user.id)
    await sessions.end_all(app, user.id, keep=kept)
    assert await sessions.signed_in(app, kept) is not None
    assert await sessions.signed_in(app, other) is None


async def test_a_disabled_or_suspended_person_is_signed_in_nowhere(app: App) -> None:
    first, second = await person(app), await person(app, "bob")
    cookies = [await sessions.start(app, user.id) for user in (first, second)]
    await app.db.execute("UPDATE users SET state = 'disabled' WHERE id = ?", first.id)
    await app.db.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", app.now(), second.account_id)
    for cookie in cookies:
        assert await sessions.signed_in(app, cookie) is None


async def test_a_changed_password_ends_sessions_tokens_and_codes(app: App) -> None:
    user = await registrations.create_user(app, "carol", "carol@mail.example", PASSWORD)
    cookie = await sessions.start(app, user.id)
    mine = await sessions.start(app, user.id)
    await users.set_password(app, user.id, "another long sentence", keep_session=mine)
    assert await sessions.signed_in(app, cookie) is None
    assert await sessions.signed_in(app, mine) is not None

"""On which days somebody was here: one row a day, whatever they do, and never in the way."""

from datetime import timedelta

from fedinote.auth import activity, sessions, tokens
from fedinote.infra.app import App
from tests.auth.test_tokens import issue
from tests.support.people import person


async def days(app: App) -> list[tuple[int, int]]:
    return [(row["user_id"], row["day"]) for row in await app.db.rows("SELECT user_id, day FROM user_days ORDER BY id")]


async def test_a_token_and_a_browser_leave_one_row_a_day(app: App) -> None:
    user = await person(app, "alice")
    cookie = await sessions.start(app, user.id)
    today = activity.day_of(app)
    for _ in range(3):
        assert await sessions.signed_in(app, cookie) is not None
        await activity.note(app, user.id)
    assert await days(app) == [(user.id, today)]
    app.caches.clear()  # another process, or after a restart
    await activity.note(app, user.id)
    assert await days(app) == [(user.id, today)]
    app.clock.shift(86400)
    await activity.note(app, user.id)
    assert await days(app) == [(user.id, today), (user.id, today + 1)]


async def test_who_was_noted_today_costs_no_query(app: App) -> None:
    user = await person(app, "alice")
    await activity.note(app, user.id)
    before = app.db.statements
    await activity.note(app, user.id)
    assert app.db.statements == before


async def test_a_token_that_is_used_notes_the_day_and_one_of_an_app_does_not(app: App) -> None:
    user = await person(app, "alice")
    await tokens.authenticate(app, (await issue(app, None)).text)
    assert await days(app) == []
    await tokens.authenticate(app, (await issue(app, user.id)).text)
    assert await days(app) == [(user.id, activity.day_of(app))]


async def test_days_of_nobody_are_not_noted_and_old_ones_go(app: App) -> None:
    await activity.note(app, 12345)
    assert await days(app) == []
    user = await person(app, "alice")
    await activity.note(app, user.id)
    assert await activity.prune(app) == 0
    app.clock.shift((activity.KEPT + timedelta(days=2)).total_seconds())
    assert await activity.prune(app) == 1


async def test_the_days_go_with_the_login(app: App) -> None:
    user = await person(app, "alice")
    await activity.note(app, user.id)
    await app.db.execute("DELETE FROM users WHERE id = ?", user.id)
    assert await days(app) == []

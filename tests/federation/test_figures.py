"""Figures over time: what is counted in an hour, what a day is made of, how long it is kept; and what needs a look."""

from datetime import timedelta

import pytest

from fedinote.federation import checkup, figures
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms, to_ms
from fedinote.infra.jobs import enqueue
from fedinote.media import remote_files
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft
from tests.support.people import configure, person

HOUR = timedelta(hours=1)


async def values(app: App, span: str = figures.HOURS) -> dict[str, int]:
    names = (*figures.LEVELS, *figures.COUNTS)
    found = await figures.series(app, names, span=span, since=from_ms(0))
    return {name: one.last for name, one in found.items() if one.points}


async def test_an_hour_that_is_over_gets_one_sample_of_everything(app: App) -> None:
    app.clock.shift(1800 - to_ms(app.now()) // 1000 % 3600)  # half past
    anna = await person(app, "anna")
    await publishing.publish(app, anna.account_id, Draft(text="hello"))
    moment = app.now()
    for said, seconds in (("accepted", 5), ("accepted", 6), ("status 503", 7)):
        sql = "INSERT INTO delivery_log (about, activity, host, inbox, at, said) VALUES ('', '', 'a', 'b', ?, ?)"
        await app.db.execute(sql, moment - timedelta(seconds=seconds - 5), said)
    await app.storage.put(b"x" * 1000, "png")
    app.clock.shift(3600)
    await figures.sample(app)
    found = await values(app)
    assert set(found) == {*figures.LEVELS, *figures.COUNTS}
    assert found["posts_local"] == 1
    assert (found["deliveries_ok"], found["deliveries_failed"]) == (2, 1)
    assert found["media_local"] == 1000
    assert found["database"] > 10_000
    assert found["memory"] > 1_000_000
    again = await app.db.value("SELECT COUNT(*) AS value FROM samples")
    await figures.sample(app)
    assert await app.db.value("SELECT COUNT(*) AS value FROM samples") == again


async def test_a_day_adds_counts_and_takes_the_mean_of_levels(app: App) -> None:
    today = to_ms(app.now()) // figures.DAY_MS * figures.DAY_MS
    rows = [(name, "hour", today - figures.DAY_MS + hour * figures.HOUR_MS, value) for hour, value in ((3, 10), (4, 30))
            for name in ("inbox", "memory")]  # fmt: skip
    await app.db.execute_many(figures._KEEP, rows)
    app.clock.shift(-((to_ms(app.now()) - today) // 1000) + 7200)  # two in the morning
    await figures.sample(app)
    found = await values(app, figures.DAYS)
    assert (found["inbox"], found["memory"]) == (40, 20)


async def test_hours_are_kept_for_a_month_and_days_for_two_years(app: App) -> None:
    now = to_ms(app.now())
    rows = [("inbox", span, now - days * figures.DAY_MS, days) for span, days in
            (("hour", 29), ("hour", 31), ("day", 31), ("day", 729), ("day", 731))]  # fmt: skip
    await app.db.execute_many(figures._KEEP, rows)
    await figures.tidy(app)
    left = await app.db.rows("SELECT span, value FROM samples ORDER BY span, value")
    assert [(row["span"], row["value"]) for row in left] == [("day", 31), ("day", 729), ("hour", 29)]


async def names(app: App) -> set[str]:
    return {one.name for one in await checkup.matters(app)}


async def test_all_is_well_on_a_new_server_with_an_owner_and_an_address(app: App) -> None:
    await person(app, "mira", "owner")
    configure(app, "server", base_url="https://tea.example")
    assert await names(app) == set()


async def test_what_is_not_well_is_named(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    now = app.now()
    await enqueue(app, "links.verify", {})
    await app.db.execute("UPDATE jobs SET run_at = ?", now - timedelta(minutes=20))
    await enqueue(app, "links.verify", {})
    await app.db.execute("UPDATE jobs SET dead_at = ? WHERE run_at > ?", now, now - timedelta(minutes=1))
    sql = "INSERT INTO hosts (host, failures, failure_days, last_failure_day, unavailable_at) VALUES ('a', 9, 7, 0, ?)"
    await app.db.execute(sql, now)
    monkeypatch.setattr(remote_files, "disk", lambda _: (10, 1000))
    found = {one.name: one for one in await checkup.matters(app)}
    assert set(found) == {"local", "late", "dead_jobs", "hosts_gone", "disk", "owner"}
    assert (found["late"].mark, found["late"].values) == ("wrong", {"minutes": 20})
    configure(app, "server", base_url="http://tea.example")
    await app.db.execute_many(figures._KEEP, [("inbox", "hour", to_ms(now) - 9 * figures.HOUR_MS, 1)])
    assert {"not_https", "worker"} <= await names(app)

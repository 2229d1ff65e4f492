"""Jobs run at least once, never two at a time, and a job that cannot succeed does not stop the others."""

import asyncio

from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.errors import GiveUp, TryAgain


async def test_a_job_is_written_with_its_cause(app: App) -> None:
    try:
        async with app.db.transaction():
            await jobs.enqueue(app, "greet", {})
            raise RuntimeError
    except RuntimeError:
        pass
    assert await jobs.claim(app, 10) == []


async def test_no_job_is_taken_twice(app: App) -> None:
    for number in range(60):
        await jobs.enqueue(app, "greet", {"number": number})
    taken = [job.id for batch in await asyncio.gather(*(jobs.claim(app, 10) for _ in range(8))) for job in batch]
    assert len(taken) == len(set(taken)) == 60


async def test_a_lease_that_ran_out_is_taken_again(app: App) -> None:
    await jobs.enqueue(app, "greet", {})
    assert len(await jobs.claim(app, 1)) == 1
    assert await jobs.claim(app, 1) == []
    app.clock.shift(jobs.LEASE.total_seconds() + 1)
    assert [job.starts for job in await jobs.claim(app, 1)] == [2]


async def test_a_job_that_fails_is_tried_again_by_schedule_and_then_buried(app: App) -> None:
    runs = []

    async def fail(app: App) -> None:
        runs.append(1)
        raise ValueError("no")

    await jobs.enqueue(app, "fail", {})
    for _ in range(jobs.MAX_FAILURES + 3):
        await jobs.run_batch(app, {"fail": fail})
        app.clock.shift(12 * 3600)
    assert len(runs) == jobs.MAX_FAILURES
    row = await app.db.row("SELECT dead_at, error FROM jobs")
    assert row is not None
    assert row["dead_at"] is not None
    assert "no" in row["error"]


async def test_a_job_that_kills_its_process_is_buried(app: App) -> None:
    await jobs.enqueue(app, "crash", {})
    for _ in range(jobs.MAX_DEATHS):
        assert len(await jobs.claim(app, 1)) == 1
        app.clock.shift(jobs.LEASE.total_seconds() + 1)
    ran = []

    async def crash(app: App) -> None:
        ran.append(1)

    await jobs.run_batch(app, {"crash": crash})
    assert ran == []
    assert await app.db.value("SELECT COUNT(*) AS value FROM jobs WHERE dead_at IS NOT NULL") == 1


async def test_a_job_may_give_up_or_name_its_own_delay(app: App) -> None:
    async def give_up(app: App) -> None:
        raise GiveUp("never")

    async def later(app: App) -> None:
        raise TryAgain("soon", after=30)

    await jobs.enqueue(app, "give_up", {})
    await jobs.enqueue(app, "later", {})
    await jobs.run_batch(app, {"give_up": give_up, "later": later})
    rows = await app.db.rows("SELECT kind, run_at, created_at FROM jobs")
    assert [row["kind"] for row in rows] == ["later"]
    assert 29_000 < rows[0]["run_at"] - rows[0]["created_at"] < 40_000


async def test_a_key_allows_one_such_job(app: App) -> None:
    await jobs.enqueue(app, "greet", {}, key="one")
    await jobs.enqueue(app, "greet", {}, key="one")
    assert len(await jobs.claim(app, 10)) == 1


async def test_urgent_jobs_go_first(app: App) -> None:
    for number in range(30):
        await jobs.enqueue(app, "slow", {"number": number}, priority=9)
    await jobs.enqueue(app, "mention", {}, priority=1)
    assert [job.kind for job in await jobs.claim(app, 1)] == ["mention"]


async def test_leases_of_a_stopped_process_are_released(app: App) -> None:
    await jobs.enqueue(app, "greet", {})
    await jobs.claim(app, 1)
    await jobs.release_all(app)
    assert len(await jobs.claim(app, 1)) == 1

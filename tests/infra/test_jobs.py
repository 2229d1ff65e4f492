"""Jobs run at least once, never two at a time, and a job that cannot succeed does not stop the others."""

import asyncio

import pytest

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
    assert await jobs.claim(app, 1) == []
    assert [job.starts for job in await jobs.claim(app, 1, suspects=True)] == [2]


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


async def _die(app: App, *, suspect: bool) -> None:
    """Begin the one job that is due, and end as a process that is killed in it, on a machine of its own."""
    assert len(await jobs.claim(app, 1, suspects=suspect)) == 1
    await jobs.release_all(app)


async def test_a_job_that_kills_its_process_whenever_it_runs_alone_is_buried(app: App) -> None:
    await jobs.enqueue(app, "crash", {})
    ran = []

    async def crash(app: App) -> None:
        ran.append(1)

    await _die(app, suspect=False)
    for _ in range(jobs.MAX_DEATHS):
        await _die(app, suspect=True)
        app.clock.shift(100)
    await jobs.run_batch(app, {"crash": crash})
    assert ran == []
    assert await app.db.value("SELECT COUNT(*) AS value FROM jobs WHERE dead_at IS NOT NULL") == 1


async def test_a_job_that_is_there_whenever_the_process_is_killed_is_done_in_the_end(app: App) -> None:
    """Kills that have other causes may meet one job several times: the first of a chain, say."""
    await jobs.enqueue(app, "greet", {})
    ran = []

    async def greet(app: App) -> None:
        ran.append(1)

    await _die(app, suspect=False)
    for _ in range(jobs.MAX_DEATHS - 1):
        await _die(app, suspect=True)
        app.clock.shift(100)
    await jobs.run_batch(app, {"greet": greet})
    assert ran == [1]
    assert await app.db.value("SELECT COUNT(*) AS value FROM jobs") == 0


async def test_a_job_in_which_the_process_died_alone_rests_while_the_others_go_on(app: App) -> None:
    await jobs.enqueue(app, "work", {"number": 0})
    await _die(app, suspect=False)
    await _die(app, suspect=True)
    for number in range(1, 4):
        await jobs.enqueue(app, "work", {"number": number})
    ran = []

    async def work(app: App, number: int) -> None:
        ran.append(number)

    await jobs.run_batch(app, {"work": work})
    assert sorted(ran) == [1, 2, 3]
    app.clock.shift(jobs.SCHEDULE[0] + 1)
    await jobs.run_batch(app, {"work": work})
    assert ran[-1] == 0


async def test_a_suspect_that_is_stopped_with_the_process_does_not_rest(app: App) -> None:
    async def work(app: App) -> None:
        await asyncio.sleep(30)

    await jobs.enqueue(app, "work", {})
    await _die(app, suspect=False)
    runner = jobs.Runner(app, {"work": work})
    await runner.step()
    await runner.stop(patience=0.01)
    assert len(await jobs.claim(app, 1, suspects=True)) == 1


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
    assert len(await jobs.claim(app, 1, suspects=True)) == 1


async def test_a_suspect_runs_alone_and_the_others_go_on_after_it(app: App) -> None:
    running, together = 0, []

    async def work(app: App, number: int) -> None:
        nonlocal running
        running += 1
        together.append((number, running))
        await asyncio.sleep(0.01)
        running -= 1

    await jobs.enqueue(app, "work", {"number": 0})
    await jobs.claim(app, 1)
    await jobs.release_all(app)
    for number in range(1, 6):
        await jobs.enqueue(app, "work", {"number": number})
    for _ in range(4):
        await jobs.run_batch(app, {"work": work})
    assert (0, 1) in together
    assert sorted(number for number, _ in together) == list(range(6))


async def test_a_suspect_that_waits_for_an_older_job_of_its_chain_does_not_stop_everything(app: App) -> None:
    """On PostgreSQL the older one may be committed after the younger one was begun."""
    order = []

    async def work(app: App, number: int) -> None:
        order.append(number)

    for number in range(3):
        await jobs.enqueue(app, "work", {"number": number})
    await app.db.execute("UPDATE jobs SET order_key = 'one', starts = CASE WHEN id = (SELECT MAX(id) - 1 FROM jobs)"
                         " THEN 1 ELSE 0 END")  # fmt: skip
    for _ in range(6):
        await jobs.run_batch(app, {"work": work})
    assert order == [0, 1, 2]
    assert await app.db.value("SELECT COUNT(*) AS value FROM jobs") == 0


async def test_jobs_with_one_order_key_run_one_after_another(app: App) -> None:
    order = []

    async def work(app: App, number: int) -> None:
        await asyncio.sleep(0.02 if number == 0 else 0)
        order.append(number)

    for number in range(5):
        await jobs.enqueue(app, "work", {"number": number})
    await app.db.execute("UPDATE jobs SET order_key = 'one'")
    for _ in range(6):
        await jobs.run_batch(app, {"work": work})
    assert order == [0, 1, 2, 3, 4]


async def test_a_job_that_is_stopped_with_the_process_is_not_blamed(app: App) -> None:
    async def work(app: App) -> None:
        await asyncio.sleep(30)

    await jobs.enqueue(app, "work", {})
    for _ in range(jobs.MAX_DEATHS + 2):
        runner = jobs.Runner(app, {"work": work})
        await runner.step()
        await runner.stop(patience=0.01)
    row = await app.db.row("SELECT starts, failures, lease_until, dead_at FROM jobs")
    assert row is not None
    assert (row["starts"], row["failures"], row["lease_until"], row["dead_at"]) == (0, 0, None, None)


async def test_what_can_wait_leaves_places_for_what_cannot_however_long_it_takes(app: App) -> None:
    go, ran = asyncio.Event(), []

    async def slow(app: App, number: int) -> None:
        await go.wait()

    async def mention(app: App) -> None:
        ran.append("mention")

    for number in range(40):
        await jobs.enqueue(app, "slow", {"number": number}, priority=jobs.LATE)
    runner = jobs.Runner(app, {"slow": slow, "mention": mention})
    while await runner.step():
        pass
    await jobs.enqueue(app, "mention", {})
    await runner.step()
    async with asyncio.timeout(60):
        while not ran:  # noqa: ASYNC110  it is running already
            await asyncio.sleep(0)
    go.set()
    await runner.finish()


async def test_what_can_wait_uses_up_its_places_and_is_all_done(app: App) -> None:
    ran: list[int] = []

    async def slow(app: App, number: int) -> None:
        ran.append(number)

    for number in range(40):
        await jobs.enqueue(app, "slow", {"number": number}, priority=9)
    runner = jobs.Runner(app, {"slow": slow})
    while await runner.step() or runner.busy:
        await runner.finish()
    assert sorted(ran) == list(range(40))


async def test_of_one_chain_the_older_comes_first_whatever_its_priority(app: App) -> None:
    for number, priority in enumerate((7, 4, 4)):
        await app.db.execute(
            "INSERT INTO jobs (kind, args, order_key, priority, run_at, starts, failures, created_at)"
            " VALUES ('work', ?, 'one', ?, ?, 0, 0, ?)",
            f'{{"number": {number}}}', priority, app.now(), app.now(),
        )  # fmt: skip
    order = []
    while claimed := await jobs.claim(app, 1):
        order += [job.args["number"] for job in claimed]
        await jobs.close(app, [job.id for job in claimed])
    assert order == [0, 1, 2]


_READ = """
SELECT SUM(pg_stat_get_xact_tuples_returned(oid)) AS value FROM pg_class
WHERE oid = 'jobs'::regclass OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = 'jobs'::regclass)
"""


async def test_a_claim_reads_a_few_rows_of_a_long_queue_that_was_empty_when_it_was_planned(app: App) -> None:
    if app.db.dialect != "postgresql":
        pytest.skip("SQLite plans without such statistics")
    await app.db.execute("ANALYZE jobs")
    for _ in range(8):  # after five the driver's server keeps one plan
        await jobs.enqueue(app, "work", {})
        await jobs.close(app, [job.id for job in await jobs.claim(app, 8)])
    await app.db.execute("ANALYZE jobs")
    now = app.now()
    sql = "INSERT INTO jobs (kind, args, order_key, priority, run_at, starts, failures, created_at) VALUES"
    rows = [(f"by{n % 150}", 6 + n // 1500, now, now) for n in range(3000)]
    await app.db.execute_many(f"{sql} ('work', '{{}}', ?, ?, ?, 0, 0, ?)", rows)
    async with app.db.transaction():
        await jobs.claim(app, 8)
        before = await app.db.value(_READ)
        assert len(await jobs.claim(app, 8)) == 8
        assert await app.db.value(_READ) - before < 300

"""The work that goes on behind requests: jobs, deliveries, and what is done every so often."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from fedinote.federation import delivery
from fedinote.federation.delivery import Deliverer
from fedinote.infra import jobs
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.search import index
from fedinote.wiring import JOBS, PERIODIC

log = logging.getLogger(__name__)
T = TypeVar("T")

IDLE = 1.0  # seconds between looks when nothing wakes the worker (another process may have queued something)
PAUSE_AFTER_ERROR = 2.0
GATHER = 0.01


async def run(app: App) -> None:
    """Work until cancelled; then let what is in flight end, and write the results down."""
    if app.db.dialect == "sqlite":  # no other process works on it, so what is still leased was cut off
        await jobs.release_all(app)
        await delivery.release_all(app)
    runner, deliverer = jobs.Runner(app, JOBS), Deliverer(app)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_steadily(_jobs, runner))
            group.create_task(_steadily(_deliveries, deliverer))
            group.create_task(_steadily(_periodic, app))
    finally:
        await asyncio.shield(asyncio.gather(runner.stop(), deliverer.stop()))


async def _steadily(step: Callable[[T], Awaitable[None]], subject: T) -> None:
    """Repeat a step for ever; a failure (a database that is away) is logged, and tried again after a pause."""
    while True:
        try:
            await step(subject)
        except Exception:
            log.exception("the worker stumbled")
            await asyncio.sleep(PAUSE_AFTER_ERROR)


async def _jobs(runner: jobs.Runner) -> None:
    work = runner.app.work
    seen = work.count
    if await runner.step() == 0:
        await work.wait(seen, IDLE)


async def _deliveries(deliverer: Deliverer) -> None:
    work = deliverer.app.work
    seen = work.count
    if await deliverer.step() == 0:
        await work.wait(seen, IDLE)
        if deliverer.busy:  # several end at about the same time: one look for all of them
            await asyncio.sleep(GATHER)


async def _periodic(app: App) -> None:
    """Run what is due; the last time is kept in the process, so a restart runs each once more."""
    due: dict[str, int] = app.caches.setdefault("periodic", {})
    now = to_ms(app.now())
    for every, function in PERIODIC:
        name = f"{function.__module__}.{function.__qualname__}"
        if now - due.get(name, 0) >= every / timedelta(milliseconds=1):
            due[name] = now
            await function(app)
    await asyncio.sleep(IDLE)


async def settle(app: App, *, rounds: int = 5000) -> None:
    """Run jobs and deliveries until nothing is due (for tests and the command line)."""
    deliverer = Deliverer(app)
    for _ in range(rounds):
        did = await jobs.run_batch(app, JOBS) + await deliverer.step()
        while deliverer.busy:
            await deliverer.wait(IDLE)
            did += 1 + await deliverer.step()
        if did == 0 and await index.catch_up(app) == 0:
            return
    raise RuntimeError("the queues do not become empty")

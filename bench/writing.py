"""Posts: written here, and received from other servers. The CPU is counted until all queues are empty again."""

import time
from collections.abc import Sequence

from bench.figures import Bench, Line, figure, run
from bench.plan import LOCAL_ACCOUNTS
from bench.remotes import Actor

_TEXT = "number {}: the kettle sings while somebody reads an old letter aloud, and again #bench #n{}"
_PATIENCE = 30.0


async def posts(bench: Bench) -> Line:
    """Measure POST /api/v1/statuses by eight people whom all local people follow, until it is in their homes."""
    line = Line("POST status")
    for concurrency in bench.plan.concurrencies:
        writers = [bench.client(1 + number % (LOCAL_ACCOUNTS - 1)) for number in range(bench.plan.writes)]
        requests = [
            writer.prepared("POST", "/api/v1/statuses", {"status": _TEXT.format(number, number % 10)})
            for number, writer in enumerate(writers)
        ]
        clients = [bench.client() for _ in range(concurrency)]
        await bench.meter.settle()
        before = bench.meter.cpu()
        load = await run(clients, requests, keep=True)
        await bench.meter.settle()
        cpu = bench.meter.cpu() - before
        load.errors.update(await _missing(bench, {answer.json()["uri"] for answer in load.good}))
        line.figures.append(figure(load, concurrency=concurrency, cpu=cpu))
        for client in clients:
            client.close()
    return line


async def incoming(bench: Bench, authors: Sequence[Actor]) -> Line:
    """Measure Creates, each signed beforehand, sent to the shared inbox: until they are in the reader's home."""
    line = Line("incoming Create, until visible")
    inbox = f"http://{bench.server.authority}/inbox"
    parents = [actor.note("first", "Something to answer") for actor in authors]
    first = [actor.posting(inbox, actor.create(note)) for actor, note in zip(authors, parents, strict=True)]
    await run([bench.client()], first)
    for concurrency in bench.plan.concurrencies:
        await bench.meter.settle()
        uris, requests = _signed(bench, authors, inbox, concurrency)
        clients = [bench.client() for _ in range(concurrency)]
        before, started = bench.meter.cpu(), time.perf_counter()
        load = await run(clients, requests)
        idle_at = await bench.meter.settle()
        cpu = bench.meter.cpu() - before
        load.errors.update(await _missing(bench, uris))
        line.figures.append(figure(load, concurrency=concurrency, cpu=cpu, wall=idle_at - started))
        for client in clients:
            client.close()
    return line


def _signed(bench: Bench, authors: Sequence[Actor], inbox: str, concurrency: int) -> tuple[set[str], list[bytes]]:
    """Make posts, every fourth of them an answer; return their ids and the signed deliveries."""
    uris, requests = set(), []
    for number in range(bench.plan.incoming):
        actor = authors[number % len(authors)]
        parent = f"{authors[0].uri}/statuses/first" if number % 4 == 3 else None
        note = actor.note(f"{concurrency}x{number}", _TEXT.format(number, number % 10), parent)
        uris.add(note["id"])
        requests.append(actor.posting(inbox, actor.create(note)))
    return uris, requests


async def _missing(bench: Bench, uris: set[str]) -> dict[str, int]:
    """Page through the reader's home until all posts are seen; those that are not count as errors."""
    client = bench.client(0)
    deadline = time.perf_counter() + _PATIENCE
    while True:
        missing = set(uris)
        path = "/api/v1/timelines/home?limit=40"
        while missing and (page := await client.call("GET", path)):
            missing -= {status["uri"] for status in page}
            path = f"/api/v1/timelines/home?limit=40&max_id={page[-1]['id']}"
        if not missing or time.perf_counter() > deadline:
            client.close()
            return {"not visible": len(missing)} if missing else {}

"""Pages: what people look at all day."""

from bench.figures import Bench, Line, figure, repeated, run
from bench.seeding import SEARCHED, Seeded

NAMES = (
    "GET home?limit=20",
    "GET public",
    "GET account statuses",
    "GET context (50)",
    "GET notifications",
    "search statuses",
    "search accounts",
    "GET one status",
    "GET instance v2",
)


def paths(seeded: Seeded) -> dict[str, str]:
    """Return the path of each page, by its name."""
    author = seeded.account_ids[1]
    found = (
        "/api/v1/timelines/home?limit=20",
        "/api/v1/timelines/public?limit=20",
        f"/api/v1/accounts/{author}/statuses?limit=20",
        f"/api/v1/statuses/{seeded.thread_id}/context",
        "/api/v1/notifications?limit=20",
        f"/api/v2/search?type=statuses&limit=20&q={SEARCHED}",
        "/api/v2/search?type=accounts&limit=20&q=loca",
        f"/api/v1/statuses/{seeded.thread_id}",
        "/api/v2/instance",
    )
    return dict(zip(NAMES, found, strict=True))


async def pages(bench: Bench) -> list[Line]:
    """Measure all pages at all concurrencies."""
    return [await measured(bench, name, path) for name, path in paths(bench.seeded).items()]


async def measured(bench: Bench, name: str, path: str, *, person: int = 0) -> Line:
    """Measure one page at all concurrencies, as a local person (by number) gets it."""
    line = Line(name)
    for concurrency in bench.plan.concurrencies:
        clients = [bench.client(person) for _ in range(concurrency)]
        request = clients[0].prepared("GET", path)
        await run(clients, [request] * min(2 * concurrency, 16))
        before = bench.meter.cpu()
        load = await run(clients, repeated(request, bench.plan.read_seconds, bench.plan.read_least))
        line.figures.append(figure(load, concurrency=concurrency, cpu=bench.meter.cpu() - before))
        for client in clients:
            client.close()
    return line

"""Fan-out: followers come from many servers, and what they follow is delivered to all of these, signed."""

import random
import time
from collections import Counter
from collections.abc import Sequence

import msgspec

from bench.figures import Bench, Figure, Line, figure, percentile, run
from bench.keys import parameters, wrong_with
from bench.remotes import Actor
from bench.wire import Request

SLOW = 0.1
_PATIENCE = 60.0


async def follows(bench: Bench, groups: Sequence[tuple[int, Sequence[Actor]]]) -> Line:
    """Let each group of remote people follow one local person, through the inbox, until it is told of the Accept."""
    requests, expected = [], 0
    for number, followers in groups:
        target = f"http://{bench.server.authority}/users/{bench.seeded.names[number]}"
        requests += [actor.posting(f"{target}/inbox", actor.follow(target)) for actor in followers]
        expected += len(followers)
    clients = [bench.client() for _ in range(4)]
    await bench.meter.settle()
    bench.remotes.received.clear()
    before, started = bench.meter.cpu(), time.perf_counter()
    load = await run(clients, requests)
    await bench.remotes.wait_for(expected, _PATIENCE)
    idle_at = await bench.meter.settle()
    cpu = bench.meter.cpu() - before
    kinds = Counter(str(msgspec.json.decode(request.body).get("type")) for request in bench.remotes.received)
    if missing := expected - kinds["Accept"]:
        load.errors["not accepted"] = missing
    return Line("follow from outside, accepted", [figure(load, concurrency=4, cpu=cpu, wall=idle_at - started)])


async def fan_out(bench: Bench, name: str, *, author: int, inboxes: int, delay: float = 0.0) -> Line:
    """Measure one delivery of a post that goes to many inboxes, which answer after `delay` seconds."""
    client = bench.client(author)
    bench.remotes.delay = delay
    bench.remotes.received.clear()
    await bench.meter.settle()
    seconds, errors, wall = [], Counter[str](), 0.0
    before = bench.meter.cpu()
    for number in range(bench.plan.rounds):
        started = time.perf_counter()
        text = f"To everybody, round {number} {random.getrandbits(32):x}"
        await client.call("POST", "/api/v1/statuses", {"status": text})
        wanted = (number + 1) * inboxes
        await bench.remotes.wait_for(wanted, _PATIENCE)
        arrived = [request.at - started for request in bench.remotes.received[number * inboxes :]]
        seconds += arrived
        wall += max(arrived, default=_PATIENCE)
        await bench.meter.settle()
    cpu = bench.meter.cpu() - before
    total = bench.plan.rounds * inboxes
    errors.update(await _problems(bench, bench.remotes.received, total))
    bench.remotes.delay = 0.0
    client.close()
    made = Figure(
        concurrency=1,
        operations=total,
        cpu_ms=round(cpu * 1000 / total, 3),
        per_second=round(len(seconds) / wall, 1),
        p50_ms=percentile(seconds, 0.5),
        p95_ms=percentile(seconds, 0.95),
        errors=dict(errors),
    )
    return Line(name, [made])


async def _problems(bench: Bench, received: Sequence[Request], expected: int) -> Counter[str]:
    """Check every delivery: that it is a Create, and that its signature is good by the key its author publishes."""
    errors = Counter[str]()
    if len(received) != expected:
        errors[f"{len(received)} deliveries instead of {expected}"] = 1
    pems: dict[str, str] = {}
    for request in received:
        key_id = parameters(request).get("keyId", "")
        if key_id not in pems:
            pems[key_id] = await _published_key(bench, key_id)
        problem = wrong_with(request, pems[key_id])
        if problem:
            errors[problem] += 1
        if msgspec.json.decode(request.body).get("type") != "Create":
            errors["not a Create"] += 1
    return errors


async def _published_key(bench: Bench, key_id: str) -> str:
    """Fetch the key of a local author, as other servers do: with a signed GET of the actor."""
    asking = next(iter(bench.remotes.actors.values()))
    uri = key_id.partition("#")[0]
    client = bench.client()
    answer = await client.send(asking.key.request("GET", uri, asking.key_id))
    client.close()
    document = answer.json()
    if document["publicKey"]["id"] != key_id or document["publicKey"]["owner"] != uri:
        raise RuntimeError(f"{key_id} is not the key of {uri}")
    pem: str = document["publicKey"]["publicKeyPem"]
    return pem

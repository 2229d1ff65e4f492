"""Very long threads, and several workers at one queue."""

import asyncio
import signal
import subprocess
import sys

import aiohttp
import pytest

from tests.faults.victim import Ledger, Victim, creates
from tests.support.fakefedi import Answer, FakeFedi
from tests.support.process import ServerProcess

REPLIES = 5000
DEPTH = 1000
WORKERS = 3
HOSTS = 30

_THREAD = (
    "INSERT INTO posts (id, account_id, uri, url, local, object_type, visibility, content, source, spoiler_text,"
    " sensitive, in_reply_to_id, in_reply_to_account_id, conversation_id, mentions, tags, emojis, media_count,"
    " replies_count, reblogs_count, favourites_count, created_at)"
    " SELECT ?, account_id, ?, ?, local, object_type, visibility, content, source, spoiler_text, sensitive, ?,"
    " account_id, conversation_id, mentions, tags, emojis, 0, 0, 0, 0, created_at FROM posts WHERE id = ?"
)


async def test_a_thread_of_thousands_is_answered_within_its_caps(victim: Victim, http: aiohttp.ClientSession) -> None:
    await victim.start()
    root = await victim.post(http, "Why?")
    first = int(root["id"])
    deep = [(first + n, f"{root['uri']}/{n}", "", first + n - 1, first) for n in range(1, DEPTH)]
    wide = [(first + n, f"{root['uri']}/{n}", "", first, first) for n in range(DEPTH, REPLIES + 1)]
    await victim.app.db.execute_many(_THREAD, [*deep, *wide])
    status, context = await victim.call(http, "GET", f"/api/v1/statuses/{first}/context")
    assert (status, context["ancestors"]) == (200, [])
    assert 1000 <= len(context["descendants"]) <= 4096
    status, context = await victim.call(http, "GET", f"/api/v1/statuses/{first + DEPTH - 1}/context")
    assert status == 200
    assert 40 <= len(context["ancestors"]) <= 4096
    status, _ = await victim.call(http, "GET", "/api/v1/timelines/home")
    assert status == 200


def _worker(process: ServerProcess) -> subprocess.Popen[bytes]:
    with process.log.open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "fedinote", "worker"],
            env=process.environment, cwd=process.folder, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip


async def test_workers_that_are_stopped_past_their_leases_do_nothing_twice(
    victim: Victim, fedi: FakeFedi, http: aiohttp.ClientSession
) -> None:
    if victim.app.db.dialect != "postgresql":
        pytest.skip("with SQLite there is one process")
    hosts = [await fedi.host(f"127.0.4.{number + 1}") for number in range(HOSTS)]
    for host in hosts:
        host.inbox = Answer(status=202, delay=0.2)
    await victim.followed_by([host.actor("bob", key=1) for host in hosts])
    await victim.start()
    workers = [await asyncio.to_thread(_worker, victim.process) for _ in range(WORKERS)]
    try:
        await asyncio.sleep(2)
        posts = [await victim.post(http, f"number {number}") for number in range(10)]
        await fedi.until(lambda: sum(len(host.received) for host in hosts) >= HOSTS)
        for process in workers:
            process.send_signal(signal.SIGSTOP)
        expired = await victim.leases_run_out()
        await asyncio.sleep(1)
        for process in workers:
            process.send_signal(signal.SIGCONT)
        await victim.idle()
    finally:
        for process in workers:
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()
    sent = [identity for host in hosts for post in posts for identity in creates(host, post["uri"])]
    assert len(sent) - len(hosts) * len(posts) <= expired
    wanted = [f"{host.name} {post['uri']}" for host in hosts for post in posts]
    Ledger(wanted, [f"{h.name} {p['uri']}" for h in hosts for p in posts if creates(h, p["uri"])]).balance()

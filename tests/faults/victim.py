"""The server under test in a process of its own, a look into its database, and the ledger that decides."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aiohttp

from fedinote.activitypub import vocab
from fedinote.federation import actors
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.relations import follows
from tests.support.fakefedi import FakeActor, FakeHost
from tests.support.process import ServerProcess

PATIENCE = 600.0


@dataclass
class Ledger:
    """What was sent and taken (2xx), what is stored, what was received by others: nothing lost, nothing twice."""

    sent: Sequence[str]
    found: Sequence[str]

    def balance(self) -> None:
        counted = Counter(self.found)
        lost = [name for name in self.sent if name not in counted]
        doubled = [name for name, count in counted.items() if count > 1]
        assert (lost, doubled) == ([], []), f"lost {len(lost)}, doubled {len(doubled)}"


@dataclass
class Victim:
    """A server in a process of its own, with alice, and a look into its database from here."""

    process: ServerProcess
    database: str
    token: str = ""
    host: str = ""
    app: App = field(init=False)

    @property
    def alice(self) -> str:
        return f"{self.process.base_url}/users/alice"

    async def start(self) -> None:
        await asyncio.to_thread(self.process.start)

    async def kill(self) -> None:
        """SIGKILL. On PostgreSQL other processes may hold leases, so they run out: here at once."""
        self.process.kill()
        if self.app.db.dialect == "postgresql":
            await self.until("SELECT COUNT(*) AS value FROM pg_stat_activity WHERE application_name = 'victim'", 0)
            await self.leases_run_out()

    async def leases_run_out(self) -> int:
        """Let the time of all leases be over; how many there were."""
        expired = 0
        for table in ("jobs", "deliveries"):
            expired += await self.app.db.execute(f"UPDATE {table} SET lease_until = 0 WHERE lease_until IS NOT NULL")
        return expired

    async def restart(self) -> None:
        await self.kill()
        await self.start()

    async def later(self, passed: timedelta) -> None:
        """Let time pass for everything that waits for a moment."""
        ms = int(passed / timedelta(milliseconds=1))
        days = passed.days
        for table, column in (("deliveries", "next_at"), ("jobs", "run_at"), ("hosts", "retry_at")):
            await self.app.db.execute(f"UPDATE {table} SET {column} = {column} - ?", ms)
        await self.app.db.execute("UPDATE hosts SET last_failure_day = last_failure_day - ?", days)
        await self.app.db.execute("UPDATE deliveries SET created_at = created_at - ?", ms)

    async def value(self, sql: str, *params: Any) -> Any:
        return await self.app.db.value(sql, *params)

    async def names(self, sql: str, *params: Any) -> list[str]:
        """Return the column `value` of all rows."""
        return [row["value"] for row in await self.app.db.rows(sql, *params)]

    async def until(self, sql: str, value: int = 1) -> None:
        """Wait until a query gives this value."""
        deadline = time.monotonic() + PATIENCE
        while await self.value(sql) != value:
            assert time.monotonic() < deadline, await self._left()
            await asyncio.sleep(0.05)

    async def _left(self) -> str:
        """Say what is still queued, and what the server wrote last."""
        jobs = await self.app.db.rows("SELECT * FROM jobs ORDER BY id LIMIT 5")
        deliveries = await self.app.db.rows("SELECT * FROM deliveries WHERE dead_at IS NULL ORDER BY id LIMIT 5")
        return f"{jobs}\n{deliveries}\n{self.process.log.read_text()[-3000:]}"

    async def idle(self) -> None:
        """Wait until nothing is queued but what was planned for later (threads and previews)."""
        await self.until(
            "SELECT (SELECT COUNT(*) FROM jobs WHERE starts > 0 OR run_at < created_at + 5000)"
            " + (SELECT COUNT(*) FROM deliveries WHERE dead_at IS NULL) AS value",
            0,
        )

    async def call(self, http: aiohttp.ClientSession, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """Make a request as alice; status and what the JSON says (None without one)."""
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        async with http.request(method, f"{self.process.base_url}{path}", headers=headers, **options) as answer:
            text = await answer.read()
            return answer.status, await answer.json(content_type=None) if text else None

    async def post(self, http: aiohttp.ClientSession, text: str) -> Any:
        status, found = await self.call(http, "POST", "/api/v1/statuses", json={"status": text})
        assert status == 200
        return found

    async def followed_by(self, people: Iterable[FakeActor]) -> None:
        """Make these accounts known, and followers of alice, as if they had asked long ago."""
        alice = await self.value("SELECT id AS value FROM accounts WHERE username = 'alice'")
        for person in people:
            row = await actors.store(self.app, vocab.parse_actor(person.document), Budget())
            await follows.request(self.app, row["id"], alice, uri=person.url("follows/1"))
        await self.app.db.execute("DELETE FROM deliveries")


def creates(host: FakeHost, uri: str) -> list[str]:
    """Return the ids of the Creates of one post that a host was sent, whatever it answered."""
    return [a["id"] for a in host.received if a["type"] == "Create" and a["object"]["id"] == uri]

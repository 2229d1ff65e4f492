"""The server as a process: starting and ending it, the CPU time and the memory of its whole tree, from /proc."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.wire import Client

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60.0
STOP_SECONDS = 20.0
_TICK = os.sysconf("SC_CLK_TCK")
# Idle means: two ticks at most (4 % of a core, for half a second). An idle server looks into its queues once a second.
_IDLE_TICKS = 2
_STEP = 0.05


def tree(roots: Iterable[int]) -> set[int]:
    """Return the ids of processes and of all that descend from them."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (stat := _stat(int(entry))):
            children.setdefault(int(stat[1]), []).append(int(entry))
    found: set[int] = set()
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting += children.get(pid, ())
    return found


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the third on (state, parent, …); empty when it has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


@dataclass(frozen=True, slots=True)
class Memory:
    """MiB of a process tree: resident now, and the sum of the highest marks."""

    resident: float
    peak: float


class Meter:
    """CPU of process trees, and the memory of the first of them. `idle` is how long (s) a server must rest."""

    def __init__(self, roots: Sequence[int], *, idle: float = 0.5) -> None:
        self._roots = tuple(roots)
        self._idle = idle

    def cpu(self) -> float:
        """Return the CPU seconds used so far, user and system, children that have ended included."""
        ticks = 0
        for pid in tree(self._roots):
            ticks += sum(int(value) for value in _stat(pid)[11:15])
        return ticks / _TICK

    def memory(self) -> Memory:
        """Return the memory in use (not of a database server: its processes share most of theirs)."""
        sums = {"VmRSS:": 0, "VmHWM:": 0}
        for pid in tree(self._roots[:1]):
            with contextlib.suppress(OSError):
                for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                    name, *rest = line.split()
                    if name in sums:
                        sums[name] += int(rest[0])
        return Memory(round(sums["VmRSS:"] / 1024, 1), round(sums["VmHWM:"] / 1024, 1))

    async def settle(self, limit: float = 60.0) -> float:
        """Wait until the trees are idle, their queues drained; return when (perf_counter) they became so.

        After `limit` seconds it gives up waiting.
        """
        started = busy_until = time.perf_counter()
        mark = self.cpu()
        while (now := time.perf_counter()) - started < limit:
            await asyncio.sleep(_STEP)
            used = self.cpu()
            if used - mark > _IDLE_TICKS / _TICK:
                mark, busy_until = used, time.perf_counter()
            elif now - busy_until >= self._idle:
                return busy_until
        return time.perf_counter()


class Machine:
    """How much of the machine other programs use: where it is much, only the CPU figures are worth something."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._mark = self._now()

    def _now(self) -> tuple[float, float]:
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
        busy = sum(int(fields[number]) for number in (0, 1, 2, 5, 6)) / _TICK  # user, nice, system, interrupts
        own = os.times()
        return time.perf_counter(), busy - self._meter.cpu() - own.user - own.system

    def others(self) -> float:
        """Return how many cores other programs used, on average since this was made."""
        (then, before), (now, after) = self._mark, self._now()
        return round(max(0.0, after - before) / (now - then), 2)


class Server:
    """One `fedinote serve` of our own, with its own data directory."""

    def __init__(self, folder: Path, port: int, database_url: str = "") -> None:
        self.port = port
        self.authority = f"localhost:{port}"
        self.environment = {
            "FEDINOTE_SERVER_BASE_URL": f"http://{self.authority}",
            "FEDINOTE_SERVER_BIND": f"127.0.0.1:{port}",
            "FEDINOTE_SERVER_DATA_DIR": str(folder / "data"),
            "FEDINOTE_DATABASE_URL": database_url,
            "FEDINOTE_FEDERATION_ALLOW_HTTP": "true",
            "FEDINOTE_FEDERATION_ALLOW_NETWORKS": "127.0.0.0/8",
            "FEDINOTE_LIMITS_ENABLED": "false",
        }
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        assert self._process is not None, "start() first"
        return self._process.pid

    async def start(self) -> float:
        """Start it; return the seconds until the first 200. Raises RuntimeError when it does not come up."""
        started = time.perf_counter()
        process = self._process = self._spawn()
        while time.perf_counter() - started < START_SECONDS and process.poll() is None:
            if await self._answers():
                return time.perf_counter() - started
            await asyncio.sleep(0.01)
        await self.stop()
        raise RuntimeError(f"the server did not start:\n{self.log()[-4000:]}")

    def _spawn(self) -> "subprocess.Popen[bytes]":
        setpriv = shutil.which("setpriv")  # when we are killed, the kernel ends the server too
        guard = [setpriv, "--pdeathsig", "TERM"] if setpriv else []
        command = [*guard, sys.executable, "-m", "fedinote", "serve"]
        with self._log.open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self.full_environment(), stdout=log, stderr=log)

    def full_environment(self) -> dict[str, str]:
        """Return the environment of the server, for a command beside it."""
        return _environment(self.environment)

    async def _answers(self) -> bool:
        client = Client(self.port, authority=self.authority)
        try:
            return (await client.send(client.prepared("GET", "/api/v2/instance"))).status == 200
        except OSError:
            return False
        finally:
            client.close()

    def log(self) -> str:
        """Return what the server has written."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.is_file() else ""

    async def stop(self) -> None:
        """End it; harmless when it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        for how in (signal.SIGTERM, signal.SIGKILL):
            if process.poll() is None:
                process.send_signal(how)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    await asyncio.to_thread(process.wait, STOP_SECONDS)


def _environment(own: Mapping[str, str]) -> dict[str, str]:
    """Return our environment without the settings of a server of the developer's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FEDINOTE_")}
    return kept | dict(own)

"""Strangers' files are opened in processes of their own (`child`): this starts, feeds, watches and ends them.

A process is kept for many files, since starting one costs as much as a picture. One that dies, or takes too long,
is its file's fault: the file is refused, and the next one gets a new process.
"""

import asyncio
import contextlib
import functools
import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

import fedinote
from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, Unavailable
from fedinote.media.outcomes import Answer, Outcome, Purpose, Task

FILES_EACH = 50
IDLE = 120.0  # seconds after which a process without work is ended
_ROOM = 1 << 20  # bytes of an answer
_KEPT = ("LD_LIBRARY_PATH",)  # where some builds of Python find their own libraries
_START = (
    "import sys; sys.path.insert(0, sys.argv[2]); from fedinote.media import child; child.main(sys.argv[1],sys.argv[2])"
)


@dataclass(frozen=True, slots=True)
class Pace:
    """How many at once, and how long one file may take: seconds of processor time, and by the clock."""

    at_once: int
    processor: int
    clock: float


IMAGES = Pace(at_once=2, processor=20, clock=30.0)
FILMS = Pace(at_once=1, processor=120, clock=62.0)  # less than a job may run


@functools.cache
def films_accepted() -> bool:
    """Tell whether video and sound can be read here: the extra `media` is installed."""
    return importlib.util.find_spec("av") is not None


def folder(app: App) -> Path:
    """Return where files are while they are being worked on, and where uploads wait for it."""
    return app.settings.data_path.absolute() / "uploads"  # the process works elsewhere


@contextlib.asynccontextmanager
async def bench(app: App) -> AsyncIterator[Path]:
    """Give a folder for one file, and remove it with all that is left in it. `Unavailable` when there is no room."""
    try:
        place = Path(await asyncio.to_thread(_new_folder, folder(app) / "work"))
    except OSError as error:
        raise Unavailable(reason=f"no folder for an upload: {error.strerror}") from error
    try:
        yield place
    finally:
        await asyncio.shield(asyncio.to_thread(shutil.rmtree, place, ignore_errors=True))


def _new_folder(parent: Path) -> str:
    parent.mkdir(parents=True, exist_ok=True)
    return tempfile.mkdtemp(dir=parent)


async def process(
    app: App, place: Path, *, purpose: Purpose = "attachment", film: bool = False, foreign: bool = False
) -> Outcome:
    """Make the file `source` in a folder clean; the results are put beside it.

    `film`: it is to be treated as a video or sound, which may take a minute; `foreign`: see `Task`. Raises `Invalid`
    with a sentence for what is refused, damaged or beyond the limits, `Unavailable` when no process can be started.
    """
    limits = app.settings.media
    pace = FILMS if film else IMAGES
    task = Task(
        folder=str(place),
        purpose=purpose,
        films=films_accepted(),
        image_bytes=limits.max_image_bytes,
        image_pixels=limits.max_pixels,
        video_pixels=limits.max_video_pixels,
        frame_rate=limits.max_frame_rate,
        seconds=pace.processor,
        foreign=foreign,
    )
    return await _pool(app, pace).run(task)


async def clean(app: App, data: bytes, place: Path, *, purpose: Purpose = "attachment") -> Outcome:
    """Write a picture into a folder and `process` it."""
    await asyncio.to_thread((place / "source").write_bytes, data)
    return await process(app, place, purpose=purpose)


def _pool(app: App, pace: Pace) -> "Pool":
    pools: dict[Pace, Pool] = app.caches.setdefault("media-processes", {})
    return pools.setdefault(pace, Pool(folder(app), pace))


async def close(app: App) -> None:
    """End all processes."""
    for pool in app.caches.pop("media-processes", {}).values():
        await pool.close()


class Pool:
    """Up to `pace.at_once` processes; those without work wait for it a while."""

    def __init__(self, work: Path, pace: Pace) -> None:
        self._work = work
        self._pace = pace
        self._turns = asyncio.Semaphore(pace.at_once)
        self._idle: list[Process] = []
        self._timer: asyncio.TimerHandle | None = None

    async def run(self, task: Task) -> Outcome:
        """Have one task done. Raises `Invalid` or `Unavailable`."""
        async with self._turns:
            process = self._idle.pop() if self._idle else await Process.start(self._work)
            try:
                answer = await process.ask(task, self._pace.clock)
            except BaseException:
                await process.end()
                raise
            if process.served < FILES_EACH and process.alive:
                self._keep(process)
            else:
                await process.end()
        if answer.outcome is None:
            raise Invalid(answer.refusal)
        return answer.outcome

    def _keep(self, process: "Process") -> None:
        self._idle.append(process)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(IDLE, self._rest)

    def _rest(self) -> None:
        """End what has had no work for long: with its input closed a process ends by itself."""
        while self._idle:
            self._idle.pop().dismiss()

    async def close(self) -> None:
        """End the processes that wait; those that work end with their task."""
        if self._timer is not None:
            self._timer.cancel()
        while self._idle:
            await self._idle.pop().end()


class Process:
    """One child process."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child
        self.served = 0

    @classmethod
    async def start(cls, work: Path) -> "Process":
        """Start one. `Unavailable` when the system does not let us."""
        program = str(Path(fedinote.__file__).parents[1])
        try:
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-I", "-B", "-c", _START, str(work), program),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={name: os.environ[name] for name in _KEPT if name in os.environ},
                cwd="/",
                limit=_ROOM,
            )
        except OSError as error:
            raise Unavailable(reason=f"no process for an upload: {error.strerror}") from error
        return cls(child)

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self._child.returncode is None

    async def ask(self, task: Task, seconds: float) -> Answer:
        """Send a task and wait for its answer. `Invalid` when it takes too long, or the process dies of it."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self.served += 1
        try:
            async with asyncio.timeout(seconds):
                self._child.stdin.write(msgspec.json.encode(task) + b"\n")
                await self._child.stdin.drain()
                line = await self._child.stdout.readline()
        except TimeoutError:
            raise Invalid("The file could not be processed: it takes too long") from None
        except (OSError, ValueError):  # it died with our words in the pipe, or speaks without end
            line = b""
        if not line.endswith(b"\n"):
            raise Invalid("The file could not be processed: it needs too much memory or time")
        return msgspec.json.decode(line, type=Answer)

    def dismiss(self) -> None:
        """Let it end by itself."""
        if self._child.stdin is not None:
            self._child.stdin.close()

    async def end(self) -> None:
        """End it at once, and wait until it is gone."""
        self.dismiss()
        with contextlib.suppress(ProcessLookupError):
            self._child.kill()
        await asyncio.shield(self._child.wait())

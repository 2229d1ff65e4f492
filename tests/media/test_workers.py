"""The processes that open strangers' files: kept, replaced, limited, and shut in."""

import asyncio
import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid
from fedinote.media import workers
from fedinote.media.workers import Pace, Pool, Process
from tests.media.pictures import encoded, picture, png

PICTURE = encoded(picture(), "PNG")


async def cleaned(app: App, data: bytes = PICTURE) -> Any:
    async with workers.bench(app) as place:
        return await workers.clean(app, data, place)


def pids(app: App) -> list[int]:
    pools: dict[Pace, Pool] = app.caches["media-processes"]
    return [process._child.pid for pool in pools.values() for process in pool._idle]


async def served(process: Process, count: int) -> None:
    """Wait until a process has so many files."""
    async with asyncio.timeout(60):
        while process.served < count:  # noqa: ASYNC110  there is no event for it
            await asyncio.sleep(0.01)


async def inside(tmp_path: Path, code: str) -> str:
    """What a program prints that is shut in as the process is."""
    root = str(Path(workers.__file__).parents[2])
    start = (
        f"import sys; sys.path.insert(0, {root!r})\nfrom pathlib import Path\nfrom fedinote.media import confinement\n"
    )
    confine = f"confinement.confine(Path({str(tmp_path)!r}), Path({root!r}))\n"
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-B", "-c", start + confine + code, stdout=-1, stderr=-1, env={}
    )
    out, errors = await child.communicate()
    return out.decode() + errors.decode()


async def own_networks() -> bool:
    """Whether a program may have a network of its own here."""
    code = (
        "import ctypes; libc = ctypes.CDLL(None); exit(min(abs(libc.unshare(0x50000000)), abs(libc.unshare(1 << 30))))"
    )
    return await (await asyncio.create_subprocess_exec(sys.executable, "-c", code)).wait() == 0


async def test_a_process_is_kept_for_the_next_file(app: App) -> None:
    await cleaned(app)
    first = pids(app)
    assert (await cleaned(app)).media_type == "image/png"
    assert pids(app) == first
    assert len(first) == 1


async def test_a_process_is_replaced_after_many_files(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "FILES_EACH", 2)
    await cleaned(app)
    first = pids(app)
    await cleaned(app)
    assert pids(app) == []
    await cleaned(app)
    assert pids(app) != first


async def test_a_process_that_dies_is_its_file_s_fault_and_the_next_file_gets_another(app: App) -> None:
    await cleaned(app)
    os.kill(pids(app)[0], signal.SIGSTOP)
    process = app.caches["media-processes"][workers.IMAGES]._idle[0]
    waiting = asyncio.create_task(cleaned(app))
    await served(process, 2)
    os.kill(process._child.pid, signal.SIGKILL)
    with pytest.raises(Invalid, match="too much memory or time"):
        await waiting
    assert (await cleaned(app)).media_type == "image/png"


async def test_a_file_that_takes_too_long_is_refused_and_its_process_ended(app: App) -> None:
    workers.folder(app).mkdir(parents=True)
    pool = Pool(workers.folder(app), Pace(at_once=1, processor=20, clock=0.2))
    process = await Process.start(workers.folder(app))
    os.kill(process._child.pid, signal.SIGSTOP)
    pool._idle.append(process)
    app.caches["media-processes"] = {workers.IMAGES: pool}
    with pytest.raises(Invalid, match="takes too long"):
        await cleaned(app)
    assert not process.alive


async def test_a_caller_that_goes_away_ends_the_work(app: App) -> None:
    await cleaned(app)
    process = app.caches["media-processes"][workers.IMAGES]._idle[0]
    os.kill(process._child.pid, signal.SIGSTOP)
    task = asyncio.create_task(cleaned(app))
    await served(process, 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not process.alive
    assert not list((workers.folder(app) / "work").iterdir())


async def test_an_end_of_the_server_ends_its_processes(app: App) -> None:
    await cleaned(app)
    process = app.caches["media-processes"][workers.IMAGES]._idle[0]
    await workers.close(app)
    assert not process.alive


async def test_bombs_get_an_answer_and_the_server_lives(app: App) -> None:
    for bomb in (png(30_000, 30_000), PICTURE[:50], b"", b"\xff\xd8\xff" * 1000):
        with pytest.raises(Invalid):
            await cleaned(app, bomb)
    assert (await cleaned(app)).media_type == "image/png"


async def test_no_more_memory_is_had_than_allowed(tmp_path: Path) -> None:
    assert "MemoryError" in await inside(tmp_path, "bytearray(2_000_000_000)")
    assert "MemoryError" not in await inside(tmp_path, "bytearray(100_000_000)")


async def test_no_file_grows_beyond_the_limit(tmp_path: Path) -> None:
    code = "open({!r}, 'wb').truncate(300_000_000)"
    assert "File too large" in await inside(tmp_path, code.format(str(tmp_path / "big")))


async def test_the_processor_s_time_is_limited(tmp_path: Path) -> None:
    assert "ended" not in await inside(
        tmp_path, "confinement.allow_seconds(0)\nfor _ in range(10**10): pass\nprint('ended')"
    )


async def test_no_secret_of_the_server_is_in_the_process(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEDINOTE_SECRET", "marker")
    await cleaned(app)
    environment = Path(f"/proc/{pids(app)[0]}/environ")
    assert b"marker" not in environment.read_bytes()
    assert b"FEDINOTE" not in environment.read_bytes()


async def test_other_files_cannot_be_read_or_written_where_the_kernel_can_hide_them(tmp_path: Path) -> None:
    secret = tmp_path.parent / f"{tmp_path.name}-secret"
    secret.write_text("marker")
    works = tmp_path / "works"
    if ctypes.CDLL(None).syscall(444, None, ctypes.c_size_t(0), 1) < 1:  # asks for the version of Landlock
        pytest.skip("this kernel has no Landlock")
    assert "PermissionError" in await inside(tmp_path, f"print(open({str(secret)!r}).read())")
    root = Path(workers.__file__).parents[2]
    assert "PermissionError" in await inside(tmp_path, f"open({str(root / 'pyproject.toml')!r})")
    assert "PermissionError" in await inside(tmp_path, f"open({str(tmp_path.parent / 'x')!r}, 'w')")
    assert "Error" not in await inside(tmp_path, f"open({str(works)!r}, 'w').write('x')")


async def test_the_network_is_out_of_reach_where_the_system_allows_it(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    connect = f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 1)\nprint('connected')"
    out = await inside(tmp_path, connect)
    server.close()
    if not await own_networks():
        pytest.skip("namespaces are not allowed here")
    assert "unreachable" in out


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
async def test_a_server_that_is_killed_takes_its_processes_with_it(tmp_path: Path, loop: str) -> None:
    """Also one that is busy, and does not see that its input has ended: here it is stopped."""
    root = str(Path(workers.__file__).parents[2])
    code = f"""
import sys; sys.path.insert(0, {root!r})
import {loop}, os, signal, time
from pathlib import Path
from fedinote.media.workers import Process
async def main():
    process = await Process.start(Path({str(tmp_path)!r}))
    status = Path(f"/proc/{{process._child.pid}}/status")
    while "NoNewPrivs:\t1" not in status.read_text():  # until it is shut in
        time.sleep(0.01)
    os.kill(process._child.pid, signal.SIGSTOP)
    print(process._child.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
{loop}.run(main())
"""
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    out, _ = await parent.communicate()
    assert parent.returncode == -signal.SIGKILL
    async with asyncio.timeout(60):
        while alive(int(out)):  # noqa: ASYNC110  of a process that is not ours
            await asyncio.sleep(0.01)


def alive(pid: int) -> bool:
    """Whether a process is there, and not only waiting to be reaped."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False

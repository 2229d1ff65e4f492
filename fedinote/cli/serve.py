"""`fedinote serve`, `worker` and `migrate`: the processes of a server."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Coroutine, Iterator
from typing import Any

import click
import uvicorn
import uvloop

from fedinote.cli import logs, places, processes
from fedinote.cli.connections import Connection
from fedinote.cli.context import Setup, WrongSettings, opened, pass_setup, run_async
from fedinote.infra.app import App
from fedinote.infra.settings import Settings

GRACE_SECONDS = 8
WORKER_GRACE_SECONDS = 10


@click.command()
@click.option(
    "--bind", "--host", "bind", help="Address and port to listen on, such as 0.0.0.0:8000. Default: server.bind."
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=1, help="Number of processes; more than 1 needs PostgreSQL."
)
@click.option("--fd", type=int, hidden=True, help="A listening socket that was handed down.")
@pass_setup
def serve(setup: Setup, bind: str | None, workers: int, fd: int | None) -> None:
    """Start the server: the web server and its background work, in one process.

    The first start makes the database, the secrets, and prints a link for the owner's account.

    \b
    Examples:
      fedinote serve
      fedinote serve --bind 0.0.0.0:8000
      fedinote --config /etc/fedinote.toml serve --workers 2
    """
    settings = setup.settings(make=True)
    logs.configure(settings.log.level)
    if workers > 1 and settings.sqlite_path is not None:
        raise WrongSettings("--workers: more than one process needs PostgreSQL (setting database.url)")
    with places.alone(settings):
        listening = processes.listen(_address(bind, settings)) if fd is None else socket.socket(fileno=fd)
        if workers > 1:
            setup.run(prepare, migrate=True)
            raise SystemExit(processes.supervise(listening, workers, setup.config))
        _run(_serve(settings, listening, first=fd is None))


def _address(bind: str | None, settings: Settings) -> str:
    if not bind:
        return settings.server.bind
    return bind if ":" in bind else f"{bind}:{settings.server.bind.rpartition(':')[2]}"


async def _serve(settings: Settings, listening: socket.socket, *, first: bool) -> None:
    async with opened(settings, migrate=first) as app:
        if first:
            await prepare(app)
        await serve_app(app, listening)


async def prepare(app: App) -> None:
    """Print the link for the owner's account as long as nobody is owner."""
    from fedinote.auth import invites, users

    if not await users.has_owner(app):
        link = await invites.owner_link(app)
        click.echo(f"\n  This server has no owner yet. Open this link to make the owner's account:\n\n  {link}\n")


async def serve_app(app: App, listening: socket.socket) -> None:
    """Serve on a socket until a signal comes; the background work runs beside it and ends after it."""
    from fedinote import server
    from fedinote import worker as jobs

    host = _Server(_config(server.create(app)), app)
    work = asyncio.create_task(jobs.run(app), name="worker")
    work.add_done_callback(lambda _: host.handle_exit(signal.SIGTERM, None))
    try:
        await host.serve(sockets=[listening])
    finally:
        await _end(work)


def _config(asgi: Any) -> uvicorn.Config:
    return uvicorn.Config(
        asgi,
        loop="uvloop",
        http=Connection,
        ws="websockets-sansio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,  # which proxies to believe is decided in one place, by server.trusted_proxies
        forwarded_allow_ips=[],
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=60,
        ws_ping_interval=30,
        ws_max_size=65_536,
        h11_max_incomplete_event_size=65_536,
    )


class _Server(uvicorn.Server):
    """Ends on SIGINT and SIGTERM and returns: the database is then closed, and the process ends with 0."""

    def __init__(self, config: uvicorn.Config, app: App) -> None:
        super().__init__(config)
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, and then say so."""
        await super().startup(sockets)
        for one in sockets or ():
            address = one.getsockname()
            click.echo(f"FediNote serves {self._app.settings.base} on {address[0]}:{address[1]}")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams first: the original waits for them until its patience is over."""
        self._app.bus.close()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle signals while serving; unlike the original they are not raised again at the end."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)


async def _end(work: "asyncio.Task[None]") -> None:
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError, TimeoutError):
        async with asyncio.timeout(WORKER_GRACE_SECONDS):
            await work


def _run(work: Coroutine[Any, Any, None]) -> None:
    run_async(work, uvloop.new_event_loop)


@click.command()
@pass_setup
def worker(setup: Setup) -> None:
    """Run only the background work: deliveries to other servers and all that may wait. Needs PostgreSQL.

    `fedinote serve` does this work too; with SQLite nothing else may.

    \b
    Example:
      fedinote worker
    """
    settings = setup.settings()
    if settings.sqlite_path is not None:
        raise WrongSettings(
            "fedinote worker needs PostgreSQL (setting database.url): with SQLite, `fedinote serve` is the one process"
            " that works, and does the background work itself"
        )
    logs.configure(settings.log.level)
    _run(_work(settings))


async def _work(settings: Settings) -> None:
    from fedinote import worker as jobs

    async with opened(settings, migrate=False) as app:
        click.echo(f"FediNote works in the background for {settings.base}")
        work = asyncio.create_task(jobs.run(app), name="worker")
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, work.cancel)
        with contextlib.suppress(asyncio.CancelledError, TimeoutError):
            await work


@click.command()
@pass_setup
def migrate(setup: Setup) -> None:
    """Bring the database to the form that this version needs. `fedinote serve` does it too.

    \b
    Example:
      fedinote migrate
    """
    done = run_async(_migrate(setup.settings()))
    click.echo("\n".join(f"Applied {name}" for name in done) or "The database is up to date")


async def _migrate(settings: Settings) -> list[str]:
    from fedinote.bootstrap import open_database
    from fedinote.infra import migrations

    places.make_folder(settings)
    db = await open_database(settings)
    try:
        return [f"{done.version:04d}_{done.name}" for done in await migrations.migrate(db)]
    finally:
        await db.close()

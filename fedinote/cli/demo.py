"""`fedinote demo`: two small servers on this machine that federate with each other, and translate.

Everything between them is real: two processes, two databases, ActivityPub over HTTP. Only the people are invented.
"""

import asyncio
import contextlib
import os
import secrets
import shlex
import shutil
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import click

from fedinote.accounts import profiles
from fedinote.auth import clients, registrations, tokens, users
from fedinote.cli import processes
from fedinote.cli.context import run_async
from fedinote.cli.demo_story import ALICE, BAO, Caller, Cast, Side, play
from fedinote.infra.app import App
from fedinote.infra.errors import FediNoteError
from fedinote.infra.settings import DEMO_VARIABLES, PREFIX, Settings, load

PHRASEBOOK = "phrasebook"
PHRASEBOOK_NOTE = (
    "It looks words up in a list of a few hundred and knows no grammar, so it is for demonstration only: "
    "a server that people use needs LibreTranslate."
)
CHECK = "--check"
STOP_SECONDS = 15.0
ENGINE_SECONDS = 5.0
ENVIRONMENT = "environment"
_OTHER_PORT = 8101
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Plan:
    """What the command was told."""

    folder: Path
    engine: str
    note: str
    once: bool


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-data"),
    show_default=True,
    help="Where the two servers keep their data.",
)
@click.option(
    "--port", type=click.IntRange(1, 65534), default=8001, show_default=True, help="The first of two ports in a row."
)
@click.option("--fresh", is_flag=True, help="Forget what an earlier demonstration on these ports stored.")
@click.option("--once", is_flag=True, help="End when both posts are translated, instead of serving on.")
@click.option(
    "--translate-with",
    "engine",
    default=PHRASEBOOK,
    show_default=True,
    metavar="URL|phrasebook",
    help="The address of a LibreTranslate server, or the built-in phrase book.",
)
@click.option("--note", default="", hidden=True, help="What people should know about the translating server.")
@click.option(CHECK, "only_check", is_flag=True, hidden=True, help="Look at the arguments and the ports, and end.")
def demo(data: Path, port: int, *, fresh: bool, once: bool, engine: str, note: str, only_check: bool) -> bool:
    """Show what FediNote is: two servers here on this machine, two languages, one conversation.

    Alice writes English on one server, 阿宝 writes Chinese on the other. They follow each other, and each reads the
    other's post in translation. Then both servers stay, to be tried out, until Ctrl-C.

    \b
    Examples:
      fedinote demo
      fedinote demo --translate-with http://localhost:5000
      fedinote demo --fresh --once
    """
    if engine != PHRASEBOOK and urlsplit(engine).scheme not in ("http", "https"):
        raise click.BadParameter("must be the http address of a LibreTranslate server, or: phrasebook")
    sides = [_side(cast, data, port + place) for place, cast in enumerate((ALICE, BAO))]
    if engine != PHRASEBOOK:
        run_async(_reach(engine))
    if only_check:
        for side in sides:
            side.listening.close()
        return True
    if fresh:
        for side in sides:
            _forget(side.folder)
    run_async(_until_stopped(_play(Plan(data, engine, note or _note(engine), once), sides)))
    return True


async def _reach(address: str) -> None:
    """Ask a LibreTranslate server for its languages. Ends the command when it does not give them."""
    from fedinote.infra.outbound import Outbound
    from fedinote.translation.engines.libretranslate import LibreTranslate

    outbound = Outbound(user_agent="FediNote demo")
    engine = LibreTranslate(outbound.call_service, address, now=time.monotonic, timeout=ENGINE_SECONDS)
    try:
        await engine.languages()
    except FediNoteError as error:
        raise click.ClickException(
            f"No LibreTranslate server answers at {address}/languages ({error.reason}). Start it or correct the"
            f" address, or use the built-in one: --translate-with {PHRASEBOOK}"
        ) from error
    finally:
        await outbound.close()


def _note(engine: str) -> str:
    return PHRASEBOOK_NOTE if engine == PHRASEBOOK else ""


def _side(cast: Cast, data: Path, port: int) -> Side:
    # The socket comes first: when a port is taken nothing has been touched yet.
    try:
        listening = processes.listen(f"127.0.0.1:{port}")
    except click.ClickException as error:
        raise click.ClickException(
            f"{error.message}. Take two other ports: fedinote demo --port {_OTHER_PORT},"
            f' or make demo DEMO_ARGS="--port {_OTHER_PORT}"'
        ) from error
    return Side(cast, port, data / str(port), listening, secrets.token_urlsafe(9))


def _forget(folder: Path) -> None:
    """Delete the data of one server, and never a folder that is something else."""
    if (folder / "fedinote.db").is_file():
        shutil.rmtree(folder)


async def _until_stopped(work: Awaitable[None]) -> None:
    """Run until the end or a signal; a signal is a good end."""
    task = asyncio.ensure_future(work)
    loop, stopped = asyncio.get_running_loop(), False

    def stop() -> None:
        nonlocal stopped
        stopped = True
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    try:
        await task
    except asyncio.CancelledError:
        if not stopped:
            raise
        click.echo("\nBoth servers are stopped.")


async def _play(plan: Plan, sides: list[Side]) -> None:
    from fedinote.infra.outbound import Outbound

    click.echo("\n  FediNote: two servers, two languages, one conversation\n")
    for side in sides:
        await _prepare(plan, side)
    async with contextlib.AsyncExitStack() as stack:
        children = [await stack.enter_async_context(_serving(plan, side)) for side in sides]
        outbound = Outbound(user_agent="FediNote demo")
        stack.push_async_callback(outbound.close)
        alice, bao = (Caller(outbound, side, child) for side, child in zip(sides, children, strict=True))
        await play(alice, bao)
        _point(plan, sides)
        if not plan.once:
            await asyncio.wait([asyncio.create_task(child.wait()) for child in children], return_when="FIRST_COMPLETED")
            raise click.ClickException(f"A server ended by itself; what it said is in {plan.folder}/*/server.log")


def _point(plan: Plan, sides: list[Side]) -> None:
    """Say what to look at, who can sign in, and what translated."""
    engine = "the built-in phrase book" if plan.engine == PHRASEBOOK else f"LibreTranslate at {plan.engine}"
    click.echo(click.wrap_text(f"Translated by {engine}. {plan.note}", 100, "  ", "  ") + "\n")
    click.echo("  Look at it:")
    for side in sides:
        click.echo(f"    {side.base}/demo")
    click.echo(
        "\n  Sign in, in a browser or in any Mastodon app (server, name, password; the password is new each time):"
    )
    for side in sides:
        click.echo(f"    {side.base}   {side.cast.name:5}   {side.password}")
    click.echo("  Apps that were connected in an earlier run sign in again: their tokens ended with the old password.")
    click.echo("  Browsers mix up two servers on one host name: use a private window for the second one.\n")
    if not plan.once:
        click.echo("  The command line on these servers, in another terminal here (see: fedinote --help):")
        for side in sides:
            click.echo(f"    (. {_sourced(side)}; {_program()} user list)")
        click.echo()
        click.echo(f"  Ctrl-C stops both servers. What they store is in {plan.folder}; start anew with --fresh.\n")


def _sourced(side: Side) -> str:
    """Return a server's file of settings as a shell reads it: without a "/" it would look elsewhere."""
    path = side.folder / ENVIRONMENT
    return shlex.quote(str(path) if path.is_absolute() else f"./{path}")


def _program() -> str:
    """Return how this very program is called in this folder."""
    script = Path(sys.executable).with_name("fedinote")
    if not script.is_file():
        return f"{shlex.quote(sys.executable)} -m fedinote"
    near = script.is_relative_to(Path.cwd())
    return shlex.quote(str(script.relative_to(Path.cwd()) if near else script))


def _environment(plan: Plan, side: Side) -> dict[str, str]:
    """Return the settings of one server as environment variables."""
    local = urlsplit(plan.engine).hostname in _LOOPBACK
    settings = {
        "SERVER_BASE_URL": side.base,
        "SERVER_BIND": f"127.0.0.1:{side.port}",
        "SERVER_DATA_DIR": str(side.folder),
        "INSTANCE_TITLE": side.cast.title,
        "INSTANCE_DESCRIPTION": side.cast.description,
        "INSTANCE_LANGUAGES": side.cast.language,
        "FEDERATION_ALLOW_HTTP": "true",
        "FEDERATION_ALLOW_NETWORKS": "127.0.0.0/8,::1/128",
        "LOG_LEVEL": "warning",
    }
    if plan.engine == PHRASEBOOK:
        settings["TRANSLATION_ENGINE"] = PHRASEBOOK
    else:
        settings["TRANSLATION_ENGINE"] = "libretranslate"
        settings["TRANSLATION_URL"] = plan.engine
        settings["TRANSLATION_LOCATION"] = "local" if local else "third-party"
        settings["TRANSLATION_TIMEOUT"] = "20"
    return {PREFIX + name: value for name, value in settings.items()}


async def _prepare(plan: Plan, side: Side) -> None:
    """Make the database and the person, with a new password and a token for this run."""
    from fedinote.bootstrap import running

    side.folder.mkdir(parents=True, exist_ok=True)
    environment = _environment(plan, side)
    settings: Settings = load(None, environment)
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in environment.items()]
    (side.folder / ENVIRONMENT).write_text("".join(lines), encoding="utf-8")
    async with running(settings, migrate=True) as app:
        side.token = await _person(app, side)


async def _person(app: App, side: Side) -> str:
    cast = side.cast
    user = await users.by_login(app, cast.name)
    if user is None:
        user = await registrations.create_user(app, cast.name, f"{cast.name}@mail.example", side.password, role="owner")
        await users.set_defaults(app, user.id, language=cast.language, locale=cast.language)
        about = profiles.Changes(display_name=cast.display_name, note=cast.note, discoverable=True, indexable=True)
        await profiles.update(app, user.account_id, about)
    else:
        await users.set_password(app, user.id, side.password)
    client = await clients.command_line(app)
    return (await tokens.issue(app, app_id=client.id, user_id=user.id, scopes=["read", "write", "follow"])).text


@contextlib.asynccontextmanager
async def _serving(plan: Plan, side: Side) -> AsyncIterator[Process]:
    """Run one server as a process of its own; what it says goes into `server.log` in its folder."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    descriptor = side.listening.fileno()
    os.set_inheritable(descriptor, True)
    with (side.folder / "server.log").open("ab") as log:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "fedinote", "serve", "--fd", str(descriptor)),
            env={
                **own,
                **_environment(plan, side),
                **dict(zip(DEMO_VARIABLES, (side.cast.name, plan.note), strict=True)),
            },
            pass_fds=[descriptor],
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    side.listening.close()
    try:
        yield child
    finally:
        await _end(child)


async def _end(child: Process) -> None:
    for stop in (child.terminate, child.kill):
        with contextlib.suppress(ProcessLookupError, TimeoutError):
            stop()
            async with asyncio.timeout(STOP_SECONDS):
                await child.wait()
            return

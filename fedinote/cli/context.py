"""What all commands share: the settings, running something with an App, and errors as exit codes."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from fedinote.auth import users
from fedinote.auth.models import User
from fedinote.cli import places
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError
from fedinote.infra.migrations import MigrationError
from fedinote.infra.settings import Settings, SettingsError, load

T = TypeVar("T")
SETTINGS_WRONG = 2


class WrongSettings(click.ClickException):
    """A setting is wrong; the message names it. Exit code 2."""

    exit_code = SETTINGS_WRONG


@dataclass(slots=True)
class Setup:
    """Where the settings come from; they are read when a command needs them, so that --help always works."""

    config: Path | None

    def settings(self, *, make: bool = False) -> Settings:
        """Read and check the settings, and `make` the data directory. Ends with exit code 2 when something is wrong."""
        try:
            settings = load(self.config, os.environ)
            (places.make_folder if make else places.check_folder)(settings)
            return settings
        except SettingsError as error:
            raise WrongSettings(str(error)) from error

    def run(self, work: Callable[[App], Awaitable[T]], *, migrate: bool = False) -> T:
        """Run a coroutine function with an App on the database, and return its result. Errors end the command.

        `migrate` makes or renews the database; without it, it must be there.
        """
        settings = self.settings()
        if not migrate:
            places.need_database(settings)
        return run_async(_with_app(work, settings, migrate))


async def _with_app(work: Callable[[App], Awaitable[T]], settings: Settings, migrate: bool) -> T:
    async with opened(settings, migrate=migrate) as app:
        return await work(app)


@asynccontextmanager
async def opened(settings: Settings, *, migrate: bool) -> AsyncIterator[App]:
    """Give the App of the settings, on data that is of their address from now on.

    Raises SettingsError when the data is another address's, or the data directory cannot be made.
    """
    from fedinote.bootstrap import keep_address, running

    if migrate:
        places.make_folder(settings)
    async with running(settings, migrate=migrate) as app:
        await keep_address(app)
        yield app


def run_async(work: Coroutine[Any, Any, T], loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None) -> T:
    """Run a coroutine to its end. Errors of the tree and of migrations become one line and exit code 1, settings 2."""
    try:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            return runner.run(work)
    except FediNoteError as error:
        raise click.ClickException(error.message) from error
    except MigrationError as error:
        raise click.ClickException(str(error)) from error
    except SettingsError as error:
        raise WrongSettings(str(error)) from error


async def need_user(app: App, name: str) -> User:
    """Return the user of a name or an e-mail address, or end the command."""
    user = await users.by_login(app, name)
    if user is None:
        raise click.ClickException(f"There is no user {name}. See: fedinote user list")
    return user


def table(rows: Sequence[Row | Mapping[str, Any]], columns: list[str]) -> str:
    """Return rows as text in columns with a head, wide as their widest value."""
    lines = [columns, *([plain(row[name]) for name in columns] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def plain(value: Any) -> str:
    """Return a value as text for the terminal ("" for None): what strangers wrote must not steer it."""
    text = "" if value is None else str(value)
    return "".join(char if char.isprintable() else "?" for char in text)


pass_setup = click.make_pass_decorator(Setup)

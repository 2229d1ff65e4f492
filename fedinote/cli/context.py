"""What all commands share: the settings, running something with an App, and errors as exit codes."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from fedinote.auth import users
from fedinote.auth.models import User
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

    def settings(self) -> Settings:
        """Read and check the settings. Ends the command with exit code 2 when something is wrong."""
        try:
            return load(self.config, os.environ)
        except SettingsError as error:
            raise WrongSettings(str(error)) from error

    def run(self, work: Callable[[App], Awaitable[T]], *, migrate: bool = False) -> T:
        """Run a coroutine function with an App on the database, and return its result. Errors end the command."""
        return run_async(self._with_app(work, self.settings(), migrate))

    async def _with_app(self, work: Callable[[App], Awaitable[T]], settings: Settings, migrate: bool) -> T:
        from fedinote.bootstrap import running

        async with AsyncExitStack() as stack:
            app = await stack.enter_async_context(running(settings, migrate=migrate))
            return await work(app)


def run_async(work: Coroutine[Any, Any, T], loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None) -> T:
    """Run a coroutine to its end. Errors of the tree and of migrations become one line and exit code 1."""
    try:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            return runner.run(work)
    except FediNoteError as error:
        raise click.ClickException(error.message) from error
    except MigrationError as error:
        raise click.ClickException(f"{error}. Run: fedinote migrate") from error


async def need_user(app: App, name: str) -> User:
    """Return the user of a name or an e-mail address, or end the command."""
    user = await users.by_login(app, name)
    if user is None:
        raise click.ClickException(f"There is no user {name}. See: fedinote user list")
    return user


def table(rows: list[Row], columns: list[str]) -> str:
    """Return rows as text in columns with a head, wide as their widest value."""
    lines = [columns, *([_cell(row[name]) for name in columns] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _cell(value: Any) -> str:
    # Names and addresses are strangers' words: nothing in them may steer the terminal.
    text = "" if value is None else str(value)
    return "".join(char if char.isprintable() else "?" for char in text)


pass_setup = click.make_pass_decorator(Setup)

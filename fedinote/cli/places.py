"""What a server has on this machine: its folder, its database file, and the lock of the one process that serves it."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import click

from fedinote.infra.settings import Settings, SettingsError

LOCK = "serve.lock"
_WRONG = "setting server.data_dir: the folder {} cannot be {}: {}"


def check_folder(settings: Settings) -> None:
    """Refuse a data directory that can never be one, because a file is in its way. Makes nothing."""
    place = settings.data_path.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        raise SettingsError(_WRONG.format(settings.data_path, "made", f"{place} is a file"))


def make_folder(settings: Settings) -> None:
    """Make the data directory where it is missing, for its owner alone: keys and private words will be in it.

    One that is there stays as the operator made it. Raises SettingsError when it cannot be made or written.
    """
    folder = settings.data_path
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(_WRONG.format(folder, "made", error.strerror)) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise SettingsError(_WRONG.format(folder, "written", "permission denied"))


def need_database(settings: Settings) -> None:
    """End the command where there is no SQLite file yet, instead of making an empty one in passing."""
    path = settings.sqlite_path
    if path is not None and not path.exists():
        raise click.ClickException(
            f"There is no database yet at {path.absolute()}. Begin with: fedinote serve (if there should be one, look"
            " at --config, server.data_dir and the working directory)"
        )


@contextlib.contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Be the only server on a SQLite database; the operating system ends the lock with the process, however it ends.

    Ends the command when another process has it. With PostgreSQL several may serve, and nothing is locked.
    """
    path = settings.sqlite_path
    if path is None:
        yield
        return
    place = path.with_name(f"{path.name}.lock") if settings.database.url else path.with_name(LOCK)
    with _opened(place) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip() or "unknown"
            raise click.ClickException(
                f"A server works with {path} already (process {other}). With SQLite there can be only one: stop it, or"
                " give this one its own server.data_dir; several processes need PostgreSQL (setting database.url)"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield


@contextlib.contextmanager
def _opened(place: Path) -> Iterator[int]:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        # Not inherited (PEP 446): a child that outlives the server must not keep the lock.
        descriptor = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise click.ClickException(f"The lock {place} cannot be made: {error.strerror}") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)

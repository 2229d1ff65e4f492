"""Writing the texts of the house in the browser: the files that `moderation.house.texts` reads.

A text is kept as `.txt` (paragraphs parted by blank lines) or as `.html`, which is sanitised whenever it is read.
"""

import asyncio
import os
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound, Unavailable
from fedinote.infra.settings import Settings
from fedinote.moderation import audit
from fedinote.moderation.house import texts
from fedinote.moderation.house.texts import ABOUT, MAX_BYTES, PRIVACY, TERMS
from fedinote.moderation.moderator import Moderator, Power

NAMES = (ABOUT, PRIVACY, TERMS)
_ENDINGS = (".html", ".txt")


@dataclass(frozen=True, slots=True)
class Source:
    """A text as somebody wrote it. `html`: with markup; `day`: from when terms hold, None for other texts."""

    text: str
    html: bool
    day: date | None = None


async def read(app: App, name: str, day: date | None = None) -> Source | None:
    """Return what was written, None where nobody wrote anything. Raises NotFound for a name that is none."""
    return await asyncio.to_thread(_read, app.settings, _known(name), day)


async def days(app: App) -> list[date]:
    """Return the days from which terms of service hold, latest first."""
    return sorted(await asyncio.to_thread(texts.days_of_terms, app.settings), reverse=True)


async def write(app: App, name: str, source: Source, *, by: Moderator | None) -> None:
    """Write a text in the place of what was there; a blank one removes it.

    Raises Invalid (too long, or terms without a day), NotFound (no such text), Unavailable (the folder cannot be
    written to) and Forbidden.
    """
    if by is not None and not by.may(Power.SETTINGS):
        raise Forbidden
    if (_known(name) == TERMS) != (source.day is not None):
        raise Invalid("Terms of service need the day from which they hold")
    if len(source.text.encode()) > MAX_BYTES:
        raise Invalid(f"A text has {MAX_BYTES // 1000} kB at most")
    try:
        await asyncio.to_thread(_write, app.settings, name, source)
    except OSError as error:
        where = app.settings.texts_path
        raise Unavailable(f"The folder {where} cannot be written to", reason=f"{where}: {error.strerror}") from error
    async with app.db.transaction():
        await audit.record(
            app,
            actor_id=by.account_id if by else None,
            action="text.write" if source.text.strip() else "text.remove",
            target_type="text",
            target=name if source.day is None else f"{name} {source.day.isoformat()}",
            detail={"via": "" if by else "command line"},
        )
    app.caches.pop("instance-house", None)


def _known(name: str) -> str:
    if name not in NAMES:
        raise NotFound
    return name


def _stem(settings: Settings, name: str, day: date | None) -> Path:
    folder = settings.texts_path
    return folder / TERMS / day.isoformat() if day is not None else folder / name


def _read(settings: Settings, name: str, day: date | None) -> Source | None:
    stem = _stem(settings, name, day)
    for ending in _ENDINGS:
        path = stem.with_name(stem.name + ending)
        if path.is_file():
            return Source(path.read_bytes()[:MAX_BYTES].decode("utf-8", "replace"), ending == ".html", day)
    return None


def _write(settings: Settings, name: str, source: Source) -> None:
    stem = _stem(settings, name, source.day)
    wanted = stem.with_name(stem.name + (".html" if source.html else ".txt"))
    if source.text.strip():
        stem.parent.mkdir(parents=True, exist_ok=True)
        _replace(wanted, source.text.replace("\r\n", "\n").strip() + "\n")
    for ending in _ENDINGS:
        path = stem.with_name(stem.name + ending)
        if path != wanted or not source.text.strip():
            path.unlink(missing_ok=True)


def _replace(path: Path, text: str) -> None:
    """Write a file so that readers see the old one or the new one, and nothing between."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".text-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            os.fchmod(file.fileno(), 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

"""The house's own texts, in files: about it, privacy, terms of service, and the rules in other languages.

They are in `instance.texts_dir`, read anew each time, so that a change needs no restart:

    about.html   privacy-policy.html   terms-of-service/2026-05-01.html   rules.zh-Hant.txt

Each but the rules may be `.txt` as well: paragraphs parted by blank lines. HTML goes through the sanitiser. The terms
are named by the day from which they hold. A rules file has a line for each rule of `instance.rules`, in order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from fedinote.infra.errors import NotFound
from fedinote.infra.settings import Settings
from fedinote.text import html, language

ABOUT, PRIVACY, TERMS = "about", "privacy-policy", "terms-of-service"
MAX_BYTES = 100_000
_ENDINGS = (".html", ".txt")


@dataclass(frozen=True, slots=True)
class Text:
    """A text as safe HTML, and when its file was last changed."""

    content: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of service: from when they hold, whether they do, and which come after them."""

    content: str
    effective_date: date
    effective: bool
    succeeded_by: date | None


def read(settings: Settings, name: str) -> Text:
    """Return one of the texts, `ABOUT` or `PRIVACY`. Raises NotFound where nobody has written it."""
    for ending in _ENDINGS:
        path = settings.texts_path / f"{name}{ending}"
        if path.is_file():
            return Text(_content(path), datetime.fromtimestamp(path.stat().st_mtime, UTC))
    raise NotFound


def has(settings: Settings, name: str) -> bool:
    """Tell whether there is a text of that name: `ABOUT`, `PRIVACY` or `TERMS`."""
    if name == TERMS:
        return bool(_terms_files(settings))
    return any((settings.texts_path / f"{name}{ending}").is_file() for ending in _ENDINGS)


def terms(settings: Settings, today: date, wanted: date | None = None) -> Terms:
    """Return the terms that hold today, or else the first that will; or those of a day. Raises NotFound."""
    files = _terms_files(settings)
    days = sorted(files)
    if wanted is None:
        held = [day for day in days if day <= today]
        wanted = held[-1] if held else (days[0] if days else None)
    if wanted is None or wanted not in files:
        raise NotFound
    later = [day for day in days if day > wanted]
    effective = wanted <= today and not any(day <= today for day in later)
    return Terms(_content(files[wanted]), wanted, effective, later[0] if later else None)


def days_of_terms(settings: Settings) -> list[date]:
    """Return the days from which terms of service hold or held, in no order."""
    return list(_terms_files(settings))


def _terms_files(settings: Settings) -> dict[date, Path]:
    found: dict[date, Path] = {}
    folder = settings.texts_path / TERMS
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        day = day_of(path.stem)
        if path.suffix in _ENDINGS and day is not None:
            found.setdefault(day, path)
    return found


def day_of(text: str) -> date | None:
    """Return the day that a text like 2026-05-01 names, or None."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def rules(settings: Settings) -> Mapping[str, list[str]]:
    """Return the rules in other languages, by tag, in the order of `instance.rules`; lines beyond those are left."""
    folder, found = settings.texts_path, {}
    for path in sorted(folder.glob("rules.*.txt")) if folder.is_dir() else ():
        tag = language.canonical(path.name.removeprefix("rules.").removesuffix(".txt"))
        lines = [line.strip() for line in _source(path).splitlines() if line.strip()]
        if tag is not None and lines:
            found[tag] = lines[: len(settings.instance.rules)]
    return found


def _source(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(MAX_BYTES).decode("utf-8", "replace")


def _content(path: Path) -> str:
    source = _source(path)
    if path.suffix == ".html":
        return html.sanitise(source)
    parts = (part.strip() for part in source.replace("\r\n", "\n").split("\n\n"))
    return "".join(f"<p>{html.escape(part).replace(chr(10), '<br>')}</p>" for part in parts if part)

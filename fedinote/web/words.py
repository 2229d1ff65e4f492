"""The words of pages in the reader's language: catalogues (GNU gettext, one domain for each area) and formats (CLDR).

English is what the sources say; the other languages are below `locales/`, in the files that Babel reads and writes.
"""

import datetime as dt
import functools
import gettext
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_compact_decimal, format_decimal, format_percent

from fedinote.text import language

FOLDER = Path(__file__).parent / "locales"
OFFERED: Mapping[str, str] = {
    "en": "English",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
    "es": "Español",
    "ja": "日本語",
}
"""The languages of the interface, by tag, each with its own name."""
ERRORS = "errors"
INVALID = "Validation failed: "
"""How errors about values begin at the client API; people are not told."""
_HOLE = re.compile(r"\{(\d+)\}")
_WEEK = dt.timedelta(days=7)
_COMPACT = 10_000
_UNITS = ("kB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True)
class Words:
    """All that a page says in one language. `tag` is BCP 47, as HTML's `lang` has it."""

    tag: str
    locale: Locale
    catalogue: gettext.NullTranslations
    templates: tuple[tuple[re.Pattern[str], str], ...]

    @property
    def direction(self) -> str:
        """Return how the interface runs: "ltr" or "rtl"."""
        return self.locale.text_direction

    def gettext(self, message: str, **values: Any) -> str:
        """Return a message in this language; `%(name)s` in it stands for the value of that name."""
        found = self.catalogue.gettext(message)
        return found % values if values else found

    def ngettext(self, one: str, many: str, number: int, **values: Any) -> str:
        """Return the form of a message that fits a number, which is also the value `num`, as people write it."""
        found = self.catalogue.ngettext(one, many, number)
        return found % {"num": self.count(number), **values}

    def error(self, message: str) -> str:
        """Return what an error says, in this language; in English when it is not known."""
        message = message.removeprefix(INVALID)
        found = self.catalogue.gettext(message)
        if found != message:
            return found
        for pattern, translated in self.templates:
            if fits := pattern.fullmatch(message):
                return _filled(translated, fits.groups())
        return message

    def count(self, number: int) -> str:
        """Return a number as it is written here, a large one in short ("12K", "1.2万")."""
        if abs(number) < _COMPACT:
            return str(format_decimal(number, locale=self.locale))
        return str(format_compact_decimal(number, locale=self.locale, fraction_digits=1))

    def percent(self, share: float) -> str:
        """Return a share of 1 as percent."""
        return str(format_percent(share, locale=self.locale))

    def bytes(self, size: float) -> str:
        """Return a size in the unit that fits (SI: 1 kB is 1000 bytes)."""
        unit = "B"
        for larger in _UNITS:
            if abs(size) < 1000:
                break
            size, unit = size / 1000, larger
        return f"{format_decimal(round(size, 1 if size < 100 and unit != 'B' else 0), locale=self.locale)}\u00a0{unit}"

    def date(self, moment: dt.date) -> str:
        """Return a day, or the day of a moment (UTC)."""
        return str(format_date(moment, "medium", locale=self.locale))

    def moment(self, moment: dt.datetime) -> str:
        """Return day and time (UTC)."""
        return str(format_datetime(moment, "medium", locale=self.locale))

    def ago(self, moment: dt.datetime, now: dt.datetime) -> str:
        """Return how long ago or how soon a moment is, in short; the day where it is more than a week."""
        apart = moment - now
        if abs(apart) > _WEEK:
            return self.date(moment)
        return str(format_timedelta(apart, add_direction=True, format="short", threshold=1.0, locale=self.locale))


@functools.cache
def words(tag: str) -> Words:
    """Return the words of one of the offered languages. `KeyError` for any other tag."""
    if tag not in OFFERED:
        raise KeyError(tag)
    locale = Locale.parse(tag, sep="-")
    whole, templates = Catalog(locale=locale), []
    for path in sorted((FOLDER / str(locale) / "LC_MESSAGES").glob("*.po")):
        for message in read(path):
            if not (message.id and message.string) or message.fuzzy:
                continue
            whole.add(message.id, message.string)
            if path.stem == ERRORS and isinstance(message.id, str) and _HOLE.search(message.id):
                templates.append((_pattern(message.id), str(message.string)))
    stream = io.BytesIO()
    write_mo(stream, whole)
    stream.seek(0)
    return Words(tag, locale, gettext.GNUTranslations(stream), tuple(templates))


def read(path: Path) -> Catalog:
    """Return a catalogue file. `ValueError` when it cannot be understood."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, abort_invalid=True)


def _filled(translated: str, values: tuple[str, ...]) -> str:
    return _HOLE.sub(lambda hole: values[int(hole[1]) - 1], translated)


def _pattern(template: str) -> re.Pattern[str]:
    """Turn "larger than {1} MB" into what finds the values again. Each hole is as short as it can be: linear."""
    parts = re.split(r"\{\d+\}", template)
    return re.compile("([^\n]{1,300}?)".join(map(re.escape, parts)))


def choose(wanted: Iterable[str]) -> Words:
    """Return the words in the first wanted language (BCP 47 tags, best first) that is offered, else in English."""
    for tag in wanted:
        if found := language.match(tag, tuple(OFFERED)):
            return words(found)
    return words("en")

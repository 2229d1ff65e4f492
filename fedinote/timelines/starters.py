"""Topics to begin with: a short list in five languages, so that a new server is about something from the first minute.

They are suggestions and rows of a file. `moderation.house.starters.apply` makes topics of those that an operator chose;
a visitor sees them as what a server could be about while there are no others.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fedinote.infra.app import App
from fedinote.text import language

_FILE = "starter_topics.csv"
_CACHE = "starters"
_LANGUAGES = ("en", "zh-Hans", "zh-Hant", "es", "ja")


@dataclass(frozen=True, slots=True)
class Starter:
    """A topic that is offered: what to call it by language, and its hashtags in all of them."""

    slug: str
    titles: Mapping[str, str]
    hashtags: tuple[str, ...]

    def title(self, reader: str) -> str:
        """Return what to call it to a reader of a language: in that, else in English."""
        return self.titles[language.match(reader, self.titles) or "en"]

    def hashtag(self, reader: str) -> str:
        """Return the hashtag for a reader of a language: the title where it is one of the hashtags, else the first."""
        title = self.title(reader).lower()
        return next((name for name in self.hashtags if name.lower() == title), self.hashtags[0])


def everything(app: App) -> tuple[Starter, ...]:
    """Return all starter topics, in the order in which they are offered."""
    kept: tuple[Starter, ...] | None = app.caches.get(_CACHE)
    if kept is None:
        with Path(__file__).with_name(_FILE).open(encoding="utf-8", newline="") as file:
            kept = tuple(_starter(row) for row in csv.DictReader(file))
        app.caches[_CACHE] = kept
    return kept


def _starter(row: Mapping[str, str]) -> Starter:
    titles = {tag: row[tag] for tag in _LANGUAGES}
    return Starter(row["slug"], titles, tuple(row["hashtags"].split()))

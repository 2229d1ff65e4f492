"""Posts and profiles as somebody reads them who has them translated unasked: with the preferences of the viewer.

For all others nothing is asked and nothing is done. Everybody's own words are as they wrote them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from fedinote.infra.app import App
from fedinote.infra.db import Query, Row
from fedinote.translation import ahead, preferences, profiles, translations, views
from fedinote.translation.preferences import Mode, Preferences
from fedinote.translation.views import READY


@dataclass(slots=True)
class Reading:
    """A page of posts for one reader: how each that is to be translated is shown, and what is kept of it."""

    app: App
    reader_id: int
    own: Preferences
    candidates: list[tuple[int, Row, str, Mode]] = field(default_factory=list)
    shown: dict[int, tuple[Sequence[Any], Mode]] = field(default_factory=dict)

    def choose(self, posts: Iterable[Row]) -> None:
        """Note which posts of a page are to be translated for the reader, by the language that they seem to be in."""
        ways: dict[str, Mode] = {}
        excepted = self.own.accounts
        for row in posts:
            if row["reblog_of_id"] is not None:
                continue
            author, source = row["account_id"], row["shown_language"] or row["language"] or ""
            mode = ways.get(source)
            if mode is None or author in excepted:
                mode = self.own.way(author, source)
                if author not in excepted:
                    ways[source] = mode
            if mode is not Mode.BUTTON and author != self.reader_id:
                self.candidates.append((row["id"], row, source, mode))

    async def take(self, rows: Iterable[Row]) -> None:
        """Take what is kept of the chosen posts; queue what is not translated yet, for the next look."""
        kept = {values[0]: values for row in rows if (values := cast("Sequence[Any]", row))}
        missing = []
        for post_id, row, source, mode in self.candidates:
            made = kept.get(post_id)
            if made is None or made[1] != READY:
                if ahead.missing(self.app, self.own, row, cast("Row | None", made)):
                    missing.append(post_id)
                continue
            if made[2] != source:
                mode = self.own.way(row["account_id"], made[2])  # noqa: PLW2901
            if mode is not Mode.BUTTON:
                self.shown[post_id] = (made, mode)
        if missing:
            await ahead.want(self.app, missing, self.own, self.reader_id)

    def put(self, value: dict[str, Any], post_id: int, *, quote_shown: bool) -> None:
        """Put the translation of a post, if there is one, into its Status entity."""
        found = self.shown.get(post_id)
        if found is not None:
            views.translated(value, *found, target=self.own.target, quote_shown=quote_shown)


async def of_viewer(app: App, viewer_id: int | None) -> Reading | None:
    """Return how a viewer reads a page; None for everybody who has nothing translated unasked. Costs no query."""
    own = await preferences.reader(app, viewer_id)
    return None if own is None or viewer_id is None else Reading(app, viewer_id, own)


def queries(page: Reading | None, posts: Iterable[Row]) -> list[Query]:
    """Return the query for the translations of a page; none where none of the posts is to be translated."""
    if page is None:
        return []
    page.choose(posts)
    return [translations.query([one[0] for one in page.candidates], page.own.target)] if page.candidates else []


async def take(page: Reading | None, answers: list[list[Row]]) -> None:
    """Take the last of the answers, if `queries` asked."""
    if page is not None and page.candidates:
        await page.take(answers.pop())


async def bios(
    app: App, viewer_id: int | None, rows: Sequence[Row], values: Mapping[int, dict[str, Any]], *, make: bool = False
) -> None:
    """Put translations of notes and fields into Account entities (by id; `rows` are those they were made of).

    One query for readers who have translations, none for others. `make`: what is not translated yet is queued.
    """
    own = await preferences.reader(app, viewer_id)
    if own is None or viewer_id is None:
        return
    others = [row for row in rows if row["id"] != viewer_id and row["suspended_at"] is None]
    kept = await profiles.finished(app, [row["id"] for row in others], own.target)
    for row in others:
        made = kept.get(row["id"])
        mode = profiles.way(own, row, made)
        if made is not None and mode is not Mode.BUTTON and row["id"] in values:
            views.account(values[row["id"]], made, mode)
        elif make and profiles.missing(own, row, made):
            await ahead.want_profile(app, row["id"], own, viewer_id)

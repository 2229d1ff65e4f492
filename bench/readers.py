"""`python -m bench.readers`: how often engines are asked when many people read the same posts in their languages.

Runs in this process, on SQLite, with an engine that answers at once and counts. Everybody follows all authors and reads
every page of the home timeline, each in one of five languages; authors write in the same five.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bench.seeding import SEED
from fedinote import worker
from fedinote.accounts import profiles
from fedinote.api.entities.statuses import statuses
from fedinote.auth.viewer import Viewer
from fedinote.bootstrap import running
from fedinote.infra.app import App
from fedinote.infra.keys import generate_pair
from fedinote.infra.settings import load
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft
from fedinote.relations import follows
from fedinote.timelines import queries
from fedinote.timelines.window import Window
from fedinote.translation import preferences
from fedinote.translation.engine import Kind, Location, Term, Translated
from fedinote.translation.preferences import Mode, Preferences
from fedinote.translation.routing import Router

PAGE = 20
REPEATED = 0.05
"""The share of posts that say what another one said: announcements, greetings, what bots post daily."""
AUTHORS = 10
_PHRASES: Mapping[str, str] = {
    "en": "The weather at the harbour is lovely this morning and we drink tea together",
    "es": "El tiempo en el puerto es muy bueno esta mañana y tomamos té todos juntos",
    "de": "Das Wetter am Hafen ist heute Morgen sehr schön und wir trinken zusammen Tee",
    "zh-Hans": "今天早上港口的天气很好我们一起喝茶",
    "ja": "今朝の港の天気はとてもいいので、みんなでお茶を飲みます",
}
LANGUAGES = tuple(_PHRASES)


class Counting:
    """An engine that answers every text with the same sentence in the language asked for."""

    name = "Counting"
    location = Location.LOCAL
    kind = Kind.MACHINE

    def __init__(self) -> None:
        self.calls = 0
        self.characters = 0

    async def translate(
        self, texts: Sequence[str], *, source: str | None, target: str, terms: Sequence[Term] = ()
    ) -> Translated:
        """Count, and answer."""
        self.calls += 1
        self.characters += sum(map(len, texts))
        return Translated(tuple(_PHRASES[target] for _ in texts))

    async def languages(self) -> Mapping[str, frozenset[str]]:
        """All five, each into the others."""
        return {tag: frozenset(LANGUAGES) - {tag} for tag in LANGUAGES}


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it. `views` are looks at a post in a foreign language, `shown` those that had the translation."""

    posts: int
    readers: int
    views: int
    shown: int
    jobs: int
    calls: int
    characters: int

    @property
    def hit_rate(self) -> float:
        """The share of looks at a foreign post that needed no engine."""
        return 1 - self.calls / max(1, self.views)

    def __str__(self) -> str:
        return (
            f"{self.posts:,} posts read by {self.readers} people in {len(LANGUAGES)} languages:"
            f" {self.views:,} looks at a foreign post, {self.shown:,} of them in translation;"
            f" {self.jobs:,} translations kept, {self.calls:,} calls of the engine ({self.characters:,} characters);"
            f" {self.hit_rate:.1%} of the looks needed no call"
        )


async def simulate(app: App, posts: int, readers: int) -> Result:
    """Let authors write, everything be translated ahead, and everybody read everything."""
    engine = Counting()
    app.translator = Router([engine])
    pair = await generate_pair()
    authors = [await profiles.create_local(app, f"author{number}", pair=pair) for number in range(AUTHORS)]
    people: list[tuple[int, str]] = []
    for number in range(readers):
        account = await profiles.create_local(app, f"reader{number}", pair=pair)
        target = LANGUAGES[number % len(LANGUAGES)]
        await preferences.store(app, account.id, Preferences(Mode.REPLACE, target))
        people.append((account.id, target))
        for author in authors:
            await follows.request(app, account.id, author.id)
    await _write(app, [author.id for author in authors], posts)
    await worker.settle(app)
    views = shown = 0
    for account_id, target in people:
        seen, translated = await _read(app, account_id, target)
        views, shown = views + seen, shown + translated
    kept = await app.db.value("SELECT COUNT(*) AS value FROM post_translations WHERE state = 'ready'")
    return Result(posts, readers, views, shown, kept, engine.calls, engine.characters)


async def _write(app: App, authors: Sequence[int], posts: int) -> None:
    chosen = random.Random(SEED)
    texts: list[tuple[str, str]] = []
    for number in range(posts):
        language = LANGUAGES[number % len(LANGUAGES)]
        text = (f"{_PHRASES[language]} {number}", language)
        if texts and chosen.random() < REPEATED:
            text = chosen.choice(texts)
        texts.append(text)
        await publishing.publish(app, authors[number % len(authors)], Draft(text[0], language=text[1]))


async def _read(app: App, account_id: int, target: str) -> tuple[int, int]:
    """Read a home to its end; how many posts in other languages were seen, and how many of them in translation."""
    viewer = Viewer(account_id, 1, "member", frozenset({"read"}), 1, 1)
    seen = translated = 0
    oldest: int | None = None
    while True:
        found = await queries.home(app, account_id, Window(PAGE, max_id=oldest))
        if not found.ids:
            return seen, translated
        for one in await statuses(app, found.ids, viewer, context="home"):
            was = one.get("translation", {}).get("original", one)["language"]
            seen += was != target
            translated += "translation" in one
        oldest = min(found.ids)


async def _run(posts: int, readers: int) -> Result:
    with tempfile.TemporaryDirectory(prefix="fedinote-readers-") as folder:
        environment = {"FEDINOTE_SERVER_BASE_URL": "http://localhost:1", "FEDINOTE_SERVER_DATA_DIR": str(Path(folder))}
        async with running(load(None, environment), migrate=True) as app:
            return await simulate(app, posts, readers)


def main(given: Sequence[str] | None = None) -> int:
    """Run the simulation and print one sentence."""
    parser = argparse.ArgumentParser(prog="bench.readers", description="How often are translation engines asked?")
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--readers", type=int, default=50)
    options = parser.parse_args(given)
    print(uvloop.run(_run(options.posts, options.readers)))
    return 0


if __name__ == "__main__":
    sys.exit(main())

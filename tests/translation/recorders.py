"""Engines for tests that write down what they were given."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from fedinote.infra.app import App
from fedinote.infra.errors import Unavailable
from fedinote.translation.engine import Kind, Location, Term, Translated
from fedinote.translation.routing import Router


class Recorder:
    """Knows English, Spanish and Chinese, and answers with the target language before each text."""

    kind = Kind.MACHINE

    def __init__(self, location: Location, name: str = "") -> None:
        self.location = location
        self.name = name or f"Recorder, {location}"
        self.sent: list[str] = []
        self.calls = 0
        self.down = False
        self.pause = 0.0

    async def translate(
        self, texts: Sequence[str], *, source: str | None, target: str, terms: Sequence[Term] = ()
    ) -> Translated:
        """Write the texts down; fail while `down`."""
        self.sent += texts
        self.calls += 1
        await asyncio.sleep(self.pause)
        if self.down:
            raise Unavailable
        return Translated(tuple(self.answer(text, target) for text in texts), None if source else "en")

    def answer(self, text: str, target: str) -> str:
        """What is said for a text."""
        return f"{target} {text}"

    async def languages(self) -> Mapping[str, frozenset[str]]:
        """Three languages, each into the others."""
        all_of_them = frozenset({"en", "es", "zh-Hans"})
        return {tag: all_of_them - {tag} for tag in all_of_them}


def plain(row: Any) -> dict[str, Any]:
    """A row with all its columns."""
    return dict(row)


def engines(app: App, *locations: Location) -> dict[Location, Recorder]:
    """Let the app translate by recorders at these places, the first one first (all three, the worst first)."""
    wanted = locations or (Location.THIRD_PARTY, Location.NETWORK, Location.LOCAL)
    found = {location: Recorder(location) for location in wanted}
    app.translator = Router(tuple(found.values()))
    return found

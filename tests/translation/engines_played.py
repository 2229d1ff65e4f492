"""An engine that does as the test says."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from fedinote.translation.engine import Kind, Location, Term, Translated

Pairs = Mapping[str, frozenset[str]]
BOTH: Pairs = {"en": frozenset({"zh-Hans", "de"}), "zh-Hans": frozenset({"en"}), "de": frozenset({"en"})}


@dataclass
class Played:
    """Answers by `does` (by default in capitals), or raises `fails`; `asked` are the batches that came."""

    name: str = "Played"
    location: Location = Location.LOCAL
    kind: Kind = Kind.MACHINE
    pairs: Pairs = field(default_factory=lambda: BOTH)
    does: Callable[[str], str] = str.upper
    detected: str | None = None
    fails: Exception | None = None
    unlisted: Exception | None = None
    seconds: float = 0.0
    asked: list[list[str]] = field(default_factory=list)
    sources: list[str | None] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    listed: int = 0
    inside: int = 0
    most_inside: int = 0

    async def translate(
        self, texts: Sequence[str], *, source: str | None, target: str, terms: Sequence[Term] = ()
    ) -> Translated:
        self.asked.append(list(texts))
        self.sources.append(source)
        self.terms = list(terms)
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.inside -= 1
        if self.fails is not None:
            raise self.fails
        return Translated(tuple(map(self.does, texts)), None if source else self.detected)

    async def languages(self) -> Pairs:
        self.listed += 1
        if self.unlisted is not None:
            raise self.unlisted
        return self.pairs

"""The way to one engine: batches, turns, a limit of time, rests after failures, and a look at what comes back."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fedinote.infra.errors import Invalid, Unavailable
from fedinote.text import language
from fedinote.translation import plausible
from fedinote.translation.breaker import Breaker
from fedinote.translation.engine import Engine, Kind, Term, Translated
from fedinote.translation.engines.conversion import table_of

SAME = "The text is in this language already"
BATCH_TEXTS = 40
BATCH_CHARACTERS = 4_000
MAX_WAITING = 100
LANGUAGES_RETRY = 30.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How one engine is asked: `timeout` in seconds for one batch, `concurrency` in batches at once.

    `texts` and `characters` are what one batch holds at most; a single longer text is a batch of its own.
    """

    timeout: float = 5.0
    concurrency: int = 4
    texts: int = BATCH_TEXTS
    characters: int = BATCH_CHARACTERS


class Lane:
    """One engine with all that stands between it and the texts. `now` is a monotonic clock in seconds."""

    def __init__(self, engine: Engine, pace: Pace, now: Callable[[], float]) -> None:
        self.engine = engine
        self.breaker = Breaker(now)
        self._pace = pace
        self._slots = asyncio.Semaphore(pace.concurrency)
        self._waiting = 0
        self._now = now
        self._unlisted_until = float("-inf")

    async def translate(
        self, texts: Sequence[str], *, source: str | None, target: str, terms: Sequence[Term] = ()
    ) -> Translated:
        """Translate all texts or raise what `Engine.translate` raises; blank ones come back as they are."""
        wanted = [at for at, text in enumerate(texts) if text.strip()]
        answers = list(texts)
        detected: str | None = None
        for batch in _batches(texts, wanted, self._pace):
            asked = [texts[at] for at in batch]
            # What the first batch was recognised as holds for the rest: it is one post.
            part = await self._batch(asked, source or detected, target, terms)
            detected = detected or part.detected
            if source is None and detected and _is(detected, target):
                raise Invalid(SAME)
            for at, text in zip(batch, part.texts, strict=True):
                answers[at] = text
        return Translated(tuple(answers), None if source else detected)

    async def languages(self) -> Mapping[str, frozenset[str]]:
        """Tell what the engine translates, also while it rests: engines keep their lists, and clients ask for long.

        Raises `Unavailable`, and does not ask again at once: nobody should wait for that before anything else. The
        breaker has no part in it, since an answer from memory does not say that the engine is back.
        """
        if self._now() < self._unlisted_until:
            raise Unavailable(reason=f"{self.engine.name} does not say what it translates")
        try:
            async with _in_time(self._pace.timeout):
                return await self.engine.languages()
        except Unavailable:
            self._unlisted_until = self._now() + LANGUAGES_RETRY
            raise

    async def can(self, source: str | None, target: str) -> bool:
        """Tell whether the engine has a pair of languages; True when it does not say what it has."""
        if self.engine.kind is Kind.CONVERSION:
            return table_of(source, target) is not None
        try:
            return _knows(await self.languages(), source, target)
        except Unavailable:
            return True

    async def _batch(self, texts: list[str], source: str | None, target: str, terms: Sequence[Term]) -> Translated:
        async with self._turn():
            with self.breaker.guard():
                async with _in_time(self._pace.timeout):
                    answer = await self.engine.translate(texts, source=source, target=target, terms=terms)
                plausible.check(texts, answer.texts, source=source or answer.detected, target=target)
        return answer

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait for a turn, no longer than an answer may take: a long queue is no failure of the engine."""
        if self.breaker.is_open or self._waiting >= MAX_WAITING:
            raise Unavailable("The translation service is not available at the moment", reason="resting or crowded")
        self._waiting += 1
        try:
            async with _in_time(self._pace.timeout):
                await self._slots.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._slots.release()


def _is(tag: str, other: str) -> bool:
    """Whether two tags name one language in one script."""
    return language.base_of(tag) == language.base_of(other) and language.script_of(tag) == language.script_of(other)


def _knows(pairs: Mapping[str, frozenset[str]], source: str | None, target: str) -> bool:
    if source is None:
        return language.match(target, frozenset().union(*pairs.values()), target=True) is not None
    known = language.match(source, pairs)
    # The language itself is among the targets, so that its other script is not taken for a translation.
    return known is not None and language.match(target, pairs[known] | {known}, target=True) not in (None, known)


@asynccontextmanager
async def _in_time(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise Unavailable(reason="no answer in time") from None


def _batches(texts: Sequence[str], wanted: Sequence[int], pace: Pace) -> Iterator[list[int]]:
    """The places of the texts, grouped so that one request stays within what an engine does in time."""
    batch: list[int] = []
    chars = 0
    for at in wanted:
        if batch and (len(batch) == pace.texts or chars + len(texts[at]) > pace.characters):
            yield batch
            batch, chars = [], 0
        batch.append(at)
        chars += len(texts[at])
    if batch:
        yield batch

"""Run the traps of translation through engines and count: what `fedinote translate bench` does."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from fedinote.infra.errors import FediNoteError
from fedinote.text import html, language
from fedinote.translation.engine import Engine, Kind
from fedinote.translation.routing import Router
from fedinote.translation.segments import segment_html
from fedinote.translation.traps import KINDS, TRAPS, Trap, passes


@dataclass(frozen=True, slots=True)
class Miss:
    """A trap that an engine did not pass: what came of it, or the error."""

    trap: Trap
    said: str


@dataclass(slots=True)
class Score:
    """How one engine did with one pair: by kind what was passed and tried, milliseconds of each, characters sent."""

    engine: str
    source: str
    target: str
    passed: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)
    characters: int = 0
    errors: int = 0
    misses: list[Miss] = field(default_factory=list)


async def scores(router: Router, wanted: Callable[[Engine, str, str], bool]) -> AsyncIterator[Score]:
    """Yield the score of each engine for each pair of the traps that it knows and that is `wanted`."""
    pairs = sorted({(trap.language, target) for trap in TRAPS for target in trap.targets})
    for engine in router.engines:
        for source, target in pairs if engine.kind is Kind.MACHINE else ():
            if wanted(engine, source, target) and engine in await router.chain(source, target):
                yield await _scored(router, engine, source, target)


async def _scored(router: Router, engine: Engine, source: str, target: str) -> Score:
    score = Score(engine.name, source, target)
    for trap in TRAPS:
        if trap.language == source and target in trap.targets:
            score.tried[trap.kind] += 1
            said = await _said(router, engine, score, trap)
            if said is not None and _good(trap, target, said):
                score.passed[trap.kind] += 1
            elif said is not None:
                score.misses.append(Miss(trap, html.to_text(said)))
    return score


async def _said(router: Router, engine: Engine, score: Score, trap: Trap) -> str | None:
    """The translation as a reader would see it; None when there is none."""
    post = segment_html(html.sanitise(trap.html))
    begun = time.perf_counter()
    try:
        routed = await router.translate(
            post.runs, source=score.source, target=score.target, among=lambda other: other is engine
        )
    except FediNoteError as error:
        score.errors += 1
        score.misses.append(Miss(trap, f"({type(error).__name__}: {error.reason})"))
        return None
    score.milliseconds.append((time.perf_counter() - begun) * 1000)
    score.characters += sum(map(len, post.runs))
    return html.sanitise(post.rebuild(routed.texts))


def _good(trap: Trap, target: str, said: str) -> bool:
    words = html.to_text(said)
    return _changed(trap, words) and passes(trap, language.base_of(target) or target, said, words)


def _changed(trap: Trap, words: str) -> bool:
    """Whether there is any word that was not there before: what comes back as it was is no translation."""
    return words.strip() != html.to_text(html.sanitise(trap.html)).strip()


def table(found: Sequence[Score]) -> str:
    """Lay scores out as text: a row for each engine and pair, passed of tried by kind, median ms, characters."""
    head = ["engine", "pair", *KINDS, "all", "errors", "ms", "characters"]
    rows = [head, *(_row(score) for score in found)]
    if len(found) > 1:
        rows.append(_row(_sum(found)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) if column < 2 else cell.rjust(width) for column, (cell, width) in enumerate(cells))
        for row in rows
        for cells in [list(zip(row, widths, strict=True))]
    ]
    return "\n".join(line.rstrip() for line in lines)


def _row(score: Score) -> list[str]:
    def part(passed: int, tried: int) -> str:
        return f"{passed}/{tried}" if tried else "-"

    middle = sorted(score.milliseconds)[len(score.milliseconds) // 2] if score.milliseconds else 0.0
    return [
        score.engine,
        f"{score.source}>{score.target}" if score.source else "",
        *(part(score.passed[kind], score.tried[kind]) for kind in KINDS),
        part(score.passed.total(), score.tried.total()),
        str(score.errors),
        f"{middle:.0f}",
        str(score.characters),
    ]


def _sum(found: Sequence[Score]) -> Score:
    whole = Score("all", "", "")
    for score in found:
        whole.passed += score.passed
        whole.tried += score.tried
        whole.milliseconds += score.milliseconds
        whole.characters += score.characters
        whole.errors += score.errors
    return whole

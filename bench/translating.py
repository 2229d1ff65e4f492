"""A home page of twenty posts as one person reads it: as written, translated, and both below one another."""

from dataclasses import replace

from bench.figures import Bench, Figure, Line
from bench.plan import LOCAL_ACCOUNTS as ABROAD
from bench.reading import measured
from bench.seeding import LANGUAGE
from bench.wire import Client

PATH = "/api/v1/timelines/home?limit=20"
NAMES = {"button": "home of 20, as written", "replace": "home of 20, translated", "append": "home of 20, both"}
ROUNDS = 3
_PREFERENCES = "/api/fedinote/v1/translation/preferences"


async def pages(bench: Bench) -> list[Line]:
    """Measure the three ways in turn, some rounds long, by somebody who wrote none of the posts; the best rounds count.

    What is compared differs by little, and whatever else the machine does only ever makes a round slower.
    """
    reader = bench.client(ABROAD)
    others = bench.seeded.account_ids[1:ABROAD]
    for account_id in others:
        await reader.call("POST", f"/api/v1/accounts/{account_id}/follow")
    shorter = replace(bench, plan=replace(bench.plan, read_seconds=bench.plan.read_seconds / ROUNDS))
    rounds: dict[str, list[Line]] = {name: [] for name in NAMES.values()}
    for _ in range(ROUNDS):
        for mode, name in NAMES.items():
            await _read_as(reader, mode)
            rounds[name].append(await measured(shorter, name, PATH, person=ABROAD))
    await reader.call("PUT", _PREFERENCES, {"mode": "button"})
    for account_id in others:
        await reader.call("POST", f"/api/v1/accounts/{account_id}/unfollow")
    reader.close()
    return [Line(name, _best(lines)) for name, lines in rounds.items()]


async def _read_as(reader: Client, mode: str) -> None:
    """Choose a mode, and see that the page is what is to be measured."""
    await reader.call("PUT", _PREFERENCES, {"mode": mode, "target": LANGUAGE})
    found = await reader.call("GET", PATH)
    expected = 0 if mode == "button" else len(found)
    shown = sum("translation" in (one["reblog"] or one) for one in found)
    if shown != expected or not found:
        raise RuntimeError(f"{shown} of {len(found)} posts are translated, not {expected}")


def _best(lines: list[Line]) -> list[Figure]:
    return [min(figures, key=lambda one: one.cpu_ms) for figures in zip(*(line.figures for line in lines), strict=True)]

"""Setting a new server up, step by step: what is done, what was put aside, and what comes next."""

from collections.abc import Mapping
from typing import Literal

from fedinote.infra.app import App
from fedinote.infra.errors import NotFound

STEPS = ("name", "rules", "registration", "translation", "storage", "topics")
State = Literal["done", "skipped"]
DONE: State = "done"
SKIPPED: State = "skipped"
_CACHE = "first-steps"


async def states(app: App) -> Mapping[str, str]:
    """Return the state of each step that was done or put aside."""
    rows = await app.db.rows("SELECT name, state FROM first_steps")
    return {row["name"]: row["state"] for row in rows if row["name"] in STEPS}


async def mark(app: App, name: str, state: State) -> None:
    """Note that a step was done or put aside; what was done stays done. Raises NotFound."""
    if name not in STEPS:
        raise NotFound
    await app.db.execute(
        "INSERT INTO first_steps (name, state, at) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
        " state = CASE WHEN first_steps.state = 'done' THEN 'done' ELSE excluded.state END, at = excluded.at",
        name,
        state,
        app.now(),
    )


async def finish(app: App) -> None:
    """Put aside what was not done, so that nobody is reminded any more."""
    async with app.db.transaction():
        for name in STEPS:
            await mark(app, name, SKIPPED)


async def upcoming(app: App) -> str:
    """Return the first step that nobody looked at yet, "" when there is none."""
    found = await states(app)
    return next((name for name in STEPS if name not in found), "")


async def waiting(app: App) -> bool:
    """Tell whether there are steps that nobody looked at. No query once there are none."""
    if app.caches.get(_CACHE):
        return False
    if await upcoming(app):
        return True
    app.caches[_CACHE] = True
    return False

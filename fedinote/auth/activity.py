"""On which days somebody was here: one row for each person and day, from which the staff sees sums and nothing else."""

import contextlib
from datetime import timedelta

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.errors import Unavailable

CACHE = "active-today"
DAY_MS = 86_400_000
KEPT = timedelta(days=750)  # two years of months, and what cohorts of the first of them look back at


def day_of(app: App) -> int:
    """Return today as days since 1970-01-01, UTC."""
    return to_ms(app.now()) // DAY_MS


async def note(app: App, user_id: int) -> None:
    """Note that a person is here today. Whoever was noted by this process already costs a look into a set."""
    today = day_of(app)
    cached: tuple[int, set[int]] | None = app.caches.get(CACHE)
    if cached is None or cached[0] != today:
        cached = app.caches[CACHE] = (today, set())
    if user_id in cached[1]:
        return
    with contextlib.suppress(Unavailable):  # a full disk must not stop people from reading
        await app.db.execute(
            "INSERT INTO user_days (user_id, day) SELECT id, CAST(? AS BIGINT) FROM users WHERE id = ?"
            " ON CONFLICT (user_id, day) DO NOTHING",
            today,
            user_id,
        )
        cached[1].add(user_id)


async def prune(app: App) -> int:
    """Delete the rows that are too old to be asked for; return how many. For the periodic jobs."""
    return await app.db.execute("DELETE FROM user_days WHERE day < ?", to_ms(app.now() - KEPT) // DAY_MS)

"""Counting the codes that somebody tries: in the database, so that neither a restart nor a second process forgets.

Six digits are guessed in a day or two by whoever may try for ever. The count is for each login, whatever the address,
and holds for codes of the authenticator app and recovery codes together.
"""

from datetime import timedelta

from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.errors import TooMany

MOST = 5
WINDOW = timedelta(minutes=15)
_COUNT = (
    "INSERT INTO second_factors (user_id, tries, tries_since, last_step) VALUES (?, 1, ?, 0)"
    " ON CONFLICT (user_id) DO UPDATE SET"
    " tries = CASE WHEN second_factors.tries_since > ? THEN second_factors.tries + 1 ELSE 1 END,"
    " tries_since = CASE WHEN second_factors.tries_since > ? THEN second_factors.tries_since"
    " ELSE excluded.tries_since END RETURNING tries, tries_since"
)


async def count(app: App, user_id: int) -> None:
    """Count a try, before it is looked at: of many at the same time no more than five are. `TooMany` after those."""
    now = app.now()
    over = now - WINDOW
    (row,) = await app.db.returning(_COUNT, user_id, now, over, over)
    if row["tries"] > MOST:
        wait = from_ms(row["tries_since"]) + WINDOW - now
        raise TooMany("Too many wrong codes. Try again later", retry_after=max(1, int(wait.total_seconds()) + 1))


async def forgive(app: App, user_id: int) -> None:
    """Forget the tries: a code was right."""
    await app.db.execute("UPDATE second_factors SET tries = 0 WHERE user_id = ?", user_id)

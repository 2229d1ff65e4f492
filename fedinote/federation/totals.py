"""How many followers, followed accounts and posts an account elsewhere has by its own server's count.

Only those who have to do with somebody here are known here, so what is shown is what is known and how many more the
collections tell (`totalItems`); what happens here afterwards adds to it.
"""

import contextlib

from fedinote.activitypub import vocab
from fedinote.activitypub.quirks import same_origin
from fedinote.federation import fetching
from fedinote.federation.fetching import Budget
from fedinote.federation.surroundings import MOST
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError

_NAMES = ("followers", "following", "statuses")


async def read(app: App, account: Row, posts: int | None, budget: Budget) -> None:
    """Ask for the totals of an account elsewhere, and keep those that are told; `posts` is that of its outbox.

    `account` has `id`, `uri`, `followers_url` and `following_url`. Failing does no harm.
    """
    told = {name: await _total(app, account, name, budget) for name in _NAMES[:2]} | {"statuses": posts}
    counts = {name: total for name, total in told.items() if total is not None and 0 <= total <= MOST}
    if not counts:
        return
    total = "CAST(? AS BIGINT)"
    changes = ", ".join(
        f"{name}_elsewhere = CASE WHEN {total} > {name}_count THEN {total} - {name}_count END" for name in counts
    )
    await app.db.execute(
        f"UPDATE accounts SET {changes} WHERE id = ? AND domain <> ''",  # noqa: S608  fixed names
        *(count for count in counts.values() for _ in range(2)),
        account["id"],
    )


async def _total(app: App, account: Row, name: str, budget: Budget) -> int | None:
    """Return what a collection of the account says that it holds; None where it does not say, or is not its own."""
    url = account[f"{name}_url"]
    if not url or not same_origin(url, account["uri"]):
        return None
    with contextlib.suppress(FediNoteError):
        document, _ = await fetching.page(app, url, budget)
        return vocab.parse_collection(document).total
    return None

"""What people lost by a severance, to be taken along as Mastodon's CSV, and following again those whom they choose."""

from collections.abc import Sequence

import msgspec

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import FediNoteError, Invalid
from fedinote.notifications import severances
from fedinote.portability import exports, formats, imports
from fedinote.relations import follows
from fedinote.timelines.window import Window

MAX_ROWS = formats.MAX_ROWS
AT_ONCE = 100
"""How many are followed again at one click; all of them go by an import, which is done in the background."""
_COLUMN = "Account address"


async def file(app: App, account_id: int, severance_id: int, side: str) -> str:
    """Return the lost "following" (to be imported again as follows) or "follower" of an event as CSV. `NotFound`."""
    await severances.get(app, account_id, severance_id)
    rows = await severances.lost(app, severance_id, side, Window(MAX_ROWS).sql)
    if side == "following":
        return formats.write("follows", [_follow(app, row) for row in rows])
    return "".join(f"{one}\n" for one in (_COLUMN, *(exports.address(app, row) for row in rows)))


def _follow(app: App, row: Row) -> Sequence[str]:
    shown, told = formats.from_flag(row["reblogs"]), formats.from_flag(row["notify"])
    return exports.address(app, row), shown, told, ", ".join(_languages(row))


def _languages(row: Row) -> list[str]:
    return msgspec.json.decode(row["languages"], type=list[str]) if row["languages"] else []


async def follow_again(app: App, account_id: int, severance_id: int, chosen: Sequence[int]) -> tuple[int, int]:
    """Ask to follow the chosen lost accounts again, as before; return how many were asked, and how many could not be.

    Each is an ordinary request to follow. `NotFound`; `Invalid` for more than 100 at once.
    """
    if len(chosen) > AT_ONCE:
        raise Invalid(f"Validation failed: At most {AT_ONCE} at once")
    await severances.get(app, account_id, severance_id)
    wanted, done, failed = set(chosen), 0, 0
    for row in await severances.lost(app, severance_id, "following", Window(MAX_ROWS).sql):
        if row["other_id"] not in wanted:
            continue
        try:
            await follows.request(
                app,
                account_id,
                row["other_id"],
                reblogs=bool(row["reblogs"]),
                notify=bool(row["notify"]),
                languages=_languages(row),
            )
            done += 1
        except FediNoteError:
            failed += 1
    return done, failed


async def follow_all_again(app: App, account_id: int, severance_id: int) -> int:
    """Ask to follow all lost accounts again, by an import; its id. `NotFound`, `Conflict` while one is going on."""
    data = await file(app, account_id, severance_id, "following")
    return await imports.start(app, account_id, "follows", data.encode())

"""One row of a file, done: find whom or what it is about, then call the verb that a person's click would call.

Finding may ask other servers; it comes first, outside of any transaction. Each verb may be repeated.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from fedinote.federation import resolve
from fedinote.federation.fetching import Budget
from fedinote.infra.app import App
from fedinote.infra.clock import from_iso
from fedinote.infra.errors import Conflict, FediNoteError, NotFound, TooMany, Unavailable
from fedinote.portability import formats
from fedinote.posts import interactions
from fedinote.relations import blocks, domains, follows
from fedinote.timelines import lists

Done = Callable[[], Awaitable[object]]
"""What is left to do once all is found: only the database, in the caller's transaction."""


def host(app: App, kind: str, cells: Sequence[str]) -> str:
    """Return the other server that has to be asked about a row if it is unknown here; "" for ours and for none."""
    if kind == "domain_blocks":
        return ""
    if kind == "bookmarks":
        found = cells[0].partition("://")[2].partition("/")[0].lower()
    else:
        found = cells[1 if kind == "lists" else 0].lstrip("@").partition("@")[2].lower()
    return "" if found in app.settings.own_hosts else found


async def _account(app: App, address: str) -> int:
    """Return the account of an address. Raises Unavailable where its server does not answer, else NotFound."""
    try:
        return await resolve.asked(app, address, Budget())
    except (Unavailable, TooMany):
        raise Unavailable("The server of the account does not answer") from None
    except FediNoteError:
        raise NotFound("There is no such account") from None


async def _follow(app: App, me: int, cells: Sequence[str]) -> Done:
    target = await _account(app, cells[0])
    shown, told = formats.flag(cells[1], True), formats.flag(cells[2], False)
    languages = [one.strip() for one in cells[3].split(",") if one.strip()]
    return lambda: follows.request(app, me, target, reblogs=shown, notify=told, languages=languages)


async def _block(app: App, me: int, cells: Sequence[str]) -> Done:
    target = await _account(app, cells[0])
    return lambda: blocks.block(app, me, target)


async def _mute(app: App, me: int, cells: Sequence[str]) -> Done:
    """Mute somebody; a third cell, which an archive has, says until when. One that is there is not made longer."""
    target = await _account(app, cells[0])
    end = from_iso(cells[2]) if len(cells) > 2 else None

    async def mute() -> None:
        left = 0 if end is None else max(1, int((end - app.now()).total_seconds()))
        if not left or not await _muted(app, me, target):
            await blocks.mute(app, me, target, hide_notifications=formats.flag(cells[1], True), duration=left)

    return mute


async def _muted(app: App, me: int, target: int) -> bool:
    sql = "SELECT 1 AS value FROM mutes WHERE account_id = ? AND target_id = ?"
    return await app.db.row(sql, me, target) is not None


async def _list(app: App, me: int, cells: Sequence[str]) -> Done:
    """Put somebody into a list of that name, which is made where there is none; who is not followed yet is."""
    target = await _account(app, cells[1])
    if target != me:
        follow = await follows.request(app, me, target)
        if not follow.accepted:
            raise Conflict("The follow is not accepted yet")
    title = cells[0]

    async def add() -> None:
        mine = await lists.of(app, me)
        there = next((one for one in mine if one.title == title), None) or await lists.create(app, me, title)
        await lists.add(app, me, there.id, [target])

    return add


async def _bookmark(app: App, me: int, cells: Sequence[str]) -> Done:
    post_id = await resolve.post(app, cells[0], Budget())
    return lambda: interactions.bookmark(app, me, post_id)


async def _block_domain(app: App, me: int, cells: Sequence[str]) -> Done:
    return lambda: domains.block(app, me, cells[0])


APPLY: Mapping[str, Callable[[App, int, Sequence[str]], Awaitable[Done]]] = {
    "follows": _follow,
    "blocks": _block,
    "mutes": _mute,
    "lists": _list,
    "bookmarks": _bookmark,
    "domain_blocks": _block_domain,
}

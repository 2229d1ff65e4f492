"""The list of the servers that take part where only listed ones do. What it keeps out is in `policy.domains`."""

from collections.abc import Callable, Sequence

from fedinote.infra.app import App
from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation import deciding
from fedinote.moderation.moderator import Moderator, Power
from fedinote.moderation.servers import domain_changes
from fedinote.moderation.servers.domain_changes import Batch
from fedinote.policy import allows, domains
from fedinote.policy.models import DomainAllow

Window = Callable[[str], tuple[str, Sequence[int], str]]


async def allow(app: App, domain: str, *, by: Moderator | None, batch: Batch | None = None) -> DomainAllow:
    """List a server, and return the entry: the one that is there, if it is listed already.

    Its subdomains are not meant. `Invalid` for what is no domain and for our own; `Forbidden`.
    """
    deciding.check(by, Power.DOMAINS)
    name = domains.key(domain)
    if name in app.settings.own_hosts:
        raise Invalid("Validation failed: Domain is this server's own")
    async with app.db.transaction():
        made = await app.db.returning(
            "INSERT INTO domain_allows (id, domain, created_at) VALUES (?, ?, ?)"
            " ON CONFLICT (domain) DO NOTHING RETURNING id",
            app.ids.next(),
            name,
            app.now(),
        )
        if made:
            await deciding.note(app, by, "allow.add", ("domain", name))
            await _journal(app, batch, name, by, listed=True)
            app.db.after_commit(lambda: allows.forget(app))
        return await DomainAllow.get(domain=name, using_db=app.db.orm)


async def _journal(app: App, batch: Batch | None, name: str, by: Moderator | None, *, listed: bool) -> None:
    before: dict[str, str] | None = None if listed else {}
    after: dict[str, str] | None = {} if listed else None
    actor_id = by.account_id if by else None
    await domain_changes.record(app, batch, domain_changes.ALLOW, name, before=before, after=after, actor_id=actor_id)


async def disallow(app: App, allow_id: int, *, by: Moderator | None, batch: Batch | None = None) -> DomainAllow:
    """Take a server off the list, and return what the entry was. What is known of it stays. `NotFound`, `Forbidden`."""
    deciding.check(by, Power.DOMAINS)
    async with app.db.transaction():
        found = await get(app, allow_id)
        await app.db.execute("DELETE FROM domain_allows WHERE id = ?", allow_id)
        await deciding.note(app, by, "allow.remove", ("domain", found.domain))
        await _journal(app, batch, found.domain, by, listed=False)
        app.db.after_commit(lambda: allows.forget(app))
    return found


async def get(app: App, allow_id: int) -> DomainAllow:
    """Return an entry. `NotFound` when there is none."""
    found = await DomainAllow.get_or_none(id=allow_id, using_db=app.db.orm)
    if found is None:
        raise NotFound
    return found


async def find(app: App, domain: str) -> DomainAllow | None:
    """Return the entry of exactly this domain, in any spelling, or None. `Invalid` for what is no domain."""
    return await DomainAllow.get_or_none(domain=domains.key(domain), using_db=app.db.orm)


async def listing(app: App, window: Window) -> list[DomainAllow]:
    """Return a page of entries; `window` gives condition, parameters and order for a column (`Paging.sql`)."""
    return await search(app, window)


async def search(app: App, window: Window, *, text: str = "") -> list[DomainAllow]:
    """Return a page of the entries whose name has `text`."""
    where, params, order = window("d.id")
    like = f"%{text.lower().replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
    rows = await app.db.rows(
        f"SELECT d.id FROM domain_allows d WHERE {where} AND d.domain LIKE ? ESCAPE '!' {order}",  # noqa: S608
        *params,
        like,
    )
    ids = [row["id"] for row in rows]
    found = {one.id: one for one in await DomainAllow.filter(id__in=ids).using_db(app.db.orm)}
    return [found[one] for one in ids if one in found]


async def everything(app: App) -> list[DomainAllow]:
    """Return the whole list, by name."""
    return await DomainAllow.all().using_db(app.db.orm).order_by("domain")

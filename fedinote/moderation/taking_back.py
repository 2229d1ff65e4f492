"""One door for taking back what was decided at once, whatever it was about: the number of the batch is enough."""

from dataclasses import dataclass

from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, NotFound
from fedinote.moderation import many
from fedinote.moderation.cases import report_batches
from fedinote.moderation.moderator import Moderator
from fedinote.moderation.servers import domain_undoing

_KINDS = """SELECT (SELECT MIN(b.what) FROM batch_items b WHERE b.batch = ?) AS items,
 (SELECT MIN(d.listing) FROM domain_changes d WHERE d.batch = ?) AS listing,
 (SELECT MIN(l.action) FROM audit_log l WHERE l.target_type = 'batch' AND l.target = ?
  AND l.action = 'batch.reports') AS reports"""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a batch was about (held posts, accounts, servers, reports), how much is as before, and what is not: why."""

    about: str
    done: int
    left: tuple[str, ...] = ()


async def undo(app: App, batch: int, *, by: Moderator | None) -> TakenBack:
    """Take a batch back. `by` None is the command line, which cannot do it for reports and accounts.

    `NotFound`, `Forbidden`, and `Conflict` when it is undone already.
    """
    found = await app.db.row(_KINDS, batch, batch, str(batch))
    if found is not None and found["items"]:
        done = await many.undo(app, batch, by=by)
        about = "accounts" if found["items"] == "account" else "held posts"
        return TakenBack(about, done.done, tuple(f"{number}: {why}" for number, why in done.failed))
    if found is not None and found["listing"]:
        undone = await domain_undoing.undo(app, batch, by=by)
        return TakenBack("servers", undone.number, tuple(f"{name}: somebody changed it since" for name in undone.left))
    if found is not None and found["reports"]:
        if by is None:
            raise Forbidden("Who worked on these reports takes that back: say whose name you act in")
        return TakenBack("reports", await report_batches.undo(app, by, batch))
    raise NotFound("There is no such batch")

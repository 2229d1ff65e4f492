"""What ends when an account of another server is suspended here: its follows of people here."""

from fedinote.accounts.models import Account
from fedinote.events import Loss, RelationshipsSevered
from fedinote.infra.app import App
from fedinote.relations import follows


async def end_follows_of_ours(app: App, account_id: int) -> None:
    """End the follows of people here by an account of another server, and let those know who lose it by that."""
    rows = await app.db.rows(
        "SELECT f.target_id, f.accepted FROM follows f JOIN accounts a ON a.id = f.target_id"
        " WHERE f.follower_id = ? AND a.domain = ''",
        account_id,
    )
    for row in rows:
        await follows.reject(app, account_id, row["target_id"])
    await _say_severed(app, account_id, [row["target_id"] for row in rows if row["accepted"]])


async def _say_severed(app: App, account_id: int, people: list[int]) -> None:
    """Let those know whom the account followed; follows the other way stay, and are no loss yet."""
    if people:
        target = await Account.get(id=account_id, using_db=app.db.orm)
        losses = tuple(Loss(one, account_id, "follower") for one in sorted(people))
        await app.emit(RelationshipsSevered("account_suspension", target.acct, losses))

"""What the verbs that change a list of the server have in common: who may, and the row in the audit log."""

from typing import Any

from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden
from fedinote.moderation import audit
from fedinote.moderation.moderator import Moderator, Power


def check(by: Moderator | None, power: Power) -> None:
    """Refuse a moderator without the power; None, the command line, may everything. `Forbidden`."""
    if by is not None and not by.may(power):
        raise Forbidden


async def note(app: App, by: Moderator | None, action: str, target: tuple[str, str], **detail: Any) -> None:
    """Note a decision about a target (type, name), in the transaction that carries it out."""
    await audit.record(
        app,
        actor_id=by.account_id if by else None,
        action=action,
        target_type=target[0],
        target=target[1],
        detail={"via": "" if by else "command line", **detail},
    )

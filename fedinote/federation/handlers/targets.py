"""Finding what an activity is about among our own things."""

from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import Malformed, NotFound


async def local_account(app: App, uri: str | None) -> Row:
    """Return the local person or bot with this id; Malformed without one, NotFound when there is none."""
    if uri is None:
        raise Malformed(reason="the activity names no object")
    row = await app.db.row(
        "SELECT * FROM accounts WHERE uri = ? AND domain = '' AND suspended_at IS NULL AND actor_type <> 'Application'",
        uri,
    )
    if row is None:
        raise NotFound(reason="no such local account")
    return row

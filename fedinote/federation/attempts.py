"""A diary of deliveries, for whoever asks why something did not arrive: each attempt, its server, time and result."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from fedinote.infra.db import Query

KEEP = timedelta(days=7)
MAX_SAID = 500
ACCEPTED = "accepted"

_NOTE = (
    "INSERT INTO delivery_log (about, activity, host, inbox, at, said)"
    " SELECT order_key, CAST(? AS TEXT), host, inbox, CAST(? AS BIGINT), CAST(? AS TEXT) FROM deliveries"
    " WHERE id IN_INTS(?)"
)


class _Named(msgspec.Struct):
    type: str = ""
    id: str = ""


def name_of(body: bytes) -> str:
    """Return the type and the id of an activity, as the diary calls it."""
    try:
        found = msgspec.json.decode(body, type=_Named)
    except msgspec.DecodeError:  # somebody else's, which we forward as it is
        return ""
    return f"{found.type} {found.id}".strip()


def note(activity: str, deliveries: Iterable[int], at: datetime, said: str) -> Query:
    """Return the statement that writes down how an attempt ended; to be run while the deliveries' rows are there."""
    return _NOTE, (activity, at, said[:MAX_SAID], list(deliveries))


def forget(now: datetime) -> Query:
    """Return the statement that deletes what is older than a week."""
    return "DELETE FROM delivery_log WHERE at < ?", (now - KEEP,)

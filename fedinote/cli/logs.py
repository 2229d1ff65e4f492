"""The log: one line of JSON for each event, to standard error. What strangers send cannot break the lines."""

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import msgspec

from fedinote.infra.clock import iso

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


# uvicorn's own words for a WebSocket that was refused with an HTTP answer: any stranger could fill the log with it.
_REFUSED = "ASGI callable returned without completing handshake."


class JsonFormatter(logging.Formatter):
    """Time, level, logger and message, then the fields of `extra`, then the traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        line: dict[str, Any] = {
            "time": iso(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update((name, value) for name, value in vars(record).items() if name not in _OWN)
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line, enc_hook=str).decode()


def is_news(record: logging.LogRecord) -> bool:
    """Tell whether a record says more than that a WebSocket was refused, which is no error of this server."""
    return record.msg != _REFUSED


def configure(level: str) -> None:
    """Send the log to standard error from this level up. Called once, by the commands that run a server."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(is_news)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # At INFO it tells of its start and end in words of its own, which ours already do; below INFO it writes down what
    # web sockets carry: tokens and posts.
    quiet = logging.INFO if level == "debug" else logging.WARNING
    logging.getLogger("uvicorn").setLevel(max(quiet, logging.getLogger().level))

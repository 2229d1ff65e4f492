"""What the walks through Mastodon.py's methods share."""

import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from tests.support.process import ServerProcess

mastodon: Any = pytest.importorskip("mastodon")
SCOPES = "read write follow push profile admin:read admin:write"
PASSWORD = "a long enough password"


def public_methods() -> set[str]:
    """Name everything that Mastodon.py lets one call."""
    names = (name for name in dir(mastodon.Mastodon) if not name.startswith("_"))
    return {name for name in names if callable(getattr(mastodon.Mastodon, name))}


Client = Any


def client(server: ServerProcess, name: str) -> Any:
    """Sign somebody in; "" for nobody."""
    token = server.token(name, SCOPES) if name else None
    return mastodon.Mastodon(access_token=token, api_base_url=server.base_url, ratelimit_method="throw")


def picture(colour: str = "navy") -> bytes:
    """Draw a PNG."""
    data = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(data, "PNG")
    return data.getvalue()


def close(stream: Any, wake: Callable[[], object]) -> None:
    """End a stream. Its own thread sits on the connection until something comes: `wake` lets something come."""
    ending = threading.Thread(target=stream.close)
    ending.start()
    while ending.is_alive():
        wake()
        ending.join(0.3)


class Listener(mastodon.StreamListener):  # type: ignore[misc]
    """What a stream brought; `heard` is set with the first of it."""

    def __init__(self) -> None:
        self.heard = threading.Event()
        self.kinds: list[str] = []

    def _hear(self, kind: str) -> None:
        self.kinds.append(kind)
        self.heard.set()

    def on_update(self, status: object) -> None:
        self._hear("update")

    def on_notification(self, notification: object) -> None:
        self._hear("notification")

    def on_conversation(self, conversation: object) -> None:
        self._hear("conversation")

"""People for tests: accounts with a login, and settings for one test."""

from typing import Any

import msgspec

from fedinote.auth import registrations
from fedinote.auth.models import User
from fedinote.infra.app import App

PASSWORD = "a horse with a hat"


async def person(app: App, name: str = "alice", role: str = "member") -> User:
    """Make somebody whose password is PASSWORD."""
    return await registrations.create_user(app, name, f"{name.lower()}@mail.example", PASSWORD, role)


def configure(app: App, section: str, **values: Any) -> None:
    """Change settings of one section for this App."""
    changed = msgspec.structs.replace(getattr(app.settings, section), **values)
    app.settings = msgspec.structs.replace(app.settings, **{section: changed})


def client(app: App, address: str = "203.0.113.9") -> "Any":
    """Return a browser at the whole server."""
    from fedinote import server
    from tests.support.browser import Browser

    return Browser(server.create(app), host=app.settings.host, address=address)

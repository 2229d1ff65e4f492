"""Accounts for tests of the domain: local ones without a login, and remote ones, straight into the tables."""

from fedinote.accounts.models import Account
from fedinote.infra.app import App


async def local(app: App, name: str) -> Account:
    """A local account that can post, without a login or a key."""
    uri = app.url(f"/users/{name}")
    return await _make(app, name, "", uri, app.url(f"/@{name}"))


async def remote(app: App, name: str, host: str = "remote.example") -> Account:
    """An account of another server."""
    uri = f"https://{host}/users/{name}"
    return await _make(app, name, host, uri, f"https://{host}/@{name}")


async def _make(app: App, name: str, domain: str, uri: str, url: str) -> Account:
    return await Account.create(
        using_db=app.db.orm,
        id=app.ids.next(),
        username=name,
        username_key=name.lower(),
        domain=domain,
        uri=uri,
        url=url,
        inbox_url=f"{uri}/inbox",
        followers_url=f"{uri}/followers",
        featured_url=f"{uri}/collections/featured",
        created_at=app.now(),
    )

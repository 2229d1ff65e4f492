from functools import cache
from io import BytesIO

import pytest
from PIL import Image
from starlette.types import ASGIApp

from fedinote import server
from fedinote.accounts import profiles
from fedinote.auth import tokens
from fedinote.auth.models import OAuthApp, User
from fedinote.infra.app import App
from fedinote.infra.keys import KeyPair, generate_pair
from tests.api.client import Client

SCOPES = "read write follow push"


class Person(Client):
    """Somebody with a login and an app: sends requests with a token, and knows the own id."""

    account_id: int
    user_id: int

    @property
    def id(self) -> str:
        return str(self.account_id)


class Town:
    """One server, and the people on it."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.asgi: ASGIApp = server.create(app)
        self.stranger = Client(self.asgi)
        self.client_app: OAuthApp | None = None

    async def person(self, name: str, *, scopes: str = SCOPES, role: str = "member") -> Person:
        app = self.app
        account = await profiles.create_local(app, name, display_name=name.capitalize(), pair=await _pair())
        user = await User.create(
            using_db=app.db.orm,
            id=app.ids.next(),
            account_id=account.id,
            email=f"{name}@mail.example",
            password_hash="-",
            role=role,
            created_at=app.now(),
        )
        person = Person(self.asgi, await self.token(user.id, scopes))
        person.account_id, person.user_id = account.id, user.id
        return person

    async def token(self, user_id: int | None, scopes: str = SCOPES) -> str:
        app = self.app
        if self.client_app is None:
            self.client_app = await OAuthApp.create(
                using_db=app.db.orm,
                id=app.ids.next(),
                client_id="client",
                secret_hash="-",
                name="Reader",
                website="https://reader.example",
                redirect_uris=["urn:ietf:wg:oauth:2.0:oob"],
                scopes=SCOPES,
                created_at=app.now(),
            )
        issued = await tokens.issue(app, app_id=self.client_app.id, user_id=user_id, scopes=scopes.split())
        return issued.text


_pairs: list[KeyPair] = []


async def _pair() -> KeyPair:
    """Everybody has the same key: making one takes long, and nothing here signs."""
    if not _pairs:
        _pairs.append(await generate_pair())
    return _pairs[0]


@cache
def picture(size: int = 64, colour: str = "red") -> bytes:
    out = BytesIO()
    Image.new("RGB", (size, size), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
async def town(app: App) -> Town:
    return Town(app)


@pytest.fixture
async def alice(town: Town) -> Person:
    return await town.person("alice")


@pytest.fixture
async def bob(town: Town) -> Person:
    return await town.person("bob")


@pytest.fixture
def stranger(town: Town) -> Client:
    return town.stranger

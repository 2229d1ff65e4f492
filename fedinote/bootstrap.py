"""Settings become an App: the one place where the parts are put together."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import fedinote
from fedinote.accounts import profiles
from fedinote.infra import migrations
from fedinote.infra.app import App
from fedinote.infra.clock import Clock
from fedinote.infra.db import Database
from fedinote.infra.ids import Ids
from fedinote.infra.keys import ensure_secrets
from fedinote.infra.orm import init_models
from fedinote.infra.outbound import Outbound
from fedinote.infra.postgresql import PostgresDatabase
from fedinote.infra.pubsub import Bus
from fedinote.infra.ratelimit import Limiter
from fedinote.infra.settings import Settings
from fedinote.infra.sqlite import SqliteDatabase
from fedinote.infra.storage import LocalStorage
from fedinote.translation import translations
from fedinote.wiring import EVENTS

MODELS = (
    "fedinote.infra.models",
    "fedinote.accounts.models",
    "fedinote.auth.models",
    "fedinote.relations.models",
    "fedinote.media.models",
    "fedinote.posts.models",
    "fedinote.timelines.models",
    "fedinote.notifications.models",
    "fedinote.translation.models",
    "fedinote.policy.models",
    "fedinote.moderation.models",
    "fedinote.federation.models",
)


def database(settings: Settings) -> Database:
    """Return the database that the settings name, not yet open; by default SQLite in the data directory."""
    url = settings.database.url
    if url.startswith("postgres"):
        return PostgresDatabase(url, pool=settings.database.pool)
    path = Path(url.removeprefix("sqlite://")) if url else settings.data_path / "fedinote.db"
    return SqliteDatabase(path)


def build(settings: Settings, db: Database) -> App:
    """Put an App together around a database that is open."""
    clock = Clock()
    app = App(
        settings=settings,
        clock=clock,
        ids=Ids(clock),
        db=db,
        outbound=Outbound(
            user_agent=f"FediNote/{fedinote.__version__} (+{settings.base}/)",
            allow_http=settings.federation.allow_http,
            allow_networks=settings.networks,
        ),
        storage=LocalStorage(settings.data_path / "media"),
        bus=Bus(),
        limiter=Limiter(clock.now),
        reactions=EVENTS,
    )
    app.outbound.forbidden_in = lambda: db.in_transaction
    app.translator = translations.engine_of(app)
    return app


@contextlib.asynccontextmanager
async def running(settings: Settings, *, migrate: bool = False) -> AsyncIterator[App]:
    """Open everything, give the App, close everything.

    Without `migrate` the schema must be there already: MigrationError names what is pending.
    """
    db = database(settings)
    await init_models(db.dialect, MODELS)
    await db.open()
    try:
        if migrate:
            await migrations.migrate(db)
        elif waiting := await migrations.pending(db):
            names = ", ".join(f"{m.version:04d}_{m.name}" for m in waiting)
            raise migrations.MigrationError(f"run `fedinote migrate` first; pending: {names}")
        app = build(settings, db)
        try:
            await _prepare(app)
            async with _bridged(app):
                yield app
        finally:
            app.bus.close()
            await app.outbound.close()
    finally:
        await db.close()


async def _prepare(app: App) -> None:
    """Make what the first start makes: secrets, and the actor that signs for the server."""
    await ensure_secrets(app)
    await profiles.ensure_instance_actor(app)


@contextlib.asynccontextmanager
async def _bridged(app: App) -> AsyncIterator[None]:
    """Carry stream messages between the processes of one instance, where there can be several."""
    if not isinstance(app.db, PostgresDatabase):
        yield
        return
    from fedinote.infra.notify import Bridge

    async with Bridge(app.settings.database.url, app.bus):
        yield

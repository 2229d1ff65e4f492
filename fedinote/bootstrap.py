"""Settings become an App: the one place where the parts are put together."""

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import asyncpg

import fedinote
from fedinote.accounts import profiles
from fedinote.infra import choices, migrations
from fedinote.infra.app import App
from fedinote.infra.clock import Clock
from fedinote.infra.db import Database
from fedinote.infra.errors import FediNoteError, Unavailable
from fedinote.infra.ids import Ids
from fedinote.infra.keys import ensure_secrets
from fedinote.infra.orm import init_models
from fedinote.infra.outbound import Outbound
from fedinote.infra.postgresql import PostgresDatabase
from fedinote.infra.pubsub import Bus
from fedinote.infra.ratelimit import Limiter
from fedinote.infra.settings import Settings, SettingsError
from fedinote.infra.sqlite import SqliteDatabase
from fedinote.infra.storage import LocalStorage
from fedinote.media import remote_cache, workers
from fedinote.policy import ip_blocks
from fedinote.translation import routing
from fedinote.wiring import EVENTS, RENEWALS

ADDRESS = "base_url"
"""The name in `secrets` of the address under which the data was made."""
_UNUSABLE = (FediNoteError, OSError, ValueError, sqlite3.Error, asyncpg.PostgresError, asyncpg.InterfaceError)

MODELS = (
    "fedinote.infra.models",
    "fedinote.accounts.models",
    "fedinote.auth.models",
    "fedinote.relations.models",
    "fedinote.media.models",
    "fedinote.posts.models",
    "fedinote.posts.board_models",
    "fedinote.posts.history_models",
    "fedinote.posts.annual_models",
    "fedinote.posts.holding_models",
    "fedinote.posts.unfinished_models",
    "fedinote.previews.models",
    "fedinote.timelines.models",
    "fedinote.notifications.models",
    "fedinote.translation.models",
    "fedinote.translation.authoring_models",
    "fedinote.policy.models",
    "fedinote.moderation.models",
    "fedinote.moderation.cases.models",
    "fedinote.moderation.house.models",
    "fedinote.moderation.lists.models",
    "fedinote.moderation.servers.models",
    "fedinote.federation.models",
    "fedinote.portability.models",
)


def database(settings: Settings) -> Database:
    """Return the database that the settings name, not yet open; by default SQLite in the data directory."""
    path = settings.sqlite_path
    if path is None:
        return PostgresDatabase(settings.database.url, pool=settings.database.pool)
    return SqliteDatabase(path)


async def open_database(settings: Settings) -> Database:
    """Return the open database that the settings name. Unavailable says which one, and why it cannot be used."""
    db = database(settings)
    try:
        await db.open()
    except _UNUSABLE as error:
        await db.close()
        reason = error.reason if isinstance(error, FediNoteError) else str(error)
        reason = _without_password(reason or type(error).__name__, settings)
        raise Unavailable(f"{_named(settings)} (setting database.url): {reason}") from error
    return db


def _named(settings: Settings) -> str:
    """Name the database for people: where it is, without the password."""
    if settings.sqlite_path is not None:
        return f"The database {settings.sqlite_path} cannot be opened"
    with contextlib.suppress(ValueError):
        parts = urlsplit(settings.database.url)
        return f"PostgreSQL at {parts.hostname or 'localhost'}, port {parts.port or 5432}, cannot be used"
    return "PostgreSQL cannot be used"


def _without_password(reason: str, settings: Settings) -> str:
    with contextlib.suppress(ValueError):
        if password := urlsplit(settings.database.url).password:
            return reason.replace(settings.database.url, "…").replace(password, "…")
    return reason


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
        renewals=RENEWALS,
    )
    app.outbound.forbidden_in = lambda: db.in_transaction
    app.translator = routing.router_of(app)
    return app


@contextlib.asynccontextmanager
async def running(settings: Settings, *, migrate: bool = False) -> AsyncIterator[App]:
    """Open everything, give the App, close everything.

    Without `migrate` the schema must be there already: MigrationError names what is pending. SettingsError: the data
    was made under another address.
    """
    await init_models("postgresql" if settings.sqlite_path is None else "sqlite", MODELS)
    db = await open_database(settings)
    try:
        if migrate:
            await migrations.migrate(db)
        elif waiting := await migrations.pending(db):
            names = ", ".join(f"{m.version:04d}_{m.name}" for m in waiting)
            raise migrations.MigrationError(f"The database is not up to date ({names}). Run: fedinote migrate")
        await _check_address(db, settings)
        app = build(settings, db)
        try:
            await _prepare(app)
            async with _bridged(app), choices.followed(app):
                yield app
        finally:
            app.bus.close()
            await remote_cache.close(app)
            await workers.close(app)
            if app.translator is not None:
                await app.translator.close()
            await app.outbound.close()
    finally:
        await db.close()


async def keep_address(app: App) -> None:
    """Remember the address of the server for good, at the first start: everybody's ids begin with it."""
    if ADDRESS not in app.secrets:
        await app.db.execute(
            "INSERT INTO secrets (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", ADDRESS, app.settings.base
        )
        app.secrets[ADDRESS] = app.settings.base


async def _check_address(db: Database, settings: Settings) -> None:
    known = await db.value("SELECT value FROM secrets WHERE name = ?", ADDRESS)
    if known is not None and known != settings.base:
        raise SettingsError(
            f"setting server.base_url: it is {settings.base}, but this data was made as {known}, and other servers know"
            f" people here by that. Set server.base_url (FEDINOTE_SERVER_BASE_URL) to {known}, or begin anew with"
            " another server.data_dir or database.url"
        )


async def _prepare(app: App) -> None:
    """Make what the first start makes: secrets, and the actor that signs for the server; read who may not come in."""
    await ensure_secrets(app)
    await profiles.ensure_instance_actor(app)
    await ip_blocks.any_there(app)


@contextlib.asynccontextmanager
async def _bridged(app: App) -> AsyncIterator[None]:
    """Carry stream messages between the processes of one instance, where there can be several."""
    if not isinstance(app.db, PostgresDatabase):
        yield
        return
    from fedinote.infra.notify import Bridge

    async with Bridge(app.settings.database.url, app.bus):
        yield

"""Settings that are changed while the server runs: kept in the database, laid over what nobody set elsewhere.

The order, the first that says something wins:

1. the environment, then the settings file: what stands there is locked, and cannot be chosen;
2. the choice that is kept in the database;
3. the default.

So whoever runs the machine has the last word, and whoever looks after the server in the browser has all the rest.
`app.given` is what file and environment say, `app.settings` the same with the choices. A change replaces
`app.settings` and calls `app.renewals`, which renew what was made from it, in every process: the one that chose at
once, others when they hear of it on the bus, and all when they look again (`catch_up`), so that nothing depends on
messages that may be lost.
"""

import asyncio
import contextlib
import dataclasses
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec

from fedinote.infra import settings as sections
from fedinote.infra.app import App
from fedinote.infra.clock import from_ms
from fedinote.infra.errors import Invalid
from fedinote.infra.pubsub import Subscription
from fedinote.infra.settings import Loaded, Settings, SettingsError

CHANNEL = "choices"
MAX_BYTES = 50_000
"""Of one value, as JSON."""
SECRETS = frozenset({"translation.api_key"})
"""What is never shown again once it is set."""
KEPT = frozenset({"instance.rules"})
"""What is kept here too, and has verbs of its own (`moderation.house.house_rules`)."""
_WITHHELD = frozenset({"instance.rules", "instance.texts_dir", "translation.engines", "translation.chains"})
_OPEN = ("instance", "registrations", "posts", "media", "moderation", "explore", "translation")
_SINGLE = (
    "federation.authorized_fetch",
    "federation.send_blocks",
    "federation.allow_list",
    "federation.first_contact",
    "federation.first_contact_days",
    "limits.inbox_per_minute",
    "limits.fetches_per_minute",
)
_CACHE, _LOCK = "choices", "choices.lock"
_log = logging.getLogger(__name__)

Source = Literal["given", "chosen", "default"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice that is kept. `by` is an account, None for the command line; `fits` is false when it is not used."""

    key: str
    value: Any
    by: int | None
    at: datetime
    fits: bool = True


@dataclass(frozen=True, slots=True)
class Setting:
    """A key as it is now. `value` is None for secrets: `present` says whether there is one.

    `place` is where it is locked (a path, or the name of a variable), "" when it can be chosen.
    """

    key: str
    value: Any
    source: Source
    place: str
    present: bool

    @property
    def locked(self) -> bool:
        """Whether file or environment have decided."""
        return self.source == "given"


@dataclass(frozen=True, slots=True)
class _Laid:
    """What was read last: the versions by key, and the choices, those that do not fit marked."""

    versions: Mapping[str, int]
    choices: Mapping[str, Choice]


def changeable() -> list[str]:
    """Return the keys that can be chosen while the server runs, in the order of the settings.

    Not among them is what makes the server what it is or where it lives (addresses, database, folders), what could
    open it to its own network, and lists of engines, which stand in the file.
    """
    return [
        key for key in sections.names() if (key.partition(".")[0] in _OPEN and key not in _WITHHELD) or key in _SINGLE
    ]


def place_of(app: App, key: str) -> str:
    """Return where a key is set outside of the database (a path, or the name of a variable), "" when nowhere."""
    return app.given.sources.get(key, "") if isinstance(app.given, Loaded) else ""


def kept(app: App) -> Mapping[str, Choice]:
    """Return the choices as this process knows them, by key; those of locked keys too, which have no effect."""
    laid: _Laid | None = app.caches.get(_CACHE)
    return laid.choices if laid else {}


def setting(app: App, key: str) -> Setting:
    """Return a key as it is now. Invalid when there is no such key that can be chosen."""
    if key not in changeable():
        raise Invalid(_unknown(key))
    section, _, name = key.partition(".")
    value = msgspec.to_builtins(getattr(getattr(app.settings, section), name))
    place = place_of(app, key)
    choice = kept(app).get(key)
    source: Source = "given" if place else "chosen" if choice is not None and choice.fits else "default"
    return Setting(key, None if key in SECRETS else value, source, place, bool(value))


def _unknown(key: str) -> str:
    if key in sections.names():
        return f"The setting {key} cannot be changed while the server runs"
    return f"There is no setting {key}"


async def keep(app: App, values: Mapping[str, Any], *, by: int | None) -> None:
    """Choose values, all or none; None takes a choice back. Call it in the transaction that writes the audit entry.

    Raises Invalid with the words of the settings when a key is unknown or locked, or a value does not fit.
    """
    for key in values:
        if key not in changeable() and key not in KEPT:
            raise Invalid(_unknown(key))
        if place := place_of(app, key):
            raise Invalid(f"The setting {key} is set in {place}, and can only be changed there")
    rows = await _rows(app)
    chosen = {key: choice.value for key, (_, choice) in rows.items() if choice.value is not None}
    fitting = _laid_over(app, chosen)[1]
    try:
        wanted = {key: value for key, value in {**fitting, **values}.items() if value is not None}
        sections.lay(app.given, wanted)
    except SettingsError as error:
        raise Invalid(_for_people(str(error))) from error
    await _write(app, values, by)
    app.db.after_commit(lambda: app.bus.publish(CHANNEL, b"{}"))


def _for_people(message: str) -> str:
    return message.replace(" (chosen)", "").removeprefix("setting ")


async def _write(app: App, values: Mapping[str, Any], by: int | None) -> None:
    for key, value in values.items():
        text = None if value is None else msgspec.json.encode(value).decode()
        if text is not None and len(text.encode()) > MAX_BYTES:
            raise Invalid(f"The value of {key} is too long")
        await app.db.execute(
            "INSERT INTO choices (key, value, version, chosen_by, chosen_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value, version = excluded.version,"
            " chosen_by = excluded.chosen_by, chosen_at = excluded.chosen_at",
            key,
            text,
            app.ids.next(),
            by,
            app.now(),
        )


async def _rows(app: App) -> dict[str, tuple[int, Choice]]:
    return {
        row["key"]: (
            row["version"],
            Choice(
                row["key"],
                None if row["value"] is None else msgspec.json.decode(row["value"]),
                row["chosen_by"],
                from_ms(row["chosen_at"]),
            ),
        )
        for row in await app.db.rows("SELECT key, value, version, chosen_by, chosen_at FROM choices ORDER BY key")
    }


def _laid_over(app: App, chosen: Mapping[str, Any]) -> tuple[Settings, dict[str, Any]]:
    """Return the settings with the choices that fit, and those. A section with one that does not fit has none.

    A choice may cease to fit when the file changes or a new version wants something else: the server starts all the
    same, and says so in its log.
    """
    open_now = set(changeable()) | KEPT
    able = {key: value for key, value in chosen.items() if key in open_now and not place_of(app, key)}
    with contextlib.suppress(SettingsError):
        return sections.lay(app.given, able), able
    fitting: dict[str, Any] = {}
    for section in dict.fromkeys(key.partition(".")[0] for key in able):
        some = {key: value for key, value in able.items() if key.startswith(f"{section}.")}
        try:
            sections.lay(app.given, {**fitting, **some})
        except SettingsError as error:
            _log.warning("choices do not fit", extra={"section": section, "reason": str(error)})
        else:
            fitting |= some
    return sections.lay(app.given, fitting), fitting


async def renew(app: App) -> bool:
    """Read the choices; where there are new ones, lay them over, and renew what was made from the settings."""
    lock: asyncio.Lock = app.caches.setdefault(_LOCK, asyncio.Lock())
    async with lock:  # what was read first must not be laid over last
        return await _renew(app)


async def _renew(app: App) -> bool:
    rows = await _rows(app)
    versions = {key: version for key, (version, _) in rows.items()}
    laid: _Laid | None = app.caches.get(_CACHE)
    if versions == (laid.versions if laid else {}):
        return False
    chosen = {key: choice.value for key, (_, choice) in rows.items() if choice.value is not None}
    settings, fitting = _laid_over(app, chosen)
    choices = {key: dataclasses.replace(rows[key][1], fits=key in fitting) for key in chosen}
    before, app.settings = app.settings, settings
    app.caches[_CACHE] = _Laid(versions, choices)
    for renewal in app.renewals:
        try:
            await renewal(app, before)
        except Exception:  # noqa: BLE001  the settings hold, and others are to be renewed all the same
            _log.exception("not everything was renewed after a change of settings")
    return True


async def catch_up(app: App) -> None:
    """Look whether another process or the command line chose something. Runs every few seconds; one short query."""
    await renew(app)


@contextlib.asynccontextmanager
async def followed(app: App) -> AsyncIterator[None]:
    """Lay the choices over the settings, and keep to those that are made elsewhere, until the end."""
    await renew(app)
    with app.bus.subscribe([CHANNEL]) as messages:
        task = asyncio.create_task(_follow(app, messages), name="choices")
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _follow(app: App, messages: Subscription) -> None:
    async for _ in messages:
        try:
            await renew(app)
        except Exception:  # noqa: BLE001  the next look may succeed
            _log.exception("choices not renewed")


def unused(app: App) -> Sequence[Choice]:
    """Return the choices that have no effect: locked since, or not fitting any more."""
    return [choice for choice in kept(app).values() if not choice.fits]

"""How many characters a day engines may be sent: each, all together, and on the demand of each person.

Reserved before an engine is asked, in one statement that adds only where the sum stays within the limit, so that any
number of askers at once cannot spend more. What an engine fails to translate is given back. Days end at midnight UTC.
"""

from dataclasses import dataclass

from fedinote.infra.app import App
from fedinote.infra.errors import OverBudget
from fedinote.translation.engine import Engine
from fedinote.translation.ledger import day_of

__all__ = ["ALL_ENGINES", "Charge", "OverBudget", "give_back", "limit_of", "reserve", "spent", "tidy"]

_DAY = 86_400
_ENGINE = """INSERT INTO translation_days (day, engine, location, charged) VALUES (?, ?, ?, ?)
 ON CONFLICT (day, engine, location) DO UPDATE SET charged = translation_days.charged + excluded.charged
 WHERE translation_days.charged + excluded.charged <= ? RETURNING charged"""
_PERSON = """INSERT INTO translation_allowances (account_id, day, characters) VALUES (?, ?, ?)
 ON CONFLICT (account_id, day) DO UPDATE SET characters = translation_allowances.characters + excluded.characters
 WHERE translation_allowances.characters + excluded.characters <= ? RETURNING characters"""
_ENGINE_BACK = """UPDATE translation_days SET charged = charged - ?
 WHERE day = ? AND engine = ? AND location = ? AND charged >= ?"""
_PERSON_BACK = """UPDATE translation_allowances SET characters = characters - ?
 WHERE account_id = ? AND day = ? AND characters >= ?"""
_UNLIMITED = 2**53
ALL_ENGINES = ("", "")
"""The name and the location under which the days' sums of all engines together are kept."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What was reserved, so that it can be given back. `payer` None: only the server's own budgets were."""

    engine: Engine
    payer: int | None
    day: int
    characters: int


def limit_of(app: App, engine_name: str) -> int:
    """Return how many characters a day an engine may be sent; 0 when there is no limit."""
    configured = app.settings.translation.configured
    return next((one.daily_characters for one in configured if one.title == engine_name), 0)


async def reserve(app: App, engine: Engine, payer: int | None, characters: int) -> Charge:
    """Charge the payer's budget, the engine's and that of all engines together: all or none.

    Raises `OverBudget`, which says whose is used up.
    """
    settings, day = app.settings.translation, day_of(app.now())
    async with app.db.transaction():
        if payer is not None:
            most = settings.daily_characters_per_person
            if not await _taken(app, _PERSON, (payer, day), characters, most):
                raise _over(app, "You have had as much translated as one person may in a day", personal=True)
        for name, place, most in (
            (engine.name, engine.location.value, limit_of(app, engine.name)),
            (*ALL_ENGINES, settings.daily_characters),
        ):
            if not await _taken(app, _ENGINE, (day, name, place), characters, most):
                raise _over(app, "This server has had as much translated as it may in a day", personal=False)
    return Charge(engine, payer, day, characters)


async def _taken(app: App, sql: str, key: tuple[object, ...], characters: int, limit: int) -> bool:
    most = limit or _UNLIMITED
    return characters <= most and bool(await app.db.returning(sql, *key, characters, most))


def _over(app: App, message: str, *, personal: bool) -> OverBudget:
    """Make the error, with the seconds until the next day."""
    return OverBudget(message, retry_after=_DAY - int(app.now().timestamp()) % _DAY, personal=personal)


async def give_back(app: App, charge: Charge) -> None:
    """Undo a reservation, on the day on which it was made."""
    much, engine = charge.characters, charge.engine
    async with app.db.transaction():
        if charge.payer is not None:
            await app.db.execute(_PERSON_BACK, much, charge.payer, charge.day, much)
        for name, place in ((engine.name, engine.location.value), ALL_ENGINES):
            await app.db.execute(_ENGINE_BACK, much, charge.day, name, place, much)


async def spent(app: App, account_id: int) -> int:
    """Return how many characters a person has had translated today."""
    found = await app.db.value(
        "SELECT characters AS value FROM translation_allowances WHERE account_id = ? AND day = ?",
        account_id,
        day_of(app.now()),
    )
    return int(found or 0)


async def tidy(app: App) -> int:
    """Forget what people spent on earlier days (yesterday's is kept, for what is given back over midnight)."""
    return await app.db.execute("DELETE FROM translation_allowances WHERE day < ?", day_of(app.now()) - 1)

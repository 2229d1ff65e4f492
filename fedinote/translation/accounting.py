"""What engines there are, where they run, what may be given to them and what was: for everybody, and for the staff."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.infra.settings import Settings
from fedinote.translation import budgets, consent, ledger
from fedinote.translation.engine import Engine, Kind, Location
from fedinote.translation.ledger import Day
from fedinote.translation.routing import Router

DAYS = 30
_YEAR = 366
_FRESH_MS = 60_000
_CACHE = "translation.accounting"


@dataclass(frozen=True, slots=True)
class Sum:
    """Sums over a day ("2026-01-31"), a month ("2026-01") or any other time. See `ledger.Day`."""

    when: str = ""
    calls: int = 0
    failures: int = 0
    texts: int = 0
    characters: int = 0
    charged: int = 0
    hits: int = 0

    def plus(self, day: Day) -> "Sum":
        """Return the sum with a day added."""
        return Sum(
            self.when,
            self.calls + day.calls,
            self.failures + day.failures,
            self.texts + day.texts,
            self.characters + day.characters,
            self.charged + day.charged,
            self.hits + day.hits,
        )


@dataclass(frozen=True, slots=True)
class Account:
    """One engine's. `kind` None and `in_use` false: it was in use at the time of the figures and is no longer.

    `given` says whose words it may have: "public" (public and unlisted posts, open profiles), "restricted" (all else).
    `days` are the last 30, `months` the last twelve; those without calls are left out. Newest first.
    """

    name: str
    location: Location
    kind: Kind | None
    in_use: bool
    given: tuple[str, ...]
    today: Sum
    month: Sum
    days: tuple[Sum, ...]
    months: tuple[Sum, ...]


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of a day's characters; `limit` and `left` are None without a limit."""

    limit: int | None
    spent: int
    left: int | None


async def accounts(app: App) -> list[Account]:
    """Return the account of every engine, those in use first. At most a minute old."""
    now = to_ms(app.now())
    cached: tuple[int, list[Account]] | None = app.caches.get(_CACHE)
    if cached is not None and 0 <= now - cached[0] < _FRESH_MS:
        return cached[1]
    found = await _accounts(app)
    app.caches[_CACHE] = (now, found)
    return found


async def on_settings_renewed(app: App, _: Settings) -> None:
    """Forget the accounts: there may be other engines and limits now."""
    app.caches.pop(_CACHE, None)


async def _accounts(app: App) -> list[Account]:
    router: Router | None = app.translator
    engines = router.engines if router else ()
    days = await ledger.days(app, _YEAR)
    present = {(one.name, one.location): one for one in engines}
    past = sorted({(day.engine, day.location) for day in days} - present.keys())
    return [_account(app, name, location, present.get((name, location)), days) for name, location in (*present, *past)]


def _account(app: App, name: str, location: Location, engine: Engine | None, days: Sequence[Day]) -> Account:
    own = [day for day in days if (day.engine, day.location) == (name, location)]
    today = app.now().date()
    recent = [day for day in own if (today - day.date.date()).days < DAYS]
    by_day, by_month = _sums(recent, "%Y-%m-%d"), _sums(own, "%Y-%m")
    return Account(
        name=name,
        location=location,
        kind=engine.kind if engine else None,
        in_use=engine is not None,
        given=("public", "restricted") if location in consent.HERE else ("public",),
        today=next((one for one in by_day if one.when == f"{today:%Y-%m-%d}"), Sum(f"{today:%Y-%m-%d}")),
        month=next((one for one in by_month if one.when == f"{today:%Y-%m}"), Sum(f"{today:%Y-%m}")),
        days=by_day,
        months=by_month[:12],
    )


def _sums(days: Iterable[Day], form: str) -> tuple[Sum, ...]:
    found: dict[str, Sum] = {}
    for day in days:
        when = f"{day.date:{form}}"
        found[when] = found.get(when, Sum(when)).plus(day)
    return tuple(found.values())


async def budget(app: App, name: str, location: str) -> Budget:
    """Return today's budget of an engine, or of all together (`*budgets.ALL_ENGINES`)."""
    all_together = (name, location) == budgets.ALL_ENGINES
    limit = app.settings.translation.daily_characters if all_together else budgets.limit_of(app, name)
    spent = await app.db.value(
        "SELECT charged AS value FROM translation_days WHERE day = ? AND engine = ? AND location = ?",
        ledger.day_of(app.now()),
        name,
        location,
    )
    used = int(spent or 0)
    return Budget(limit or None, used, max(0, limit - used) if limit else None)


@dataclass(frozen=True, slots=True)
class CacheState:
    """The lasting cache: how many translations it holds, and how often they answered in an engine's place."""

    entries: int
    hits: int


async def cached(app: App) -> CacheState:
    """Count the lasting cache."""
    row = await app.db.row("SELECT COUNT(*) AS entries, COALESCE(SUM(hits), 0) AS hits FROM translations")
    assert row is not None
    return CacheState(int(row["entries"]), int(row["hits"]))

"""/admin/engines: what each translation engine was sent today and this week, its budget, and whether it works."""

from dataclasses import dataclass

from starlette.responses import Response

from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.moderation.moderator import Power
from fedinote.text import language
from fedinote.text.language_names import own_name
from fedinote.translation import budgets, ledger, trying
from fedinote.translation.engine import Engine
from fedinote.translation.ledger import Day
from fedinote.translation.routing import Router
from fedinote.translation.trying import Trial
from fedinote.web.admin import guard
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import Upload
from fedinote.web.words import OFFERED

PATH = "/admin/engines"
SENTENCE = "Good morning! How are you today?"
_DAYS = 7


@dataclass(frozen=True, slots=True)
class Use:
    """One engine: today's sums (None: nothing was sent), the week's, its budget (0: none), seconds that it rests."""

    name: str
    location: str
    today: Day | None
    calls: int
    failures: int
    characters: int
    hits: int
    limit: int
    rests: int

    @property
    def charged(self) -> int:
        """What counts towards today's budget."""
        return self.today.charged if self.today else 0

    @property
    def hit_rate(self) -> float | None:
        """What share of the week's translations came from the cache; None without any."""
        whole = self.calls + self.hits
        return self.hits / whole if whole else None


async def page(staff: Staff) -> Response:
    """GET /admin/engines."""
    return await _show(staff)


async def test(staff: Staff, form: Upload) -> Response:
    """POST /admin/engines/test: have one engine translate a sentence of ours into `to`."""
    router: Router = staff.app.translator
    target = language.canonical(form.fields.get("to", ""))
    engine = next((one for one in router.engines if one.name == form.fields.get("engine")), None)
    if engine is None or target is None:
        raise NotFound
    return await _show(staff, trial=await trying.ask(router, engine.name, SENTENCE, source="en", target=target))


async def uses(app: App) -> list[Use]:
    """Return all engines with their figures, in the order in which they are asked."""
    router: Router | None = app.translator
    if router is None:
        return []
    today = ledger.day_of(app.now())
    week = await ledger.days(app, _DAYS)
    resting = router.resting()
    return [_use(app, engine, week, today, resting.get(engine.name, 0.0)) for engine in router.engines]


def _use(app: App, engine: Engine, week: list[Day], today: int, rests: float) -> Use:
    days = [day for day in week if day.engine == engine.name and day.location is engine.location]
    return Use(
        name=engine.name,
        location=engine.location.value,
        today=next((day for day in days if ledger.day_of(day.date) == today), None),
        calls=sum(day.calls for day in days),
        failures=sum(day.failures for day in days),
        characters=sum(day.characters for day in days),
        hits=sum(day.hits for day in days),
        limit=budgets.limit_of(app, engine.name),
        rests=round(rests),
    )


async def _show(staff: Staff, trial: Trial | None = None) -> Response:
    settings = staff.app.settings.translation
    return await guard.show(
        staff,
        "admin/engines.html",
        engines=await uses(staff.app),
        together=settings.daily_characters,
        each=settings.daily_characters_per_person,
        trial=trial,
        sentence=SENTENCE,
        targets=[(tag, own_name(tag)) for tag in OFFERED if tag != "en"],
        tests=staff.may(Power.SETTINGS),
    )


ROUTES = (
    guard.get(PATH, Power.DASHBOARD, page),
    guard.post(f"{PATH}/test", Power.SETTINGS, test),
)

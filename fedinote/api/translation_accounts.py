"""Which engines translate here and what they were sent, for everybody and the staff. Not a part of Mastodon's API."""

from typing import Any

from fedinote.api.routing import Answer, Call, route
from fedinote.moderation import moderator
from fedinote.moderation.moderator import Power
from fedinote.posts import wishes
from fedinote.translation import accounting, budgets
from fedinote.translation.accounting import Account, Budget, Sum
from fedinote.translation.routing import Router

_PUBLIC = "/api/fedinote/v1/translation"
_STAFF = "/api/fedinote/v1/admin/translation"
_POST = "/api/fedinote/v1/statuses/{id}/machine_translation"


async def show(call: Call) -> Any:
    """GET /api/fedinote/v1/translation: engines, where they run, what they may be given and what they were."""
    found = await accounting.accounts(call.app)
    body = {
        "enabled": call.app.translator is not None,
        "page": call.app.url("/about/translation"),
        "engines": [_engine(one) for one in found],
    }
    return Answer(body, headers=(("cache-control", "public, max-age=60"),))


def _engine(one: Account) -> dict[str, Any]:
    return {
        "name": one.name,
        "location": one.location.value,
        "kind": one.kind.value if one.kind else None,
        "in_use": one.in_use,
        "may_receive": list(one.given),
        "today": _sent(one.today),
        "this_month": _sent(one.month),
        "days": [{"date": day.when, **_sent(day)} for day in one.days],
        "months": [{"month": month.when, **_sent(month)} for month in one.months],
    }


def _sent(what: Sum) -> dict[str, int]:
    return {"calls": what.calls, "texts": what.texts, "characters": what.characters}


async def show_to_staff(call: Call) -> Any:
    """GET /api/fedinote/v1/admin/translation: the same with failures, budgets, rests and what the cache saved."""
    app = call.app
    await moderator.acting(app, call.me, Power.DASHBOARD)
    router: Router | None = app.translator
    resting = router.resting() if router else {}
    kept = await accounting.cached(app)
    person = app.settings.translation.daily_characters_per_person
    return {
        "budget": _budget(await accounting.budget(app, *budgets.ALL_ENGINES)),
        "characters_per_person": person or None,
        "cache": {"entries": kept.entries, "hits": kept.hits},
        "engines": [
            {
                **_engine(one),
                "resting_for": _rest(resting.get(one.name)) if one.in_use else None,
                "budget": _budget(await accounting.budget(app, one.name, one.location.value)),
                "today": _worked(one.today),
                "days": [{"date": day.when, **_worked(day)} for day in one.days],
            }
            for one in await accounting.accounts(app)
        ],
    }


def _rest(seconds: float | None) -> int | None:
    """Whole seconds; None while the engine is asked as usual."""
    return None if seconds is None else max(1, round(seconds))


def _budget(what: Budget) -> dict[str, int | None]:
    return {"characters": what.limit, "spent": what.spent, "left": what.left}


def _worked(what: Sum) -> dict[str, int]:
    return {**_sent(what), "failures": what.failures, "charged": what.charged, "cache_hits": what.hits}


async def change(call: Call) -> Any:
    """PUT /api/fedinote/v1/statuses/:id/machine_translation: say which machines may translate a post of one's own.

    `machine_translation`: any, no_third_party, none. It is no edit: the post has no new version.
    """
    wish = call.params.text("machine_translation", "")
    return {"machine_translation": await wishes.change(call.app, call.me.account_id, call.id(), wish)}


ROUTES = (
    route("GET", _PUBLIC, show, auth="public"),
    route("GET", _STAFF, show_to_staff, auth="user", scopes=("admin:read",)),
    route("PUT", _POST, change, auth="user", scopes=("write:statuses",), limit="statuses"),
)

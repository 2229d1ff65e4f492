"""Filters: words that one does not want to read, where, until when, and what becomes of posts with them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.infra.errors import Invalid
from fedinote.timelines import filter_rules, filters
from fedinote.timelines.filter_rules import FilterChanges, KeywordChange
from fedinote.timelines.filters import ACTIONS, CONTEXTS, PersonalFilter
from fedinote.web import browser, shell
from fedinote.web.browser import Visit
from fedinote.web.pages import form, form_lists, page
from fedinote.web.settings.answers import done, number

PATH = "/settings/filters"
ENDS = {"1800": 30, "3600": 60, "21600": 360, "86400": 1440, "604800": 10080, "2592000": 43200}
"""How long a filter may last: seconds, as the form says them, and minutes."""
_Values = Mapping[str, Sequence[str]]


async def listing(request: Request) -> Response:
    """GET /settings/filters."""
    here = await browser.member(request)
    found = await filters.of(here.app, here.member.account_id)
    return await shell.show(request, here, "settings/filters.html", filters=found)


async def new(request: Request) -> Response:
    """GET /settings/filters/new."""
    return await _form(request, await browser.member(request), PersonalFilter(0, "", ("home", "public"), "warn", None))


async def edit(request: Request) -> Response:
    """GET /settings/filters/{id}. 404 for somebody else's."""
    here = await browser.member(request)
    wanted = number(request.path_params["id"])
    return await _form(request, here, await filter_rules.show(here.app, here.member.account_id, wanted))


async def _form(
    request: Request, here: Visit, one: PersonalFilter, *, added: str = "", error: Invalid | None = None
) -> Response:
    return await shell.show(
        request,
        here,
        "settings/filter.html",
        status=200 if error is None else error.status,
        filter=one,
        contexts=CONTEXTS,
        actions=ACTIONS,
        ends=ENDS,
        added=added,
        error="" if error is None else here.words.error(error.message),
    )


async def save(request: Request) -> Response:
    """POST /settings/filters/{id}, or /settings/filters/new: all of a filter; words to add stand one on each line."""
    here = await browser.member(request)
    values = await form_lists(request)
    browser.check_form(request, here, {name: found[0] for name, found in values.items()})
    me, given = here.member.account_id, request.path_params.get("id", "")
    before = await filter_rules.show(here.app, me, number(given)) if given else None
    changes = _changes(here, values, before)
    try:
        if before is None:
            await filter_rules.create(here.app, me, changes)
        else:
            await filter_rules.update(here.app, me, before.id, changes)
    except Invalid as error:
        shown = _typed(before, changes)
        return await _form(request, here, shown, added=_one(values, "words"), error=error)
    return done(here, PATH)


def _changes(here: Visit, values: _Values, before: PersonalFilter | None) -> FilterChanges:
    ends, wanted = None, _one(values, "ends")
    if wanted in ENDS:
        ends = here.app.now() + timedelta(minutes=ENDS[wanted])
    return FilterChanges(
        title=_one(values, "title"),
        context=[one for one in values.get("context", ()) if one in CONTEXTS],
        action=_one(values, "action") or "warn",
        expires_at=ends,
        sets_expiry=before is None or wanted != "keep",
        keywords=_keywords(values, before),
    )


def _keywords(values: _Values, before: PersonalFilter | None) -> list[KeywordChange]:
    """Return what becomes of the filter's words: those that it has by their ids, then new ones."""
    changes = [
        KeywordChange(
            _one(values, f"word-{word.id}") or word.keyword,
            f"whole-{word.id}" in values,
            word.id,
            destroy=f"drop-{word.id}" in values or not _one(values, f"word-{word.id}").strip(),
        )
        for word in (before.keywords if before else ())
    ]
    new = [line.strip() for line in _one(values, "words").splitlines() if line.strip()]
    return [*changes, *(KeywordChange(word, "whole" in values) for word in dict.fromkeys(new))]


def _typed(before: PersonalFilter | None, changes: FilterChanges) -> PersonalFilter:
    words: Any = before.keywords if before else ()
    return PersonalFilter(
        before.id if before else 0,
        changes.title or "",
        tuple(changes.context or ()),
        changes.action or "warn",
        before.expires_at if before else None,
        words,
    )


def _one(values: _Values, name: str) -> str:
    return next(iter(values.get(name, ())), "")


async def delete(request: Request) -> Response:
    """POST /settings/filters/{id}/delete."""
    here = await browser.member(request)
    browser.check_form(request, here, await form(request))
    await filter_rules.delete(here.app, here.member.account_id, number(request.path_params["id"]))
    return done(here, PATH, here.words.gettext("The filter is gone."))


ROUTES = (
    Route(PATH, page(listing), methods=["GET"]),
    Route(f"{PATH}/new", page(new), methods=["GET"]),
    Route(f"{PATH}/new", page(save), methods=["POST"]),
    Route(f"{PATH}/{{id}}", page(edit), methods=["GET"]),
    Route(f"{PATH}/{{id}}", page(save), methods=["POST"]),
    Route(f"{PATH}/{{id}}/delete", page(delete), methods=["POST"]),
)

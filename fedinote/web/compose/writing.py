"""Writing, answering, quoting and editing in the browser: `/publish`, `/posts/{id}/edit` and `/scheduled/{id}/edit`.

Each step of the form works without scripts: files first, then their descriptions, a preview, a machine's draft in a
second language. What a script sends is the same form; it asks for JSON by the header `X-Part`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fedinote.auth import limits
from fedinote.federation import resolve
from fedinote.infra.app import App
from fedinote.infra.db import Row
from fedinote.infra.errors import BadRequest, Forbidden, Invalid, NotFound, TooMany, Unavailable
from fedinote.posts import answering, dividers, languages, publishing, quotes, revising, scheduling, unfinished, wishes
from fedinote.posts.drafts import Draft
from fedinote.posts.languages import Frame, VersionDraft
from fedinote.web import browser
from fedinote.web.browser import Visit
from fedinote.web.compose import beginnings, files, helping
from fedinote.web.compose.fields import Filled, number
from fedinote.web.compose.files import answer
from fedinote.web.compose.forms import Turn, form
from fedinote.web.pages import Upload, page, query, redirect, upload, wants_part

PATH = "/publish"
_SHOWN = (Invalid, Forbidden, NotFound, TooMany, Unavailable)


async def ask(request: Request) -> Response:
    """GET /publish: an empty form, or with `reply`, `quote`, `draft`, or what was shared (`title`, `text`, `url`)."""
    here = await browser.member(request)
    asked = query(request)
    if (draft_id := number(asked.get("draft", ""))) is not None:
        kept = await unfinished.find(here.app, here.member.account_id, draft_id)
        return await form(request, here, Filled({**kept.content, "draft": [str(kept.id)]}))
    filled = Filled(await beginnings.new(here, asked))
    refused = await beginnings.refusal(here, asked["quote"]) if "quote" in asked else None
    return await form(request, here, filled, Turn(error=refused))


async def ask_edit(request: Request) -> Response:
    """GET /posts/{id}/edit: the form with one's own post in it."""
    here = await browser.member(request)
    row = await beginnings.own(here.app, here.member.account_id, _id(request))
    return await form(request, here, Filled(await beginnings.existing(here.app, row)).marked)


async def ask_plan(request: Request) -> Response:
    """GET /scheduled/{id}/edit: the form with what the member planned in it."""
    here = await browser.member(request)
    plan_id = number(request.path_params["plan_id"])
    if plan_id is None:
        raise NotFound
    plan = await scheduling.show(here.app, here.member.account_id, plan_id)
    return await form(request, here, Filled(await beginnings.planned(here.app, plan)).marked)


async def send(request: Request) -> Response:
    """POST /publish: one step of the form; `do` is publish, add, preview, draft (in a second language) or keep."""
    here = await browser.member(request)
    sent = await upload(request)
    browser.check_form(request, here, sent.fields)
    filled = Filled.read(sent.lists)
    if "visibility" not in filled.lists:  # the small form has no such field: as its author usually does
        filled = Filled({**await beginnings.new(here, {}), **filled.lists})
    if wants_part(request):
        return answer(await _done(here, filled))
    try:
        return await _step(request, here, sent, filled)
    except _SHOWN as error:
        return await form(request, here, filled, Turn(error=error))


async def _step(request: Request, here: Visit, sent: Upload, filled: Filled) -> Response:
    do = filled.first("do", "publish")
    if sent.files.get("files"):
        filled = await _with_files(here, filled, sent)
        return await form(request, here, filled, Turn(step="describe"))
    match do:
        case "publish":
            return _gone(here, await _done(here, filled), filled.first("next"))
        case "add":
            return await form(request, here, filled)
        case "preview":
            return await form(request, here, filled, Turn(preview=await helping.rendered(here.app, filled)))
        case "draft":
            return await form(request, here, await helping.drafted(here, filled))
        case "keep":
            return await _keep(here, filled)
    raise BadRequest


async def _with_files(here: Visit, filled: Filled, sent: Upload) -> Filled:
    """Return the form with the files that came with it among its attachments. Raises Invalid for one too many."""
    new, most = sent.files["files"], here.app.settings.posts.max_attachments
    if len(filled.files) + len(new) > most:
        raise Invalid(f"Validation failed: Cannot attach more than {most} files")
    made = await files.receive(here.app, here, new, later=False)
    ids = [*filled.lists.get("media", ()), *(str(one.id) for one in made)]
    return Filled({**filled.lists, "media": ids})


async def _done(here: Visit, filled: Filled) -> dict[str, Any]:
    """Publish, plan or change what was written; say where it is to be seen."""
    app, me = here.app, here.member.account_id
    edited = filled.id("edit")
    limits.spend(app, here.viewer, limits.LIMITS["statuses"], "statuses")
    await files.describe(app, me, filled.files, edited)
    draft = filled.draft()
    await resolve.mentions(app, draft.words)
    if edited is not None:
        await _change(app, me, edited, filled)
        return {"id": str(edited), "url": f"/@{here.member.username}/{edited}", "said": "changed"}
    if (plan_id := filled.id("plan")) is not None:
        draft = await _replanned(app, me, plan_id, filled, draft)
    if await app.db.value("SELECT language_divider AS value FROM users WHERE id = ?", here.member.user_id):
        draft = dividers.divided(draft)
    done = await _publish(here, filled, draft)
    if (draft_id := filled.id("draft")) is not None:
        await unfinished.drop(app, me, draft_id)
    return done


async def _publish(here: Visit, filled: Filled, draft: Draft) -> dict[str, Any]:
    app, me = here.app, here.member.account_id
    key, due = filled.first("key").strip()[:200] or None, filled.due()
    if (plan_id := filled.id("plan")) is not None:
        await scheduling.reword(app, me, plan_id, draft, due)
        return {"id": str(plan_id), "url": "/scheduled", "said": "reworded"}
    if due is not None:
        plan = await scheduling.schedule(app, me, draft, due, idempotency_key=key)
        return {"id": str(plan.id), "url": "/scheduled", "said": "planned"}
    post_id = await publishing.publish(app, me, draft, idempotency_key=key)
    return {"id": str(post_id), "url": f"/@{here.member.username}/{post_id}", "said": "published"}


def _gone(here: Visit, done: Mapping[str, Any], on: str) -> Response:
    """Send the browser to what was written, or on to where the form says, with a notice."""
    words = {
        "published": here.words.gettext("Your post is published."),
        "planned": here.words.gettext("Your post is planned."),
        "changed": here.words.gettext("Your post is changed."),
        "reworded": here.words.gettext("The planned post is changed."),
    }
    return browser.flash(here, redirect(browser.safe_path(on) if on else done["url"]), words[done["said"]])


async def _change(app: App, me: int, post_id: int, filled: Filled) -> None:
    """Give a post its new version; who may quote it and who may translate it are changed with it."""
    row = await beginnings.own(app, me, post_id)
    draft = replace(filled.draft(), quoted_id=None, in_reply_to_id=None, visibility=row["visibility"])
    draft = replace(draft, translations=await _versions(app, row, filled, draft))
    async with app.db.transaction():
        await revising.edit(app, me, post_id, draft)
        if row["visibility"] in ("public", "unlisted") and filled.has("quote_policy"):
            await quotes.set_policy(app, me, post_id, filled.first("quote_policy"))
        if filled.has("reply_policy"):
            await answering.set_policy(app, me, post_id, filled.first("reply_policy"))
        if filled.has("machine_translation"):
            await wishes.change(app, me, post_id, filled.first("machine_translation"))


async def _versions(app: App, row: Row, filled: Filled, draft: Draft) -> dict[str, VersionDraft]:
    """Return the languages that a new version has: the one in the form, and what was there besides it.

    One that was left as it was stays as old as it is, with those who helped with it.
    """
    same = (draft.text, draft.spoiler_text.strip()) == (row["source"], row["spoiler_text"])
    return _joined(await languages.kept(app, row), filled, draft, same=same, now=app.now())


async def _replanned(app: App, me: int, plan_id: int, filled: Filled, draft: Draft) -> Draft:
    """Return a draft for a plan, with the languages of the plan that the form has no room for."""
    try:
        kept = (await scheduling.show(app, me, plan_id)).draft.translations
    except NotFound:
        return draft  # `scheduling.reword` says so
    return replace(draft, translations=_joined(kept, filled, draft, same=True, now=app.now()))


def _joined(
    known: Mapping[str, VersionDraft], filled: Filled, draft: Draft, *, same: bool, now: datetime
) -> dict[str, VersionDraft]:
    """Return the language in the form with those that were there besides it; `same`: the words are as they were."""
    kept, given, shown = dict(known), filled.versions(), filled.first("other_was")
    if shown in kept and (shown not in given or not _same(kept[shown], given[shown])):
        del kept[shown]
    frame = Frame(draft.language, draft.poll.options if draft.poll else (), draft.media_ids, now)
    fitting = languages.fitting(kept, frame, renewed=same)
    return {**given, **{tag: one for tag, one in fitting.items() if tag not in given or tag == shown}}


def _same(kept: VersionDraft, given: VersionDraft) -> bool:
    said = [
        (" ".join(one.text.split()), one.spoiler_text.strip(), one.poll_options, dict(one.descriptions))
        for one in (kept, given)
    ]
    return said[0] == said[1]


async def _keep(here: Visit, filled: Filled) -> Response:
    await unfinished.keep(here.app, here.member.account_id, filled.kept, filled.id("draft"))
    return browser.flash(here, redirect("/drafts"), here.words.gettext("Your draft is kept."))


def _id(request: Request) -> int:
    found = number(request.path_params["post_id"])
    if found is None:
        raise NotFound
    return found


ROUTES = (
    Route(PATH, page(ask), methods=["GET"]),
    Route(PATH, page(send), methods=["POST"]),
    Route("/posts/{post_id}/edit", page(ask_edit), methods=["GET"]),
    Route("/scheduled/{plan_id}/edit", page(ask_plan), methods=["GET"]),
)

"""/admin/topics: hashtags of several languages that are one topic, with what to call it in each."""

from collections.abc import Mapping

from starlette.responses import Response

from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation.house import starters
from fedinote.moderation.house import topics as keeping
from fedinote.moderation.moderator import Power
from fedinote.timelines import starters as offered
from fedinote.timelines import topics
from fedinote.timelines.topics import Topic
from fedinote.web.admin import guard, tagged
from fedinote.web.admin.guard import Staff
from fedinote.web.pages import Upload

PATH = "/admin/topics"


async def page(staff: Staff) -> Response:
    """GET /admin/topics."""
    return await _show(staff)


async def create(staff: Staff, form: Upload) -> Response:
    """POST /admin/topics: make one, or those of the starter list that are ticked (`topic`)."""
    me, fields = staff.by.account_id, form.fields
    try:
        if wanted := form.lists.get("topic"):
            await starters.apply(staff.app, me, wanted)
        else:
            titles = tagged.read(fields.get("titles", ""))
            await keeping.create(staff.app, me, fields.get("slug", ""), _tags(fields.get("tags", "")), titles=titles)
    except Invalid as error:
        return await _show(staff, fields, guard.wrong(staff, error))
    return guard.done(staff, PATH, staff.gettext("Saved."))


async def one(staff: Staff) -> Response:
    """GET /admin/topics/{slug}."""
    return await _edit(staff, await topics.named(staff.app, staff.request.path_params["slug"]))


async def change(staff: Staff, form: Upload) -> Response:
    """POST /admin/topics/{slug}: what the button `do` says: edit or delete."""
    found = await topics.named(staff.app, staff.request.path_params["slug"])
    me, do = staff.by.account_id, form.fields.get("do", "edit")
    if do == "delete":
        await keeping.delete(staff.app, me, found.id)
        return guard.done(staff, PATH, staff.gettext("The topic is gone; its hashtags stay what they are."))
    if do != "edit":
        raise NotFound
    wanted, there = _tags(form.fields.get("tags", "")), {tag.name: tag.display for tag in found.tags}
    folded = {name.lower() for name in wanted}
    try:
        await keeping.change(
            staff.app,
            me,
            found.id,
            add=[name for name in wanted if name.lower() not in there],
            remove=[shown for name, shown in there.items() if name not in folded],
            titles=tagged.read(form.fields.get("titles", "")),
        )
    except Invalid as error:
        return await _edit(staff, found, form.fields, guard.wrong(staff, error))
    return guard.done(staff, PATH, staff.gettext("Saved."))


def _tags(text: str) -> list[str]:
    return [one.lstrip("#＃") for one in text.replace(",", " ").split()][:100]


async def _show(staff: Staff, typed: Mapping[str, str] | None = None, problem: str = "") -> Response:
    found, reader = await topics.everything(staff.app), staff.here.words.tag
    here = {one.slug for one in found}
    return await guard.show(
        staff,
        "admin/topics.html",
        status=422 if problem else 200,
        found=[(one, one.title(reader)) for one in found],
        starters=[(one.slug, one.title(reader)) for one in offered.everything(staff.app) if one.slug not in here],
        typed=typed or {},
        problems=[problem] if problem else [],
    )


async def _edit(staff: Staff, found: Topic, typed: Mapping[str, str] | None = None, problem: str = "") -> Response:
    now = {"tags": " ".join(f"#{tag.display}" for tag in found.tags), "titles": tagged.written(found.titles)}
    return await guard.show(
        staff,
        "admin/topic.html",
        status=422 if problem else 200,
        topic=found,
        title=found.title(staff.here.words.tag),
        typed=typed or now,
        problems=[problem] if problem else [],
    )


ROUTES = (
    guard.get(PATH, Power.TRENDS, page),
    guard.post(PATH, Power.TRENDS, create),
    guard.get(f"{PATH}/{{slug}}", Power.TRENDS, one),
    guard.post(f"{PATH}/{{slug}}", Power.TRENDS, change),
)

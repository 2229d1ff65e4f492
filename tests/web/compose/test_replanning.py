"""A post that waits for its time is reworded in the form in which posts are written, and loses nothing by it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.posts import scheduling
from fedinote.posts.drafts import Draft, PollDraft
from fedinote.posts.languages import VersionDraft
from fedinote.posts.scheduling import Scheduled
from tests.support.browser import Answer
from tests.support.people import person
from tests.web.compose.conftest import Part, Writer, writer
from tests.web.reading import write

WORDS = VersionDraft(text="下午五点喝茶", spoiler_text="茶")


async def _planned(app: App, user: User, draft: Draft, due: datetime | None = None) -> Scheduled:
    return await scheduling.schedule(app, user.account_id, draft, due or app.now() + timedelta(hours=30, seconds=7))


async def _now(app: App, user: User, plan: Scheduled) -> Scheduled:
    return await scheduling.show(app, user.account_id, plan.id)


def _fields(answer: Answer) -> list[Part]:
    """Return what a browser would send of the form as it stands, without its button."""
    form: Any = BeautifulSoup(answer.text, "html5lib").select_one("form#compose")
    found: list[Part] = []
    for one in form.select("input[name], textarea[name], select[name]"):
        if one.get("type") in ("file", "submit") or one["name"] == "form_token":
            continue
        if one.get("type") == "checkbox" and not one.has_attr("checked"):
            continue
        chosen = one.select_one("option[selected]") or one.select_one("option") if one.name == "select" else one
        value = one.get_text() if one.name == "textarea" else chosen.get("value", "")
        found.append((one["name"], value))
    return found


def _with(fields: list[Part], **changed: str) -> list[Part]:
    return [(name, changed.get(name, value)) for name, value, *_ in fields]


async def _opened(hers: Writer, plan: Scheduled) -> list[Part]:
    answer = await hers.get(f"/scheduled/{plan.id}/edit")
    assert answer.status == 200, answer.text
    return _fields(answer)


async def test_a_plan_that_is_saved_as_it_was_opened_stays_what_it_was(app: App, alice: User, hers: Writer) -> None:
    parent = await write(app, await person(app, "bob"), "what do you say?")
    draft = Draft(
        text="\nTea at five", spoiler_text="tea", visibility="private", language="en", in_reply_to_id=parent,
        poll=PollDraft(("green", "black"), 7777, multiple=True, hide_totals=True), quote_policy="nobody",
        reply_policy="followers", machine_translation="none", application={"name": "An app", "website": None},
        translations={
            "zh-Hans": replace(WORDS, poll_options=("绿茶", "红茶")), "es": VersionDraft(text="Té a las cinco")
        },
        sensitive=True, covers=(),
    )  # fmt: skip
    plan = await _planned(app, alice, draft)
    answer = await hers.form("/publish", *await _opened(hers, plan), ("do", "publish"))
    assert (answer.status, answer.location) == (303, "/scheduled"), answer.text
    assert await _now(app, alice, plan) == plan


async def test_files_stay_with_their_descriptions_and_can_be_taken_off(app: App, alice: User, hers: Writer) -> None:
    one, two = await hers.uploaded(), await hers.uploaded()
    await app.db.execute("UPDATE media SET description = 'a cup' WHERE id = ?", int(one))
    plan = await _planned(app, alice, Draft(text="tea", media_ids=(int(one), int(two)), covers=(int(two),)))
    fields = await _opened(hers, plan)
    assert (f"alt_{one}", "a cup") in fields
    await hers.form("/publish", *_with(fields, **{f"alt_{one}": "a blue cup"}), ("do", "publish"))
    draft = (await _now(app, alice, plan)).draft
    assert (draft.media_ids, draft.covers) == ((int(one), int(two)), (int(two),))
    assert await app.db.value("SELECT description AS value FROM media WHERE id = ?", int(one)) == "a blue cup"
    await hers.form("/publish", *fields, ("drop", two), ("do", "publish"))
    assert (await _now(app, alice, plan)).draft.media_ids == (int(one),)


async def test_other_words_are_published_at_the_time_that_was_planned(app: App, alice: User, hers: Writer) -> None:
    plan = await _planned(app, alice, Draft(text="Tea at five", translations={"zh-Hans": WORDS}))
    fields = _with(await _opened(hers, plan), text="Tea at six", other_text="下午六点喝茶", visibility="unlisted")
    assert (await hers.form("/publish", *fields, ("do", "publish"))).location == "/scheduled"
    now = await _now(app, alice, plan)
    assert (now.id, now.due, now.draft.text, now.draft.visibility) == (plan.id, plan.due, "Tea at six", "unlisted")
    assert now.draft.translations["zh-Hans"].text == "下午六点喝茶"
    app.clock.shift(31 * 3600)
    await scheduling.publish(app, plan.id, int(plan.due.timestamp() * 1000))
    posts = await app.db.rows("SELECT source, visibility FROM posts")
    assert [(one["source"], one["visibility"]) for one in posts] == [("Tea at six", "unlisted")]


async def test_another_time_moves_it_too_and_no_time_leaves_it(app: App, alice: User, hers: Writer) -> None:
    plan = await _planned(app, alice, Draft(text="Tea"))
    later = (plan.due + timedelta(days=1)).replace(second=0, microsecond=0)
    fields = await _opened(hers, plan)
    at = (later + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")
    await hers.form("/publish", *_with(fields, at=at, offset="480"), ("do", "publish"))
    assert (await _now(app, alice, plan)).due == later
    await hers.form("/publish", *_with(fields, at="", text="Coffee"), ("do", "publish"))
    now = await _now(app, alice, plan)
    assert (now.due, now.draft.text) == (later, "Coffee")


@pytest.mark.parametrize(
    ("changed", "said"), [({"text": " "}, "blank"), ({"at": "2020-01-01T00:00"}, "five minutes"), ({"at": "x"}, "time")]
)
async def test_what_is_wrong_is_said_and_neither_the_plan_nor_what_is_written_is_lost(
    app: App, alice: User, hers: Writer, changed: dict[str, str], said: str
) -> None:
    plan = await _planned(app, alice, Draft(text="Tea"))
    fields = _with(await _opened(hers, plan), **{"warning": "hot & <b>", "text": "Coffee", **changed})
    answer = await hers.form("/publish", *fields, ("do", "publish"))
    assert (answer.status, said in answer.text) == (422, True)
    again = dict(one[:2] for one in _fields(answer))
    assert (again["warning"], again["plan"]) == ("hot & <b>", str(plan.id))
    assert again["text"] == changed.get("text", "Coffee")
    assert await _now(app, alice, plan) == plan


async def test_a_preview_goes_on_with_the_plan(app: App, alice: User, hers: Writer) -> None:
    plan = await _planned(app, alice, Draft(text="Tea"))
    fields = _with(await _opened(hers, plan), text="Coffee")
    answer = await hers.form("/publish", *fields, ("do", "preview"))
    assert dict(one[:2] for one in _fields(answer))["plan"] == str(plan.id)
    assert await _now(app, alice, plan) == plan


async def test_words_for_a_plan_that_was_published_meanwhile_can_be_kept(app: App, alice: User, hers: Writer) -> None:
    plan = await _planned(app, alice, Draft(text="Tea"))
    fields = _with(await _opened(hers, plan), text="Coffee")
    await scheduling.cancel(app, alice.account_id, plan.id)
    answer = await hers.form("/publish", *fields, ("do", "publish"))
    assert (answer.status, "published or taken back" in answer.text) == (404, True)
    page: Any = BeautifulSoup(answer.text, "html5lib")
    assert page.select_one("button[value=keep]") is not None
    assert (await hers.form("/publish", *_fields(answer), ("do", "keep"))).location == "/drafts"
    assert "Coffee" in (await hers.get("/drafts")).text
    assert await app.db.rows("SELECT id FROM posts") == []


async def test_a_plan_is_its_authors_alone(app: App, alice: User, hers: Writer, stranger: Any) -> None:
    plan = await _planned(app, alice, Draft(text="Tea"))
    his = await writer(app, await person(app, "bob"))
    assert f'href="/scheduled/{plan.id}/edit"' in (await hers.get("/scheduled")).text
    assert (await his.get(f"/scheduled/{plan.id}/edit")).status == 404
    assert (await hers.get("/scheduled/x/edit")).status == 404
    assert (await stranger.get(f"/scheduled/{plan.id}/edit")).status == 303
    fields = _with(await _opened(hers, plan), text="Coffee")
    assert (await his.form("/publish", *fields, ("do", "publish"))).status == 404
    assert await _now(app, alice, plan) == plan

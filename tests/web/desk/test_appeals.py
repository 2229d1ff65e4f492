"""Deciding again at the desk."""

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.moderation import actions, moderator
from fedinote.moderation.cases import appeals, statements
from fedinote.moderation.moderator import Power
from tests.moderation.staff import user, viewer
from tests.web.desk.conftest import Entering
from tests.web.reading import soup


async def appealed(app: App, by: User) -> tuple[User, int]:
    target = await user(app, "target")
    judge = await moderator.acting(app, viewer(by), Power.ACCOUNTS)
    await actions.silence(app, judge, target.account_id, reason="Facts")
    (about,) = await statements.about(app, target.account_id)
    return target, (await appeals.make(app, target.account_id, about.id, "I did nothing of the sort")).id


async def test_a_sole_moderator_is_not_barred_and_lifts(app: App, entering: Entering) -> None:
    only = await user(app, "only", "owner")
    target, appeal = await appealed(app, only)
    desk = await entering(only)
    assert "your own decision" in (await desk.get("/admin/appeals")).text
    page = await desk.get(f"/admin/appeals/{appeal}")
    assert "You made the first decision" not in page.text
    assert (await desk.submit(page, deed="lift", text="", language="en")).status == 303
    assert (await appeals.get(app, appeal)).state == "lifted"
    after = await desk.get(f"/admin/appeals/{appeal}")
    assert not [form for form in after.forms if form.action == f"/admin/appeals/{appeal}"]
    row = await app.db.row("SELECT silenced_at FROM accounts WHERE id = ?", target.account_id)
    assert row is not None
    assert row["silenced_at"] is None


async def test_the_first_moderator_may_answer_and_another_upholds(app: App, entering: Entering) -> None:
    first, second = await user(app, "first", "moderator"), await user(app, "second", "moderator")
    _, appeal = await appealed(app, first)
    hers, his = await entering(first), await entering(second)
    page = await hers.get(f"/admin/appeals/{appeal}")
    assert 'value="uphold"' not in page.text
    assert (await hers.submit(page, deed="uphold", text="", language="en")).status == 422
    assert (await hers.submit(page, deed="answer", text="What do you mean?", language="en")).status == 303
    page = await his.get(f"/admin/appeals/{appeal}")
    assert "What do you mean?" in page.text
    assert (await his.submit(page, deed="uphold", text="It stands.", language="en")).status == 303
    found = await appeals.get(app, appeal)
    assert (found.state, found.decided_by_id) == ("upheld", second.account_id)
    assert "Nothing waits here." in (await his.get("/admin/appeals")).text


async def test_decided_appeals_are_listed_and_the_page_names_who_may_decide(app: App, entering: Entering) -> None:
    first, second = await user(app, "first", "moderator"), await user(app, "second", "moderator")
    _, appeal = await appealed(app, first)
    desk = await entering(second)
    page = await desk.get(f"/admin/appeals/{appeal}")
    (row,) = [one for one in soup(page).select("dt") if one.get_text() == "Who may decide"]
    names = row.find_next_sibling("dd")
    assert names is not None
    assert names.get_text() == "@second"
    await desk.submit(page, deed="uphold", text="It stands.", language="en")
    assert f"/admin/appeals/{appeal}" not in (await desk.get("/admin/appeals")).text
    listed = soup(await desk.get("/admin/appeals?show=closed")).select_one("[data-rows]")
    assert listed is not None
    assert "upheld" in listed.get_text()


async def test_a_decision_without_words_can_be_appealed_and_read(app: App, entering: Entering) -> None:
    first, second = await user(app, "first", "moderator"), await user(app, "second", "moderator")
    target = await user(app, "target")
    judge = await moderator.acting(app, viewer(first), Power.ACCOUNTS)
    await actions.silence(app, judge, target.account_id)
    (about,) = await statements.about(app, target.account_id)
    appeal = (await appeals.make(app, target.account_id, about.id, "Why?")).id
    assert (await (await entering(second)).get(f"/admin/appeals/{appeal}")).status == 200


async def test_the_notification_of_a_decision_says_what_became_of_the_appeal(app: App, entering: Entering) -> None:
    first, second = await user(app, "first", "moderator"), await user(app, "second", "moderator")
    target, appeal = await appealed(app, first)
    theirs, his = await entering(target), await entering(second)
    assert "Your appeal waits for a decision." in (await theirs.get("/notifications")).text
    await his.submit(await his.get(f"/admin/appeals/{appeal}"), deed="lift", text="Sorry.", language="en")
    told = (await theirs.get("/notifications")).text
    assert "After your appeal this was lifted." in told
    assert "waits for a decision" not in told

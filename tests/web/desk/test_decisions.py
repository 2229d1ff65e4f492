"""What members are told about decisions, how they appeal, and what becomes of their own reports."""

from datetime import timedelta

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.moderation import actions
from fedinote.moderation.cases import appeals, reports, statements
from fedinote.moderation.cases.statements import Basis, Statement
from fedinote.translation.engine import Location
from tests.moderation.staff import staff, user
from tests.support.browser import Browser
from tests.web.desk.conftest import Entering, knowing, send, speaker
from tests.web.reading import soup, write


async def limited(app: App, reason: str = "Facts of the case") -> tuple[User, Statement]:
    target, by = await user(app, "target"), await staff(app, "moderator")
    await actions.silence(app, by, target.account_id, reason=reason, basis=Basis(rules=(1,), language="en"))
    (about,) = await statements.about(app, target.account_id)
    return target, about


async def test_a_decision_names_what_why_and_who_kind_of_decided(app: App, entering: Entering) -> None:
    target, about = await limited(app)
    theirs = await entering(target)
    listed = await theirs.get("/settings/decisions")
    assert f"/settings/decisions/{about.id}" in listed.text
    words = soup(await theirs.get(f"/settings/decisions/{about.id}")).get_text(" ")
    for there in ("Account limited", "Facts of the case", "a person, one of the moderators", "You do not agree?"):
        assert there in words, there
    assert "@moderator" not in words


async def test_a_decision_of_a_rule_says_that_a_program_made_it(app: App, entering: Entering) -> None:
    target = await user(app, "target")
    theirs = await entering(target)
    await actions.suspend_by_rule(app, target.account_id, "spam")
    await actions.unsuspend_by_rule(app, target.account_id)
    (about,) = await statements.about(app, target.account_id)
    words = soup(await (await entering(target)).get(f"/settings/decisions/{about.id}")).get_text(" ")
    assert "a program alone" in words
    assert "nothing left to appeal" in words
    assert (await theirs.get("/settings/decisions")).status in (200, 303)


async def test_nobody_reads_or_appeals_the_decision_about_another(
    app: App, entering: Entering, stranger: Browser
) -> None:
    target, about = await limited(app)
    mine = await (await entering(target)).get(f"/settings/decisions/{about.id}")
    other = await entering(await user(app, "other"))
    path = f"/settings/decisions/{about.id}"
    assert (await other.get(path)).status == 404
    assert (await stranger.get(path)).status == 303
    token = (await other.get("/settings/privacy")).forms[0].hidden["form_token"]
    assert (await other.post(path, {"form_token": token, "text": "Please"})).status == 404
    assert (await other.post(path, {**mine.forms[0].hidden, "text": "Please"})).status == 403
    assert (await (await entering(target)).post(path, {"text": "Please"})).status == 403
    assert await appeals.of_statement(app, about.id) is None
    assert about.id not in [one.id for one in await statements.about(app, 1)]


async def test_an_appeal_is_a_thread_and_what_was_said_wrong_is_kept(app: App, entering: Entering) -> None:
    target, about = await limited(app)
    theirs = await entering(target)
    path = f"/settings/decisions/{about.id}"
    empty = await send(theirs, await theirs.get(path), text="   ")
    assert empty.status == 422
    assert (await send(theirs, await theirs.get(path), text="I did nothing")).status == 303
    assert (await send(theirs, await theirs.get(path), text="Look at the date")).status == 303
    found = await appeals.of_statement(app, about.id)
    assert found is not None
    assert [turn.text for turn in found.turns] == ["I did nothing", "Look at the date"]
    other = await staff(app, "moderator", "other")
    await appeals.decide(app, other, found.id, lift=False, text="It stands, because of the second post", tongue="en")
    words = soup(await theirs.get(path)).get_text(" ")
    assert "upheld" in words
    assert "It stands, because of the second post" in words
    late = await theirs.post(path, {"form_token": (await theirs.get("/settings/privacy")).forms[0].hidden["form_token"],
                                    "text": "Again"})  # fmt: skip
    assert late.status == 403
    assert "This appeal is decided" in late.text


async def test_the_time_for_an_appeal_ends(app: App, entering: Entering) -> None:
    target, about = await limited(app)
    await app.db.execute(
        "UPDATE statements SET created_at = ? WHERE id = ?",
        app.now() - appeals.WITHIN - timedelta(days=1),
        about.id,
    )
    page = await (await entering(target)).get(f"/settings/decisions/{about.id}")
    assert "The time for an appeal is over." in page.text
    assert not [form for form in page.forms if form.action == f"/settings/decisions/{about.id}"]


async def test_the_posts_that_are_meant_are_linked_while_they_are_there(app: App, entering: Entering) -> None:
    target, by = await user(app, "target"), await staff(app, "moderator")
    first, second = await write(app, target, "one"), await write(app, target, "two")
    await actions.mark_sensitive(app, by, first, reason="Facts")
    await actions.delete_post(app, by, second, reason="Facts")
    gone, marked = await statements.about(app, target.account_id)
    theirs = await entering(target)
    assert f"/@target/{first}" in (await theirs.get(f"/settings/decisions/{marked.id}")).text
    assert "They are gone." in (await theirs.get(f"/settings/decisions/{gone.id}")).text


async def test_who_reported_sees_the_outcome_and_no_more(app: App, entering: Entering) -> None:
    target, by = await user(app, "target"), await staff(app, "moderator")
    reporter = await speaker(app, "reporter", "es")
    report = await reports.file(app, reporter.account_id, target.account_id, comment="Es un insulto")
    theirs = await entering(reporter)
    assert "sin revisar todavía" in (await theirs.get("/settings/reports")).text
    await actions.act(app, by, target.account_id, "silence", reason="inner words", report_id=report.id)
    page = (await theirs.get("/settings/reports")).text
    assert "se tomaron medidas" in page
    assert "inner words" not in page
    other = await entering(await user(app, "other"))
    assert "Es un insulto" not in (await other.get("/settings/reports")).text


async def test_reasons_are_translated_on_this_machine_alone(app: App, entering: Entering) -> None:
    reason, meaning = "The post insults other people.", "La publicación insulta a otras personas."
    recorders = knowing(app, {reason: meaning})
    target, about = await limited(app, reason)
    await app.db.execute("UPDATE users SET locale = 'es' WHERE id = ?", target.id)
    page = await (await entering(target)).get(f"/settings/decisions/{about.id}")
    assert reason in page.text
    assert meaning in page.text
    assert [place for place, one in recorders.items() if one.calls] == [Location.LOCAL]

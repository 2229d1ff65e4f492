"""An account as moderators see it: decisions, reports, notes, words in translation; and who waits to come in."""

from urllib.parse import urlencode

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.moderation import actions
from fedinote.moderation.cases import remarks, reports, statements
from tests.moderation.staff import staff, user
from tests.relations.people import change, person
from tests.support.browser import Answer, Browser
from tests.web.desk.conftest import Entering, knowing, speaker
from tests.web.reading import soup

REASON = "Quiero leer las notas de mis amigos y escribir sobre cocina cada semana."
MEANING = "I want to read the notes of my friends and write about cooking every week."
ACT = "/admin/accounts/act"


@pytest.fixture
async def desk(app: App, entering: Entering) -> Browser:
    return await entering(await speaker(app, "moderator", "en", "moderator"))


async def send(who: Browser, page: Answer, deed: str, **values: str) -> Answer:
    numbers = [place for place, one in enumerate(page.forms) if one.hidden.get("deed") == deed]
    return await who.submit(page, values, number=numbers[0])


async def test_decisions_and_reports_stand_on_the_page_and_a_decision_is_taken_back(app: App, desk: Browser) -> None:
    bob, reporter = await user(app, "bob"), await person(app, "reporter")
    report = await reports.file(app, reporter, bob.account_id, comment="Shouts at everybody")
    by = await staff(app, "admin")
    await actions.act(app, by, bob.account_id, "silence", reason="Too loud", report_id=report.id)
    page = await desk.get(f"/admin/accounts/{bob.account_id}")
    assert f"/admin/reports/{report.id}" in page.text
    for there in ("Too loud", "Shouts at everybody", "Account limited"):
        assert there in page.text, there
    assert (await send(desk, page, "undo")).status == 303
    (about,) = await statements.about(app, bob.account_id)
    assert about.lifted_why == "undone"
    assert not [one for one in (await desk.get(f"/admin/accounts/{bob.account_id}")).forms
                if one.hidden.get("deed") == "undo"]  # fmt: skip


async def test_notes_of_the_moderators_are_written_read_and_thrown_away(app: App, desk: Browser) -> None:
    bob, by = await user(app, "bob"), await staff(app, "admin")
    page = await desk.get(f"/admin/accounts/{bob.account_id}")
    assert (await send(desk, page, "note", text="Wrote to me <b>kindly</b>")).status == 303
    page = await desk.get(f"/admin/accounts/{bob.account_id}")
    assert "Wrote to me &lt;b&gt;kindly" in page.text
    assert (await send(desk, page, "note", text=" ")).status == 422
    assert (await send(desk, page, "unnote")).status == 303
    assert await remarks.about(app, by, bob.account_id) == []


async def test_the_person_never_sees_notes_about_them(app: App, desk: Browser, entering: Entering) -> None:
    bob, by = await user(app, "bob"), await staff(app, "admin")
    await remarks.write(app, by, bob.account_id, "a secret word")
    theirs = await entering(bob)
    for path in ("/@bob", "/settings/decisions", "/settings/reports", "/notifications", "/settings/export"):
        assert "a secret word" not in (await theirs.get(path)).text
    assert (await theirs.get(f"/admin/accounts/{bob.account_id}")).status == 404


async def test_what_an_account_says_of_itself_stands_beside_its_translation(app: App, desk: Browser) -> None:
    knowing(app, {REASON: MEANING})
    bob = await user(app, "bob")
    await change(app, bob.account_id, note=f"<p>{REASON}</p>")
    shown = soup(await desk.get(f"/admin/accounts/{bob.account_id}")).get_text(" ")
    assert REASON in shown
    assert MEANING in shown


async def waiting(app: App, name: str) -> User:
    made = await user(app, name, state="pending")
    await app.db.execute("UPDATE users SET reason = ? WHERE id = ?", REASON, made.id)
    return made


async def several(who: Browser, page: Answer, deed: str, people: list[User]) -> Answer:
    (form,) = [one for one in page.forms if one.action == "/admin/accounts/batch"]
    pairs = [*form.hidden.items(), ("deed", deed), *(("account", str(one.account_id)) for one in people)]
    kind = {"content_type": "application/x-www-form-urlencoded"}
    return await who.send("POST", "/admin/accounts/batch", urlencode(pairs).encode(), kind)


async def test_reasons_to_join_are_translated_and_several_are_let_in_or_refused(app: App, desk: Browser) -> None:
    knowing(app, {REASON: MEANING})
    first, second, third = [await waiting(app, name) for name in ("first", "second", "third")]
    page = await desk.get("/admin/accounts?state=pending")
    assert soup(page).get_text(" ").count(MEANING) == 3
    assert (await several(desk, page, "approve", [first, second])).location == "/admin/accounts?state=pending"
    states = {row["id"]: row["state"] for row in await app.db.rows("SELECT id, state FROM users")}
    assert [states[one.id] for one in (first, second, third)] == ["active", "active", "pending"]
    assert "2 people were let in." in (await desk.get("/admin/accounts?state=pending")).text
    assert (await several(desk, page, "reject", [first, third])).status == 303
    left = {row["id"] for row in await app.db.rows("SELECT id FROM users")}
    assert (first.id in left, third.id in left) == (True, False)
    assert (await several(desk, page, "burn", [first])).status == 400


async def test_a_decision_on_the_page_names_rules_and_the_language_of_its_words(app: App, desk: Browser) -> None:
    bob = await user(app, "bob")
    page = await desk.get(f"/admin/accounts/{bob.account_id}")
    assert (await send(desk, page, "silence", reason="Demasiado ruido", rule="1", language="es")).status == 303
    (about,) = await statements.about(app, bob.account_id)
    assert (about.rules, about.language, about.text) == ((1,), "es", "Demasiado ruido")


async def test_others_are_not_read_for_reasons(app: App, desk: Browser) -> None:
    knowing(app, {REASON: MEANING})
    await waiting(app, "first")
    assert MEANING not in (await desk.get("/admin/accounts")).text

"""Those whose login is shut: they hear why, appeal, take their data along or delete the account, and nothing else."""

import gzip

import pytest

from fedinote import worker
from fedinote.auth import factors, totp, users
from fedinote.auth.models import Session, User
from fedinote.infra.app import App
from fedinote.moderation import actions
from fedinote.moderation.cases import appeals, finality, statements
from fedinote.moderation.cases.statements import Basis
from fedinote.moderation.moderator import Moderator
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft
from fedinote.translation.engine import Location
from tests.moderation.staff import staff
from tests.support.browser import Answer, Browser
from tests.support.people import PASSWORD, client, configure, person
from tests.web.auth.test_second_step import code
from tests.web.desk.conftest import knowing
from tests.web.reading import signed_in, soup

PATH = "/auth/locked"
REASON = "The post insults other people, which the rules of this house do not allow."
MEANING = "La publicación insulta a otras personas, lo que las reglas de esta casa no permiten."


@pytest.fixture
async def by(app: App) -> Moderator:
    return await staff(app, "moderator")


async def enter(browser: Browser, name: str = "alice", password: str = PASSWORD, onward: str = "/") -> Answer:
    page = await browser.get(f"/auth/sign_in?next={onward}")
    return await browser.submit(page, login=name, password=password)


async def _second_factor(app: App, user: User) -> None:
    await totp.begin(app, user.id)
    setup = await totp.waiting(app, user.id)
    assert setup is not None
    await factors.turn_on_app(app, user.id, code(app, setup.secret))


async def shut(app: App, by: Moderator, user: User, kind: str = "suspend", reason: str = REASON) -> int:
    """Suspend or disable somebody; the id of the statement."""
    basis = Basis(rules=(1,), language="en")
    await actions.act(app, by, user.account_id, kind, reason=reason, basis=basis)
    return (await statements.about(app, user.account_id))[0].id


def form_to(page: Answer, path: str, **hidden: str) -> int:
    """The number of the form that goes there with these hidden fields."""
    places = [
        place
        for place, one in enumerate(page.forms)
        if one.action == path and all(one.hidden.get(name) == value for name, value in hidden.items())
    ]
    return places[0]


@pytest.mark.parametrize(("kind", "title"), [("suspend", "is suspended"), ("disable", "login is disabled")])
async def test_who_is_shut_out_reads_why_and_appeals_on_a_page_of_its_own(
    app: App, stranger: Browser, alice: User, by: Moderator, kind: str, title: str
) -> None:
    about = await shut(app, by, alice, kind)
    answer = await enter(stranger, onward="/settings/profile")
    assert (answer.status, answer.location) == (303, PATH)
    page = await stranger.get(PATH)
    words = soup(page).get_text(" ")
    for there in (title, REASON, "a person, one of the moderators", "You do not agree?", "Delete it for good"):
        assert there in words, there
    assert page.header("cache-control") == "private, no-store"
    sent = await stranger.submit(page, number=form_to(page, PATH), text="I did not insult anybody")
    assert (sent.status, sent.location) == (303, PATH)
    appeal = await appeals.of_statement(app, about)
    assert appeal is not None
    await appeals.answer(app, await staff(app, "moderator", "other"), appeal.id, "Which words do you mean?", "en")
    again = await stranger.get(PATH)
    assert "Which words do you mean?" in again.text
    await stranger.submit(again, number=form_to(again, PATH), text="The first ones")
    assert [turn.text for turn in (await appeals.get(app, appeal.id)).turns][-1] == "The first ones"
    assert await Session.all().using_db(app.db.orm).count() == 0


async def test_the_pass_opens_nothing_else(app: App, stranger: Browser, alice: User, by: Moderator) -> None:
    await shut(app, by, alice)
    await enter(stranger)
    for path in ("/home", "/settings/decisions", "/settings/export", "/settings/export/archive", "/settings/security"):
        assert (await stranger.get(path)).location.startswith("/auth/sign_in"), path
    token = (await stranger.get(PATH)).forms[0].hidden["form_token"]
    for path in ("/publish", "/settings/delete", "/auth/password", "/settings/export"):
        assert (await stranger.post(path, {"form_token": token, "do": "make"})).status in (303, 403), path
    assert (await stranger.get("/api/v1/accounts/verify_credentials")).status == 401
    assert (await stranger.get("/live")).status in (303, 401)


async def test_a_wrong_password_says_nothing_about_a_suspended_account(
    app: App, stranger: Browser, alice: User, by: Moderator
) -> None:
    await shut(app, by, alice)
    wrong, unknown = await enter(stranger, password="not the one"), await enter(stranger, name="nobody")
    assert wrong.status == unknown.status == 401
    assert wrong.text.count("Wrong name or password") == unknown.text.count("Wrong name or password") == 1
    assert "suspended" not in wrong.text
    assert "locked" not in stranger.cookies
    assert (await stranger.get(PATH)).location.startswith("/auth/sign_in")


async def test_the_second_factor_is_asked_for_before_anything_is_said(
    app: App, stranger: Browser, alice: User, by: Moderator
) -> None:
    await _second_factor(app, alice)
    await shut(app, by, alice)
    page = await enter(stranger)
    assert "suspended" not in page.text
    assert "locked" not in stranger.cookies
    assert (await stranger.submit(page, code="000000")).status == 422
    assert "locked" not in stranger.cookies


async def test_a_pass_is_bound_to_its_browser_its_time_and_the_password(
    app: App, stranger: Browser, alice: User, by: Moderator
) -> None:
    await shut(app, by, alice)
    await enter(stranger)
    thief = client(app)
    await thief.get("/auth/sign_in")
    thief.cookies["locked"] = stranger.cookies["locked"]
    assert (await thief.get(PATH)).location.startswith("/auth/sign_in")
    stranger.cookies["locked"] = stranger.cookies["locked"].replace(str(alice.id), str(alice.id + 1), 1)
    assert (await stranger.get(PATH)).status == 303
    await enter(stranger)
    assert (await stranger.get(PATH)).status == 200
    app.clock.shift(31 * 60)
    assert (await stranger.get(PATH)).status == 303
    await enter(stranger)
    await users.set_password(app, alice.id, "another horse with a hat")
    assert (await stranger.get(PATH)).status == 303


async def test_the_proof_of_a_second_step_is_no_pass(app: App, stranger: Browser, alice: User, by: Moderator) -> None:
    await _second_factor(app, alice)
    await shut(app, by, alice)
    stranger.cookies["locked"] = (await enter(stranger)).forms[0].hidden["proof"]
    assert (await stranger.get(PATH)).status == 303


async def test_nobody_appeals_for_another_nor_without_our_form(
    app: App, stranger: Browser, alice: User, by: Moderator
) -> None:
    await shut(app, by, alice)
    other = await shut(app, by, await person(app, "bob"))
    await enter(stranger)
    fields = dict((await stranger.get(PATH)).forms[1].hidden)
    assert (await stranger.post(PATH, {**fields, "statement": str(other), "text": "Please"})).status == 404
    assert (await stranger.post(PATH, {**fields, "form_token": "", "text": "Please"})).status == 403
    assert (await stranger.post(f"{PATH}/delete", {"name": "alice", "password": PASSWORD})).status == 403
    assert await appeals.of_statement(app, other) is None


async def test_a_suspended_person_takes_the_archive_along(
    app: App, stranger: Browser, alice: User, by: Moderator
) -> None:
    await publishing.publish(app, alice.account_id, Draft("for few", visibility="direct"))
    await shut(app, by, alice)
    await enter(stranger)
    page = await stranger.get(PATH)
    made = await stranger.submit(page, number=form_to(page, f"{PATH}/archive", do="make"))
    assert made.location == PATH
    assert "is being made" in (await stranger.get(PATH)).text
    await worker.settle(app)
    assert f'href="{PATH}/archive"' in (await stranger.get(PATH)).text
    answer = await stranger.get(f"{PATH}/archive")
    assert answer.status == 200
    assert b"for few" in gzip.decompress(answer.body)
    assert (await client(app).get(f"{PATH}/archive")).status == 303


async def test_a_suspended_person_deletes_the_account_at_once(
    app: App, stranger: Browser, alice: User, by: Moderator
) -> None:
    about = await shut(app, by, alice)
    await appeals.make(app, alice.account_id, about, "Please")
    await enter(stranger)
    page = await stranger.get(PATH)
    number = form_to(page, f"{PATH}/delete")
    assert (await stranger.submit(page, number=number, name="bob", password=PASSWORD)).status == 422
    assert (await stranger.submit(page, number=number, name="alice", password="wrong one")).status == 403
    done = await stranger.submit(page, number=number, name="@Alice", password=PASSWORD)
    assert done.status == 200
    assert "locked" not in stranger.cookies
    row = await app.db.row("SELECT deleted_at FROM accounts WHERE id = ?", alice.account_id)
    assert row is not None
    assert row["deleted_at"] is not None
    assert (await enter(stranger)).status == 401
    found = await statements.get(app, about)
    assert (found.account_id, found.text, found.appeal) == (None, "", "ended")
    await finality.purge(app)


async def test_once_it_is_lifted_the_person_signs_in_as_before(
    app: App, stranger: Browser, alice: User, by: Moderator
) -> None:
    for kind, undo in (("disable", actions.enable), ("suspend", actions.unsuspend)):
        await shut(app, by, alice, kind)
        await enter(stranger)
        assert (await stranger.get(PATH)).status == 200
        await undo(app, by, alice.account_id)
        assert (await stranger.get(PATH)).location.startswith("/auth/sign_in")
        assert (await enter(stranger, onward="/settings")).location == "/settings"
        assert "@alice" in (await stranger.get("/settings")).text


async def test_an_app_that_asks_for_access_leads_to_the_same_page(
    app: App, stranger: Browser, alice: User, by: Moderator
) -> None:
    await shut(app, by, alice)
    answer = await enter(stranger, onward="/oauth/authorize")
    assert answer.location == PATH


async def test_who_waits_for_approval_may_take_the_wish_back(app: App, stranger: Browser, alice: User) -> None:
    await app.db.execute("UPDATE users SET state = 'pending' WHERE id = ?", alice.id)
    await enter(stranger)
    page = await stranger.get(PATH)
    assert "waits for approval" in page.text
    assert "Make an archive" not in page.text
    token = page.forms[0].hidden["form_token"]
    assert (await stranger.post(f"{PATH}/archive", {"form_token": token, "do": "make"})).status == 404
    done = await stranger.submit(page, number=form_to(page, f"{PATH}/delete"), name="alice", password=PASSWORD)
    assert done.status == 200
    assert await app.db.row("SELECT 1 AS value FROM accounts WHERE id = ?", alice.account_id) is None


async def test_who_was_refused_hears_it_with_the_right_password_alone(
    app: App, stranger: Browser, alice: User, by: Moderator
) -> None:
    await app.db.execute("UPDATE users SET state = 'pending' WHERE id = ?", alice.id)
    await actions.refuse(app, by, alice.account_id, reason="We know nobody of that name.")
    assert (await enter(stranger, password="not the one")).status == 401
    for name in ("alice", "alice@mail.example"):
        told = await enter(stranger, name=name)
        assert told.status == 403
        assert "We know nobody of that name." in told.text
    assert {"locked", "session"}.isdisjoint(stranger.cookies)
    again = await person(app, "alice")
    assert (await enter(stranger)).status == 303
    assert again.id != alice.id
    app.clock.shift(31 * 86400)
    await app.db.execute("UPDATE users SET email = 'other@mail.example' WHERE id = ?", again.id)
    assert (await enter(client(app), name="alice@mail.example")).status == 401


async def test_the_page_speaks_the_language_of_the_person(
    app: App, stranger: Browser, alice: User, by: Moderator
) -> None:
    recorders = knowing(app, {REASON: MEANING})
    await app.db.execute("UPDATE users SET locale = 'es' WHERE id = ?", alice.id)
    about = await shut(app, by, alice)
    await worker.settle(app)
    sent = await statements.get(app, about)
    assert (sent.translated, sent.translated_to, sent.text) == (MEANING, "es", REASON)
    assert [place for place, one in recorders.items() if one.calls] == [Location.LOCAL]
    calls = recorders[Location.LOCAL].calls
    await enter(stranger)
    page = await stranger.get(PATH)
    shown = soup(page)
    words = shown.get_text(" ")
    assert shown.html is not None
    assert shown.html["lang"] == "es"
    assert words.index(MEANING) < words.index(REASON)
    assert recorders[Location.LOCAL].calls == calls


async def test_leaving_the_page_puts_the_pass_away(app: App, stranger: Browser, alice: User, by: Moderator) -> None:
    await shut(app, by, alice)
    await enter(stranger)
    page = await stranger.get(PATH)
    await stranger.submit(page, number=form_to(page, f"{PATH}/leave"))
    assert "locked" not in stranger.cookies


async def test_a_member_who_is_not_shut_out_gets_no_such_page(app: App, alice: User) -> None:
    browser = await signed_in(app, alice)
    assert (await browser.get(PATH)).status == 303


async def test_a_login_that_was_shut_without_a_word_says_so_and_whom_to_ask(
    app: App, stranger: Browser, alice: User
) -> None:
    configure(app, "instance", contact_email="house@mail.example")
    await users.disable(app, alice.id)
    await enter(stranger)
    page = await stranger.get(PATH)
    assert "No reasons were written down" in page.text
    assert "mailto:house@mail.example" in page.text

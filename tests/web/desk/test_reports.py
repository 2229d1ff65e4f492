"""The queue and the page of a report."""

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.moderation.cases import casework, reports, statements
from fedinote.moderation.cases.models import Report
from fedinote.relations import follows
from fedinote.translation import preferences
from fedinote.translation.engine import Location
from fedinote.translation.preferences import Preferences
from tests.moderation.staff import user
from tests.relations.people import post
from tests.support.browser import Browser
from tests.translation.recorders import engines
from tests.web.desk.conftest import Entering, send, speaker
from tests.web.reading import soup, write

SPANISH = "Esta persona insulta a los demás en todas las conversaciones y no quiere parar."


@pytest.fixture
async def moderator(app: App) -> User:
    return await speaker(app, "moderator", "en", "moderator")


@pytest.fixture
async def desk(moderator: User, entering: Entering) -> Browser:
    return await entering(moderator)


async def filed(app: App, *, name: str = "target", comment: str = SPANISH, **fields: str) -> Report:
    target = await user(app, name)
    first, second = await write(app, target, "one", **fields), await write(app, target, "two", **fields)
    reporter = await user(app, f"{name}_reporter")
    return await reports.file(app, reporter.account_id, target.account_id, post_ids=[first, second], comment=comment)


async def test_the_queue_is_oldest_first_and_has_what_one_took_on(app: App, desk: Browser, moderator: User) -> None:
    old, new = await filed(app, name="old"), await filed(app, name="new")
    page = (await desk.get("/admin/reports")).text
    assert page.index(f"/admin/reports/{old.id}") < page.index(f"/admin/reports/{new.id}")
    shown = await desk.get(f"/admin/reports/{new.id}")
    assert (await send(desk, shown, "assign")).status == 303
    assert (await reports.get(app, new.id)).assigned_to_id == moderator.account_id
    mine = (await desk.get("/admin/reports?show=mine")).text
    assert f"/admin/reports/{new.id}" in mine
    assert f"/admin/reports/{old.id}" not in mine
    assert (await send(desk, shown, "resolve")).status == 303
    assert f"/admin/reports/{new.id}" in (await desk.get("/admin/reports?show=closed")).text
    assert f"/admin/reports/{new.id}" not in (await desk.get("/admin/reports")).text
    assert (await send(desk, await desk.get(f"/admin/reports/{new.id}"), "reopen")).status == 303
    assert (await reports.get(app, new.id)).action_taken_at is None


async def test_posts_are_deleted_only_when_one_is_sure_and_only_those_of_the_report(app: App, desk: Browser) -> None:
    report = await filed(app)
    page = await desk.get(f"/admin/reports/{report.id}")
    chosen = str(report.post_ids[0])
    unsure = await send(desk, page, "decide", kind="delete", post=chosen, reason="Facts", language="en")
    assert unsure.status == 422
    assert "Facts" in unsure.text
    other = await post(app, report.target_id, "not reported")
    foreign = await send(desk, page, "decide", kind="delete", post=str(other), sure="1", language="en")
    assert foreign.status == 422
    assert await statements.about(app, report.target_id) == []
    done = await send(desk, page, "decide", kind="delete", post=chosen, sure="1", reason="Facts", language="en")
    assert done.status == 303
    left = {row["id"] for row in await app.db.rows("SELECT id FROM posts WHERE account_id = ?", report.target_id)}
    assert left == {report.post_ids[1], other}
    (about,) = await statements.about(app, report.target_id)
    assert (about.action, about.report_id, about.text) == ("delete_statuses", report.id, "Facts")


async def test_posts_are_marked_sensitive(app: App, desk: Browser) -> None:
    report = await filed(app)
    page = await desk.get(f"/admin/reports/{report.id}")
    assert (await send(desk, page, "decide", kind="mark", post=str(report.post_ids[1]), language="en")).status == 303
    rows = await app.db.rows("SELECT id FROM posts WHERE sensitive")
    assert [row["id"] for row in rows] == [report.post_ids[1]]


async def test_a_warning_needs_a_reason_and_rules_must_exist(app: App, desk: Browser) -> None:
    report = await filed(app)
    page = await desk.get(f"/admin/reports/{report.id}")
    assert (await send(desk, page, "decide", kind="none", reason=" ", language="en")).status == 422
    assert (await send(desk, page, "decide", kind="silence", rule="77", language="en")).status == 422
    assert (await send(desk, page, "decide", kind="silence", language="no language")).status == 422
    assert (await send(desk, page, "decide", kind="nonsense", language="en")).status == 422
    assert (await desk.submit(page, deed="nonsense")).status == 400
    assert (await reports.get(app, report.id)).action_taken_at is None
    assert await statements.about(app, report.target_id) == []


async def test_a_moderator_of_the_same_rank_cannot_be_acted_on(app: App, desk: Browser) -> None:
    peer, reporter = await user(app, "peer", "moderator"), await user(app, "reporter")
    report = await reports.file(app, reporter.account_id, peer.account_id, comment=SPANISH)
    page = await desk.get(f"/admin/reports/{report.id}")
    assert "not below your role" in page.text
    token = page.forms[0].hidden["form_token"]
    values = {"form_token": token, "deed": "decide", "kind": "suspend", "reason": "x", "language": "en"}
    assert (await desk.post(f"/admin/reports/{report.id}", values)).status == 422
    assert await statements.about(app, peer.account_id) == []


async def test_notes_stay_inside_and_answers_reach_the_reporter(app: App, desk: Browser, entering: Entering) -> None:
    report = await filed(app)
    page = await desk.get(f"/admin/reports/{report.id}")
    assert (await send(desk, page, "note", text="Looks like a quarrel")).status == 303
    assert (await send(desk, page, "answer", text="We looked at it, thank you")).status == 303
    assert [note.to_reporter for note in await casework.notes(app, report.id)] == [False, True]
    reporter = await user_of(app, report.account_id)
    theirs = (await (await entering(reporter)).get("/settings/reports")).text
    assert "We looked at it, thank you" in theirs
    assert "quarrel" not in theirs
    assert "@target" in theirs


async def user_of(app: App, account_id: int) -> User:
    return await User.get(account_id=account_id, using_db=app.db.orm)


async def test_a_speaker_gets_the_report_and_without_one_a_note_is_left(app: App, desk: Browser) -> None:
    report = await filed(app)
    page = await desk.get(f"/admin/reports/{report.id}")
    assert (await send(desk, page, "ask", language="es")).status == 303
    found = await reports.get(app, report.id)
    assert found.assigned_to_id is None
    assert "Español" in (await casework.notes(app, report.id))[0].text
    speaks = await speaker(app, "speaks", "fr", "moderator")
    await preferences.store(app, speaks.account_id, Preferences(target="fr", understood=("es",)))
    sent = await send(desk, page, "ask", language="es")
    assert sent.status == 303
    assert (await reports.get(app, report.id)).assigned_to_id == speaks.account_id
    assert (await send(desk, page, "ask", language="")).status == 422


async def test_what_cannot_be_translated_says_why_and_offers_a_speaker(app: App, desk: Browser) -> None:
    recorders = engines(app, Location.THIRD_PARTY)
    report = await filed(app)
    shown = soup(await desk.get(f"/admin/reports/{report.id}"))
    assert SPANISH in shown.get_text()
    assert "Not translated:" in shown.get_text()
    offered = shown.select_one("#ask-language")
    assert offered is not None
    assert offered["value"] == "es"
    assert not any(SPANISH in text for text in recorders[Location.THIRD_PARTY].sent)


async def test_a_moderator_who_reads_the_language_gets_the_original_alone(
    app: App, desk: Browser, moderator: User
) -> None:
    recorders = engines(app, Location.LOCAL)
    await preferences.store(app, moderator.account_id, Preferences(target="en", understood=("es",)))
    report = await filed(app)
    assert SPANISH in (await desk.get(f"/admin/reports/{report.id}")).text
    assert not any(SPANISH in text for text in recorders[Location.LOCAL].sent)


async def test_engines_are_asked_for_few_texts_at_a_time(app: App, desk: Browser) -> None:
    recorder = engines(app, Location.LOCAL)[Location.LOCAL]
    busy, most = 0, 0
    answer = recorder.translate

    async def watched(texts, **wanted):
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        recorder.pause = 0.01
        try:
            return await answer(texts, **wanted)
        finally:
            busy -= 1

    recorder.translate = watched  # type: ignore[method-assign]
    report = await filed(app)
    for number in range(8):
        await casework.note(app, await acting(app), report.id, f"{SPANISH} {number}")
    assert (await desk.get(f"/admin/reports/{report.id}")).status == 200
    assert 1 < most <= 3


async def acting(app: App):
    from tests.moderation.staff import staff

    return await staff(app, "moderator", f"m{app.ids.next()}"[:20])


async def test_pictures_are_covered_and_private_posts_are_shown(app: App, desk: Browser) -> None:
    target, reporter = await user(app, "target"), await user(app, "reporter")
    post_id = await post(app, target.account_id, "<p>a secret word</p>", visibility="private")
    await app.db.execute(
        "INSERT INTO media (id, account_id, post_id, kind, media_type, state, key, preview_key, meta, description,"
        " created_at, position) VALUES (?, ?, ?, 'image', 'image/webp', 'ready', 'ab/c.webp', '', '{}', 'A cat', ?, 0)",
        app.ids.next(),
        target.account_id,
        post_id,
        app.now(),
    )
    await follows.request(app, reporter.account_id, target.account_id)
    report = await reports.file(app, reporter.account_id, target.account_id, post_ids=[post_id], comment="")
    shown = soup(await desk.get(f"/admin/reports/{report.id}"))
    assert "a secret word" in shown.get_text()
    (figure,) = shown.select("figure.covered")
    assert figure.select_one("input.uncover:not([checked]) + label") is not None
    assert figure.select_one("img") is not None
    assert shown.select_one("input.colourless[checked]") is not None


async def test_the_report_of_somebody_who_left_can_still_be_read_and_closed(app: App, desk: Browser) -> None:
    report = await filed(app)
    await app.db.execute("UPDATE accounts SET deleted_at = ? WHERE id = ?", app.now(), report.target_id)
    page = await desk.get(f"/admin/reports/{report.id}")
    assert page.status == 200
    assert "The account is gone." in page.text
    assert (await send(desk, page, "resolve")).status == 303


async def test_an_unknown_report_is_not_found(app: App, desk: Browser) -> None:
    for path in ("/admin/reports/1", "/admin/reports/x", "/admin/appeals/1", "/admin/reports?after=x"):
        assert (await desk.get(path)).status == 404


async def test_hostile_words_stay_words(app: App, desk: Browser) -> None:
    report = await filed(app, comment="<script>alert(1)</script> and <b>bold</b>")
    page = await desk.get(f"/admin/reports/{report.id}")
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


async def test_what_was_so_already_is_not_said_to_be_decided_anew(app: App, desk: Browser) -> None:
    first, second = await filed(app), await filed(app, name="other")
    page = await desk.get(f"/admin/reports/{first.id}")
    done = await send(desk, page, "decide", kind="silence", reason="Facts", language="en")
    assert "The statement of reasons is written" in (await desk.get(done.location)).text
    again = await send(desk, page, "decide", kind="silence", reason="More facts", language="en")
    assert "It was so already" in (await desk.get(again.location)).text
    assert len(await statements.about(app, first.target_id)) == 1
    assert await statements.about(app, second.target_id) == []

"""The queue at the desk: what narrows it down, many at once with the way back, and what belongs together."""

from urllib.parse import urlencode

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.moderation.cases import comfort, reports, statements
from tests.moderation.staff import user
from tests.relations.people import change, person
from tests.support.browser import Answer, Browser
from tests.web.desk.conftest import Entering, knowing, send, speaker
from tests.web.reading import soup, write

SPANISH = "Esta persona insulta a los demás en todas las conversaciones y no quiere parar."


@pytest.fixture
async def moderator(app: App) -> User:
    return await speaker(app, "moderator", "en", "moderator")


@pytest.fixture
async def desk(moderator: User, entering: Entering) -> Browser:
    return await entering(moderator)


async def filed(app: App, target: User, comment: str = "Rude", **given: object) -> int:
    reporter = await person(app, f"reporter{app.ids.next()}")
    return (await reports.file(app, reporter, target.account_id, comment=comment, **given)).id  # type: ignore[arg-type]


async def many(who: Browser, page: Answer, deed: str, ids: list[int], **values: str) -> Answer:
    """Send the form of the queue with these boxes ticked."""
    (form,) = [one for one in page.forms if one.action == "/admin/reports" and "back" in one.hidden]
    pairs = [*{**form.hidden, "deed": deed, **values}.items(), *(("report", str(one)) for one in ids)]
    kind = {"content_type": "application/x-www-form-urlencoded"}
    return await who.send("POST", "/admin/reports", urlencode(pairs).encode(), kind)


def listed(page: Answer) -> list[int]:
    return [int(one["value"]) for one in soup(page).select("#many input[name=report]")]  # type: ignore[arg-type]


async def closed(app: App) -> set[int]:
    return {row["id"] for row in await app.db.rows("SELECT id FROM reports WHERE action_taken_at IS NOT NULL")}


async def test_the_queue_is_narrowed_down_and_says_how_many_there_are(app: App, desk: Browser) -> None:
    bob, carol = await user(app, "bob"), await user(app, "carol")
    spam, rude = await filed(app, bob, category="spam"), await filed(app, carol, SPANISH)
    page = await desk.get("/admin/reports")
    assert listed(page) == [spam, rude]
    assert [tab.get_text(" ", strip=True) for tab in soup(page).select("nav.tabs a")] == [
        "Open 2", "Mine 0", "Nobody's 2", "Closed 0",
    ]  # fmt: skip
    found = await desk.get("/admin/reports?category=spam")
    assert listed(found) == [spam]
    assert "1 report matches." in found.text
    assert listed(await desk.get("/admin/reports?language=es")) == [rude]
    assert listed(await desk.get("/admin/reports?q=insulta")) == [rude]
    assert listed(await desk.get(f"/admin/reports?account={bob.account_id}")) == [spam]
    assert listed(await desk.get("/admin/reports?origin=remote")) == []
    assert listed(await desk.get("/admin/reports?order=newest")) == [rude, spam]
    assert "Español" in soup(page).select("#language option")[1].get_text()
    assert (await desk.get("/admin/reports?domain=no%20domain%20at%20all..")).status == 422
    assert (await desk.get("/admin/reports?account=x")).status == 404


async def test_many_reports_are_closed_at_once_and_undone_where_one_was(app: App, desk: Browser) -> None:
    bob = await user(app, "bob")
    ids = [await filed(app, bob, category="spam") for _ in range(3)]
    page = await desk.get("/admin/reports?category=spam")
    done = await many(desk, page, "resolve", ids[:2])
    assert done.status == 303
    assert "category=spam" in done.location
    assert await closed(app) == set(ids[:2])
    after = await desk.get(done.location)
    assert "2 reports were closed." in after.text
    assert listed(after) == [ids[2]]
    undone = await send(desk, after, "undo")
    assert (undone.status, await closed(app)) == (303, set())
    said = await desk.get(undone.location)
    assert "Taken back: 2 reports are as before." in said.text
    assert listed(said) == ids
    assert "were closed" not in (await desk.get(done.location)).text


async def test_many_are_taken_on_handed_over_filed_anew_and_decided(app: App, desk: Browser, moderator: User) -> None:
    bob, carol = await user(app, "bob"), await user(app, "carol")
    other = await user(app, "other", "moderator")
    ids = [await filed(app, bob), await filed(app, carol)]
    page = await desk.get("/admin/reports")
    await many(desk, page, "take", ids)
    assert {(await reports.get(app, one)).assigned_to_id for one in ids} == {moderator.account_id}
    await many(desk, page, "assign", ids, to=str(other.account_id))
    assert {(await reports.get(app, one)).assigned_to_id for one in ids} == {other.account_id}
    await many(desk, page, "recategorize", ids, category="legal")
    assert {(await reports.get(app, one)).category for one in ids} == {"legal"}
    silent = await many(desk, page, "silence", ids, reason=" ", language="en")
    assert silent.status == 422
    assert "Say why" in silent.text
    for one in ids:
        assert f'name="report" value="{one}" checked' in silent.text
    assert '<details class="more-batch" open>' in silent.text
    sent = await many(desk, page, "silence", ids, reason="Spam", language="en", rule="1", tell="1")
    assert sent.status == 303
    told = [(await statements.about(app, one.account_id))[0] for one in (bob, carol)]
    assert [(one.action, one.text, one.rules, one.language) for one in told] == [("silence", "Spam", (1,), "en")] * 2
    assert await closed(app) == set(ids)
    await send(desk, await desk.get(sent.location), "undo")
    assert await closed(app) == set()
    assert {one.lifted_why for one in await statements.about(app, bob.account_id)} == {"undone"}
    for deed, chosen in (("resolve", []), ("burn", ids)):
        assert (await many(desk, page, deed, chosen)).status == 422
    assert (await many(desk, page, "undo", [], batch="77")).status == 404


async def test_one_report_shows_the_others_about_the_account_and_closes_them_together(app: App, desk: Browser) -> None:
    bob, carol = await user(app, "bob"), await user(app, "carol")
    first, second, third = [await filed(app, bob, f"Rude {number}") for number in range(3)]
    await filed(app, carol, "Somebody else")
    page = await desk.get(f"/admin/reports/{first}")
    shown = soup(page).select_one("section[aria-labelledby=related]")
    assert shown is not None
    assert [int(one["value"]) for one in shown.select("input[type=checkbox]")] == [second, third]  # type: ignore[arg-type]
    assert "Somebody else" not in page.text
    (form,) = [one for one in page.forms if one.action == "/admin/reports"]
    pairs = [*form.hidden.items(), ("deed", "resolve"), ("report", str(second))]
    kind = {"content_type": "application/x-www-form-urlencoded"}
    sent = await desk.send("POST", "/admin/reports", urlencode(pairs).encode(), kind)
    assert (sent.status, sent.location.partition("?")[0]) == (303, f"/admin/reports/{first}")
    assert await closed(app) == {first, second}
    after = await desk.get(sent.location)
    assert "2 reports were closed." in after.text
    undone = await send(desk, after, "undo")
    assert undone.location == f"/admin/reports/{first}"
    assert await closed(app) == set()


async def test_a_report_is_filed_differently_with_rules_and_the_log_knows(app: App, desk: Browser) -> None:
    report = await filed(app, await user(app, "bob"), category="spam")
    page = await desk.get(f"/admin/reports/{report}")
    assert (await send(desk, page, "refile", category="violation", rule="1")).status == 303
    found = await reports.get(app, report)
    assert (found.category, found.rule_ids) == ("violation", [1])
    assert (await send(desk, page, "refile", category="other", rule="1")).status == 303
    found = await reports.get(app, report)
    assert (found.category, found.rule_ids) == ("other", [])
    assert (await send(desk, page, "refile", category="boring")).status == 422
    rows = await app.db.rows("SELECT detail FROM audit_log WHERE action = 'report.recategorize' ORDER BY id")
    assert ["violation" in row["detail"] for row in rows] == [True, False]


async def test_a_decision_is_taken_back_from_the_report(app: App, desk: Browser) -> None:
    bob = await user(app, "bob")
    report = await filed(app, bob)
    page = await desk.get(f"/admin/reports/{report}")
    await send(desk, page, "decide", kind="silence", reason="Loud", language="en")
    page = await desk.get(f"/admin/reports/{report}")
    assert (await send(desk, page, "revoke")).status == 303
    (about,) = await statements.about(app, bob.account_id)
    assert about.lifted_why == "undone"
    other = await filed(app, await user(app, "carol"))
    token = page.forms[0].hidden["form_token"]
    values = {"form_token": token, "deed": "revoke", "statement": str(about.id)}
    assert (await desk.post(f"/admin/reports/{other}", values)).status == 404


async def test_names_and_facts_of_a_profile_are_read_in_translation(app: App, desk: Browser) -> None:
    bob = await user(app, "bob")
    words = {"我住在上海,喜欢喝茶和看书。": "I live in Shanghai and like tea and books.", "我的网站": "My website"}
    knowing(app, words)
    note, fact = words
    await change(app, bob.account_id, note=f"<p>{note}</p>", fields_=[{"name": fact, "value": "https://a.example"}])
    shown = soup(await desk.get(f"/admin/reports/{await filed(app, bob)}")).get_text(" ")
    assert words[note] in shown
    assert fact in shown


async def test_who_reported_from_another_server_gets_no_answer_and_the_page_says_so(app: App, desk: Browser) -> None:
    bob, far = await user(app, "bob"), await person(app, "far", "far.example")
    report = await reports.file(app, far, bob.account_id, comment="Rude", uri="https://far.example/flags/1")
    page = await desk.get(f"/admin/reports/{report.id}")
    assert "an answer does not reach them" in page.text
    assert not [one for one in page.forms if one.hidden.get("deed") == "answer"]


async def test_colours_are_kept_for_each_moderator(app: App, desk: Browser, moderator: User) -> None:
    bob = await user(app, "bob")
    report = await filed(app, bob, post_ids=[await write(app, bob, "one")])
    box = soup(await desk.get(f"/admin/reports/{report}")).select_one("#colourless")
    assert box is not None
    assert box.has_attr("checked")
    page = await desk.get("/settings/interface")
    assert (await desk.submit(page, number=1)).location == "/settings/interface"
    assert not await comfort.greyscale(app, moderator.id)
    box = soup(await desk.get(f"/admin/reports/{report}")).select_one("#colourless")
    assert box is not None
    assert not box.has_attr("checked")
    sent = await desk.submit(page, {"greyscale": "1"}, number=1, headers={"x-part": "1"})
    assert sent.status == 204
    assert await comfort.greyscale(app, moderator.id)


async def test_members_see_nothing_of_the_desk_in_their_settings(app: App, entering: Entering) -> None:
    member = await entering(await user(app, "member"))
    page = await member.get("/settings/interface")
    assert "/admin/desk" not in page.text
    token = page.forms[0].hidden["form_token"]
    assert (await member.post("/admin/desk", {"form_token": token})).status == 404

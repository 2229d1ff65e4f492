"""The machine room in the browser: dashboard, queues, servers, engines, media, and accounts with all that is done."""

import re

import pytest

from fedinote.federation import figures
from fedinote.infra.app import App
from fedinote.infra.clock import to_ms
from fedinote.media import remote_cache, remote_files
from fedinote.media.remote import Source
from tests.support.people import person
from tests.web.admin.conftest import SignedIn, send
from tests.web.reading import soup


async def fill(app: App, hours: int = 30) -> None:
    now = to_ms(app.now())
    rows = [(name, "hour", now // figures.HOUR_MS * figures.HOUR_MS - back * figures.HOUR_MS, 10 * back)
            for name in (*figures.LEVELS, *figures.COUNTS) for back in range(1, hours)]  # fmt: skip
    await app.db.execute_many(figures._KEEP, rows)


async def test_each_plot_says_in_words_what_it_shows(app: App, signed_in: SignedIn) -> None:
    await fill(app)
    page = soup(await (await signed_in("moderator")).get("/admin"))
    plots = page.select("figure.plot svg[role=img]")
    assert len(plots) == 11
    for plot in plots:
        labels = [page.find(id=one) for one in str(plot["aria-labelledby"]).split()]
        assert all(label is not None and label.get_text(strip=True) for label in labels)
        assert plot.select("polyline")
    assert not page.select("[style]")
    assert page.select_one('a[href="/admin/figures?span=day"]')


async def test_the_numbers_of_the_plots_are_there_as_a_table(app: App, signed_in: SignedIn) -> None:
    await fill(app)
    page = soup(await (await signed_in("moderator")).get("/admin/figures?span=day"))
    rows = page.select("table.figures tbody tr")
    assert len(rows) == 24
    first = [cell.get_text() for cell in rows[0].select("td")]
    assert len(first) == 14
    assert first[0] == "10"


async def test_without_samples_the_dashboard_says_so(app: App, signed_in: SignedIn) -> None:
    page = await (await signed_in("admin")).get("/admin?span=nonsense")
    assert (page.status, page.text.count("Nothing was measured in this time yet.")) == (200, 11)


async def dead_job(app: App) -> int:
    rows = await app.db.returning(
        "INSERT INTO jobs (kind, args, priority, run_at, starts, failures, error, dead_at, created_at)"
        " VALUES ('links.verify', '{\"account_id\": 1}', 5, ?, 8, 8, '<b>Boom</b>', ?, ?) RETURNING id",
        *(app.now(),) * 3,
    )
    return int(rows[0]["id"])


async def test_a_job_that_was_given_up_is_tried_again_from_the_page(app: App, signed_in: SignedIn) -> None:
    job = await dead_job(app)
    admin = await signed_in("admin")
    page = await admin.get("/admin/queues")
    assert "&lt;b&gt;Boom" in page.text
    answer = await send(admin, page, "/admin/queues/retry", id=str(job))
    assert (answer.status, answer.location) == (303, "/admin/queues")
    row = await app.db.row("SELECT dead_at, failures FROM jobs WHERE id = ?", job)
    assert row is not None
    assert (row["dead_at"], row["failures"]) == (None, 0)


async def test_a_job_that_was_given_up_is_thrown_away_from_the_page(app: App, signed_in: SignedIn) -> None:
    await dead_job(app)
    admin = await signed_in("admin")
    page = await admin.get("/admin/queues")
    await send(admin, page, "/admin/queues/discard", id="all")
    assert await app.db.value("SELECT COUNT(*) AS value FROM jobs WHERE kind = 'links.verify'") == 0


async def test_moderators_see_queues_and_servers_without_buttons(app: App, signed_in: SignedIn) -> None:
    await dead_job(app)
    sql = (
        "INSERT INTO hosts (host, failures, failure_days, last_failure_day, error) VALUES ('far.example', 2, 1, 0, 'x')"
    )
    await app.db.execute(sql)
    moderator = await signed_in("moderator")
    for path in ("/admin/queues", "/admin/hosts", "/admin/hosts/far.example", "/admin/deliveries", "/admin/media"):
        page = await moderator.get(path)
        assert page.status == 200
        assert [form.action for form in page.forms if form.action.startswith("/admin") and form.action != path] == []


async def test_an_admin_stops_and_resumes_a_server(app: App, signed_in: SignedIn) -> None:
    await app.db.execute(
        "INSERT INTO hosts (host, failures, failure_days, last_failure_day) VALUES ('a.example', 0, 0, 0)"
    )
    admin = await signed_in("admin")
    page = await admin.get("/admin/hosts/a.example")
    answer = await send(admin, page, "/admin/hosts/stop", host="a.example")
    assert answer.location == "/admin/hosts/a.example"
    page = await admin.get("/admin/hosts/a.example")
    assert "Nothing is sent there any more." in page.text
    await send(admin, page, "/admin/hosts/try", host="a.example")
    assert await app.db.value("SELECT stopped_at AS value FROM hosts") is None
    assert (await admin.get("/admin/hosts/nowhere.example")).status == 404


async def test_media_is_cleaned_from_the_page_and_the_log_says_by_whom(app: App, signed_in: SignedIn) -> None:
    key = await remote_files.storage(app).put(b"x" * 1000, "png")
    await remote_cache._note(app, Source("emoji", 0, "https://far.example/a.png"), remote_cache.Kept(key, "", 1000))
    admin = await signed_in("admin")
    page = await admin.get("/admin/media")
    assert "far.example" in page.text
    wrong = await send(admin, page, "/admin/media/clean", days="0", domain="no domain")
    assert (wrong.status, (await remote_files.usage(app)).files) == (422, 1)
    kept = await send(admin, page, "/admin/media/clean", days="7", domain="")
    assert (kept.status, (await remote_files.usage(app)).files) == (303, 1)
    await send(admin, page, "/admin/media/clean", days="0", domain="far.example")
    assert (await remote_files.usage(app)).files == 0
    assert await app.db.value("SELECT COUNT(*) AS value FROM audit_log WHERE action = 'media.clean'") == 2


async def test_the_doctor_tells_what_it_remembers_and_refuses_nonsense(app: App, signed_in: SignedIn) -> None:
    admin = await signed_in("admin")
    page = await admin.get("/admin/doctor?q=%22%3E%3Cscript%3E")
    assert "<script>" not in page.text.partition("<main")[2]
    traced = await send(admin, page, "/admin/doctor", q="https://far.example/posts/1")
    assert (traced.status, "Nothing about it came here" in traced.text) == (200, True)
    assert (await send(admin, page, "/admin/doctor", q="a b c")).status == 422
    own = await send(admin, page, "/admin/doctor", q="the_admin")
    assert (own.status, "An account of this server, in use" in own.text) == (200, True)
    nobody = await send(admin, page, "/admin/doctor", q="nobody")
    assert (nobody.status, "Nobody here has this name" in nobody.text) == (422, True)


async def test_an_engine_is_tested_from_the_page(app: App, signed_in: SignedIn) -> None:
    admin = await signed_in("admin")
    page = await admin.get("/admin/engines")
    assert "OpenCC" in page.text
    answer = await send(admin, page, "/admin/engines/test", engine="OpenCC", to="es")
    assert (answer.status, "It did not work." in answer.text) == (200, True)
    assert (await send(admin, page, "/admin/engines/test", engine="Nobody", to="es")).status == 404


async def test_accounts_are_found_by_name_handle_state_and_address(app: App, signed_in: SignedIn) -> None:
    anna = await person(app, "anna")
    await person(app, "annette")
    await app.db.execute("UPDATE users SET state = 'disabled' WHERE id = ?", anna.id)
    moderator = await signed_in("moderator")

    async def found(query: str) -> set[str]:
        page = soup(await moderator.get(f"/admin/accounts?{query}"))
        return {one.get_text() for one in page.select(".persons .name")}

    assert {"anna", "annette"} <= await found("")
    assert await found("q=ann") == {"anna", "annette"}
    assert await found("q=@anna&state=disabled") == {"anna"}
    assert await found("email=annet") == {"annette"}
    assert await found("origin=remote") == set()
    assert await found("staff=1") == {"the_moderator"}
    assert (await moderator.get("/admin/accounts?domain=a%20b")).status == 422
    assert (await moderator.get("/admin/accounts?max_id=x")).status == 404


async def deed(app: App, browser, user, name: str, **values: str):
    path = f"/admin/accounts/{user.account_id}"
    page = await browser.get(path)
    numbers = [number for number, form in enumerate(page.forms) if form.hidden.get("deed") == name]
    assert numbers, f"{name} is not offered"
    return await browser.submit(page, number=numbers[0], **values)


async def test_a_moderator_does_everything_to_somebody_and_takes_it_back(app: App, signed_in: SignedIn) -> None:
    anna, moderator = await person(app, "anna"), await signed_in("moderator")
    for name, back in (("sensitive", "unsensitive"), ("silence", "unsilence"), ("disable", "enable"),
                       ("suspend", "unsuspend")):  # fmt: skip
        done = await deed(app, moderator, anna, name, reason=f"because {name}", tell="1")
        assert (done.status, done.location) == (303, f"/admin/accounts/{anna.account_id}")
        assert (await deed(app, moderator, anna, back)).status == 303
    page = soup(await moderator.get(f"/admin/accounts/{anna.account_id}"))
    history = page.select_one("section[aria-labelledby=history]")
    assert history is not None
    text = history.get_text(" ", strip=True)
    for words in ("because suspend", "because silence", "Suspension ended", "Limits ended", "@the_moderator"):
        assert words in text
    assert page.select(".state.bad") == []


async def test_a_moderator_vouches_for_somebody_and_takes_that_back(app: App, signed_in: SignedIn) -> None:
    anna, moderator = await person(app, "anna"), await signed_in("moderator")
    path = f"/admin/accounts/{anna.account_id}"
    assert "nothing is known of it here" in (await moderator.get(path)).text
    assert (await deed(app, moderator, anna, "vouch")).status == 303
    page = (await moderator.get(path)).text
    assert "a moderator vouches for it" in page
    assert "Vouched for" in page
    assert (await deed(app, moderator, anna, "unvouch")).status == 303
    assert "nothing is known of it here" in (await moderator.get(path)).text


async def test_a_warning_needs_words(app: App, signed_in: SignedIn) -> None:
    anna, moderator = await person(app, "anna"), await signed_in("moderator")
    assert (await deed(app, moderator, anna, "warn", reason="  ")).status == 422
    assert (await deed(app, moderator, anna, "warn", reason="Be kind")).status == 303


async def test_somebody_who_waits_is_let_in_or_refused(app: App, signed_in: SignedIn) -> None:
    anna, bert, moderator = await person(app, "anna"), await person(app, "bert"), await signed_in("moderator")
    await app.db.execute("UPDATE users SET state = 'pending' WHERE id IN_INTS(?)", [anna.id, bert.id])
    assert (await deed(app, moderator, anna, "approve")).status == 303
    assert (await deed(app, moderator, bert, "reject")).location == "/admin/accounts"
    states = await app.db.rows("SELECT state FROM users WHERE id IN_INTS(?)", [anna.id, bert.id])
    assert [row["state"] for row in states] == ["active"]


async def test_only_admins_delete_and_only_what_is_suspended_and_meant(app: App, signed_in: SignedIn) -> None:
    anna, admin = await person(app, "anna"), await signed_in("admin")
    await deed(app, admin, anna, "suspend", reason="spam")
    moderator = await signed_in("moderator")
    page = await moderator.get(f"/admin/accounts/{anna.account_id}")
    assert "delete" not in {form.hidden.get("deed") for form in page.forms}
    number = next(number for number, form in enumerate(page.forms) if "deed" in form.hidden)
    forged = await moderator.submit(page, number=number, deed="delete", sure="1")
    assert forged.status == 422
    assert (await deed(app, admin, anna, "delete")).status == 422
    assert (await deed(app, admin, anna, "delete", sure="1")).location == "/admin/accounts"
    assert await app.db.value("SELECT deleted_at AS value FROM accounts WHERE id = ?", anna.account_id) is not None


async def test_nothing_is_offered_for_those_of_the_same_rank(app: App, signed_in: SignedIn) -> None:
    other, admin = await person(app, "zoe", "admin"), await signed_in("admin")
    page = await admin.get(f"/admin/accounts/{other.account_id}")
    assert {form.hidden["deed"] for form in page.forms if "deed" in form.hidden} == {"note"}
    assert "This account is not below your role." in page.text


async def test_a_role_is_changed_from_the_page(app: App, signed_in: SignedIn) -> None:
    anna, owner = await person(app, "anna"), await signed_in("owner")
    assert (await deed(app, owner, anna, "role", role="admin")).status == 303
    assert await app.db.value("SELECT role AS value FROM users WHERE id = ?", anna.id) == "admin"
    assert (await deed(app, owner, anna, "role", role="owner")).status == 422


@pytest.mark.parametrize("path", ["/admin/accounts/0", "/admin/accounts/x", "/admin/accounts/99999999999999999999"])
async def test_an_account_that_is_not_there_is_not_found(app: App, signed_in: SignedIn, path: str) -> None:
    assert (await (await signed_in("moderator")).get(path)).status == 404


async def test_the_pages_of_the_machine_room_are_light(app: App, signed_in: SignedIn) -> None:
    await fill(app, 24 * 7)
    owner = await signed_in("owner")
    for span in ("day", "week", "month", "year"):
        for path in ("/admin", "/admin/figures"):
            page = await owner.get(f"{path}?span={span}")
            assert len(page.body) < 60_000, (path, span)
            assert not re.search(r"\son\w+=|<style", page.text)

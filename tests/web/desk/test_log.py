"""The audit log: who, what, about whom, when; and as a table to take away."""

import csv
import io

import pytest

from fedinote.infra.app import App
from fedinote.moderation import actions, audit
from fedinote.moderation.automatic import rules
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.moderator import Moderator
from tests.moderation.staff import log, staff, user
from tests.support.browser import Browser
from tests.web.desk.conftest import Entering
from tests.web.reading import soup


@pytest.fixture
async def desk(app: App, entering: Entering) -> Browser:
    return await entering(await user(app, "reader", "moderator"))


@pytest.fixture
async def judge(app: App) -> Moderator:
    return await staff(app, "admin", "judge")


async def decided(app: App, by: Moderator) -> int:
    author = await user(app, "author")
    await actions.act(app, by, author.account_id, "none", reason="=HYPERLINK(1)")
    await audit.record(
        app,
        actor_id=None,
        action="policy.hold",
        target_type="post",
        target="https://far.example/1",
        detail={"via": "policy"},
    )
    return author.account_id


async def words(desk: Browser, query: str) -> str:
    found = soup(await desk.get(f"/admin/audit?{query}")).select_one("section.card")
    assert found is not None
    return found.get_text(" ", strip=True)


async def test_it_is_narrowed_down_by_who_decided_and_about_what(app: App, desk: Browser, judge: Moderator) -> None:
    author = await decided(app, judge)
    everything = await words(desk, "")
    assert ("Warned" in everything, "Held by a rule" in everything) == (True, True)
    by_person = await words(desk, f"who={judge.account_id}")
    assert ("Warned" in by_person, "Held by a rule" in by_person) == (True, False)
    by_rules = await words(desk, "who=0")
    assert ("Warned" in by_rules, "Held by a rule" in by_rules) == (False, True)
    assert "Held by a rule" in await words(desk, "about=far.example")
    assert "Warned" not in await words(desk, "about=far.example")
    assert await words(desk, "about=%25") == "Nothing yet."
    assert "Warned" in await words(desk, f"account={author}&family=account")
    assert await words(desk, "who=12345") == "Nothing yet."
    assert (await desk.get("/admin/audit?who=x")).status == 404


async def test_it_is_narrowed_down_by_a_period_with_its_last_day(app: App, desk: Browser, judge: Moderator) -> None:
    await decided(app, judge)
    await app.db.execute("UPDATE audit_log SET created_at = ?", app.now().replace(year=2020, month=5, day=3))
    assert "Warned" in await words(desk, "from=2020-05-03&to=2020-05-03")
    assert "Warned" in await words(desk, "from=2020-05-01&to=2020-05-09")
    assert await words(desk, "from=2020-05-04") == "Nothing yet."
    assert await words(desk, "to=2020-05-02") == "Nothing yet."
    assert "Warned" in await words(desk, "from=nonsense&to=2020-13-45")
    assert "Warned" in await words(desk, "from=0001-01-01&to=9999-12-31")


async def test_it_is_taken_away_as_a_table_in_which_no_cell_is_a_formula(
    app: App, desk: Browser, judge: Moderator
) -> None:
    await decided(app, judge)
    answer = await desk.get("/admin/audit.csv?family=account")
    assert answer.header("content-type") == "text/csv; charset=utf-8"
    assert "attachment" in answer.header("content-disposition")
    head, *rows = csv.reader(io.StringIO(answer.text))
    assert head == ["at", "action", "by", "via", "type", "target", "reason"]
    assert [row[1:] for row in rows] == [["account.warn", "'@judge", "", "account", "'@author", "'=HYPERLINK(1)"]]
    assert ("audit.export", "csv") in await log(app)


async def test_every_action_has_words_and_no_bare_name(app: App, desk: Browser, judge: Moderator) -> None:
    actions_of = ("rule.create", "rule.on", "domain.block", "batch.reports", "statement.undo", "invite.revoke",
                  "emoji.add", "list.apply", "setting.set", "allow.add", "account.note", "text.write",
                  "trend.approve")  # fmt: skip
    for one in actions_of:
        await audit.record(app, actor_id=judge.account_id, action=one, target_type="thing", target="1")
    shown = await words(desk, "")
    assert [one for one in actions_of if one in shown] == []
    assert "Invitations: revoked" in shown


async def test_members_take_nothing_away(app: App, entering: Entering) -> None:
    member = await entering(await user(app, "member"))
    assert (await member.get("/admin/audit.csv")).status == 404


async def test_a_deleted_account_is_named_without_a_link_that_leads_nowhere(app: App, desk: Browser) -> None:
    gone = await user(app, "gone")
    await audit.record(app, actor_id=None, action="account.purge", target_type="account", target=gone.account_id)
    assert f"/admin/accounts/{gone.account_id}" in (await desk.get("/admin/audit")).text
    await app.db.execute("UPDATE accounts SET deleted_at = ? WHERE id = ?", app.now(), gone.account_id)
    shown = (await desk.get("/admin/audit")).text
    assert "@gone" in shown
    assert f"/admin/accounts/{gone.account_id}" not in shown


async def test_what_has_a_name_is_called_by_it_and_the_table_keeps_its_number(
    app: App, desk: Browser, judge: Moderator, entering: Entering
) -> None:
    rule = await rules.create(app, Wanted("words", {"words": ["casino"]}, "hold", "No gambling"), by=judge)
    admin = await entering(await user(app, "ruler", "admin"))
    link = soup(await admin.get("/admin/audit?family=rule")).select_one(f'a[href="/admin/policies/rules/{rule["id"]}"]')
    assert link is not None
    assert link.get_text() == "No gambling"
    rows = list(csv.DictReader(io.StringIO((await admin.get("/admin/audit.csv?family=rule")).text)))
    assert [row["target"] for row in rows] == [str(rule["id"])]
    assert "No gambling" not in await words(desk, "family=rule")  # rules are the admins'

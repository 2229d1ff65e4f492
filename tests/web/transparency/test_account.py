"""The page on which a server gives account of its moderation."""

from fedinote.infra.app import App
from fedinote.moderation import actions
from fedinote.moderation.automatic import rules
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.cases.statements import Basis
from fedinote.moderation.house import house_rules
from fedinote.moderation.house.house_rules import Wording
from fedinote.moderation.lists import sources
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from fedinote.translation.engine import Location
from tests.moderation.staff import staff, user
from tests.support.browser import Browser
from tests.support.people import configure
from tests.translation.recorders import engines
from tests.web.reading import soup


async def test_the_page_tells_what_holds_and_what_was_decided_and_names_nobody(app: App, stranger: Browser) -> None:
    by, target = await staff(app, "admin", "judgename"), await user(app, "culpritname")
    await actions.suspend(app, by, target.account_id, reason="secret facts", basis=Basis(rules=(1,)))
    await domains.block(app, "loud.example", Terms(severity="silence", public_comment="Unmoderated"), by=by)
    made = await rules.create(app, Wanted("words", {"words": ["hiddenword"]}, "hold", "No gambling"), by=by)
    await rules.switch(app, made["id"], "on", by=by)
    answer = await stranger.get("/about/moderation")
    shown = soup(answer).get_text(" ")
    for there in ("No gambling", "loud.example", "Unmoderated", "Account suspended", "rule 1", "a moderator"):
        assert there in shown, there
    for kept in ("judgename", "culpritname", "secret facts", "hiddenword", str(target.account_id)):
        assert kept not in answer.text, kept


async def test_it_is_read_in_the_readers_language(app: App, stranger: Browser) -> None:
    shown = soup(await stranger.get("/about/moderation", accept_language="zh-CN"))
    assert shown.html is not None
    assert shown.html["lang"] == "zh-Hans"
    assert "这里如何管理" in shown.get_text()


async def test_single_decisions_can_be_kept_back(app: App, stranger: Browser) -> None:
    by, target = await staff(app, "admin"), await user(app, "target")
    await actions.silence(app, by, target.account_id)
    configure(app, "moderation", public_decisions=False)
    shown = soup(await stranger.get("/about/moderation")).get_text(" ")
    assert "keeps the single decisions to itself" in shown
    assert "Account limited" not in shown


async def test_it_tells_rules_in_all_their_languages_lists_engines_where_data_lie_and_whom_to_write_to(
    app: App, stranger: Browser
) -> None:
    by = await staff(app, "admin", "judgename")
    await house_rules.put_translation(app, 1, "es", Wording("Sé amable"), by=None)
    await sources.add(app, sources.Wanted("csv", "https://lists.example/key/list.csv", "Spam servers"), by=by)
    configure(app, "instance", hosting="A cellar in Bremen", contact_email="ask@mail.example")
    engines(app, Location.LOCAL)
    answer = await stranger.get("/about/moderation")
    shown = soup(answer).get_text(" ")
    for there in (
        "Sé amable",
        "Spam servers",
        "lists.example",
        "A cellar in Bremen",
        "ask@mail.example",
        "same machine",
    ):
        assert there in shown, there
    assert "key/list" not in answer.text
    told = (await stranger.get("/api/fedinote/v1/accountability")).json
    assert (told["data"], told["contact"]["email"]) == ({"hosting": "A cellar in Bremen"}, "ask@mail.example")
    assert told["rules"][0]["translations"]["es"]["text"] == "Sé amable"
    assert [one["location"] for one in told["engines"]] == ["local"]
    assert [one["title"] for one in told["lists"]] == ["Spam servers"]

"""Blocked servers at the desk: found, foretold, made, changed, ended, undone, taken along."""

from datetime import timedelta

from bs4 import BeautifulSoup

from fedinote.infra.app import App
from fedinote.moderation.lists import entries, sources
from fedinote.moderation.lists.advice import Advice
from fedinote.moderation.lists.sources import Wanted
from fedinote.moderation.servers import domains
from fedinote.moderation.servers.domains import Terms
from fedinote.relations import follows
from fedinote.timelines.window import Window
from tests.moderation.staff import log
from tests.relations.people import person
from tests.support.browser import Answer, Browser
from tests.web.reading import soup
from tests.web.servers.conftest import tick

PATH = "/admin/domains"


def read(page: Answer) -> str:
    return " ".join(BeautifulSoup(page.text, "html5lib").get_text(" ").split())


async def send(who: Browser, path: str, **fields: str) -> Answer:
    return await tick(who, await who.get(f"{PATH}/new"), path, *fields.items())


async def test_a_block_is_foretold_and_nothing_happens_before_it_is_put_into_force(app: App, desk: Browser) -> None:
    alice, far = await person(app, "alice"), await person(app, "far", "far.example")
    await follows.request(app, alice, far)
    await follows.accept(app, alice, far)
    seen = await send(desk, f"{PATH}/preview", domain="https://Far.Example/@far", severity="suspend")
    assert seen.status == 200
    text = read(seen)
    for there in ("What it would do to far.example", "1 account is suspended", "1 follow by people here ends"):
        assert there in text, there
    assert "1 person here loses connections" in text
    assert await domains.everything(app) == []
    day = (app.now() + timedelta(days=9)).strftime("%Y-%m-%d")
    made = await send(
        desk, PATH, domain="far.example", severity="suspend", reject_media="1", followers_only="1", obfuscate="1",
        reject_reports="1", warning="Careful", public_comment="Spam", private_comment="Wave of May", until=day,
    )  # fmt: skip
    assert made.status == 303
    (block,) = await domains.everything(app)
    assert block.expires_at is not None
    assert block.expires_at.strftime("%Y-%m-%d") == day
    assert domains.terms_of(block) == Terms(
        severity="suspend", reject_media=True, reject_reports=True, followers_only=True, warning="Careful",
        private_comment="Wave of May", public_comment="Spam", obfuscate=True, expires_at=block.expires_at,
    )  # fmt: skip
    said = read(await desk.get(PATH))
    assert "Accounts suspended: 1, limited: 0, restored: 0. Follows ended: 1." in said
    assert ("domain.block", "far.example") in await log(app)


async def test_what_is_wrong_is_said_and_what_was_typed_stays(app: App, desk: Browser) -> None:
    wrong = (
        ({"domain": "no domain"}, "Domain is not a valid domain name"),
        ({"domain": app.settings.host}, "own"),
        ({"domain": "far.example", "severity": "nonsense"}, "Severity"),
        ({"domain": "far.example", "until": "2001-01-01"}, "The end must be in the future"),
        ({"domain": "far.example", "until": "soon"}, "This is no date"),
        ({"domain": "far.example", "warning": "x" * 201}, "too long"),
    )
    for fields, said in wrong:
        for path in (PATH, f"{PATH}/preview"):
            page = await send(desk, path, **fields)
            assert (page.status, said in read(page)) == (422, True), (path, fields)
            assert fields["domain"] in page.text
    assert await domains.everything(app) == []


async def test_the_list_is_searched_by_name_comment_severity_and_origin(app: App, desk: Browser) -> None:
    await domains.block(app, "one.example", Terms(public_comment="Harassment 100%"), by=None)
    await domains.block(app, "two.example", Terms(severity="silence", private_comment="loud"), by=None)
    source_id = await sources.add(app, Wanted("csv", "https://x.example/x.csv", "Worst", "suspend"), by=None)
    async with app.db.transaction():
        await entries.take(app, await sources.get(app, source_id), [Advice("three.example", "suspend")])
    (entry,) = await entries.page(app, Window(5).sql)
    await entries.apply(app, entry["id"], by=None)
    found = {
        "": {"one", "two", "three"},
        "q=TWO": {"two"},
        "q=harass": {"one"},
        "q=100%25": {"one"},
        "q=_": set(),
        "q=loud": {"two"},
        "severity=silence": {"two"},
        "origin=list": {"three"},
        "origin=hand&severity=suspend": {"one"},
    }
    for query, names in found.items():
        (rows,) = soup(await desk.get(f"{PATH}?{query}")).select("section[aria-label='Blocked servers']")
        text = rows.get_text(" ")
        assert {name for name in ("one", "two", "three") if f"{name}.example" in text} == names, query
    assert "list Worst" in read(await desk.get(PATH))


async def test_a_block_is_changed_ended_and_both_are_undone(app: App, desk: Browser) -> None:
    made = (await domains.block(app, "far.example", Terms(public_comment="Spam"), by=None)).block
    assert made is not None
    page = await desk.get(f"{PATH}/{made.id}")
    assert "Spam" in read(page)
    assert (await desk.get(f"{PATH}/new?domain=FAR.example")).location == f"{PATH}/{made.id}"
    changed = await send(desk, f"{PATH}/preview", domain="far.example", severity="silence")
    assert "What the change would do to far.example" in read(changed)
    await send(desk, PATH, domain="far.example", severity="silence")
    assert [one.severity for one in await domains.everything(app)] == ["silence"]
    assert (await tick(desk, page, f"{PATH}/{made.id}/remove")).status == 303
    assert await domains.everything(app) == []
    batch = ""
    for expected in ("silence", "suspend"):
        listed = await desk.get(f"{PATH}/changes")
        batches = [one.hidden["batch"] for one in listed.forms if one.action == f"{PATH}/undo"]
        batch = batches[0] if expected == "silence" else batches[1]
        assert (await tick(desk, listed, f"{PATH}/undo", ("batch", batch))).status == 303
        assert [one.severity for one in await domains.everything(app)] == [expected], expected
    assert "1 server is as it was before." in read(await desk.get(f"{PATH}/changes"))
    again = await tick(desk, page, f"{PATH}/undo", ("batch", batch))
    assert again.status == 303
    assert "This is undone already" in read(await desk.get(f"{PATH}/changes"))


async def test_the_list_is_taken_along_as_mastodon_writes_it(app: App, desk: Browser) -> None:
    await domains.block(app, "far.example", Terms(public_comment="a, b", obfuscate=True), by=None)
    file = await desk.get(f"{PATH}/export")
    assert file.text.splitlines() == [
        "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate",
        'far.example,suspend,false,false,"a, b",true',
    ]
    assert file.header("content-disposition") == 'attachment; filename="domain_blocks.csv"'

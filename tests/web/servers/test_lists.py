"""Shared lists at the desk: subscribing, drafts, deciding about several, ceilings, retractions, errors."""

from collections.abc import AsyncIterator

import pytest

from fedinote.infra.app import App
from fedinote.moderation.lists import entries, sources
from fedinote.moderation.servers import domains
from fedinote.timelines.window import Window
from tests.support.browser import Browser
from tests.support.fakefedi import FakeHost, faking
from tests.web.servers.conftest import tick
from tests.web.servers.test_blocks import read

PATH = "/admin/lists"
HEAD = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n"


@pytest.fixture
async def host() -> AsyncIterator[FakeHost]:
    async with faking() as fedi:
        yield await fedi.host()


def serve(host: FakeHost, *rows: str) -> str:
    body = (HEAD + "".join(f"{row}\n" for row in rows)).encode()
    return host.serve(f"{host.base}/list.csv", body, content_type="text/csv")


async def subscribe(desk: Browser, url: str, **more: str) -> str:
    fields = {"kind": "csv", "title": "Worst of", "url": url, "ceiling": "silence", **more}
    return (await tick(desk, await desk.get(PATH), PATH, *fields.items())).location


async def ids(app: App) -> dict[str, str]:
    return {row["domain"]: str(row["id"]) for row in await entries.page(app, Window(50).sql)}


async def blocks(app: App) -> dict[str, str]:
    return {one.domain: one.severity for one in await domains.everything(app)}


async def test_drafts_arrive_with_reason_and_ceiling_and_are_decided_several_at_once(
    app: App, desk: Browser, host: FakeHost
) -> None:
    url = serve(
        host, "bad.example,suspend,true,false,<i>harassment</i>,", "meh.example,silence,,,,", "no.example,noop,"
    )
    where = await subscribe(desk, url, days="30")
    page = await desk.get(where)
    text = read(page)
    for there in ("bad.example", "<i>harassment</i>", "asked for: Fully blocked", "With limits", "no media", "ends on"):
        assert there in text, there
    assert "The list was read. Servers it names: 3" in text
    assert await blocks(app) == {}
    known = await ids(app)
    fields = [("deed", "apply"), ("back", f"{where}?state=draft"), ("entry", known["bad.example"])]
    done = await tick(desk, page, f"{PATH}/decide", *fields)
    assert (done.status, done.location) == (303, f"{where}?state=draft")
    await tick(
        desk,
        page,
        f"{PATH}/decide",
        ("deed", "refuse"),
        ("entry", known["meh.example"]),
        ("entry", known["no.example"]),
    )
    assert await blocks(app) == {"bad.example": "silence"}
    assert "bad.example" in read(await desk.get(f"{where}?state=applied"))
    assert "meh.example" in read(await desk.get(f"{PATH}/drafts?state=refused"))
    assert (await tick(desk, page, f"{PATH}/decide", ("deed", "nonsense"))).status == 400
    elsewhere = [("deed", "refuse"), ("back", "//evil.example/x")]
    assert (await tick(desk, page, f"{PATH}/decide", *elsewhere)).location == f"{PATH}/drafts"


async def test_an_automatic_list_and_its_retractions_are_shown(app: App, desk: Browser, host: FakeHost) -> None:
    where = await subscribe(
        desk, serve(host, "bad.example,suspend,,,,", "meh.example,silence,,,,"), automatic="1", ceiling="suspend"
    )
    assert await blocks(app) == {"bad.example": "suspend", "meh.example": "silence"}
    serve(host, "bad.example,suspend,,,,")
    await tick(desk, await desk.get(where), f"{where}/read")
    assert await blocks(app) == {"bad.example": "suspend"}
    assert "meh.example" in read(await desk.get(f"{where}?state=retracted"))


async def test_a_list_that_cannot_be_read_says_why_and_stays(app: App, desk: Browser, host: FakeHost) -> None:
    where = await subscribe(desk, f"{host.base}/nothing.csv")
    assert "The list could not be read" in read(await desk.get(where))
    assert "404" in read(await desk.get(PATH))
    inside = await subscribe(desk, "http://169.254.169.254/list.csv")
    assert "The list could not be read" in read(await desk.get(inside))


async def test_what_is_wrong_is_said_and_what_was_typed_stays(app: App, desk: Browser) -> None:
    page = await desk.get(PATH)
    for fields in (
        {"url": "ftp://x.example/"},
        {"title": " "},
        {"kind": "x"},
        {"ceiling": "x"},
        {"days": "0"},
        {"days": "x"},
    ):
        given = {"kind": "csv", "title": "Worst of", "url": "https://x.example/", "ceiling": "silence", **fields}
        answer = await tick(desk, page, PATH, *given.items())
        assert (answer.status, 'role="alert"' in answer.text) == (422, True), fields
    assert await sources.listing(app) == []


async def test_a_list_is_changed_and_ended_with_what_came_from_it(app: App, desk: Browser, host: FakeHost) -> None:
    where = await subscribe(desk, serve(host, "bad.example,suspend,,,,"), automatic="1")
    page = await desk.get(where)
    await tick(desk, page, where, ("title", "Other"), ("ceiling", "suspend"), ("days", "7"))
    (row,) = await sources.listing(app)
    assert (row["title"], row["ceiling"], bool(row["automatic"]), row["days"]) == ("Other", "suspend", False, 7)
    await tick(desk, page, where, ("title", ""), ("ceiling", "suspend"))
    assert (await sources.listing(app))[0]["title"] == "Other"
    assert (await tick(desk, page, f"{where}/remove")).location == PATH
    assert (await sources.listing(app), await blocks(app)) == ([], {})
    assert (await desk.get(where)).status == 404

"""Files with servers at the desk, and the list of allowed servers."""

from typing import Any

import pytest

from fedinote.infra.app import App
from fedinote.moderation.servers import allows, domain_imports, domains
from fedinote.moderation.servers.domains import Terms
from fedinote.web.servers import imports
from tests.support.browser import Answer, Browser
from tests.web.servers.conftest import tick
from tests.web.servers.test_blocks import read

PATH = "/admin/domains/imports"
FILE = b"""#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate
bad.example,suspend,false,false,spam,false
loud.example,silence,true,true,,false
there.example,silence,false,false,,false
<b>no</b>,suspend,,,,
"""


async def hand_in(desk: Browser, data: bytes, listing: str = "block", name: str = "list.csv") -> Answer:
    token = (await desk.get(PATH)).forms[0].hidden["form_token"]
    edge = "x-edge-x"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in (("form_token", token), ("listing", listing))
    ]
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'
    )
    body = b"".join([*parts, head.encode(), data, f"\r\n--{edge}--\r\n".encode()])
    return await desk.send("POST", PATH, body, {"content_type": f"multipart/form-data; boundary={edge}"})


async def test_a_file_is_looked_through_before_anything_is_applied(app: App, desk: Browser) -> None:
    await domains.block(app, "there.example", Terms(), by=None)
    sent = await hand_in(desk, FILE)
    assert sent.status == 303
    page = await desk.get(sent.location)
    text = read(page)
    for there in ("bad.example", "loud.example", "Line 3", "now: Fully blocked", "changes nothing"):
        assert there in text, there
    assert [one.domain for one in await domains.everything(app)] == ["there.example"]
    wrong = await desk.get(f"{sent.location}?show=wrong")
    assert "&lt;b&gt;no&lt;/b&gt;" in wrong.text
    assert "Domain is not a valid domain name" in read(wrong)
    import_id = int(sent.location.rpartition("/")[2])
    bad, loud, _ = [str(one.id) for one in await domain_imports.page(app, import_id, ("new",))]
    fields = [("deed", "apply"), ("row", bad), (f"as-{bad}", "silence"), (f"as-{loud}", "suspend")]
    assert (await tick(desk, page, sent.location, *fields)).status == 303
    severities = {one.domain: one.severity for one in await domains.everything(app)}
    assert severities == {"there.example": "suspend", "bad.example": "silence"}
    await tick(desk, page, sent.location, ("deed", "leave"), ("row", loud))
    assert "loud.example" in read(await desk.get(f"{sent.location}?show=aside"))
    undo = [one for one in (await desk.get(sent.location)).forms if one.action == "/admin/domains/undo"]
    await tick(desk, page, "/admin/domains/undo", ("batch", undo[0].hidden["batch"]))
    assert [one.domain for one in await domains.everything(app)] == ["there.example"]
    assert (await tick(desk, page, sent.location, ("deed", "discard"))).location == PATH
    assert (await desk.get(sent.location)).status == 404


async def test_all_lines_go_by_a_job(app: App, desk: Browser) -> None:
    sent = await hand_in(desk, FILE)
    page = await desk.get(sent.location)
    await tick(desk, page, sent.location, ("deed", "all"))
    assert "It is being applied" in read(await desk.get(sent.location))
    await domain_imports.work(app, int(sent.location.rpartition("/")[2]))
    assert len(await domains.everything(app)) == 3
    assert (await tick(desk, page, sent.location, ("deed", "nonsense"))).status == 400


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"a,b\n1,2", b"x" * (imports.MAX_BYTES + 1)])
async def test_what_is_no_such_file_is_said(app: App, desk: Browser, data: bytes) -> None:
    page = await hand_in(desk, data)
    assert page.status == 422
    assert 'role="alert"' in page.text


async def test_a_form_without_a_file_is_refused(desk: Browser) -> None:
    page = await tick(desk, await desk.get(PATH), PATH, ("listing", "block"))
    assert (page.status, "Choose a file first" in page.text) == (422, True)


async def test_servers_are_allowed_taken_off_imported_and_taken_along(app: App, desk: Browser) -> None:
    path = "/admin/allows"
    page = await desk.get(path)
    assert "All servers take part that are not blocked." in read(page)
    assert (await tick(desk, page, path, ("domain", "https://Friend.example/about"))).status == 303
    assert (await tick(desk, page, path, ("domain", "no domain"))).status == 422
    sent = await hand_in(desk, b"#domain\nother.example\n", "allow")
    rows: list[Any] = await domain_imports.page(app, int(sent.location.rpartition("/")[2]), ("new",))
    await tick(desk, await desk.get(sent.location), sent.location, ("deed", "apply"), ("row", str(rows[0].id)))
    assert (await desk.get(f"{path}/export")).text == "#domain\nfriend.example\nother.example\n"
    assert "friend.example" not in read(await desk.get(f"{path}?q=other"))
    friend = await allows.find(app, "friend.example")
    assert friend is not None
    assert (await tick(desk, page, f"{path}/remove", ("id", str(friend.id)))).status == 303
    assert [one.domain for one in await allows.everything(app)] == ["other.example"]

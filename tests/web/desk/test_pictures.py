"""/admin/pictures: sets made, filled from reports, files and lists, exported and emptied; matches, covered."""

import secrets
from collections.abc import Mapping

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.media import uploads
from fedinote.moderation.automatic import rules
from fedinote.moderation.automatic.rules import Wanted
from fedinote.moderation.cases import reports
from fedinote.moderation.pictures import entries, library
from fedinote.moderation.pictures.entries import About, Entry
from fedinote.posts import publishing
from fedinote.posts.drafts import Draft
from fedinote.timelines.window import Window
from tests.media.drawings import CHANGES, saved, scene
from tests.moderation.staff import user
from tests.relations.people import person
from tests.support.browser import Answer, Browser
from tests.web.desk.conftest import Entering
from tests.web.reading import soup

PATH = "/admin/pictures"
SPAM = saved(scene(1))


@pytest.fixture
async def admin(app: App, entering: Entering) -> Browser:
    return await entering(await user(app, "admin", "admin"))


@pytest.fixture
async def author(app: App) -> User:
    return await user(app, "author")


@pytest.fixture
async def spam(app: App) -> int:
    return int((await library.create(app, library.Wanted("spam"), by=None))["id"])


async def attached(app: App, author: User, data: bytes = SPAM, visibility: str = "public", text: str = "look") -> int:
    media = await uploads.upload(app, author.account_id, data, description="pills")
    draft = Draft(text, visibility=visibility, media_ids=(media.id,))
    return await publishing.publish(app, author.account_id, draft)


async def sent(who: Browser, page: Answer, action: str, deed: str = "", **values: str) -> Answer:
    """Send the form of a page that goes to this address and does this."""
    number = next(
        place for place, one in enumerate(page.forms) if one.action == action and one.hidden.get("deed", deed) == deed
    )
    return await who.submit(page, {**({"deed": deed} if deed else {}), **values}, number=number)


async def with_file(who: Browser, page: Answer, path: str, name: str, data: bytes, **fields: str) -> Answer:
    """Send a form with a file, as browsers do (RFC 7578)."""
    line = secrets.token_hex(8)
    values: Mapping[str, str] = {"form_token": page.forms[0].hidden["form_token"], **fields}
    head = "".join(
        f'--{line}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{one}\r\n' for key, one in values.items()
    )
    head += f'--{line}\r\nContent-Disposition: form-data; name="{name}"; filename="a.bin"\r\n'
    head += "Content-Type: application/octet-stream\r\n\r\n"
    body = head.encode() + data + f"\r\n--{line}--\r\n".encode()
    return await who.send("POST", path, body, {"content_type": f"multipart/form-data; boundary={line}"})


async def kinds(app: App, set_id: int) -> list[str]:
    return sorted(one["kind"] for one in await entries.page(app, set_id, Window(20).sql))


async def test_a_set_is_made_and_shown_with_the_rules_about_it(app: App, admin: Browser) -> None:
    made = await sent(admin, await admin.get(PATH), PATH, name="spam", source="ours", reason="sent in waves")
    assert made.status == 303
    page = await admin.get(PATH)
    assert "sent in waves" in page.text
    assert "No rule is about it" in page.text
    await rules.create(app, Wanted("pictures", {"set": "spam"}, "hold", "Known spam"), by=None)
    assert "1 rule is about it" in (await admin.get(PATH)).text
    again = await sent(admin, page, PATH, name="spam")
    assert again.status == 422
    assert "of this name already" in again.text


async def test_a_report_leads_to_its_pictures_and_back(app: App, admin: Browser, author: User, spam: int) -> None:
    reporter = await person(app, "reporter")
    post_id = await attached(app, author, visibility="direct", text="@reporter look")
    report_id = (await reports.file(app, reporter, author.account_id, post_ids=[post_id])).id
    page = await admin.get(f"/admin/reports/{report_id}")
    link = soup(page).select_one('a[href^="/admin/pictures/add"]')
    assert link is not None
    asked = await admin.get(str(link["href"]))
    assert soup(asked).select_one("figure.covered img") is not None
    done = await sent(admin, asked, f"{PATH}/add", set=str(spam), label="pills")
    assert (done.status, done.location) == (303, f"/admin/reports/{report_id}")
    assert await kinds(app, spam) == ["pdq", "sha256", "sha256"]


@pytest.mark.parametrize("visibility", ["private", "direct"])
async def test_private_posts_that_nobody_reported_are_not_looked_into(
    app: App, admin: Browser, author: User, spam: int, visibility: str
) -> None:
    post_id, other = await attached(app, author, visibility=visibility), await attached(app, author)
    reporter = await person(app, "reporter")
    report_id = (await reports.file(app, reporter, author.account_id, post_ids=[other])).id
    asked = await admin.get(f"{PATH}/add?post={other}")
    for path in (f"{PATH}/add?post={post_id}", f"{PATH}/add?post={post_id}&from={report_id}"):
        assert (await admin.get(path)).status == 404
    assert (await sent(admin, asked, f"{PATH}/add", post=str(post_id), set=str(spam))).status == 404
    assert await kinds(app, spam) == []


async def test_pictures_of_a_post_may_go_into_a_new_set(app: App, admin: Browser, author: User) -> None:
    post_id = await attached(app, author)
    asked = await admin.get(f"{PATH}/add?post={post_id}")
    nowhere = await sent(admin, asked, f"{PATH}/add")
    assert nowhere.status == 422
    assert (await sent(admin, asked, f"{PATH}/add", name="gore")).status == 303
    made = await library.named(app, "gore")
    assert made["pictures"] == 3


async def test_a_picture_is_added_by_its_file_or_its_hash_and_taken_out(app: App, admin: Browser, spam: int) -> None:
    path = f"{PATH}/{spam}"
    page = await admin.get(path)
    assert (await with_file(admin, page, path, "picture", SPAM, deed="add", label="pills")).status == 303
    assert await kinds(app, spam) == ["pdq", "sha256", "sha256"]
    assert (await sent(admin, page, path, "add", kind="pdq", hash="0" * 64)).status == 303
    page = await admin.get(path)
    assert page.text.count('name="picture" value=') == 4
    assert "pills" in page.text
    first = (await entries.page(app, spam, Window(20).sql))[0]["id"]
    assert (await sent(admin, page, path, "take_out", picture=str(first))).status == 303
    assert await kinds(app, spam) == ["pdq", "sha256", "sha256"]
    for deed, typed in (("add", ""), ("add", "xyz"), ("import", ""), ("remove", "")):
        assert (await sent(admin, page, path, deed, hash=typed)).status == 422
    for data in (b"", b"<svg/>", SPAM[:300]):
        assert (await with_file(admin, page, path, "picture", data, deed="add")).status in (303, 422)
    assert await kinds(app, spam) == ["pdq", "sha256", "sha256"]


async def test_a_list_comes_in_and_goes_out(app: App, admin: Browser, spam: int) -> None:
    path = f"{PATH}/{spam}"
    data = b"kind,hash,label\npdq," + b"1" * 64 + b",=pills\nsha256," + b"2" * 64 + b",\n"
    page = await admin.get(path)
    assert (await with_file(admin, page, path, "list", data, deed="import", source="a friend")).status == 303
    answer = await admin.get(f"{path}/export")
    assert (answer.status, answer.header("content-type")) == (200, "text/csv; charset=utf-8")
    assert "attachment" in answer.header("content-disposition")
    assert answer.text.splitlines() == [
        "kind,hash,label,source,reason",
        f"pdq,{'1' * 64},'=pills,a friend,",
        f"sha256,{'2' * 64},,a friend,",
    ]
    wrong = await with_file(admin, page, path, "list", b"kind,hash\npdq,12\n", deed="import")
    assert wrong.status == 422
    assert "line 2" in wrong.text


async def test_a_set_is_deleted_unless_a_rule_is_about_it(app: App, admin: Browser, spam: int) -> None:
    path = f"{PATH}/{spam}"
    made = await rules.create(app, Wanted("pictures", {"set": "spam"}, "hold", "Known spam"), by=None)
    page = await admin.get(path)
    assert (await sent(admin, page, path, "remove", sure="1")).status == 422
    await rules.remove(app, made["id"], by=None)
    assert (await sent(admin, page, path, "remove", sure="1")).location == PATH
    assert await library.listing(app) == []


async def test_matches_are_shown_covered_and_private_ones_without_their_pictures(
    app: App, entering: Entering, author: User, spam: int
) -> None:
    await entries.add_file(app, spam, SPAM, About("pills"), by=None)
    made = await rules.create(app, Wanted("pictures", {"set": "spam"}, "note", "Known spam"), by=None)
    await rules.switch(app, made["id"], "on", by=None)
    moderator = await entering(await user(app, "mod", "moderator"))
    private = await attached(app, author, saved(CHANGES["mirrored"](scene(1))), "direct")
    public = await attached(app, author)
    hits = await app.db.rows("SELECT id FROM rule_hits ORDER BY id")
    for hit, post_id in zip(hits, (private, public), strict=True):
        sql = "UPDATE rule_hits SET uri = (SELECT uri FROM posts WHERE id = ?) WHERE id = ?"
        await app.db.execute(sql, post_id, hit["id"])
    newest, oldest = soup(await moderator.get(PATH)).select(".exhibits > li")
    assert "mirrored or turned" in oldest.text
    assert oldest.select("figure") == []
    assert len(newest.select("figure.covered input.uncover")) == len(newest.select("figure")) == 1


async def test_moderators_look_and_admins_change(app: App, entering: Entering, spam: int, admin: Browser) -> None:
    await entries.add(app, spam, [Entry("pdq", "0" * 64, "pills")], by=None)
    look = await entering(await user(app, "moderator", "moderator"))
    other = await entering(await user(app, "member"))
    page = await look.get(PATH)
    assert page.status == 200
    assert not [one for one in page.forms if one.action == PATH]
    assert "0" * 64 not in page.text
    for path in (f"{PATH}/{spam}", f"{PATH}/{spam}/export", f"{PATH}/add?post=1"):
        assert (await look.get(path)).status == 403
    assert [(await other.get(path)).status for path in (PATH, f"{PATH}/{spam}")] == [404, 404]
    assert (await admin.get(f"{PATH}/1")).status == 404

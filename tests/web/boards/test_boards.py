"""The pages of boards: without a script, as a visitor, as the owner and as an author who leaves."""

import pytest

from fedinote.auth.models import User
from fedinote.infra.app import App
from fedinote.media import uploads
from fedinote.posts import board_reading, boards
from fedinote.posts.boards import Wishes
from fedinote.relations import blocks
from tests.api.conftest import picture
from tests.support.browser import Answer, Browser
from tests.support.people import client, person
from tests.web.reading import signed_in, soup, write


@pytest.fixture
async def browser(app: App, alice: User) -> Browser:
    return await signed_in(app, alice)


async def made(app: App, user: User, *post_ids: int, title: str = "Tea") -> int:
    board_id = await boards.create(app, user.account_id, Wishes(title=title, description="All of it", language="en"))
    for post_id in post_ids:
        await boards.add(app, user.account_id, board_id, post_id)
    return board_id


async def order(app: App, board_id: int) -> list[int]:
    return [item.post_id for item in await board_reading.items(app, board_id, None, limit=50)]


async def press(browser: Browser, page: Answer, **wanted: str) -> Answer:
    """Send the form that has these hidden fields or is for this post, with the rest as its button says."""
    hidden = {name: wanted[name] for name in ("post", "board") if name in wanted}
    for form in page.forms:
        if hidden.items() <= form.hidden.items() and ("do" not in form.hidden or form.hidden["do"] == wanted["do"]):
            return await browser.post(form.action, {**form.hidden, **wanted})
    raise AssertionError(f"no form for {wanted}")


async def test_anybody_looks_at_a_board_in_its_order(app: App, alice: User) -> None:
    bob = await person(app, "bob")
    first, second = await write(app, alice, "green leaves"), await write(app, bob, "black leaves")
    board_id = await made(app, alice, first, second)
    page = await client(app).get(f"/@alice/boards/{board_id}")
    shown = soup(page)
    assert shown.h1 is not None
    assert shown.h1.text == "Tea"
    assert shown.h1["lang"] == "en"
    assert [one["data-id"] for one in shown.select(".tile")] == [str(second), str(first)]
    assert f"/users/alice/boards/{board_id}" in page.header("link")
    listed = soup(await client(app).get("/@alice/boards"))
    assert [one["href"] for one in listed.select(".shelf-open")] == [f"/@alice/boards/{board_id}"]


async def test_a_board_is_paged_and_a_page_of_it_is_a_part(app: App, alice: User) -> None:
    posts = [await write(app, alice, f"cup {number}") for number in range(30)]
    board_id = await made(app, alice, *posts)
    page = soup(await client(app).get(f"/@alice/boards/{board_id}"))
    more = page.select_one("[data-more]")
    assert more is not None
    rest = await client(app).get(str(more["href"]), x_part="1")
    assert "<html" not in rest.text
    assert rest.text.count('class="tile"') == 6
    assert (await client(app).get(f"/@alice/boards/{board_id}?after=1")).status == 404


async def test_a_board_shows_what_the_viewer_may_see_and_nothing_to_whom_the_owner_blocks(
    app: App, alice: User
) -> None:
    bob = await person(app, "bob")
    post = await write(app, alice, "green leaves")
    board_id = await made(app, alice, post)
    await app.db.execute("UPDATE posts SET visibility = 'private' WHERE id = ?", post)
    assert "green leaves" not in (await client(app).get(f"/@alice/boards/{board_id}")).text
    await blocks.block(app, alice.account_id, bob.account_id)
    assert (await (await signed_in(app, bob)).get(f"/@alice/boards/{board_id}")).status == 404
    assert (await client(app).get(f"/@bob/boards/{board_id}")).status == 404


async def test_members_only_pages_send_strangers_to_sign_in(app: App, alice: User) -> None:
    board_id = await made(app, alice)
    for path in ("/boards", "/boards/new", f"/boards/{board_id}/edit", "/boards/add?post=1"):
        assert (await client(app).get(path)).location.startswith("/auth/sign_in?next=")
    bob = await signed_in(app, await person(app, "bob"))
    assert (await bob.get(f"/boards/{board_id}/edit")).status == 404


async def test_a_board_is_made_and_changed_by_forms(app: App, alice: User, browser: Browser) -> None:
    bad = await browser.submit(await browser.get("/boards/new"), title=" ", description="kept", language="en")
    assert (bad.status, "kept" in bad.text) == (422, True)
    answer = await browser.submit(await browser.get("/boards/new"), title="Tea", description="", language="zh-Hans")
    (board,) = await board_reading.of(app, alice.account_id, None)
    assert (answer.location, board["language"]) == (f"/@alice/boards/{board['id']}", "zh-Hans")
    edit = await browser.get(f"/boards/{board['id']}/edit")
    await browser.submit(edit, title="Green tea", description="new", language="")
    (board,) = await board_reading.of(app, alice.account_id, None)
    assert (board["title"], board["description"], board["language"]) == ("Green tea", "new", None)
    assert (await browser.post(f"/boards/{board['id']}/edit", {"do": "delete"})).status == 403
    await press(browser, edit, do="delete")
    assert await board_reading.of(app, alice.account_id, None) == []


async def test_posts_are_ordered_covered_and_taken_off_by_buttons(app: App, alice: User, browser: Browser) -> None:
    media = await uploads.upload(app, alice.account_id, picture())
    a, b, c = (
        await write(app, alice, "a", media_ids=(media.id,)),
        await write(app, alice, "b"),
        await write(app, alice, "c"),
    )
    board_id = await made(app, alice, c, b, a)
    path = f"/boards/{board_id}/edit"
    page = await browser.get(path)
    up = next(one for one in page.forms if one.hidden.get("post") == str(b))
    await browser.post(path, {**up.hidden, "do": "up"})
    assert await order(app, board_id) == [b, a, c]
    down = next(one for one in (await browser.get(path)).forms if one.hidden.get("post") == str(b))
    await browser.post(path, {**down.hidden, "do": "down"})
    assert await order(app, board_id) == [a, b, c]
    part = await browser.post(path, {**down.hidden, "do": "place", "before": "0", "post": str(a)}, x_part="1")
    assert (part.status, "<html" in part.text) == (200, False)
    assert await order(app, board_id) == [b, c, a]
    await browser.post(path, {**up.hidden, "do": "cover", "post": str(a)})
    assert (await board_reading.one(app, None, board_id))["cover_post_id"] == a
    await browser.post(path, {**up.hidden, "do": "remove", "post": str(b)})
    assert await order(app, board_id) == [c, a]


async def test_a_post_is_put_on_a_board_and_taken_off_from_its_menu(app: App, alice: User, browser: Browser) -> None:
    post = await write(app, await person(app, "bob"), "look")
    board_id = await made(app, alice)
    assert (await browser.get(f"/posts/{post}/boards")).location == f"/boards/add?post={post}"
    page = await browser.get(f"/boards/add?post={post}&next=/home")
    answer = await press(browser, page, post=str(post), board=str(board_id), do="add")
    assert answer.location == "/home"
    assert await order(app, board_id) == [post]
    page = await browser.get(f"/boards/add?post={post}&next=https://evil.example/")
    assert "evil.example" not in page.text
    await press(browser, page, post=str(post), board=str(board_id), do="remove")
    assert await order(app, board_id) == []
    await press(browser, page, post=str(post), do="new", title="Another")
    assert sorted(row["title"] for row in await board_reading.of(app, alice.account_id, None)) == ["Another", "Tea"]


async def test_what_cannot_be_on_a_board_is_said(app: App, alice: User, browser: Browser) -> None:
    post = await write(app, alice, "for few", visibility="private")
    board_id = await made(app, alice)
    page = await browser.get(f"/boards/add?post={post}")
    answer = await press(browser, page, post=str(post), board=str(board_id), do="add")
    assert (answer.status, "Only public posts can be on a board" in answer.text) == (403, True)
    assert (await browser.get("/boards/add?post=1")).status == 404


async def test_an_author_finds_a_board_and_leaves_it(app: App, alice: User) -> None:
    bob = await person(app, "bob")
    board_id = await made(app, alice, await write(app, bob, "mine"))
    browser = await signed_in(app, bob)
    page = await browser.get("/boards")
    assert "Boards that show posts of yours" in page.text
    form = next(one for one in page.forms if one.action.endswith("/withdraw"))
    assert (await browser.post(form.action, form.hidden)).location == "/boards"
    assert await order(app, board_id) == []

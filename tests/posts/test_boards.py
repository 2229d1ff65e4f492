"""Boards: what is on them, who sees it, and that an author can leave."""

import pytest

from fedinote.accounts import deletion
from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden, Invalid, NotFound
from fedinote.posts import board_reading, boards, interactions, publishing, purging
from fedinote.posts.boards import Wishes
from fedinote.posts.drafts import Draft
from fedinote.relations import blocks
from tests.support import accounts


async def _shown(app: App, board_id: int, viewer_id: int | None = None) -> list[int]:
    return [item.post_id for item in await board_reading.items(app, board_id, viewer_id, limit=50)]


async def _posted(app: App, author_id: int, text: str = "hello", visibility: str = "public") -> int:
    return await publishing.publish(app, author_id, Draft(text, visibility=visibility))


async def test_a_board_has_own_and_other_peoples_posts_each_once_the_newest_first(app: App) -> None:
    ada, bea = await accounts.local(app, "ada"), await accounts.local(app, "bea")
    board_id = await boards.create(app, ada.id, Wishes(title="  Tea   and rain "))
    mine, theirs = await _posted(app, ada.id), await _posted(app, bea.id)
    assert await boards.add(app, ada.id, board_id, mine)
    assert await boards.add(app, ada.id, board_id, theirs)
    assert not await boards.add(app, ada.id, board_id, theirs)
    assert await _shown(app, board_id) == [theirs, mine]
    assert (await board_reading.one(app, None, board_id))["title"] == "Tea and rain"
    assert await board_reading.counts(app, [board_id], None) == {board_id: 2}


async def test_of_a_boost_the_boosted_post_is_put_on_the_board(app: App) -> None:
    ada, bea = await accounts.local(app, "ada"), await accounts.local(app, "bea")
    board_id = await boards.create(app, ada.id, Wishes(title="Tea"))
    theirs = await _posted(app, bea.id)
    await boards.add(app, ada.id, board_id, await interactions.boost(app, ada.id, theirs))
    assert await _shown(app, board_id) == [theirs]


@pytest.mark.parametrize("visibility", ["private", "direct", "local"])
async def test_what_is_not_for_everybody_is_not_put_on_a_board(app: App, visibility: str) -> None:
    ada = await accounts.local(app, "ada")
    board_id = await boards.create(app, ada.id, Wishes(title="Tea"))
    with pytest.raises(Forbidden):
        await boards.add(app, ada.id, board_id, await _posted(app, ada.id, visibility=visibility))


async def test_an_unlisted_post_is_put_on_a_board_by_its_author_alone(app: App) -> None:
    ada, bea = await accounts.local(app, "ada"), await accounts.local(app, "bea")
    quiet = await _posted(app, bea.id, visibility="unlisted")
    with pytest.raises(Forbidden):
        await boards.add(app, ada.id, await boards.create(app, ada.id, Wishes(title="Tea")), quiet)
    board_id = await boards.create(app, bea.id, Wishes(title="Mine"))
    await boards.add(app, bea.id, board_id, quiet)
    assert await _shown(app, board_id) == [quiet]


async def test_a_post_that_becomes_narrower_or_is_deleted_is_not_on_the_board_any_more(app: App) -> None:
    ada = await accounts.local(app, "ada")
    board_id = await boards.create(app, ada.id, Wishes(title="Tea"))
    narrowed, deleted = await _posted(app, ada.id), await _posted(app, ada.id)
    await boards.add(app, ada.id, board_id, narrowed)
    await boards.add(app, ada.id, board_id, deleted)
    await app.db.execute("UPDATE posts SET visibility = 'private' WHERE id = ?", narrowed)
    await publishing.delete(app, deleted)
    for viewer in (None, ada.id):
        assert await _shown(app, board_id, viewer) == []
    assert await board_reading.counts(app, [board_id], None) == {}


async def test_an_author_leaves_a_board_and_is_not_put_there_again(app: App) -> None:
    ada, bea = await accounts.local(app, "ada"), await accounts.local(app, "bea")
    board_id = await boards.create(app, ada.id, Wishes(title="Tea"))
    first, second, mine = await _posted(app, bea.id), await _posted(app, bea.id), await _posted(app, ada.id)
    for post_id in (first, second, mine):
        await boards.add(app, ada.id, board_id, post_id)
    assert [row["id"] for row in await board_reading.featuring(app, bea.id)] == [board_id]
    assert await boards.withdraw(app, bea.id, board_id) == 2
    assert await _shown(app, board_id) == [mine]
    with pytest.raises(Forbidden):
        await boards.add(app, ada.id, board_id, first)
    for who in (bea.id, ada.id):  # nothing of theirs is left; it is one's own
        with pytest.raises(NotFound):
            await boards.withdraw(app, who, board_id)


async def test_blocks_hold_on_boards_both_ways(app: App) -> None:
    ada, bea, cy = [await accounts.local(app, name) for name in ("ada", "bea", "cy")]
    board_id = await boards.create(app, ada.id, Wishes(title="Tea"))
    theirs, of_cy = await _posted(app, bea.id), await _posted(app, cy.id)
    await boards.add(app, ada.id, board_id, theirs)
    await boards.add(app, ada.id, board_id, of_cy)
    await blocks.block(app, cy.id, bea.id)
    assert await _shown(app, board_id, bea.id) == [theirs]  # cy blocks her
    assert await _shown(app, board_id, cy.id) == [of_cy]  # and does not want her
    await blocks.block(app, ada.id, bea.id)
    with pytest.raises(NotFound):
        await board_reading.one(app, bea.id, board_id)
    assert await board_reading.of(app, ada.id, bea.id) == []
    with pytest.raises((Forbidden, NotFound)):
        await boards.add(app, ada.id, board_id, await _posted(app, bea.id))
    with pytest.raises((Forbidden, NotFound)):
        await boards.add(
            app, bea.id, await boards.create(app, bea.id, Wishes(title="Mine")), await _posted(app, ada.id)
        )


async def test_the_order_is_the_owners(app: App) -> None:
    ada = await accounts.local(app, "ada")
    board_id = await boards.create(app, ada.id, Wishes(title="Tea"))
    a, b, c = [await _posted(app, ada.id) for _ in range(3)]
    for post_id in (c, b, a):
        await boards.add(app, ada.id, board_id, post_id)
    await boards.place(app, ada.id, board_id, c, before=a)
    assert await _shown(app, board_id) == [c, a, b]
    await boards.place(app, ada.id, board_id, c, before=None)
    await boards.place(app, ada.id, board_id, a, before=a)
    assert await _shown(app, board_id) == [a, b, c]
    pages = await board_reading.items(app, board_id, None, limit=2)
    after = (pages[-1].position, pages[-1].id)
    assert [item.post_id for item in await board_reading.items(app, board_id, None, limit=2, after=after)] == [c]
    with pytest.raises(NotFound):
        await boards.place(app, ada.id, board_id, c, before=1)


async def test_what_belongs_to_somebody_else_cannot_be_changed(app: App) -> None:
    ada, bea = await accounts.local(app, "ada"), await accounts.local(app, "bea")
    board_id = await boards.create(app, ada.id, Wishes(title="Tea"))
    post_id = await _posted(app, ada.id)
    await boards.add(app, ada.id, board_id, post_id)
    for attempt in (
        boards.update(app, bea.id, board_id, Wishes(title="Mine")),
        boards.delete(app, bea.id, board_id),
        boards.add(app, bea.id, board_id, post_id),
        boards.remove(app, bea.id, board_id, post_id),
        boards.place(app, bea.id, board_id, post_id, before=None),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert await _shown(app, board_id) == [post_id]


@pytest.mark.parametrize(
    "wishes",
    [
        Wishes(),
        Wishes(title=" "),
        Wishes(title="x" * 81),
        Wishes(title="x", description="y" * 1001),
        Wishes(title="x", language="not a tag!"),
    ],
)
async def test_what_a_board_cannot_be_is_said(app: App, wishes: Wishes) -> None:
    ada = await accounts.local(app, "ada")
    with pytest.raises(Invalid):
        await boards.create(app, ada.id, wishes)


async def test_the_cover_is_a_post_of_the_board_and_goes_with_it(app: App) -> None:
    ada = await accounts.local(app, "ada")
    board_id = await boards.create(app, ada.id, Wishes(title="Tea"))
    post_id = await _posted(app, ada.id)
    with pytest.raises(Invalid):
        await boards.update(app, ada.id, board_id, Wishes(cover_post_id=post_id))
    await boards.add(app, ada.id, board_id, post_id)
    await boards.update(app, ada.id, board_id, Wishes(cover_post_id=post_id, language="zh-hans"))
    row = await board_reading.one(app, None, board_id)
    assert (row["cover_post_id"], row["language"]) == (post_id, "zh-Hans")
    await boards.remove(app, ada.id, board_id, post_id)
    assert (await board_reading.one(app, None, board_id))["cover_post_id"] is None


async def test_boards_go_with_the_account(app: App) -> None:
    ada, bea = await accounts.local(app, "ada"), await accounts.local(app, "bea")
    board_id = await boards.create(app, ada.id, Wishes(title="Tea"))
    await boards.add(app, ada.id, board_id, await _posted(app, bea.id))
    await boards.withdraw(app, bea.id, board_id)
    await deletion.delete(app, ada.id)
    with pytest.raises(NotFound):
        await board_reading.one(app, None, board_id)
    await purging.purge(app, ada.id)
    for table in ("boards", "board_items", "board_refusals"):
        assert await app.db.value(f"SELECT COUNT(*) AS value FROM {table}") == 0

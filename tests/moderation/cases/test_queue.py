"""The queue of reports: its parts, what narrows it down, its order, and what comes next."""

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import Forbidden
from fedinote.moderation.cases import queue, reports
from fedinote.moderation.cases.queue import Wanted
from fedinote.moderation.moderator import Moderator
from tests.moderation.staff import staff
from tests.relations.people import change, person, post

SPANISH = "Esta persona insulta a los demás en todas las conversaciones y no quiere parar."


@pytest.fixture
async def by(app: App) -> Moderator:
    return await staff(app, "moderator")


async def about(app: App, target: int, reporter: int, **given: object) -> int:
    return (await reports.file(app, reporter, target, **given)).id  # type: ignore[arg-type]


async def ids(app: App, by: Moderator, **wanted: object) -> list[int]:
    found = await queue.page(app, by, Wanted(**wanted), 40)  # type: ignore[arg-type]
    assert await queue.count(app, by, Wanted(**wanted)) == len(found)  # type: ignore[arg-type]
    return [one.id for one in found]


async def test_parts_are_what_is_open_mine_nobodys_and_closed_with_their_counts(app: App, by: Moderator) -> None:
    bob, alice = await person(app, "bob"), await person(app, "alice")
    first, second, third = [await about(app, bob, alice) for _ in range(3)]
    await reports.assign(app, by, second, by.account_id)
    await reports.resolve(app, by, third)
    assert await ids(app, by, part="open") == [first, second]
    assert await ids(app, by, part="mine") == [second]
    assert await ids(app, by, part="free") == [first]
    assert await ids(app, by, part="closed") == [third]
    assert await queue.counts(app, by) == {"open": 2, "mine": 1, "free": 1, "closed": 1}
    assert [one.together for one in await queue.page(app, by, Wanted(), 1)] == [2]


async def test_the_order_can_be_turned_and_pages_go_on_after_the_last(app: App, by: Moderator) -> None:
    bob, alice = await person(app, "bob"), await person(app, "alice")
    first, second, third = [await about(app, bob, alice) for _ in range(3)]
    assert await ids(app, by, order="newest") == [third, second, first]
    page = await queue.page(app, by, Wanted(), 2)
    assert [one.id for one in await queue.page(app, by, Wanted(), 2, after=page[-1].id)] == [third]
    assert await queue.neighbours(app, by, second) == (first, third)
    await reports.resolve(app, by, first)
    assert await queue.neighbours(app, by, second) == (None, third)


async def test_category_server_account_and_origin_narrow_it_down(app: App, by: Moderator) -> None:
    bob, far, alice = await person(app, "bob"), await person(app, "far", "far.example"), await person(app, "alice")
    spam, rude = await about(app, bob, alice, category="spam"), await about(app, far, alice, comment="Rude")
    assert await ids(app, by, category="spam") == [spam]
    assert await ids(app, by, origin="local") == [spam]
    assert await ids(app, by, origin="remote") == [rude]
    assert await ids(app, by, domain="FAR.example") == [rude]
    assert await ids(app, by, target_id=bob) == [spam]
    assert await ids(app, by, domain="elsewhere.example") == []


async def test_the_languages_of_posts_and_comment_are_kept_and_searched(app: App, by: Moderator) -> None:
    bob, alice = await person(app, "bob"), await person(app, "alice")
    chinese = await post(app, bob, "你好")
    await app.db.execute("UPDATE posts SET language = 'zh-Hant' WHERE id = ?", chinese)
    mixed = await about(app, bob, alice, post_ids=[chinese], comment=SPANISH)
    silent = await about(app, bob, alice)
    assert [one.languages for one in await queue.page(app, by, Wanted(), 9)] == [("es", "zh"), ()]
    assert await ids(app, by, language="zh-Hans") == [mixed]
    assert await ids(app, by, language="es") == [mixed]
    assert await ids(app, by, language="e") == []
    assert await ids(app, by, language="%") == []
    assert await queue.languages(app, by) == ["es", "zh"]
    assert await ids(app, by) == [mixed, silent]


async def test_words_are_found_in_comments_and_names_and_are_no_pattern(app: App, by: Moderator) -> None:
    bob, carol, alice = await person(app, "bob"), await person(app, "carol"), await person(app, "alice")
    await change(app, carol, display_name="The Carpenter")
    one, other = await about(app, bob, alice, comment="100% Rude"), await about(app, carol, alice, comment="Nothing")
    assert await ids(app, by, text="rude") == [one]
    assert await ids(app, by, text=" BOB ") == [one]
    assert await ids(app, by, text="carpenter") == [other]
    assert await ids(app, by, text="0%") == [one]
    assert await ids(app, by, text="%") == [one]
    assert await ids(app, by, text="_") == []


async def test_members_see_no_queue(app: App) -> None:
    nobody = Moderator(1, 1, "member")
    for asked in (queue.page(app, nobody, Wanted(), 1), queue.count(app, nobody, Wanted()), queue.counts(app, nobody),
                  queue.languages(app, nobody), queue.neighbours(app, nobody, 1)):  # fmt: skip
        with pytest.raises(Forbidden):
            await asked

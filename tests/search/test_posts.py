"""Who finds what: what lets itself be found and the own library, and nothing that a rule hides."""

import pytest

from fedinote.posts import interactions, publishing, revising
from fedinote.posts.drafts import Draft, NewMedia, NewPoll
from fedinote.previews.models import PreviewCard
from fedinote.search import index, posts, query
from fedinote.timelines.window import Window
from tests.timelines.world import World


@pytest.fixture
def world(app):
    return World(app)


async def look(world, viewer, text="茶"):
    await index.catch_up(world.app)
    return await posts.find(world.app, viewer, query.parse(text), Window(100))


@pytest.fixture
async def people(world):
    return [await world.person(name) for name in ("ann", "ben@far.example", "cat")]


async def test_only_public_posts_of_authors_who_let_themselves_be_found_are_found_by_others(world, people):
    ann, ben, _ = people
    found = await world.person("open", indexable=True)
    far = await world.person("far@far.example", indexable=True)
    shown = [await world.post(found, "茶"), await world.arrives(far, content="<p>茶</p>")]
    for visibility in ("unlisted", "private", "direct"):
        await world.post(found, "茶", visibility=visibility)
    await world.arrives(ben, content="<p>茶</p>")
    assert set(await look(world, ann)) == set(shown)
    assert await look(world, ann, "茶 in:library") == []


async def test_the_library_is_what_one_wrote_is_named_in_liked_boosted_and_kept(world, people):
    ann, _, cat = people
    own = await world.post(ann, "茶", visibility="direct")
    named = await world.post(cat, "@ann 茶", visibility="direct")
    liked, kept, boosted = [await world.post(cat, f"茶 {number}") for number in range(3)]
    await world.post(cat, "茶 of no concern")
    await interactions.favourite(world.app, ann, liked)
    await interactions.bookmark(world.app, ann, kept)
    await world.boost(ann, boosted)
    assert await look(world, ann) == sorted([own, named, liked, kept, boosted], reverse=True)
    assert await look(world, ann, "茶 in:public") == []
    assert await look(world, ann, "from:me") == [own]


async def test_blocked_muted_suspended_and_limited_authors_are_not_found(world, people):
    ann, _, _ = people
    writers = [await world.person(f"w{number}@w{number}.example", indexable=True) for number in range(6)]
    ids = [await world.arrives(one, content="<p>茶</p>") for one in writers]
    assert set(await look(world, ann)) == set(ids)
    await world.block(ann, writers[0])
    await world.block(writers[1], ann)
    await world.mute(ann, writers[2])
    now = world.app.now()
    await world.app.db.execute("UPDATE accounts SET suspended_at = ? WHERE id = ?", now, writers[3])
    await world.app.db.execute("UPDATE accounts SET silenced_at = ? WHERE id = ?", now, writers[4])
    assert await look(world, ann) == [ids[5]]


async def test_an_edit_replaces_the_words_and_a_deletion_takes_them_away(world, people):
    ann, _, _ = people
    post = await world.post(ann, "old words")
    await revising.edit(world.app, ann, post, Draft("新しい言葉"))
    assert await look(world, ann, "old") == []
    assert await look(world, ann, "言葉") == [post]
    await publishing.delete(world.app, post)
    assert await look(world, ann, "言葉") == []
    assert await world.app.db.value("SELECT COUNT(*) AS value FROM search_posts") == 0


async def test_warnings_descriptions_options_and_other_versions_are_found(world, people):
    ann, ben, _ = people
    await world.app.db.execute("UPDATE accounts SET indexable = TRUE WHERE id = ?", ben)
    post = await world.arrives(
        ben,
        content="<p>hello</p>",
        spoiler_text="warning",
        language="en",
        content_map={"zh-Hans": "<p>你好</p>"},
        media=(NewMedia("image", "https://far.example/a.png", "image/png", description="a red kite"),),
        poll=NewPoll(("yes", "绝不"), (0, 0), multiple=False, hide_totals=False, expires_at=None),
    )
    for text in (
        "warning",
        "kite",
        "绝不",
        "你好",
        "has:image",
        "has:media",
        "has:poll",
        "language:zh",
        "hello -has:video",
    ):
        assert await look(world, ann, text) == [post], text
    for text in ("has:video", "hello -has:poll", '"hello warning"', '"warning hello"', "is:sensitive hello"):
        assert await look(world, ann, text) == [], text


async def test_posts_whose_link_leads_to_something_to_play_are_told_apart(world, people):
    ann, _, _ = people
    film, page, plain = [await world.post(ann, f"{word} tea") for word in ("film", "page", "no")]
    for number, (post, html) in enumerate({film: "<iframe></iframe>", page: ""}.items()):
        await PreviewCard.create(
            using_db=world.app.db.orm, id=number + 1, link=f"https://a.example/{number}", url="https://a.example/",
            html=html, state="ready", created_at=world.app.now(), fetched_at=world.app.now(),
        )  # fmt: skip
        await world.app.db.execute("UPDATE posts SET card_id = ? WHERE id = ?", number + 1, post)
    assert await look(world, ann, "has:embed") == [film]
    assert await look(world, ann, "tea -has:embed") == [plain, page]


async def test_a_hashtag_is_looked_for_as_one(world, people):
    ann, _, _ = people
    tagged = await world.post(ann, "about #Tea and #茶")
    await world.post(ann, "about tea")
    assert await look(world, ann, "#tea") == [tagged]
    assert await look(world, ann, "#茶") == [tagged]


async def test_a_boost_is_not_indexed(world, people):
    ann, _, cat = people
    post = await world.post(cat, "茶")
    await world.boost(ann, post)
    assert await look(world, ann) == [post]


async def test_posts_of_others_are_indexed_together_a_moment_later(world, people):
    await world.arrives(people[1], content="<p>茶</p>")
    assert await world.app.db.value("SELECT COUNT(*) AS value FROM search_pending") == 1
    assert await index.catch_up(world.app) == 1
    assert await world.app.db.value("SELECT COUNT(*) AS value FROM search_pending") == 0

"""Topics: hashtags of several languages followed and browsed as one, and where suggestions for them come from."""

import pytest

from fedinote.infra.errors import Invalid, NotFound
from fedinote.moderation.house import topics as keeping
from fedinote.timelines import queries, tags, topic_suggestions, topics
from fedinote.timelines.queries import Tags
from fedinote.timelines.window import Window
from tests.timelines.world import World


@pytest.fixture
def world(app):
    return World(app)


async def at_home(app, person):
    return (await queries.home(app, person, Window(40))).ids


async def cats(app):
    return await keeping.create(app, None, "cats", ["cat", "#猫", "gato"], titles={"en": "Cats", "zh": "猫"})


async def test_following_a_topic_brings_public_posts_with_any_of_its_hashtags_home_once(world, app):
    ann, ben = await world.person("ann"), await world.person("ben")
    topic = await cats(app)
    await topics.follow(app, ann, topic.id)
    await tags.follow(app, ann, "cat")
    one = await world.post(ben, "my #Cat and #gato")
    other = await world.post(ben, "我家的 #猫")
    for visibility in ("unlisted", "private", "direct"):
        await world.post(ben, "#gato", visibility=visibility)
    await world.post(ben, "#dog")
    assert await at_home(app, ann) == [other, one]
    await topics.unfollow(app, ann, topic.id)
    await world.post(ben, "#gato once more")
    assert await at_home(app, ann) == [other, one]


async def test_a_topic_brings_nothing_from_people_whom_one_blocks_or_mutes_or_who_are_limited(world, app):
    ann = await world.person("ann")
    blocked, muted, limited = [await world.person(name) for name in ("blocked", "muted", "limited")]
    await topics.follow(app, ann, (await cats(app)).id)
    await world.block(ann, blocked)
    await world.mute(ann, muted)
    await app.db.execute("UPDATE accounts SET silenced_at = ? WHERE id = ?", app.now(), limited)
    for author in (blocked, muted, limited):
        await world.post(author, "#gato")
    assert await at_home(app, ann) == []


async def test_a_hashtag_added_to_a_topic_counts_from_then_on(world, app):
    ann, ben = await world.person("ann"), await world.person("ben")
    topic = await cats(app)
    await topics.follow(app, ann, topic.id)
    await keeping.change(app, None, topic.id, add=["ねこ"], remove=["gato"])
    assert [tag.display for tag in (await topics.show(app, topic.id)).tags] == ["cat", "猫", "ねこ"]
    post = await world.post(ben, "#ねこ")
    await world.post(ben, "#gato")
    assert await at_home(app, ann) == [post]


async def test_a_hashtag_shows_its_topic_only_to_those_who_ask(world, app):
    ann, ben = await world.person("ann"), await world.person("ben")
    topic = await cats(app)
    assert await topics.names(app, "cat", None) == ("cat",)
    assert await topics.names(app, "cat", None, asked=True) == ("cat", "猫", "gato")
    assert await topics.names(app, "猫", ann, asked=True) == ("猫", "cat", "gato")
    await topics.follow(app, ann, topic.id)
    assert await topics.names(app, "cat", ann) == ("cat",)
    await topics.follow(app, ann, topic.id, expand=True)
    await topics.follow(app, ann, topic.id)
    assert await topics.names(app, "cat", ann) == ("cat", "猫", "gato")
    assert await topics.names(app, "cat", ann, asked=False) == ("cat",)
    assert await topics.names(app, "cat", ben) == ("cat",)
    assert await topics.names(app, "dog", ann) == ("dog",)


async def test_more_hashtags_than_a_client_may_name_are_all_in_the_timeline_of_a_topic(world, app):
    ben = await world.person("ben")
    names = [f"tag{number}" for number in range(12)]
    await keeping.create(app, None, "many", names)
    ids = [await world.post(ben, f"#{name}") for name in names]
    found = await queries.tag(app, None, Tags(tuple(names), whole=True), Window(40))
    assert found.ids == ids[::-1]


@pytest.mark.parametrize(
    ("slug", "tags_", "titles"),
    [
        ("", ["a"], {}),
        ("two words", ["a"], {}),
        ("x" * 65, ["a"], {}),
        ("x", [], {}),
        ("x", ["not a tag"], {}),
        ("x", ["123"], {}),
        ("x", ["gato"], {}),  # belongs to another topic
        ("cats", ["dog"], {}),  # is there already
        ("x", ["dog"], {"no tag!": "Dogs"}),
        ("x", ["dog"], {"en": " "}),
        ("x", ["dog"], {"en": "x" * 101}),
        ("x", [f"t{number}" for number in range(31)], {}),
    ],
)
async def test_what_can_be_no_topic_is_refused_and_leaves_nothing(app, slug, tags_, titles):
    await cats(app)
    with pytest.raises(Invalid):
        await keeping.create(app, None, slug, tags_, titles=titles)
    assert [one.slug for one in await topics.everything(app)] == ["cats"]
    assert len((await topics.named(app, "cats")).tags) == 3


async def test_a_topic_is_never_empty_and_a_deleted_one_is_gone_for_all(world, app):
    ann = await world.person("ann")
    topic = await cats(app)
    await topics.follow(app, ann, topic.id)
    with pytest.raises(Invalid):
        await keeping.change(app, None, topic.id, remove=["cat", "猫", "gato"])
    await keeping.delete(app, None, topic.id)
    for call in (topics.show(app, topic.id), keeping.delete(app, None, topic.id), topics.follow(app, ann, topic.id)):
        with pytest.raises(NotFound):
            await call
    assert await topics.followed(app, ann) == []
    assert await tags.find(app, "gato") is not None


async def test_each_decision_is_in_the_audit_log(world, app):
    ann = await world.person("ann")
    topic = await keeping.create(app, ann, "cats", ["cat", "gato"])
    await keeping.change(app, ann, topic.id, add=["猫"])
    await keeping.delete(app, ann, topic.id)
    rows = await app.db.rows("SELECT actor_id, action, target FROM audit_log ORDER BY id")
    assert [(row["actor_id"], row["action"], row["target"]) for row in rows] == [
        (ann, "topic.create", "cats"), (ann, "topic.change", "cats"), (ann, "topic.delete", "cats"),
    ]  # fmt: skip


async def test_a_title_is_told_in_the_reader_s_language(app):
    topic = await cats(app)
    assert [topic.title(reader) for reader in ("zh-CN", "en-GB", "fr", None)] == ["猫", "Cats", "Cats", "Cats"]
    assert (await keeping.create(app, None, "tea", ["tea"])).title("en") == "tea"


async def test_hashtags_that_several_people_use_together_are_suggested_other_writing_first(world, app):
    people = [await world.person(f"p{number}") for number in range(3)]
    for author in people:
        await world.post(author, "#cat #猫")
        await world.post(author, "#cat #cute")
        await world.post(author, "#gato #猫", visibility="private")
    await world.post(people[0], "#tea #茶")
    await world.post(people[0], "#tea #茶 again")
    await world.post(people[1], " ".join(f"#spam{number}" for number in range(12)))
    await world.post(people[2], " ".join(f"#spam{number}" for number in range(12)))
    found = await topic_suggestions.suggestions(app)
    assert [(set(one.tags), one.people, one.other_writing) for one in found] == [
        ({"cat", "猫"}, 3, True), ({"cat", "cute"}, 3, False),
    ]  # fmt: skip
    topic = await keeping.create(app, None, "cats", ["cat", "猫"])
    left = await topic_suggestions.suggestions(app)
    assert [(set(one.tags), one.topic_id) for one in left] == [({"cat", "cute"}, topic.id)]


async def test_hashtags_that_moderators_hide_are_not_suggested(world, app):
    for name in ("ann", "ben"):
        await world.post(await world.person(name), "#cat #猫")
    await app.db.execute("UPDATE tags SET listable = FALSE WHERE name = ?", "cat")
    assert await topic_suggestions.suggestions(app) == []


def test_the_writing_of_a_hashtag():
    names = ("cat", "猫", "ねこ", "ネコ", "고양이", "кот", "2024")
    assert [topic_suggestions.writing(name) for name in names] == [
        "LATIN", "CJK", "JAPANESE", "JAPANESE", "HANGUL", "CYRILLIC", "",
    ]  # fmt: skip

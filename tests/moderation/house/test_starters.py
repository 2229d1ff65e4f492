"""Starter topics: a list that is whole in every language, and made into topics once."""

import pytest

from fedinote.infra.errors import Invalid
from fedinote.moderation.house import starters as applying
from fedinote.moderation.house import topics as keeping
from fedinote.text import language
from fedinote.timelines import starters, topics


async def test_every_starter_topic_has_a_title_in_every_language_and_hashtags_of_its_own(app):
    listed = starters.everything(app)
    assert len({one.slug for one in listed}) == len(listed) >= 20
    seen: set[str] = set()
    for one in listed:
        assert all(one.titles.values()), one.slug
        assert all(language.canonical(tag) == tag for tag in one.titles)
        names = [name.lower() for name in one.hashtags]
        assert len(set(names)) == len(names) <= topics.MAX_TAGS
        assert seen.isdisjoint(names), (one.slug, seen & set(names))
        seen |= set(names)


async def test_all_starter_topics_can_be_made_and_are_called_in_the_reader_s_language(app):
    slugs = [one.slug for one in starters.everything(app)]
    made = await applying.apply(app, None, slugs)
    assert [one.slug for one in made] == slugs
    cats = await topics.named(app, "cats")
    assert [cats.title(reader) for reader in ("en", "zh-CN", "zh-TW", "es-MX", "ja", "fr")] == [
        "Cats", "猫", "貓", "Gatos", "猫", "Cats",
    ]  # fmt: skip
    assert await topics.names(app, "猫", None, asked=True) != ("猫",)


async def test_making_them_again_changes_nothing(app):
    await applying.apply(app, None, ["cats", "tea"])
    cats = await topics.named(app, "cats")
    await keeping.change(app, None, cats.id, add=["kitten"], titles={"en": "Kittens"})
    assert await applying.apply(app, None, ["cats", "tea", "cats"]) == []
    assert (await topics.named(app, "cats")).title("en") == "Kittens"


async def test_a_hashtag_of_another_topic_stays_there(app):
    await keeping.create(app, None, "animals", ["Cat", "猫"])
    made = await applying.apply(app, None, ["cats"])
    assert {"cat", "猫"}.isdisjoint(tag.name for tag in made[0].tags)
    kept = await topics.of_tag(app, "cat")
    assert kept is not None
    assert kept.slug == "animals"


async def test_where_every_hashtag_is_taken_no_topic_is_made(app):
    taken = next(one for one in starters.everything(app) if one.slug == "music")
    await keeping.create(app, None, "sound", list(taken.hashtags))
    assert await applying.apply(app, None, ["music"]) == []


async def test_what_is_not_on_the_list_is_refused_and_leaves_nothing(app):
    with pytest.raises(Invalid):
        await applying.apply(app, None, ["cats", "quarrels"])
    assert await topics.everything(app) == []

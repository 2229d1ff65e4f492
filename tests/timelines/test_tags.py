"""Following hashtags, in whatever case and width they are written."""

import asyncio

import pytest

from fedinote.infra.app import App
from fedinote.infra.errors import NotFound
from fedinote.timelines import tags
from tests.relations.people import person


async def test_a_tag_is_followed_once_however_it_is_written(app: App) -> None:
    me = await person(app, "me")
    made = await asyncio.gather(*(tags.follow(app, me, name) for name in ("Café", "#café", "CAFÉ", "ｃａｆé")))
    assert len(set(made)) == 1
    entries = await tags.followed_page(app, me, lambda _: ("TRUE", (), ""))
    assert [entry.tag_id for entry in entries] == made[:1]
    assert await tags.find(app, "cAFÉ") == made[0]
    assert await tags.unfollow(app, me, "CAFÉ") == made[0]
    assert await tags.followed_page(app, me, lambda _: ("TRUE", (), "")) == []
    assert await tags.unfollow(app, me, "unheard") is None


@pytest.mark.parametrize("name", ["", "#", "123", "two words", "a-b", "x" * 256, "\ud800", "💥"])
async def test_what_is_no_hashtag_is_not_found(app: App, name: str) -> None:
    me = await person(app, "me")
    for call in (tags.find(app, name), tags.follow(app, me, name), tags.unfollow(app, me, name)):
        with pytest.raises(NotFound):
            await call

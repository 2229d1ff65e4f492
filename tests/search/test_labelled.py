"""Recall and precision over the labelled set, and that no query is an error."""

import random

import pytest

from fedinote.search import index, posts, query
from fedinote.timelines.window import Window
from tests.search.labelled import POSTS, QUERIES
from tests.timelines.world import World


@pytest.fixture
async def town(app):
    """Everything of the set, written by somebody who lets it be found, and the number of each post's id."""
    world = World(app)
    writer, reader = await world.person("writer", indexable=True), await world.person("reader")
    ids = {await world.post(writer, text, language=tag): number for number, (tag, text) in POSTS.items()}
    return app, reader, ids


async def look(app, viewer, text, **options):
    return await posts.find(app, viewer, query.parse(text), Window(100), **options)


async def test_every_query_finds_all_that_it_means_and_nothing_else(town, capsys):
    app, reader, ids = town
    assert len(POSTS) >= 60
    assert len(QUERIES) >= 60
    wrong, hits, found_all, meant_all = [], 0, 0, 0
    for text, meant in QUERIES:
        found = {ids[one] for one in await look(app, reader, text)}
        hits, found_all, meant_all = hits + len(found & meant), found_all + len(found), meant_all + len(meant)
        if found != meant:
            wrong.append((text, sorted(meant - found), sorted(found - meant)))
    with capsys.disabled():
        print(f"\n{len(QUERIES)} queries, {len(POSTS)} posts: recall {hits / meant_all:.3f},"
              f" precision {hits / found_all:.3f}")  # fmt: skip
    assert not wrong, "\n".join(f"{text}: missing {missing}, too many {more}" for text, missing, more in wrong)


async def test_hits_are_newest_first_in_pages_without_gaps(town):
    app, reader, _ = town
    everything = await look(app, reader, "茶")
    assert everything == sorted(everything, reverse=True)
    wanted = query.parse("茶")
    first = await posts.find(app, reader, wanted, Window(2))
    assert first + await posts.find(app, reader, wanted, Window(2), offset=2) == everything
    assert first + await posts.find(app, reader, wanted, Window(2, max_id=first[-1])) == everything
    assert await posts.find(app, reader, wanted, Window(2, min_id=everything[-1])) == everything[1:3]


async def test_no_query_is_an_error(town):
    app, reader, _ = town
    dice = random.Random(7)
    signs = list("\"'“”()*:^&|!<>-+~\\%_#@.,;?[]{}\ue000\x00\u200b\ud7ff\U000323af 今天气가のé茶aZ9\t\n")
    signs += ["from:", "has:", "before:", "AND", "NOT", "NEAR(", "language:", "is:", "in:", "2024-01-01", "9999-12-31"]
    for _ in range(400):
        text = "".join(dice.choices(signs, k=dice.randint(1, 40)))
        assert isinstance(await look(app, reader, text), list), text


async def test_the_index_is_made_anew_and_goes_on_where_it_was_stopped(town, monkeypatch):
    app, reader, _ = town
    before = [await look(app, reader, text) for text, _ in QUERIES]
    monkeypatch.setattr(index, "BATCH", 10)

    def stop(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await index.rebuild(app, everything=True, tell=stop)
    assert await app.db.value("SELECT COUNT(*) AS value FROM search_posts") == 10
    assert await index.rebuild(app) == len(POSTS) - 10
    assert [await look(app, reader, text) for text, _ in QUERIES] == before

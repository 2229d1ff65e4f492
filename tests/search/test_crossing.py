"""Posts that are found in another language than they were written in, and who finds them."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from fedinote.events import AccountWishChanged, PostWishChanged
from fedinote.infra.errors import Invalid, Unavailable
from fedinote.posts import revising
from fedinote.posts.drafts import Draft
from fedinote.search import crossing, query, translated
from fedinote.search.crossing import Asker, Hit
from fedinote.text import language
from fedinote.timelines.window import Window
from fedinote.translation import translations
from fedinote.translation.engine import Kind, Location, Term, Translated
from fedinote.translation.routing import Router
from fedinote.translation.translations import Made
from fedinote.translation.views import READY
from tests.search.languages import POSTS, QUERIES, WORDS
from tests.timelines.world import World


class Dictionary:
    """An engine that knows single words, and which it was asked."""

    name, kind = "Dictionary", Kind.MACHINE

    def __init__(self, location: Location = Location.LOCAL) -> None:
        self.location = location
        self.asked: list[tuple[str, str | None, str]] = []
        self.wait = asyncio.Event()
        self.wait.set()
        self.broken = False

    async def translate(
        self, texts: Sequence[str], *, source: str | None, target: str, terms: Sequence[Term] = ()
    ) -> Translated:
        self.asked += [(text, source, target) for text in texts]
        await self.wait.wait()
        if self.broken:
            raise Unavailable
        return Translated(tuple(self._word(text, source or "", target) for text in texts))

    def _word(self, text: str, source: str, target: str) -> str:
        base, other = language.base_of(source) or "", language.base_of(target) or ""
        for entry in WORDS:
            if entry.get(base) == text.casefold() or (base == "zh" and entry["zh"] == text.translate(_SIMPLE)):
                return entry[other]
        raise Invalid("no such word")

    async def languages(self) -> Mapping[str, frozenset[str]]:
        tags = frozenset({"zh-Hans", "zh-Hant", "en", "es", "ja"})
        return {tag: tags - {tag} for tag in tags}


_SIMPLE = str.maketrans("圖書館貓", "图书馆猫")


@pytest.fixture
def world(app):
    return World(app)


@pytest.fixture
async def town(app, world):
    """Everything of the set, by somebody who lets it be found."""
    app.translator = None
    writer, reader = await world.person("writer", indexable=True), await world.person("reader")
    ids = {await world.post(writer, text, language=tag): number for number, (tag, text, _) in POSTS.items()}
    return app, reader, ids


async def made(app, post_id: int, target: str, text: str, spoiler_text: str = "") -> None:
    """Keep a translation of a post as the reader's view of it does."""
    row = await app.db.row("SELECT * FROM posts WHERE id = ?", post_id)
    words = Made(READY, source=row["language"] or "", content=f"<p>{text}</p>", spoiler_text=spoiler_text,
                 engine="Test", kind="machine")  # fmt: skip
    await translations.keep(app, row, target, words)


async def look(app, viewer: int, text: str, locale: str = "en", limit: int = 100, **options) -> list[Hit]:
    return await crossing.find(app, Asker(viewer, locale), text, Window(limit), **options)


def recall(found: dict[str, list[set[int]]]) -> float:
    return sum(len(hits & meant) for hits, meant in found.values()) / sum(len(meant) for _, meant in found.values())


async def measured(town, limit: int = 10):
    app, reader, ids = town
    found, wrong = {}, 0
    for text, locale, meant in QUERIES:
        hits = await look(app, reader, text, locale, limit)
        numbers = {ids[one.post_id] for one in hits}
        found[text] = [numbers, meant]
        wrong += len(numbers - meant)
    total = sum(len(hits) for hits, _ in found.values())
    return recall(found), 1 - wrong / max(1, total), found


async def test_recall_through_translations_and_through_the_translated_query(town, capsys):
    app, _, ids = town
    assert len(QUERIES) >= 36
    plain, plain_precision, _ = await measured(town)
    for post_id, number in ids.items():
        if POSTS[number][2]:
            await made(app, post_id, "en", POSTS[number][2])
    through, through_precision, _ = await measured(town)
    await app.db.execute("DELETE FROM search_translations")
    app.translator = Router([Dictionary()])
    app.caches.clear()
    asked, asked_precision, missed = await measured(town)
    await translated.rebuild(app)
    both, both_precision, missed = await measured(town)
    with capsys.disabled():
        print(f"\n{len(QUERIES)} queries in 4 languages, {len(POSTS)} posts, recall@10 (precision):"
              f" own words {plain:.3f} ({plain_precision:.3f}), through translations into English {through:.3f}"
              f" ({through_precision:.3f}), through the translated query {asked:.3f} ({asked_precision:.3f}),"
              f" both {both:.3f} ({both_precision:.3f})")  # fmt: skip
    assert plain < 0.5
    assert through > plain + 0.15
    assert asked >= 0.85
    assert both >= asked, [(text, meant - hits) for text, (hits, meant) in missed.items() if meant - hits]
    assert both_precision >= 0.9


async def test_a_post_tells_by_which_language_it_was_found(town):
    app, reader, ids = town
    by_number = {number: post_id for post_id, number in ids.items()}
    await made(app, by_number[1], "en", "My cat slept all day today")
    app.translator = Router([Dictionary()])
    hits = {ids[one.post_id]: one for one in await look(app, reader, "cat")}
    assert (hits[4].by, hits[4].language) == ("text", "en")
    assert (hits[3].by, hits[3].language) == ("query", "es")
    assert (hits[2].by, hits[2].language) == ("query", "ja")
    app.translator = None
    app.caches.clear()
    hits = {ids[one.post_id]: one for one in await look(app, reader, "cat")}
    assert (hits[1].by, hits[1].language) == ("translation", "en")
    assert crossing.told(hits[1]) == {"matched_by": "translation", "matched_language": "en"}


async def test_pages_across_languages_are_newest_first_and_without_gaps(town):
    app, reader, _ = town
    app.translator = Router([Dictionary()])
    everything = [one.post_id for one in await look(app, reader, "tea")]
    assert len(everything) == 4
    assert everything == sorted(everything, reverse=True)
    first = [one.post_id for one in await look(app, reader, "tea", limit=2)]
    rest = [one.post_id for one in await look(app, reader, "tea", limit=2, offset=2)]
    assert first + rest == everything
    below = await crossing.find(app, Asker(reader), "tea", Window(2, max_id=first[-1]))
    assert [one.post_id for one in below] == rest
    above = await crossing.find(app, Asker(reader), "tea", Window(2, min_id=everything[-1]))
    assert [one.post_id for one in above] == everything[1:3]


async def test_operators_hold_for_what_is_found_in_translation_too(town):
    app, reader, ids = town
    by_number = {number: post_id for post_id, number in ids.items()}
    await made(app, by_number[1], "en", "My cat slept all day today")
    await made(app, by_number[3], "en", "My cat sleeps on the sofa all day")
    assert {ids[one.post_id] for one in await look(app, reader, "cat -sofa")} == {1, 4}
    assert {ids[one.post_id] for one in await look(app, reader, "cat language:es")} == {3}
    assert {ids[one.post_id] for one in await look(app, reader, "cat has:image")} == set()
    assert {ids[one.post_id] for one in await look(app, reader, "cat before:2020-01-01")} == set()
    assert {ids[one.post_id] for one in await look(app, reader, "cat from:writer")} == {1, 3, 4}
    assert {ids[one.post_id] for one in await look(app, reader, '"slept all day"')} == {1}
    assert {ids[one.post_id] for one in await look(app, reader, "cat from:me")} == set()


async def test_what_is_not_to_be_found_is_not_found_in_translation_either(world, app):
    app.translator = Router([Dictionary()])
    ann, hidden, open_ = [
        await world.person("ann"), await world.person("hidden"), await world.person("open", indexable=True)
    ]  # fmt: skip
    ids = {}
    for author in (hidden, open_):
        for visibility in ("public", "unlisted", "private", "direct"):
            ids[author, visibility] = await world.post(author, "猫", visibility=visibility, language="zh")
    for post_id in ids.values():
        await made(app, post_id, "en", "a cat")
    found = [one.post_id for one in await look(app, ann, "cat")]
    assert found == [ids[open_, "public"]]
    kept = {row["post_id"] for row in await app.db.rows("SELECT post_id FROM search_translations")}
    assert kept == {ids[author, kind] for author in (hidden, open_) for kind in ("public", "unlisted")}
    await world.block(open_, ann)
    assert await look(app, ann, "cat") == []


async def test_an_edit_a_deletion_and_a_withdrawal_take_the_translation_away(world, app):
    app.translator = None
    ann = await world.person("ann", indexable=True)
    post = await world.post(ann, "猫", language="zh")
    await made(app, post, "en", "a cat")
    assert [one.post_id for one in await look(app, ann, "cat")] == [post]
    await app.db.execute("DELETE FROM post_translations")
    assert await look(app, ann, "cat") == []
    await made(app, post, "en", "a cat")
    await revising.edit(app, ann, post, Draft("犬", language="zh"))
    assert await look(app, ann, "cat") == []
    assert await app.db.rows("SELECT post_id FROM search_translations") == []


async def test_translations_that_an_author_withdraws_find_nothing_and_are_not_kept(world, app):
    app.translator = None
    ann = await world.person("ann", indexable=True)
    first, second = await world.post(ann, "猫", language="zh"), await world.post(ann, "猫", language="zh")
    for post_id in (first, second):
        await made(app, post_id, "en", "a cat")
    await app.db.execute("DELETE FROM post_translations WHERE post_id = ?", first)
    async with app.db.transaction():
        await app.emit(PostWishChanged(first))
    assert [row["post_id"] for row in await app.db.rows("SELECT post_id FROM search_translations")] == [second]
    assert [one.post_id for one in await look(app, ann, "cat")] == [second]
    await app.db.execute("UPDATE accounts SET machine_translation = 'none' WHERE id = ?", ann)
    await app.db.execute("UPDATE post_translations SET location = 'local'")
    async with app.db.transaction():
        await app.emit(AccountWishChanged(ann))
    assert await app.db.rows("SELECT post_id FROM search_translations") == []
    assert await look(app, ann, "cat") == []


async def test_warnings_are_found_in_translation(world, app):
    app.translator = None
    ann = await world.person("ann", indexable=True)
    post = await world.post(ann, "结局", spoiler_text="剧透", language="zh")
    await made(app, post, "en", "the end", "a spoiler")
    assert [one.post_id for one in await look(app, ann, "spoiler")] == [post]
    assert await look(app, ann, '"spoiler the"') == []


@pytest.mark.parametrize("location", [Location.NETWORK, Location.THIRD_PARTY])
async def test_a_query_goes_to_no_engine_elsewhere(town, location):
    app, reader, _ = town
    engine = Dictionary(location)
    app.translator = Router([engine])
    assert len(await look(app, reader, "cat")) == 1
    assert engine.asked == []


async def test_a_query_is_translated_once_and_exact_words_and_tags_never(town):
    app, reader, _ = town
    engine = Dictionary()
    app.translator = Router([engine])
    await look(app, reader, "cat -sofa from:writer")
    assert {text for text, _, _ in engine.asked} == {"cat"}
    count = len(engine.asked)
    assert count == 3
    await look(app, reader, "Cat")
    assert len(engine.asked) == count
    for text in ('"my cat"', "#cat", "cat #tea", "language:zh", "-cat", "x" * 200):
        await look(app, reader, text)
    assert len(engine.asked) == count


async def test_an_engine_that_is_slow_or_broken_keeps_nobody_waiting(town, monkeypatch):
    app, reader, ids = town
    engine = Dictionary()
    app.translator = Router([engine])
    monkeypatch.setattr(crossing, "SECONDS", 0.1)
    engine.wait.clear()
    assert [ids[one.post_id] for one in await look(app, reader, "cat")] == [4]
    engine.wait.set()
    engine.broken = True
    assert [ids[one.post_id] for one in await look(app, reader, "tea")] == [16]


def test_the_language_of_a_query_is_guessed_from_its_script_then_from_who_asks():
    assert crossing.source_of("cat", "zh-CN") == "en"
    assert crossing.source_of("gato", "es") == "es"
    assert crossing.source_of("图书馆", "en") == "zh-Hans"
    assert crossing.source_of("ねこ", "en") == "ja"


def test_what_is_typed_is_told_from_operators():
    assert query.plain_words("green tea -milk from:me has:image") == "green tea"
    assert query.plain_words('tea "green tea"') == ""
    assert query.plain_words("#tea") == ""
